"""Bookings, the cells of time they occupy, and what happened to them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from moyai.reservations.models.masters import Combination, Equipment, Facility, Part, Room
from moyai.reservations.models.users import Registration
from moyai.tenants.public import BodyRow, SameBody


class Booking(BodyRow):
    """予約 — a room (or some of its parts) on a day from–to; also what staff keep for themselves or for repairs.

    Minutes of the day, in the body's time (JST). `quote` is the fee with every step as it was worked out.
    """

    across = (
        "id", "body_id", "facility_id", "room_id", "kind", "state", "channel", "day", "made_on", "fee_yen",
        "relief_yen", "from_lottery",
    )  # fmt: skip

    class Kind(models.TextChoices):
        USE = "use", _("利用")
        KEPT = "kept", _("仮押え")  # 優先・行事: kept by staff
        BLOCK = "block", _("保守・休止")
        FREED = "freed", _("取消し後の開放待ち")  # stays taken until its release

    class State(models.TextChoices):
        HELD = "held", _("入力中")
        ASKED = "asked", _("審査待ち")
        BOOKED = "booked", _("予約済")
        USED = "used", _("利用済")
        NO_SHOW = "no_show", _("無断不使用")
        CANCELLED = "cancelled", _("取消し")
        REFUSED = "refused", _("不承認")
        ENDED = "ended", _("期限切れ")  # a hold, an unpaid or an unconfirmed booking

    FLOW = {
        (State.HELD, "ask"): State.ASKED,
        (State.HELD, "book"): State.BOOKED,
        (State.HELD, "end"): State.ENDED,
        (State.ASKED, "approve"): State.BOOKED,
        (State.ASKED, "refuse"): State.REFUSED,
        (State.ASKED, "cancel"): State.CANCELLED,
        (State.BOOKED, "cancel"): State.CANCELLED,
        (State.BOOKED, "end"): State.ENDED,
        (State.BOOKED, "use"): State.USED,
        (State.BOOKED, "miss"): State.NO_SHOW,
        (State.USED, "miss"): State.NO_SHOW,
        (State.NO_SHOW, "use"): State.USED,
        (State.NO_SHOW, "excuse"): State.CANCELLED,
        (State.CANCELLED, "restore"): State.BOOKED,
    }
    STANDING = (State.HELD, State.ASKED, State.BOOKED, State.USED, State.NO_SHOW)

    number = models.CharField(max_length=12)
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.USE)
    state = models.CharField(max_length=9, choices=State.choices)
    registration = SameBody(
        Registration, on_delete=models.PROTECT, related_name="bookings", null=True, index=False
    )
    one_person = models.CharField(max_length=64, default="", blank=True)  # limits count under it
    facility = SameBody(Facility, on_delete=models.PROTECT, related_name="bookings", index=False)
    room = SameBody(Room, on_delete=models.PROTECT, related_name="bookings", index=False)
    combination = SameBody(Combination, on_delete=models.PROTECT, related_name="bookings", index=False)
    day = models.DateField()
    starts = models.PositiveSmallIntegerField()
    ends = models.PositiveSmallIntegerField()
    frames = models.JSONField(default=list)  # codes of コマ, in order; empty where time goes by steps
    weight = models.PositiveSmallIntegerField(default=1)  # コマ, as limits count it
    purpose = models.CharField(max_length=20, default="", blank=True)  # code of Purpose
    title = models.CharField(max_length=100, default="", blank=True)  # 行事名: never public
    people = models.PositiveIntegerField(null=True)
    commercial = models.BooleanField(default=False)  # 営利
    admission_yen = models.PositiveIntegerField(default=0)  # highest 入場料 asked of visitors
    equipment = models.JSONField(default=dict)  # code of Equipment → count
    channel = models.CharField(max_length=10)  # queries.channels.CHANNELS
    made_at = models.DateTimeField()
    made_on = models.DateField()  # JST
    made_by = models.CharField(max_length=60, default="", blank=True)  # staff who booked for another
    held_until = models.DateTimeField(null=True)
    pay_until = models.DateField(null=True)
    confirm_until = models.DateTimeField(null=True)  # a win of a lottery
    fee_yen = models.BigIntegerField(default=0)  # as it stands: after relief, of what is not cancelled
    relief_yen = models.BigIntegerField(default=0)
    quote = models.JSONField(default=dict)
    free_at = models.DateTimeField(null=True)  # FREED: when its cells are let go
    from_lottery = models.BooleanField(default=False)
    entry_id = models.BigIntegerField(null=True)
    permit_id = models.BigIntegerField(null=True)  # documents.Letter: 使用許可書
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    keep_until = models.DateField(null=True)  # 保留: kept at least until, whatever the retention says
    forgotten_on = models.DateField(null=True)  # who it was for is cut off, after the time it is kept

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "number"], name="booking_number_once"),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")) & Q(ends__lte=1440), name="booking_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(fee_yen__gte=0), name="booking_fee_is_not_negative"),
            models.CheckConstraint(
                condition=~Q(kind="use") | Q(registration__isnull=False), name="use_is_somebodys"
            ),
        ]
        indexes = [
            models.Index(fields=["body", "day", "room"], name="bookings_by_day"),
            models.Index(fields=["body", "registration", "day"], name="bookings_of_registration"),
            models.Index(fields=["body", "one_person", "day"], name="bookings_of_person"),
            models.Index(
                fields=["body", "held_until"], condition=Q(held_until__isnull=False), name="bookings_held"
            ),
            models.Index(
                fields=["body", "free_at"], condition=Q(free_at__isnull=False), name="bookings_freed"
            ),
            models.Index(fields=["body", "made_on", "facility"], name="bookings_by_made_on"),
            models.Index(
                fields=["body", "pay_until"], condition=Q(pay_until__isnull=False), name="bookings_unpaid"
            ),
        ]

    @property
    def extension_minutes(self) -> int:
        """延長 — minutes beyond `ends` that were granted and are in the fee; no cell stands for them."""
        return int(self.quote.get("use", {}).get("extension_minutes", 0))


class Slot(BodyRow):
    """利用枠 — a cell of a part on a day, taken by one booking. That it is there means taken; the key is the wall.

    `cell` is the minute of the day at which the コマ or the step begins.
    """

    across = ("id", "body_id", "part_id", "day", "cell", "booking_id")

    part = SameBody(Part, on_delete=models.PROTECT, related_name="slots", index=False)
    day = models.DateField()
    cell = models.PositiveSmallIntegerField()
    booking = SameBody(Booking, on_delete=models.PROTECT, related_name="slots")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "day", "part", "cell"], name="slot_taken_once")
        ]


class EquipmentSlot(BodyRow):
    """備品の利用枠 — one piece of the stock in a cell of a day."""

    equipment = SameBody(Equipment, on_delete=models.PROTECT, related_name="slots", index=False)
    day = models.DateField()
    cell = models.PositiveSmallIntegerField()
    piece = models.PositiveIntegerField()  # 1 … stock
    booking = SameBody(Booking, on_delete=models.PROTECT, related_name="equipment_slots")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "day", "equipment", "cell", "piece"], name="equipment_taken_once"
            )
        ]


class Happening(BodyRow):
    """経過 — what was done to a booking or an entry, by whom and through which channel: its owner sees all of it."""

    registration = SameBody(
        Registration, on_delete=models.PROTECT, related_name="happenings", null=True, index=False
    )
    booking = SameBody(Booking, on_delete=models.PROTECT, related_name="happenings", null=True)
    entry_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    what = models.CharField(max_length=20)
    by = models.CharField(max_length=60)  # 本人, or the name of the office and its staff
    by_staff = models.BooleanField(default=False)
    channel = models.CharField(max_length=10)
    words = models.CharField(max_length=300, default="", blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["body", "registration", "at"], name="happenings_of_registration")]


class Request(BodyRow):
    """伺い — what needs a second person: a fee relief (減免), an override of a rule, a refund beyond the policy."""

    class Kind(models.TextChoices):
        RELIEF = "relief", _("減免")
        OVERRIDE = "override", _("特例の予約")
        REFUND = "refund", _("特例の還付")

    class State(models.TextChoices):
        ASKED = "asked", _("承認待ち")
        GRANTED = "granted", _("承認")
        DECLINED = "declined", _("不承認")

    booking = SameBody(Booking, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    facts = models.JSONField(default=dict)
    reason = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=60)
    asked_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, default="", blank=True)
    decided_by_id = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "booking", "kind"],
                condition=Q(state="asked"),
                name="one_open_request_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True)
                | Q(asked_by_id__isnull=True)
                | ~Q(decided_by_id=F("asked_by_id")),
                name="nobody_grants_his_own_request",
            ),
        ]
        indexes = [
            models.Index(fields=["body", "asked_at"], condition=Q(state="asked"), name="requests_waiting")
        ]
