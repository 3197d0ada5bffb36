"""Forms of 受付."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.operations.forms.fields import (
    CHOOSE,
    DAY_HINT,
    NONE,
    TIME_HINT,
    MinuteField,
    Offered,
    VersionForm,
    choose,
    moment,
)
from moyai.operations.models import Case, Kind, System
from moyai.tenants.public import Body
from moyai.ui.public import AmountField, Form, WholeNumberField

LONG = 10_000


def _text(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONG, widget=forms.Textarea(attrs={"rows": 6}), **more)


PROCUREMENTS = [("", _("調達ではない")), *Case.Procurement.choices]


def limits_of(kind: Kind) -> str:
    """「物品30,000,000円以上、委託20,000,000円以上」; blank where a kind has none."""
    return str(_("、")).join(
        _("%(sort)s%(yen)s円以上") % {"sort": Case.Procurement(sort).label, "yen": f"{yen:,}"}
        for sort, yen in kind.limits.items()
    )


def limits_words(kinds: Iterable[Kind]) -> str:
    """From which amounts a review is due, of every kind with limits: what the field of 調達の種類 is for."""
    words = [
        _("%(kind)sは、%(limits)sで確認が必要です。")
        % {
            "kind": kind.name,
            "limits": limits_of(kind),
        }
        for kind in kinds
        if kind.limits
    ]
    if any(kind.limits and "lease" not in kind.limits for kind in kinds):
        words.append(str(_("リースは委託に含みます。")))
    return "".join(words)


class NewCaseForm(Form):
    """What every case has."""

    kind = forms.ChoiceField(label=_("種類"))
    title = forms.CharField(label=_("件名"), max_length=200)
    text = _text(_("内容"), required=False)
    system = forms.ChoiceField(label=_("システム"), required=False)
    section = forms.CharField(label=_("課・部局"), max_length=60, required=False)
    amount_yen = AmountField(
        label=_("金額"), required=False, help_text=_("予算確認と仕様書確認では、予定の額を入力してください。")
    )

    procurement = forms.ChoiceField(label=_("調達の種類"), required=False, choices=PROCUREMENTS)

    def __init__(self, *args: Any, kinds: list[Kind], systems: list[System], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = {kind.code: kind for kind in kinds}
        self.fields["procurement"].help_text = limits_words(kinds)
        self.systems = {system.code: system for system in systems}
        choose(self, "kind", [CHOOSE, *((code, kind.name) for code, kind in self.kinds.items())])
        choose(self, "system", [NONE, *((code, system.name) for code, system in self.systems.items())])

    def chosen(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "kind": self.kinds[given["kind"]],
            "title": given["title"],
            "text": given["text"],
            "system": self.systems.get(given["system"]),
            "section": given["section"],
            "amount_yen": given["amount_yen"],
            "procurement": given["procurement"],
        }


class MemberCaseForm(NewCaseForm):
    """協議会の受付に送る — by a member's staff."""


class DeskCaseForm(NewCaseForm):
    """受け付けた案件を記録する — by who answers: for a member, a vendor, a section."""

    body = forms.ChoiceField(label=_("団体"), required=False)
    party = forms.CharField(label=_("事業者など"), max_length=120, required=False)
    asked_by = forms.CharField(label=_("尋ねた方"), max_length=100, required=False)
    way = forms.ChoiceField(
        label=_("受け付けた方法"),
        choices=[
            ("phone", _("電話")),
            ("mail", _("メール")),
            ("desk", _("窓口")),
            ("web", _("画面")),
        ],
    )
    came_on = DateBoxField(
        label=_("受け付けた日"), required=False, help_text=_("空のままにすると、今として記録します。")
    )
    came_at = MinuteField(label=_("受け付けた時刻"), required=False, help_text=TIME_HINT)

    def __init__(self, *args: Any, bodies: list[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = Offered(bodies=bodies)
        choose(self, "body", self.offered.body_choices())

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("came_on") is None and given.get("came_at") is not None and "came_on" not in self.errors:
            self.add_error("came_on", _("受け付けた日を入力してください。"))
        return given

    def chosen(self) -> dict[str, Any]:
        given = self.cleaned_data
        came: datetime | None = None
        if given["came_on"] is not None:
            came = moment(given["came_on"], given["came_at"] or 0)
        return {
            **super().chosen(),
            "body": self.offered.bodies.get(given["body"]),
            "party": given["party"],
            "asked_by": given["asked_by"],
            "way": given["way"],
            "came_at": came,
        }


class FilterForm(Form):
    q = forms.CharField(label=_("番号・件名"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("種類"), required=False)
    body = forms.ChoiceField(label=_("団体"), required=False)
    view = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kinds: list[Kind], bodies: list[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "kind", [("", _("すべて")), *((kind.code, kind.name) for kind in kinds)])
        choose(self, "body", [("", _("すべて")), *((body.code, body.name) for body in bodies)])


class AnswerForm(VersionForm):
    text = _text(_("回答"))
    solved = forms.BooleanField(label=_("この回答で解決とする"), required=False)
    amount_after_yen = AmountField(
        label=_("確認の後の額"), required=False, help_text=_("予算確認の案件だけ。")
    )


class TextForm(VersionForm):
    text = _text(_("内容"))


class NoteForm(Form):
    text = _text(_("内部メモ"), help_text=_("団体には見えません。"))


class AssignForm(VersionForm):
    assignee = forms.CharField(
        label=_("担当者"), max_length=100, required=False, help_text=_("空にすると、担当者なしになります。")
    )


class TurnForm(VersionForm):
    kind = forms.ChoiceField(label=_("種類"))
    amount_yen = AmountField(
        label=_("金額"), required=False, help_text=_("空のままにすると、金額を変えません。")
    )
    procurement = forms.ChoiceField(label=_("調達の種類"), required=False, choices=PROCUREMENTS)

    def __init__(self, *args: Any, kinds: list[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = {kind.code: kind for kind in kinds}
        choose(self, "kind", [(code, kind.name) for code, kind in self.kinds.items()])
        self.fields["procurement"].help_text = limits_words(kinds)


class DecideForm(VersionForm):
    decision = forms.ChoiceField(label=_("採否"), choices=Case.Decision.choices, widget=forms.RadioSelect)
    decided_on = DateBoxField(label=_("決めた日"), help_text=DAY_HINT)
    decided_by = forms.CharField(
        label=_("決めた会議"), max_length=180, help_text=_("例：電子申請研究会 第3回")
    )
    release = forms.CharField(
        label=_("リリース番号"),
        max_length=60,
        required=False,
        help_text=_("採用し、時期が決まっているとき。"),
    )
    text = _text(_("理由"), required=False)


class ReleaseForm(VersionForm):
    release = forms.CharField(
        label=_("リリース番号"), max_length=60, help_text=_("例：2026年9月版、規程 第3版")
    )


class ShareForm(VersionForm):
    title = forms.CharField(label=_("一覧に出す題"), max_length=200)
    text = _text(
        _("一覧に出す内容"), help_text=_("すべての団体が読みます。尋ねた団体や人の名前を書かないでください。")
    )


class CloseForm(VersionForm):
    """完了 — nothing to type but the button."""


class KindForm(Form):
    """受付の種類."""

    code = forms.SlugField(label=_("記号"), max_length=40)
    name = forms.CharField(label=_("名前"), max_length=60)
    ends_in_decision = forms.BooleanField(label=_("採用・不採用・保留を決める"), required=False)
    answer_minutes = WholeNumberField(
        label=_("初回の回答までの時間（分）"),
        low=1,
        high=200_000,
        required=False,
        help_text=_("開庁日の8時30分から17時15分までで数えます。1日は525分。"),
    )
    solve_minutes = WholeNumberField(label=_("解決までの時間（分）"), low=1, high=200_000, required=False)
    around_the_clock = forms.BooleanField(label=_("24時間365日数える"), required=False)
    goods_yen = AmountField(label=_("物品の確認の下限"), required=False)
    services_yen = AmountField(label=_("委託の確認の下限"), required=False)
    lease_yen = AmountField(
        label=_("リースの確認の下限"), required=False, help_text=_("空のままにすると、委託の下限によります。")
    )
    position = WholeNumberField(label=_("並び順"), low=0, high=9_999, required=False)

    def chosen(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        limits = {
            name: amount
            for name in Case.Procurement.values
            if (amount := given.pop(f"{name}_yen")) is not None
        }
        return {**given, "limits": limits, "position": given["position"] or 0}


class SupportForm(Form):
    text = _text(_("一言（任意）"), required=False)
