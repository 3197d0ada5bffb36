"""Kinds of field for places: 郵便番号 and 住所."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from moyai.applications.rules.expressions.types import TEXT, Type
from moyai.applications.rules.kinds.base import (
    Kind,
    Read,
    Reading,
    Schema,
    Settings,
    Showing,
    Wrong,
    WrongParts,
    is_blank,
    line,
)
from moyai.applications.rules.kinds.words import AUTOCOMPLETE
from moyai.applications.rules.result import Param
from moyai.applications.rules.text import folded, graphemes, trimmed
from moyai.applications.rules.words import Words

PREFECTURES = tuple(
    (  # noqa: SIM905 - forty-seven quoted lines would say no more
        "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 "
        "東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 "
        "滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 "
        "香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県"
    ).split()
)
ADDRESS_PARTS = {
    "postal_code": Words("郵便番号", "postal code"),
    "prefecture": Words("都道府県", "prefecture"),
    "city": Words("市区町村", "city, town or village"),
    "street": Words("町名・番地", "town area and number"),
    "building": Words("建物名・部屋番号", "building and room"),
}
_SEVEN = re.compile(r"[0-9]{7}", re.ASCII)
_LONGEST_PART = 200


def _postal_code(value: Any, part: str = "", *, of: str = "") -> str:
    text = folded(line(value)).lstrip("〒").replace("-", "").replace(" ", "")
    if not _SEVEN.fullmatch(text):
        raise Wrong(f"not_postal_code{of}", part)
    return text


class PostalCode(Kind):
    """郵便番号 — 7 digits in any writing; kept as 7 digits, shown 260-0013."""

    name, ja = "postal_code", "郵便番号"
    en = "Postal code"
    free = True
    settings: ClassVar[dict[str, Schema]] = {"autocomplete": AUTOCOMPLETE}

    def reader(self, settings: Settings) -> Read:
        return lambda value, reading: _postal_code(value)

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        return f"{kept[:3]}-{kept[3:]}"


class Address(Kind):
    """住所 — {postal_code, prefecture, city, street, building?}; each part has its own error path.

    Kept as given, trimmed. A postal code is asked for unless the edition says `"postal_code": false`;
    `building` may always be left out.
    """

    name, ja = "address", "住所"
    en = "Address"
    free = True
    settings: ClassVar[dict[str, Schema]] = {"postal_code": {"type": "boolean"}}

    def value_type(self, settings: Settings) -> Type:
        return Type("address")

    def parts(self, settings: Settings) -> Mapping[str, Type]:
        return {**dict.fromkeys(ADDRESS_PARTS, TEXT), "prefecture": Type("text", frozenset(PREFECTURES))}

    def reader(self, settings: Settings) -> Read:
        asked = [part for part in ADDRESS_PARTS if part != "postal_code" or settings.get("postal_code", True)]
        names = Words(
            "・".join(ADDRESS_PARTS[part] for part in asked),
            ", ".join(ADDRESS_PARTS[part].en for part in asked),
        )

        def read(value: Any, reading: Reading) -> dict[str, str]:
            if not isinstance(value, dict) or not all(part in asked for part in value):
                raise Wrong("not_parts", parts=names)
            kept: dict[str, str] = {}
            wrong: list[tuple[str, str, dict[str, Param]]] = []
            for part in asked:
                given = value.get(part)
                if is_blank(given):
                    if part != "building":
                        wrong.append((part, "missing_part", {"part": ADDRESS_PARTS[part]}))
                    continue
                try:
                    kept[part] = _part(part, given)
                except Wrong as found:
                    wrong.extend((part, code, params) for _, code, params in found.found)
            if wrong:
                raise WrongParts(wrong)
            return kept

        return read

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        code = kept.get("postal_code")
        place = kept.get("prefecture", "") + kept.get("city", "") + kept.get("street", "")
        return "　".join(
            one
            for one in (f"〒{code[:3]}-{code[3:]}" if code else "", place, kept.get("building", ""))
            if one
        )


def _part(part: str, given: Any) -> str:
    if part == "postal_code":
        return _postal_code(given, of="_of_address")
    text = trimmed(line(given))
    if part == "prefecture" and text not in PREFECTURES:
        raise Wrong("not_prefecture")
    if len(text) > _LONGEST_PART:
        raise Wrong("too_long", max=_LONGEST_PART, count=graphemes(text))
    return text
