"""A33 C17 — a member opens what the council has billed it, reads why it is that sum, and takes the letter away.

By the keyboard alone (every page asked by axe), and without script.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.browser import Reader, opened_browser, rows, until
from tests.journeys.prepared import prepared
from tests.live import Live

pytestmark = pytest.mark.journey

PREPARE = """
from datetime import timedelta
from django.db import transaction
from moyai.council.actions.bills import issue_bills
from moyai.council.actions.burdens import halves_of
from moyai.council.models import Bill
from moyai.council.tests.money_setup import SECRETARY, YEAR, open_books, pay, shared
from moyai.tenants.public import Body, clock
from moyai.web.demo_council import load_council

told = {}
with transaction.atomic():
    load_council()
    books = open_books()
    bodies = [Body.objects.get(slug=slug) for slug in ("chiba-shi", "matsudo-shi")]
    pay(books, "procurement", "management", bodies)
    burden = shared(books.costs["procurement", "management"], 1_003, halves=halves_of(YEAR))
    now = clock.now()
    today = clock.today(now)
    issue_bills(
        actor=SECRETARY, now=now, burden=burden, half="前期", billed_on=today, due_on=today + timedelta(days=30)
    )
    for bill in Bill.objects.select_related("body"):
        told[bill.body.slug] = bill.number
told["cookie"] = cookie_of("clerk@chiba-shi.example")
print(json.dumps(told))
"""
BILLS = "/chiba-shi/office/council/bills/"


@pytest.fixture(scope="module")
def told(live: Live) -> dict[str, Any]:
    return prepared(live, PREPARE)


@pytest.fixture(scope="module")
def browser(live: Live) -> Iterator[Any]:
    with opened_browser() as browser:
        yield browser


@pytest.mark.parametrize("mode", ["keyboard", "plain"])
def test_A33_member_reads_and_downloads_its_bill(
    live: Live, browser: Any, told: dict[str, Any], mode: str, tmp_path: Path
) -> None:
    until(
        lambda: rows(live, "SELECT count(*) FROM council_bill WHERE file_id IS NULL") == [(0,)],
        "the worker makes the letters of both bills",
    )
    reader = Reader(browser, live, mode, cookie=told["cookie"])
    if mode == "keyboard":
        reader.examined = set()
    try:
        reader.goto(BILLS)
        reader.at("協議会の請求書")
        assert told["matsudo-shi"] not in reader.text
        reader.follow(told["chiba-shi"], inside="main")
        reader.at("平成29年度 運営管理費（前期）")
        assert "251円" in reader.text  # half of 502, which is half of 1,003 and the first by its remainder
        assert "501円と1/2円" in reader.text
        assert "端数の加算あり（1円）" in reader.text
        letter = tmp_path / "bill.pdf"
        reader.download("請求書を保存する（PDF）", letter)
        [(kept,)] = rows(
            live,
            "SELECT f.content FROM council_bill b JOIN council_paperfile f ON f.id = b.file_id WHERE b.number = %s",
            told["chiba-shi"],
        )
        assert letter.read_bytes() == bytes(kept)
        assert letter.read_bytes().startswith(b"%PDF")
    finally:
        reader.close()
    deeds = rows(live, "SELECT count(*) FROM audit_deed WHERE verb = 'council.fetch_bill'")
    assert deeds[0][0] >= 1
