"""利用枠: taking, moving, freeing, handing over — all of it or nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from moyai.reservations.actions import slots
from moyai.reservations.actions.slots import OutOfStock, SlotTaken, Wanted
from moyai.reservations.models import Booking, EquipmentSlot, Frame, Registration, Slot
from moyai.reservations.tests.halls import Hall, make_booking, make_hall, make_person
from moyai.tenants.public import clock


@pytest.fixture
def hall(world: Any, in_chiba: datetime) -> Hall:
    return make_hall(world.chiba)


@pytest.fixture
def person(world: Any, in_chiba: datetime) -> Registration:
    return make_person(world.chiba, now=in_chiba)


@pytest.fixture
def day(in_chiba: datetime) -> date:
    return clock.today(in_chiba) + timedelta(days=20)


def cells(booking: Booking) -> list[tuple[str, int]]:
    return sorted(Slot.objects.filter(booking=booking).values_list("part__code", "cell"))


def test_whole_hall_takes_every_part_and_frame(
    hall: Hall, person: Registration, day: date, in_chiba: datetime
) -> None:
    booking = make_booking(hall, "abcd", day, 540, 1020, now=in_chiba, person=person)
    plan, unit = hall.unit("abcd", day)
    assert slots.occupy(booking=booking, plan=plan, unit=unit) == 8
    assert cells(booking) == [(part, cell) for part in "abcd" for cell in (540, 780)]


def test_steps_take_the_time_to_prepare_and_to_clear(
    hall: Hall, person: Registration, day: date, in_chiba: datetime
) -> None:
    booking = make_booking(hall, "room", day, 600, 660, now=in_chiba, person=person)
    plan, unit = hall.unit("room", day)
    slots.occupy(booking=booking, plan=plan, unit=unit)
    assert [cell for _part, cell in cells(booking)] == [570, 600, 630, 660]
    after = make_booking(hall, "room", day, 690, 750, now=in_chiba, person=person)
    with pytest.raises(SlotTaken), transaction.atomic():  # 11:00–11:30 is still being cleared
        slots.occupy(booking=after, plan=plan, unit=unit)
    assert cells(after) == []


@pytest.mark.parametrize("shape", ["a", "ab", "abcd"])
def test_part_of_what_is_taken_refuses_all_of_it(
    hall: Hall, person: Registration, day: date, in_chiba: datetime, shape: str
) -> None:
    plan, unit = hall.unit("a", day)
    first = make_booking(hall, "a", day, 780, 1020, now=in_chiba, person=person)
    slots.occupy(booking=first, plan=plan, unit=unit)
    plan, unit = hall.unit(shape, day)
    second = make_booking(hall, shape, day, 540, 1020, now=in_chiba, person=person)
    with pytest.raises(SlotTaken) as refused, transaction.atomic():
        slots.occupy(booking=second, plan=plan, unit=unit)
    assert refused.value.status == 409
    assert refused.value.fields == {
        "starts": "ご希望の時間は、すでに予約されています。別の時間を選んでください。"
    }
    assert (refused.value.day, refused.value.starts) == (day, 540)
    assert cells(second) == [] and cells(first) == [("a", 780)]


def test_neighbouring_halves_do_not_disturb_each_other(
    hall: Hall, person: Registration, day: date, in_chiba: datetime
) -> None:
    for name in ("ab", "cd"):
        plan, unit = hall.unit(name, day)
        booking = make_booking(hall, name, day, 540, 720, now=in_chiba, person=person)
        assert slots.occupy(booking=booking, plan=plan, unit=unit) == 2


def test_moving_back_over_its_own_time_is_possible_and_over_anothers_is_not(
    hall: Hall, person: Registration, day: date, in_chiba: datetime
) -> None:
    plan, unit = hall.unit("room", day)
    booking = make_booking(hall, "room", day, 600, 720, now=in_chiba, person=person)
    other = make_booking(hall, "room", day, 900, 960, now=in_chiba, person=person)
    slots.occupy_all([Wanted(booking, plan, unit), Wanted(other, plan, unit)])
    booking.starts, booking.ends = 660, 780
    booking.save()
    slots.move(booking=booking, plan=plan, unit=unit)
    assert [cell for _part, cell in cells(booking)] == [630, 660, 690, 720, 750, 780]
    before = cells(booking)
    booking.starts, booking.ends = 780, 900
    with pytest.raises(SlotTaken), transaction.atomic():
        slots.move(booking=booking, plan=plan, unit=unit)
    assert cells(booking) == before


def test_series_is_taken_whole_or_not_at_all(
    hall: Hall, person: Registration, day: date, in_chiba: datetime
) -> None:
    plan, unit = hall.unit("ab", day)
    weeks = [day + timedelta(weeks=n) for n in range(4)]
    standing = make_booking(hall, "ab", weeks[2], 540, 720, now=in_chiba, person=person)
    slots.occupy(booking=standing, plan=plan, unit=unit)
    series = [make_booking(hall, "ab", one, 540, 720, now=in_chiba, person=person) for one in weeks]
    with pytest.raises(SlotTaken) as refused, transaction.atomic():
        slots.occupy_all([Wanted(one, plan, unit) for one in series])
    assert refused.value.day == weeks[2]
    assert not Slot.objects.filter(booking__in=series).exists()
    assert slots.let_go([standing]) == 2
    assert slots.occupy_all([Wanted(one, plan, unit) for one in series]) == 8


def test_cells_handed_over_are_never_free_in_between(
    hall: Hall, person: Registration, day: date, in_chiba: datetime
) -> None:
    plan, unit = hall.unit("ab", day)
    booking = make_booking(hall, "ab", day, 540, 1260, now=in_chiba, person=person)
    slots.occupy(booking=booking, plan=plan, unit=unit)
    freed = make_booking(hall, "ab", day, 780, 1260, now=in_chiba, person=person)
    handed = slots.hand_over(booking=booking, to=freed, part_ids=unit.part_ids, cells=[780, 1080])
    assert handed == 4
    assert cells(booking) == [("a", 540), ("b", 540)]
    assert len(cells(freed)) == 4


def test_changed_frames_do_not_open_a_gap_for_the_same_minutes(
    hall: Hall, person: Registration, day: date, in_chiba: datetime
) -> None:
    plan, unit = hall.unit("a", day)
    old = make_booking(hall, "a", day, 540, 720, now=in_chiba, person=person)
    slots.occupy(booking=old, plan=plan, unit=unit)
    Frame.objects.filter(room=hall.gym, code="am").update(used_until=day - timedelta(days=1))
    Frame.objects.create(
        body=hall.body, room=hall.gym, code="late", name="午前", starts=600, ends=760, used_from=day
    )
    plan, unit = hall.unit("a", day)
    new = make_booking(hall, "a", day, 600, 760, now=in_chiba, person=person)
    with pytest.raises(SlotTaken), transaction.atomic():
        slots.occupy(booking=new, plan=plan, unit=unit)
    assert cells(new) == []


def test_stock_lasts_exactly_as_long_as_it_lasts(
    hall: Hall, person: Registration, day: date, in_chiba: datetime
) -> None:
    plan, unit = hall.unit("a", day)
    first = make_booking(hall, "a", day, 540, 720, now=in_chiba, person=person)
    slots.occupy(booking=first, plan=plan, unit=unit, stock={hall.chairs: 60})
    assert EquipmentSlot.objects.filter(booking=first).count() == 60 * 12  # quarters of an hour
    plan, unit = hall.unit("room", day)
    second = make_booking(hall, "room", day, 660, 780, now=in_chiba, person=person)
    with pytest.raises(OutOfStock) as refused, transaction.atomic():
        slots.occupy(booking=second, plan=plan, unit=unit, stock={hall.chairs: 41})
    assert refused.value.fields == {"equipment": "折りたたみいすは、この時間はあと40しかありません。"}
    assert cells(second) == [] and not EquipmentSlot.objects.filter(booking=second).exists()
    slots.occupy(booking=second, plan=plan, unit=unit, stock={hall.chairs: 40})
    assert slots.let_go([first]) == 1
    assert not EquipmentSlot.objects.filter(booking=first).exists()
    assert EquipmentSlot.objects.filter(booking=second).count() == 40 * 8


def test_lock_numbers_are_the_same_for_all_and_differ_by_body_part_and_day(day: date) -> None:
    numbers = {
        slots.lock_number(body, kind, row, one)
        for body in (1, 2)
        for kind in ("part", "equipment")
        for row in (1, 2)
        for one in (day, day + timedelta(days=1))
    }
    assert len(numbers) == 16
    assert slots.lock_number(1, "part", 1, date(2026, 4, 1)) == slots.lock_number(
        1, "part", 1, date(2026, 4, 1)
    )
