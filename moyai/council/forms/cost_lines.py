"""費目の入力 — a cost line, who pays it from when, and the figures it is shared by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.council.forms.bodies import CHOOSE, DAY, of
from moyai.council.forms.mixes import MixFields
from moyai.council.forms.money import year_field
from moyai.council.models import AccountLine, CostLine
from moyai.tenants.public import Body, Service
from moyai.ui.public import Form, WholeNumberField


class CostLineForm(MixFields):
    """費目を置く."""

    line = forms.ChoiceField(label=_("会計と負担金の科目"))
    code = forms.SlugField(
        label=_("費目の記号"), max_length=60, help_text=_("英小文字とハイフン。例：management")
    )
    name = forms.CharField(label=_("費目の名前"), max_length=100)
    service = forms.ChoiceField(
        label=_("対象の事業"), required=False, help_text=_("利用割の実績はこの事業のもの")
    )
    from_on = DateBoxField(label=_("費目を置く日"), help_text=DAY)
    unit_yen = WholeNumberField(label=_("負担額の単位（円）"), low=1, high=1_000_000, initial=1)
    refunded = forms.BooleanField(
        label=_("残額を、この費目を負担した団体に返還する"), required=False, initial=True
    )
    field_order = ("line", "code", "name", "service", "from_on", "unit_yen", "refunded")

    def __init__(
        self, *args: Any, lines: Sequence[AccountLine], services: Sequence[Service], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {str(line.pk): line for line in lines}
        self.services = of(self, "service", services, "code")
        fields: Any = self.fields
        fields["line"].choices = [CHOOSE, *((key, f"{line.account.name}：{line.name}") for key, line in self.lines.items())]  # fmt: skip

    def asked(self) -> dict[str, Any]:
        given = self.cleaned_data
        line = self.lines[given["line"]]
        return {
            "account": line.account,
            "line": line,
            "code": given["code"],
            "name": given["name"],
            "service": self.services.get(given["service"]),
            "from_on": given["from_on"],
            "unit_yen": given["unit_yen"],
            "refunded": given["refunded"],
            "mix": self.mix() or [{"basis": "equal", "part": "1"}],
        }


def costs_of(form: Form, costs: Sequence[CostLine]) -> dict[str, CostLine]:
    """費目 to choose from, under the name of their account; by the key that is posted."""
    found = {str(cost.pk): cost for cost in costs}
    fields: Any = form.fields
    words = ((key, f"{cost.account.name}：{cost.name}") for key, cost in found.items())
    fields["cost_line"].choices = [CHOOSE, *words]
    return found


class PayersForm(Form):
    """負担を始める."""

    bodies = forms.MultipleChoiceField(label=_("団体"), widget=forms.CheckboxSelectMultiple)
    from_on = DateBoxField(label=_("負担を始める日"), help_text=DAY)
    why = forms.CharField(label=_("説明"), required=False, max_length=200)

    def __init__(self, *args: Any, bodies: Sequence[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_code = {body.code: body for body in bodies}
        fields: Any = self.fields
        fields["bodies"].choices = [(body.code, body.name) for body in bodies]

    def chosen(self) -> list[Body]:
        return [self.by_code[code] for code in self.cleaned_data["bodies"]]


class EndPayingForm(Form):
    until_on = DateBoxField(label=_("負担する最後の日"), help_text=DAY)
    why = forms.CharField(label=_("説明"), required=False, max_length=200)


class BodyFigureForm(Form):
    """A figure of one body."""

    body = forms.ChoiceField(label=_("団体"))

    def __init__(self, *args: Any, bodies: Sequence[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = of(self, "body", bodies, "code", first=CHOOSE)

    def chosen(self) -> Body:
        found: Body = self.bodies[self.cleaned_data["body"]]
        return found


class UseForm(BodyFigureForm):
    """利用の実績."""

    service = forms.ChoiceField(label=_("事業"))
    fiscal_year = year_field()
    measure = forms.SlugField(
        label=_("数えるものの記号"), max_length=40, help_text=_("例：cases（件数）、facilities（館数）")
    )
    value = WholeNumberField(label=_("実績"), low=0, high=10**12)
    source = forms.CharField(label=_("出典"), max_length=200)

    def __init__(self, *args: Any, services: Sequence[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services = of(self, "service", services, "code", first=CHOOSE)


class PopulationForm(BodyFigureForm):
    """人口."""

    as_of = DateBoxField(label=_("人口の基準日"), help_text=DAY)
    persons = WholeNumberField(label=_("人口（人）"), low=0, high=200_000_000)
    source = forms.CharField(label=_("出典"), max_length=100)
