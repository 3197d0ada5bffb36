"""The entrance in a real browser: staff set up a passkey and come back with it; a resident comes by link."""

from __future__ import annotations

import email
import email.policy
import os
import re
import socketserver
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.journey
PASSWORD = "moyai-no-tame-ni"


class Postbox(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it is given."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.mails: list[str] = []
        super().__init__(("127.0.0.1", 0), _Letterman)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def text_to(self, address: str, *, seconds: float = 30) -> str:
        """The newest mail to an address; waits for the worker to send it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for raw in reversed(self.mails):
                message = email.message_from_string(raw, policy=email.policy.default)
                if message["To"] == address:
                    body = message.get_body()
                    assert body is not None
                    return str(body.get_content())
            time.sleep(0.1)
        raise AssertionError(f"no mail to {address}")


class _Letterman(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 postbox\r\n")
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                lines = iter(self.rfile.readline, b".\r\n")
                server: Any = self.server
                server.mails.append(b"".join(lines).decode())
            self.wfile.write(b"250 ok\r\n")


@pytest.fixture(scope="module")
def postbox() -> Iterator[Postbox]:
    with Postbox() as box:
        yield box
        box.shutdown()


@pytest.fixture(scope="module")
def house(postbox: Postbox) -> Iterator[Any]:
    from tests.live import Live

    installation = Live("people", MOYAI_SMTP_URL=f"smtp://127.0.0.1:{postbox.server_address[1]}")
    installation.start()
    yield installation
    installation.stop()


@pytest.fixture
def browser_page(house: Any) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser's loop runs in the test's thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        page = browser.new_context(locale="ja-JP", base_url=house.url).new_page()
        problems: list[str] = []
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        yield page
        browser.close()
        assert not problems, problems


def _chromium() -> str:
    for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser"):
        if Path(path).exists():
            return path
    raise RuntimeError("chromium is needed: run scripts/browser")


def _look(page: Any, name: str) -> None:
    """No barrier that axe can find; a picture for who asks for it."""
    from axe_playwright_python.sync_playwright import Axe

    result = Axe().run(page)
    assert result.violations_count == 0, f"{name}: {result.generate_report()}"
    folder = os.environ.get("PEOPLE_SHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def _with_device(page: Any) -> None:
    """A device with fingerprint, as the browser's own tools pretend it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_staff_add_a_passkey_and_come_back_with_nothing_else(browser_page: Any) -> None:
    page = browser_page
    _with_device(page)
    page.goto("/chiba-shi/office/people/")
    page.get_by_label("メールアドレス").fill("clerk@chiba-shi.example")
    page.get_by_label("パスワード").fill(PASSWORD)
    _look(page, "staff")
    page.get_by_role("button", name="次へ進む").click()
    page.get_by_role("heading", level=1, name="2つ目の確認方法の登録").wait_for()
    _look(page, "setup")
    page.get_by_role("link", name="パスキーを登録する").click()
    _look(page, "passkey_add")
    page.get_by_role("button", name="パスキーを登録する").click()
    page.get_by_role("heading", level=1, name="復旧コード").wait_for()
    page.get_by_role("button", name="復旧コードを作る").click()
    assert page.locator("li.mo-number").count() == 10
    _look(page, "codes")
    page.goto("/chiba-shi/office/people/")
    page.get_by_role("heading", level=1, name="職員と役割").wait_for()
    _look(page, "office_list")
    page.goto("/account/")
    _look(page, "account_staff")
    page.goto("/signout/")
    _look(page, "signout")
    page.get_by_role("main").get_by_role("button", name="ログアウトする").click()
    page.goto("/chiba-shi/office/people/")
    page.get_by_role("button", name="パスキーでログインする").click()
    page.get_by_role("heading", level=1, name="職員と役割").wait_for()


def test_a_resident_comes_in_by_the_mail(browser_page: Any, postbox: Postbox, house: Any) -> None:
    page = browser_page
    page.goto("/signin/?next=/account/")
    _look(page, "signin")
    page.get_by_label("メールアドレス").fill("taro@resident.example")
    page.get_by_role("button", name="リンクを送る").click()
    page.get_by_role("heading", level=1, name="メールを送りました").wait_for()
    _look(page, "link_sent")
    mail = postbox.text_to("taro@resident.example")
    link = re.search(r"http://\S+", mail)
    assert link is not None and link[0].startswith(house.url)
    page.goto(link[0])
    page.get_by_role("heading", level=1, name="ログインの確認").wait_for()
    _look(page, "link")
    page.get_by_role("main").get_by_role("button", name="ログインする").click()
    page.get_by_role("heading", level=1, name="アカウント").wait_for()
    _look(page, "account_resident")
