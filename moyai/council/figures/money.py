"""予算・負担金・返還の表 — budgets by version, shares with what explains them, bills, refunds, plans (C16–C18, O26, O27, Y16, Y24)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from moyai.calendars.public import fiscal_year_range, wareki
from moyai.council.models import (
    Bill,
    Budget,
    BudgetLine,
    Burden,
    BurdenShare,
    LateJoin,
    LevelPlan,
    Refund,
    RefundShare,
    Side,
    SpecialAccount,
    Subsidy,
)
from moyai.council.queries.books import Book, book_of
from moyai.council.queries.burdens import Compared, burdens_of_year
from moyai.council.queries.money import BillRow
from moyai.council.rules.bills import basis_in_words, exact_yen, mix_in_words, percent_of
from moyai.council.rules.levelling import Plan
from moyai.council.rules.savings import Trial, percent
from moyai.documents.public import Column, FigureTable, Row, all_rows_of
from moyai.tenants.public import Actor, Body


def yen_column(key: str, label: str, **more: object) -> Column:
    return Column(key, label, kind="yen", **more)  # type: ignore[arg-type]


def words_column(key: str, label: str) -> Column:
    return Column(key, label, kind="text", down=False)


def book_table(book: Book, side: str) -> FigureTable:
    """収入の部・支出の部 of a running year: 予算額, 決算額 so far, 差引額; a 科目 with nothing on it stays."""
    return FigureTable(
        caption=_("【%(side)sの部】") % {"side": Side(side).label},
        rows_label=_("科目"),
        columns=[
            yen_column("budget", _("予算額")),
            yen_column("actual", _("決算額")),
            yen_column("difference", _("差引額（予算額−決算額）")),
        ],
        rows=all_rows_of(
            [
                Row(
                    one.line.code,
                    one.line.name,
                    {
                        "budget": one.budget_yen,
                        "actual": one.actual_yen,
                        "difference": one.difference_yen,
                    },
                )
                for one in book.side(side)
            ]
        ),
        unit=_("円"),
        source=_("特別会計の記帳"),
    )


def versions_table(budgets: Sequence[Budget], lines: Sequence[BudgetLine], side: str) -> FigureTable:
    """予算の版の比較 — every version of a year beside the others, and what the last one changes (C16)."""
    names: dict[int, tuple[str, str, int]] = {}
    given: dict[int, dict[str, int]] = {}
    for one in lines:
        if one.line.side == side:
            names[one.line_id] = (one.line.code, one.line.name, one.line.position)
            given.setdefault(one.line_id, {})[f"v{one.budget_id}"] = one.yen
    columns = [yen_column(f"v{budget.pk}", budget.name) for budget in budgets]
    last = [f"v{budget.pk}" for budget in budgets][-2:]
    if len(last) == 2:
        columns.append(yen_column("change", _("増減")))
    made = []
    for line in sorted(names, key=lambda one: (names[one][2], one)):
        values: dict[str, int | Decimal | str | None] = dict(given[line])
        if len(last) == 2:
            values["change"] = given[line].get(last[1], 0) - given[line].get(last[0], 0)
        made.append(Row(names[line][0], names[line][1], values))
    return FigureTable(
        caption=_("【%(side)sの部】予算の版") % {"side": Side(side).label},
        rows_label=_("科目"),
        columns=columns,
        rows=all_rows_of(made),
        unit=_("円"),
        source=_("予算の版"),
    )


def shares_table(burden: Burden, shares: Sequence[BurdenShare], parts: Mapping[int, Sequence[int]]) -> FigureTable:  # fmt: skip
    """負担金の算定表 — of each member: basis, part, exact quota, place of its remainder, yen, and what falls into each half."""
    names = [row["name"] for row in burden.halves]
    return FigureTable(
        caption=_("%(line)sの負担金（%(year)s年度）")
        % {"line": burden.cost_line.name, "year": burden.fiscal_year},
        rows_label=_("団体名"),
        columns=[
            words_column("basis", _("算定の基礎")),
            words_column("weight", _("割合")),
            words_column("quota", _("正確な配分額")),
            Column("rank", _("端数の順位"), down=False),
            yen_column("yen", _("負担額")),
            *(yen_column(f"h{place}", name) for place, name in enumerate(names)),
        ],
        rows=all_rows_of(
            [
                Row(
                    share.body.code,
                    share.body.name,
                    {
                        "basis": basis_in_words(share.basis),
                        "weight": percent_of(share.weight),
                        "quota": exact_yen(share.quota),
                        "rank": share.rank,
                        "yen": share.yen,
                        **_halves(parts.get(share.pk, ())),
                    },
                )
                for share in shares
            ]
        ),
        unit=_("円"),
        as_of=burden.payers_on,
        notes=[_("分け方：%(mix)s") % {"mix": mix_in_words(burden.mix)}],
        source=_("負担金の算定"),
    )


def _halves(pieces: Sequence[int]) -> dict[str, int | Decimal | str | None]:
    return {f"h{place}": yen for place, yen in enumerate(pieces)}


def compared_table(draft: Burden, decided: Burden, rows: Sequence[Compared]) -> FigureTable:
    """案→決定 — what each member was told in autumn and what was decided in spring (C17)."""
    return FigureTable(
        caption=_("%(line)s：案と決定の比較（%(year)s年度）")
        % {"line": decided.cost_line.name, "year": decided.fiscal_year},
        rows_label=_("団体名"),
        columns=[
            yen_column("draft", _("第%(n)s案") % {"n": draft.number}),
            yen_column("decided", _("第%(n)s案（比べる案）") % {"n": decided.number}),
            yen_column("difference", _("増減")),
        ],
        rows=all_rows_of(
            [
                Row(
                    one.body.code,
                    one.body.name,
                    {
                        "draft": one.draft_yen,
                        "decided": one.decided_yen,
                        "difference": one.difference_yen,
                    },
                )
                for one in rows
            ]
        ),
        unit=_("円"),
        source=_("負担金の算定"),
    )


def trials_table(trials: Sequence[Trial], bodies: Mapping[str, Body], target: Fraction) -> FigureTable:
    """負担の試算 — mixes side by side, what each member saves, and who would save less than the target (Y18, Y24)."""
    columns = [yen_column("now", _("いまの経費"))]
    values: dict[str, dict[str, int | Decimal | str | None]] = {}
    for place, trial in enumerate(trials):
        columns += [
            yen_column(f"yen{place}", trial.name),
            words_column(f"rate{place}", _("%(name)sの削減率") % {"name": trial.name}),
        ]
        for saving in trial.savings:
            of = values.setdefault(saving.code, {"now": saving.now_yen})
            of[f"yen{place}"] = saving.yen
            below = _("（目標に届かない）") if saving.code in trial.below else ""
            of[f"rate{place}"] = f"{percent(saving.rate)}{below}"
    told = [
        _("%(name)s：目標に届かない団体 %(count)s（%(names)s）")
        % {
            "name": trial.name,
            "count": len(trial.below),
            "names": "、".join(bodies[code].name for code in trial.below) or _("なし"),
        }
        for trial in trials
    ]
    return FigureTable(
        caption=_("負担の試算（削減の目標 %(target)s）") % {"target": percent(target)},
        rows_label=_("団体名"),
        columns=columns,
        rows=all_rows_of([Row(code, bodies[code].name, of) for code, of in sorted(values.items())]),
        unit=_("円"),
        notes=[*told, _("目標に届くかは、丸める前の分数で判定しています。")],
        source=_("負担金の算定の規則"),
    )


def bill_state(row: BillRow, on: date) -> dict[str, str]:
    """The state of a bill in a word: 取下げ, 収納済, 一部収納, 滞納, 未納."""
    if row.bill.withdrawn_on:
        return {"kind": "neutral", "word": _("取下げ")}
    if row.owed_yen == 0:
        return {"kind": "done", "word": _("収納済")}
    if row.late(on):
        return {"kind": "stopped", "word": _("滞納")}
    return {"kind": "progress", "word": _("一部収納") if row.received_yen else _("未納")}


def bills_table(rows: Sequence[BillRow], on: date) -> FigureTable:
    """請求と収納 — every bill with what came in and what is still owed on a day."""
    return FigureTable(
        caption=_("負担金の請求と収納"),
        rows_label=_("請求番号"),
        columns=[
            words_column("body", _("団体名")),
            words_column("what", _("費目")),
            words_column("due", _("納付の期限")),
            yen_column("yen", _("請求額")),
            yen_column("received", _("収納額")),
            yen_column("owed", _("未納額")),
            words_column("state", _("状態")),
        ],
        rows=all_rows_of(
            [
                Row(
                    row.bill.number,
                    row.bill.number,
                    {
                        "body": row.bill.body.name,
                        "what": bill_words(row.bill),
                        "due": wareki(row.bill.due_on),
                        "yen": 0 if row.bill.withdrawn_on else row.bill.yen,
                        "received": row.received_yen,
                        "owed": row.owed_yen,
                        "state": bill_state(row, on)["word"],
                    },
                )
                for row in rows
            ]
        ),
        unit=_("円"),
        as_of=on,
        source=_("請求と収納の記録"),
    )


def bill_words(bill: Bill) -> str:
    """2017年度 運営管理費（前期）."""
    burden = bill.share.burden
    half = f"（{bill.half}）" if bill.half else ""
    return f"{burden.fiscal_year}年度 {burden.cost_line.name}{half}"


def refund_table(refund: Refund, shares: Sequence[RefundShare]) -> FigureTable:
    """返還金額 — by member and cost line; the columns add up to what was decided, the 端数 is named (C18)."""
    lines = {f"c{one.cost_line_id}": one.cost_line.name for one in shares}
    of_bodies: dict[str, tuple[str, dict[str, int | Decimal | str | None]]] = {}
    for one in shares:
        of_bodies.setdefault(one.body.code, (one.body.name, {}))[1][f"c{one.cost_line_id}"] = one.yen
    notes = [_("返還のもと：%(base)s円") % {"base": f"{refund.base_yen:,}"}]
    if refund.residue_yen:
        notes.append(_("端数（繰越）：%(yen)s円") % {"yen": f"{refund.residue_yen:,}"})
    return FigureTable(
        caption=_("%(account)s：%(year)s年度の返還金額")
        % {"account": refund.settlement.account.name, "year": refund.settlement.fiscal_year},
        rows_label=_("団体名"),
        columns=[
            *(yen_column(key, name) for key, name in lines.items()),
            yen_column("total", _("返還額"), sum_of=tuple(lines)),
        ],
        rows=all_rows_of([Row(code, name, of) for code, (name, of) in sorted(of_bodies.items())]),
        unit=_("円"),
        notes=notes,
        source=_("返還金額の決定"),
    )


def level_table(plan: LevelPlan) -> FigureTable:
    """月割平準化 — by fiscal year: months, yen of each, their sum (Y16)."""
    worked = Plan(plan.first_month, plan.months, plan.yen)
    months: dict[int, int] = {}
    for month, _yen in worked.all_months():
        year = month.year - (month.month < 4)
        months[year] = months.get(year, 0) + 1
    return FigureTable(
        caption=_("%(name)sの年度ごとの額") % {"name": plan.name},
        rows_label=_("年度"),
        columns=[
            words_column("from", _("始まり")),
            Column("months", _("月数")),
            yen_column("yen", _("その年度の額")),
        ],
        rows=all_rows_of(
            [
                Row(
                    str(year),
                    _("%(year)s年度") % {"year": year},
                    {
                        "from": wareki(max(fiscal_year_range(year)[0], plan.first_month)),
                        "months": months[year],
                        "yen": yen,
                    },
                )
                for year, yen in worked.by_fiscal_year().items()
            ]
        ),
        unit=_("円"),
        notes=[
            _("月額は%(yen)s円。最初の%(months)sか月は1円多い。")
            % {"yen": f"{worked.monthly_yen:,}", "months": worked.larger_months}
        ],
        source=plan.source,
    )


def subsidies_table(subsidies: Sequence[Subsidy], fiscal_year: int) -> FigureTable:
    """携帯電話等エリア整備の補助 — by body, with households and part; a year without any says 0 (O42)."""
    return FigureTable(
        caption=_("携帯電話等エリア整備の補助（%(year)s年度、%(count)s件）")
        % {"year": fiscal_year, "count": len(subsidies)},
        rows_label=_("団体名"),
        columns=[
            words_column("name", _("事業")),
            Column("households", _("世帯数")),
            yen_column("cost", _("事業費")),
            words_column("part", _("県負担の割合")),
            yen_column("yen", _("補助額")),
        ],
        rows=all_rows_of(
            [
                Row(
                    str(one.pk),
                    one.body.name,
                    {
                        "name": one.name,
                        "households": one.households,
                        "cost": one.cost_yen,
                        "part": one.part,
                        "yen": one.yen,
                    },
                )
                for one in subsidies
            ]
        ),
        unit=_("円"),
        source=_("補助の決定"),
    )


def join_table(join: LateJoin, bodies: Mapping[str, Body]) -> FigureTable:
    """後乗りの充当 — to whom the newcomer's entry is credited, and how much (C13, I06)."""
    return FigureTable(
        caption=_("%(body)sの加入時の負担の充当") % {"body": join.body.name},
        rows_label=_("先に負担した団体"),
        columns=[words_column("quota", _("正確な配分額")), yen_column("yen", _("充当する額"))],
        rows=all_rows_of(
            [
                Row(
                    one["body"],
                    bodies[one["body"]].name if one["body"] in bodies else one["body"],
                    {"quota": exact_yen(one["quota"]), "yen": one["yen"]},
                )
                for one in join.credits
            ]
        ),
        unit=_("円"),
        source=_("後乗りの規則"),
    )


def payments_table(caption: str, by_year: Mapping[int, int], *, source: str = "") -> FigureTable:
    """年ごとの負担金 — with what it is more or less than the year before (O26, O27)."""
    made: list[Row] = []
    before: int | None = None
    for year, yen in sorted(by_year.items()):
        rate = percent(Fraction(yen - before, before), 2) if before else None
        made.append(Row(str(year), _("%(year)s年度") % {"year": year}, {"yen": yen, "rate": rate}))
        before = yen
    return FigureTable(
        caption=caption,
        rows_label=_("年度"),
        columns=[yen_column("yen", _("負担金額")), words_column("rate", _("前年度からの増減率"))],
        rows=made,
        unit=_("円"),
        source=source,
    )


def yearly(*, actor: Actor, now: datetime, fiscal_year: int) -> dict[str, FigureTable]:
    """Tables of a fiscal year, for `moyai report figures money`: every account's book, and what members bear."""
    made: dict[str, FigureTable] = {}
    for account in SpecialAccount.objects.order_by("position", "id"):
        book = book_of(account, fiscal_year)
        if book.budget is not None or any(line.actual_yen for line in book.lines):
            made |= {f"{account.code}-{side}": book_table(book, side) for side in Side.values}
    burdens = [one for one in burdens_of_year(fiscal_year) if one.state == Burden.State.DECIDED]
    for burden in burdens:
        shares = BurdenShare.objects.filter(burden=burden).select_related("body").order_by("body__code")
        made[f"burden-{burden.pk}"] = shares_table(burden, list(shares), {})
    return made


FIGURES = {"money": yearly}
