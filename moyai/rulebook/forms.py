"""試算の入力 — a form made from the schema of a case: one control for each field, whatever the rule.

Lists are typed one entry a line; the parts of an entry are separated by commas, in the order of the schema.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField, DateRefused, date_sentence, parse_date
from moyai.rulebook.intake import read_json
from moyai.rulebook.rules import BadCase, Quote, Rule, RulebookError, plain
from moyai.rulebook.words import japanese, label_of, said
from moyai.ui.public import AmountField, Form, Unreadable, WholeNumberField, whole_number

PREFIX = "case"
RADIOS_UP_TO = 7


class TryForm(Form):
    """A case, the day it applies to, and the body where bodies differ."""

    def __init__(self, rule: Rule, data: Any, *, today: date, bodies: Mapping[str, str]) -> None:
        super().__init__(data)
        self.rule, self.today = rule, today
        for name, part in rule.input["properties"].items():
            self.fields[f"{PREFIX}-{name}"] = control_for(
                name, part, name in rule.input.get("required", []), today
            )
        self.fields["on"] = DateBoxField(
            label=_("適用する日"), required=False, today=today, help_text=_("空欄なら今日です。")
        )
        if bodies:
            general = [("", _("団体を選ばない"))]
            self.fields["body"] = forms.ChoiceField(
                label=_("団体"), required=False, choices=[*general, *bodies.items()]
            )

    def case(self) -> dict[str, Any]:
        """What was filled in; a field left blank is left out, so that the rule's own default holds."""
        filled = {name: self.cleaned_data.get(f"{PREFIX}-{name}") for name in self.rule.input["properties"]}
        return {name: plain(value) for name, value in filled.items() if value not in (None, "", [])}

    def work_out(self) -> Quote | None:
        """The quote, or None with the refusal beside the field it is about."""
        try:
            return self.rule.work_out(
                self.case(),
                on=self.cleaned_data.get("on") or self.today,
                body_code=self.cleaned_data.get("body") or None,
            )
        except BadCase as bad:
            for path, problem in bad.fields.items():
                field = f"{PREFIX}-{path.split('.')[0]}"
                self.add_error(field if field in self.fields else None, said(problem))
        except RulebookError as error:
            self.add_error("body" if "body" in self.fields else "on", said(error.problem))
        return None


def control_for(name: str, part: Mapping[str, Any], required: bool, today: date) -> forms.Field:
    """The control of one field of a case."""
    label = label_of(dict(part), name)
    common: dict[str, Any] = {"label": label, "required": required}
    kind = part.get("type")
    if kind == "boolean":
        words = [("true", _("はい")), ("false", _("いいえ"))]
        initial = {True: "true", False: "false"}.get(part.get("default"))  # type: ignore[arg-type]
        return forms.TypedChoiceField(
            choices=words,
            widget=forms.RadioSelect,
            coerce=lambda word: word == "true",
            empty_value=None,
            initial=initial,
            **common,
        )
    if "enum" in part:
        choices = [(str(code), words_of(part).get(code, str(code))) for code in part["enum"]]
        few = len(choices) <= RADIOS_UP_TO
        blank = [] if few else [("", _("選択してください"))]
        widget = forms.RadioSelect if few else forms.Select
        return forms.ChoiceField(
            choices=[*blank, *choices], widget=widget, initial=part.get("default"), **common
        )
    if part.get("format") == "date":
        return DateBoxField(today=today, **common)
    if kind == "integer":
        bounds = {"low": f"{part['minimum']:,}", "high": f"{part['maximum']:,}"}
        hint = gettext("%(low)sから%(high)sまでの整数") % bounds
        if part.get("x-unit") == "円":
            return AmountField(
                negative=part["minimum"] < 0, initial=part.get("default"), help_text=hint, **common
            )
        return WholeNumberField(initial=part.get("default"), help_text=hint, **common)
    if kind == "array":
        return LinesField(part, today, **common)
    if kind == "object":
        return ObjectField(**common)
    return forms.CharField(**common)


class ObjectField(forms.CharField):
    """Items and their values, as JSON: what is too deep for controls of its own."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["widget"] = forms.Textarea(attrs={"rows": 8})
        super().__init__(help_text=gettext("JSONで入力します。"), **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_json(text.encode())
        except RulebookError as error:
            raise ValidationError(said(error.problem)) from error


class LinesField(forms.CharField):
    """A list, one entry a line."""

    def __init__(self, part: Mapping[str, Any], today: date, **kwargs: Any) -> None:
        self.items, self.today = part["items"], today
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), help_text=self._hint(), **kwargs)

    def _hint(self) -> str:
        if not self._flat():
            return gettext("JSONで入力します。")
        if self.items.get("type") != "object":
            return gettext("1行に1件ずつ入力します。")
        names = "、".join(label_of(part, name) for name, part in self.items["properties"].items())
        return gettext("1行に1件ずつ、%(names)sの順に、コンマで区切って入力します。") % {"names": names}

    def _flat(self) -> bool:
        parts = self.items.get("properties", {"": self.items}).values()
        return all(part.get("type") not in ("array", "object") for part in parts)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        if not self._flat():
            try:
                return read_json(text.encode())
            except RulebookError as error:
                raise ValidationError(said(error.problem)) from error
        lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
        return [self._entry(number, line) for number, line in lines]

    def _entry(self, number: int, line: str) -> Any:
        try:
            if self.items.get("type") != "object":
                return self._value(line.strip(), self.items)
            parts = self.items["properties"]
            words = [word.strip() for word in re.split(r"[,，、\t]", line)]
            if len(words) != len(parts):
                raise ValidationError(gettext("%(count)s個の値を入力してください。") % {"count": len(parts)})
            return {
                name: self._value(word, part) for (name, part), word in zip(parts.items(), words, strict=True)
            }
        except ValidationError as wrong:
            line_text = gettext("%(line)s行目：") % {"line": number}
            raise ValidationError([line_text + message for message in wrong.messages]) from wrong

    def _value(self, word: str, part: Mapping[str, Any]) -> Any:
        if part.get("format") == "date":
            try:
                return parse_date(word, today=self.today).on.isoformat()
            except DateRefused as refused:
                raise ValidationError(date_sentence(refused)) from refused
        if part.get("type") == "integer":
            try:
                return whole_number(word)
            except Unreadable:
                label = label_of(dict(part), str(self.label))
                raise ValidationError(
                    gettext("%(label)sは整数で入力してください。") % {"label": label}
                ) from None
        if part.get("type") == "boolean":
            return word in ("はい", "true", "1", "○", "Yes", "yes")
        if "enum" in part:
            by_word = {shown: code for code, shown in words_of(part).items()}
            return by_word.get(word, word)
        return word


def in_words(value: Any, schema: Mapping[str, Any]) -> dict[str, Any]:
    """How a value of a case is shown: {"day": date} or {"text": …}, by its schema."""
    if isinstance(value, str) and schema.get("format") == "date":
        value = date.fromisoformat(value)
    if isinstance(value, date):
        return {"day": value}
    if isinstance(value, bool):
        return {"text": gettext("はい") if value else gettext("いいえ")}
    if isinstance(value, int):
        return {"text": f"{value:,}{unit_word(str(schema.get('x-unit', '')))}"}
    if isinstance(value, list):
        shown = [in_words(item, schema.get("items", {})) for item in value]
        # Entries of several parts are told apart by a stronger sign than their parts.
        between = "／" if schema.get("items", {}).get("type") == "object" else "、"
        return {"parts": shown, "between": between} if shown else {"text": "—"}
    if isinstance(value, Mapping):
        parts = schema.get("properties", {})
        shown = [in_words(item, parts.get(name, {})) for name, item in value.items()]
        return {"parts": shown, "between": "、"}
    if value in (None, ""):
        return {"text": "—"}
    return {"text": str(words_of(schema).get(value, value))}


def words_of(schema: Mapping[str, Any]) -> Mapping[str, str]:
    """The words of a choice by code, in the reader's language."""
    words: Mapping[str, str] = schema.get("x-words", {})
    return words if japanese() else {**words, **schema.get("x-words-en", {})}


def unit_word(unit: str) -> str:
    """円 stays 円 in Japanese and becomes “ yen” in English."""
    return unit if japanese() or not unit else f" {gettext(unit)}"
