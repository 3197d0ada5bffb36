"""負担の割合の入力 — the parts of a mix, and amounts of many bodies typed line by line."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.council.rules.cannot import Cannot
from moyai.council.rules.mixes import Basis, fraction_of
from moyai.tenants.public import Body
from moyai.ui.public import AmountField, Form, Unreadable, amount_yen, fold

SHARED = (Basis.EQUAL, Basis.POPULATION, Basis.DECREASING, Basis.USE)
PART = _("例：3/10。使わない基礎は空欄")


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
