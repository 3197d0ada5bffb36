"""Anything in any order: the slots are always exactly the cells of what stands, and two uses never meet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
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

from moyai.reservations.actions import attendance, blocks, bookings
from moyai.reservations.invariants import (
    no_two_uses_overlap,
    nothing_is_taken_twice,
    standing_bookings_have_their_cells,
    stock_is_not_exceeded,
)
from moyai.reservations.jobs.bookings import end_due_holds, release
from moyai.reservations.models import Booking, EquipmentSlot, Slot
from moyai.reservations.queries.masters import plan_of
from moyai.reservations.tests.halls import NOW, Desk, set_policies
from moyai.tenants.public import Refusal, clock

S = Booking.State
UNITS = st.sampled_from(["a", "b", "ab", "cd", "abcd", "room"])
FRAMES = st.sampled_from([(540, 720), (780, 1020), (1080, 1260), (540, 1020), (780, 1260), (540, 1260)])
STEPS = st.tuples(st.integers(18, 30), st.integers(1, 4)).map(
    lambda pair: (pair[0] * 30, (pair[0] + pair[1]) * 30)
)
DAYS = st.integers(0, 2)
CHAIRS = st.sampled_from([0, 0, 0, 40, 70])


@pytest.fixture
def desk(world: Any, in_chiba: datetime) -> Iterator[Desk]:
    made = Desk(world)
    set_policies(made.hall, limits=None, penalties=None)
    yield made


def machine(desk: Desk, *, released_together: bool) -> type[RuleBasedStateMachine]:
    class Hall(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.outer = transaction.atomic()
            self.outer.__enter__()
            set_policies(
                desk.hall, limits=None, penalties=None, lottery={"release": {"on": released_together}}
            )
            self.now = NOW
            self.first = date(2026, 5, 20)

        def tries(self, act: Any) -> None:
            """An act is done or refused; refused, it leaves everything as it was."""
            before = self.slots()
            try:
                with transaction.atomic():
                    act()
            except Refusal as refusal:
                assert 400 <= refusal.status < 500
                assert self.slots() == before

        def slots(self) -> set[tuple[Any, ...]]:
            return set(
                Slot.objects.filter(part__room__facility=desk.hall.facility).values_list(
                    "booking_id", "part_id", "day", "cell"
                )
            )

        def asked(self, unit: str, day: int, frames: Any, steps: Any, chairs: int = 0) -> Any:
            starts, ends = steps if unit == "room" else frames
            equipment = {"chair": chairs} if chairs else {}
            return desk.asked(
                unit, day=self.first + timedelta(days=day), starts=starts, ends=ends, equipment=equipment
            )

        def some(self, data: st.DataObject, **which: Any) -> Booking | None:
            rows = list(Booking.objects.filter(facility=desk.hall.facility, **which).order_by("id"))
            return data.draw(st.sampled_from(rows)) if rows else None

        @rule(unit=UNITS, day=DAYS, frames=FRAMES, steps=STEPS, chairs=CHAIRS)
        def books(self, unit: str, day: int, frames: Any, steps: Any, chairs: int) -> None:
            asked = self.asked(unit, day, frames, steps, chairs)
            self.tries(lambda: desk.book(asked, now=self.now))

        @rule(unit=UNITS, day=DAYS, frames=FRAMES, steps=STEPS)
        def holds(self, unit: str, day: int, frames: Any, steps: Any) -> None:
            asked = self.asked(unit, day, frames, steps)
            self.tries(
                lambda: bookings.hold_slot(
                    actor=desk.hanako,
                    now=self.now,
                    registration=desk.person,
                    asked=asked,
                    channel="internet",
                )
            )

        @rule(data=st.data(), chairs=CHAIRS)
        def books_what_was_held(self, data: st.DataObject, chairs: int) -> None:
            if held := self.some(data, state=S.HELD):
                equipment = {"chair": chairs} if chairs else {}
                asked = desk.asked(
                    held.combination.code,
                    day=held.day,
                    starts=held.starts,
                    ends=held.ends,
                    equipment=equipment,
                )
                self.tries(lambda: desk.book(asked, held=held, now=self.now))

        @rule(data=st.data(), unit=UNITS, day=DAYS, frames=FRAMES, steps=STEPS, chairs=CHAIRS)
        def changes(
            self, data: st.DataObject, unit: str, day: int, frames: Any, steps: Any, chairs: int
        ) -> None:
            if booking := self.some(data, kind="use", state=S.BOOKED):
                asked = self.asked(unit, day, frames, steps, chairs)
                self.tries(
                    lambda: bookings.change(actor=desk.clerk, now=self.now, booking=booking, asked=asked)
                )

        @rule(data=st.data())
        def cancels(self, data: st.DataObject) -> None:
            if booking := self.some(data, kind="use", state=S.BOOKED):
                self.tries(lambda: bookings.cancel(actor=desk.clerk, now=self.now, booking=booking))

        @rule(data=st.data(), unit=UNITS, frames=FRAMES, steps=STEPS)
        def gives_up_a_part(self, data: st.DataObject, unit: str, frames: Any, steps: Any) -> None:
            if booking := self.some(data, kind="use", state=S.BOOKED):
                starts, ends = steps if booking.room_id == desk.hall.meeting.pk else frames
                self.tries(
                    lambda: bookings.cancel_part(
                        actor=desk.clerk,
                        now=self.now,
                        booking=booking,
                        starts=starts,
                        ends=ends,
                        combination_id=desk.hall.units[unit].pk,
                    )
                )

        @rule(data=st.data())
        def restores(self, data: st.DataObject) -> None:
            if booking := self.some(data, kind="use", state=S.CANCELLED):
                self.tries(
                    lambda: bookings.restore(
                        actor=desk.clerk, now=self.now, booking=booking, reason="誤って取り消したため"
                    )
                )

        @rule(unit=UNITS, day=DAYS, starts=st.integers(480, 1200), minutes=st.integers(10, 300))
        def blocks(self, unit: str, day: int, starts: int, minutes: int) -> None:
            asked = self.asked(unit, day, (starts, starts + minutes), (starts, starts + minutes))
            self.tries(lambda: blocks.block(actor=desk.clerk, now=self.now, asked=asked, reason="点検"))

        @rule(data=st.data())
        def lifts(self, data: st.DataObject) -> None:
            if booking := self.some(data, kind="block", state=S.BOOKED):
                self.tries(lambda: blocks.lift_block(actor=desk.clerk, now=self.now, booking=booking))

        @rule(data=st.data())
        def misses_and_is_excused(self, data: st.DataObject) -> None:
            if booking := self.some(data, kind="use", state=S.BOOKED):
                after = datetime(2026, 7, 1, tzinfo=clock.JST)
                self.tries(lambda: attendance.mark_missed(actor=desk.clerk, now=after, booking=booking))
                self.tries(
                    lambda: attendance.excuse(actor=desk.clerk, now=after, booking=booking, reason="台風")
                )

        @rule(hours=st.sampled_from([1, 24, 60]))
        def time_passes(self, hours: int) -> None:
            self.now += timedelta(hours=hours) / 4

        @precondition(lambda self: self.now > NOW)
        @rule()
        def jobs_run(self) -> None:
            end_due_holds.run(body=desk.world.chiba, now=self.now)
            release.run(body=desk.world.chiba, now=self.now)

        @invariant()
        def slots_are_the_cells_of_what_stands(self) -> None:
            wanted = set()
            rows = Booking.objects.filter(facility=desk.hall.facility, state__in=Booking.STANDING)
            for booking in rows.exclude(kind="freed").select_related("room"):
                plan = plan_of(booking.room, booking.day)
                unit = plan.unit(booking.combination_id)
                assert unit is not None
                if booking.kind == "block":
                    cells = blocks.covering(plan, booking.starts, booking.ends)
                else:
                    cells = plan.cells(booking.starts, booking.ends)
                wanted |= {(booking.pk, part, booking.day, cell) for part in unit.part_ids for cell in cells}
            freed = set(rows.filter(kind="freed").values_list("pk", flat=True))
            assert {row for row in self.slots() if row[0] not in freed} == wanted
            assert {row[0] for row in self.slots()} >= freed  # none waits for nothing
            if not released_together:
                assert not freed

        @invariant()
        def stock_is_what_stands(self) -> None:
            lent = EquipmentSlot.objects.filter(equipment=desk.hall.chairs)
            rows = Booking.objects.filter(facility=desk.hall.facility, state__in=Booking.STANDING)
            standing = {
                row.pk: row.equipment.get("chair", 0) * -(-(row.ends - row.starts) // 15)
                for row in rows.exclude(kind="freed")
                if row.equipment.get("chair")
            }
            found: dict[int, int] = {}
            for booking_id in lent.values_list("booking_id", flat=True):
                found[booking_id] = found.get(booking_id, 0) + 1
            assert found == standing

        @invariant()
        def checks_agree(self) -> None:
            body = desk.world.chiba
            for ask in (
                nothing_is_taken_twice,
                no_two_uses_overlap,
                standing_bookings_have_their_cells,
                stock_is_not_exceeded,
            ):
                assert ask(body) == []

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    return Hall


@pytest.mark.parametrize("released_together", [True, False])
def test_slots_are_what_stands_whatever_happens(desk: Desk, released_together: bool) -> None:
    run_state_machine_as_test(
        machine(desk, released_together=released_together),
        settings=settings(max_examples=8, stateful_step_count=14, deadline=None),
    )
