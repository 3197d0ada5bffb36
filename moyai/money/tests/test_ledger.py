"""Charging, receiving, giving back: who does what, and the books balance after each."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from moyai.audit.public import NotPermitted
from moyai.money import actions
from moyai.money.models import (
    Allocation,
    Charge,
    Confirmation,
    Instalment,
    Overpayment,
    Receipt,
    Refund,
    Slip,
)
from moyai.money.payables import UnknownPayable
from moyai.money.public import ChargeLine, Ledger, invariants, ledger_check
from moyai.money.refusals import (
    AlreadyBooked,
    CannotCancel,
    ConfirmationDiffers,
    ConfirmedAlready,
    LinesDiffer,
    NothingOwed,
    NotInThisState,
    NotOpen,
    NotSoMuchLeft,
    ReasonNeeded,
    RefundUnderWay,
    SecondPersonNeeded,
    TooMuchAtCounter,
)
from moyai.tenants.public import Actor, Refusal, acting_in

pytestmark = pytest.mark.usefixtures("balanced")


@pytest.fixture
def clerk(world):
    return world.actor(world.at_chiba.clerk, world.chiba)


@pytest.fixture
def approver(world):
    return world.actor(world.at_chiba.approver, world.chiba)


def books(world):
    """The ledger of what this test did."""
    with acting_in(world.chiba):
        after, before = ledger_check(world.chiba), world.owed_before
    return Ledger(
        **{name: getattr(after, name) - getattr(before, name) for name in Ledger.__dataclass_fields__}
    )


def mine(world):
    return Charge.objects.of(world.chiba).filter(payable="tenants.body")


def pay(world, clerk, charge, amount_yen, *, channel=Receipt.Channel.COUNTER, external_id="a1", **more):
    with acting_in(world.chiba) as now:
        return actions.receive(
            actor=clerk,
            now=now,
            charge=charge,
            channel=channel,
            amount_yen=amount_yen,
            external_id=external_id,
            **more,
        )


def test_charge_keeps_its_lines_with_their_steps(world, owe):
    made = owe()
    with acting_in(world.chiba):
        items = list(
            made.items.order_by("position").values_list("label", "amount_yen", "rule", "rule_version")
        )
        assert items == [
            ("住民票の写し 2通", 600, "resident-record-copy-fee", "2026-04"),
            ("郵送料", 84, "", ""),
        ]
        assert made.items.get(position=1).steps[0]["formula"] == "300円×2通"
        assert list(made.instalments.values_list("number", "amount_yen", "due_on")) == [
            (1, 684, date(2026, 4, 15))
        ]
    assert (made.state, made.unpaid_yen, len(made.token)) == ("open", 684, 26)
    assert made.display_number == f"{made.fiscal_year}-{made.number:06d}"
    assert owe().number == made.number + 1


@pytest.mark.parametrize(
    ("amount_yen", "lines", "refusal"),
    [
        (0, [], NothingOwed),
        (-5, [ChargeLine("x", -5)], NothingOwed),
        (100, [ChargeLine("x", 98)], LinesDiffer),
    ],
)
def test_charge_that_does_not_add_up_is_refused(world, settled, amount_yen, lines, refusal):
    with acting_in(world.chiba) as now:
        with pytest.raises(refusal):
            actions.charge(
                actor=Actor.system(world.chiba),
                now=now,
                payable="tenants.body",
                thing=world.chiba,
                amount_yen=amount_yen,
                lines=lines,
                due_on=date(2026, 4, 15),
                payer_name="千葉 花子",
            )
        assert not mine(world).exists()


def test_charge_about_an_unregistered_kind_is_a_mistake(world):
    with acting_in(world.chiba) as now, pytest.raises(UnknownPayable):
        actions.charge(
            actor=Actor.system(world.chiba),
            now=now,
            payable="nobody.knows",
            thing=world.chiba,
            amount_yen=1,
            lines=[ChargeLine("x", 1)],
            due_on=date(2026, 4, 15),
            payer_name="千葉 花子",
        )


def test_clerk_receives_cash_and_the_thing_is_told_once(world, owe, clerk, settled):
    owed = owe()
    receipt = pay(world, clerk, owed, 684)
    assert settled == [owed.pk]
    with acting_in(world.chiba):
        after = Charge.objects.of(world.chiba).get(id=owed.pk)
        assert (after.state, after.unpaid_yen, after.settled_at) == ("settled", 0, receipt.received_at)
    assert (books(world).charged_yen, books(world).received_yen, books(world).unpaid_yen) == (684, 684, 0)


def test_same_cash_twice_is_booked_once(world, owe, clerk, settled):
    owed = owe()
    pay(world, clerk, owed, 684)
    with pytest.raises(AlreadyBooked):
        pay(world, clerk, owed, 684)
    assert settled == [owed.pk]
    assert books(world).received_yen == 684


def test_clerk_cannot_take_more_cash_than_is_owed(world, owe, clerk, settled):
    owed = owe()
    with pytest.raises(TooMuchAtCounter):
        pay(world, clerk, owed, 1000)
    with pytest.raises(NothingOwed):
        pay(world, clerk, owed, 0)
    assert books(world).received_yen == 0
    pay(world, clerk, owed, 684)
    with pytest.raises(NotOpen):
        pay(world, clerk, owed, 1, external_id="a2")


def test_part_payments_fill_the_instalments_in_order(world, owe, clerk, settled):
    owed = owe(300, 384)
    pay(world, clerk, owed, 400)
    assert settled == []
    with acting_in(world.chiba):
        paid = list(
            Allocation.objects.of(world.chiba).order_by("id").values_list("instalment__number", "amount_yen")
        )
        assert paid == [(1, 300), (2, 100)]
    pay(world, clerk, owed, 284, external_id="a2")
    assert settled == [owed.pk]


def test_transfer_of_too_much_settles_and_keeps_the_rest(world, owe, clerk, settled):
    owed = owe()
    pay(world, clerk, owed, 1000, channel=Receipt.Channel.TRANSFER)
    assert settled == [owed.pk]
    with acting_in(world.chiba):
        assert list(Overpayment.objects.of(world.chiba).values_list("why", "left_yen")) == [("excess", 316)]
    assert books(world).overpaid_yen == 316


def test_second_transfer_lies_in_suspense_whole(world, owe, clerk, settled):
    owed = owe()
    pay(world, clerk, owed, 684, channel=Receipt.Channel.TRANSFER)
    pay(world, clerk, owed, 684, channel=Receipt.Channel.TRANSFER, external_id="a2")
    assert settled == [owed.pk]
    with acting_in(world.chiba):
        assert list(Overpayment.objects.of(world.chiba).values_list("why", "left_yen")) == [("double", 684)]


def test_money_is_kept_when_the_thing_can_no_longer_be_had(world, owe, clerk, settled):
    owed = owe()
    settled.refuse = Refusal("この枠は埋まりました。")
    pay(world, clerk, owed, 684)
    with acting_in(world.chiba):
        assert Charge.objects.of(world.chiba).get(id=owed.pk).state == "open"
        assert list(Overpayment.objects.of(world.chiba).values_list("why", "left_yen")) == [("refused", 684)]
        assert not Allocation.objects.of(world.chiba).exists()


def test_stranger_and_resident_receive_nothing(world, owe, settled):
    owed = owe()
    with pytest.raises(NotPermitted):
        pay(world, Actor.anyone(world.chiba), owed, 684)
    assert books(world).received_yen == 0


def test_receipts_and_allocations_are_never_edited(world, owe, clerk, settled):
    pay(world, clerk, owe(), 684)
    for model in (Receipt, Allocation, Instalment):
        with (
            acting_in(world.chiba),
            pytest.raises(Exception, match=r"insert-only|permission denied"),
            transaction.atomic(),
        ):
            model.objects.of(world.chiba).update(amount_yen=1)
        with (
            acting_in(world.chiba),
            pytest.raises(Exception, match=r"insert-only|permission denied"),
            transaction.atomic(),
        ):
            model.objects.of(world.chiba)._raw_delete("default")
    assert books(world).received_yen == 684


def test_database_refuses_an_open_charge_without_debt(world, owe, settled):
    owed = owe()
    with (
        acting_in(world.chiba),
        pytest.raises(IntegrityError, match="charge_is_open_while_unpaid"),
        transaction.atomic(),
    ):
        Charge.objects.of(world.chiba).filter(id=owed.pk).update(unpaid_yen=0)


def test_cancelled_charge_frees_its_money(world, owe, clerk, settled):
    owed = owe()
    pay(world, clerk, owed, 684)
    with acting_in(world.chiba) as now:
        actions.cancel_charge(actor=clerk, now=now, charge=owed, reason="申請の取下げ")
        assert list(Overpayment.objects.of(world.chiba).values_list("why", "left_yen")) == [
            ("cancelled", 684)
        ]
        with pytest.raises(NotOpen):
            actions.cancel_charge(actor=clerk, now=now, charge=owed, reason="もう一度")
        with pytest.raises(ReasonNeeded):
            actions.cancel_charge(actor=clerk, now=now, charge=owe(), reason=" ")
    assert (books(world).charged_yen, books(world).overpaid_yen) == (
        684,
        684,
    )  # the second charge, and the freed money


def test_written_off_charge_owes_nothing_and_cannot_be_cancelled(world, owe, clerk, approver, settled):
    owed = owe()
    pay(world, clerk, owed, 84)
    with acting_in(world.chiba) as now:
        with pytest.raises(NotPermitted):
            actions.write_off(actor=clerk, now=now, charge=owed, reason="時効")
        actions.write_off(actor=approver, now=now, charge=owed, reason="時効")
        with pytest.raises(CannotCancel):
            actions.cancel_charge(actor=approver, now=now, charge=owed, reason="誤り")
    assert settled == []
    assert (books(world).written_off_yen, books(world).unpaid_yen) == (600, 0)


def overpaid(world, clerk, owed):
    pay(world, clerk, owed, 1000, channel=Receipt.Channel.TRANSFER)
    return Overpayment.objects.of(world.chiba).get()


def test_refund_is_asked_by_one_and_approved_by_another(world, owe, clerk, approver, settled):
    owed = owe()
    with acting_in(world.chiba) as now:
        over = overpaid(world, clerk, owed)
        refund = actions.request_refund(
            actor=clerk, now=now, overpayment=over, amount_yen=316, reason="振込みの誤り"
        )
        with pytest.raises(RefundUnderWay):
            actions.request_refund(actor=clerk, now=now, overpayment=over, amount_yen=1, reason="もう一つ")
        with pytest.raises(NotInThisState):
            actions.pay_refund(actor=clerk, now=now, refund=refund, paid_on=date(2026, 5, 1))
        with pytest.raises(NotPermitted):
            actions.decide_refund(actor=clerk, now=now, refund=refund, approve=True)
        actions.decide_refund(actor=approver, now=now, refund=refund, approve=True)
        assert Overpayment.objects.of(world.chiba).get().left_yen == 316
        actions.pay_refund(actor=clerk, now=now, refund=refund, paid_on=date(2026, 5, 1))
        assert Overpayment.objects.of(world.chiba).get().left_yen == 0
        with pytest.raises(NotInThisState):
            actions.pay_refund(actor=clerk, now=now, refund=refund, paid_on=date(2026, 5, 1))
    assert (books(world).refunded_yen, books(world).net_received_yen) == (316, 684)


def test_one_person_alone_refunds_only_where_the_body_says_so(world, owe, clerk, settled, settings):
    admin = world.actor(world.at_chiba.administrator, world.chiba)
    with acting_in(world.chiba) as now:
        over = overpaid(world, clerk, owe())
        refund = actions.request_refund(actor=admin, now=now, overpayment=over, amount_yen=316, reason="誤り")
        with pytest.raises(SecondPersonNeeded):
            actions.decide_refund(actor=admin, now=now, refund=refund, approve=True)
        assert Refund.objects.of(world.chiba).get().state == "requested"
        settings.MOYAI_REFUND_NEEDS_TWO = False
        actions.decide_refund(actor=admin, now=now, refund=refund, approve=True)
        assert Refund.objects.of(world.chiba).get().state == "approved"


def test_overpayment_pays_another_charge(world, owe, clerk, approver, settled):
    first, second = owe(), owe()
    with acting_in(world.chiba) as now:
        over = overpaid(world, clerk, first)
        refund = actions.request_refund(
            actor=clerk, now=now, overpayment=over, amount_yen=316, reason="本人の希望", target=second
        )
        actions.decide_refund(actor=approver, now=now, refund=refund, approve=True)
        assert Charge.objects.of(world.chiba).get(id=second.pk).unpaid_yen == 368
        assert Overpayment.objects.of(world.chiba).get().left_yen == 0
        pay(world, clerk, second, 368, external_id="a2")
    assert settled == [first.pk, second.pk]


def test_more_than_is_left_is_not_refunded(world, owe, clerk, settled):
    with acting_in(world.chiba) as now:
        over = overpaid(world, clerk, owe())
        for amount_yen in (0, -1, 317):
            with pytest.raises(NotSoMuchLeft):
                actions.request_refund(
                    actor=clerk, now=now, overpayment=over, amount_yen=amount_yen, reason="誤り"
                )
        assert not Refund.objects.of(world.chiba).exists()


def test_rejected_refund_leaves_the_money_where_it_is(world, owe, clerk, approver, settled):
    with acting_in(world.chiba) as now:
        over = overpaid(world, clerk, owe())
        refund = actions.request_refund(actor=clerk, now=now, overpayment=over, amount_yen=316, reason="誤り")
        actions.decide_refund(actor=approver, now=now, refund=refund, approve=False)
        assert Overpayment.objects.of(world.chiba).get().left_yen == 316
        actions.request_refund(actor=clerk, now=now, overpayment=over, amount_yen=316, reason="改めて")


def test_slip_of_the_same_sum_is_the_same_slip(world, owe, clerk, settled):
    from moyai.tenants.public import public_number_ok

    owed = owe()
    with acting_in(world.chiba) as now:
        resident = Actor.anyone(world.chiba)
        slip = actions.issue_slip(actor=resident, now=now, charge=owed)
        assert public_number_ok(slip.number) and slip.amount_yen == 684
        assert actions.issue_slip(actor=resident, now=now, charge=owed).pk == slip.pk
        pay(world, clerk, owed, 84, slip=slip)
        rest = actions.issue_slip(actor=resident, now=now, charge=owed)
        assert (rest.amount_yen, rest.number != slip.number) == (600, True)
        pay(world, clerk, owed, 600, external_id="a2")
        with pytest.raises(NotOpen):
            actions.issue_slip(actor=resident, now=now, charge=owed)
        assert Slip.objects.of(world.chiba).count() == 2


def test_papers_say_what_was_owed_and_received(world, owe, clerk, settled, tmp_path):
    from moyai.documents.typesetting import set_in_type

    owed = owe()
    with acting_in(world.chiba) as now:
        slip = actions.issue_slip(actor=clerk, now=now, charge=owed)
        receipt = pay(world, clerk, owed, 684)
        paper = actions.print_receipt(actor=clerk, now=now, receipt=receipt)
        actions.cancel_charge(actor=clerk, now=now, charge=owed, reason="取下げ")
        assert actions.print_receipt(actor=clerk, now=now, receipt=receipt).pk == paper.pk  # as first printed
        for letter, words in (
            (slip.letter, ["納付書", "領収済通知書", "領収証書", "千葉 花子", "金684円", slip.number[:4]]),
            (
                paper,
                [
                    "領収書",
                    "千葉 花子",
                    "金684円",
                    "住民票の写し 2通",
                    "600円",
                    "84円",
                    receipt.display_number,
                ],
            ),
        ):
            made = tmp_path / "paper.pdf"
            made.write_bytes(set_in_type(letter.kind, facts=letter.facts, at=now))
            pages = PdfReader(made).pages
            text = "".join(page.extract_text() for page in pages).replace(" ", "")
            assert len(pages) == 1
            assert [word for word in words if word.replace(" ", "") not in text] == []


def test_preliminary_card_money_is_confirmed_once_and_exactly(world, owe, clerk, settled):
    from moyai.money.settling import book

    owed = owe()
    with acting_in(world.chiba) as now:
        receipt = book(
            actor=Actor.system(world.chiba),
            body=world.chiba,
            now=now,
            charge=owed,
            channel=Receipt.Channel.CARD,
            stage=Receipt.Stage.PRELIMINARY,
            amount_yen=684,
            external_id="T1",
            received_at=now,
            expected_yen=684,
        )
        with pytest.raises(ConfirmationDiffers):
            actions.confirm_receipt(
                actor=clerk, now=now, receipt=receipt, amount_yen=680, confirmed_on=date(2026, 5, 1)
            )
        actions.confirm_receipt(
            actor=clerk, now=now, receipt=receipt, amount_yen=684, confirmed_on=date(2026, 5, 1)
        )
        with pytest.raises(ConfirmedAlready):
            actions.confirm_receipt(
                actor=clerk, now=now, receipt=receipt, amount_yen=684, confirmed_on=date(2026, 5, 1)
            )
        assert Confirmation.objects.of(world.chiba).count() == 1


def test_other_body_sees_no_charge(world, owe, settled):
    owed = owe()
    with acting_in(world.matsudo):
        assert Charge.objects.filter(id=owed.pk).count() == 0
        assert not Charge.objects.filter(payable="tenants.body").exists()


def test_invariants_find_broken_books(world, owe, clerk, settled):
    owed = owe()
    with pytest.raises(RuntimeError, match="undo"), acting_in(world.chiba):
        Charge.objects.of(world.chiba).filter(id=owed.pk).update(unpaid_yen=600)
        faults = {name: check(world.chiba) for name, check in invariants()}
        assert faults["money.unpaid_is_right"] == [f"調定 {owed.pk}: 600円 ≠ 684円"]
        assert faults["money.ledger_balances"] == ["調定 = 収納 + 未納 + 欠損 − 過納 の差: 84円"]
        raise RuntimeError("undo")


def test_start_up_fails_on_a_payable_without_model(settled):
    from moyai.money import payables
    from moyai.money.checks import payables_exist

    assert payables_exist(None) == []
    payables.register("nobody.knows", on_settled=settled.hear)
    try:
        assert [error.id for error in payables_exist(None)] == ["money.E001"]
        with pytest.raises(ValueError, match="already"):
            payables.register("nobody.knows", on_settled=lambda **_: None)
    finally:
        del payables._registered["nobody.knows"]


def test_charges_of_a_thing_are_locked_together(world, owe, settled):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from moyai.money.public import charges_about, lock_charges_about

    first, second = owe(), owe()
    with acting_in(world.chiba), CaptureQueriesContext(connection) as queries:
        assert [each.pk for each in lock_charges_about(world.chiba)] == [first.pk, second.pk]
        assert [each.pk for each in charges_about(world.chiba)] == [first.pk, second.pk]
    assert sum("FOR UPDATE" in query["sql"] for query in queries) == 1
