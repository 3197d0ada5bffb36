"""A38: a booking leaves its room for another one, as far as the policy of the room it leaves lets it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from moyai.money.public import charges_about
from moyai.reservations.actions import bookings
from moyai.reservations.actions.changes import NeedsCounter
from moyai.reservations.actions.elsewhere import StaysInFacility, StaysInRoom
from moyai.reservations.actions.slots import SlotTaken
from moyai.reservations.models import Booking, Room, Slot
from moyai.reservations.queries.bookings import history
from moyai.reservations.rules.periods import change_reach
from moyai.reservations.tests.halls import (
    NOW,
    POLICIES,
    Desk,
    cells_of,
    everything,
    make_hall,
    set_policies,
)
from moyai.reservations.tests.pages_setup import OPENING, Street, text_of
from moyai.tenants.public import acting_in

OFFICE = "/chiba-shi/office/reservations/"
HOME = "/chiba-shi/"
FEES = {
    **POLICIES["fees"],
    "hours": [{"room": "meeting", "starts": 540, "ends": 1260, "per_minutes": 30, "yen": 300}],
}


def periods(reach: str) -> dict[str, Any]:
    return {**POLICIES["periods"], "change_to": reach}


@pytest.fixture
def desk(world: Any, in_chiba: datetime) -> Callable[[str], Desk]:
    return lambda reach: Desk(world, periods=periods(reach), fees=FEES)


def test_A38_where_nothing_is_said_a_booking_stays_in_its_room(world: Any, in_chiba: datetime) -> None:
    desk = Desk(world)
    assert change_reach(POLICIES["periods"]) == change_reach(None) == "room"
    booking = desk.book()
    before = everything()
    for actor in (desk.hanako, desk.clerk):
        with pytest.raises(StaysInRoom) as refused, transaction.atomic():
            bookings.change(
                actor=actor, now=NOW, booking=booking, asked=desk.asked("room", purpose="badminton")
            )
        assert (refused.value.status, set(refused.value.fields)) == (422, {"combination"})
    assert everything() == before


def test_A38_to_another_room_the_difference_is_charged_and_the_old_place_waits_for_its_release(
    desk: Callable[[str], Desk],
) -> None:
    one = desk("facility")
    booking = one.book()
    assert booking.fee_yen == 1_000
    moved = bookings.change(
        actor=one.hanako, now=NOW, booking=booking, asked=one.asked("room", people=12, purpose="badminton")
    )
    assert (moved.room.code, moved.facility_id, moved.fee_yen) == ("meeting", one.hall.facility.pk, 1_800)
    assert [cell for _part, cell in cells_of(moved)] == list(
        range(510, 750, 30)
    )  # with preparing and clearing
    standing = [charge.amount_yen for charge in charges_about(moved) if charge.state != "cancelled"]
    assert sum(standing) == 1_800
    [freed] = Booking.objects.filter(kind="freed", quote__freed_from=booking.pk)
    assert freed.free_at is not None and cells_of(freed) == [("a", 540), ("b", 540)]
    told = history(moved)[-1]
    assert told.what == "changed" and told.facts["from"]["room"] == "体育館"
    back = bookings.change(
        actor=one.hanako,
        now=NOW,
        booking=moved,
        asked=one.asked("cd", starts=540, ends=720),
        channel="internet",
    )
    assert (back.room.code, back.fee_yen, back.frames) == ("gym", 1_000, ["am"])
    kept = [charge.amount_yen for charge in charges_about(back) if charge.state != "cancelled"]
    assert sum(kept) == 1_000


def test_A38_to_another_facility_only_where_the_policy_allows_it(desk: Callable[[str], Desk]) -> None:
    one = desk("facility")
    other = make_hall(one.hall.body, code="other-hall")
    set_policies(other, periods=periods("body"), fees=FEES)
    asked = one.asked()
    there = one.asked(combination_id=other.units["ab"].pk)
    booking = one.book(asked)
    before = everything()
    with pytest.raises(StaysInFacility), transaction.atomic():
        bookings.change(actor=one.hanako, now=NOW, booking=booking, asked=there)
    assert everything() == before
    set_policies(one.hall, periods=periods("body"), fees=FEES)
    moved = bookings.change(actor=one.hanako, now=NOW, booking=booking, asked=there)
    assert moved.facility_id == other.facility.pk
    assert history(moved)[-1].facts["from"]["facility"] == "みどり体育館"


def test_A38_a_place_that_is_taken_elsewhere_keeps_the_old_one(desk: Callable[[str], Desk]) -> None:
    one = desk("facility")
    booking = one.book()
    one.by_phone(one.asked("room", purpose="meeting"))
    before = everything()
    with pytest.raises(SlotTaken), transaction.atomic():
        bookings.change(
            actor=one.hanako, now=NOW, booking=booking, asked=one.asked("room", purpose="badminton")
        )
    assert everything() == before


def test_a_change_is_no_way_round_the_look_at_uses_of_a_room(desk: Callable[[str], Desk]) -> None:
    one = desk("facility")
    booking = one.book()
    Room.objects.filter(pk=one.hall.meeting.pk).update(needs_approval=True)
    before = everything()
    with pytest.raises(NeedsCounter), transaction.atomic():
        bookings.change(
            actor=one.hanako, now=NOW, booking=booking, asked=one.asked("room", purpose="badminton")
        )
    assert everything() == before


# --- pages -------------------------------------------------------------------------------------------


@pytest.fixture
def street(world: Any) -> Street:
    made = Street(world)
    with acting_in(made.body):
        set_policies(made.hall, opening=OPENING, periods=periods("facility"), fees=FEES)
    return made


def to_meeting(street: Street, **more: Any) -> dict[str, Any]:
    return {**street.choice("room", 600, 720), "purpose": "badminton", "people": "12", **more}


def test_A38_resident_chooses_another_room_sees_the_difference_and_changes(
    street: Street, world: Any, client_for: Any
) -> None:
    hanako = client_for(world.resident)
    number = street.booked(hanako)
    address = f"{HOME}bookings/{number}/change/"
    meeting = street.hall.meeting.pk
    assert "変更先の室場" in text_of(hanako.get(address))
    shown = text_of(hanako.get(f"{address}?room={meeting}"))
    assert "みどり体育館 会議室への変更" in shown and f"{address}?room={meeting}" in shown
    assert hanako.get(f"{address}?room=999999").status_code == 404
    # Refused on the way: the form stays with what was typed, and posts to the form, not to the check.
    many = hanako.post(f"{address}?room={meeting}", to_meeting(street, people="33"))
    assert many.status_code == 302
    refused = hanako.post(f"{address}check/")
    assert refused.status_code == 422 and "定員は20人です" in text_of(refused)
    assert f'action="{address}?room={meeting}"' in text_of(refused) and 'value="33"' in text_of(refused)
    assert street.row(number).room_id == street.hall.gym.pk
    assert hanako.post(f"{address}?room={meeting}", to_meeting(street)).status_code == 302
    checked = text_of(hanako.get(f"{address}check/"))
    assert "変更すると、200円の支払いが増えます。" in checked and "会議室" in checked
    assert hanako.post(f"{address}check/").status_code == 302
    row = street.row(number)
    assert (row.room_id, row.starts, row.ends, row.fee_yen) == (meeting, 600, 720, 1_200)
    told = text_of(hanako.get(f"{HOME}bookings/{number}/"))
    assert "変更前：体育館 abcd面" in told


def test_A38_at_the_counter_too_and_not_beyond_the_policy(
    street: Street, world: Any, client_for: Any
) -> None:
    clerk: Client = client_for(world.at_chiba.clerk)
    one = street.taken("ab")
    address = f"{OFFICE}bookings/{one.number}/change/"
    assert "変更先の室場" in text_of(clerk.get(address))
    there = f"{address}?room={street.hall.meeting.pk}"
    told = to_meeting(street, version=one.version)
    quoted = clerk.post(there, {**told, "act": "quote"})
    assert "みどり体育館 会議室への変更です。" in text_of(quoted) and "追加で納める額：200円" in text_of(
        quoted
    )
    with acting_in(street.body):
        set_policies(street.hall, opening=OPENING, periods=periods("room"), fees=FEES)
    assert clerk.post(there, {**told, "act": "do"}).status_code == 404
    assert street.row(one.number).room_id == street.hall.gym.pk
    with acting_in(street.body):
        set_policies(street.hall, opening=OPENING, periods=periods("facility"), fees=FEES)
    assert clerk.post(there, {**told, "act": "do"}).status_code == 302
    row = street.row(one.number)
    assert (row.room_id, row.fee_yen) == (street.hall.meeting.pk, 1_200)
    with acting_in(street.body):
        assert not Slot.objects.filter(booking=row, part__room=street.hall.gym).exists()
