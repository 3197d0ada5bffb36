"""Who calls the API with a key: read by the door, handed out to the actions of services.

A key acts as the account that made it, with that account's roles of today in the key's body, for the scopes
it was made for. It lets nobody in anywhere else.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from moyai.people.models import STAFF_ROLES, ApiKey
from moyai.people.queries import body_in_use, standing
from moyai.people.rules import token_hash
from moyai.people.throttle import throttle, throttled
from moyai.tenants.public import Actor, Refusal, clock

MARK = "moyai_"  # so that a key in a file or a log is found by those who look for leaked ones


class KeyRefused(Refusal):
    """One answer for a wrong, revoked, expired or useless key."""

    code = "key_refused"
    status = 401
    message = _("APIの鍵が違うか、使えなくなっています。")  # type: ignore[assignment]


class KeyNeeded(Refusal):
    code = "key_needed"
    status = 401
    message = _("この操作にはAPIの鍵が必要です。")  # type: ignore[assignment]


class OutOfScope(Refusal):
    code = "out_of_scope"
    status = 403
    message = _("このAPIの鍵では、この操作はできません。")  # type: ignore[assignment]


class _Scopes:
    """What a key may be made for: services name their scopes in AppConfig.ready()."""

    def __init__(self) -> None:
        self._labels: dict[str, Any] = {}

    def register(self, scope: str, label: Any) -> None:
        """`scope` as "applications.export"; `label` (lazy) says what it lets a machine do."""
        self._labels[scope] = label

    def labels(self) -> Mapping[str, Any]:
        return self._labels


api_scopes = _Scopes()


def new_key() -> str:
    """A key: 256 random bits behind our mark. It is shown once and kept as a hash."""
    return MARK + secrets.token_urlsafe(32)


def key_of(request: HttpRequest, *, now: datetime) -> ApiKey | None:
    """The key of the Authorization header, None without one. Raises KeyRefused, TooManyTries.

    Wrong keys are counted per network; right ones never are, so that calls do not wait for one another.
    """
    scheme, _blank, typed = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    if throttled(kind="people.api_key", key="", now=now, tries=20):
        throttle(kind="people.api_key", key="", now=now, tries=20)
    key = ApiKey.objects.select_related("account", "body").filter(key_hash=token_hash(typed.strip())).first()
    today = clock.today(now)
    if key is None or not usable(key, now=now):
        throttle(kind="people.api_key", key="", now=now, tries=20)
        raise KeyRefused
    if key.last_used_on != today:
        ApiKey.objects.filter(pk=key.pk).update(last_used_on=today)
    return key


def usable(key: ApiKey, *, now: datetime) -> bool:
    today = clock.today(now)
    return (
        key.revoked_at is None
        and today <= key.expires_on
        and key.account.is_active
        and key.account.is_staff_account
        and body_in_use(key.body, today)
    )


def api_actor(request: HttpRequest, scope: str) -> Actor:
    """Who acts by the key of this call: its maker, in the key's body, with today's roles there.

    Open the body's wall with it: `with acting_in(actor.body) as now`. Raises KeyNeeded without a key,
    OutOfScope when the key was not made for `scope` or its maker no longer works there.
    """
    key: ApiKey | None = getattr(request, "api_key", None)
    if key is None:
        raise KeyNeeded
    nobody: Actor = request.actor  # type: ignore[attr-defined]
    held = standing(key.account, key.body, day=clock.today(request.now))  # type: ignore[attr-defined]
    roles = held.roles & frozenset(STAFF_ROLES)
    if scope not in key.scopes or not roles:
        raise OutOfScope
    return Actor(
        account_id=key.account_id,
        body=key.body,
        roles=roles,
        name=f"{key.account.name}（{key.name}）",
        channel="api",
        request_id=nobody.request_id,
        network=nobody.network,
        sections=held.sections,
    )
