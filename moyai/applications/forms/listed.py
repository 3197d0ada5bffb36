"""一覧から選択 in a form: a list to open while it is short, else a box with suggestions that the server narrows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext

from moyai.applications.rules import Field
from moyai.applications.rules.expressions.outside import bare_kana
from moyai.applications.rules.text import folded
from moyai.ui.public import without_readings

if TYPE_CHECKING:
    from moyai.applications.forms.questions import QuestionsForm

SELECT_UP_TO = 30  # more options than this are searched, not opened
SUGGEST_UP_TO = 300  # suggestions travel with the page, and a page stays below 100 kB


def searched(one: Field) -> bool:
    return one.kind == "listed" and len(one.settings["options"]) > SELECT_UP_TO


def labels_of(one: Field) -> dict[str, str]:
    """Code → words, plain: what is typed has no readings."""
    return {option["value"]: without_readings(str(option["label"])) for option in one.settings["options"]}


def listed(form: QuestionsForm, one: Field, value: Any) -> None:
    labels = labels_of(one)
    if not searched(one):
        choices = [
            ("", gettext("選択してください")),
            *((o["value"], o["label"]) for o in one.settings["options"]),
        ]
        form.add(
            one.id,
            forms.ChoiceField(
                label=one.label, help_text=one.hint, required=form.is_needed(one), choices=choices
            ),
            value,
        )
        return
    attrs = {"autocomplete": "off"}
    if len(labels) <= SUGGEST_UP_TO:
        attrs["list"] = f"id_{form.add_prefix(one.id)}_list"
    form.add(
        one.id,
        forms.CharField(
            label=one.label,
            help_text=one.hint
            or gettext("言葉の一部を入力して「一覧をしぼり込む」を押すと、%(count)s件から選べます。")
            % {"count": f"{len(labels):,}"},
            required=form.is_needed(one),
            widget=forms.TextInput(attrs=attrs),
        ),
        labels.get(value, value) if isinstance(value, str) else None,
    )
    typed = form.typed(one.id) if form.is_bound else value
    if not isinstance(typed, str) or not typed or code_of(one, typed) is not None:
        return
    matches = narrowed(one, typed)
    if not matches:
        return
    form.add(
        f"{one.id}__pick",
        forms.ChoiceField(
            label=gettext("%(label)s：しぼり込んだ一覧（%(count)s件）")
            % {"label": one.label, "count": f"{len(matches):,}"},
            required=False,
            choices=[("", gettext("選択してください")), *matches],
        ),
        None,
    )


def code_of(one: Field, typed: str) -> str | None:
    """The code that was meant: itself, or the only words that are the same."""
    labels = labels_of(one)
    if typed in labels:
        return typed
    meant = [code for code, label in labels.items() if folded(label) == folded(typed)]
    return meant[0] if len(meant) == 1 else None


def narrowed(one: Field, typed: str) -> list[tuple[str, str]]:
    """Options whose words, or kana, begin with what was typed; then those that have it within; all for nothing."""
    wanted = folded(typed[:200]).lower()
    kana = bare_kana(typed[:200])
    first, within = [], []
    for option in one.settings["options"]:
        words = folded(without_readings(str(option["label"]))).lower()
        reading = bare_kana(str(option.get("kana", words)))
        if words.startswith(wanted) or (kana and reading.startswith(kana)):
            first.append((option["value"], option["label"]))
        elif wanted in words or (kana and kana in reading):
            within.append((option["value"], option["label"]))
    return [*first, *within]


def fill_listed(form: QuestionsForm, one: Field) -> tuple[dict[str, str], str]:
    """「一覧をしぼり込む」 — the next page shows what begins with the words typed, or has them within."""
    typed = form.typed(one.id).strip()
    if not typed:
        return {}, gettext("%(label)sの言葉の一部を入力してください。") % {"label": one.label}
    if not narrowed(one, typed):
        return {}, gettext("「%(typed)s」にあたるものが一覧にありません。別の言葉で試してください。") % {
            "typed": typed[:40]
        }
    return {f"{one.id}__pick": ""}, ""


def read_listed(form: QuestionsForm, one: Field) -> Any:
    if not searched(one):
        return form.typed(one.id)
    picked, typed = form.typed(f"{one.id}__pick"), form.typed(one.id)
    return picked or (code_of(one, typed) or typed if typed.strip() else "")
