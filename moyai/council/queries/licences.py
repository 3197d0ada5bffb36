"""ライセンスと印刷枚数 — what is free now, the hours that were saved, the sheets against a base year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from moyai.calendars.public import fiscal_year_range
from moyai.council.models import LicencePool, LicenceUse, PrintCount
from moyai.council.rules.series import months_between
from moyai.tenants.public import clock


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool with the uses that are not given back."""

    pool: LicencePool
    taken: tuple[LicenceUse, ...]

    @property
    def free(self) -> int:
        return max(0, self.pool.seats - len(self.taken))


def pools() -> list[Pool]:
    """Two queries."""
    taken: dict[int, list[LicenceUse]] = {}
    uses = LicenceUse.objects.filter(back_at__isnull=True).select_related("meeting__committee")
    for use in uses.order_by("pool_id", "seat"):
        taken.setdefault(use.pool_id, []).append(use)
    rows = LicencePool.objects.order_by("name")
    return [Pool(row, tuple(taken.get(row.pk, ()))) for row in rows]


def uses_taken() -> list[LicenceUse]:
    return list(
        LicenceUse.objects.filter(back_at__isnull=True).select_related("pool").order_by("pool__name", "seat")
    )


@dataclass(frozen=True, slots=True)
class MonthOfUse:
    month: date
    uses: int
    sound_minutes: int
    saved_minutes: int


@dataclass(frozen=True, slots=True)
class YearOfUse:
    """書き起こしの実績 — by month; totals are sums of the minutes, hours are printed from the minutes."""

    months: tuple[MonthOfUse, ...]

    @property
    def uses(self) -> int:
        return sum(month.uses for month in self.months)

    @property
    def sound_minutes(self) -> int:
        return sum(month.sound_minutes for month in self.months)

    @property
    def saved_minutes(self) -> int:
        return sum(month.saved_minutes for month in self.months)

    @property
    def monthly_sound(self) -> Fraction:
        """月平均 of the sound, in minutes."""
        return Fraction(self.sound_minutes, len(self.months))


def hours(minutes: int | Fraction) -> int:
    """時間 — rounded half up, as it is printed (約60時間)."""
    return int(Fraction(minutes, 60) + Fraction(1, 2))


def year_of_use(year: int) -> YearOfUse:
    """By the month in which a licence was taken; one query."""
    first, last = fiscal_year_range(year)
    found: dict[date, list[int]] = {month: [0, 0, 0] for month in months_between(first, last)}
    start = datetime(first.year, first.month, 1, tzinfo=clock.JST)
    end = datetime(last.year, last.month + 1, 1, tzinfo=clock.JST)
    rows = LicenceUse.objects.filter(taken_at__gte=start, taken_at__lt=end, back_at__isnull=False)
    for taken_at, sound, saved in rows.values_list("taken_at", "sound_minutes", "saved_minutes"):
        month = found[clock.today(taken_at).replace(day=1)]
        month[0] += 1
        month[1] += sound
        month[2] += saved
    return YearOfUse(tuple(MonthOfUse(month, *sums) for month, sums in found.items()))


@dataclass(frozen=True, slots=True)
class PrintLine:
    """印刷枚数の1行 — the same month of two years; `change` is None where either is not counted."""

    section: str
    month: date
    sheets: int | None
    base: int | None

    @property
    def change(self) -> Fraction | None:
        if self.sheets is None or not self.base:
            return None
        return Fraction(self.sheets - self.base, self.base)


def prints_against(year: int, base_year: int) -> list[PrintLine]:
    """ペーパーレスの実績 — sheets of each section and month beside the base year; one query."""
    counts: dict[tuple[str, date], int] = {}
    spans = [fiscal_year_range(year), fiscal_year_range(base_year)]
    for span in spans:
        for section, month, sheets in PrintCount.objects.filter(month__range=span).values_list(
            "section", "month", "sheets"
        ):
            counts[section, month] = sheets
    sections = sorted({section for section, _month in counts})
    lines = []
    for section in sections:
        for month in months_between(*spans[0]):
            then = month.replace(year=month.year - year + base_year)
            lines.append(PrintLine(section, month, counts.get((section, month)), counts.get((section, then))))
    return lines


def total_change(lines: list[PrintLine]) -> Fraction | None:
    """増減 over the months that both years counted; None where there is none."""
    both = [(line.sheets, line.base) for line in lines if line.sheets is not None and line.base is not None]
    base = sum(one for _now, one in both)
    return Fraction(sum(now for now, _base in both) - base, base) if base else None


def largest_fall(lines: list[PrintLine]) -> PrintLine | None:
    """最大の減 — the line that fell most (max about −26 %)."""
    fallen = [(line.change, line) for line in lines if line.change is not None]
    return min(fallen, key=lambda pair: (pair[0], pair[1].month))[1] if fallen else None


def percent(part: Fraction) -> str:
    """△26.0% — one place, half away from zero, by the exact fraction."""
    tenths = int(abs(part) * 1000 + Fraction(1, 2))
    words = f"{tenths // 10}.{tenths % 10}%"
    return f"△{words}" if part < 0 and tenths else words


def by_section(lines: list[PrintLine]) -> Mapping[str, list[PrintLine]]:
    found: dict[str, list[PrintLine]] = {}
    for line in lines:
        found.setdefault(line.section, []).append(line)
    return found
