"""What is open to all: API, open data, calendars of rooms; and the calendar of one's own behind a secret link."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest

from moyai.reservations import fair_use
from moyai.reservations.actions.calendars import share_calendar
from moyai.reservations.calendar_links import secret_of
from moyai.reservations.models import Facility, Registration, Room
from moyai.reservations.queries.open_data import FIELDS, open_weekdays
from moyai.reservations.tests.pages_setup import HOME, Street, own_queries, text_of
from moyai.tenants.public import Refusal, acting_in

API = "/api/bodies/chiba-shi/facilities"
BUSY = f"{API}/test-hall/rooms/gym/busy"


@pytest.fixture
def street(world: Any) -> Street:
    return Street(world)


def days(street: Street, ahead: int = 0) -> dict[str, str]:
    day = (street.day + timedelta(days=ahead)).isoformat()
    return {"from": day, "until": day}


# --- API ---------------------------------------------------------------------------------------------
def test_A38_facilities_with_their_rooms_are_listed(street: Street, client: Any) -> None:
    found = {one["code"]: one for one in client.get(API).json()}
    assert [room["code"] for room in found["test-hall"]["rooms"]] == ["gym", "meeting"]
    assert found["test-hall"]["rooms"][1]["step_minutes"] == 30
    with acting_in(street.body):
        Room.objects.filter(pk=street.hall.meeting.pk).update(published=False)
    found = {one["code"]: one for one in client.get(API).json()}
    assert [room["code"] for room in found["test-hall"]["rooms"]] == ["gym"]


def test_A38_busy_tells_what_is_taken_and_never_by_whom(street: Street, client: Any) -> None:
    street.taken("ab", 540, 720)
    answer = client.get(BUSY, days(street))
    [day] = answer.json()["days"]
    state = {unit["code"]: [cell["state"] for cell in unit["cells"]] for unit in day["units"]}
    assert state["a"] == state["abcd"] == ["taken", "free", "free"]
    assert state["c"] == ["free", "free", "free"]
    assert (day["opens"], day["closes"]) == ("9:00", "21:00")
    for secret in ("松戸", "秘密", "0471112222"):
        assert secret not in text_of(answer)


def test_A38_all_rooms_of_a_day_are_one_answer_in_two_queries(street: Street, client: Any) -> None:
    street.taken("ab", 540, 720)
    address = f"/api/bodies/chiba-shi/busy?day={street.day.isoformat()}"
    rooms = {(one["facility"], one["room"]): one for one in client.get(address).json()["rooms"]}
    gym = rooms["test-hall", "gym"]
    assert gym["times"][0] == ["9:00", "12:00"] and gym["open"]
    assert (gym["units"]["a"], gym["units"]["abcd"], gym["units"]["c"]) == ("tff", "tff", "fff")
    before = own_queries(client, address)
    street.taken("c", 780, 1020)
    assert own_queries(client, address) == before <= 6
    rooms = {(one["facility"], one["room"]): one for one in client.get(address).json()["rooms"]}
    assert rooms["test-hall", "gym"]["units"]["c"] == "ftf"
    with acting_in(street.body):
        Room.objects.filter(pk=street.hall.meeting.pk).update(published=False)
    text = text_of(client.get(address))
    assert (
        '"facility":"test-hall","room":"gym"' in text
        and '"facility":"test-hall","room":"meeting"' not in text
    )
    for secret in ("松戸", "秘密", "0471112222"):
        assert secret not in text


@pytest.mark.parametrize("day", ["2000-01-01", "2099-01-01", "いつか"])
def test_A38_all_rooms_of_a_day_that_cannot_be_asked_for_are_refused(
    street: Street, client: Any, day: str
) -> None:
    assert client.get("/api/bodies/chiba-shi/busy", {"day": day}).status_code == 422
    assert client.get("/api/bodies/nowhere/busy", {"day": street.day.isoformat()}).status_code == 404


@pytest.mark.parametrize(
    ("first", "last"), [(-40, -39), (0, 31), (3, 2), (500, 501)], ids=["past", "long", "wrong", "far"]
)
def test_A38_days_that_cannot_be_are_refused(street: Street, client: Any, first: int, last: int) -> None:
    query = {
        "from": (street.day + timedelta(days=first)).isoformat(),
        "until": (street.day + timedelta(days=last)).isoformat(),
    }
    answer = client.get(BUSY, query)
    assert answer.status_code == 422 and answer.json()["error"]["code"] == "not_these_days"


def test_A38_unknown_bodies_facilities_rooms_and_dates_are_refused(street: Street, client: Any) -> None:
    for address in (
        "/api/bodies/nowhere/facilities",
        f"{API}/none/rooms/gym/busy",
        f"{API}/test-hall/rooms/none/busy",
        "/api/bodies/matsudo-shi/facilities/test-hall/rooms/gym/busy",
    ):
        assert client.get(address, days(street)).status_code == 404, address
    assert client.get(BUSY, {"from": "2026-02-30", "until": "x"}).status_code == 422


def test_A38_asked_too_often_is_429_with_retry_after(
    street: Street, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fair_use, "ASKED", 2)
    monkeypatch.setattr("moyai.people.throttle.NETWORK_TRIES", 2)
    assert [client.get(API).status_code for _each in range(3)] == [200, 200, 429]
    refused = client.get(BUSY, days(street))
    assert refused.status_code == 429 and 0 < int(refused["Retry-After"]) <= 300
    assert refused.json()["error"]["code"] == "too_often"
    page = client.get(f"{HOME}open-data/facilities.csv")
    assert page.status_code == 429 and 0 < int(page["Retry-After"]) <= 300


# --- open data ---------------------------------------------------------------------------------------
def test_A38_facilities_as_csv_and_json_have_the_fields_of_the_dataset(street: Street, client: Any) -> None:
    with acting_in(street.body):
        Facility.objects.filter(pk=street.hall.facility.pk).update(
            latitude="35.607270", barrier_free=["slope", "wheelchair_toilet"], section="=1+1"
        )
    answer = client.get(f"{HOME}open-data/facilities.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf") and b"\r\n" in answer.content
    text = answer.content.decode("utf-8-sig")
    assert text.splitlines()[0].replace('"', "") == (  # データ項目定義書「公共施設一覧」, its 24 fields in their order
        "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,名称,名称_カナ,名称_通称,POIコード,住所,方書,緯度,経度,"
        "電話番号,内線番号,法人番号,団体名,利用可能曜日,開始時間,終了時間,利用可能日時特記事項,説明,バリアフリー情報,URL,備考"
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == FIELDS
    [row] = [one for one in rows if one["NO"] == "test-hall"]
    assert row["都道府県コード又は市区町村コード"] == "121002"
    assert (row["都道府県名"], row["市区町村名"]) == ("千葉県", "千葉市")
    assert (row["名称"], row["名称_カナ"], row["緯度"]) == ("みどり体育館", "ミドリタイイクカン", "35.60727")
    assert (row["利用可能曜日"], row["開始時間"], row["終了時間"]) == ("月火水木金土日", "09:00", "21:00")
    assert row["バリアフリー情報"] == "車椅子使用者用トイレ;スロープ"
    assert not row["団体名"].startswith("=")  # a spreadsheet runs nothing
    listed = json.loads(client.get(f"{HOME}open-data/facilities.json").content)
    [same] = [one for one in listed if one["NO"] == "test-hall"]
    assert tuple(same) == FIELDS and same["利用可能日時特記事項"]


def test_A38_what_is_not_published_is_no_open_data(street: Street, client: Any) -> None:
    with acting_in(street.body):
        Facility.objects.filter(pk=street.hall.facility.pk).update(published=False)
    for ending in ("csv", "json"):
        assert "みどり体育館" not in text_of(client.get(f"{HOME}open-data/facilities.{ending}"))
    assert client.get(f"{HOME}facilities/test-hall/rooms/gym/busy.ics").status_code == 404


def test_A38_weekdays_leave_out_what_is_closed_every_week() -> None:
    hours = [{"opens": 540, "closes": 1260}]
    closed = [{"every": "week", "weekday": "mon"}, {"every": "nth", "weekday": "tue", "nth": [3]}]
    assert open_weekdays({"hours": hours, "closed": closed}) == "火水木金土日"
    assert open_weekdays({"hours": [{"days": ["sat", "sun", "holiday"], "opens": 0, "closes": 1}]}) == "土日"
    assert open_weekdays(None) == ""


# --- calendars ---------------------------------------------------------------------------------------
def test_A38_calendar_of_a_room_shows_busy_times_only(street: Street, client: Any) -> None:
    street.taken("ab", 540, 720)
    street.taken("abcd", 780, 1260)
    address = f"{HOME}facilities/test-hall/rooms/gym/busy.ics"
    answer = client.get(address)
    text = text_of(answer)
    assert answer["Content-Type"].startswith("text/calendar")
    assert text.count("BEGIN:VEVENT") == 3  # 午前, 午後, 夜間: nobody is there between them
    assert f"DTSTART:{street.day:%Y%m%d}T000000Z" in text and f"DTEND:{street.day:%Y%m%d}T030000Z" in text
    assert "SUMMARY:一部に予約あり" in text and "SUMMARY:予約あり" in text
    for secret in ("松戸", "秘密", "badminton"):
        assert secret not in text
    before = own_queries(client, address)
    street.taken("abcd", 540, 720, day=street.day + timedelta(days=1))
    assert own_queries(client, address) <= before


def test_A38_own_calendar_opens_by_its_link_until_it_is_made_anew(
    street: Street, client_for: Any, client: Any, world: Any
) -> None:
    own = client_for(world.resident)
    number = street.booked(own)
    page = f"{HOME}reservations/registrations/{street.person.number}/calendar/"
    assert ".ics" not in text_of(own.get(page))
    assert own.post(page).status_code == 302
    first = _link(street)
    assert first in text_of(own.get(page))
    told = text_of(client.get(first))  # whoever has the link, without signing in
    assert f"UID:{number}@" in told and "みどり体育館 体育館" in told and "千葉 花子" not in told
    assert own.post(page).status_code == 302
    second = _link(street)
    assert second != first
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    assert own.post(page, {"stop": "1"}).status_code == 302
    assert client.get(second).status_code == 404 and _key(street) == ""


def test_A38_calendar_of_another_is_not_ones_own(
    street: Street, client_for: Any, client: Any, world: Any
) -> None:
    stranger = street.stranger()
    page = f"{HOME}reservations/registrations/{stranger.number}/calendar/"
    own = client_for(world.resident)
    assert own.get(page).status_code == own.post(page).status_code == 404
    with acting_in(street.body) as now, pytest.raises(Refusal):
        share_calendar(actor=world.actor(world.resident, street.body), now=now, registration=stranger)
    with acting_in(street.body):
        stranger.refresh_from_db()
    assert stranger.calendar_key == ""
    assert client.get(f"{HOME}calendar/{stranger.number}/{'A' * 24}.ics").status_code == 404
    assert client.get(f"{HOME}calendar/{stranger.number}/-.ics").status_code == 404


def test_A38_a_struck_registration_has_no_calendar(street: Street, client: Any) -> None:
    with acting_in(street.body):
        Registration.objects.filter(pk=street.person.pk).update(calendar_key="k" * 32)
    link = _link(street)
    assert client.get(link).status_code == 200
    with acting_in(street.body):
        Registration.objects.filter(pk=street.person.pk).update(state="struck")
    assert client.get(link).status_code == 404


def _key(street: Street) -> str:
    with acting_in(street.body):
        return Registration.objects.get(pk=street.person.pk).calendar_key


def _link(street: Street) -> str:
    with acting_in(street.body):
        row = Registration.objects.get(pk=street.person.pk)
    return f"{HOME}calendar/{row.number}/{secret_of(row)}.ics"
