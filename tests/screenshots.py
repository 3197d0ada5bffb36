"""`make screenshots`: the pictures of the guides, taken in a real browser from an installation of their own.

Each picture is what fits on the screen, in few colours: at most 150 kB, all together at most 1.5 MB.
An address as argument takes them from a training installation that is running already.
"""

from __future__ import annotations

import io
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from moyai.people.rules import totp_code, totp_step
from tests.live import Live

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
LARGEST, ALTOGETHER = 150_000, 1_500_000
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 375, "height": 760}
DESK = {"width": 1440, "height": 860}
BODY = "chiba-shi"
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
            page.evaluate(f"window.scrollTo(0, {max(0, top - 24)})")
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


def secretariat(camera: Camera, *, fiscal_year: int) -> None:
    with camera.seat(DESK) as page:
        camera.sign_in(page, "secretary@council.example", "council/")
        camera.open(page, "council/")
        camera.take(page, "council-members")
        camera.open(page, f"council/applications/?fiscal_year={fiscal_year}")
        camera.take(page, "council-figures")
        camera.open(page, "council/reservations/")
        camera.take(page, "council-reservations")


def everybody(camera: Camera) -> None:
    with camera.seat(DESK) as page:
        camera.open(page, "rules/dog-registration-fee/")
        camera.take(page, "rule")
    with camera.seat(DESK, dark=True) as page:
        camera.open(page, "ui/?theme=dark")
        camera.take(page, "ui-dark")


def overview(camera: Camera) -> None:
    """What a resident sees beside what staff see: the picture of the README."""
    portal = Image.open(camera.images / "resident-portal.png").convert("RGB")
    inbox = Image.open(camera.images / "staff-inbox.png").convert("RGB")
    gap, height = 24, 760
    small = portal.resize((round(portal.width * height / portal.height), height), Image.Resampling.LANCZOS)
    wide = inbox.resize((round(inbox.width * height / inbox.height), height), Image.Resampling.LANCZOS)
    both = Image.new("RGB", (small.width + wide.width + 3 * gap, height + 2 * gap), "#e6e6e6")
    both.paste(small, (gap, gap))
    both.paste(wide, (small.width + 2 * gap, gap))
    camera.keep(both, "overview")


def take_all(url: str, *, before_figures: Callable[[], None] = lambda: None) -> None:
    """Every picture; `before_figures` fills the reference year once the others are taken."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    program = next((path for path in CHROMIUM if Path(path).exists()), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        camera = Camera(browser, url, IMAGES)
        resident(camera)
        staff(camera)
        booking_resident(camera)
        booking_staff(camera)
        everybody(camera)
        overview(camera)
        before_figures()
        secretariat(camera, fiscal_year=2017)
        browser.close()
    if camera.bytes > ALTOGETHER:
        raise SystemExit(f"合わせて{camera.bytes:,}バイトです。{ALTOGETHER:,}バイトまでにしてください。")
    print(f"{len(list(IMAGES.glob('*.png')))}枚、合わせて{camera.bytes:,}バイト")


def main(arguments: list[str]) -> int:
    if arguments:
        take_all(arguments[0].rstrip("/"))
        return 0
    installation = Live("screenshots", embedded=True, demo=True)

    def replay() -> None:
        done = installation.run("replay", "chiba-fy2017", "--scale", "0.005")
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)

    try:
        installation.start()
        take_all(installation.url, before_figures=replay)
    finally:
        installation.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
