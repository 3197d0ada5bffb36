"""A41 pages: staff see and keep the masters, load a workbook after a dry run, and try what a user would pay."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moyai.reservations.actions.slots import occupy
from moyai.reservations.models import Combination, Facility, Frame, MasterBook, Part, Policy, Purpose, Room
from moyai.reservations.queries.workbook import masters_of
from moyai.reservations.tests.halls import Hall, make_booking, make_hall, make_person, set_policies
from moyai.reservations.workbook.whole import workbook_of
from moyai.tenants.public import acting_in, clock

OFFICE = "/chiba-shi/office/masters/"


class Counter:
    """The hall of 千葉市 and browsers of its staff."""

    def __init__(self, world: Any, client_for: Callable[[Any], Client]) -> None:
        self.body = world.chiba
        with acting_in(self.body) as now:
            self.hall: Hall = make_hall(self.body)
            set_policies(self.hall)
            self.today = clock.today(now)
            self.now: datetime = now
        self.clerk = client_for(world.at_chiba.clerk)
        self.administrator = client_for(world.at_chiba.administrator)

    def text(self, address: str, client: Client | None = None, status: int = 200) -> str:
        answer = (client or self.clerk).get(OFFICE + address)
        assert answer.status_code == status, answer.status_code
        return str(answer.content.decode())

    def queries(self, address: str) -> int:
        """Queries about reservations that a page makes."""
        self.clerk.get(OFFICE + address)
        with CaptureQueriesContext(connection) as captured:
            assert self.clerk.get(OFFICE + address).status_code == 200
        return sum("reservations_" in one["sql"] for one in captured.captured_queries)

    def upload(self, data: bytes) -> Any:
        return self.administrator.post(OFFICE + "workbook/", {"file": SimpleUploadedFile("masters.xlsx", data)})

    def book(self, days: int = 20) -> str:
        with acting_in(self.body) as now:
            day = self.today + timedelta(days=days)
            person = make_person(self.body, now=now)
            made = make_booking(self.hall, "ab", day, 540, 720, now=now, person=person)
            plan, unit = self.hall.unit("ab", day)
            occupy(booking=made, plan=plan, unit=unit)
            return made.number


@pytest.fixture
def counter(world: Any, client_for: Callable[[Any], Client]) -> Counter:
    return Counter(world, client_for)


def test_staff_see_facilities_rooms_and_policies_in_few_queries(counter: Counter) -> None:
    hall = counter.hall
    assert "みどり体育館" in counter.text("")
    text = counter.text(f"facilities/{hall.facility.pk}/")
    assert "折りたたみいす" in text and "会議室" in text and "開館日と時間" in text
    text = counter.text(f"rooms/{hall.gym.pk}/")
    assert "9:00〜12:00" in text and "abcd面" in text and "a面、b面" in text
    with acting_in(counter.body):
        fees = Policy.objects.get(facility=hall.facility, kind="fees")
    text = counter.text(f"policies/{fees.pk}/")
    assert "料金表" in text and "1,500" in text and "切捨て" in text
    assert counter.queries("") <= 2
    assert counter.queries(f"facilities/{hall.facility.pk}/") <= 6
    assert counter.queries(f"rooms/{hall.gym.pk}/") <= 6
    assert counter.queries("policies/") <= 2
    assert counter.queries(f"policies/{fees.pk}/") <= 3


def test_a_clerk_adds_a_facility_and_a_room_with_its_first_part(counter: Counter) -> None:
    new = {
        "code": "new-hall", "name": "新しい会館", "kana": "あたらしいかいかん", "category": "公民館", "address": "中央区1",
        "position": "5", "used_from": "R8.4.1", "barrier_free": ["slope"], "published": "on", "postal_code": "２６０－０００１",
    }  # fmt: skip
    assert counter.clerk.post(OFFICE + "rows/facilities/new/", new).status_code == 302
    with acting_in(counter.body):
        made = Facility.objects.get(code="new-hall")
    assert (made.kana, made.barrier_free, made.used_from) == ("アタラシイカイカン", ["slope"], date(2026, 4, 1))
    assert (made.postal_code, made.published) == ("2600001", True)
    again = counter.clerk.post(OFFICE + "rows/facilities/new/", new)
    assert again.status_code == 422 and "ほかの職員が先に変更しました" in again.content.decode()
    room = {"code": "r1", "name": "会議室", "step_minutes": "60", "alone": "on", "used_from": "2026-04-01", "published": "on"}
    address = f"{OFFICE}rows/rooms/new/?facility={made.pk}"
    assert counter.clerk.post(address, room).status_code == 302
    with acting_in(counter.body):
        stored = Room.objects.get(facility=made, code="r1")
        assert [one.code for one in Part.objects.filter(room=stored)] == ["all"]
        assert Combination.objects.get(room=stored).parts == ["all"]
    wrong = counter.clerk.post(address, room | {"code": "体育", "step_minutes": "45", "prepare_minutes": "x"})
    text = wrong.content.decode()
    assert wrong.status_code == 422 and text.count("mo-field__error") >= 1 and "整数で入れてください。" in text


def test_two_clerks_with_the_same_page_open_do_not_overwrite_each_other(counter: Counter) -> None:
    address = f"{OFFICE}rows/purposes/"
    assert counter.clerk.post(address + "new/", {"code": "yoga", "name": "ヨガ"}).status_code == 302
    with acting_in(counter.body):
        number = masters_of(counter.body)["purposes"][("yoga",)]
        page = f"{address}{Purpose.objects.get(code='yoga').pk}/"
    form = counter.clerk.get(page).content.decode()
    seen = form.split('name="seen" value="')[1].split('"')[0]
    assert counter.clerk.post(page, {"name": "ヨーガ", "seen": seen}).status_code == 302
    second = counter.administrator.post(page, {"name": "よが", "seen": seen})
    assert second.status_code == 422 and "ほかの職員が先に変更しました" in second.content.decode()
    with acting_in(counter.body):
        assert masters_of(counter.body)["purposes"][("yoga",)] == number | {"name": "ヨーガ"}


def test_a_change_that_breaks_a_booking_is_refused_beside_its_field(counter: Counter) -> None:
    number = counter.book()
    with acting_in(counter.body):
        frame = Frame.objects.get(room=counter.hall.gym, code="am")
    page = f"{OFFICE}rows/frames/{frame.pk}/"
    seen = counter.text(f"rows/frames/{frame.pk}/").split('name="seen" value="')[1].split('"')[0]
    answer = counter.clerk.post(page, {"name": "午前", "starts": "9:30", "ends": "12:00", "weight": "1", "seen": seen})
    assert answer.status_code == 422 and number in answer.content.decode()
    ended = counter.clerk.post(page + "end/", {"seen": seen})
    assert ended.status_code == 422 and number in ended.content.decode()
    with acting_in(counter.body):
        frame.refresh_from_db()
    assert (frame.starts, frame.used_until) == (540, None)


def test_frames_are_replaced_from_a_day_on(counter: Counter) -> None:
    number = counter.book(days=20)
    page = f"{OFFICE}rooms/{counter.hall.gym.pk}/frames/"
    assert "am、午前、9:00、12:00、1" in counter.text(f"rooms/{counter.hall.gym.pk}/frames/")
    lines = "am、午前、8:30、12:00\npm、午後、13:00、17:00\nnight、夜間、18:00、21:00、2"
    early = (counter.today + timedelta(days=10)).isoformat()
    answer = counter.clerk.post(page, {"from_on": early, "lines": lines})
    assert answer.status_code == 422 and number in answer.content.decode()
    late = counter.today + timedelta(days=21)
    assert counter.clerk.post(page, {"from_on": late.isoformat(), "lines": lines}).status_code == 302
    with acting_in(counter.body):
        plan = counter.hall.plan(counter.hall.gym, late)
    assert [(one.code, one.starts, one.weight) for one in plan.frames] == [("am", 510, 1), ("pm", 780, 1), ("night", 1080, 2)]
    wrong = counter.clerk.post(page, {"from_on": late.isoformat(), "lines": "am、午前、9時、12:00\nam、午後、25:00、26:00"})
    text = wrong.content.decode()
    assert wrong.status_code == 422 and "2行目の開始" in text and "同じコードのコマが2つあります。" in text


def test_an_administrator_plans_a_policy_and_sees_what_differs(counter: Counter) -> None:
    with acting_in(counter.body):
        limits = Policy.objects.get(facility=counter.hall.facility, kind="limits")
    page = f"{OFFICE}policies/new/limits/?like={limits.pk}"
    text = counter.text(f"policies/new/limits/?like={limits.pk}", counter.administrator)
    assert "月4回まで" in text
    lines = "月5回まで｜｜｜｜｜｜1か月｜｜｜｜5\n1日2回まで｜｜｜｜｜｜1日｜｜｜｜2"
    facts = {"from_on": "2027-04-01", "source": "規則第6条", "own_longest_minutes": "600", "list_limits": lines}
    assert counter.administrator.post(page, facts).status_code == 302
    with acting_in(counter.body):
        made = Policy.objects.get(facility=counter.hall.facility, kind="limits", from_on=date(2027, 4, 1))
    assert made.document["limits"] == [
        {"name": "月5回まで", "span": "month", "most": 5},
        {"name": "1日2回まで", "span": "day", "most": 2},
    ]
    text = counter.text(f"policies/{made.pk}/")
    assert "前の版との違い" in text and "720" in text and "600" in text
    wrong = counter.administrator.post(page, facts | {"from_on": "2027-05-01", "list_limits": "月5回｜｜｜｜｜｜毎年｜｜｜｜5"})
    assert wrong.status_code == 422 and "「毎年」は使えません" in wrong.content.decode()
    begun = counter.administrator.post(page, facts | {"from_on": "2017-04-01"})
    assert begun.status_code == 422 and "適用が始まっている決まりは変えられません" in begun.content.decode()
    refused = counter.clerk.post(page, facts | {"from_on": "2027-06-01"})
    assert refused.status_code == 403
    assert counter.administrator.post(f"{OFFICE}policies/{made.pk}/withdraw/").status_code == 302
    counter.administrator.post(f"{OFFICE}policies/{limits.pk}/withdraw/")
    with acting_in(counter.body):
        assert list(Policy.objects.filter(facility=counter.hall.facility, kind="limits")) == [limits]


def test_a_workbook_goes_out_and_comes_in_after_a_dry_run(counter: Counter) -> None:
    answer = counter.administrator.get(OFFICE + "workbook/masters.xlsx")
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    same = counter.upload(answer.content)
    assert "今のマスタと同じです" in counter.administrator.get(same["Location"]).content.decode()
    opened = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = opened["施設"]
    heads = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value == "test-hall":
            row[heads.index("施設名")].value = "みどり総合体育館"
    stock = opened["備品"]
    for number in range(stock.max_row, 1, -1):
        if stock.cell(number, 1).value == "test-hall":
            stock.delete_rows(number)
    saved = io.BytesIO()
    opened.save(saved)
    dry = counter.upload(saved.getvalue())
    assert dry.status_code == 302
    text = counter.administrator.get(dry["Location"]).content.decode()
    assert "みどり体育館" in text and "みどり総合体育館" in text and "終了" in text and "まだ登録していません" in text
    with acting_in(counter.body):
        assert Facility.objects.get(code="test-hall").name == "みどり体育館"
    unseen = counter.administrator.post(dry["Location"], {"act": "take"})
    assert unseen.status_code == 422
    counter.administrator.post(dry["Location"], {})  # says neither: nothing happens to it
    assert counter.administrator.post(dry["Location"], {"act": "take", "looked": "on"}).status_code == 302
    with acting_in(counter.body):
        assert Facility.objects.get(code="test-hall").name == "みどり総合体育館"
        counter.hall.chairs.refresh_from_db()
    assert counter.hall.chairs.used_until == counter.today
    assert "登録済" in counter.text("workbook/", counter.administrator)


def test_wrong_rows_are_listed_and_nothing_is_stored(counter: Counter) -> None:
    with acting_in(counter.body):
        before = masters_of(counter.body)
    opened = openpyxl.load_workbook(io.BytesIO(workbook_of(before, code=counter.body.code, name=counter.body.name)))
    opened["施設"]["B2"] = "=1+1"
    opened["コマ"]["F2"] = "朝"
    saved = io.BytesIO()
    opened.save(saved)
    answer = counter.upload(saved.getvalue())
    text = answer.content.decode()
    assert answer.status_code == 422 and "直すところが2件あります" in text
    assert "数式は使えません" in text and "「9:00」の形の時刻にしてください。" in text
    for data, words in (
        (b"no workbook", "読み取れません"),
        (b"PK\x03\x04" + b"\0" * 21_000_000, "20MBまで"),
    ):
        answer = counter.upload(data)
        assert answer.status_code == 422 and words in answer.content.decode()
    with acting_in(counter.body):
        assert masters_of(counter.body) == before and not MasterBook.objects.filter(state="waiting").exists()


def test_the_workbook_is_not_there_for_a_clerk(counter: Counter) -> None:
    for address in ("workbook/", "workbook/masters.xlsx"):
        counter.text(address, status=404)


def test_the_simulation_says_what_a_user_would_pay_and_whether_he_may_book(counter: Counter) -> None:
    hall = counter.hall
    assert "みどり体育館" in counter.text("simulation/")
    with acting_in(counter.body) as now:
        person = make_person(counter.body, now=now)
    day = counter.today + timedelta(days=15)
    asked = (
        f"simulation/?facility={hall.facility.pk}&unit={hall.units['ab'].pk}&kind=person&resident_class=resident"
        f"&day={day.isoformat()}&starts=9:00&ends=17:00&purpose=badminton&people=20&try=1"
    )
    assert "予約できます" in counter.text(asked) and "2,500" in counter.text(asked)
    text = counter.text(asked + f"&number={person.number}&equipment=chair%3D10")
    assert "予約できます" in text and person.name in text and "折りたたみいす" in text
    outside = counter.text(asked.replace("resident_class=resident", "resident_class=outside"))
    assert "予約できません" in outside
    assert "予約できません" in counter.text(asked.replace("ends=17:00", "ends=16:00"))
    assert "予約できません" in counter.text(asked.replace(day.isoformat(), (day + timedelta(days=200)).isoformat()))
    assert counter.clerk.get(OFFICE + asked + "&number=999999999999").status_code == 422


def test_rows_and_policies_of_nothing_are_absent(counter: Counter) -> None:
    for address in (
        "facilities/999999/", "rooms/999999/", "rooms/999999/frames/", f"rooms/{counter.hall.meeting.pk}/frames/",
        "rows/pools/new/", "rows/rooms/new/", "rows/rooms/new/?facility=x", "rows/units/new/?room=999999",
        "rows/facilities/999999/", "rows/facilities/999999/end/", "policies/999999/", "policies/new/prices/",
        "policies/?facility=999999", "policies/new/fees/?like=999999", "policies/?facility=x",
    ):  # fmt: skip
        counter.text(address, status=404)
