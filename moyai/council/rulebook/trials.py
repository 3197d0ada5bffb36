"""負担の試算 (Y18, Y24) as a published rule."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from moyai.council.rulebook.burdens import VERSIONS
from moyai.council.rulebook.cases import (
    CODE,
    MIX,
    SOURCE,
    YAMAGUCHI,
    Row,
    a,
    beside,
    mix_of,
    payers_from,
    payers_of,
    refusals,
    sharing_steps,
)
from moyai.council.rules import savings
from moyai.rulebook.public import Example, Step, Terms, Worked, case_of, list_of, rule, whole, yen, yes_no

_NOW = (400_000_000, 380_000_000, 300_000_000, 800_000_000, 120_000_000)
_QUOTED = (250_000_000, 230_000_000, 190_000_000, 430_000_000, 100_000_000)
_CLOUD = beside(beside(YAMAGUCHI, "actual_yen", *_QUOTED), "now_yen", *_NOW)
_FIFTH = (240_000_000,) * 5


def _tried(mix: list[Row], amounts: tuple[int, ...], below: str, note: str, target: int = 30) -> Example:
    """`below` has a sign for each body in order: x saves less than the target."""
    result = [
        {"code": row["code"], "yen": amount, "saved_yen": row["now_yen"] - amount, "below": mark == "x"}
        for row, amount, mark in zip(_CLOUD, amounts, below, strict=True)
    ]
    case = {"yen": 1_200_000_000, "mix": mix, "payers": _CLOUD, "target_percent": target}
    return Example(case, result, note=note)


@rule(
    "burden-trial",
    title=("負担の試算と削減効果", "What each body would pay and save"),
    source=SOURCE,
    input=case_of(
        yen=yen("共同利用の経費の総額", "Cost of sharing"),
        mix=MIX,
        payers=payers_of(now_yen={**yen("いまの経費", "What it pays now"), "default": 0}),
        target_percent=whole("目標の削減率（%）", "Saving asked for, percent", 0, 100, default=0),
    ),
    output=list_of(
        "団体ごとの負担額と削減効果",
        "Shares and savings by body",
        case_of(
            code=CODE,
            yen=yen("負担額", "Share"),
            saved_yen=whole("削減額（マイナスは増える）", "Saved", -(10**13), 10**13, **{"x-unit": "円"}),
            below=yes_no("目標に届かない", "Below the target"),
        ),
        2_000,
    ),
    versions=VERSIONS,
    examples=[
        _tried([a("actual", 0)], _QUOTED, "....x", "実費（負担調整なし）。阿武町は16.7％で、30％に届かない"),
        _tried([a("actual", 0)], _QUOTED, ".....", "実費で、目標を15％にする", target=15),
        _tried([a("equal")], _FIFTH, "..x.x", "均等割。阿武町は負担が2倍になる"),
        _tried([a("equal")], _FIFTH, "xxx.x", "均等割で、目標を41％にする", target=41),
    ],
)
def burden_trial(case: Mapping[str, Any], terms: Terms) -> Worked:
    """負担の割合を仮に決めたときの団体ごとの負担額と、いまの経費からの削減率を並べる。目標に届くかは、丸める前の分数で判定する。"""
    payers, mix = payers_from(case), mix_of(case)
    now = {row["code"]: row["now_yen"] for row in case["payers"]}
    with refusals():
        trial = savings.tried("", case["yen"], mix, payers, now, Fraction(case["target_percent"], 100))
    result: list[Row] = [
        {
            "code": saving.code,
            "yen": saving.yen,
            "saved_yen": saving.saved_yen,
            "below": saving.code in trial.below,
        }
        for saving in trial.savings
    ]
    steps = sharing_steps(trial.sharing, mix)
    steps += [
        Step(
            f"{saving.code}の削減率",
            savings.percent(saving.rate, 2),
            formula=f"（{saving.now_yen:,} − {saving.yen:,}）÷ {saving.now_yen:,}",
        )
        for saving in trial.savings
    ]
    return result, [*steps, Step("目標に届かない団体", len(trial.below), unit="団体")]
