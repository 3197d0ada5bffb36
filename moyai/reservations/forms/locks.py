"""スマートロックの登録 as staff fill it in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.reservations.rules.locks import DIGITS, LONGEST_LEAD, LONGEST_SHOWN
from moyai.ui.public import Form, WholeNumberField


class LockForm(Form):
    """錠 — `fixed`: one that is registered, whose code and digits stay."""

    name = forms.CharField(label=_("錠の名前"), max_length=100, help_text=_("例：体育館の入口"))
    code = forms.SlugField(
        label=_("錠コード"),
        max_length=40,
        help_text=_(
            "室場のマスタの「スマートロック」と同じものです。半角の英字・数字・ハイフン。例：arena-main"
        ),
        error_messages={"invalid": _("錠コードは、半角の英字・数字・ハイフンで入力してください。")},
    )
    url = forms.CharField(
        label=_("知らせ先のアドレス"),
        max_length=500,
        help_text=_(
            "錠のメーカーや機器が決めた「https://」で始まるアドレスです。例：https://lock.example.jp/moyai"
        ),
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "autocapitalize": "none"}),
    )
    lead_minutes = WholeNumberField(
        label=_("利用の何分前から開くか"),
        low=0,
        high=LONGEST_LEAD,
        help_text=_("準備のための時間です。例：10"),
    )
    lag_minutes = WholeNumberField(
        label=_("利用の何分後まで開くか"),
        low=0,
        high=LONGEST_LEAD,
        help_text=_("片付けのための時間です。例：10"),
    )
    show_hours = WholeNumberField(
        label=_("開く何時間前から、利用者が番号を見られるか"),
        low=1,
        high=LONGEST_SHOWN,
        help_text=_("例：24"),
    )
    digits = WholeNumberField(
        label=_("暗証番号の桁数"),
        low=DIGITS[0],
        high=DIGITS[1],
        help_text=_("錠が受け付ける桁数です。あとから変えられません。例：6"),
    )
    after_payment = forms.BooleanField(label=_("使用料を納めてから開ける"), required=False)

    def __init__(self, *args: Any, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fixed:
            del self.fields["code"], self.fields["digits"]
