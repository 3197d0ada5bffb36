"""Check 30 of the look, over every page a resident can reach: English pages hold no Japanese that does not say it is
Japanese, easy pages no kanji without a reading; what people and staff wrote stays as they wrote it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from moyai.applications.tests.conftest import make_procedure
from moyai.tenants.public import BodyRow, acting_in, clock
from moyai.ui.readings import BETWEEN, END, START
from tests.reading import Reader, japanese_in_english, kanji_without_reading, strings_of
from tests.test_doors import ADDRESSES, filled, rows_of

BASE = "/chiba-shi"
LANGUAGES = ("en", "ja-easy")
# Not for residents: staff's and the council's, answers for machines, the examples of all components.
ELSEWHERE = {"ui_examples"}


def _texts_of_rules() -> set[str]:
    """The law's own words in the rulebook: titles, sources, steps of the examples."""
    import dataclasses

    from moyai.rulebook.registry import all_rules

    return {text for one in all_rules() for text in strings_of(dataclasses.asdict(one))}


def written_by_people(world: Any) -> set[str]:
    """Every text in the rows of 千葉市 and of the installation: titles, questions, names, answers."""
    from django.apps import apps

    found = _texts_of_rules() | {"潜水艦"}  # and what the tests type
    with acting_in(world.chiba):
        for model in apps.get_models():
            if not model.__module__.startswith("moyai."):
                continue
            own = {"body": world.chiba} if issubclass(model, BodyRow) else {}
            for row in model.objects.filter(**own).order_by("-pk")[:500].values():
                for value in row.values():
                    found.update(strings_of(value))
    return {text for text in found if text}


def need_plain(reader: Reader, world: Any) -> None:
    """Fails with every page the reader was shown that says something in words the reader may not know."""
    theirs = written_by_people(world) if reader.language == "ja-easy" else set()
    kept = [text for text in theirs if set(text) & {START, BETWEEN, END}]
    assert not kept, "readings of a page went into the database: " + "\n".join(kept)
    found = []
    for name, pages in reader.pages.items():
        said = {
            text
            for html in pages
            for text in (
                japanese_in_english(html) if reader.language == "en" else kanji_without_reading(html, theirs)
            )
        }
        found += [f"{name}: {text}" for text in sorted(said)]
    assert not found, "\n" + "\n".join(found)


@pytest.fixture(params=LANGUAGES)
def reader(request: pytest.FixtureRequest, world: Any) -> Reader:
    return Reader(request.param)


def _procedure(world: Any, **facts: Any) -> Any:
    actor = world.actor(world.at_chiba.administrator, world.chiba)
    with acting_in(world.chiba) as now, override("ja"):
        return make_procedure(actor=actor, now=now, **facts)


def _begin(reader: Reader, **typed: str) -> Any:
    path = f"{BASE}/applications/bicycle-parking/new/"
    token = re.search(r'name="token" value="([^"]+)"', reader.get(path).content.decode())[1]  # type: ignore[index]
    who = {"name": "髙﨑 花子", "kana": "たかさき はなこ", "mail": "hanako@example.jp"}
    return reader.post(path, {"token": token, **who, **typed})


def _apply(reader: Reader) -> tuple[str, str]:
    """An application sent; its number and secret as the receipt shows them."""
    page = reader.post(_begin(reader)["Location"], {"kind": "bicycle", "months": "3"})
    done = reader.post(page["Location"])
    shown = reader.get(done["Location"]).content.decode()
    found = re.search(r"(\d{4}-\d{4}-\d{4})", shown), re.search(r"([2-9A-Z]{5}-[2-9A-Z]{5})", shown)
    return found[0][1], found[1][1]  # type: ignore[index]


def _look(reader: Reader, number: str, secret: str) -> str:
    return str(reader.post(f"{BASE}/inquiry/", {"number": number, "secret": secret})["Location"])


def test_the_eyes_see_what_they_should() -> None:
    assert japanese_in_english('<p>Name <b>氏名</b></p><p lang="ja">氏名</p><title>氏名</title>') == ["氏名"]
    assert japanese_in_english('<html lang="en"><a lang="ja">日本語</a><option>犬</option></html>') == ["犬"]
    easy = "<p>犬の<ruby>名前<rp>（</rp><rt>なまえ</rt><rp>）</rp></ruby>を書く。太郎</p>"
    assert kanji_without_reading(easy, ["太郎"]) == ["犬の", "を書く。太郎"]
    assert kanji_without_reading("<p>太郎</p><option>犬</option>", ["太郎"]) == []


def test_every_address_of_a_resident_speaks_the_readers_language(reader: Reader, world: Any) -> None:
    places = [a for a in ADDRESSES if a.audience in ("portal", "house") and a.name not in ELSEWHERE]
    assert len(places) > 30
    for address in places:
        for values in rows_of(world.chiba, world.matsudo)[:2]:
            reader.get(filled(address, "chiba-shi", values))
    assert len(reader.pages) > 20
    need_plain(reader, world)


def test_every_form_asks_in_the_readers_language(reader: Reader, world: Any) -> None:
    from moyai.applications.models import Procedure

    with acting_in(world.chiba):
        codes = list(Procedure.objects.filter(published=True).values_list("code", flat=True))
    assert codes
    for code in codes:
        reader.get(f"{BASE}/applications/{code}/")
        path = f"{BASE}/applications/{code}/new/"
        asked = reader.get(path)
        token = re.search(r'name="token" value="([^"]+)"', asked.content.decode())
        if token:
            reader.post(path, {"token": token[1]})
    reader.get(f"{BASE}/?q=犬")
    reader.get(f"{BASE}/?q=潜水艦")
    need_plain(reader, world)


def test_applying_is_told_in_the_readers_language(reader: Reader, world: Any) -> None:
    _procedure(world)
    _begin(reader, name="", kana="高崎", mail="x")
    first = _begin(reader)["Location"]
    reader.get(first)
    reader.post(first, {"kind": "", "months": "99"})
    saved = reader.post(first, {"kind": "moped", "months": "", "leave": "1"})["Location"]
    reader.get(saved)
    reader.post(saved, {"email": "x"})
    reader.get(first.replace("/pages/what/", "/check/"))
    reader.post(first, {"kind": "moped", "months": "3"})
    reader.post(first.replace("/what/", "/moped/"), {"plate": "千葉市 あ 12-34"})
    reader.post(first, {"kind": "bicycle", "months": "3"})  # the plate is not asked any more
    number, secret = _apply(reader)
    reader.post(f"{BASE}/inquiry/", {"number": number, "secret": "AAAAA22222"})
    reader.get(_look(reader, number, secret))
    other = Reader(reader.language)
    link = first.partition("pages/")[0]
    other.get(link)
    other.post(link, {"code": "00000000"})
    other.post(f"{BASE}/drafts/", {"link": "x", "code": "x"})
    names = {name.split()[0] for name in (*reader.pages, *other.pages)}
    assert {
        "applications_portal_step",
        "applications_portal_check",
        "applications_portal_saved",
        "applications_portal_done",
        "applications_portal_case",
    } <= names
    need_plain(reader, world)
    need_plain(other, world)


def test_what_follows_is_told_in_the_readers_language(reader: Reader, world: Any) -> None:
    from moyai.applications.actions.corrections import request_correction
    from moyai.applications.actions.review import accept
    from moyai.applications.models import Application

    _procedure(world)
    number, secret = _apply(reader)
    clerk = world.actor(world.at_chiba.clerk, world.chiba)
    case = _look(reader, number, secret)
    with acting_in(world.chiba) as now, override("ja"):
        application = Application.objects.get(public_number=number.replace("-", ""))
        application = accept(actor=clerk, now=now, application=application)
        request_correction(
            actor=clerk,
            now=now,
            application=application,
            items=[("months", "利用する月数", "月数を確かめてください。")],
            deadline_on=clock.today(now) + timedelta(days=14),
        )
    reader.get(case)
    reader.get(f"{case}correct/")
    reader.post(f"{case}correct/", {"months": "3"})
    reader.post(f"{case}correct/", {"months": "x"})
    reader.get(reader.post(f"{case}correct/", {"months": "4"}).get("Location", case))
    reader.get(f"{case}withdraw/")
    reader.post(f"{case}withdraw/", {})
    reader.post(f"{case}withdraw/", {"reason": "間違えた", "sure": "1"})
    reader.get(case)
    assert {"applications_portal_correct", "applications_portal_withdraw"} <= {
        name.split()[0] for name in reader.pages
    }
    need_plain(reader, world)


def test_closed_and_refused_is_told_in_the_readers_language(reader: Reader, world: Any) -> None:
    from moyai.applications.actions.procedures import edit_procedure

    procedure = _procedure(world)
    check = reader.post(_begin(reader)["Location"], {"kind": "bicycle", "months": "3"})["Location"]
    actor = world.actor(world.at_chiba.administrator, world.chiba)
    with acting_in(world.chiba) as now:
        closes = now + timedelta(hours=1)
        edit_procedure(actor=actor, now=now, procedure=procedure, facts={"closes_at": closes})
    reader.get(f"{BASE}/applications/bicycle-parking/")
    with clock.at(closes):
        assert reader.post(check).status_code == 409
        reader.get(f"{BASE}/applications/bicycle-parking/")
        reader.get(f"{BASE}/applications/bicycle-parking/new/")
    need_plain(reader, world)


def test_signing_in_and_the_own_pages_speak_the_readers_language(reader: Reader, world: Any) -> None:
    from moyai.people.links import url_of
    from moyai.people.models import Link

    reader.get("/signin/")
    reader.post("/signin/", {"email": "x"})
    reader.post("/signin/", {"email": "hanako@resident.example"})
    reader.get("/signin/sent/")
    reader.post("/signin/sent/", {"code": "000000"})
    link = url_of(Link.objects.order_by("-id")[0]).removeprefix("http://testserver")
    assert link.startswith(f"/{reader.language}/")
    reader.get(link)
    assert Reader(reader.language).get(link).status_code == 200
    assert reader.post(link).status_code == 302
    for address in ADDRESSES:
        if address.name.startswith("people_") and not address.parameters:
            reader.get(f"/{address.route}")
            reader.post(f"/{address.route}", {})
    assert "people_account GET 200" in reader.pages
    need_plain(reader, world)


def test_asking_another_person_to_apply_is_told_in_the_readers_language(reader: Reader, world: Any) -> None:
    _procedure(world, mandate_allowed=True)
    path = f"{BASE}/applications/bicycle-parking/mandate/"
    asked = reader.get(path)
    token = re.search(r'name="token" value="([^"]+)"', asked.content.decode())[1]  # type: ignore[index]
    reader.post(path, {"token": token, "kana": "高崎", "mail": "x", "valid_until_year": "99999"})
    until = clock.today(clock.now()) + timedelta(days=30)
    given = {
        "token": token,
        "name": "髙﨑 花子",
        "kana": "タカサキ ハナコ",
        "address": "千葉市中央区千葉港1-1",
        "agent_name": "髙﨑 次郎",
        "scope": "申請と受取り",
        **_date("born_on", 1990, 1, 2),
        **_date("valid_until", until.year, until.month, until.day),
    }
    made = reader.post(path, given)
    assert made.status_code == 302, made.content.decode()
    own = reader.get(made["Location"])
    agents_link = re.search(r"/agents/[\w-]+/", own.content.decode())[0]  # type: ignore[index]
    other = Reader(reader.language)
    started = other.get(f"{BASE}{agents_link}")
    token = re.search(r'name="token" value="([^"]+)"', started.content.decode())[1]  # type: ignore[index]
    other.get(other.post(f"{BASE}{agents_link}", {"token": token})["Location"])
    reader.get(reader.post(made["Location"], {"revoke": "1"})["Location"])
    assert other.get(f"{BASE}{agents_link}").status_code == 409
    need_plain(reader, world)
    need_plain(other, world)


def _date(name: str, year: int, month: int, day: int) -> dict[str, str]:
    return {
        f"{name}_era": "W",
        f"{name}_year": str(year),
        f"{name}_month": str(month),
        f"{name}_day": str(day),
    }


def test_ways_to_begin_are_told_in_the_readers_language(reader: Reader, world: Any) -> None:
    from moyai.applications.models import Procedure

    with acting_in(world.chiba):
        codes = list(Procedure.objects.filter(published=True).values_list("code", flat=True))
    for code in codes:
        for way in ("record", "mandate", "earlier", "copy", "places"):
            path = f"{BASE}/applications/{code}/{way}/"
            if reader.get(path).status_code == 200:
                reader.post(path, {"number": "x", "secret": "y"})
    need_plain(reader, world)


def test_a_signed_in_residents_pages_speak_the_readers_language(reader: Reader, world: Any) -> None:
    from moyai.people.testing import sign_in_for_tests

    sign_in_for_tests(reader, world.resident)
    _procedure(world)
    _begin(reader)
    _apply(reader)
    for address in ADDRESSES:
        if address.audience in ("portal", "house") and address.name not in ELSEWHERE:
            reader.get(filled(address, "chiba-shi", rows_of(world.chiba, world.matsudo)[0]))
    assert {
        "people_account GET 200",
        "people_portal_mypage GET 200",
        "applications_portal_mine GET 200",
    } <= set(reader.pages)
    need_plain(reader, world)


def test_procedures_are_called_by_their_name_in_the_readers_language(reader: Reader, world: Any) -> None:
    listed = reader.get(f"{BASE}/").content.decode()
    started = reader.get(f"{BASE}/applications/dog/").content.decode()
    asked = reader.get(f"{BASE}/applications/dog/new/").content.decode()
    name = {
        "en": "Dog registration and vaccination tag",
        "ja-easy": "<ruby>登録<rp>（</rp><rt>とうろく</rt><rp>）</rp></ruby>",
    }[reader.language]
    for html in (listed, started, asked):
        assert name in html
    assert ("（" not in started.partition("<title>")[2].partition("</title>")[0]) or reader.language == "en"


def test_mails_follow_the_language_of_the_application(reader: Reader, world: Any) -> None:
    from moyai.notices.models import Message

    _procedure(world)
    number, _secret = _apply(reader)
    with acting_in(world.chiba):
        told = Message.objects.order_by("-id").first()
    assert told.language == reader.language
    assert number in told.subject
    assert f"/{reader.language}{BASE}/inquiry/" in told.text
    assert not set(told.subject + told.text) & {START, BETWEEN, END}
    if reader.language == "en":
        assert "Your application" in told.text or "received" in told.text
        assert re.search(r"\d{1,2} [A-Z][a-z]+ \d{4}", told.text)
    else:
        assert "申込（もうしこ）みが届（とど）きました" in told.text
        assert re.search(r"\d{4}年（ねん）\d{1,2}月（がつ）", told.text)
        assert "もうしこ" not in told.subject


def test_the_receipt_is_printed_in_the_language_of_the_page(reader: Reader, world: Any) -> None:
    import io

    from pypdf import PdfReader

    _procedure(world)
    page = reader.post(_begin(reader)["Location"], {"kind": "bicycle", "months": "3"})
    done = reader.post(page["Location"])["Location"]
    printed = reader.get(done.replace("/done/", "/receipt.pdf"))
    assert printed.status_code == 200
    text = "".join(part.extract_text() for part in PdfReader(io.BytesIO(printed.content)).pages)
    words = {"en": "Receipt of application", "ja-easy": "（もうしこ）"}[reader.language]
    assert words in re.sub(r"\s+", " ", text).replace("\n", "")
