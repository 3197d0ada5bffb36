"""使用料の定めの形 — the JSON Schema of a fee policy, and what no schema can say. Pure.

One table per list, and rows instead of free keys: so that a workbook can hold it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from moyai.reservations.rules.shapes import (
    CLASSES,
    KINDS_OF_USERS,
    codes,
    minute,
    month_day,
    obj,
    one_of,
    rows,
    several,
    text,
    whole,
    yen,
    yes_no,
)
from moyai.reservations.rules.working import ROUNDING_WORDS

PARTS: Final = ("room", "extension", "equipment", "extras", "tax")
STEPS: Final = ("room", "extension", "equipment", "extras", "relief", "tax", "total")  # besides surcharges
PART_WORDS: Final = {
    "room": "室場使用料",
    "extension": "延長料",
    "equipment": "備品使用料",
    "extras": "付加設備の料金",
    "tax": "消費税等",
}
DAY_WORDS: Final = {"weekday": "平日", "saturday": "土曜日", "sunday": "日曜日", "holiday": "祝日"}
_ANY: Final = {"any": "問わない", "yes": "はい", "no": "いいえ"}
_PER: Final = {"frame": "コマ", "hour": "時間", "use": "回"}
# Which uses a row holds for; what is left out holds for all. The first row that holds, decides.
_FOR: Final[dict[str, Any]] = {
    "room": text("室場コード", "Room", 20),
    "unit": text("利用単位コード", "Unit", 20),
    "days": several("曜日区分", "Days", DAY_WORDS),
    "classes": several("利用者区分", "Classes of users", CLASSES),
    "kinds": several("個人・団体", "Person or group", KINDS_OF_USERS),
    "purposes": codes("利用目的コード", "Purposes", 20),
    "commercial": one_of("営利目的", "Commercial", _ANY),
    "with_main": one_of("本体の室場とともに", "With its main room", _ANY),
    "admission_from_yen": yen("入場料（から）", "Admission from"),
    "admission_until_yen": yen("入場料（まで）", "Admission until"),
    "people_from": whole("人数（以上）", "People from", 0, 1_000_000),
    "season_from": month_day("期間の初日", "Season from", maxLength=5),
    "season_until": month_day("期間の末日", "Season until", maxLength=5),
}
_ROUNDING: Final[dict[str, Any]] = {
    "rounding": one_of("端数処理", "Rounding", ROUNDING_WORDS),
    "rounding_yen": {
        "title": "端数の単位（円）",
        "x-title-en": "Rounding unit",
        "type": "integer",
        "enum": [1, 10, 100],
    },
}
_OF: Final = several("かかる料金", "Of which parts", PART_WORDS)


def _table(ja: str, en: str, most: int, needs: tuple[str, ...], parts: Mapping[str, Any]) -> dict[str, Any]:
    return rows(ja, en, obj(ja, en, {**_FOR, **parts}, needs=needs), most)


SCHEMA: Final = obj(
    "使用料",
    "Fees",
    {
        **_ROUNDING,
        "tax": one_of(
            "消費税", "Consumption tax", {"included": "内税", "added": "外税", "none": "かからない"}
        ),
        "tax_rates": rows(
            "消費税率",
            "Tax rates",
            obj(
                "消費税率",
                "Tax rate",
                {
                    "from_on": {
                        "title": "いつから",
                        "x-title-en": "From",
                        "type": "string",
                        "format": "date",
                    },
                    "percent": whole("率（%）", "Percent", 0, 100),
                },
                needs=("from_on", "percent"),
            ),
            20,
        ),
        "tax_rounding": one_of("消費税の端数処理", "Rounding of the tax", ROUNDING_WORDS),
        "through": one_of(
            "通し料金の取り方",
            "Through prices",
            {"longest": "長い通しから", "least": "合計が最も低くなるよう"},
        ),
        "least_minutes": whole("最低の利用時間（分）", "Least minutes", 0, 1440),
        "order": codes("計算の順序", "Order of steps", 60),
        "prices": _table(
            "コマの料金（コマが複数の行は通し料金）",
            "Prices of frames",
            2000,
            ("frames", "yen"),
            {"frames": codes("コマのコード", "Frames", 24), "yen": yen("料金", "Price")},
        ),
        "hours": _table(
            "時間の料金",
            "Prices by time",
            2000,
            ("starts", "ends", "per_minutes", "yen"),
            {
                "starts": minute("始まり", "From"),
                "ends": minute("終わり", "Until"),
                "per_minutes": whole("何分につき", "Per minutes", 5, 1440),
                "yen": yen("料金", "Price"),
                "cap_yen": yen("この時間帯の上限（コマの料金）", "Cap"),
            },
        ),
        "surcharges": _table(
            "割増・割引",
            "Surcharges",
            200,
            ("code", "label", "percent", "of"),
            {
                "code": text("コード", "Code", 20),
                "label": text("名前", "Name", 60),
                "percent": whole("率（%）", "Percent", -100, 1000),
                "of": _OF,
                "on": one_of("何に対して", "On what", {"running": "前の段階までの額", "base": "元の額"}),
                **_ROUNDING,
            },
        ),
        "extensions": _table(
            "延長",
            "Extensions",
            200,
            ("per_minutes",),
            {
                "per_minutes": whole("何分につき", "Per minutes", 5, 1440),
                "yen": yen("料金", "Price"),
                "percent": whole("最後の区分の料金に対する率（%）", "Percent of the last frame", 1, 1000),
                **_ROUNDING,
            },
        ),
        "extras": _table(
            "付加設備（冷暖房・照明など）",
            "Extras",
            500,
            ("code", "label"),
            {
                "code": text("コード", "Code", 20),
                "label": text("名前", "Name", 60),
                "per": one_of("何につき", "Per", _PER),
                "yen": yen("料金", "Price"),
                "percent": whole("室場使用料に対する率（%）", "Percent of the room fee", 1, 1000),
                "always": yes_no("必ずかかる", "Always"),
                **_ROUNDING,
            },
        ),
        "reliefs": _table(
            "減免",
            "Reliefs",
            200,
            ("code", "label", "of", "by"),
            {
                "code": text("コード", "Code", 20),
                "label": text("名前", "Name", 60),
                "percent": whole("減額の率（%）", "Percent", 1, 100),
                "yen": yen("減額する額", "Amount"),
                "of": _OF,
                "by": one_of(
                    "決まり方",
                    "How it is granted",
                    {"registration": "利用者登録による", "request": "申請と承認"},
                ),
                **_ROUNDING,
            },
        ),
        "pay_within_days": whole("納付期限（予約から何日）", "Pay within days", 0, 365),
        "pay_before_use_days": whole("納付期限（利用日の何日前まで）", "Pay before use", 0, 365),
        "unpaid_ends": yes_no("納付がないと取り消す", "Ends when unpaid"),
        "permit": one_of(
            "使用許可書を出す時", "Permit issued", {"paid": "納付のあと", "booked": "予約のとき"}
        ),
        "source": text("根拠", "Source", 200),
    },
    needs=("rounding", "rounding_yen", "tax", "order"),
)


def faults(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is wrong with a policy that fits the schema: (path, sentence)."""
    found: list[tuple[str, str]] = []
    found += _order_faults(document)
    for name in ("prices", "hours", "surcharges", "extensions", "extras", "reliefs"):
        for at, row in enumerate(document.get(name, [])):
            found += [(f"{name}.{at}.{field}", sentence) for field, sentence in _row_faults(name, row)]
    rates = [row["from_on"] for row in document.get("tax_rates", [])]
    if document["tax"] != "none" and not rates:
        found.append(("tax_rates", "消費税率を入力してください。"))
    if len(set(rates)) != len(rates):
        found.append(("tax_rates", "同じ日から始まる消費税率が2つあります。"))
    return found


def _order_faults(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    order = list(document["order"])
    mine = {row["code"] for row in document.get("surcharges", [])}
    needed = {"room", *mine}
    needed |= {name for name, key in (("extension", "extensions"), ("extras", "extras")) if document.get(key)}
    needed |= {"relief"} if document.get("reliefs") else set()
    needed |= {"tax"} if document["tax"] == "added" else set()
    found = [("order", f"計算の順序に「{code}」がありません。") for code in sorted(needed - set(order))]
    found += [
        ("order", f"計算の順序の「{code}」は、この定めにありません。")
        for code in sorted(set(order) - mine - set(STEPS))
    ]
    if len(set(order)) != len(order):
        found.append(("order", "計算の順序に、同じ段階が2回あります。"))
    if order and order[0] != "room":
        found.append(("order", "計算の順序は、室場使用料（room）から始めてください。"))
    found += [
        (f"surcharges.{at}.code", f"「{row['code']}」は段階の名前のため、割増のコードに使えません。")
        for at, row in enumerate(document.get("surcharges", []))
        if row["code"] in STEPS
    ]
    place = {code: at for at, code in enumerate(order)}
    for name, step_of in (("surcharges", lambda row: row["code"]), ("reliefs", lambda row: "relief")):
        for at, row in enumerate(document.get(name, [])):
            late = [part for part in row["of"] if place.get(part, -1) > place.get(step_of(row), len(order))]
            found += [
                (
                    f"{name}.{at}.of",
                    f"「{row['label']}」は、{PART_WORDS[part]}より後の順序にしてください。",
                )
                for part in late
            ]
    return found


def _row_faults(name: str, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if name == "prices" and (not row["frames"] or len(set(row["frames"])) != len(row["frames"])):
        found.append(("frames", "コマを1つ以上、重ならないように入力してください。"))
    if name == "hours" and row["starts"] >= row["ends"]:
        found.append(("ends", "終わりは、始まりより後にしてください。"))
    if name in ("extensions", "extras", "reliefs") and ("yen" in row) == ("percent" in row):
        found.append(("yen", "料金と率は、どちらか一方を入力してください。"))
    if name == "extras" and "yen" in row and "per" not in row:
        found.append(("per", "何につきの料金かを入力してください。"))
    if name in ("surcharges", "reliefs") and not row["of"]:
        found.append(("of", "どの料金にかかるかを選んでください。"))
    if row.get("admission_from_yen", 0) > row.get("admission_until_yen", 10**12):
        found.append(("admission_until_yen", "入場料の終わりは、始まり以上にしてください。"))
    if bool(row.get("season_from")) != bool(row.get("season_until")):
        found.append(("season_until", "期間は、初日と末日の両方を入力してください。"))
    return found
