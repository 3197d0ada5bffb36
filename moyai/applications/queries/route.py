"""決裁の経路 of an application: the round that stands, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable

from moyai.applications import flow
from moyai.applications.models import Application, RouteStep
from moyai.tenants.public import Actor, body_of


def steps_of(application: Application) -> list[RouteStep]:
    """Every step ever asked, round by round."""
    return list(
        RouteStep.objects.filter(body_id=application.body_id, application=application).order_by(
            "round", "position", "id"
        )
    )


def standing_steps(application: Application) -> list[RouteStep]:
    """The steps of the last round, in order."""
    steps = steps_of(application)
    return [one for one in steps if one.round == steps[-1].round]


def current_steps(steps: Iterable[RouteStep]) -> list[RouteStep]:
    """Those whose turn it is: what waits at the lowest position that still waits."""
    waiting = [one for one in steps if one.state == RouteStep.State.WAITING]
    first = min((one.position for one in waiting), default=0)
    return [one for one in waiting if one.position == first]


def asked_of_sections(actor: Actor) -> list[int]:
    """Ids of applications, at most 1,000, on which the actor's sections are asked for 合議 or 決裁.

    Who acts for the whole body is asked wherever anything waits.
    """
    waiting = RouteStep.objects.filter(
        body_id=body_of(actor.body).pk, state=RouteStep.State.WAITING, application__status=flow.PROPOSED
    )
    if actor.sections:
        waiting = waiting.filter(section__in=sorted(actor.sections))
    return list(waiting.order_by().values_list("application_id", flat=True).distinct()[:1000])
