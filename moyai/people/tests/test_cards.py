"""カードの署名: over exactly our text, by a card in force, checked by a real question to a real responder."""

from __future__ import annotations

import base64
import hashlib
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import ocsp

from moyai.people.cards import refusals, validity
from moyai.people.cards.content import address_key, born_on, content_of, name_key
from moyai.people.cards.simulator import CARDS, Simulator
from moyai.people.cards.verifying import Trust, verify
from moyai.people.tests.card_peer import NOW, Responder

ANSWERS = hashlib.sha256(b"{}").hexdigest()
CONTENT = "もやい 電子署名の対象\n団体：千葉市\n".encode()


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
