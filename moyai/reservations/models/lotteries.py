"""Rounds of a lottery, who entered them with which wishes, and what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from moyai.reservations.models.bookings import Booking
from moyai.reservations.models.masters import Facility, Room
from moyai.reservations.models.users import Registration
from moyai.tenants.public import BodyRow, SameBody


class Round(BodyRow):
    """抽選回 — entries from–until for uses from–to, frozen, drawn by a public value, published, confirmed."""

    across = (
        "id", "body_id", "kind", "state", "enter_from", "enter_until", "for_from", "for_until", "entries",
    )  # fmt: skip

    class Kind(models.TextChoices):
        MONTHLY = "monthly", _("定例の抽選")
        RELEASE = "release", _("取消し分の抽選")  # the first ten minutes after a release

    class Mode(models.TextChoices):
        PERSON = "person", _("人ごと（当選数の上限つき）")
        WISH = "wish", _("希望順位ごと")
        SLOT = "slot", _("枠ごと")

    class SeedKind(models.TextChoices):
        DRAND = "drand", _("公開乱数（drand）")
        OFFICIALS = "officials", _("職員2人の立会い（さいころ・宝くじ）")
        COMMITMENT = "commitment", _("事前に封印した値")  # only of RELEASE

    class State(models.TextChoices):
        OPEN = "open", _("予定・受付中")
        FROZEN = "frozen", _("名簿確定")
        DRAWN = "drawn", _("抽選済")
        CLOSED = "closed", _("確定済")
        CALLED_OFF = "called_off", _("中止")

    FLOW = {
        (State.OPEN, "freeze"): State.FROZEN,
        (State.FROZEN, "draw"): State.DRAWN,
        (State.DRAWN, "close"): State.CLOSED,
        (State.OPEN, "call_off"): State.CALLED_OFF,
    }

    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.MONTHLY)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    title = models.CharField(max_length=100)
    label = models.CharField(max_length=80)  # part of every ticket
    mode = models.CharField(max_length=6, choices=Mode.choices, default=Mode.PERSON)
    win_cap = models.PositiveSmallIntegerField(default=1)  # wins per person
    wishes = models.PositiveSmallIntegerField(default=3)  # ranked wishes of one entry
    entry_cap = models.PositiveSmallIntegerField(default=1)  # entries per person
    groups_first = models.BooleanField(default=False)
    classes_first = models.JSONField(default=list)  # resident classes in order of priority; the rest after
    for_from = models.DateField()
    for_until = models.DateField()
    enter_from = models.DateTimeField()
    enter_until = models.DateTimeField()  # first instant at which none is let in
    confirm_until = models.DateTimeField(null=True)  # null: a win needs no confirmation
    promote_hours = models.PositiveSmallIntegerField(default=72)  # a promoted 補欠 answers within
    seed_kind = models.CharField(max_length=10, choices=SeedKind.choices, default=SeedKind.OFFICIALS)
    seed_source = models.CharField(max_length=200)  # declared before the entries end
    beacon_round = models.BigIntegerField(null=True)
    commitment = models.CharField(max_length=64, default="", blank=True)
    salt = models.CharField(
        max_length=64, default="", blank=True
    )  # the sealed seed comes from it and our key
    seed = models.CharField(max_length=128, default="", blank=True)
    seed_by = models.JSONField(default=list)  # the two officials: {"id", "name"}
    entries = models.PositiveIntegerField(default=0)
    root = models.CharField(max_length=64, default="", blank=True)
    units = models.JSONField(
        default=dict
    )  # units of its rooms at the freeze, as published: {unit: {name, parts}}
    taken = models.JSONField(
        default=list
    )  # cells already occupied at the freeze, as published: [part, day, cell]
    seed_used = models.CharField(
        max_length=10, default="", blank=True
    )  # SeedKind that gave the seed; the fallback too
    beacon = models.JSONField(null=True)  # {"chain", "round", "signature"} the seed comes from
    frozen_at = models.DateTimeField(null=True)
    drawn_at = models.DateTimeField(null=True)
    booked_at = models.DateTimeField(
        null=True
    )  # all its winners are booked; before that its places are given
    forgotten_on = models.DateField(null=True)  # who entered is cut off; what was published stays
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "label"], name="round_label_once"),
            models.CheckConstraint(condition=Q(enter_until__gt=F("enter_from")), name="round_lasts"),
            models.CheckConstraint(condition=Q(for_until__gte=F("for_from")), name="round_is_for_days"),
        ]
        indexes = [models.Index(fields=["body", "state", "enter_until"], name="rounds_by_state")]


class RoundRoom(BodyRow):
    """抽選の対象 — a room whose uses in the days of the round are given by it."""

    across = ("id", "body_id", "round_id", "room_id")

    round = SameBody(Round, on_delete=models.PROTECT, related_name="rooms", index=False)
    room = SameBody(Room, on_delete=models.PROTECT, related_name="rounds")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "round", "room"], name="room_once_in_a_round")]


class RoundFiles(BodyRow):
    """公表した一式 — the ZIP of a round as published: the list at the freeze, the result after the draw. Never changed."""

    class Stage(models.TextChoices):
        LIST = "list", _("名簿")
        RESULT = "result", _("結果")

    round = SameBody(Round, on_delete=models.PROTECT, related_name="files", index=False)
    stage = models.CharField(max_length=6, choices=Stage.choices)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "round", "stage"], name="files_of_a_round_once")
        ]


class OrderPage(BodyRow):
    """順番の頁 — which entries stand in the published order from rank `first` on, a hundred of them.

    What an index over the ranks would be. Every entry gets its rank and state in one statement: where no index is over
    these columns, and every page of the table has room, PostgreSQL writes the rows alone and none of the entry's indexes.
    """

    ROWS = 100

    round = SameBody(Round, on_delete=models.PROTECT, related_name="order_pages", index=False)
    first = models.PositiveIntegerField()  # 1, 101, 201 …
    entries = models.JSONField()  # ids of entries

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "round", "first"], name="page_of_the_order_once")
        ]


class Entry(BodyRow):
    """抽選申込 — one registration's ranked wishes in a round.

    `wishes`: [{"room", "combination", "day", "starts", "ends", "frames"}, …] by rank, ids of rows. `ticket_id` is the
    pseudonym in the published list, made anew for every round; all entries of one person share its first part
    (`p3K….2`), so that a person holds one ticket however often he is registered.

    No index is over `state`, `rank`, `won_wish` or `changed_at`: see `OrderPage`.
    """

    across = ("id", "body_id", "round_id", "facility_id", "state", "channel", "made_on")

    class State(models.TextChoices):
        ENTERED = "entered", _("抽選待ち")
        WITHDRAWN = "withdrawn", _("取下げ")
        WON = "won", _("当選")
        WAITING = "waiting", _("補欠")
        LOST = "lost", _("落選")
        OFFERED = "offered", _("繰上げの案内中")
        CONFIRMED = "confirmed", _("確定")
        FORFEITED = "forfeited", _("失効")

    FLOW = {
        (State.ENTERED, "withdraw"): State.WITHDRAWN,
        (State.ENTERED, "win"): State.WON,
        (State.ENTERED, "wait"): State.WAITING,
        (State.ENTERED, "lose"): State.LOST,
        (State.WON, "confirm"): State.CONFIRMED,
        (State.WON, "forfeit"): State.FORFEITED,
        (State.WAITING, "offer"): State.OFFERED,
        (State.WAITING, "withdraw"): State.WITHDRAWN,
        (State.WAITING, "lose"): State.LOST,
        (State.OFFERED, "confirm"): State.CONFIRMED,
        (State.OFFERED, "forfeit"): State.FORFEITED,
    }

    round = SameBody(Round, on_delete=models.PROTECT, related_name="entered", index=False)
    registration = SameBody(Registration, on_delete=models.PROTECT, related_name="entries")
    one_person = models.CharField(max_length=64)
    facility = SameBody(Facility, on_delete=models.PROTECT, related_name="entries", index=False)  # of wish 1
    number = models.CharField(max_length=12)
    ticket_id = models.CharField(max_length=40)
    group = models.BooleanField(default=False)
    resident_class = models.CharField(max_length=8)
    wishes = models.JSONField()
    purpose = models.CharField(max_length=20, default="", blank=True)
    people = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.ENTERED)
    channel = models.CharField(max_length=10)
    made_at = models.DateTimeField()
    made_on = models.DateField()
    made_by = models.CharField(max_length=60, default="", blank=True)
    rank = models.PositiveIntegerField(null=True)  # place in the published order, from 1
    won_wish = models.PositiveSmallIntegerField(null=True)  # from 1
    booking = SameBody(Booking, on_delete=models.PROTECT, related_name="entries", null=True, index=False)
    answer_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "number"], name="entry_number_once"),
            models.UniqueConstraint(fields=["body", "round", "ticket_id"], name="ticket_once_in_a_round"),
        ]
        indexes = [
            models.Index(fields=["body", "round", "one_person"], name="entries_of_person"),
            models.Index(fields=["body", "made_on", "facility"], name="entries_by_made_on"),
            models.Index(
                fields=["body", "answer_until"],
                condition=Q(answer_until__isnull=False),
                name="entries_to_answer",
            ),
        ]
