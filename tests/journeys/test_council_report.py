"""M12 — a citizen reads the council's yearly report: on a phone, without script, and by the keyboard alone, as far as the files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests.journeys.browser import Reader, barriers, opened_browser
from tests.journeys.prepared import prepared
from tests.live import Live

pytestmark = pytest.mark.journey

PREPARE = """
from moyai.calendars.public import fiscal_year
from moyai.council.demo import load_demo
from moyai.council.models import ReportRelease
from moyai.tenants.public import Body, clock

load_demo(list(Body.objects.order_by("code")))
[release] = ReportRelease.objects.all()
print(json.dumps({"year": release.fiscal_year, "secretary": cookie_of("secretary@council.example")}))
"""


@pytest.fixture(scope="module")
def made(live: Live) -> dict[str, Any]:
    return prepared(live, PREPARE)


@pytest.fixture(scope="module")
def browser(live: Live) -> Iterator[Any]:
    with opened_browser() as browser:
        yield browser


@pytest.mark.parametrize("mode", ["plain", "keyboard"])
def test_M12_citizen_reads_the_report_on_a_phone_without_script_and_without_a_mouse(
    live: Live, browser: Any, made: dict[str, Any], mode: str, tmp_path: Path
) -> None:
    reader = Reader(browser, live, mode, width=375)
    if mode == "keyboard":
        reader.examined = set()
    page = reader.page
    try:
        reader.goto("/")
        reader.follow("年度ごとの報告を見る", inside="main")
        reader.at("協議会の年次報告")
        [link] = page.get_by_role("link", name=re.compile("年度の年次報告$")).all()
        reader.follow(link.inner_text(), inside="main")
        assert "もやい" in reader.heading
        for heading in ("総会", "幹事会", "電子申請部会"):
            assert page.get_by_role("heading", name=heading, exact=True).count() == 1
        assert "（書面表決）" in page.content() and "付議の経過：" in page.content()
        page.get_by_role("link", name="特別会計電子申請システム運営事業収支決算書").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**#section-account-applications")
        income = page.locator("table").filter(has_text="負担金").filter(has_text="雑入")
        assert "2,600,000" in income.inner_text()
        file = tmp_path / "report.pdf"
        reader.download("PDF", file)
        assert len(PdfReader(file).pages) > 1
    finally:
        reader.close()


@pytest.mark.parametrize("width", [375, 1280])
def test_M12_the_pages_have_no_barriers_and_do_not_run_over(
    live: Live, browser: Any, made: dict[str, Any], width: int
) -> None:
    citizen = Reader(browser, live, "script", width=width)
    secretary = Reader(browser, live, "script", cookie=made["secretary"], width=width)
    try:
        for reader, address in (
            (citizen, "/council-report/"),
            (citizen, f"/council-report/{made['year']}/"),
            (secretary, "/council/reports/"),
            (secretary, f"/council/reports/{made['year']}/"),
            (secretary, f"/council/reports/{made['year']}/text/"),
            (secretary, f"/council/reports/{made['year']}/figures/"),
        ):
            answer = reader.page.goto(address)
            assert answer is not None and answer.status == 200, address
            assert barriers(reader.page) == [], address
            over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert reader.page.evaluate(over) <= 0, address
            assert not reader.trouble, address
    finally:
        citizen.close()
        secretary.close()
