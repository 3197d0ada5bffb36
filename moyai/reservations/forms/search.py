"""施設をさがす — the wishes of who looks for a room. A GET form: its address can be kept and sent on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.calendars.public import DateBoxField
from moyai.reservations.queries.search import BANDS, Sought
from moyai.ui.public import Form, WholeNumberField

BAND_WORDS = {
    "am": lazy("午前（12時まで）"),
    "pm": lazy("午後（12時から17時）"),
    "night": lazy("夜間（17時から）"),
}


class SearchForm(Form):
    q = forms.CharField(label=lazy("施設の名前・場所"), required=False, max_length=100)
    category = forms.ChoiceField(label=lazy("施設の種類"), required=False)
    purpose = forms.ChoiceField(label=lazy("利用目的"), required=False)
    day = DateBoxField(label=lazy("利用日"), required=False, help_text=lazy("例：12/5、2026-12-05、明日"))
    band = forms.ChoiceField(label=lazy("時間帯"), required=False)
    people = WholeNumberField(label=lazy("人数"), required=False, low=1, high=100_000)
    equipment = forms.CharField(
        label=lazy("使いたい備品"), help_text=lazy("例：ピアノ"), required=False, max_length=60
    )

    def __init__(
        self,
        *args: Any,
        categories: Iterable[str],
        purposes: Iterable[tuple[str, str]],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        either: tuple[str, Any] = ("", _("指定しない"))
        fields: Any = self.fields
        fields["category"].choices = [either, *((one, one) for one in categories)]
        fields["purpose"].choices = [either, *purposes]
        fields["band"].choices = [either, *((one, BAND_WORDS[one]) for one in BANDS)]
        fields["day"].today = today

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("band") and not found.get("day") and "day" not in self.errors:
            self.add_error("day", _("時間帯でさがすときは、利用日を入力してください。"))
        return found

    @property
    def sought(self) -> Sought:
        given = self.cleaned_data
        return Sought(
            words=given["q"],
            category=given["category"],
            purpose=given["purpose"],
            day=given["day"],
            band=given["band"],
            people=given["people"],
            equipment=given["equipment"],
        )


class DayForm(Form):
    """日付を指定 — over the table of a day."""

    day = DateBoxField(label=lazy("利用日"), required=False, help_text=lazy("例：12/5、2026-12-05、明日"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["day"].today = today
