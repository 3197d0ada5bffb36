"""カードの署名 — ask for one, keep the checked one, hand it to the service that asked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse

from moyai.audit.public import action
from moyai.people import rules
from moyai.people.cards.content import Person, content_of, differing
from moyai.people.cards.refusals import CardsNotAvailable, NotSigned, SignedOtherAnswers
from moyai.people.cards.trust import cards_available
from moyai.people.cards.verifying import Verified
from moyai.people.models import CardChallenge
from moyai.people.permits import PERMITS
from moyai.tenants.public import Actor, body_of, clock

HOURS = 24


@dataclass(frozen=True, slots=True)
class CardSignature:
    """A checked signature: who signed, what, and the proofs to keep with the application.

    `sex` is male, female or unknown; `born_on` None where the register does not know the day. `signature`
    (CMS) and `validity` (the OCSP answer) are DER.
    """

    name: str
    born_on: date | None
    address: str
    sex: str
    serial: str
    issuer: str
    not_after: datetime
    has_substitutes: bool  # a sign of name or address stands for one the card cannot write
    content: str
    signature: bytes
    validity: bytes
    checked_at: datetime

    def differs_from(self, *, name: str = "", born_on: date | None = None, address: str = "") -> list[str]:
        """Which of "name", "born_on", "address" given in an application are not the signer's.

        Blanks are not compared; blanks, widths and ways to write 丁目・番・号 do not count as differences.
        """
        person = Person(self.name, self.born_on, "", self.sex, self.address)
        return differing(person, name=name, born=born_on, address=address)


@action("people.ask_signature", permits=PERMITS)
def card_challenge(
    *, actor: Actor, now: datetime, title: str, answers_hash: str, back_path: str
) -> tuple[CardChallenge, str]:
    """電子署名の対象を作る — the text to sign for one application, and the token to keep with the draft.

    `answers_hash` is the SHA-256 (hexadecimal) of the canonical answers; `back_path` is where the browser goes
    after signing. Send the browser to `card_page_path(actor, token)`. It waits 24 hours. Raises
    CardsNotAvailable.
    """
    if not cards_available():
        raise CardsNotAvailable
    body = body_of(actor.body)
    token = secrets.token_urlsafe(32)
    challenge = CardChallenge.objects.create(
        body=body,
        token_hash=rules.token_hash(token),
        title=title,
        content=content_of(
            body=body.name,
            title=title,
            answers_hash=answers_hash,
            asked_at=now.astimezone(clock.JST),
            nonce=secrets.token_hex(16),
        ),
        answers_hash=answers_hash,
        back_path=rules.safe_path(back_path),
        asked_at=now,
        expires_at=now + timedelta(hours=HOURS),
    )
    return challenge, token


def card_page_path(actor: Actor, token: str) -> str:
    """The page on which the text is signed."""
    return reverse("people_portal_card", kwargs={"body_slug": body_of(actor.body).slug, "token": token})


def challenge_of(*, actor: Actor, now: datetime, token: str, lock: bool = False) -> CardChallenge | None:
    """The text a token belongs to, while it waits or when it is signed; None after its time."""
    rows = CardChallenge.objects.of(body_of(actor.body)).filter(
        token_hash=rules.token_hash(token), expires_at__gt=now
    )
    found: CardChallenge | None = (rows.select_for_update() if lock else rows).first()
    return found


@action("people.keep_signature", permits=PERMITS, thing="challenge")
def keep_signature(
    *, actor: Actor, now: datetime, challenge: CardChallenge, verified: Verified
) -> CardChallenge:
    """Keep a checked signature with the text it is over; a later one of the same text replaces it."""
    challenge.signed_at = now
    challenge.signature, challenge.validity = verified.signature, verified.validity
    person = verified.person
    challenge.facts = {
        "name": person.name,
        "born_on": person.born_on.isoformat() if person.born_on else "",
        "address": person.address,
        "sex": person.sex,
        "serial": verified.serial,
        "issuer": verified.issuer,
        "not_after": verified.not_after.isoformat(),
        "has_substitutes": person.has_substitutes,
    }
    challenge.save(update_fields=["signed_at", "signature", "validity", "facts"])
    return challenge


def read_card_signature(*, actor: Actor, now: datetime, token: str, answers_hash: str) -> CardSignature:
    """The signature given for these very answers. Raises NotSigned, SignedOtherAnswers."""
    challenge = challenge_of(actor=actor, now=now, token=token)
    if challenge is None or challenge.signed_at is None:
        raise NotSigned
    if challenge.answers_hash != answers_hash:
        raise SignedOtherAnswers
    assert challenge.signature is not None and challenge.validity is not None
    facts = challenge.facts
    return CardSignature(
        name=facts["name"],
        born_on=date.fromisoformat(facts["born_on"]) if facts["born_on"] else None,
        address=facts["address"],
        sex=facts["sex"],
        serial=facts["serial"],
        issuer=facts["issuer"],
        not_after=datetime.fromisoformat(facts["not_after"]),
        has_substitutes=facts["has_substitutes"],
        content=challenge.content,
        signature=bytes(challenge.signature),
        validity=bytes(challenge.validity),
        checked_at=challenge.signed_at,
    )
