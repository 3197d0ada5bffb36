"""What the pure rules of the council cannot work out, in the reader's words, as a refusal beside its field."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.utils.translation import gettext

from moyai.calendars.public import day_words
from moyai.council.rules.cannot import Cannot
from moyai.tenants.public import Refusal

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class RuleRefuses(Refusal):
    """A rule of the council says no: dates out of order, an abolished committee, a transcript that cannot be read."""

    code = "rule_refuses"
    status = 422


def said(cannot: Cannot) -> str:
    """The sentence in the reader's language, days as days."""
    words = {name: _word(value) for name, value in cannot.params.items()}
    text = gettext(cannot.text)
    return text % words if words else text


def refusal_of(cannot: Cannot, *, field: str = "") -> RuleRefuses:
    text = said(cannot)
    return RuleRefuses(text, fields={field or cannot.where: text})


def _word(value: Any) -> Any:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return day_words(date.fromisoformat(value), weekday=False)
    return value
