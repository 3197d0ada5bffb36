"""Lotteries of places: frozen at the instant, drawn from a seed two officials typed, verified by the file we hand out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from moyai.applications.actions.lots import (
    NotYet,
    draw_places,
    enter_seed,
    freeze_draw,
)
from moyai.applications.actions.places import PoolClosed, PoolFull
from moyai.applications.actions.pools import (
    BelowTaken,
    DoesNotFit,
    OfferOver,
    PoolFacts,
    PoolRefused,
    answer_offer,
    keep_pools,
    promote_by_hand,
    set_closed,
)
from moyai.applications.invariants import INVARIANTS
from moyai.applications.jobs.places import freeze_one, tend
from moyai.applications.models import Application, Pool, PoolDraw, Taking
from moyai.applications.queries.places import entry_in_draw, publication_of, takings_of
from moyai.applications.tests.conftest import make_procedure
from moyai.applications.tests.test_places_actions import TAKES, Hall
from moyai.audit.public import NotPermitted
from moyai.draws.public import AlreadyDrawn, SeedRefused
from moyai.draws.verify_draw import main as verify
from moyai.notices.models import Message
from moyai.tenants.public import Actor

S = Taking.State
SEED = "03 12 18 25 33 41"


@pytest.fixture
def hall(staff: dict[str, Actor], in_chiba: datetime) -> Iterator[Hall]:
    procedure = make_procedure(actor=staff["administrator"], now=in_chiba, document=TAKES)
    found = Hall(procedure, staff, in_chiba)
    yield found
    found.sums_close()
    body = staff["clerk"].body
    for name, ask in INVARIANTS:
        assert ask.__closure__[0].cell_contents(body) == [], name  # type: ignore[attr-defined]


def keep(hall: Hall, who: Actor, key: str = "a", **facts: Any) -> Pool:
    known: dict[str, Any] = {"label": f"{key.upper()}の回", "capacity": 3}
    return keep_pools(
        actor=who,
        now=hall.now,
        procedure=hall.procedure,
        pools=[PoolFacts(key=key, **known | facts)],
    )[0]


@pytest.fixture
def lottery(hall: Hall, staff: dict[str, Actor]) -> Pool:
    return keep(
        hall,
        staff["clerk"],
        capacity=5,
        mode="lottery",
        draw_at=hall.now + timedelta(days=7),
        seed_source="第1234回ロト6の当せん番号",
        waiting_list=True,
        offer_days=0,
    )


def frozen(hall: Hall, pool: Pool, staff: dict[str, Actor]) -> PoolDraw:
    assert pool.draw_at is not None
    hall.now = pool.draw_at
    return freeze_draw(actor=staff["clerk"], now=hall.now, pool=pool)


def seeded(hall: Hall, draw: PoolDraw, staff: dict[str, Actor]) -> PoolDraw:
    for who in ("clerk", "approver"):
        draw = enter_seed(actor=staff[who], now=hall.now, draw=draw, typed=SEED)
    return draw


def verdict(draw: PoolDraw, place: Path) -> int:
    draw = PoolDraw.objects.select_related("pool", "body").get(pk=draw.pk)
    (place / "draw.zip").write_bytes(publication_of(draw, body=draw.body).as_zip())
    return verify([str(place / "draw.zip")])


def test_a_lottery_takes_entries_until_the_instant_and_no_place(hall: Hall, lottery: Pool) -> None:
    entered = [hall.comes(("a", 2)) for _each in range(4)]
    lottery.refresh_from_db()
    assert lottery.taken == 0 and hall.states(entered[0]) == [S.ENTERED]
    assert lottery.draw_at is not None
    hall.now = lottery.draw_at - timedelta(microseconds=1)
    hall.comes(("a", 1))
    hall.now = lottery.draw_at
    with pytest.raises(PoolClosed) as refused:
        hall.comes(("a", 1))
    assert "締め切りました" in str(refused.value.message)
    assert Taking.objects.filter(pool=lottery).count() == 5


def test_the_list_is_frozen_once_and_an_entry_that_began_before_is_refused(
    hall: Hall, lottery: Pool, staff: dict[str, Actor]
) -> None:
    hall.comes(("a", 1))
    before = hall.now
    with pytest.raises(NotYet):
        freeze_draw(actor=staff["clerk"], now=hall.now, pool=lottery)
    draw = frozen(hall, lottery, staff)
    assert len(draw.entries) == 1 and len(draw.root) == 64
    hall.now = before  # a request that began in time but comes after the freeze
    with pytest.raises(PoolClosed):
        hall.comes(("a", 1))
    assert lottery.draw_at is not None
    again = freeze_draw(actor=staff["clerk"], now=lottery.draw_at + timedelta(days=1), pool=lottery)
    assert (again.root, again.frozen_at) == (draw.root, draw.frozen_at)


def test_the_job_freezes_at_the_instant(hall: Hall, lottery: Pool, staff: dict[str, Actor]) -> None:
    assert lottery.draw_at is not None
    hall.comes(("a", 1))
    freeze_one(pool_id=lottery.pk, now=lottery.draw_at - timedelta(seconds=1))
    assert PoolDraw.objects.get(pool=lottery).frozen_at is None
    tend(body=staff["clerk"].body, now=lottery.draw_at)
    freeze_one(pool_id=lottery.pk, now=lottery.draw_at)
    freeze_one(pool_id=lottery.pk, now=lottery.draw_at)  # a job may run twice
    draw = PoolDraw.objects.get(pool=lottery)
    assert draw.frozen_at == lottery.draw_at and draw.label.startswith("121002-bicycle-parking-")


def test_a_seed_needs_two_officials_who_agree_and_a_frozen_list(
    hall: Hall, lottery: Pool, staff: dict[str, Actor]
) -> None:
    draw = PoolDraw.objects.get(pool=lottery)
    with pytest.raises(NotYet):
        enter_seed(actor=staff["clerk"], now=hall.now, draw=draw, typed=SEED)
    draw = frozen(hall, lottery, staff)
    with pytest.raises(SeedRefused):
        enter_seed(actor=staff["clerk"], now=hall.now, draw=draw, typed="１２３")
    with pytest.raises(NotPermitted):
        enter_seed(actor=staff["resident"], now=hall.now, draw=draw, typed=SEED)
    enter_seed(actor=staff["clerk"], now=hall.now, draw=draw, typed="11 11 11")
    draw = enter_seed(actor=staff["clerk"], now=hall.now, draw=draw, typed=f"  {SEED} ")
    assert [one["name"] for one in draw.seed_by] == [staff["clerk"].name]
    with pytest.raises(NotYet):
        draw_places(actor=staff["clerk"], now=hall.now, draw=draw)
    with pytest.raises(SeedRefused, match="先に入力された値と違います"):
        enter_seed(actor=staff["approver"], now=hall.now, draw=draw, typed="11 11 11")
    draw = enter_seed(actor=staff["approver"], now=hall.now, draw=draw, typed=SEED)
    assert len(draw.seed_by) == 2 and draw.seed == SEED
    with pytest.raises(SeedRefused):
        enter_seed(actor=staff["administrator"], now=hall.now, draw=draw, typed=SEED)


def test_a_draw_can_be_done_again_by_anybody(
    hall: Hall, lottery: Pool, staff: dict[str, Actor], tmp_path: Path
) -> None:
    parties = [hall.comes(("a", quantity)) for quantity in (2, 1, 3, 2, 1, 2)]
    draw = frozen(hall, lottery, staff)
    assert verdict(draw, tmp_path) == 0  # the list alone
    gone = parties.pop(1)
    hall.leaves(gone)  # after the freeze: keeps its line, wins nothing
    draw = draw_places(actor=staff["clerk"], now=hall.now, draw=seeded(hall, draw, staff))
    assert verdict(draw, tmp_path) == 0
    lottery.refresh_from_db()
    won = [one for one in parties if hall.states(one) == [S.TAKEN]]
    waiting = [one for one in parties if hall.states(one) == [S.WAITING]]
    assert len(won) + len(waiting) == 5 and lottery.taken <= 5
    orders = sorted(takings_of(one)[0].order or 0 for one in waiting)
    assert orders == list(range(1, len(waiting) + 1))
    assert [outcome for _line, _ticket, outcome in draw.order].count("withdrawn") == 1
    kinds = list(
        Message.objects.filter(about_id__in=[one.pk for one in parties]).values_list("kind", flat=True)
    )
    assert kinds.count("applications.draw_won") == len(won)
    assert kinds.count("applications.draw_waiting") == len(waiting)
    with pytest.raises(AlreadyDrawn):
        draw_places(actor=staff["clerk"], now=hall.now, draw=draw)
    with pytest.raises(AlreadyDrawn):
        enter_seed(actor=staff["clerk"], now=hall.now, draw=draw, typed="11 11 11")
    # Nobody's name, and each has a proof of the own entry.
    text = "".join(publication_of(draw, body=draw.body).files().values())
    assert "髙﨑" not in text and "花子" not in text
    found = entry_in_draw(parties[0], Taking.objects.get(application=parties[0]).pk)
    assert found is not None
    place = tmp_path / "proof.json"
    place.write_text(publication_of(found[0], body=draw.body).proof_json(found[1]), encoding="utf-8")
    assert verify([str(place)]) == 0
    assert entry_in_draw(parties[0], Taking.objects.get(application=parties[1]).pk) is None
    # A winner who leaves makes room for the first in order who fits.
    first = min(waiting, key=lambda one: takings_of(one)[0].order or 0)
    needed = Taking.objects.get(application=first).quantity
    for one in won:
        hall.leaves(one)
        lottery.refresh_from_db()
        if hall.states(first) == [S.TAKEN]:
            break
    assert hall.states(first) == [S.TAKEN] and needed <= lottery.capacity


def test_without_a_waiting_list_who_does_not_win_has_lost(hall: Hall, staff: dict[str, Actor]) -> None:
    pool = keep(hall, staff["clerk"], capacity=1, mode="lottery", draw_at=hall.now + timedelta(days=1))
    parties = [hall.comes(("a", 1)) for _each in range(3)]
    draw = draw_places(
        actor=staff["clerk"], now=hall.now, draw=seeded(hall, frozen(hall, pool, staff), staff)
    )
    assert sorted(hall.states(one)[0] for one in parties) == [S.LOST, S.LOST, S.TAKEN]
    assert draw.seed_source.startswith("締切の後に")
    for one in parties:
        hall.leaves(one)
    pool.refresh_from_db()
    assert pool.taken == 0
    # What is left after the draw may go to the first who come.
    pool = keep(hall, staff["clerk"], capacity=1, mode="first", draw_at=pool.draw_at)
    assert hall.states(hall.comes(("a", 1))) == [S.TAKEN]


def test_a_budget_by_lot_gives_in_order_while_it_fits(
    hall: Hall, staff: dict[str, Actor], tmp_path: Path
) -> None:
    pool = keep(
        hall,
        staff["clerk"],
        capacity=1_000_000,
        unit="yen",
        mode="lottery",
        draw_at=hall.now + timedelta(days=1),
    )
    asked = [hall.comes(("a", amount)) for amount in (600_000, 500_000, 400_000, 300_000)]
    draw = draw_places(
        actor=staff["clerk"], now=hall.now, draw=seeded(hall, frozen(hall, pool, staff), staff)
    )
    pool.refresh_from_db()
    assert 0 < pool.taken <= 1_000_000 and verdict(draw, tmp_path) == 0
    lost = [one for one in asked if hall.states(one) == [S.LOST]]
    assert all(Taking.objects.get(application=one).quantity > pool.capacity - pool.taken for one in lost)


def test_a_frozen_lottery_cannot_be_changed(hall: Hall, lottery: Pool, staff: dict[str, Actor]) -> None:
    hall.comes(("a", 1))
    draw = frozen(hall, lottery, staff)
    source = draw.seed_source
    for changed in (
        {"capacity": 6},
        {"draw_at": hall.now + timedelta(days=3)},
        {"mode": "first"},
        {"unit": "yen"},
    ):
        known = {
            "capacity": 5,
            "mode": "lottery",
            "draw_at": lottery.draw_at,
            "waiting_list": True,
            "offer_days": 0,
            "seed_source": "別の決め方",
        }
        with pytest.raises(PoolRefused), transaction.atomic():
            keep(hall, staff["clerk"], **known | changed)
    lottery.refresh_from_db()
    assert (lottery.capacity, lottery.mode, lottery.unit) == (5, "lottery", "seats")
    draw.refresh_from_db()
    assert draw.seed_source == source


def test_capacity_never_goes_below_what_is_taken_and_more_moves_people_up(
    hall: Hall, staff: dict[str, Actor]
) -> None:
    facts: dict[str, Any] = {"waiting_list": True, "offer_days": 0}
    pool = keep(hall, staff["clerk"], capacity=2, **facts)
    hall.comes(("a", 2))
    waits = [hall.comes(("a", 1)) for _each in range(2)]
    with pytest.raises(BelowTaken, match="1にはできません"):
        keep(hall, staff["clerk"], capacity=1, **facts)
    pool.refresh_from_db()
    assert pool.capacity == 2
    keep(hall, staff["clerk"], capacity=3, **facts)
    assert [hall.states(one) for one in waits] == [[S.TAKEN], [S.WAITING]]


@pytest.mark.parametrize(
    "facts",
    [
        {"key": ""},
        {"key": "a\nb"},
        {"label": ""},
        {"capacity": -1},
        {"mode": "lottery"},
        {"offer_days": 61},
        {"hold_minutes": 1441},
    ],
)
def test_a_pool_that_makes_no_sense_is_refused(
    hall: Hall, staff: dict[str, Actor], facts: dict[str, Any]
) -> None:
    with pytest.raises(PoolRefused), transaction.atomic():
        keep(hall, staff["clerk"], **facts)
    with pytest.raises(NotPermitted):
        keep(hall, staff["resident"])
    assert not Pool.objects.filter(procedure=hall.procedure).exists()


def test_staff_move_somebody_up_with_a_reason_but_never_past_the_capacity(
    hall: Hall, staff: dict[str, Actor]
) -> None:
    keep(hall, staff["clerk"], capacity=3, waiting_list=True, offer_days=0)
    ones = [hall.comes(("a", 1)) for _each in range(3)]
    three = hall.comes(("a", 3))
    taking = Taking.objects.get(application=three)
    known: dict[str, Any] = {"actor": staff["clerk"], "now": hall.now, "application": three}
    with pytest.raises(DoesNotFit), transaction.atomic():
        promote_by_hand(**known, taking_id=taking.pk, reason="災害で被災されたため")
    assert hall.states(three) == [S.WAITING]
    for one in ones:
        hall.leaves(one)
    assert hall.states(three) == [S.TAKEN]
    with pytest.raises(DoesNotFit):
        promote_by_hand(**known, taking_id=taking.pk, reason="もう一度")


def test_an_offer_is_taken_left_or_over(hall: Hall, staff: dict[str, Actor]) -> None:
    pool = keep(hall, staff["clerk"], capacity=1, waiting_list=True, offer_days=2)
    first = hall.comes(("a", 1))
    queue = [hall.comes(("a", 1)) for _each in range(3)]

    def answers(application: Application, *, accepts: bool) -> None:
        taking = Taking.objects.filter(application=application).latest("id")
        with transaction.atomic():
            answer_offer(
                actor=staff["resident"],
                now=hall.now,
                application=application,
                taking_id=taking.pk,
                accepts=accepts,
            )

    with pytest.raises(OfferOver):
        answers(queue[0], accepts=True)
    hall.leaves(first)
    with pytest.raises(OfferOver):  # somebody else's offer
        answers(queue[1], accepts=True)
    answers(queue[0], accepts=False)
    assert [hall.states(one) for one in queue] == [[], [S.OFFERED], [S.WAITING]]
    until = Taking.objects.get(application=queue[1]).until
    assert until is not None
    hall.now = until
    with pytest.raises(OfferOver):
        answers(queue[1], accepts=True)
    tend(body=staff["clerk"].body, now=hall.now)
    from moyai.applications.jobs.places import tend_one

    tend_one(pool_id=pool.pk, now=hall.now)
    tend_one(pool_id=pool.pk, now=hall.now)
    answers(queue[2], accepts=True)
    assert [hall.states(one) for one in queue] == [[], [], [S.TAKEN]]
    with pytest.raises(OfferOver):
        answers(queue[2], accepts=True)


def test_a_closed_pool_takes_nobody_but_moves_people_up(hall: Hall, staff: dict[str, Actor]) -> None:
    pool = keep(hall, staff["clerk"], capacity=1, waiting_list=True, offer_days=0)
    first, second = hall.comes(("a", 1)), hall.comes(("a", 1))
    set_closed(actor=staff["clerk"], now=hall.now, pool=pool, closed=True)
    with pytest.raises(PoolClosed):
        hall.comes(("a", 1))
    hall.leaves(first)
    assert hall.states(second) == [S.TAKEN]
    set_closed(actor=staff["clerk"], now=hall.now, pool=pool, closed=False)
    hall.leaves(second)
    assert hall.states(hall.comes(("a", 1))) == [S.TAKEN]
    with pytest.raises(PoolFull):
        hall.comes(("a", 2))


def test_the_same_draw_publishes_the_same_bytes(hall: Hall, lottery: Pool, staff: dict[str, Actor]) -> None:
    for _each in range(4):
        hall.comes(("a", 2))
    draw = draw_places(
        actor=staff["clerk"], now=hall.now, draw=seeded(hall, frozen(hall, lottery, staff), staff)
    )
    one, two = (publication_of(draw, body=draw.body).as_zip() for _each in range(2))
    assert one == two
    assert json.loads(publication_of(draw, body=draw.body).draw_json())["places"] == 5
