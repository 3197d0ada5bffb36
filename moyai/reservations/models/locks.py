"""スマートロック: locks that are told who may come in and when, and what they were told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from moyai.reservations.models.bookings import Booking
from moyai.reservations.models.masters import Room
from moyai.tenants.public import BodyRow, SameBody


class Lock(BodyRow):
    """錠 — a receiver that opens doors. Rooms name it by its `code` (`Room.lock`); one may open several rooms.

    The secret is not kept: it is derived from the installation's key, the body and `salt`; a new salt is a new
    secret, and the one before it signs along for a day.
    """

    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500)
    lead_minutes = models.PositiveSmallIntegerField(default=10)  # opens so long before the use
    lag_minutes = models.PositiveSmallIntegerField(default=10)  # … and closes so long after it
    show_hours = models.PositiveSmallIntegerField(
        default=24
    )  # the user sees the code so long before it opens
    digits = models.PositiveSmallIntegerField(default=6)
    after_payment = models.BooleanField(default=True)  # no way in before the fee is paid
    active = models.BooleanField(default=True)
    salt = models.CharField(max_length=32)
    old_salt = models.CharField(max_length=32, default="", blank=True)
    rotated_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "code"], name="lock_code_once"),
            models.CheckConstraint(
                condition=Q(digits__gte=4) & Q(digits__lte=10), name="lock_digits_are_four_to_ten"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LockWindow(BodyRow):
    """入室の時間帯 — from when to when the user of a booking may come in, and with which code.

    The code is derived like the secret: neither it nor anything it could be worked out from is in the database.
    `sequence` rises with everything the lock is told about it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("有効")
        REVOKED = "revoked", _("取消し")

    booking = SameBody(Booking, on_delete=models.PROTECT, related_name="lock_windows", index=False)
    lock = SameBody(Lock, on_delete=models.PROTECT, related_name="windows", index=False)
    room = SameBody(Room, on_delete=models.PROTECT, related_name="lock_windows", index=False)
    key = models.CharField(max_length=40)  # as the lock knows it: nobody's booking number
    salt = models.CharField(max_length=32)
    digits = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    show_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)  # its user was told that the code can be seen
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "booking"], name="one_window_of_a_booking"),
            models.UniqueConstraint(fields=["body", "key"], name="window_key_once"),
        ]
        indexes = [
            models.Index(fields=["body", "lock", "closes_at"], name="windows_of_lock"),
            models.Index(
                fields=["body", "show_at"],
                condition=Q(told_at__isnull=True, state="open"),
                name="windows_to_tell",
            ),
        ]


class LockMessage(BodyRow):
    """錠への知らせ — one message to a lock. `next_at` is set exactly while it is queued.

    A later message about the same window to the same lock passes an earlier one that still waits.
    """

    across = ("id", "body_id", "state", "next_at")

    class Kind(models.TextChoices):
        OPEN = "open", _("入室できる時間")
        REVOKE = "revoke", _("取消し")
        TRIAL = "trial", _("試し")

    class State(models.TextChoices):
        QUEUED = "queued", _("送信待ち")
        SENT = "sent", _("送信済")
        FAILED = "failed", _("送れない")
        HELD = "held", _("停止中")
        PASSED = "passed", _("不要")  # a later one says more, or its time is over

    FLOW = {
        (State.QUEUED, "take"): State.SENT,
        (State.QUEUED, "try_again"): State.QUEUED,
        (State.QUEUED, "give_up"): State.FAILED,
        (State.QUEUED, "hold"): State.HELD,
        (State.QUEUED, "pass"): State.PASSED,
        (State.HELD, "release"): State.QUEUED,
        (State.HELD, "pass"): State.PASSED,
        (State.FAILED, "resend"): State.QUEUED,
        (State.FAILED, "pass"): State.PASSED,
        (State.SENT, "resend"): State.QUEUED,
    }
    WAITING = (State.QUEUED, State.HELD, State.FAILED)

    lock = SameBody(Lock, on_delete=models.PROTECT, related_name="messages", index=False)
    window = SameBody(LockWindow, on_delete=models.PROTECT, related_name="messages", null=True)
    room = SameBody(Room, on_delete=models.PROTECT, related_name="lock_messages", null=True, index=False)
    event_id = models.CharField(max_length=40)  # the same at every try
    kind = models.CharField(max_length=6, choices=Kind.choices)
    sequence = models.PositiveIntegerField(default=0)
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=6, choices=State.choices, default=State.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=40, default="", blank=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "event_id"], name="lock_told_once"),
            models.UniqueConstraint(
                fields=["body", "window", "sequence"],
                condition=Q(window__isnull=False),
                name="lock_sequence_once",
            ),
            models.CheckConstraint(
                condition=Q(state="queued", next_at__isnull=False)
                | (~Q(state="queued") & Q(next_at__isnull=True)),
                name="lock_message_waits_while_queued",
            ),
            models.CheckConstraint(
                condition=Q(kind="trial", window__isnull=True)
                | (
                    ~Q(kind="trial")
                    & Q(window__isnull=False, opens_at__isnull=False, closes_at__isnull=False)
                ),
                name="lock_message_is_of_a_window",
            ),
        ]
        indexes = [
            models.Index(fields=["body", "lock", "-id"], name="lock_messages_by_lock"),
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="lock_messages_due"),
        ]
