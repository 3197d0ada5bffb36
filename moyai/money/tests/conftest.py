"""A payable of these tests: the body itself is what is paid for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from moyai.tenants.public import Actor


class Settled(list[int]):
    """Charges whose thing was told; set `refuse` to have the thing refuse."""

    refuse: Any = None

    def hear(self, *, charge: Any, actor: Actor, now: Any) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.append(charge.pk)


@pytest.fixture
def settled(world: Any) -> Iterator[Settled]:
    from moyai.money import payables
    from moyai.money.public import ledger_check
    from moyai.tenants.public import acting_in

    heard = Settled()
    with acting_in(world.chiba):  # the world owes already: what counts is what a test adds
        world.owed_before = ledger_check(world.chiba)
    payables.register("tenants.body", on_settled=heard.hear)
    yield heard
    del payables._registered["tenants.body"]


@pytest.fixture
def owe(world: Any, settled: Settled) -> Callable[..., Any]:
    """Make a charge of 千葉市: 600 yen of copies and 84 yen of postage, due on 15 April 2026."""
    from moyai.money.public import ChargeLine, charge
    from moyai.tenants.public import acting_in

    def make(*parts_yen: int, body: Any = None, **more: Any) -> Any:
        body = body or world.chiba
        lines = [
            ChargeLine(
                "住民票の写し 2通",
                600,
                "resident-record-copy-fee",
                "2026-04",
                [
                    {
                        "label": "手数料",
                        "formula": "300円×2通",
                        "value": 600,
                        "unit": "円",
                        "source": "手数料条例 別表1",
                    }
                ],
            ),
            ChargeLine("郵送料", 84),
        ]
        due_on = date(2026, 4, 15)
        instalments = [(due_on, part) for part in parts_yen]
        with acting_in(body) as now:
            return charge(
                actor=Actor.system(body),
                now=now,
                payable="tenants.body",
                thing=body,
                amount_yen=684,
                lines=lines,
                due_on=due_on,
                payer_name="千葉 花子",
                title="住民票の写し 交付手数料",
                instalments=instalments,
                **more,
            )

    return make


@pytest.fixture
def balanced(world: Any, settled: Settled) -> Iterator[None]:
    """After the test, every invariant of the books holds in both bodies."""
    yield
    from moyai.money.public import invariants
    from moyai.tenants.public import acting_in

    for body in (world.chiba, world.matsudo):
        with acting_in(body):
            assert {name: check(body) for name, check in invariants()} == {
                name: [] for name, _ in invariants()
            }
