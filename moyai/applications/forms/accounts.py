"""口座 in a form: boxes for bank, branch, type, number and holder, or 記号 and 番号 of ゆうちょ; names echoed.

Names are those of zengin-code 1.1.0.20260824.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext

from moyai.applications.actions.answers import words_of
from moyai.applications.rules import ACCOUNT_TYPES, KINDS, Field, Message
from moyai.applications.rules.kinds.base import Reading, Showing, Wrong

if TYPE_CHECKING:
    from moyai.applications.forms.questions import QuestionsForm

_NUMERIC = {"inputmode": "numeric", "autocomplete": "off", "data-width": "number"}
PARTS = ("bank", "branch", "type", "number", "symbol", "symbol_number", "holder")


def _labels() -> dict[str, tuple[str, str]]:
    return {
        "bank": (gettext("銀行コード"), gettext("4桁の数字。通帳やキャッシュカードにあります。")),
        "branch": (gettext("支店コード"), gettext("3桁の数字。店番ともいいます。")),
        "type": (gettext("預金の種類"), ""),
        "number": (gettext("口座番号"), gettext("7桁までの数字")),
        "symbol": (
            gettext("ゆうちょ銀行の記号"),
            gettext("ゆうちょ銀行の場合だけ。5桁の数字。銀行コードなどは空けておきます。"),
        ),
        "symbol_number": (gettext("ゆうちょ銀行の番号"), gettext("8桁までの数字")),
        "holder": (gettext("口座名義（カナ）"), gettext("通帳にあるとおりに。例：ヤマダ　タロウ")),
    }


def bank_account(form: QuestionsForm, one: Field, value: Any) -> None:
    given = value if isinstance(value, dict) else {}
    for part, (label, hint) in _labels().items():
        made: forms.Field
        if part == "type":
            words = {
                "ordinary": gettext("普通"),
                "current": gettext("当座"),
                "savings": gettext("貯蓄"),
            }
            choices = [("", gettext("選択してください")), *((code, words[code]) for code in ACCOUNT_TYPES)]
            made = forms.ChoiceField(label=label, choices=choices, required=False)
        else:
            attrs = {"spellcheck": "false", "data-width": "name"} if part == "holder" else dict(_NUMERIC)
            # Either bank and branch, or symbol and number: none of them alone is asked of everybody.
            made = forms.CharField(
                label=label,
                help_text=hint,
                required=form.is_needed(one) and part == "holder",
                widget=forms.TextInput(attrs=attrs),
            )
        form.add(f"{one.id}__{part}", made, given.get(part))


def fill_account(form: QuestionsForm, one: Field) -> tuple[dict[str, str], str]:
    """「銀行と支店の名前を確かめる」 — nothing to fill in: the page echoes the names, or says what is wrong."""
    posted = {part: text for part in PARTS if (text := form.typed(f"{one.id}__{part}")).strip()}
    try:
        KINDS[one.kind].reader(one.settings)({"holder": "ア", **posted}, Reading())
    except Wrong as wrong:
        _, code, params = wrong.found[0]
        return {}, words_of(Message(code, {"label": one.label, **params}))
    return {}, ""


def account_in_words(one: Field, value: Any, language: str) -> str:
    """「確かめる」 — the account with the names of bank and branch; "" while it cannot be read."""
    try:
        kept = KINDS[one.kind].reader(one.settings)(value, Reading())
    except Wrong:
        return ""
    return KINDS[one.kind].show(one.settings, kept, Showing(wareki=str, language=language))
