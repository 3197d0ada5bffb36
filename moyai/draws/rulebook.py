"""抽選の規則 — order and winners as published rules, so that anybody can work one draw by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from moyai.draws import rules, wishes
from moyai.rulebook.public import BadCase, Example, Step, Terms, Version, Worked, case_of, rule, text, whole

METHOD = "RFC 6962（Merkle tree hash）、FIPS 180-4（SHA-256）"


WISH_EXAMPLES: Final = (
    ("person", 1, "p1:full p2:half-a p3:half-b", "p2:half-a p3:half-b"),
    ("person", 1, "p1:full/half-a p2:full/half-a p3:full/half-b", "p2:full"),
    ("person", 1, "p1:half-a/half-b p2:half-a/half-b p3:half-b", "p2:half-a p1:half-b"),
    ("wish", 1, "p1:half-a/half-b p2:half-a/half-b p3:half-b", "p2:half-a p3:half-b"),
    ("slot", 1, "p1:half-a/half-b p2:half-a/half-b p3:half-b", "p2:half-a p3:half-b"),
    ("slot", 1, "p1:full p2:half-a p3:half-b", "p1:full"),
    ("person", 1, "p1.1:half-a p1.2:half-b p2:half-b", "p1.1:half-a p2:half-b"),
    ("person", 2, "p1.1:half-a p1.2:half-b", "p1.1:half-a p1.2:half-b"),
)


def _entries(case: Mapping[str, Any]) -> list[str]:
    try:
        return rules.canonical(str(case["entries"]).split())
    except rules.NotADraw as error:
        raise BadCase({"entries": "申込みは、英数字の番号を空白で区切って入れてください。"}) from error


def _seed(case: Mapping[str, Any]) -> str:
    try:
        return rules.seed_of(str(case["seed"]))
    except rules.NotADraw as error:
        raise BadCase({"seed": "種は、半角の英数字と記号で6字から128字にしてください。"}) from error


def _ordered(case: Mapping[str, Any]) -> list[tuple[str, str]]:
    try:
        return rules.in_order(_entries(case), seed=_seed(case), label=str(case["label"]))
    except rules.NotADraw as error:
        raise BadCase({"label": "回の名前は、半角の英数字と - _ . : にしてください。"}) from error


_CASE = {
    "seed": text("乱数の種", "Seed", 128),
    "label": text("回の名前", "Round label", 80),
    "entries": text("申込みの番号（空白で区切る）", "Entry ids, separated by spaces", 4000),
}


@rule(
    "draw-order",
    title=("抽選の順番", "Order of a draw"),
    source=METHOD,
    input=case_of(**_CASE),
    output=text("順番", "Order", 4000),
    versions=[Version(from_on=date(2026, 4, 1), parameters={}, source="抽選の方法（この規則集）")],
    examples=[
        Example({"seed": "03 12 18 25 33 41", "label": "yoga-2026-12", "entries": "a1 b2 c3"}, "a1 b2 c3"),
        Example({"seed": "03 12 18 25 33 41", "label": "yoga-2027-01", "entries": "a1 b2 c3"}, "b2 c3 a1"),
        Example({"seed": "03 12 18 25 33 42", "label": "yoga-2026-12", "entries": "c3 b2 a1"}, "a1 b2 c3"),
        Example({"seed": "000000", "label": "x", "entries": "only"}, "only"),
    ],
)
def draw_order(case: Mapping[str, Any], terms: Terms) -> Worked:
    """種と回の名前と申込みの番号を | でつないだ文字列のSHA-256を、小さい順に並べる。同じ値なら番号の順。"""
    ordered = _ordered(case)
    steps = [
        Step("名簿の根", rules.root(_entries(case)), source="RFC 6962 第2.1節"),
        *(
            Step(
                f"{line} の抽選番号",
                number,
                formula=f"SHA-256({_seed(case)}|{case['label']}|{rules.id_of(line)})",
            )
            for line, number in ordered
        ),
    ]
    result = " ".join(rules.id_of(line) for line, _number in ordered)
    return result, [*steps, Step("順番", result, formula="抽選番号の小さい順")]


@rule(
    "draw-winners",
    title=("抽選の当選", "Winners of a draw"),
    source="抽選の順に、残りの枠に全員が入れる申込みを当選とする（この規則集の方針）",
    input=case_of(**_CASE, places=whole("枠の数", "Places", 0, 1_000_000)),
    output=text("当選した申込み", "Winning entries", 4000),
    versions=[Version(from_on=date(2026, 4, 1), parameters={}, source="抽選の方法（この規則集）")],
    examples=[
        Example(
            {"seed": "03 12 18 25 33 41", "label": "yoga-2026-12", "entries": "a1|2 b2|2 c3|1", "places": 3},
            "a1 c3",
        ),
        Example(
            {"seed": "03 12 18 25 33 41", "label": "yoga-2026-12", "entries": "a1|2 b2|2 c3|1", "places": 5},
            "a1 b2 c3",
        ),
        Example({"seed": "000000", "label": "x", "entries": "party|3 single|1", "places": 2}, "single"),
        Example({"seed": "000000", "label": "x", "entries": "party|3", "places": 2}, ""),
    ],
)
def draw_winners(case: Mapping[str, Any], terms: Terms) -> Worked:
    """順番に、残りの枠に入る申込みを当選とする。入らない組は飛ばして次を見る。飛ばされた組は補欠の順を保つ。"""
    _ordered(case)
    try:
        found = rules.drawn(
            _entries(case), seed=_seed(case), label=str(case["label"]), places=int(case["places"])
        )
    except rules.NotADraw as error:
        raise BadCase({"entries": "人数は「番号|人数」の形で入れてください。"}) from error
    left, steps = int(case["places"]), []
    for one in found:
        quantity = rules.quantity_of(one.line)
        word = "当選" if one.outcome == rules.WON else "補欠"
        steps.append(Step(rules.id_of(one.line), word, formula=f"残り{left}に対して{quantity}"))
        left -= quantity if one.outcome == rules.WON else 0
    result = " ".join(rules.id_of(one.line) for one in found if one.outcome == rules.WON)
    return result, [*steps, Step("当選した申込み", result)]


_DAY = "20270206"
_UNITS = {"full": ("a", "b"), "half-a": ("a",), "half-b": ("b",)}


def _lines(case: Mapping[str, Any]) -> list[str]:
    """`p1:full/half-a p2:half-a`: who, and his wishes in their order, all for the same morning."""
    made = []
    for one in str(case["entries"]).split():
        person, _colon, asked = one.partition(":")
        wishes = [f"{unit}:{_DAY}:540-720" for unit in asked.split("/")]
        if not wishes or any(unit not in _UNITS for unit in asked.split("/")):
            raise BadCase({"entries": "希望は full、half-a、half-b から選び、/ でつないでください。"})
        made.append(f"{person}|resident|i|{case['cap']}|{'|'.join(wishes)}")
    try:
        return rules.canonical(made)
    except rules.NotADraw as error:
        raise BadCase({"entries": "申込みは「番号:希望/希望」を空白で区切って入れてください。"}) from error


@rule(
    "draw-wishes",
    title=("希望つきの抽選", "Draw by ranked wishes"),
    source="人ごと（順番に、空いているいちばん上の希望を得る）・希望順位ごと・枠ごと（この規則集の方針）",
    input=case_of(
        seed=text("乱数の種", "Seed", 128),
        label=text("回の名前", "Round label", 80),
        mode=text("方法（person、wish、slot）", "Mode (person, wish, slot)", 6),
        cap=whole("1人の当選の上限", "Wins of one person", 1, 50),
        entries=text("申込み（番号:希望/希望、空白で区切る）", "Entries (id:wish/wish, by spaces)", 4000),
    ),
    output=text("当選", "Winners", 4000),
    versions=[Version(from_on=date(2026, 4, 1), parameters={}, source="抽選の方法（この規則集）")],
    examples=[
        Example(
            {
                "seed": "03 12 18 25 33 41",
                "label": "gym-2027-02",
                "mode": mode,
                "cap": cap,
                "entries": entries,
            },
            result,
        )
        for mode, cap, entries, result in WISH_EXAMPLES
    ],
)
def draw_wishes(case: Mapping[str, Any], terms: Terms) -> Worked:
    """全面（full）は半面（half-aとhalf-b）を合わせたもの。同じ方の申込みは「人.1」「人.2」と書き、抽選番号は1つ。"""
    lines = _lines(case)
    try:
        outcome = wishes.draw_wishes(
            lines,
            seed=_seed(case),
            label=str(case["label"]),
            terms=wishes.Terms(str(case["mode"])),
            units=_UNITS,
        )
    except rules.NotADraw as error:
        raise BadCase({"mode": "方法は person、wish、slot のどれかにしてください。"}) from error
    words = {"won": "当選", "waiting": "補欠", "capped": "上限まで当選"}
    found = list(outcome)
    steps = [
        Step(
            rules.id_of(one.line),
            words[one.outcome.partition(".")[0]],
            formula=f"{one.ticket[:16]}… {one.outcome}",
        )
        for one in found
    ]
    result = " ".join(
        f"{rules.id_of(one.line)}:{one.line.split('|')[3 + one.won].partition(':')[0]}"
        for one in found
        if one.won
    )
    return result, [*steps, Step("当選", result)]
