"""Places: taken whole or not at all, given back, moved up in order; nothing is ever past its capacity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum

from moyai.applications.actions.answers import judged
from moyai.applications.actions.drafts import start_draft
from moyai.applications.actions.places import (
    NoPlace,
    OfferPending,
    PoolClosed,
    PoolFull,
    change_places,
    hold_places,
    release_places,
    take_places,
    tend_places,
)
from moyai.applications.models import Application, Draft, Pool, Procedure, Taking
from moyai.applications.queries.places import pools_of, takings_of, would_wait
from moyai.applications.rules import AnswerResult, Take
from moyai.applications.secrets import new_token
from moyai.applications.tests.conftest import DOCUMENT, GOOD, apply, edition_of, make_procedure
from moyai.notices.models import Message
from moyai.tenants.public import Actor

S = Taking.State
# The form takes places; which and how many, these tests say themselves.
TAKES = DOCUMENT | {
    "takes": [
        {
            "id": "place",
            "label": "参加",
            "pool": {"field": "kind"},
            "quantity": {"field": "months"},
            "show_if": {"eq": [{"field": "kind"}, "moped"]},
        }
    ]
}


class Hall:
    """A procedure with pools, and what people do there."""

    def __init__(self, procedure: Procedure, staff: dict[str, Actor], now: datetime) -> None:
        self.procedure, self.now = procedure, now
        self.resident = staff["resident"]
        self.edition = edition_of(procedure)
        self.plain = judged(edition=self.edition, answers=GOOD, now=now, uploads={})

    def pool(self, key: str = "a", capacity: int = 3, **facts: Any) -> Pool:
        made: Pool = Pool.objects.create(
            body_id=self.procedure.body_id,
            procedure=self.procedure,
            key=key,
            label=facts.pop("label", f"{key.upper()}の回"),
            capacity=capacity,
            **facts,
        )
        return made

    def asks(self, *wishes: tuple[str, int]) -> AnswerResult:
        takes = tuple(
            Take(id=f"take{at}", label="参加", pool=key, quantity=quantity)
            for at, (key, quantity) in enumerate(wishes)
        )
        return replace(self.plain, takes=takes)

    def comes(self, *wishes: tuple[str, int], draft: Draft | None = None) -> Application:
        """Somebody applies; who is refused is not there at all."""
        with transaction.atomic():
            application = self.applies()
            take_places(
                actor=self.resident,
                now=self.now,
                application=application,
                result=self.asks(*wishes),
                draft=draft,
            )
        return application

    def applies(self) -> Application:
        return apply(actor=self.resident, now=self.now, procedure=self.procedure)

    def begins(self) -> Draft:
        return start_draft(actor=self.resident, now=self.now, edition=self.edition, token=new_token())

    def holds(self, draft: Draft, *wishes: tuple[str, int]) -> list[Taking]:
        with transaction.atomic():
            return hold_places(actor=self.resident, now=self.now, draft=draft, result=self.asks(*wishes))

    def leaves(self, application: Application) -> None:
        release_places(actor=self.resident, now=self.now, application=application)

    def changes(self, application: Application, *wishes: tuple[str, int]) -> list[Taking]:
        with transaction.atomic():
            return change_places(
                actor=self.resident, now=self.now, application=application, result=self.asks(*wishes)
            )

    def states(self, application: Application) -> list[str]:
        rows = Taking.objects.filter(application=application).exclude(state=S.RELEASED)
        return list(rows.order_by("take_id").values_list("state", flat=True))

    def sums_close(self) -> None:
        for pool in Pool.objects.filter(procedure=self.procedure):
            counted = Taking.objects.filter(pool=pool, state__in=(S.HELD, S.TAKEN, S.OFFERED))
            total = counted.aggregate(total=Sum("quantity"))["total"] or 0
            assert total == pool.taken <= pool.capacity, pool


@pytest.fixture
def hall(staff: dict[str, Actor], in_chiba: datetime) -> Iterator[Hall]:
    procedure = make_procedure(actor=staff["administrator"], now=in_chiba, document=TAKES)
    found = Hall(procedure, staff, in_chiba)
    yield found
    found.sums_close()


def test_the_last_place_is_taken_once_and_the_next_is_told_where_there_is_room(hall: Hall) -> None:
    hall.pool("a", 1, position=1)
    hall.pool("b", 5, position=2)
    hall.pool("c", 0, position=3)
    first = hall.comes(("a", 1))
    with pytest.raises(PoolFull) as refused:
        hall.comes(("a", 1))
    assert str(refused.value.message) == "「Aの回」は満員です。空きがある枠：Bの回（残り5）"
    assert hall.states(first) == [S.TAKEN]
    assert Application.objects.filter(procedure=hall.procedure).count() == 1


def test_a_party_of_three_with_two_left_is_refused_whole(hall: Hall) -> None:
    pool = hall.pool("a", 5)
    hall.comes(("a", 3))
    with pytest.raises(PoolFull) as refused:
        hall.comes(("a", 3))
    assert "残りは2で、3には足りません" in str(refused.value.message)
    pool.refresh_from_db()
    assert pool.taken == 3 and Taking.objects.filter(pool=pool).count() == 1


def test_all_pools_of_one_application_or_none(hall: Hall) -> None:
    a, b = hall.pool("a", 2), hall.pool("b", 1)
    hall.comes(("b", 1))
    with pytest.raises(PoolFull):
        hall.comes(("a", 1), ("b", 1))
    a.refresh_from_db(), b.refresh_from_db()
    assert (a.taken, b.taken) == (0, 1)


def test_a_budget_is_never_exceeded_by_amount(hall: Hall) -> None:
    pool = hall.pool("2026", 1_000_000, unit=Pool.Unit.YEN, label="令和8年度の予算")
    hall.comes(("2026", 700_000))
    with pytest.raises(PoolFull) as refused:
        hall.comes(("2026", 300_001))
    assert "残りは300,000円で、300,001円には足りません" in str(refused.value.message)
    hall.comes(("2026", 300_000))
    pool.refresh_from_db()
    assert pool.taken == 1_000_000
    with pytest.raises(PoolFull, match="予算は残っていません"):
        hall.comes(("2026", 1))
    with pytest.raises(PoolFull):
        hall.comes(("2026", 10**30))


def test_a_pool_that_is_not_there_or_closed_takes_nobody(hall: Hall) -> None:
    hall.pool("a", 5, closed=True)
    with pytest.raises(NoPlace):
        hall.comes(("elsewhere", 1))
    with pytest.raises(PoolClosed):
        hall.comes(("a", 1))
    assert not Taking.objects.exists() or not Taking.objects.filter(pool__procedure=hall.procedure).exists()


def test_who_comes_late_waits_and_moves_up_in_order(hall: Hall) -> None:
    pool = hall.pool("a", 2, waiting_list=True, offer_days=0)
    one, two = hall.comes(("a", 1)), hall.comes(("a", 1))
    third, fourth = hall.comes(("a", 1)), hall.comes(("a", 1))
    assert [hall.states(each) for each in (third, fourth)] == [[S.WAITING], [S.WAITING]]
    assert [takings_of(each)[0].badge["word"] for each in (third, fourth)] == ["補欠 1番目", "補欠 2番目"]
    hall.leaves(one)
    assert hall.states(third) == [S.TAKEN] and hall.states(fourth) == [S.WAITING]
    assert takings_of(fourth)[0].order == 1
    hall.leaves(two)
    assert hall.states(fourth) == [S.TAKEN]
    pool.refresh_from_db()
    assert pool.taken == 2
    kinds = Message.objects.filter(about_id__in=[third.pk, fourth.pk]).values_list("kind", flat=True)
    assert list(kinds).count("applications.place_given") == 2


def test_a_party_that_does_not_fit_is_passed_over_and_keeps_its_turn(hall: Hall) -> None:
    hall.pool("a", 3, waiting_list=True, offer_days=0)
    ones = [hall.comes(("a", 1)) for _each in range(3)]
    three, single = hall.comes(("a", 3)), hall.comes(("a", 1))
    hall.leaves(ones[0])
    assert hall.states(three) == [S.WAITING] and hall.states(single) == [S.TAKEN]
    for each in (*ones[1:], single):
        hall.leaves(each)
    assert hall.states(three) == [S.TAKEN]


def test_an_offer_holds_the_place_and_goes_on_when_nobody_answers(hall: Hall) -> None:
    pool = hall.pool("a", 1, waiting_list=True, offer_days=3)
    one, two, three = hall.comes(("a", 1)), hall.comes(("a", 1)), hall.comes(("a", 1))
    hall.leaves(one)
    assert hall.states(two) == [S.OFFERED] and hall.states(three) == [S.WAITING]
    late = hall.comes(("a", 1))
    assert hall.states(late) == [S.WAITING]
    until = Taking.objects.get(application=two, state=S.OFFERED).until
    assert until is not None
    hall.now = until - timedelta(seconds=1)
    tend_places(actor=hall.resident, now=hall.now, pools=[pool.pk])
    assert hall.states(two) == [S.OFFERED]
    hall.now = until
    tend_places(actor=hall.resident, now=hall.now, pools=[pool.pk])
    assert hall.states(two) == [] and hall.states(three) == [S.OFFERED]
    kinds = list(Message.objects.filter(about_id=two.pk).values_list("kind", flat=True))
    assert kinds.count("applications.place_offered") == kinds.count("applications.place_offer_ended") == 1


def test_who_waits_for_two_pools_gets_both_or_waits(hall: Hall) -> None:
    a = hall.pool("a", 1, waiting_list=True, offer_days=0)
    b = hall.pool("b", 1, waiting_list=True, offer_days=0)
    has_a, has_b = hall.comes(("a", 1)), hall.comes(("b", 1))
    both = hall.comes(("b", 1), ("a", 1))
    assert hall.states(both) == [S.WAITING, S.WAITING]
    hall.leaves(has_b)
    assert hall.states(both) == [S.WAITING, S.WAITING]
    a.refresh_from_db(), b.refresh_from_db()
    assert (a.taken, b.taken) == (1, 0)
    only_b = hall.comes(("b", 1))
    assert hall.states(only_b) == [S.TAKEN]
    hall.leaves(has_a), hall.leaves(only_b)
    assert hall.states(both) == [S.TAKEN, S.TAKEN]


def test_a_hold_keeps_the_place_while_filling_in_and_ends_by_itself(hall: Hall) -> None:
    pool = hall.pool("a", 2, hold_minutes=20)
    draft = hall.begins()
    held = hall.holds(draft, ("a", 2))
    assert [one.state for one in held] == [S.HELD]
    assert held[0].until == hall.now + timedelta(minutes=20)
    with pytest.raises(PoolFull):
        hall.comes(("a", 1))
    hall.now += timedelta(minutes=10)
    assert hall.holds(draft, ("a", 2))[0].until == held[0].until  # saving again does not win time
    assert pools_of(procedure=hall.procedure, now=hall.now)[0].left == 0
    hall.now += timedelta(minutes=10)
    assert pools_of(procedure=hall.procedure, now=hall.now)[0].left == 2
    quick = hall.comes(("a", 2))  # counted as free at once, without a job
    assert hall.states(quick) == [S.TAKEN]
    with pytest.raises(PoolFull):
        hall.comes(("a", 2), draft=draft)
    pool.refresh_from_db()
    assert pool.taken == 2


def test_a_hold_becomes_the_place_and_a_changed_wish_a_new_hold(hall: Hall) -> None:
    a, b = hall.pool("a", 1, hold_minutes=20), hall.pool("b", 1, hold_minutes=20)
    draft = hall.begins()
    hall.holds(draft, ("a", 1))
    hall.holds(draft, ("b", 1))
    a.refresh_from_db(), b.refresh_from_db()
    assert (a.taken, b.taken) == (0, 1)
    hall.comes(("a", 1))
    with pytest.raises(PoolFull):
        hall.holds(draft, ("a", 1))
    b.refresh_from_db()
    assert b.taken == 1  # the refused wish left the old hold where it was
    mine = hall.comes(("b", 1), draft=draft)
    assert hall.states(mine) == [S.TAKEN]
    b.refresh_from_db()
    assert b.taken == 1


def test_another_draft_cannot_use_a_hold(hall: Hall) -> None:
    hall.pool("a", 1, hold_minutes=20)
    mine, other = hall.begins(), hall.begins()
    hall.holds(mine, ("a", 1))
    with pytest.raises(PoolFull):
        hall.comes(("a", 1), draft=other)
    assert hall.states(hall.comes(("a", 1), draft=mine)) == [S.TAKEN]


def test_changing_the_slot_is_one_piece(hall: Hall) -> None:
    a, b = hall.pool("a", 1), hall.pool("b", 1)
    mine, other = hall.comes(("a", 1)), hall.comes(("b", 1))
    with pytest.raises(PoolFull):
        hall.changes(mine, ("b", 1))
    a.refresh_from_db(), b.refresh_from_db()
    assert (a.taken, b.taken) == (1, 1) and hall.states(mine) == [S.TAKEN]
    hall.leaves(other)
    hall.changes(mine, ("b", 1))
    a.refresh_from_db(), b.refresh_from_db()
    assert (a.taken, b.taken) == (0, 1)


def test_a_change_counts_only_the_difference_and_moves_others_up(hall: Hall) -> None:
    pool = hall.pool("a", 3, waiting_list=True, offer_days=0)
    mine, waits = hall.comes(("a", 3)), hall.comes(("a", 1))
    with pytest.raises(PoolFull):
        hall.changes(mine, ("a", 4))
    hall.changes(mine, ("a", 2))
    assert hall.states(waits) == [S.TAKEN]
    pool.refresh_from_db()
    assert pool.taken == 3
    with pytest.raises(PoolFull):
        hall.changes(mine, ("a", 3))


def test_who_waits_keeps_the_turn_with_a_smaller_party_only(hall: Hall) -> None:
    hall.pool("a", 3, waiting_list=True, offer_days=0)
    hall.comes(("a", 3))
    first, second = hall.comes(("a", 2)), hall.comes(("a", 2))
    hall.changes(first, ("a", 1))
    assert [takings_of(each)[0].order for each in (first, second)] == [1, 2]
    hall.changes(first, ("a", 2))
    assert [takings_of(each)[0].order for each in (first, second)] == [2, 1]


def test_who_has_a_place_and_asks_for_more_never_has_half(hall: Hall) -> None:
    hall.pool("a", 3, waiting_list=True, offer_days=0)
    mine = hall.comes(("a", 2))
    with pytest.raises(PoolFull):
        hall.changes(mine, ("a", 2), ("a", 2))
    assert hall.states(mine) == [S.TAKEN]
    hall.changes(mine, ("a", 2), ("a", 1))
    assert hall.states(mine) == [S.TAKEN, S.TAKEN]


def test_who_waits_for_more_waits_for_all_of_it_behind_the_others(hall: Hall) -> None:
    hall.pool("a", 1, waiting_list=True, offer_days=0)
    hall.pool("b", 1, waiting_list=True, offer_days=0)
    hall.comes(("a", 1))
    mine, other = hall.comes(("a", 1)), hall.comes(("a", 1))
    hall.changes(mine, ("a", 1), ("b", 1))
    assert hall.states(mine) == [S.WAITING, S.WAITING]
    assert [takings_of(each)[0].order for each in (mine, other)] == [2, 1]


def test_an_offer_is_answered_before_the_wish_changes(hall: Hall) -> None:
    hall.pool("a", 1, waiting_list=True, offer_days=2)
    hall.pool("b", 1)
    first, second = hall.comes(("a", 1)), hall.comes(("a", 1))
    hall.leaves(first)
    with pytest.raises(OfferPending):
        hall.changes(second, ("b", 1))
    assert hall.states(second) == [S.OFFERED]


def test_a_hold_that_is_let_go_on_sending_moves_others_up(hall: Hall) -> None:
    a = hall.pool("a", 2, waiting_list=True, offer_days=0, hold_minutes=20)
    hall.pool("b", 2)
    draft = hall.begins()
    hall.holds(draft, ("a", 2))
    waits = hall.comes(("a", 2))
    assert hall.states(waits) == [S.WAITING]
    hall.comes(("b", 1), draft=draft)
    assert hall.states(waits) == [S.TAKEN]
    a.refresh_from_db()
    assert a.taken == 2


def test_who_would_wait_is_known_before_applying_and_what_one_holds_is_ones_own(hall: Hall) -> None:
    hall.pool("a", 3, waiting_list=True, hold_minutes=15)
    hall.pool("b", 1)  # without 補欠: who finds it full is refused, and waits for nothing

    def waits(draft: Draft, *wishes: tuple[str, int], later: int = 0) -> list[tuple[str, int]]:
        at = hall.now + timedelta(minutes=later)
        found = would_wait(draft=draft, takes=hall.asks(*wishes).takes, now=at)
        return [(pool.key, quantity) for pool, quantity in found]

    holder, other = hall.begins(), hall.begins()
    assert waits(other, ("a", 3)) == []
    hall.holds(holder, ("a", 2))
    assert waits(holder, ("a", 2)) == waits(holder, ("a", 3)) == []
    assert waits(other, ("a", 1)) == []
    assert waits(other, ("a", 1), ("a", 1)) == [("a", 2)]  # all that is asked of one pool counts together
    assert waits(other, ("a", 4)) == []  # more than there ever is: refused, not waited for
    assert waits(other, ("a", 2), later=14) == [("a", 2)]
    assert waits(other, ("a", 2), later=15) == []  # the hold is over
    hall.comes(("a", 1), ("b", 1))
    assert waits(other, ("a", 1), ("b", 1)) == [("a", 1)]
    waiting = hall.comes(("a", 1))
    assert hall.states(waiting) == [S.WAITING]
    assert waits(holder, ("a", 2)) == []
    Pool.objects.filter(procedure=hall.procedure, key="a").update(closed=True)
    assert waits(other, ("a", 1)) == []  # closed: refused
