"""Forms of the builder: a page, a field of any kind, a rule, a list, the people, the words in another language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from moyai.applications.building.settings import FORMULAS, Setting, lines_of, options_of, settings_of
from moyai.applications.building.shape import Document, places
from moyai.applications.forms.formula_fields import FormulaField, _shown
from moyai.applications.rules import KINDS
from moyai.ui.public import Form, WholeNumberField

ID = RegexValidator(
    r"^[a-z][a-z0-9_]{0,39}$", _("英小文字で始め、英小文字・数字・_ だけで40文字までにしてください。")
)
SETTING_LABELS = {
    "options": _("選択肢"),
    "rows": _("行"),
    "columns": _("列"),
    "text": _("本文"),
    "tick_label": _("印の横の言葉"),
    "yes_label": _("「はい」の言葉"),
    "no_label": _("「いいえ」の言葉"),
    "min": _("最小"),
    "max": _("最大"),
    "step": _("刻み"),
    "unit": _("単位"),
    "min_length": _("最少の文字数"),
    "max_length": _("最大の文字数"),
    "autocomplete": _("自動入力"),
    "look": _("見せ方"),
    "seats": _("選択肢を枠コードとして使う（残りを示す）"),
    "min_count": _("最少の数"),
    "max_count": _("最大の数"),
    "count": _("選ぶ数"),
    "accept": _("受け取るファイルの種類"),
    "max_bytes": _("1つの大きさの上限（バイト）"),
    "max_total_bytes": _("合わせた大きさの上限（バイト）"),
    "min_width_px": _("横の最小（ピクセル）"),
    "min_height_px": _("縦の最小（ピクセル）"),
    "shape": _("縦横の比"),
    "result": _("計算の結果"),
    "shown": _("住民に見せる"),
    "item": _("1つの呼び方"),
    "counter": _("数え方"),
    "postal_code": _("郵便番号を聞く"),
    "digits": _("桁数"),
    "weights": _("重み"),
    "modulus": _("法"),
    "check": _("検査数字の決め方"),
    "split": _("2桁の積は各桁を足す"),
    "list": _("一覧"),
    "earliest": _("最も早い日"),
    "latest": _("最も遅い日"),
    "value": _("計算の式"),
}
PART_LABELS = {
    "width": _("比の横"),
    "height": _("比の縦"),
    "tolerance_percent": _("許す違い（パーセント）"),
}
LINES_HELP = _("1行に1つずつ。「値 = 言葉 ｜ 補足 ＋記入」と書けます。値は、あとで言葉を変えても残ります。")


class PagePartForm(Form):
    """ページ — its title, words before the questions, and when it is shown."""

    title = forms.CharField(label=_("ページの題"), max_length=200)
    intro = forms.CharField(
        label=_("ページの説明"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, document: Document, page: Mapping[str, Any], **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {
                "title": page.get("title", ""),
                "intro": page.get("intro", ""),
                "show_if": _shown(page.get("show_if"), document),
            },
        )
        super().__init__(*args, **kwargs)
        self.fields["show_if"] = FormulaField(label=_("表示する条件"), document=document, required=False)

    def facts(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            "title": cleaned["title"],
            "intro": cleaned["intro"] or None,
            "show_if": cleaned["show_if"],
        }


class FieldPartForm(Form):
    """項目 — everything a field of its kind can be set to, made from the kind's own settings."""

    def __init__(
        self, *args: Any, document: Document, field: Mapping[str, Any], place: str, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", _field_initial(document, field) | {"place": place})
        super().__init__(*args, **kwargs)
        self.document, self.field = document, field
        kind = KINDS[field["kind"]]
        add = self.fields
        add["label"] = forms.CharField(
            label=_("質問・見出し"), max_length=200, required=field["kind"] != "explanation"
        )
        add["hint"] = forms.CharField(label=_("補足の説明"), required=False, max_length=1_000)
        if kind.can_be_optional:
            add["required"] = forms.ChoiceField(
                label=_("必須"),
                choices=[
                    ("yes", _("必ず答えてもらう")),
                    ("no", _("答えなくてもよい")),
                    ("when", _("条件による")),
                ],
                widget=forms.RadioSelect,
            )
            add["required_when"] = FormulaField(
                label=_("必ず答えてもらう条件"), document=document, required=False
            )
        self.settings = list(settings_of(field["kind"]))
        for setting in self.settings:
            if setting.shape == "parts":
                for part in setting.parts:
                    add[f"set_{setting.name}_{part}"] = WholeNumberField(
                        label=PART_LABELS.get(part, part), low=0, high=10**6, required=setting.needed
                    )
            else:
                add[f"set_{setting.name}"] = _setting_field(setting, document)
        for name in FORMULAS:
            if name in kind.settings:
                add[f"set_{name}"] = FormulaField(
                    label=SETTING_LABELS[name], document=document, required=name in kind.needed
                )
        add["show_if"] = FormulaField(label=_("表示する条件"), document=document, required=False)
        if kind.answerable and field["kind"] != "group":
            add["prefill"] = FormulaField(
                label=_("はじめに入れておく値"),
                document=document,
                required=False,
                help_text=_("例：渡された値(『name』)"),
            )
            add["locked"] = forms.BooleanField(label=_("書き換えられないようにする"), required=False)
        add["place"] = forms.ChoiceField(label=_("置く場所"), choices=places(document))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        when = cleaned.get("required") == "when" and cleaned.get("required_when") is None
        if when and "required_when" not in self.errors:
            self.add_error("required_when", _("条件を入力してください。"))
        if cleaned.get("locked") and cleaned.get("prefill") is None and "prefill" not in self.errors:
            self.add_error("prefill", _("書き換えられない項目には、はじめに入れておく値が必要です。"))
        for setting in self.settings:
            if setting.shape == "numbers" and cleaned.get(f"set_{setting.name}"):
                text = str(cleaned[f"set_{setting.name}"])
                numbers = [part.strip() for part in text.replace("，", ",").split(",")]
                if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in numbers):
                    self.add_error(f"set_{setting.name}", _("整数を「,」で区切って入力してください。"))
                else:
                    cleaned[f"set_{setting.name}"] = [int(part) for part in numbers]
        return cleaned

    def facts(self) -> dict[str, Any]:
        """What `change_field` takes."""
        cleaned = self.cleaned_data
        facts: dict[str, Any] = {
            "label": cleaned["label"] or None,
            "hint": cleaned["hint"] or None,
            "show_if": cleaned["show_if"],
        }
        if "required" in cleaned:
            facts["required"] = (
                cleaned["required_when"] if cleaned["required"] == "when" else cleaned["required"] == "yes"
            )
        for setting in self.settings:
            facts[setting.name] = self._setting(setting)
        for name in FORMULAS:
            if f"set_{name}" in cleaned:
                facts[name] = cleaned[f"set_{name}"]
        if "prefill" in cleaned:
            facts["prefill"] = cleaned["prefill"]
            facts["locked"] = True if cleaned["locked"] else None
        return facts

    def _setting(self, setting: Setting) -> Any:
        name = setting.name
        value = self.cleaned_data.get(f"set_{name}")
        if setting.shape == "tick":
            # What is usual without a word (郵便番号を聞く, 住民に見せる) is not written down.
            usual = name in ("shown", "postal_code")
            return None if bool(value) is usual else bool(value)
        if setting.shape == "lines":
            return options_of(str(value or ""), self.field.get(name, ())) or None
        if setting.shape == "parts":
            parts = {
                part: self.cleaned_data.get(f"set_{name}_{part}")
                for part in setting.parts
                if self.cleaned_data.get(f"set_{name}_{part}") is not None
            }
            return parts or None
        if value in ("", [], None):
            return None
        return value


def _field_initial(document: Document, field: Mapping[str, Any]) -> dict[str, Any]:
    required = field.get("required", field["kind"] == "consent")
    initial: dict[str, Any] = {
        "label": field.get("label", ""),
        "hint": field.get("hint", ""),
        "required": ("yes" if required else "no") if isinstance(required, bool) else "when",
        "required_when": "" if isinstance(required, bool) else _shown(required, document),
        "show_if": _shown(field.get("show_if"), document),
        "prefill": _shown(field.get("prefill"), document),
        "locked": field.get("locked", False),
    }
    for setting in settings_of(field["kind"]):
        value = field.get(setting.name)
        if setting.shape == "tick":
            value = field.get(setting.name, setting.name in ("shown", "postal_code"))
        elif setting.shape == "lines":
            value = lines_of(value or ())
        elif setting.shape == "numbers":
            value = ", ".join(map(str, value or ()))
        elif setting.shape == "parts":
            for part in setting.parts:
                initial[f"set_{setting.name}_{part}"] = (value or {}).get(part)
            continue
        initial[f"set_{setting.name}"] = value
    for name in FORMULAS:
        if name in KINDS[field["kind"]].settings:
            initial[f"set_{name}"] = _shown(field.get(name), document)
    return initial


def _setting_field(setting: Setting, document: Document) -> forms.Field:
    label = SETTING_LABELS.get(setting.name, setting.name)
    if setting.name == "list":
        choices = [(name, name) for name in document.get("lists", {})]
        return forms.ChoiceField(label=label, choices=[("", _("選択してください")), *choices])
    if setting.shape == "whole":
        return WholeNumberField(
            label=label,
            low=setting.low if setting.low is not None else -(10**12),
            high=setting.high if setting.high is not None else 10**12,
            required=setting.needed,
        )
    if setting.shape == "tick":
        return forms.BooleanField(label=label, required=False)
    if setting.shape == "choice":
        choices = [(one, one) for one in setting.choices]
        return forms.ChoiceField(
            label=label, choices=[("", _("指定しない")), *choices], required=setting.needed
        )
    if setting.shape == "many":
        return forms.MultipleChoiceField(
            label=label,
            choices=[(one, one) for one in setting.choices],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
    if setting.shape == "lines":
        return forms.CharField(
            label=label,
            widget=forms.Textarea(attrs={"rows": 6}),
            help_text=LINES_HELP,
            required=setting.needed,
        )
    if setting.shape == "text":
        return forms.CharField(
            label=label,
            widget=forms.Textarea(attrs={"rows": 4}),
            max_length=setting.high,
            required=setting.needed,
        )
    help_text = _("整数を「,」で区切って入力します。") if setting.shape == "numbers" else ""
    return forms.CharField(
        label=label, required=setting.needed, max_length=setting.high or 400, help_text=help_text
    )
