"""年ごとの支出と負担金 — what each 科目 and each cost line cost in a year and the two before it."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Sum

from moyai.council.models import Burden, BurdenShare, Entry, Settlement, Side
from moyai.council.rules.payments import YEARS, Payment


def spent_until(fiscal_year: int, *, public: bool) -> dict[int, list[Payment]]:
    """支出 of each 科目 in the years until this one, by account; what was taken back is off.

    For citizens only years whose settlement was at least audited. Two queries.
    """
    years = range(fiscal_year - YEARS + 1, fiscal_year + 1)
    rows = (
        Entry.objects.filter(fiscal_year__in=years, line__side=Side.EXPENSE)
        .values_list("account_id", "line_id", "line__name", "fiscal_year")
        .annotate(sum=Sum("yen"))
        .order_by("line__position", "line_id", "fiscal_year")
    )
    shown: set[tuple[int, int]] = set()
    if public:
        settled = Settlement.objects.filter(fiscal_year__in=years).exclude(state=Settlement.State.DRAFT)
        shown = set(settled.values_list("account_id", "fiscal_year"))
    found: dict[int, dict[int, Payment]] = defaultdict(dict)
    for account_id, line_id, name, year, yen in rows:
        if not public or (account_id, year) in shown:
            found[account_id].setdefault(line_id, Payment(f"line-{line_id}", name, {})).by_year[year] = yen
    return {account_id: list(lines.values()) for account_id, lines in found.items()}


def borne_in_years(fiscal_year: int) -> list[Payment]:
    """負担金 of each cost line in the years until this one, as decided, with its 補正. One query."""
    years = range(fiscal_year - YEARS + 1, fiscal_year + 1)
    rows = (
        BurdenShare.objects.filter(burden__fiscal_year__in=years, burden__state=Burden.State.DECIDED)
        .values_list("burden__cost_line_id", "burden__cost_line__name", "burden__fiscal_year")
        .annotate(sum=Sum("yen"))
        .order_by(
            "burden__cost_line__account__position", "burden__cost_line__position", "burden__cost_line_id",
            "burden__fiscal_year",
        )
    )  # fmt: skip
    found: dict[int, Payment] = {}
    for cost_line_id, name, year, yen in rows:
        found.setdefault(cost_line_id, Payment(f"line-{cost_line_id}", name, {})).by_year[year] = yen
    return list(found.values())
