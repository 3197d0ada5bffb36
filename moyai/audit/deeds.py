"""Writing a deed, and forgetting the words that were given as its reason."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import models

from moyai.audit.models import CouncilDeed, Deed, Reason
from moyai.tenants.public import Actor, body_of, current_body, insert_many, prepared_insert

LONGEST_REASON = 500
AT_ONCE = 2_000
_CODE = re.compile(r"[a-z0-9_.-]{1,40}")


def digest_of_reason(salt: str, text: str) -> str:
    """What a deed holds of a reason in words. Without the salt, which goes with the words, nobody can try guesses."""
    return "sha256:" + hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def _split(reason: str) -> tuple[str, str, str]:
    """(what the deed holds, salt, words): a code stands in the deed itself."""
    if not reason or _CODE.fullmatch(reason):
        return reason, "", ""
    text, salt = reason[:LONGEST_REASON], secrets.token_hex(16)
    return digest_of_reason(salt, text), salt, text


def _fields(
    actor: Actor,
    now: datetime,
    verb: str,
    thing: models.Model | None,
    reason: str,
    detail: dict[str, Any] | None,
) -> dict[str, Any]:
    return {
        "at": now,
        "account_id": actor.account_id,
        "role": ",".join(sorted(actor.roles))[:40],
        "verb": verb,
        "thing_kind": thing._meta.label_lower if thing is not None else "",
        "thing_id": thing.pk if thing is not None else None,
        "reason": reason,
        "request_id": actor.request_id,
        "channel": actor.channel,
        "detail": detail or {},
    }


def record(
    *,
    actor: Actor,
    now: datetime,
    verb: str,
    thing: models.Model | None,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Leave one deed for the actor's body, or the council's when the actor has none.

    A `reason` in words is kept beside a body's deed (`Reason`), where it can be forgotten.
    """
    if actor.body is None:
        prepared_insert(CouncilDeed(**_fields(actor, now, verb, thing, reason[:LONGEST_REASON], detail)))
        return
    held, salt, text = _split(reason)
    deed = prepared_insert(Deed(body_id=actor.body.pk, **_fields(actor, now, verb, thing, held, detail)))
    if text:
        prepared_insert(Reason(body_id=actor.body.pk, deed=deed, salt=salt, text=text))


def record_each(
    *, actor: Actor, now: datetime, verb: str, things: Sequence[models.Model], reason: str = ""
) -> None:
    """One deed for each thing, in two statements for each thousand and one for the reasons; the same reason for all."""
    body = body_of(actor.body)
    split = [_split(reason) for _ in things]
    deeds = insert_many(
        [
            Deed(body_id=body.pk, **_fields(actor, now, verb, thing, held, None))
            for thing, (held, _salt, _text) in zip(things, split, strict=True)
        ]
    )
    Reason.objects.bulk_create(
        [
            Reason(body_id=body.pk, deed=deed, salt=salt, text=text)
            for deed, (_held, salt, text) in zip(deeds, split, strict=True)
            if text
        ],
        batch_size=AT_ONCE,
    )


def reasons_of(deeds: Iterable[Deed]) -> dict[int, str]:
    """The words of deeds by the deed's id; a code is its own word, forgotten words are missing."""
    given = {deed.pk: deed.reason for deed in deeds}
    words = {pk: reason for pk, reason in given.items() if reason and not reason.startswith("sha256:")}
    rows = Reason.objects.filter(body=body_of(current_body()), deed_id__in=set(given) - set(words))
    return words | dict(rows.values_list("deed_id", "text"))


def forget_reasons_about(*, kind: str, ids: Iterable[int]) -> int:
    """Delete the words given for deeds about things of one kind ("applications.application"); gives how many.

    Called inside the act that forgets the things, which leaves the deed. The deeds stay, and their chain.
    """
    body = body_of(current_body())
    deeds = Deed.objects.filter(body=body, thing_kind=kind, thing_id__in=list(ids)).values("pk")
    deleted, _by_model = Reason.objects.filter(body=body, deed_id__in=deeds).delete()
    return deleted


def altered_reasons() -> list[int]:
    """Deeds of the open body whose words are not those whose digest they hold."""
    rows = Reason.objects.filter(body=body_of(current_body())).order_by("deed_id")
    return [
        deed_id
        for deed_id, salt, text, held in rows.values_list(
            "deed_id", "salt", "text", "deed__reason"
        ).iterator()
        if digest_of_reason(salt, text) != held
    ]


def looked(
    *,
    actor: Actor,
    now: datetime,
    verb: str,
    thing: models.Model,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Leave one deed for a look at personal data."""
    record(actor=actor, now=now, verb=verb, thing=thing, reason=reason, detail=detail)
