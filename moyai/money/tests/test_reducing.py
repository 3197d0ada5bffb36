"""減額調定: less is owed than was charged, and every yen of the difference is accounted for."""

from datetime import date

import pytest

from moyai.audit.public import Deed
from moyai.money import actions
from moyai.money.models import Charge, Overpayment
from moyai.money.public import (
    ChargeLine,
    LinesDiffer,
    NothingOwed,
    NotLower,
    NotOpen,
    ledger_check,
    reduce_charge,
)
from moyai.money.queries import items_of, unpaid_instalments
from moyai.money.refusals import ReasonNeeded
from moyai.money.tests.test_ledger import books, pay
from moyai.tenants.public import Actor, acting_in


@pytest.fixture
def teller(world):
    return world.actor(world.at_chiba.clerk, world.chiba)


def lower(world, owed, amount_yen, *, lines=None, reason="補正による"):
    with acting_in(world.chiba) as now:
        return reduce_charge(
            actor=Actor.anyone(world.chiba),
            now=now,
            charge=owed,
            amount_yen=amount_yen,
            lines=lines or [ChargeLine("住民票の写し 1通", amount_yen)],
            reason=reason,
        )


def test_C27_open_charge_owes_less_and_its_lines_add_up(world, owe, balanced, settled):
    owed = lower(world, owe(), 384)
    assert (owed.amount_yen, owed.unpaid_yen, owed.state) == (384, 384, "open")
    with acting_in(world.chiba):
        assert [(item.label, item.amount_yen) for item in items_of(owed)] == [
            ("住民票の写し 2通", 600),
            ("郵送料", 84),
            ("減額", -300),
        ]
        assert items_of(owed)[-1].steps == [{"label": "住民票の写し 1通", "value": 384, "unit": "円"}]
        assert Deed.objects.filter(verb="money.reduce", thing_id=owed.pk).count() == 1
    assert (books(world).charged_yen, books(world).unpaid_yen) == (384, 384) and settled == []


def test_C27_settled_charge_stays_settled_and_the_difference_waits_for_its_refund(
    world, owe, teller, balanced, settled
):
    owed = owe()
    pay(world, teller, owed, 684)
    lowered = lower(world, owed, 384)
    assert (lowered.state, lowered.amount_yen, lowered.unpaid_yen) == ("settled", 384, 0)
    with acting_in(world.chiba):
        (over,) = Overpayment.objects.of(world.chiba).filter(receipt__charge=owed)
        assert (over.why, over.amount_yen, over.left_yen) == ("reduced", 300, 300)
    assert settled == [owed.pk]
    assert (books(world).charged_yen, books(world).overpaid_yen) == (384, 300)


def test_C27_a_part_paid_charge_that_is_thereby_paid_is_settled_and_told(
    world, owe, teller, balanced, settled
):
    owed = owe()
    pay(world, teller, owed, 384)
    assert lower(world, owed, 384).state == "settled" and settled == [owed.pk]
    another = owe()
    pay(world, teller, another, 400, external_id="a2")
    assert lower(world, another, 350).state == "settled"
    with acting_in(world.chiba):
        assert Overpayment.objects.get(receipt__charge=another).left_yen == 50


def test_C27_the_last_instalments_shrink_first(world, owe, teller, balanced, settled):
    owed = owe(300, 300, 84)
    pay(world, teller, owed, 300)
    lower(world, owed, 450)
    lower(world, owed, 400, reason="もう一度")
    with acting_in(world.chiba):
        assert [yen for _instalment, yen in unpaid_instalments(world.chiba, owed.pk)] == [100]
        assert not Overpayment.objects.of(world.chiba).filter(receipt__charge=owed).exists()
    pay(world, teller, owed, 100, external_id="a3")
    assert settled == [owed.pk]


def test_C27_a_lowered_charge_can_still_be_cancelled_and_the_books_balance(
    world, owe, teller, balanced, settled
):
    owed = owe()
    pay(world, teller, owed, 684)
    lower(world, owed, 384)
    with acting_in(world.chiba) as now:
        actions.cancel_charge(actor=teller, now=now, charge=owed, reason="取下げ")
        assert sorted(
            Overpayment.objects.of(world.chiba).filter(receipt__charge=owed).values_list("why", "left_yen")
        ) == [("cancelled", 384), ("reduced", 300)]


@pytest.mark.parametrize(
    ("amount_yen", "lines", "reason", "refusal"),
    [
        (684, None, "理由", NotLower),
        (700, None, "理由", NotLower),
        (0, None, "理由", NothingOwed),
        (384, [ChargeLine("x", 385)], "理由", LinesDiffer),
        (384, None, " ", ReasonNeeded),
    ],
)
def test_C27_what_is_no_reduction_changes_nothing(
    world, owe, balanced, settled, amount_yen, lines, reason, refusal
):
    owed = owe()
    with pytest.raises(refusal):
        lower(world, owed, amount_yen, lines=lines, reason=reason)
    with acting_in(world.chiba):
        assert Charge.objects.get(pk=owed.pk).amount_yen == 684 and len(items_of(owed)) == 2


def test_C27_a_cancelled_or_written_off_charge_is_not_lowered(world, owe, teller, balanced, settled):
    owed, lost = owe(), owe()
    approver = world.actor(world.at_chiba.approver, world.chiba)
    with acting_in(world.chiba) as now:
        actions.cancel_charge(actor=teller, now=now, charge=owed, reason="取下げ")
        actions.write_off(actor=approver, now=now, charge=lost, reason="時効")
    for charge in (owed, lost):
        with pytest.raises(NotOpen):
            lower(world, charge, 100)


def test_C27_the_refund_of_the_difference_is_paid_like_any_other(world, owe, teller, balanced, settled):
    owed = owe()
    pay(world, teller, owed, 684)
    lower(world, owed, 384)
    approver = world.actor(world.at_chiba.approver, world.chiba)
    with acting_in(world.chiba) as now:
        over = Overpayment.objects.get(receipt__charge=owed)
        refund = actions.request_refund(
            actor=teller, now=now, overpayment=over, amount_yen=300, reason="減額"
        )
        actions.decide_refund(actor=approver, now=now, refund=refund, approve=True)
        actions.pay_refund(actor=teller, now=now, refund=refund, paid_on=date(2026, 5, 1))
        assert ledger_check(world.chiba).gap_yen == 0
