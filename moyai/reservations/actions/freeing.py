"""枠を手放す — cells that a booking gives up: let go at once, or kept by a row of their own until their release."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from moyai.reservations.actions import slots
from moyai.reservations.actions.asked import Scene
from moyai.reservations.actions.making import MINUTE, S, save, step
from moyai.reservations.models import Booking
from moyai.reservations.rules.lottery import free_at
from moyai.reservations.rules.rooms import RoomPlan
from moyai.tenants.public import clock, public_number


def release_at(scene: Scene, *, now: datetime) -> datetime | None:
    """取消し分の開放 — when cells given up now are let go; None: at once (by policy, or because the use is too near)."""
    begins = datetime.combine(scene.asked.day, datetime.min.time(), clock.JST) + scene.asked.starts * MINUTE
    return free_at(scene.document("lottery"), now=now.astimezone(clock.JST), begins=begins)


def give_up(
    booking: Booking, *, now: datetime, scene: Scene, keep: Iterable[tuple[int, int]] = ()
) -> list[Booking]:
    """Cells of a booking but those of `keep` (part, cell) are given up: let go, or kept as FREED until their release.

    Returns the rows that keep them. `scene` is that of the booking as it was.
    """
    gone = slots.held_pairs(booking) - set(keep)
    at = release_at(scene, now=now)
    if not gone:
        return []
    if at is None:
        return []  # who calls deletes or replaces what the booking still has
    freed: list[Booking] = []
    for parts, cells in _runs(gone, scene.plan):
        row = _freed_row(booking, scene.plan, parts, cells, now=now, at=at)
        row.save(force_insert=True)
        slots.hand_over(booking=booking, to=row, part_ids=parts, cells=cells)
        freed.append(row)
    return freed


def let_all_go(booking: Booking, *, now: datetime, scene: Scene) -> list[Booking]:
    """Everything a booking has: kept for its release where the policy says so, the rest free."""
    slots.lock_held([booking])
    freed = give_up(booking, now=now, scene=scene)
    slots.let_go([booking])
    return freed


def freed_from(booking: Booking) -> list[Booking]:
    """What still keeps the cells that this booking gave up."""
    return list(
        Booking.objects.filter(
            body_id=booking.body_id,
            kind=Booking.Kind.FREED,
            state=S.BOOKED,
            free_at__isnull=False,
            quote__freed_from=booking.pk,
        )
        .select_for_update(of=("self",))
        .order_by("id")
    )


def end_freed(rows: Iterable[Booking], *, now: datetime) -> None:
    """The rows themselves, once their cells are another's or nobody's."""
    for row in rows:
        step(row, "end")
        row.free_at = None
        save(row, "state", "free_at", now=now)


def _runs(pairs: Iterable[tuple[int, int]], plan: RoomPlan) -> list[tuple[tuple[int, ...], list[int]]]:
    """Cells that follow each other in the same parts: [(parts, cells)]."""
    by_cell: dict[int, set[int]] = {}
    for part, cell in pairs:
        by_cell.setdefault(cell, set()).add(part)
    order = sorted({frame.starts for frame in plan.frames}) if not plan.step else []
    found: list[tuple[tuple[int, ...], list[int]]] = []
    for cell in sorted(by_cell):
        parts = tuple(sorted(by_cell[cell]))
        if found and found[-1][0] == parts and _follows(found[-1][1][-1], cell, plan, order):
            found[-1][1].append(cell)
        else:
            found.append((parts, [cell]))
    return found


def _follows(before: int, cell: int, plan: RoomPlan, order: Sequence[int]) -> bool:
    if plan.step:
        return cell == before + plan.step
    return before in order and cell in order and order.index(cell) == order.index(before) + 1


def _freed_row(
    booking: Booking,
    plan: RoomPlan,
    parts: Sequence[int],
    cells: Sequence[int],
    *,
    now: datetime,
    at: datetime,
) -> Booking:
    ends = {frame.starts: frame.ends for frame in plan.frames}
    codes = {frame.starts: frame.code for frame in plan.frames}
    unit = next((one for one in plan.units if one.part_ids == tuple(sorted(parts))), None)
    last = cells[-1]
    return Booking(
        body_id=booking.body_id,
        number=public_number(),
        kind=Booking.Kind.FREED,
        state=S.BOOKED,
        facility_id=booking.facility_id,
        room_id=booking.room_id,
        combination_id=unit.id if unit else booking.combination_id,
        day=booking.day,
        starts=cells[0],
        ends=last + plan.step if plan.step else ends.get(last, last + 1),
        frames=[codes[cell] for cell in cells if cell in codes] if not plan.step else [],
        weight=0,
        channel=booking.channel,
        made_at=now,
        made_on=clock.today(now),
        changed_at=now,
        free_at=at,
        quote={"freed_from": booking.pk},
    )
