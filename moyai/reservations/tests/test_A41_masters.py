"""A41 masters: kept row by row and as a workbook; what bookings stand on is not taken from under them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from moyai.audit.public import NotPermitted
from moyai.reservations.actions.masters import (
    MastersMoved,
    MastersRefused,
    WorkbookRefused,
    bring_workbook,
    drop_workbook,
    keep_masters,
    keep_policy,
    take_workbook,
    withdraw_policy,
)
from moyai.reservations.actions.slots import occupy
from moyai.reservations.models import Booking, MasterBook, Policy, Room
from moyai.reservations.queries.workbook import masters_of
from moyai.reservations.tests.halls import POLICIES, Hall, make_booking, make_hall, make_person
from moyai.reservations.workbook.differences import digest
from moyai.reservations.workbook.nouns import NOUNS, Key, Masters, Row
from moyai.reservations.workbook.whole import workbook_of
from moyai.tenants.public import Actor, clock

HALL = "test-hall"
GYM = (HALL, "gym")


class Desk:
    """The hall, its masters, and who keeps them."""

    def __init__(self, world: Any, now: datetime) -> None:
        self.world, self.now, self.body = world, now, world.chiba
        self.hall: Hall = make_hall(world.chiba)
        self.today = clock.today(now)
        self.clerk: Actor = world.actor(world.at_chiba.clerk, world.chiba)
        self.administrator: Actor = world.actor(world.at_chiba.administrator, world.chiba)
        self.booked: list[Booking] = []

    @property
    def masters(self) -> Masters:
        return masters_of(self.body)

    def row(self, noun: str, *key: Any) -> Row:
        return self.masters[noun][key]

    def keep(self, noun: str, row: Row, **more: Any) -> Any:
        rows = {noun: {NOUNS[noun].key_of(row): row}}
        return keep_masters(actor=self.clerk, now=self.now, rows=rows, **more)

    def end(self, noun: str, *key: Any) -> Any:
        return keep_masters(actor=self.clerk, now=self.now, rows={}, gone=[(noun, key)])

    def book(self, unit: str = "ab", days: int = 20, starts: int = 540, ends: int = 720, **facts: Any) -> Booking:
        """A booking that stands, with its cells."""
        day = self.today + timedelta(days=days)
        person = make_person(self.body, f"利用者{len(self.booked)}", now=self.now)
        made = make_booking(self.hall, unit, day, starts, ends, now=self.now, person=person, **facts)
        plan, of = self.hall.unit(unit, day)
        occupy(booking=made, plan=plan, unit=of, stock=facts.get("stock"))
        self.booked.append(made)
        return made

    def frame(self, code: str) -> Row:
        return next(row for key, row in self.masters["frames"].items() if key[:3] == (*GYM, code))


@pytest.fixture
def desk(world: Any, in_chiba: datetime) -> Desk:
    return Desk(world, in_chiba)


def refused(desk: Desk, do: Callable[[], object]) -> list[tuple[str, Key, str, str]]:
    """What is refused, while nothing changes."""
    before = desk.masters
    with pytest.raises(MastersRefused) as caught, transaction.atomic():
        do()
    assert desk.masters == before
    return [(one.noun, one.key, one.column, one.text) for one in caught.value.faults]


# --- rows -----------------------------------------------------------------------------------------------


def test_a_clerk_adds_changes_and_ends_a_row(desk: Desk) -> None:
    made = NOUNS["equipment"].row(facility=HALL, code="net", name="ネット", stock=4, per="frame", yen=100)
    assert [one.what for one in desk.keep("equipment", made)] == ["added"]
    found = desk.keep("equipment", made | {"stock": 6, "name": "バドミントンネット"})
    assert [(c.head, c.before, c.after) for one in found for c in one.changes] == [
        ("備品名", "ネット", "バドミントンネット"),
        ("数量", "4", "6"),
    ]
    assert [one.what for one in desk.end("equipment", HALL, "net")] == ["ended"]
    assert desk.row("equipment", HALL, "net")["used_until"] == desk.today
    assert desk.keep("equipment", desk.row("equipment", HALL, "net")) == []


def test_a_change_of_what_bookings_rely_on_raises_the_version_of_the_room(desk: Desk) -> None:
    before = Room.objects.get(pk=desk.hall.gym.pk).version
    part = NOUNS["parts"].row(facility=HALL, room="gym", code="e", name="e面")
    unit = NOUNS["units"].row(facility=HALL, room="gym", code="e", name="e面", parts=("e",))
    keep_masters(
        actor=desk.clerk, now=desk.now, rows={"parts": {(*GYM, "e"): part}, "units": {(*GYM, "e"): unit}}
    )
    assert Room.objects.get(pk=desk.hall.gym.pk).version == before + 1


def test_an_approver_may_not_keep_masters_and_a_clerk_no_policies(desk: Desk, world: Any) -> None:
    approver = world.actor(world.at_chiba.approver, world.chiba)
    with pytest.raises(NotPermitted):
        keep_masters(actor=approver, now=desk.now, rows={})
    with pytest.raises(NotPermitted):
        keep_policy(
            actor=desk.clerk, now=desk.now, kind="limits", document={}, from_on=desk.today, source="規則"
        )
    with pytest.raises(NotPermitted):
        bring_workbook(actor=desk.clerk, now=desk.now, data=b"", name="x")


def test_two_clerks_who_edit_the_same_row_do_not_overwrite_each_other(desk: Desk) -> None:
    shown = desk.row("facilities", HALL)
    seen = {("facilities", (HALL,)): digest(shown)}
    desk.keep("facilities", shown | {"phone": "+81432455222"}, seen=seen)
    with pytest.raises(MastersMoved):
        desk.keep("facilities", shown | {"name": "あとの名前"}, seen=seen)
    assert desk.row("facilities", HALL)["name"] == "みどり体育館"
    assert desk.row("facilities", HALL)["phone"] == "+81432455222"
    new = NOUNS["purposes"].row(code="yoga", name="ヨガ")
    desk.keep("purposes", new, seen={("purposes", ("yoga",)): ""})
    with pytest.raises(MastersMoved):
        desk.keep("purposes", new | {"name": "別のヨガ"}, seen={("purposes", ("yoga",)): ""})


# --- bookings that stand --------------------------------------------------------------------------------


def test_frames_under_a_booking_are_neither_moved_nor_ended_before_it(desk: Desk) -> None:
    booking = desk.book()
    frame = desk.frame("am")
    text = f"今日からの予約が1件あるため、変えられません（予約番号 {booking.number}）。"
    place = ("frames", NOUNS["frames"].key_of(frame), "starts", text)
    assert refused(desk, lambda: desk.keep("frames", frame | {"starts": 570})) == [place]
    assert refused(desk, lambda: desk.end("frames", *place[1])) == [place]
    between = NOUNS["frames"].row(
        facility=HALL, room="gym", code="early", name="早朝", starts=480, ends=540, used_from=desk.today
    )
    desk.keep("frames", between)  # beside the booking: nothing of it changes
    desk.keep("frames", frame | {"name": "午前の部", "weight": 2})


def test_frames_may_be_replaced_from_a_day_after_the_last_booking(desk: Desk) -> None:
    booking = desk.book()
    frame = desk.frame("am")
    ended = frame | {"used_until": booking.day}
    after = frame | {"starts": 510, "used_from": booking.day + timedelta(days=1)}
    rows = {"frames": {NOUNS["frames"].key_of(one): one for one in (ended, after)}}
    keep_masters(actor=desk.clerk, now=desk.now, rows=rows)
    day_after = desk.hall.plan(desk.hall.gym, booking.day + timedelta(days=1))
    assert day_after.frames[0].starts == 510
    assert desk.hall.plan(desk.hall.gym, booking.day).frames[0].starts == 540


def test_parts_and_units_under_a_booking_stay(desk: Desk) -> None:
    booking = desk.book("ab")
    unit = desk.row("units", *GYM, "ab")
    found = refused(desk, lambda: desk.keep("units", unit | {"parts": ("a", "c")}))
    assert [(one[0], one[1], one[2]) for one in found] == [("units", (*GYM, "ab"), "parts")]
    assert booking.number in found[0][3]
    found = refused(desk, lambda: desk.keep("units", unit | {"used_until": booking.day - timedelta(days=1)}))
    assert [one[2] for one in found] == ["used_until"]
    found = refused(desk, lambda: desk.end("parts", *GYM, "a"))
    assert {(one[0], one[2]) for one in found} == {("units", "parts")}  # units in use name it
    desk.keep("units", unit | {"name": "北半面", "used_until": booking.day})
    desk.keep("units", desk.row("units", *GYM, "cd") | {"parts": ("c",)})  # nobody booked it


def test_the_step_of_a_room_and_its_last_day_wait_for_its_bookings(desk: Desk) -> None:
    booking = desk.book("room", starts=600, ends=660)
    room = desk.row("rooms", HALL, "meeting")
    found = refused(desk, lambda: desk.keep("rooms", room | {"step_minutes": "15"}))
    assert [(one[0], one[2]) for one in found] == [("rooms", "step_minutes")]
    early = booking.day - timedelta(days=1)
    assert refused(desk, lambda: desk.keep("rooms", room | {"used_until": early}))[0][2] == "used_until"
    facility = desk.row("facilities", HALL)
    found = refused(desk, lambda: desk.keep("facilities", facility | {"used_until": early}))
    assert [(one[0], one[2]) for one in found] == [("facilities", "used_until")]
    desk.keep("rooms", room | {"prepare_minutes": 60, "used_until": booking.day})


def test_a_day_with_bookings_is_not_closed_and_a_day_gone_by_stays(desk: Desk) -> None:
    first, _second = desk.book("a"), desk.book("b")
    closed = NOUNS["special_days"].row(facility=HALL, day=first.day, kind="closed", reason="台風")
    found = refused(desk, lambda: desk.keep("special_days", closed))
    assert found[0][0] == "special_days" and "2件" in found[0][3]
    shorter = closed | {"kind": "open", "opens": 600, "closes": 1260}
    assert "2件" in refused(desk, lambda: desk.keep("special_days", shorter))[0][3]
    desk.keep("special_days", shorter | {"opens": 540})
    past = closed | {"day": desk.today - timedelta(days=1)}
    found = refused(desk, lambda: desk.keep("special_days", past))
    assert found[0][3] == "過ぎた日の臨時開館・休館は、変えられません。"


def test_a_cancelled_booking_stands_against_nothing(desk: Desk) -> None:
    booking = desk.book()
    Booking.objects.filter(pk=booking.pk).update(state=Booking.State.CANCELLED)
    desk.keep("frames", desk.frame("am") | {"starts": 570})
    assert desk.frame("am")["starts"] == 570


def test_stock_that_is_lent_is_not_reduced(desk: Desk) -> None:
    day = desk.today + timedelta(days=20)
    person = make_person(desk.body, now=desk.now)
    booking = make_booking(desk.hall, "ab", day, 540, 720, now=desk.now, person=person)
    plan, unit = desk.hall.unit("ab", day)
    occupy(booking=booking, plan=plan, unit=unit, stock={desk.hall.chairs: 30})
    chairs = desk.row("equipment", HALL, "chair")
    found = refused(desk, lambda: desk.keep("equipment", chairs | {"stock": 29}))
    assert (found[0][2], booking.number in found[0][3]) == ("stock", True)
    desk.keep("equipment", chairs | {"stock": 30})


def test_a_room_that_is_remembered_cannot_go_before_it_begins(desk: Desk) -> None:
    booking = desk.book("room", starts=600, ends=660)
    Booking.objects.filter(pk=booking.pk).update(state=Booking.State.CANCELLED)
    later = desk.today + timedelta(days=10)
    desk.keep("rooms", desk.row("rooms", HALL, "meeting") | {"used_from": later})
    gone = [("rooms", (HALL, "meeting")), ("parts", (HALL, "meeting", "room")), ("units", (HALL, "meeting", "room"))]

    assert refused(desk, lambda: keep_masters(actor=desk.clerk, now=desk.now, rows={}, gone=gone))
    assert Room.objects.filter(pk=desk.hall.meeting.pk).exists()


# --- policies -------------------------------------------------------------------------------------------


def policy(desk: Desk, **facts: Any) -> Policy:
    given: dict[str, Any] = {
        "actor": desk.administrator,
        "now": desk.now,
        "kind": "limits",
        "document": POLICIES["limits"],
        "from_on": desk.today + timedelta(days=30),
        "source": "規則第5条",
        "facility": HALL,
    }
    return keep_policy(**(given | facts))


def test_a_policy_in_force_is_followed_and_never_changed(desk: Desk) -> None:
    first = policy(desk, from_on=date(2020, 4, 1))
    other = POLICIES["limits"] | {"longest_minutes": 360}
    found = refused(desk, lambda: policy(desk, from_on=date(2020, 4, 1), document=other))
    assert found[0][3] == "適用が始まっている決まりは変えられません。新しい適用開始日で追加してください。"
    planned = policy(desk, document=other)
    replaced = policy(desk, document=POLICIES["limits"] | {"longest_minutes": 180})
    assert replaced.pk == planned.pk and replaced.document["longest_minutes"] == 180
    withdraw_policy(actor=desk.administrator, now=desk.now, policy=replaced)
    with pytest.raises(MastersRefused):
        withdraw_policy(actor=desk.administrator, now=desk.now, policy=first)
    assert list(Policy.objects.filter(facility=desk.hall.facility)) == [first]


def test_a_policy_that_is_wrong_or_of_no_place_is_refused(desk: Desk) -> None:
    wrong = {"limits": [{"name": "月4回", "span": "いつでも", "most": -1}]}
    found = refused(desk, lambda: policy(desk, document=wrong))
    assert found and all(one[0] == "policies" for one in found)
    assert refused(desk, lambda: policy(desk, source=""))[0][2] == "条例・規則"
    assert refused(desk, lambda: policy(desk, facility="nowhere"))[0][2] == "施設コード"
    assert refused(desk, lambda: policy(desk, room="nowhere"))[0][2] == "室場コード"


# --- the workbook ---------------------------------------------------------------------------------------


def written(desk: Desk, change: Callable[[Masters], None]) -> bytes:
    made = desk.masters
    change(made)
    return workbook_of(made, code=desk.body.code, name=desk.body.name)


def bring(desk: Desk, data: bytes) -> MasterBook:
    return bring_workbook(actor=desk.administrator, now=desk.now, data=data, name="masters.xlsx")


def test_a_workbook_is_compared_first_and_stored_when_it_is_taken(desk: Desk) -> None:
    def change(made: Masters) -> None:
        made["facilities"][(HALL,)]["name"] = "みどり総合体育館"
        row = NOUNS["purposes"].row(code="yoga", name="ヨガ")
        made["purposes"][("yoga",)] = row
        del made["equipment"][(HALL, "chair")]
        key = ("limits", HALL, "", desk.today + timedelta(days=1))
        made["policies"][key] = {
            "kind": "limits", "facility": HALL, "room": "", "from_on": key[3], "source": "規則", "document": POLICIES["limits"],
        }  # fmt: skip

    before = desk.masters
    book = bring(desk, written(desk, change))
    assert book.counts == {"added": 2, "changed": 1, "ended": 1}
    assert desk.masters == before and book.state == MasterBook.State.WAITING
    found = take_workbook(actor=desk.administrator, now=desk.now, book=book)
    assert len(found) == 4
    after = desk.masters
    assert after["facilities"][(HALL,)]["name"] == "みどり総合体育館"
    assert after["equipment"][(HALL, "chair")]["used_until"] == desk.today
    assert len(after["policies"]) == len(before["policies"]) + 1
    book.refresh_from_db()
    assert (book.state, bytes(book.data)) == (MasterBook.State.TAKEN, b"")
    with pytest.raises(MastersMoved):
        take_workbook(actor=desk.administrator, now=desk.now, book=book)


def test_nothing_is_stored_of_a_workbook_with_one_wrong_row(desk: Desk) -> None:
    booking = desk.book()

    def change(made: Masters) -> None:
        made["facilities"][(HALL,)]["name"] = "みどり総合体育館"
        key = NOUNS["frames"].key_of(desk.frame("am"))
        made["frames"][key] = made["frames"][key] | {"ends": 690}

    before = desk.masters
    with pytest.raises(WorkbookRefused) as caught:
        bring(desk, written(desk, change))
    assert [(one.sheet, one.column, booking.number in one.text) for one in caught.value.errors] == [
        ("コマ", "開始", True)
    ]
    assert desk.masters == before and not MasterBook.objects.filter(state="waiting").exists()


def test_a_workbook_compared_with_other_masters_is_not_taken(desk: Desk) -> None:
    book = bring(desk, written(desk, lambda made: made["facilities"][(HALL,)].update(name="体育館甲")))
    desk.keep("facilities", desk.row("facilities", HALL) | {"phone": "+81432455222"})
    with pytest.raises(MastersMoved):
        take_workbook(actor=desk.administrator, now=desk.now, book=book)
    assert desk.row("facilities", HALL)["name"] == "みどり体育館"


def test_a_booking_made_after_the_dry_run_stands_against_it(desk: Desk) -> None:
    key = NOUNS["frames"].key_of(desk.frame("am"))
    book = bring(desk, written(desk, lambda made: made["frames"].update({key: made["frames"][key] | {"ends": 690}})))
    booking = desk.book()
    with pytest.raises(WorkbookRefused) as caught:
        take_workbook(actor=desk.administrator, now=desk.now, book=book)
    assert booking.number in caught.value.errors[0].text
    assert desk.frame("am")["ends"] == 720


def test_one_workbook_waits_at_a_time_and_may_be_dropped(desk: Desk) -> None:
    first = bring(desk, written(desk, lambda made: None))
    second = bring(desk, written(desk, lambda made: None))
    first.refresh_from_db()
    assert (first.state, second.state, second.counts) == ("dropped", "waiting", {})
    drop_workbook(actor=desk.administrator, now=desk.now, book=second)
    with pytest.raises(MastersMoved):
        drop_workbook(actor=desk.administrator, now=desk.now, book=second)
    assert take_refused(desk, second)


def take_refused(desk: Desk, book: MasterBook) -> bool:
    with pytest.raises(MastersMoved):
        take_workbook(actor=desk.administrator, now=desk.now, book=book)
    return True
