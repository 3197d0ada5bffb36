"""まとめて抽選に申し込む — as `enter_lottery`, for many entries of one round at once.

The turns of all persons, then the round, which others may enter beside it; then each entry is judged in memory, in the
order asked for, on what those before it left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from moyai.audit.public import check_permit, record_each
from moyai.reservations.actions.asked import Asked, Scene
from moyai.reservations.actions.batch.ground import Batch, Scenes, different, turns_of
from moyai.reservations.actions.checks import own
from moyai.reservations.actions.lotteries.entries import (
    RoundClosed,
    Wish,
    entry_row,
    judge_wishes,
    refuse_beyond,
    refuse_number,
    taken_pairs,
)
from moyai.reservations.actions.lotteries.steps import shared_round
from moyai.reservations.actions.lotteries.telling import tell_entrant
from moyai.reservations.actions.remembering import remember_each
from moyai.reservations.models import Entry, Registration, Round, RoundRoom
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.standing import counts_entries, use_of_entry, uses_of_persons
from moyai.tenants.public import Actor, Body, Refusal, body_of, clock, insert_many, public_numbers

VERB = "reservations.enter_lottery"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryOrder:
    """One entry: whose, with which ranked wishes, by which channel."""

    registration: Registration
    wishes: Sequence[Wish]
    channel: str
    purpose: str = ""
    people: int | None = None


def enter_many(*, actor: Actor, now: datetime, round: Round, orders: Sequence[EntryOrder]) -> Batch[Entry]:
    """まとめて抽選に申し込む — each as `enter_lottery` would, in this order; what is refused is left out. One transaction."""
    check_permit(actor, VERB, PERMITS)
    result: Batch[Entry] = Batch()
    if not orders:
        return result
    body, today = body_of(actor.body), clock.today(now)
    mine: dict[int, EntryOrder] = {}
    for place, order in enumerate(orders):
        try:
            own(actor=actor, registration=order.registration)
        except Refusal as refusal:
            result.left_out[place] = refusal
        else:
            mine[place] = order
    persons = {one.registration.one_person for one in mine.values()}
    turns_of(body, persons)
    row = shared_round(round)
    if row.state != Round.State.OPEN or not row.enter_from <= now < row.enter_until:
        result.left_out |= {place: RoundClosed() for place in mine}
        return result
    seen = _seen(body, mine, today=today)
    scenes = [scene for known in seen.values() if not isinstance(known, Refusal) for scene in known]
    rooms = set(RoundRoom.objects.filter(body=body, round=row).values_list("room_id", flat=True))
    taken = taken_pairs(row, scenes, now=now) if scenes else set()
    documents = different(scene.document("limits") for scene in scenes)
    standing = uses_of_persons(
        body=body,
        persons=persons,
        documents=documents,
        days=sorted({scene.asked.day for scene in scenes}),
        today=today,
    )
    counts_here = counts_entries(documents)
    before = _before(row, persons)
    numbers = public_numbers(len(mine))
    rows: dict[int, Entry] = {}
    for place, order in mine.items():
        registration = order.registration
        entered = before[registration.one_person]
        try:
            refuse_beyond(row, entered)
            refuse_number(row, order.wishes)
            known = seen[place]
            if isinstance(known, Refusal):
                raise known
            judge_wishes(
                row,
                known,
                actor=actor,
                now=now,
                registration=registration,
                rooms=rooms,
                standing=standing.get(registration.one_person, ()),
                taken=taken,
            )
        except Refusal as refusal:
            result.left_out[place] = refusal
            continue
        made = entry_row(
            row,
            known,
            actor=actor,
            now=now,
            registration=registration,
            purpose=order.purpose,
            people=order.people,
            channel=order.channel,
            number=numbers.pop(),
            before=[ticket for _state, ticket in entered],
        )
        rows[place] = made
        entered.append((made.state, made.ticket_id))
        if counts_here:
            made.facility = known[0].room.facility
            use = use_of_entry(made, known[0].holidays)
            standing.setdefault(registration.one_person, []).append(use)
    _write(rows, actor=actor, now=now, round=row)
    result.done |= rows
    return result


def _before(round: Round, persons: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """(state, ticket) of what each of these persons entered before, in order. One query."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    rows = Entry.objects.filter(body_id=round.body_id, round=round, one_person__in=persons).order_by("id")
    for person, state, ticket in rows.values_list("one_person", "state", "ticket_id"):
        found[person].append((state, ticket))
    return found


def _seen(body: Body, mine: dict[int, EntryOrder], *, today: date) -> dict[int, list[Scene] | Refusal]:
    """The scenes of each entry's wishes by its place, or why there are none. A wish comes up often: each is seen once."""
    asked: dict[tuple[Wish, str, int | None], Asked] = {}
    for one in mine.values():
        for wish in one.wishes:
            key = (wish, one.purpose, one.people)
            if key not in asked:
                asked[key] = wish.asked(purpose=one.purpose, people=one.people)
    known = Scenes(body, list(asked.values()), today)
    scenes: dict[tuple[Wish, str, int | None], Scene | Refusal] = {}
    for key, use in asked.items():
        try:
            scenes[key] = known.of(use)
        except Refusal as refusal:
            scenes[key] = refusal
    found: dict[int, list[Scene] | Refusal] = {}
    for place, one in mine.items():
        whole = [scenes[wish, one.purpose, one.people] for wish in one.wishes]
        wrong = next((each for each in whole if isinstance(each, Refusal)), None)
        found[place] = wrong or [each for each in whole if isinstance(each, Scene)]
    return found


def _write(rows: dict[int, Entry], *, actor: Actor, now: datetime, round: Round) -> None:
    """Store the entries with their history and deeds, and tell those who can be told."""
    made = insert_many(list(rows.values()))
    remember_each(
        actor=actor,
        now=now,
        what="entered",
        lines=[(one.registration, None, one.pk, one.channel, {}) for one in made],
        words=round.title,
    )
    record_each(actor=actor, now=now, verb=VERB, things=made)
    for one in made:
        if one.registration.email or one.registration.account_id:
            tell_entrant(actor=actor, now=now, entry=one, kind="entered")
