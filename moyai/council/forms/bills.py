"""請求と収納の入力 — when a bill is issued and due, what came in for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.council.forms.bodies import DAY
from moyai.ui.public import AmountField, Form


class IssueForm(Form):
    """請求する."""

    half = forms.ChoiceField(label=_("納める時期"), required=False)
    billed_on = DateBoxField(label=_("請求の日"), help_text=DAY)
    due_on = DateBoxField(
        label=_("納付の期限"), required=False, help_text=_("空欄のときは、算定で決めた期限")
    )
    sender = forms.CharField(
        label=_("請求する協議会の名前"), required=False, max_length=60, help_text=_("請求書の発信者に印刷されます")
    )  # fmt: skip

    def __init__(self, *args: Any, halves: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        if halves:
            fields["half"].choices = [(name, name) for name in halves]
            fields["half"].required = True
        else:
            del fields["half"]
            fields["due_on"].required = True
            fields["due_on"].help_text = DAY


class ReceiptForm(Form):
    """収納を記帳する."""

    on = DateBoxField(label=_("納められた日"), help_text=DAY)
    yen = AmountField(label=_("納められた額"))
    evidence = forms.FileField(
        label=_("証拠書類"), required=False, help_text=_("PDF、写真、Excel、Word。10MBまで")
    )
