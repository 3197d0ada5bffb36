"""Masters, policies and openings are read in as many queries for many rooms and days as for one (A41)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moyai.calendars.models import NationalDayOverride
from moyai.reservations.models import Combination, Facility, Frame, Policy, Room, SpecialDay
from moyai.reservations.queries import masters
from moyai.reservations.queries.opening import holidays_around, opening, openings
from moyai.reservations.queries.policies import policies_of
from moyai.reservations.rules.policies import digest
from moyai.reservations.tests.halls import Hall, make_hall
from moyai.tenants.public import acting_in
from tests.world import World

DAY = date(2026, 10, 14)  # a Wednesday


@pytest.fixture
def hall(world: World, in_chiba: datetime) -> Hall:
    return make_hall(world.chiba)


def say(
    hall: Hall,
    kind: str,
    from_on: date,
    document: dict[str, Any],
    *,
    room: Room | None = None,
    body: bool = False,
) -> Policy:
    made: Policy = Policy.objects.create(
        body=hall.body,
        facility=None if body else hall.facility,
        room=room,
        kind=kind,
        from_on=from_on,
        document=document,
        sha256=digest(document),
        source="条例施行規則（例）",
        made_at=datetime.fromisoformat("2026-04-01T00:00:00+00:00"),
        made_by="試験",
    )
    return made


def hours(opens: int, closes: int, **more: Any) -> dict[str, Any]:
    return {"hours": [{"opens": opens, "closes": closes}], **more}


def test_a_plan_shows_the_room_as_it_is_that_day(hall: Hall) -> None:
    Frame.objects.filter(room=hall.gym, code="night").update(used_until=DAY)
    Frame.objects.create(
        body=hall.body,
        room=hall.gym,
        code="night",
        name="夜間",
        starts=1080,
        ends=1320,
        weight=2,
        used_from=DAY + timedelta(days=1),
    )
    Combination.objects.filter(room=hall.gym, code="cd").update(used_until=DAY - timedelta(days=1))
    today = masters.plan_of(hall.gym, DAY)
    tomorrow = masters.plan_of(hall.gym, DAY + timedelta(days=1))
    assert [(f.code, f.ends) for f in today.frames] == [("am", 720), ("pm", 1020), ("night", 1260)]
    assert [(f.code, f.ends) for f in tomorrow.frames] == [("am", 720), ("pm", 1020), ("night", 1320)]
    assert "cd" not in {unit.code for unit in today.units}
    whole = today.unit(hall.units["abcd"].pk)
    assert whole is not None
    assert whole.part_ids == tuple(sorted(part_id for part_id, _name in today.parts))
    assert len(whole.part_ids) == 4
    assert (today.category, today.facility_code, today.published) == ("体育館", "test-hall", True)


def test_plans_of_days_follow_each_day(hall: Hall) -> None:
    Frame.objects.filter(room=hall.gym, code="night").update(used_until=DAY)
    days = [DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)]
    plans = masters.plans_on_days([hall.gym, hall.meeting], days)
    assert [[f.code for f in plans[day][hall.gym.pk].frames] for day in days] == [
        ["am", "pm", "night"],
        ["am", "pm"],
        ["am", "pm"],
    ]
    assert plans[days[1]][hall.gym.pk] is plans[days[2]][hall.gym.pk]
    assert plans == {day: masters.plans_of([hall.gym, hall.meeting], day) for day in days}


def test_a_room_is_in_use_no_longer_than_its_facility(hall: Hall) -> None:
    Facility.objects.filter(pk=hall.facility.pk).update(used_until=DAY)
    Room.objects.filter(pk=hall.gym.pk).update(used_from=DAY)
    plans = masters.plans_of(Room.objects.filter(facility=hall.facility), DAY)
    gym, meeting = plans[hall.gym.pk], plans[hall.meeting.pk]
    assert [gym.in_use(DAY + timedelta(days=n)) for n in (-1, 0, 1)] == [False, True, False]
    assert [meeting.in_use(DAY + timedelta(days=n)) for n in (-1, 0, 1)] == [True, True, False]


def test_plans_cost_as_many_queries_for_many_rooms_as_for_one(hall: Hall) -> None:
    for n in range(12):
        Room.objects.create(
            body=hall.body, facility=hall.facility, code=f"r{n}", name=f"室{n}", used_from=date(2017, 4, 1)
        )
    facility = Facility.objects.get(pk=hall.facility.pk)
    one = Room.objects.get(pk=hall.gym.pk)
    with CaptureQueriesContext(connection) as single:
        masters.plans_of([one], DAY)
    with CaptureQueriesContext(connection) as many:
        found = masters.plans_of(facility, DAY)
    with CaptureQueriesContext(connection) as month:
        masters.plans_on_days(facility, [DAY + timedelta(days=n) for n in range(31)])
    assert len(found) == 14
    assert len(single) == len(many) == len(month) == 4


def test_nothing_asked_is_nothing_found(hall: Hall) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert masters.plans_of([], DAY) == {}
        assert masters.plans_on_days([hall.gym], []) == {}
        assert openings([], [DAY]) == {}
    assert len(captured) == 0


def test_residents_see_published_rooms_in_use_only(hall: Hall) -> None:
    Room.objects.filter(pk=hall.meeting.pk).update(published=False)
    closed = Facility.objects.create(
        body=hall.body, code="closed", name="旧館", kana="キュウカン", category="公民館", address="千葉市",
        published=True, used_from=date(2017, 4, 1), used_until=DAY - timedelta(days=1),
    )  # fmt: skip
    hidden = Facility.objects.create(
        body=hall.body, code="hidden", name="準備中", kana="ジュンビチュウ", category="公民館", address="千葉市",
        published=False, used_from=date(2017, 4, 1),
    )  # fmt: skip
    with CaptureQueriesContext(connection) as captured:
        found = {f.code: f for f in masters.facilities_for_residents(hall.body, on=DAY)}
        rooms = [room.code for room in found["test-hall"].open_rooms]
    assert len(captured) == 2
    assert rooms == ["gym"]
    assert not {closed.code, hidden.code} & set(found)
    assert masters.room_for_residents(hall.body, "test-hall", "meeting", on=DAY) is None
    assert masters.room_for_residents(hall.body, "test-hall", "gym", on=DAY) == hall.gym


def test_equipment_is_lent_with_the_rooms_it_is_for(hall: Hall) -> None:
    gym, meeting = (masters.plan_of(room, DAY) for room in (hall.gym, hall.meeting))
    assert masters.equipment_for(meeting, on=DAY) == [hall.chairs]
    hall.chairs.rooms = ["gym"]
    hall.chairs.used_until = DAY
    hall.chairs.save()
    assert masters.equipment_for(meeting, on=DAY) == []
    assert masters.equipment_for(gym, on=DAY) == [hall.chairs]
    assert masters.equipment_for(gym, on=DAY + timedelta(days=1)) == []


def test_the_nearest_policy_in_force_decides(hall: Hall) -> None:
    body_wide = say(hall, "limits", date(2026, 4, 1), {"longest_minutes": 240}, body=True)
    of_hall = say(hall, "limits", date(2026, 10, 1), {"longest_minutes": 180})
    newer = say(hall, "limits", DAY, {"longest_minutes": 120})
    of_gym = say(hall, "limits", DAY + timedelta(days=1), {"longest_minutes": 60}, room=hall.gym)
    with CaptureQueriesContext(connection) as captured:
        known = policies_of(hall.body)
    assert len(captured) == 1
    gym, meeting = (masters.plan_of(room, DAY) for room in (hall.gym, hall.meeting))

    def found(day: date) -> list[Policy | None]:
        return [known.of("limits", gym, day), known.of("limits", meeting, day)]

    assert found(date(2026, 9, 30)) == [body_wide, body_wide]
    assert found(DAY - timedelta(days=1)) == [of_hall, of_hall]
    assert found(DAY) == [newer, newer]
    assert found(DAY + timedelta(days=1)) == [of_gym, newer]
    assert known.document("limits", None, DAY) == {"longest_minutes": 240}
    assert known.of("limits", gym, date(2017, 3, 31)) is None
    assert known.document("penalties", gym, date(2000, 1, 1)) is None
    # A room is asked by its row as well as by its plan.
    assert known.of("limits", hall.gym, DAY) == newer


def test_policies_of_other_facilities_kinds_and_days_can_be_left_out(hall: Hall) -> None:
    other = make_hall(hall.body, code="other-hall")
    mine = say(hall, "limits", DAY, {"longest_minutes": 60})
    theirs = say(other, "limits", DAY, {"longest_minutes": 60})
    later = say(hall, "limits", DAY + timedelta(days=1), {"longest_minutes": 90})
    opening_row = say(hall, "opening", DAY, hours(540, 1260))
    rows = policies_of(hall.body, facilities=[hall.facility.pk], kinds=["limits"], until=DAY).rows
    assert mine in rows
    assert not {theirs.pk, later.pk, opening_row.pk} & {row.pk for row in rows}


def test_another_bodys_policies_are_behind_its_wall(world: World) -> None:
    with acting_in(world.chiba):
        mine = say(make_hall(world.chiba), "limits", DAY, {"longest_minutes": 60}, body=True)
        assert mine in policies_of(world.chiba).rows
    with acting_in(world.matsudo):
        assert mine.pk not in [row.pk for row in policies_of(world.matsudo).rows]
        assert policies_of(world.chiba).rows == []


def test_openings_follow_policies_holidays_and_special_days(hall: Hall) -> None:
    say(hall, "opening", date(2026, 4, 1), hours(540, 1260, closed=[{"every": "week", "weekday": "wed"}]))
    say(hall, "opening", date(2026, 4, 1), hours(600, 1200, holidays_closed=True), room=hall.meeting)
    NationalDayOverride.objects.create(day=DAY + timedelta(days=1), name="記念の日", source="特別の法律")
    SpecialDay.objects.create(
        body=hall.body,
        facility=hall.facility,
        day=DAY + timedelta(days=2),
        kind="closed",
        reason="停電のため",
    )
    SpecialDay.objects.create(
        body=hall.body, facility=hall.facility, room=hall.gym, day=DAY + timedelta(days=2), kind="open",
        opens=600, closes=720, reason="選挙のため",
    )  # fmt: skip
    days = [DAY + timedelta(days=n) for n in range(3)]
    plans = masters.plans_of(hall.facility, DAY)
    gym, meeting = plans[hall.gym.pk], plans[hall.meeting.pk]
    with CaptureQueriesContext(connection) as captured:
        found = openings(plans.values(), days)
    assert len(captured) == 3
    shown = {
        name: [(o.opens, o.closes, o.why, o.reason) for o in (found[plan.id, day] for day in days)]
        for name, plan in (("gym", gym), ("meeting", meeting))
    }
    assert shown["gym"] == [(0, 0, "week", ""), (540, 1260, "", ""), (600, 720, "", "選挙のため")]
    assert shown["meeting"] == [(600, 1200, "", ""), (0, 0, "holiday", ""), (0, 0, "special", "停電のため")]
    assert opening(gym, days[1]) == found[gym.id, days[1]]


def test_openings_with_what_is_known_ask_for_the_special_days_only(hall: Hall) -> None:
    say(hall, "opening", date(2026, 4, 1), hours(540, 1260))
    plans = masters.plans_of(hall.facility, DAY)
    days = [DAY + timedelta(days=n) for n in range(31)]
    known, holidays = policies_of(hall.body), holidays_around(days)
    with CaptureQueriesContext(connection) as captured:
        found = openings(plans.values(), days, policies=known, holidays=holidays)
    assert len(captured) == 1
    assert len(found) == len(plans) * 31


def test_a_facility_without_opening_policy_is_closed(hall: Hall) -> None:
    Policy.objects.filter(kind="opening", facility__isnull=True).delete()
    plan = masters.plan_of(hall.gym, DAY)
    assert (opening(plan, DAY).open, opening(plan, DAY).why) == (False, "no_policy")


def test_a_room_out_of_use_is_closed_whatever_the_policy_says(hall: Hall) -> None:
    say(hall, "opening", date(2017, 4, 1), hours(540, 1260))
    Room.objects.filter(pk=hall.gym.pk).update(used_until=DAY)
    plan = masters.plan_of(Room.objects.get(pk=hall.gym.pk), DAY)
    assert opening(plan, DAY).open
    assert opening(plan, DAY + timedelta(days=1)).why == "not_in_use"


def test_days_of_rest_are_weekends_and_holidays(hall: Hall) -> None:
    holidays = holidays_around([date(2026, 11, 1)])
    rest = [n for n in range(1, 9) if holidays.is_rest_day(date(2026, 11, n))]
    assert rest == [1, 3, 7, 8]  # 文化の日 is a Tuesday
