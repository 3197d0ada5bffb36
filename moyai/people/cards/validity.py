"""有効性の確認: one question to the certificate's responder, and what is believed of the answer.

Called outside any transaction. Source: RFC 6960 (OCSP), RFC 9654 (nonce).
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import httpx
import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from moyai.people.cards.refusals import CheckAway, NotKnown, Revoked

log = structlog.get_logger("moyai.cards")

SECONDS = 8.0
MOST_BYTES = 100_000
SKEW = timedelta(minutes=5)
OLDEST = timedelta(hours=24)  # an answer made longer ago is not the state of today


def ask_validity(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    *,
    responder: str,
    now: datetime,
    nonce_needed: bool,
) -> bytes:
    """The responder's answer that a certificate is in force now, to be kept as proof.

    Raises Revoked, NotKnown, or CheckAway: no answer, an old one, another's, or one that is not signed by the
    issuer or by a responder the issuer named.
    """
    nonce = secrets.token_bytes(32)
    question = (
        ocsp.OCSPRequestBuilder()
        .add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303  (names the issuer; signs nothing)
        .add_extension(x509.OCSPNonce(nonce), critical=False)
        .build()
        .public_bytes(Encoding.DER)
    )
    try:
        with httpx.Client(timeout=SECONDS, follow_redirects=False) as client:
            response = client.post(
                responder, content=question, headers={"Content-Type": "application/ocsp-request"}
            )
    except httpx.HTTPError as error:
        raise _away(type(error).__name__) from error
    if response.status_code != 200 or len(response.content) > MOST_BYTES:
        raise _away(f"answered {response.status_code}")
    try:
        answer = ocsp.load_der_ocsp_response(response.content)
        if answer.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise _away(str(answer.response_status))
        status = _believed(answer, certificate, issuer, nonce=nonce, now=now, nonce_needed=nonce_needed)
    except (ValueError, TypeError, x509.ExtensionNotFound, InvalidSignature, NotImplementedError) as error:
        raise _away(repr(error)) from error
    if status == ocsp.OCSPCertStatus.REVOKED:
        raise Revoked
    if status == ocsp.OCSPCertStatus.UNKNOWN:
        raise NotKnown
    return response.content


def _away(why: str) -> CheckAway:
    log.warning("card validity not answered", why=why)
    return CheckAway()


def _believed(
    answer: ocsp.OCSPResponse,
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    *,
    nonce: bytes,
    now: datetime,
    nonce_needed: bool,
) -> ocsp.OCSPCertStatus:
    """The status, if the answer is about this certificate, to this question, of now, and rightly signed."""
    asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, answer.hash_algorithm).build()
    if (answer.serial_number, answer.issuer_key_hash, answer.issuer_name_hash) != (
        asked.serial_number,
        asked.issuer_key_hash,
        asked.issuer_name_hash,
    ):
        raise ValueError("an answer about another certificate")
    _same_nonce(answer, nonce, nonce_needed)
    if answer.this_update_utc > now + SKEW or answer.this_update_utc < now - OLDEST:
        raise ValueError("an answer of another day")
    if answer.next_update_utc is not None and answer.next_update_utc < now - SKEW:
        raise ValueError("an answer that has run out")
    signer = _signer(answer, issuer, now)
    _verify(signer, answer.signature, answer.tbs_response_bytes, answer.signature_hash_algorithm)
    return answer.certificate_status


def _same_nonce(answer: ocsp.OCSPResponse, nonce: bytes, needed: bool) -> None:
    try:
        given = answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        if needed:
            raise ValueError("an answer without our nonce") from None
        return
    if given != nonce:
        raise ValueError("an answer to another question")


def _signer(answer: ocsp.OCSPResponse, issuer: x509.Certificate, now: datetime) -> x509.Certificate:
    """The issuer itself, or a responder it named: its certificate comes along and says so."""
    for one in answer.certificates:
        if one == issuer or not _is_responder(answer, one):
            continue
        one.verify_directly_issued_by(issuer)
        usage = one.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        if ExtendedKeyUsageOID.OCSP_SIGNING not in usage:
            raise ValueError("a certificate that may not answer")
        if not one.not_valid_before_utc <= now <= one.not_valid_after_utc:
            raise ValueError("a responder out of its time")
        return one
    if not _is_responder(answer, issuer):
        raise ValueError("an answer by nobody we know")
    return issuer


def _is_responder(answer: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    if answer.responder_name is not None:
        return answer.responder_name == certificate.subject
    return (
        answer.responder_key_hash
        == x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest
    )


def _verify(
    signer: x509.Certificate, signature: bytes, signed: bytes, algorithm: hashes.HashAlgorithm | None
) -> None:
    key = signer.public_key()
    if algorithm is None or isinstance(algorithm, hashes.SHA1 | hashes.MD5):
        raise ValueError("an answer signed by an algorithm of yesterday")
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, signed, padding.PKCS1v15(), algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(algorithm))
    else:
        raise ValueError("an answer signed by another kind of key")
