"""予算の版 — 当初, then 補正 after 補正: drafted, edited line by line, decided by an item, never changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moyai.audit.public import action
from moyai.council.actions.accounts import decided_by_item, kept_in, locked, sealed
from moyai.council.models import AccountLine, Budget, BudgetLine, Item, Side, SpecialAccount
from moyai.council.permits import PERMITS
from moyai.council.queries.books import actuals_of, decided_budget
from moyai.council.rules.settlement import triangle
from moyai.tenants.public import Actor, Refusal


class DraftOpen(Refusal):
    code = "budget_draft_open"
    message = gettext_lazy("この年度の予算案が、すでにあります。先にその案を決定するか、取り下げてください。")  # type: ignore[assignment]


class BudgetFixed(Refusal):
    code = "budget_fixed"
    message = gettext_lazy("決定した予算は変えられません。補正予算案を作ってください。")  # type: ignore[assignment]


class YearClosed(Refusal):
    code = "year_closed"
    message = gettext_lazy("この年度の決算は締め切られています。")  # type: ignore[assignment]


class LineChanged(Refusal):
    """Somebody else changed the line since it was read; `changed` says to what."""

    code = "budget_line_changed"
    status = 409

    def __init__(self, changed: Sequence[BudgetLine]) -> None:
        self.changed = list(changed)
        said = {
            f"yen_{line.pk}": _("ほかの人が%(yen)s円に変えました。確かめて、もう一度入力してください。")
            % {"yen": f"{line.yen:,}"}
            for line in changed
        }
        first = self.changed[0]
        words = _("「%(name)s」は、ほかの人が%(yen)s円に変えました。何も保存していません。") % {
            "name": first.line.name,
            "yen": f"{first.yen:,}",
        }
        super().__init__(words, fields=said)


class NotInUnit(Refusal):
    code = "budget_not_in_unit"
    status = 422


class NotBalanced(Refusal):
    code = "budget_not_balanced"
    status = 422


class BelowSpent(Refusal):
    code = "budget_below_spent"
    status = 422


class UnknownLine(Refusal):
    code = "unknown_account_line"
    status = 422
    message = gettext_lazy("この科目は、この会計にありません。")  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class LineEdit:
    """One figure as its editor saw and wants it: `version` is that of the line when it was read."""

    line_id: int  # BudgetLine
    version: int
    yen: int
    note: str = ""


def budget_name(number: int, when: date) -> str:
    """当初予算, 7月補正."""
    return "当初予算" if number == 1 else f"{when.month}月補正"


@action("council.draft_budget", permits=PERMITS, refuses={"budget_version_once": DraftOpen})
def draft_budget(
    *,
    actor: Actor,
    now: datetime,
    account: SpecialAccount,
    fiscal_year: int,
    name: str,
    lines: Mapping[tuple[str, str], int] | None = None,
    source: str = "",
) -> Budget:
    """予算案を作る — the first of a year is 当初; a later one begins as the one in force and says only what changes.

    `lines` are yen by (side, code of the 科目). Raises DraftOpen, YearClosed, AccountClosed, UnknownLine, NotInUnit.
    """
    account = locked(account)
    kept_in(account, fiscal_year)
    if sealed(account, fiscal_year):
        raise YearClosed
    versions = Budget.objects.filter(account=account, fiscal_year=fiscal_year)
    if versions.filter(state=Budget.State.DRAFT).exists():
        raise DraftOpen
    before = decided_budget(account, fiscal_year)
    number = (versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    asked = dict(lines or {})
    for key, yen in asked.items():
        _check_unit(account, yen, "/".join(key))
    held = {one.line_id: one for one in before.lines.all()} if before else {}
    budget = Budget.objects.create(
        account=account, fiscal_year=fiscal_year, number=number, name=name, source=source
    )
    every = list(AccountLine.objects.filter(account=account).order_by("side", "position", "id"))
    unknown = set(asked) - {(line.side, line.code) for line in every}
    if unknown:
        raise UnknownLine(fields={"/".join(key): str(UnknownLine.message) for key in sorted(unknown)})
    BudgetLine.objects.bulk_create(
        [
            BudgetLine(
                budget=budget,
                line=line,
                yen=asked.get((line.side, line.code), held[line.pk].yen if line.pk in held else 0),
                note=held[line.pk].note if line.pk in held else "",
            )
            for line in every
        ]
    )
    return budget


@action("council.edit_budget", permits=PERMITS, thing="budget")
def edit_budget(*, actor: Actor, now: datetime, budget: Budget, edits: Sequence[LineEdit]) -> list[BudgetLine]:  # fmt: skip
    """予算案の額を変える — all of the edits or none.

    Raises BudgetFixed, NotInUnit, UnknownLine, and LineChanged where a line is no longer as its editor saw it: it names the
    other's figure, and nothing is stored.
    """
    budget = _draft(budget)
    by_id = {edit.line_id: edit for edit in edits}
    lines = list(
        BudgetLine.objects.select_for_update(of=("self",))
        .select_related("line")
        .filter(budget=budget, pk__in=by_id)
        .order_by("pk")
    )
    if len(lines) != len(by_id):
        raise UnknownLine
    changed = [line for line in lines if line.version != by_id[line.pk].version]
    if changed:
        raise LineChanged(changed)
    for line in lines:
        edit = by_id[line.pk]
        _check_unit(budget.account, edit.yen, f"yen_{line.pk}")
        line.yen, line.note, line.version = edit.yen, edit.note, line.version + 1
    BudgetLine.objects.bulk_update(lines, ["yen", "note", "version"])
    return lines


@action("council.decide_budget", permits=PERMITS)
def decide_budget(
    *,
    actor: Actor,
    now: datetime,
    budget: Budget,
    decided_by: Item | None = None,
    decided_on: date | None = None,
    source: str = "",
) -> Budget:
    """予算の決定 — by an item of the council; from then on it is never changed.

    Raises BudgetFixed, NotDecided, NoAuthority, NotBalanced (more given out than comes in, or less), BelowSpent (a 科目 gets
    less than was already spent on it), YearClosed.
    """
    budget = _draft(budget)
    account = budget.account
    if sealed(account, budget.fiscal_year):
        raise YearClosed
    day = decided_by_item(decided_by, now=now, source=source or budget.source, on=decided_on)
    lines = list(budget.lines.select_related("line"))
    income = sum(line.yen for line in lines if line.line.side == Side.INCOME)
    expense = sum(line.yen for line in lines if line.line.side == Side.EXPENSE)
    if income != expense:
        words = (
            _("支出（%(expense)s円）が収入（%(income)s円）を%(gap)s円超えています。")
            if expense > income
            else _("収入（%(income)s円）が支出（%(expense)s円）を%(gap)s円超えています。")
        )
        said = {"income": f"{income:,}", "expense": f"{expense:,}", "gap": f"{abs(expense - income):,}"}
        raise NotBalanced(words % said, fields={"lines": words % said})
    spent = actuals_of(account, budget.fiscal_year)
    for line in lines:
        if line.line.side == Side.EXPENSE and spent.get(line.line_id, 0) > line.yen:
            words = _("「%(name)s」は、すでに%(spent)s円を支出しています。%(yen)s円には減らせません。") % {
                "name": line.line.name,
                "spent": triangle(spent[line.line_id]),
                "yen": f"{line.yen:,}",
            }
            raise BelowSpent(words, fields={f"yen_{line.pk}": words})
    budget.state, budget.decided_on, budget.decided_by = Budget.State.DECIDED, day, decided_by
    budget.source = source or budget.source
    budget.save(update_fields=["state", "decided_on", "decided_by", "source"])
    return budget


@action("council.withdraw_budget", permits=PERMITS)
def withdraw_budget(*, actor: Actor, now: datetime, budget: Budget, reason: str) -> Budget:
    """予算案を取り下げる — it keeps its number and its figures. Raises BudgetFixed."""
    budget = _draft(budget)
    budget.state = Budget.State.WITHDRAWN
    budget.save(update_fields=["state"])
    return budget


def _draft(budget: Budget) -> Budget:
    """The draft, with its account held. Raises BudgetFixed."""
    locked(budget.account)
    found: Budget = Budget.objects.select_related("account").get(pk=budget.pk)
    if found.state != Budget.State.DRAFT:
        raise BudgetFixed
    return found


def _check_unit(account: SpecialAccount, yen: int, where: str) -> None:
    if yen < 0:
        raise NotInUnit(
            _("予算額は0円以上にしてください。"), fields={where: _("予算額は0円以上にしてください。")}
        )
    if yen % account.unit_yen:
        words = _("予算額は%(unit)s円単位にしてください。") % {"unit": f"{account.unit_yen:,}"}
        raise NotInUnit(words, fields={where: words})
