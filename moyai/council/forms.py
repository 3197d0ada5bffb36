"""Forms of the secretariat."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.tenants.public import Body
from moyai.ui.public import Form


class AsOfForm(Form):
    """基準日 — the day the page speaks of."""

    on = DateBoxField(label=_("基準日"), required=False, help_text=_("例：R8.4.1 または 2026/4/1"))


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
