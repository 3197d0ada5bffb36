"""What all pages of the room do alike: act and say the refusal on the form, read the year asked for, put rows into a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.http import Http404, HttpRequest

from moyai.calendars.public import short_wareki
from moyai.operations.forms.levels import FIRST_YEAR, LAST_YEAR
from moyai.tenants.public import Refusal, clock
from moyai.ui.public import Form

T = TypeVar("T")


def tried(form: Form, do: Callable[[], T]) -> T | None:
    """What an act gives; None when it is refused, which is undone and said on the form. What is absent stays absent."""
    try:
        with transaction.atomic():
            return do()
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        known = {name: text for name, text in refusal.fields.items() if name in form.fields}
        for name, text in known.items():
            form.add_error(name, str(text))
        if not known:
            form.add_error(None, str(refusal.message))
        return None


def who(request: HttpRequest) -> dict[str, Any]:
    """Who acts, and when: what every action takes."""
    return {"actor": request.actor, "now": request.now}  # type: ignore[attr-defined]


def year_of_today(now: datetime) -> int:
    """The fiscal year of a moment."""
    today = clock.today(now)
    return today.year if today.month >= 4 else today.year - 1


def year_or_404(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    return year


def table(caption: Any, columns: Sequence[Any], rows: Sequence[Any], **more: Any) -> dict[str, Any]:
    """A table for `ui/table.html`; a column is its label, or (label, True) for one of numbers."""
    heads = [
        {"label": column[0], "numeric": True} if isinstance(column, tuple) else {"label": column}
        for column in columns
    ]
    return {"caption": caption, "columns": heads, "rows": list(rows), **more}


def when(moment: datetime | None) -> str:
    """「R8.4.1 9:30」 as lists of staff say it; — for none."""
    if moment is None:
        return "—"
    here = moment.astimezone(clock.JST)
    return f"{short_wareki(here.date())} {here.hour}:{here.minute:02d}"
