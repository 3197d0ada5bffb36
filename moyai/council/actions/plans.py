"""月割平準化と補助 — a contract's sum over its months (Y16), and the prefecture's part in mobile coverage (O42)."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moyai.audit.public import action
from moyai.council.models import LevelPlan, Subsidy
from moyai.council.permits import PERMITS
from moyai.council.rules.cannot import Cannot
from moyai.council.rules.levelling import Plan
from moyai.rulebook.public import NoVersion, quote
from moyai.tenants.public import Actor, Body, Refusal

SUBSIDY_RULE = "mobile-area-subsidy"


class CannotLevel(Refusal):
    code = "cannot_level"
    status = 422


class NoSubsidyRule(Refusal):
    code = "no_subsidy_rule"
    status = 422
    message = gettext_lazy("その日の補助の定めがありません。")  # type: ignore[assignment]


@action("council.plan_levels", permits=PERMITS)
def plan_levels(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    first_month: date,
    months: int,
    yen: int,
    body: Body | None = None,
    source: str = "",
) -> LevelPlan:
    """月割平準化 — T = n·m + r, the first r months one yen more; kept as signed. Raises CannotLevel."""
    first = first_month.replace(day=1)
    try:
        Plan(first, months, yen)
    except Cannot as cannot:
        words = _(cannot.text) % cannot.params if cannot.params else _(cannot.text)
        raise CannotLevel(words, fields={cannot.where: words}) from None
    return LevelPlan.objects.create(
        name=name, body=body, first_month=first, months=months, yen=yen, source=source
    )


@action("council.grant_subsidy", permits=PERMITS)
def grant_subsidy(
    *,
    actor: Actor,
    now: datetime,
    body: Body,
    fiscal_year: int,
    name: str,
    households: int,
    cost_yen: int,
    decided_on: date,
) -> Subsidy:
    """補助の決定 — 2/15 of the cost, 1/5 from 100 households on, by the version of the rule on the day. Raises NoSubsidyRule."""
    try:
        found = quote(SUBSIDY_RULE, {"cost_yen": cost_yen, "households": households}, on=decided_on)
    except NoVersion:
        raise NoSubsidyRule(fields={"decided_on": str(NoSubsidyRule.message)}) from None
    return Subsidy.objects.create(
        body=body,
        fiscal_year=fiscal_year,
        name=name,
        households=households,
        cost_yen=cost_yen,
        part=str(found.steps[0].value),
        yen=found.amount_yen,
        decided_on=decided_on,
        rule_version=found.version.label,
    )
