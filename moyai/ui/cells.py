"""The cells of a table and the rows of a summary as HTML: of these a page has hundreds, too many for a template each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from moyai.ui.foreign import in_japanese
from moyai.ui.renderers import shown, told


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
        return format_html('<a href="{}">{}</a>', cell["url"], in_japanese(text))
    return format_html("<span>{}</span>", "—" if text == "" else in_japanese(text))


def summary_row_html(row: Any) -> str:
    """A row of `ui/summary_list.html`: what was asked, the answer or that there is none, the way to change it."""

    def of(name: str) -> Any:
        return row.get(name) if isinstance(row, Mapping) else getattr(row, name, None)

    key, value, address = told(of("key")), of("value"), of("url")
    inside: str
    if of("state"):
        inside = render_to_string("ui/badge.html", {"state": of("state")})
    elif value is None or value == "":
        missing = shown(of("missing") or gettext("未入力（任意）"))
        inside = f'<span class="mo-summary-list__missing">{missing}</span>'
    elif of("value_url"):
        inside = f'<a href="{shown(of("value_url"))}">{told(value)}</a>'
    else:
        inside = told(value)
    act = ""
    if address:
        words = shown(of("action") or gettext("修正する"))
        act = (
            f'<dd class="mo-summary-list__act"><a href="{shown(address)}">{words}'
            f'<span class="mo-hidden">：{key}</span></a></dd>'
        )
    return f'<div class="mo-summary-list__row"><dt>{key}</dt><dd>{inside}</dd>{act}</div>'


@lru_cache(maxsize=256)  # few words, in two languages
def _badge(kind: str, word: str) -> SafeString:
    return SafeString(render_to_string("ui/badge.html", {"state": {"kind": kind, "word": word}}))


def _shown(value: Any) -> Any:
    if value is None:
        return ""
    return value if isinstance(value, str) else localize(value)
