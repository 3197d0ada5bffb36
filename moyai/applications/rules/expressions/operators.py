"""The operators of the expression language: one line each in OPERATORS, with its JSON Schema and its meaning.

Total: an absent operand makes a comparison false and a calculation absent; `sum`, `min` and `max` skip it.
Nothing here can loop, raise or run text.
"""

from __future__ import annotations

import operator as py
from dataclasses import dataclass
from typing import Any

from moyai.applications.rules.expressions import days, logic, outside, reckoning, values
from moyai.applications.rules.expressions import groups as over
from moyai.applications.rules.expressions.builder import MOST_OPERANDS, Build
from moyai.applications.rules.expressions.types import DATE, INT, age_on, bounded

ANY = {"$ref": "#/$defs/expression"}


@dataclass(frozen=True, slots=True)
class Operator:
    """How an operator is written (schema of its arguments), what it means, and how it is built."""

    schema: dict[str, Any]
    meaning: str
    build: Build


def _list(least: int, most: int) -> dict[str, Any]:
    return {"type": "array", "items": ANY, "minItems": least, "maxItems": most}


_FIELD_ID = {"type": "string"}
_ROWS = {
    "type": "object",
    "properties": {"group": _FIELD_ID, "where": ANY},
    "required": ["group"],
    "additionalProperties": False,
}
_ROWS_WHERE = {**_ROWS, "required": ["group", "where"]}
_ROWS_OF = {
    "type": "object",
    "properties": {"group": _FIELD_ID, "of": ANY, "where": ANY},
    "required": ["group", "of"],
    "additionalProperties": False,
}
_PERIODS = {
    "type": "object",
    "properties": {"group": _FIELD_ID, "from": ANY, "to": ANY},
    "required": ["group", "from", "to"],
    "additionalProperties": False,
}
_PART = {
    "type": "object",
    "properties": {"field": _FIELD_ID, "part": {"type": "string"}},
    "required": ["field", "part"],
    "additionalProperties": False,
}
_IN = {
    "type": "array",
    "minItems": 2,
    "maxItems": 2,
    "prefixItems": [ANY, {"type": "array", "minItems": 1, "items": {"type": ["string", "integer"]}}],
}

_LOOKUP = {
    "type": "object",
    "properties": {"list": {"type": "string"}, "key": ANY, "column": {"type": "string"}},
    "required": ["list", "key", "column"],
    "additionalProperties": False,
}
_ADDRESS = {
    "type": "object",
    "properties": dict.fromkeys(outside.ADDRESS, ANY),
    "required": ["prefecture", "city", "street"],
    "additionalProperties": False,
}

OPERATORS: dict[str, Operator] = {
    "field": Operator(_FIELD_ID, "項目の値", values.field),
    "constant": Operator({"type": "string"}, "版の定数（金額など）", values.constant),
    "fact": Operator(
        {"enum": list(values.FACTS)},
        "today = 申込みの日、fiscal_year_start・fiscal_year_end = その年度の初日・末日",
        values.fact,
    ),
    "given": Operator(
        {"type": "string"}, "版の外から渡された値（元の申請、名簿、登録情報、カード）", outside.given
    ),
    "lookup": Operator(_LOOKUP, "版の一覧の、その行の列の値", outside.lookup),
    "date": Operator({"type": "string", "format": "date"}, "日付", values.date),
    "time": Operator({"type": "string"}, "時刻（HH:MM、24:00まで）", outside.time),
    "address": Operator(_ADDRESS, "部分から組み立てた住所（あらかじめ入れておく値に使う）", outside.address),
    "join": Operator(
        _list(1, MOST_OPERANDS),
        "文字・数・日付・時刻をつなぐ（ない値は飛ばす。20,000文字まで）",
        outside.join,
    ),
    "same_kana": Operator(
        _list(2, 2), "カナの名前が同じ（小書き・長音・空白・記号の違いは問わない）", outside.same_kana
    ),
    "and": Operator(_list(1, MOST_OPERANDS), "すべて成り立つ", logic.all_hold),
    "or": Operator(_list(1, MOST_OPERANDS), "どれかが成り立つ", logic.one_holds),
    "not": Operator(ANY, "成り立たない", logic.does_not_hold),
    "eq": Operator(_list(2, 2), "等しい", logic.equality(True)),
    "ne": Operator(_list(2, 2), "どちらも値があり、等しくない", logic.equality(False)),
    "lt": Operator(_list(2, 2), "より小さい・より前", logic.order(py.lt)),
    "le": Operator(_list(2, 2), "以下・以前", logic.order(py.le)),
    "gt": Operator(_list(2, 2), "より大きい・より後", logic.order(py.gt)),
    "ge": Operator(_list(2, 2), "以上・以後", logic.order(py.ge)),
    "in": Operator(_IN, "候補のどれか", logic.is_one_of),
    "includes": Operator(_list(2, 2), "複数選択（または選択の表）に含まれる", logic.includes),
    "is_present": Operator(_FIELD_ID, "答えがある", values.is_present),
    "part": Operator(_PART, "住所や選択の表の一部分", values.part),
    "size": Operator(ANY, "選んだ数、ファイルの数、文字の数", values.size),
    "add": Operator(_list(1, MOST_OPERANDS), "足す", reckoning.arithmetic(py.add, 1, MOST_OPERANDS)),
    "subtract": Operator(_list(2, 2), "引く", reckoning.arithmetic(py.sub, 2, 2)),
    "multiply": Operator(
        _list(2, MOST_OPERANDS), "掛ける", reckoning.arithmetic(lambda a, b: bounded(a * b), 2, MOST_OPERANDS)
    ),
    "divide_floor": Operator(
        _list(2, 2),
        "割って切り捨てる（0で割ると値なし）",
        reckoning.arithmetic(lambda a, b: a // b if b else None, 2, 2),
    ),
    "min": Operator(_list(1, MOST_OPERANDS), "最小", reckoning.extreme(min)),
    "max": Operator(_list(1, MOST_OPERANDS), "最大", reckoning.extreme(max)),
    "if": Operator(_list(3, 3), "条件で値を選ぶ", values.either),
    "age_on": Operator(_list(2, 2), "[生年月日, 日] での満年齢", reckoning.of_dates(INT, DATE, age_on)),
    "age_at_end_of": Operator(
        _list(2, 2),
        "[生年月日, 日] の終わりまでに達する年齢（誕生日の前日に達する。年度末年齢など）",
        reckoning.of_dates(INT, DATE, days.age_at_end_of),
    ),
    "days_between": Operator(
        _list(2, 2),
        "[始まり, 終わり] の日数（初日を数えない）",
        reckoning.of_dates(INT, DATE, lambda a, b: (b - a).days),
    ),
    "add_days": Operator(
        _list(2, 2), "[日, 日数] 後の日", reckoning.of_dates(DATE, INT, reckoning.days_later)
    ),
    "months_between": Operator(
        _list(2, 2),
        "[始まり, 終わり] にかかる月の数（起算日から数え、始まった月は1か月）",
        reckoning.of_dates(INT, DATE, days.months_begun),
    ),
    "minutes_between": Operator(_list(2, 2), "[時刻, 時刻] の分の数", days.minutes_between),
    "office_day": Operator(ANY, "申込みの日の翌日から数えてその番目の開庁日（1から400）", days.office_day),
    "is_office_day": Operator(ANY, "その日が開庁日", days.is_office_day),
    "weekday": Operator(ANY, "曜日（月 = 1 から 日 = 7）", days.of_date(lambda day: day.isoweekday())),
    "year_of": Operator(ANY, "その日の年（西暦）", days.of_date(lambda day: day.year)),
    "count": Operator(_ROWS, "くり返しの行の数", over.count),
    "sum": Operator(_ROWS_OF, "くり返しの合計", over.total),
    "least": Operator(_ROWS_OF, "くり返しの中の最小", over.extreme(min)),
    "greatest": Operator(_ROWS_OF, "くり返しの中の最大", over.extreme(max)),
    "any_row": Operator(_ROWS_WHERE, "どれかの行で成り立つ", over.quantifier(any)),
    "every_row": Operator(_ROWS_WHERE, "すべての行で成り立つ", over.quantifier(all)),
    "distinct": Operator(_ROWS_OF, "行の値に重なりがない", over.distinct),
    "periods_overlap": Operator(_PERIODS, "2つの行の期間が重なる", over.periods_overlap),
}
