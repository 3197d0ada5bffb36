"""The outbox of a body: every message told to a person, every event told to a machine, and what became of it."""

from __future__ import annotations

from django.db import models

from moyai.notices.rules.messages import SUBJECT_LENGTH, State
from moyai.notices.rules.webhooks import LONGEST_URL, DeliveryState
from moyai.tenants.public import BodyRow, SameBody


class Message(BodyRow):
    """通知 — one message to one person about one thing, as it was written.

    `about_kind` and `about_id` name the thing; there is no key, for notices lie below every service.
    `next_try_at` is set exactly while the message is queued. `trouble` is a code, never a server's text:
    servers repeat the address in it. Once `forgotten_at` is set, no address, name or word is left.
    """

    across = ("id", "body_id", "kind", "state", "next_try_at")

    kind = models.CharField(max_length=80)
    about_kind = models.CharField(max_length=60)
    about_id = models.BigIntegerField()
    to_email = models.CharField(max_length=254, default="")
    to_account_id = models.BigIntegerField(null=True)
    to_name = models.CharField(max_length=200, default="")
    language = models.CharField(max_length=8, default="ja")
    subject = models.CharField(max_length=SUBJECT_LENGTH)
    text = models.TextField()
    state = models.CharField(max_length=8)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=40, default="")
    told_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in State]), name="message_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="queued", next_try_at__isnull=False)
                | (~models.Q(state="queued") & models.Q(next_try_at__isnull=True)),
                name="message_waits_while_queued",
            ),
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at__isnull=True)),
                name="message_is_sent_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["body", "about_kind", "about_id"], name="message_by_thing"),
            models.Index(fields=["body", "state", "id"], name="message_by_state"),
            models.Index(
                fields=["next_try_at"], condition=models.Q(next_try_at__isnull=False), name="message_due"
            ),
        ]


class Webhook(BodyRow):
    """他のシステムへの知らせ — a receiver outside, told of the events it asked for.

    The secret is not kept: it is derived from the installation's key, the body and `salt`; a new salt is a new
    secret, and the one before it signs along for a day.
    """

    name = models.CharField(max_length=100)
    url = models.CharField(max_length=LONGEST_URL)
    kinds = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    salt = models.CharField(max_length=32)
    old_salt = models.CharField(max_length=32, default="")
    rotated_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=200)
    made_by_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Delivery(BodyRow):
    """知らせの送信 — one event for one receiver: ids and states only, never what they are about.

    `event_id` is the same at every try and for every receiver of the event. `next_at` is set exactly while queued.
    """

    across = ("id", "body_id", "state", "next_at")

    webhook = SameBody(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    event_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=80)
    about_kind = models.CharField(max_length=60)
    about_id = models.BigIntegerField()
    payload = models.JSONField()
    state = models.CharField(max_length=8, default=DeliveryState.QUEUED.value)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=40, default="")
    last_status = models.PositiveSmallIntegerField(null=True)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "webhook", "event_id"], name="event_told_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in DeliveryState]), name="delivery_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="queued", next_at__isnull=False)
                | (~models.Q(state="queued") & models.Q(next_at__isnull=True)),
                name="delivery_waits_while_queued",
            ),
        ]
        indexes = [
            models.Index(fields=["body", "webhook", "-id"], name="delivery_by_webhook"),
            models.Index(fields=["body", "about_kind", "about_id"], name="delivery_by_thing"),
            models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="delivery_due"),
        ]
