"""The year a page of figures speaks of."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.ui.public import Form

FIRST = 2000


class FiscalYearForm(Form):
    fiscal_year = forms.IntegerField(
        label=_("年度"), min_value=FIRST, help_text=_("西暦4桁。例：2017（平成29年度）")
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
        return self.cleaned_data["fiscal_year"] if self.is_bound and self.is_valid() else otherwise
