"""Boxes several forms have: a time of day, a share, and a form that carries the version it was opened at."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.tenants.public import Body, Service, clock
from moyai.ui.public import Form, fold

CHOOSE = ("", _("選択してください"))
NONE = ("", _("指定しない"))
DAY_HINT = _("例：R8.4.1 または 2026/4/1")
TIME_HINT = _("例：9:00")


class MinuteField(forms.CharField):
    """時刻 in any width, as minutes of the day: 9:00, 09時30分, 24:00."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 60}:{value % 60:02d}" if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = unicodedata.normalize("NFKC", str(super().clean(value) or "")).strip()
        if not text:
            return None
        found = re.fullmatch(r"(\d{1,2})(?::|時)(\d{2})?分?", text) or re.fullmatch(r"(\d{1,2})(\d{2})", text)
        minutes = int(found[1]) * 60 + int(found[2] or 0) if found and int(found[2] or 0) < 60 else -1
        if not 0 <= minutes <= 1440:
            raise forms.ValidationError(_("時刻を「9:00」のように入力してください。"))
        return minutes


class ShareField(forms.CharField):
    """百分率 as an exact part: 99.7 is 997/1000; a fraction (997/1000) is taken, too."""

    def clean(self, value: Any) -> Fraction | None:
        text = fold(str(super().clean(value) or "")).strip().rstrip("%％").strip()
        if not text:
            return None
        try:
            part = Fraction(text) if "/" in text else Fraction(Decimal(text)) / 100
        except (ValueError, ZeroDivisionError, InvalidOperation, OverflowError):
            part = Fraction(-1)
        if not 0 < part <= 1 or part.denominator > 1_000_000:
            raise forms.ValidationError(_("割合を「99.7」のように、0より大きく100以下で入力してください。"))
        return part


class RateField(forms.CharField):
    """率（％） as decimal text, exactly as it was reported: 100, 99.98."""

    def clean(self, value: Any) -> str | None:
        text = fold(str(super().clean(value) or "")).strip().rstrip("%％").strip()
        if not text:
            return None
        if not re.fullmatch(r"\d{1,3}(\.\d{1,6})?", text) or Decimal(text) > 100:
            raise forms.ValidationError(_("率は0から100の数で入力してください。"))
        return text


def moment(day: date, minute: int) -> datetime:
    """A minute of a day in Japan."""
    return datetime.combine(day, datetime.min.time(), tzinfo=clock.JST) + timedelta(minutes=minute)


class VersionForm(Form):
    """What was seen when the page was opened: of two that write at once the second looks again."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def look_again(self, version: int) -> None:
        """The version that is now on the screen, for the next try; what was typed stays."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["version"] = str(version)  # type: ignore[index]


def choose(form: forms.Form, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """Offer choices in a field of a form that reads them from rows."""
    form.fields[name].choices = list(choices)  # type: ignore[attr-defined]


class Offered:
    """Rows a form offers by code, and the one that was chosen."""

    def __init__(self, *, bodies: Iterable[Body] = (), services: Iterable[Service] = ()) -> None:
        self.bodies = {body.code: body for body in bodies}
        self.services = {service.code: service for service in services}

    def body_choices(self) -> list[tuple[str, Any]]:
        return [NONE, *((code, body.name) for code, body in self.bodies.items())]

    def service_choices(self) -> list[tuple[str, Any]]:
        return [NONE, *((code, service.name) for code, service in self.services.items())]
