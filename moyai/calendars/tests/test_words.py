"""英語: every Japanese sentence of the package has its English, with the same places."""

from __future__ import annotations

import re
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parent.parent
KANA_OR_KANJI = re.compile("[ぁ-んァ-ヶ一-龥]")


def said() -> set[str]:
    found: set[str] = set()
    for file in PACKAGE.rglob("*.py"):
        if {"tests", "migrations"} & set(file.parts):
            continue
        source = file.read_text()
        found |= set(re.findall(r'\b(?:_|gettext|gettext_lazy)\(\s*"([^"]+)"', source))
        for table in re.findall(r"^TEXTS = \{(.*?)^\}", source, re.DOTALL | re.MULTILINE):
            found |= set(re.findall(r'": "([^"]+)"', table))
        found |= set(re.findall(r'BadCase\(\{[^:]+: "([^"]+)"\}', source))
    for file in PACKAGE.rglob("*.html"):
        source = file.read_text()
        found |= set(re.findall(r'{% translate "([^"]+)"', source))
        for block in re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", source, re.DOTALL):
            found |= {re.sub(r"{{ (\w+) }}", r"%(\1)s", half) for half in block.split("{% plural %}")}
    return found


def test_every_sentence_has_its_english() -> None:
    known = {entry.msgid: entry for entry in polib.pofile(str(PACKAGE / "locale/en/LC_MESSAGES/django.po"))}
    japanese = {sentence for sentence in said() if KANA_OR_KANJI.search(sentence)}
    assert len(japanese) > 20
    assert japanese - set(known) == set()
    for entry in known.values():
        for english in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            assert english
            assert not KANA_OR_KANJI.search(english.replace("元", "")), english
            places = set(re.findall(r"%\((\w+)\)s", english))
            assert places <= set(re.findall(r"%\((\w+)\)s", entry.msgid)), english
