"""利用の統計 at the office: shares worked out by hand, sums by facility, the page and its files."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from moyai.audit.public import NotPermitted
from moyai.calendars.public import fiscal_year, fiscal_year_range
from moyai.reservations.actions.slots import occupy
from moyai.reservations.models import Booking
from moyai.reservations.queries.utilisation import Share, facility_sums, rooms_used
from moyai.reservations.tests.halls import make_booking, make_hall, make_person, set_policies
from moyai.reservations.tests.pages_setup import OPENING
from moyai.tenants.public import Actor, acting_in, clock

TODAY = date(2026, 6, 10)


@pytest.fixture
def used(world: Any, in_chiba: Any) -> Any:
    hall = make_hall(world.chiba)
    set_policies(hall, opening=OPENING)
    person = make_person(world.chiba, now=in_chiba)

    def put(unit: str, day: date, starts: int, ends: int, **facts: Any) -> Booking:
        row = make_booking(
            hall, unit, day, starts, ends, now=in_chiba, person=person, **{"state": "booked", **facts}
        )
        plan, chosen = hall.unit(unit, day)
        occupy(booking=row, plan=plan, unit=chosen)
        return row

    return hall, put, world.actor(world.at_chiba.clerk, world.chiba)


def test_C32_a_share_is_rounded_half_up_and_nothing_open_has_none() -> None:
    assert Share(1, 3).percent == Decimal("33.3")
    assert Share(1, 800).percent == Decimal("0.1")  # 0.125
    assert Share(3, 2000).percent == Decimal("0.2")  # 0.15
    assert Share(0, 5).percent == Decimal("0.0")
    assert Share(0, 0).percent is None


def test_C32_cells_used_of_cells_open_by_room_and_month_until_today(used: Any) -> None:
    hall, put, clerk = used
    put("abcd", date(2026, 4, 3), 540, 720)  # 4 parts × 1 コマ
    put("a", date(2026, 4, 4), 540, 1020, state="used")  # 1 part × 2 コマ
    put("ab", date(2026, 5, 4), 540, 720, state="no_show")  # 2
    put("cd", date(2026, 5, 4), 540, 720, kind="block")  # no use
    put("ab", TODAY + timedelta(days=1), 540, 720)  # after today
    put("room", date(2026, 5, 7), 600, 720)  # 4 half hours; half an hour before and after is not use
    gym, meeting = rooms_used(actor=clerk, facility=hall.facility, fiscal_year=2026, today=TODAY)
    assert (gym.plan.code, meeting.plan.code) == ("gym", "meeting")
    assert gym.by_month == {
        4: Share(6, 30 * 3 * 4),
        5: Share(2, 31 * 3 * 4),
        6: Share(0, 10 * 3 * 4),
    }
    assert gym.year == Share(8, 71 * 12)
    assert meeting.by_month[5] == Share(4, 31 * 24)
    assert rooms_used(actor=clerk, facility=hall.facility, fiscal_year=2027, today=TODAY) == []


def test_C32_sums_by_facility_leave_out_what_is_cancelled(used: Any) -> None:
    hall, put, clerk = used
    put("a", date(2026, 4, 3), 540, 720, fee_yen=1_000, relief_yen=500)
    put("a", date(2026, 4, 4), 540, 720, fee_yen=700, state="no_show")
    put("a", date(2026, 4, 5), 540, 720, fee_yen=0, state="cancelled", quote={"kept_yen": 300})
    put("b", date(2026, 4, 5), 540, 720, fee_yen=400, quote={"kept_yen": 20})
    put(
        "c", date(2026, 4, 5), 540, 720, fee_yen=8_888, confirm_until=datetime(2026, 4, 1, tzinfo=UTC)
    )  # a win not confirmed yet
    put("a", date(2026, 4, 6), 540, 720, fee_yen=9_999, kind="block")
    put("a", date(2026, 3, 31), 540, 720, fee_yen=9_999)  # the year before
    [one] = facility_sums(actor=clerk, facilities=[hall.facility], fiscal_year=2026)
    assert (one.bookings, one.fee_yen, one.relief_yen, one.cancelled, one.no_shows) == (4, 2_100, 500, 1, 1)
    assert (one.kept_yen, one.charged_yen) == (320, 2_420)


def test_C32_residents_do_not_read_the_figures_of_the_office(used: Any, world: Any) -> None:
    hall, _put, _clerk = used
    for read in (
        lambda actor: rooms_used(actor=actor, facility=hall.facility, fiscal_year=2026, today=TODAY),
        lambda actor: facility_sums(actor=actor, facilities=[hall.facility], fiscal_year=2026),
    ):
        with pytest.raises(NotPermitted):
            read(Actor.anyone(world.chiba))


def test_C32_the_page_shows_the_heat_map_and_saves_it(
    world: Any, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    with acting_in(world.chiba) as now:
        hall = make_hall(world.chiba)
        set_policies(hall, opening=OPENING)
        person = make_person(world.chiba, now=now)
        day = clock.today(now)
        row = make_booking(hall, "abcd", day, 540, 720, now=now, person=person, state="used")
        plan, unit = hall.unit("abcd", day)
        occupy(booking=row, plan=plan, unit=unit)
        year = fiscal_year(day)
        begun = (day - fiscal_year_range(year)[0]).days + 1
    client, address = client_for(world.at_chiba.clerk), "/chiba-shi/office/reservations/figures/"
    query = {"facility": hall.facility.pk, "fiscal_year": year}
    client.get(address, query)
    with django_assert_max_num_queries(30):
        answer = client.get(address, query)
    text = answer.content.decode()
    assert answer.status_code == 200 and 'data-heat="1"' in text and "みどり体育館の利用率" in text
    saved = json.loads(client.get(address, {**query, "table": "use", "format": "json"}).content)
    share = Share(4, begun * 12).percent
    assert saved["rows"][0]["cells"]["year"]["value"] == str(share)
    assert client.get(address, {**query, "table": "sums", "format": "csv"}).status_code == 200
    assert client.get(address, {**query, "table": "names"}).status_code == 404
    refused = client.get(address, {**query, "fiscal_year": "2999"})
    assert refused.status_code == 422


def test_C32_other_bodies_staff_do_not_find_the_page(world: Any, client_for: Any) -> None:
    answer = client_for(world.at_matsudo.clerk).get("/chiba-shi/office/reservations/figures/")
    assert answer.status_code == 404
