"""Every page of the house, found in the URL configuration, as the people who may see it: what a machine can check.

The numbers are those of the forty checks for a reviewer (docs: look of the house). axe runs at 1280 in light,
contrast again at 375 in dark; layout at 320, 375 and 1280; then once more without script.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.browser import barriers, called, opened_browser, take_picture

pytestmark = pytest.mark.journey

LAYOUT = """() => { const found = [], all = q => [...document.querySelectorAll(q)];
  const d = document.documentElement;
  if (all('h1').length !== 1) found.push('1: ' + all('h1').length + ' h1');
  if (all('main').length !== 1) found.push('1: ' + all('main').length + ' main');
  if (!d.lang) found.push('1: no language');
  let level = 0;
  for (const h of all('main h1, main h2, main h3, main h4, main h5, main h6')) {
    const now = +h.tagName[1];
    if (level && now > level + 1) found.push('1: gap before ' + h.outerHTML.slice(0, 80));
    level = now; }
  for (const c of all('input:not([type=hidden]), select, textarea, button')) {
    const named = c.labels && c.labels.length || c.getAttribute('aria-label') || c.getAttribute('aria-labelledby')
      || c.tagName === 'BUTTON' && c.textContent.trim();
    if (!named) found.push('16: no name ' + c.outerHTML.slice(0, 100));
    if (c.hasAttribute('placeholder')) found.push('16: placeholder ' + c.outerHTML.slice(0, 100));
    if (c.tagName !== 'BUTTON' && c.type !== 'checkbox' && c.type !== 'radio'
        && parseFloat(getComputedStyle(c).fontSize) < 16) found.push('18: small letters ' + c.outerHTML.slice(0, 100)); }
  for (const c of all('[aria-describedby]')) {
    const ids = c.getAttribute('aria-describedby').split(/\\s+/);
    for (const id of ids) if (!document.getElementById(id)) found.push('16: no #' + id);
    const error = ids.findIndex(id => id.endsWith('_error')), hint = ids.findIndex(id => id.endsWith('_helptext'));
    if (error >= 0 && hint >= 0 && error > hint) found.push('16: hint before error ' + c.outerHTML.slice(0, 80)); }
  if (document.body.dataset.surface === 'portal' && all('[disabled]').length) found.push('20: disabled');
  return found }"""
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
CONTROLS = """() => [document.querySelector('h1')?.innerText.trim(),
  [...document.querySelectorAll('main input:not([type=hidden]), main select, main textarea, main button')]
    .filter(c => !c.closest('[data-script-only]') && c.type !== 'button').map(c => c.name || c.innerText.trim()).sort()]"""
INLINE = re.compile(
    r"<style[\s>]|<[^>]+\sstyle=|<[^>]+\son[a-z]+=|<script(?![^>]*\b(?:src=|type=\"application/json\"))"
)

READERS = {
    "stranger": ("", {"portal", "house", "council", "office"}),
    "clerk": ("clerk@chiba-shi.example", {"office", "house"}),
    "administrator": ("administrator@chiba-shi.example", {"office", "house", "council"}),
    "secretary": ("secretary@council.example", {"council"}),
    "auditor": ("auditor@council.example", {"council"}),
    "operator": ("operator@council.example", {"council"}),
}
NOT_VISITED = re.compile(r"^/(static|healthz|readyz|api/)|\.(pdf|csv|xlsx|json)$")


@pytest.fixture(scope="module")
def told(live: Any) -> dict[str, Any]:
    return called(live, "pages", "year")


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """The pages an earlier reader has been shown."""
    return set()


@pytest.fixture(scope="module")
def browser(told: Any) -> Iterator[Any]:
    with opened_browser() as browser:
        yield browser


def context_for(browser: Any, live: Any, told: Any, mail: str, **options: Any) -> Any:
    # Reduced motion: contrast is measured when colours have arrived, not on their way.
    context = browser.new_context(base_url=live.url, locale="ja-JP", reduced_motion="reduce", **options)
    context.set_default_timeout(30_000)
    if mail:
        name, _equals, value = told["cookies"][mail].partition("=")
        context.add_cookies([{"name": name, "value": value, "url": live.url}])
    return context


COUNCIL = re.compile(r"^(council|operations)_")  # the rooms whose pages are walked by themselves


def pages_for(
    context: Any, told: Any, audiences: set[str], seen: set[str], rooms: str = ""
) -> list[tuple[str, int]]:
    """One address of each page and answer: (path, status), each page once that no earlier reader saw.

    `rooms` "council": only pages of the council and of operations; "house": only the others.
    """
    found: dict[tuple[str, int], str] = {}
    tries: Counter[str] = Counter()
    for page in told["pages"]:
        if page["audience"] not in audiences or NOT_VISITED.search(page["path"]):
            continue
        if rooms and (rooms == "council") is not bool(COUNCIL.match(page["shape"])):
            continue
        if page["shape"] in seen or (page["shape"], 200) in found or tries[page["shape"]] >= 14:
            continue
        tries[page["shape"]] += 1
        answer = context.request.get(page["path"], max_redirects=0)
        if answer.status in (301, 302) or "text/html" not in answer.headers.get("content-type", ""):
            continue
        if answer.status == 405:  # an address that only takes a form: nothing to look at
            continue
        name = page["shape"] if answer.status == 200 else "refusal"
        found.setdefault((name, answer.status), page["path"])
    seen |= {shape for shape, status in found if status == 200}
    return [(path, status) for (_shape, status), path in found.items()]


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("rooms", ["house", "council"])
def test_every_page_passes_the_checks_a_machine_can_make(
    rooms: str, who: str, live: Any, told: Any, browser: Any, seen: set[str]
) -> None:
    mail, audiences = READERS[who]
    faults: list[str] = []
    context = context_for(browser, live, told, mail, viewport={"width": 1280, "height": 900})
    plain = context_for(browser, live, told, mail, java_script_enabled=False)
    addresses = pages_for(context, told, audiences, seen, rooms)
    assert addresses or seen, "nothing to look at"
    page, still = context.new_page(), plain.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(f"{page.url} script: {error}"))
    for path, status in addresses:
        asked.clear()
        page.set_viewport_size({"width": 1280, "height": 900})
        answer = page.goto(path)
        assert answer.status == status, path
        found = source_faults(answer, stranger=not mail)
        found += [f"11: asks {url}" for url in asked if not url.startswith((live.url, "data:"))]
        found += page.evaluate(LAYOUT)
        found += [f"3: light {one}" for one in barriers(page)]
        if (wide := page.evaluate(WIDE)) > 0:
            found.append(f"4: {wide}px too wide at 1280")
        take_picture(page)
        for width in (320, 375):
            page.set_viewport_size({"width": width, "height": 900})
            if (wide := page.evaluate(WIDE)) > 0:
                found.append(f"4: {wide}px too wide at {width}")
        take_picture(page)
        page.emulate_media(color_scheme="dark")
        found += [f"3: dark {one}" for one in barriers(page, ["color-contrast"])]
        page.emulate_media(color_scheme="light")
        with_script = page.evaluate(CONTROLS)
        assert still.goto(path).status == status
        if still.evaluate(CONTROLS) != with_script:
            found.append(f"10: {with_script} with script, {still.evaluate(CONTROLS)} without")
        faults += [f"{path} {one}" for one in found]
    context.close()
    plain.close()
    assert faults == [], "\n".join(faults)


def source_faults(answer: Any, *, stranger: bool) -> list[str]:
    """What the answer itself tells: title, policy, nothing inline, no cookie where nothing is posted."""
    text, headers = answer.text(), answer.all_headers()
    found = []
    if "content-security-policy" not in headers:
        found.append("11: no Content-Security-Policy")
    if inline := INLINE.search(text):
        found.append(f"11: inline {inline[0][:80]}")
    posts = re.search(r'<form[^>]*method="post"', text)
    if stranger and "set-cookie" in headers and not posts:
        found.append(f"12: sets {headers['set-cookie'].split('=')[0]}")
    title = re.search(r"<title>(.*?)</title>", text, re.S)
    if title is None or not re.search(r"\S｜\S", title[1]):
        found.append(f"2: title {title and title[1]!r}")
    if len(text.encode()) > 100_000:
        found.append(f"38: {len(text.encode())} bytes of HTML")
    return found


def test_the_walk_reaches_the_rooms_of_the_house(live: Any, told: Any, browser: Any) -> None:
    """A page that nobody is shown would pass every check."""
    shown = set()
    for mail, audiences in READERS.values():
        context = context_for(browser, live, told, mail)
        shown |= {path for path, status in pages_for(context, told, audiences, set()) if status == 200}
        context.close()
    parts = {tuple(path.strip("/").split("/")[:3]) for path in shown}
    assert len(shown) >= 180
    for room in ("meetings", "burdens", "settlements", "desk", "levels", "events"):
        assert sum(path.startswith(f"/council/{room}/") for path in shown) >= 3, room
    for room in ("applications", "procedures", "money", "notices", "handovers", "calendar", "people"):
        assert ("chiba-shi", "office", room) in parts, room
    for path in (
        "/",
        "/chiba-shi/",
        "/council/applications/",
        "/council/people/",
        "/rules/",
        "/ui/",
        "/help/",
    ):
        assert path in shown, path
