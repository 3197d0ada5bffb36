"""式の入力欄 — a formula typed in words, read against the document, and what is wrong with it in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.applications.building import formulas

FORMULA_HELP = _("例：「車両の種類」＝『原動機付自転車』 かつ 「月数」≧ 3")


def formula_words(wrong: formulas.FormulaWrong) -> str:
    """Why a formula cannot be read, with the place."""
    texts = {
        "long": gettext("式が長すぎます。4,000文字までにしてください。"),
        "rest": gettext("「%(near)s」から先が読み取れません。"),
        "sign": gettext("「%(near)s」が必要です。"),
        "deep": gettext("かっこの重なりが深すぎます。"),
        "constant": gettext("定数「%(near)s」がありません。"),
        "field": gettext("項目「%(near)s」がないか、同じ名前の項目が2つ以上あります。"),
        "json": gettext("｛ ｝の中を JSON として読み取れません。"),
        "end": gettext("式が途中で終わっています。"),
        "unexpected": gettext("ここに「%(near)s」は置けません。"),
        "function": gettext("「%(near)s」という関数はありません。"),
        "arguments": gettext("「%(near)s」の（ ）の中の数が合いません。"),
        "needs_field": gettext("（ ）の中には項目を「 」で書いてください。"),
        "unreadable": gettext("「%(near)s」が読み取れません。"),
        "number": gettext("数「%(near)s」が大きすぎます。"),
    }
    return texts[wrong.code] % {"near": wrong.near}


class FormulaField(forms.CharField):
    """式 — an expression in words; its value is the expression, None when empty."""

    widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false"})

    def __init__(self, *, document: Mapping[str, Any], **kwargs: Any) -> None:
        kwargs.setdefault("help_text", FORMULA_HELP)
        super().__init__(max_length=formulas.LONGEST, **kwargs)
        self.document = document

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        try:
            return formulas.read(text, self.document)
        except formulas.FormulaWrong as wrong:
            raise forms.ValidationError(formula_words(wrong)) from wrong


def _shown(expression: Any, document: Mapping[str, Any]) -> str:
    return "" if expression is None else formulas.write(expression, document)
