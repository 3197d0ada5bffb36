"""委任 — a principal lets an agent apply in their name: for one procedure, until a day, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as lazy

from moyai.applications.actions.news import grouped
from moyai.applications.models import Application, Mandate, Procedure
from moyai.applications.permits import PERMITS
from moyai.applications.secrets import token_hash
from moyai.audit.public import action
from moyai.notices.public import Recipient, tell
from moyai.tenants.public import Actor, Refusal, body_of, clock


class MandateOver(Refusal):
    """The 委任状 cannot be used; `why` is used, revoked or expired."""

    code = "mandate_over"
    status = 409
    WORDS = {
        "used": lazy("この委任状は、すでに申込みに使われました。"),
        "revoked": lazy("この委任状は、委任した方が取り消しました。"),
        "expired": lazy("この委任状は、期限が過ぎました。委任した方に、新しい委任状を頼んでください。"),
    }

    def __init__(self, why: str) -> None:
        super().__init__(str(self.WORDS[why]))
        self.why = why


class UntilInThePast(Refusal):
    code = "mandate_until"
    status = 422
    message = lazy("期限は、今日より後の日付にしてください。")  # type: ignore[assignment]


def state_of(mandate: Mandate, *, now: datetime) -> str:
    """open, used, revoked or expired; on its last day it still holds."""
    if mandate.used_at is not None:
        return "used"
    if mandate.revoked_at is not None:
        return "revoked"
    return "expired" if clock.today(now) > mandate.valid_until else "open"


@action("applications.make_mandate", permits=PERMITS)
def make_mandate(
    *,
    actor: Actor,
    now: datetime,
    procedure: Procedure,
    principal: Mapping[str, Any],
    agent_name: str,
    scope: str,
    valid_until: date,
    token: str,
    principal_token: str,
    agent_mail: str = "",
) -> Mandate:
    """委任状を作る — `token` is the agent's link, `principal_token` the principal's own; both secret.

    The same links give the same mandate. Each is mailed to its reader where an address is given.
    """
    if valid_until <= clock.today(now):
        raise UntilInThePast(fields={"valid_until": str(UntilInThePast.message)})
    body = body_of(actor.body)
    before: Mandate | None = Mandate.objects.filter(body_id=body.pk, token_hash=token_hash(token)).first()
    if before is not None:
        return before
    made: Mandate = Mandate.objects.create(
        body_id=body.pk,
        procedure=procedure,
        principal={key: value for key, value in principal.items() if value},
        agent_name=agent_name[:100],
        agent_mail=agent_mail[:254],
        scope=scope[:400],
        token_hash=token_hash(token),
        principal_hash=token_hash(principal_token),
        valid_until=valid_until,
        made_at=now,
    )
    common = {"title": procedure.title, "section": procedure.section, "until": valid_until}
    slug, language = body.slug, (get_language() or "ja")[:8]
    if agent_mail:
        tell(
            actor=actor,
            now=now,
            kind="applications.mandate_given",
            facts={
                **common,
                "path": reverse("applications_portal_mandate", kwargs={"body_slug": slug, "token": token}),
            },
            to=Recipient(email=agent_mail, name=agent_name, language=language),
            about=made,
        )
    if principal.get("mail"):
        tell(
            actor=actor,
            now=now,
            kind="applications.mandate_made",
            facts={
                **common,
                "path": reverse(
                    "applications_portal_principal", kwargs={"body_slug": slug, "token": principal_token}
                ),
            },
            to=Recipient(
                email=str(principal["mail"]), name=str(principal.get("name", "")), language=language
            ),
            about=made,
        )
    return made


@action("applications.revoke_mandate", permits=PERMITS)
def revoke_mandate(*, actor: Actor, now: datetime, mandate: Mandate) -> Mandate:
    """委任を取り消す — by its principal, before it is used; afterwards the application may be withdrawn. Raises MandateOver."""
    row = _locked(actor, mandate.pk)
    if row.used_at is not None:
        raise MandateOver("used")
    if row.revoked_at is None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
    return row


def use_mandate(*, actor: Actor, now: datetime, mandate_id: int, application: Application) -> Mandate:
    """The one use, inside the submission: whoever comes second is refused. Raises MandateOver."""
    row = _locked(actor, mandate_id)
    state = state_of(row, now=now)
    if state != "open":
        raise MandateOver(state)
    row.used_at = now
    row.save(update_fields=["used_at"])
    if row.principal.get("mail"):
        tell(
            actor=actor,
            now=now,
            kind="applications.mandate_used",
            facts={
                "title": application.procedure.title,
                "section": application.procedure.section,
                "number": grouped(application.public_number),
            },
            to=Recipient(email=str(row.principal["mail"]), name=str(row.principal.get("name", ""))),
            about=application,
        )
    return row


def _locked(actor: Actor, mandate_id: int) -> Mandate:
    row: Mandate = Mandate.objects.select_for_update(of=("self",)).get(
        body_id=body_of(actor.body).pk, pk=mandate_id
    )
    return row
