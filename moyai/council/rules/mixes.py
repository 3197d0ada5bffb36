"""負担の割合 — 均等割, 人口割, 利用割, 逓減人口割, 固定額 and 実費, mixed into the weight of each payer. Pure.

Source: joint-operation reference, formula 負担金 allocation: w = Σ r_b × x_b ÷ Σ x_b, blended once. 逓減人口割 is 人口^log2(1.5)
(twice the people pay 1.5 times), the only weight that is not a fraction: it is rounded once, half up to 12 places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from moyai.council.rules.cannot import Cannot
from moyai.money.public import portions

DECREASING_DIGITS: Final = 12
_PRECISION: Final = 34  # digits: 200,000,000 people weigh 71,000, so 18 more than are kept


class Basis(StrEnum):
    EQUAL = "equal"
    POPULATION = "population"
    USE = "use"
    DECREASING = "decreasing"
    FIXED = "fixed"
    ACTUAL = "actual"


BASIS_WORDS: Final = {
    Basis.EQUAL: "均等割",
    Basis.POPULATION: "人口割",
    Basis.USE: "利用割",
    Basis.DECREASING: "逓減人口割",
    Basis.FIXED: "固定額",
    Basis.ACTUAL: "実費",
}
_AMOUNTS: Final = (Basis.FIXED, Basis.ACTUAL)

NOT_A_PART = "「%(part)s」は割合として読めません。3/10の形で入力してください。"
UNKNOWN_BASIS = "「%(basis)s」という算定の基礎はありません。"
NEEDS_A_PART = "%(basis)sの割合を入力してください。"
PARTS_NOT_ONE = "負担の割合の合計が1になりません（合計 %(total)s）。"
NO_MIX = "負担の割合を入力してください。"
NO_PAYERS = "負担する団体がありません。"
NO_FIGURE = "%(payer)sの%(basis)sの基礎となる数がありません。"
NEGATIVE_FIGURE = "%(payer)sの%(basis)sの基礎となる数がマイナスです。"
NOBODY_HAS = "%(basis)sの基礎がどの団体にもありません。"
AMOUNTS_ABOVE = "固定額と実費の合計（%(standing)s円）が、総額（%(amount)s円）を超えます。"
AMOUNTS_DIFFER = "固定額と実費の合計（%(standing)s円）が、総額（%(amount)s円）と一致しません。"
AMOUNTS_OF_A_CREDIT = "総額がマイナスのときは、固定額と実費をそのまま引くことができません。"


@dataclass(frozen=True, slots=True)
class MixPart:
    """One basis of a mix and its `part` of the whole.

    固定額 and 実費 without a part stand as they are: they come off the amount first, and the parts of the others are of the
    rest. `measure` names what a 利用割 counts (件数, 館数, 手続数); `yen` is a 固定額 that is the same for all.
    """

    basis: Basis
    part: Fraction | None = None
    measure: str = ""
    yen: int | None = None

    @property
    def stands(self) -> bool:
        return self.part is None


Mix = Sequence[MixPart]


@dataclass(frozen=True, slots=True)
class Payer:
    """負担する団体 — the figures that a mix may ask for. What it asks for must be there: a missing figure is never zero."""

    population: int | None = None
    use: Mapping[str, int] = field(default_factory=dict)  # by measure
    fixed_yen: int | None = None
    actual_yen: int | None = None


def exact_text(value: Fraction) -> str:
    """As it is kept beside a bill: "27/40"."""
    return f"{value.numerator}/{value.denominator}"


def fraction_of(text: object, where: str) -> Fraction:
    """A part as it is written, "3/10" or "1". Raises Cannot; a float is not a part."""
    try:
        if not isinstance(text, str):
            raise ValueError
        above, _, below = text.partition("/")
        value = Fraction(int(above), int(below or "1"))
    except (ValueError, ZeroDivisionError):
        raise Cannot(where, NOT_A_PART, part=text) from None
    if value < 0:
        raise Cannot(where, NOT_A_PART, part=text)
    return value


def mix_from(rows: Sequence[Mapping[str, Any]]) -> list[MixPart]:
    """A mix from its stored form: [{"basis": "equal", "part": "3/10"}, …]. Raises Cannot naming the row."""
    mix = []
    for place, row in enumerate(rows):
        try:
            basis = Basis(row["basis"])
        except ValueError:
            raise Cannot(f"mix.{place}.basis", UNKNOWN_BASIS, basis=row["basis"]) from None
        part = fraction_of(row["part"], f"mix.{place}.part") if row.get("part") else None
        mix.append(MixPart(basis, part, row.get("measure", ""), row.get("yen")))
    check_mix(mix)
    return mix


def mix_rows(mix: Mix) -> list[dict[str, Any]]:
    """The stored form of a mix."""
    return [
        {"basis": part.basis.value}
        | ({"part": exact_text(part.part)} if part.part is not None else {})
        | ({"measure": part.measure} if part.measure else {})
        | ({"yen": part.yen} if part.yen is not None else {})
        for part in mix
    ]


def check_mix(mix: Mix) -> None:
    """負担の割合の検査 — every basis has its part, and the parts add up to 1. Raises Cannot."""
    if not mix:
        raise Cannot("mix", NO_MIX)
    for place, part in enumerate(mix):
        if part.stands and part.basis not in _AMOUNTS:
            raise Cannot(f"mix.{place}.part", NEEDS_A_PART, basis=BASIS_WORDS[part.basis])
    parts = [part.part for part in mix if part.part is not None]
    if parts and sum(parts, Fraction(0)) != 1:
        raise Cannot("mix", PARTS_NOT_ONE, total=exact_text(sum(parts, Fraction(0))))


def mix_words(mix: Mix) -> str:
    """「均等割 3/10 ＋ 人口割 7/10」."""
    return " ＋ ".join(
        f"{BASIS_WORDS[part.basis]}{f'（{part.measure}）' if part.measure else ''}"
        f" {exact_text(part.part) if part.part is not None else 'そのままの額'}"
        for part in mix
    )


@lru_cache(maxsize=1)
def _exponent() -> Decimal:
    """log2(1.5) = 0.58496250…"""
    with localcontext() as context:
        context.prec = _PRECISION
        return (Decimal(3) / Decimal(2)).ln() / Decimal(2).ln()


@lru_cache(maxsize=4096)
def decreasing_units(population: int) -> int:
    """逓減人口割の基礎 in units of the twelfth place, so that what is shared by it is shared by whole numbers."""
    if population < 0:
        raise ValueError("a population is not negative")
    if population == 0:
        return 0
    with localcontext() as context:
        context.prec = _PRECISION
        power = (Decimal(population).ln() * _exponent()).exp()
        kept = power.quantize(Decimal(1).scaleb(-DECREASING_DIGITS), rounding=ROUND_HALF_UP)
        return int(kept.scaleb(DECREASING_DIGITS))


def decreasing(population: int) -> Fraction:
    """逓減人口割の基礎 — 人口^log2(1.5): 1 → 1, 2 → 3/2, 4 → 9/4. Half up to 12 places, once; 0 for nobody."""
    return Fraction(decreasing_units(population), 10**DECREASING_DIGITS)


@lru_cache(maxsize=4096)
def _units_text(units: int) -> str:
    return exact_text(Fraction(units, 10**DECREASING_DIGITS))


def figures_given(part: MixPart, payers: Mapping[str, Payer]) -> dict[str, int | None]:
    """算定の基礎 of a basis as it is known of each payer; None where nobody said."""
    match part.basis:
        case Basis.EQUAL:
            return dict.fromkeys(payers, 1)
        case Basis.POPULATION | Basis.DECREASING:
            return {code: payer.population for code, payer in payers.items()}
        case Basis.USE:
            measure = part.measure
            return {code: payer.use.get(measure) for code, payer in payers.items()}
        case Basis.FIXED if part.yen is not None:
            return dict.fromkeys(payers, part.yen)
        case Basis.FIXED:
            return {code: payer.fixed_yen for code, payer in payers.items()}
        case Basis.ACTUAL:
            return {code: payer.actual_yen for code, payer in payers.items()}


def basis_key(part: MixPart) -> str:
    return f"{part.basis.value}:{part.measure}" if part.measure else part.basis.value


def figures(mix: Mix, payers: Mapping[str, Payer]) -> list[dict[str, int]]:
    """The figures of every payer, one table for each basis of the mix; 逓減人口割 in its units, which are in proportion.

    Raises Cannot where one is missing or negative.
    """
    if not payers:
        raise Cannot("payers", NO_PAYERS)
    tables = []
    for part in mix:
        table: dict[str, int] = {}
        for code, x in figures_given(part, payers).items():
            if x is None or x < 0:
                words = BASIS_WORDS[part.basis] + (f"（{part.measure}）" if part.measure else "")
                why = NO_FIGURE if x is None else NEGATIVE_FIGURE
                raise Cannot(f"payers.{code}", why, payer=code, basis=words)
            table[code] = x
        if part.basis is Basis.DECREASING:
            table = {code: decreasing_units(x) for code, x in table.items()}
        tables.append(table)
    return tables


def bases_of(
    mix: Mix, tables: Sequence[Mapping[str, int]], codes: Sequence[str]
) -> dict[str, dict[str, int | str]]:
    """算定の基礎 of bodies as they are kept beside a bill: {"equal": 1, "population": 60000}, from the tables of `figures`."""
    names = [basis_key(part) for part in mix]
    columns: list[list[Any]] = [
        [_units_text(table[code]) for code in codes]
        if part.basis is Basis.DECREASING
        else [table[code] for code in codes]
        for part, table in zip(mix, tables, strict=True)
    ]
    rows = zip(*columns, strict=True)
    return {code: dict(zip(names, row, strict=True)) for code, row in zip(codes, rows, strict=True)}


def weights(amount_yen: int, mix: Mix, payers: Mapping[str, Payer]) -> dict[str, Fraction]:
    """負担の重み — of each payer, adding up to 1: one blended pass over all bases. Raises Cannot.

    Amounts that stand as they are become the part of the whole that they make up.
    """
    whole = portions_of(amount_yen, mix, figures(mix, payers))
    total = sum(whole.values())
    return {code: Fraction(portion, total) if total else Fraction(0) for code, portion in whole.items()}


def portions_of(amount_yen: int, mix: Mix, tables: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """The same in whole numbers, from the figures of `figures`."""
    check_mix(mix)
    totals = [sum(table.values()) for table in tables]
    for part, total in zip(mix, totals, strict=True):
        if part.part and not total:
            raise Cannot("mix", NOBODY_HAS, basis=BASIS_WORDS[part.basis])
    standing = sum(total for part, total in zip(mix, totals, strict=True) if part.stands)
    alone = all(part.stands for part in mix)
    if standing:
        _check_amounts(standing, amount_yen, alone=alone)
    elif alone:
        if amount_yen:
            raise Cannot("yen", AMOUNTS_DIFFER, standing="0", amount=f"{amount_yen:,}")
        return dict.fromkeys(tables[0], 0)
    rest = 1 - Fraction(standing, amount_yen) if standing else Fraction(1)
    return portions(
        [
            (rest * part.part if part.part is not None else Fraction(total, amount_yen), table)
            for part, total, table in zip(mix, totals, tables, strict=True)
            if total
        ]
    )


def _check_amounts(standing: int, amount_yen: int, *, alone: bool) -> None:
    if amount_yen < 0:
        raise Cannot("yen", AMOUNTS_OF_A_CREDIT)
    said = {"standing": f"{standing:,}", "amount": f"{amount_yen:,}"}
    if standing > amount_yen:
        raise Cannot("yen", AMOUNTS_ABOVE, **said)
    if alone and standing != amount_yen:
        raise Cannot("yen", AMOUNTS_DIFFER, **said)
