"""受付の読取り — views of the desk by key, a member's own cases, what is shared with all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth

from moyai.calendars.public import fiscal_year_range, office_calendar
from moyai.operations.models import Case, CaseStep, Kind
from moyai.operations.rules.cases import RUNNING, UNDONE, runs
from moyai.operations.rules.clocks import Desk, elapsed
from moyai.tenants.public import Actor, Body, clock

PAGE_ROWS: Final = 50
VIEWS: Final = ("open", "overdue", "waiting", "mine", "undecided", "review", "probe", "done", "all")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the desk asks for. `after` and `before` are keys of rows: the list goes on from there."""

    view: str = "open"
    kind: str = ""
    body: str = ""
    words: str = ""
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    rows: list[Case]
    older: str = ""
    newer: str = ""


def overdue(now: datetime) -> Q:
    """期限切れ — the clock runs, and the answer or the solution is late."""
    late = Q(answered_at__isnull=True, answer_by__lt=now) | Q(solve_by__lt=now)
    return Q(state__in=[state.value for state in RUNNING]) & late


def _view(view: str, *, actor: Actor, now: datetime) -> Q:
    undone = Q(state__in=[state.value for state in UNDONE])
    table = {
        "open": Q(state__in=[state.value for state in RUNNING]),
        "overdue": overdue(now),
        "waiting": Q(state=Case.State.WAITING),
        "mine": undone & Q(assignee=actor.name) & ~Q(assignee=""),
        "undecided": Q(kind__ends_in_decision=True) & (undone | Q(decision=Case.Decision.KEPT)),
        "review": undone & Q(review_due=True),
        "probe": undone & Q(way="probe"),
        "done": Q(state__in=[Case.State.SOLVED, Case.State.CLOSED]),
        "all": Q(),
    }
    return table[view]


def desk(*, actor: Actor, now: datetime, wanted: Wanted) -> Found:
    """受付の一覧 of those who answer, the newest first."""
    rows = Case.objects.filter(_view(wanted.view, actor=actor, now=now))
    if wanted.kind:
        rows = rows.filter(kind__code=wanted.kind)
    if wanted.body:
        rows = rows.filter(body__code=wanted.body)
    if words := wanted.words.strip():
        number = "".join(sign for sign in words if sign.isdigit())
        by_number = Q(number=number) if len(number) == 12 else Q(pk__in=[])
        rows = rows.filter(by_number | Q(title__icontains=words) | Q(party__icontains=words))
    return page_of(rows.select_related("kind", "body", "system"), wanted.after, wanted.before)


def counts(*, actor: Actor, now: datetime) -> dict[str, int]:
    """How many wait in each view that asks for work; one query."""
    asked = {
        view: _view(view, actor=actor, now=now)
        for view in ("open", "overdue", "waiting", "mine", "undecided", "review")
    }
    found: dict[str, int] = Case.objects.aggregate(
        **{view: Count("pk", filter=where) for view, where in asked.items()}
    )
    return found


def page_of(rows: QuerySet[Case], after: str, before: str) -> Found:
    """One page of cases by key, the newest first."""
    back = _at(before)
    if back is not None:
        asked = rows.filter(Q(came_at__gt=back[0]) | Q(came_at=back[0], pk__gt=back[1]))
        listed = list(asked.order_by("came_at", "pk")[: PAGE_ROWS + 1])
        more, listed = len(listed) > PAGE_ROWS, listed[:PAGE_ROWS][::-1]
        return Found(listed, key(listed[-1]) if listed else "", key(listed[0]) if more else "")
    on = _at(after)
    if on is not None:
        rows = rows.filter(Q(came_at__lt=on[0]) | Q(came_at=on[0], pk__lt=on[1]))
    listed = list(rows.order_by("-came_at", "-pk")[: PAGE_ROWS + 1])
    more, listed = len(listed) > PAGE_ROWS, listed[:PAGE_ROWS]
    return Found(listed, key(listed[-1]) if more else "", key(listed[0]) if on is not None and listed else "")


_ZERO: Final = datetime(1970, 1, 1, tzinfo=UTC)


def key(case: Case) -> str:
    return f"{(case.came_at - _ZERO) // timedelta(microseconds=1)}.{case.pk}"


def _at(text: str) -> tuple[datetime, int] | None:
    """The place a key names; None for what is none."""
    first, dot, second = text.partition(".")
    if not dot or not (first + second).isascii() or not first.isdigit() or not second.isdigit():
        return None
    if len(first) > 17 or len(second) > 18:
        return None
    return _ZERO + timedelta(microseconds=int(first)), int(second)


def case_at_desk(number: str) -> Case | None:
    return (
        Case.objects.select_related("kind", "body", "service", "system", "same_as")
        .filter(number=number)
        .first()
    )


def steps_of(case: Case, *, notes: bool) -> list[CaseStep]:
    """経過 in order; `notes` for those who answer."""
    rows = CaseStep.objects.filter(case=case)
    if not notes:
        rows = rows.exclude(what=CaseStep.What.NOTE)
    return list(rows.order_by("at", "pk"))


@dataclass(frozen=True, slots=True)
class Spent:
    """かかった時間 — counted minutes to the first answer and to the solution, without those the member was waited for."""

    answer: int | None
    solve: int | None


def spent_on(case: Case, steps: Sequence[CaseStep]) -> Spent:
    """かかった時間 of a case, on the calendar and by the hours its deadlines go by. None for what is not yet done."""
    done = [at for at in (case.answered_at, case.solved_at) if at is not None]
    if not done:
        return Spent(None, None)
    since, stood = runs(case.came_at, [(one.at, one.state, one.what) for one in steps if one.state])
    calendar = office_calendar(first=clock.today(since), last=clock.today(max(done)))
    hours = Desk(around_the_clock=case.kind.around_the_clock)
    answer, solve = (
        elapsed(since, at, hours, calendar, stood) if at is not None else None
        for at in (case.answered_at, case.solved_at)
    )
    return Spent(answer, solve)


# --- members ----------------------------------------------------------------------------------------------------------


def own_cases(*, actor: Actor, after: str = "", before: str = "") -> Found:
    """The cases of the acting body, less those of sections that are not the actor's."""
    return page_of(_own(actor).select_related("kind", "system"), after, before)


def own_case(*, actor: Actor, number: str) -> Case | None:
    """A case of the acting body; another body's is absent."""
    return _own(actor).select_related("kind", "service", "system", "same_as").filter(number=number).first()


def _own(actor: Actor) -> QuerySet[Case]:
    assert actor.body is not None
    rows = Case.objects.filter(body=actor.body)
    return rows.filter(section__in=["", *actor.sections]) if actor.sections else rows


@dataclass(frozen=True, slots=True)
class Shared:
    """What all members read: by its number, never by whom."""

    case: Case
    supporters: int
    supported: bool


def shared_cases(*, body: Body, wishes: bool) -> list[Shared]:
    """よくある質問, or the list of wishes with how many members want the same; the newest 200."""
    rows = (
        Case.objects.filter(shared_on__isnull=False, kind__ends_in_decision=wishes)
        .select_related("kind", "service")
        .annotate(
            supporters=Count("likes__body", distinct=True),
            supported=Count("likes", filter=Q(likes__body=body)),
        )
        .order_by("-shared_on", "-pk")[:200]
    )
    return [Shared(case, case.supporters, bool(case.supported) or case.body_id == body.pk) for case in rows]


def shared_case(number: str) -> Case | None:
    return (
        Case.objects.select_related("kind", "service").filter(number=number, shared_on__isnull=False).first()
    )


def kinds() -> list[Kind]:
    return list(Kind.objects.order_by("position", "code"))


# --- figures ----------------------------------------------------------------------------------------------------------


def _year(fiscal_year: int) -> QuerySet[Case]:
    first, last = fiscal_year_range(fiscal_year)
    begins = datetime.combine(first, datetime.min.time(), tzinfo=clock.JST)
    ends = datetime.combine(last + timedelta(days=1), datetime.min.time(), tzinfo=clock.JST)
    return Case.objects.filter(came_at__gte=begins, came_at__lt=ends)


def by_month(fiscal_year: int) -> dict[tuple[str, date], int]:
    """How many came, by kind and month."""
    rows = (
        _year(fiscal_year)
        .annotate(month=TruncMonth("came_at", tzinfo=clock.JST))
        .values_list("kind__code", "month")
        .annotate(count=Count("pk"))
    )
    return {(code, clock.today(month)): count for code, month, count in rows}


def by(fiscal_year: int, *columns: str) -> list[tuple[Any, ...]]:
    """How many came, by columns of the case (kind__code, section, system__name, body__code …)."""
    rows = _year(fiscal_year).order_by(*columns).values_list(*columns).annotate(count=Count("pk"))
    return list(rows)


def by_section(fiscal_year: int) -> list[tuple[str, str, date, int]]:
    """How many came, by 課・部局, kind and month."""
    rows = (
        _year(fiscal_year)
        .annotate(month=TruncMonth("came_at", tzinfo=clock.JST))
        .order_by("section", "kind__code", "month")
        .values_list("section", "kind__code", "month")
        .annotate(count=Count("pk"))
    )
    return [(section, code, clock.today(month), count) for section, code, month, count in rows]


def kept_in_time(fiscal_year: int) -> Sequence[tuple[str, int, int, int]]:
    """By kind: those answered, those of them in time, those still open past their time is the desk's view."""
    return list(
        _year(fiscal_year)
        .filter(answered_at__isnull=False, answer_by__isnull=False)
        .order_by("kind__code")
        .values_list("kind__code")
        .annotate(
            answered=Count("pk"),
            in_time=Count("pk", filter=Q(answered_at__lte=F("answer_by"))),
            solved=Count("pk", filter=Q(solved_at__isnull=False)),
        )
    )


def reviewed(fiscal_year: int) -> list[tuple[str, str, str, int, int, int]]:
    """確認の要否 of the year's cases by kind and 調達の種類: asked, due, and of those due solved. One query."""
    due = Q(review_due=True)
    return list(
        _year(fiscal_year)
        .filter(review_due__isnull=False)
        .order_by("kind__position", "kind__code", "procurement")
        .values_list("kind__code", "kind__name", "procurement")
        .annotate(
            asked=Count("pk"),
            due=Count("pk", filter=due),
            solved=Count("pk", filter=due & Q(solved_at__isnull=False)),
        )
    )


def decided(fiscal_year: int) -> list[Case]:
    """要望・提案の採否 — those decided in a fiscal year, with their release."""
    first, last = fiscal_year_range(fiscal_year)
    return list(
        Case.objects.filter(decided_on__gte=first, decided_on__lte=last)
        .select_related("kind")
        .order_by("decided_on", "pk")[:1000]
    )
