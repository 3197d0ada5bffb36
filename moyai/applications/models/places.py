"""Seats and budgets: what there is of a thing, who holds or waits for it, and the draw of a lottery."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from moyai.applications.models.applications import Application, Draft
from moyai.applications.models.procedures import Procedure
from moyai.tenants.public import BodyRow, SameBody


class Pool(BodyRow):
    """枠 — seats or yen of a procedure under one key: a session, a day's collection, a year's budget.

    `taken` is what is held or taken. It is only ever changed by one UPDATE that refuses to exceed
    `capacity`, and the constraint says so once more.
    """

    class Unit(models.TextChoices):
        SEATS = "seats", _("人・件")
        YEN = "yen", _("円")

    class Mode(models.TextChoices):
        FIRST_COME = "first", _("先着順")
        LOTTERY = "lottery", _("抽選")

    procedure = SameBody(Procedure, on_delete=models.PROTECT, related_name="pools", index=False)
    key = models.CharField(max_length=120)
    label = models.CharField(max_length=120)
    position = models.PositiveIntegerField(default=0)
    unit = models.CharField(max_length=5, choices=Unit.choices, default=Unit.SEATS)
    capacity = models.BigIntegerField()
    taken = models.BigIntegerField(default=0)
    mode = models.CharField(max_length=7, choices=Mode.choices, default=Mode.FIRST_COME)
    waiting_list = models.BooleanField(default=False)
    hold_minutes = models.PositiveSmallIntegerField(default=0)  # 0: nothing is held while filling in
    offer_days = models.PositiveSmallIntegerField(default=3)  # a promoted 補欠 answers within
    draw_at = models.DateTimeField(null=True)  # entries freeze at this instant
    closed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "procedure", "key"], name="pool_key_once"),
            models.CheckConstraint(condition=Q(taken__gte=0), name="pool_taken_is_not_negative"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="pool_is_never_oversold"),
            models.CheckConstraint(
                condition=~Q(mode="lottery") | Q(draw_at__isnull=False), name="lottery_has_its_instant"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Taking(BodyRow):
    """枠の利用 — what one application (or a draft that holds) has of a pool: FLOW says what may follow."""

    class State(models.TextChoices):
        HELD = "held", _("仮押さえ")
        TAKEN = "taken", _("確保")
        WAITING = "waiting", _("補欠")
        OFFERED = "offered", _("繰上げの案内中")
        ENTERED = "entered", _("抽選待ち")
        LOST = "lost", _("落選")
        RELEASED = "released", _("取消し")

    FLOW = {
        (State.HELD, "take"): State.TAKEN,
        (State.HELD, "release"): State.RELEASED,
        (State.TAKEN, "release"): State.RELEASED,
        (State.WAITING, "offer"): State.OFFERED,
        (State.WAITING, "promote"): State.TAKEN,
        (State.WAITING, "release"): State.RELEASED,
        (State.OFFERED, "take"): State.TAKEN,
        (State.OFFERED, "release"): State.RELEASED,
        (State.ENTERED, "win"): State.TAKEN,
        (State.ENTERED, "wait"): State.WAITING,
        (State.ENTERED, "lose"): State.LOST,
        (State.ENTERED, "release"): State.RELEASED,
    }

    pool = SameBody(Pool, on_delete=models.PROTECT, related_name="takings", index=False)
    draft = SameBody(Draft, on_delete=models.PROTECT, related_name="takings", null=True, index=False)
    application = SameBody(
        Application, on_delete=models.PROTECT, related_name="takings", null=True, index=False
    )
    take_id = models.CharField(max_length=40)  # of the form's `takes`
    quantity = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)  # of a hold or an offer
    queue = models.BigIntegerField(null=True)  # order of 補欠: lower comes first
    entry = models.CharField(max_length=40, default="", blank=True)  # pseudonym in the published list

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="taking_is_of_something"),
            models.CheckConstraint(
                condition=Q(application__isnull=False) | Q(draft__isnull=False), name="taking_is_somebodys"
            ),
            models.UniqueConstraint(
                fields=["body", "application", "take_id"],
                condition=Q(application__isnull=False) & ~Q(state="released"),
                name="one_standing_taking_per_application",
            ),
            models.UniqueConstraint(
                fields=["body", "draft", "take_id"],
                condition=Q(application__isnull=True, state="held"),
                name="one_hold_per_draft",
            ),
        ]
        indexes = [
            models.Index(fields=["body", "pool", "state", "queue"], name="takings_of_pool"),
            models.Index(fields=["body", "until"], condition=Q(until__isnull=False), name="takings_ending"),
            models.Index(fields=["body", "application"], name="takings_of_application"),
        ]


class PoolDraw(BodyRow):
    """抽選 — one draw of a pool: the list as frozen, its root, the seed and where it came from, the order."""

    pool = SameBody(Pool, on_delete=models.PROTECT, related_name="draws", index=False)
    label = models.CharField(max_length=80)  # round label, part of every ticket
    seed_source = models.CharField(max_length=200)  # named before the freeze
    entries = models.JSONField(default=list)  # canonical list: "pseudonym|quantity"
    root = models.CharField(max_length=64, default="", blank=True)
    frozen_at = models.DateTimeField(null=True)
    seed = models.CharField(max_length=128, default="", blank=True)
    seed_by = models.JSONField(default=list)  # the two officials who entered it: {"id", "name"}
    places = models.BigIntegerField(null=True)  # how much there was to win
    order = models.JSONField(default=list)  # as drawn: [entry, ticket, outcome]
    drawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "pool", "label"], name="pool_draw_once")]
