"""カードの模擬: an own issuer, cards of invented people, their reader, and the responder for validity.

For training installations alone. The keys lie in the installation's home; an installation that believes a
real issuer never believes this one.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs7,
)
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from moyai.people.cards import content as profile

BEGINS, ENDS = datetime(2020, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(2021, 1, 1, tzinfo=UTC)
SIMULATED = "訓練用のカード"


@dataclass(frozen=True, slots=True)
class Card:
    """An invented person's card. `born_on` and the rest as the published profile writes them."""

    code: str
    name: str
    born_on: str
    sex: str
    address: str
    trouble: str = ""  # revoked, expired, stranger (another issuer), authentication (not for signing)


CARDS = (
    Card("hanako", "千葉　花子", "319890107", "2", "千葉県千葉市中央区千葉港1番1号"),
    Card("taro", "松戸　太郎", "420010401", "1", "千葉県松戸市根本387番地の5"),
    Card("john", "ＳＭＩＴＨ　ＪＯＨＮ", "319751231", "1", "千葉県千葉市美浜区真砂五丁目15番1号"),
    Card("revoked", "千葉　花子", "319890107", "2", "千葉県市川市八幡一丁目1番1号", "revoked"),
    Card("expired", "千葉　花子", "319890107", "2", "千葉県千葉市中央区千葉港1番1号", "expired"),
    Card("stranger", "千葉　花子", "319890107", "2", "千葉県千葉市中央区千葉港1番1号", "stranger"),
    Card("authentication", "", "", "", "", "authentication"),
)


def card(code: str) -> Card | None:
    return next((one for one in CARDS if one.code == code), None)


class Simulator:
    """The issuer with its cards, read from `home` and made there the first time."""

    def __init__(self, home: Path) -> None:
        self.home = home
        if not (home / "issuer.pem").exists():
            _make(home)

    def _read(self, name: str) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
        text = (self.home / f"{name}.pem").read_bytes()
        key = load_pem_private_key(text, None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return key, x509.load_pem_x509_certificate(text[text.index(b"-----BEGIN CERTIFICATE") :])

    def issuer(self) -> bytes:
        """The issuer's certificate, DER."""
        return self._read("issuer")[1].public_bytes(Encoding.DER)

    def sign(self, code: str, content: bytes) -> bytes:
        """What a reader returns: a detached CMS signature over exactly `content`, DER."""
        key, certificate = self._read(f"card-{code}")
        return (
            pkcs7.PKCS7SignatureBuilder()
            .set_data(content)
            .add_signer(certificate, key, hashes.SHA256())
            .sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
        )

    def respond(self, question: bytes, *, now: datetime) -> bytes:
        """The responder: an OCSP answer signed by a certificate the issuer made for it. DER in, DER out."""
        try:
            asked = ocsp.load_der_ocsp_request(question)
            serial = asked.serial_number
        except (ValueError, TypeError, NotImplementedError):
            return ocsp.OCSPResponseBuilder.build_unsuccessful(
                ocsp.OCSPResponseStatus.MALFORMED_REQUEST
            ).public_bytes(Encoding.DER)
        status = self._status(asked, serial)
        revoked = status == ocsp.OCSPCertStatus.REVOKED
        key, certificate = self._read("responder")
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                issuer_name_hash=asked.issuer_name_hash,
                issuer_key_hash=asked.issuer_key_hash,
                serial_number=serial,
                algorithm=asked.hash_algorithm,
                cert_status=status,
                this_update=now,
                next_update=now + timedelta(minutes=10),
                revocation_time=LONG_AGO if revoked else None,
                revocation_reason=x509.ReasonFlags.affiliation_changed if revoked else None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, certificate)
            .certificates([certificate])
        )
        try:
            builder = builder.add_extension(
                asked.extensions.get_extension_for_class(x509.OCSPNonce).value, critical=False
            )
        except x509.ExtensionNotFound:
            pass
        return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _status(self, asked: ocsp.OCSPRequest, serial: int) -> ocsp.OCSPCertStatus:
        issuer = self._read("issuer")[1]
        for one in CARDS:
            certificate = self._read(f"card-{one.code}")[1]
            if certificate.serial_number != serial or certificate.issuer != issuer.subject:
                continue
            ours = (
                ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, asked.hash_algorithm).build()
            )
            if ours.issuer_key_hash != asked.issuer_key_hash:
                continue
            revoked = one.trouble == "revoked"
            return ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
        return ocsp.OCSPCertStatus.UNKNOWN


@lru_cache(maxsize=4)
def simulator_at(home: Path) -> Simulator:
    return Simulator(home)


def _make(home: Path) -> None:
    """Make everything beside `home` and move it there whole; who comes second uses what is there."""
    home.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".card-simulator-", dir=home.parent))
    issuer_key, issuer = _issuer("もやい 訓練用認証局")
    _write(draft / "issuer.pem", issuer_key, issuer)
    responder_key = _key()
    _write(draft / "responder.pem", responder_key, _responder(responder_key, issuer_key, issuer))
    stranger_key, stranger = _issuer("もやい 訓練用の知らない認証局")
    for one in CARDS:
        key = _key()
        by = (stranger_key, stranger) if one.trouble == "stranger" else (issuer_key, issuer)
        _write(draft / f"card-{one.code}.pem", key, _certificate(one, key, *by))
    try:
        draft.rename(home)
    except OSError:
        shutil.rmtree(draft)


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _write(path: Path, key: rsa.RSAPrivateKey, certificate: x509.Certificate) -> None:
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text + certificate.public_bytes(Encoding.PEM))


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, SIMULATED),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, sign: bool = False, repudiate_not: bool = False, issue: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign,
        content_commitment=repudiate_not,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issue,
        crl_sign=issue,
        encipher_only=False,
        decipher_only=False,
    )


def _begin(subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(secrets.randbits(150) + 1)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _issuer(common: str) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key, name = _key(), _name(common)
    made = (
        _begin(name, name, key)
        .not_valid_before(BEGINS)
        .not_valid_after(ENDS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(issue=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, made


def _responder(
    key: rsa.RSAPrivateKey, issuer_key: rsa.RSAPrivateKey, issuer: x509.Certificate
) -> x509.Certificate:
    return (
        _begin(_name("もやい 訓練用の確認先"), issuer.subject, key)
        .not_valid_before(BEGINS)
        .not_valid_after(ENDS)
        .add_extension(_usage(sign=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
        .add_extension(x509.OCSPNoCheck(), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def _certificate(
    one: Card, key: rsa.RSAPrivateKey, issuer_key: rsa.RSAPrivateKey, issuer: x509.Certificate
) -> x509.Certificate:
    builder = (
        _begin(_name(f"2020010100000{CARDS.index(one)}"), issuer.subject, key)
        .not_valid_before(BEGINS)
        .not_valid_after(LONG_AGO if one.trouble == "expired" else ENDS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign=True, repudiate_not=one.trouble != "authentication"), critical=True)
    )
    if one.name:
        builder = builder.add_extension(_basic_four(one), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _basic_four(one: Card) -> x509.SubjectAlternativeName:
    written = {
        profile.NAME: one.name,
        profile.BORN_ON: one.born_on,
        profile.SEX: one.sex,
        profile.ADDRESS: one.address,
        profile.NAME_SUBSTITUTES: "0" * len(one.name),
        profile.ADDRESS_SUBSTITUTES: "0" * len(one.address),
    }
    return x509.SubjectAlternativeName(
        [
            x509.OtherName(x509.ObjectIdentifier(oid), core.UTF8String(text).dump())
            for oid, text in written.items()
        ]
    )
