"""他のシステムへの知らせ: events for receivers outside, in the transaction of what happened."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.notices import events, receivers
from moyai.notices.deliveries import deliver_event, secret_of
from moyai.notices.models import Delivery, Webhook
from moyai.notices.outgoing import queue_again
from moyai.notices.permits import PERMITS
from moyai.notices.rules.webhooks import DELIVERY_FLOW, DeliveryState, plain_facts, why_not_url
from moyai.notices.sending import named_receivers
from moyai.tenants.public import Actor, Body, Refusal, body_of, later

WHY_NOT_URL = {
    "long": _("アドレスは500文字以内にしてください。"),
    "shape": _("アドレスを確かめてください。例：https://system.example.jp/moyai"),
    "https": _("「https://」で始まるアドレスにしてください。"),
    "login": _("アドレスに利用者名やパスワードを入れないでください。"),
}


class UrlRefused(Refusal):
    code = "webhook_url_refused"
    status = 422
    message = WHY_NOT_URL["shape"]  # type: ignore[assignment]


class NothingAsked(Refusal):
    code = "webhook_without_kinds"
    status = 422
    message = _("知らせる出来事を1つ以上選んでください。")  # type: ignore[assignment]


class DeliveryNotResendable(Refusal):
    code = "delivery_not_resendable"
    message = _("この知らせは送信を待っています。")  # type: ignore[assignment]


def announce(
    *, actor: Actor, now: datetime, event: str, about: Model, facts: Mapping[str, Any] | None = None
) -> int:
    """知らせる — tell every receiver that asked for `event`, in the transaction of what happened. Gives how many.

    `facts` are ids, numbers, dates and states (`rules.webhooks.plain_facts`): a name, an address or an answer is a
    ValueError, whoever listens. An event that nobody registered is a LookupError. One query where nobody listens.
    Not an action of its own: it leaves no deed beside that of the act it belongs to.
    """
    if not events.known(event):
        raise LookupError(f"nobody registered the event {event}")
    plain = plain_facts(facts or {})
    body = body_of(actor.body)
    hooks = [hook for hook in Webhook.objects.of(body).filter(active=True) if event in hook.kinds]
    return _tell(body, now, event, about, plain, hooks) if hooks else 0


def _tell(
    body: Body, now: datetime, event: str, about: Model, facts: dict[str, object], hooks: list[Webhook]
) -> int:
    event_id = f"evt_{secrets.token_hex(16)}"
    payload = {
        "id": event_id,
        "event": event,
        "at": now.isoformat(timespec="seconds"),
        "body": body.code,
        "about": {"kind": about._meta.label_lower, "id": about.pk},
        "facts": facts,
    }
    made = Delivery.objects.bulk_create(
        Delivery(
            body=body,
            webhook=hook,
            event_id=event_id,
            kind=event,
            about_kind=about._meta.label_lower,
            about_id=about.pk,
            payload=payload,
            made_at=now,
            next_at=now,
        )
        for hook in hooks
    )
    for delivery in made:
        later(deliver_event, delivery_id=delivery.pk)
    return len(made)


def check_url(url: str) -> None:
    """Whether an address may be registered as a receiver. Raises UrlRefused."""
    why = why_not_url(url, named=named_receivers(), plain_http=settings.MOYAI_DEMO)
    if why:
        raise UrlRefused(str(WHY_NOT_URL[why]), fields={"url": str(WHY_NOT_URL[why])})


@action("notices.add_webhook", permits=PERMITS)
def add_webhook(*, actor: Actor, now: datetime, name: str, url: str, kinds: Collection[str]) -> Webhook:
    """知らせ先の登録. Refuses UrlRefused (https to a plain name; see `rules.webhooks.why_not_url`), NothingAsked."""
    check_url(url)
    wanted = sorted(set(kinds) & set(events.kinds()))
    if not wanted:
        raise NothingAsked(fields={"kinds": str(NothingAsked.message)})
    made: Webhook = Webhook.objects.create(
        body=body_of(actor.body),
        name=name,
        url=url,
        kinds=wanted,
        salt=receivers.new_salt(),
        made_by=actor.name,
        made_by_id=actor.account_id,
        made_at=now,
    )
    return made


def _locked(actor: Actor, webhook: Webhook) -> Webhook:
    found: Webhook = Webhook.objects.of(body_of(actor.body)).select_for_update().get(pk=webhook.pk)
    return found


@action("notices.pause_webhook", permits=PERMITS)
def pause_webhook(*, actor: Actor, now: datetime, webhook: Webhook) -> Webhook:
    """一時停止 — nothing is sent and nothing new is kept for it; what waited is held until it goes on."""
    row = _locked(actor, webhook)
    receivers.pause(row, Delivery.objects.of(body_of(actor.body)).filter(webhook=row))
    return row


@action("notices.resume_webhook", permits=PERMITS)
def resume_webhook(*, actor: Actor, now: datetime, webhook: Webhook) -> Webhook:
    """再開 — what was held goes out, oldest first, with its tries counted anew."""
    row = _locked(actor, webhook)
    rows = Delivery.objects.of(body_of(actor.body)).filter(webhook=row)
    receivers.resume(row, rows, deliver_event, "delivery_id", now=now)
    return row


@action("notices.rotate_webhook_secret", permits=PERMITS)
def rotate_webhook_secret(*, actor: Actor, now: datetime, webhook: Webhook) -> Webhook:
    """署名の鍵の更新 — a new secret from now on; the one before it signs along for 24 hours."""
    row = _locked(actor, webhook)
    receivers.turn_secret(row, now=now)
    return row


def show_webhook_secret(*, actor: Actor, now: datetime, webhook: Webhook) -> str:
    """The secret, for the one who sets up the receiver; each look is a deed."""
    row = _shown(actor=actor, now=now, webhook=webhook)
    return secret_of(body_of(actor.body), row, row.salt)


@action("notices.show_webhook_secret", permits=PERMITS)
def _shown(*, actor: Actor, now: datetime, webhook: Webhook) -> Webhook:
    return webhook


@action("notices.try_webhook", permits=PERMITS)
def try_webhook(*, actor: Actor, now: datetime, webhook: Webhook) -> Webhook:
    """試しの知らせ — one event without meaning, for this receiver only; nothing while it is paused."""
    row = _locked(actor, webhook)
    if row.active:
        _tell(body_of(actor.body), now, events.TRIAL, row, {"trial": True}, [row])
    return row


@action("notices.resend_delivery", permits=PERMITS)
def resend_delivery(*, actor: Actor, now: datetime, delivery: Delivery) -> Delivery:
    """再送 — put a sent or failed event back into the queue, under its old id. Refuses DeliveryNotResendable."""
    row: Delivery = Delivery.objects.of(body_of(actor.body)).select_for_update().get(pk=delivery.pk)
    if (DeliveryState(row.state), "resend") not in DELIVERY_FLOW:
        raise DeliveryNotResendable
    queue_again(Delivery, [row.pk], deliver_event, "delivery_id", now=now)
    row.refresh_from_db()
    return row
