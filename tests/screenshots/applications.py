"""電子申請 in pictures: a resident from the list to the inquiry, staff from the inbox to the decision."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page

from tests.screenshots.camera import BODY, DESK, PHONE, Camera

ANSWERS: dict[str, Any] = {
    "requester": "self",
    "name": "𠮷田　花子",
    "kana": "よしだ　はなこ",
    "born_on": ("昭和", "60", "4", "2"),
    "address": ("260-0013", "千葉県", "千葉市中央区", "中央1-2-3"),
    "phone": "043-245-5111",
    "mail": "hanako@example.jp",
    "scope": "household",
    "copies": "2",
    "show_relation": "no",
    "show_domicile": "no",
    "show_individual_number": "no",
    "purpose": "housing",
    "delivery": "normal",
    "delivery_consent": "yes",
}


def fill(page: Page) -> None:
    """Answer what the page asks, as a resident would."""
    for name, value in ANSWERS.items():
        if name == "born_on" and page.locator("[name=born_on_era]").count():
            page.locator("[name=born_on_era]").select_option(label=value[0])
            for part, text in zip(("year", "month", "day"), value[1:], strict=True):
                page.locator(f"[name=born_on_{part}]").fill(text)
        elif name == "address" and page.locator("[name=address__street]").count():
            page.locator("[name=address__postal_code]").fill(value[0])
            page.locator("[name=address__prefecture]").select_option(label=value[1])
            page.locator("[name=address__city]").fill(value[2])
            page.locator("[name=address__street]").fill(value[3])
        else:
            found = page.locator(f"main [name='{name}']")
            if not found.count():
                continue
            kind = found.first.get_attribute("type")
            if found.first.evaluate("one => one.tagName") == "SELECT":
                found.first.select_option(value)
            elif kind == "radio":
                page.locator(f"main [name='{name}'][value='{value}']").check()
            elif kind == "checkbox":
                found.first.check()
            else:
                found.first.fill(value)


def resident(camera: Camera) -> None:
    """From the list of procedures to the receipt, and the inquiry a day later."""
    with camera.seat(PHONE) as page:
        camera.open(page, f"{BODY}/")
        camera.take(page, "resident-portal")
        page.get_by_role("link", name="住民票の写しの交付申請").click()
        camera.take(page, "resident-start")
        page.get_by_role("link", name="申込みを始める").click()
        fill(page)
        camera.take(page, "resident-question", at=page.locator("main h1"))
        for _page in range(20):
            if page.get_by_role("button", name="この内容で申し込む").count():
                break
            fill(page)
            page.get_by_role("button", name="次へ進む").last.click()
        camera.take(page, "resident-check", at=page.locator("main h1"))
        page.get_by_role("button", name="この内容で申し込む").click()
        page.get_by_role("heading", name="申込みを受け付けました").wait_for()
        camera.take(page, "resident-done", at=page.locator(".mo-panel").first)
        number, secret = (page.locator(".mo-panel dd").nth(at).inner_text() for at in (0, 1))
    with camera.seat(PHONE) as page:
        camera.open(page, f"{BODY}/inquiry/")
        page.locator("[name=number]").fill(number.replace("\n", ""))
        page.locator("[name=secret]").fill(secret)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(re.compile(r"/inquiry/.+"))
        camera.take(page, "resident-inquiry", at=page.locator("main h1"))


def staff(camera: Camera) -> None:
    """The inbox, a case, a correction asked for, a decision shown before it is made."""
    with camera.seat(DESK) as page:
        camera.sign_in(page, f"clerk@{BODY}.example", f"{BODY}/office/")
        camera.take(page, "staff-inbox")
        camera.open(page, f"{BODY}/office/applications/?status=reviewing&view=open")
        page.locator("main table a").first.click()
        camera.take(page, "staff-case")
        page.get_by_role("link", name="補正を依頼する").click()
        box = page.get_by_role("checkbox", name=re.compile("住所"))
        box.first.check()
        camera.take(page, "staff-correction")
    with camera.seat(DESK) as page:
        camera.sign_in(page, f"approver@{BODY}.example", f"{BODY}/office/")
        camera.open(page, f"{BODY}/office/applications/?status=reviewing&view=open")
        page.locator("main table a").first.click()
        page.get_by_role("link", name="決定する").click()
        page.get_by_label("却下").check()
        page.get_by_label("理由").fill(
            "申請された方の住民登録を確認できませんでした。住民基本台帳法第12条第1項により、"
            "住民票の写しは住民登録がある方に交付するものであるため、交付しません。"
        )
        page.locator("main form button[type=submit]").first.click()
        camera.take(page, "staff-decision")
    with camera.seat(DESK) as page:
        camera.sign_in(page, f"administrator@{BODY}.example", f"{BODY}/office/")
        camera.open(page, f"{BODY}/office/procedures/")
        camera.take(page, "staff-procedures")
        camera.open(page, f"{BODY}/office/procedures/event/form/")
        camera.take(page, "staff-builder")
