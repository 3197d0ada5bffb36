"""後乗り — a body joins a shared cost after others have paid the beginning: what it pays, and whom that is credited to (C13, I06)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moyai.audit.public import action
from moyai.calendars.public import fiscal_year
from moyai.council.actions.accounts import decided_by_item
from moyai.council.actions.burdens import CannotShare
from moyai.council.actions.cost_lines import PaysAlready, begin_paying, checked_mix
from moyai.council.models import CostLine, Item, LateJoin
from moyai.council.permits import PERMITS
from moyai.council.queries.burdens import asks_for, borne_until, figures_of, payers_on
from moyai.council.rules.cannot import Cannot
from moyai.council.rules.joining import Joined, join, monthly_after
from moyai.council.rules.mixes import Basis, exact_text, mix_from
from moyai.council.rules.sharing import Sharing
from moyai.money.public import months_between
from moyai.rulebook.public import find_rule
from moyai.tenants.public import Actor, Body, Refusal, clock

RULE = "late-joining"


class JoinedAlready(Refusal):
    code = "joined_late_already"
    message = gettext_lazy("この団体の加入の負担は、すでに登録されています。")  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Worked:
    """後乗りの負担の計算 — what is paid and credited, what each had paid, and the month's cost before and after."""

    joined: Joined
    paid: Mapping[str, int]
    mix: list[dict[str, Any]]
    population_on: date | None
    monthly: tuple[Sharing, Sharing] | None


def worked_out(
    *,
    cost_line: CostLine,
    body: Body,
    joins_on: date,
    first_cost_yen: int,
    contract_from: date,
    months: int,
    own_yen: int = 0,
    monthly_yen: int | None = None,
    mix: Sequence[Mapping[str, Any]] | None = None,
    fixed: Mapping[str, int] | None = None,
    actual: Mapping[str, int] | None = None,
) -> Worked:
    """後乗りの負担の計算 — nothing is stored. Payers are those of the day before; what they paid is what was decided.

    `monthly_yen` is what the shared use costs a month, shared anew from the month of joining on. Raises PaysAlready,
    CannotShare, WrongMix.
    """
    rows = checked_mix(mix if mix is not None else cost_line.mix)
    earlier = payers_on(cost_line, joins_on)
    if any(one.pk == body.pk for one in earlier):
        raise PaysAlready(fields={"body": str(PaysAlready.message)})
    year = fiscal_year(joins_on)
    rows = [
        {**row, "fiscal_year": row.get("fiscal_year", year - 1)} if row["basis"] == Basis.USE else row
        for row in rows
    ]
    counted = joins_on if asks_for(rows, Basis.POPULATION) or asks_for(rows, Basis.DECREASING) else None
    figures = figures_of(
        [*earlier, body], population_on=counted, service=cost_line.service, use_year=year - 1, fixed=fixed, actual=actual
    )  # fmt: skip
    borne = borne_until(cost_line, joins_on)
    paid = {one.code: max(borne.get(one.code, 0), 0) for one in earlier}
    try:
        joined = join(
            newcomer=body.code,
            payers=figures,
            paid=paid,
            mix=mix_from(rows),
            first_cost_yen=first_cost_yen,
            months=months,
            passed=months_between(contract_from, joins_on),
            own_yen=own_yen,
        )
        monthly = (
            monthly_after(
                monthly_yen,
                mix=mix_from([row for row in rows if row.get("part")] or rows),
                payers=figures,
                newcomer=body.code,
            )
            if monthly_yen
            else None
        )
    except Cannot as cannot:
        names = {one.code: one.name for one in [*earlier, body]}
        said = {key: names.get(value, value) for key, value in cannot.params.items()}
        words = _(cannot.text) % said if said else _(cannot.text)
        where = {"newcomer": "body", "passed": "joins_on", "paid": "cost_line"}.get(cannot.where, "mix")
        raise CannotShare(words, fields={where: words}) from None
    return Worked(joined, paid, rows, counted, monthly)


@action("council.join_late", permits=PERMITS, refuses={"joins_late_once": JoinedAlready})
def join_late(
    *,
    actor: Actor,
    now: datetime,
    cost_line: CostLine,
    body: Body,
    joins_on: date,
    first_cost_yen: int,
    contract_from: date,
    months: int,
    own_yen: int = 0,
    monthly_yen: int | None = None,
    mix: Sequence[Mapping[str, Any]] | None = None,
    fixed: Mapping[str, int] | None = None,
    actual: Mapping[str, int] | None = None,
    decided_by: Item | None = None,
    decided_on: date | None = None,
    source: str = "",
) -> LateJoin:
    """後乗りの受入れ — the newcomer's part of what remains of the common first cost, credited to the earlier members as they paid.

    It pays the cost line from the day of joining; what was decided before stays as it is. What it owes is then billed by
    `issue_join_bills`. Raises PaysAlready, JoinedAlready, CannotShare, WrongMix, NotDecided, NoAuthority.
    """
    CostLine.objects.select_for_update().get(pk=cost_line.pk)
    day = decided_by_item(decided_by, now=now, source=source, on=decided_on)
    found = worked_out(
        cost_line=cost_line, body=body, joins_on=joins_on, first_cost_yen=first_cost_yen, contract_from=contract_from,
        months=months, own_yen=own_yen, monthly_yen=monthly_yen, mix=mix, fixed=fixed, actual=actual,
    )  # fmt: skip
    begin_paying(actor=actor, now=now, cost_line=cost_line, bodies=[body], from_on=joins_on, why=_("後乗り"))
    joined = found.joined
    return LateJoin.objects.create(
        cost_line=cost_line,
        body=body,
        joins_on=joins_on,
        first_cost_yen=first_cost_yen,
        contract_from=contract_from,
        months=months,
        passed=months_between(contract_from, joins_on),
        mix=found.mix,
        population_on=found.population_on,
        basis=dict(joined.basis),
        left=exact_text(joined.left),
        part=exact_text(joined.part),
        entry_yen=joined.entry_yen,
        own_yen=own_yen,
        credits=[
            {
                "body": one.key,
                "paid": found.paid[one.key],
                "yen": one.amount_yen,
                "quota": exact_text(one.quota),
                "rank": one.rank,
            }
            for one in joined.credits
        ],
        monthly_yen=monthly_yen,
        monthly=_months(found.monthly),
        rule=RULE,
        rule_version=find_rule(RULE).version_on(clock.today(now)).label,
        source=source[:200],
        decided_on=day,
        decided_by=decided_by,
    )


def _months(monthly: tuple[Sharing, Sharing] | None) -> list[dict[str, Any]]:
    """月額の負担 of each as it is kept; the newcomer has nothing before."""
    if monthly is None:
        return []
    before, after = monthly[0].yen_of, monthly[1]
    return [
        {
            "body": one.key,
            "before": before.get(one.key),
            "after": one.amount_yen,
            "quota": exact_text(one.quota),
            "rank": one.rank,
        }
        for one in after.parts
    ]
