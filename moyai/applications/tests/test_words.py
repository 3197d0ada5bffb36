"""Every sentence of the package has its English."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import polib

from moyai.applications import flow

PACKAGE = Path(__file__).resolve().parent.parent
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龥]")
CALLS = {"_", "gettext", "gettext_lazy", "lazy"}


def said() -> set[str]:
    """What the package says: calls, template tags, and the words of the flow."""
    found: set[str] = set()
    for file in PACKAGE.rglob("*.py"):
        if {"tests", "migrations", "rules"} & set(file.parts[len(PACKAGE.parts) :]):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CALLS and node.args:
                words = node.args[0]
                if isinstance(words, ast.Constant) and isinstance(words.value, str):
                    found.add(words.value)
    for file in (*PACKAGE.rglob("*.html"), *PACKAGE.rglob("notices/*.txt")):
        source = file.read_text(encoding="utf-8")
        found |= set(re.findall(r'{%\s*translate\s+"([^"]+)"', source)) | set(re.findall(r'_\("([^"]+)"\)', source))
        blocks = r"{%\s*blocktranslate[^%]*%}(.*?)(?:{%\s*plural\s*%}.*?)?{%\s*endblocktranslate\s*%}"
        for block in re.findall(blocks, source, re.DOTALL):
            found.add(re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", block.strip()))
    for words in (*flow.WORDS.values(), *flow.OUTCOME_WORDS.values()):
        found |= {words.resident, words.staff, words.meaning}
    for told in flow.DONE.values():
        found |= set(told)
    return {words for words in found if JAPANESE.search(words)}


def test_every_sentence_has_its_english() -> None:
    catalogue = polib.pofile(str(PACKAGE / "locale/en/LC_MESSAGES/django.po"))
    known = {entry.msgid: entry.msgstr or entry.msgstr_plural.get(1, "") for entry in catalogue}
    assert said() - set(known) == set()
    for japanese, english in known.items():
        assert english, japanese
        own = re.sub(r"[“「(][^”」)]*[”」)]", "", english)  # names of laws, and answers written in Japanese
        assert not JAPANESE.search(own.replace("はい", "").replace("いいえ", "")), english
        assert set(re.findall(r"%\((\w+)\)", english)) <= set(re.findall(r"%\((\w+)\)", japanese)), english
