"""The first look at a document that a stranger wrote: its size, depth and values, before anything
recursive touches it.
"""

from __future__ import annotations

from typing import Any

from moyai.applications.rules.edition import EditionProblem
from moyai.applications.rules.result import Message
from moyai.applications.rules.text import FORBIDDEN

DEEPEST = 60
MOST_VALUES = 50_000
LONGEST_TEXT = 5_000
LARGEST_NUMBER = 10**12
MOST_PROBLEMS = 20


def guard(document: Any) -> list[EditionProblem]:
    """Faults that make it pointless, or dangerous, to look further. Never raises, whatever it is given."""
    problems: list[EditionProblem] = []
    if not isinstance(document, dict):
        return [EditionProblem("$", Message("e_not_object"))]
    waiting: list[tuple[Any, str, int]] = [(document, "$", 1)]
    seen = 0
    while waiting and len(problems) < MOST_PROBLEMS:
        value, path, depth = waiting.pop()
        seen += 1
        if seen > MOST_VALUES:
            return [EditionProblem("$", Message("e_too_big", {"max": MOST_VALUES}))]
        if isinstance(value, str):
            fault = _text(value)
        elif value is None or isinstance(value, bool):
            fault = None
        elif isinstance(value, int):
            fault = Message("e_big_number") if abs(value) > LARGEST_NUMBER else None
        elif isinstance(value, float):
            fault = Message("e_float")
        elif depth > DEEPEST:
            fault = Message("e_too_deep", {"max": DEEPEST})
        elif len(value) > MOST_VALUES if isinstance(value, (dict, list)) else False:
            return [EditionProblem(path, Message("e_too_big", {"max": MOST_VALUES}))]
        elif isinstance(value, list):
            fault = None
            waiting.extend((one, f"{path}[{i}]", depth + 1) for i, one in enumerate(value))
        elif isinstance(value, dict):
            fault = None
            for key, one in value.items():
                if not isinstance(key, str):
                    fault = Message("e_not_json")
                    continue
                fault = fault or _text(key)
                waiting.append((one, f"{path}.{key[:60]}", depth + 1))
        else:
            fault = Message("e_not_json")
        if fault is not None:
            problems.append(EditionProblem(path, fault))
    return problems


def _text(text: str) -> Message | None:
    if len(text) > LONGEST_TEXT:
        return Message("e_long_text", {"max": LONGEST_TEXT})
    return Message("e_bad_text") if FORBIDDEN.search(text) else None
