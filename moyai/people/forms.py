"""What is typed at the entrance, on the account page and about staff."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from moyai.people.models import ROLE_CHOICES, SECTION_ROLES, Account
from moyai.people.rules import CODE_DIGITS, digits_only, lower_email
from moyai.tenants.public import Role
from moyai.ui.public import Form


class _Email(forms.EmailField):
    """An e-mail address however it was typed: full-width signs and spaces around it are read as meant."""

    def to_python(self, value: Any) -> str:
        return lower_email(str(value or ""))


def email_field(**kwargs: Any) -> forms.EmailField:
    return _Email(
        label=_("メールアドレス"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
        error_messages={
            "required": _("メールアドレスを入力してください。"),
            "invalid": _("メールアドレスは「name@example.jp」の形で入力してください。"),
        },
        **kwargs,
    )


def password_field(*, new: bool) -> forms.CharField:
    return forms.CharField(
        label=_("新しいパスワード") if new else _("パスワード"),
        strip=False,
        max_length=200,
        help_text=_("12文字以上。長い文や、つながりのない言葉を並べたものが向いています。") if new else "",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password" if new else "current-password"}),
        error_messages={"required": _("パスワードを入力してください。")},
    )


class AddressForm(Form):
    email = email_field(help_text=_("このアドレスに、ログイン用のリンクを送ります。"))


class StaffForm(Form):
    email = email_field()
    password = password_field(new=False)


class PasswordForm(Form):
    password = password_field(new=False)


class CodeForm(Form):
    """The six digits of the mail."""

    code = forms.CharField(
        label=_("確認番号"),
        help_text=_("メールに書かれた6桁の数字"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "data-width": "code"}
        ),
        error_messages={"required": _("確認番号を入力してください。")},
    )

    def clean_code(self) -> str:
        code = digits_only(self.cleaned_data["code"])
        if len(code) != CODE_DIGITS or not code.isdigit():
            raise forms.ValidationError(_("確認番号は6桁の数字で入力してください。"))
        return code


class FactorForm(Form):
    """A code of the authenticator app, or one of the recovery codes."""

    code = forms.CharField(
        label=_("確認コード"),
        help_text=_("認証アプリに出ている6桁の数字。使えないときは8桁の復旧コード"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "data-width": "code"}
        ),
        error_messages={"required": _("確認コードを入力してください。")},
    )

    def clean_code(self) -> str:
        code = digits_only(self.cleaned_data["code"])
        if len(code) not in (6, 8) or not code.isdigit():
            raise forms.ValidationError(_("確認コードは6桁、復旧コードは8桁の数字で入力してください。"))
        return code


class AppForm(FactorForm):
    """The first code of an authenticator app that is being set up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("認証アプリに出ている6桁の数字")


class NewPasswordForm(Form):
    password = password_field(new=True)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        self.account = account
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.account)
        return password


class PasskeyForm(Form):
    name = forms.CharField(
        label=_("パスキーの名前"),
        help_text=_("例：自分のスマートフォン"),
        max_length=60,
        required=False,
    )
    credential = forms.JSONField(widget=forms.HiddenInput, required=True)


class ProfileForm(Form):
    name = forms.CharField(
        label=_("氏名"),
        max_length=100,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": _("氏名を入力してください。")},
    )
    kana = forms.CharField(
        label=_("氏名（フリガナ）"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
    )

    def clean_kana(self) -> str:
        return unicodedata.normalize("NFKC", self.cleaned_data["kana"])


class _Day(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date", "data-width": "tel"}, format="%Y-%m-%d")


def section_field() -> forms.CharField:
    return forms.CharField(
        label=_("課・係"),
        help_text=_("担当者と決裁者だけ。例：市民課。空けておくと、団体のすべての課の仕事を見られます。"),
        max_length=60,
        required=False,
    )


class SectionForm(Form):
    section = section_field()


class InviteForm(Form):
    email = email_field(help_text=_("職場のアドレス。ここに、はじめるためのリンクを送ります。"))
    name = forms.CharField(
        label=_("氏名"), max_length=100, error_messages={"required": _("氏名を入力してください。")}
    )
    kana = forms.CharField(label=_("氏名（フリガナ）"), max_length=100, required=False)
    role = forms.ChoiceField(
        label=_("役割"),
        widget=forms.RadioSelect,
        error_messages={"required": _("役割を選んでください。")},
    )
    section = section_field()
    from_on = _Day(
        label=_("始まりの日"),
        help_text=_("この日から使えます。"),
        error_messages={
            "required": _("始まりの日を入力してください。"),
            "invalid": _("始まりの日は、年・月・日がある日付にしてください。"),
        },
    )
    until_on = _Day(
        label=_("終わりの日"),
        help_text=_("この日まで使えます。決まっていなければ空けておきます。"),
        required=False,
        error_messages={"invalid": _("終わりの日は、年・月・日がある日付にしてください。")},
    )

    def __init__(self, *args: Any, roles: tuple[Role, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = dict(ROLE_CHOICES)
        if not set(roles) & set(SECTION_ROLES):
            del self.fields["section"]
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(role.value, words[role.value]) for role in roles]


class EndForm(Form):
    until_on = _Day(
        label=_("終わりの日"),
        help_text=_("この日まで使えます。"),
        error_messages={
            "required": _("終わりの日を入力してください。"),
            "invalid": _("終わりの日は、年・月・日がある日付にしてください。"),
        },
    )


class ReasonForm(Form):
    reason = forms.CharField(
        label=_("理由"),
        help_text=_("本人をどう確かめたかを書きます。例：窓口で職員証を確認"),
        max_length=200,
        error_messages={"required": _("理由を入力してください。")},
    )
