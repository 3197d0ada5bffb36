"""開庁日: an administrator says where the office differs; nobody else, and no other body's days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from moyai.audit.public import Deed, NotPermitted
from moyai.calendars import public as calendars
from moyai.calendars.actions import (
    DayIsPast,
    DaySaidAlready,
    clear_national_day,
    clear_office_day,
    set_national_day,
    set_office_day,
)
from moyai.calendars.models import NationalDayOverride, OfficeDayOverride
from moyai.tenants.public import acting_in, clock
from tests.world import World

NOW = datetime(2026, 4, 1, 0, 30, tzinfo=UTC)
JUNE_15 = date(2026, 6, 15)
ClientFor = Callable[[Any], Any]


def administrator(world: World) -> Any:
    return world.actor(world.at_chiba.administrator, world.chiba)


def close(world: World, day: date = JUNE_15, *, is_open: bool = False) -> OfficeDayOverride:
    return set_office_day(actor=administrator(world), now=NOW, day=day, is_open=is_open, reason="県民の日")


def test_an_administrator_closes_a_day_and_every_count_follows(world: World, in_chiba: datetime) -> None:
    chiba = world.chiba
    assert calendars.is_office_day(JUNE_15, chiba)
    made = close(world)
    assert not calendars.is_office_day(JUNE_15, body=chiba)
    assert calendars.is_office_day(JUNE_15)
    assert calendars.next_office_day(date(2026, 6, 12), chiba) == date(2026, 6, 16)
    assert calendars.add_office_days(date(2026, 6, 12), 1, body=chiba) == date(2026, 6, 16)
    assert calendars.office_days_between(date(2026, 6, 12), date(2026, 6, 17), body=chiba) == 2
    assert calendars.due_on(date(2026, 6, 5), 10, chiba) == date(2026, 6, 16)
    assert calendars.due_on(date(2026, 6, 5), days=10, body=chiba, law="local_tax") == JUNE_15
    assert calendars.processing_due_on(date(2026, 6, 12), 1, chiba) == date(2026, 6, 16)
    deed = Deed.objects.get(verb="calendars.set_office_day")
    assert deed.thing_id == made.id


def test_a_calendar_is_loaded_in_two_queries_for_any_number_of_days(
    world: World, in_chiba: datetime, django_assert_num_queries: Any
) -> None:
    close(world)
    with django_assert_num_queries(2):
        calendar = calendars.office_calendar(world.chiba)
        days = [calendar.is_open(date.fromordinal(JUNE_15.toordinal() + n)) for n in range(-30, 30)]
    assert days[30] is False
    with django_assert_num_queries(0):
        calendars.due_on(date(2026, 6, 5), days=10, calendar=calendar)


def test_a_day_is_said_once(world: World, in_chiba: datetime) -> None:
    close(world)
    with pytest.raises(DaySaidAlready):
        close(world, is_open=True)
    assert list(OfficeDayOverride.objects.of(world.chiba).values_list("day", "is_open")) == [(JUNE_15, False)]


def test_a_past_day_is_not_rewritten(world: World, in_chiba: datetime) -> None:
    with pytest.raises(DayIsPast):
        close(world, date(2026, 3, 31))
    made = close(world, date(2026, 4, 1))
    with pytest.raises(DayIsPast):
        clear_office_day(
            actor=administrator(world), now=datetime(2026, 4, 1, 15, 0, tzinfo=UTC), override=made
        )
    assert OfficeDayOverride.objects.of(world.chiba).count() == 1


def test_a_clerk_does_not_close_the_office(world: World, in_chiba: datetime) -> None:
    clerk = world.actor(world.at_chiba.clerk, world.chiba)
    with pytest.raises(NotPermitted):
        set_office_day(actor=clerk, now=NOW, day=JUNE_15, is_open=False, reason="県民の日")  # type: ignore[arg-type]
    made = close(world)
    with pytest.raises(NotPermitted):
        clear_office_day(actor=clerk, now=NOW, override=made)  # type: ignore[arg-type]
    assert OfficeDayOverride.objects.of(world.chiba).count() == 1


def test_an_administrator_takes_a_day_back(world: World, in_chiba: datetime) -> None:
    made = close(world)
    clear_office_day(actor=administrator(world), now=NOW, override=made)
    assert calendars.is_office_day(JUNE_15, world.chiba)
    assert Deed.objects.filter(verb="calendars.clear_office_day", thing_id=made.id).count() == 1


def test_the_secretariat_makes_a_holiday_for_every_body(world: World) -> None:
    secretary: Any = world.actor(world.secretary, None)
    made = set_national_day(
        actor=secretary, now=NOW, day=date(2026, 7, 1), name="特別な祝日", source="特別措置法1条"
    )
    with acting_in(world.chiba):
        assert calendars.office_calendar(world.chiba).why_closed(date(2026, 7, 1)) == "特別な祝日"
        assert calendars.due_on(date(2026, 6, 21), 10, world.chiba, law="local_tax") == date(2026, 7, 2)
    with acting_in(world.matsudo):
        assert not calendars.is_office_day(date(2026, 7, 1), world.matsudo)
    with pytest.raises(DaySaidAlready):
        set_national_day(actor=secretary, now=NOW, day=date(2026, 7, 1), name="", source="特別措置法2条")
    clear_national_day(actor=secretary, now=NOW, override=made)
    assert calendars.is_office_day(date(2026, 7, 1))


def test_nobody_but_the_secretariat_makes_a_holiday(world: World) -> None:
    auditor: Any = world.actor(world.auditor, None)
    with pytest.raises(NotPermitted):
        set_national_day(actor=auditor, now=NOW, day=JUNE_15, name="県民の日", source="なし")
    assert not NationalDayOverride.objects.exists()


# --- the pages ----------------------------------------------------------------------------------------------


def test_an_administrator_registers_and_clears_a_day_on_the_page(world: World, client_for: ClientFor) -> None:
    client = client_for(world.at_chiba.administrator)
    with clock.at(NOW):
        answer = client.post(
            "/chiba-shi/office/calendar/",
            {"day": "6/15", "is_open": "closed", "reason": "県民の日"},
            follow=True,
        )
        html = answer.content.decode()
        assert answer.redirect_chain == [("/chiba-shi/office/calendar/?year=2026", 302)]
        assert "令和8年6月15日（月）として扱います 令和8年6月15日（月）を閉庁日にしました。" in html
        with acting_in(world.chiba):
            made = OfficeDayOverride.objects.of(world.chiba).get()
        confirm = client.get(f"/chiba-shi/office/calendar/{made.id}/clear/").content.decode()
        assert "取り消すと、この日は開庁日になります。" in confirm
        client.post(f"/chiba-shi/office/calendar/{made.id}/clear/")
    with acting_in(world.chiba):
        assert not OfficeDayOverride.objects.of(world.chiba).exists()


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        (
            {"day": "", "is_open": "", "reason": ""},
            ["日付を入力してください。", "扱いを選んでください。", "理由を入力してください。"],
        ),
        (
            {"day": "26/6/15", "is_open": "closed", "reason": "x"},
            ["年が2通りに読めます。R8.4.1 か 2026/4/1 の形で入力してください。"],
        ),
        (
            {"day": "R8.3.31", "is_open": "closed", "reason": "x"},
            ["過ぎた日は変えられません。今日以降の日付にしてください。"],
        ),
        (
            {"day": "6/15", "is_open": "closed", "reason": "x" * 61},
            ["理由は60文字以内にしてください。今は61文字です。"],
        ),
    ],
)
def test_an_administrator_is_told_what_is_wrong(
    world: World, client_for: ClientFor, posted: dict[str, str], said: list[str]
) -> None:
    with clock.at(NOW):
        answer = client_for(world.at_chiba.administrator).post("/chiba-shi/office/calendar/", posted)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert f"エラー（{len(said)}件）：" in html
    for sentence in said:
        assert html.count(sentence) == 2  # in the summary and beside the field
    with acting_in(world.chiba):
        assert not OfficeDayOverride.objects.of(world.chiba).exists()


def test_a_day_registered_twice_is_said_beside_the_field(world: World, client_for: ClientFor) -> None:
    client = client_for(world.at_chiba.administrator)
    with clock.at(NOW):
        for status in (302, 422):
            answer = client.post(
                "/chiba-shi/office/calendar/", {"day": "6/15", "is_open": "closed", "reason": "県民の日"}
            )
            assert answer.status_code == status
    assert "この日はすでに登録されています。" in answer.content.decode()
    with acting_in(world.chiba):
        assert OfficeDayOverride.objects.of(world.chiba).count() == 1


def test_a_clerk_reads_the_days_and_sees_no_form(world: World, client_for: ClientFor) -> None:
    html = client_for(world.at_chiba.clerk).get("/chiba-shi/office/calendar/?year=2026").content.decode()
    assert "登録は、団体の管理者が行います。" in html
    assert 'name="reason"' not in html
    assert '<time datetime="2026-05-06">令和8年5月6日（水）</time>' in html


def test_another_bodys_day_is_not_found(world: World, client_for: ClientFor) -> None:
    with acting_in(world.chiba):
        made = close(world)
    client = client_for(world.at_matsudo.administrator)
    assert client.get(f"/matsudo-shi/office/calendar/{made.id}/clear/").status_code == 404
    assert client.post(f"/matsudo-shi/office/calendar/{made.id}/clear/").status_code == 404
    assert client.get("/chiba-shi/office/calendar/").status_code == 404
    with acting_in(world.chiba):
        assert OfficeDayOverride.objects.of(world.chiba).count() == 1


def test_the_secretary_registers_and_clears_a_holiday_on_the_page(
    world: World, client_for: ClientFor
) -> None:
    client = client_for(world.secretary)
    with clock.at(NOW):
        answer = client.post(
            "/council/calendar/",
            {"day": "R8.7.1", "name": "特別な祝日", "source": "特別措置法1条"},
            follow=True,
        )
        assert "令和8年7月1日（水）の祝日の特例を登録しました。" in answer.content.decode()
        made = NationalDayOverride.objects.get()
        assert client.post(f"/council/calendar/{made.id}/clear/").status_code == 302
    assert not NationalDayOverride.objects.exists()


@pytest.mark.parametrize("year", ["", "abc", "99999", "-1", "２０２６", "1800"])
def test_an_odd_year_in_the_address_shows_the_present_one(
    world: World, client_for: ClientFor, year: str
) -> None:
    with clock.at(NOW):
        html = (
            client_for(world.at_chiba.clerk)
            .get("/chiba-shi/office/calendar/", {"year": year})
            .content.decode()
        )
    assert "令和8年度の祝日・休日" in html
