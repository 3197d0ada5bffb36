"""様式の共有 — a procedure offered to the other bodies, copied by them as their own, never changed behind their backs."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from moyai.applications.actions.procedures import EDITABLE, create_procedure, keep_edition_draft
from moyai.applications.models import Procedure, SharedForm
from moyai.applications.permits import PERMITS
from moyai.applications.queries.editions import current_edition
from moyai.applications.queries.sharing import (
    Original,
    latest_shared,
    original_of,
    shared_code,
    words_offered,
)
from moyai.applications.rules.procedure_words import joined
from moyai.audit.public import action
from moyai.notices.public import Recipient, notices_about, tell
from moyai.people.public import Account, roles_of, staff_of
from moyai.tenants.public import Actor, Body, Refusal, Role, body_of, clock

# The body's own: never part of what is offered.
OWN = frozenset({"contact", "opens_at", "closes_at", "published", "retired_on"})
CHANGED = "applications.original_changed"


class NothingToShare(Refusal):
    code = "nothing_to_share"
    status = 409
    message = lazy("様式の版がまだありません。公開してから共有してください。")  # type: ignore[assignment]


class SameAsShared(Refusal):
    code = "same_as_shared"
    status = 409
    message = lazy("共有している内容と同じです。")  # type: ignore[assignment]


class OriginalGone(Refusal):
    code = "original_gone"
    status = 409
    message = lazy("この手続きは、共有されていません。")  # type: ignore[assignment]


def _facts(procedure: Procedure) -> dict[str, Any]:
    facts = {name: getattr(procedure, name) for name in EDITABLE if name not in OWN}
    facts["translations"] = {
        language: {name: text for name, text in words.items() if name not in OWN}
        for language, words in procedure.translations.items()
    }
    return facts


@action("applications.share_form", permits=PERMITS, refuses={"shared_form_version_once": SameAsShared})
def share_form(*, actor: Actor, now: datetime, procedure: Procedure, words: str = "") -> SharedForm:
    """共有する — the edition in force and the switches, as the next version of what the body offers.

    `words` says what changed. Raises NothingToShare, SameAsShared.
    """
    body = body_of(actor.body)
    edition = current_edition(procedure)
    if edition is None:
        raise NothingToShare
    code = shared_code(body, procedure.code)
    facts = _facts(procedure)
    digest = hashlib.sha256(
        json.dumps([edition.sha256, facts], ensure_ascii=False, sort_keys=True, default=str).encode()
    ).hexdigest()
    before = SharedForm.objects.filter(from_body_id=body.pk, code=code).order_by("-version").first()
    if before is not None and before.sha256 == digest and before.withdrawn_at is None:
        raise SameAsShared
    made: SharedForm = SharedForm.objects.create(
        from_body_id=body.pk,
        code=code,
        version=before.version + 1 if before else 1,
        title=procedure.title,
        facts=facts,
        document=edition.document,
        sha256=digest,
        words=words.strip()[:400],
        shared_at=now,
        shared_by=actor.name,
    )
    if not procedure.catalogue_code:  # its own answers count with those of the copies
        procedure.catalogue_code = code
    if procedure.catalogue_code == code:
        procedure.catalogue_version = made.version
        procedure.save(update_fields=["catalogue_code", "catalogue_version"])
    return made


@action("applications.withdraw_form", permits=PERMITS)
def withdraw_form(*, actor: Actor, now: datetime, procedure: Procedure) -> Procedure:
    """共有をやめる — nobody copies it any more; copies stay as they are. Raises OriginalGone."""
    body = body_of(actor.body)
    ended = SharedForm.objects.filter(
        from_body_id=body.pk, code=shared_code(body, procedure.code), withdrawn_at=None
    ).update(withdrawn_at=now)
    if not ended:
        raise OriginalGone
    return procedure


@action("applications.copy_form", permits=PERMITS)
def copy_form(*, actor: Actor, now: datetime, shared: SharedForm, code: str) -> Procedure:
    """共有された手続きを写す — the body's own from here on; its form is a draft to be looked through. Raises OriginalGone."""
    found = latest_shared(shared.code)
    if found is None or found.pk != shared.pk:
        raise OriginalGone
    procedure = create_procedure(
        actor=actor,
        now=now,
        code=code,
        facts={**shared.facts, "catalogue_code": shared.code, "catalogue_version": shared.version},
    )
    keep_edition_draft(
        actor=actor, now=now, procedure=procedure, document=shared.document | {"procedure": code}
    )
    return procedure


@action("applications.take_original", permits=PERMITS)
def take_original(*, actor: Actor, now: datetime, procedure: Procedure, into_draft: bool) -> Procedure:
    """原本の変更を取り入れる — as a draft that staff publish themselves; or leave it be. Raises OriginalGone.

    With the draft come the translations of the procedure's page that are missing here; none of its own is replaced.
    """
    original = original_of(procedure)
    if original is None:
        raise OriginalGone
    if into_draft:
        document = dict(original.document) | {"procedure": procedure.code}
        keep_edition_draft(actor=actor, now=now, procedure=procedure, document=document)
        procedure.translations = joined(procedure.translations, words_offered(procedure, original))
        procedure.version += 1
    procedure.catalogue_version = original.version
    procedure.save(update_fields=["catalogue_version", "translations", "version"])
    return procedure


def tell_of_changed_originals(*, actor: Actor, now: datetime) -> int:
    """Tell the administrators of a body, once for each version, of originals that went on. How many were told of."""
    body = body_of(actor.body)
    told = 0
    for procedure in Procedure.objects.filter(body=body).exclude(catalogue_code="").order_by("pk"):
        original = original_of(procedure)
        if original is None or original.version <= procedure.catalogue_version:
            continue
        if _told(procedure, original):
            continue
        told += 1
        for account in _administrators(body, clock.today(now)):
            tell(
                actor=actor,
                now=now,
                kind=CHANGED,
                facts={
                    "title": procedure.title,
                    "code": procedure.code,
                    "version": original.version,
                    "from_name": original.from_name,
                    "words": original.words,
                    "slug": body.slug,
                },
                to=Recipient(email=account.email or None, account_id=account.pk, name=account.name),
                about=procedure,
            )
    return told


def _administrators(body: Body, day: date) -> list[Account]:
    accounts = Account.objects.filter(pk__in=[key for key, _name in staff_of(body, day=day)]).order_by("pk")
    return [one for one in accounts if Role.ADMINISTRATOR in roles_of(one, body, day=day)]


def _told(procedure: Procedure, original: Original) -> bool:
    return any(
        one.kind == CHANGED and f"第{original.version}版" in one.text for one in notices_about(procedure)
    )
