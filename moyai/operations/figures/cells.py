"""What all tables of the room share: months, keys of rows, what a report printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

Number = int | Decimal
Published = Mapping[tuple[str, str], Number]
NOTHING: Published = {}


def months_of(fiscal_year: int) -> list[date]:
    """The first days of its twelve months."""
    return [date(fiscal_year, month, 1) for month in range(4, 13)] + [
        date(fiscal_year + 1, month, 1) for month in range(1, 4)
    ]


def month_words(month: date) -> str:
    return _("%(month)s月") % {"month": month.month}
