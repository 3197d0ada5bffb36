"""What a page says in words that its reader may not know: the eyes of tests/test_languages.py.

English pages: Japanese outside `lang="ja"`. Easy pages: kanji without a reading, less what people and staff wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

from django.test import Client

JAPANESE = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff々〆]")
KANJI = re.compile(r"[\u3400-\u9fff々〆\U00020000-\U0003ffff]")
EMPTY = {"input", "br", "meta", "link", "img", "hr", "path", "col", "source", "wbr"}
# Not text of the page: never shown, or shown by the browser in places where no markup can stand.
UNSHOWN = {"script", "style", "title", "template"}
WITHOUT_RUBY = {"option", "textarea", "svg"}


class Words(HTMLParser):
    """Texts of a page, each with the elements it stands in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, list[tuple[str, dict[str, str | None]]]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in EMPTY:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place][0] == tag:
                del self.open[place:]
                return

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((data.strip(), list(self.open)))


def japanese_in_english(html: str) -> list[str]:
    """Texts of an English page that hold Japanese without saying so."""
    found = []
    for text, around in Words(html).texts:
        said = any(attributes.get("lang") == "ja" for tag, attributes in around if tag != "html")
        hidden = any(tag in UNSHOWN or attributes.get("aria-hidden") for tag, attributes in around)
        if JAPANESE.search(text) and not said and not hidden:
            found.append(text)
    return found


def kanji_without_reading(html: str, written_by_people: Iterable[str]) -> list[str]:
    """Texts of an easy page with a kanji over which no reading stands, less what people wrote."""
    theirs = sorted({one for one in written_by_people if len(one) > 1}, key=len, reverse=True)
    short = {one for one in written_by_people if len(one) == 1}
    found = []
    for text, around in Words(html).texts:
        tags = {tag for tag, _attributes in around}
        hidden = any(attributes.get("aria-hidden") for _tag, attributes in around)
        if tags & (UNSHOWN | WITHOUT_RUBY | {"ruby"}) or hidden or not KANJI.search(text):
            continue
        rest = text
        for one in theirs:
            rest = rest.replace(one, "")
        if KANJI.search(rest) and text not in short:
            found.append(text)
    return found


def strings_of(thing: Any) -> Iterator[str]:
    """Every text within a value of a row: JSON opened, lines taken apart."""
    if isinstance(thing, str):
        yield thing
        yield from (line.strip() for line in thing.splitlines())
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield from strings_of(key)
            yield from strings_of(value)
    elif isinstance(thing, list | tuple):
        for one in thing:
            yield from strings_of(one)


class Reader(Client):
    """A client that reads in a language: asks under its prefix and keeps every page it was shown."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.pages: dict[str, list[str]] = {}  # name of the page, method and status → each such page

    def request(self, **request: Any) -> Any:
        path = request["PATH_INFO"]
        if not path.startswith((f"/{self.language}/", "/api/", "/static/")):
            request["PATH_INFO"] = f"/{self.language}{path}"
        answer = super().request(**request)
        if answer.get("Content-Type", "").startswith("text/html") and not answer.streaming:
            match = answer.wsgi_request.resolver_match
            name = f"{match.url_name if match else '—'} {request['REQUEST_METHOD']} {answer.status_code}"
            self.pages.setdefault(name, []).append(answer.content.decode())
        return answer
