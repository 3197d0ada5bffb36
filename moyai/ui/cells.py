"""The cells of a table as HTML. A page of the inbox has four hundred: a template each was half of its time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString


def cell_html(cell: Mapping[str, Any]) -> SafeString:
    """The whole `<td>` (or `<th>` where `head`): a box to choose the row, a badge, a link, or a text."""
    return format_html(
        '<{}{} data-label="{}">{}</{}>',
        SafeString('th scope="row"' if cell["head"] else "td"),
        SafeString(' class="mo-numeric"' if cell["numeric"] else ""),
        cell["label"],
        _inside(cell),
        SafeString("th" if cell["head"] else "td"),
    )


def _inside(cell: Mapping[str, Any]) -> SafeString:
    text = _shown(cell.get("text"))
    if cell.get("checkbox"):
        return format_html(
            '<label class="mo-choice"><input class="mo-choice__box" type="checkbox" name="{}" value="{}"{}>'
            '<span class="mo-hidden">{}</span></label>',
            cell["checkbox"],
            _shown(cell.get("value")),
            SafeString(" checked" if cell.get("checked") else ""),
            text,
        )
    if state := cell.get("state"):
        return _badge(str(state.get("kind") or "neutral"), str(state["word"]))
    if cell.get("url"):
        return format_html('<a href="{}">{}</a>', cell["url"], text)
    return format_html("<span>{}</span>", "—" if text == "" else text)


@lru_cache(maxsize=256)  # few words, in two languages
def _badge(kind: str, word: str) -> SafeString:
    return SafeString(render_to_string("ui/badge.html", {"state": {"kind": kind, "word": word}}))


def _shown(value: Any) -> Any:
    if value is None:
        return ""
    return value if isinstance(value, str) else localize(value)
