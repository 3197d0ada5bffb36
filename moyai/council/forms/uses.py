"""Forms of the secretariat."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.tenants.public import Body, Service, code_ok
from moyai.ui.public import CodeField, Form, KanaField


class AsOfForm(Form):
    """基準日 — the day the page speaks of."""

    on = DateBoxField(label=_("基準日"), required=False, help_text=_("例：R8.4.1 または 2026/4/1"))


# First words of addresses that are not a body's.
TAKEN = frozenset({
    "account", "accessibility", "api", "audit", "council", "council-report", "display", "en", "healthz", "help", "ja",
    "ja-easy", "money", "office", "operator", "readyz", "rules", "signin", "signout", "simulator", "static", "status",
    "suppliers", "ui",
})  # fmt: skip


class BodyForm(Form):
    """加入する団体."""

    code = CodeField(label=_("団体コード"), length=6, help_text=_("全国地方公共団体コード6桁。例：121002"))
    name = forms.CharField(label=_("団体名"), max_length=60)
    kana = KanaField(label=_("団体名（フリガナ）"), max_length=120)
    kind = forms.ChoiceField(label=_("種別"), choices=[("", _("選択してください")), *Body.Kind.choices])
    slug = forms.SlugField(
        label=_("アドレスに使う名前"),
        max_length=40,
        help_text=_("英小文字とハイフン。後から変えられません。例：chiba-shi"),
    )
    from_on = DateBoxField(label=_("加入の日"), help_text=_("例：R8.4.1 または 2026/4/1"))

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not code_ok(code):
            raise forms.ValidationError(
                _("団体コードが1文字違う可能性があります。6桁の番号を確かめてください。")
            )
        return code

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        if slug in TAKEN:
            raise forms.ValidationError(_("このアドレスは使えません。別の名前にしてください。"))
        return slug


class ServiceForm(Form):
    """共同で行う事業."""

    code = forms.SlugField(
        label=_("事業の記号"), max_length=40, help_text=_("英小文字とハイフン。例：applications")
    )
    name = forms.CharField(label=_("事業の名前"), max_length=60)
    scope = forms.ChoiceField(label=_("対象"), choices=Service.Scope.choices, widget=forms.RadioSelect)


class BeginUseForm(Form):
    body = forms.ChoiceField(label=_("団体"))
    from_on = DateBoxField(label=_("利用を始める日"), help_text=_("例：R8.4.1 または 2026/4/1"))

    def __init__(self, *args: Any, bodies: list[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_code = {body.code: body for body in bodies}
        choices = [("", _("選択してください")), *((body.code, body.name) for body in bodies)]
        self.fields["body"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> Body:
        return self.by_code[self.cleaned_data["body"]]


class EndUseForm(Form):
    until_on = DateBoxField(label=_("利用する最後の日"), help_text=_("例：R9.3.31 または 2027/3/31"))


def day_or(form: AsOfForm, otherwise: date) -> date:
    """The day asked for, or another when none was."""
    asked = form.cleaned_data.get("on") if form.is_bound and form.is_valid() else None
    return asked if isinstance(asked, date) else otherwise
