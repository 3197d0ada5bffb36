"""After retention: the books keep their sums and forget who paid; while money is under way they forget nobody."""

from datetime import date

import pytest

from moyai.audit.public import Deed
from moyai.documents.jobs import make_letter
from moyai.documents.models import Letter
from moyai.documents.tests.test_forgetting import tables_with
from moyai.money import actions
from moyai.money.models import Charge, Overpayment, Receipt, Refund
from moyai.money.public import PayerForgotten, forget_payer, ledger_check
from moyai.money.tests.test_ledger import overpaid, pay
from moyai.tenants.public import Actor, acting_in

NAME = "千葉 花子"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MOYAI_FILES = tmp_path / "files"
    return settings.MOYAI_FILES


@pytest.fixture
def teller(world):
    return world.actor(world.at_chiba.clerk, world.chiba)


@pytest.fixture
def decider(world):
    return world.actor(world.at_chiba.approver, world.chiba)


def forget(world):
    with acting_in(world.chiba) as now:
        return forget_payer(actor=Actor.system(world.chiba), now=now, thing=world.chiba)


def name_of(owed):
    return Charge.objects.get(pk=owed.pk).payer_name


def test_A20_the_payer_is_forgotten_with_slip_and_receipt_and_the_books_balance(
    world,
    owe,
    teller,
    balanced,
    files,
    django_capture_on_commit_callbacks,
):
    before = tables_with_wall(world, NAME)
    with acting_in(world.chiba) as now:
        owed = owe()
        slip = actions.issue_slip(actor=teller, now=now, charge=owed)
        pay(world, teller, owed, 684)
        receipt = Receipt.objects.of(world.chiba).get(charge=owed)
        printed = actions.print_receipt(actor=teller, now=now, receipt=receipt)
        for letter in (slip.letter, printed):
            make_letter(letter_id=letter.pk, now=now)
        sums = ledger_check(world.chiba)
        with django_capture_on_commit_callbacks(execute=True):
            assert forget(world) == PayerForgotten(charges=1)
        assert name_of(owed) == "" and Charge.objects.get(pk=owed.pk).amount_yen == 684
        assert (
            Letter.objects.filter(pk__in=[slip.letter_id, printed.pk], state="purged", facts={}).count() == 2
        )
        assert [path for path in files.rglob("*") if path.is_file()] == []
        assert ledger_check(world.chiba) == sums
        assert Deed.objects.filter(verb="money.forget_payer").count() == 1
    assert tables_with_wall(world, NAME) == before
    assert forget(world) == PayerForgotten(charges=0)


def tables_with_wall(world, text):
    with acting_in(world.chiba):
        return set(tables_with(text))


def test_A20_who_still_owes_is_not_forgotten(world, owe, settled):
    owed = owe()
    assert forget(world) == PayerForgotten(0, "open")
    with acting_in(world.chiba):
        assert name_of(owed) == NAME
        assert not Deed.objects.filter(verb="money.forget_payer").exists()


def test_A20_who_gets_money_back_is_forgotten_when_it_is_paid(world, owe, teller, decider, settled):
    owed = owe()
    with acting_in(world.chiba) as now:
        over = overpaid(world, teller, owed)
        assert forget(world) == PayerForgotten(0, "overpaid")
        refund = actions.request_refund(
            actor=teller, now=now, overpayment=over, amount_yen=316, reason=f"{NAME}の振込みの誤り"
        )
        assert forget(world) == PayerForgotten(0, "refund")
        actions.decide_refund(actor=decider, now=now, refund=refund, approve=True)
        assert forget(world) == PayerForgotten(0, "refund")
        actions.pay_refund(actor=teller, now=now, refund=refund, paid_on=date(2026, 5, 1))
        assert Overpayment.objects.get(pk=over.pk).left_yen == 0
        assert forget(world) == PayerForgotten(1)
        assert (name_of(owed), Refund.objects.get(pk=refund.pk).reason) == ("", "")


def test_A20_a_card_payment_without_its_end_keeps_the_payer(world, owe, settled):
    from moyai.money.models import Attempt

    owed = owe()
    with acting_in(world.chiba) as now:
        Attempt.objects.create(
            body=world.chiba,
            charge=owed,
            gateway="simulator",
            order_id="x",
            amount_yen=684,
            started_at=now,
            expires_at=now,
            check_at=now,
        )
        actions.cancel_charge(actor=Actor.system(world.chiba), now=now, charge=owed, reason="取下げ")
    assert forget(world) == PayerForgotten(0, "attempt")
    with acting_in(world.chiba):
        assert name_of(owed) == NAME
