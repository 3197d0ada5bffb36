"""決まりによる判断 — what the rules say of several uses asked for together, in the turn of the person who asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as lazy

from moyai.reservations.actions import checks
from moyai.reservations.actions.asked import Scene
from moyai.reservations.models import Booking, GroupMember, Registration
from moyai.reservations.queries.standing import uses_of_person
from moyai.reservations.rules.limits import Use
from moyai.tenants.public import Actor, Refusal, body_of

S = Booking.State


class InDraw(Refusal):
    """The list of a draw is fixed: what it may give is not taken away before it has given it."""

    code = "in_draw"
    message = lazy("この日の枠は抽選の結果を待っています。結果が出てから予約してください。")  # type: ignore[assignment]


def refuse_in_draw(known: Sequence[Scene]) -> None:
    """Refuse uses of rooms and days whose draw is frozen and not yet drawn. Raises InDraw."""
    if any(scene.in_draw for scene in known):
        raise InDraw(fields={"day": str(InDraw.message)})


def judge(
    *,
    actor: Actor,
    now: datetime,
    known: Sequence[Scene],
    registration: Registration,
    granted: frozenset[str] = frozenset(),
    but: Sequence[int] = (),
    period: bool = True,
    filling_in: bool = False,
) -> None:
    """The rules, on what the person has and on what he asks for beside it in the same act. Raises CannotBook.

    Called in the person's turn, so that nobody slips in between. Raises InDraw, too.
    """
    refuse_in_draw(known)
    for _scene, found in faults_of(
        actor=actor,
        now=now,
        known=known,
        registration=registration,
        but=but,
        period=period,
        filling_in=filling_in,
    ):
        checks.raise_first([one for one in found if one.code not in granted or not one.overridable])


def faults_of(
    *,
    actor: Actor,
    now: datetime,
    known: Sequence[Scene],
    registration: Registration,
    but: Sequence[int] = (),
    period: bool = True,
    filling_in: bool = False,
) -> list[tuple[Scene, list[checks.CannotBook]]]:
    """What speaks against each of these uses, one after the other."""
    standing: list[Use] = list(
        uses_of_person(
            body=body_of(actor.body),
            one_person=registration.one_person,
            documents=[scene.document("limits") for scene in known],
            days=[scene.asked.day for scene in known],
            today=known[0].today,
            but=but,
        )
    )
    inside = _inside(registration, known)
    found = []
    for scene in known:
        along = attached_in(scene, known)
        own = checks.faults(
            actor=actor,
            now=now,
            scene=scene,
            registration=registration,
            standing=standing,
            inside_members=inside,
            period=period and not along,
            filling_in=filling_in,
        )
        if along:  # what limits say is judged on the main room
            own = [one for one in own if not isinstance(one, checks.OverLimit)]
        elif not scene.plan.alone and not has_main(scene, registration):
            own.append(checks.NeedsMainRoom())
        if not along and not any(isinstance(one, checks.NotATimeOfRoom) for one in own):
            standing.append(checks.as_use(scene, kind=registration.kind))
        found.append((scene, own))
    return found


def attached_in(scene: Scene, known: Sequence[Scene]) -> bool:
    """付属室場 asked for together with its main room: the same day, within its time."""
    asked = scene.asked
    return scene.plan.main_id is not None and any(
        other.plan.id == scene.plan.main_id
        and other.asked.day == asked.day
        and other.asked.starts <= asked.starts
        and asked.ends <= other.asked.ends
        for other in known
    )


def has_main(scene: Scene, registration: Registration) -> bool:
    """Whether its user has the main room of this one at that time."""
    asked = scene.asked
    return Booking.objects.filter(
        body_id=registration.body_id,
        registration=registration,
        room_id=scene.plan.main_id,
        day=asked.day,
        starts__lte=asked.starts,
        ends__gte=asked.ends,
        state__in=(S.BOOKED, S.ASKED),
    ).exists()


def _inside(registration: Registration, known: Sequence[Scene]) -> int | None:
    """Members inside of a group, where a policy asks for their share."""
    asks = any((scene.document("eligibility") or {}).get("group") for scene in known)
    if registration.kind != Registration.Kind.GROUP or not asks:
        return None
    return GroupMember.objects.filter(
        body_id=registration.body_id, registration=registration, inside=True
    ).count()
