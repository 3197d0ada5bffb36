"""当選の予約 — what a draw gave becomes a booking. The draw decided who; the slots still decide whether it is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from moyai.reservations.actions import money, slots
from moyai.reservations.actions.asked import Asked, Scene, scene
from moyai.reservations.actions.checks import stock_of
from moyai.reservations.actions.freeing import end_freed
from moyai.reservations.actions.lotteries.steps import step_entries
from moyai.reservations.actions.making import S, locked, new_row, note, put_down, save, step
from moyai.reservations.actions.quotes import quote_for
from moyai.reservations.models import Booking, Entry, Registration
from moyai.tenants.public import Actor, body_of, clock, later


def book_won(
    *,
    actor: Actor,
    now: datetime,
    registration: Registration,
    asked: Asked,
    channel: str,
    entry_id: int,
    confirm_until: datetime | None = None,
    freeing: Sequence[Booking] = (),
    known: Scene | None = None,
) -> Booking:
    """当選を予約にする — inside the act of the draw or of a promotion, which tells the winner itself.

    No period, limit or eligibility is judged: they were when it was entered. Its fee is owed at once, or from its
    confirmation on. `freeing`: places waiting for their release that it takes (locked rows); what is left of them stays
    theirs. `known`: its scene, where many were read together. Raises SlotTaken, FeeUnknown: then nothing was written.
    """
    found = known or scene(body=body_of(actor.body), asked=asked, today=clock.today(now))
    row = won_row(
        actor=actor, now=now, scene=found, registration=registration, channel=channel, entry_id=entry_id,
        confirm_until=confirm_until,
    )  # fmt: skip
    made = (
        _taken_over(row, found, freeing) if freeing else put_down([(row, found)], stock={0: stock_of(found)})
    )
    if confirm_until is None:
        money.charge_for(actor=actor, now=now, booking=made[0])
    note(actor=actor, now=now, booking=made[0], what="won", channel=channel)
    return made[0]


def won_row(
    *,
    actor: Actor,
    now: datetime,
    scene: Scene,
    registration: Registration,
    channel: str,
    entry_id: int,
    confirm_until: datetime | None,
    number: str = "",
) -> Booking:
    """A win as a booking with its fee, not yet stored. Raises FeeUnknown."""
    row = new_row(
        actor=actor,
        now=now,
        scene=scene,
        registration=registration,
        channel=channel,
        state=S.HELD,
        number=number,
        from_lottery=True,
        entry_id=entry_id,
        confirm_until=confirm_until,
        made_by="",
    )
    quote_for(scene=scene, registration=registration).put_on(row)
    step(row, "book")
    return row


def end_won(*, actor: Actor, now: datetime, booking: Booking, reason: str) -> Booking:
    """失効・辞退した当選 — its place is free at once, for whoever is next in the order; nothing is owed.

    Inside the act that forfeits it. Raises NotInState.
    """
    booking = locked(booking)
    step(booking, "end")
    booking.confirm_until = None
    save(booking, "state", "confirm_until", now=now)
    known = scene(body=body_of(actor.body), asked=Asked.of(booking), today=clock.today(now))
    money.give_back(actor=actor, now=now, booking=booking, scene=known, why="facility", reason=reason)
    slots.let_go([booking])
    note(actor=actor, now=now, booking=booking, what="ended", words=reason)
    return booking


def locked_win(booking: Booking) -> Entry | None:
    """抽選申込 whose win a booking is, while nobody has answered it; locked before the booking, as the lottery does."""
    if booking.entry_id is None:
        return None
    found: Entry | None = (
        Entry.objects.filter(body_id=booking.body_id, pk=booking.entry_id, booking_id=booking.pk)
        .filter(state__in=(Entry.State.WON, Entry.State.OFFERED))
        .select_for_update(of=("self",), no_key=True)
        .first()
    )
    return found


def answered(win: Entry | None, verb: str, *, now: datetime) -> None:
    """確定・失効 of a win by another door than the lottery's own: its entry follows, and who waits moves up."""
    if win is None:
        return
    win.answer_until = None
    step_entries([win], verb, now, fields=["answer_until"])
    if verb == "forfeit":
        from moyai.reservations.jobs.lotteries import promote

        later(promote, round_id=win.round_id)


def _taken_over(row: Booking, found: Scene, freeing: Sequence[Booking]) -> list[Booking]:
    """The cells of a win that FREED rows keep are handed to it; a row that keeps none any more is ended."""
    cells = found.plan.cells(row.starts, row.ends)
    with transaction.atomic():
        row.save(force_insert=True)
        slots.lock_held(list(freeing), also=[("part", part, row.day) for part in found.unit.part_ids])
        for one in freeing:
            slots.hand_over(booking=one, to=row, part_ids=found.unit.part_ids, cells=cells)
        have = slots.held_pairs(row)
        if len(have) != len(cells) * len(found.unit.part_ids):
            raise slots.SlotTaken.of(row)
        if stock := stock_of(found):
            slots.add_stock(row, stock)
        end_freed([one for one in freeing if not slots.held_pairs(one)], now=row.made_at)
    return [row]
