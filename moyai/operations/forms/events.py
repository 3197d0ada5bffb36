"""Forms of 行事, メールマガジン and 意見交換."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.operations.forms.fields import (
    DAY_HINT,
    TIME_HINT,
    MinuteField,
    Offered,
    VersionForm,
    choose,
    moment,
)
from moyai.operations.forms.levels import FIRST_YEAR, LAST_YEAR
from moyai.operations.models import Event, Exchange
from moyai.tenants.public import Body, Service
from moyai.ui.public import Form, WholeNumberField

MOST_PERSONS = 100_000
# 簡易申請 of the member's own portal (the code of its procedure), or of another body's: "chiba-shi/seminar-2026".
_SURVEY = re.compile(r"(?:[a-z0-9-]+/)?[a-zA-Z0-9_-]+")


class EventForm(VersionForm):
    """研修・行事."""

    kind = forms.ChoiceField(label=_("種類"), choices=Event.Kind.choices)
    name = forms.CharField(label=_("名称"), max_length=200)
    service = forms.ChoiceField(label=_("事業"), required=False)
    from_on = DateBoxField(
        label=_("開催日（初日）"),
        required=False,
        help_text=_("過去の記録で日が分からないときは、年度だけを入力します。"),
    )
    until_on = DateBoxField(label=_("開催日（最後の日）"), required=False, help_text=DAY_HINT)
    fiscal_year = WholeNumberField(
        label=_("年度"),
        low=FIRST_YEAR,
        high=LAST_YEAR,
        required=False,
        help_text=_("西暦。開催日があれば要りません。"),
    )
    sessions = WholeNumberField(label=_("回数"), low=1, high=1_000, initial=1)
    place = forms.CharField(label=_("会場"), max_length=120, required=False)
    hosts = forms.CharField(label=_("主催・共催"), max_length=200, required=False)
    text = forms.CharField(
        label=_("内容"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    award = forms.CharField(
        label=_("表彰・成果"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    asks_on = DateBoxField(
        label=_("申込みの期限の日"),
        required=False,
        help_text=_("団体の申込みを受け付けないときは、空のままにします。"),
    )
    asks_at = MinuteField(label=_("申込みの期限の時刻"), required=False, help_text=TIME_HINT)
    most_persons = WholeNumberField(label=_("定員（人）"), low=1, high=MOST_PERSONS, required=False)
    survey = forms.CharField(
        label=_("アンケートの手続き"),
        max_length=60,
        required=False,
        help_text=_("簡易申請で作った手続きの記号。ほかの団体のものは「chiba-shi/記号」。"),
    )

    def __init__(self, *args: Any, services: list[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = Offered(services=services)
        choose(self, "service", self.offered.service_choices())

    def clean_survey(self) -> str:
        text: str = self.cleaned_data["survey"]
        if text and not _SURVEY.fullmatch(text):
            raise forms.ValidationError(_("手続きの記号を「seminar-2026」のように入力してください。"))
        return text

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("asks_on") is None and given.get("asks_at") is not None and "asks_on" not in self.errors:
            self.add_error("asks_on", _("申込みの期限の日を入力してください。"))
        return given

    def chosen(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        given.pop("version")
        day, minute = given.pop("asks_on"), given.pop("asks_at")
        given["asks_until"] = None if day is None else moment(day, 1_440 if minute is None else minute)
        given["service"] = self.offered.services.get(given["service"])
        return given


class CallOffForm(VersionForm):
    reason = forms.CharField(label=_("中止の理由"), max_length=200)


class AttendanceForm(Form):
    """参加の記録."""

    body = forms.ChoiceField(label=_("団体"), required=False)
    group = forms.CharField(
        label=_("課・区分"), max_length=100, required=False, help_text=_("例：情報政策課、警察関係、8部局")
    )
    persons = WholeNumberField(label=_("参加人数"), low=0, high=MOST_PERSONS, required=False)
    bodies = WholeNumberField(
        label=_("団体数"), low=0, high=10_000, required=False, help_text=_("団体の数だけが分かる記録のとき。")
    )
    remote = forms.BooleanField(label=_("Web会議で参加"), required=False)
    who = forms.CharField(label=_("備考"), max_length=200, required=False)

    def __init__(self, *args: Any, members: list[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = Offered(bodies=members)
        choose(self, "body", self.offered.body_choices())

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("persons") is None and given.get("bodies") is None and not self.errors:
            self.add_error("persons", _("参加人数か団体数を入力してください。"))
        return given

    def chosen(self) -> dict[str, Any]:
        return {**self.cleaned_data, "body": self.offered.bodies.get(self.cleaned_data["body"])}


class SignUpForm(Form):
    """参加の申込み — by a member's staff."""

    persons = WholeNumberField(label=_("参加する人数"), low=1, high=1_000)
    section = forms.CharField(
        label=_("課・係"),
        max_length=60,
        required=False,
        help_text=_("課ごとに申し込むとき。同じ課は、最後の内容になります。"),
    )
    remote = forms.BooleanField(label=_("Web会議で参加する"), required=False)
    who = forms.CharField(label=_("参加する方・連絡事項"), max_length=200, required=False)


class IssueForm(Form):
    """メールマガジン."""

    name = forms.CharField(label=_("メールマガジンの名前"), max_length=100)
    title = forms.CharField(label=_("件名"), max_length=120)
    text = forms.CharField(label=_("本文"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 12}))


class ExchangeForm(Form):
    """意見交換の件数."""

    kind = forms.ChoiceField(label=_("種類"), choices=Exchange.Kind.choices)
    topic = forms.CharField(label=_("主題"), max_length=120)
    fiscal_year = WholeNumberField(
        label=_("年度"), low=FIRST_YEAR, high=LAST_YEAR, help_text=_("西暦。例：2026")
    )
    month = DateBoxField(
        label=_("月"),
        required=False,
        help_text=_("その月のどの日でもかまいません。年度の合計だけのときは空にします。"),
    )
    count = WholeNumberField(label=_("件数・回数"), low=0, high=10_000_000)
    source = forms.CharField(label=_("出典"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        month, year = given.get("month"), given.get("fiscal_year")
        if month is not None:
            given["month"] = month.replace(day=1)
            if year is not None and (month.year if month.month >= 4 else month.year - 1) != year:
                self.add_error("month", _("月は、その年度の中の日付にしてください。"))
        return given


class CountForm(Form):
    before = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    count = WholeNumberField(label=_("件数・回数"), low=0, high=10_000_000)
