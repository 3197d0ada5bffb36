"""O88 in a real browser, with a real worker: put up, approved by a second person, fetched without JavaScript."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from moyai.documents.tests import hostile
from tests import server

SIGN_IN = """
import django
django.setup()
import sys
from django.test import Client
from moyai.people.models import Account
from moyai.people.testing import sign_in_for_tests
client = Client()
sign_in_for_tests(client, Account.objects.get(email=sys.argv[1]))
print(next(iter(client.cookies.values())).OutputString())
"""


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()


def context_for(browser, live, mail=None, *, script=True, width=1280):
    context = browser.new_context(
        base_url=live.url,
        java_script_enabled=script,
        locale="ja-JP",
        viewport={"width": width, "height": 900},
        accept_downloads=True,
    )
    context.set_default_timeout(15_000)
    if mail:
        done = subprocess.run(
            [sys.executable, "-c", SIGN_IN, mail],
            env={**live.environment, "DJANGO_SETTINGS_MODULE": "moyai.web.settings"},
            cwd=server.SOURCE,
            capture_output=True,
            text=True,
            check=True,
        )
        name, value = done.stdout.strip().split(";")[0].split("=", 1)
        context.add_cookies([{"name": name, "value": value, "url": live.url}])
    return context


def sound(page):
    """Nothing for axe to find, one h1, nothing wider than the screen."""
    found = [
        f"{each['id']}: {node['html'][:200]}"
        for each in Axe().run(page).response["violations"]
        for node in each["nodes"]
    ]
    assert found == [], f"{page.url}: {found}"
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_O88_file_goes_from_clerk_over_approver_to_a_recipient_without_javascript(live, browser, tmp_path):
    content = hostile.pdf(3)
    file = tmp_path / "統計資料.pdf"
    file.write_bytes(content)

    clerk = context_for(browser, live, "clerk@chiba-shi.example").new_page()
    clerk.goto("/chiba-shi/office/handovers/")
    sound(clerk)
    clerk.get_by_role("link", name="ファイルを登録する").click()
    sound(clerk)
    clerk.get_by_role("button", name="次へ進む").click()
    assert clerk.title().startswith("エラー（1件）：")
    sound(clerk)
    clerk.get_by_label(re.compile("^ファイル")).set_input_files(file)
    clerk.get_by_role("button", name="次へ進む").click()
    sound(clerk)
    clerk.get_by_label(re.compile("^件名")).fill("令和8年度 統計資料")
    clerk.get_by_label(re.compile("^受け取る方（|^受け取る方※|^受け取る方 ")).first.fill(
        "株式会社もやい 山田様"
    )
    clerk.get_by_label(re.compile("^合言葉")).fill("ひらけごまひらけごま")
    clerk.get_by_role("button", name="承認を依頼する").click()
    clerk.wait_for_url(re.compile(r"handovers/\d+/$"))
    sound(clerk)
    link = clerk.locator("main code").first.inner_text()
    where = clerk.url

    chief = context_for(browser, live, "approver@chiba-shi.example").new_page()
    for _ in range(40):  # the worker examines the file
        chief.goto(where)
        if chief.get_by_role("button", name="承認する", exact=True).count():
            break
        chief.wait_for_timeout(500)
    sound(chief)
    chief.get_by_role("button", name="承認する", exact=True).click()
    assert chief.get_by_text("受渡し中").first.is_visible()

    path = "/" + link.split("/", 3)[3]
    with_script = context_for(browser, live, width=375).new_page()
    with_script.goto(path)
    sound(with_script)
    recipient = context_for(browser, live, script=False, width=375).new_page()
    recipient.goto(path)
    recipient.get_by_label(re.compile("^合言葉")).fill("違う合言葉です")
    recipient.get_by_role("button", name="ファイルを受け取る").click()
    assert "合言葉が違います" in recipient.locator("main").inner_text()
    recipient.get_by_label(re.compile("^合言葉")).fill("ひらけごまひらけごま")
    with recipient.expect_download() as download:
        recipient.get_by_role("button", name="ファイルを受け取る").click()
    assert download.value.suggested_filename == "統計資料.pdf"
    download.value.save_as(tmp_path / "taken.pdf")
    assert (tmp_path / "taken.pdf").read_bytes() == content

    clerk.goto(where)
    log = clerk.locator("#visits").locator("xpath=ancestor::table").inner_text()
    assert log.index("受け取りました") < log.index("合言葉が違いました")
    clerk.get_by_role("link", name="受渡しを取り消す").click()
    sound(clerk)
    clerk.get_by_role("button", name="受渡しを取り消す").click()
    answer = recipient.goto(path)
    assert answer is not None
    assert answer.status == 410
    assert "取り消しました" in recipient.locator("main").inner_text()
    with_script.goto(path)
    sound(with_script)
    with_script.goto("/chiba-shi/letters/?code=ABCD")
    sound(with_script)
