"""年次報告の材料 — all rows of the council that a year's report tells of, each kind read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Exists, OuterRef, Q

from moyai.calendars.public import fiscal_year_range
from moyai.council.models import (
    Budget,
    BudgetLine,
    Climb,
    Committee,
    CommitteeName,
    Entry,
    GivenFigure,
    GivenTable,
    Item,
    Meeting,
    Office,
    Refund,
    ReportRelease,
    ReportText,
    Seat,
    Settlement,
    SpecialAccount,
    Term,
)
from moyai.operations.public import PrintedRate
from moyai.tenants.public import Body, Population, bodies_on

HELD = (Meeting.State.HELD, Meeting.State.CLOSED)


@dataclass(frozen=True, slots=True)
class SittingRows:
    """会議の記録 — committees in their order, sittings and items of a year, and what each item came from."""

    committees: tuple[Committee, ...]
    meetings: dict[int, list[Meeting]]  # by committee
    items: dict[int, list[Item]]  # by meeting
    origins: dict[int, list[Item]]  # by item: those below, with meeting and committee
    names: dict[int, str]  # what a committee was called on the last day, where it was renamed


def sittings_of(fiscal_year: int, *, public: bool) -> SittingRows:
    """会議 of a year that were held, and the committees that lived in it. Five queries."""
    first, last = fiscal_year_range(fiscal_year)
    committees = tuple(
        Committee.objects.filter(from_on__lte=last)
        .exclude(until_on__lt=first)
        .select_related("service", "parent", "follows")
        .order_by("position", "id")
    )
    rows = Meeting.objects.filter(fiscal_year=fiscal_year, state__in=HELD).order_by("number")
    if public:
        rows = rows.filter(public=True)
    meetings: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in rows:
        meetings[meeting.committee_id].append(meeting)
    items: dict[int, list[Item]] = defaultdict(list)
    of_year = Item.objects.filter(meeting__fiscal_year=fiscal_year, meeting__state__in=HELD)
    for item in of_year.exclude(state=Item.State.WITHDRAWN).order_by("position"):
        items[item.meeting_id].append(item)
    origins: dict[int, list[Item]] = defaultdict(list)
    climbs = Climb.objects.filter(item__meeting__fiscal_year=fiscal_year).select_related(
        "origin__meeting__committee"
    )
    if public:
        climbs = climbs.filter(origin__meeting__public=True)
    for climb in climbs.order_by("origin__meeting__held_on", "origin_id"):
        origins[climb.item_id].append(climb.origin)
    renamed = CommitteeName.objects.filter(from_on__lte=last).order_by("from_on", "id")
    return SittingRows(committees, meetings, items, origins, {one.committee_id: one.name for one in renamed})


def renamings_until(on: date) -> list[CommitteeName]:
    """名称の経過 of every committee that has had more than one, until a day. One query."""
    rows = CommitteeName.objects.filter(from_on__lte=on).select_related("committee")
    found: dict[int, list[CommitteeName]] = defaultdict(list)
    for row in rows.order_by("committee__position", "committee_id", "from_on"):
        found[row.committee_id].append(row)
    return [one for names in found.values() if len(names) > 1 for one in names]


def seats_of(on: date) -> dict[int, list[Seat]]:
    """構成員 on a day by committee: bodies by code, then those who are no body. One query."""
    found: dict[int, list[Seat]] = defaultdict(list)
    rows = Seat.objects.filter(from_on__lte=on).exclude(until_on__lt=on).select_related("body")
    for seat in rows.order_by("body__code", "id"):
        found[seat.committee_id].append(seat)
    return found


def left_seats(fiscal_year: int) -> list[Seat]:
    """構成員でなくなった者 of a year that say why. One query."""
    first, last = fiscal_year_range(fiscal_year)
    rows = Seat.objects.filter(until_on__range=(first, last)).exclude(why_left="")
    return list(rows.select_related("body", "committee").order_by("until_on", "body__code", "id"))


def offices_of(fiscal_year: int) -> tuple[list[Office], dict[int, list[Term]]]:
    """役職 that were there in a year, and the terms that touched it. Two queries."""
    first, last = fiscal_year_range(fiscal_year)
    offices = Office.objects.filter(from_on__lte=last).exclude(until_on__lt=first)
    terms: dict[int, list[Term]] = defaultdict(list)
    held = Term.objects.filter(from_on__lte=last, until_on__gte=first).select_related("body")
    for term in held.order_by("from_on", "place"):
        terms[term.office_id].append(term)
    in_order = offices.select_related("committee").order_by(
        "committee__position", "committee_id", "position", "id"
    )
    return list(in_order), terms


def populations_on(on: date) -> list[Population]:
    """人口 of every member that has one, the latest by a day; by 団体コード. One query."""
    rows = Population.objects.filter(as_of__lte=on, body__in=bodies_on(on)).select_related("body")
    latest: dict[int, Population] = {}
    for row in rows.order_by("as_of"):
        latest[row.body_id] = row
    return sorted(latest.values(), key=lambda one: one.body.code)


def names_of_codes(codes: Iterable[str]) -> dict[str, str]:
    """団体名 by 団体コード. One query."""
    return dict(Body.objects.filter(code__in=list(codes)).values_list("code", "name"))


@dataclass(frozen=True, slots=True)
class AccountRows:
    """特別会計 of a year: its budget as it stood in the end, what came in and went out, and its settlement."""

    account: SpecialAccount
    budget: Budget | None
    budgets: tuple[Budget, ...]
    lines: tuple[BudgetLine, ...]
    entries: dict[int, list[Entry]]  # by 科目
    settlement: Settlement | None
    refund: Refund | None


def accounts_of(fiscal_year: int, *, public: bool) -> list[AccountRows]:
    """会計 that had a budget, an entry or a settlement in the year; for citizens only those that were settled. Six queries."""
    settled = {
        one.account_id: one
        for one in Settlement.objects.filter(fiscal_year=fiscal_year).select_related("budget")
    }
    decided = Budget.objects.filter(fiscal_year=fiscal_year).exclude(state=Budget.State.WITHDRAWN)
    budgets = {
        key: list(of_account)
        for key, of_account in groupby(decided.order_by("account_id", "number"), lambda one: one.account_id)
    }
    refunds = {one.settlement_id: one for one in Refund.objects.filter(settlement__in=settled.values())}
    held: dict[int, Budget] = {}
    for key, versions in budgets.items():
        in_force = [one for one in versions if one.state == Budget.State.DECIDED]
        held[key] = settled[key].budget if key in settled else (in_force or versions)[-1]
    lines: dict[int, list[BudgetLine]] = defaultdict(list)
    for line in (
        BudgetLine.objects.filter(budget__in=held.values())
        .select_related("line")
        .order_by("line__position", "line_id")
    ):
        lines[line.budget_id].append(line)
    entries: dict[int, dict[int, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    # A wrong posting and its counter say nothing together.
    standing = Entry.objects.filter(fiscal_year=fiscal_year, reverses__isnull=True, reversed_by__isnull=True)
    for entry in standing.order_by("position", "id"):
        entries[entry.account_id][entry.line_id].append(entry)
    wanted = budgets.keys() | settled.keys()
    found = []
    for account in SpecialAccount.objects.filter(pk__in=wanted).order_by("position", "id"):
        settlement = settled.get(account.pk)
        if public and (settlement is None or settlement.state == Settlement.State.DRAFT):
            continue
        budget = held.get(account.pk)
        found.append(
            AccountRows(
                account,
                budget,
                tuple(budgets.get(account.pk, ())),
                tuple(lines.get(budget.pk, ())) if budget else (),
                entries.get(account.pk, {}),
                settlement,
                refunds.get(settlement.pk) if settlement else None,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class GivenRows:
    """記載値 of a year: the forms of tables, their cells, and the sentences by section."""

    tables: tuple[GivenTable, ...]
    figures: dict[str, list[GivenFigure]]  # by table
    texts: dict[str, list[ReportText]]  # by section


def given_in(fiscal_year: int) -> GivenRows:
    """Three queries."""
    tables = GivenTable.objects.filter(fiscal_year=fiscal_year).order_by("position", "id")
    figures: dict[str, list[GivenFigure]] = defaultdict(list)
    for figure in GivenFigure.objects.filter(fiscal_year=fiscal_year).order_by("position", "id"):
        figures[figure.table].append(figure)
    texts: dict[str, list[ReportText]] = defaultdict(list)
    for text in ReportText.objects.filter(fiscal_year=fiscal_year).order_by("section", "position"):
        texts[text.section].append(text)
    return GivenRows(tuple(tables), figures, texts)


def rates_printed(fiscal_year: int) -> dict[str, list[PrintedRate]]:
    """記載の稼働率 of a year by 事業: the cells of each table 「<service>-availability」 as a report printed them. Two queries."""
    forms = {
        form.code: form
        for form in GivenTable.objects.filter(fiscal_year=fiscal_year, code__endswith="-availability")
        if form.section and form.code == f"{form.section}-availability"
    }
    labels = {
        (code, column["key"]): str(column["label"])
        for code, form in forms.items()
        for column in form.columns
        if column.get("kind") == "percent"
    }
    found: dict[str, list[PrintedRate]] = {}
    cells = GivenFigure.objects.filter(
        fiscal_year=fiscal_year, table__in=forms, kind=GivenFigure.Kind.CELL, number__range=(0, 100)
    )
    for figure in cells.order_by("position", "id"):
        label = labels.get((figure.table, figure.column))
        if label is not None and figure.number is not None:
            name, rate = f"{figure.row}（{label}）", f"{figure.number.normalize():f}"
            found.setdefault(forms[figure.table].section, []).append(PrintedRate(name, rate))
    return found


def years_told(until: int) -> list[int]:
    """年度 with anything to tell in the council's own rows, the newest first, none after `until`. Four queries."""
    years: set[int] = set()
    for model in (Meeting, Budget, ReportText, GivenFigure):
        years |= set(model.objects.values_list("fiscal_year", flat=True).distinct())
    return sorted((year for year in years if year <= until), reverse=True)


def years_released() -> list[int]:
    """公開した年度, the newest first. One query."""
    rows = ReportRelease.objects.filter(withdrawn_at__isnull=True)
    return list(rows.order_by("-fiscal_year").values_list("fiscal_year", flat=True))


def release_of(fiscal_year: int) -> ReportRelease | None:
    """公開の記録 in force, if there is one."""
    return ReportRelease.objects.filter(fiscal_year=fiscal_year, withdrawn_at__isnull=True).first()


def undecided(fiscal_year: int) -> int:
    """承認されていない会計 — how many accounts with a budget of the year have no settlement that was decided."""
    decided = Settlement.objects.filter(
        account=OuterRef("account"), fiscal_year=fiscal_year, state=Settlement.State.DECIDED
    )
    rows = Budget.objects.filter(Q(fiscal_year=fiscal_year) & ~Q(state=Budget.State.WITHDRAWN))
    return rows.filter(~Exists(decided)).values("account").distinct().count()
