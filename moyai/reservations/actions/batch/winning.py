"""まとめて当選の予約をする — as `book_won`, for many wins of a draw at once.

A draw gives no place twice, so nearly always all of them are there: one lock, one statement a table. What is not as the
draw left it (a place that staff took meanwhile, somebody suspended since) is handed back, to be judged by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from moyai.reservations.actions import money, slots
from moyai.reservations.actions.asked import Scene
from moyai.reservations.actions.batch.taken import Busy, keys_of
from moyai.reservations.actions.lock_windows import wake_lock
from moyai.reservations.actions.lotteries.steps import step_entries
from moyai.reservations.actions.lotteries.telling import tell_entrant
from moyai.reservations.actions.remembering import Line, remember_each
from moyai.reservations.actions.slots import Wanted
from moyai.reservations.actions.won import won_row
from moyai.reservations.models import Booking, Entry
from moyai.reservations.queries.registrations import standing
from moyai.reservations.rules.rooms import NotATime
from moyai.tenants.public import Actor, Refusal, body_of, clock, insert_many, public_numbers, update_many


def book_won_many(
    *,
    actor: Actor,
    now: datetime,
    entries: Sequence[Entry],
    scenes: Mapping[int, Scene],
    until: datetime | None,
    names: Mapping[int, str],
) -> list[Entry]:
    """まとめて当選の予約をする — inside `book_wins`, under the lock of the round; `scenes` by the entry's id.

    `until`: by when a win is confirmed, None where it stands at once. Gives back, in their order, the entries of which
    nothing was written.
    """
    today = clock.today(now)
    seen = {
        one.pk: scenes[one.pk]
        for one in entries
        if one.pk in scenes and not standing(one.registration, on=today)
    }
    if not seen:
        return list(entries)
    body = body_of(actor.body)
    slots.lock(body.pk, keys_of(seen.values()))
    busy = Busy(body, seen.values(), now=now)
    numbers = public_numbers(len(seen))
    rows: dict[int, Booking] = {}
    for one in entries:
        scene = seen.get(one.pk)
        if scene is None:
            continue
        try:
            cells = scene.plan.cells(scene.asked.starts, scene.asked.ends)
            if busy.of(scene, cells) or busy.beside(scene):
                continue
            rows[one.pk] = won_row(
                actor=actor, now=now, scene=scene, registration=one.registration, channel=one.channel,
                entry_id=one.pk, confirm_until=until, number=numbers.pop(),
            )  # fmt: skip
        except (Refusal, NotATime):
            continue
        busy.take(scene, cells)
    try:
        with transaction.atomic():
            insert_many(list(rows.values()))
            slots.occupy_all([Wanted(row, seen[pk].plan, seen[pk].unit) for pk, row in rows.items()])
            money.charge_new(actor=actor, now=now, bookings=list(rows.values()))
    except Refusal:  # something took a cell without the lock, or lies beside it: each by itself
        return list(entries)
    _write([one for one in entries if one.pk in rows], rows, actor=actor, now=now, until=until, names=names)
    return [one for one in entries if one.pk not in rows]


def _write(
    won: Sequence[Entry],
    rows: Mapping[int, Booking],
    *,
    actor: Actor,
    now: datetime,
    until: datetime | None,
    names: Mapping[int, str],
) -> None:
    """The history of what is booked, its entries, and the news."""
    lines: list[Line] = [(one.registration, rows[one.pk], None, one.channel, {}) for one in won]
    remember_each(actor=actor, now=now, what="won", lines=lines)
    for one in won:
        one.booking, one.answer_until = rows[one.pk], until
    if until is None:
        step_entries(won, "confirm", now, fields=["booking", "answer_until"])
    else:
        update_many(won, "booking", "answer_until")
    for one in won:
        if rows[one.pk].room.lock:
            wake_lock(rows[one.pk])
        tell_entrant(actor=actor, now=now, entry=one, kind="won", units=names, until=until)
