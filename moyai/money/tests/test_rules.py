"""Where yen go, which states follow which, and whose signature is believed: pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.money.rules.ledger import (
    ATTEMPT_FLOW,
    CHARGE_FLOW,
    REFUND_FLOW,
    AttemptState,
    ChargeState,
    Ledger,
    RefundState,
    Why,
    split,
)
from moyai.money.rules.signature import sign, signature_ok

owed = st.lists(st.integers(1, 10**6), min_size=0, max_size=8).map(lambda parts: list(enumerate(parts, 1)))


@given(st.integers(1, 10**7), owed)
def test_every_yen_pays_an_instalment_or_lies_in_suspense(amount_yen, unpaid):
    parts = split(amount_yen, unpaid, state=ChargeState.OPEN if unpaid else ChargeState.SETTLED)
    debts = dict(unpaid)
    assert sum(yen for _, yen in parts.parts) + parts.over_yen == amount_yen
    assert all(0 < yen <= debts[key] for key, yen in parts.parts)
    assert (parts.over_yen > 0) == (parts.why is not None)
    if parts.over_yen:  # nothing is over while something is owed
        assert sum(yen for _, yen in parts.parts) == sum(debts.values())


@given(st.integers(1, 10**6), st.integers(1, 10**6), owed)
def test_another_sum_than_expected_settles_nothing(amount_yen, expected_yen, unpaid):
    parts = split(amount_yen, unpaid, state=ChargeState.OPEN, expected_yen=expected_yen)
    if amount_yen != expected_yen:
        assert (parts.parts, parts.over_yen, parts.why) == ((), amount_yen, Why.WRONG_AMOUNT)


def test_money_pays_the_earliest_instalment_first():
    parts = split(700, [(1, 500), (2, 500)], state=ChargeState.OPEN)
    assert (parts.parts, parts.over_yen) == (((1, 500), (2, 200)), 0)


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (ChargeState.SETTLED, Why.DOUBLE),
        (ChargeState.WRITTEN_OFF, Why.DOUBLE),
        (ChargeState.CANCELLED, Why.CANCELLED),
    ],
)
def test_money_for_a_closed_charge_lies_in_suspense(state, why):
    assert split(684, [], state=state).why == why


def test_a_receipt_of_nothing_is_a_mistake():
    with pytest.raises(ValueError, match="one yen"):
        split(0, [], state=ChargeState.OPEN)


def test_books_balance_by_the_published_equation():
    books = Ledger(
        charged_yen=1000,
        received_yen=900,
        refunded_yen=50,
        unpaid_yen=150,
        written_off_yen=100,
        overpaid_yen=100,
    )
    assert books.gap_yen == 0
    assert Ledger(1000, 900, 0, 150, 0, 0).gap_yen == -50


def test_an_approval_counts_whatever_was_heard_before():
    for state in AttemptState:
        if state is not AttemptState.HELD:
            assert ATTEMPT_FLOW[state, "approve"] is AttemptState.PAID


def test_a_paid_attempt_is_never_unpaid_again():
    assert {event for state, event in ATTEMPT_FLOW if state is AttemptState.PAID} == {"approve"}
    assert not [event for state, event in CHARGE_FLOW if state is ChargeState.CANCELLED]
    assert not [event for state, event in REFUND_FLOW if state in (RefundState.PAID, RefundState.APPLIED)]


SECRET, BODY = b"between us", b'{"order":"121002-abc"}'


def test_our_signature_is_believed_for_five_minutes():
    header = sign(secret=SECRET, at=1_800_000_000, body=BODY)
    for late, believed in ((0, True), (300, True), (-300, True), (301, False), (-301, False)):
        assert signature_ok(header, secret=SECRET, body=BODY, now=1_800_000_000 + late) is believed


@pytest.mark.parametrize(
    "change",
    [
        lambda header, body: (header, body + b" "),
        lambda header, body: (header.replace("t=1800000000", "t=1800000001"), body),
        lambda header, body: (header[:-1] + ("0" if header[-1] != "0" else "1"), body),
        lambda header, body: (sign(secret=b"another", at=1_800_000_000, body=body), body),
        lambda header, body: ("", body),
        lambda header, body: ("t=,v1=", body),
        lambda header, body: ("t=１８０００００００,v1=é", body),
        lambda header, body: ("v1=" + header.partition("v1=")[2], body),
    ],
)
def test_an_altered_message_is_not_believed(change):
    header, body = change(sign(secret=SECRET, at=1_800_000_000, body=BODY), BODY)
    assert signature_ok(header, secret=SECRET, body=body, now=1_800_000_000) is False
