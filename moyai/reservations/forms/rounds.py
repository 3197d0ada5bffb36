"""Forms of the office's lotteries: the plan of a round, the seed, calling off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.reservations.actions.lotteries.rounds import RoundFacts
from moyai.reservations.models import Registration, Room, Round
from moyai.tenants.public import clock
from moyai.ui.public import Form, WholeNumberField


class SeedForm(Form):
    """種 — typed by two, each on his own screen."""

    seed = forms.CharField(
        label=_("種"),
        max_length=200,
        help_text=_("例：03 12 18 25 33 41。半角で、数字のあいだは空白を1つあけます。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class CallOffForm(Form):
    reason = forms.CharField(
        label=_("中止の理由"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("申し込んだ方全員に知らせます。"),
    )


class PlanForm(Form):
    """抽選回の予定. Dates with times of Japan."""

    title = forms.CharField(label=_("名前"), max_length=100, help_text=_("例：令和9年2月分 体育館"))
    for_from = DateBoxField(label=_("利用日（始まり）"))
    for_until = DateBoxField(label=_("利用日（終わり）"))
    enter_on = DateBoxField(label=_("申込みの始まりの日"))
    enter_at = forms.TimeField(label=_("その時刻"), input_formats=["%H:%M"], help_text=_("例：9:00"))
    end_on = DateBoxField(label=_("申込みの終わりの日"))
    end_at = forms.TimeField(label=_("その時刻（この時刻からは受け付けない）"), input_formats=["%H:%M"])
    mode = forms.ChoiceField(label=_("方法"), choices=Round.Mode.choices, widget=forms.RadioSelect)
    win_cap = WholeNumberField(label=_("1人の当選の上限"), low=1, high=50)
    wishes = WholeNumberField(label=_("1件の希望の数"), low=1, high=16)
    entry_cap = WholeNumberField(label=_("1人の申込みの上限"), low=1, high=50)
    groups_first = forms.BooleanField(label=_("団体を先に抽選する"), required=False)
    classes_first = forms.MultipleChoiceField(
        label=_("優先する区分"),
        choices=Registration.Class.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("表示の順に優先します。選ばなければ、区分では分けません。"),
    )
    confirm_on = DateBoxField(
        label=_("当選の確認の期限の日"),
        required=False,
        help_text=_("空欄なら、当選がそのまま予約になります。"),
    )
    confirm_at = forms.TimeField(label=_("期限の時刻"), input_formats=["%H:%M"], required=False)
    promote_hours = WholeNumberField(label=_("補欠の返事の時間"), low=1, high=720)
    seed_kind = forms.ChoiceField(
        label=_("種の決め方"),
        choices=[choice for choice in Round.SeedKind.choices if choice[0] != Round.SeedKind.COMMITMENT],
        widget=forms.RadioSelect,
    )
    seed_source = forms.CharField(
        label=_("種をどこから得るか"),
        max_length=200,
        required=False,
        help_text=_(
            "職員2人の立会いのときに書きます。締切より後に決まる、誰も選べない値にします。例：第1234回ロト6の本数字。"
        ),
    )
    rooms = forms.MultipleChoiceField(label=_("対象の室場"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, rooms: Iterable[Room], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["rooms"]
        field.choices = [(str(room.pk), f"{room.facility.name} {room.name}") for room in rooms]

    def facts(self) -> RoundFacts:
        found = self.cleaned_data
        return RoundFacts(
            title=found["title"],
            for_from=found["for_from"],
            for_until=found["for_until"],
            enter_from=moment(found["enter_on"], found["enter_at"]),
            enter_until=moment(found["end_on"], found["end_at"]),
            rooms=[int(room) for room in found["rooms"]],
            mode=found["mode"],
            win_cap=found["win_cap"],
            wishes=found["wishes"],
            entry_cap=found["entry_cap"],
            groups_first=found["groups_first"],
            classes_first=found["classes_first"],
            confirm_until=moment(found["confirm_on"], found["confirm_at"] or time(0))
            if found["confirm_on"]
            else None,
            promote_hours=found["promote_hours"],
            seed_kind=found["seed_kind"],
            seed_source=found["seed_source"],
        )

    def put(self, fields: dict[str, Any]) -> None:
        """A refusal beside its fields; moments are two boxes here."""
        names = {"enter_from": "enter_on", "enter_until": "end_on", "confirm_until": "confirm_on"}
        for name, text in fields.items():
            self.add_error(names.get(name, name) if names.get(name, name) in self.fields else None, str(text))


def moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, clock.JST)


def facts_in_boxes(facts: dict[str, Any]) -> dict[str, Any]:
    """What is known of a round, as the boxes of PlanForm begin."""
    boxes = dict(facts)
    for name, day, at in (
        ("enter_from", "enter_on", "enter_at"),
        ("enter_until", "end_on", "end_at"),
        ("confirm_until", "confirm_on", "confirm_at"),
    ):
        found = boxes.pop(name, None)
        if found is not None:
            local = found.astimezone(clock.JST)
            boxes[day], boxes[at] = local.date(), f"{local:%H:%M}"
    return boxes
