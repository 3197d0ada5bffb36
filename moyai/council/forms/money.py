"""Forms of accounts, budgets, entries and settlements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField, fiscal_year, wareki
from moyai.council.actions.budgets import LineEdit
from moyai.council.forms.bodies import CHOOSE, DAY, NONE, free_code, of
from moyai.council.models import (
    AccountLine,
    BudgetLine,
    CostLine,
    Item,
    Refund,
    Settlement,
    Side,
    SpecialAccount,
)
from moyai.council.rules.cannot import Cannot
from moyai.council.rules.mixes import fraction_of
from moyai.tenants.public import Service
from moyai.ui.public import AmountField, Form, WholeNumberField, fold

FIRST_YEAR, LAST_YEAR = 1990, 2100  # of what can be typed
UNITS = (("1000", _("千円単位")), ("1", _("円単位")))
HALF_HELP = _("例：1/2")


def year_field(today: date | None = None, **more: Any) -> WholeNumberField:
    return WholeNumberField(
        label=_("年度"), low=FIRST_YEAR, high=LAST_YEAR, initial=fiscal_year(today) if today else None, help_text=_("例：2026"), **more
    )  # fmt: skip


class AccountForm(Form):
    """特別会計を置く."""

    code = forms.SlugField(
        label=_("会計の記号"), max_length=60, help_text=_("英小文字とハイフン。例：procurement")
    )
    name = forms.CharField(label=_("会計の名前"), max_length=120)
    service = forms.ChoiceField(label=_("対象の事業"), required=False)
    unit_yen = forms.ChoiceField(
        label=_("予算の単位"), choices=UNITS, widget=forms.RadioSelect, initial="1000"
    )
    from_on = DateBoxField(label=_("会計を置く日"), help_text=DAY)

    def __init__(self, *args: Any, services: Sequence[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services = of(self, "service", services, "code")

    def clean_code(self) -> str:
        return free_code(self.cleaned_data["code"])

    def asked(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return {**given, "service": self.services.get(given["service"]), "unit_yen": int(given["unit_yen"])}


class LastDayForm(Form):
    until_on = DateBoxField(label=_("最後の日"), help_text=DAY)


class AccountLineForm(Form):
    """科目を加える."""

    side = forms.ChoiceField(label=_("収入・支出"), choices=Side.choices, widget=forms.RadioSelect)
    code = forms.SlugField(
        label=_("科目の記号"), max_length=40, help_text=_("英小文字とハイフン。例：commission")
    )
    name = forms.CharField(label=_("科目の名前"), max_length=60)
    meaning = forms.ChoiceField(
        label=_("科目の意味"), choices=AccountLine.Meaning.choices, initial="ordinary",
        help_text=_("決算と返還の計算に使います。当てはまらなければ「通常」"),
    )  # fmt: skip


class BudgetForm(Form):
    """予算案を作る."""

    account = forms.ChoiceField(label=_("会計"))
    fiscal_year = year_field()
    name = forms.CharField(label=_("版の名前"), max_length=60, help_text=_("例：当初予算、7月補正"))

    def __init__(self, *args: Any, accounts: Sequence[SpecialAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = of(self, "account", accounts, "code", first=CHOOSE)

    def asked(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return {**given, "account": self.accounts[given["account"]]}


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """科目 as the budget's page prints it."""

    name: str
    before_yen: int | None
    yen: BoundField
    note: BoundField
    seen: BoundField


class BudgetLinesForm(Form):
    """予算額 of every 科目, with what its editor saw: only what he changed is asked for, against the version he read."""

    def __init__(
        self, *args: Any, lines: Sequence[BudgetLine], before: dict[int, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines, self.before = list(lines), before
        for line in self.lines:
            name = line.line.name
            yen = AmountField(label=gettext("%(name)sの予算額") % {"name": name}, initial=line.yen)
            note = forms.CharField(
                label=gettext("%(name)sの説明") % {"name": name}, initial=line.note, required=False, max_length=300
            )  # fmt: skip
            for box in (yen, note):
                box.widget.attrs |= {"aria-label": str(box.label), "class": "mo-input"}
            seen = forms.CharField(widget=forms.HiddenInput, initial=self._seen(line), strip=False)
            self.fields |= {f"yen_{line.pk}": yen, f"note_{line.pk}": note, f"seen_{line.pk}": seen}

    @staticmethod
    def _seen(line: BudgetLine) -> str:
        return f"{line.version}|{line.yen}|{line.note}"

    def rows(self, side: str) -> list[BudgetRow]:
        return [
            BudgetRow(
                line.line.name,
                self.before.get(line.line_id),
                self[f"yen_{line.pk}"],
                self[f"note_{line.pk}"],
                self[f"seen_{line.pk}"],
            )
            for line in self.lines
            if line.line.side == side
        ]

    def edits(self) -> list[LineEdit]:
        """What the editor changed, each against the version he saw."""
        found = []
        for line in self.lines:
            version, _bar, was = self.cleaned_data[f"seen_{line.pk}"].partition("|")
            yen, note = self.cleaned_data[f"yen_{line.pk}"], self.cleaned_data[f"note_{line.pk}"]
            if f"{yen}|{note}" != was and version.isdigit():
                found.append(LineEdit(line.pk, int(version), yen, note))
        return found

    def see(self, lines: Sequence[BudgetLine]) -> None:
        """After somebody else's change: the next attempt is made against what is there now."""
        posted: Any = self.data
        data = posted.copy()
        for line in lines:
            data[f"seen_{line.pk}"] = self._seen(line)
        self.data = data


class DecisionForm(Form):
    """決定 — by an item of a sitting; or a day and what it rests on, where the sitting is not kept here."""

    item = forms.ChoiceField(
        label=_("決定した議案"), required=False, help_text=_("決定か了承になった議案だけを選べます")
    )
    decided_on = DateBoxField(
        label=_("決定の日"), required=False, help_text=_("空欄のときは、議案が決定した日")
    )
    source = forms.CharField(
        label=_("決定の根拠"), required=False, max_length=200, help_text=_("議案を選ばないときに入力。例：平成29年度第1回総会")
    )  # fmt: skip

    def __init__(self, *args: Any, items: Sequence[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = {str(item.pk): item for item in items}
        fields: Any = self.fields
        fields["item"].choices = [NONE, *((key, item_words(item)) for key, item in self.items.items())]

    def decision(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "decided_by": self.items.get(given["item"]),
            "decided_on": given["decided_on"],
            "source": given["source"],
        }


def item_words(item: Item) -> str:
    """令和8年5月29日 総会「…について」."""
    meeting = item.meeting
    return f"{wareki(meeting.held_on)} {meeting.name or meeting.committee.name}「{item.title}」"


class ReasonForm(Form):
    reason = forms.CharField(label=_("理由"), max_length=200)


class EntryForm(Form):
    """収入・支出を記帳する."""

    fiscal_year = year_field()
    line = forms.ChoiceField(label=_("科目"))
    on = DateBoxField(label=_("日付"), help_text=DAY)
    yen = AmountField(label=_("金額"))
    label = forms.CharField(label=_("摘要"), max_length=200, help_text=_("決算書の摘要に印刷されます"))
    party = forms.CharField(label=_("相手方"), max_length=120, required=False)
    count = WholeNumberField(label=_("団体数"), required=False, low=0, high=2_000)
    cost_line = forms.ChoiceField(label=_("費目"), required=False, help_text=_("負担金のときだけ選びます"))
    evidence = forms.FileField(
        label=_("証拠書類"), required=False, help_text=_("PDF、写真、Excel、Word。10MBまで")
    )

    def __init__(
        self, *args: Any, lines: Sequence[AccountLine], costs: Sequence[CostLine], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.account_lines = {str(line.pk): line for line in lines}
        self.costs = of(self, "cost_line", costs, "pk")
        fields: Any = self.fields
        fields["line"].choices = [
            CHOOSE, *((key, f"{line.get_side_display()}：{line.name}") for key, line in self.account_lines.items())
        ]  # fmt: skip

    def asked(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return {
            **given,
            "line": self.account_lines[given["line"]],
            "cost_line": self.costs.get(given["cost_line"]),
        }


class ReverseForm(Form):
    """記帳を取り消す."""

    on = DateBoxField(label=_("取消しの日付"), help_text=DAY)
    reason = forms.CharField(label=_("取り消す理由"), max_length=200)


class SplitForm(Form):
    """一つの経費を会計に分ける."""

    PLACES = 3

    name = forms.CharField(label=_("経費の名前"), max_length=120)
    fiscal_year = year_field()
    yen = AmountField(label=_("経費の総額"))
    on = DateBoxField(label=_("日付"), help_text=DAY)
    party = forms.CharField(label=_("相手方"), max_length=120, required=False)
    evidence = forms.FileField(
        label=_("証拠書類"), required=False, help_text=_("PDF、写真、Excel、Word。10MBまで")
    )

    def __init__(self, *args: Any, lines: Sequence[AccountLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account_lines = {str(line.pk): line for line in lines}
        choices = [
            NONE,
            *((key, f"{line.account.name}：{line.name}") for key, line in self.account_lines.items()),
        ]
        for place in range(1, self.PLACES + 1):
            needed = place <= 2
            self.fields[f"line_{place}"] = forms.ChoiceField(
                label=gettext("分ける先%(n)s") % {"n": place}, choices=choices, required=needed
            )
            self.fields[f"part_{place}"] = forms.CharField(
                label=gettext("分ける先%(n)sの割合") % {"n": place}, max_length=20, required=needed, help_text=HALF_HELP
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for place in range(1, self.PLACES + 1):
            name, line = f"part_{place}", given.get(f"line_{place}")
            given[name] = fold(given.get(name) or "").replace(" ", "")
            if given[name] and not line and f"line_{place}" not in self.errors:
                self.add_error(f"line_{place}", gettext("割合を入力したときは、分ける先も選んでください。"))
            if line and not given[name] and name not in self.errors:
                self.add_error(name, gettext("分ける先を選んだときは、割合も入力してください。"))
            try:
                fraction_of(given[name] or "0", name)
            except Cannot as cannot:
                self.add_error(name, gettext(cannot.text) % cannot.params)
        return given

    def parts(self) -> list[tuple[AccountLine, str]]:
        given = self.cleaned_data
        return [
            (self.account_lines[given[f"line_{place}"]], given[f"part_{place}"])
            for place in range(1, self.PLACES + 1)
            if given[f"line_{place}"]
        ]


class SettlementForm(Form):
    """決算案を作る."""

    account = forms.ChoiceField(label=_("会計"))
    fiscal_year = year_field()
    carried = forms.ChoiceField(
        label=_("差引額の扱い"), choices=Settlement._meta.get_field("carried").choices or (), widget=forms.RadioSelect,
        initial="refund",
    )  # fmt: skip

    def __init__(self, *args: Any, accounts: Sequence[SpecialAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = of(self, "account", accounts, "code", first=CHOOSE)

    def asked(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return {**given, "account": self.accounts[given["account"]]}


class AuditForm(Form):
    """監査報告."""

    audited_on = DateBoxField(label=_("監査の日"), help_text=DAY)
    audited_by = forms.CharField(label=_("監査した人"), max_length=200, help_text=_("団体名、役職、氏名"))
    opinion = forms.CharField(label=_("監査の意見"), widget=forms.Textarea, max_length=4_000)


class RefundForm(DecisionForm):
    """返還金額の決定."""

    mode = forms.ChoiceField(
        label=_("端数の扱い"), choices=Refund.Mode.choices, widget=forms.RadioSelect, initial="exact"
    )
    base_yen = AmountField(label=_("返還する総額"), required=False, help_text=_("空欄のときは差引額の全部"))
    field_order = ("mode", "base_yen", "item", "decided_on", "source")


class OnForm(Form):
    on = DateBoxField(label=_("日付"), help_text=DAY)


class YearForm(Form):
    """年度を選ぶ."""

    fiscal_year = year_field()
