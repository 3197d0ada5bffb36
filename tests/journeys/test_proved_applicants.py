"""Procedures that ask who applies: digits by mail, a firm's sign-in, a card. Nothing is sent before the proof."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from moyai.applications import catalogue
from moyai.people.tests.oidc_peer import CLIENT, SECRET, Peer, running
from tests.journeys.browser import Reader, count, opened_browser, rows, today_in, until
from tests.journeys.filler import Filler, answers_of
from tests.live import Live
from tests.mailbox import Mailbox

pytestmark = pytest.mark.journey

FIRM = {"corporate_number": "6000020121002", "corporate_name": "千葉電設株式会社"}


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as box:
        yield box


@pytest.fixture(scope="module")
def firms() -> Iterator[Peer]:
    """A provider of business accounts, like GビズID."""
    with running() as peer:
        peer.claims = {"sub": "firm-1", "acr": "aal2", "name": "鈴木 花"}
        peer.info = FIRM
        yield peer


@pytest.fixture(scope="module")
def persons() -> Iterator[Peer]:
    """A provider of private accounts."""
    with running() as peer:
        peer.claims = {"sub": "person-1", "acr": "aal2", "name": "鈴木 花"}
        yield peer


def provider(name: str, kind: str, label: str, peer: Peer) -> dict[str, str]:
    told = {"ISSUER": peer.issuer, "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET, "LABEL": label, "KIND": kind}
    return {f"MOYAI_OIDC_{name}_{key}": value for key, value in told.items()}


@pytest.fixture(scope="module")
def live(mailbox: Mailbox, firms: Peer, persons: Peer) -> Iterator[Live]:
    installation = Live(
        "proved",
        embedded=False,
        demo=False,
        MOYAI_SMTP_URL=mailbox.url,
        **provider("GBIZ", "business", "法人の見本ID", firms),
        MOYAI_OIDC_GBIZ_ACR="aal2",
        **provider("MYID", "resident", "個人の見本ID", persons),
    )
    installation.start()
    yield installation
    installation.stop()


@pytest.fixture(scope="module")
def browser(live: Live) -> Iterator[Any]:
    with opened_browser() as browser:
        yield browser


@pytest.fixture
def applicant(browser: Any, live: Live) -> Iterator[Reader]:
    reader = Reader(browser, live, "plain", width=375)
    yield reader
    reader.close()


def begin(reader: Reader, code: str) -> None:
    reader.goto(f"/chiba-shi/applications/{code}/")
    reader.follow("申込みを始める")


def may_not_send_yet(reader: Reader) -> None:
    """The check page has no button that sends."""
    reader.at("申込内容の確認")
    assert reader.page.locator("main button", has_text="この内容で申し込む").count() == 0


def change(reader: Reader, page: str, name: str, text: str) -> None:
    """An answer, in another tab: the check page of the first one does not know."""
    other = reader.tab()
    other.goto(re.sub(r"/check/.*", f"/pages/{page}/?back=check", reader.page.url))
    other.type(name, text)
    other.press("変更を保存する")
    other.at("申込内容の確認")
    other.page.close()


def sent(live: Live, reader: Reader) -> tuple[int, dict[str, Any], int | None]:
    """The application of the page after sending: its key, how the applicant was known, the account."""
    reader.at("申込みを受け付けました")
    [found] = rows(
        live,
        "SELECT id, identity, account_id FROM applications_application WHERE public_number = %s",
        reader.receipt_number,
    )
    return found


def digits_mailed(mailbox: Mailbox, address: str, mails: int) -> str:
    """The six digits of the last code; so many codes were asked for so far."""

    def codes() -> list[str]:
        return re.findall(r"確認番号：(\d{6})", "\n".join(mailbox.texts_to(address)))

    until(lambda: len(codes()) == mails, f"code {mails} is mailed to {address}")
    return codes()[-1]


def test_group_confirms_its_address_before_it_applies(
    applicant: Reader, live: Live, mailbox: Mailbox, tmp_path: Path
) -> None:
    """後援名義: digits by mail; wrong ones do not count, and another address needs other ones."""
    answers = answers_of("koen-good")
    answers["event_from"] = answers["event_to"] = (today_in(live) + timedelta(days=40)).isoformat()
    address = answers["mail"]
    before = count(live, "applications_application")
    begin(applicant, "koen")
    Filler(applicant, catalogue.document("koen"), tmp_path).fill(answers)
    may_not_send_yet(applicant)
    applicant.follow("メールアドレスの確認へ進む", inside="main")
    applicant.at("メールアドレスの確認")
    assert address in applicant.text
    applicant.press("確認番号をメールで送る")
    digits = digits_mailed(mailbox, address, 1)
    assert digits not in applicant.text  # who reads the page has not read the mail
    applicant.type("digits", "000000" if digits != "000000" else "111111")
    applicant.press("番号を確かめる")
    assert "確認番号が違うか、時間が過ぎています。" in applicant.text
    assert count(live, "applications_application") == before
    applicant.type("digits", digits)
    applicant.press("番号を確かめる")
    applicant.at("申込内容の確認")
    assert "確かめたメールアドレス" in applicant.text

    change(applicant, "group", "mail", "else@example.jp")
    applicant.press("この内容で申し込む")  # the first tab still shows the button
    applicant.at("メールアドレスの確認")
    assert "else@example.jp" in applicant.text
    assert count(live, "applications_application") == before
    applicant.press("確認番号をメールで送る")
    applicant.type("digits", digits_mailed(mailbox, "else@example.jp", 1))
    applicant.press("番号を確かめる")
    applicant.press("この内容で申し込む")
    _key, identity, account = sent(live, applicant)
    assert identity == {"kind": "mail", "mail": "else@example.jp"} and account is None
    assert count(live, "applications_application") == before + 1


def sign_in_by(reader: Reader, label: str) -> None:
    """From the sign-in page to the provider, whose person agrees, and back."""
    reader.at("ログイン")
    reader.follow(f"{label}でログインする")
    reader.at("見本のID")
    reader.follow("同意して進む")


def test_firm_signs_in_before_it_applies(applicant: Reader, live: Live, tmp_path: Path) -> None:
    """道路占用: a private account does not do, nor does who has signed out meanwhile."""
    answers = answers_of("senyo-scaffold")
    today = today_in(live)
    answers["from"], answers["to"] = ((today + timedelta(days=days)).isoformat() for days in (21, 65))
    heading = "事業者アカウントでのログイン"
    before = count(live, "applications_application")
    begin(applicant, "senyo")
    Filler(applicant, catalogue.document("senyo"), tmp_path).fill(answers, then=heading)
    page = applicant.page.url
    check = page.replace("/account/", "/check/")
    applicant.goto(check)
    applicant.at(heading)  # there is no check page before
    applicant.follow("ログインする", inside="main")
    sign_in_by(applicant, "個人の見本ID")
    assert applicant.page.url == page
    assert "事業者アカウントでログインし直してください。" in applicant.text
    assert applicant.page.locator("main button", has_text="このアカウントで続ける").count() == 0
    applicant.goto(check)
    applicant.at(heading)
    applicant.follow("事業者アカウントでログインする", inside="main")
    sign_in_by(applicant, "法人の見本ID")
    assert applicant.page.url == page
    applicant.press("このアカウントで続ける")
    applicant.at("申込内容の確認")

    other = applicant.tab()
    other.goto("/signout/")
    other.press("ログアウトする")
    other.page.close()
    applicant.press("この内容で申し込む")
    applicant.at(heading)
    assert count(live, "applications_application") == before
    applicant.follow("ログインする", inside="main")
    sign_in_by(applicant, "法人の見本ID")
    applicant.press("このアカウントで続ける")
    applicant.press("この内容で申し込む")
    _key, identity, account = sent(live, applicant)
    assert identity == {
        "kind": "business",
        "provider": "gbiz",
        "assurance": "aal2",
        "business": {"corporate_number": FIRM["corporate_number"], "firm_name": FIRM["corporate_name"]},
    }
    [owner] = rows(live, "SELECT account_id FROM people_identity WHERE subject = 'firm-1'")
    assert owner == (account,)
    assert count(live, "applications_application") == before + 1


def sign_with(reader: Reader, card: str) -> None:
    """From the page of 電子署名 through the reader and back to what asked."""
    reader.at("電子署名")
    reader.press("署名に進む")
    show_card(reader, card)


def show_card(reader: Reader, card: str) -> None:
    reader.at("カードで署名する")
    reader.press("模擬の読取り画面へ進む")
    reader.choose("card", card)
    reader.press("このカードで署名する")
    reader.press("署名を返す")


def test_card_signs_what_is_sent(applicant: Reader, live: Live, tmp_path: Path) -> None:
    """住民票の写し: a dead card, another's card and a signature over other answers do not do."""
    answers = answers_of("juminhyo-household") | {
        "name": "千葉　花子",
        "kana": "チバ　ハナコ",
        "born_on": "1989-01-07",
        "mail": "hanako@example.jp",
    }
    answers["address"] |= {"postal_code": "260-0026", "street": "千葉港1-1"}
    before = count(live, "applications_application")
    begin(applicant, "juminhyo-card")
    Filler(applicant, catalogue.document("juminhyo"), tmp_path).fill(answers)
    check = applicant.page.url
    may_not_send_yet(applicant)
    applicant.follow("電子署名へ進む", inside="main")
    sign_with(applicant, "expired")
    assert "有効期限が切れています。" in applicant.text
    show_card(applicant, "taro")
    applicant.at("カードの内容と違うところがあります")
    assert "松戸　太郎" in applicant.text
    applicant.goto(check)
    may_not_send_yet(applicant)
    assert count(live, "applications_cardsignature") == 0
    applicant.follow("電子署名へ進む", inside="main")
    sign_with(applicant, "hanako")
    applicant.at("署名を確かめました")
    applicant.press("署名を付けて確認に戻る")
    applicant.at("申込内容の確認")

    change(applicant, "copies", "copies", "3")
    applicant.press("この内容で申し込む")  # one copy more than was signed
    applicant.at("電子署名")
    assert count(live, "applications_application") == before
    sign_with(applicant, "hanako")
    applicant.press("署名を付けて確認に戻る")
    applicant.press("この内容で申し込む")
    key, identity, account = sent(live, applicant)
    assert identity["kind"] == "card" and account is None
    [(signer, serial, checked_at, same, length)] = rows(
        live,
        "SELECT s.signer, s.serial, s.checked_at, s.answers_sha256 = a.answers_sha256, length(s.cms)"
        " FROM applications_cardsignature s JOIN applications_application a"
        " ON a.id = s.application_id AND a.body_id = s.body_id WHERE a.id = %s",
        key,
    )
    assert same and length > 500  # over exactly what was sent
    assert (signer["name"], signer["born_on"]) == ("千葉　花子", "1989-01-07")
    assert identity["serial"] == serial and datetime.fromisoformat(identity["checked_at"]) == checked_at
    assert count(live, "applications_application") == before + 1
