"""Search keys beside names: names are kept exactly as given, these are what is compared. Pure."""

from __future__ import annotations

import unicodedata
from typing import Final

_SMALL: Final = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_SAME: Final = str.maketrans("ヲヂヅ", "オジズ")
_DROP: Final = str.maketrans("", "", "ー・‐-－ 　\t\u200b\u3099\u309a")
_VOICED: Final = str.maketrans(
    "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴ",
    "カキクケコサシスセソタチツテトハヒフヘホハヒフヘホウ",
)
_TO_KATAKANA: Final = {code: code + 0x60 for code in range(0x3041, 0x3097)}


def name_key(name: str) -> str:
    """氏名 for search: width folded, blanks out, lower case; at most 100 characters."""
    folded = unicodedata.normalize("NFKC", name)
    return "".join(folded.split()).casefold()[:100]


def kana_key(kana: str) -> str:
    """フリガナ for search: katakana without 濁点, 小書き, 長音, blanks; ヲ as オ; at most 100 characters."""
    folded = unicodedata.normalize("NFKC", kana).translate(_TO_KATAKANA)
    return "".join(folded.translate(_SMALL).translate(_SAME).translate(_VOICED).translate(_DROP).split())[
        :100
    ]
