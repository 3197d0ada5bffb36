"""The operators of the expression language: one line each in OPERATORS, with its JSON Schema and its meaning.

Total: an absent operand makes a comparison false and a calculation absent; `sum`, `min` and `max` skip it.
Nothing here can loop, raise or run text.
"""

from __future__ import annotations

import datetime
import operator as py
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moyai.applications.rules.expressions import groups as over
from moyai.applications.rules.expressions.builder import Builder, present, reader
from moyai.applications.rules.expressions.types import (
    BOOL, DATE, INT, TEXT, Evaluate, Expression, Scope, Type, age_on, bounded, merged_options,
)
from moyai.applications.rules.text import graphemes

Built = tuple[Type, Evaluate] | None
Build = Callable[[Builder, Any, tuple[str, ...], str, str], Built]
ANY = {"$ref": "#/$defs/expression"}
MOST_OPERANDS = 50


@dataclass(frozen=True, slots=True)
class Operator:
    """How an operator is written (schema of its arguments), what it means, and how it is built."""

    schema: dict[str, Any]
    meaning: str
    build: Build


def _list(least: int, most: int) -> dict[str, Any]:
    return {"type": "array", "items": ANY, "minItems": least, "maxItems": most}


def _field(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    found = b.declared(args, at=at, path=path)
    if found is None:
        return None
    declared, levels = found
    if declared.type.name in ("none", "group"):
        b.problem(path, "e_no_value", id=declared.id)
        return None
    return declared.type, reader(declared.id, levels)


def _constant(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    if not isinstance(args, str) or args not in b.constants:
        b.problem(path, "e_no_constant", id=str(args)[:60])
        return None
    number = b.constants[args]
    return INT, lambda scope: number


def _fact(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    if args != "today":
        b.problem(path, "e_arguments", operator=name, expected="today")
        return None
    return DATE, lambda scope: scope.today


def _date(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    day = b.date(args, path=path)
    return None if day is None else (DATE, lambda scope: day)


def _and(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    built = b.arguments(args, at=at, path=path, operator=name, least=1, most=MOST_OPERANDS, expected=BOOL)
    if built is None:
        return None
    parts = tuple(evaluate for _, evaluate in built)
    return BOOL, lambda scope: all(part(scope) for part in parts)


def _or(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    built = b.arguments(args, at=at, path=path, operator=name, least=1, most=MOST_OPERANDS, expected=BOOL)
    if built is None:
        return None
    parts = tuple(evaluate for _, evaluate in built)
    return BOOL, lambda scope: any(part(scope) for part in parts)


def _not(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    built = b.build(args, at=at, path=path, expected=BOOL)
    if built is None:
        return None
    inner = built[1]
    return BOOL, lambda scope: not inner(scope)


def _pair(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str, allowed: tuple[str, ...]) -> \
        tuple[Type, Evaluate, Type, Evaluate] | None:
    built = b.arguments(args, at=at, path=path, operator=name, least=2, most=2, expected=None)
    if built is None:
        return None
    (left, get_left), (right, get_right) = built
    for one, where in ((left, 0), (right, 1)):
        if one.name not in allowed:
            b.problem(f"{path}[{where}]", "e_expected_type", expected="か".join(Type(t).ja for t in allowed), found=one.ja)
            return None
    if left.name != right.name:
        b.problem(path, "e_different_types", left=left.ja, right=right.ja)
        return None
    return left, get_left, right, get_right


def _equality(equal: bool) -> Build:
    def build(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
        pair = _pair(b, args, at, path, name, ("text", "int", "date", "bool"))
        if pair is None:
            return None
        left, get_left, right, get_right = pair
        if left.options is not None and right.options is not None and not left.options & right.options:
            b.problem(path, "e_never_equal", values="、".join(sorted(left.options | right.options)[:6]))
            return None

        def compare(scope: Scope) -> bool:
            one, other = get_left(scope), get_right(scope)
            return one is not None and other is not None and (one == other) is equal
        return BOOL, compare
    return build


def _order(compare: Callable[[Any, Any], bool]) -> Build:
    def build(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
        pair = _pair(b, args, at, path, name, ("int", "date"))
        if pair is None:
            return None
        _, get_left, _, get_right = pair

        def ordered(scope: Scope) -> bool:
            one, other = get_left(scope), get_right(scope)
            return one is not None and other is not None and compare(one, other)
        return BOOL, ordered
    return build


def _in(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    if not isinstance(args, list) or len(args) != 2 or not isinstance(args[1], list) or not args[1] \
            or not all(isinstance(one, str) or (isinstance(one, int) and not isinstance(one, bool)) for one in args[1]):
        b.problem(path, "e_arguments", operator=name, expected="[値, [候補, 候補, …]]")
        return None
    built = b.build(args[0], at=at, path=f"{path}[0]")
    if built is None:
        return None
    found, get = built
    among = frozenset(args[1])
    wanted = "int" if all(isinstance(one, int) for one in among) else "text"
    if found.name != wanted or not all(isinstance(one, int) is (wanted == "int") for one in among):
        b.problem(path, "e_different_types", left=found.ja, right=Type(wanted).ja)
        return None
    if found.options is not None and not among <= found.options:
        b.problem(f"{path}[1]", "e_never_equal", values="、".join(sorted(str(one) for one in among - found.options)[:6]))
        return None
    return BOOL, lambda scope: get(scope) in among


def _includes(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    built = b.arguments(args, at=at, path=path, operator=name, least=2, most=2, expected=None)
    if built is None:
        return None
    (many, get_many), (one, get_one) = built
    if many.name not in ("set", "matrix"):
        b.problem(f"{path}[0]", "e_expected_type", expected=Type("set").ja, found=many.ja)
        return None
    if one.name != "text":
        b.problem(f"{path}[1]", "e_expected_type", expected=TEXT.ja, found=one.ja)
        return None
    if many.options is not None and one.options is not None and not many.options & one.options:
        b.problem(path, "e_never_equal", values="、".join(sorted(one.options)[:6]))
        return None

    def includes(scope: Scope) -> bool:
        chosen = get_many(scope)
        return chosen is not None and get_one(scope) in (chosen.values() if isinstance(chosen, dict) else chosen)
    return BOOL, includes


def _is_present(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    found = b.declared(args, at=at, path=path)
    if found is None:
        return None
    declared, levels = found
    if declared.type.name == "none":
        b.problem(path, "e_no_value", id=declared.id)
        return None
    return BOOL, present(declared.id, levels, declared.type.name == "group")


def _part(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    given = b.named(args, path=path, operator=name, needed=("field", "part"))
    found = b.declared(given["field"], at=at, path=f"{path}.field") if given else None
    if given is None or found is None:
        return None
    declared, levels = found
    part = given["part"]
    if not isinstance(part, str) or part not in declared.parts:
        b.problem(f"{path}.part", "e_no_part", part=str(part)[:60])
        return None
    get = reader(declared.id, levels)

    def one_part(scope: Scope) -> Any:
        whole = get(scope)
        return None if whole is None else whole.get(part)
    return declared.parts[part], one_part


def _size(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    built = b.build(args, at=at, path=path)
    if built is None:
        return None
    found, get = built
    if found.name not in ("set", "files", "text"):
        b.problem(path, "e_expected_type", expected=Type("set").ja, found=found.ja)
        return None
    length: Callable[[Any], int] = graphemes if found.name == "text" else len

    def size(scope: Scope) -> int:
        value = get(scope)
        return 0 if value is None else length(value)
    return INT, size


def _arithmetic(combine: Callable[[int, int], int | None], least: int, most: int) -> Build:
    def build(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
        built = b.arguments(args, at=at, path=path, operator=name, least=least, most=most, expected=INT)
        if built is None:
            return None
        first, rest = built[0][1], tuple(evaluate for _, evaluate in built[1:])

        def calculate(scope: Scope) -> int | None:
            result = first(scope)
            for part in rest:
                other = part(scope)
                if result is None or other is None:
                    return None
                result = combine(result, other)
            return None if result is None else bounded(result)
        return INT, calculate
    return build


def _extreme(pick: Callable[[list[Any]], Any]) -> Build:
    def build(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
        built = b.arguments(args, at=at, path=path, operator=name, least=1, most=MOST_OPERANDS, expected=None)
        if built is None:
            return None
        first = built[0][0]
        for i, (found, _) in enumerate(built):
            if found.name not in ("int", "date") or found.name != first.name:
                b.problem(f"{path}[{i}]", "e_expected_type", expected=f"{INT.ja}か{DATE.ja}", found=found.ja)
                return None
        parts = tuple(evaluate for _, evaluate in built)

        def extreme(scope: Scope) -> Any:
            values = [value for part in parts if (value := part(scope)) is not None]
            return pick(values) if values else None
        return first, extreme
    return build


def _if(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    if not isinstance(args, list) or len(args) != 3:
        b.problem(path, "e_arguments", operator=name, expected="[条件, 成り立つときの値, 成り立たないときの値]")
        return None
    condition = b.build(args[0], at=at, path=f"{path}[0]", expected=BOOL)
    yes = b.build(args[1], at=at, path=f"{path}[1]")
    no = b.build(args[2], at=at, path=f"{path}[2]")
    if condition is None or yes is None or no is None:
        return None
    if yes[0].name != no[0].name:
        b.problem(path, "e_different_types", left=yes[0].ja, right=no[0].ja)
        return None
    holds, get_yes, get_no = condition[1], yes[1], no[1]
    return Type(yes[0].name, merged_options((yes[0], no[0]))), \
        lambda scope: get_yes(scope) if holds(scope) else get_no(scope)


def _of_dates(result: Type, second: Type, combine: Callable[[Any, Any], Any]) -> Build:
    def build(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
        if not isinstance(args, list) or len(args) != 2:
            b.problem(path, "e_arguments", operator=name, expected="値を2個並べてください")
            return None
        one = b.build(args[0], at=at, path=f"{path}[0]", expected=DATE)
        other = b.build(args[1], at=at, path=f"{path}[1]", expected=second)
        if one is None or other is None:
            return None
        get_one, get_other = one[1], other[1]

        def calculate(scope: Scope) -> Any:
            left, right = get_one(scope), get_other(scope)
            return None if left is None or right is None else combine(left, right)
        return result, calculate
    return build


def _days_later(day: datetime.date, days: int) -> datetime.date | None:
    try:
        return day + datetime.timedelta(days=days)
    except OverflowError:
        return None


_FIELD_ID = {"type": "string"}
_ROWS = {"type": "object", "properties": {"group": _FIELD_ID, "where": ANY}, "required": ["group"], "additionalProperties": False}
_ROWS_WHERE = {**_ROWS, "required": ["group", "where"]}
_ROWS_OF = {"type": "object", "properties": {"group": _FIELD_ID, "of": ANY, "where": ANY}, "required": ["group", "of"],
            "additionalProperties": False}
_PERIODS = {"type": "object", "properties": {"group": _FIELD_ID, "from": ANY, "to": ANY}, "required": ["group", "from", "to"],
            "additionalProperties": False}
_PART = {"type": "object", "properties": {"field": _FIELD_ID, "part": {"type": "string"}}, "required": ["field", "part"],
         "additionalProperties": False}
_IN = {"type": "array", "minItems": 2, "maxItems": 2, "prefixItems": [
    ANY, {"type": "array", "minItems": 1, "items": {"type": ["string", "integer"]}}]}

OPERATORS: dict[str, Operator] = {
    "field": Operator(_FIELD_ID, "項目の値", _field),
    "constant": Operator({"type": "string"}, "版の定数（金額など）", _constant),
    "fact": Operator({"enum": ["today"]}, "today = 申込みの日", _fact),
    "date": Operator({"type": "string", "format": "date"}, "日付", _date),
    "and": Operator(_list(1, MOST_OPERANDS), "すべて成り立つ", _and),
    "or": Operator(_list(1, MOST_OPERANDS), "どれかが成り立つ", _or),
    "not": Operator(ANY, "成り立たない", _not),
    "eq": Operator(_list(2, 2), "等しい", _equality(True)),
    "ne": Operator(_list(2, 2), "どちらも値があり、等しくない", _equality(False)),
    "lt": Operator(_list(2, 2), "より小さい・より前", _order(py.lt)),
    "le": Operator(_list(2, 2), "以下・以前", _order(py.le)),
    "gt": Operator(_list(2, 2), "より大きい・より後", _order(py.gt)),
    "ge": Operator(_list(2, 2), "以上・以後", _order(py.ge)),
    "in": Operator(_IN, "候補のどれか", _in),
    "includes": Operator(_list(2, 2), "複数選択（または選択の表）に含まれる", _includes),
    "is_present": Operator(_FIELD_ID, "答えがある", _is_present),
    "part": Operator(_PART, "住所や選択の表の一部分", _part),
    "size": Operator(ANY, "選んだ数、ファイルの数、文字の数", _size),
    "add": Operator(_list(1, MOST_OPERANDS), "足す", _arithmetic(py.add, 1, MOST_OPERANDS)),
    "subtract": Operator(_list(2, 2), "引く", _arithmetic(py.sub, 2, 2)),
    "multiply": Operator(_list(2, MOST_OPERANDS), "掛ける",
                         _arithmetic(lambda a, b: bounded(a * b), 2, MOST_OPERANDS)),
    "divide_floor": Operator(_list(2, 2), "割って切り捨てる（0で割ると値なし）",
                             _arithmetic(lambda a, b: a // b if b else None, 2, 2)),
    "min": Operator(_list(1, MOST_OPERANDS), "最小", _extreme(min)),
    "max": Operator(_list(1, MOST_OPERANDS), "最大", _extreme(max)),
    "if": Operator(_list(3, 3), "条件で値を選ぶ", _if),
    "age_on": Operator(_list(2, 2), "[生年月日, 日] での満年齢", _of_dates(INT, DATE, age_on)),
    "days_between": Operator(_list(2, 2), "[始まり, 終わり] の日数（初日を数えない）",
                             _of_dates(INT, DATE, lambda a, b: (b - a).days)),
    "add_days": Operator(_list(2, 2), "[日, 日数] 後の日", _of_dates(DATE, INT, _days_later)),
    "count": Operator(_ROWS, "くり返しの行の数", over.count),
    "sum": Operator(_ROWS_OF, "くり返しの合計", over.total),
    "least": Operator(_ROWS_OF, "くり返しの中の最小", over.extreme(min)),
    "greatest": Operator(_ROWS_OF, "くり返しの中の最大", over.extreme(max)),
    "any_row": Operator(_ROWS_WHERE, "どれかの行で成り立つ", over.quantifier(any)),
    "every_row": Operator(_ROWS_WHERE, "すべての行で成り立つ", over.quantifier(all)),
    "distinct": Operator(_ROWS_OF, "行の値に重なりがない", over.distinct),
    "periods_overlap": Operator(_PERIODS, "2つの行の期間が重なる", over.periods_overlap),
}

__all__ = ["OPERATORS", "Expression", "Operator"]
