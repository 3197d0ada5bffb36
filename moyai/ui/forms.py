"""Forms of the house: errors in the field's own words, and fields that take every form people type."""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from moyai.ui import rules
from moyai.ui.renderers import PrintedAlone

CHOOSING = (forms.ChoiceField, forms.ModelChoiceField)


@cache
def _default_messages(of: type[forms.Field]) -> dict[str, Any]:
    messages: dict[str, Any] = {}
    for kind in reversed(of.__mro__):
        messages.update(getattr(kind, "default_error_messages", {}))
    return messages


def _missing(of: type[forms.Field]) -> str:
    if issubclass(of, forms.BooleanField):
        return gettext("「%(label)s」にチェックを入れてください。")
    if issubclass(of, forms.FileField):
        return gettext("%(label)sを添付してください。")
    if issubclass(of, CHOOSING):
        return gettext("%(label)sを選んでください。")
    return gettext("%(label)sを入力してください。")


def _unreadable(of: type[forms.Field]) -> str:
    if issubclass(of, (forms.FloatField, forms.DecimalField)):
        return gettext("%(label)sは数字で入力してください。")
    if issubclass(of, forms.IntegerField):
        return gettext("%(label)sは整数で入力してください。")
    if issubclass(of, forms.EmailField):
        return gettext("%(label)sは「name@example.jp」の形で入力してください。")
    if issubclass(of, (forms.DateField, forms.DateTimeField)):
        return gettext("%(label)sは「令和8年4月1日」か「2026-04-01」の形で入力してください。")
    if issubclass(of, forms.FileField):
        return gettext("%(label)sを受け取れませんでした。もう一度添付してください。")
    if issubclass(of, forms.URLField):
        return gettext("%(label)sは「https://」で始まるアドレスを入力してください。")
    return gettext("%(label)sの内容を確かめてください。")


_WITH_NUMBERS = frozenset({"max_length", "min_length", "max_value", "min_value"})


@lru_cache(maxsize=512, typed=True)
def _words(of: type[forms.Field], language: str | None, low: Any, high: Any) -> dict[str, str]:
    """What a field of this kind says in the language, its label still to be put in."""
    ours = {
        "required": _missing(of),
        "invalid": _unreadable(of),
        "invalid_choice": gettext("%(label)sを一覧から選んでください。"),
        "invalid_list": gettext("%(label)sを一覧から選んでください。"),
        "empty": gettext("%(label)sの中身が空です。別のファイルを添付してください。"),
        "missing": gettext("%(label)sを添付してください。"),
        "invalid_image": gettext("%(label)sを画像として開けません。別のファイルを添付してください。"),
        "max_length": gettext(
            "%(label)sは%(limit_value)s文字以内にしてください。今は%(show_value)s文字です。"
        ),
        "min_length": gettext(
            "%(label)sは%(limit_value)s文字以上にしてください。今は%(show_value)s文字です。"
        ),
        "max_value": gettext("%(label)sは%(limit_value)s以下にしてください。"),
        "min_value": gettext("%(label)sは%(limit_value)s以上にしてください。"),
    }
    if low is not None and high is not None:
        both = gettext("%(label)sは%(low)sから%(high)sの間で入力してください。")
        ours["min_value"] = ours["max_value"] = both.replace("%(low)s", str(low)).replace(
            "%(high)s", str(high)
        )
    return ours


def say_in_japanese(field: forms.Field, label: str) -> None:
    """Give a field its errors in its own words. Messages a form wrote itself stay."""
    kind: Any = type(field)
    low, high = getattr(field, "min_value", None), getattr(field, "max_value", None)
    django_words = _default_messages(kind)
    for code, text in _words(kind, get_language(), low, high).items():
        theirs = field.error_messages.get(code)
        if theirs is None:
            # Adding a code a field does not know would silence the words of its validators.
            of_mail = code == "invalid" and isinstance(field, forms.EmailField)
            if not (code in _WITH_NUMBERS or code == "required" or of_mail):
                continue
        else:
            plain = django_words.get(code)
            if theirs is not plain and theirs != plain:
                continue  # written by the form
        # Messages with numbers pass through % once more, so a % in the label has to survive that.
        name = label.replace("%", "%%") if code in _WITH_NUMBERS else label
        field.error_messages[code] = text.replace("%(label)s", name)


class Form(forms.Form):
    """A form whose every field prints through `ui/field.html` and speaks in the field's own words."""

    template_name = "ui/fields.html"
    default_renderer = PrintedAlone()  # one for all forms: each has a cache of compiled templates

    def full_clean(self) -> None:
        for name, field in self.fields.items() if self.is_bound else ():
            label = str(field.label) if field.label is not None else name
            say_in_japanese(field, label)
        super().full_clean()


# --- fields that read every form of look §7 ----------------------------------------------------------
class TypedTextField(forms.CharField):
    """A text box read by one of the pure readers in `rules.py`; refused values stay on the screen."""

    refusals: dict[str, Any] = {}
    attrs: dict[str, Any] = {}

    def read(self, text: str) -> Any:
        return rules.fold(text)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), **self.attrs}

    def to_python(self, value: Any) -> Any:
        text = "" if value is None else str(value)
        if not rules.trim(text):
            return self.empty_value
        try:
            return self.read(text)
        except rules.Unreadable as problem:
            words = self.refusals.get(problem.reason) or self.refusals["other"]
            label = str(self.label or "")
            raise ValidationError(
                str(words) % {"label": label, "hint": problem.hint}, code=problem.reason
            ) from None


class KanaField(TypedTextField):
    """フリガナ: ひらがな, half- and full-width katakana; kept in full-width katakana."""

    attrs = {"spellcheck": "false", "data-width": "name"}
    refusals = {"other": _("%(label)sはカタカナかひらがなで入力してください。")}

    def read(self, text: str) -> str:
        return rules.kana(text)


class NameField(TypedTextField):
    """氏名: exactly as given."""

    attrs = {"spellcheck": "false", "data-width": "name", "autocomplete": "name"}
    refusals = {"other": _("%(label)sに、文字ではない制御記号が入っています。入力し直してください。")}

    def read(self, text: str) -> str:
        return rules.name_as_given(text)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)


class AmountField(TypedTextField):
    """金額: whole yen as int. `negative=True` also takes △1,000."""

    attrs = {"inputmode": "numeric", "data-width": "amount", "data-suffix": _("円"), "autocomplete": "off"}
    refusals = {
        "negative": _("%(label)sは0円以上で入力してください。"),
        "too_large": _("%(label)sが大きすぎます。桁数を確かめてください。"),
        "other": _("%(label)sは1円単位の整数で入力してください。"),
    }

    def __init__(self, *, negative: bool = False, limit_yen: int = 10**15, **kwargs: Any) -> None:
        self.negative, self.limit_yen = negative, limit_yen
        super().__init__(empty_value=None, **kwargs)

    def read(self, text: str) -> int:
        return rules.amount_yen(text, negative=self.negative, limit=self.limit_yen)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:,}" if isinstance(value, int) else value


class WholeNumberField(TypedTextField):
    """A whole number in any width, within `low` and `high` (both included)."""

    attrs = {"inputmode": "numeric", "data-width": "number"}
    refusals = {
        "range": _("%(label)sは%(hint)sの間で入力してください。"),
        "low": _("%(label)sは%(hint)s以上で入力してください。"),
        "high": _("%(label)sは%(hint)s以下で入力してください。"),
        "other": _("%(label)sは整数で入力してください。"),
    }

    def __init__(self, *, low: int | None = None, high: int | None = None, **kwargs: Any) -> None:
        self.low, self.high = low, high
        super().__init__(empty_value=None, **kwargs)

    def read(self, text: str) -> int:
        value = rules.whole_number(text)
        low, high = self.low, self.high
        if (low is not None and value < low) or (high is not None and value > high):
            if low is not None and high is not None:
                hint = gettext("%(low)sから%(high)s") % {"low": f"{low:,}", "high": f"{high:,}"}
                raise rules.Unreadable("range", hint=hint)
            raise rules.Unreadable(
                "low" if high is None else "high", hint=f"{low if high is None else high:,}"
            )
        return value


class PhoneField(TypedTextField):
    """電話番号: kept as E.164, shown by area code."""

    attrs = {"inputmode": "tel", "autocomplete": "tel", "data-width": "tel"}
    refusals = {
        "extension": _("内線番号は別の欄に入力してください。"),
        "other": _("%(label)sは市外局番から入力してください。例：043-245-5111"),
    }

    def read(self, text: str) -> str:
        return rules.phone(text)

    def prepare_value(self, value: Any) -> Any:
        return rules.phone_shown(value) if isinstance(value, str) and value.startswith("+") else value


class PostalCodeField(TypedTextField):
    """郵便番号: kept as 7 digits, shown 260-0013."""

    attrs = {"inputmode": "numeric", "autocomplete": "postal-code", "data-width": "postal"}
    refusals = {"other": _("%(label)sは7桁の数字で入力してください。例：260-0013")}

    def read(self, text: str) -> str:
        return rules.postal_code(text)

    def prepare_value(self, value: Any) -> Any:
        return rules.postal_code_shown(value) if isinstance(value, str) else value


class MailField(TypedTextField):
    """メールアドレス: asked once, confirmed by a link."""

    attrs = {"inputmode": "email", "autocomplete": "email", "spellcheck": "false"}
    refusals = {
        "no_at": _("%(label)sに「@」がありません。「name@example.jp」の形で入力してください。"),
        "likely": _("%(label)sは「%(hint)s」ですか。確かめて入力し直してください。"),
        "other": _("%(label)sは「name@example.jp」の形で入力してください。"),
    }

    def read(self, text: str) -> str:
        return rules.mail_address(text)


class CodeField(TypedTextField):
    """整理番号, 法人番号, パスワード of a receipt: case, width, blanks and hyphens do not matter."""

    attrs = {"autocomplete": "off", "spellcheck": "false", "data-width": "code"}
    refusals = {
        "length": _("%(label)sは%(hint)s桁の数字で入力してください。"),
        "not_digits": _("%(label)sは%(hint)s桁の数字で入力してください。"),
        "other": _("%(label)sの番号を確かめてください。"),
    }

    def __init__(self, *, length: int | None = None, **kwargs: Any) -> None:
        self.length = length
        super().__init__(**kwargs)

    def read(self, text: str) -> str:
        if self.length is None:
            return rules.bare_code(text)
        try:
            return rules.digits(text, length=self.length)
        except rules.Unreadable as problem:
            raise rules.Unreadable(problem.reason, hint=str(self.length)) from None


# --- 日付 by parts -------------------------------------------------------------------------------------
class DateParts(forms.Widget):
    """日付 — 元号, 年, 月, 日 as four controls that give one text (令和8年4月1日, 2026年4月1日).

    The text is what the era reader of the field takes; this package knows no eras of its own. A date
    given as initial value is shown in 西暦, a text as it stands.
    """

    template_name = "ui/date_parts.html"
    use_fieldset = True
    ERAS = ("西暦", "令和", "平成", "昭和", "大正", "明治")
    PARTS = ("era", "year", "month", "day")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        parts = {part: rules.fold(data.get(f"{name}_{part}") or "") for part in self.PARTS}
        if not (parts["year"] or parts["month"] or parts["day"]):
            return str(data.get(name) or "")
        era = "" if parts["era"] in ("", "西暦") else parts["era"]
        return f"{era}{parts['year']}年{parts['month']}月{parts['day']}日"

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and not any(f"{name}_{part}" in data for part in self.PARTS)

    def split(self, value: Any) -> dict[str, str]:
        if isinstance(value, date):
            return {"era": "西暦", "year": str(value.year), "month": str(value.month), "day": str(value.day)}
        text = str(value or "")
        if iso := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text):
            return {"era": "西暦", "year": iso[1], "month": str(int(iso[2])), "day": str(int(iso[3]))}
        found = re.fullmatch(r"(西暦|令和|平成|昭和|大正|明治)?([^年]*)年([^月]*)月([^日]*)日", text)
        if not found:
            era = "令和" if get_language() in (None, "ja") else "西暦"  # the other languages know no eras
            return {"era": era, "year": "", "month": "", "day": ""}
        return {"era": found[1] or "西暦", "year": found[2], "month": found[3], "day": found[4]}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        autocomplete = self.attrs.get("autocomplete") == "bday"
        labels = {"era": gettext("元号"), "year": gettext("年"), "month": gettext("月"), "day": gettext("日")}
        parts = []
        for place, part in enumerate(self.PARTS):
            parts.append(
                {
                    "part": part,
                    "label": labels[part],
                    "id": f"{context['widget']['attrs'].get('id', name)}_{place}",
                    "name": f"{name}_{part}",
                    "value": self.split(value)[part],
                    "autocomplete": f"bday-{part}" if autocomplete and part != "era" else "",
                    "required": bool(self.is_required) and part != "era",
                }
            )
        invalid = bool((attrs or {}).get("aria-invalid"))
        context["widget"].update(
            parts=parts, eras=[(era, gettext(era)) for era in self.ERAS], invalid=invalid
        )
        return context

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_0"
