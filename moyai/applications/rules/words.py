"""機構の言葉 — the few words that the engine itself writes into answers, in Japanese and English.

An edition words its own questions; these stand where it says nothing: はい・いいえ, 同意します, 円, 件.
"""

from __future__ import annotations

import datetime


class Words(str):
    """Japanese text that knows its English: a plain string wherever one is wanted, as in Message.params."""

    __slots__ = ("en",)
    en: str

    def __new__(cls, ja: str, en: str = "") -> Words:
        made = super().__new__(cls, ja)
        made.en = en or ja
        return made

    def in_language(self, language: str) -> str:
        """The plain text: English for "en", Japanese for every other language."""
        return self.en if language == "en" else str(self)


YES = Words("はい", "Yes")
NO = Words("いいえ", "No")
AGREED = Words("同意します", "I agree")
ATTACHED = Words("添付あり", "Attached")
ROWS = Words("件", " entries")
YEN = Words("円", " yen")


def joined(parts: list[str], language: str) -> str:
    """Several answers as one: 、 in Japanese, a comma in English."""
    return (", " if language == "en" else "、").join(parts)


def either(parts: list[Words]) -> Words:
    """One of several: 整数か日付 · whole number or date."""
    return Words("か".join(parts), " or ".join(one.en for one in parts))


def counted(number: int, counter: str, language: str) -> str:
    """How many rows a group has: 2頭 · 2."""
    return f"{number:,}" if language == "en" else f"{number:,}{counter}"


MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905


def date_in_words(day: datetime.date) -> Words:
    """A date inside a message; years are Gregorian, as nobody knows which era the reader thinks in."""
    return Words(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {MONTHS[day.month - 1]} {day.year}")
