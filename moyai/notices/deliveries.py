"""Handing events to receivers: signed, tried for a day, once each in effect by the id they carry."""

from __future__ import annotations

import json
from datetime import datetime

import structlog
from django.conf import settings
from django.utils.crypto import salted_hmac

from moyai.notices.models import Delivery, Webhook
from moyai.notices.rules.webhooks import (
    DELIVERY_FLOW,
    GONE,
    DeliveryState,
    delivery_wait_after,
    secrets_in_use,
    signature_header,
)
from moyai.notices.sending import Answered, post
from moyai.tenants.public import Body, body_of, current_body, job

log = structlog.get_logger(__name__)


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
        _move(delivery, "hold")
        return
    delivery.tries += 1
    answered = _sent(body, delivery, now)
    delivery.last_status = answered.status
    if answered.status is not None and 200 <= answered.status < 300:
        _move(delivery, "take", sent_at=now)
        log.info("event_sent", delivery_id=delivery.pk, kind=delivery.kind, tries=delivery.tries)
        return
    trouble = answered.trouble or ("redirect" if 300 <= (answered.status or 0) < 400 else "answer")
    wait = None if answered.status == GONE else delivery_wait_after(delivery.tries)
    if wait is None:
        _move(delivery, "give_up", trouble=trouble)
    else:
        _move(delivery, "try_again", trouble=trouble, next_at=now + wait)
    log.warning(
        "event_not_sent",
        delivery_id=delivery.pk,
        kind=delivery.kind,
        tries=delivery.tries,
        trouble=trouble,
        status=answered.status,
        state=delivery.state,
    )


def _sent(body: Body, delivery: Delivery, now: datetime) -> Answered:
    webhook = delivery.webhook
    content = json.dumps(delivery.payload, ensure_ascii=True, separators=(",", ":")).encode()
    secrets = secrets_in_use(
        secret_of(body, webhook, webhook.salt),
        secret_of(body, webhook, webhook.old_salt) if webhook.old_salt else "",
        rotated_at=webhook.rotated_at,
        now=now,
    )
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


def _move(
    delivery: Delivery,
    event: str,
    *,
    trouble: str = "",
    next_at: datetime | None = None,
    sent_at: datetime | None = None,
) -> None:
    delivery.state = DELIVERY_FLOW[DeliveryState(delivery.state), event]
    delivery.trouble, delivery.next_at = trouble, next_at
    delivery.sent_at = sent_at or delivery.sent_at
    delivery.save(update_fields=["state", "tries", "trouble", "last_status", "next_at", "sent_at"])
