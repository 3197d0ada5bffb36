"""The pages of カードの署名: a person signs, comes back, and is told what is wrong with a card."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from django.test import Client

from moyai.audit.public import Deed
from moyai.people.cards.simulator import Simulator
from moyai.people.jobs import sweep_cards
from moyai.people.models import CardChallenge
from moyai.people.public import (
    CardsNotAvailable,
    NotSigned,
    SignedOtherAnswers,
    card_challenge,
    card_page_path,
    cards_available,
    read_card_signature,
)
from moyai.people.tests.card_peer import NOW, Responder
from moyai.tenants.public import Actor, acting_in, clock

ANSWERS = hashlib.sha256(b"{}").hexdigest()


# --- the pages ---------------------------------------------------------------------------------------------


@pytest.fixture
def cards(settings: Any, simulator: Simulator, responder: Responder, world: Any) -> Iterator[Responder]:
    """An installation with the simulator on, whose responder answers on a real port."""
    settings.MOYAI_JPKI_SIMULATOR, settings.MOYAI_JPKI_CA = True, ""
    settings.MOYAI_JPKI_OCSP = responder.url
    settings.MOYAI_HOME = simulator.home.parent
    with clock.at(NOW):
        yield responder


@pytest.fixture
def token(cards: Responder, world: Any) -> str:
    with acting_in(world.chiba) as now:
        _challenge, token = card_challenge(
            actor=Actor.anyone(world.chiba),
            now=now,
            title="住民票の写しの交付申請",
            answers_hash=ANSWERS,
            back_path="/chiba-shi/apply/x/",
        )
    return token


def _read(world: Any, token: str, answers: str = ANSWERS) -> Any:
    with acting_in(world.chiba) as now:
        actor = Actor.anyone(world.chiba)
        return read_card_signature(actor=actor, now=now, token=token, answers_hash=answers)


def _through_the_reader(client: Client, token: str, card: str) -> Any:
    """As a person does it: page, reader, card, back."""
    import re

    page = client.get(f"/chiba-shi/card/{token}/").content.decode()
    assert "住民票の写しの交付申請" in page and ANSWERS in page
    from html import unescape

    hidden = {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="(content|back)" value="([^"]*)"', page)
    }
    assert hidden["back"] == f"/chiba-shi/card/{token}/signed/"
    assert client.post("/people/card-simulator/", hidden).status_code == 200
    answer = client.post("/people/card-simulator/", hidden | {"card": card, "sign": "1"})
    signature = re.search(r'name="text" value="([^"]+)"', answer.content.decode())
    assert signature is not None
    return client.post(hidden["back"], {"text": unescape(signature[1])})


def test_a_person_signs_by_the_page_and_comes_back(client: Client, world: Any, token: str) -> None:
    with pytest.raises(NotSigned):
        _read(world, token)
    assert _through_the_reader(client, token, "hanako")["Location"] == "/chiba-shi/apply/x/"
    signed = _read(world, token)
    assert (signed.name, signed.born_on, signed.sex) == ("千葉　花子", date(1989, 1, 7), "female")
    assert signed.checked_at == NOW and ANSWERS in signed.content
    assert (
        signed.differs_from(name="千葉 花子", born_on=date(1989, 1, 7), address="千葉県千葉市中央区千葉港1-1")
        == []
    )
    assert signed.differs_from(name="松戸 太郎", born_on=date(1989, 1, 8), address="千葉市") == [
        "name",
        "born_on",
        "address",
    ]
    with acting_in(world.chiba):
        assert Deed.objects.get(verb="people.keep_signature").detail == {}
    assert "署名は済んでいます" in client.get(f"/chiba-shi/card/{token}/").content.decode()
    with pytest.raises(SignedOtherAnswers):
        _read(world, token, hashlib.sha256(b"changed").hexdigest())


def test_the_file_is_exactly_what_is_signed_and_may_be_handed_in(
    client: Client, world: Any, token: str, simulator: Simulator
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    content = client.get(f"/chiba-shi/card/{token}/content.txt").content
    with acting_in(world.chiba):
        assert content.decode() == CardChallenge.objects.get().content
    file = SimpleUploadedFile("moyai.p7s", simulator.sign("taro", content))
    answer = client.post(f"/chiba-shi/card/{token}/signed/", {"signature": file})
    assert answer["Location"] == "/chiba-shi/apply/x/"
    assert _read(world, token).name == "松戸　太郎"


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ("revoked", "カードの署名用電子証明書は失効しています。"),
        ("expired", "有効期限が切れています。"),
        ("stranger", "署名用電子証明書ではありません。"),
        ("authentication", "署名用電子証明書ではありません。"),
    ],
)
def test_a_card_that_does_not_hold_is_explained_and_nothing_is_lost(
    client: Client, world: Any, token: str, card: str, words: str
) -> None:
    answer = _through_the_reader(client, token, card)
    assert answer.status_code == 422 and words in answer.content.decode()
    with pytest.raises(NotSigned):
        _read(world, token)
    assert _through_the_reader(client, token, "hanako").status_code == 302, "and may be tried again"


def test_another_texts_signature_is_explained(
    client: Client, world: Any, token: str, simulator: Simulator
) -> None:
    text = base64.b64encode(simulator.sign("hanako", b"another")).decode()
    answer = client.post(f"/chiba-shi/card/{token}/signed/", {"text": text})
    assert answer.status_code == 422 and "別の内容への署名です。" in answer.content.decode()
    empty = client.post(f"/chiba-shi/card/{token}/signed/", {})
    assert empty.status_code == 422 and "署名のファイルを選んでください。" in empty.content.decode()


def test_a_responder_that_is_away_loses_nothing(
    client: Client, world: Any, token: str, cards: Responder
) -> None:
    cards.lie = lambda question: (503, b"")
    answer = _through_the_reader(client, token, "hanako")
    assert answer.status_code == 503
    assert "入力した内容は残っています。" in answer.content.decode()
    with pytest.raises(NotSigned):
        _read(world, token)
    cards.lie = None
    assert _through_the_reader(client, token, "hanako").status_code == 302


def test_nothing_is_locked_while_the_responder_thinks(
    client: Client, world: Any, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moyai.people.pages import cards as pages
    from moyai.tenants.public import current_body

    assert pages.card_signed.outside  # type: ignore[attr-defined]
    seen: list[object] = []
    real = pages.verify
    monkeypatch.setattr(
        pages, "verify", lambda *args, **more: seen.append(current_body()) or real(*args, **more)
    )
    _through_the_reader(client, token, "hanako")
    assert seen == [None]


def test_another_bodys_address_does_not_show_the_text(client: Client, token: str) -> None:
    for path in ("", "content.txt"):
        assert client.get(f"/matsudo-shi/card/{token}/{path}").status_code == 404
    assert client.post(f"/matsudo-shi/card/{token}/signed/", {"text": "x"}).status_code == 404
    assert client.post(f"/nowhere-shi/card/{token}/signed/", {"text": "x"}).status_code == 404


def test_a_text_waits_a_day_and_goes_after_a_week(client: Client, world: Any, token: str) -> None:
    _through_the_reader(client, token, "hanako")
    with clock.at(NOW + timedelta(hours=24)):
        assert client.get(f"/chiba-shi/card/{token}/").status_code == 404
        with pytest.raises(NotSigned):
            _read(world, token)
    with acting_in(world.chiba):
        sweep_cards(body=world.chiba, now=NOW + timedelta(days=7))
        assert CardChallenge.objects.count() == 1
        sweep_cards(body=world.chiba, now=NOW + timedelta(days=8, minutes=1))
        assert CardChallenge.objects.count() == 0


def test_a_reload_leads_back_to_the_page(client: Client, token: str) -> None:
    assert client.get(f"/chiba-shi/card/{token}/signed/")["Location"] == f"/chiba-shi/card/{token}/"


def test_signatures_are_tried_twenty_times(client: Client, token: str) -> None:
    path = f"/chiba-shi/card/{token}/signed/"
    assert [client.post(path, {"text": "x"}).status_code for _n in range(20)] == [422] * 20
    assert client.post(path, {"text": "x"}).status_code == 429


# --- the simulator is for training ---------------------------------------------------------------------------


def test_the_simulator_is_absent_where_it_is_off_or_a_real_issuer_is_named(
    client: Client, cards: Responder, settings: Any, tmp_path: Path, simulator: Simulator
) -> None:
    assert client.get("/people/card-simulator/").status_code == 200
    assert cards_available()
    real = tmp_path / "real.pem"
    real.write_bytes(simulator._read("issuer")[1].public_bytes(Encoding.PEM))
    for off in ({"MOYAI_JPKI_SIMULATOR": False}, {"MOYAI_JPKI_CA": str(real), "MOYAI_JPKI_SIMULATOR": True}):
        for name, value in off.items():
            setattr(settings, name, value)
        assert client.get("/people/card-simulator/").status_code == 404
        assert client.post("/people/card-simulator/ocsp/", b"", content_type="x/y").status_code == 404
    assert cards_available(), "a real issuer and a responder"
    from moyai.people.cards.trust import trust

    assert trust().issuers == (simulator.issuer(),)


def test_without_an_issuer_no_signature_is_asked_for(settings: Any, world: Any, client: Client) -> None:
    settings.MOYAI_JPKI_SIMULATOR, settings.MOYAI_JPKI_CA = False, ""
    assert not cards_available()
    with acting_in(world.chiba) as now, pytest.raises(CardsNotAvailable):
        card_challenge(
            actor=Actor.anyone(world.chiba), now=now, title="x", answers_hash=ANSWERS, back_path="/"
        )
    with acting_in(world.chiba):
        assert not CardChallenge.objects.exists()


def test_the_responders_page_answers_a_question(
    client: Client, cards: Responder, simulator: Simulator
) -> None:
    certificate, issuer = simulator._read("card-revoked")[1], simulator._read("issuer")[1]
    question = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA256()).build()
    address = "/people/card-simulator/ocsp/"
    answer = Client(enforce_csrf_checks=True).post(
        address, question.public_bytes(Encoding.DER), content_type="application/ocsp-request"
    )
    told = ocsp.load_der_ocsp_response(answer.content)
    assert told.certificate_status == ocsp.OCSPCertStatus.REVOKED
    broken = ocsp.load_der_ocsp_response(client.post(address, b"x", content_type="x/y").content)
    assert broken.response_status == ocsp.OCSPResponseStatus.MALFORMED_REQUEST


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "/signout/", "/chiba-shi/card/x/"]
)
def test_the_reader_returns_only_to_a_page_that_takes_signatures(
    client: Client, cards: Responder, back: str
) -> None:
    page = client.post("/people/card-simulator/", {"content": "x", "back": back, "card": "hanako"})
    assert "署名する内容がありません。" in page.content.decode()
    assert back not in page.content.decode()


def test_the_page_of_a_text_costs_few_queries(
    client: Client, token: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(6):
        assert client.get(f"/chiba-shi/card/{token}/").status_code == 200


def test_the_path_of_the_page_is_the_bodys(world: Any) -> None:
    assert card_page_path(Actor.anyone(world.chiba), "t") == "/chiba-shi/card/t/"
