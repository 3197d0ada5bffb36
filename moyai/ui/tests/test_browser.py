"""The components in a real browser: accessibility rules, small screens, keyboard, without script, on paper."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.journey
VIEWS = ["?theme=light", "?theme=dark", "?surface=office&theme=light", "?surface=office&theme=dark"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
TOO_SMALL = """(least) => [...document.querySelectorAll(
    'a, button, input:not([type=hidden]), select, textarea, summary')]
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().width > 1)
  .filter(e => !(e.tagName === 'A' && getComputedStyle(e).display === 'inline'))
  .map(e => e.closest('label') || e)
  .filter(e => e.getBoundingClientRect().height < least)
  .map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        yield chromium
        chromium.close()


def _chromium() -> str:
    for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser"):
        if Path(path).exists():
            return path
    raise RuntimeError("chromium is needed: run scripts/browser")


@pytest.fixture
def open_page(browser: Any, live: Any) -> Iterator[Callable[..., Any]]:
    contexts = []

    def opened(address: str, *, width: int = 1280, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.goto(live.url + address)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("view", VIEWS)
def test_components_break_no_accessibility_rule(open_page: Any, view: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(f"/ui/{view}", bypass_csp=True)
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page, options={"runOnly": TAGS}).response["violations"]
        assert [(width, one["id"], one["nodes"][0]["html"]) for one in found] == []


@pytest.mark.parametrize(("view", "least"), [("", 44), ("?surface=office", 24)])
def test_small_screens_large_text_and_thumbs_are_served(open_page: Any, view: str, least: int) -> None:
    page = open_page(f"/ui/{view}")
    for width in (1280, 768, 375, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(TOO_WIDE) <= 0, width
        assert page.evaluate(TOO_SMALL, least) == [], width
        page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
        assert page.evaluate(TOO_WIDE) <= 0, width
        page.evaluate("() => { document.documentElement.style.fontSize = '' }")


def test_the_first_stop_leads_to_the_text(open_page: Any) -> None:
    page = open_page("/display/")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "mo-skip"
    page.keyboard.press("Enter")
    assert page.evaluate("() => location.hash") == "#main"


def test_every_stop_shows_a_ring(open_page: Any) -> None:
    page = open_page("/display/")
    seen = 0
    for _ in range(30):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            "() => { const e = document.activeElement; if (e === document.body) return null;"
            " const s = getComputedStyle(e); return [e.outerHTML.slice(0, 80), s.outlineWidth, s.outlineStyle] }"
        )
        if stop is None:
            break
        seen += 1
        assert stop[1:] == ["4px", "solid"], stop[0]
    assert seen >= 8


def test_escape_closes_the_menu_and_gives_the_focus_back(open_page: Any) -> None:
    page = open_page("/ui/", width=375)
    menu = page.locator("details.mo-fold summary").first
    menu.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.mo-fold").first.get_attribute("open") is not None
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.locator("details.mo-fold").first.get_attribute("open") is None
    assert page.evaluate("() => document.activeElement.tagName") == "SUMMARY"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_reader_sets_dark_and_large_by_keyboard(open_page: Any, script: bool) -> None:
    page = open_page("/display/", java_script_enabled=script)
    page.locator("#id_theme_0").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    root = page.locator("html")
    assert root.get_attribute("data-theme") == "dark"
    assert root.get_attribute("data-text") == "large"


def test_the_secret_is_shown_by_a_press(open_page: Any) -> None:
    page = open_page("/ui/")
    field = page.locator("#empty_secret")
    assert field.get_attribute("type") == "password"
    page.locator("#empty_secret + button").click()
    assert field.get_attribute("type") == "text"


@pytest.mark.parametrize("address", ["/", "/chiba-shi/", "/ui/"])
def test_a_page_asks_its_own_house_only_and_at_most_eight_times(
    open_page: Any, live: Any, address: str
) -> None:
    page = open_page(address)
    asked: list[str] = []
    refused: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.reload()
    pages = [url for url in asked if not url.endswith("icon.svg")]
    # The page of examples alone shows both surfaces and a figure: two sheets more.
    assert len(pages) <= (10 if address == "/ui/" else 8)
    assert all(url.startswith(live.url) for url in asked)
    assert refused == [], "the Content-Security-Policy refuses nothing of ours"


def test_nothing_moves_for_those_who_asked_for_stillness(open_page: Any) -> None:
    page = open_page("/ui/", reduced_motion="reduce")
    page.locator("a.mo-button").first.hover()
    assert page.evaluate("() => document.getAnimations().length") == 0


def test_paper_has_every_row_and_no_menus(open_page: Any, tmp_path: Path) -> None:
    from pypdf import PdfReader

    page = open_page("/ui/?theme=dark")
    target = tmp_path / "page.pdf"
    page.pdf(path=str(target), prefer_css_page_size=True)
    # The reader gives the look-alikes of the font (⾯ for 面); NFKC gives the words.
    text = "".join(sheet.extract_text() for sheet in PdfReader(target).pages)
    words = unicodedata.normalize("NFKC", text)
    for needed in (
        "1203-4857-1926",
        "1203-4857-1934",
        "1203-4857-1942",
        "K7RM-4T2X",
        "申込みを受け付けました",
    ):
        assert needed in words
    for menu in ("表示設定", "絞り込む", "検索する", "次へ進む"):
        assert menu not in words
