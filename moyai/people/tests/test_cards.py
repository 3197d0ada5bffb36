"""カードの署名: over exactly our text, by a card in force, checked by a real question to a real responder."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import ocsp
from django.test import Client

from moyai.audit.public import Deed
from moyai.people.cards import refusals, validity
from moyai.people.cards.content import address_key, born_on, content_of, name_key
from moyai.people.cards.simulator import CARDS, Simulator
from moyai.people.cards.verifying import Trust, verify
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
from moyai.tenants.public import Actor, acting_in, clock

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)
ANSWERS = hashlib.sha256(b"{}").hexdigest()
CONTENT = "もやい 電子署名の対象\n団体：千葉市\n".encode()


class Responder:
    """The simulator's responder on a real port; a test may make it lie in one way."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.url = ""
        self.now = NOW
        self.lie: Any = None
        self.asked = 0

    def answer(self, question: bytes) -> tuple[int, bytes]:
        self.asked += 1
        if self.lie is not None:
            return self.lie(question)  # type: ignore[no-any-return]
        return 200, self.simulator.respond(question, now=self.now)


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Simulator:
    return Simulator(tmp_path_factory.mktemp("cards") / "card-simulator")


@pytest.fixture(scope="session")
def served(simulator: Simulator) -> Iterator[Responder]:
    responder = Responder(simulator)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/ocsp-request"
            status, told = responder.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    responder.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield responder
    server.shutdown()
    server.server_close()


@pytest.fixture
def responder(served: Responder) -> Responder:
    served.now, served.lie, served.asked = NOW, None, 0
    return served


@pytest.fixture
def trust(simulator: Simulator, responder: Responder) -> Trust:
    return Trust(issuers=(simulator.issuer(),), responder=responder.url)


# --- what is believed ---------------------------------------------------------------------------------


def test_a_card_in_force_signs_exactly_our_text(simulator: Simulator, trust: Trust) -> None:
    given = simulator.sign("hanako", CONTENT)
    held = verify(CONTENT, given, trust, now=NOW)
    assert (held.person.name, held.person.born_on) == ("千葉　花子", date(1989, 1, 7))
    assert (held.person.sex, held.person.address) == ("female", "千葉県千葉市中央区千葉港1番1号")
    assert held.signature == given and not held.person.has_substitutes
    assert ocsp.load_der_ocsp_response(held.validity).certificate_status == ocsp.OCSPCertStatus.GOOD
    assert cms.ContentInfo.load(given)["content"]["encap_content_info"]["content"].native is None, "detached"


@pytest.mark.parametrize("written", ["der", "base64", "pem", "lines"])
def test_readers_write_signatures_in_several_ways(simulator: Simulator, trust: Trust, written: str) -> None:
    der = simulator.sign("taro", CONTENT)
    given = {
        "der": der,
        "base64": base64.b64encode(der),
        "lines": base64.encodebytes(der),
        "pem": b"-----BEGIN PKCS7-----\n" + base64.encodebytes(der) + b"-----END PKCS7-----\n",
    }[written]
    assert verify(CONTENT, given, trust, now=NOW).signature == der


@pytest.mark.parametrize(
    "other",
    [
        CONTENT[:-1],
        CONTENT + b"\n",
        CONTENT.replace(b"\n", b"\r\n"),
        b"",
        CONTENT.replace("千".encode(), "万".encode()),
    ],
)
def test_attack_a_signature_over_another_text_is_refused(
    simulator: Simulator, trust: Trust, other: bytes
) -> None:
    with pytest.raises(refusals.OtherContent):
        verify(CONTENT, simulator.sign("hanako", other), trust, now=NOW)


def test_attack_a_text_carried_inside_does_not_replace_ours(simulator: Simulator, trust: Trust) -> None:
    key, certificate = simulator._read("card-hanako")
    builder = pkcs7.PKCS7SignatureBuilder().add_signer(certificate, key, hashes.SHA256())
    options = [pkcs7.PKCS7Options.Binary]
    with pytest.raises(refusals.OtherContent):
        verify(CONTENT, builder.set_data(b"other").sign(Encoding.DER, options), trust, now=NOW)


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("revoked", refusals.Revoked),
        ("expired", refusals.Expired),
        ("stranger", refusals.UnknownIssuer),
        ("authentication", refusals.UnknownIssuer),
    ],
)
def test_a_card_that_does_not_hold_is_refused_in_its_own_words(
    simulator: Simulator, trust: Trust, code: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        verify(CONTENT, simulator.sign(code, CONTENT), trust, now=NOW)


def test_a_card_that_expires_meanwhile_is_expired(simulator: Simulator, trust: Trust) -> None:
    with pytest.raises(refusals.Expired):
        verify(CONTENT, simulator.sign("hanako", CONTENT), trust, now=datetime(2046, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("place", range(40, 3000, 97))
def test_attack_no_signature_with_a_changed_byte_is_taken(
    simulator: Simulator, trust: Trust, responder: Responder, place: int
) -> None:
    given = bytearray(simulator.sign("hanako", CONTENT))
    if place >= len(given):
        place = len(given) - 1 - place % 200
    given[place] ^= 0x41
    try:
        held = verify(CONTENT, bytes(given), trust, now=NOW)
    except refusals.CardRefused as refusal:
        assert refusal.status in (422, 503)
    else:  # a byte that says nothing (an unused parameter): the person and the text are still the right ones
        assert held.person.name == "千葉　花子"


@pytest.mark.parametrize(
    "given", [b"", b"x", b"\x30", b"\x30\x80", b"\x30\x03\x02\x01\x01", b"0" * 200_000, "é".encode()]
)
def test_what_is_no_signature_is_told_so(trust: Trust, given: bytes) -> None:
    with pytest.raises(refusals.NotASignature):
        verify(CONTENT, given, trust, now=NOW)


def test_attack_another_cards_certificate_does_not_lend_its_name(simulator: Simulator, trust: Trust) -> None:
    """The signature of 太郎 with the certificate of 花子 in its place."""
    taro = cms.ContentInfo.load(simulator.sign("taro", CONTENT))
    hanako = cms.ContentInfo.load(simulator.sign("hanako", CONTENT))
    taro["content"]["certificates"] = hanako["content"]["certificates"]
    taro["content"]["signer_infos"][0]["sid"] = hanako["content"]["signer_infos"][0]["sid"]
    with pytest.raises(refusals.ForgedSignature):
        verify(CONTENT, taro.dump(force=True), trust, now=NOW)


def test_attack_two_signers_are_not_taken(simulator: Simulator, trust: Trust) -> None:
    one = cms.ContentInfo.load(simulator.sign("taro", CONTENT))
    one["content"]["signer_infos"].append(one["content"]["signer_infos"][0].copy())
    with pytest.raises(refusals.NotASignature):
        verify(CONTENT, one.dump(force=True), trust, now=NOW)


# --- whether it is in force -----------------------------------------------------------------------------


def _altered(responder: Responder, **more: Any) -> Any:
    """A responder that answers rightly signed, but with one fact changed."""
    simulator = responder.simulator

    def lie(question: bytes) -> tuple[int, bytes]:
        asked = ocsp.load_der_ocsp_request(question)
        name = more.get("signer", "responder")
        key, certificate = more["by"] if "by" in more else simulator._read(name)
        made = more.get("made", NOW)
        serial = more.get("serial", asked.serial_number)
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            issuer_name_hash=asked.issuer_name_hash,
            issuer_key_hash=asked.issuer_key_hash,
            serial_number=serial,
            algorithm=asked.hash_algorithm,
            cert_status=ocsp.OCSPCertStatus.GOOD,
            this_update=made,
            next_update=made + timedelta(hours=1),
            revocation_time=None,
            revocation_reason=None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, certificate)
        if name != "issuer":
            builder = builder.certificates([certificate])
        nonce = asked.extensions.get_extension_for_class(x509.OCSPNonce).value
        if more.get("nonce") == "other":
            nonce = x509.OCSPNonce(b"x" * 32)
        if more.get("nonce") != "none":
            builder = builder.add_extension(nonce, critical=False)
        return 200, builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)

    return lie


def _away(simulator: Simulator, trust: Trust) -> None:
    with pytest.raises(refusals.CheckAway):
        verify(CONTENT, simulator.sign("hanako", CONTENT), trust, now=NOW)


@pytest.mark.parametrize(
    "answer",
    [
        (500, b""),
        (200, b""),
        (200, b"<html>"),
        (302, b""),
        (200, b"\x30\x03\x0a\x01\x06"),
        (200, b"0" * 200_000),
    ],
)
def test_a_responder_that_says_nothing_useful_decides_nothing(
    simulator: Simulator, trust: Trust, responder: Responder, answer: tuple[int, bytes]
) -> None:
    responder.lie = lambda question: answer
    _away(simulator, trust)


def test_a_responder_that_is_gone_or_slow_decides_nothing(
    simulator: Simulator, trust: Trust, responder: Responder, monkeypatch: pytest.MonkeyPatch
) -> None:
    _away(simulator, Trust(issuers=trust.issuers, responder="http://127.0.0.1:9/"))
    monkeypatch.setattr(validity, "SECONDS", 0.1)
    waiting = threading.Event()
    responder.lie = lambda question: (waiting.wait(0.5), (200, b""))[1]
    _away(simulator, trust)
    waiting.set()


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "other"},
        {"nonce": "none"},
        {"serial": 7},
        {"made": NOW - timedelta(hours=25)},
        {"made": NOW - timedelta(hours=2)},
        {"made": NOW + timedelta(hours=1)},
        {"signer": "card-taro"},
    ],
    ids="-".join,
)
def test_attack_an_answer_that_is_not_ours_not_now_or_not_theirs_is_not_believed(
    simulator: Simulator, trust: Trust, responder: Responder, lie: dict[str, Any]
) -> None:
    responder.lie = _altered(responder, **lie)
    _away(simulator, trust)


def test_attack_an_answer_by_another_authoritys_responder_is_not_believed(
    simulator: Simulator, trust: Trust, responder: Responder, tmp_path: Path
) -> None:
    responder.lie = _altered(responder, by=Simulator(tmp_path / "other")._read("responder"))
    _away(simulator, trust)


def test_attack_a_replayed_answer_is_not_believed(
    simulator: Simulator, trust: Trust, responder: Responder
) -> None:
    kept: list[bytes] = []

    def replay(question: bytes) -> tuple[int, bytes]:
        if not kept:
            kept.append(simulator.respond(question, now=NOW))
        return 200, kept[0]

    responder.lie = replay
    verify(CONTENT, simulator.sign("hanako", CONTENT), trust, now=NOW)
    _away(simulator, trust)


def test_the_issuer_itself_may_answer_and_one_without_nonces_where_told(
    simulator: Simulator, trust: Trust, responder: Responder
) -> None:
    responder.lie = _altered(responder, signer="issuer")
    assert verify(CONTENT, simulator.sign("hanako", CONTENT), trust, now=NOW)
    responder.lie = _altered(responder, nonce="none")
    told = Trust(issuers=trust.issuers, responder=trust.responder, nonce_needed=False)
    assert verify(CONTENT, simulator.sign("hanako", CONTENT), told, now=NOW)


def test_a_card_the_responder_does_not_know_is_told_so(
    simulator: Simulator, trust: Trust, responder: Responder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Simulator, "_status", lambda *_a: ocsp.OCSPCertStatus.UNKNOWN)
    with pytest.raises(refusals.NotKnown):
        verify(CONTENT, simulator.sign("hanako", CONTENT), trust, now=NOW)


def test_a_simulator_made_by_two_at_once_is_one(simulator: Simulator, tmp_path: Path) -> None:
    homes = [Simulator(tmp_path / "home") for _n in range(2)]
    assert homes[0].issuer() == homes[1].issuer()
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "home").iterdir()} == {0o600}
    assert len(list((tmp_path / "home").iterdir())) == len(CARDS) + 2


# --- what is compared ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("319890107", date(1989, 1, 7)),
        ("520190501", date(2019, 5, 1)),
        ("319890000", None),
        ("", None),
        ("x", None),
    ],
)
def test_dates_of_birth_of_certificates(written: str, day: date | None) -> None:
    assert born_on(written) == day


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("千葉市中央区千葉港1番1号", "千葉市中央区千葉港１－１", True),
        ("美浜区真砂五丁目15番1号", "美浜区真砂5-15-1", True),
        ("松戸市根本387番地の5", "松戸市根本 387-5", True),
        ("真砂二十一丁目3番", "真砂21-3", True),
        ("千葉港1番1号", "千葉港1番11号", False),
        ("一番町1番", "二番町1番", False),
    ],
)
def test_addresses_are_compared_as_people_write_them(one: str, other: str, same: bool) -> None:
    assert (address_key(one) == address_key(other)) is same


def test_names_are_compared_without_blanks_but_with_their_variants() -> None:
    assert name_key("千葉　花子") == name_key("千葉花子")
    assert name_key("髙橋") != name_key("高橋")


def test_the_text_is_one_line_each() -> None:
    facts = {"body": "千葉市", "answers_hash": ANSWERS, "asked_at": NOW, "nonce": "n"}
    assert content_of(title="住民票", **facts).count("\n") == 6  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="line"):
        content_of(title="住民票\n団体：松戸市", **facts)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="SHA-256"):
        content_of(title="住民票", **facts | {"answers_hash": "x"})  # type: ignore[arg-type]


# --- the pages ---------------------------------------------------------------------------------------------


@pytest.fixture
def cards(settings: Any, simulator: Simulator, responder: Responder, world: Any) -> Iterator[Responder]:
    """An installation with the simulator on, whose responder answers on a real port."""
    settings.MOYAI_CARD_SIMULATOR, settings.MOYAI_CARD_CA = True, ""
    settings.MOYAI_CARD_OCSP = responder.url
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
    for off in ({"MOYAI_CARD_SIMULATOR": False}, {"MOYAI_CARD_CA": str(real), "MOYAI_CARD_SIMULATOR": True}):
        for name, value in off.items():
            setattr(settings, name, value)
        assert client.get("/people/card-simulator/").status_code == 404
        assert client.post("/people/card-simulator/ocsp/", b"", content_type="x/y").status_code == 404
    assert cards_available(), "a real issuer and a responder"
    from moyai.people.cards.trust import trust

    assert trust().issuers == (simulator.issuer(),)


def test_without_an_issuer_no_signature_is_asked_for(settings: Any, world: Any, client: Client) -> None:
    settings.MOYAI_CARD_SIMULATOR, settings.MOYAI_CARD_CA = False, ""
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
