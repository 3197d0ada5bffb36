"""負担の試算 — mixes side by side, what each member saves under them, and who would save less than it asks for (Y18, Y24). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from moyai.council.rules.cannot import Cannot
from moyai.council.rules.mixes import Basis, Mix, MixPart, Payer
from moyai.council.rules.sharing import Sharing, share_burden

NO_PRESENT_COST = "%(payer)sのいまの経費を入力してください。"
NO_BASES = "試す算定の基礎を1つ以上選んでください。"
STEPS_RANGE = "割合の刻みは1から100までにしてください。"


@dataclass(frozen=True, slots=True)
class Saving:
    """削減効果 — of one member: what it pays now, what it would pay, and the part it saves (negative: it pays more)."""

    code: str
    now_yen: int
    yen: int

    @property
    def saved_yen(self) -> int:
        return self.now_yen - self.yen

    @property
    def rate(self) -> Fraction:
        return Fraction(self.saved_yen, self.now_yen)


@dataclass(frozen=True, slots=True)
class Trial:
    """One mix tried: its sharing, the savings by member, and those below the target."""

    name: str
    mix: Mix
    sharing: Sharing
    savings: tuple[Saving, ...]
    below: tuple[str, ...]

    @property
    def least(self) -> Fraction:
        return min(saving.rate for saving in self.savings)


def tried(
    name: str, yen: int, mix: Mix, payers: Mapping[str, Payer], now: Mapping[str, int], target: Fraction
) -> Trial:
    """試算 of one mix. `now` is what each member pays today, one yen or more. Raises Cannot.

    Judged on the exact fraction: 29.96 % is below a target of 30 %, though it prints as 30.0 %.
    """
    for code in payers:
        if now.get(code, 0) < 1:
            raise Cannot(f"payers.{code}", NO_PRESENT_COST, payer=code)
    sharing = share_burden(yen, mix, payers)
    savings = tuple(Saving(part.key, now[part.key], part.amount_yen) for part in sharing.parts)
    return Trial(name, mix, sharing, savings, tuple(s.code for s in savings if s.rate < target))


def side_by_side(
    yen: int, mixes: Mapping[str, Mix], payers: Mapping[str, Payer], now: Mapping[str, int], target: Fraction
) -> list[Trial]:
    """負担調整の比較 — 実費, 均等割, 人口割 … beside each other, in the order given."""
    return [tried(name, yen, mix, payers, now, target) for name, mix in mixes.items()]


def best_mix(
    yen: int,
    bases: Sequence[MixPart],
    payers: Mapping[str, Payer],
    now: Mapping[str, int],
    target: Fraction,
    *,
    steps: int = 10,
) -> Trial:
    """負担割合の探索 — of all mixes of these bases in steps of 1/`steps`: fewest members below the target, then the largest
    least saving, then the earlier basis with the larger part. Raises Cannot.
    """
    if not bases:
        raise Cannot("bases", NO_BASES)
    if not 1 <= steps <= 100:
        raise Cannot("steps", STEPS_RANGE)
    found = None
    for parts in _compositions(steps, len(bases)):
        mix = [
            MixPart(basis.basis, Fraction(part, steps), basis.measure, basis.yen)
            for basis, part in zip(bases, parts, strict=True)
            if part
        ]
        trial = tried("", yen, mix, payers, now, target)
        if found is None or (len(trial.below), -trial.least) < (len(found.below), -found.least):
            found = trial
    assert found is not None  # there is at least one composition
    return found


def bases_for_search(payers: Mapping[str, Payer]) -> list[MixPart]:
    """The bases that every payer has figures for."""
    found = [MixPart(Basis.EQUAL, Fraction(1))]
    everybody = list(payers.values())
    if all(payer.population is not None for payer in everybody):
        found += [MixPart(Basis.POPULATION, Fraction(1)), MixPart(Basis.DECREASING, Fraction(1))]
    measures = set.intersection(*(set(payer.use) for payer in everybody)) if everybody else set()
    found += [MixPart(Basis.USE, Fraction(1), measure) for measure in sorted(measures)]
    if all(payer.actual_yen is not None for payer in everybody):
        found.append(MixPart(Basis.ACTUAL, Fraction(1)))
    return found


def _compositions(total: int, places: int) -> Iterator[tuple[int, ...]]:
    """Every way to give `total` steps to so many places, the first place largest first."""
    if places == 1:
        yield (total,)
        return
    for first in range(total, -1, -1):
        for rest in _compositions(total - first, places - 1):
            yield (first, *rest)


def percent(value: Fraction, places: int = 1) -> str:
    """「39.9%」, half up away from nothing; △ in front of what is lost."""
    scaled = abs(value) * 100 * 10**places + Fraction(1, 2)
    whole, part = divmod(scaled.numerator // scaled.denominator, 10**places)
    digits = f"{whole:,}.{part:0{places}d}" if places else f"{whole:,}"
    lost = value < 0 and (whole or part)
    return f"{'△' if lost else ''}{digits}%"
