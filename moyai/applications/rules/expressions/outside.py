"""Operators that bring values together: what the caller gives, the edition's lists, texts joined, kana compared."""

from __future__ import annotations

import datetime
import re
from typing import Any

import jaconv

from moyai.applications.rules.expressions.builder import MOST_OPERANDS, Builder, Built
from moyai.applications.rules.expressions.types import BOOL, TEXT, TIME, Evaluate, Scope, Type

ADDRESS = ("postal_code", "prefecture", "city", "street", "building")
LONGEST_JOINED = 20_000
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00", re.ASCII)
_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶヂヅヲ", "アイウエオツヤユヨワカケジズオ")
_NOT_KANA = re.compile("[^ァ-ヺA-Z0-9]")


def given(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """A value that the caller knows: of the earlier application, a register, the account or the card."""
    found = b.given.get(args) if isinstance(args, str) else None
    if found is None:
        b.problem(path, "e_no_given", id=str(args)[:60])
        return None
    b.open = True
    key = args
    return found, lambda scope: scope.facts.given.get(key)


def lookup(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """What a row of a list of the edition has in a column; "label" is one. Absent when there is no such row."""
    asked = b.named(args, path=path, operator=name, needed=("list", "key", "column"))
    if asked is None:
        return None
    found = b.lists.get(asked["list"]) if isinstance(asked["list"], str) else None
    if found is None:
        b.problem(f"{path}.list", "e_no_list", id=str(asked["list"])[:60])
        return None
    key = b.build(asked["key"], at=at, path=f"{path}.key", expected=TEXT)
    column = asked["column"]
    if not isinstance(column, str) or column not in found.columns:
        b.problem(f"{path}.column", "e_no_column", id=str(column)[:60])
        return None
    if key is None:
        return None
    if key[0].options is not None and not key[0].options & found.labels.keys():
        b.problem(f"{path}.key", "e_never_equal", values="、".join(sorted(key[0].options)[:6]))
        return None
    kind, values = found.columns[column]
    get = key[1]
    return kind, lambda scope: values.get(get(scope))


def time(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """A time of day written out."""
    if not isinstance(args, str) or not _TIME.fullmatch(args):
        b.problem(path, "e_not_a_time", value=str(args)[:40])
        return None
    return TIME, lambda scope: args


def address(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """An address put together, to be offered or locked; absent without prefecture, city or street."""
    asked = b.named(
        args,
        path=path,
        operator=name,
        needed=("prefecture", "city", "street"),
        optional=("postal_code", "building"),
    )
    if asked is None:
        return None
    parts: dict[str, Evaluate] = {}
    for part in ADDRESS:
        if part in asked:
            built = b.build(asked[part], at=at, path=f"{path}.{part}", expected=TEXT)
            if built is None:
                return None
            parts[part] = built[1]

    def whole(scope: Scope) -> dict[str, str] | None:
        found = {part: value for part, get in parts.items() if (value := get(scope))}
        return found if {"prefecture", "city", "street"} <= found.keys() else None

    return Type("address"), whole


def join(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """Texts, numbers, dates and times one after another; absent ones are left out, all absent is absent."""
    built = b.arguments(args, at=at, path=path, operator=name, least=1, most=MOST_OPERANDS, expected=None)
    if built is None:
        return None
    for i, (kind, _) in enumerate(built):
        if kind.name not in ("text", "int", "date", "time"):
            b.problem(f"{path}[{i}]", "e_expected_type", expected=TEXT.words, found=kind.words)
            return None
    parts = tuple(evaluate for _, evaluate in built)

    def joined(scope: Scope) -> str | None:
        texts = [_text(value) for part in parts if (value := part(scope)) is not None]
        # Bounded, or a few calculations that each join the one before would fill the memory.
        return "".join(texts)[:LONGEST_JOINED] if texts else None

    return TEXT, joined


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def same_kana(b: Builder, args: Any, at: tuple[str, ...], path: str, name: str) -> Built:
    """カナ名義の照合 — whether two names in kana are the same as a bank writes them; false when either is absent."""
    built = b.arguments(args, at=at, path=path, operator=name, least=2, most=2, expected=TEXT)
    if built is None:
        return None
    get_one, get_other = built[0][1], built[1][1]

    def same(scope: Scope) -> bool:
        one, other = get_one(scope), get_other(scope)
        return one is not None and other is not None and bare_kana(one) == bare_kana(other)

    return BOOL, same


def bare_kana(text: str) -> str:
    """A name in kana without what passbooks leave out or write otherwise: blanks, ・, ー, small letters, ヲ ヂ ヅ."""
    narrow = jaconv.z2h(text, kana=False, ascii=True, digit=True).upper()
    return _NOT_KANA.sub("", jaconv.hira2kata(jaconv.h2z(narrow, kana=True)).translate(_SMALL))
