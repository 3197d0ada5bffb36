"""休日の特例の入力."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.fields import DateBoxField
from moyai.ui.public import Form


class OfficeDayForm(Form):
    day = DateBoxField(label=_("日付"))
    is_open = forms.TypedChoiceField(
        label=_("扱い"),
        choices=[("closed", _("閉庁する")), ("open", _("開庁する"))],
        widget=forms.RadioSelect,
        coerce=lambda word: word == "open",
        error_messages={
            "required": _("扱いを選んでください。"),
            "invalid_choice": _("扱いを選んでください。"),
        },
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=60,
        help_text=_("住民に見える言葉で書きます。例：庁舎の停電のため"),
        error_messages={
            "required": _("理由を入力してください。"),
            "max_length": _("理由は%(limit_value)s文字以内にしてください。今は%(show_value)s文字です。"),
        },
    )


class NationalDayForm(Form):
    day = DateBoxField(label=_("日付"))
    name = forms.CharField(
        label=_("休日の名前"),
        max_length=60,
        required=False,
        help_text=_("空欄にすると、この日の祝日がなくなります。"),
        error_messages={
            "max_length": _("休日の名前は%(limit_value)s文字以内にしてください。今は%(show_value)s文字です。")
        },
    )
    source = forms.CharField(
        label=_("根拠"),
        max_length=120,
        help_text=_("法律の名前と条を書きます。"),
        error_messages={
            "required": _("根拠を入力してください。"),
            "max_length": _("根拠は%(limit_value)s文字以内にしてください。今は%(show_value)s文字です。"),
        },
    )


def show_refusal(form: Any, fields: dict[str, str], message: str, default: str) -> None:
    """Put a refusal of the action beside the field that caused it."""
    for name, text in (fields or {default: message}).items():
        form.add_error(name if name in form.fields else default, text)
