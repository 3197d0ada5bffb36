"""What a machine can hold against a template or a message: pure functions over text, and a walk over the house.

`lint_house(root)` is what `make check` and the tests call; it gives one line per finding, empty when clean.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import polib

JAPANESE = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff々〆]")

# 言葉の決まり (look §6): what no page, error or mail of ours says.
BANNED_WORDS = {
    "不正な": "say what is wrong and what to do",
    "無効な値": "say what is wrong and what to do",
    "必須項目です": "〜を入力してください。",
    "エラーが発生": "say what happened, what is safe, what to do",
    "正しく入力": "say which form is right",
    "申し訳": "no apology; say what to do",
    "例外が": "no words of the machine",
    "させていただ": "します",
    "頂けますよう": "〜してください",
    "ご入力": "入力してください",
    "ご記入": "記入してください",
    "詳しくはこちら": "the link says where it goes",
}
BARE_BUTTONS = {"OK", "はい", "送信", "実行", "戻る", "キャンセル"}
WIDE_OR_HALF = re.compile(r"[０-９Ａ-Ｚａ-ｚ]|[\uff66-\uff9f]")

_TEMPLATE_COMMENT = re.compile(r"{#.*?#}|{%\s*comment.*?%}.*?{%\s*endcomment\s*%}|<!--.*?-->", re.DOTALL)
_BLOCK = re.compile(
    r"{%-?\s*blocktrans(?:late)?\b(?P<options>.*?)%}(?P<body>.*?){%\s*endblocktrans(?:late)?\s*%}", re.DOTALL
)
_TRANSLATE = re.compile(r"""{%\s*trans(?:late)?\s+(?P<quote>["'])(?P<text>.*?)(?P=quote)""", re.DOTALL)
_UNDERSCORE = re.compile(r"""\b_\((?P<quote>["'])(?P<text>.*?)(?P=quote)\)""", re.DOTALL)
_IN_TAGS = re.compile(r"{[%{].*?[%}]}", re.DOTALL)
_LANG_ELEMENT = re.compile(r"<(?P<name>\w+)\b[^>]*\blang=\"ja\"[^>]*>.*?</(?P=name)>", re.DOTALL)
_HTML_TAG = re.compile(r"<[a-zA-Z][^<>]*>", re.DOTALL)
_POST_FORM = re.compile(
    r"<form\b(?P<attributes>[^>]*method=\"post\"[^>]*)>(?P<body>.*?)</form>", re.DOTALL | re.IGNORECASE
)
_CONTROL = re.compile(
    r"ui/fields?\.html|{%\s*field_html\b|{{\s*form\b|<select\b|<textarea\b|<input\b(?![^>]*type=\"hidden\")"
)
_EXTENDS = re.compile(r'{%\s*extends\s+"([^"]+)"')
_BUTTON = re.compile(r"<button\b[^>]*>(?P<text>.*?)</button>", re.DOTALL)
_LINK = re.compile(r"<a\b[^>]*>(?P<text>.*?)</a>", re.DOTALL)
_GETTEXT = {
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "_",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
}


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """The text with every match turned to blanks, so that line numbers stay."""
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


# --- one template ------------------------------------------------------------------------------------
def lint_markup(text: str) -> list[tuple[int, str]]:
    """What the Content-Security-Policy and the design forbid in HTML, as (line, words)."""
    found: list[tuple[int, str]] = []
    plain = _blank(_TEMPLATE_COMMENT, text)
    for tag in _HTML_TAG.finditer(_blank(_IN_TAGS, plain)):
        words, line = tag.group(), _line(plain, tag.start())
        attributes = re.sub(r'"[^"]*"|\'[^\']*\'', '""', words)
        if re.match(r"<style\b", words) or re.search(r"\sstyle\s*=", attributes):
            found.append((line, "inline style: put it into a style sheet"))
        data_only = 'type="application/json"' in words
        if re.match(r"<script\b", words) and not data_only and not re.search(r"\ssrc\s*=", attributes):
            found.append((line, "inline script: put it into a file"))
        if re.search(r"\son[a-z]+\s*=", attributes):
            found.append((line, "event attribute: put it into a file"))
        if re.search(r"\splaceholder\b", attributes):
            found.append((line, "placeholder: use the label and a hint"))
        if re.search(r"\sdisabled\b", attributes):
            found.append((line, "disabled: leave the act out and say why"))
        if re.match(r"<meta\b[^>]*http-equiv=.?refresh", words, re.IGNORECASE):
            found.append((line, "refresh by meta tag"))
    for form in _POST_FORM.finditer(plain):
        if _CONTROL.search(form["body"]) and not re.search(r"\snovalidate\b", form["attributes"]):
            line = _line(plain, form.start())
            found.append((line, "form without novalidate: the browser would speak in its own words"))
    return found


def untranslated(text: str) -> list[tuple[int, str]]:
    """Japanese outside translate tags, as (line, words). What carries lang="ja" is meant to stay."""
    rest = text
    for pattern in (_TEMPLATE_COMMENT, _LANG_ELEMENT, _BLOCK, _TRANSLATE, _UNDERSCORE):
        rest = _blank(pattern, rest)
    found = []
    for number, line in enumerate(rest.split("\n"), start=1):
        if JAPANESE.search(line):
            words = re.sub(r"\s+", " ", line).strip()[:40]
            found.append((number, f"Japanese outside {{% translate %}}: {words}"))
    return found


def lint_words(text: str) -> list[str]:
    """The banned words and widths in one message."""
    found = [f"「{word}」: {instead}" for word, instead in BANNED_WORDS.items() if word in text]
    if wide := WIDE_OR_HALF.search(text):
        found.append(f"「{wide.group()}」: half-width letters and digits, full-width kana")
    return found


def lint_acts(text: str) -> list[tuple[int, str]]:
    """Buttons that do not name their effect, links that do not say where they go."""
    found = []
    for pattern, bad in ((_BUTTON, BARE_BUTTONS), (_LINK, {"こちら", "詳細はこちら", "ここ"})):
        for hit in pattern.finditer(text):
            words = "".join(msgids_of_template(hit["text"])) or re.sub(r"<.*?>", "", hit["text"]).strip()
            if words in bad or (pattern is _LINK and words.endswith("こちら")):
                found.append((_line(text, hit.start()), f"「{words}」 says neither act nor place"))
    return found


# --- headings ----------------------------------------------------------------------------------------
_FLOW = re.compile(
    r"""{%\s*(?P<word>if|elif|else|endif|for|empty|endfor|include)\b(?P<rest>.*?)%}|(?P<h1><h1\b)""",
    re.DOTALL,
)


def headings(text: str, others: Mapping[str, str] | None = None) -> tuple[int, int]:
    """Fewest and most h1 a template can print, following branches and includes it can find in `others`."""
    tokens = list(_FLOW.finditer(_blank(_TEMPLATE_COMMENT, text)))
    low, high, _ = _count(tokens, 0, others or {}, 0)
    return low, high


def _included(rest: str, others: Mapping[str, str], depth: int) -> tuple[int, int]:
    name = re.search(r'"([^"]+)"', rest)
    if name is None:
        return 0, 0
    if name[1] == "ui/panel.html":
        return (1, 1) if re.search(r"\blevel=1\b", rest) else (0, 0)
    if name[1].startswith("ui/") or name[1] not in others or depth > 3:
        return 0, 0
    tokens = list(_FLOW.finditer(_blank(_TEMPLATE_COMMENT, others[name[1]])))
    low, high, _ = _count(tokens, 0, others, depth + 1)
    return low, high


def _count(
    tokens: list[re.Match[str]], place: int, others: Mapping[str, str], depth: int
) -> tuple[int, int, int]:
    low = high = 0
    while place < len(tokens):
        token = tokens[place]
        word = token["word"]
        if token["h1"]:
            low, high = low + 1, high + 1
        elif word == "include":
            more = _included(token["rest"], others, depth)
            low, high = low + more[0], high + more[1]
        elif word in ("if", "for"):
            branches, place = _branches(tokens, place + 1, others, depth)
            whole = word == "if" and branches[-1][0] == "else"
            counts = [count for _, count in branches] + ([] if whole else [(0, 0)])
            low += min(count[0] for count in counts)
            most = max(count[1] for count in counts)
            high += 2 * most if word == "for" and branches[0][1][1] else most
        else:  # elif, else, empty, endif, endfor: the caller's
            return low, high, place
        place += 1
    return low, high, place


def _branches(
    tokens: list[re.Match[str]], place: int, others: Mapping[str, str], depth: int
) -> tuple[list[tuple[str, tuple[int, int]]], int]:
    branches: list[tuple[str, tuple[int, int]]] = []
    word = "if"
    while True:
        low, high, place = _count(tokens, place, others, depth)
        branches.append((word, (low, high)))
        if place >= len(tokens) or tokens[place]["word"] in ("endif", "endfor"):
            return branches, place
        word = tokens[place]["word"]
        place += 1


def lint_headings(name: str, texts: Mapping[str, str]) -> list[tuple[int, str]]:
    """A page (what extends a layout and is extended by nothing) has exactly one h1, its own or its layout's."""
    text = texts[name]
    parent = _EXTENDS.search(text)
    if parent is None or any(f'extends "{name}"' in other for other in texts.values()):
        return []
    low, high = headings(text, texts)
    while parent is not None and parent[1] in texts:
        above = texts[parent[1]]
        more = headings(above, texts)
        low, high = low + more[0], high + more[1]
        parent = _EXTENDS.search(above)
    if (low, high) == (1, 1):
        return []
    return [(1, f"a page has one h1; this one has {low}" + (f" to {high}" if high != low else ""))]


# --- messages ----------------------------------------------------------------------------------------
def msgids_of_template(text: str) -> list[str]:
    """Every message of a template as gettext looks it up, plurals included."""
    plain = _blank(_TEMPLATE_COMMENT, text)
    found = []
    for block in _BLOCK.finditer(plain):
        for body in re.split(r"{%\s*plural\s*%}", block["body"]):
            words = re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", body.replace("%", "%%"))
            if re.search(r"\btrimmed\b", block["options"]):
                words = re.sub(r"\s*\n\s*", " ", words.strip())
            found.append(words)
    rest = _blank(_BLOCK, plain)
    for hit in _TRANSLATE.finditer(rest):
        found.append(hit["text"].replace("%", "%%"))
    for tag in _IN_TAGS.finditer(rest):
        found += [hit["text"].replace("%", "%%") for hit in _UNDERSCORE.finditer(tag.group())]
    for block in _BLOCK.finditer(plain):
        found += [hit["text"].replace("%", "%%") for hit in _UNDERSCORE.finditer(block["options"])]
    return found


def msgids_of_python(source: str) -> list[tuple[int, str]]:
    """Every message of a module given to gettext as text, as (line, msgid)."""
    found = []
    tree = ast.parse(source)
    names = _GETTEXT | {
        one.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for one in node.names
        if one.asname and one.name in _GETTEXT
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in names:
            continue
        texts = (
            node.args[:2]
            if name.startswith("n")
            else node.args[1:2]
            if name.startswith("p")
            else node.args[:1]
        )
        for arg in texts:
            if isinstance(arg, ast.Constant) and isinstance(arg.value, str):
                found.append((node.lineno, arg.value))
    return found


def translated_in(po_text: str) -> set[str]:
    """The msgids a catalogue really translates: not empty, not fuzzy, not obsolete; plurals count both forms."""
    done: set[str] = set()
    for entry in polib.pofile(po_text):
        if entry.obsolete or entry.fuzzy:
            continue
        if entry.msgid_plural:
            if entry.msgstr_plural and all(entry.msgstr_plural.values()):
                done.update((entry.msgid, entry.msgid_plural))
        elif entry.msgstr:
            done.add(entry.msgid)
    return done


def placeholders(text: str) -> set[str]:
    """The names a message is filled with."""
    return set(re.findall(r"%\((\w+)\)", text))


def broken_placeholders(po_text: str) -> list[str]:
    """Msgids whose translation names a placeholder the original does not have (it would fail when shown)."""
    bad = []
    for entry in polib.pofile(po_text):
        given = placeholders(entry.msgid + entry.msgid_plural)
        for words in (entry.msgstr, *entry.msgstr_plural.values()):
            if placeholders(words) - given:
                bad.append(entry.msgid)
    return bad


# --- the house ---------------------------------------------------------------------------------------
def _templates(root: Path) -> dict[str, tuple[Path, str]]:
    found = {}
    for path in sorted(root.glob("*/templates/**/*.html")):
        parts = path.relative_to(root).parts
        found["/".join(parts[2:])] = (path, path.read_text(encoding="utf-8"))
    return found


def _mails(root: Path) -> list[tuple[Path, str]]:
    return [(path, path.read_text(encoding="utf-8")) for path in sorted(root.glob("*/templates/**/*.txt"))]


def _modules(root: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(root.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.relative_to(root).parts):
            yield path, path.read_text(encoding="utf-8")


def messages_of_house(root: Path) -> Iterator[tuple[str, str]]:
    """Every message of templates and modules, as (where, msgid)."""
    written = [*_templates(root).values(), *_mails(root)]
    for path, text in written:
        for msgid in msgids_of_template(text):
            yield str(path.relative_to(root)), msgid
    for path, source in _modules(root):
        for line, msgid in msgids_of_python(source):
            yield f"{path.relative_to(root)}:{line}", msgid


def missing_translations(root: Path) -> list[str]:
    """Japanese messages without an English text in any package's catalogue, one line each."""
    done: set[str] = set()
    for path in root.glob("*/locale/en/LC_MESSAGES/django.po"):
        done |= translated_in(path.read_text(encoding="utf-8"))
    wanted: dict[str, str] = {}
    for where, msgid in messages_of_house(root):
        if JAPANESE.search(msgid) and msgid not in done:
            wanted.setdefault(msgid, where)
    return [f"{where}: no English for 「{msgid}」" for msgid, where in wanted.items()]


def lint_templates(root: Path) -> list[str]:
    """Findings in every template of the house, one line each."""
    templates = _templates(root)
    texts = {name: text for name, (_, text) in templates.items()}
    found: list[str] = []
    for name, (path, text) in templates.items():
        where = path.relative_to(root)
        lines: Iterable[tuple[int, str]] = (
            *lint_markup(text),
            *untranslated(text),
            *lint_acts(text),
            *lint_headings(name, texts),
        )
        found += [f"{where}:{line}: {words}" for line, words in lines]
    return found


def lint_messages(root: Path) -> list[str]:
    """Banned words in every message of the house, one line each."""
    return [f"{where}: {words}" for where, msgid in messages_of_house(root) for words in lint_words(msgid)]


def lint_catalogues(root: Path) -> list[str]:
    found = []
    for path in sorted(root.glob("*/locale/en/LC_MESSAGES/django.po")):
        bad = broken_placeholders(path.read_text(encoding="utf-8"))
        found += [f"{path.relative_to(root)}: placeholder unknown to 「{msgid}」" for msgid in bad]
    return found


def lint_house(root: Path) -> list[str]:
    """All findings over the packages under `root`; empty when the house is clean."""
    from moyai.ui.lint_easy import lint_easy

    return [
        *lint_templates(root),
        *lint_messages(root),
        *missing_translations(root),
        *lint_catalogues(root),
        *lint_easy(root),
    ]
