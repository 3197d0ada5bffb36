"""日付の入力欄 — dates as people write them: in parts for residents, in one box for staff.

After a form has been cleaned, `form.fields["x"].echo` says how a date was taken when that differs from what was typed
(「令和元年5月1日として扱います」): show it with the answer. `today` (a date, or None) bounds the years ahead and completes 4/1;
a form that knows the moment sets it, otherwise the clock is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from moyai.calendars.rules.eras import ERAS, era_on, wareki
from moyai.calendars.rules.reading import DateRefused, Reading, parse_date, read_parts, refuse_outside
from moyai.calendars.words import echo_sentence, sentence
from moyai.tenants.public import clock

GREGORIAN = "AD"


class _DateField(forms.Field):
    """What both kinds of date field share: the limits, the echo and the refusal with the part it names."""

    def __init__(
        self,
        *,
        earliest: date | None = None,
        latest: date | None = None,
        today: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.earliest, self.latest, self.today = earliest, latest, today
        self.echo = ""

    def clean(self, value: Any) -> date | None:
        self.echo = ""
        if self._is_empty(value):
            if self.required:
                raise self._error(DateRefused("missing"))
            return None
        today = self.today or clock.today(clock.now())
        try:
            reading = self._read(value, today)
            refuse_outside(reading.on, self.earliest, self.latest)
        except DateRefused as refused:
            raise self._error(refused) from refused
        self.echo = echo_sentence(reading)
        for validator in self.validators:
            validator(reading.on)
        return reading.on

    def _error(self, refused: DateRefused) -> ValidationError:
        return ValidationError(
            sentence(refused, str(self.label or "")), code=refused.code, params={"part": refused.part}
        )

    def _is_empty(self, value: Any) -> bool:
        return value in (None, "")

    def _read(self, value: Any, today: date) -> Reading:
        raise NotImplementedError

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.clean(data) != initial)
        except ValidationError:
            return True


class DateBox(forms.TextInput):
    """One box that takes every form; shows 令和8年4月1日."""

    def format_value(self, value: Any) -> str | None:
        return wareki(value) if isinstance(value, date) else super().format_value(value)


class DateBoxField(_DateField):
    """日付（1つの欄）— for staff: 令和8年4月1日, R8.4.1, 2026/4/1, 4/1, 今日, +7 … gives a `date`."""

    widget = DateBox

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("例：R8.4.1、2026/4/1、4/1、今日"))
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"autocomplete": "off", "spellcheck": "false", "size": 20}

    def _is_empty(self, value: Any) -> bool:
        return not str(value or "").strip()

    def _read(self, value: Any, today: date) -> Reading:
        return Reading(value) if isinstance(value, date) else parse_date(str(value), today=today)


class WarekiParts(forms.Widget):
    """元号 and three boxes, in a fieldset; posted as name_era, name_year, name_month, name_day."""

    template_name = "calendars/wareki_parts.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None, *, autocomplete: str = "") -> None:
        super().__init__(attrs)
        self.autocomplete = autocomplete
        self.wrong_part: str | None = None  # set by the field of the same form

    def id_for_label(self, id_: str) -> str:
        # The error summary leads to the first box, as it does in any group.
        return f"{id_}_0" if id_ else ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        return {part: str(data.get(f"{name}_{part}", "")) for part in ("era", "year", "month", "day")}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return all(f"{name}_{part}" not in data for part in ("era", "year", "month", "day"))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        parts = parts_of(value)
        given_attrs = context["widget"]["attrs"]
        identity = given_attrs.pop("id", None) or f"id_{name}"
        # Only the box that is wrong is called wrong; all of them when no one box is.
        invalid = bool(given_attrs.pop("aria-invalid", None))
        # bday-year is a Gregorian year to a browser: it would fill 2026 into a box of era years.
        tokens = {"month": "bday-month", "day": "bday-day"} if self.autocomplete == "bday" else {}
        context["widget"] |= {
            "id": identity,
            "era_wrong": invalid and self.wrong_part in (None, "era"),
            "eras": [
                {"value": letter, "label": word, "selected": parts["era"] == letter}
                for letter, word in (("", _("選択してください")), *_era_choices())
            ],
            "boxes": [
                {
                    "part": part,
                    "name": f"{name}_{part}",
                    "id": f"{identity}_{number}",
                    "label": label,
                    "value": parts[part],
                    "wrong": invalid and self.wrong_part in (None, part),
                    "autocomplete": tokens.get(part, "off"),
                }
                for number, (part, label) in enumerate(
                    (("year", _("年")), ("month", _("月")), ("day", _("日"))), start=1
                )
            ],
        }
        return context


def _era_choices() -> list[tuple[str, Any]]:
    return [(GREGORIAN, _("西暦")), *((era.letter, _(era.name)) for era in reversed(ERAS))]


def parts_of(value: Any) -> dict[str, str]:
    """The four boxes of a date, of what was posted, or of nothing."""
    if isinstance(value, Mapping):
        return {part: str(value.get(part, "")) for part in ("era", "year", "month", "day")}
    if isinstance(value, date):
        era = era_on(value) if get_language() in (None, "ja") else None  # the other languages know no eras
        return {
            "era": era.letter if era else GREGORIAN,
            "year": str(era.year_of(value) if era else value.year),
            "month": str(value.month),
            "day": str(value.day),
        }
    return {"era": "", "year": "", "month": "", "day": ""}


class WarekiPartsField(_DateField):
    """日付（元号と年月日の欄）— for residents; gives a `date`. `autocomplete="bday"` for dates of birth."""

    widget = WarekiParts

    def __init__(self, *, autocomplete: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("widget", WarekiParts(autocomplete=autocomplete))
        kwargs.setdefault("help_text", _("例：令和8年4月1日。西暦でも入力できます。"))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> date | None:
        self.widget.wrong_part = None
        return super().clean(value)

    def _error(self, refused: DateRefused) -> ValidationError:
        self.widget.wrong_part = refused.part
        return super()._error(refused)

    def _is_empty(self, value: Any) -> bool:
        # An era alone is nothing yet: the boxes beside it are empty.
        parts = parts_of(value)
        return not any(parts[part].strip() for part in ("year", "month", "day"))

    def _read(self, value: Any, today: date) -> Reading:
        if isinstance(value, date):
            return Reading(value)
        parts = parts_of(value)
        era = None if parts["era"] == GREGORIAN else parts["era"]
        if era and era not in {known.letter for known in ERAS}:
            era = ""
        return read_parts(era, parts["year"], parts["month"], parts["day"], today=today)
