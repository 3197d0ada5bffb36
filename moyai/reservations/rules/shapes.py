"""定めの形 — short words for the JSON Schema of a policy, and what is wrong with a document said in Japanese. Pure.

A document is an object of figures, words, lists and plain objects; a list holds plain values or plain objects. So every
policy can be laid out as a sheet and as a form. Minutes of the day carry `"x-unit": "time"`, amounts `"yen"`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import extend

from moyai.reservations.rules.rooms import MIDNIGHT, clock_face

MONTH_DAY = r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
LARGEST_YEN = 99_999_999
KINDS_OF_USERS = {"person": "個人", "group": "団体"}
CLASSES = {"resident": "市内（在住）", "worker": "在勤", "student": "在学", "outside": "市外"}
WEEKDAYS = {"mon": "月", "tue": "火", "wed": "水", "thu": "木", "fri": "金", "sat": "土", "sun": "日"}


class Problem(NamedTuple):
    """A place in a document and what is wrong there. `path` is keys and positions from 0; `where` says it in Japanese."""

    path: tuple[str | int, ...]
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}：{self.text}" if self.where else self.text


# JSON Schema counts 1.0 as an integer and Python counts True as one; a policy takes neither.
_strict = Draft202012Validator.TYPE_CHECKER.redefine(
    "integer", lambda _checker, value: isinstance(value, int) and not isinstance(value, bool)
)
_Validator = extend(Draft202012Validator, type_checker=_strict)
_formats = FormatChecker(formats=())


def _is_date(value: object) -> bool:
    """YYYY-MM-DD only."""
    if not isinstance(value, str):
        return True  # the type says what is wrong
    return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) and date.fromisoformat(value))


_formats.checks("date", raises=ValueError)(_is_date)


def obj(
    ja: str, en: str, parts: Mapping[str, Any], *, needs: tuple[str, ...] = (), **more: Any
) -> dict[str, Any]:
    """These parts and no others; those in `needs` are required."""
    return {
        **_titled(ja, en),
        "type": "object",
        "properties": dict(parts),
        "required": list(needs),
        "additionalProperties": False,
        **more,
    }


def rows(ja: str, en: str, items: dict[str, Any], most: int = 50, **more: Any) -> dict[str, Any]:
    return {**_titled(ja, en), "type": "array", "items": items, "maxItems": most, **more}


def several(ja: str, en: str, words: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """Some of several codes, each once."""
    items = {"type": "string", "enum": list(words), "x-words": dict(words)}
    return {
        **_titled(ja, en), "type": "array", "items": items, "maxItems": len(words), "uniqueItems": True, **more
    }  # fmt: skip


def one_of(ja: str, en: str, words: Mapping[str, str], **more: Any) -> dict[str, Any]:
    return {**_titled(ja, en), "type": "string", "enum": list(words), "x-words": dict(words), **more}


def whole(ja: str, en: str, least: int, most: int, **more: Any) -> dict[str, Any]:
    return {**_titled(ja, en), "type": "integer", "minimum": least, "maximum": most, **more}


def minute(ja: str, en: str, **more: Any) -> dict[str, Any]:
    """A minute of the day, 0–1440."""
    return whole(ja, en, 0, MIDNIGHT, **{"x-unit": "time", **more})


def yen(ja: str, en: str, **more: Any) -> dict[str, Any]:
    return whole(ja, en, 0, LARGEST_YEN, **{"x-unit": "yen", **more})


def yes_no(ja: str, en: str, **more: Any) -> dict[str, Any]:
    return {**_titled(ja, en), "type": "boolean", **more}


def text(ja: str, en: str, longest: int, **more: Any) -> dict[str, Any]:
    return {**_titled(ja, en), "type": "string", "maxLength": longest, **more}


def month_day(ja: str, en: str, **more: Any) -> dict[str, Any]:
    """A day of every year, `12-29`."""
    return {
        **_titled(ja, en),
        "type": "string",
        "pattern": MONTH_DAY,
        "maxLength": 5,
        "x-unit": "month-day",
        **more,
    }


def codes(ja: str, en: str, most: int = 100, **more: Any) -> dict[str, Any]:
    """Codes of the body's own masters, each once."""
    items = {"type": "string", "minLength": 1, "maxLength": 20}
    return {**_titled(ja, en), "type": "array", "items": items, "maxItems": most, "uniqueItems": True, **more}


def problems(schema: Mapping[str, Any], document: Any) -> list[Problem]:
    """Every place in a document that does not fit its shape, with the first thing wrong there."""
    errors = _Validator(schema, format_checker=_formats).iter_errors(document)
    found: dict[tuple[str | int, ...], Problem] = {}
    for error in errors:
        for problem in _explain(schema, error):
            found.setdefault(problem.path, problem)
    return sorted(
        found.values(),
        key=lambda problem: [
            (isinstance(part, str), f"{part:>6}" if isinstance(part, int) else part) for part in problem.path
        ],
    )


def where(schema: Mapping[str, Any], path: tuple[str | int, ...]) -> str:
    """A path in the words of its schema: 休みの日（2件目）の曜日."""
    words, at = "", schema
    for part in path:
        if isinstance(part, int):
            at = at.get("items", {})
            words += f"（{part + 1}件目）"
            continue
        at = at.get("properties", {}).get(part, {})
        words += ("の" if words else "") + str(at.get("title") or part)
    return words


def _explain(schema: Mapping[str, Any], error: Any) -> Iterator[Problem]:
    path: tuple[str | int, ...] = tuple(error.absolute_path)
    part = error.schema

    def here(said: str, *more: str | int) -> Problem:
        return Problem((*path, *more), where(schema, (*path, *more)), said)

    match error.validator:
        case "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            # One error is told for each name: the sentence it came with says which.
            yield from (here("必要です。", name) for name in missing if repr(name) in error.message)
        case "additionalProperties":
            known = part.get("properties", {})
            names = "、".join(known)
            for name in error.instance:
                if name not in known:
                    yield here(f"この項目はありません。使える項目は {names} です。", name)
        case "type":
            yield here(_TYPES.get(str(error.validator_value), "形が違います。"))
        case "minimum" | "maximum":
            low, high = part["minimum"], part["maximum"]
            if part.get("x-unit") == "time":
                low, high = clock_face(low), clock_face(high)
            yield here(f"{low}から{high}までにしてください。")
        case "enum":
            words = part.get("x-words", {})
            yield here(
                "次のどれかにしてください。" + "、".join(str(words.get(code, code)) for code in part["enum"])
            )
        case "pattern":
            if part.get("x-unit") == "month-day":
                yield here("「12-29」のように、月と日を2桁ずつで書いてください。")
            else:
                yield here("書き方が違います。")
        case "format":
            yield here("「2026-04-01」のように、実際にある日付を書いてください。")
        case "maxLength":
            yield here(f"{error.validator_value}文字以内にしてください。")
        case "minLength":
            yield here(f"{error.validator_value}文字以上にしてください。")
        case "maxItems":
            yield here(f"{error.validator_value}件以内にしてください。")
        case "minItems":
            yield here(f"{error.validator_value}件以上にしてください。")
        case "uniqueItems":
            yield here("同じものが2回書かれています。")
        case _:
            yield here("定めの形に合いません。")


_TYPES = {
    "object": "項目と値の組にしてください。",
    "array": "一覧（リスト）にしてください。",
    "integer": "整数にしてください。",
    "string": "文字にしてください。",
    "boolean": "はい（true）か、いいえ（false）にしてください。",
}


def _titled(ja: str, en: str) -> dict[str, Any]:
    return {"title": ja, "x-title-en": en}
