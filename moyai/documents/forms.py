"""ファイルの受渡しの入力."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.documents.actions.hand_overs import LONGEST_DAYS, MOST_DOWNLOADS
from moyai.tenants.public import Body
from moyai.ui.public import Form, WholeNumberField


class FileForm(Form):
    file = forms.FileField(
        label=_("ファイル"),
        help_text=_("1件ずつ登録します。複数のときは、ZIPにまとめます。"),
        allow_empty_file=True,  # told apart from a missing file, with its own words
        max_length=None,
        error_messages={
            "required": _("ファイルを選んでください。"),
            "missing": _("ファイルを選んでください。"),
            "invalid": _("ファイルを選んでください。"),
        },
    )


class HandOverForm(Form):
    title = forms.CharField(
        label=_("件名"),
        max_length=100,
        help_text=_("受け取る方に見えます。例：令和8年度 統計資料"),
        error_messages={
            "required": _("件名を入力してください。"),
            "max_length": _("件名は%(limit_value)s文字以内にしてください。今は%(show_value)s文字です。"),
        },
    )
    recipient = forms.CharField(
        label=_("受け取る方"),
        max_length=200,
        help_text=_("会社や課の名前と、担当の方の氏名を書きます。"),
        error_messages={
            "required": _("受け取る方を入力してください。"),
            "max_length": _(
                "受け取る方は%(limit_value)s文字以内にしてください。今は%(show_value)s文字です。"
            ),
        },
    )
    for_body = forms.TypedChoiceField(
        label=_("受け取る団体"),
        required=False,
        empty_value=None,
        coerce=int,
        help_text=_("選ぶと、その団体の職員だけが、ログインして受け取れます。"),
        error_messages={"invalid_choice": _("受け取る団体を一覧から選んでください。")},
    )
    days = WholeNumberField(
        label=_("受取りの期間（日数）"),
        low=1,
        high=LONGEST_DAYS,
        initial=7,
        help_text=_("承認を待つ間も数えます。"),
    )
    download_limit = WholeNumberField(label=_("受け取れる回数"), low=1, high=MOST_DOWNLOADS, initial=3)
    passphrase = forms.CharField(
        label=_("合言葉"),
        required=False,
        min_length=8,
        max_length=100,
        help_text=_("8文字以上です。リンクとは別の方法（電話など）で伝えてください。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "min_length": _("合言葉は8文字以上にしてください。今は%(show_value)s文字です。"),
            "max_length": _("合言葉は100文字以内にしてください。今は%(show_value)s文字です。"),
        },
    )
    message = forms.CharField(
        label=_("受け取る方への説明"),
        required=False,
        max_length=800,
        widget=forms.Textarea(),
        error_messages={"max_length": _("説明は800文字以内にしてください。今は%(show_value)s文字です。")},
    )

    def __init__(self, *args: Any, bodies: list[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = {body.pk: body for body in bodies}
        choices = [(str(body.pk), body.name) for body in bodies]
        self.fields["for_body"].choices = [("", _("団体を限らない")), *choices]  # type: ignore[attr-defined]

    def clean_for_body(self) -> Body | None:
        return self.bodies.get(self.cleaned_data["for_body"])


class DeclineForm(Form):
    reason = forms.CharField(
        label=_("差戻しの理由"),
        max_length=400,
        widget=forms.Textarea(),
        error_messages={
            "required": _("差戻しの理由を入力してください。"),
            "max_length": _("理由は400文字以内にしてください。今は%(show_value)s文字です。"),
        },
    )


class PassphraseForm(Form):
    passphrase = forms.CharField(
        label=_("合言葉"),
        max_length=100,
        strip=True,
        help_text=_("送り主から、リンクとは別に伝えられたものです。"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
        error_messages={
            "required": _("合言葉を入力してください。"),
            "max_length": _("合言葉が違います。送り主にご確認ください。"),
        },
    )


class LetterCodeForm(Form):
    code = forms.CharField(
        label=_("確認番号"),
        max_length=100,
        help_text=_("文書の一番下にある16文字です。ハイフンはなくてもかまいません。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("確認番号を入力してください。"),
            "max_length": _("確認番号は16文字です。文書の一番下を確かめてください。"),
        },
    )
