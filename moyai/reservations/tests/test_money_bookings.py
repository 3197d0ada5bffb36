"""使用料の調定: charges follow what a booking owes — booked, paid, changed, cancelled in parts, restored (C31, C32)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from moyai.money import actions as ledger
from moyai.money.models import ChargeItem, Overpayment
from moyai.money.public import ChargeState, charges_about, invariants, ledger_check
from moyai.money.queries import items_of
from moyai.notices.models import Message
from moyai.reservations.actions import money
from moyai.reservations.actions.money import NoCancellationTerms, NothingToPay, owed_yen
from moyai.reservations.actions.quotes import FeeUnknown, quote_for, requote
from moyai.reservations.invariants import charges_are_what_is_owed
from moyai.reservations.models import Booking, Happening, Policy
from moyai.reservations.queries.receivables import (
    charges_that_differ,
    receivables,
    standing_of,
    standings_of,
)
from moyai.reservations.tests.bills import FEES, Bills, make_bills
from moyai.reservations.tests.halls import make_person
from moyai.tenants.public import Actor, clock


@pytest.fixture
def bills(world: Any, in_chiba: datetime) -> Bills:
    return make_bills(world, in_chiba)


@pytest.fixture(autouse=True)
def balanced(bills: Bills) -> Iterator[None]:
    """After every test the books hold, and each booking owes what its charges say."""
    yield
    body = bills.hall.body
    assert ledger_check(body).gap_yen == 0
    assert {name: check(body) for name, check in invariants()} == {name: [] for name, _check in invariants()}
    for booking in Booking.objects.filter(facility=bills.hall.facility):
        assert standing_of(booking).charged_yen == owed_yen(booking)


def over(booking: Booking) -> int:
    return sum(
        Overpayment.objects.filter(receipt__charge__in=charges_about(booking)).values_list(
            "left_yen", flat=True
        )
    )


def test_C31_booking_is_charged_with_every_line_and_step_of_its_quote(bills: Bills) -> None:
    booking = bills.book(540, 1020, equipment={"chair": 30})
    (charge,) = charges_about(booking)
    assert (booking.fee_yen, charge.amount_yen, charge.state) == (2_800, 2_800, "open")
    assert [(item.label, item.amount_yen) for item in items_of(charge)] == [
        ("室場使用料", 2_200),
        ("備品 折りたたみいす", 600),
    ]
    steps = [step for item in items_of(charge) for step in item.steps]
    assert steps[0]["formula"] == "午前・午後（通し料金） 2,200円"
    assert [step["label"] for step in steps[-2:]] == ["うち消費税等", "使用料"]
    assert {item.rule for item in items_of(charge)} == {"reservation-fee"}
    assert charge.title == f"みどり体育館 体育館 {money.wareki(booking.day)}の使用料"
    assert charge.due_on == booking.pay_until == clock.today(bills.in_days(14))
    assert bills.person.name not in charge.title


def test_C31_quote_keeps_policy_use_and_working_and_charging_again_changes_nothing(bills: Bills) -> None:
    booking = bills.book(540, 720)
    assert booking.quote["use"]["frames"] == [{"code": "am", "name": "午前", "starts": 540, "ends": 720}]
    assert (
        booking.quote["version"].startswith("2017-04-01:")
        and booking.quote["source"] == "施設条例 別表（例）"
    )
    assert sum(line["yen"] for line in booking.quote["lines"]) == booking.fee_yen == 1_000
    before = [charge.pk for charge in charges_about(booking)]
    path = money.charge_for(actor=bills.resident, now=bills.now, booking=booking)
    assert [charge.pk for charge in charges_about(booking)] == before
    assert charges_about(booking)[0].token in path


def test_C31_room_without_a_price_is_refused_and_nothing_is_charged(bills: Bills) -> None:
    Policy.objects.filter(kind="fees").delete()
    before = ChargeItem.objects.count()
    with pytest.raises(FeeUnknown):
        quote_for(scene=bills.scene(bills.asked()), registration=bills.person)
    partial = {**FEES, "prices": FEES["prices"][1:]}
    bills.policy("fees", partial, facility=bills.hall.facility)
    with pytest.raises(FeeUnknown) as refused:
        quote_for(scene=bills.scene(bills.asked()), registration=bills.person)
    assert "「午前」の料金が、使用料の定めにありません。" in refused.value.fields["starts"]
    assert ChargeItem.objects.count() == before


def test_C31_policy_of_the_room_goes_before_its_facility_and_class_counts_on_the_day_of_use(
    bills: Bills, world: Any
) -> None:
    dear = {**FEES, "prices": [{"frames": ["am"], "yen": 9_000}]}
    bills.policy("fees", dear, facility=bills.hall.facility, room=bills.hall.gym)
    assert bills.book(540, 720).fee_yen == 9_000
    lapsing = make_person(
        world.chiba,
        "在勤 太郎",
        now=bills.now,
        resident_class="worker",
        class_until=clock.today(bills.in_days(19)),
    )
    quoted = quote_for(scene=bills.scene(bills.asked()), registration=lapsing)
    assert quoted.fee_yen == 13_500  # the proof of work ends the day before the use: 市外


def test_C31_relief_of_the_registration_comes_by_itself_and_a_free_use_is_not_charged(
    bills: Bills, world: Any
) -> None:
    club = make_person(world.chiba, "ひまわりの会", now=bills.now, kind="group", relief="welfare")
    booking = bills.book(540, 720, person=club)
    assert (booking.fee_yen, booking.relief_yen, booking.pay_until) == (0, 1_000, None)
    assert charges_about(booking) == []


def test_C32_payment_at_the_counter_is_noted_and_told(bills: Bills) -> None:
    bills.person.email = "hanako@example.jp"
    bills.person.save(update_fields=["email"])
    booking = bills.book(540, 720)
    bills.pay(booking, 400)
    assert booking.pay_until is not None and standing_of(booking).unpaid_yen == 600
    bills.pay(booking)
    assert booking.pay_until is None and standing_of(booking).paid_yen == 1_000
    assert list(Happening.objects.filter(booking=booking).values_list("what", "facts")) == [
        ("paid", {"yen": 1_000})
    ]
    assert Message.objects.filter(kind="reservations.booking_paid").count() == 1


def test_C32_money_for_a_booking_that_stands_no_more_waits_as_overpaid(bills: Bills) -> None:
    booking = bills.book(540, 720)
    (charge,) = charges_about(booking)
    Booking.objects.filter(pk=booking.pk).update(fee_yen=0)
    with pytest.raises(NothingToPay):
        money.mark_paid(actor=Actor.system(bills.hall.body), now=bills.now, charge=charge)
    bills.pay(booking)
    assert over(booking) == 1_000 and not Happening.objects.filter(booking=booking).exists()
    Booking.objects.filter(pk=booking.pk).update(fee_yen=1_000)


@pytest.mark.parametrize(
    ("days", "paid", "back", "kept"),
    [
        (0, True, 700, 300),  # 20 days before: 70 %
        (14, True, 500, 500),  # 6 days before
        (20, True, 0, 1_000),  # on the day
        (20, False, 1_000, 0),  # never paid: the policy asks for nothing
    ],
)
def test_C32_cancelled_booking_gives_back_by_the_days_before(
    bills: Bills, days: int, paid: bool, back: int, kept: int
) -> None:
    booking = bills.book(540, 720)
    if paid:
        bills.pay(booking)
    refund = money.give_back(
        actor=bills.resident,
        now=bills.in_days(days),
        booking=booking,
        scene=bills.scene(bills.asked()),
        why="own",
    )
    assert (refund.yen, refund.kept_yen, booking.fee_yen, owed_yen(booking)) == (back, kept, 0, kept)
    assert over(booking) == (back if paid else 0)
    assert bills.owed(booking) == []


def test_C32_weather_gives_all_back_even_afterwards(bills: Bills) -> None:
    booking = bills.book(540, 720)
    bills.pay(booking)
    money.give_back(
        actor=bills.clerk,
        now=bills.in_days(21),
        booking=booking,
        scene=bills.scene(bills.asked()),
        why="weather",
    )
    assert over(booking) == 1_000 and owed_yen(booking) == 0
    assert [charge.state for charge in charges_about(booking)] == [ChargeState.CANCELLED]


def test_C32_partial_then_whole_is_the_same_as_whole_and_never_twice(bills: Bills) -> None:
    in_parts, at_once = bills.book(540, 1260), bills.book(540, 1260, day=bills.day + timedelta(days=1))
    assert in_parts.fee_yen == at_once.fee_yen == 4_200
    for booking in (in_parts, at_once):
        bills.pay(booking)
    for ends in (1020, 720):
        rest = requote(booking=in_parts, scene=bills.scene(bills.asked(540, ends)), registration=bills.person)
        money.give_back(
            actor=bills.resident,
            now=bills.now,
            booking=in_parts,
            scene=bills.scene(bills.asked()),
            why="own",
            rest=rest,
        )
    assert (in_parts.fee_yen, in_parts.quote["given_up"]) == (1_000, [{"percent": 70, "yen": 3_200}])
    assert over(in_parts) == 2_240
    for booking in (in_parts, at_once):
        money.give_back(
            actor=bills.resident,
            now=bills.now,
            booking=booking,
            scene=bills.scene(bills.asked()),
            why="own",
        )
    assert over(in_parts) == over(at_once) == 2_940
    assert in_parts.quote["kept_yen"] == at_once.quote["kept_yen"] == 1_260
    again = money.give_back(
        actor=bills.resident,
        now=bills.now,
        booking=in_parts,
        scene=bills.scene(bills.asked()),
        why="own",
    )
    assert (again.yen, over(in_parts)) == (0, 2_940)


def test_C32_change_charges_the_difference_and_from_the_second_a_fee(bills: Bills) -> None:
    booking = bills.book(540, 720)
    bills.pay(booking)

    def change(starts: int, ends: int) -> str:
        scene = bills.scene(bills.asked(starts, ends))
        return money.charge_change(
            actor=bills.resident,
            now=bills.now,
            booking=booking,
            quoted=requote(booking=booking, scene=scene, registration=bills.person),
            scene=scene,
            days_before=20,
        )

    assert change(780, 1020) != "" and owed_yen(booking) == 1_500
    (difference,) = bills.owed(booking)
    assert [(item.label, item.amount_yen) for item in items_of(difference)] == [("予約の変更による差額", 500)]
    assert [step["label"] for step in items_of(difference)[0].steps] == ["差額", "変更手数料"]
    bills.pay(booking)
    assert change(540, 720) == ""  # 500 less: 70 % back, and 200 for the second change
    assert booking.quote["kept_yen"] == 150 + 200 and owed_yen(booking) == 1_350
    assert over(booking) == 150


def test_C32_change_before_payment_only_lowers_what_is_owed(bills: Bills) -> None:
    booking = bills.book(780, 1020)
    scene = bills.scene(bills.asked(540, 720))
    money.charge_change(
        actor=bills.resident,
        now=bills.now,
        booking=booking,
        quoted=requote(booking=booking, scene=scene, registration=bills.person),
        scene=scene,
        days_before=20,
    )
    assert standing_of(booking).unpaid_yen == 1_000 and over(booking) == 0


def test_C32_restored_booking_owes_its_fee_again(bills: Bills) -> None:
    booking = bills.book(540, 720)
    bills.pay(booking)
    scene = bills.scene(bills.asked())
    money.give_back(actor=bills.clerk, now=bills.now, booking=booking, scene=scene, why="facility")
    money.charge_again(
        actor=bills.clerk,
        now=bills.now,
        booking=booking,
        quoted=quote_for(scene=scene, registration=bills.person),
    )
    assert (owed_yen(booking), standing_of(booking).unpaid_yen, over(booking)) == (1_000, 1_000, 1_000)
    assert booking.quote.get("given_up", []) == []


def test_C32_without_terms_nothing_is_given_back_and_nothing_changes(bills: Bills) -> None:
    booking = bills.book(540, 720)
    bills.pay(booking)
    Policy.objects.filter(kind="cancellation").delete()
    with pytest.raises(NoCancellationTerms):
        money.give_back(
            actor=bills.resident,
            now=bills.now,
            booking=booking,
            scene=bills.scene(bills.asked()),
            why="own",
        )
    booking.refresh_from_db()
    assert (booking.fee_yen, over(booking), owed_yen(booking)) == (1_000, 0, 1_000)


def test_C33_receivables_are_listed_by_the_day_to_pay_in_three_queries(
    bills: Bills, django_assert_num_queries: Any
) -> None:
    first, second = bills.book(540, 720), bills.book(780, 1020)
    bills.pay(bills.book(1080, 1260))
    facility = bills.hall.facility.pk
    with django_assert_num_queries(3):
        rows = receivables(actor=bills.clerk, today=clock.today(bills.now), facility_id=facility)
    assert [(row.booking.pk, row.standing.unpaid_yen, row.late) for row in rows] == [
        (first.pk, 1_000, False),
        (second.pk, 1_500, False),
    ]
    assert rows[0].standing.token == charges_about(first)[0].token
    after = (first.pay_until, first.pk)
    assert after[0] is not None
    page = receivables(
        actor=bills.clerk,
        today=clock.today(bills.in_days(15)),
        facility_id=facility,
        late_only=True,
        after=after,
    )
    assert [(row.booking.pk, row.late) for row in page] == [(second.pk, True)]
    with django_assert_num_queries(2):
        assert standings_of([first, second])[second.pk].unpaid_yen == 1_500


def test_C33_receivables_are_for_staff_only(bills: Bills) -> None:
    from moyai.audit.public import NotPermitted

    with pytest.raises(NotPermitted):
        receivables(actor=bills.resident, today=clock.today(bills.now))


def test_C33_what_was_written_off_is_not_asked_for_again(bills: Bills) -> None:
    booking = bills.book(540, 720)
    (charge,) = charges_about(booking)
    ledger.write_off(actor=bills.approver, now=bills.now, charge=charge, reason="時効")
    assert money.charge_for(actor=bills.clerk, now=bills.now, booking=booking) == ""
    found = standing_of(booking)
    assert (found.charged_yen, found.written_off_yen, found.paid_yen, found.unpaid_yen) == (
        1_000,
        1_000,
        0,
        0,
    )
    assert charges_that_differ(bills.hall.body) == []


def test_C33_booking_whose_charges_do_not_add_up_is_named_by_the_check(bills: Bills) -> None:
    booking = bills.book(540, 720)
    Booking.objects.filter(pk=booking.pk).update(fee_yen=999)
    assert (booking.number, 999, 1_000) in charges_that_differ(bills.hall.body)
    assert any(booking.number in fault for fault in charges_are_what_is_owed(bills.hall.body))
    Booking.objects.filter(pk=booking.pk).update(fee_yen=1_000)
