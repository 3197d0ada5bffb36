"""署名の検証: a CMS signature over exactly our bytes, by a certificate of the card's issuer, in force now."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import cms, core, pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError, ValidationError

from moyai.people.cards.content import Person, person_in
from moyai.people.cards.refusals import (
    Expired,
    ForgedSignature,
    NotASignature,
    OtherContent,
    UnknownIssuer,
)
from moyai.people.cards.validity import ask_validity

MOST_BYTES = 100_000  # a signature with its certificates has about three thousand
DIGESTS = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose certificates are believed, and where their validity is asked."""

    issuers: tuple[bytes, ...]  # DER
    responder: str
    nonce_needed: bool = True


@dataclass(frozen=True, slots=True)
class Verified:
    """A signature that holds, its signer, and the proof that the certificate was in force."""

    person: Person
    serial: str  # of the certificate, hexadecimal
    issuer: str
    not_after: datetime
    signature: bytes  # CMS, DER
    validity: bytes  # OCSP response, DER


def issuers_in(path: Path) -> tuple[bytes, ...]:
    """The certificates of a PEM file."""
    return tuple(
        der for kind, _headers, der in pem.unarmor(path.read_bytes(), multiple=True) if kind == "CERTIFICATE"
    )


def verify(content: bytes, given: bytes, trust: Trust, *, now: datetime) -> Verified:
    """Check what a reader returned for `content`; asks the network once, so no transaction may be open.

    Raises NotASignature, OtherContent, ForgedSignature, UnknownIssuer, Expired, Revoked, NotKnown, CheckAway.
    """
    der = signature_bytes(given)
    signed_data = _signed_data(der)
    certificate = _verified_certificate(signed_data, content)
    issuer = _issuer(certificate, signed_data, trust, now)
    loaded = x509.load_der_x509_certificate(certificate.dump())
    person = person_in(_other_names(certificate))
    if person is None or not _signs(loaded):
        raise UnknownIssuer
    if now > loaded.not_valid_after_utc or now < loaded.not_valid_before_utc:
        raise Expired
    answer = ask_validity(
        loaded,
        x509.load_der_x509_certificate(issuer.dump()),
        responder=trust.responder,
        now=now,
        nonce_needed=trust.nonce_needed,
    )
    return Verified(
        person=person,
        serial=f"{loaded.serial_number:x}",
        issuer=loaded.issuer.rfc4514_string(),
        not_after=loaded.not_valid_after_utc,
        signature=der,
        validity=answer,
    )


def signature_bytes(given: bytes) -> bytes:
    """DER of what a reader returned: DER, PEM, or Base64 of either. Raises NotASignature."""
    if len(given) > MOST_BYTES:
        raise NotASignature
    if given[:1] == b"\x30":
        return given
    text = re.sub(rb"-----[A-Z0-9 ]+-----|\s", b"", given)
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise NotASignature from error


def _signed_data(der: bytes) -> cms.SignedData:
    try:
        info = cms.ContentInfo.load(der, strict=True)
        if info["content_type"].native != "signed_data":
            raise NotASignature
        signed: cms.SignedData = info["content"]
        signed.native  # noqa: B018  (parses everything: what is wrong inside is found here)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotASignature from error
    if len(signed["signer_infos"]) != 1:
        raise NotASignature
    return signed


def _verified_certificate(signed: cms.SignedData, content: bytes) -> asn1_x509.Certificate:
    """The certificate whose key signed exactly `content`."""
    enclosed = signed["encap_content_info"]["content"]
    if enclosed.native is not None and enclosed.native != content:
        raise OtherContent
    signer = signed["signer_infos"][0]
    certificate = _certificate_of(signer, signed)
    digest = DIGESTS.get(signer["digest_algorithm"]["algorithm"].native)
    if digest is None or signer["signed_attrs"] is core.VOID or not len(signer["signed_attrs"]):
        raise ForgedSignature
    try:
        same, valid = validate_sig_integrity(
            signer,
            certificate,
            expected_content_type=signed["encap_content_info"]["content_type"].native,
            actual_digest=digest(content).digest(),
        )
    except (SignatureValidationError, ValueError, TypeError, NotImplementedError) as error:
        raise ForgedSignature from error
    if not valid:
        raise ForgedSignature
    if not same:
        raise OtherContent
    return certificate


def _certificate_of(signer: cms.SignerInfo, signed: cms.SignedData) -> asn1_x509.Certificate:
    wanted = signer["sid"]
    for one in _certificates(signed):
        if wanted.name == "issuer_and_serial_number":
            same = (
                one.issuer == wanted.chosen["issuer"]
                and one.serial_number == wanted.chosen["serial_number"].native
            )
        else:
            same = one.key_identifier == wanted.chosen.native
        if same:
            return one
    raise NotASignature


def _certificates(signed: cms.SignedData) -> list[asn1_x509.Certificate]:
    if signed["certificates"] is core.VOID:
        return []
    return [one.chosen for one in signed["certificates"] if one.name == "certificate"]


def _issuer(
    certificate: asn1_x509.Certificate, signed: cms.SignedData, trust: Trust, now: datetime
) -> asn1_x509.Certificate:
    """The certificate's issuer, on an unbroken path to one we believe. What has expired is still said to be theirs."""
    roots = [asn1_x509.Certificate.load(der) for der in trust.issuers]
    moment = min(now, certificate.not_valid_after)
    context = ValidationContext(
        trust_roots=roots,
        other_certs=_certificates(signed),
        moment=max(moment, certificate.not_valid_before),
        allow_fetching=False,
        revocation_mode="soft-fail",  # asked once, below, with a fresh question
        weak_hash_algos={"md2", "md5", "sha1"},
    )
    validator = CertificateValidator(certificate, validation_context=context)
    try:
        path = asyncio.run(_usable(validator))
    except (PathBuildingError, PathValidationError, ValidationError, ValueError) as error:
        raise UnknownIssuer from error
    found: Any = path.find_issuing_authority(certificate)
    return found.certificate


def _signs(certificate: x509.Certificate) -> bool:
    """A key of today's strength."""
    key = certificate.public_key()
    return not isinstance(key, rsa.RSAPublicKey) or key.key_size >= 2048


def _other_names(certificate: asn1_x509.Certificate) -> dict[str, str]:
    names: dict[str, str] = {}
    for one in certificate.subject_alt_name_value or ():
        if one.name != "other_name":
            continue
        try:
            value = one.chosen["value"].parsed.native
        except (ValueError, TypeError):
            continue
        if isinstance(value, str):
            names.setdefault(one.chosen["type_id"].dotted, value)
    return names


async def _usable(validator: Any) -> Any:
    """A path on which the certificate may sign what cannot be denied later."""
    return await validator.async_validate_usage({"digital_signature", "non_repudiation"})
