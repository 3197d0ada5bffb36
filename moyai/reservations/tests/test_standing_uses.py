"""付属室場 booked with its main room counts nothing of its own: not as a use, not by days, minutes or コマ, not as a place."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from moyai.reservations.actions.checks import OverLimit
from moyai.reservations.models import Booking, Room
from moyai.reservations.queries.standing import uses_of_person
from moyai.reservations.tests.halls import DAY, NOW, Desk, everything, set_policies
from moyai.tenants.public import clock


@pytest.fixture
def desk(world: Any, in_chiba: datetime) -> Desk:
    found = Desk(world)
    Room.objects.filter(pk=found.hall.meeting.pk).update(main=found.hall.gym)
    return found


def with_side(desk: Desk, day: date = DAY) -> Booking:
    """The gym with its meeting room beside it, at the same time."""
    side = desk.asked("room", day=day, starts=570, ends=690)
    return desk.book(desk.asked(day=day), attached=[side])


def limits(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"limits": [{"name": "上限", "span": "month", **row} for row in rows], **more}


MEASURES = [
    {"measure": "count", "most": 2},
    {"measure": "weight", "most": 2},
    {"measure": "minutes", "most": 360},
    {"measure": "days", "most": 2},
]


@pytest.mark.parametrize("row", MEASURES, ids=lambda row: row["measure"])
def test_A41_attached_room_is_not_counted_by_a_limit(desk: Desk, row: dict[str, Any]) -> None:
    """Twice the main room with its attached one is two uses of three hours on two days, and no third is let in."""
    set_policies(desk.hall, limits=limits(row))
    with_side(desk)
    with_side(desk, DAY + timedelta(days=1))
    assert Booking.objects.filter(registration=desk.person, weight=0).count() == 2
    before = everything()
    with pytest.raises(OverLimit):
        desk.book(desk.asked(day=DAY + timedelta(days=2)))
    assert everything() == before


def test_A41_attached_room_is_no_second_place_at_the_same_time(desk: Desk) -> None:
    set_policies(desk.hall, limits={"one_place_at_a_time": True})
    with_side(desk)
    document = {"one_place_at_a_time": True}
    standing = uses_of_person(
        body=desk.world.chiba,
        one_person=desk.person.one_person,
        documents=[document],
        days=[DAY],
        today=clock.today(NOW),
    )
    assert [(one.room_id, one.starts, one.ends) for one in standing] == [(desk.hall.gym.pk, 540, 720)]
    before = everything()
    with pytest.raises(OverLimit):
        desk.book(desk.asked("cd"))
    assert everything() == before
