"""枠の知らせ — telling those whose places turned: moved up, offered, ran out, drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from moyai.applications.actions.news import tell_applicant
from moyai.applications.models import Application, Taking
from moyai.tenants.public import Actor, body_of, clock, later

if TYPE_CHECKING:
    from moyai.applications.actions.pool_steps import Turned


def tell_turned(*, actor: Actor, now: datetime, turned: Turned) -> None:
    """One message for each application and turn; whoever has his places now is charged."""
    charge_later(given=turned.given)
    tell_of_places(actor=actor, now=now, kind="place_given", takings=turned.given)
    tell_of_places(actor=actor, now=now, kind="place_offered", takings=turned.offered)
    tell_of_places(actor=actor, now=now, kind="place_offer_ended", takings=turned.ended)


def charge_later(*, given: Iterable[int]) -> None:
    """手数料 of applications that waited or were drawn: asked for once they have their places, by a job.

    Not in this transaction: a charge changes the row of the application, and whoever cancels locks that row
    before the pools that are locked here.
    """
    from moyai.applications.jobs.places import charge_placed

    for application_id in sorted(given):
        later(charge_placed, application_id=application_id)


def tell_of_places(
    *, actor: Actor, now: datetime, kind: str, takings: Mapping[int, Iterable[Taking]]
) -> None:
    """The message `kind` to each of these applications, with the names of its pools and a deadline if any."""
    if not takings:
        return
    applications = (
        Application.objects.filter(body_id=body_of(actor.body).pk, pk__in=takings)
        .select_related("procedure")
        .defer("answers", "calculated")
    )
    for application in applications:
        of_this = list(takings[application.pk])
        until = min((one.until for one in of_this if one.until is not None), default=None)
        facts = {
            "places": "、".join(sorted({one.pool.label for one in of_this})),
            # An offer ends with a day: the last moment that counts is on the day before.
            "deadline": clock.today(until - timedelta(seconds=1)) if until else "",
        }
        tell_applicant(actor=actor, now=now, application=application, kind=kind, facts=facts)
