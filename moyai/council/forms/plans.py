"""計画と補助の入力 — a contract to level over its months, a subsidy to grant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.council.forms.bodies import DAY, NONE, of
from moyai.council.forms.cost_lines import BodyFigureForm
from moyai.council.forms.money import year_field
from moyai.tenants.public import Body
from moyai.ui.public import AmountField, Form, WholeNumberField


class LevelForm(Form):
    """月割平準化の計画."""

    name = forms.CharField(label=_("契約の名前"), max_length=120)
    body = forms.ChoiceField(label=_("団体"), required=False, help_text=_("個別契約のときに選びます"))
    first_month = DateBoxField(label=_("最初の月"), help_text=_("その月の1日。例：H30.4.1"))
    months = WholeNumberField(label=_("月数"), low=1, high=1_200, initial=120)
    yen = AmountField(label=_("契約の総額"))
    source = forms.CharField(label=_("根拠"), required=False, max_length=200)

    def __init__(self, *args: Any, bodies: Sequence[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = of(self, "body", bodies, "code", first=NONE)

    def asked(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return {**given, "body": self.bodies.get(given["body"])}


class SubsidyForm(BodyFigureForm):
    """携帯電話等エリア整備の補助."""

    fiscal_year = year_field()
    name = forms.CharField(label=_("事業の名前"), max_length=120)
    households = WholeNumberField(label=_("世帯数"), low=0, high=10_000_000)
    cost_yen = AmountField(label=_("事業費"))
    decided_on = DateBoxField(label=_("決定の日"), help_text=DAY)
