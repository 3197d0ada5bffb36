"""A person before the house: with a mouse and script, without script, or with the keyboard alone."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import json
import os
import re
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import axe_playwright_python
import psycopg
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from tests import server

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "moyai-no-tame-ni"
WAIT_SECONDS = 60  # a busy machine is slow, a broken page never comes
STOPS = 400  # more than any page has


AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE_RUN = """async ([rules]) => (await axe.run(document, {runOnly: rules, resultTypes: ['violations']})).violations
  .filter(v => ['serious', 'critical'].includes(v.impact))
  .map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | '))"""


def barriers(page: Page, rules: list[str] = AXE_RULES) -> list[str]:
    """What axe finds serious or critical. The page needs script; injected from outside, no policy is loosened."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(AXE_RUN, [rules])
    return found


def chromium() -> str:
    for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser"):
        if Path(path).exists():
            return path
    raise RuntimeError("chromium is needed: run scripts/browser")


@contextmanager
def opened_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


def called(live: Any, *arguments: str) -> dict[str, Any]:
    """What `tests.journeys.cast` tells from inside the installation."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.cast", *arguments],
        env={**live.environment, "DJANGO_SETTINGS_MODULE": "moyai.web.settings"},
        cwd=server.SOURCE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def rows(live: Any, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Read the installation's database as its owner, over every wall."""
    with psycopg.connect(live.database_url) as connection:
        return connection.execute(statement, values).fetchall()  # type: ignore[arg-type]


def count(live: Any, table: str) -> int:
    return int(rows(live, f"SELECT count(*) FROM {table}")[0][0])


def today_in(live: Any) -> date:
    [(today,)] = rows(live, "SELECT (now() AT TIME ZONE 'Asia/Tokyo')::date")
    assert isinstance(today, date)
    return today


def until(true: Callable[[], bool], what: str, seconds: float = WAIT_SECONDS) -> None:
    """Wait for a condition that another process brings about."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} seconds: {what}"
        time.sleep(0.2)


def app_code(mail: str, at: float | None = None) -> str:
    """The six digits an authenticator app shows now (RFC 6238), for a training account."""
    secret = base64.b32encode(hashlib.sha256(f"moyai-demo:{mail}".encode()).digest()[:20])
    step = int((time.time() if at is None else at) // 30)
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


# Where the focus is: on the target (or its group of radio buttons), which way to it, and whether one sees it.
STOP = """target => { const e = document.activeElement, body = !e || e === document.body;
  const there = e === target || !body && e.type === 'radio' && target.type === 'radio'
    && e.name === target.name && e.form === target.form;
  const behind = !body && e.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING;
  if (body) return {there: false, behind: false, body: true};
  const s = getComputedStyle(e), b = e.getBoundingClientRect();
  const x = Math.min(Math.max(b.left + b.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(b.top + Math.min(b.height / 2, 20), 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const seen = !top || e.contains(top) || top.contains(e) || (e.labels && [...e.labels].some(l => l.contains(top)));
  return {there, behind: !!behind, body: false, html: e.outerHTML.slice(0, 120),
          width: parseFloat(s.outlineWidth) || 0, style: s.outlineStyle, covered: !seen} }"""


class Reader:
    """One person with one browser window. `mode`: script, plain (no script), keyboard (no mouse)."""

    def __init__(
        self, browser: Browser, live: Any, mode: str, *, cookie: str = "", width: int = 1280
    ) -> None:
        self.live, self.mode = live, mode
        self.examined: set[str] | None = None  # pages axe has seen; None: it is not asked
        self.context: BrowserContext = browser.new_context(
            base_url=live.url,
            java_script_enabled=mode != "plain",
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(WAIT_SECONDS * 1000)
        if cookie:
            name, _equals, value = cookie.partition("=")
            self.context.add_cookies([{"name": name, "value": value, "url": live.url}])
        self.trouble: list[str] = []
        self.page: Page = self._opened()

    def _opened(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.on(
            "console",
            lambda said: (
                self.trouble.append(said.text)
                if said.type == "error" and "Failed to load resource" not in said.text
                else None
            ),
        )
        return page

    def tab(self) -> Reader:
        """The same person with another tab of the same window; closed together with the first."""
        other = copy.copy(self)
        other.page = self._opened()
        return other

    # -- looking ---------------------------------------------------------------------------------------------------
    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text().strip()

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()

    @property
    def receipt_number(self) -> str:
        """整理番号 of the page after sending, its twelve digits."""
        return self.page.locator("main .mo-panel .mo-number").first.inner_text().replace("-", "")

    def goto(self, address: str) -> int:
        answer = self.page.goto(address)
        assert answer is not None
        self.looked()
        return answer.status

    def looked(self) -> None:
        """What holds on every page: one h1, its title, no sideways scrolling; a picture for who asks."""
        assert self.page.locator("h1").count() == 1, self.page.url
        assert self.page.locator("main").count() == 1, self.page.url
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} scrolls sideways by {wide}px"
        assert self.trouble == [], self.page.url
        if (
            self.examined is not None
            and (kind := f"{self.heading} {self.page.title()[:4]}") not in self.examined
        ):
            self.examined.add(kind)
            assert barriers(self.page) == [], self.page.url
        take_picture(self.page)

    def at(self, heading: str) -> None:
        """The page with this heading stands before the reader."""
        self.page.get_by_role("heading", level=1, name=heading).first.wait_for()

    # -- acting ----------------------------------------------------------------------------------------------------
    def control(self, name: str, value: str = "") -> Locator:
        chosen = f'[value="{value}"]' if value else ""
        return self.page.locator(f'main [name="{name}"]{chosen}:not([type=hidden])')

    def type(self, name: str, text: str) -> None:
        box = self.control(name)
        if self.mode != "keyboard":
            box.fill(text)
            return
        self._tab_to(box)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(text)
        assert box.input_value() == text

    def choose(self, name: str, value: str) -> None:
        """A radio button, a tick box, or a line of a list."""
        if self.control(name).first.evaluate("e => e.tagName") == "SELECT":
            self._select(self.control(name), value)
            return
        target = self.control(name, value)
        if self.mode != "keyboard":
            target.check()
        else:
            self._tab_to(target)
            if not target.evaluate("e => e === document.activeElement"):
                for _step in range(self.control(name).count()):
                    self.page.keyboard.press("ArrowDown")
                    if target.evaluate("e => e === document.activeElement"):
                        break
            if not target.is_checked():
                self.page.keyboard.press("Space")
        assert target.is_checked(), f"{name}={value}"

    def tick(self, name: str) -> None:
        target = self.control(name)
        if self.mode != "keyboard":
            target.check()
        else:
            self._tab_to(target)
            self.page.keyboard.press("Space")
        assert target.is_checked(), name

    def _select(self, box: Locator, value: str) -> None:
        if self.mode != "keyboard":
            box.select_option(value)
            return
        self._tab_to(box)
        self.page.keyboard.press("Home")
        for _step in range(box.locator("option").count()):
            if box.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        assert box.input_value() == value

    def date(self, name: str, era: str, year: int, month: int, day: int) -> None:
        self.choose(f"{name}_era", era)
        for part, number in (("year", year), ("month", month), ("day", day)):
            self.type(f"{name}_{part}", str(number))

    def address(self, name: str, street: str = "中央1-2-3", building: str = "") -> None:
        self.type(f"{name}__postal_code", "260-0013")
        self.choose(f"{name}__prefecture", "千葉県")
        self.type(f"{name}__city", "千葉市中央区")
        self.type(f"{name}__street", street)
        if building:
            self.type(f"{name}__building", building)

    def press(self, label: str, *, inside: str = "main", at: int = 0) -> None:
        """A button of the page, by its words; then the next page."""
        self._go(
            self.page.locator(inside).locator("button:not([tabindex='-1'])", has_text=_starts(label)).nth(at)
        )

    def follow(self, label: str, *, inside: str = "body", at: int = 0) -> None:
        self._go(self.page.locator(inside).locator("a", has_text=_starts(label)).nth(at))

    def _go(self, target: Locator) -> None:
        with self.page.expect_navigation():
            if self.mode != "keyboard":
                target.click()
            else:
                self._tab_to(target)
                self.page.keyboard.press("Enter")
        self.looked()

    def back(self) -> None:
        """The browser's own way back. (Its key belongs to the browser's frame, which a test has not.)"""
        self.page.go_back()

    def download(self, label: str, target: Path) -> None:
        """Press a button or follow a link that gives a file."""
        what = (
            self.page.locator("main").locator("a, button:not([tabindex='-1'])", has_text=_starts(label)).first
        )
        with self.page.expect_download() as download:
            if self.mode != "keyboard":
                what.click()
            else:
                self._tab_to(what)
                self.page.keyboard.press("Enter")
        download.value.save_as(target)

    def _tab_to(self, target: Locator) -> None:
        """Tab (or Shift+Tab) until the target has the focus; every stop must show where it is."""
        target.wait_for()
        handle = target.element_handle()
        stop = self.page.evaluate(STOP, handle)
        for _stop in range(STOPS):
            if stop["there"]:
                return
            self.page.keyboard.press("Shift+Tab" if stop["behind"] else "Tab")
            stop = self.page.evaluate(STOP, handle)
            if stop["body"]:
                continue
            assert stop["style"] != "none" and stop["width"] >= 2, (
                f"no ring: {stop['html']} ({self.page.url})"
            )
            assert not stop["covered"], f"covered: {stop['html']} ({self.page.url})"
        raise AssertionError(f"the keyboard does not reach {target} on {self.page.url}")

    # -- the entrance ------------------------------------------------------------------------------------------------
    def sign_in(self, mail: str, address: str) -> None:
        """職員のログイン: password, then the code of the app, then the page first asked for."""
        self.goto(address)
        self.at("職員のログイン")
        self.type("email", mail)
        self.type("password", PASSWORD)
        self.press("次へ進む")
        self.at("2つ目の確認")
        self.type("code", app_code(mail))
        self.press("ログインする")
        assert address in self.page.url

    def close(self) -> None:
        self.context.close()


def _starts(label: str) -> re.Pattern[str]:
    return re.compile(r"^\s*" + re.escape(label))


PICTURES = os.environ.get("JOURNEY_PICTURES", "")


def take_picture(page: Page) -> None:
    """Into the folder JOURNEY_PICTURES, by width, in the order of the journey."""
    if not PICTURES:
        return
    size = page.viewport_size or {"width": 0}
    folder = Path(PICTURES) / str(size["width"])
    folder.mkdir(parents=True, exist_ok=True)
    place = re.sub(r"[A-Za-z0-9_-]{20,}", "x", page.url.split("/", 3)[-1]).replace("/", "_")[:60]
    page.screenshot(path=folder / f"{len(list(folder.iterdir())):03}-{place or 'top'}.png", full_page=True)
