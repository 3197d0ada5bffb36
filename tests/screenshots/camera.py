"""One browser at one installation: seats of people, their sign-in, and pictures small enough for the guides."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from moyai.people.rules import totp_code, totp_step

IMAGES = Path(__file__).resolve().parent.parent.parent / "docs" / "images"
LARGEST, ALTOGETHER = 150_000, 1_800_000
PHONE = {"width": 375, "height": 760}
DESK = {"width": 1440, "height": 860}
BODY = "chiba-shi"
# How much of the screen a header covers that stays when the page is scrolled.
ABOVE = """() => { const header = document.querySelector("header");
  return header && getComputedStyle(header).position === "sticky" ? header.offsetHeight : 0 }"""
PASSWORD = "moyai-no-tame-ni"


class Camera:
    """One browser at one installation."""

    def __init__(self, browser: Browser, url: str, images: Path) -> None:
        self.browser, self.url, self.images = browser, url, images
        self.bytes = 0
        self.codes: dict[str, int] = {}  # the last code each account has used

    @contextmanager
    def seat(self, size: dict[str, int], *, dark: bool = False) -> Iterator[Page]:
        """A browser of one person; phones have two pixels to each one of the page."""
        context = self.browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            device_scale_factor=2 if size is PHONE else 1,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        yield page
        context.close()

    def take(self, page: Page, name: str, *, at: Locator | None = None) -> None:
        """The screen as it is, or from a part of the page on; refuses what is no page of ours."""
        if at is not None:
            top = at.evaluate("one => one.getBoundingClientRect().top + window.scrollY")
            page.evaluate(f"window.scrollTo(0, {max(0, top - 24 - page.evaluate(ABOVE))})")
        heading = page.locator("h1").first.inner_text()
        if page.locator("main").count() == 0 or "問題が起きました" in heading or "見つかりません" in heading:
            raise SystemExit(f"{name}: {page.url} は「{heading}」です")
        picture = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide")))
        self.keep(picture, name)
        print(f"{name}.png\t{heading}", flush=True)

    def keep(self, picture: Image.Image, name: str) -> None:
        path = self.images / f"{name}.png"
        whole = picture.convert("RGB")
        for colours in (256, 192, 128):
            # Chosen by coverage, not by use: the few red pixels of a mark stay as red as they were.
            method = Image.Quantize.MAXCOVERAGE
            flat = whole.quantize(colours, method=method, kmeans=2, dither=Image.Dither.NONE)
            flat.save(path, optimize=True)
            if path.stat().st_size <= LARGEST:
                break
        else:
            raise SystemExit(f"{path.name}は{LARGEST:,}バイトに収まりません")
        self.bytes += path.stat().st_size

    def open(self, page: Page, path: str) -> None:
        answer = page.goto(f"{self.url}/{path}")
        if answer is None or answer.status != 200:
            raise SystemExit(f"/{path} → {answer.status if answer else 'なし'}")

    def sign_in(self, page: Page, email: str, path: str) -> None:
        """Staff: password, then the code of the training account's app (each code counts once)."""
        page.goto(f"{self.url}/{path}")
        page.get_by_label("メールアドレス").fill(email)
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="次へ進む").click()
        while self.codes.get(email) == (step := totp_step(time.time())):
            page.wait_for_timeout(1_000)
        self.codes[email] = step
        page.locator("[name=code]").fill(totp_code(_key(email), step))
        page.get_by_role("button", name="ログインする").click()
        page.wait_for_url(re.compile(r"/(office|council)/"))


def _key(email: str) -> bytes:
    """As moyai.people.demo.demo_secret writes it down; worked out here, because Django is not needed for it."""
    import hashlib

    return hashlib.sha256(f"moyai-demo:{email}".encode()).digest()[:20]
