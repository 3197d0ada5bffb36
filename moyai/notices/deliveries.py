"""Handing events to receivers: signed, tried for a day, once each in effect by the id they carry."""

from __future__ import annotations

import json
from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac

from moyai.notices.models import Delivery, Webhook
from moyai.notices.outgoing import move, take_answer
from moyai.notices.receivers import secrets_now
from moyai.notices.rules.webhooks import (
    DELIVERY_FLOW,
    DeliveryState,
    delivery_wait_after,
    signature_header,
)
from moyai.notices.sending import Answered, post
from moyai.tenants.public import Body, body_of, current_body, job


def secret_of(body: Body, webhook: Webhook, salt: str) -> str:
    """署名の鍵 — derived, so that the database alone signs nothing."""
    value = f"{body.code}:{webhook.pk}:{salt}"
    return (
        "whsec_"
        + salted_hmac(
            "moyai.notices.webhook", value, secret=settings.MOYAI_NUMBER_KEY, algorithm="sha256"
        ).hexdigest()
    )


@job(name="notices.deliver_event")
def deliver_event(*, delivery_id: int, now: datetime) -> None:
    """知らせの送信 — hand one queued event to its receiver.

    As with mail the row lock is the claim, and a worker that dies leaves the event queued: the next try carries the
    same id, by which the receiver knows it. Never raises for a receiver's failure, for that would roll the count back.
    """
    body = body_of(current_body())
    delivery: Delivery | None = (
        Delivery.objects.of(body)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("webhook")
        .filter(id=delivery_id, state=DeliveryState.QUEUED, next_at__lte=now)
        .first()
    )
    if delivery is None:
        return
    if not delivery.webhook.active:
        move(delivery, DELIVERY_FLOW, "hold")
        return
    delivery.tries += 1
    take_answer(
        delivery,
        _sent(body, delivery, now),
        flow=DELIVERY_FLOW,
        wait_after=delivery_wait_after,
        now=now,
        name="event",
    )


def _sent(body: Body, delivery: Delivery, now: datetime) -> Answered:
    webhook = delivery.webhook
    content = json.dumps(delivery.payload, ensure_ascii=True, separators=(",", ":")).encode()
    secrets = secrets_now(webhook, lambda salt: secret_of(body, webhook, salt), now=now)
    return post_signed(
        webhook.url,
        event=delivery.kind,
        event_id=delivery.event_id,
        content=content,
        secrets=secrets,
        now=now,
    )


def post_signed(
    url: str, *, event: str, event_id: str, content: bytes, secrets: list[str], now: datetime
) -> Answered:
    """One signed POST as docs/webhooks.md describes it, also for what other packages send outside."""
    timestamp = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Moyai/{settings.MOYAI_VERSION}",
        "Moyai-Event": event,
        "Moyai-Delivery": event_id,
        "Moyai-Timestamp": str(timestamp),
        "Moyai-Signature": signature_header(secrets, timestamp=timestamp, body=content),
    }
    return post(url, body=content, headers=headers)
