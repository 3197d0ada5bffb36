"""利用の決まりの種類 — the shape of each kind of policy, and what is wrong with a document. Pure.

A policy in force is found by place (室場, then 施設, then 団体) and day; what its document means is told in the module of
its kind. The day that decides: the day of use for opening, fees and cancellation; the day of asking for the others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from moyai.reservations.rules import (
    cancellation,
    eligibility,
    fees,
    limits,
    lottery,
    opening,
    penalties,
    periods,
    shapes,
)
from moyai.reservations.rules.shapes import Problem

Path = tuple[str | int, ...]

KINDS: dict[str, dict[str, Any]] = {
    "opening": opening.SCHEMA,
    "periods": periods.SCHEMA,
    "limits": limits.SCHEMA,
    "eligibility": eligibility.SCHEMA,
    "fees": fees.SCHEMA,
    "cancellation": cancellation.SCHEMA,
    "penalties": penalties.SCHEMA,
    "lottery": lottery.SCHEMA,
}
FAULTS: dict[str, Callable[[Mapping[str, Any]], Iterable[tuple[Path | str, str]]]] = {
    "opening": opening.faults,
    "periods": periods.faults,
    "limits": limits.faults,
    "eligibility": eligibility.faults,
    "fees": fees.faults,
    "cancellation": cancellation.faults,
    "penalties": penalties.faults,
    "lottery": lottery.faults,
}
DECIDED_BY_USE = frozenset({"opening", "fees", "cancellation"})  # the others by the day of asking


def problems(kind: str, document: Any) -> list[Problem]:
    """定めの誤り — everything wrong with a document of a kind, by place, in Japanese; an empty list is a good one.

    Raises KeyError for a kind there is none of.
    """
    schema = KINDS[kind]
    wrong = shapes.problems(schema, document)
    if wrong:
        return wrong
    return [
        Problem(path, shapes.where(schema, path), said)
        for path, said in ((_path(place), said) for place, said in FAULTS[kind](document))
    ]


def _path(place: Path | str) -> Path:
    """`tiers.0.days_before` and ("tiers", 0, "days_before") are one place."""
    if not isinstance(place, str):
        return place
    return tuple(int(part) if part.isdigit() else part for part in place.split(".") if part)


def digest(document: Any) -> str:
    """SHA-256 of a document, written the one way it can be: the same figures give the same value."""
    written = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def deciding_day(kind: str, *, day_of_use: date, asked_on: date) -> date:
    """決まりの基準日 — the day whose policy decides about a use."""
    return day_of_use if kind in DECIDED_BY_USE else asked_on
