"""延長: the time that was granted beyond the コマ is kept, though no cell stands for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from moyai.reservations.actions.bookings import change
from moyai.reservations.actions.extensions import ExtensionInTheWay, extend
from moyai.reservations.actions.slots import SlotTaken
from moyai.reservations.tests.bills import FEES
from moyai.reservations.tests.halls import NOW, Desk, everything


@pytest.fixture
def desk(world: Any, in_chiba: datetime) -> Desk:
    return Desk(world, fees=FEES)


def test_nobody_is_let_into_the_time_by_which_a_use_was_extended(desk: Desk) -> None:
    booking = desk.book()
    extend(actor=desk.clerk, now=NOW, booking=booking, minutes=120)  # 9:00–12:00 goes on until 14:00
    before = everything()
    with pytest.raises(SlotTaken), transaction.atomic():
        desk.by_phone(desk.asked(starts=780, ends=1020))
    assert everything() == before
    desk.by_phone(desk.asked("cd", starts=780, ends=1020))
    booking.refresh_from_db()
    extend(actor=desk.clerk, now=NOW, booking=booking, minutes=60)  # until 13:00: the afternoon is free again
    desk.by_phone(desk.asked(starts=780, ends=1020), desk.another("船橋 次郎"))


def test_a_change_of_an_extended_use_asks_again_who_comes_after_it(desk: Desk) -> None:
    booking = desk.book()
    extend(actor=desk.clerk, now=NOW, booking=booking, minutes=120)  # 9:00–12:00 goes on until 14:00
    desk.by_phone(desk.asked(starts=1080, ends=1260), desk.another("船橋 次郎"))
    booking.refresh_from_db()
    before = everything()
    with pytest.raises(ExtensionInTheWay), transaction.atomic():
        change(actor=desk.hanako, now=NOW, booking=booking, asked=desk.asked(starts=780, ends=1020))
    assert everything() == before
    extend(actor=desk.clerk, now=NOW, booking=booking, minutes=0)
    booking.refresh_from_db()
    moved = change(actor=desk.hanako, now=NOW, booking=booking, asked=desk.asked(starts=780, ends=1020))
    assert (moved.starts, moved.ends) == (780, 1020)


def test_an_extension_goes_along_with_a_change_where_nobody_comes_next(desk: Desk) -> None:
    booking = desk.book()
    extend(actor=desk.clerk, now=NOW, booking=booking, minutes=120)
    booking.refresh_from_db()
    moved = change(actor=desk.hanako, now=NOW, booking=booking, asked=desk.asked(starts=780, ends=1020))
    moved.refresh_from_db()
    assert (moved.starts, moved.ends, moved.extension_minutes) == (780, 1020, 120)
    before = everything()
    with pytest.raises(SlotTaken), transaction.atomic():
        desk.by_phone(desk.asked(starts=1080, ends=1260), desk.another("船橋 次郎"))
    assert everything() == before
