"""施設使用料と減免 as published rules: any fee policy, any use, with every step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from moyai.reservations.rulebook.fee_examples import FEE_EXAMPLES, RELIEF_EXAMPLES
from moyai.reservations.rulebook.samples import FEE_WORDS, FEES
from moyai.reservations.rules import fees
from moyai.reservations.rules.shapes import CLASSES, KINDS_OF_USERS
from moyai.rulebook.public import (
    BadCase,
    Step,
    Terms,
    Version,
    Worked,
    case_of,
    choice,
    day,
    list_of,
    rule,
    text,
    whole,
    yen,
    yes_no,
)

SOURCE = "各団体の施設の設置及び管理に関する条例（地方自治法 第225条・第228条・第244条の2）"
FROM = date(2026, 4, 1)


def _row(**fields: dict[str, Any]) -> dict[str, Any]:
    return case_of(**fields)


INPUT = case_of(
    policy=choice(
        "使う定め",
        "Policy",
        {"own": ("入力した定め", "the one given here"), **FEE_WORDS},
        default="own",
    ),
    document={**fees.SCHEMA, "default": {}, "required": []},
    on=day("利用日", "Day of use"),
    holiday=yes_no("祝日", "A holiday", default=False),
    room=text("室場コード", "Room", 20, default=""),
    unit=text("利用単位コード", "Unit", 20, default=""),
    starts=whole("始まり（0時からの分）", "Begins, minutes of the day", 0, 1440),
    ends=whole("終わり（0時からの分）", "Ends, minutes of the day", 0, 1440),
    frames=list_of(
        "コマ",
        "Frames",
        _row(
            code=text("コード", "Code", 20),
            name=text("名前", "Name", 60),
            starts=whole("始まり", "From", 0, 1440),
            ends=whole("終わり", "Until", 0, 1440),
        ),
        24,
        default=[],
    ),
    resident_class=choice("利用者区分", "Class of user", CLASSES, default="resident"),
    kind=choice("個人・団体", "Person or group", KINDS_OF_USERS, default="person"),
    purpose=text("利用目的コード", "Purpose", 20, default=""),
    people=whole("人数", "People", 0, 1_000_000, default=0),
    commercial=yes_no("営利目的", "Commercial", default=False),
    admission_yen={**yen("入場料", "Admission", 0, 99_999_999), "default": 0},
    with_main=yes_no("本体の室場とともに", "With its main room", default=False),
    equipment=list_of(
        "備品",
        "Equipment",
        _row(
            code=text("コード", "Code", 20),
            name=text("名前", "Name", 60),
            yen=yen("料金", "Price", 0, 99_999_999),
            per=choice("何につき", "Per", {"frame": "コマ", "hour": "時間", "use": "回"}),
            count=whole("数", "Count", 0, 100_000),
        ),
        200,
        default=[],
    ),
    extras=list_of("付加設備", "Extras", text("コード", "Code", 20), 50, default=[]),
    extension_minutes=whole("延長（分）", "Extension, minutes", 0, 1440, default=0),
    relief=text("減免のコード", "Relief", 20, default=""),
)


def _quoted(case: Mapping[str, Any], terms: Terms) -> fees.Worked:
    """The fee of a case. Raises BadCase where the policy or the use cannot be worked out."""
    document = _document(case, terms)
    if case["starts"] >= case["ends"]:
        raise BadCase({"ends": "終わりは、始まりより後にしてください。"})
    given = {name: value for name, value in case.items() if name not in ("policy", "document", "holiday")}
    use = fees.use_from({**given, "day_class": fees.day_class(case["on"], holiday=case["holiday"])})
    try:
        return fees.work_out(document, use)
    except fees.CannotWorkOut as cannot:
        raise BadCase({"case": cannot.words}) from None


def _document(case: Mapping[str, Any], terms: Terms) -> Mapping[str, Any]:
    if case["policy"] != "own":
        if case["document"]:
            raise BadCase({"document": "定めを入力したときは、使う定めに「入力した定め」を選んでください。"})
        document: Mapping[str, Any] = terms[case["policy"]]
        return document
    document = case["document"]
    missing = [name for name in fees.SCHEMA["required"] if name not in document]
    if missing:
        raise BadCase({f"document.{name}": "使用料の定めに必要です。" for name in missing})
    wrong = fees.faults(document)
    if wrong:
        raise BadCase({f"document.{path}": sentence for path, sentence in reversed(wrong)})
    return document


def _steps(worked: fees.Worked) -> list[Step]:
    return [Step(step.label, step.value, step.source, step.formula, step.unit) for step in worked.steps]


_VERSION = Version(
    from_on=FROM, parameters=FEES, source="団体の定め（例）。実際の額は、各団体の利用の決まりによる。"
)


@rule(
    "reservation-fee",
    title=("施設の使用料", "Fee for using a public facility"),
    source=SOURCE,
    input=INPUT,
    output=yen("使用料", "Fee"),
    terms=FEE_WORDS,
    versions=[_VERSION],
    examples=FEE_EXAMPLES,
)
def reservation_fee(case: Mapping[str, Any], terms: Terms) -> Worked:
    """定めの順序に従い、室場使用料、延長、割増、備品、付加設備、減免、消費税を1段階ずつ計算し、端数を処理する。"""
    worked = _quoted(case, terms)
    return worked.yen, _steps(worked)


@rule(
    "reservation-relief",
    title=("施設の使用料の減免額", "Relief of a facility fee"),
    source=SOURCE,
    input=INPUT,
    output=yen("減免額", "Relief"),
    terms=FEE_WORDS,
    versions=[_VERSION],
    examples=RELIEF_EXAMPLES,
)
def reservation_relief(case: Mapping[str, Any], terms: Terms) -> Worked:
    """減免の前の使用料から、定めの率か額を、定めの料金の範囲で差し引く。使用料を超えて減らさない。"""
    worked = _quoted(case, terms)
    formula = f"減免の前 {worked.yen + worked.relief_yen:,} − 減免の後 {worked.yen:,}"
    return worked.relief_yen, [*_steps(worked), Step("減免額", worked.relief_yen, "", formula, "円")]
