"""The outbox of a body: every message told, and what became of it."""

from __future__ import annotations

from django.db import models

from moyai.notices.rules import SUBJECT_LENGTH, State
from moyai.tenants.public import BodyRow


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
