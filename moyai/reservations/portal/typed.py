"""入力した内容を保つ — what a resident typed for a booking, in the session, so that nothing is lost when a place is taken.

Kept by the number of the held place; a place chosen anew takes it over. Gone once it is given up, when more than a few
others follow, or with the session.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

KEY = "reservations_typed"
MOST = 5  # places filled in side by side


def typed(request: HttpRequest, number: str) -> dict[str, Any] | None:
    """What was typed for this booking, or None."""
    found = request.session.get(KEY, {}).get(number)
    return dict(found) if found is not None else None


def keep(request: HttpRequest, number: str, facts: Mapping[str, Any]) -> None:
    every = {name: value for name, value in request.session.get(KEY, {}).items() if name != number}
    newest = list(every.items())[-(MOST - 1) :]
    request.session[KEY] = {**dict(newest), number: dict(facts)}


def hand_over(request: HttpRequest, old: str, new: str) -> None:
    """A place chosen anew goes on with what was typed for the one before."""
    facts = typed(request, old) if old else None
    if facts is not None and old != new:
        keep(request, new, {**facts, "attached": []})


def forget(request: HttpRequest, *numbers: str) -> None:
    every = request.session.get(KEY, {})
    if any(number in every for number in numbers):
        request.session[KEY] = {name: value for name, value in every.items() if name not in numbers}
