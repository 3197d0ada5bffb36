"""Tablets at an event in a real browser: 200 visitors without a network, a reload, and each answer counted once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests import server
from tests.journeys.browser import barriers, opened_browser, rows, until

pytestmark = pytest.mark.journey

MAKE = """
import django; django.setup()
from moyai.applications.actions.kiosks import make_kiosk, token_of
from moyai.applications.models import Procedure
from moyai.tenants.public import Actor, Body, Role, acting_in
body = Body.objects.get(slug="chiba-shi")
actor = Actor(None, body, frozenset({Role.CLERK}), "佐藤 一郎", "office")
with acting_in(body) as now:
    survey = Procedure.objects.get(body=body, code="survey")
    kiosk = make_kiosk(actor=actor, now=now, procedure=survey, name="本部テント", idle_seconds=IDLE)
print("/chiba-shi/kiosk/" + token_of(kiosk) + "/")
"""
KEPT = "() => navigator.serviceWorker.controller !== null"  # it has kept its page and its files, and answers for it
# One visitor after another, as fast as a script can touch the page: begin, answer, send, next.
VISITORS = """async (many) => {
  const status = document.querySelector('[data-kiosk-status]');
  const form = document.querySelector('[data-kiosk]');
  const wait = (until) => new Promise((resolve) => {
    const look = () => until() ? resolve() : setTimeout(look, 2);
    look();
  });
  for (let n = 0; n < many; n++) {
    const before = Number(status.dataset.waiting);
    document.querySelector('[data-kiosk-start] button').click();
    form.querySelector('[name=age_band][value=' + (n % 2 ? 'a30' : 'o70') + ']').checked = true;
    form.querySelector('[name=residence][value=city]').checked = true;
    form.querySelector('[name=joined][value=no]').checked = true;
    form.querySelector('[name=opinion]').value = '来場者' + n;
    form.dispatchEvent(new Event('change', {bubbles: true}));
    form.requestSubmit();
    await wait(() => Number(status.dataset.waiting) === before + 1);
    await wait(() => !document.querySelector('[data-kiosk-thanks]').hidden);
    document.querySelector('[data-kiosk-thanks] button').click();
  }
}"""


@pytest.fixture(scope="module")
def browser(live: Any) -> Iterator[Any]:
    with opened_browser() as browser:
        yield browser


def kiosk(live: Any, idle: int = 60) -> str:
    done = subprocess.run(
        [sys.executable, "-c", MAKE.replace("IDLE", str(idle))],
        env={**live.environment, "DJANGO_SETTINGS_MODULE": "moyai.web.settings"},
        cwd=server.SOURCE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return str(live.url + done.stdout.splitlines()[-1])


def taken(live: Any) -> list[str]:
    found = rows(live, "SELECT answers ->> 'opinion' FROM applications_application WHERE channel = 'kiosk'")
    return [row[0] for row in found]


def test_A04_200_answers_offline_survive_a_reload_and_are_sent_once_each(browser: Any, live: Any) -> None:
    address = kiosk(live)
    context = browser.new_context(viewport={"width": 1024, "height": 768}, locale="ja-JP")
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(address)
    page.wait_for_function(KEPT)
    assert barriers(page) == []
    context.set_offline(True)
    page.evaluate(VISITORS, 120)
    page.reload()  # from what the tablet keeps
    page.wait_for_selector("[data-kiosk-status][data-waiting='120']")
    page.evaluate(VISITORS, 80)
    assert page.get_attribute("[data-kiosk-status]", "data-waiting") == "200"
    assert taken(live) == []
    context.set_offline(False)
    until(lambda: len(taken(live)) >= 20, "the first answers are sent")
    page.reload()  # in the middle of sending
    page.wait_for_selector("[data-kiosk-status][data-waiting='0']", state="attached", timeout=60_000)
    found = taken(live)
    assert len(found) == 200
    assert sorted(found) == sorted([f"来場者{n}" for n in range(120)] + [f"来場者{n}" for n in range(80)])
    assert page.get_attribute("[data-kiosk-status]", "data-refused") == "0"
    assert troubles == []
    context.close()


def test_A04_questions_follow_the_answers_and_the_page_begins_anew(browser: Any, live: Any) -> None:
    page = browser.new_page(viewport={"width": 1024, "height": 768}, locale="ja-JP")
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security" in said.text else None)
    page.goto(kiosk(live, idle=2))
    assert page.locator("[data-kiosk-language]").count() == 3
    page.get_by_role("button", name="はじめる").click()
    assert page.locator("#question-satisfaction").is_hidden()
    page.locator("[name=joined][value=yes]").check()
    assert (
        page.locator("#question-satisfaction").is_visible() and page.locator("#question-reason").is_hidden()
    )
    for row in ("program", "food", "access", "information", "staff"):
        page.locator(f"[name=satisfaction__{row}][value=s1]").check()
    assert page.locator("#question-reason").is_visible()
    page.get_by_role("button", name="回答を送る").click()
    assert "「年代」に答えてください。" in page.locator("[data-kiosk-problems]").inner_text()
    assert barriers(page) == []
    page.get_by_role("button", name="はじめる").wait_for(timeout=8_000)  # nobody touched it for two seconds
    page.get_by_role("button", name="はじめる").click()
    assert not page.locator("[name=joined][value=yes]").is_checked() and refused == []
    page.goto(page.url)
    page.locator("[data-kiosk-language][lang=en]").click()
    page.wait_for_url("**/en/chiba-shi/kiosk/**")
    assert page.locator("html").get_attribute("lang") == "en"
    page.close()
