"""誓約書の入力 — who signed it and when, and the sheet itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.council.forms.bodies import CHOOSE, DAY, of
from moyai.tenants.public import Body
from moyai.ui.public import Form


class PledgeForm(Form):
    """誓約書を提出する."""

    signed_by = forms.CharField(
        label=_("誓約した者"),
        max_length=120,
        help_text=_("団体または現行の事業者の名前。例：見本システム株式会社"),
    )
    pledged_on = DateBoxField(label=_("誓約の日"), help_text=DAY)
    file = forms.FileField(
        label=_("誓約書のファイル"),
        help_text=_("PDFか写真、10MBまで"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.heic"}),
    )


class PaperPledgeForm(PledgeForm):
    """紙の誓約書を受け取る — of one of the burden's payers."""

    body = forms.ChoiceField(label=_("団体名"))
    field_order = ("body", "signed_by", "pledged_on", "file")

    def __init__(self, *args: Any, payers: Sequence[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payers = of(self, "body", payers, "code", first=CHOOSE)

    def asked(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return {**given, "body": self.payers[given["body"]]}
