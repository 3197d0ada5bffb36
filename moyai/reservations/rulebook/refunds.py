"""取消しの還付と変更の差額 as published rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from moyai.reservations.rulebook.samples import REFUND_WORDS, REFUNDS
from moyai.reservations.rules import cancellation, working
from moyai.reservations.rules.cancellation import WHY_WORDS, GivenUp
from moyai.reservations.rules.fees import CannotWorkOut
from moyai.rulebook.public import (
    BadCase,
    Example,
    Step,
    Terms,
    Version,
    Worked,
    case_of,
    choice,
    list_of,
    rule,
    whole,
    yen,
    yes_no,
)

SOURCE = "各団体の施設の条例・規則（使用料の還付の定め。地方自治法 第225条・第228条）"
_POLICY = choice(
    "使う定め", "Policy", {"own": ("入力した定め", "the one given here"), **REFUND_WORDS}, default="own"
)
_DOCUMENT = {**cancellation.SCHEMA, "default": {}, "required": []}
_EARLIER = list_of(
    "すでに取り消した分",
    "Given up before",
    case_of(percent=whole("率（%）", "Percent", 0, 100), yen=yen("取り消した額", "Yen given up")),
    101,
    default=[],
)
_VERSION = Version(
    from_on=date(2026, 4, 1),
    parameters=REFUNDS,
    source="団体の定め（例）。実際の率は、各団体の利用の決まりによる。",
)


def _document(case: Mapping[str, Any], terms: Terms) -> Mapping[str, Any]:
    if case["policy"] != "own":
        if case["document"]:
            raise BadCase({"document": "定めを入力したときは、使う定めに「入力した定め」を選んでください。"})
        known: Mapping[str, Any] = terms[case["policy"]]
        return known
    document: Mapping[str, Any] = case["document"]
    missing = [name for name in cancellation.SCHEMA["required"] if name not in document]
    if missing:
        raise BadCase({f"document.{name}": "取消しの定めに必要です。" for name in missing})
    wrong = cancellation.faults(document)
    if wrong:
        raise BadCase({f"document.{path}": sentence for path, sentence in reversed(wrong)})
    return document


def _earlier(case: Mapping[str, Any]) -> tuple[GivenUp, ...]:
    return tuple(GivenUp(one["percent"], one["yen"]) for one in case["earlier"])


def _steps(steps: Sequence[working.Step]) -> list[Step]:
    return [Step(step.label, step.value, step.source, step.formula, step.unit) for step in steps]


def _refund(fee: int, days: int, result: int, note: str, **more: Any) -> Example:
    return Example({"policy": "tiers", "fee_yen": fee, "days_before": days} | more, result, note=note)


@rule(
    "reservation-refund",
    title=("施設の予約を取り消したときの還付額", "Refund when a booking is cancelled"),
    source=SOURCE,
    input=case_of(
        policy=_POLICY,
        document=_DOCUMENT,
        fee_yen=yen("今の使用料", "Fee as it stands"),
        rest_yen={**yen("取り消さない分の使用料", "Fee of what remains"), "default": 0},
        days_before=whole("利用日の何日前（過ぎた日はマイナス）", "Days before the use", -400, 400),
        why=choice("理由", "Reason", WHY_WORDS, default="own"),
        paid=yes_no("使用料を納めた", "Something was paid", default=True),
        earlier=_EARLIER,
    ),
    output=yen("還付額", "Refund"),
    terms=REFUND_WORDS,
    versions=[_VERSION],
    examples=[
        _refund(10_000, 30, 10_000, "30日前まで全額"),
        _refund(10_000, 29, 7_000, "29日前は7割"),
        _refund(10_000, 7, 7_000, "7日前は7割"),
        _refund(10_000, 6, 5_000, "6日前は5割"),
        _refund(10_000, 1, 5_000, "前日は5割"),
        _refund(10_000, 0, 0, "当日は還付しない"),
        _refund(10_000, 0, 10_000, "天候・災害は当日でも全額", why="weather"),
        _refund(10_000, -1, 10_000, "施設の都合は利用日の後でも全額", why="facility"),
        _refund(10_000, 0, 10_000, "納付の前の取消しは、使用料を求めない", paid=False),
        _refund(1_230, 7, 860, "861円、10円未満切捨て"),
        _refund(16_500, 7, 4_550, "全日から夜間を取り消す。6,500円の7割", rest_yen=10_000),
        _refund(10_000, 7, 0, "残りの方が高いときは、残りの使用料は今の額のまま", rest_yen=10_500),
        _refund(
            10_000,
            7,
            7_000,
            "先に6,500円分を取り消した残り。16,500円の7割11,550円 − 4,550円",
            earlier=[{"percent": 70, "yen": 6_500}],
        ),
        _refund(
            150,
            1,
            80,
            "2回に分けても1回と同じ。300円の5割150円 − 先の70円",
            earlier=[{"percent": 50, "yen": 150}],
        ),
        _refund(10_000, 1, 5_000, "先の取消しは先の率のまま", earlier=[{"percent": 70, "yen": 6_500}]),
        _refund(4_850, 60, 2_500, "60日前は5割、2,425円を100円単位に切上げ", policy="strict"),
        _refund(4_850, 59, 0, "59日前からは還付しない", policy="strict"),
        _refund(4_850, 59, 0, "納付の前でも使用料を納める定め", policy="strict", paid=False),
        _refund(50, 60, 50, "切り上げても、取り消した額を超えない", policy="strict"),
    ],
)
def reservation_refund(case: Mapping[str, Any], terms: Terms) -> Worked:
    """取り消した分の使用料に、理由と利用日までの日数で決まる率を掛ける。何回に分けても、まとめて取り消したときと同じ額になる。"""
    try:
        back = cancellation.refund(
            _document(case, terms),
            fee_yen=case["fee_yen"],
            rest_yen=case["rest_yen"],
            days_before=case["days_before"],
            why=case["why"],
            paid=case["paid"],
            earlier=_earlier(case),
        )
    except CannotWorkOut as cannot:
        raise BadCase({"days_before": cannot.words}) from None
    return back.yen, _steps(back.steps)


def _change(fee: int, new: int, result: int, note: str, **more: Any) -> Example:
    case = {"policy": "tiers", "fee_yen": fee, "new_yen": new, "days_before": 7, "changes_before": 0}
    return Example(case | more, result, note=note)


@rule(
    "reservation-change",
    title=("施設の予約を変更したときの差額", "Difference when a booking is changed"),
    source=SOURCE,
    input=case_of(
        policy=_POLICY,
        document=_DOCUMENT,
        fee_yen=yen("今の使用料", "Fee as it stands"),
        new_yen=yen("変更後の使用料", "Fee after the change"),
        days_before=whole("利用日の何日前（過ぎた日はマイナス）", "Days before the use", -400, 400),
        changes_before=whole("これまでの変更の回数", "Changes so far", 0, 1_000),
        paid=yes_no("使用料を納めた", "Something was paid", default=True),
        earlier=_EARLIER,
    ),
    output=whole("納める額（マイナスは還付）", "To pay (negative: refund)", -(10**13), 10**13),
    terms=REFUND_WORDS,
    versions=[_VERSION],
    examples=[
        _change(3_000, 5_000, 2_000, "高くなった分を納める"),
        _change(3_000, 5_000, 2_200, "2回目からは変更手数料200円", changes_before=1),
        _change(5_000, 3_000, -1_400, "安くなった2,000円の7割を還付"),
        _change(5_000, 3_000, -1_200, "2回目の変更。還付1,400円と手数料200円", changes_before=1),
        _change(5_000, 5_000, 0, "同じ額の1回目の変更"),
        _change(
            5_000, 3_000, -2_000, "納付の前の変更は、新しい使用料だけを納める", paid=False, days_before=0
        ),
        _change(5_000, 3_000, 500, "安くなっても還付せず、手数料500円", policy="strict"),
        _change(3_000, 5_000, 2_500, "差額2,000円と手数料500円", policy="strict"),
    ],
)
def reservation_change(case: Mapping[str, Any], terms: Terms) -> Worked:
    """変更後の使用料が高ければ差額を納める。安ければ定めに従って還付する。決まった回数を超えると変更手数料を加える。"""
    try:
        after = cancellation.changed(
            _document(case, terms),
            fee_yen=case["fee_yen"],
            new_yen=case["new_yen"],
            days_before=case["days_before"],
            changes_before=case["changes_before"],
            paid=case["paid"],
            earlier=_earlier(case),
        )
    except CannotWorkOut as cannot:
        raise BadCase({"days_before": cannot.words}) from None
    result = after.fee_yen + after.kept_yen + after.change_yen - case["fee_yen"]
    formula = (
        f"{after.fee_yen:,} ＋ 還付しない分 {after.kept_yen:,} ＋ 変更手数料 {after.change_yen:,}"
        f" − {case['fee_yen']:,}"
    )
    return result, [*_steps(after.steps), Step("納める額", result, "", formula, "円")]
