"""What a beginning asks for: a 確認書, a 委任状."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from moyai.applications.secrets import as_typed
from moyai.calendars.public import WarekiPartsField
from moyai.ui.public import Form, KanaField, MailField, NameField, PhoneField

LONGEST_MANDATE_DAYS = 366


class RecordForm(Form):
    """確認書の番号と生年月日 — in any width, with or without hyphens."""

    number = forms.CharField(
        label=_("確認書の番号"),
        help_text=_("お送りした確認書にある番号です。"),
        max_length=60,
        error_messages={"required": _("確認書の番号を入力してください。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["born_on"] = WarekiPartsField(
            label=_("生年月日"), required=True, today=today, autocomplete="bday"
        )

    def clean_number(self) -> str:
        number = as_typed(self.cleaned_data["number"])
        if not number:
            raise ValidationError(str(_("確認書の番号を入力してください。")))
        return number


class MandateForm(Form):
    """委任状 — who asks (本人), who acts (代理人), for what, until when."""

    name = NameField(label=_("委任する方の氏名"))
    kana = KanaField(label=_("委任する方の氏名（フリガナ）"))
    address = forms.CharField(
        label=_("委任する方の住所"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address", "data-width": "full"}),
    )
    phone = PhoneField(label=_("委任する方の電話番号"), required=False)
    mail = MailField(
        label=_("委任する方のメールアドレス"),
        required=False,
        help_text=_("委任状が使われたときにお知らせします。"),
    )
    agent_name = NameField(label=_("代理人の氏名または名称"))
    agent_mail = MailField(
        label=_("代理人のメールアドレス"), required=False, help_text=_("代理人のリンクを送ります。")
    )
    scope = forms.CharField(
        label=_("委任する内容"),
        max_length=400,
        help_text=_("例：この手続きの申請、補正、通知書の受取りに関すること"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["born_on"] = WarekiPartsField(
            label=_("委任する方の生年月日"), required=True, today=today, autocomplete="bday"
        )
        self.fields["valid_until"] = WarekiPartsField(
            label=_("委任の期限"), required=True, today=today, help_text=_("1年以内の日付にしてください。")
        )
        self.order_fields(
            [
                "name",
                "kana",
                "born_on",
                "address",
                "phone",
                "mail",
                "agent_name",
                "agent_mail",
                "scope",
                "valid_until",
            ]
        )

    def clean_valid_until(self) -> date:
        until: date = self.cleaned_data["valid_until"]
        if until <= self.today:
            raise ValidationError(str(_("期限は、今日より後の日付にしてください。")))
        if until > self.today + timedelta(days=LONGEST_MANDATE_DAYS):
            raise ValidationError(str(_("委任の期限は、1年以内の日付にしてください。")))
        return until

    def principal(self) -> dict[str, Any]:
        """本人の facts as they are kept."""
        own = self.cleaned_data
        facts = {key: own.get(key) or "" for key in ("name", "kana", "address", "phone", "mail")}
        facts["born_on"] = own["born_on"].isoformat()
        return {key: str(value) for key, value in facts.items()}
