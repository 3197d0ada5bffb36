"""Search keys beside what people write: names and addresses are kept exactly as given. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SMALL: Final = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_SAME: Final = str.maketrans("ヲヂヅ", "オジズ")
_MARKS: Final = str.maketrans("", "", "ー・‐-－\u200b")
_HIRAGANA: Final = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_HYPHENS: Final = re.compile(r"(?<=\d)[‐‑‒–—―−ー－-]|(丁目|番地の?|番|号)(?=\d|$)")
_DIGITS_OF_KANJI: Final = str.maketrans("一二三四五六七八九", "123456789")


def name_key(name: str) -> str:
    """氏名・団体名 for search: width folded, blanks out, lower case; at most 100 characters."""
    folded = unicodedata.normalize("NFKC", name)
    return "".join(folded.split()).casefold()[:100]


def kana_key(kana: str) -> str:
    """フリガナ for search and for telling who is one: katakana, small signs as large ones, no long marks or blanks.

    ヲ is オ and ヂヅ are ジズ, as people write them either way. Voiced marks stay: カトウ is not ガトウ.
    """
    folded = unicodedata.normalize("NFKC", kana).translate(_HIRAGANA)
    return "".join(folded.translate(_SMALL).translate(_SAME).translate(_MARKS).split()).casefold()[:100]


def address_key(address: str) -> str:
    """住所 for comparing: width folded, blanks out, 1丁目2番3号 and 一丁目2-3 as 1-2-3; at most 200 characters."""
    folded = "".join(unicodedata.normalize("NFKC", address).split()).casefold()
    folded = re.sub(
        r"([一二三四五六七八九])(?=丁目|番|号)", lambda found: found[1].translate(_DIGITS_OF_KANJI), folded
    )
    return _HYPHENS.sub("-", folded).rstrip("-")[:200]
