"""英語: every Japanese sentence of the package has its English, with the same places."""

import ast
import re
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parent.parent
KANA_OR_KANJI = re.compile("[ぁ-んァ-ヶ一-龥]")
CALLS = {"_", "gettext", "gettext_lazy"}


def said():
    found = set()
    for file in PACKAGE.rglob("*.py"):
        if {"tests", "migrations"} & set(file.parts):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CALLS:
                found.add(ast.literal_eval(node.args[0]))
    for file in PACKAGE.rglob("*.html"):
        source = file.read_text()
        found |= set(re.findall(r'{% translate "([^"]+)"', source))
        for block in re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", source, re.DOTALL):
            found.add(re.sub(r"{{ (\w+) }}", r"%(\1)s", block))
    return found


def test_every_sentence_has_its_english():
    known = {entry.msgid: entry.msgstr for entry in polib.pofile(PACKAGE / "locale/en/LC_MESSAGES/django.po")}
    assert said() == set(known)
    for japanese, english in known.items():
        assert english
        assert not KANA_OR_KANJI.search(english), english
        places = re.compile(r"%\((\w+)\)s")
        assert set(places.findall(english)) == set(places.findall(japanese)), english
