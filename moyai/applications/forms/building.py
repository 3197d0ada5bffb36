"""Forms of the builder: a page, a field of any kind, a rule, a list, the people, the words in another language."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.applications.building import formulas
from moyai.applications.building.settings import FORMULAS, Setting, lines_of, options_of, settings_of
from moyai.applications.building.shape import Document, fields_of, named, places
from moyai.applications.rules import KINDS
from moyai.calendars.public import DateBoxField
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


class TestForm(Form):
    """条件を足す — one more test, joined to those there are."""

    __test__ = False  # not a test of pytest

    joined = forms.ChoiceField(
        label=_("今の条件に"),
        choices=[("and", _("かつ（どちらも成り立つとき）")), ("or", _("または（どちらかが成り立つとき）"))],
    )
    asked = forms.ChoiceField(label=_("どの項目が"))
    how = forms.ChoiceField(
        label=_("どうなら"),
        choices=[
            ("＝", _("等しい")),
            ("≠", _("等しくない")),
            ("≧", _("以上・以後")),
            ("≦", _("以下・以前")),
            ("含む", _("含む（複数選択）")),
            ("答えがある", _("答えがある")),
            ("答えがない", _("答えがない")),
        ],
    )
    answer = forms.CharField(
        label=_("どの答え"),
        required=False,
        max_length=200,
        help_text=_("選択肢の言葉、数、日付（2026-04-01）、「はい」「いいえ」のどれか"),
    )

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document = document
        self.fields["asked"].choices = [  # type: ignore[attr-defined]
            (one["id"], label)
            for one, label in named(document)
            if KINDS[one["kind"]].answerable or one["kind"] == "calculated"
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        how, answer = cleaned.get("how", ""), (cleaned.get("answer") or "").strip()
        if not cleaned.get("asked"):
            return cleaned
        field = f"「{cleaned['asked']}」"
        if how in ("答えがある", "答えがない"):
            text = f"答えがある({field})" if how == "答えがある" else f"でない(答えがある({field}))"
        elif not answer:
            self.add_error("answer", _("どの答えのときかを入力してください。"))
            return cleaned
        else:
            plain = answer in ("はい", "いいえ") or answer[:1].isdigit() or answer in formulas.FACTS
            known = next(one for one in fields_of(self.document) if one["id"] == cleaned["asked"])
            chooses = known["kind"] in ("single_choice", "multiple_choice", "listed", "ranking")
            written = answer if plain and not chooses else f"『{answer}』"
            text = f"含む({field}, {written})" if how == "含む" else f"{field} {how} {written}"
        try:
            cleaned["test"] = formulas.read(text, self.document)
        except formulas.FormulaWrong as wrong:
            self.add_error("answer", formula_words(wrong))
        return cleaned

    def joined_to(self, before: Any) -> Any:
        """The condition there was, and this test."""
        test = self.cleaned_data["test"]
        if before is None:
            return test
        joined = self.cleaned_data["joined"]
        if isinstance(before, dict) and list(before) == [joined]:
            return {joined: [*before[joined], test]}
        return {joined: [before, test]}


class ListForm(Form):
    """一覧 — a table by paste or file: value, label and columns of its own."""

    name = forms.CharField(label=_("一覧の名前"), max_length=40, validators=[ID])
    table = forms.CharField(
        label=_("一覧の表（CSV）"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "mo-mono"}),
        help_text=_(
            "1行目は見出し：value,label と、列の名前（英小文字）。数だけの列は計算に使えます。1,000行まで。"
        ),
    )
    file = forms.FileField(label=_("CSVのファイル"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        upload, field = cleaned.get("file"), "table"
        text = cleaned.get("table") or ""
        if upload is not None:
            field = "file"
            try:
                text = upload.read(2_000_001).decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("文字コードをUTF-8にして保存したファイルにしてください。"))
                return cleaned
        try:
            cleaned["found"] = list_of(text)
        except ValueError as wrong:
            self.add_error(field, str(wrong))
        return cleaned


def list_of(text: str) -> dict[str, Any]:
    """A list of an edition out of CSV or of cells pasted from a sheet. Raises ValueError in words."""
    sample = text.split("\n", 1)[0]
    rows = list(csv.reader(io.StringIO(text), delimiter="\t" if "\t" in sample else ","))
    rows = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    if not rows or rows[0][:2] != ["value", "label"]:
        raise ValueError(gettext("1行目を value,label から始めてください。"))
    names, body = rows[0][2:], rows[1:]
    if not body or len(body) > 1_000:
        raise ValueError(gettext("1行から1,000行までにしてください。"))
    for number, row in enumerate(body, 2):
        if len(row) != len(rows[0]):
            raise ValueError(gettext("%(number)s行目の列の数が、1行目と違います。") % {"number": number})
    whole = {name: all(_whole(row[2 + at]) for row in body) for at, name in enumerate(names)}
    return {
        "columns": {name: "int" if whole[name] else "text" for name in names},
        "rows": [
            {"value": row[0], "label": row[1]}
            | {name: int(row[2 + at]) if whole[name] else row[2 + at] for at, name in enumerate(names)}
            for row in body
        ],
    }


def _whole(text: str) -> bool:
    """A number as a number is written: 0914 is a code."""
    return text.isascii() and text.removeprefix("-").isdigit() and str(int(text)) == text and len(text) <= 13


def list_as_csv(one: Mapping[str, Any]) -> str:
    """A list as it is edited."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = list(one.get("columns", {}))
    writer.writerow(["value", "label", *names])
    for row in one.get("rows", []):
        writer.writerow([row.get("value", ""), row.get("label", ""), *(row.get(name, "") for name in names)])
    return out.getvalue()


class PeopleForm(Form):
    """申し込む人 — which fields say who applies, what a signature is compared with, what a blind review hides."""

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        applicant, signature = document.get("applicant", {}), document.get("signature", {})
        initial = {
            f"applicant_{role}": value if isinstance(value, list) else [value]
            for role, value in applicant.items()
        }
        initial |= {f"signature_{role}": value for role, value in signature.items()}
        kwargs.setdefault("initial", initial | {"blind": document.get("blind", [])})
        super().__init__(*args, **kwargs)
        known = named(document)

        def of(*kinds: str) -> Sequence[tuple[str, str]]:
            return [(one["id"], label) for one, label in known if not kinds or one["kind"] in kinds]

        roles = {
            "name": (_("氏名"), ("name", "text")),
            "kana": (_("フリガナ"), ("kana",)),
            "born_on": (_("生年月日"), ("date",)),
            "address": (_("住所"), ("address",)),
            "phone": (_("電話番号"), ("phone",)),
            "mail": (_("メールアドレス"), ("mail",)),
        }
        for role, (label, kinds) in roles.items():
            self.fields[f"applicant_{role}"] = forms.MultipleChoiceField(
                label=_("申し込む人の%(what)s") % {"what": label},
                choices=of(*kinds),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        for role in ("name", "born_on", "address"):
            label, kinds = roles[role]
            self.fields[f"signature_{role}"] = forms.ChoiceField(
                label=_("署名と照らす%(what)s") % {"what": label},
                choices=[("", _("照らさない")), *of(*kinds)],
                required=False,
            )
        self.fields["blind"] = forms.MultipleChoiceField(
            label=_("伏せた審査で見せない項目"),
            choices=of(),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    def put_into(self, document: Document) -> None:
        cleaned = self.cleaned_data
        roles = ("name", "kana", "born_on", "address", "phone", "mail")
        applicant = {role: cleaned[f"applicant_{role}"] for role in roles if cleaned[f"applicant_{role}"]}
        signature = {
            role: cleaned[f"signature_{role}"]
            for role in ("name", "born_on", "address")
            if cleaned[f"signature_{role}"]
        }
        single = {role: ids[0] if len(ids) == 1 else ids for role, ids in applicant.items()}
        for key, value in (("applicant", single), ("signature", signature), ("blind", cleaned["blind"])):
            if value:
                document[key] = value
            else:
                document.pop(key, None)


class TryForm(Form):
    """試す — answers, the day on which they come, and what the form is given."""

    document = forms.CharField(
        label=_("答えのJSON"),
        initial="{}",
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "mo-mono"}),
    )
    on = DateBoxField(label=_("申込みの日"), required=False, help_text=_("空のときは今日です。"))
    given = forms.CharField(
        label=_("渡される値のJSON"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "mo-mono"}),
    )

    def clean(self) -> dict[str, Any]:
        import json

        cleaned = super().clean() or self.cleaned_data
        for name in ("document", "given"):
            text = cleaned.get(name) or "{}"
            try:
                found = json.loads(text)
            except (ValueError, RecursionError):
                self.add_error(name, _("JSONとして読み取れません。"))
                continue
            if not isinstance(found, dict):
                self.add_error(name, _("{ で始まるJSONにしてください。"))
            cleaned[f"{name}_found"] = found
        return cleaned
