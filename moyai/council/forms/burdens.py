"""Forms of cost lines, burdens, bills, trials, late joiners and plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.council.actions.burdens import halves_of
from moyai.council.forms.bodies import CHOOSE, DAY, NONE, of
from moyai.council.forms.money import DecisionForm, year_field
from moyai.council.models import AccountLine, CostLine
from moyai.council.rules.cannot import Cannot
from moyai.council.rules.mixes import Basis, fraction_of
from moyai.tenants.public import Body, Service
from moyai.ui.public import AmountField, Form, Unreadable, WholeNumberField, amount_yen, fold

SHARED = (Basis.EQUAL, Basis.POPULATION, Basis.DECREASING, Basis.USE)
PART = _("例：3/10。使わない基礎は空欄")
AMOUNTS = _("1行に1団体。例：121002, 1000000")


def yen_by_code(text: str, known: Mapping[str, Body]) -> dict[str, int]:
    """「121002, 1,000,000」 line by line. Raises ValidationError naming the line that cannot be read."""
    found: dict[str, int] = {}
    for place, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        code, _comma, yen = fold(line).replace("、", ",").partition(",")
        code = code.strip()
        if code not in known:
            raise forms.ValidationError(
                gettext("%(place)s行目：団体コード「%(code)s」の団体はありません。") % {"place": place, "code": code}
            )  # fmt: skip
        if code in found:
            raise forms.ValidationError(
                gettext("%(place)s行目：%(body)sが2回あります。") % {"place": place, "body": known[code].name}
            )
        try:
            found[code] = amount_yen(yen)
        except Unreadable:
            raise forms.ValidationError(
                gettext("%(place)s行目：%(body)sの額を0円以上の整数で入力してください。")
                % {"place": place, "body": known[code].name}
            ) from None
    return found


class MixFields(Form):
    """負担の割合 — a part for each basis; amounts that stand as they are come off first."""

    part_equal = forms.CharField(label=_("均等割の割合"), required=False, max_length=20, help_text=PART)
    part_population = forms.CharField(label=_("人口割の割合"), required=False, max_length=20, help_text=PART)
    part_decreasing = forms.CharField(
        label=_("逓減人口割の割合"), required=False, max_length=20, help_text=PART
    )
    part_use = forms.CharField(label=_("利用割の割合"), required=False, max_length=20, help_text=PART)
    measure = forms.SlugField(
        label=_("利用割で数えるもの"), required=False, max_length=40, help_text=_("利用の実績を登録したときの記号。例：cases")
    )  # fmt: skip
    fixed_yen = AmountField(
        label=_("先に引く固定額（1団体当たり）"), required=False, help_text=_("全団体に同じ額")
    )

    def mix(self) -> list[dict[str, Any]]:
        """The mix as it is stored; empty where nothing was filled in."""
        given = self.cleaned_data
        rows: list[dict[str, Any]] = []
        if given.get("fixed_yen"):
            rows.append({"basis": "fixed", "yen": given["fixed_yen"]})
        for basis in SHARED:
            if part := given.get(f"part_{basis.value}"):
                row = {"basis": basis.value, "part": fold(part).replace(" ", "")}
                rows.append(row | ({"measure": given["measure"]} if basis is Basis.USE else {}))
        return rows

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        total = Fraction(0)
        for basis in SHARED:
            name = f"part_{basis.value}"
            if not given.get(name):
                continue
            try:
                total += fraction_of(fold(given[name]).replace(" ", ""), name)
            except Cannot as cannot:
                self.add_error(name, gettext(cannot.text) % cannot.params)
        if given.get("part_use") and not given.get("measure"):
            self.add_error("measure", gettext("利用割で数えるものを入力してください。"))
        if total not in (0, 1) and not self.errors:
            words = gettext("割合の合計を1にしてください。いまは%(total)sです。") % {"total": total}
            self.add_error("part_equal", words)
        return given


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
        self.costs = {str(cost.pk): cost for cost in costs}
        self.by_code = {body.code: body for body in bodies}
        fields: Any = self.fields
        fields["cost_line"].choices = [
            CHOOSE, *((key, f"{cost.account.name}：{cost.name}") for key, cost in self.costs.items())
        ]  # fmt: skip

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
            "actual": given["actual"],
            "halves": halves if given["halves"] == "halves" else (),
        }


class SupplementForm(Form):
    """補正の案を作る."""

    total_yen = AmountField(label=_("補正後の総額"), help_text=_("決定した総額との差額だけを分けます"))
    payers_on = DateBoxField(
        label=_("負担する団体の基準日"), help_text=_("この日に負担している団体だけが差額を負担します")
    )


class IssueForm(Form):
    """請求する."""

    half = forms.ChoiceField(label=_("納める時期"), required=False)
    billed_on = DateBoxField(label=_("請求の日"), help_text=DAY)
    due_on = DateBoxField(
        label=_("納付の期限"), required=False, help_text=_("空欄のときは、算定で決めた期限")
    )
    sender = forms.CharField(
        label=_("請求する協議会の名前"), required=False, max_length=60, help_text=_("請求書の発信者に印刷されます")
    )  # fmt: skip

    def __init__(self, *args: Any, halves: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        if halves:
            fields["half"].choices = [(name, name) for name in halves]
            fields["half"].required = True
        else:
            del fields["half"]
            fields["due_on"].required = True
            fields["due_on"].help_text = DAY


class ReceiptForm(Form):
    """収納を記帳する."""

    on = DateBoxField(label=_("納められた日"), help_text=DAY)
    yen = AmountField(label=_("納められた額"))
    evidence = forms.FileField(
        label=_("証拠書類"), required=False, help_text=_("PDF、写真、Excel、Word。10MBまで")
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
        self.costs = {str(cost.pk): cost for cost in costs}
        self.by_code = {body.code: body for body in bodies}
        fields: Any = self.fields
        fields["cost_line"].choices = [
            CHOOSE, *((key, f"{cost.account.name}：{cost.name}") for key, cost in self.costs.items())
        ]  # fmt: skip
        fields["mixes"].choices = mixes

    def clean_now(self) -> dict[str, int]:
        return yen_by_code(self.cleaned_data["now"], self.by_code)


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
    field_order = (
        "cost_line", "body", "joins_on", "first_cost_yen", "contract_from", "months", "own_yen", "item", "decided_on", "source",
    )  # fmt: skip

    def __init__(self, *args: Any, costs: Sequence[CostLine], bodies: Sequence[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.costs = {str(cost.pk): cost for cost in costs}
        self.bodies = of(self, "body", bodies, "code", first=CHOOSE)
        fields: Any = self.fields
        fields["cost_line"].choices = [
            CHOOSE, *((key, f"{cost.account.name}：{cost.name}") for key, cost in self.costs.items())
        ]  # fmt: skip

    def asked(self) -> dict[str, Any]:
        given = self.cleaned_data
        kept = ("joins_on", "first_cost_yen", "contract_from", "months")
        return {
            **{name: given[name] for name in kept},
            **self.decision(),
            "cost_line": self.costs[given["cost_line"]],
            "body": self.bodies[given["body"]],
            "own_yen": given["own_yen"] or 0,
        }


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
