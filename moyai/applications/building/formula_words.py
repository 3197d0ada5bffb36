"""式の言葉の表 — functions, signs and facts by their words, and what the labels of a form mean. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Node = Any


# Function → operator and what its arguments are: e expression, f field, g group, l list, t text; * more of the last.
FUNCTIONS: Final[dict[str, tuple[str, str]]] = {
    "すべて": ("and", "e*"),
    "どれか": ("or", "e*"),
    "でない": ("not", "e"),
    "候補": ("in", "et*"),
    "含む": ("includes", "ee"),
    "答えがある": ("is_present", "f"),
    "部分": ("part", "ft"),
    "数": ("size", "e"),
    "足す": ("add", "e*"),
    "掛ける": ("multiply", "e*"),
    "最小": ("min", "e*"),
    "最大": ("max", "e*"),
    "もし": ("if", "eee"),
    "年齢": ("age_on", "ee"),
    "到達年齢": ("age_at_end_of", "ee"),
    "日数": ("days_between", "ee"),
    "日後": ("add_days", "ee"),
    "月数": ("months_between", "ee"),
    "分数": ("minutes_between", "ee"),
    "開庁日後": ("office_day", "e"),
    "開庁日": ("is_office_day", "e"),
    "曜日": ("weekday", "e"),
    "年": ("year_of", "e"),
    "つなぐ": ("join", "e*"),
    "同じカナ": ("same_kana", "ee"),
    "渡された値": ("given", "t"),
    "一覧の値": ("lookup", "let"),
    "時刻": ("time", "t"),
    "件数": ("count", "ge?"),
    "合計": ("sum", "gee?"),
    "行の最小": ("least", "gee?"),
    "行の最大": ("greatest", "gee?"),
    "どれかの行": ("any_row", "ge"),
    "すべての行": ("every_row", "ge"),
    "重なりなし": ("distinct", "gee?"),
    "期間の重なり": ("periods_overlap", "gee"),
}


BY_OPERATOR: Final = {operator: (name, shape) for name, (operator, shape) in FUNCTIONS.items()}


# The named arguments of operators that have them, in the order in which they are written.
NAMED: Final = {
    "count": ("group", "where"),
    "sum": ("group", "of", "where"),
    "least": ("group", "of", "where"),
    "greatest": ("group", "of", "where"),
    "distinct": ("group", "of", "where"),
    "any_row": ("group", "where"),
    "every_row": ("group", "where"),
    "periods_overlap": ("group", "from", "to"),
    "lookup": ("list", "key", "column"),
    "part": ("field", "part"),
}


SINGLE: Final = frozenset(
    {"not", "is_present", "size", "office_day", "is_office_day", "weekday", "year_of", "given", "time"}
)


FACTS: Final = {"今日": "today", "年度初め": "fiscal_year_start", "年度末": "fiscal_year_end"}


COMPARISONS: Final = {"＝": "eq", "≠": "ne", "＜": "lt", "≦": "le", "＞": "gt", "≧": "ge"}


SIGNS: Final = {operator: sign for sign, operator in COMPARISONS.items()}


class FormulaWrong(ValueError):
    """A formula that cannot be read: `code` says why, `near` where."""

    def __init__(self, code: str, near: str = "") -> None:
        super().__init__(f"{code}: {near}")
        self.code, self.near = code, near[:40]


@dataclass(frozen=True, slots=True)
class Names:
    """What the words of a form mean: labels to ids and back."""

    fields: Mapping[str, Mapping[str, Any]]
    by_label: Mapping[str, str]
    constants: Mapping[str, str]  # id → label
    constant_by_label: Mapping[str, str]
    lists: Mapping[str, Any]


def fields_of(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    waiting = [field for page in document.get("pages", []) for field in page.get("fields", [])]
    while waiting:
        one = waiting.pop(0)
        yield one
        waiting = [*one.get("fields", []), *waiting]


def names_of(document: Mapping[str, Any]) -> Names:
    fields = {str(one["id"]): one for one in fields_of(document) if "id" in one}
    return Names(
        fields=fields,
        by_label=_once({key: str(one.get("label", "")) for key, one in fields.items()}, fields),
        constants={key: str(one.get("label", "")) for key, one in document.get("constants", {}).items()},
        constant_by_label=_once(
            {key: str(one.get("label", "")) for key, one in document.get("constants", {}).items()},
            document.get("constants", {}),
        ),
        lists=document.get("lists", {}),
    )


def _once(labels: Mapping[str, str], ids: Mapping[str, Any]) -> dict[str, str]:
    """Label → id of the labels that only one thing has and that are nobody's id."""
    found: dict[str, list[str]] = {}
    for key, label in labels.items():
        found.setdefault(label, []).append(key)
    return {label: keys[0] for label, keys in found.items() if len(keys) == 1 and label and label not in ids}


def options_of(names: Names, field: str) -> dict[str, str]:
    """Label → value of a field's options; no label that another option has as its value."""
    one = names.fields.get(field, {})
    rows = one.get("options") or one.get("columns") or []
    if one.get("kind") == "listed":
        rows = names.lists.get(str(one.get("list")), {}).get("rows", [])
    values = {str(row.get("value")) for row in rows if isinstance(row, dict)}
    found: dict[str, str] = {}
    for row in rows if isinstance(rows, list) else []:
        label = str(row.get("label", ""))
        if label and label not in values and label not in found:
            found[label] = str(row.get("value"))
    return found


def arguments_of(name: str, given: Any) -> list[Any] | None:
    if name in NAMED:
        if not isinstance(given, dict) or not set(given) <= set(NAMED[name]):
            return None
        found = [given[key] for key in NAMED[name] if key in given]
        return (
            found if list(NAMED[name])[: len(found)] == [key for key in NAMED[name] if key in given] else None
        )
    if name in SINGLE:
        return [given]
    if not isinstance(given, list):
        return None
    if name == "in":
        return [given[0], *given[1]] if len(given) == 2 and isinstance(given[1], list) else None
    return list(given)


def kinds_of(shape: str, count: int) -> list[str] | None:
    """What each of `count` arguments is, or None when there may not be so many."""
    kinds: list[str] = []
    least = 0
    for sign in shape:
        if sign == "?":
            least -= 1
        elif sign == "*":
            kinds += [kinds[-1]] * max(0, count - len(kinds))
        else:
            kinds.append(sign)
            least += 1
    return kinds[:count] if least <= count <= len(kinds) else None
