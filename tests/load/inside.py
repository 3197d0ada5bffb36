"""Run inside an installation before it is measured: makes the procedure of twenty fields in 千葉市."""

from __future__ import annotations

from dataclasses import replace

from tests.load.forms import FACTS, twenty_fields


def prepare() -> None:
    from moyai.applications.actions.procedures import create_procedure, edit_procedure, publish_edition
    from moyai.tenants.public import Actor, Body, Role, acting_in

    body = Body.objects.get(slug="chiba-shi")
    with acting_in(body) as now:
        actor = replace(Actor.system(body), roles=frozenset({Role.ADMINISTRATOR}))
        procedure = create_procedure(actor=actor, now=now, code="bench", facts=FACTS)
        publish_edition(actor=actor, now=now, procedure=procedure, document=twenty_fields())
        edit_procedure(actor=actor, now=now, procedure=procedure, facts={"published": True})


if __name__ == "__main__":
    import django

    django.setup()
    prepare()
