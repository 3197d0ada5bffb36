"""Forms of what stands beside the questions: checks, fees, takes, constants, given values, the once-key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.applications.building import formulas
from moyai.applications.building.shape import Document, named
from moyai.applications.forms.building import ID
from moyai.applications.forms.formula_fields import FormulaField
from moyai.ui.public import Form, WholeNumberField


class RuleForm(Form):
    """One rule: `put` replaces it in the document or adds it; an empty optional is left out."""

    what = ""  # key in the document
    formula_fields: tuple[tuple[str, Any, bool], ...] = ()
    plain: tuple[str, ...] = ()

    def __init__(
        self, *args: Any, document: Document, one: Mapping[str, Any] | None, name: str = "", **kwargs: Any
    ) -> None:
        shown = dict(one or {}) | ({"id": name} if name else {})
        for key, _label, _needed in self.formula_fields:
            if key in shown:
                shown[key] = formulas.write(shown[key], document)
        kwargs.setdefault("initial", shown)
        super().__init__(*args, **kwargs)
        self.document, self.known = document, bool(one)
        for key, label, needed in self.formula_fields:
            self.fields[key] = FormulaField(label=label, document=document, required=needed)
        if one:
            del self.fields["id"]

    def facts(self) -> dict[str, Any]:
        return {
            key: value
            for key in (*self.plain, *(key for key, _label, _needed in self.formula_fields))
            if (value := self.cleaned_data.get(key)) not in (None, "", [])
        }


def _key() -> forms.CharField:
    return forms.CharField(
        label=_("名前（英数字）"),
        max_length=40,
        validators=[ID],
        help_text=_("後から変えられません。例：total_at_most"),
    )


class CheckForm(RuleForm):
    """確かめ — what must hold between answers, and what is said when it does not."""

    what = "checks"
    formula_fields = (("require", _("成り立つべき条件"), True),)
    plain = ("message", "level", "fields", "each")
    id = _key()
    message = forms.CharField(label=_("成り立たないときの言葉"), max_length=300)
    level = forms.ChoiceField(
        label=_("扱い"),
        choices=[("", _("直してもらう")), ("warning", _("注意だけする"))],
        required=False,
    )
    fields_ = forms.MultipleChoiceField(label=_("言葉を示す項目"), widget=forms.CheckboxSelectMultiple)
    each = forms.ChoiceField(label=_("くり返しの行ごとに確かめる"), required=False)

    def __init__(self, *args: Any, document: Document, one: Mapping[str, Any] | None, **kwargs: Any) -> None:
        super().__init__(*args, document=document, one=one, **kwargs)
        known = named(document)
        self.initial.setdefault("fields_", self.initial.get("fields", []))
        self.fields["fields_"].choices = [  # type: ignore[attr-defined]
            (field["id"], label) for field, label in known if field["kind"] != "explanation"
        ]
        self.fields["each"].choices = [  # type: ignore[attr-defined]
            ("", _("しない")),
            *((field["id"], label) for field, label in known if field["kind"] == "group"),
        ]

    def facts(self) -> dict[str, Any]:
        made = super().facts()
        before = [name for name in self.initial.get("fields", []) if name in self.cleaned_data["fields_"]]
        made["fields"] = before + [name for name in self.cleaned_data["fields_"] if name not in before]
        return made


class FeeLineForm(RuleForm):
    """手数料の1行 — an amount, or a price for each and how many."""

    what = "fee"
    formula_fields = (
        ("amount", _("金額"), False),
        ("unit_yen", _("単価"), False),
        ("quantity", _("数"), False),
        ("show_if", _("かかる条件"), False),
    )
    plain = ("label", "source")
    id = _key()
    label = forms.CharField(label=_("名目"), max_length=200)
    source = forms.CharField(label=_("根拠"), max_length=400, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        amount, unit, count = (cleaned.get(key) for key in ("amount", "unit_yen", "quantity"))
        if not self.errors and (amount is None) == (unit is None or count is None):
            self.add_error("amount", _("金額か、単価と数のどちらかを入力してください。"))
        return cleaned


class TakeForm(RuleForm):
    """枠を取る数 — which pool, and how much of it."""

    what = "takes"
    formula_fields = (
        ("pool", _("枠コード"), True),
        ("quantity", _("取る数"), True),
        ("show_if", _("取る条件"), False),
    )
    plain = ("label",)
    id = _key()
    label = forms.CharField(label=_("名目"), max_length=200)


class ConstantForm(RuleForm):
    """定数 — an amount or a limit, with where it is laid down."""

    what = "constants"
    plain = ("label", "value", "source")
    id = _key()
    label = forms.CharField(label=_("名目"), max_length=200)
    value = WholeNumberField(label=_("値"), low=-(10**12), high=10**12)
    source = forms.CharField(label=_("根拠"), max_length=400)

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"value": self.cleaned_data["value"]}


class GivenForm(RuleForm):
    """渡される値 — what the form is given from elsewhere."""

    what = "given"
    plain = ("label", "type", "from")
    id = _key()
    label = forms.CharField(label=_("名目"), max_length=200)
    type = forms.ChoiceField(
        label=_("種類"),
        choices=[("text", _("文字")), ("int", _("整数")), ("date", _("日付")), ("bool", _("はい・いいえ"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from"] = forms.ChoiceField(
            label=_("どこから"),
            choices=[
                ("parent", _("先の申請")),
                ("record", _("事前登録")),
                ("account", _("アカウントの登録情報")),
                ("card", _("マイナンバーカード")),
            ],
        )


class OnceForm(RuleForm):
    """1回だけ — what is the same for a second application, and what its applicant is told."""

    what = "once"
    formula_fields = (("key", _("同じなら2回目とみなす値"), True),)
    plain = ("message",)
    id = _key()
    message = forms.CharField(label=_("2回目のときの言葉"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("id", None)


RULES: dict[str, type[RuleForm]] = {
    form.what: form for form in (CheckForm, FeeLineForm, TakeForm, ConstantForm, GivenForm, OnceForm)
}
