"""Kind of field for a point on the map: 地図上の位置."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
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
from moyai.applications.rules.result import Param
from moyai.applications.rules.text import folded
from moyai.applications.rules.words import Words

POINT_PARTS = {"lat": Words("緯度", "latitude"), "lng": Words("経度", "longitude")}
# The country with all its islands, in whole degrees: 沖ノ鳥島 20°25′N to 択捉島 45°33′N, 与那国島 122°56′E to
# 南鳥島 153°59′E.
JAPAN = {"lat": (20, 46), "lng": (122, 154)}
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?", re.ASCII)
_PAIR = re.compile(r"\(?([^,\s]+)(?:,\s*|\s+)([^,\s]+?)\)?", re.ASCII)
_MICRO = Decimal("0.000001")


def _degrees(given: Any) -> Decimal:
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        given = repr(given)
    text = folded(line(given)).removesuffix("°").removesuffix("度").lstrip("北緯東経")
    if len(text) > 30 or not _DEGREES.fullmatch(text):
        raise Wrong("not_degrees")
    return Decimal(text).quantize(_MICRO, rounding=ROUND_HALF_UP)


class MapPoint(Kind):
    """地図上の位置 — {lat, lng} in decimal degrees (WGS 84 = JGD2011 to a metre), within Japan.

    Kept as text with 6 decimals (0.1 m). Also taken: "35.607123, 140.106345" as maps give it, and numbers.
    `center` is where the map of the link opens while there is no answer.
    """

    name, ja, missing = "map_point", "地図上の位置", "missing_text"
    en = "Point on the map"
    settings: ClassVar[dict[str, Schema]] = {
        "center": {
            "description": "答えがないときに地図を開く位置",
            "type": "object",
            "required": ["lat", "lng"],
            "additionalProperties": False,
            "properties": {
                part: {"type": "string", "pattern": "^[0-9]{2,3}(\\.[0-9]{1,6})?$"} for part in POINT_PARTS
            },
        }
    }

    def value_type(self, settings: Settings) -> Type:
        return Type("point")

    def parts(self, settings: Settings) -> Mapping[str, Type]:
        return dict.fromkeys(POINT_PARTS, TEXT)

    def reader(self, settings: Settings) -> Read:
        names = Words("・".join(POINT_PARTS.values()), ", ".join(one.en for one in POINT_PARTS.values()))

        def read(value: Any, reading: Reading) -> dict[str, str]:
            if isinstance(value, str):
                pair = _PAIR.fullmatch(folded(line(value))[:80])
                if pair is None:
                    raise Wrong("not_degrees", "lat")
                value = {"lat": pair[1], "lng": pair[2]}
            if not isinstance(value, dict) or not value.keys() <= POINT_PARTS.keys():
                raise Wrong("not_parts", parts=names)
            found: dict[str, Decimal] = {}
            wrong: list[tuple[str, str, dict[str, Param]]] = []
            for part, words in POINT_PARTS.items():
                given = value.get(part)
                if is_blank(given):
                    wrong.append((part, "missing_part", {"part": words}))
                    continue
                try:
                    found[part] = _degrees(given)
                except Wrong as one:
                    wrong.extend((part, code, {"part": words, **params}) for _, code, params in one.found)
            if not wrong and _inside(found["lng"], found["lat"]):
                wrong.append(("lat", "degrees_swapped", {}))
            elif not wrong and not _inside(found["lat"], found["lng"]):
                wrong.append(("lat", "outside_japan", {}))
            if wrong:
                raise WrongParts(wrong)
            return {part: f"{found[part]:.6f}" for part in POINT_PARTS}

        return read

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        if showing.language == "en":
            return f"{kept['lat']}, {kept['lng']}"
        return f"北緯{kept['lat']}度、東経{kept['lng']}度"


def _inside(lat: Decimal, lng: Decimal) -> bool:
    return JAPAN["lat"][0] <= lat <= JAPAN["lat"][1] and JAPAN["lng"][0] <= lng <= JAPAN["lng"][1]
