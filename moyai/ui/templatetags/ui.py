"""Tags and filters of every template: `{% load ui %}`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.template.base import FilterExpression, Parser, Token
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, gettext_noop

from moyai.ui import rules
from moyai.ui.cells import cell_html, summary_row_html
from moyai.ui.easy_dates import easy_day, easy_moment
from moyai.ui.fields import error_items as items_of
from moyai.ui.fields import field_html as html_of
from moyai.ui.foreign import in_japanese
from moyai.ui.readings import EASY, easy, marked, without_readings

register = template.Library()

THEMES = ("light", "dark")
TEXT_SIZES = ("large", "xlarge")


# --- values ----------------------------------------------------------------------------------------
@register.filter
def number(value: Any) -> str | SafeString:
    """12345 → 12,345; none → —; negative → △ with a hidden マイナス."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return str(value)
    if value < 0:
        return format_html(
            '<span aria-hidden="true">△</span><span class="mo-hidden">{}</span>{:s}',
            gettext("マイナス"),
            f"{-value:,}",
        )
    return f"{value:,}"


@register.filter
def yen(value: Any) -> str | SafeString:
    """1234 → 1,234円."""
    if value is None or value == "":
        return "—"
    shown = number(value)
    if get_language() == "en":
        return format_html("{} yen", shown)
    return format_html("{}{}", shown, marked("円《えん》") if easy() else "円")


@register.filter
def ja(value: Any) -> Any:
    """Stored words (titles, names, questions) that stay Japanese: marked as such on an English page."""
    return in_japanese(value)


@register.filter
def none_dash(value: Any) -> Any:
    """None and blank become —; 0 stays 0."""
    return "—" if value is None or value == "" else value


@register.filter
def grouped(value: Any) -> str:
    """整理番号 in groups of four: 123456789012 → 1234-5678-9012."""
    return rules.group_in_fours(str(value or ""))


@register.filter
def moment(value: Any) -> SafeString | str:
    """A date or time for entries that bring no era text of their own: 2026年4月1日 午前10時5分."""
    english = get_language() == "en"
    if isinstance(value, datetime):
        here = localtime(value)
        if easy():
            return format_html(
                '<time datetime="{}">{}</time>', here.isoformat(timespec="minutes"), easy_moment(here)
            )
        shown = f"{here.day} {here:%B} {here.year}, {here:%H:%M}" if english else rules.clock_text(here)
        return format_html('<time datetime="{}">{}</time>', here.isoformat(timespec="minutes"), shown)
    if isinstance(value, date) and easy():
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), easy_day(value))
    if isinstance(value, date):
        shown = (
            f"{value.day} {value:%B} {value.year}"
            if english
            else f"{value.year}年{value.month}月{value.day}日"
        )
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)
    return value or ""


# --- addresses -------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def lang_url(context: template.Context, language: str) -> str:
    """The address of this same page in another language, its question kept."""
    request = context.get("request")
    if request is None:
        return _in_language("/", language)
    here = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    return _in_language(here, language)


def _in_language(here: str, language: str) -> str:
    """Every page lies under the prefix of its language, or under none: no need to find it first."""
    bare = without_language(here)
    return bare if language == settings.LANGUAGE_CODE else f"/{language}{bare}"


def without_language(here: str) -> str:
    """An address without the prefix of its language."""
    for code, _name in settings.LANGUAGES:
        if here.startswith(f"/{code}/"):
            return here.removeprefix(f"/{code}")
    return here


@register.simple_tag(takes_context=True)
def page_url(context: template.Context, name: str) -> str:
    """The address of another package's page, with this body where it needs one; "" where not mounted."""
    return _address(name, *_here(context))


@lru_cache(maxsize=4096)  # a dozen pages of each layout, for each body and language
def _address(name: str, slug: str, language: str | None, prefix: str, urlconf: str) -> str:
    for kwargs in ({"body_slug": slug}, {}) if slug else ({},):
        try:
            return reverse(name, urlconf=urlconf, kwargs=kwargs)
        except NoReverseMatch:
            continue
    return ""


def _here(context: template.Context) -> tuple[str, str | None, str, str]:
    """What every address of the layout depends on: the body, the language, where the house is mounted."""
    body = getattr(context.get("actor") or None, "body", None) or context.get("body") or None
    slug = getattr(body, "slug", None) or "" if body is not None else ""
    return (slug, get_language(), get_script_prefix(), get_urlconf() or settings.ROOT_URLCONF)


KEPT = 1024  # a part of the layout, in each language, of so many bodies


class KeptNode(template.Node):
    """`{% kept a b %}…{% endkept %}`: printed once per process for the same values, body and language.

    Nothing inside may depend on anything else: not on the person, not on the path.
    """

    def __init__(self, nodelist: template.NodeList, values: Sequence[FilterExpression]) -> None:
        self.nodelist = nodelist
        self.values = values
        self.kept: dict[tuple[Any, ...], SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        key = (*_here(context), *(_part_of_key(one.resolve(context, True)) for one in self.values))
        found = self.kept.get(key)
        if found is None:
            found = self.nodelist.render(context)
            if len(self.kept) >= KEPT:
                self.kept.clear()
            self.kept[key] = found
        return found


def _part_of_key(value: Any) -> tuple[bool, str | None]:
    """A value told apart from every other that prints differently: none, marked as HTML, or plain."""
    text = None if value is None else str(value)
    return (isinstance(text, SafeString), text)


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    values = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodelist, values)


LANGUAGE_LINKS = (  # code, its name in itself, the language it is written in
    ("ja", "日本語《にほんご》", "ja"),
    (EASY, "やさしい日本語《にほんご》", "ja"),
    ("en", "English", "en"),
)


@register.simple_tag(takes_context=True)
def language_links(context: template.Context, *, for_staff: bool = False) -> list[dict[str, str]]:
    """This page in its other languages: {url, name, lang}. Staff pages have no easy variant."""
    here = get_language()
    return [
        {
            "url": lang_url(context, code),
            "name": marked(name) if here == EASY else without_readings(marked(name)),
            "lang": lang,
        }
        for code, name, lang in LANGUAGE_LINKS
        if code != here and not (for_staff and code == EASY)
    ]


@register.simple_tag
def language_attributes() -> SafeString:
    """`lang` of <html>; the easy variant is Japanese and says which kind of Japanese beside it."""
    here = get_language() or "ja"
    return SafeString('lang="ja" data-variant="easy"' if here == EASY else format_html('lang="{}"', here))


@register.simple_tag(takes_context=True)
def display_attributes(context: template.Context) -> SafeString:
    """Attributes of <html>: the wishes of 表示設定 (cookies) and the body's colour; others are ignored."""
    request = context.get("request")
    cookies = request.COOKIES if request is not None else {}
    body = context.get("body") or getattr(context.get("actor") or None, "body", None)
    theme = context.get("force_theme") or cookies.get("moyai_theme", "")
    size = cookies.get("moyai_text", "")
    brand = getattr(body, "accent", "") if body else ""
    html = SafeString("")
    if theme in THEMES:
        html += format_html(' data-theme="{}"', theme)
    if size in TEXT_SIZES:
        html += format_html(' data-text="{}"', size)
    if brand in rules.BRANDS:
        html += format_html(' data-brand="{}"', brand)
    return SafeString(html)


# --- parts of components ---------------------------------------------------------------------------
@register.simple_tag
def field_html(field: BoundField) -> SafeString:
    """What `ui/field.html` includes, without the include."""
    return html_of(field)


@register.simple_tag
def summary_rows(rows: Any) -> SafeString:
    """The rows of a summary list, each {key, value, url, action, …}."""
    return SafeString("".join(summary_row_html(row) for row in rows or ()))


@register.simple_tag
def error_items(form: Any) -> list[dict[str, str]]:
    return items_of(form)


@register.simple_tag
def list_of(*values: Any) -> list[Any]:
    """A list in a template: `{% list_of a b as items %}`."""
    return list(values)


@register.simple_tag
def pair(first: Any, second: Any = None) -> tuple[Any, Any]:
    """(label, url) for breadcrumbs written in a template; no url for the page itself."""
    return (first, second)


@register.simple_tag
def step_parts(steps: Sequence[Any], current: Any) -> dict[str, Any]:
    """Steps (labels or {label, url, key}) as done, current, ahead; `current`: number from 1, label or key."""
    entries: list[dict[str, Any]] = [
        dict(step) if isinstance(step, Mapping) else {"label": str(step)} for step in steps or []
    ]
    place = 1
    for index, entry in enumerate(entries, start=1):
        if current in (index, entry["label"], entry.get("key")) or str(current) == str(index):
            place = index
            break
    for index, entry in enumerate(entries, start=1):
        entry.update(number=index, done=index < place, current=index == place)
    label = entries[place - 1]["label"] if entries else ""
    return {"steps": entries, "place": place, "total": len(entries), "label": label}


@register.simple_tag
def table_parts(table: Mapping[str, Any]) -> dict[str, Any]:
    """Each cell beside its column, so that the template decides nothing."""
    columns = [
        dict(column) if isinstance(column, Mapping) else {"label": column} for column in table["columns"]
    ]

    def line(cells: Sequence[Any]) -> list[dict[str, Any]]:
        out = []
        for place, cell in enumerate(cells):
            column = columns[place] if place < len(columns) else {"label": ""}
            parts = dict(cell) if isinstance(cell, Mapping) else {"text": cell}
            parts.update(label=column["label"], numeric=bool(column.get("numeric")), head=place == 0)
            if column.get("numeric"):
                parts["text"] = number(parts.get("text"))
            parts["html"] = cell_html(parts)
            out.append(parts)
        return out

    rows = []
    for row in table.get("rows", []):
        row_parts: dict[str, Any] = dict(row) if isinstance(row, Mapping) else {"cells": row}
        row_parts["cells"] = line(row_parts["cells"])
        rows.append(row_parts)
    return {
        "columns": columns,
        "rows": rows,
        "foot": [
            [{**cell, "text": "" if cell["text"] == "—" else cell["text"]} for cell in line(cells)]
            for cells in table.get("foot", [])
        ],
        "id": table.get("id") or "table-" + rules.short_id(str(table.get("caption", ""))),
    }


ROLE_WORDS = {
    "clerk": gettext_noop("担当者"),
    "approver": gettext_noop("決裁者"),
    "administrator": gettext_noop("管理者"),
    "secretariat": gettext_noop("協議会事務局"),
    "auditor": gettext_noop("監査"),
    "operator": gettext_noop("運用者"),
}


@register.simple_tag
def role_words(actor: Any) -> str:
    """The acting roles in words, in the order of duty."""
    roles = {str(role) for role in getattr(actor, "roles", None) or ()}
    return "・".join(gettext(word) for role, word in ROLE_WORDS.items() if role in roles)


@register.filter
def tel_link(value: Any) -> str:
    """043-245-5111 → +81432455111 for a tel: link; as written where it cannot be read."""
    try:
        return rules.phone(str(value))
    except rules.Unreadable:
        return "".join(sign for sign in str(value) if sign.isdigit() or sign == "+")
