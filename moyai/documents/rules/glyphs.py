"""Which characters the fonts of the letters can draw. A missing glyph is an error, never a box."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pylopdf_fonts_jp

_BREAKS = frozenset("\n\r\t \u3000\u00a0")


@dataclass(frozen=True)
class Glyphs:
    """The characters of one font, and its variation sequences (異体字セレクタ) as (character, selector)."""

    characters: frozenset[int]
    sequences: frozenset[tuple[int, int]]

    def __or__(self, other: Glyphs) -> Glyphs:
        return Glyphs(self.characters | other.characters, self.sequences | other.sequences)


def _table(font: bytes, tag: bytes) -> bytes:
    count = struct.unpack_from(">H", font, 4)[0]
    for at in range(12, 12 + 16 * count, 16):
        if font[at : at + 4] == tag:
            offset, length = struct.unpack_from(">II", font, at + 8)
            return font[offset : offset + length]
    raise ValueError("the font has no such table")


def _segments(part: bytes) -> Iterator[range]:
    """Format 12: groups of neighbouring characters."""
    for group in range(struct.unpack_from(">I", part, 12)[0]):
        first, last, _ = struct.unpack_from(">III", part, 16 + 12 * group)
        yield range(first, last + 1)


def _variations(part: bytes) -> Iterator[tuple[int, int]]:
    """Format 14: per selector, ranges drawn by the usual glyph and single characters with their own."""

    def u24(at: int) -> int:
        return int.from_bytes(part[at : at + 3], "big")

    for record in range(struct.unpack_from(">I", part, 6)[0]):
        at = 10 + 11 * record
        selector = u24(at)
        usual, own = struct.unpack_from(">II", part, at + 3)
        if usual:
            for entry in range(struct.unpack_from(">I", part, usual)[0]):
                first = u24(usual + 4 + 4 * entry)
                for character in range(first, first + part[usual + 7 + 4 * entry] + 1):
                    yield character, selector
        if own:
            for entry in range(struct.unpack_from(">I", part, own)[0]):
                yield u24(own + 4 + 5 * entry), selector


def glyphs_of(font: bytes) -> Glyphs:
    """Read the `cmap` of an OpenType font (OpenType 1.9, formats 12 and 14)."""
    table = _table(font, b"cmap")
    characters: set[int] = set()
    sequences: set[tuple[int, int]] = set()
    for at in range(4, 4 + 8 * struct.unpack_from(">H", table, 2)[0], 8):
        part = table[struct.unpack_from(">I", table, at + 4)[0] :]
        form = struct.unpack_from(">H", part)[0]
        if form == 12:
            for segment in _segments(part):
                characters.update(segment)
        elif form == 14:
            sequences.update(_variations(part))
    return Glyphs(frozenset(characters), frozenset(sequences))


@lru_cache(maxsize=1)
def letter_glyphs() -> Glyphs:
    """What a letter can draw: the serif of its text, and the sans that stands in for it."""
    fonts = (pylopdf_fonts_jp.serif_path(), pylopdf_fonts_jp.sans_path())
    first, second = (glyphs_of(path.read_bytes()) for path in fonts)
    return first | second


def missing(text: str, glyphs: Glyphs) -> list[str]:
    """The characters of `text` that cannot be drawn exactly, each once, in order, with their selector."""
    lacking: dict[str, None] = {}
    for at, letter in enumerate(text):
        code = ord(letter)
        if letter in _BREAKS:
            continue
        if 0xE0100 <= code <= 0xE01EF or 0xFE00 <= code <= 0xFE0F:
            if at == 0 or (ord(text[at - 1]), code) not in glyphs.sequences:
                lacking[text[max(at - 1, 0) : at + 1]] = None
        elif code not in glyphs.characters:
            lacking[letter] = None
    return list(lacking)


def missing_in_facts(facts: Any, glyphs: Glyphs) -> list[str]:
    """As `missing`, over every text of a JSON document, whatever its depth; keys are not printed."""
    lacking: dict[str, None] = {}
    waiting: list[Any] = [facts]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            lacking.update(dict.fromkeys(missing(value, glyphs)))
        elif isinstance(value, Mapping):
            waiting.extend(reversed(list(value.values())))
        elif isinstance(value, list | tuple):
            waiting.extend(reversed(value))
    return list(lacking)


def named(letter: str) -> str:
    """A character by its number, since the reader's screen may not show it either: 「𱍐（U+31350）」."""
    shown = letter.encode("utf-8", "replace").decode()
    return f"{shown}（{' '.join(f'U+{ord(part):04X}' for part in letter)}）"
