"""Pages of a journey name the procedure in the language of their reader, the Japanese name beside it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from moyai.applications.tests.portal import BASE, begin, document, numbers_on, procedure_of, send

ENGLISH, EASY, JAPANESE = "Permit to keep bees", "ハチを飼う許可", "養蜂の許可"


@pytest.fixture
def journey(world: Any, client: Client) -> list[str]:
    """Addresses from the check page to the progress of an application sent, 代理 and the account's list besides."""
    words = {"en": {"title": ENGLISH}, "easy": {"title": EASY}}
    procedure_of(
        world, "bees", doc=document("bees", translations=words), title=JAPANESE, mandate_allowed=True
    )
    draft = begin(client, "bees", mail="")
    number, secret = send(client, draft)
    client.post(f"{BASE}/inquiry/", {"number": number, "secret": secret})
    begun = begin(client, "bees")
    assert numbers_on(client, draft.replace("/check/", "/done/"))[0] == number
    return [
        begun,
        begun.replace("/check/", "/saved/"),
        draft.replace("/check/", "/done/"),
        f"{BASE}/applications/bees/mandate/",
        f"{BASE}/inquiry/{number}/",
        f"{BASE}/inquiry/{number}/withdraw/",
    ]


def test_C27_english_reader_finds_the_procedure_named_in_english_on_every_page(
    client: Client, journey: list[str]
) -> None:
    for address in journey:
        page = client.get(f"/en{address}")
        text = page.content.decode()
        assert page.status_code == 200, address
        assert f"{ENGLISH} ({JAPANESE})" in text.partition("</title>")[0], address


def test_C27_reader_of_easy_japanese_finds_its_easy_name_on_every_page(
    client: Client, journey: list[str]
) -> None:
    for address in journey:
        head = client.get(f"/ja-easy{address}").content.decode().partition("</title>")[0]
        assert EASY in head and JAPANESE not in head and "<ruby" not in head, address


def test_C27_japanese_reader_finds_the_name_the_office_uses(client: Client, journey: list[str]) -> None:
    for address in journey:
        head = client.get(address).content.decode().partition("</title>")[0]
        assert JAPANESE in head and ENGLISH not in head, address


@pytest.mark.usefixtures("journey")
@pytest.mark.parametrize(
    ("language", "words", "category"),
    [
        ("/en", "BEES", "Living and environment"),
        ("/ja-easy", "ハチを飼う", "毎日"),
        ("", "養蜂", "くらし・環境"),
    ],
)
def test_C27_procedure_is_found_by_the_name_and_the_kind_the_reader_sees(
    client: Client, language: str, words: str, category: str
) -> None:
    address = f"{language}{BASE}/"
    found = client.get(address, {"q": words}).content.decode()
    assert f"{BASE}/applications/bees/" in found and category in found
    assert f"{BASE}/applications/bees/" not in client.get(address, {"q": "kangaroo"}).content.decode()
    kind = client.get(address, {"category": "くらし・環境"}).content.decode()
    assert f"{BASE}/applications/bees/" in kind


@pytest.mark.usefixtures("journey")
def test_C27_english_reader_chooses_the_prefecture_in_letters_and_the_japanese_name_is_sent(
    client: Client,
) -> None:
    page = client.get(f"/en{BASE}/applications/bees/new/").content.decode()
    [option] = re.findall('<option value="千葉県"[^<]*</option>', page)
    assert "Chiba (千葉県)" in option
