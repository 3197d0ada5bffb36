"""What happens inside an installation while it is being killed: run as `python -m tests.crash_steps …`.

`decide N`: decide N received applications with a letter each, one transaction each; prints a number only
after its commit. `careless N`: the control; prints each number before its commit, which never comes.
"""

from __future__ import annotations

import os
import signal
import sys
import time

CODE = "juminhyo"


def decide(count: int) -> None:
    """Through the real actions; an interrupted one is looked at again, as a clerk would."""
    from django.db import Error, connection

    deadline = time.monotonic() + 120
    done = 0
    while done < count and time.monotonic() < deadline:
        try:
            number = _decide_one()
        except Error:
            connection.close()
            time.sleep(0.3)
            continue
        if number is None:
            time.sleep(0.2)
            continue
        print(number, flush=True)
        done += 1


def _decide_one() -> str | None:
    from moyai.applications import flow
    from moyai.applications.actions.decisions import decide as decide_on
    from moyai.applications.actions.review import accept
    from moyai.applications.models import Application
    from moyai.tenants.public import Actor, Body, Role, acting_in

    body = Body.objects.get(slug="chiba-shi")
    with acting_in(body) as now:
        waiting = (
            Application.objects.filter(
                body=body,
                procedure__code=CODE,
                status=flow.RECEIVED,
                applicant_email__endswith="@crash.example",
            )
            .order_by("id")
            .first()
        )
        if waiting is None:
            return None
        clerk = Actor(None, body, frozenset({Role.CLERK, Role.APPROVER}), "佐藤 一郎", "office")
        accept(actor=clerk, now=now, application=waiting)
        decide_on(actor=clerk, now=now, application=waiting, kind=flow.APPROVED, reason="")
        number: str = waiting.public_number
    return number


def careless(count: int) -> None:
    """Acknowledge, then be killed before the commit."""
    from moyai.applications import catalogue
    from moyai.applications.actions.submission import submit_application
    from moyai.applications.models import Procedure
    from moyai.applications.queries.editions import current_edition
    from moyai.tenants.public import Actor, Body, acting_in

    body = Body.objects.get(slug="chiba-shi")
    with acting_in(body) as now:
        edition = current_edition(Procedure.objects.get(body=body, code=CODE))
        assert edition is not None
        answers = catalogue.example("juminhyo-household")["answers"]
        for place in range(count):
            made = submit_application(
                actor=Actor.anyone(body),
                now=now,
                edition=edition,
                answers=answers | {"mail": f"careless{place}@crash.example"},
                form_token=f"careless-{place}".ljust(32, "x"),
            )
            print(made.public_number, f"careless{place}@crash.example", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    import django

    django.setup()
    {"decide": decide, "careless": careless}[sys.argv[1]](int(sys.argv[2]))
