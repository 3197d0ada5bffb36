"""会議 — sittings of a year, one with all that belongs to it, and what can be counted of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from moyai.calendars.public import fiscal_year_range
from moyai.council.models import Attendance, Climb, Committee, Item, Meeting, Seat, Task
from moyai.council.queries.rights import meetings_readable
from moyai.council.queries.sitting import Sitter
from moyai.council.rules import climbing, series
from moyai.tenants.public import Body

PAGE_ROWS = 50
HELD = (Meeting.State.HELD, Meeting.State.CLOSED)


def meetings_of_year(
    year: int,
    *,
    committee: int | None = None,
    mode: str = "",
    before: tuple[date, int] | None = None,
    only: Q | None = None,
) -> list[Meeting]:
    """A page of the sittings of a fiscal year, newest first, with the number of their items; one row more tells that it goes on."""
    rows = Meeting.objects.filter(fiscal_year=year)
    if committee is not None:
        rows = rows.filter(committee=committee)
    if mode:
        rows = rows.filter(mode=mode)
    if only is not None:
        rows = rows.filter(only)
    if before is not None:
        day, pk = before
        rows = rows.filter(Q(held_on__lt=day) | Q(held_on=day, pk__lt=pk))
    return list(
        rows.select_related("committee")
        .defer("minutes")
        .annotate(item_count=Count("items"))
        .order_by("-held_on", "-pk")[: PAGE_ROWS + 1]
    )


def years_with_meetings() -> list[int]:
    return list(Meeting.objects.order_by("-fiscal_year").values_list("fiscal_year", flat=True).distinct())


def committees_in_order() -> list[Committee]:
    return list(Committee.objects.order_by("position", "code"))


def meeting_for_page(meeting_id: int) -> Meeting | None:
    return Meeting.objects.select_related("committee").filter(pk=meeting_id).first()


def readable_by_member(mine: frozenset[int]) -> Q:
    """会議 in a member's list: its own committees' and those of the public report; none that is still planned."""
    return meetings_readable(mine) | (Q(public=True) & ~Q(state=Meeting.State.PLANNED))


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """議題の1行 — `label` is 1, 2, or 2(1) for one under a heading."""

    item: Item
    label: str
    depth: int
    origins: int = 0
    climbs: int = 0


def agenda_of(meeting: Meeting) -> list[AgendaLine]:
    """次第 — items in their order, those under a heading behind it; two queries."""
    items = list(Item.objects.filter(meeting=meeting).order_by("position"))
    below: dict[int, int] = {}
    above: dict[int, int] = {}
    ids = [item.pk for item in items]
    links = Climb.objects.filter(Q(item__in=ids) | Q(origin__in=ids)).values_list("item_id", "origin_id")
    for upper, lower in links:
        below[upper] = below.get(upper, 0) + 1
        above[lower] = above.get(lower, 0) + 1
    under: dict[int | None, list[Item]] = {}
    for item in items:
        under.setdefault(item.heading_id, []).append(item)
    lines: list[AgendaLine] = []

    def walk(heading: int | None, prefix: str, depth: int) -> None:
        for number, item in enumerate(under.get(heading, []), 1):
            label = str(number) if not prefix else f"{prefix}({number})"
            lines.append(AgendaLine(item, label, depth, below.get(item.pk, 0), above.get(item.pk, 0)))
            walk(item.pk, label, depth + 1)

    walk(None, "", 0)
    return lines


def attendance_of(meeting: Meeting) -> list[Attendance]:
    return list(
        Attendance.objects.filter(meeting=meeting)
        .select_related("body", "proxy_for")
        .order_by("body__code", "name", "id")
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """出席の数 — of members by how they attended, of people in the room or online, and of blocks that were there."""

    members: int
    by_how: dict[str, int]
    persons: int
    silent: tuple[str, ...]  # members of whom nothing is recorded
    blocks: dict[str, bool] = field(default_factory=dict)


def counted(sitters: Sequence[Sitter], lines: Sequence[Attendance]) -> Counted:
    """Pure: from who sits and what is recorded."""
    by_body = {line.body_id: line for line in lines if line.body_id is not None}
    members = [one for one in sitters if one.capacity == Seat.Capacity.MEMBER and one.body is not None]
    by_how: dict[str, int] = {}
    blocks: dict[str, bool] = {}
    there = {Attendance.How.PERSON, Attendance.How.ONLINE}
    for one in members:
        line = by_body.get(one.body.pk) if one.body else None
        if line is not None:
            by_how[line.how] = by_how.get(line.how, 0) + 1
        if one.block:
            blocks[one.block] = blocks.get(one.block, False) or (line is not None and line.how in there)
    return Counted(
        members=len(members),
        by_how=by_how,
        persons=sum(line.persons for line in lines if line.how in there),
        silent=tuple(one.body.name for one in members if one.body and one.body.pk not in by_body),
        blocks=blocks,
    )


def tasks_of(meeting: Meeting) -> list[Task]:
    return list(Task.objects.filter(meeting=meeting).select_related("body", "item").order_by("due_on", "id"))


def open_tasks(*, body: Body | None = None, limit: int = 200) -> list[Task]:
    """対応中の宿題, the most urgent first; those without a day last."""
    rows = Task.objects.filter(done_on__isnull=True)
    if body is not None:
        rows = rows.filter(body=body)
    return list(rows.select_related("body", "meeting__committee").order_by("due_on", "id")[:limit])


def slipped(task: Task, today: date) -> bool:
    """遅れ — open beyond its day, or done after it."""
    return task.due_on is not None and task.due_on < (task.done_on or today)


@dataclass(frozen=True, slots=True)
class ModeCount:
    """開催状況の1行 — how often a committee sat in a fiscal year, by mode."""

    committee: Committee
    by_mode: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_mode.values())


def counts_by_mode(year: int) -> list[ModeCount]:
    """開催状況 — sittings held in a fiscal year by committee and mode, in the order of the committees; two queries.

    Those called off and those still to come are not counted.
    """
    found: dict[int, dict[str, int]] = {}
    rows = (
        Meeting.objects.filter(fiscal_year=year, state__in=HELD)
        .values_list("committee_id", "mode")
        .annotate(n=Count("id"))
    )
    for committee, mode, n in rows.order_by():
        found.setdefault(committee, {})[mode] = n
    order = Committee.objects.filter(pk__in=found).order_by("position", "code")
    return [ModeCount(committee, found[committee.pk]) for committee in order]


def missing_months(committee: Committee, first: date, last: date) -> list[date]:
    """開かれていない月 of a monthly sitting, by their first days; one that was called off does not count."""
    held = (
        Meeting.objects.filter(committee=committee, held_on__range=(first.replace(day=1), last))
        .exclude(state=Meeting.State.CANCELLED)
        .values_list("held_on", flat=True)
    )
    return series.missing_months(list(held), first, last)


def missing_in_year(committee: Committee, year: int, today: date) -> list[date]:
    """The same for a fiscal year, as far as it has gone and as long as the committee lives."""
    first, last = fiscal_year_range(year)
    first = max(first, committee.from_on)
    last = min(day for day in (last, today, committee.until_on) if day is not None)
    return missing_months(committee, first, last) if first <= last else []


def climbable(meeting: Meeting) -> list[Item]:
    """上申できる議案 — decided in the committees below, not after this sitting, and not climbed into it yet; newest first."""
    ways = {
        code: above
        for code, above in Committee.objects.values_list("code", "climbs_to__code")
        if above is not None
    }
    below = [code for code in ways if meeting.committee.code in climbing.above(code, ways)]
    last = meeting.until_on or meeting.held_on
    return list(
        Item.objects.filter(
            Q(decided_on__lte=last) | Q(decided_on__isnull=True, meeting__held_on__lte=last),
            meeting__committee__code__in=below,
            state__in=sorted(climbing.CLIMBS_FROM),
        )
        .exclude(climbs__item__meeting=meeting)
        .select_related("meeting__committee")
        .order_by("-meeting__held_on", "position")[:100]
    )

