"""負担金の算定の入力 — an amount to share, its 補正, mixes to compare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.council.actions.burdens import halves_of
from moyai.council.forms.bodies import DAY
from moyai.council.forms.cost_lines import costs_of
from moyai.council.forms.mixes import MixFields, yen_by_code
from moyai.council.forms.money import year_field
from moyai.council.models import CostLine
from moyai.tenants.public import Body
from moyai.ui.public import AmountField, Form, WholeNumberField

AMOUNTS = _("1行に1団体。例：121002, 1000000")


class BurdenForm(MixFields):
    """負担金額の案を作る."""

    cost_line = forms.ChoiceField(label=_("費目"))
    fiscal_year = year_field()
    yen = AmountField(label=_("分ける総額"))
    payers_on = DateBoxField(
        label=_("負担する団体の基準日"), required=False, help_text=_("空欄のときは年度の最初の日")
    )
    population_on = DateBoxField(
        label=_("人口の基準日"), required=False, help_text=_("空欄のときは前年の9月30日。その日までの最も新しい人口を使います")
    )  # fmt: skip
    selection_on = DateBoxField(
        label=_("選定日"), required=False,
        help_text=_("業者などを選ぶ前に割合を決めておくときだけ。この日より前に決定し、団体から誓約書を受けます"),
    )  # fmt: skip
    actual = forms.CharField(
        label=_("実費の額"), required=False, widget=forms.Textarea, max_length=60_000,
        help_text=_("団体ごとの実費をそのまま引くときだけ。1行に1団体。例：121002, 1000000"),
    )  # fmt: skip
    halves = forms.ChoiceField(
        label=_("納める時期"), choices=[("halves", _("前期と後期に半分ずつ")), ("whole", _("一括"))],
        widget=forms.RadioSelect, initial="halves",
    )  # fmt: skip
    first_due_on = DateBoxField(
        label=_("前期の納付の期限"), required=False, help_text=_("空欄のときは5月31日")
    )
    second_due_on = DateBoxField(label=_("後期の納付の期限"), required=False, help_text=_("空欄のときは11月30日"))  # fmt: skip
    field_order = ("cost_line", "fiscal_year", "yen", "payers_on")

    def __init__(self, *args: Any, costs: Sequence[CostLine], bodies: Sequence[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.costs = costs_of(self, costs)
        self.by_code = {body.code: body for body in bodies}

    def clean_actual(self) -> dict[str, int]:
        return yen_by_code(self.cleaned_data["actual"], self.by_code)

    def asked(self) -> dict[str, Any]:
        given = self.cleaned_data
        year = given["fiscal_year"]
        mix = self.mix()
        if given["actual"]:
            mix.insert(0, {"basis": "actual"})
        halves = halves_of(
            year,
            [
                ("前期", "1/2", given["first_due_on"] or date(year, 5, 31)),
                ("後期", "1/2", given["second_due_on"] or date(year, 11, 30)),
            ],
        )
        return {
            "cost_line": self.costs[given["cost_line"]],
            "fiscal_year": year,
            "yen": given["yen"],
            "mix": mix or None,
            "payers_on": given["payers_on"],
            "population_on": given["population_on"],
            "selection_on": given["selection_on"],
            "actual": given["actual"],
            "halves": halves if given["halves"] == "halves" else (),
        }


class SupplementForm(Form):
    """補正の案を作る."""

    total_yen = AmountField(label=_("補正後の総額"), help_text=_("決定した総額との差額だけを分けます"))
    payers_on = DateBoxField(
        label=_("負担する団体の基準日"), help_text=_("この日に負担している団体だけが差額を負担します")
    )


class TrialForm(Form):
    """負担の試算."""

    cost_line = forms.ChoiceField(label=_("費目"), help_text=_("この費目を負担する団体で試算します"))
    payers_on = DateBoxField(label=_("負担する団体と人口の基準日"), help_text=DAY)
    yen = AmountField(label=_("分ける総額"))
    target = WholeNumberField(label=_("削減の目標（%）"), low=0, high=100, initial=30)
    now = forms.CharField(
        label=_("団体ごとのいまの経費"), widget=forms.Textarea, max_length=60_000, help_text=AMOUNTS
    )
    mixes = forms.MultipleChoiceField(label=_("比べる分け方"), widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        *args: Any,
        costs: Sequence[CostLine],
        bodies: Sequence[Body],
        mixes: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.costs = costs_of(self, costs)
        self.by_code = {body.code: body for body in bodies}
        fields: Any = self.fields
        fields["mixes"].choices = mixes

    def clean_now(self) -> dict[str, int]:
        return yen_by_code(self.cleaned_data["now"], self.by_code)
