"""docs/walk-add-a-procedure.md, performed in a browser as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator

from tests.journeys.browser import Reader, called, opened_browser

WALK = Path(__file__).resolve().parent.parent / "docs" / "walk-add-a-procedure.md"
PEOPLE = {
    "管理者": "administrator@chiba-shi.example",
    "担当者": "clerk@chiba-shi.example",
    "住民": "",
}


def steps() -> list[tuple[int, str, str]]:
    """(line, what to do, with what) of every line in a `step` fence."""
    found = []
    inside = False
    for number, line in enumerate(WALK.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("```"):
            inside = line == "```step"
        elif inside:
            verb, _colon, rest = line.partition(": ")
            found.append((number, verb, rest))
    return found


class Walker:
    """Does what a line says, by the words that are on the page and nothing else."""

    def __init__(self, browser: Browser, live: Any, cookies: dict[str, str]) -> None:
        self.browser, self.live, self.cookies = browser, live, cookies
        self.reader: Reader | None = None

    def do(self, verb: str, rest: str) -> None:
        if verb == "人":
            self.close()
            mail = PEOPLE[rest]
            self.reader = Reader(
                self.browser, self.live, "plain", cookie=self.cookies[mail] if mail else "", width=1440
            )
            return
        reader, page = self.here, self.here.page
        if verb == "開く":
            assert reader.goto(rest) == 200
        elif verb == "進む":
            reader.follow(rest)
        elif verb == "押す":
            reader.press(rest)
        elif verb == "印":
            self._tick(rest)
        elif verb in ("見える", "見えない"):
            shown = page.locator("body").inner_text().replace("\n", "")
            assert (rest in shown) == (verb == "見える"), verb
        else:
            label, _sign, value = rest.partition(" = ")
            assert value, rest
            if verb == "入力":
                self._labelled(label).fill(value.replace("／", "\n"))
            else:
                assert verb == "選ぶ", verb
                self._choose(label, value)

    @property
    def here(self) -> Reader:
        assert self.reader is not None, "a walk begins with 人"
        return self.reader

    def _label(self, words: str) -> Locator:
        """The label that says these words, with the mark of 必須 or 任意 after them or not."""
        return self.here.page.locator("main label").filter(
            has_text=re.compile(rf"^\s*{re.escape(words)}\s*(※\S+)?\s*$")
        )

    def _labelled(self, words: str) -> Locator:
        label = self._label(words)
        assert label.count() == 1, f"{label.count()} fields are called {words}"
        box = self.here.page.locator(f'[id="{label.get_attribute("for")}"]')
        assert box.count() == 1, words
        return box

    def _choose(self, label: str, value: str) -> None:
        if self._label(label).count() == 1:
            self._labelled(label).select_option(label=value)
            return
        group = self.here.page.locator("main fieldset").filter(
            has=self.here.page.locator(
                "legend", has_text=re.compile(rf"^\s*{re.escape(label)}\s*(※\S+)?\s*$")
            )
        )
        assert group.count() == 1, f"{group.count()} groups are called {label}"
        group.locator("label").filter(has_text=re.compile(rf"^\s*{re.escape(value)}\s*$")).click()
        assert group.locator("input:checked").count() == 1

    def _tick(self, words: str) -> None:
        """A tick box by its own words, or the one box of a group with these words."""
        label = self._label(words)
        box = (
            self.here.page.locator(f'[id="{label.get_attribute("for")}"]')
            if label.count() == 1
            else self.here.page.locator("main fieldset")
            .filter(has=self.here.page.locator("legend", has_text=words))
            .locator("input[type=checkbox]")
        )
        box.check()

    def close(self) -> None:
        if self.reader is not None:
            self.reader.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser() as opened:
        yield opened


def test_a_newcomer_adds_a_procedure_through_the_pages_alone(live: Any, browser: Browser) -> None:
    walker = Walker(browser, live, called(live)["cookies"])
    done = steps()
    assert len(done) > 60 and {verb for _line, verb, _rest in done} >= {
        "人",
        "入力",
        "選ぶ",
        "印",
        "押す",
        "見えない",
    }
    for line, verb, rest in done:
        try:
            walker.do(verb, rest)
        except Exception as failure:
            page = walker.reader.page if walker.reader else None
            shown = page.locator("main").inner_text()[:1500] if page else ""
            raise AssertionError(
                f"{WALK.name}:{line} {verb}: {rest}\n{page.url if page else ''}\n{failure}\n{shown}"
            ) from None
    walker.close()
