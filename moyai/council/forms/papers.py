"""Forms of papers, licences and printed sheets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.council.forms.meetings import CHOOSE, DAY, NONE, MomentFields
from moyai.council.models import Item, Paper
from moyai.council.queries.meeting_words import titled
from moyai.ui.public import Form, WholeNumberField

ACCEPT = ".pdf,.docx,.xlsx,.pptx,.txt"


def file_field(label: Any) -> forms.FileField:
    return forms.FileField(
        label=label,
        help_text=_("PDF・Word・Excel・PowerPoint・テキスト、20MBまで"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )


class PaperForm(Form):
    """資料を加える."""

    title = forms.CharField(label=_("資料の名前"), max_length=200)
    item = forms.ChoiceField(label=_("議題"), required=False, help_text=_("空欄なら、会議全体の資料"))
    readers = forms.ChoiceField(label=_("読める人"), choices=Paper.Readers.choices, widget=forms.RadioSelect)
    file = file_field(_("ファイル"))

    def __init__(self, *args: Any, items: Iterable[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items_by_id = {str(item.pk): item for item in items}
        choices = [NONE, *((pk, item.title) for pk, item in self.items_by_id.items())]
        self.fields["item"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> Item | None:
        return self.items_by_id.get(self.cleaned_data["item"])


class AttachForm(Form):
    """ほかの会議の資料を付ける."""

    paper = forms.ChoiceField(label=_("資料"))
    item = forms.ChoiceField(label=_("議題"), required=False, help_text=_("空欄なら、会議全体の資料"))
    readers = forms.ChoiceField(label=_("読める人"), choices=Paper.Readers.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, items: Iterable[Item], papers: Iterable[Paper], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items_by_id = {str(item.pk): item for item in items}
        self.papers_by_id = {str(paper.pk): paper for paper in papers}
        of_items = [NONE, *((pk, item.title) for pk, item in self.items_by_id.items())]
        self.fields["item"].choices = of_items  # type: ignore[attr-defined]
        of_papers: list[tuple[Any, Any]] = [CHOOSE]
        of_papers += [
            (pk, f"{titled(paper.meeting)}：{paper.title}")
            for pk, paper in self.papers_by_id.items()
            if paper.meeting is not None
        ]
        self.fields["paper"].choices = of_papers  # type: ignore[attr-defined]


class ReplacePaperForm(MomentFields):
    """資料を差し替える. The new deadline is asked for where the item is being voted on."""

    file = file_field(_("新しいファイル"))
    title = forms.CharField(
        label=_("資料の名前"), max_length=200, required=False, help_text=_("空欄なら、今のまま")
    )

    field_order = ("file", "title", "deadline_on", "deadline_at")

    def __init__(self, *args: Any, voting: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not voting:
            del self.fields["deadline_on"], self.fields["deadline_at"]


class ChangePaperForm(Form):
    readers = forms.ChoiceField(label=_("読める人"), choices=Paper.Readers.choices, widget=forms.RadioSelect)
    position = WholeNumberField(
        label=_("同じ議題の資料の中の順"),
        low=1,
        high=999,
        required=False,
        help_text=_("番号（別紙）は順に付きます。"),
    )


class PoolForm(Form):
    """ライセンスを登録する."""

    name = forms.CharField(label=_("ライセンスの名前"), max_length=60)
    seats = WholeNumberField(label=_("同時に使える数"), low=1, high=500)
    from_on = DateBoxField(label=_("使える最初の日"), help_text=DAY)
    until_on = DateBoxField(label=_("使える最後の日"), required=False, help_text=DAY)


class ChangePoolForm(Form):
    seats = WholeNumberField(label=_("同時に使える数"), low=1, high=500)
    until_on = DateBoxField(label=_("使える最後の日"), required=False, help_text=DAY)


class GiveBackForm(Form):
    """ライセンスを返す."""

    sound_minutes = WholeNumberField(label=_("音声の長さ（分）"), low=0, high=100_000)
    saved_minutes = WholeNumberField(label=_("減った作業の時間（分）"), low=0, high=100_000)


class YearsForm(Form):
    """Which fiscal years are compared."""

    year = WholeNumberField(label=_("年度（西暦）"), low=1989, high=2200)
    base = WholeNumberField(label=_("比べる年度（西暦）"), low=1989, high=2200)


class PrintForm(Form):
    """印刷枚数を登録する."""

    section = forms.CharField(label=_("部署"), max_length=60)
    month = DateBoxField(label=_("月"), help_text=_("その月のどの日でもかまいません。例：R8.4.1"))
    sheets = WholeNumberField(label=_("枚数"), low=0, high=2_000_000_000)
