"""空き状況: what is free and what is not, in as many queries for many rooms as for one — and never whose it is."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from moyai.reservations.actions import blocks, bookings
from moyai.reservations.actions.asked import scene
from moyai.reservations.models import Frame, Room, SpecialDay
from moyai.reservations.queries.alternatives import nearest
from moyai.reservations.queries.availability import (
    DayMatrix,
    day_matrix,
    is_free,
    month_matrix,
    next_release,
    stock_left,
)
from moyai.reservations.tests.halls import DAY, NOW, POLICIES, Desk, make_hall, set_policies
from moyai.tenants.public import clock


@pytest.fixture
def desk(world: Any, in_chiba: datetime) -> Desk:
    return Desk(world)


def shown(matrix: DayMatrix, room: str = "gym") -> dict[str, str]:
    """unit → one letter for each cell: F free, T taken, R waits for its release, P past."""
    [found] = [one for one in matrix.rooms if one.plan.code == room]
    return {unit.unit.code: "".join(cell.state[0].upper() for cell in unit.cells) for unit in found.units}


def of_day(desk: Desk, day: date = DAY, now: datetime = NOW) -> DayMatrix:
    return day_matrix(body=desk.hall.body, day=day, now=now, rooms=desk.hall.facility)


def test_taken_quarter_takes_every_unit_it_belongs_to(desk: Desk) -> None:
    desk.book(desk.asked("a", starts=780, ends=1020))
    assert shown(of_day(desk)) == {
        "a": "FTF",
        "b": "FFF",
        "c": "FFF",
        "d": "FFF",
        "ab": "FTF",
        "cd": "FFF",
        "abcd": "FTF",
    }


def test_steps_show_the_time_to_prepare_and_to_clear_as_taken(desk: Desk) -> None:
    desk.book(desk.asked("room", starts=600, ends=660))
    assert shown(of_day(desk), "meeting")["room"] == "FTTTT" + "F" * 19  # 9:00 … 20:30


def test_cancelled_place_is_shown_as_waiting_and_a_block_as_taken(desk: Desk) -> None:
    booking = desk.book(desk.asked("ab"))
    bookings.cancel(actor=desk.hanako, now=NOW, booking=booking)
    blocks.block(actor=desk.clerk, now=NOW, asked=desk.asked("c"), reason="点検")
    found = shown(of_day(desk))
    assert (found["ab"], found["cd"], found["abcd"], found["d"]) == ("RFF", "TFF", "TFF", "FFF")
    assert next_release(body=desk.hall.body, days=[DAY]) == datetime(2026, 5, 12, 9, tzinfo=clock.JST)


def test_hours_that_are_over_are_past(desk: Desk) -> None:
    now = datetime.combine(DAY, time(13, 0), clock.JST)
    assert shown(of_day(desk, now=now))["a"] == "PPF"
    assert shown(of_day(desk, day=DAY - timedelta(days=1), now=now))["a"] == "PPP"


def test_closed_day_has_no_cells_and_says_why(desk: Desk) -> None:
    matrix = of_day(desk, day=date(2026, 12, 30))
    assert all(not unit.cells for room in matrix.rooms for unit in room.units)
    assert {(room.opening.open, room.opening.why, room.free, room.full) for room in matrix.rooms} == {
        (False, "year_end", False, False)
    }


def test_month_of_a_room_shows_each_day(desk: Desk) -> None:
    for starts, ends in ((540, 720), (780, 1020), (1080, 1260)):
        desk.by_phone(desk.asked("abcd", starts=starts, ends=ends))
    month = month_matrix(
        body=desk.hall.body, room=desk.hall.gym, first=date(2026, 6, 1), last=date(2026, 6, 30), now=NOW
    )
    assert [one.day.day for one in month.days] == list(range(1, 31))
    assert [one.day for one in month.days if one.full] == [DAY]


def test_nothing_shown_tells_who_or_what_for(desk: Desk) -> None:
    desk.book(desk.asked("ab", title="秘密の会合"))
    written = str([asdict(room) for room in of_day(desk).rooms])
    assert "秘密" not in written and desk.person.name not in written and desk.person.number not in written


def queries(act: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_many_rooms_and_days_cost_as_many_queries_as_one(desk: Desk) -> None:
    one = queries(lambda: of_day(desk))
    halls = [desk.hall] + [make_hall(desk.hall.body, code=f"more-{n}") for n in range(4)]
    for hall in halls[1:]:
        set_policies(hall)
    rooms = list(Room.objects.filter(facility__in=[hall.facility for hall in halls]))
    many = queries(lambda: day_matrix(body=desk.hall.body, day=DAY, now=NOW, rooms=rooms))
    assert (one, many) == (8, 8)

    def month() -> None:
        month_matrix(
            body=desk.hall.body, room=desk.hall.gym, first=date(2026, 6, 1), last=date(2026, 6, 30), now=NOW
        )

    assert queries(month) == 7
    assert len(day_matrix(body=desk.hall.body, day=DAY, now=NOW, rooms=rooms).rooms) == 10


def test_stock_left_is_the_least_in_any_quarter_of_an_hour(desk: Desk) -> None:
    booking = desk.book(desk.asked("a", equipment={"chair": 30}))
    desk.by_phone(desk.asked("room", starts=690, ends=750, equipment={"chair": 50}))

    def left(starts: int, ends: int, but: int | None = None) -> int:
        return stock_left(
            body=desk.hall.body, equipment=[desk.hall.chairs], day=DAY, starts=starts, ends=ends, but=but
        )["chair"]

    assert (left(540, 690), left(540, 720), left(720, 750), left(750, 900)) == (70, 20, 50, 100)
    assert left(540, 720, but=booking.pk) == 50


def test_look_agrees_with_the_taking(desk: Desk) -> None:
    plan, unit = desk.hall.unit("abcd", DAY)
    assert is_free(plan=plan, unit=unit, day=DAY, starts=540, ends=720)
    desk.book(desk.asked("d"))
    assert not is_free(plan=plan, unit=unit, day=DAY, starts=540, ends=720)
    assert is_free(plan=plan, unit=unit, day=DAY, starts=780, ends=1020)


def test_alternatives_can_be_booked(desk: Desk) -> None:
    desk.by_phone(desk.asked("room", starts=600, ends=720))
    found = nearest(
        body=desk.hall.body,
        combination_id=desk.hall.units["room"].pk,
        day=DAY,
        starts=630,
        ends=690,
        now=NOW,
        most=3,
    )
    assert [(one.plan.code, one.day - DAY, one.starts, one.ends) for one in found[:1]] == [
        ("meeting", timedelta(0), 780, 840)
    ]
    for one in found:
        if one.plan.code == "meeting":
            asked = desk.asked("room", day=one.day, starts=one.starts, ends=one.ends)
            with transaction.atomic():
                assert desk.by_phone(asked).day == one.day
                transaction.set_rollback(True)  # the next one is an alternative to it


def test_alternatives_are_asked_for_in_a_fixed_number_of_queries(desk: Desk) -> None:
    def ask() -> None:
        nearest(
            body=desk.hall.body,
            combination_id=desk.hall.units["ab"].pk,
            day=DAY,
            starts=540,
            ends=720,
            now=NOW,
        )

    ask()  # what is known of its facility is kept
    assert queries(ask) == 2


def test_what_was_read_is_kept_only_until_anything_about_it_changes(desk: Desk) -> None:
    asked = desk.asked()

    def read() -> Any:
        return scene(body=desk.hall.body, asked=asked, today=clock.today(NOW))

    first = read()
    assert queries(read) == 1 and read().plan is first.plan
    Room.objects.filter(pk=desk.hall.gym.pk).update(needs_approval=True)
    assert read().plan.needs_approval
    assert read().document("limits") == POLICIES["limits"]
    set_policies(desk.hall, limits={"longest_minutes": 60})
    assert read().document("limits") == {"longest_minutes": 60}
    SpecialDay.objects.create(
        body=desk.hall.body, facility=desk.hall.facility, day=DAY, kind="closed", reason="停電"
    )
    assert not read().opening.open
    Frame.objects.filter(room=desk.hall.gym, code="am").update(ends=700)
    assert read().plan.frames[0].ends == 700
    assert queries(read) == 1
