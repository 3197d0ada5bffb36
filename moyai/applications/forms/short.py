"""The short forms of the builder's first page: add a page, add a field with the one condition most need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moyai.applications.rules import KINDS
from moyai.ui.public import Form


class BuilderPageForm(Form):
    """ページを足す."""

    title = forms.CharField(label=_("ページの題"), max_length=100)


# Kinds that are whole with what the short form asks; the others go on to the page of the field.
SHORT_KINDS = frozenset(
    {
        "text", "textarea", "name", "kana", "date", "phone", "mail", "postal_code", "address", "number", "yen",
        "single_choice", "multiple_choice", "yes_no", "file", "photo", "consent", "explanation", "microchip",
        "corporate_number", "bank_account", "map_point", "time",
    }
)  # fmt: skip
WITH_OPTIONS = frozenset({"single_choice", "multiple_choice"})
WITH_TEXT = frozenset({"consent", "explanation"})


class BuilderFieldForm(Form):
    """項目を足す — a kind, its label, options a line each, and one condition."""

    kind = forms.ChoiceField(label=_("項目の種類"))
    label = forms.CharField(label=_("質問・見出し"), max_length=200)
    hint = forms.CharField(label=_("補足の説明"), required=False, max_length=300)
    required = forms.BooleanField(label=_("必ず答えてもらう"), required=False)
    options = forms.CharField(
        label=_("選択肢"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("選択の項目で使います。1行に1つずつ書きます。"),
    )
    text = forms.CharField(
        label=_("本文"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("説明と同意の項目で使います。"),
    )
    show_if_field = forms.ChoiceField(label=_("表示する条件：どの項目が"), required=False)
    show_if_value = forms.CharField(
        label=_("表示する条件：どの答えのとき"),
        required=False,
        max_length=200,
        help_text=_("選択肢の言葉か、「はい」「いいえ」を書きます。"),
    )

    def __init__(self, *args: Any, deciding: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", _("選択してください")),
            *((kind, one.ja) for kind, one in KINDS.items()),
        ]
        self.fields["show_if_field"].choices = [("", _("いつも表示する")), *deciding]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind")
        if kind in WITH_OPTIONS and not [
            one for one in (cleaned.get("options") or "").splitlines() if one.strip()
        ]:
            self.add_error("options", _("選択肢を1行に1つずつ入力してください。"))
        if kind in WITH_TEXT and not (cleaned.get("text") or "").strip():
            self.add_error("text", _("本文を入力してください。"))
        if cleaned.get("show_if_field") and not (cleaned.get("show_if_value") or "").strip():
            self.add_error("show_if_value", _("どの答えのときに表示するかを入力してください。"))
        return cleaned
