"""Forms of the staff pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.ui.public import AmountField, Form


class SearchForm(Form):
    """窓口の検索: by 納付書番号 or 調定番号."""

    number = forms.CharField(
        label=_("納付書番号か調定番号"),
        help_text=_("納付書番号は12桁です。調定番号は 2026-000012 のように入力します。"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class ReceiveForm(Form):
    """窓口で受け取る現金. `once` makes a second click harmless."""

    amount_yen = AmountField(label=_("受け取った金額"), help_text=_("おつりを引いた金額です。"))
    once = forms.CharField(max_length=40, widget=forms.HiddenInput)


class TransferForm(Form):
    """通帳にある振込みの登録."""

    amount_yen = AmountField(label=_("入金額"))
    received_on = DateBoxField(label=_("入金日"))
    external_id = forms.CharField(
        label=_("銀行の取引番号"),
        help_text=_("通帳か入出金明細にある番号です。同じ番号は2度登録できません。"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class RefundForm(Form):
    """還付・充当の申請."""

    way = forms.ChoiceField(
        label=_("過納の扱い"),
        choices=[("refund", _("還付する（お金を返す）")), ("apply", _("ほかの請求に充当する"))],
        widget=forms.RadioSelect,
    )
    amount_yen = AmountField(label=_("金額"))
    target = forms.CharField(
        label=_("充当先の調定番号"),
        help_text=_("充当するときだけ入力します。例：2026-000012"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("way") == "apply" and not cleaned.get("target"):
            self.add_error("target", _("充当先の調定番号を入力してください。"))
        return cleaned


class ReasonForm(Form):
    """取消し・欠損の理由."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ConfirmForm(Form):
    """確報の登録."""

    amount_yen = AmountField(label=_("口座に入金された金額"))
    confirmed_on = DateBoxField(label=_("入金日"))


class PaidForm(Form):
    """還付の支払日."""

    paid_on = DateBoxField(label=_("支払った日"))
