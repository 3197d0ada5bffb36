"""後乗りの入力 — who joins a shared cost, when, and what the first cost of all was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.council.forms.bodies import CHOOSE, DAY, of
from moyai.council.forms.cost_lines import costs_of
from moyai.council.forms.money import DecisionForm
from moyai.council.models import CostLine
from moyai.tenants.public import Body
from moyai.ui.public import AmountField, WholeNumberField


class JoinForm(DecisionForm):
    """後乗りの受入れ."""

    cost_line = forms.ChoiceField(label=_("費目"))
    body = forms.ChoiceField(label=_("加入する団体"))
    joins_on = DateBoxField(label=_("加入の日"), help_text=DAY)
    first_cost_yen = AmountField(label=_("共通の初期費用"))
    contract_from = DateBoxField(label=_("共同利用が始まった日"), help_text=DAY)
    months = WholeNumberField(label=_("共同利用の月数"), low=1, high=600)
    own_yen = AmountField(
        label=_("固有の費用（移行・データ抽出）"), required=False, help_text=_("実費。加入する団体だけが負担します")
    )  # fmt: skip
    monthly_yen = AmountField(
        label=_("共同利用の月額"), required=False,
        help_text=_("毎月、全団体で分ける額。入力すると、加入の前と後の月額を団体ごとに示します"),
    )  # fmt: skip
    field_order = (
        "cost_line", "body", "joins_on", "first_cost_yen", "contract_from", "months", "own_yen", "monthly_yen", "item",
        "decided_on", "source",
    )  # fmt: skip

    def __init__(self, *args: Any, costs: Sequence[CostLine], bodies: Sequence[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.costs = costs_of(self, costs)
        self.bodies = of(self, "body", bodies, "code", first=CHOOSE)

    def asked(self) -> dict[str, Any]:
        given = self.cleaned_data
        kept = ("joins_on", "first_cost_yen", "contract_from", "months")
        return {
            **{name: given[name] for name in kept},
            **self.decision(),
            "cost_line": self.costs[given["cost_line"]],
            "body": self.bodies[given["body"]],
            "own_yen": given["own_yen"] or 0,
            "monthly_yen": given["monthly_yen"],
        }
