"""JSONの読取り — a case from outside: strict JSON, and a sentence in Japanese about what is wrong with it. Pure."""

from __future__ import annotations

import json
from typing import Any

from moyai.rulebook.rules import RulebookError

LARGEST_BYTES = 65_536
DEEPEST = 20

TEXTS = {
    "large": "大きすぎます。64キロバイトまでにしてください。",
    "encoding": "文字コードがUTF-8ではありません。",
    "empty": "中身がありません。JSONを渡してください。",
    "syntax": "JSONとして読めません。%(line)s行目の%(column)s文字目を確かめてください。",
    "twice": "「%(name)s」が2回書かれています。1つにしてください。",
    "constant": "「%(name)s」は数として使えません。",
    "digits": "桁の多すぎる数があります。",
    "deep": "入れ子が深すぎます。%(limit)s段までにしてください。",
    "letters": "文字として使えない符号（対になっていないサロゲート）があります。",
}


class UnreadableJson(RulebookError):
    """Not JSON, or JSON that says two things at once."""

    code = "json_unreadable"
    status = 400


class TooLarge(RulebookError):
    code = "json_too_large"
    status = 413


def read_json(raw: bytes) -> Any:
    """Strict JSON: no twice-said names, no NaN, bounded in size and depth. Raises UnreadableJson, TooLarge."""
    if len(raw) > LARGEST_BYTES:
        raise TooLarge(TEXTS["large"])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableJson(TEXTS["encoding"]) from None
    if not text.strip():
        raise UnreadableJson(TEXTS["empty"])
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise UnreadableJson(TEXTS["syntax"], line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise UnreadableJson(TEXTS["deep"], limit=DEEPEST) from None
    except ValueError:  # int() refuses thousands of digits
        raise UnreadableJson(TEXTS["digits"]) from None
    _check(value)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for name, value in pairs:
        if name in seen:
            raise UnreadableJson(TEXTS["twice"], name=name.encode("utf-8", "replace").decode())
        seen[name] = value
    return seen


def _no_constant(name: str) -> Any:
    raise UnreadableJson(TEXTS["constant"], name=name)


def _check(value: Any) -> None:
    waiting = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        if depth > DEEPEST:
            raise UnreadableJson(TEXTS["deep"], limit=DEEPEST)
        if isinstance(item, dict):
            waiting += [(part, depth + 1) for part in (*item.keys(), *item.values())]
        elif isinstance(item, list):
            waiting += [(part, depth + 1) for part in item]
        elif isinstance(item, str):
            try:
                item.encode()
            except UnicodeEncodeError:
                raise UnreadableJson(TEXTS["letters"]) from None
