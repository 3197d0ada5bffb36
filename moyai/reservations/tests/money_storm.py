"""A payment, a cancellation, a part given up and a relief at the same moment, on committed rows and connections of their own.

Run by test_money_parallel in a clone of the database.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

ROUNDS = 10  # each on a day of its own, 20 to 29 days ahead: one rate of refund


def main() -> dict[str, Any]:
    from moyai.money import actions as ledger
    from moyai.money.models import Overpayment, Receipt
    from moyai.money.public import charges_about, invariants
    from moyai.money.tests.storm import together
    from moyai.reservations.actions import money, reliefs
    from moyai.reservations.actions.bookings import cancel, cancel_part
    from moyai.reservations.models import Booking
    from moyai.reservations.queries.receivables import charges_that_differ
    from moyai.reservations.tests.bills import make_bills
    from moyai.tenants.public import Refusal, acting_in
    from tests.world import World

    world = World()
    body = world.chiba
    with acting_in(body) as now:
        bills = make_bills(world, now)

    def trying(act: Callable[[Any], Any]) -> Callable[[], str]:
        """What became of an act in a transaction of its own: ok, or the code of its refusal; anything else is a fault."""

        def run() -> str:
            try:
                with acting_in(body) as moment:
                    act(moment)
            except Refusal as refusal:
                return refusal.code
            except Exception as error:
                return f"FAULT {type(error).__name__}: {error}"
            return "ok"

        return run

    results: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    for number in range(ROUNDS):
        with acting_in(body):
            booking = bills.book(540, 1260, day=bills.day + timedelta(days=number))
            (charge,) = charges_about(booking)
            request = reliefs.ask_relief(
                actor=bills.clerk, now=bills.now, booking=booking, relief="club", reason="学習会のため"
            )
        key = f"storm-{number}"
        acts: dict[str, Callable[[Any], Any]] = {
            "pay": lambda at, owed=charge, key=key: ledger.receive(
                actor=bills.clerk,
                now=at,
                charge=owed,
                channel=Receipt.Channel.TRANSFER,
                amount_yen=4_200,
                external_id=key,
            ),
            "cancel": lambda at, row=booking: cancel(actor=bills.clerk, now=at, booking=row),
            "again": lambda at, row=booking: cancel(actor=bills.clerk, now=at, booking=row),
            "part": lambda at, row=booking: cancel_part(
                actor=bills.clerk, now=at, booking=row, starts=540, ends=1020
            ),
            "relief": lambda at, asked=request: reliefs.grant_relief(
                actor=bills.approver, now=at, request=asked
            ),
        }
        came = together([trying(act) for act in acts.values()])
        results.update(f"{name}: {what}" for name, what in zip(acts, came, strict=True))
        with acting_in(body):
            booking = Booking.objects.get(pk=booking.pk)
            over = Overpayment.objects.filter(receipt__charge__payable="reservations.booking")
            back = sum(over.filter(receipt__external_id=key).values_list("left_yen", flat=True))
            closes = back + money.owed_yen(booking) == 4_200
            ends[f"{booking.state}, {'closes' if closes else 'DIFFERS'}"] += 1
    with acting_in(body):
        faults = {name: found for name, check in invariants() if (found := check(body))}
        return {
            "results": dict(results),
            "ends": dict(ends),
            "faults": faults,
            "differ": charges_that_differ(body),
        }


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main(), ensure_ascii=False))
