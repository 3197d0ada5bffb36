"""入力の形 — mixes and payers as the rules of 負担金 take them, and their refusals as those of the rulebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from moyai.council.rules.cannot import Cannot
from moyai.council.rules.mixes import BASIS_WORDS, Basis, MixPart, Payer, exact_text, mix_words
from moyai.council.rules.sharing import Sharing
from moyai.rulebook.public import BadCase, Problem, Step, case_of, choice, list_of, text, whole, yen

Row = dict[str, Any]
SOURCE = "協議会の会則と負担金の取扱い（地方自治法252条の2の2以下の協議会の規約による経費の負担）"
WHAT_SOURCE = "最大剰余法。1円未満の端数は余りの大きい団体から、同じなら団体コードの小さい団体から"
TWICE = "同じ団体コードが2回あります。"
_ENGLISH = {
    Basis.EQUAL: "equally",
    Basis.POPULATION: "by population",
    Basis.USE: "by use",
    Basis.DECREASING: "by population, decreasing",
    Basis.FIXED: "a fixed amount",
    Basis.ACTUAL: "its actual cost",
}
MIX = list_of(
    "負担の割合",
    "Mix of bases",
    case_of(
        basis=choice(
            "算定の基礎", "Basis", {basis.value: (word, _ENGLISH[basis]) for basis, word in BASIS_WORDS.items()}
        ),
        numerator=whole("割合の分子（0は、そのままの額）", "Numerator (0: the amount as it stands)", 0, 1_000_000),
        denominator=whole("割合の分母", "Denominator", 1, 1_000_000),
    ),
    6,
    minItems=1,
)  # fmt: skip
FIGURES = {
    "population": whole("人口", "Population", 0, 200_000_000),
    "use": whole("利用の実績", "Use", 0, 10**12),
    "fixed_yen": yen("固定額", "Fixed amount"),
    "actual_yen": yen("実費", "Actual cost"),
}
CODE = text("団体コード", "Code of the body", 6, minLength=1)
UNIT = whole("端数の単位（円）", "Unit of rounding, yen", 1, 1_000_000, default=1)
AMOUNT = whole("総額（マイナスは減額）", "Amount (negative: less)", -(10**13), 10**13, **{"x-unit": "円"})
SHARES = list_of(
    "団体ごとの負担額", "Shares by body",
    case_of(code=CODE, yen=whole("負担額", "Share", -(10**13), 10**13, **{"x-unit": "円"})), 2_000,
)  # fmt: skip


def payers_of(**more: Row) -> Row:
    """A list of bodies with the figures that a mix may ask for: what a case leaves out is not there, not zero."""
    row = case_of(code=CODE, **FIGURES, **more)
    return list_of(
        "負担する団体", "Paying bodies", {**row, "required": ["code"]}, 2_000, minItems=1
    )  # fmt: skip


@contextmanager
def refusals() -> Iterator[None]:
    """What the rules cannot work out, beside the field it is about."""
    try:
        yield
    except Cannot as cannot:
        raise BadCase({cannot.where: Problem(cannot.text, cannot.params)}) from None


def mix_of(case: Mapping[str, Any]) -> list[MixPart]:
    return [
        MixPart(
            Basis(row["basis"]), Fraction(row["numerator"], row["denominator"]) if row["numerator"] else None
        )
        for row in case["mix"]
    ]


def payers_from(case: Mapping[str, Any]) -> dict[str, Payer]:
    found: dict[str, Payer] = {}
    for place, row in enumerate(case["payers"]):
        if row["code"] in found:
            raise BadCase({f"payers.{place}.code": TWICE})
        use = {"": row["use"]} if "use" in row else {}
        found[row["code"]] = Payer(row.get("population"), use, row.get("fixed_yen"), row.get("actual_yen"))
    return found


def shares_of(sharing: Sharing) -> list[Row]:
    return [{"code": part.key, "yen": part.amount_yen} for part in sharing.parts]


def sharing_steps(sharing: Sharing, mix: Sequence[MixPart]) -> list[Step]:
    """The working: mix, and for each body its exact quota, what was certain and its place among the remainders."""
    steps = [
        Step("分ける額", sharing.yen, unit="円"),
        Step("負担の割合", mix_words(mix)),
    ]
    for part in sharing.parts:
        adjusted = "、端数の調整" if part.adjusted else ""
        steps.append(
            Step(
                f"{part.key}の負担額",
                part.amount_yen,
                WHAT_SOURCE,
                f"{sharing.yen:,} × {exact_text(part.weight)}、切捨て {part.floor_yen:,}、端数の順位 {part.rank}{adjusted}",
                "円",
            )
        )
    return steps


# --- short words for worked examples ------------------------------------------------------------------------------------


def a(basis: str, numerator: int = 1, denominator: int = 1) -> Row:
    return {"basis": basis, "numerator": numerator, "denominator": denominator}


def by(name: str, *figures: int) -> list[Row]:
    """Bodies 120001, 120002, … with one figure each."""
    return [{"code": f"12{place:04d}", name: figure} for place, figure in enumerate(figures, 1)]


def plain(count: int) -> list[Row]:
    return [{"code": f"12{place:04d}"} for place in range(1, count + 1)]


def out(*amounts: int) -> list[Row]:
    return [{"code": f"12{place:04d}", "yen": amount} for place, amount in enumerate(amounts, 1)]


def beside(rows: Sequence[Row], name: str, *figures: int) -> list[Row]:
    """The same bodies with one more figure each."""
    return [{**row, name: figure} for row, figure in zip(rows, figures, strict=True)]


# 下松市 光市 柳井市 周南市 阿武町 (H30年3月末)
_YAMAGUCHI = (
    ("352071", 57_199),
    ("352101", 51_602),
    ("352128", 32_311),
    ("352152", 144_472),
    ("355020", 3_360),
)
YAMAGUCHI = [{"code": code, "population": people} for code, people in _YAMAGUCHI]


def yamaguchi(*amounts: int) -> list[Row]:
    return [
        {"code": code, "yen": amount} for (code, _people), amount in zip(_YAMAGUCHI, amounts, strict=True)
    ]
