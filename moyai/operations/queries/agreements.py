"""事業のサービスレベル — every level agreed for a service, and what its systems or what was reported of it proves (C24)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from django.db.models import Q

from moyai.calendars.public import fiscal_year_range
from moyai.operations.models import MonthlyLevel, ServiceLevel
from moyai.operations.queries.levels import SystemYear, months_reported
from moyai.operations.registers import printed_rates_of_services
from moyai.operations.rules.availability import Verdict, percent
from moyai.operations.rules.availability import verdict as verdict_of_minutes
from moyai.operations.rules.reported import UNREPORTED, Rates, of_all, printed_rates, verdict_of, weighed
from moyai.tenants.public import clock


class Basis(StrEnum):
    """判定の根拠."""

    SYSTEMS = "systems"
    MONTHS = "months"
    PRINTED = "printed"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Judged:
    """判定の一つ — a system and side, a measure of the monthly reports, or a printed rate: its rate and what it proves."""

    name: str
    printed: str
    least: Fraction  # what is certain of the rate
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Agreement:
    """事業の約束 of a year, with all that was judged by it."""

    level: ServiceLevel
    basis: Basis
    judged: tuple[Judged, ...]

    @property
    def part(self) -> Fraction:
        return Fraction(self.level.numerator, self.level.denominator)

    @property
    def met(self) -> int:
        return sum(one.verdict is Verdict.MET for one in self.judged)

    @property
    def lowest(self) -> Judged | None:
        """最も低い率."""
        return min(self.judged, key=lambda one: one.least, default=None)

    @property
    def verdict(self) -> Verdict:
        """全体の判定 — met where each is; 判定できない where there is nothing to judge."""
        return of_all(one.verdict for one in self.judged)


def agreements_of_year(fiscal_year: int, *, now: datetime, years: Sequence[SystemYear]) -> list[Agreement]:
    """事業ごとの判定 of a fiscal year, or of what of it has passed; three queries and those of the registered sources.

    A service with systems is judged by them: each system and side on its own exact fraction of minutes, those with a level of
    their own left out. One without systems is judged by its 月次報告: for each measure the months that are over, from the first
    agreement on, weighed by their days as the hours are not known; a month not reported may have been anything. With neither,
    by the yearly rates a report printed (`registers`). Rounded rates are judged by all they may have been. No rows: 判定できない.
    """
    first, last = fiscal_year_range(fiscal_year)
    today = clock.today(now)
    if first > today:
        return []
    until = min(last, today)
    held: dict[int, list[ServiceLevel]] = {}
    rows = ServiceLevel.objects.filter(service__isnull=False, from_on__lte=until)
    for level in rows.select_related("service").order_by("service__code", "-from_on"):
        held.setdefault(level.service_id or 0, []).append(level)
    own = set(
        ServiceLevel.objects.filter(system__isnull=False, from_on__lte=until)
        .filter(Q(until_on__isnull=True) | Q(until_on__gte=until))
        .values_list("system_id", flat=True)
    )
    months: dict[int, list[MonthlyLevel]] = {}
    for row in months_reported(fiscal_year):
        months.setdefault(row.service_id, []).append(row)
    printed = printed_rates_of_services.of(fiscal_year)
    found = []
    for service_id, levels in held.items():
        level = levels[0]
        if level.until_on is not None and level.until_on < until:
            continue
        part = Fraction(level.numerator, level.denominator)
        systems = [one for one in years if one.system.service_id == service_id and one.system.pk not in own]
        since = max(first, min(row.from_on for row in levels))
        if systems:
            basis, judged = Basis.SYSTEMS, _of_systems(systems, part)
        elif any(row.rates for row in months.get(service_id, ())):
            basis, judged = Basis.MONTHS, _of_months(months[service_id], part, since, until)
        elif level.service is not None and level.service.code in printed:
            basis = Basis.PRINTED
            judged = [_of_rate(one.name, one.rate, part) for one in printed[level.service.code]]
        else:
            basis, judged = Basis.NOTHING, []
        found.append(Agreement(level, basis, tuple(judged)))
    return found


def _of_systems(years: Sequence[SystemYear], part: Fraction) -> list[Judged]:
    return [
        Judged(
            f"{one.system.name}（{one.side.name}）" if one.side.name else one.system.name,
            one.printed,
            one.whole.rate if one.whole.rate is not None else Fraction(1),
            verdict_of_minutes(one.whole, part),
        )
        for one in years
    ]


def _of_rate(name: str, rate: str, part: Fraction) -> Judged:
    rates = printed_rates(rate)
    return Judged(name, f"{rate}%", rates.least, verdict_of(rates, part))


def _of_months(rows: Sequence[MonthlyLevel], part: Fraction, since: date, until: date) -> list[Judged]:
    """Each measure over the months that are over; what is not reported may have been anything from 0 to 100 %."""
    judged = []
    for measure in dict.fromkeys(measure for row in rows for measure in row.rates):
        told = {row.month: str(row.rates[measure]) for row in rows if measure in row.rates}
        parts = [
            (days, printed_rates(told[month]) if month in told else UNREPORTED)
            for month, days in _months_over(since, until)
        ]
        rates = weighed(parts)
        shown = _printed(rates, _mean(told, since, until))
        judged.append(Judged(measure, shown, rates.least, verdict_of(rates, part)))
    return judged


def _months_over(since: date, until: date) -> list[tuple[date, int]]:
    """The months that are over by `until`, from that of `since` on, and their days."""
    found: list[tuple[date, int]] = []
    month = since.replace(day=1)
    while True:
        after = (month + timedelta(days=32)).replace(day=1)
        if after - timedelta(days=1) > until:
            return found
        found.append((month, (after - month).days))
        month = after


def _mean(told: dict[date, str], since: date, until: date) -> Fraction | None:
    """The rates as they were printed, weighed by days; None where a month of the time is missing."""
    months = _months_over(since, until)
    if not months or any(month not in told for month, _days in months):
        return None
    whole = sum(days for _month, days in months)
    return sum((days * Fraction(Decimal(told[month])) for month, days in months), Fraction(0)) / whole / 100


def _printed(rates: Rates, mean: Fraction | None) -> str:
    """「99.98%」; where a month is missing, from what is certain to what is possible."""
    return percent(mean) if mean is not None else f"{percent(rates.least)}〜{percent(rates.most)}"
