"""Forms of the secretariat's sittings: planning, recording, items, outcomes, minutes, tasks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.council.actions.items import MAY_BECOME
from moyai.council.models import Committee, Item, Meeting
from moyai.council.queries.meeting_words import titled
from moyai.tenants.public import Body, clock
from moyai.ui.public import Form, WholeNumberField

CHOOSE = ("", _("選択してください"))
NONE = ("", _("なし"))
DAY = _("例：R8.6.1 または 2026/6/1")


class MomentFields(Form):
    """期限 in two boxes, 日 and 時刻, read in Japanese time."""

    deadline_on = DateBoxField(label=_("表決の期限の日"), required=False, help_text=DAY)
    deadline_at = forms.TimeField(
        label=_("期限の時刻"), input_formats=["%H:%M"], required=False, help_text=_("例：17:00。空欄なら17時")
    )

    def deadline(self) -> datetime | None:
        day: date | None = self.cleaned_data.get("deadline_on")
        if day is None:
            return None
        at: time = self.cleaned_data.get("deadline_at") or time(17, 0)
        return datetime.combine(day, at, clock.JST)


def in_boxes(deadline: datetime | None) -> dict[str, Any]:
    if deadline is None:
        return {}
    local = deadline.astimezone(clock.JST)
    return {"deadline_on": local.date(), "deadline_at": f"{local:%H:%M}"}


class MeetingForm(MomentFields):
    """会議を準備する."""

    committee = forms.ChoiceField(label=_("会議体"))
    held_on = DateBoxField(label=_("開催日"), help_text=DAY)
    until_on = DateBoxField(label=_("終わりの日"), required=False, help_text=_("2日以上のときだけ"))
    begins = forms.TimeField(
        label=_("始まる時刻"), input_formats=["%H:%M"], required=False, help_text=_("例：13:30")
    )
    mode = forms.ChoiceField(label=_("開き方"), choices=Meeting.Mode.choices, widget=forms.RadioSelect)
    place = forms.CharField(label=_("場所"), max_length=100, required=False)
    name = forms.CharField(
        label=_("会議の名前"),
        max_length=100,
        required=False,
        help_text=_("例：定期総会。空欄なら会議体の名前だけ"),
    )
    public = forms.BooleanField(label=_("日と議題を公開の報告に載せる"), required=False)

    field_order = (
        "committee", "held_on", "until_on", "begins", "mode", "place", "name", "deadline_on", "deadline_at", "public",
    )  # fmt: skip

    def __init__(self, *args: Any, committees: Sequence[Committee] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(one.pk): one for one in committees}
        choices = [CHOOSE, *((str(one.pk), one.name) for one in committees)]
        if "committee" in self.fields:
            self.fields["committee"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> Committee:
        return self.by_id[self.cleaned_data["committee"]]

    def facts(self) -> dict[str, Any]:
        found = self.cleaned_data
        return {
            **{
                name: found[name]
                for name in ("held_on", "until_on", "begins", "mode", "place", "name", "public")
            },
            "deadline": self.deadline(),
        }


class EditMeetingForm(MeetingForm):
    """会議を直す — with the version that was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    and_others = forms.BooleanField(label=_("ほかの日もある（「ほか」と書く）"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["committee"]

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"and_others": self.cleaned_data["and_others"]}


class RecordMeetingForm(MeetingForm):
    """過去の会議を記録する."""

    number = WholeNumberField(
        label=_("第何回"), low=1, high=999, required=False, help_text=_("空欄なら、その年度の次の回")
    )
    source = forms.CharField(
        label=_("出典"), max_length=200, required=False, help_text=_("例：平成29年度事業報告 3ページ")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["deadline_on"], self.fields["deadline_at"]

    def facts(self) -> dict[str, Any]:
        found = self.cleaned_data
        names = ("held_on", "until_on", "begins", "mode", "place", "name", "public", "number", "source")
        return {name: found[name] for name in names}


class SeriesForm(Form):
    """月例会議をまとめて準備する."""

    committee = forms.ChoiceField(label=_("会議体"))
    first_on = DateBoxField(label=_("最初の日"), help_text=_("毎月この日に予定します。例：R8.6.10"))
    until_on = DateBoxField(label=_("最後の日"), help_text=DAY)
    every_months = WholeNumberField(label=_("何か月ごと"), low=1, high=12)
    mode = forms.ChoiceField(label=_("開き方"), choices=Meeting.Mode.choices, widget=forms.RadioSelect)
    place = forms.CharField(label=_("場所"), max_length=100, required=False)

    def __init__(self, *args: Any, committees: Sequence[Committee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_id = {str(one.pk): one for one in committees}
        choices = [CHOOSE, *((str(one.pk), one.name) for one in committees)]
        self.fields["committee"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> Committee:
        return self.by_id[self.cleaned_data["committee"]]


class CancelForm(Form):
    reason = forms.CharField(
        label=_("中止の理由"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("招集した方全員に知らせます。"),
    )


class ItemForm(Form):
    """議案を加える・直す."""

    title = forms.CharField(label=_("議題"), max_length=300)
    kind = forms.ChoiceField(label=_("種類"), choices=Item.Kind.choices, widget=forms.RadioSelect)
    heading = forms.ChoiceField(label=_("見出し"), required=False, help_text=_("別の議題の下に置くとき"))
    text = forms.CharField(
        label=_("本文"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    rule = forms.ChoiceField(label=_("表決の要件"), required=False)

    def __init__(self, *args: Any, items: Iterable[Item], rules: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items_by_id = {str(item.pk): item for item in items}
        headings = [NONE, *((pk, item.title) for pk, item in self.items_by_id.items())]
        self.fields["heading"].choices = headings  # type: ignore[attr-defined]
        named = [("", _("通常の要件")), *((name, name) for name in rules if name)]
        self.fields["rule"].choices = named  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        found = self.cleaned_data
        return {
            "title": found["title"],
            "kind": found["kind"],
            "text": found["text"],
            "rule": found["rule"],
            "heading": self.items_by_id.get(found["heading"]),
        }


class EditItemForm(ItemForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class DecideForm(Form):
    """結論を登録する."""

    state = forms.ChoiceField(label=_("結論"), widget=forms.RadioSelect)
    outcome = forms.CharField(
        label=_("結論の内容"), max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    decided_on = DateBoxField(label=_("決定の日"), required=False, help_text=_("空欄なら、会議の開催日"))

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = MAY_BECOME[Item.Kind(item.kind)]
        choices = [choice for choice in Item.State.choices if choice[0] in allowed]
        self.fields["state"].choices = choices  # type: ignore[attr-defined]


class ClimbForm(Form):
    """上申された議案を加える."""

    origins = forms.MultipleChoiceField(
        label=_("下の会議体で決まった議案"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("2つ以上選ぶと、1つの議案にまとめます。"),
    )
    title = forms.CharField(
        label=_("議題"), max_length=300, required=False, help_text=_("空欄なら、最初に選んだ議案と同じ")
    )

    def __init__(self, *args: Any, items: Sequence[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items_by_id = {str(item.pk): item for item in items}
        choices = [(pk, f"{titled(item.meeting)}：{item.title}") for pk, item in self.items_by_id.items()]
        self.fields["origins"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> list[Item]:
        return [self.items_by_id[pk] for pk in self.cleaned_data["origins"]]


class MinutesForm(Form):
    """議事録を書く."""

    minutes = forms.CharField(
        label=_("議事録"), required=False, widget=forms.Textarea(attrs={"rows": 24}), strip=False
    )
    state = forms.ChoiceField(
        label=_("状態"),
        choices=[("draft", _("案（事務局だけが読む）")), ("amend", _("確認中（構成員が読む）"))],
        widget=forms.RadioSelect,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_minutes(self) -> str:
        return str(self.cleaned_data["minutes"]).replace("\r\n", "\n")


class FixMinutesForm(Form):
    version = forms.IntegerField(widget=forms.HiddenInput)


class TranscriptForm(Form):
    """書き起こしを読み込む."""

    file = forms.FileField(
        label=_("書き起こしのファイル"),
        help_text=_("テキスト（.txt）、WebVTT（.vtt）かWordの文書（.docx）。議事録の後ろに加えます。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.vtt,.docx,text/plain,text/vtt"}),
    )
    use = forms.ChoiceField(
        label=_("返却するライセンス"), required=False, help_text=_("読み込むと同時に返却します。")
    )
    sound_minutes = WholeNumberField(
        label=_("音声の長さ（分）"),
        low=0,
        high=100_000,
        required=False,
        help_text=_("時刻のあるファイルでは、ファイルから読み取ります。"),
    )
    saved_minutes = WholeNumberField(label=_("減った作業の時間（分）"), low=0, high=100_000, required=False)

    def __init__(self, *args: Any, uses: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uses_by_id = {str(use.pk): use for use in uses}
        choices: list[tuple[Any, Any]] = [NONE]
        choices += [
            (pk, f"{use.pool.name} {use.seat}（{use.taken_by}）") for pk, use in self.uses_by_id.items()
        ]
        self.fields["use"].choices = choices  # type: ignore[attr-defined]


class TaskForm(Form):
    """宿題を登録する."""

    text = forms.CharField(label=_("内容"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))
    item = forms.ChoiceField(label=_("議題"), required=False)
    body = forms.ChoiceField(label=_("担当の団体"), required=False)
    who = forms.CharField(
        label=_("担当者"), max_length=100, required=False, help_text=_("団体でないとき。例：事業者")
    )
    due_on = DateBoxField(label=_("期限"), required=False, help_text=DAY)

    def __init__(self, *args: Any, items: Iterable[Item], bodies: Iterable[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items_by_id = {str(item.pk): item for item in items}
        self.by_code = {body.code: body for body in bodies}
        of_items = [NONE, *((pk, item.title) for pk, item in self.items_by_id.items())]
        self.fields["item"].choices = of_items  # type: ignore[attr-defined]
        of_bodies = [NONE, *((code, body.name) for code, body in self.by_code.items())]
        self.fields["body"].choices = of_bodies  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        found = self.cleaned_data
        return {
            "text": found["text"],
            "item": self.items_by_id.get(found["item"]),
            "body": self.by_code.get(found["body"]),
            "who": found["who"],
            "due_on": found["due_on"],
        }


class FinishTaskForm(Form):
    evidence = forms.CharField(
        label=_("完了を示すもの"), max_length=300, help_text=_("例：第3回部会 別紙2、文書番号")
    )
    done_on = DateBoxField(label=_("完了の日"), required=False, help_text=_("空欄なら今日"))
