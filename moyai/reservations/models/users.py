"""Who may use a body's facilities: registered persons and groups, their standing, and who is one and the same."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from moyai.tenants.public import BodyRow, SameBody


class Registration(BodyRow):
    """利用者登録 — a person or a group at one body: class, approval, expiry. One account may have one at many bodies.

    `person_key` is the same for registrations of one and the same person (a group: of its representative), by
    birthday and name, or because staff joined them (`joined`): such registrations share one lottery ticket and the
    limits of one person.
    """

    across = (
        "id", "body_id", "kind", "state", "resident_class", "registered_on", "valid_until", "ended_on", "past",
    )  # fmt: skip

    class Kind(models.TextChoices):
        PERSON = "person", _("個人")
        GROUP = "group", _("団体")

    class Class(models.TextChoices):
        RESIDENT = "resident", _("市内")  # 在住
        WORKER = "worker", _("在勤")
        STUDENT = "student", _("在学")
        OUTSIDE = "outside", _("市外")

    class State(models.TextChoices):
        PENDING = "pending", _("未承認")
        ACTIVE = "active", _("通常")
        SUSPENDED = "suspended", _("停止")
        REFUSED = "refused", _("不承認")
        STRUCK = "struck", _("抹消")

    FLOW = {
        (State.PENDING, "approve"): State.ACTIVE,
        (State.PENDING, "refuse"): State.REFUSED,
        (State.ACTIVE, "suspend"): State.SUSPENDED,
        (State.SUSPENDED, "resume"): State.ACTIVE,
        (State.ACTIVE, "strike"): State.STRUCK,
        (State.SUSPENDED, "strike"): State.STRUCK,
        (State.PENDING, "give_up"): State.STRUCK,
        (State.ACTIVE, "give_up"): State.STRUCK,
        (State.REFUSED, "apply"): State.PENDING,
        (State.STRUCK, "apply"): State.PENDING,
    }

    account_id = models.BigIntegerField(null=True)  # people.Account; none: known at the counter only
    number = models.CharField(max_length=12)  # 利用者番号: not sequential
    kind = models.CharField(max_length=6, choices=Kind.choices)
    name = models.CharField(max_length=100)
    kana = models.CharField(max_length=200)
    representative = models.CharField(max_length=100, default="", blank=True)  # of a group
    representative_kana = models.CharField(max_length=200, default="", blank=True)
    born_on = models.DateField(null=True)  # of the person or the representative
    postal_code = models.CharField(max_length=7, default="", blank=True)
    address = models.CharField(max_length=200)
    phone = models.CharField(max_length=20)
    email = models.CharField(max_length=254, default="", blank=True)
    resident_class = models.CharField(max_length=8, choices=Class.choices)
    class_until = models.DateField(null=True)  # 在勤・在学 is proved until; then 市外
    members = models.PositiveIntegerField(default=1)
    relief = models.CharField(max_length=20, default="", blank=True)  # 減免区分 of the fees policy
    state = models.CharField(max_length=9, choices=State.choices)
    registered_on = models.DateField(null=True)  # approved
    valid_until = models.DateField(null=True)
    ended_on = models.DateField(null=True)  # 抹消 of the term that began on registered_on
    # Terms before that one, [first day, last day]: how many were registered on a past day stays what it was.
    past = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    suspended_until = models.DateField(null=True)
    why = models.CharField(max_length=200, default="", blank=True)  # of a refusal, suspension, striking
    person_key = models.CharField(max_length=64)
    joined = models.CharField(max_length=64, default="", blank=True)  # key given by staff to all that are one
    search_key = models.CharField(max_length=300, db_collation="C", default="", blank=True)  # of kana
    name_key = models.CharField(max_length=100, db_collation="C", default="", blank=True)
    address_key = models.CharField(max_length=200, db_collation="C", default="", blank=True)
    asked_at = models.DateTimeField()
    channel = models.CharField(max_length=10)
    wanted = models.JSONField(null=True)  # a change or renewal asked for, until staff answer
    wanted_at = models.DateTimeField(null=True)
    by_points = models.BooleanField(default=False)  # suspended by penalty points: ends by itself
    reminded_for = models.DateField(null=True)  # the end of validity or proof that was reminded of
    calendar_key = models.CharField(
        max_length=32, default="", blank=True
    )  # of the link to its calendar; none: no link
    version = models.PositiveIntegerField(default=1)
    keep_until = models.DateField(null=True)
    forgotten_on = models.DateField(null=True)  # personal data emptied after the time it is kept

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "number"], name="registration_number_once"),
            models.UniqueConstraint(
                fields=["body", "account_id", "kind", "name"],
                condition=Q(account_id__isnull=False) & ~Q(state__in=["refused", "struck"]),
                name="account_registers_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(valid_until__isnull=False),
                name="active_registration_expires",
            ),
        ]
        indexes = [
            models.Index(fields=["body", "account_id"], name="registrations_of_account"),
            models.Index(fields=["body", "person_key"], name="registrations_of_person"),
            models.Index(fields=["body", "search_key"], name="registrations_by_name"),
            models.Index(fields=["body", "state", "id"], name="registrations_by_state"),
            models.Index(fields=["body", "name_key"], name="registrations_by_name_key"),
            models.Index(fields=["body", "phone"], name="registrations_by_phone"),
            models.Index(fields=["body", "address_key"], name="registrations_by_address"),
            models.Index(fields=["body", "joined"], condition=~Q(joined=""), name="registrations_joined"),
            models.Index(
                fields=["body", "wanted_at"],
                condition=Q(wanted_at__isnull=False),
                name="registrations_wanting",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def one_person(self) -> str:
        """The key under which tickets and limits count."""
        return self.joined or self.person_key


class GroupMember(BodyRow):
    """構成員 — of a group: two groups that share most members count as one where the policy says so."""

    registration = SameBody(Registration, on_delete=models.PROTECT, related_name="people")
    name = models.CharField(max_length=100)
    kana = models.CharField(max_length=200)
    born_on = models.DateField(null=True)
    inside = models.BooleanField(default=True)  # 市内在住・在勤・在学
    person_key = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["body", "person_key"], name="members_who_are_one")]


class Penalty(BodyRow):
    """違反点 — in tenths of a point (5 is half a point), until it lapses or is taken back (天候 …)."""

    class Why(models.TextChoices):
        NO_SHOW = "no_show", _("無断不使用")
        LATE_CANCEL = "late_cancel", _("直前の取消し")
        BREACH = "breach", _("決まりの違反")

    registration = SameBody(Registration, on_delete=models.PROTECT, related_name="penalties", index=False)
    booking_id = models.BigIntegerField(null=True)
    why = models.CharField(max_length=11, choices=Why.choices)
    tenths = models.PositiveSmallIntegerField()
    given_on = models.DateField()
    lapses_on = models.DateField()
    given_by = models.CharField(max_length=60)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_why = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "booking_id", "why"],
                condition=Q(booking_id__isnull=False),
                name="one_penalty_per_booking",
            )
        ]
        indexes = [models.Index(fields=["body", "registration", "lapses_on"], name="penalties_in_force")]
