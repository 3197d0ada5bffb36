"""施設予約 in pictures: a resident on a phone, the office at a desk."""

from __future__ import annotations

import io
import re
import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from openpyxl import load_workbook
from playwright.sync_api import Page

from tests.screenshots.camera import BODY, DESK, PHONE, Camera


def booking_resident(camera: Camera) -> None:
    """施設予約 on a phone: search, what is free, the registration, a booking paid for, a lottery entered."""
    with camera.seat(PHONE) as page:
        camera.open(page, f"{BODY}/facilities/")
        camera.take(page, "resident-facilities")
        free = next_saturday()
        camera.open(page, f"{BODY}/facilities/chuo-gym/rooms/arena/month/?month={free:%Y-%m}")
        partly = page.locator("tr:has(td[data-mark='some'])").first
        if not partly.count():  # what the demo has booked lies in the next month
            page.get_by_role("link", name="次の月").click()
        camera.take(page, "resident-availability", at=partly)
        sign_in_resident(camera, page, f"{BODY}/reservations/registrations/new/person/")
        register(page)
        with camera.seat(DESK) as desk:
            camera.sign_in(desk, f"clerk@{BODY}.example", f"{BODY}/office/reservations/registrations/")
            desk.get_by_role("row", name=re.compile("千葉\\s花子")).get_by_role("link").first.click()
            desk.get_by_role("link", name="承認する").click()
            desk.get_by_role("button", name="承認する").click()
            desk.wait_for_url(re.compile(r"/registrations/\d{12}/$"))
        camera.open(page, f"{BODY}/availability/?facility=chuo-gym&day={free.isoformat()}")
        page.locator(".mo-slots td a").first.click()
        page.get_by_role("radio", name=re.compile("北半面")).check()
        page.get_by_role("button", name="この時間で次へ進む").click()
        page.locator("[name=purpose]").select_option(label="バドミントン")
        page.locator("[name=people]").fill("12")
        page.locator("[name=equipment_net]").fill("2")
        page.get_by_role("button", name="確認へ進む").click()
        camera.take(page, "resident-booking-check", at=page.locator("main h1"))
        page.get_by_role("button", name="この内容で予約する").click()
        pay(page)
        page.goto(f"{camera.url}/{BODY}/bookings/")
        page.locator("main .mo-cards a").first.click()
        camera.take(page, "resident-booking", at=page.locator("main h1"))
        enter_lottery(camera, page)
        camera.take(page, "resident-lottery", at=page.locator("main h1"))


def next_saturday() -> date:
    """A Saturday at least two days off on which the demo's halls are open: at the turn of the year a week later."""
    day = datetime.fromtimestamp(time.time(), ZoneInfo("Asia/Tokyo")).date() + timedelta(days=2)
    day += timedelta(days=(5 - day.weekday()) % 7)
    return day + timedelta(days=7 if f"{day:%m%d}" >= "1229" or f"{day:%m%d}" <= "0103" else 0)


def sign_in_resident(camera: Camera, page: Page, path: str) -> None:
    """By the link that a training installation shows instead of mailing it."""
    page.goto(f"{camera.url}/signin/?next=/{path}")
    page.get_by_label("メールアドレス").fill("hanako@resident.example")
    page.get_by_role("button", name="リンクを送る").click()
    page.locator("main a[href*='/signin/link/']").click()
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile(path))


def register(page: Page) -> None:
    for name, value in {
        "name": "千葉　花子",
        "kana": "チバ　ハナコ",
        "born_on_year": "60",
        "born_on_month": "4",
        "born_on_day": "2",
        "address": "千葉市中央区中央1-2-3",
        "phone": "043-245-5111",
    }.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("[name=born_on_era]").select_option(label="昭和")
    page.get_by_role("radio", name="市内").check()
    page.get_by_role("button", name="この内容で申し込む").click()
    page.wait_for_url(re.compile(r"/registrations/\d{12}/$"))


def pay(page: Page) -> None:
    """By card, at the card company of the training installation."""
    page.get_by_role("link", name="支払いに進む").click()
    page.get_by_role("button", name="カードで支払う").click()
    page.locator("[name=result]").first.check()
    page.locator("[name=course]").first.check()
    page.get_by_role("button", name="この内容で進める").click()
    page.wait_for_url(re.compile("/back/"))
    for _second in range(60):
        if page.get_by_role("heading", name="支払いが完了しました").count():
            return
        page.wait_for_timeout(1_000)
        page.reload()
    raise SystemExit("支払いが終わりません")


def enter_lottery(camera: Camera, page: Page) -> None:
    """Three wishes in the round that the demo has open."""
    camera.open(page, f"{BODY}/lotteries/")
    page.locator("main .mo-cards a").first.click()
    page.get_by_role("link", name="この抽選に申し込む").click()
    for unit, day, time_ in ((2, 5, 1), (3, 5, 2), (1, 6, 3)):
        page.get_by_role("link", name=re.compile("希望を選ぶ")).click()
        page.locator("main select").first.select_option(index=1)
        page.get_by_role("button", name="次へ進む").click()
        page.locator("[name=unit]").select_option(index=unit)
        page.locator("[name=day]").select_option(index=day)
        page.locator("[name=starts]").select_option(index=time_)
        page.locator("[name=ends]").select_option(index=time_)
        page.get_by_role("button", name="この希望を加える").click()
    page.locator("[name=purpose]").select_option(label="バドミントン")
    page.locator("[name=people]").fill("12")
    page.get_by_role("button", name="抽選に申し込む").click()
    page.wait_for_url(re.compile(r"/lotteries/mine/\d{12}/"))


def booking_staff(camera: Camera) -> None:
    """施設予約 at the office: a day, the counter, a workbook with a fault, a lottery."""
    with camera.seat(DESK) as page:
        camera.sign_in(page, f"clerk@{BODY}.example", f"{BODY}/office/reservations/")
        camera.open(page, f"{BODY}/office/reservations/?day={next_saturday().isoformat()}")
        camera.take(page, "staff-day")
        camera.open(page, f"{BODY}/office/reservations/counter/")
        page.locator("main [name=q]").fill("ｻﾄｳ")
        page.get_by_role("button", name="利用者をさがす").click()
        page.locator("main table a").first.click()
        page.locator("[name=day]").fill(f"{next_saturday():%Y-%m-%d}")
        page.get_by_role("button", name="絞り込む").click()
        page.locator("main table a").first.click()
        camera.take(page, "staff-counter")
    with camera.seat(DESK) as page:
        camera.sign_in(page, f"administrator@{BODY}.example", f"{BODY}/office/masters/workbook/")
        written = page.request.get(f"{camera.url}/{BODY}/office/masters/workbook/masters.xlsx").body()
        page.locator("[name=file]").set_input_files(
            {"name": "施設.xlsx", "mimeType": XLSX, "buffer": with_faults(written)}
        )
        page.get_by_role("button", name="読み込んで、変わるところを見る").click()
        page.wait_for_load_state()
        camera.take(page, "staff-workbook")
        camera.open(page, f"{BODY}/office/lotteries/")
        page.locator("main table a").first.click()
        camera.take(page, "staff-round")


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def with_faults(written: bytes) -> bytes:
    """The body's own workbook, in which somebody typed a word for a number and an hour that there is not."""
    book = load_workbook(io.BytesIO(written))
    for sheet, row, head, value in (
        ("室場", 2, "定員", "八人"),
        ("コマ", 2, "終了", "25:00"),
        ("施設", 3, "施設名", None),
    ):
        heads = [cell.value for cell in book[sheet][1]]
        book[sheet].cell(row, heads.index(head) + 1).value = value
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
