"""What the page of a procedure says, in the reader's language: written by staff, carried by copies, found by residents."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moyai.applications.actions.procedures import ProcedureRefused, edit_procedure
from moyai.applications.models import Procedure, SharedForm
from moyai.applications.rules.procedure_words import Fault, faults_of, joined, missing_in
from moyai.applications.tests.portal import BASE, procedure_of
from moyai.tenants.public import acting_in

OFFICE = "/chiba-shi/office/procedures"
ENGLISH = {
    "summary": "For people who wish to keep bees in the city.",
    "audience": "Beekeepers",
    "fee_note": "2,000 yen for each hive",
    "to_prepare": "Map of the place\nNumber of hives",
    "section": "Livestock Section",
    "contact": "Phone 043-000-0000, weekdays",
}
EASY = {
    "summary": "ハチを飼《か》いたい人《ひと》の手続《てつづ》きです。",
    "audience": "ハチを飼《か》う人《ひと》",
    "section": "畜産《ちくさん》課《か》",
}
JAPANESE = {
    "summary": "市内でみつばちを飼う方の手続きです。",
    "audience": "養蜂をする方",
    "fee_note": "1群につき2,000円",
    "to_prepare": "場所の地図\n群の数",
    "elsewhere": "窓口でも届け出られます。",
    "section": "畜産課",
    "contact": "電話 043-000-0000 平日",
    "legal_basis": "養蜂振興法 第3条",
}


@pytest.fixture
def bees(world: Any) -> Procedure:
    return procedure_of(
        world, "bees", title="養蜂の届出", **JAPANESE, translations={"en": ENGLISH, "ja-easy": EASY}
    )


@pytest.fixture
def administrator(client_for: Callable[[Any], Client], world: Any) -> Client:
    return client_for(world.at_chiba.administrator)


def kept(world: Any, body: Any, code: str) -> Procedure:
    with acting_in(body):
        found: Procedure = Procedure.objects.get(body=body, code=code)
        return found


def without_ruby(html: str) -> str:
    return re.sub(r"<rp>.*?</rp>|<rt>.*?</rt>|</?ruby>", "", html)


# --- the rules -------------------------------------------------------------------------------------------


def test_translation_that_no_page_could_show_is_named() -> None:
    limits = {"summary": 5}
    assert list(faults_of([], limits)) == [Fault("", "", "shape")]
    assert list(faults_of({"fr": {}}, limits)) == [Fault("fr", "", "shape")]
    assert list(faults_of({"en": {"title": "Bees"}}, limits)) == [Fault("en", "title", "shape")]
    assert list(faults_of({"en": {"summary": " "}}, limits)) == [Fault("en", "summary", "text")]
    assert list(faults_of({"en": {"summary": 1}}, limits)) == [Fault("en", "summary", "text")]
    assert list(faults_of({"en": {"summary": "sixsix"}}, limits)) == [Fault("en", "summary", "long", "5")]
    assert list(faults_of({"ja-easy": {"summary": "市の犬《いぬ》"}}, limits)) == [
        Fault("ja-easy", "summary", "reading", "市")
    ]


def test_readings_stand_above_the_line_and_do_not_count_as_length() -> None:
    assert list(faults_of({"ja-easy": {"summary": "市《し》の｜1日《ついたち》"}}, {"summary": 4})) == []


def test_only_translations_of_the_same_words_are_taken_and_none_is_replaced() -> None:
    there = {
        "summary": "犬の\r\n登録",
        "audience": "市民",
        "translations": {"en": {"summary": "A", "audience": "B"}},
    }
    assert missing_in({}, {"summary": "犬の\n登録", "audience": "だれでも"}, there) == {
        "en": {"summary": "A"}
    }
    assert missing_in({"en": {"summary": "Own"}}, {"summary": "犬の\n登録"}, there) == {}
    assert joined({"en": {"summary": "Own"}}, {"ja-easy": {"summary": "いぬ"}}) == {
        "en": {"summary": "Own"},
        "ja-easy": {"summary": "いぬ"},
    }


# --- residents -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("bees")
def test_english_reader_reads_the_facts_in_english_and_what_is_left_marked_as_japanese(
    client: Client,
) -> None:
    start = client.get(f"/en{BASE}/applications/bees/").content.decode()
    for text in (
        "For people who wish to keep bees",
        "Beekeepers",
        "2,000 yen for each hive",
        "Map of the place",
    ):
        assert text in start
    assert 'Livestock Section (<span lang="ja">畜産課</span>)' in start
    assert "<li>Number of hives</li>" in start and "Phone 043-000-0000, weekdays" in start
    assert '<span lang="ja">窓口でも届け出られます。</span>' in start  # nobody translated it
    assert '<span lang="ja">養蜂振興法' in start
    assert not {JAPANESE[name] for name in ("summary", "audience", "fee_note", "contact")} & set(
        re.findall(r">([^<]+)<", start)
    )
    cards = client.get(f"/en{BASE}/").content.decode()
    assert ENGLISH["summary"] in cards and JAPANESE["summary"] not in cards


@pytest.mark.usefixtures("bees")
def test_reader_of_easy_japanese_reads_the_facts_with_their_readings(client: Client) -> None:
    start = client.get(f"/ja-easy{BASE}/applications/bees/").content.decode()
    assert "<ruby>飼<rp>（</rp><rt>か</rt><rp>）</rp></ruby>う" in start and "《" not in start
    assert "ハチを飼う人" in without_ruby(start) and JAPANESE["audience"] not in start
    assert "1群につき2,000円" in start  # nobody wrote it in easy words
    cards = client.get(f"/ja-easy{BASE}/").content.decode()
    assert "ハチを飼いたい人の手続きです。" in without_ruby(cards)


@pytest.mark.usefixtures("bees")
def test_japanese_reader_reads_what_the_office_wrote(client: Client) -> None:
    start = client.get(f"{BASE}/applications/bees/").content.decode()
    for text in JAPANESE.values():
        assert all(line in start for line in text.splitlines())
    assert "Beekeepers" not in start and "ハチ" not in start


@pytest.mark.usefixtures("bees")
@pytest.mark.parametrize(
    ("language", "words", "found"),
    [
        ("/en", "KEEP BEES", True),
        ("/en", "beekeepers livestock", True),
        ("/en", "みつばち", True),
        ("/ja-easy", "ハチを飼いたい人", True),
        ("", "みつばち", True),
        ("", "beekeepers", False),
        ("/en", "kangaroo", False),
    ],
)
def test_procedure_is_found_by_what_the_reader_reads(
    client: Client, language: str, words: str, found: bool
) -> None:
    page = client.get(f"{language}{BASE}/", {"q": words}).content.decode()
    assert (f"{BASE}/applications/bees/" in page) is found


@pytest.mark.usefixtures("bees")
@pytest.mark.parametrize("page", ["/", "/applications/bees/"])
def test_facts_in_another_language_cost_no_question_to_the_database(client: Client, page: str) -> None:
    asked = {}
    for language in ("", "/en", "/ja-easy"):
        client.get(f"{language}{BASE}{page}")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{language}{BASE}{page}")
        asked[language] = len(captured)
    names = 1 if page == "/" else 0  # the names of a list come from the editions
    assert asked["/en"] == asked["/ja-easy"] == asked[""] + names


# --- staff -----------------------------------------------------------------------------------------------


def test_staff_write_the_translations_beside_the_japanese(
    administrator: Client, client: Client, bees: Procedure, world: Any
) -> None:
    address = f"{OFFICE}/bees/words/"
    assert address in administrator.get(f"{OFFICE}/bees/").content.decode()
    page = administrator.get(address).content.decode()
    assert "窓口でも届け出られます。" in page and ENGLISH["audience"] in page and EASY["summary"] in page
    sent = {
        "version": kept(world, world.chiba, "bees").version,
        "en_summary": "Keep  bees\r\nhere",
        "en_elsewhere": "At the counter\r\nBy post",
        "easy_summary": "ハチを飼《か》う",
    }
    answer = administrator.post(address, sent)
    assert answer.status_code == 302
    assert kept(world, world.chiba, "bees").translations == {
        "en": {"summary": "Keep bees here", "elsewhere": "At the counter\nBy post"},
        "ja-easy": {"summary": "ハチを飼《か》う"},
    }
    assert "Keep bees here" in client.get(f"/en{BASE}/applications/bees/").content.decode()
    late = administrator.post(address, sent | {"en_summary": "Too late"})
    assert late.status_code == 422  # somebody saved meanwhile
    assert kept(world, world.chiba, "bees").translations["en"]["summary"] == "Keep bees here"


def test_easy_text_without_a_reading_and_a_text_too_long_are_refused_beside_the_field(
    administrator: Client, bees: Procedure, world: Any
) -> None:
    answer = administrator.post(
        f"{OFFICE}/bees/words/", {"easy_audience": "養蜂をする人《ひと》", "en_section": "x" * 61}
    )
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "「養蜂」に読みがありません。" in said and "60文字以内で入力してください。" in said
    assert 'id="id_easy_audience_error"' in said and 'id="id_en_section_error"' in said
    assert kept(world, world.chiba, "bees").translations == {"en": ENGLISH, "ja-easy": EASY}


def test_translation_in_an_unknown_language_is_refused_by_the_act_itself(bees: Procedure, world: Any) -> None:
    actor = world.actor(world.at_chiba.administrator, world.chiba)
    with acting_in(world.chiba) as now:
        for wrong in ({"fr": {"summary": "Abeilles"}}, {"en": {"title": "Bees"}}, "Bees"):
            with pytest.raises(ProcedureRefused):
                edit_procedure(actor=actor, now=now, procedure=bees, facts={"translations": wrong})
    assert kept(world, world.chiba, "bees").translations == {"en": ENGLISH, "ja-easy": EASY}


def test_page_of_translations_is_closed_to_another_body(
    client_for: Callable[[Any], Client], world: Any
) -> None:
    procedure_of(world, "bees", **JAPANESE)
    other = client_for(world.at_matsudo.administrator)
    assert other.get("/matsudo-shi/office/procedures/bees/words/").status_code == 404
    assert other.post("/matsudo-shi/office/procedures/bees/words/", {"en_summary": "Bees"}).status_code == 404
    assert kept(world, world.chiba, "bees").translations == {}


def test_who_changes_translated_japanese_is_told_of_the_translation(
    administrator: Client, bees: Procedure
) -> None:
    address = f"{OFFICE}/bees/edit/"
    form = administrator.get(address).context["form"]
    same = {name: value for name, value in form.initial.items() if value not in (None, False)}
    warned = "訳も確かめてください"
    assert warned not in administrator.post(address, same, follow=True).content.decode()
    elsewhere = same | {"elsewhere": "郵便でも届け出られます。"}  # has no translation
    assert warned not in administrator.post(address, elsewhere, follow=True).content.decode()
    changed = administrator.post(address, elsewhere | {"audience": "はちを飼う方"}, follow=True)
    assert changed.status_code == 200 and warned in changed.content.decode()


# --- copies ----------------------------------------------------------------------------------------------


def test_shared_procedure_takes_its_translations_along_but_not_the_contact(
    administrator: Client, client_for: Callable[[Any], Client], bees: Procedure, world: Any
) -> None:
    administrator.post(f"{OFFICE}/bees/share/", {"words": "はじめの版"})
    with acting_in(world.matsudo):
        code = SharedForm.objects.get().code
    other = client_for(world.at_matsudo.administrator)
    assert other.post(f"/matsudo-shi/office/shared/{code}/", {"code": "bees"}).status_code == 302
    copy = kept(world, world.matsudo, "bees")
    own = {name: text for name, text in ENGLISH.items() if name != "contact"}
    assert copy.translations == {"en": own, "ja-easy": EASY} and copy.contact == ""

    # The copy words one thing its own way and lacks another; the original writes one more.
    place = "/matsudo-shi/office/procedures/bees"
    kept_there = {f"en_{name}": text for name, text in own.items() if name != "fee_note"}
    other.post(f"{place}/words/", kept_there | {"en_summary": "Bees in our town"})
    with acting_in(world.chiba) as now:
        actor = world.actor(world.at_chiba.administrator, world.chiba)
        more = {"en": ENGLISH | {"elsewhere": "Also at the counter", "audience": "All"}, "ja-easy": EASY}
        edit_procedure(actor=actor, now=now, procedure=bees, facts={"translations": more})
    assert administrator.post(f"{OFFICE}/bees/share/", {"words": "訳を足した"}).status_code == 302
    page = other.get(f"{place}/original/").content.decode()
    assert "Also at the counter" in page and "窓口・郵送の方法（英語）" in page and "Phone 043" not in page
    other.post(f"{place}/original/", {"act": "take"})
    taken = kept(world, world.matsudo, "bees").translations
    assert taken["en"] == own | {"summary": "Bees in our town", "elsewhere": "Also at the counter"}
    assert taken["ja-easy"] == EASY


def test_original_left_be_changes_no_translation(
    administrator: Client, client_for: Callable[[Any], Client], bees: Procedure, world: Any
) -> None:
    administrator.post(f"{OFFICE}/bees/share/", {"words": "はじめの版"})
    with acting_in(world.matsudo):
        code = SharedForm.objects.get().code
    other = client_for(world.at_matsudo.administrator)
    other.post(f"/matsudo-shi/office/shared/{code}/", {"code": "bees"})
    other.post("/matsudo-shi/office/procedures/bees/words/", {"en_summary": "Bees"})
    other.post("/matsudo-shi/office/procedures/bees/original/", {"act": "leave"})
    assert kept(world, world.matsudo, "bees").translations == {"en": {"summary": "Bees"}}
