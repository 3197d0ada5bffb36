"""Anything in any order: holds, places, waiting, offers, time, capacity. The sums close and nobody is overtaken wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from moyai.applications.actions.places import NoPlace, tend_places
from moyai.applications.actions.pools import BelowTaken, OfferOver, PoolFacts, answer_offer, keep_pools
from moyai.applications.models import Application, Draft, Pool, Taking
from moyai.applications.tests.conftest import make_procedure
from moyai.applications.tests.test_places_actions import TAKES, Hall
from moyai.tenants.public import Actor, public_number

S = Taking.State
KEYS = ("a", "b")
wishes = st.lists(st.tuples(st.sampled_from(KEYS), st.integers(1, 3)), min_size=1, max_size=2)


class QuickHall(Hall):
    """Applications as rows only: what their answers say does not matter here."""

    first: Application | None = None

    def applies(self) -> Application:
        if self.first is None:
            self.first = super().applies()
        made = copy(self.first)
        made.pk = None
        made._state = copy(self.first._state)
        made.public_number, made.form_token = public_number(), token_hex(32)
        made.save(force_insert=True)
        return made


@pytest.fixture
def hall(staff: dict[str, Actor], in_chiba: datetime) -> Iterator[Hall]:
    procedure = make_procedure(actor=staff["administrator"], now=in_chiba, document=TAKES)
    found = QuickHall(procedure, staff, in_chiba)
    found.applies()  # the one that the others are copies of
    yield found


def machine(hall: Hall, clerk: Actor, offer_days: int) -> type[RuleBasedStateMachine]:
    """The acts on two pools with a waiting list and holds, in one transaction that is thrown away."""

    class Places(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.outer = transaction.atomic()
            self.outer.__enter__()
            self.start = hall.now
            self.people: list[Application] = []
            self.drafts: list[Draft] = []
            self.keep({"a": 4, "b": 3})

        def keep(self, capacities: dict[str, int]) -> None:
            with transaction.atomic():
                keep_pools(
                    actor=clerk,
                    now=hall.now,
                    procedure=hall.procedure,
                    pools=[
                        PoolFacts(
                            key=key,
                            label=key,
                            capacity=capacity,
                            waiting_list=True,
                            hold_minutes=20,
                            offer_days=offer_days,
                        )
                        for key, capacity in capacities.items()
                    ],
                )

        def queues(self) -> dict[int, list[int]]:
            """Who waits in each pool, in order."""
            found: dict[int, list[int]] = {}
            rows = Taking.objects.filter(pool__procedure=hall.procedure, state=S.WAITING)
            for pool_id, application_id in rows.order_by("queue", "id").values_list(
                "pool_id", "application_id"
            ):
                queue = found.setdefault(pool_id, [])
                if application_id not in queue:
                    queue.append(application_id)
            return found

        def keeps_order(self, act: Any, *, leaver: int | None = None) -> Any:
            """Whoever waited before and still waits, waits in the same order; new ones come behind."""
            before = self.queues()
            result = act()
            after = self.queues()
            for pool_id, queue in before.items():
                now = [one for one in after.get(pool_id, []) if one != leaver]
                stayed = [one for one in queue if one in now]
                assert [one for one in now if one in stayed] == stayed
                old = set(queue) - {leaver}
                assert [one in old for one in now] == sorted((one in old for one in now), reverse=True)
            return result

        @rule(wish=wishes)
        def comes(self, wish: list[tuple[str, int]]) -> None:
            try:
                self.people.append(self.keeps_order(lambda: hall.comes(*wish)))
            except NoPlace:
                pass

        @rule(wish=wishes)
        def begins_and_holds(self, wish: list[tuple[str, int]]) -> None:
            draft = hall.begins()
            try:
                self.keeps_order(lambda: hall.holds(draft, *wish))
                self.drafts.append(draft)
            except NoPlace:
                pass

        @precondition(lambda self: self.drafts)
        @rule(data=st.data(), wish=wishes)
        def holds_other(self, data: st.DataObject, wish: list[tuple[str, int]]) -> None:
            draft = data.draw(st.sampled_from(self.drafts))
            try:
                self.keeps_order(lambda: hall.holds(draft, *wish))
            except NoPlace:
                pass

        @precondition(lambda self: self.drafts)
        @rule(data=st.data(), wish=wishes)
        def sends(self, data: st.DataObject, wish: list[tuple[str, int]]) -> None:
            draft = data.draw(st.sampled_from(self.drafts))
            try:
                self.people.append(self.keeps_order(lambda: hall.comes(*wish, draft=draft)))
                self.drafts.remove(draft)
            except NoPlace:
                pass

        @precondition(lambda self: self.people)
        @rule(data=st.data())
        def leaves(self, data: st.DataObject) -> None:
            who = data.draw(st.sampled_from(self.people))
            self.people.remove(who)
            self.keeps_order(lambda: hall.leaves(who), leaver=who.pk)

        @precondition(lambda self: self.people)
        @rule(data=st.data(), wish=wishes)
        def changes(self, data: st.DataObject, wish: list[tuple[str, int]]) -> None:
            who = data.draw(st.sampled_from(self.people))
            before = hall.states(who)
            try:
                self.keeps_order(lambda: hall.changes(who, *wish), leaver=who.pk)
            except NoPlace:
                assert hall.states(who) == before

        @precondition(lambda self: self.people)
        @rule(data=st.data(), accepts=st.booleans())
        def answers(self, data: st.DataObject, accepts: bool) -> None:
            who = data.draw(st.sampled_from(self.people))
            taking = Taking.objects.filter(application=who).latest("id")
            try:
                with transaction.atomic():
                    self.keeps_order(
                        lambda: answer_offer(
                            actor=hall.resident,
                            now=hall.now,
                            application=who,
                            taking_id=taking.pk,
                            accepts=accepts,
                        )
                    )
            except OfferOver:
                pass

        @rule(minutes=st.sampled_from([1, 20, 60 * 24, 60 * 24 * 4]))
        def time_passes(self, minutes: int) -> None:
            hall.now += timedelta(minutes=minutes)

        @rule()
        def the_job_runs(self) -> None:
            pools = Pool.objects.filter(procedure=hall.procedure).values_list("pk", flat=True)
            self.keeps_order(lambda: tend_places(actor=hall.resident, now=hall.now, pools=list(pools)))

        @rule(key=st.sampled_from(KEYS), capacity=st.integers(0, 8))
        def resized(self, key: str, capacity: int) -> None:
            try:
                self.keeps_order(lambda: self.keep({key: capacity}))
            except BelowTaken:
                assert Pool.objects.get(procedure=hall.procedure, key=key).taken > capacity

        @invariant()
        def sums_close(self) -> None:
            hall.sums_close()

        @invariant()
        def an_application_has_all_or_waits_for_all(self) -> None:
            for who in self.people:
                assert len(set(hall.states(who))) <= 1

        @invariant()
        def nobody_waits_beside_room(self) -> None:
            pools = {pool.pk: pool for pool in Pool.objects.filter(procedure=hall.procedure)}
            by_application: dict[int, dict[int, int]] = {}
            for one in Taking.objects.filter(pool__procedure=hall.procedure, state=S.WAITING):
                asked = by_application.setdefault(one.application_id, {})
                asked[one.pool_id] = asked.get(one.pool_id, 0) + one.quantity
            for asked in by_application.values():
                assert any(pools[key].taken + count > pools[key].capacity for key, count in asked.items())

        def teardown(self) -> None:
            hall.now = self.start
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    return Places


@pytest.mark.parametrize("offer_days", [0, 2])
def test_sums_close_and_order_is_kept_whatever_happens(
    hall: Hall, staff: dict[str, Actor], offer_days: int
) -> None:
    run_state_machine_as_test(
        machine(hall, staff["clerk"], offer_days),
        settings=settings(max_examples=6, stateful_step_count=12, deadline=None),
    )
