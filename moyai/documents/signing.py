"""電子署名 — letters signed with the certificate of the installation or of a body (PAdES B-B, ISO 32000-2 / ETSI EN 319 142).

The signature covers the whole file, allows no change after it, and shows nothing on the page: its field is hidden,
as PDF/UA wants what is not tagged. Without a configured certificate letters stay unsigned; with one that cannot
sign, none is issued.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

FIELD = "MoyaiSignature"
TROUBLE = "signing: "  # how the trouble of a letter begins that waits for another certificate
SOON_DAYS = 30


class CannotSignError(Exception):
    """The configured certificate cannot sign; the text says why, for the operator."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, as the certificate says; kept with the letter and shown to whoever checks it."""

    signer: str
    issuer: str
    serial: str
    valid_from: datetime
    valid_until: datetime

    def kept(self, at: datetime) -> dict[str, str]:
        """As JSON, with the moment of signing."""
        return {
            "signer": self.signer,
            "issuer": self.issuer,
            "serial": self.serial,
            "from": self.valid_from.isoformat(),
            "until": self.valid_until.isoformat(),
            "at": at.isoformat(timespec="seconds"),
        }


def certificate_of(body_code: str) -> tuple[str, str] | None:
    """(path, password) of the certificate for a body's letters: its own, else the installation's, else None."""
    files: dict[str, str] = settings.MOYAI_SIGNING_P12
    words: dict[str, str] = settings.MOYAI_SIGNING_PASSWORD
    for code in (body_code, ""):
        if code in files:
            return files[code], words.get(code, "")
    return None


def _loaded(body_code: str) -> Any:
    from pyhanko.sign import signers

    found = certificate_of(body_code)
    if found is None:
        raise LookupError("no certificate is configured")
    path, password = found
    if not Path(path).is_file():
        raise CannotSignError("the file of the certificate is not there")
    try:
        signer = signers.SimpleSigner.load_pkcs12(  # type: ignore[no-untyped-call]
            path, passphrase=password.encode() or None
        )
    except Exception as error:  # what a broken file makes the parsers say is of many kinds
        raise CannotSignError("the file of the certificate cannot be read") from error
    if signer is None or signer.signing_cert is None:
        raise CannotSignError("the file of the certificate or its password is wrong")
    return signer


def _described(certificate: Any) -> Signature:
    subject, issuer = certificate.subject.native, certificate.issuer.native
    return Signature(
        signer=str(subject.get("common_name") or certificate.subject.human_friendly),
        issuer=str(issuer.get("common_name") or certificate.issuer.human_friendly),
        serial=f"{certificate.serial_number:X}",
        valid_from=certificate.not_valid_before.astimezone(UTC),
        valid_until=certificate.not_valid_after.astimezone(UTC),
    )


def usable(body_code: str, now: datetime) -> Signature:
    """The certificate that signs a body's letters at this moment. Raises CannotSignError, saying why not."""
    return _usable(_loaded(body_code), now)


def _usable(signer: Any, now: datetime) -> Signature:
    signature = _described(signer.signing_cert)
    if now > signature.valid_until:
        raise CannotSignError(f"the certificate expired on {signature.valid_until:%Y-%m-%d}")
    if now < signature.valid_from:
        raise CannotSignError(f"the certificate is not valid before {signature.valid_from:%Y-%m-%d}")
    usage = signer.signing_cert.key_usage_value
    if usage is not None and not {"digital_signature", "non_repudiation"} & usage.native:
        raise CannotSignError("the certificate is not made for signatures")
    return signature


def sign(pdf: bytes, *, body_code: str, now: datetime) -> tuple[bytes, Signature]:
    """The signed file, and by whom. Raises CannotSignError."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    signer = _loaded(body_code)
    signature = _usable(signer, now)
    hidden = fields.SigFieldSpec(
        FIELD,
        invis_sig_settings=fields.InvisSigSettings(set_hidden_flag=True, box_out_of_bounds=True),
        readable_field_name="電子署名",
    )
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        name=signature.signer,
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    out = io.BytesIO()
    signers.PdfSigner(meta, signer, new_field_spec=hidden).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out
    )
    return out.getvalue(), signature
