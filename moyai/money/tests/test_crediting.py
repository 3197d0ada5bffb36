"""Giving back or using all that was paid too much for a thing, and how things stand in the ledger."""

import pytest

from moyai.money import actions
from moyai.money.models import Overpayment, Refund
from moyai.money.public import (
    ChargeLine,
    ChargeState,
    NothingToGiveBack,
    NotOpen,
    Standing,
    credits_about,
    reduce_charge,
    request_for_thing,
    standings,
)
from moyai.money.tests.test_ledger import pay
from moyai.tenants.public import acting_in


@pytest.fixture
def teller(world):
    return world.actor(world.at_chiba.clerk, world.chiba)


@pytest.fixture
def too_much(world, owe, teller):
    """Two charges of the body, paid in full and lowered: 200 and 300 yen lie in 過納."""
    charges = []
    for number, left in enumerate((484, 384)):
        owed = owe()
        pay(world, teller, owed, 684, external_id=f"over-{number}")
        with acting_in(world.chiba) as now:
            lines = [ChargeLine("減額後", left)]
            reduce_charge(actor=teller, now=now, charge=owed, amount_yen=left, lines=lines, reason="減額")
        charges.append(owed)
    return charges


def ask(world, teller, target=None, reason="充当"):
    with acting_in(world.chiba) as now:
        return request_for_thing(actor=teller, now=now, thing=world.chiba, reason=reason, target=target)


def test_C32_all_that_was_paid_too_much_is_asked_for_oldest_first(world, owe, teller, too_much, balanced):
    made = ask(world, teller)
    assert [(one.amount_yen, one.target_id, one.state) for one in made] == [
        (200, None, "requested"),
        (300, None, "requested"),
    ]
    with acting_in(world.chiba):
        assert credits_about(world.chiba) == []
    with pytest.raises(NothingToGiveBack):
        ask(world, teller)


def test_C32_a_target_takes_no_more_than_it_owes(world, owe, teller, too_much, balanced):
    target = owe(350, 334)
    pay(world, teller, target, 334, external_id="part")  # 350 are still owed
    made = ask(world, teller, target)
    assert [one.amount_yen for one in made] == [200, 150]
    approver = world.actor(world.at_chiba.approver, world.chiba)
    with acting_in(world.chiba) as now:
        for one in made:
            actions.decide_refund(actor=approver, now=now, refund=one, approve=True)
        target.refresh_from_db()
        assert (target.state, target.unpaid_yen) == (ChargeState.SETTLED, 0)
        left = Overpayment.objects.of(world.chiba).filter(receipt__charge__in=too_much)
        assert sorted(left.values_list("left_yen", flat=True)) == [0, 150]


def test_C32_a_target_that_is_paid_or_cancelled_takes_nothing(world, owe, teller, too_much, balanced):
    target = owe()
    pay(world, teller, target, 684, external_id="whole")
    with acting_in(world.chiba):
        before = Refund.objects.of(world.chiba).count()
    with pytest.raises(NotOpen):
        ask(world, teller, target)
    with acting_in(world.chiba):
        assert Refund.objects.of(world.chiba).count() == before


def test_C32_standings_tell_charged_unpaid_overpaid_in_two_queries(
    world, owe, teller, too_much, balanced, django_assert_num_queries
):
    open_one = owe()
    with acting_in(world.chiba):
        with django_assert_num_queries(2):
            found = standings(payable="tenants.body", thing_ids=[world.chiba.pk, 10**9])
        assert found == {
            world.chiba.pk: Standing(
                charged_yen=484 + 384 + 684, unpaid_yen=684, overpaid_yen=500, token=open_one.token
            )
        }
        assert found[world.chiba.pk].paid_yen == 868
    with acting_in(world.matsudo):
        assert standings(payable="tenants.body", thing_ids=[world.chiba.pk]) == {}
