"""ほかの人が先に保存した — what is stored now beside what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from moyai.calendars.public import day_words, moment_words
from moyai.council.actions.meetings import ChangedMeanwhile
from moyai.ui.public import Form


def differences(
    form: Form, changed: ChangedMeanwhile, boxes: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Field by field; the next save takes the version that is shown here."""
    names = boxes or {}
    form.data = {**form.data.dict(), "version": str(changed.version)}  # type: ignore[attr-defined]
    return {
        "caption": _("ほかの人が保存した内容との違い"),
        "columns": [{"label": _("項目")}, {"label": _("今の内容")}, {"label": _("あなたの入力")}],
        "rows": [
            [
                {"text": _label(form, names.get(one.field, one.field)), "head": True},
                shown(one.stored),
                shown(one.typed),
            ]
            for one in changed.differences
        ],
        "empty": _("あなたの入力は、今の内容と同じです。"),
        "cards": True,
    }


def _label(form: Form, name: str) -> str:
    box = form.fields.get(name)
    return str(box.label) if box is not None and box.label else name


def shown(value: Any) -> str:
    """A stored value as a person reads it."""
    if value is None or value == "":
        return _("（なし）")
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(value, datetime):
        return str(moment_words(value))
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value)
