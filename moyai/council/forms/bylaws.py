"""Forms of the council's rules and of notices to members."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.council.forms.bodies import CHOOSE, DAY, NONE, free_code, of
from moyai.council.models import Bylaw, BylawVersion, Committee, Item, Paper
from moyai.ui.public import Form, WholeNumberField

LONGEST_TEXT = 200_000


class BylawForm(Form):
    """規程の登録."""

    code = forms.SlugField(
        label=_("規程の記号"), max_length=60, help_text=_("英小文字とハイフン。例：charter")
    )
    name = forms.CharField(label=_("名称"), max_length=120)
    kind = forms.ChoiceField(label=_("種類"), choices=[CHOOSE, *Bylaw.Kind.choices])
    public = forms.BooleanField(label=_("だれでも読めるようにする"), required=False)
    position = WholeNumberField(label=_("並び順"), required=False, low=0, high=9999)

    def clean_code(self) -> str:
        return free_code(self.cleaned_data["code"])

    def facts(self) -> dict[str, Any]:
        return {**self.cleaned_data, "position": self.cleaned_data["position"] or 0}


class ArrangeBylawForm(Form):
    name = forms.CharField(label=_("名称"), max_length=120)
    public = forms.BooleanField(label=_("だれでも読めるようにする"), required=False)
    position = WholeNumberField(label=_("並び順"), required=False, low=0, high=9999)

    def facts(self) -> dict[str, Any]:
        return {**self.cleaned_data, "position": self.cleaned_data["position"] or 0}


class _DecidedForm(Form):
    """What both 改正 and 廃止 say: from when, called what, decided by which item."""

    from_on = DateBoxField(label=_("施行の日"), help_text=DAY)
    label = forms.CharField(
        label=_("版の名前"), required=False, max_length=60, help_text=_("例：令和7年4月改正、Ver.1.0")
    )
    decided_by = forms.ChoiceField(label=_("決めた議案"), required=False)
    source = forms.CharField(label=_("出典"), required=False, max_length=200)

    def __init__(self, *args: Any, items: list[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = {str(item.pk): item for item in items}
        fields: Any = self.fields
        fields["decided_by"].choices = [
            NONE, *((key, f"{item.meeting.committee.name}：{item.title}") for key, item in self.items.items())
        ]  # fmt: skip

    def facts(self) -> dict[str, Any]:
        return {**self.cleaned_data, "decided_by": self.items.get(self.cleaned_data["decided_by"])}


class EnactForm(_DecidedForm):
    """制定・改正."""

    text = forms.CharField(
        label=_("全文"), widget=forms.Textarea, max_length=LONGEST_TEXT, strip=False,
        help_text=_("改めたところだけでなく、全文を入力してください"),
    )  # fmt: skip
    field_order = ("from_on", "label", "text", "decided_by", "source")


class AbolishForm(_DecidedForm):
    """廃止."""


class CompareForm(Form):
    """新旧対照 of two versions."""

    before = forms.ChoiceField(label=_("前の版"))
    after = forms.ChoiceField(label=_("後の版"))

    def __init__(self, *args: Any, versions: list[BylawVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {str(one.number): one for one in versions}
        fields: Any = self.fields
        for name in ("before", "after"):
            fields[name].choices = [(key, version_name(one)) for key, one in self.versions.items()]


def version_name(version: BylawVersion) -> str:
    """第2版（令和7年4月改正）."""

    words = gettext("第%(n)s版") % {"n": version.number}
    return f"{words}（{version.label}）" if version.label else words


class CiteForm(Form):
    """引用."""

    bylaw = forms.ChoiceField(label=_("規程"))
    article = forms.CharField(label=_("条"), required=False, max_length=60, help_text=_("例：第8条第2項"))
    on = DateBoxField(label=_("引用する日"), help_text=_("この日に効力のある版を引用します"))

    def __init__(self, *args: Any, bylaws: list[Bylaw], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bylaws = of(self, "bylaw", bylaws, "code", first=CHOOSE)

    def facts(self) -> dict[str, Any]:
        return {**self.cleaned_data, "bylaw": self.bylaws[self.cleaned_data["bylaw"]]}


class PostingForm(Form):
    """お知らせ."""

    title = forms.CharField(label=_("件名"), max_length=200)
    text = forms.CharField(label=_("本文"), widget=forms.Textarea, max_length=20_000)
    readers = forms.ChoiceField(
        label=_("読める人"),
        choices=[
            (Paper.Readers.MEMBERS, _("全会員")),
            (Paper.Readers.COMMITTEE, _("会議体の構成員だけ")),
            (Paper.Readers.PUBLIC, _("だれでも（公開）")),
        ],
        widget=forms.RadioSelect,
    )
    committee = forms.ChoiceField(label=_("会議体"), required=False, help_text=_("構成員だけに知らせるとき"))
    until_on = DateBoxField(label=_("掲載する最後の日"), required=False, help_text=DAY)
    bylaw = forms.ChoiceField(label=_("引用する規程"), required=False)
    article = forms.CharField(
        label=_("引用する条"), required=False, max_length=60, help_text=_("例：第8条第2項")
    )
    by_mail = forms.BooleanField(label=_("会員に通知する"), required=False, initial=True)

    def __init__(self, *args: Any, committees: list[Committee], bylaws: list[Bylaw], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.committees = of(self, "committee", committees, "code")
        self.bylaws = of(self, "bylaw", bylaws, "code")

    def facts(self) -> dict[str, Any]:
        facts = dict(self.cleaned_data)
        bylaw, article = self.bylaws.get(facts.pop("bylaw")), facts.pop("article")
        facts["committee"] = self.committees.get(facts["committee"])
        facts["cites"] = [(bylaw, article)] if bylaw else []
        return facts


class EndPostingForm(Form):
    until_on = DateBoxField(label=_("掲載する最後の日"), help_text=DAY)


class SearchForm(Form):
    """会員のページの検索."""

    q = forms.CharField(label=_("探す言葉"), max_length=100)
