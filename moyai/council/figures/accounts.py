"""収支決算の節 — of every special account: income and expense by 科目, surplus, and what becomes of it; shares by member."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from django.db.models import Sum
from django.utils.translation import gettext as _

from moyai.calendars.public import day_words, fiscal_year_range
from moyai.council.figures.columns import year_words
from moyai.council.figures.payments import payments_table
from moyai.council.figures.sections import Block, Chart, Section, Table, Words
from moyai.council.models import (
    AccountLine,
    Budget,
    BurdenShare,
    Entry,
    Refund,
    Settlement,
    Side,
)
from moyai.council.queries.payments import borne_in_years, spent_until
from moyai.council.queries.report import AccountRows, accounts_of
from moyai.council.rules.payments import Payment
from moyai.documents.public import Column, FigureTable, Row, all_rows_of

MOST_SHARES = 15  # members on the chart of shares; the others together


def account_sections(fiscal_year: int, *, public: bool) -> list[Section]:
    """収支決算 of each account, in their order."""
    spent = spent_until(fiscal_year, public=public)
    return [
        Section(
            f"account-{rows.account.code}",
            _("特別会計%(name)s収支決算書") % {"name": rows.account.name},
            account_blocks(rows, fiscal_year, spent.get(rows.account.pk, ())),
            part="settlement",
        )
        for rows in accounts_of(fiscal_year, public=public)
    ]


def account_blocks(rows: AccountRows, fiscal_year: int, spent: Sequence[Payment]) -> tuple[Block, ...]:
    """期間, 収入の部, 支出の部, 総額と差引額, 返還, and what each 科目 cost in the years before."""
    first, last = fiscal_year_range(fiscal_year)
    code = rows.account.code
    blocks: list[Block] = [
        Words(
            _("自 %(first)s 至 %(last)s")
            % {"first": day_words(first, weekday=False), "last": day_words(last, weekday=False)}
        )
    ]
    blocks += [
        Table(f"{code}-{side.value}", settlement_table(rows, side)) for side in (Side.INCOME, Side.EXPENSE)
    ]
    blocks.append(Table(f"{code}-surplus", surplus_table(rows)))
    if len(rows.budgets) > 1:
        blocks.append(Table(f"{code}-budgets", budgets_table(rows.budgets)))
    yearly = payments_table(
        _("支出の部：年度ごとの決算額"), spent, rows_label=_("科目"), source=_("特別会計の記帳")
    )
    if yearly is not None:
        blocks.append(Table(f"{code}-payments", yearly))
    return tuple(blocks)


def actual_of(entries: Sequence[Entry]) -> int:
    return sum(entry.yen for entry in entries)


def settlement_table(rows: AccountRows, side: Side) -> FigureTable:
    """収入の部・支出の部 — 予算額, 決算額, 差引額（予算額−決算額） and 摘要; a 科目 with nothing on it stays."""
    made = []
    for line in rows.lines:
        if line.line.side == side:
            of_line = rows.entries.get(line.line_id, [])
            actual = actual_of(of_line)
            made.append(
                Row(
                    line.line.code,
                    line.line.name,
                    {
                        "budget": line.yen,
                        "actual": actual,
                        "difference": line.yen - actual,
                        "notes": remarks(of_line) or None,
                    },
                )
            )
    published = {
        (row, column): value
        for row, columns in (rows.settlement.published if rows.settlement else {}).get(side, {}).items()
        for column, value in columns.items()
    }
    return FigureTable(
        caption=_("【%(side)sの部】") % {"side": Side(side).label},
        rows_label=_("科目"),
        columns=[
            Column("budget", _("予算額"), kind="yen"),
            Column("actual", _("決算額"), kind="yen"),
            Column("difference", _("差引額（予算額−決算額）"), kind="yen"),
            Column("notes", _("摘要"), kind="text", down=False),
        ],
        rows=all_rows_of(made, label=_("合計")),
        unit=_("円"),
        source=rows.settlement.source if rows.settlement else "",
        published={
            at: value for at, value in published.items() if at[0] in {row.key for row in made} | {"total"}
        },
    )


def remarks(entries: Sequence[Entry]) -> str:
    """摘要 — what each amount was for, with the number of bodies that paid; alone, an amount without words.

    What members paid on their bills for one thing is one amount: who paid which is told with the bills.
    """
    told: list[str] = []
    said = ""
    for (heading, label, billed), run in groupby(
        entries, key=lambda entry: (entry.heading, entry.label, entry.bill_id is not None)
    ):
        parts = list(run)
        if heading and heading != said:
            told.append(heading)
        said = heading
        if billed and len(parts) > 1:
            told.append(_remark(label, len({part.party for part in parts}), sum(part.yen for part in parts)))
        else:
            told += [_remark(label, part.count, part.yen) for part in parts]
    return "\n".join(told)


def _remark(label: str, bodies: int | None, yen: int) -> str:
    of_bodies = _("（%(n)s団体）") % {"n": bodies} if bodies is not None else ""
    return f"{label}{of_bodies} {_yen(yen)}".strip()


def _yen(yen: int) -> str:
    return f"{'△' if yen < 0 else ''}{abs(yen):,}"


def surplus_table(rows: AccountRows) -> FigureTable:
    """収入総額・支出総額・差引額 — and what of it is refunded; 端数 is what a floored refund of the year before left."""
    sums = {
        side: sum(
            actual_of(rows.entries.get(line.line_id, [])) for line in rows.lines if line.line.side == side
        )
        for side in Side
    }
    surplus = sums[Side.INCOME] - sums[Side.EXPENSE]
    printed = rows.settlement.published if rows.settlement else {}
    made = [
        Row("income", _("収入総額"), {"yen": sums[Side.INCOME], "notes": None}),
        Row("expense", _("支出総額"), {"yen": sums[Side.EXPENSE], "notes": None}),
        Row("surplus", _("差引額"), {"yen": surplus, "notes": _carried(rows.settlement)}),
    ]
    left = _of_meaning(rows, AccountLine.Meaning.CARRIED) - _of_meaning(rows, AccountLine.Meaning.REFUND)
    if left and _of_meaning(rows, AccountLine.Meaning.REFUND):
        made.append(
            Row(
                "residue",
                _("前年度繰越金のうち返還していない額"),
                {"yen": left, "notes": _("返還の端数。差引額に含まれています。")},
            )
        )
    if rows.refund is not None:
        made.append(
            Row(
                "refund",
                _("返還する額"),
                {"yen": rows.refund.yen, "notes": str(Refund.Mode(rows.refund.mode).label)},
            )
        )
        if rows.refund.residue_yen:
            made.append(Row("kept", _("端数（繰越）"), {"yen": rows.refund.residue_yen, "notes": None}))
    keys = {row.key for row in made}
    return FigureTable(
        caption=_("収支の差引き"),
        rows_label=_("区分"),
        columns=[Column("yen", _("金額"), kind="yen"), Column("notes", _("備考"), kind="text", down=False)],
        rows=made,
        unit=_("円"),
        notes=_audit(rows.settlement),
        published={(key, "yen"): value for key, value in printed.get("sums", {}).items() if key in keys},
    )


def _of_meaning(rows: AccountRows, meaning: str) -> int:
    return sum(
        actual_of(rows.entries.get(line.line_id, [])) for line in rows.lines if line.line.meaning == meaning
    )


def _carried(settlement: Settlement | None) -> str | None:
    if settlement is None:
        return _("決算前")
    year = year_words(settlement.fiscal_year + 1)
    words = _("%(year)sへ繰り越して返還") if settlement.carried == "refund" else _("%(year)sへ繰越")
    return words % {"year": year}


def _audit(settlement: Settlement | None) -> tuple[str, ...]:
    """監査と承認 — the days; the auditors' names stay in the paper."""
    if settlement is None:
        return ()
    told = [_("状態：%(state)s") % {"state": Settlement.State(settlement.state).label}]
    if settlement.audited_on:
        told.append(_("監査の日：%(day)s") % {"day": day_words(settlement.audited_on, weekday=False)})
    if settlement.decided_on:
        told.append(_("承認の日：%(day)s") % {"day": day_words(settlement.decided_on, weekday=False)})
    return tuple(told)


def budgets_table(budgets: Sequence[Budget]) -> FigureTable:
    """予算の経過 — 当初, then 補正 after 補正, by the day each was decided."""
    return FigureTable(
        caption=_("予算の経過"),
        rows_label=_("版"),
        columns=[
            Column("state", _("状態"), kind="text", down=False),
            Column("decided_on", _("決定の日"), kind="text", down=False),
        ],
        rows=[
            Row(
                str(one.number),
                one.name,
                {
                    "state": str(Budget.State(one.state).label),
                    "decided_on": day_words(one.decided_on, weekday=False) if one.decided_on else None,
                },
            )
            for one in budgets
        ],
    )


def shares_section(fiscal_year: int) -> list[Section]:
    """負担金の団体別の額 — decided shares of the year by member and cost line, with a chart of the largest."""
    rows = list(
        BurdenShare.objects.filter(burden__fiscal_year=fiscal_year, burden__state="decided")
        .values_list("body__code", "body__name", "burden__cost_line_id", "burden__cost_line__name")
        .annotate(yen=Sum("yen"))
        .order_by("body__code", "burden__cost_line_id")
    )
    if not rows:
        return []
    lines = {f"line-{line}": name for _code, _name, line, name, _yen in rows}
    of_bodies: dict[str, tuple[str, dict[str, int | str | None]]] = {}
    for code, name, line, _line_name, yen in rows:
        of_bodies.setdefault(code, (name, {}))[1][f"line-{line}"] = yen
    table = FigureTable(
        caption=_("団体ごとの負担金"),
        rows_label=_("団体名"),
        columns=[
            *(Column(key, name, kind="yen") for key, name in lines.items()),
            Column("total", _("合計"), kind="yen", sum_of=tuple(lines)),
        ],
        rows=all_rows_of(
            [Row(code, name, values) for code, (name, values) in of_bodies.items()], label=_("合計")
        ),
        unit=_("円"),
        source=_("負担金の算定"),
    )
    sums = {name: sum(int(yen) for yen in values.values() if yen) for name, values in of_bodies.values()}
    largest = sorted(sums.items(), key=lambda one: -one[1])
    shown = largest[:MOST_SHARES]
    rest = sum(yen for _name, yen in largest[MOST_SHARES:])
    labels = [name for name, _yen in shown] + ([_("ほか")] if rest else [])
    chart = Chart(
        key="burden-shares-chart",
        kind="bar",
        finding=_("負担金がもっとも多いのは%(name)sの%(yen)s円で、全体の%(part)s%%です。")
        % {
            "name": shown[0][0],
            "yen": f"{shown[0][1]:,}",
            "part": f"{shown[0][1] * 100 / max(sum(sums.values()), 1):.1f}",
        },
        title=_("団体ごとの負担金"),
        labels=tuple(labels),
        series=((_("負担金"), (*(yen for _name, yen in shown), *((rest,) if rest else ()))),),
        unit=_("円"),
        label_head=_("団体"),
        source=_("負担金の算定"),
    )
    blocks: list[Block] = [chart, Table("burden-shares", table)]
    yearly = payments_table(
        _("費目ごとの負担金：年度ごとの額"), borne_in_years(fiscal_year), rows_label=_("費目"), source=_("負担金の算定")
    )  # fmt: skip
    if yearly is not None:
        blocks.append(Table("burden-payments", yearly))
    return [Section("burdens", _("負担金"), tuple(blocks), part="settlement")]
