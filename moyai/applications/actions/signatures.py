"""電子署名 — the card's signature over exactly the answers that are sent, and whose card it was."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from moyai.applications.actions.answers import answers_sha256
from moyai.applications.actions.drafts import locked_draft
from moyai.applications.models import CardSignature, Draft
from moyai.applications.permits import PERMITS
from moyai.applications.rules import CompiledEdition
from moyai.audit.public import action
from moyai.tenants.public import Actor

_KANJI_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")
_DASHES = re.compile(r"[‐‑‒–—―−ー－ｰ]")
_UNITS = re.compile(r"(?<=\d)(丁目|番地の|番地|番|号|の)")


@dataclass(frozen=True, slots=True)
class Signer:
    """基本4情報のうち three, as the certificate has them."""

    name: str
    born_on: date | None
    address: str


def name_folded(text: str) -> str:
    """A name as it is compared: width, blanks and variation selectors do not matter."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in folded if not sign.isspace() and not _is_variant(sign)).casefold()


def _is_variant(sign: str) -> bool:
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"


def address_folded(text: str) -> str:
    """An address as it is compared: 一丁目2番3号, 1-2-3 and １丁目２番地３ are the same."""
    folded = unicodedata.normalize("NFKC", text)
    folded = "".join(sign for sign in folded if not sign.isspace() and not _is_variant(sign))
    folded = re.sub(
        r"[〇一二三四五六七八九十]+(?=丁目|番|号)", lambda found: _kanji_number(found[0]), folded
    )
    folded = _DASHES.sub("-", folded)
    folded = _UNITS.sub("-", folded)
    folded = re.sub(r"-+", "-", folded)
    return re.sub(r"-(?!\d)", "", folded)


def _kanji_number(text: str) -> str:
    if "十" not in text:
        return text.translate(_KANJI_DIGITS)
    tens, _ten, ones = text.partition("十")
    return str(
        int(tens.translate(_KANJI_DIGITS) or "1") * 10 + int(ones.translate(_KANJI_DIGITS) or "0")
    )


def differences(form: CompiledEdition, answers: Mapping[str, Any], signer: Signer) -> list[str]:
    """Which of name, born_on, address of the answers are not the card's; only those the edition binds to it."""
    found = []
    for part, field_id in form.signature.items():
        value = answers.get(field_id)
        if part == "name" and name_folded(str(value or "")) != name_folded(signer.name):
            found.append("name")
        elif part == "born_on" and (
            signer.born_on is None or str(value or "") != signer.born_on.isoformat()
        ):
            found.append("born_on")
        elif part == "address" and not same_address(value, signer.address):
            found.append("address")
    return found


def same_address(value: Any, card: str) -> bool:
    """With or without the building's name; the card's own address decides the rest."""
    if isinstance(value, Mapping):
        plain = "".join(str(value.get(part) or "") for part in ("prefecture", "city", "street"))
        whole = plain + str(value.get("building") or "")
    else:
        plain = whole = str(value or "")
    wanted = address_folded(card)
    return bool(wanted) and wanted in (address_folded(plain), address_folded(whole))


def signed_here(draft: Draft, answers: Mapping[str, Any]) -> CardSignature | None:
    """The signature of this draft over exactly these answers; one changed letter and there is none."""
    found: CardSignature | None = (
        CardSignature.objects.filter(
            body_id=draft.body_id, draft=draft, answers_sha256=answers_sha256(answers)
        )
        .order_by("-id")
        .first()
    )
    return found


@action("applications.sign", permits=PERMITS, thing="draft")
def keep_signature(
    *,
    actor: Actor,
    now: datetime,
    draft: Draft,
    answers_hash: str,
    signed_hash: str,
    cms: bytes,
    signer: Signer,
    serial: str,
    checked_at: datetime,
    check_source: str,
) -> CardSignature:
    """署名を受け取る — kept with its draft; the same signature twice is one row."""
    row = locked_draft(actor=actor, now=now, draft=draft)
    before: CardSignature | None = CardSignature.objects.filter(
        body_id=row.body_id, draft=row, answers_sha256=answers_hash, serial=serial
    ).first()
    if before is not None:
        return before
    made: CardSignature = CardSignature.objects.create(
        body_id=row.body_id,
        draft=row,
        signed_sha256=signed_hash,
        answers_sha256=answers_hash,
        cms=cms,
        signer={
            "name": signer.name,
            "born_on": signer.born_on.isoformat() if signer.born_on else "",
            "address": signer.address,
        },
        serial=serial[:60],
        checked_at=checked_at,
        check_source=check_source[:200],
    )
    return made




