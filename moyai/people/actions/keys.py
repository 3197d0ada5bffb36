"""APIの鍵 — made and revoked by an administrator."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.people.apikeys import api_scopes, new_key
from moyai.people.models import Account, ApiKey
from moyai.people.permits import PERMITS
from moyai.people.rules import token_hash
from moyai.tenants.public import Actor, Refusal, body_of, clock

MOST_DAYS = 366


class KeyEndsTooLate(Refusal):
    code = "key_ends_too_late"
    status = 422
    message = _("使える最後の日は、今日から1年以内にしてください。")  # type: ignore[assignment]


class UnknownScope(Refusal):
    code = "unknown_scope"
    status = 422
    message = _("鍵でできることを一覧から選んでください。")  # type: ignore[assignment]


@action("people.make_key", permits=PERMITS, thing="account")
def make_key(
    *, actor: Actor, now: datetime, account: Account, name: str, scopes: list[str], expires_on: date
) -> tuple[ApiKey, str]:
    """A key that acts as `account`, which is the actor's own, and its text, which is known only now.

    Raises KeyEndsTooLate (past, or more than a year away), UnknownScope (none, or not registered).
    """
    today = clock.today(now)
    if account.pk != actor.account_id:
        raise UnknownScope
    if not today <= expires_on <= today + timedelta(days=MOST_DAYS):
        raise KeyEndsTooLate(fields={"expires_on": str(KeyEndsTooLate.message)})
    if not scopes or not set(scopes) <= set(api_scopes.labels()):
        raise UnknownScope(fields={"scopes": str(UnknownScope.message)})
    text = new_key()
    key = ApiKey.objects.create(
        account=account,
        body=body_of(actor.body),
        name=name,
        key_hash=token_hash(text),
        hint=text[-4:],
        scopes=sorted(set(scopes)),
        made_at=now,
        expires_on=expires_on,
    )
    return key, text


@action("people.revoke_key", permits=PERMITS, thing="key")
def revoke_key(*, actor: Actor, now: datetime, key: ApiKey) -> ApiKey:
    """鍵を止める — at once and for good; revoking twice keeps the first moment."""
    ApiKey.objects.filter(pk=key.pk, body=body_of(actor.body), revoked_at__isnull=True).update(revoked_at=now)
    return key
