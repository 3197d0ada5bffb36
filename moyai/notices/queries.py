"""Reads of the outbox."""

from __future__ import annotations

from django.db.models import Count, Exists, Model, OuterRef, QuerySet

from moyai.audit.public import check_permit
from moyai.notices.models import Delivery, Message, Webhook
from moyai.notices.permits import PERMITS
from moyai.notices.rules.messages import State
from moyai.notices.rules.webhooks import DeliveryState
from moyai.tenants.public import Actor, body_of, current_body

PAGE = 50


def notices_about(thing: Model) -> list[Message]:
    """通知の履歴 of a thing, newest first. The caller has made sure that the reader may see the thing."""
    body = body_of(current_body())
    return list(
        Message.objects.of(body)
        .filter(about_kind=thing._meta.label_lower, about_id=thing.pk)
        .order_by("-id")[:PAGE]
    )


def outbox(*, actor: Actor, state: State | None = None, before: int | None = None) -> list[Message]:
    """A page of the body's outbox, newest first, without the texts; one row more than PAGE tells that it goes on."""
    check_permit(actor, "notices.view", PERMITS)
    rows: QuerySet[Message] = Message.objects.of(body_of(actor.body)).defer("text")
    if state is not None:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[: PAGE + 1])


def waiting_counts(*, actor: Actor) -> dict[str, int]:
    """How many messages are queued and failed: the two that ask for a look."""
    check_permit(actor, "notices.view", PERMITS)
    rows = (
        Message.objects.of(body_of(actor.body))
        .filter(state__in=[State.QUEUED, State.FAILED])
        .values_list("state")
        .annotate(n=Count("id"))
    )
    return {State.QUEUED.value: 0, State.FAILED.value: 0} | dict(rows.order_by("state"))


def message(*, actor: Actor, message_id: int) -> Message | None:
    """One message of the body, or None."""
    check_permit(actor, "notices.view", PERMITS)
    found: Message | None = Message.objects.of(body_of(actor.body)).filter(id=message_id).first()
    return found


def webhooks(*, actor: Actor) -> list[tuple[Webhook, bool]]:
    """知らせ先 of the body by name, each with whether something for it has failed."""
    check_permit(actor, "notices.view_webhooks", PERMITS)
    body = body_of(actor.body)
    failed = Delivery.objects.of(body).filter(webhook_id=OuterRef("pk"), state=DeliveryState.FAILED)
    rows = Webhook.objects.of(body).annotate(failed=Exists(failed)).order_by("name", "id")
    return [(row, row.failed) for row in rows]


def webhook(*, actor: Actor, webhook_id: int) -> Webhook | None:
    check_permit(actor, "notices.view_webhooks", PERMITS)
    found: Webhook | None = Webhook.objects.of(body_of(actor.body)).filter(pk=webhook_id).first()
    return found


def deliveries(*, actor: Actor, webhook: Webhook, before: int | None = None) -> list[Delivery]:
    """A page of what was sent to a receiver, newest first; one row more than PAGE tells that it goes on."""
    check_permit(actor, "notices.view_webhooks", PERMITS)
    rows = Delivery.objects.of(body_of(actor.body)).filter(webhook=webhook).defer("payload")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[: PAGE + 1])


def delivery(*, actor: Actor, webhook: Webhook, delivery_id: int) -> Delivery | None:
    check_permit(actor, "notices.view_webhooks", PERMITS)
    found: Delivery | None = (
        Delivery.objects.of(body_of(actor.body)).filter(webhook=webhook, pk=delivery_id).first()
    )
    return found
