"""まとめて調定する — as `charge` one after the other, or none of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from moyai.audit.public import Deed, NotPermitted
from moyai.money.models import Charge, ChargeItem, Instalment
from moyai.money.payables import UnknownPayable
from moyai.money.public import ChargeLine, ChargeOrder, LinesDiffer, NothingOwed, charge, charge_many
from moyai.tenants.public import Actor, Refusal, WallError, acting_in

pytestmark = pytest.mark.usefixtures("balanced")
STEPS = [{"label": "手数料", "formula": "300円×2", "value": 600, "unit": "円"}]


def order(
    body: Any, yen: int = 684, *, lines: list[ChargeLine] | None = None, title: str = ""
) -> ChargeOrder:
    given = [ChargeLine("写し 2通", yen - 84, "copy-fee", "2026-04", STEPS), ChargeLine("郵送料", 84)]
    return ChargeOrder(
        thing=body, amount_yen=yen, lines=given if lines is None else lines, due_on=date(2026, 4, 15),
        payer_name="千葉 花子", title=title,
    )  # fmt: skip


def kept(charges: list[Charge]) -> list[list[tuple[Any, ...]]]:
    """What is stored of charges, without what is made anew each time."""
    ids = [one.pk for one in charges]
    whole = (
        "payable",
        "thing_id",
        "fiscal_year",
        "title",
        "payer_name",
        "amount_yen",
        "unpaid_yen",
        "due_on",
        "state",
    )
    deeds = Deed.objects.filter(verb="money.charge", thing_kind="money.charge", thing_id__in=ids)
    return [
        list(Charge.objects.filter(pk__in=ids).order_by("number").values_list(*whole, "charged_at")),
        list(
            ChargeItem.objects.filter(charge__in=ids)
            .order_by("charge__number", "position")
            .values_list("position", "label", "amount_yen", "rule", "rule_version", "steps")
        ),
        list(Instalment.objects.filter(charge__in=ids).order_by("charge__number").values_list("number", "amount_yen", "due_on")),
        sorted(deeds.values_list("at", "role", "verb", "channel")),
    ]  # fmt: skip


def test_charges_together_are_those_made_one_by_one(world: Any, settled: Any) -> None:
    asked = [order(world.chiba), order(world.chiba, 1_284, title="二つめ"), order(world.chiba, 100)]
    with acting_in(world.chiba) as now:
        actor = Actor.system(world.chiba)
        singly = [
            charge(
                actor=actor, now=now, payable="tenants.body", thing=one.thing, amount_yen=one.amount_yen, lines=one.lines,
                due_on=one.due_on, payer_name=one.payer_name, title=one.title,
            )
            for one in asked
        ]  # fmt: skip
        together = charge_many(actor=actor, now=now, payable="tenants.body", orders=asked)
        assert kept(together) == kept(singly)
        assert [one.number for one in together] == [singly[-1].number + at for at in (1, 2, 3)]
        assert len({one.token for one in [*singly, *together]}) == 6
        assert charge_many(actor=actor, now=now, payable="tenants.body", orders=[]) == []


@pytest.mark.parametrize(
    ("yen", "lines", "refusal"),
    [
        (0, [], NothingOwed),
        (-5, [ChargeLine("x", -5)], NothingOwed),
        (100, [ChargeLine("x", 98)], LinesDiffer),
    ],
)
def test_one_that_does_not_add_up_leaves_none(
    world: Any, settled: Any, yen: int, lines: list[ChargeLine], refusal: type[Refusal]
) -> None:
    with acting_in(world.chiba) as now:
        before = Charge.objects.count()
        orders = [order(world.chiba), order(world.chiba, yen, lines=lines)]
        with pytest.raises(refusal):
            charge_many(actor=Actor.system(world.chiba), now=now, payable="tenants.body", orders=orders)
        assert Charge.objects.count() == before


def test_nobody_charges_many_without_permit_wall_or_a_known_kind(world: Any, settled: Any) -> None:
    orders = [order(world.chiba)]
    with acting_in(world.chiba) as now:
        before = Charge.objects.count()
        nobody = Actor(account_id=None, body=world.chiba, roles=frozenset(), name="", channel="web")
        with pytest.raises(NotPermitted):
            charge_many(actor=nobody, now=now, payable="tenants.body", orders=orders)
        with pytest.raises(WallError):
            charge_many(actor=Actor.system(world.matsudo), now=now, payable="tenants.body", orders=orders)
        with pytest.raises(UnknownPayable):
            charge_many(actor=Actor.system(world.chiba), now=now, payable="nobody.knows", orders=orders)
        assert Charge.objects.count() == before
