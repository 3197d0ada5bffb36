"""電子署名 — the card's signature over exactly the answers that are sent, and whose card it was."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from moyai.applications.actions.answers import answers_sha256
from moyai.applications.actions.drafts import locked_draft
from moyai.applications.models import CardSignature, Draft
from moyai.applications.permits import PERMITS
from moyai.applications.rules import ADDRESS_PARTS, CompiledEdition
from moyai.audit.public import action
from moyai.people.public import CardSignature as Checked
from moyai.tenants.public import Actor

PLACE = [part for part in ADDRESS_PARTS if part != "postal_code"]


def differences(form: CompiledEdition, answers: Mapping[str, Any], card: Checked) -> list[str]:
    """Which of name, born_on, address of the answers are not the card's; only those the edition binds to it."""
    bound = {part: answers.get(field_id) for part, field_id in form.signature.items()}
    born_on = str(bound.get("born_on") or "")
    place = bound.get("address")
    if isinstance(place, Mapping):
        place = "".join(str(place.get(part) or "") for part in PLACE)
    return [
        part
        for part in card.differs_from(
            name=str(bound.get("name") or ""),
            born_on=date.fromisoformat(born_on) if born_on else None,
            address=str(place or ""),
        )
        if part in bound
    ]


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
    *, actor: Actor, now: datetime, draft: Draft, answers_hash: str, card: Checked
) -> CardSignature:
    """署名を受け取る — kept with its draft; the same signature twice is one row."""
    row = locked_draft(actor=actor, now=now, draft=draft)
    before: CardSignature | None = CardSignature.objects.filter(
        body_id=row.body_id, draft=row, answers_sha256=answers_hash, serial=card.serial[:60]
    ).first()
    if before is not None:
        return before
    made: CardSignature = CardSignature.objects.create(
        body_id=row.body_id,
        draft=row,
        signed_sha256=hashlib.sha256(card.content.encode()).hexdigest(),
        answers_sha256=answers_hash,
        cms=card.signature,
        signer={
            "name": card.name,
            "born_on": card.born_on.isoformat() if card.born_on else "",
            "address": card.address,
        },
        serial=card.serial[:60],
        checked_at=card.checked_at,
        check_source=card.issuer[:200],
    )
    return made
