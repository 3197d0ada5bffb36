"""The year and the facility that a page of figures speaks of."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from moyai.documents.public import FiscalYearForm
from moyai.reservations.forms.booking import Choices


class UseForm(FiscalYearForm):
    """年度と施設."""

    facility = forms.TypedChoiceField(label=lazy("施設"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, facilities: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["facility"].choices = list(facilities)
