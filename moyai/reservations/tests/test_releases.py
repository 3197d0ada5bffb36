"""取消し分の公開 by room: each room's own policy, else its facility's, else the body's, decides when and how it is drawn."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from moyai.reservations.actions import bookings
from moyai.reservations.actions.lotteries.release import draw_release, releases_of
from moyai.reservations.jobs.bookings import release
from moyai.reservations.models import Booking, Policy, Room, Round, RoundRoom
from moyai.reservations.rules.lottery import Release
from moyai.reservations.rules.policies import digest, problems
from moyai.reservations.tests.halls import DAY, NOW, SINCE, Desk, cells_of
from moyai.tenants.public import clock

NINE = datetime(2026, 5, 12, 9, 0, tzinfo=clock.JST)
OFF = {"release": {"on": False}}


def drawn(minutes: int) -> dict[str, Any]:
    return {"release": {"on": True, "at": 540, "minutes": minutes}}


@pytest.fixture
def desk(world: Any, in_chiba: datetime) -> Desk:
    found = Desk(world, lottery=None)
    Policy.objects.filter(body=world.chiba, kind="lottery").delete()
    return found


def say(desk: Desk, document: dict[str, Any], *, room: Room | None = None, wide: bool = False) -> None:
    """The lottery policy of a room, of the hall, or (wide) of the body."""
    assert problems("lottery", document) == []
    facility = None if wide else desk.hall.facility
    Policy.objects.update_or_create(
        body=desk.hall.body, kind="lottery", facility=facility, room=room, from_on=SINCE,
        defaults={"document": document, "sha256": digest(document), "made_at": NOW, "made_by": "試験"},
    )  # fmt: skip


def cancelled(desk: Desk, unit: str, **times: int) -> Booking | None:
    """A booking made and given up again; the row that keeps its cells, None where they are free at once."""
    made = desk.book(desk.asked(unit, **times))
    bookings.cancel(actor=desk.hanako, now=NOW, booking=made)
    rows = Booking.objects.filter(kind="freed", state="booked", facility=desk.hall.facility)
    return rows.filter(room=desk.hall.units[unit].room).first()


def test_two_rooms_of_one_hall_are_released_each_by_its_own_policy(desk: Desk) -> None:
    say(desk, OFF, wide=True)
    say(desk, drawn(10))
    say(desk, drawn(30), room=desk.hall.meeting)
    gym, meeting = cancelled(desk, "ab"), cancelled(desk, "room", starts=600, ends=720)
    assert gym is not None and meeting is not None
    release.run(body=desk.world.chiba, now=NINE)
    found = {}
    for row in (gym, meeting):
        row.refresh_from_db()
        round_ = Round.objects.get(pk=row.quote["round"])
        assert list(RoundRoom.objects.filter(round=round_).values_list("room_id", flat=True)) == [row.room_id]
        found[row.room.code] = (round_.enter_from, (round_.enter_until - round_.enter_from))
    assert found == {"gym": (NINE, timedelta(minutes=10)), "meeting": (NINE, timedelta(minutes=30))}
    # What is cancelled meanwhile and due too joins the round of its own terms.
    release.run(body=desk.world.chiba, now=NINE + timedelta(minutes=5))
    assert Round.objects.filter(kind="release", enter_from=NINE).count() == 2
    # The shorter one is over: its place is free, the other's still waits for its draw.
    round_ = Round.objects.get(pk=gym.quote["round"])
    draw_release(actor=desk.system, now=NINE + timedelta(minutes=10), round=round_)
    assert cells_of(gym) == []
    assert cells_of(meeting) == [("room", cell) for cell in range(570, 750, 30)]


def test_the_bodys_word_is_nothing_where_a_room_says_otherwise(desk: Desk) -> None:
    """The body draws, this room does not: free at once; and the other way round."""
    say(desk, drawn(10), wide=True)
    say(desk, OFF, room=desk.hall.meeting)
    assert cancelled(desk, "room", starts=600, ends=720) is None
    gym = cancelled(desk, "ab")
    assert gym is not None and gym.free_at == NINE

    say(desk, OFF, wide=True)
    say(desk, drawn(10), room=desk.hall.gym)
    release.run(body=desk.world.chiba, now=NINE)
    gym.refresh_from_db()
    assert (gym.state, len(cells_of(gym))) == ("booked", 2)
    assert Round.objects.get(pk=gym.quote["round"]).state == Round.State.OPEN


def test_a_room_that_is_drawn_no_more_by_nine_is_free_at_nine(desk: Desk) -> None:
    say(desk, drawn(10), wide=True)
    gym, meeting = cancelled(desk, "ab"), cancelled(desk, "room", starts=600, ends=720)
    assert gym is not None and meeting is not None
    say(desk, OFF, room=desk.hall.meeting)
    release.run(body=desk.world.chiba, now=NINE)
    gym.refresh_from_db()
    meeting.refresh_from_db()
    assert (gym.state, meeting.state) == ("booked", "ended")
    assert cells_of(meeting) == [] and "round" in gym.quote and "round" not in meeting.quote


def test_terms_of_many_rooms_are_read_in_one_query(desk: Desk, django_assert_num_queries: Any) -> None:
    say(desk, drawn(10), wide=True)
    say(desk, drawn(30), room=desk.hall.meeting)
    both = [cancelled(desk, "ab"), cancelled(desk, "room", starts=600, ends=720)]
    rows = list(
        Booking.objects.filter(pk__in=[one.pk for one in both if one]).select_related("room").order_by("id")
    )
    with django_assert_num_queries(1):
        found = releases_of(desk.world.chiba, rows, on=clock.today(NOW))
    assert found == [(Release(True, 540, 10), rows[:1]), (Release(True, 540, 30), rows[1:])]
    assert rows[0].day == DAY
