"""抽選の申込み — ranked wishes of one registration in a round, under a lock per person; withdrawn until the freeze."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.draws.public import NotADraw, place_of
from moyai.reservations import words
from moyai.reservations.actions.asked import Asked, Scene, scenes
from moyai.reservations.actions.checks import (
    CannotBook,
    NeedsMainRoom,
    NotEligible,
    OverLimit,
    TooLong,
    acts_for_body,
    applicant_of,
    as_use,
    come_windows,
    faults,
    own,
)
from moyai.reservations.actions.judging import has_main
from moyai.reservations.actions.lotteries.rounds import new_ticket
from moyai.reservations.actions.lotteries.steps import NotNow, locked_entry, shared_round, step_entries
from moyai.reservations.actions.lotteries.telling import tell_entrant
from moyai.reservations.actions.remembering import remember
from moyai.reservations.models import Booking, Entry, Registration, Round, RoundRoom, Slot
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.standing import uses_of_person
from moyai.reservations.rules.eligibility import class_on
from moyai.reservations.rules.limits import Use, exceeded
from moyai.reservations.rules.periods import state_at, window
from moyai.tenants.public import Actor, Refusal, body_of, clock, one_at_a_time, public_number

S = Round.State


class RoundClosed(NotNow):
    """Before the first or after the last instant of the entries; the database's clock decides."""

    code = "round_closed"
    message = lazy("この抽選は、申込みの受付期間ではありません。")


class EntryLimit(Refusal):
    code = "entry_limit"
    status = 409
    message = lazy("この抽選に申し込める件数の上限に達しています。")  # type: ignore[assignment]


class WishRefused(Refusal):
    """A wish that is none of the round; `fields` names the wish: wish_1, wish_2 …"""

    code = "wish_refused"
    status = 422
    message = lazy("希望を確かめてください。")  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Wish:
    """希望 — a unit of a room on a day from–to, minutes of the day."""

    combination_id: int
    day: date
    starts: int
    ends: int

    def asked(self, *, purpose: str, people: int | None) -> Asked:
        return Asked(
            combination_id=self.combination_id,
            day=self.day,
            starts=self.starts,
            ends=self.ends,
            purpose=purpose,
            people=people,
        )


@action("reservations.enter_lottery", permits=PERMITS)
def enter_lottery(
    *,
    actor: Actor,
    now: datetime,
    round: Round,
    registration: Registration,
    wishes: Sequence[Wish],
    channel: str,
    purpose: str = "",
    people: int | None = None,
) -> Entry:
    """抽選の申込み — ranked wishes, from the first instant of the entries until before the last.

    One person's entries are counted one after the other, whichever registration, session or channel they come by.
    Raises NotYours, RoundClosed, EntryLimit, WishRefused, CannotBook, OverLimit.
    """
    own(actor=actor, registration=registration)
    body = body_of(actor.body)
    one_at_a_time("reservations.person", registration.one_person)
    row = shared_round(round)
    if row.state != S.OPEN or not row.enter_from <= now < row.enter_until:
        raise RoundClosed
    same = Entry.objects.filter(body=body, round=row, one_person=registration.one_person)
    before = list(same.order_by("id").values_list("state", "ticket_id"))
    refuse_beyond(row, before)
    seen = _wishes(
        row, wishes, actor=actor, now=now, registration=registration, purpose=purpose, people=people
    )
    entry = entry_row(
        row, seen, actor=actor, now=now, registration=registration, purpose=purpose, people=people, channel=channel,
        number=public_number(), before=[ticket for _state, ticket in before],
    )  # fmt: skip
    entry.save(force_insert=True)
    remember(
        actor=actor, now=now, registration=registration, what="entered", entry_id=entry.pk, channel=channel,
        words=row.title,
    )  # fmt: skip
    tell_entrant(actor=actor, now=now, entry=entry, kind="entered")
    return entry


def entry_row(
    row: Round,
    seen: Sequence[Scene],
    *,
    actor: Actor,
    now: datetime,
    registration: Registration,
    purpose: str,
    people: int | None,
    channel: str,
    number: str,
    before: Sequence[str],
) -> Entry:
    """An entry as it is asked for, not yet stored. `before`: tickets of the person's earlier entries, in their order."""
    head = before[0].rpartition(".")[0] if before else new_ticket()
    return Entry(
        body=body_of(actor.body),
        round=row,
        registration=registration,
        one_person=registration.one_person,
        facility_id=seen[0].plan.facility_id,
        number=number,
        ticket_id=f"{head}.{len(before) + 1:02}",
        group=registration.kind == Registration.Kind.GROUP,
        resident_class=class_on(applicant_of(registration), clock.today(now)),
        wishes=[_stored(one) for one in seen],
        purpose=purpose,
        people=people,
        channel=channel,
        made_at=now,
        made_on=clock.today(now),
        made_by=actor.name[:60] if acts_for_body(actor) else "",
        changed_at=now,
    )


@action("reservations.withdraw_entry", permits=PERMITS, thing="entry")
def withdraw_entry(*, actor: Actor, now: datetime, entry: Entry, channel: str = "") -> Entry:
    """抽選申込の取下げ — until the list is frozen; afterwards who waits may give up his place. Raises NotYours, NotNow."""
    own(actor=actor, registration=entry.registration)
    round = shared_round(entry.round)
    row = locked_entry(entry)
    if row.state == Entry.State.ENTERED and (round.state != S.OPEN or now >= round.enter_until):
        raise NotNow(_("名簿が確定しているため、取り下げられません。当選したときに辞退できます。"))
    step_entries([row], "withdraw", now)
    remember(
        actor=actor, now=now, registration=row.registration, what="withdrawn", entry_id=row.pk, channel=channel,
        words=round.title,
    )  # fmt: skip
    return row


def place_name(scene: Scene) -> str:
    """The published name of a wish: codes of facility, room and unit, day, minutes with preparing and clearing."""
    asked, plan = scene.asked, scene.plan
    cells = plan.cells(asked.starts, asked.ends)
    starts, ends = (cells[0], cells[-1] + plan.step) if plan.step else (asked.starts, asked.ends)
    return place_of(
        f"{plan.facility_code}.{plan.code}.{scene.unit.code}", asked.day.strftime("%Y%m%d"), starts, ends
    )


# --- how --------------------------------------------------------------------------------------------


def _wishes(
    round: Round,
    wishes: Sequence[Wish],
    *,
    actor: Actor,
    now: datetime,
    registration: Registration,
    purpose: str,
    people: int | None,
) -> list[Scene]:
    """Each wish in its scene; refused all together, each beside its field."""
    refuse_number(round, wishes)
    body, today = body_of(actor.body), clock.today(now)
    seen = scenes(
        body=body,
        asked=[one.asked(purpose=purpose, people=people) for one in wishes],
        today=today,
    )
    rooms = set(RoundRoom.objects.filter(body=body, round=round).values_list("room_id", flat=True))
    standing = uses_of_person(
        body=body,
        one_person=registration.one_person,
        documents=[scene.document("limits") for scene in seen],
        days=sorted({scene.asked.day for scene in seen}),
        today=today,
    )
    judge_wishes(
        round, seen, actor=actor, now=now, registration=registration, rooms=rooms, standing=standing,
        taken=taken_pairs(round, seen, now=now),
    )  # fmt: skip
    return seen


def refuse_beyond(round: Round, before: Sequence[tuple[str, str]]) -> None:
    """Raises EntryLimit where the person's entries before, (state, ticket), are as many as one may have."""
    if sum(1 for state, _ticket in before if state == Entry.State.ENTERED) >= round.entry_cap:
        raise EntryLimit(
            _("この抽選に申し込めるのは、1人%(most)s件までです（別の登録の分を含みます）。")
            % {"most": round.entry_cap}
        )


def refuse_number(round: Round, wishes: Sequence[Wish]) -> None:
    """Raises WishRefused where there is none, or more than the round takes."""
    if not 1 <= len(wishes) <= round.wishes:
        raise WishRefused(
            fields={"wish_1": _("希望は1から%(most)sまでにしてください。") % {"most": round.wishes}}
        )


def judge_wishes(
    round: Round,
    seen: Sequence[Scene],
    *,
    actor: Actor,
    now: datetime,
    registration: Registration,
    rooms: AbstractSet[int],
    standing: Sequence[Use],
    taken: AbstractSet[tuple[int, date, int]],
) -> None:
    """What the rules say of one entry's wishes, once all is read: rooms of the round, the person's uses, taken cells.

    Raises WishRefused, or the refusal of the registration.
    """
    wrong: dict[str, str] = {}
    first: CannotBook | None = None
    known: set[tuple[int, date, int, int]] = set()
    for number, scene in enumerate(seen, 1):
        field, asked = f"wish_{number}", scene.asked
        key = (asked.combination_id, asked.day, asked.starts, asked.ends)
        if scene.plan.id not in rooms or not round.for_from <= asked.day <= round.for_until:
            wrong[field] = _("この抽選の対象ではない室場か利用日です。")
        elif key in known:
            wrong[field] = _("同じ希望が2つあります。")
        else:
            found = faults(
                actor=actor, now=now, scene=scene, registration=registration, standing=[], period=False
            )
            found = found or _not_theirs(round, scene, registration, now=now)
            found = found or over_limit(scene, registration, standing)
            if round.kind == Round.Kind.RELEASE:  # first come in another way: a win is a booking at once
                found = found or over_limit(scene, registration, standing, what="booking")
            if not found and not scene.plan.alone and not has_main(scene, registration):
                found = [NeedsMainRoom()]
            if found:
                first = first or found[0]
                wrong[field] = str(found[0].message)
            else:
                try:
                    place_name(scene)
                except NotADraw:
                    wrong[field] = _("この室場は抽選で選べません。")
        known.add(key)
    for number, scene in enumerate(seen, 1):
        field = f"wish_{number}"
        if field not in wrong and not taken.isdisjoint(_cells(scene)):
            wrong[field] = _("この時間は、すでにふさがっています。")
    if first is not None and first.field == "registration":
        first.fields = {"registration": str(first.message)}
        raise first
    if wrong:
        raise WishRefused(fields=wrong)


def _not_theirs(round: Round, scene: Scene, registration: Registration, *, now: datetime) -> list[CannotBook]:
    """区分 that the periods policy does not let into the lottery; a release is for who might book first-come now."""
    if round.kind == Round.Kind.RELEASE:
        windows = come_windows(scene, registration)
        document = scene.document("periods")
        if document is None or any(state_at(one, now) == "open" for one in windows):
            return []
        return [NotEligible(words.not_now(min(windows, default=None), now))]
    document = scene.document("periods") or {}
    theirs = window(
        document,
        way="lottery",
        day_of_use=scene.asked.day,
        resident_class=class_on(applicant_of(registration), scene.today),
        kind=registration.kind,
        starts=scene.asked.starts,
    )
    if not document.get("lottery") or theirs is not None:
        return []
    return [NotEligible(words.not_now(None, now))]


def over_limit(
    scene: Scene, registration: Registration, standing: Sequence[Use], *, what: str = "entry"
) -> list[CannotBook]:
    """上限の超過 by one more entry, or by one more booking."""
    count = exceeded(
        scene.document("limits"),
        asked=as_use(scene, kind=registration.kind, what=what),
        standing=standing,
        resident_class=class_on(applicant_of(registration), scene.today),
        today=scene.today,
    )
    if count is None:
        return []
    of_one_use = count.code in ("longest", "shortest", "weight")
    return [TooLong(words.beyond(count)) if of_one_use else OverLimit(words.beyond(count))]


def _cells(scene: Scene) -> Iterator[tuple[int, date, int]]:
    for part in scene.unit.part_ids:
        for cell in scene.plan.cells(scene.asked.starts, scene.asked.ends):
            yield part, scene.asked.day, cell


def taken_pairs(round: Round, seen: Iterable[Scene], *, now: datetime) -> set[tuple[int, date, int]]:
    """(part, day, cell) taken on the days of these wishes, in their parts. One query. What a release gives again counts as free."""
    places = {(part, scene.asked.day) for scene in seen for part in scene.unit.part_ids}
    slots = Slot.objects.filter(
        body_id=round.body_id,
        day__in={day for _part, day in places},
        part_id__in={part for part, _day in places},
    )
    if round.kind == Round.Kind.RELEASE:
        slots = slots.exclude(booking__kind=Booking.Kind.FREED, booking__free_at__lte=now)
    return set(slots.values_list("part_id", "day", "cell"))


def _stored(scene: Scene) -> dict[str, Any]:
    asked, plan = scene.asked, scene.plan
    return {
        "room": plan.id,
        "combination": asked.combination_id,
        "day": asked.day.isoformat(),
        "starts": asked.starts,
        "ends": asked.ends,
        "frames": [frame.code for frame in plan.frames_between(asked.starts, asked.ends)],
        "place": place_name(scene),
    }
