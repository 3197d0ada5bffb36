"""Parallel news about one charge, on committed rows and connections of their own. Run by test_parallel in a clone."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import django

THREADS = 8


def together(acts: list[Callable[[], Any]]) -> list[Any]:
    """Run all acts at the same moment, each in a thread with its own connection."""
    from django.db import connections

    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        gate.wait()
        try:
            results[place] = acts[place]()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def main() -> dict[str, Any]:
    from django.test import Client

    from moyai.money import actions, payables, simulator
    from moyai.money.models import (
        Attempt,
        Charge,
        Overpayment,
        Receipt,
        SimulatorCall,
        SimulatorOrder,
        WebhookCall,
    )
    from moyai.money.public import ChargeLine, charge, invariants
    from moyai.money.simulator import signed
    from moyai.tenants.public import Actor, Body, acting_in, clock

    told: list[int] = []
    payables.register("tenants.body", on_settled=lambda *, charge, actor, now: told.append(charge.pk))
    body = Body.objects.get(slug="chiba-shi")
    system = Actor.system(body)

    def owed() -> Any:
        with acting_in(body) as now:
            return charge(
                actor=system,
                now=now,
                payable="tenants.body",
                thing=body,
                amount_yen=684,
                lines=[ChargeLine("住民票の写し", 684)],
                due_on=date(2026, 4, 15),
                payer_name="千葉 花子",
            )

    def attempt(made: Any) -> Any:
        with acting_in(body) as now:
            found, _address = actions.start_payment(
                actor=system,
                now=now,
                charge=made,
                return_url=lambda _: "http://shop/",
                notify_url=lambda _: "http://shop/",
            )
            return found

    def post(order_id: str, transaction: str) -> int:
        payload = json.dumps(
            {
                "order": order_id,
                "event": f"{transaction}-1",
                "transaction": transaction,
                "result": "approved",
                "amount": 684,
            }
        )
        raw, headers = signed(SimulatorCall(order=SimulatorOrder(), payload=payload), clock.now())
        return (
            Client()
            .post("/money/news/simulator/", data=raw, content_type="application/json", headers=headers)
            .status_code
        )

    def state(made: Any) -> dict[str, Any]:
        with acting_in(body):
            return {
                "charge": Charge.objects.of(body).get(id=made.pk).state,
                "receipts": Receipt.objects.of(body).filter(charge=made).count(),
                "news": WebhookCall.objects.of(body).filter(attempt__charge=made).count(),
                "attempts": sorted(
                    Attempt.objects.of(body).filter(charge=made).values_list("state", flat=True)
                ),
                "overpaid": sorted(
                    Overpayment.objects.of(body).filter(receipt__charge=made).values_list("why", "left_yen")
                ),
                "told": told.count(made.pk),
            }

    simulator.open_for_business()
    result: dict[str, Any] = {}

    same = owed()
    order_id = attempt(same).order_id
    result["same_statuses"] = together([lambda: post(order_id, "T1")] * THREADS)
    result["same"] = state(same)

    many = owed()
    orders = [attempt(many).order_id for _ in range(THREADS)]
    acts = [lambda order=order, n=n: post(order, f"M{n}") for n, order in enumerate(orders)]
    result["many_statuses"] = together(acts)
    result["many"] = state(many)

    mixed = owed()
    mixed_order = attempt(mixed).order_id
    clerk = Actor(account_id=1, body=body, roles=frozenset({"clerk"}), name="clerk")  # type: ignore[arg-type]

    def counter() -> str:
        try:
            with acting_in(body) as now:
                actions.receive(
                    actor=clerk,
                    now=now,
                    charge=mixed,
                    channel=Receipt.Channel.COUNTER,
                    amount_yen=684,
                    external_id="once",
                )
        except Exception as error:
            return type(error).__name__
        return "booked"

    result["mixed_acts"] = together([lambda: post(mixed_order, "X1"), counter, counter])
    result["mixed"] = state(mixed)
    with acting_in(body):
        result["faults"] = {name: check(body) for name, check in invariants()}
    return result


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main()))
