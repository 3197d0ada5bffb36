"""How a date of birth is asked: by the field of the room that knows the eras, which leans on this one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

Maker = Callable[..., forms.Field]


class _BirthDateField:
    """`use` is called once at start by the room of the calendars."""

    def __init__(self) -> None:
        self._make: Maker | None = None

    def use(self, make: Maker) -> None:
        self._make = make

    def __call__(self, **kwargs: Any) -> forms.Field:
        if self._make is None:
            raise LookupError("no room has said how dates of birth are asked")
        return self._make(**kwargs)


birth_date_field = _BirthDateField()
