"""試算 — a use that nobody asks for: who, where, when and what for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.reservations.forms.masters import ColumnField
from moyai.reservations.models import Equipment, Registration
from moyai.reservations.workbook.columns import Column
from moyai.ui.public import AmountField, Form, WholeNumberField

Choices = Sequence[tuple[str, str]]


class PlaceForm(Form):
    """Which facility, before its rooms can be offered."""

    facility = forms.ChoiceField(label=_("施設"))

    def __init__(self, *args: Any, facilities: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["facility"].choices = facilities  # type: ignore[attr-defined]


class SimulationForm(PlaceForm):
    """A registered user by number, or anybody of a kind and class."""

    unit = forms.ChoiceField(label=_("室場・利用単位"))
    number = forms.CharField(
        label=_("利用者番号"), required=False, max_length=14, help_text=_("空欄なら、下の区分の利用者として試します。")
    )
    kind = forms.ChoiceField(label=_("個人・団体"), choices=Registration.Kind.choices)
    resident_class = forms.ChoiceField(label=_("区分"), choices=Registration.Class.choices)
    day = DateBoxField(label=_("利用日"))
    starts = ColumnField(Column("starts", "", "time", required=True), label=_("開始"), help_text=_("例：9:00"))
    ends = ColumnField(Column("ends", "", "time", required=True), label=_("終了"), help_text=_("例：12:00"))
    purpose = forms.ChoiceField(label=_("利用目的"), required=False)
    people = WholeNumberField(label=_("人数"), low=1, high=1_000_000, required=False)
    commercial = forms.BooleanField(label=_("営利目的"), required=False)
    admission_yen = AmountField(label=_("入場料（いちばん高い額）"), required=False, limit_yen=10_000_000)
    equipment = forms.CharField(
        label=_("備品"), required=False, max_length=300, help_text=_("コード=数を「、」で区切ります。例：net=2")
    )

    def __init__(
        self, *args: Any, units: Choices, purposes: Choices, lent: Sequence[Equipment], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lent = {one.code for one in lent}
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        self.fields["purpose"].choices = [("", "—"), *purposes]  # type: ignore[attr-defined]
        if lent:
            words = "、".join(f"{one.code} {one.name}" for one in lent)
            self.fields["equipment"].help_text = gettext("コード=数を「、」で区切ります。%(words)s") % {"words": words}
        else:
            del self.fields["equipment"]

    def clean_equipment(self) -> dict[str, int]:
        found = {}
        for part in self.cleaned_data["equipment"].replace(",", "、").split("、"):
            code, _sign, count = part.strip().partition("=")
            if not part.strip():
                continue
            if code.strip() not in self.lent or not count.strip().isdecimal():
                raise forms.ValidationError(gettext("「%(part)s」は備品のコード=数ではありません。") % {"part": part.strip()})
            found[code.strip()] = int(count)
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts is not None and ends is not None and ends <= starts:
            self.add_error("ends", gettext("終了は、開始より後の時刻にしてください。"))
        return cleaned
