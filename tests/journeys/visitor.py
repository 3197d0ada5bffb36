"""A visitor over plain HTTP: reads a page's form, fills it in, posts it — and may post what no browser would."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import httpx

WORDS = re.compile(r"\s+")


class _Form(HTMLParser):
    """The fields of the last POST form of <main>, and the text of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = self.skip = False
        self.fields: dict[str, str] = {}
        self.names: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "main":
            self.inside = True
        self.skip = tag in ("script", "style")
        name = given.get("name", "")
        if not self.inside or not name:
            return
        if tag in ("input", "select", "textarea"):
            self.names.add(name)
        if tag == "input":
            kind = given.get("type", "text")
            if kind not in ("radio", "checkbox", "file") or "checked" in given:
                self.fields[name] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if not self.skip:
            self.text.append(data)


class Visitor:
    def __init__(self, live: Any) -> None:
        self.http = httpx.Client(
            base_url=live.url, timeout=60, headers={"Accept": "text/html", "Accept-Language": "ja"}
        )
        self.answer: httpx.Response
        self.form = _Form()

    def get(self, path: str) -> httpx.Response:
        return self._taken(self.http.get(path, follow_redirects=True))

    def post(
        self, values: dict[str, Any], *, path: str = "", files: Any = None, button: str = ""
    ) -> httpx.Response:
        """Post the form the page showed, with these values in it; "" takes what stands there."""
        data = (
            self.form.fields
            | values
            | ({button.partition("=")[0]: button.partition("=")[2] or "1"} if button else {})
        )
        target = path or str(self.answer.url)
        return self._taken(self.http.post(target, data=data, files=files, follow_redirects=True))

    def _taken(self, answer: httpx.Response) -> httpx.Response:
        self.answer = answer
        self.form = _Form()
        if "text/html" in answer.headers.get("content-type", ""):
            self.form.feed(answer.text)
        return answer

    @property
    def text(self) -> str:
        return WORDS.sub(" ", " ".join(self.form.text))

    @property
    def heading(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.answer.text, re.S)
        return WORDS.sub("", re.sub(r"<[^>]+>", "", found[1])) if found else ""


PERSON = {
    "requester": "self",
    "name": "髙橋　﨑子",
    "kana": "タカハシ　サキコ",
    "born_on_era": "S",
    "born_on_year": "60",
    "born_on_month": "4",
    "born_on_day": "2",
    "address__postal_code": "260-0013",
    "address__prefecture": "千葉県",
    "address__city": "千葉市中央区",
    "address__street": "中央1-2-3",
    "phone": "043-245-5111",
}
PAGES = (
    PERSON,
    {"scope": "household", "copies": "1"},
    {"show_relation": "no", "show_domicile": "no", "show_individual_number": "no", "purpose": "housing"},
    {"delivery": "normal", "delivery_consent": "on"},
)


def begun(live: Any, *, pages: int = 1, slug: str = "chiba-shi") -> Visitor:
    """A visitor who answered so many pages of 住民票の写しの交付申請."""
    visitor = Visitor(live)
    visitor.get(f"/{slug}/applications/juminhyo/new/")
    for values in PAGES[:pages]:
        answer = visitor.post(values)
        assert answer.status_code == 200, visitor.text[:500]
    return visitor
