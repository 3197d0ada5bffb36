"""How a date of birth is asked: by the field of the room that knows the eras, which leans on this one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

Maker = Callable[..., forms.Field]


class _BirthDateField:
    """`use` is called once at start by the room of the calendars; until then a plain date box is asked."""

    def __init__(self) -> None:
        self._make: Maker = forms.DateField

    def use(self, make: Maker) -> None:
        self._make = make

    def __call__(self, **kwargs: Any) -> forms.Field:
        return self._make(**kwargs)


birth_date_field = _BirthDateField()
