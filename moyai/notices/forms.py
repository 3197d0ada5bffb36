"""What staff fill in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.notices import events
from moyai.ui.public import Form


class WebhookForm(Form):
    name = forms.CharField(
        label=_("知らせ先の名前"),
        max_length=100,
        help_text=_("例：図書館システム"),
        error_messages={
            "required": _("知らせ先の名前を入力してください。"),
            "max_length": _(
                "知らせ先の名前は%(limit_value)s文字以内にしてください。今は%(show_value)s文字です。"
            ),
        },
    )
    url = forms.CharField(
        label=_("アドレス"),
        max_length=500,
        help_text=_("「https://」で始まるアドレスです。例：https://system.example.jp/moyai"),
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={
            "required": _("アドレスを入力してください。"),
            "max_length": _("アドレスは%(limit_value)s文字以内にしてください。今は%(show_value)s文字です。"),
        },
    )
    kinds = forms.MultipleChoiceField(
        label=_("知らせる出来事"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("知らせる出来事を1つ以上選んでください。")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["kinds"].choices = list(events.kinds().items())  # type: ignore[attr-defined]
