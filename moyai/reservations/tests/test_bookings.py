"""予約する: by whom, when, how often — and what is refused changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction

from moyai.money.public import charges_about
from moyai.reservations.actions import bookings, checks
from moyai.reservations.actions.asked import Asked, UnknownUnit
from moyai.reservations.actions.bookings import TooManyHolds
from moyai.reservations.actions.slots import OutOfStock, SlotTaken
from moyai.reservations.invariants import no_two_uses_overlap, standing_bookings_have_their_cells
from moyai.reservations.models import Booking, Happening, Registration, Room, Slot
from moyai.reservations.queries.alternatives import nearest
from moyai.reservations.tests.halls import Hall, make_booking, make_hall, make_person, set_policies
from moyai.tenants.public import Actor, Refusal, clock

S = Booking.State
NOW = datetime(2026, 5, 11, 10, 0, tzinfo=clock.JST)  # Monday
DAY = date(2026, 6, 10)  # Wednesday


@pytest.fixture
def hall(world: Any, in_chiba: datetime) -> Hall:
    made = make_hall(world.chiba)
    set_policies(made)
    return made


@pytest.fixture
def person(world: Any, in_chiba: datetime) -> Registration:
    return make_person(world.chiba, now=NOW, account_id=world.resident.pk)


@pytest.fixture
def hanako(world: Any) -> Actor:
    return world.actor(world.resident, world.chiba)  # type: ignore[no-any-return]


@pytest.fixture
def clerk(world: Any) -> Actor:
    return world.actor(world.at_chiba.clerk, world.chiba)  # type: ignore[no-any-return]


@pytest.fixture
def asked(hall: Hall) -> Asked:
    return Asked(
        combination_id=hall.units["ab"].pk, day=DAY, starts=540, ends=720, purpose="badminton", people=20
    )


@pytest.fixture
def book(hanako: Actor, person: Registration) -> Callable[..., Booking]:
    def act(asked: Asked, **other: Any) -> Booking:
        facts: dict[str, Any] = {
            "actor": hanako,
            "now": NOW,
            "registration": person,
            "channel": "smartphone",
        }
        with transaction.atomic():
            return bookings.book(asked=asked, **{**facts, **other})

    return act


def stored() -> tuple[int, int, int]:
    return Booking.objects.count(), Slot.objects.count(), Happening.objects.count()


def test_resident_books_and_everything_stands_written(
    book: Callable[..., Booking], asked: Asked, person: Registration
) -> None:
    booking = book(asked)
    assert (booking.state, booking.kind, booking.channel) == (S.BOOKED, "use", "smartphone")
    assert (booking.day, booking.starts, booking.ends, booking.frames) == (DAY, 540, 720, ["am"])
    assert (booking.weight, booking.made_on, booking.made_by) == (1, date(2026, 5, 11), "")
    assert booking.one_person == person.one_person
    assert booking.fee_yen == 1_000
    assert booking.pay_until == date(2026, 5, 18)
    assert [one.amount_yen for one in charges_about(booking)] == [1_000]
    cells = sorted(Slot.objects.filter(booking=booking).values_list("part__code", "cell"))
    assert cells == [("a", 540), ("b", 540)]
    happening = Happening.objects.get(booking=booking)
    assert (happening.what, happening.by, happening.by_staff, happening.channel) == (
        "booked",
        "本人",
        False,
        "smartphone",
    )


def test_staff_books_for_another_and_the_owner_reads_who_did(
    book: Callable[..., Booking], asked: Asked, clerk: Actor
) -> None:
    booking = book(asked, actor=clerk, channel="staff")
    assert booking.made_by == "佐藤 一郎"
    happening = Happening.objects.get(booking=booking)
    assert (happening.by, happening.by_staff, happening.channel) == ("千葉市 佐藤 一郎", True, "staff")


REFUSED: list[tuple[dict[str, Any], type[Refusal], str]] = [
    ({"starts": 541}, checks.NotATimeOfRoom, "starts"),
    ({"starts": 540, "ends": 900}, checks.NotATimeOfRoom, "starts"),
    ({"starts": 720, "ends": 540}, checks.NotATimeOfRoom, "starts"),
    ({"day": date(2026, 5, 10)}, checks.PastDay, "day"),
    ({"day": date(2026, 12, 30)}, checks.ClosedThen, "day"),
    ({"day": date(2026, 7, 11)}, checks.OutsidePeriod, "day"),
    ({"purpose": "meeting"}, checks.WrongPurpose, "purpose"),
    ({"purpose": ""}, checks.WrongPurpose, "purpose"),
    ({"people": 101}, checks.TooManyPeople, "people"),
    ({"equipment": {"drum": 1}}, checks.UnknownEquipment, "equipment"),
    ({"equipment": {"chair": 101}}, OutOfStock, "equipment"),
]


@pytest.mark.parametrize(("other", "refusal", "field"), REFUSED)
def test_A38_refused_use_leaves_nothing_behind(
    book: Callable[..., Booking], asked: Asked, other: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    before = stored()
    with pytest.raises(refusal) as refused:
        book(replace(asked, **other))
    assert refused.value.fields.get(field)
    assert 400 <= refused.value.status < 500
    assert stored() == before


def test_over_long_stay_is_refused(book: Callable[..., Booking], asked: Asked, hall: Hall) -> None:
    set_policies(hall, limits={"longest_minutes": 240})
    before = stored()
    with pytest.raises(checks.TooLong) as refused:
        book(replace(asked, starts=540, ends=1020))
    assert refused.value.fields == {"ends": "1回の利用は240分までです。"}
    assert stored() == before


def test_use_that_began_this_minute_is_past(book: Callable[..., Booking], asked: Asked) -> None:
    with pytest.raises(checks.PastDay):
        book(asked, now=datetime.combine(DAY, time(9, 0), clock.JST))
    assert book(asked, now=datetime.combine(DAY, time(8, 59), clock.JST)).state == S.BOOKED


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"state": "pending", "valid_until": None}, checks.NotRegistered),
        ({"state": "struck"}, checks.NotRegistered),
        ({"state": "suspended", "suspended_until": date(2026, 12, 1)}, checks.NotRegistered),
        ({"valid_until": date(2026, 5, 10)}, checks.NotRegistered),
        ({"resident_class": "outside"}, checks.NotEligible),
        ({"resident_class": "worker", "class_until": date(2026, 5, 10)}, checks.NotEligible),
    ],
)
def test_who_may_not_book_is_told_beside_the_registration(
    book: Callable[..., Booking],
    asked: Asked,
    person: Registration,
    facts: dict[str, Any],
    refusal: type[Refusal],
) -> None:
    Registration.objects.filter(pk=person.pk).update(**facts)
    person.refresh_from_db()
    before = stored()
    with pytest.raises(refusal) as refused:
        book(asked, registration=person)
    assert set(refused.value.fields) == {"registration"}
    assert stored() == before


def test_nobody_books_with_anothers_registration(
    book: Callable[..., Booking], asked: Asked, world: Any
) -> None:
    before = stored()
    for actor in (Actor.anyone(world.chiba), replace(world.actor(world.resident, world.chiba), account_id=1)):
        with pytest.raises(checks.NotYours) as refused:
            book(asked, actor=actor)
        assert refused.value.status == 404
    assert stored() == before


def test_opening_of_the_window_is_decided_to_the_millisecond(
    book: Callable[..., Booking], asked: Asked
) -> None:
    opens = datetime(2026, 4, 11, 9, 0, tzinfo=clock.JST)  # 60 days before
    with pytest.raises(checks.OutsidePeriod) as refused:
        book(asked, now=opens - timedelta(milliseconds=1))
    assert refused.value.fields == {"day": "受付は令和8年4月11日（土）午前9時からです。"}
    assert book(asked, now=opens).state == S.BOOKED


def test_limits_count_one_person_over_all_his_registrations(
    book: Callable[..., Booking], asked: Asked, person: Registration, world: Any
) -> None:
    same = make_person(
        world.chiba, "千葉 花子（職場）", now=NOW, person_key=person.person_key, account_id=world.resident.pk
    )
    for week in range(3):
        book(replace(asked, day=date(2026, 6, 3) + timedelta(weeks=week)))
    assert book(replace(asked, day=date(2026, 6, 24)), registration=same).state == S.BOOKED
    before = stored()
    with pytest.raises(checks.OverLimit) as refused:
        book(replace(asked, day=date(2026, 6, 25)))
    assert refused.value.fields == {"day": "「月4回まで」の上限（4回）を超えます。すでに4回あります。"}
    assert stored() == before
    assert book(replace(asked, day=date(2026, 7, 1))).state == S.BOOKED  # another month


def test_taken_place_is_refused_with_the_nearest_free(
    book: Callable[..., Booking], asked: Asked, world: Any, clerk: Actor
) -> None:
    book(asked)
    other = make_person(world.chiba, "市川 太郎", now=NOW)
    before = stored()
    with pytest.raises(SlotTaken) as refused:
        book(replace(asked, people=None), actor=clerk, registration=other)
    assert refused.value.status == 409
    assert stored() == before
    taken = refused.value
    found = nearest(
        body=world.chiba,
        combination_id=taken.combination_id or 0,
        day=taken.day or DAY,
        starts=taken.starts,
        ends=taken.ends,
        now=NOW,
    )
    assert [(one.unit.code, one.day, one.starts, one.ends) for one in found] == [
        ("cd", DAY, 540, 720),
        ("ab", DAY, 780, 1020),
        ("ab", DAY - timedelta(days=1), 540, 720),
    ]


def test_hold_keeps_the_place_until_its_time_is_over(
    asked: Asked, hanako: Actor, person: Registration, clerk: Actor, world: Any
) -> None:
    held = bookings.hold_slot(
        actor=hanako, now=NOW, registration=person, asked=replace(asked, purpose=""), channel="internet"
    )
    assert (held.state, held.held_until) == (S.HELD, NOW + timedelta(minutes=15))
    other = make_person(world.chiba, "市川 太郎", now=NOW)
    facts: dict[str, Any] = {"actor": clerk, "registration": other, "asked": asked, "channel": "staff"}
    with pytest.raises(SlotTaken), transaction.atomic():
        bookings.book(now=NOW + timedelta(minutes=14, seconds=59), **facts)
    late = bookings.book(now=NOW + timedelta(minutes=15), **facts)  # nobody had to wait for the job
    assert late.state == S.BOOKED
    held.refresh_from_db()
    assert held.state == S.ENDED and held.held_until is None
    assert set(Slot.objects.values_list("booking_id", flat=True).filter(day=DAY)) == {late.pk}


def test_hold_becomes_the_booking(
    book: Callable[..., Booking], asked: Asked, hanako: Actor, person: Registration, hall: Hall
) -> None:
    held = bookings.hold_slot(
        actor=hanako, now=NOW, registration=person, asked=replace(asked, purpose=""), channel="internet"
    )
    assert held.fee_yen == 0
    booking = book(replace(asked, equipment={"chair": 4}), held=held)
    assert (booking.pk, booking.state, booking.held_until) == (held.pk, S.BOOKED, None)
    assert booking.equipment == {"chair": 4}
    assert Slot.objects.filter(booking=booking).count() == 2
    with pytest.raises(bookings.HoldOver):  # the same button again, from another window
        book(asked, held=held)
    assert Booking.objects.filter(registration=person).count() == 1


def test_hold_for_another_place_is_given_up_for_what_is_booked(
    book: Callable[..., Booking], asked: Asked, hanako: Actor, person: Registration
) -> None:
    held = bookings.hold_slot(
        actor=hanako, now=NOW, registration=person, asked=replace(asked, purpose=""), channel="internet"
    )
    booking = book(replace(asked, starts=780, ends=1020), held=held)
    held.refresh_from_db()
    assert booking.pk != held.pk and held.state == S.ENDED
    assert set(Slot.objects.filter(day=DAY).values_list("booking_id", "cell")) == {(booking.pk, 780)}


def test_one_person_holds_three_places_at_a_time_and_can_drop_one(
    asked: Asked, hanako: Actor, person: Registration, hall: Hall
) -> None:
    set_policies(hall, limits=None)
    held = [
        bookings.hold_slot(
            actor=hanako,
            now=NOW,
            registration=person,
            asked=replace(asked, day=DAY + timedelta(days=n)),
            channel="internet",
        )
        for n in range(3)
    ]
    more = replace(asked, day=DAY + timedelta(days=5))
    with pytest.raises(TooManyHolds):
        bookings.hold_slot(actor=hanako, now=NOW, registration=person, asked=more, channel="internet")
    bookings.drop_hold(actor=hanako, now=NOW, booking=held[0])
    assert not Slot.objects.filter(booking=held[0]).exists()
    assert bookings.hold_slot(actor=hanako, now=NOW, registration=person, asked=more, channel="internet")


def test_room_that_is_judged_first_waits_and_holds_its_place(
    book: Callable[..., Booking], asked: Asked, hall: Hall, world: Any
) -> None:
    Room.objects.filter(pk=hall.gym.pk).update(needs_approval=True)
    approver = world.actor(world.at_chiba.approver, world.chiba)
    first, second = book(asked), book(replace(asked, starts=780, ends=1020))
    assert first.state == second.state == S.ASKED
    assert charges_about(first) == [] and Slot.objects.filter(booking=first).count() == 2
    approved = bookings.approve(actor=approver, now=NOW + timedelta(days=1), booking=first)
    assert (approved.state, approved.pay_until) == (S.BOOKED, date(2026, 5, 19))
    assert [one.amount_yen for one in charges_about(first)] == [1_000]
    refused = bookings.refuse(actor=approver, now=NOW, booking=second, reason="大会の準備と重なるため")
    assert (refused.state, refused.fee_yen) == (S.REFUSED, 0)
    assert not Slot.objects.filter(booking=second).exists()
    told = Happening.objects.filter(booking=second).latest("id")
    assert (told.what, told.words) == ("refused", "大会の準備と重なるため")


def test_attached_room_goes_with_its_main_room_only(
    book: Callable[..., Booking], asked: Asked, hall: Hall, hanako: Actor, clerk: Actor
) -> None:
    Room.objects.filter(pk=hall.meeting.pk).update(main=hall.gym, alone=False)
    side = replace(asked, combination_id=hall.units["room"].pk, starts=570, ends=690, purpose="", people=None)
    before = stored()
    with pytest.raises(checks.NeedsMainRoom):
        book(side)
    assert stored() == before
    main = book(asked, attached=[side])
    along = Booking.objects.get(room=hall.meeting, registration=main.registration)
    assert (along.state, along.weight) == (S.BOOKED, 0)
    bookings.cancel(actor=hanako, now=NOW, booking=main)
    along.refresh_from_db()
    assert along.state == S.CANCELLED


def test_unit_that_is_not_offered_is_refused(
    book: Callable[..., Booking], asked: Asked, world: Any, hall: Hall
) -> None:
    before = stored()
    hall.units["cd"].used_until = DAY - timedelta(days=1)  # no longer offered on that day
    hall.units["cd"].save()
    for combination_id in (10**12, hall.units["cd"].pk):
        with pytest.raises(UnknownUnit) as refused:
            book(replace(asked, combination_id=combination_id))
        assert (refused.value.status, set(refused.value.fields)) == (422, {"combination"})
    assert stored() == before


def test_rows_that_were_forced_past_the_door_are_found_by_the_check(
    book: Callable[..., Booking], asked: Asked, hall: Hall, world: Any
) -> None:
    for ask in (no_two_uses_overlap, standing_bookings_have_their_cells):
        assert ask(world.chiba) == []
    booking = book(asked)
    other = make_booking(hall, "a", DAY, 600, 760, now=NOW, person=booking.registration)
    part = Slot.objects.filter(booking=booking).earliest("id").part
    Slot.objects.create(body=world.chiba, part=part, day=DAY, cell=600, booking=other)
    assert no_two_uses_overlap(world.chiba) == [
        f"予約{booking.number}と{other.number}（{DAY}）の時間が重なっています"
    ]
    Slot.objects.filter(booking=booking).latest("id").delete()
    found = standing_bookings_have_their_cells(world.chiba)
    assert found == [f"予約{booking.number}（{DAY}）：枠1、区画2"]
    Booking.objects.filter(pk=other.pk).update(state=S.CANCELLED)
    assert f"予約{other.number}（{DAY}）：終わったのに枠が残っています" in standing_bookings_have_their_cells(
        world.chiba
    )
