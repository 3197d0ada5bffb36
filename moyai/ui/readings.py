"""やさしい日本語 — the variant of Japanese with a reading over every kanji, and how the readings get onto a page.

Texts are written 漢字《かんじ》, or ｜1日《ついたち》 where what is read is more than kanji. When a catalogue is
compiled (or an edition's easy texts are taken), 《》 become three noncharacters of Unicode, which no keyboard gives
and no text of a person carries: a 《 somebody typed stays a 《. The last step of an answer turns them into
`<ruby>`, or takes the readings out where HTML has no place for them and on every page in another language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import get_language

EASY = "ja-easy"
COOKIE = "moyai_ruby"  # "off": no readings on this device

# Noncharacters (Unicode 23.7): kept for the inside of programs, never interchanged, equal to no 外字.
START, BETWEEN, END = "\ufdd0", "\ufdd1", "\ufdd2"
_FIRST_BYTES = START.encode()[:2]
_MARKS = f"{START}{BETWEEN}{END}"

_WRITTEN = re.compile(r"(?:｜([^｜《》\n]+)|([\u3400-\u9fff々〆ヶ]+))《([^《》\n]+)》")
_MARKED = re.compile(f"{START}([^{_MARKS}<>]*){BETWEEN}([^{_MARKS}<>]*){END}")
_LEFT_OVER = re.compile(f"[{_MARKS}]")
# A whole element with no place for ruby, a tag with its attributes, or a reading in text. Possessive
# throughout: the time is linear in the page, whatever the page says.
_PIECES = re.compile(
    rf"""
    <!--.*?-->
    | <(?P<bare>title|option|textarea|script|style|svg)\b.*?</(?P=bare)\s*+>
    | <[a-zA-Z/!](?:[^>"']++|"[^"]*+"|'[^']*+')*+>
    | {START}(?P<base>[^{_MARKS}<>]*+){BETWEEN}(?P<reading>[^{_MARKS}<>]*+){END}
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


def marked(text: str) -> str:
    """漢字《かんじ》 of a text of ours, with the marks that only this module reads."""
    return _WRITTEN.sub(lambda one: f"{START}{one[1] or one[2]}{BETWEEN}{one[3]}{END}", text)


def marked_throughout(thing: Any) -> Any:
    """`marked` for every text in lists and mappings (the easy texts of a form edition)."""
    if isinstance(thing, str):
        return marked(thing)
    if isinstance(thing, Mapping):
        return {key: marked_throughout(value) for key, value in thing.items()}
    return [marked_throughout(one) for one in thing] if isinstance(thing, list | tuple) else thing


def without_readings(text: str) -> str:
    """The text alone: for titles, attributes, files, and what is kept."""
    if START not in text and BETWEEN not in text and END not in text:
        return text
    return _LEFT_OVER.sub("", _MARKED.sub(r"\1", text))


def readings_in_brackets(text: str) -> str:
    """漢字（かんじ）: for mails and other plain text."""
    return _LEFT_OVER.sub("", _MARKED.sub(r"\1（\2）", text))


def with_ruby(html: str) -> str:
    """A page with `<ruby>` in its text, and without readings in tags, titles, options, boxes and scripts."""
    return _LEFT_OVER.sub("", _PIECES.sub(_piece, html))


def _piece(found: re.Match[str]) -> str:
    base = found["base"]
    if base is None:
        return without_readings(found[0])
    return f"<ruby>{base}<rp>（</rp><rt>{found['reading']}</rt><rp>）</rp></ruby>"


def easy() -> bool:
    """Whether the reader asked for やさしい日本語."""
    return get_language() == EASY


def readings(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: the step that shows readings or takes them out. Inside whatever counts an answer's length."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        answer = get_response(request)
        in_easy = getattr(request, "LANGUAGE_CODE", "") == EASY
        if in_easy:
            answer.headers["Content-Language"] = "ja"
        if isinstance(answer, HttpResponse) and not answer.streaming and _FIRST_BYTES in answer.content:
            kind = answer.headers.get("Content-Type", "")
            if kind.startswith(("text/", "application/json")):
                shown = in_easy and kind.startswith("text/html") and request.COOKIES.get(COOKIE) != "off"
                text = answer.content.decode(answer.charset)
                answer.content = (with_ruby(text) if shown else without_readings(text)).encode(answer.charset)
        return answer

    return middleware
