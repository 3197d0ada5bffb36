"""The year, and at the office the facility, that a page of figures speaks of."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.reservations.forms.booking import Choices
from moyai.ui.public import Form

FIRST: Final = 2000


class YearForm(Form):
    fiscal_year = forms.IntegerField(
        label=lazy("年度"), min_value=FIRST, help_text=lazy("西暦4桁。例：2017（平成29年度）")
    )

    def __init__(self, *args: Any, until: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.until = until

    def clean_fiscal_year(self) -> int:
        year: int = self.cleaned_data["fiscal_year"]
        if year > self.until:
            raise forms.ValidationError(
                _("まだ始まっていない年度です。%(year)s年度までを入力してください。") % {"year": self.until}
            )
        return year

    def asked(self, *, otherwise: int) -> int:
        """The year asked for, or another when none was or it cannot be."""
        found: int = self.cleaned_data["fiscal_year"] if self.is_bound and self.is_valid() else otherwise
        return found


class UseForm(YearForm):
    """年度と施設."""

    facility = forms.TypedChoiceField(label=lazy("施設"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, facilities: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["facility"].choices = list(facilities)
