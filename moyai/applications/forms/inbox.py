"""The search of the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.ui.public import Form


class InboxForm(Form):
    words = forms.CharField(
        label=_("整理番号・氏名・フリガナ"),
        required=False,
        max_length=100,
        help_text=_("氏名とフリガナは、はじめの部分だけでも探せます。"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    procedure = forms.ChoiceField(label=_("手続き"), required=False)
    view = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, procedures: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["procedure"].choices = [  # type: ignore[attr-defined]
            ("", _("すべての手続き")),
            *((str(number), title) for number, title in procedures),
        ]
