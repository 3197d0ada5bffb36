"""The street from end to end in a real browser: with script, without script, and by the keyboard alone.

A resident applies for 住民票の写し and pays; staff accept it and return it for 補正; the resident amends the one
field; staff approve; the resident fetches the letter; the council counts the application.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests.journeys.browser import Reader, called, count, opened_browser, rows, until

pytestmark = pytest.mark.journey


@dataclass(frozen=True)
class Way:
    """How this street is walked, and where: an app's code counts once, so each way has its own staff."""

    mode: str
    slug: str
    body: str
    clerk: str
    approver: str
    name: str
    kana: str


WAYS = [
    Way("script", "chiba-shi", "千葉市", "clerk", "approver", "髙橋　﨑子", "タカハシ　サキコ"),
    Way("plain", "chiba-shi", "千葉市", "clerk2", "administrator", "渡邉　健一", "ワタナベ　ケンイチ"),
    Way("keyboard", "matsudo-shi", "松戸市", "clerk", "approver", "東海林　さくら", "ショウジ　サクラ"),
]


@pytest.fixture(scope="module")
def cookies(live: Any) -> dict[str, str]:
    found: dict[str, str] = called(live)["cookies"]
    return found


@pytest.fixture(scope="module")
def browser(live: Any, cookies: dict[str, str]) -> Iterator[Any]:
    with opened_browser() as browser:
        yield browser


@pytest.fixture
def person(browser: Any, live: Any, way: Way) -> Iterator[Any]:
    """person() opens one more browser window of somebody with an empty past."""
    readers: list[Reader] = []
    examined: set[str] = set()

    def made(cookie: str = "", width: int = 375) -> Reader:
        readers.append(Reader(browser, live, way.mode, cookie=cookie, width=width))
        if way.mode == "script":  # the other ways pass the same pages
            readers[-1].examined = examined
        return readers[-1]

    yield made
    for reader in readers:
        reader.close()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.mode)
def test_a_resident_applies_and_pays_staff_return_and_approve_and_the_letter_is_fetched(
    way: Way, live: Any, person: Any, cookies: dict[str, str], tmp_path: Path
) -> None:
    secretary = person(cookies["secretary@council.example"], width=1280)
    before = counted(secretary, way.body)

    applicant = person()
    link, code = fills_in_and_saves(applicant, way)
    elsewhere = person()
    resumes_and_checks(elsewhere, way, link, code)
    number, secret = submits(elsewhere, live)
    pays(elsewhere, number)

    clerk = person(width=1280)
    accepts_and_returns(clerk, way, number)
    later = person()
    amends(later, way, number, secret)
    approver = person(width=1280)
    approves(approver, way, number)
    letter = fetches_letter(later, tmp_path)

    text = unicodedata.normalize("NFKC", "".join(page.extract_text() for page in PdfReader(letter).pages))
    [(number_text,)] = rows(
        live,
        "SELECT l.number_text FROM documents_letter l JOIN applications_decision d"
        "  ON d.letter_id = l.id AND d.body_id = l.body_id"
        " JOIN applications_application a ON a.id = d.application_id AND a.body_id = d.body_id"
        " WHERE a.public_number = %s",
        number.replace("-", ""),
    )
    squeezed = re.sub(r"\s", "", text)
    assert re.sub(r"\s", "", unicodedata.normalize("NFKC", way.name)) in squeezed
    assert re.sub(r"\s", "", unicodedata.normalize("NFKC", number_text)) in squeezed

    assert counted(secretary, way.body) == (before[0] + 1, before[1] + 1)


def fills_in_and_saves(reader: Reader, way: Way) -> tuple[str, str]:
    """All questions up to the last page, one answer changed on the way; then 一時保存."""
    reader.goto(f"/{way.slug}/")
    reader.follow("住民票の写しの交付申請")
    reader.at("住民票の写しの交付申請")
    assert reader.context.cookies() == []  # nobody is followed for looking
    reader.follow("申込みを始める")
    reader.at("請求する方")
    reader.press("次へ進む")  # empty: told what is missing, nothing else
    assert reader.page.title().startswith("エラー（")
    assert "請求者の氏名を入力してください" in reader.text
    reader.choose("requester", "self")
    reader.type("name", way.name)
    reader.type("kana", way.kana)
    reader.date("born_on", "S", 60, 4, 2)
    reader.address("address", street="中央1-2")
    reader.type("phone", "043-245-5111")
    reader.type("mail", "taro@resident.example")
    reader.press("次へ進む")
    reader.at("必要な住民票")
    reader.choose("scope", "household")
    reader.type("copies", "2")
    reader.press("次へ進む")
    reader.at("記載する事項と使いみち")
    reader.follow("前のページに戻る")
    reader.at("必要な住民票")
    assert reader.control("copies").input_value() == "2"
    reader.type("copies", "3")
    reader.press("次へ進む")
    reader.at("記載する事項と使いみち")
    for name in ("show_relation", "show_domicile", "show_individual_number"):
        reader.choose(name, "no")
    reader.choose("purpose", "housing")
    reader.press("次へ進む")
    reader.at("受け取り")
    reader.press("一時保存する")
    reader.at("保存しました")
    link = reader.page.locator("main dl a").inner_text()
    code = reader.page.locator("main dl .mo-number").inner_text()
    assert re.fullmatch(r"\d{4}-\d{4}", code)
    return link, code


def resumes_and_checks(reader: Reader, way: Way, link: str, code: str) -> None:
    """Another browser: link and code, the last page, the check page with its fee; one answer corrected there."""
    reader.goto(f"/{way.slug}/")
    reader.follow("住民票の写しの交付申請")
    reader.follow("保存した続きから入力する")
    reader.at("続きから入力する")
    reader.type("link", link)
    reader.type("code", "0000-0000" if code != "0000-0000" else "1111-1111")
    reader.press("続きから入力する")
    assert "番号が違います" in reader.text
    reader.type("link", link)
    reader.type("code", code)
    reader.press("続きから入力する")
    reader.at("受け取り")
    reader.choose("delivery", "express")
    reader.tick("delivery_consent")
    reader.press("次へ進む")
    reader.at("申込内容の確認")
    assert "まだ申込みは完了していません" in reader.text
    for shown in (way.name, "世帯全員", "3通", "住宅の契約・融資", "速達", "900円", "410円", "1,310円"):
        assert shown in reader.text, shown
    reader.follow("修正する：通数")
    reader.at("必要な住民票")
    reader.type("copies", "1")
    reader.press("変更を保存する")
    reader.at("申込内容の確認")
    assert "710円" in reader.text
    assert "1,310円" not in reader.text


def submits(reader: Reader, live: Any) -> tuple[str, str]:
    """One press; number and secret; reloading and going back change nothing."""
    before = count(live, "applications_application")
    reader.press("この内容で申し込む")
    reader.at("申込みを受け付けました")
    number, secret = reader.page.locator("main .mo-panel .mo-number").all_inner_texts()
    assert re.fullmatch(r"\d{4}-\d{4}-\d{4}", number)
    assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", secret)
    reader.page.reload()
    reader.at("申込みを受け付けました")
    assert reader.page.locator("main .mo-panel .mo-number").all_inner_texts() == [number, secret]
    done = reader.page.url
    reader.back()
    reader.at("申込みを受け付けました")  # not the check page with its button
    assert "受付" in reader.text and reader.page.locator("main form").count() == 0
    reader.goto(done)
    assert count(live, "applications_application") == before + 1
    return number, secret


def pays(reader: Reader, number: str) -> None:
    """The browser returns before the company's news; the worker settles it; the page says so."""
    reader.follow("支払いに進む")
    reader.at("お支払い")
    assert "710円" in reader.text
    reader.press("カードで支払う")
    reader.at("模擬カード会社：支払い")
    reader.choose("result", "approved")
    reader.choose("course", "return_first")
    reader.press("この内容で進める")
    reader.at("支払いを確認しています")

    def settled() -> bool:
        if reader.heading != "支払いが完了しました":
            reader.follow("最新の状態にする")
        return reader.heading == "支払いが完了しました"

    until(settled, "the payment is settled by the worker")
    reader.looked()
    assert "納付済" in reader.text


def accepts_and_returns(reader: Reader, way: Way, number: str) -> None:
    """受付箱 → 受理 → 補正の依頼 naming one field."""
    reader.sign_in(f"{way.clerk}@{way.slug}.example", f"/{way.slug}/office/applications/")
    reader.at("受付箱")
    reader.follow(number, inside="main")
    reader.at("申請の詳細")
    assert way.name in reader.text
    reader.follow("受理する", inside="aside, main")
    reader.at("受理する")
    reader.press("受理する")
    reader.at("申請の詳細")
    assert "審査中" in reader.text
    reader.follow("補正を依頼する")
    reader.at("補正を依頼する")
    reader.choose("paths", "address")
    reader.press("選んだ項目の説明を書く")
    assert "「請求者の住所」をどう直すか" in reader.text
    reader.type("words_0", "番地の後の部屋番号も入力してください。")
    reader.press("補正を依頼する")
    reader.at("申請の詳細")
    assert "補正を待つ" in reader.text


def amends(reader: Reader, way: Way, number: str, secret: str) -> None:
    """照会 by number and secret; only the named field can be changed; 旧→新; 提出."""
    reader.goto(f"/{way.slug}/inquiry/")
    reader.at("申込内容の照会")
    reader.type("number", number)
    reader.type("secret", "AAAAA-AAAAA")
    reader.press("照会する")
    assert "整理番号またはパスワードが違います" in reader.text
    reader.type("number", number)
    reader.type("secret", secret)
    reader.press("照会する")
    reader.at("申込みの状況")
    assert "1か所の補正をお願いします" in reader.text
    assert "納付済" in reader.text
    reader.follow("補正する")
    reader.at("補正（内容の直し）")
    assert "番地の後の部屋番号も入力してください。" in reader.text
    names = reader.page.locator("main :is(input, select, textarea):not([type=hidden])").evaluate_all(
        "all => all.map(one => one.name)"
    )
    assert names and all(name.startswith("i0-address__") for name in names), names
    reader.type("i0-address__street", "中央1-2 もやい荘301")
    reader.press("補正内容を確認する")
    reader.at("補正内容の確認")
    table = reader.page.locator("main table").inner_text()
    assert "中央1-2" in table and "もやい荘301" in table and way.name not in table
    reader.press("補正して提出する")
    reader.at("申込みの状況")
    assert "補正を提出しました" in reader.page.locator("body").inner_text()
    assert "もやい荘301" in reader.text


def approves(reader: Reader, way: Way, number: str) -> None:
    reader.sign_in(f"{way.approver}@{way.slug}.example", f"/{way.slug}/office/applications/")
    reader.follow(number, inside="main")
    reader.at("申請の詳細")
    assert "変更" in reader.text and "もやい荘301" in reader.text
    reader.follow("決定する")
    reader.at("決定する")
    reader.choose("kind", "approved")
    reader.press("内容を確認する")
    assert "承認" in reader.text
    reader.press("決定する")
    reader.at("申請の詳細")
    assert "決定" in reader.text


def fetches_letter(reader: Reader, folder: Path) -> Path:
    """The worker sets the letter; one press takes it; afterwards a link gives the same file again."""

    def ready() -> bool:
        reader.page.reload()
        return reader.page.get_by_role("button", name="文書を受け取る").count() > 0

    until(ready, "the letter is set by the worker")
    reader.looked()
    first, again = folder / "first.pdf", folder / "again.pdf"
    reader.download("文書を受け取る", first)
    reader.page.reload()
    reader.looked()
    assert reader.page.get_by_role("button", name="文書を受け取る").count() == 0
    link = reader.page.locator('main a[href$="/letter/"]').inner_text()
    reader.download(link, again)
    assert first.read_bytes() == again.read_bytes()
    return first


def counted(secretary: Reader, body: str) -> tuple[int, int]:
    """What the council's page counts: all applications of the year, and those of the body."""
    secretary.goto("/council/applications/")
    assert secretary.heading.startswith("電子申請の統計")
    finding = re.search(r"([\d,]+)件の申請のうち", secretary.text)
    assert finding, secretary.text[:500]
    months = secretary.page.locator("main table").last  # by body and month, the year's sum at the end
    line = months.locator("tr", has_text=body).first.inner_text()
    return number_of(finding[1]), number_of(re.findall(r"[\d,]+", line)[-1])


def number_of(figure: str) -> int:
    return int(figure.replace(",", ""))
