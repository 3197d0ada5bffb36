"""Forms of committees, seats, offices, candidates, and of a member that leaves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.council.models import Candidate, Committee, Seat, VotingRule
from moyai.tenants.public import Body, Service
from moyai.ui.public import Form, WholeNumberField

DAY = _("例：R8.4.1 または 2026/4/1")
NONE = ("", _("なし"))
CHOOSE = ("", _("選択してください"))


def of(
    form: Form, name: str, rows: Iterable[Any], key: str, *, first: tuple[str, Any] = NONE
) -> dict[str, Any]:
    """Fill a choice with rows by one of their codes; gives them by it."""
    found = {str(getattr(row, key)): row for row in rows}
    fields: Any = form.fields
    fields[name].choices = [first, *((code, row.name) for code, row in found.items())]
    return found


def free_code(code: str) -> str:
    """A code that is no word of our own addresses (/committees/new/)."""
    if code == "new":
        raise forms.ValidationError(_("この記号は使えません。別の記号にしてください。"))
    return code


class CommitteeForm(Form):
    """会議体の設置."""

    code = forms.SlugField(
        label=_("会議体の記号"), max_length=60, help_text=_("英小文字とハイフン。例：security-wg")
    )
    name = forms.CharField(label=_("名称"), max_length=100)
    kind = forms.ChoiceField(label=_("種類"), choices=[CHOOSE, *Committee.Kind.choices])
    form = forms.ChoiceField(label=_("組織の性格"), choices=Committee.Form.choices, widget=forms.RadioSelect)
    from_on = DateBoxField(label=_("設置の日"), help_text=DAY)
    until_on = DateBoxField(label=_("存続する最後の日"), required=False, help_text=_("決まっている場合だけ"))
    purpose = forms.CharField(label=_("目的"), required=False, widget=forms.Textarea, max_length=2000)
    parent = forms.ChoiceField(label=_("属する会議体"), required=False)
    climbs_to = forms.ChoiceField(label=_("議案を上げる先"), required=False)
    follows = forms.ChoiceField(label=_("前身の会議体"), required=False)
    service = forms.ChoiceField(
        label=_("対象の事業"), required=False, help_text=_("選ぶと、その事業の利用団体だけが会員になります")
    )
    open_to_all = forms.BooleanField(label=_("全会員で構成する"), required=False)
    position = WholeNumberField(label=_("並び順"), required=False, low=0, high=9999)

    def __init__(
        self, *args: Any, committees: list[Committee], services: list[Service], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.committees = {}
        for name in ("parent", "climbs_to", "follows"):
            self.committees = of(self, name, committees, "code")
        self.services = of(self, "service", services, "code")

    def clean_code(self) -> str:
        return free_code(self.cleaned_data["code"])

    def facts(self) -> dict[str, Any]:
        facts = dict(self.cleaned_data)
        for name in ("parent", "climbs_to", "follows"):
            facts[name] = self.committees.get(facts[name])
        facts["service"] = self.services.get(facts["service"])
        facts["position"] = facts["position"] or 0
        return facts


class ArrangeForm(Form):
    """目的・属する会議体・上申先・並び順."""

    purpose = forms.CharField(label=_("目的"), required=False, widget=forms.Textarea, max_length=2000)
    parent = forms.ChoiceField(label=_("属する会議体"), required=False)
    climbs_to = forms.ChoiceField(label=_("議案を上げる先"), required=False)
    position = WholeNumberField(label=_("並び順"), required=False, low=0, high=9999)

    def __init__(self, *args: Any, committees: list[Committee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of(self, "parent", committees, "code")
        self.committees = of(self, "climbs_to", committees, "code")

    def facts(self) -> dict[str, Any]:
        facts = dict(self.cleaned_data)
        for name in ("parent", "climbs_to"):
            facts[name] = self.committees.get(facts[name])
        facts["position"] = facts["position"] or 0
        return facts


class RenameForm(Form):
    name = forms.CharField(label=_("新しい名称"), max_length=100)
    form = forms.ChoiceField(label=_("組織の性格"), choices=Committee.Form.choices, widget=forms.RadioSelect)
    from_on = DateBoxField(label=_("この名称になる日"), help_text=DAY)


class EndForm(Form):
    """最後の日 of anything that lives from a day to a day."""

    until_on = DateBoxField(label=_("最後の日"), help_text=DAY)


class EndSeatForm(EndForm):
    why_left = forms.CharField(label=_("離れる理由"), required=False, max_length=200)


class LeaveForm(EndForm):
    why = forms.CharField(label=_("脱退の理由"), required=False, max_length=200)


class SeatForm(Form):
    """構成員."""

    body = forms.ChoiceField(label=_("団体"), required=False)
    name = forms.CharField(
        label=_("団体でない方の名前"),
        required=False,
        max_length=100,
        help_text=_("団体を選んだときは、書かないでください"),
    )
    capacity = forms.ChoiceField(label=_("区分"), choices=Seat.Capacity.choices, widget=forms.RadioSelect)
    block = forms.CharField(label=_("地域ブロック"), required=False, max_length=60)
    section = forms.CharField(label=_("課・係"), required=False, max_length=60)
    from_on = DateBoxField(label=_("始まりの日"), help_text=DAY)
    until_on = DateBoxField(label=_("終わりの日"), required=False, help_text=_("決まっている場合だけ"))

    def __init__(self, *args: Any, bodies: list[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = of(self, "body", bodies, "code", first=("", _("団体ではない")))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("body") and found.get("name"):
            self.add_error("name", _("団体を選んだときは、名前を空にしてください。"))
        return found

    def facts(self) -> dict[str, Any]:
        return {**self.cleaned_data, "body": self.bodies.get(self.cleaned_data["body"])}


class ChangeSeatForm(Form):
    capacity = forms.ChoiceField(
        label=_("新しい区分"), choices=Seat.Capacity.choices, widget=forms.RadioSelect
    )
    block = forms.CharField(label=_("地域ブロック"), required=False, max_length=60)
    section = forms.CharField(label=_("課・係"), required=False, max_length=60)
    from_on = DateBoxField(label=_("改める日"), help_text=DAY)


class VotingRuleForm(Form):
    """定足数と表決の要件."""

    name = forms.CharField(
        label=_("要件の名前"),
        required=False,
        max_length=60,
        help_text=_("通常の表決は空のまま。例：特別議決"),
    )
    quorum = forms.CharField(
        label=_("定足数"), initial="1/2", max_length=7, help_text=_("構成員に対する割合。例：1/2")
    )
    quorum_suffices = forms.BooleanField(
        label=_("定足数は、ちょうどこの割合でも足りる（以上）"), required=False
    )
    majority = forms.CharField(
        label=_("可決に要る割合"), initial="1/2", max_length=7, help_text=_("例：1/2、2/3")
    )
    majority_suffices = forms.BooleanField(
        label=_("可決は、ちょうどこの割合でも足りる（以上）"), required=False
    )
    base = forms.ChoiceField(label=_("割合の母数"), choices=VotingRule.Base.choices, widget=forms.RadioSelect)
    chair_breaks_ties = forms.BooleanField(label=_("可否同数のときは議長が決める"), required=False)
    written = forms.BooleanField(label=_("書面表決を認める"), required=False)
    proxies = forms.BooleanField(label=_("委任を認める"), required=False)
    source = forms.CharField(label=_("根拠"), max_length=200, help_text=_("例：会則第9条第3項"))
    from_on = DateBoxField(label=_("この要件になる日"), help_text=DAY)


class OfficeForm(Form):
    """役職."""

    code = forms.SlugField(
        label=_("役職の記号"),
        max_length=40,
        help_text=_("英小文字とハイフン。会長・議長は chair にしてください"),
    )
    name = forms.CharField(label=_("役職の名前"), max_length=60)
    holders = WholeNumberField(label=_("定数"), initial=1, low=1, high=200)
    term_years = WholeNumberField(label=_("任期（年）"), initial=1, low=1, high=20)
    rotation = forms.CharField(
        label=_("輪番の団体コード"),
        required=False,
        widget=forms.Textarea,
        max_length=2000,
        help_text=_("回る順に1行に1つ。選挙や互選で決める役職では空のまま"),
    )
    rotation_from = WholeNumberField(label=_("輪番の最初の年度"), required=False, low=1950, high=2200)
    rotation_until = WholeNumberField(label=_("輪番の最後の年度"), required=False, low=1950, high=2200)
    source = forms.CharField(label=_("根拠"), required=False, max_length=200, help_text=_("例：会則第6条"))
    position = WholeNumberField(label=_("並び順"), required=False, low=0, high=9999)
    from_on = DateBoxField(label=_("置く日"), help_text=DAY)
    until_on = DateBoxField(label=_("最後の日"), required=False, help_text=_("決まっている場合だけ"))

    def facts(self) -> dict[str, Any]:
        facts = dict(self.cleaned_data)
        facts["rotation"] = facts["rotation"].split()
        facts["position"] = facts["position"] or 0
        return facts


class AppointForm(Form):
    """選任."""

    body = forms.ChoiceField(label=_("団体"))
    holder = forms.CharField(
        label=_("職名・氏名"), required=False, max_length=100, help_text=_("例：情報政策課長")
    )
    place = WholeNumberField(label=_("何人目"), initial=1, low=1, high=200)
    from_on = DateBoxField(label=_("任期の始まり"), help_text=DAY)
    until_on = DateBoxField(
        label=_("任期の終わり"), required=False, help_text=_("空のままなら、役職の任期いっぱい")
    )

    def __init__(self, *args: Any, bodies: list[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = of(self, "body", bodies, "code", first=CHOOSE)

    def facts(self) -> dict[str, Any]:
        return {**self.cleaned_data, "body": self.bodies[self.cleaned_data["body"]]}


class TurnForm(Form):
    """輪番による選任."""

    year = WholeNumberField(label=_("年度"), low=1950, high=2200)
    holder = forms.CharField(label=_("職名・氏名"), required=False, max_length=100)


CONSENT = [("", _("まだ聞いていない・変わらない")), ("yes", _("同意した")), ("no", _("同意しない"))]
AGREES = {"yes": True, "no": False}


class _TalkForm(Form):
    noted_on = DateBoxField(label=_("日付"), help_text=DAY)
    vendor_agrees = forms.ChoiceField(label=_("事業者の同意"), required=False, choices=CONSENT)
    wanted_from = DateBoxField(label=_("加入を希望する日"), required=False, help_text=DAY)
    note = forms.CharField(label=_("話の内容"), required=False, widget=forms.Textarea, max_length=2000)

    def talk(self) -> dict[str, Any]:
        facts = {name: self.cleaned_data[name] for name in ("noted_on", "wanted_from", "note")}
        return {**facts, "vendor_agrees": AGREES.get(self.cleaned_data["vendor_agrees"])}


class InviteForm(_TalkForm):
    """勧誘."""

    committee = forms.ChoiceField(label=_("会議体・グループ"))
    body = forms.ChoiceField(label=_("協議会の団体"), required=False)
    name = forms.CharField(
        label=_("協議会の外の団体の名前"),
        required=False,
        max_length=100,
        help_text=_("上で団体を選ばないとき"),
    )
    field_order = ("committee", "body", "name", "noted_on", "vendor_agrees", "wanted_from", "note")

    def __init__(self, *args: Any, committees: list[Committee], bodies: list[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.committees = of(self, "committee", committees, "code", first=CHOOSE)
        self.bodies = of(self, "body", bodies, "code", first=("", _("協議会の外の団体")))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not found.get("body") and not found.get("name"):
            self.add_error("body", _("団体を選ぶか、外の団体の名前を入力してください。"))
        return found

    def facts(self) -> dict[str, Any]:
        return {
            **self.talk(),
            "committee": self.committees[self.cleaned_data["committee"]],
            "body": self.bodies.get(self.cleaned_data["body"]),
            "name": self.cleaned_data["name"],
        }


class StepForm(_TalkForm):
    """次の段階."""

    state = forms.ChoiceField(label=_("段階"))
    body = forms.ChoiceField(label=_("協議会の団体"), required=False)
    field_order = ("state", "noted_on", "body", "vendor_agrees", "wanted_from", "note")

    def __init__(self, *args: Any, states: Iterable[str], bodies: list[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["state"].choices = [
            CHOOSE, *((one.value, one.label) for one in Candidate.State if one in set(states))
        ]  # fmt: skip
        self.bodies = of(self, "body", bodies, "code", first=("", _("変わらない")))

    def facts(self) -> dict[str, Any]:
        return {
            **self.talk(),
            "state": self.cleaned_data["state"],
            "body": self.bodies.get(self.cleaned_data["body"]),
        }
