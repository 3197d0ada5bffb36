"""協議会 in pictures: the secretary's desk, a member's bill, the report that everybody reads, the figures of the reference year."""

from __future__ import annotations

import csv
import io
import re

from moyai.tenants.rules import code_check_digit
from tests import server
from tests.screenshots.camera import BODY, DESK, PHONE, Camera

MEMBERS = server.SOURCE / "moyai" / "web" / "demo_council" / "chiba.csv"


def codes() -> dict[str, str]:
    """団体コード of the training installation's members, by name."""
    with MEMBERS.open(encoding="utf-8", newline="") as rows:
        return {
            row["name"]: row["code5"] + str(code_check_digit(row["code5"])) for row in csv.DictReader(rows)
        }


def council(camera: Camera) -> None:
    """The secretary: a sitting, its ballot, burdens tried out, a settlement, the help desk, service levels."""
    with camera.seat(DESK) as page:
        camera.sign_in(page, "secretary@council.example", "council/")
        camera.open(page, "council/meetings/")
        page.locator("main table a", has_text="総会").first.click()
        camera.take(page, "council-meeting")
        page.locator("main table a", has_text="補正予算について").first.click()
        page.locator("main a[href*='/ballots/']").first.click()
        camera.take(page, "council-ballot")
        camera.open(page, "council/burdens/what-if/")
        page.locator("[name=cost_line]").select_option(index=1)
        page.locator("[name=yen]").fill("2600000")
        compared = page.request.get(f"{camera.url}/council/comparison/?format=csv").text().lstrip("\ufeff")
        paying = [
            row["団体名"] for row in csv.DictReader(io.StringIO(compared)) if row["負担：運営管理費"] == "1"
        ]
        code_of = codes()
        costs = "\n".join(f"{code_of[name]}, {190_000 - 4_000 * at}" for at, name in enumerate(paying))
        page.locator("[name=now]").fill(costs)
        page.get_by_role("button", name="試算する").click()
        page.get_by_role("heading", name="試算の結果").wait_for()
        camera.take(page, "council-what-if", at=page.locator("#trial-result"))
        camera.open(page, "council/settlements/")
        page.locator("main table a").first.click()
        camera.take(page, "council-settlement", at=page.get_by_role("heading", name="収入の部").first)
        camera.open(page, "council/desk/?view=all")
        camera.take(page, "council-desk")
        camera.open(page, "council/levels/")
        camera.take(page, "council-levels", at=page.locator("main table", has_text="判定").first)


def member(camera: Camera) -> None:
    """A member's staff: the bill with how it was worked out."""
    with camera.seat(DESK) as page:
        camera.sign_in(page, f"clerk@{BODY}.example", f"{BODY}/office/council/bills/")
        page.locator("main table a").first.click()
        camera.take(page, "staff-bill")


def report(camera: Camera) -> None:
    """A citizen on a phone: the yearly report."""
    with camera.seat(PHONE) as page:
        camera.open(page, "council-report/")
        page.get_by_role("link", name=re.compile("年次報告$")).first.click()
        camera.take(page, "council-report")


def figures(camera: Camera) -> None:
    """Members and services, and the figures of the reference year."""
    with camera.seat(DESK) as page:
        camera.sign_in(page, "secretary@council.example", "council/")
        camera.open(page, "council/")
        camera.take(page, "council-members")
        camera.open(page, "council/applications/?fiscal_year=2017")
        camera.take(page, "council-figures")
        camera.open(page, "council/reservations/")
        camera.take(page, "council-reservations")
