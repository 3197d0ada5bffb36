"""文字の数え方と、ゆらぎの吸収 — counting characters as people do, and folding widths, blanks and dashes
at the edge.
"""

from __future__ import annotations

import re
import unicodedata

# Nobody types these on purpose: controls (tab and line feed are dealt with by the field kinds), lone
# surrogates,
# overrides of the writing direction (used to disguise words), non-characters.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufffe\uffff]")
FORBIDDEN_IN_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202d\u202e\ud800-\udfff\ufffe\uffff]")

BLANKS = " \t\r\n\u00a0\u3000\u200b\u2060\ufeff"
DASHES = re.compile("(?<=[0-9)])[‐‑‒–—―−ーｰ－](?=[0-9(])")

# Longer than any field kind allows; refused before anything else looks at the text.
LONGEST_RAW_TEXT = 100_000


def graphemes(text: str) -> int:
    """文字数 — characters as a reader counts them: variation selectors (IVS), joining marks and emoji
    parts do not count.

    An approximation of Unicode UAX #29 that is exact for Japanese text, and needs no table beyond the
    language's own.
    """
    if text.isascii():
        return len(text)
    count = 0
    joined = False
    flag_open = False
    for character in text:
        code = ord(character)
        if code < 0x300 or 0x3041 <= code <= 0x3096 or 0x30A1 <= code <= 0x30FA or 0x4E00 <= code <= 0x9FFF:
            count, joined, flag_open = count + (not joined), False, False
            continue
        if code == 0x200D:  # zero width joiner: the next one belongs here
            joined = True
            continue
        if (
            0xFE00 <= code <= 0xFE0F
            or 0xE0100 <= code <= 0xE01EF
            or 0x1F3FB <= code <= 0x1F3FF
            or 0xE0020 <= code <= 0xE007F
            or unicodedata.category(character) in ("Mn", "Me", "Mc")
        ):
            count = max(count, 1)
            continue
        if 0x1F1E6 <= code <= 0x1F1FF and flag_open:  # second half of a flag
            flag_open = False
            continue
        flag_open = 0x1F1E6 <= code <= 0x1F1FF
        count, joined = count + (not joined), False
    return max(count, 1)


def folded(text: str) -> str:
    """Numbers and codes in one form: NFKC, trimmed, any dash between digits a hyphen (NFKC leaves – — −
    ー).
    """
    if text.isascii():
        return text.strip()
    return DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip(BLANKS)


def trimmed(text: str) -> str:
    """Blanks around the text taken off, full-width and zero-width ones too; nothing inside is changed."""
    return text.strip(BLANKS)
