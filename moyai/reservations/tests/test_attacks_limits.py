"""More than one may have: by 付属室場 that come loose from their main room, by another reading of a name, by the release."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from moyai.reservations.actions import bookings
from moyai.reservations.actions.asked import Asked
from moyai.reservations.actions.changes import AttachedStand
from moyai.reservations.actions.checks import NeedsMainRoom, OverLimit
from moyai.reservations.actions.ends import end_unpaid
from moyai.reservations.actions.registration_asks import ask_change
from moyai.reservations.actions.registration_facts import facts_of
from moyai.reservations.actions.registration_terms import grant_change
from moyai.reservations.actions.registrations import change_registration
from moyai.reservations.models import Booking, Combination, Part, Room
from moyai.reservations.tests.halls import DAY, NOW, POLICIES, Desk, everything
from moyai.reservations.tests.people import TERMS, settle
from moyai.tenants.public import clock

S = Booking.State
FEES = {
    **POLICIES["fees"],
    "hours": [
        {"room": "kitchen", "starts": 540, "ends": 1260, "per_minutes": 60, "yen": 100, "with_main": "yes"},
        {"room": "kitchen", "starts": 540, "ends": 1260, "per_minutes": 60, "yen": 500},
    ],
}


@pytest.fixture
def desk(world: Any, in_chiba: datetime) -> Desk:
    made = Desk(world, fees=FEES, limits={"limits": [{"name": "1日1回まで", "span": "day", "most": 1}]})
    settle(world.chiba, NOW, "eligibility", TERMS)
    return made


def kitchen(desk: Desk, *, alone: bool) -> Combination:
    """調理室 of the gym, lent by the hour; dearer where it is booked by itself."""
    room = Room.objects.create(
        body=desk.hall.body,
        facility=desk.hall.facility,
        published=True,
        used_from=desk.hall.gym.used_from,
        code="kitchen",
        name="調理室",
        step_minutes=60,
        main=desk.hall.gym,
        alone=alone,
    )
    Part.objects.create(body=desk.hall.body, room=room, code="all", name="全室")
    made: Combination = Combination.objects.create(
        body=desk.hall.body, room=room, code="all", name="全室", parts=["all"]
    )
    return made


def with_kitchen(desk: Desk, unit: Combination) -> tuple[Booking, Booking]:
    main = desk.book(attached=[Asked(combination_id=unit.pk, day=DAY, starts=540, ends=720)])
    return main, Booking.objects.get(combination=unit)


def test_an_attached_room_moved_away_counts_and_costs_by_itself(desk: Desk) -> None:
    _main, along = with_kitchen(desk, kitchen(desk, alone=True))
    assert (along.weight, along.fee_yen) == (0, 300)
    moved = bookings.change(
        actor=desk.hanako, now=NOW, booking=along, asked=Asked.of(along, day=DAY + timedelta(days=1))
    )
    assert (moved.weight, moved.fee_yen) == (3, 1_500)
    before = everything()
    with pytest.raises(OverLimit), transaction.atomic():
        desk.book(desk.asked("cd", day=DAY + timedelta(days=1)))
    assert everything() == before


def test_an_attached_room_changed_within_its_main_room_stays_with_it(desk: Desk) -> None:
    _main, along = with_kitchen(desk, kitchen(desk, alone=True))
    shorter = bookings.change(actor=desk.hanako, now=NOW, booking=along, asked=Asked.of(along, ends=660))
    assert (shorter.weight, shorter.fee_yen) == (0, 200)


def test_an_attached_room_goes_with_the_main_room_it_was_booked_with(desk: Desk) -> None:
    main, along = with_kitchen(desk, kitchen(desk, alone=True))
    bookings.cancel(actor=desk.hanako, now=NOW, booking=main)
    along.refresh_from_db()
    assert (along.state, along.fee_yen) == (S.CANCELLED, 0)


@pytest.mark.parametrize("alone", [False, True])
def test_a_main_room_is_not_moved_away_from_what_hangs_on_it(desk: Desk, alone: bool) -> None:
    main, along = with_kitchen(desk, kitchen(desk, alone=alone))
    before = everything()
    with pytest.raises(AttachedStand), transaction.atomic():
        bookings.change(
            actor=desk.hanako, now=NOW, booking=main, asked=Asked.of(main, day=DAY + timedelta(days=1))
        )
    assert everything() == before
    bookings.cancel(actor=desk.hanako, now=NOW, booking=along)
    bookings.change(
        actor=desk.hanako, now=NOW, booking=main, asked=Asked.of(main, day=DAY + timedelta(days=1))
    )


def test_a_part_cancellation_does_not_leave_an_attached_room_behind(desk: Desk) -> None:
    unit = kitchen(desk, alone=False)
    main = desk.book(
        desk.asked(ends=1020), attached=[Asked(combination_id=unit.pk, day=DAY, starts=540, ends=720)]
    )
    before = everything()
    with pytest.raises(AttachedStand), transaction.atomic():
        bookings.cancel_part(actor=desk.hanako, now=NOW, booking=main, starts=780, ends=1020)
    assert everything() == before


def test_a_room_that_is_not_lent_alone_is_not_taken_out_of_its_main_room(desk: Desk) -> None:
    _main, along = with_kitchen(desk, kitchen(desk, alone=False))
    with pytest.raises(NeedsMainRoom), transaction.atomic():
        bookings.change(
            actor=desk.hanako, now=NOW, booking=along, asked=Asked.of(along, day=DAY + timedelta(days=1))
        )


# --- who is one ------------------------------------------------------------------------------------------


def test_another_birthday_or_reading_does_not_give_a_second_set_of_limits(desk: Desk) -> None:
    booking = desk.book()
    person = desk.person
    facts = replace(facts_of(person), kana="チバ ハナエ", phone="+81432455111")
    ask_change(actor=desk.hanako, now=NOW, registration=person, facts=facts)
    grant_change(actor=desk.clerk, now=NOW, registration=person, looked_at_doubles=True)
    person.refresh_from_db()
    booking.refresh_from_db()
    assert booking.one_person == person.one_person
    with pytest.raises(OverLimit), transaction.atomic():
        desk.book(desk.asked("cd", starts=780, ends=1020), registration=person)


def test_a_change_by_staff_keeps_what_was_booked_under_the_person(desk: Desk) -> None:
    booking = desk.book()
    person = desk.person
    facts = replace(facts_of(person), born_on=clock.today(NOW).replace(year=1991), phone="+81432455111")
    change_registration(actor=desk.clerk, now=NOW, registration=person, facts=facts)
    person.refresh_from_db()
    booking.refresh_from_db()
    assert booking.one_person == person.one_person


def test_a_main_room_nobody_pays_for_takes_what_hangs_on_it_along(desk: Desk) -> None:
    """Else a cheap attached room is paid and the dear main room left to run out."""
    main, along = with_kitchen(desk, kitchen(desk, alone=False))
    end_unpaid(actor=desk.system, now=NOW + timedelta(days=9), booking=main)
    main.refresh_from_db()
    along.refresh_from_db()
    assert (main.state, along.state) == (S.ENDED, S.CANCELLED)


def test_a_class_that_has_to_be_proved_is_never_without_an_end(desk: Desk) -> None:
    facts = replace(facts_of(desk.person), resident_class="worker", phone="+81432455111")
    change_registration(actor=desk.clerk, now=NOW, registration=desk.person, facts=facts)
    desk.person.refresh_from_db()
    assert desk.person.class_until is not None and desk.person.class_until > clock.today(NOW)
