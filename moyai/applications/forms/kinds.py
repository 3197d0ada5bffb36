"""How each kind of question looks, and how what was posted for it is read, in wire values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.applications.forms.accounts import bank_account
from moyai.applications.forms.addresses import address, map_point, read_map_point
from moyai.applications.forms.listed import listed, read_listed
from moyai.applications.rules import Field
from moyai.calendars.public import WarekiPartsField

if TYPE_CHECKING:
    from moyai.applications.forms.questions import QuestionsForm


# kind → attributes of its box
BOXES: dict[str, dict[str, str]] = {
    "text": {},
    "name": {"spellcheck": "false", "autocomplete": "name", "data-width": "name"},
    "kana": {"spellcheck": "false", "data-width": "name"},
    "phone": {"type": "tel", "inputmode": "tel", "autocomplete": "tel", "data-width": "tel"},
    "mail": {"inputmode": "email", "autocomplete": "email", "spellcheck": "false"},
    "postal_code": {"inputmode": "numeric", "autocomplete": "postal-code", "data-width": "postal"},
    "microchip": {"inputmode": "numeric", "autocomplete": "off"},
    "corporate_number": {"inputmode": "numeric", "autocomplete": "off"},
    "check_number": {"inputmode": "numeric", "autocomplete": "off"},
    "number": {"inputmode": "numeric", "autocomplete": "off", "data-width": "number"},
    "yen": {"inputmode": "numeric", "autocomplete": "off", "data-width": "amount"},
}


SELECT_FROM = 8  # so many options and more make a list to open


def box(form: QuestionsForm, one: Field, value: Any) -> None:
    attrs = dict(BOXES.get(one.kind, {}))
    if one.settings.get("autocomplete"):
        attrs["autocomplete"] = str(one.settings["autocomplete"])
    hint = one.hint
    unit = gettext("円") if one.kind == "yen" else str(one.settings.get("unit", ""))
    if unit:
        attrs["data-suffix"] = unit
    form.add(
        one.id,
        forms.CharField(
            label=one.label, help_text=hint, required=form.is_needed(one), widget=forms.TextInput(attrs=attrs)
        ),
        value,
    )


def _area(form: QuestionsForm, one: Field, value: Any) -> None:
    longest = int(one.settings.get("max_length", 2000))
    hint = one.hint or gettext("%(count)s文字まで") % {"count": f"{longest:,}"}
    widget = forms.Textarea(attrs={"rows": 6, "data-count": str(longest)})
    form.add(
        one.id,
        forms.CharField(label=one.label, help_text=hint, required=form.is_needed(one), widget=widget),
        value,
    )


def _date(form: QuestionsForm, one: Field, value: Any) -> None:
    hint = one.hint or _("例：令和8年4月1日。西暦でも入力できます。")
    made = WarekiPartsField(
        label=one.label,
        help_text=hint,
        required=form.is_needed(one),
        today=form.today,
        autocomplete=str(one.settings.get("autocomplete", "")),
    )
    form.add(one.id, made, _as_date(value))


def _as_date(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and value else value
    except ValueError:
        return None


def _with_hint(option: Mapping[str, Any]) -> str:
    if not option.get("hint"):
        return str(option["label"])
    return gettext("%(choice)s（%(hint)s）") % {"choice": option["label"], "hint": option["hint"]}


def _options(one: Field, key: str = "options") -> list[tuple[str, str]]:
    return [(option["value"], _with_hint(option)) for option in one.settings[key]]


def _choice(form: QuestionsForm, one: Field, value: Any) -> None:
    options = _options(one)
    if one.settings.get("seats"):
        left = form.left.get(one.id, {})
        options = [(code, f"{label}：{left[code]}" if code in left else label) for code, label in options]
    look = one.settings.get("look", "select" if len(options) >= SELECT_FROM else "radio")
    code = value.get("choice") if isinstance(value, dict) else value
    if look == "select":
        options = [("", gettext("選択してください")), *options]
    form.add(
        one.id,
        forms.ChoiceField(
            label=one.label,
            help_text=one.hint,
            required=form.is_needed(one),
            choices=options,
            widget=forms.Select if look == "select" else forms.RadioSelect,
        ),
        code,
    )
    _own_words(form, one, [value])


def _choices(form: QuestionsForm, one: Field, value: Any) -> None:
    chosen = value if isinstance(value, list) else []
    codes = [each["choice"] if isinstance(each, dict) else each for each in chosen]
    hint = one.hint
    if not hint and one.settings.get("max_count"):
        hint = gettext("%(count)s個まで選べます。") % {"count": one.settings["max_count"]}
    form.add(
        one.id,
        forms.MultipleChoiceField(
            label=one.label,
            help_text=hint,
            required=form.is_needed(one),
            choices=_options(one),
            widget=forms.CheckboxSelectMultiple,
        ),
        codes,
    )
    _own_words(form, one, chosen)


def _own_words(form: QuestionsForm, one: Field, chosen: Sequence[Any]) -> None:
    typed = {each["choice"]: each["text"] for each in chosen if isinstance(each, dict)}
    for option in one.settings["options"]:
        if option.get("other_text"):
            label = gettext("「%(option)s」を選んだ場合の内容") % {"option": option["label"]}
            form.add(
                f"{one.id}__{option['value']}",
                forms.CharField(label=label, required=False),
                typed.get(option["value"]),
            )


def _yes_no(form: QuestionsForm, one: Field, value: Any) -> None:
    choices = [
        ("yes", one.settings.get("yes_label", gettext("はい"))),
        ("no", one.settings.get("no_label", gettext("いいえ"))),
    ]
    form.add(
        one.id,
        forms.ChoiceField(
            label=one.label,
            help_text=one.hint,
            required=form.is_needed(one),
            choices=choices,
            widget=forms.RadioSelect,
        ),
        None if value is None else "yes" if value is True else "no" if value is False else value,
    )


def _consent(form: QuestionsForm, one: Field, value: Any) -> None:
    label = str(one.settings.get("tick_label", gettext("同意します")))
    form.add(
        one.id,
        forms.BooleanField(label=label, required=form.is_needed(one), widget=forms.CheckboxInput),
        bool(value),
    )


def _ranking(form: QuestionsForm, one: Field, value: Any) -> None:
    options = [("", gettext("選択してください")), *_options(one)]
    chosen = value if isinstance(value, list) else []
    for place in range(int(one.settings.get("count", len(options) - 1))):
        form.add(
            f"{one.id}__{place}",
            forms.ChoiceField(
                label=gettext("%(place)s位") % {"place": place + 1},
                choices=options,
                required=form.is_needed(one),
            ),
            chosen[place] if place < len(chosen) else None,
        )


def _matrix(form: QuestionsForm, one: Field, value: Any) -> None:
    chosen = value if isinstance(value, dict) else {}
    columns = _options(one, "columns")
    every = form.is_needed(one) and bool(one.settings.get("every_row", True))
    for row in one.settings["rows"]:
        form.add(
            f"{one.id}__{row['value']}",
            forms.ChoiceField(label=row["label"], choices=columns, required=every, widget=forms.RadioSelect),
            chosen.get(row["value"]),
        )


def _time(form: QuestionsForm, one: Field, value: Any) -> None:
    given = value if isinstance(value, dict) else {}
    if isinstance(value, str) and ":" in value:
        given = dict(zip(("hour", "minute"), value.split(":", 1), strict=True))
    for part, label in (("hour", gettext("時")), ("minute", gettext("分"))):
        attrs = {"inputmode": "numeric", "autocomplete": "off", "data-width": "number"}
        form.add(
            f"{one.id}__{part}",
            forms.CharField(label=label, required=form.is_needed(one), widget=forms.TextInput(attrs=attrs)),
            given.get(part),
        )


def _silent(form: QuestionsForm, one: Field, value: Any) -> None:
    """No box of its own: files and rows are shown by the template; the name is there for their errors."""
    form.add(
        one.id,
        forms.CharField(label=one.label, help_text=one.hint, required=form.is_needed(one)),
        None,
    )


def nothing(form: QuestionsForm, one: Field, value: Any) -> None:
    return


MAKERS: dict[str, Callable[[QuestionsForm, Field, Any], None]] = {
    "textarea": _area,
    "date": _date,
    "single_choice": _choice,
    "multiple_choice": _choices,
    "yes_no": _yes_no,
    "consent": _consent,
    "ranking": _ranking,
    "matrix": _matrix,
    "address": address,
    "time": _time,
    "map_point": map_point,
    "bank_account": bank_account,
    "listed": listed,
    "file": _silent,
    "photo": _silent,
    "group": _silent,
    "explanation": nothing,
    "calculated": nothing,
}


def _many(form: QuestionsForm, name: str) -> list[str]:
    return form.data.getlist(form.add_prefix(name))  # type: ignore[attr-defined,no-any-return]


def read_box(form: QuestionsForm, one: Field) -> Any:
    return form.typed(one.id)


def _read_date(form: QuestionsForm, one: Field) -> Any:
    made = form.fields[one.id]
    parts = made.widget.value_from_datadict(form.data, {}, form.add_prefix(one.id))
    if not any(parts[part].strip() for part in ("year", "month", "day")):
        return ""
    try:
        value = made.clean(parts)
    except ValidationError as error:
        form.own_errors[form.prefix_path + one.id] = " ".join(error.messages)
        return parts  # as typed; the engine takes it for no date
    return value.isoformat() if value else ""


def _with_words(form: QuestionsForm, one: Field, code: str) -> Any:
    takes = any(option["value"] == code and option.get("other_text") for option in one.settings["options"])
    return {"choice": code, "text": form.typed(f"{one.id}__{code}")} if takes else code


def _read_choice(form: QuestionsForm, one: Field) -> Any:
    code = form.typed(one.id)
    return _with_words(form, one, code) if code else ""


def _read_choices(form: QuestionsForm, one: Field) -> Any:
    return [_with_words(form, one, code) for code in _many(form, one.id) if code]


def _read_consent(form: QuestionsForm, one: Field) -> Any:
    return True if form.typed(one.id) else None


def _read_ranking(form: QuestionsForm, one: Field) -> Any:
    count = int(one.settings.get("count", len(one.settings["options"])))
    return [code for place in range(count) if (code := form.typed(f"{one.id}__{place}"))]


def _read_parts(form: QuestionsForm, one: Field) -> Any:
    names = [name for name in form._names.get(one.id, list(form.fields)) if name.startswith(f"{one.id}__")]
    return {name.removeprefix(f"{one.id}__"): value for name in names if (value := form.typed(name)).strip()}


READERS: dict[str, Callable[[QuestionsForm, Field], Any] | None] = {
    "date": _read_date,
    "single_choice": _read_choice,
    "multiple_choice": _read_choices,
    "consent": _read_consent,
    "ranking": _read_ranking,
    "matrix": _read_parts,
    "address": _read_parts,
    "time": _read_parts,
    "map_point": read_map_point,
    "bank_account": _read_parts,
    "listed": read_listed,
    "file": None,
    "photo": None,
    "group": None,
    "explanation": None,
    "calculated": None,
}
