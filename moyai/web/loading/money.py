"""特別会計・予算・記帳・決算. The 決算書 was checked before; what the rows then make is held against it once more."""

from __future__ import annotations

from typing import Any

from moyai.council.actions.accounts import add_account_line, open_account
from moyai.council.actions.budgets import decide_budget, draft_budget
from moyai.council.actions.cost_lines import begin_paying, open_cost_line
from moyai.council.actions.entries import post_entry, split_cost
from moyai.council.actions.settlements import check_loaded, draft_settlement
from moyai.council.models import CostLine
from moyai.tenants.public import members_of
from moyai.web.loading.checks import printed
from moyai.web.loading.reading import SeedFaulty
from moyai.web.loading.task import Loading


def load_money(task: Loading) -> None:
    """Accounts, their lines, the budget as decided, what came in and went out, and the settlement as a draft (案)."""
    for position, row in enumerate(task.seed["accounts"], 1):
        with task.at(row):
            task.accounts[row["code"]] = open_account(
                **task.acting,
                code=row["code"],
                name=row["name"],
                service=task.services.get(row["service"]),
                unit_yen=row["unit_yen"],
                position=position,
                from_on=row["from_on"],
            )
    for row in task.seed["lines"]:
        with task.at(row):
            task.lines[row["account"], row["side"], row["code"]] = add_account_line(
                **task.acting,
                account=task.accounts[row["account"]],
                side=row["side"],
                code=row["code"],
                name=row["name"],
                meaning=row["meaning"],
            )
    _budgets(task)
    cost_lines = _cost_lines(task)
    _splits(task)
    for position, row in enumerate(task.seed["entries"], 1):
        if row["split"]:
            continue
        with task.at(row):
            post_entry(
                **task.acting,
                account=task.accounts[row["account"]],
                fiscal_year=task.fiscal_year,
                line=task.lines[row["account"], row["side"], row["line"]],
                on=task.last,
                yen=row["yen"],
                label=row["label"],
                heading=row["heading"],
                count=row["count"],
                cost_line=cost_lines.get((row["account"], row["cost_line"])),
                source=task.source(row),
                position=position,
            )
    _settlements(task)


def _budgets(task: Loading) -> None:
    for row in task.seed["budgets"]:
        account = row["account"]
        with task.at(row):
            budget = draft_budget(
                **task.acting,
                account=task.accounts[account],
                fiscal_year=task.fiscal_year,
                name=row["name"],
                lines={
                    (line["side"], line["code"]): line["budget_yen"]
                    for line in task.seed["lines"]
                    if line["account"] == account
                },
                source=task.source(row),
            )
            decide_budget(**task.acting, budget=budget, decided_by=task.items[row["decided_by"]])


def _cost_lines(task: Loading) -> dict[tuple[str, str], CostLine]:
    """費目 — who pays is known only where as many pay as use the service; else the paper gives no names."""
    made: dict[tuple[str, str], CostLine] = {}
    for position, row in enumerate(task.seed["cost_lines"], 1):
        account = task.accounts[row["account"]]
        service = task.services.get(row["service"])
        burden = next(
            (
                line
                for (code, _side, _code), line in task.lines.items()
                if code == row["account"] and line.meaning == "burden"
            ),
            None,
        )
        if burden is None:
            raise SeedFaulty([row.fault("負担金の科目（burden）がlines.csvにありません。", "account")])
        with task.at(row):
            made[row["account"], row["code"]] = cost_line = open_cost_line(
                **task.acting,
                account=account,
                line=burden,
                code=row["code"],
                name=row["name"],
                from_on=account.from_on,
                service=service,
                position=position,
            )
            users = list(members_of(service, task.last)) if service is not None else []
            if len(users) == row["payers"]:
                begin_paying(
                    **task.acting,
                    cost_line=cost_line,
                    bodies=users,
                    from_on=account.from_on,
                    why=task.source(row),
                )
    return made


def _splits(task: Loading) -> None:
    for row in task.seed["splits"]:
        parts = [_part(task, row, one) for one in row["parts"]]
        with task.at(row):
            split_cost(
                **task.acting,
                name=row["name"],
                fiscal_year=task.fiscal_year,
                yen=row["yen"],
                parts=parts,
                on=task.last,
                label=row["name"],
                source=task.source(row),
            )


def _part(task: Loading, row: Any, given: str) -> tuple[Any, str]:
    """「procurement/commission=1/2」— an expense line of an account, and its part."""
    where, _equals, part = given.partition("=")
    account, _slash, code = where.partition("/")
    line = task.lines.get((account, "expense", code))
    if line is None or not part:
        raise SeedFaulty([row.fault(f"「{given}」という支出の科目はありません。", "parts")])
    return line, part


def _settlements(task: Loading) -> None:
    for row in task.seed["settlements"]:
        _lines, totals, sums = printed(task.seed, row["account"])
        published: dict[str, Any] = {
            total.side.value: {
                "total": {
                    "budget": total.budget_yen,
                    "actual": total.actual_yen,
                    "difference": total.difference_yen,
                }
            }
            for total in totals
        }
        published["sums"] = {
            "income": row["income_yen"],
            "expense": row["expense_yen"],
            "surplus": row["surplus_yen"],
        }
        with task.at(row):
            settlement = draft_settlement(
                **task.acting,
                account=task.accounts[row["account"]],
                fiscal_year=row["fiscal_year"],
                carried=row["carried"],
                published=published,
                source=task.source(row),
            )
            check_loaded(settlement, sums=sums)
