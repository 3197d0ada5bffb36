"""手続の訳 — what the page of a procedure says, in English and やさしい日本語, kept beside the Japanese.

{"en": {"summary": …}, "ja-easy": {"summary": …}}. Easy texts carry their readings: 漢字《かんじ》, ｜1日《ついたち》.
The title is not among them: the edition of the form translates it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from moyai.applications.rules.translations import KEYS

EASY: Final = "ja-easy"
LANGUAGES: Final = tuple(KEYS)
WORDS: Final = ("summary", "audience", "fee_note", "to_prepare", "elsewhere", "section", "contact")
LONGEST: Final = 4_000  # of a text whose Japanese has no limit of its own

# As the pages read them (ui/readings); said again here, where nothing of the web is imported.
_WITH_READING = re.compile(r"(?:｜([^｜《》\n]+)|([\u3400-\u9fff々〆ヶ]+))《([^《》\n]+)》")
_KANJI = re.compile(r"[\u3400-\u9fff々〆]+")


def field_name(language: str, name: str) -> str:
    """What a translation is called where it is typed, and where a refusal names it: en_summary, easy_summary."""
    return f"{KEYS.get(language, language)}_{name}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps a translation from being kept. `code`: shape, text, long, reading; `found` is what is amiss."""

    language: str
    name: str
    code: str
    found: str = ""

    @property
    def field(self) -> str:
        return field_name(self.language, self.name)


def faults_of(translations: Any, limits: Mapping[str, int | None]) -> Iterator[Fault]:
    """Everything amiss: languages and facts nobody knows, no text, longer than its Japanese may be, kanji without a reading.

    Readings do not count as length: they stand above the line.
    """
    if not isinstance(translations, Mapping):
        yield Fault("", "", "shape")
        return
    for language, words in translations.items():
        if language not in LANGUAGES or not isinstance(words, Mapping):
            yield Fault(str(language), "", "shape")
            continue
        for name, text in words.items():
            if name not in WORDS:
                yield Fault(language, str(name), "shape")
            elif not isinstance(text, str) or not text.strip():
                yield Fault(language, name, "text")
            else:
                yield from _faults_of_text(language, name, text, limits.get(name) or LONGEST)


def _faults_of_text(language: str, name: str, text: str, limit: int) -> Iterator[Fault]:
    easy = language == EASY
    shown = _WITH_READING.sub(r"\1\2", text) if easy else text
    if len(shown) > limit:
        yield Fault(language, name, "long", str(limit))
    if easy and (bare := _KANJI.findall(_WITH_READING.sub("", text))):
        yield Fault(language, name, "reading", "・".join(dict.fromkeys(bare)))


def missing_in(
    translations: Mapping[str, Mapping[str, str]],
    facts: Mapping[str, Any],
    original: Mapping[str, Any],
) -> dict[str, dict[str, str]]:
    """取り入れられる訳 — translations of an original (its `translations`) that are absent here, of words that are the same.

    `facts`: the words here in Japanese. Where they read differently, the translation would say something else.
    """
    found: dict[str, dict[str, str]] = {}
    for language, words in original.get("translations", {}).items():
        for name, text in words.items():
            same = _lines(facts.get(name)) == _lines(original.get(name)) != []
            if same and name not in translations.get(language, {}):
                found.setdefault(language, {})[name] = text
    return found


def _lines(text: Any) -> list[str]:
    return str(text or "").split()


def joined(
    translations: Mapping[str, Mapping[str, str]], more: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """Both together, in the order of the languages; `more` goes before."""
    both = {language: {**translations.get(language, {}), **more.get(language, {})} for language in LANGUAGES}
    return {language: words for language, words in both.items() if words}
