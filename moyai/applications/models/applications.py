"""Applications on their way and as they arrived."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from moyai.applications import flow
from moyai.applications.models.procedures import FormEdition, Procedure
from moyai.tenants.public import BodyRow, SameBody


class Application(BodyRow):
    """申請 — what arrived. Bound to its edition for ever; the secret is kept only as a keyed hash."""

    across: ClassVar[tuple[str, ...]] = ("id", "body_id", "procedure_id", "status", "received_on", "channel")

    class Channel(models.TextChoices):
        INTERNET = "internet", _("インターネット")
        API = "api", _("API")
        COUNTER = "counter", _("窓口")
        POST = "post", _("郵送")
        KIOSK = "kiosk", _("会場の端末")

    class Payment(models.TextChoices):
        NONE = "none", _("不要")
        WAITING = "waiting", _("支払待ち")
        PAID = "paid", _("納付済")

    procedure = SameBody(Procedure, on_delete=models.PROTECT, related_name="applications", index=False)
    edition = SameBody(FormEdition, on_delete=models.PROTECT, related_name="applications", index=False)
    public_number = models.CharField(max_length=12)  # 整理番号
    secret_hash = models.CharField(max_length=64)  # パスワード, keyed hash
    form_token = models.CharField(max_length=64)  # hash of the one-time token: a second click is harmless
    answers = models.JSONField()
    calculated = models.JSONField(default=dict)
    answers_sha256 = models.CharField(max_length=64)
    fee_yen = models.BigIntegerField(default=0)
    payment = models.CharField(max_length=8, choices=Payment.choices, default=Payment.NONE)
    pay_token = models.CharField(max_length=64, default="", blank=True)  # of money's pay page
    paid_at = models.DateTimeField(null=True)
    applicant = models.CharField(max_length=100, default="", blank=True)  # exactly as given
    applicant_email = models.CharField(max_length=254, default="", blank=True)
    name_key = models.CharField(max_length=100, default="", blank=True, db_collation="C")
    kana_key = models.CharField(max_length=100, default="", blank=True, db_collation="C")
    status = models.CharField(max_length=10)
    outcome = models.CharField(max_length=10, default="", blank=True)  # what was decided
    open = models.BooleanField()  # somebody still has to act; kept equal to the status by a constraint
    received_at = models.DateTimeField()
    received_on = models.DateField()
    due_on = models.DateField()
    status_since = models.DateTimeField()
    stopped_on = models.DateField(null=True)  # the clock of 標準処理期間 stands still since
    assignee_id = models.BigIntegerField(null=True)
    assignee_name = models.CharField(max_length=60, default="", blank=True)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.INTERNET)
    version = models.PositiveIntegerField(default=1)
    account_id = models.BigIntegerField(null=True)  # of the applicant, when signed in
    identity = models.JSONField(default=dict)  # how the applicant was known: {"kind", …}
    given = models.JSONField(default=dict)  # facts the form was given (先の申請, 事前登録, アカウント)
    once_key = models.CharField(
        max_length=64, default="", blank=True
    )  # hash: one standing application per key
    case_number = models.CharField(max_length=30, default="", blank=True)  # 受験番号 …
    parent = SameBody("self", on_delete=models.PROTECT, related_name="children", null=True, index=False)
    mandate = SameBody(
        "applications.Mandate", on_delete=models.PROTECT, related_name="applications", null=True, index=False
    )
    language = models.CharField(max_length=8, default="ja")
    pay_until = models.DateField(null=True)
    extended_on = models.DateField(null=True)  # 延長 was made and told
    closed_on = models.DateField(null=True)  # the day it stopped being open
    keep_until = models.DateField(null=True)  # 保存期間の満了日: may be deleted after this day
    held = models.BooleanField(default=False)  # 保留: not deleted while it stands
    changed_by = models.CharField(max_length=60, default="", blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "public_number"], name="application_number_once"),
            models.UniqueConstraint(fields=["body", "form_token"], name="application_submitted_once"),
            models.CheckConstraint(
                condition=Q(open=True, status__in=sorted(flow.OPEN))
                | Q(open=False) & ~Q(status__in=sorted(flow.OPEN)),
                name="application_open_follows_status",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[s for s in flow.STATUSES if s != flow.DRAFT]),
                name="application_status_is_known",
            ),
            models.UniqueConstraint(
                fields=["body", "procedure", "once_key"],
                condition=~Q(once_key="") & ~Q(status__in=sorted(flow.UNDONE)),
                name="one_standing_application_per_key",
            ),
            models.CheckConstraint(condition=Q(fee_yen__gte=0), name="application_fee_is_not_negative"),
        ]
        # Every list of the inbox reads one of these from its first row, however many rows and bodies there
        # are. Only operators that PostgreSQL may run before the wall's check (=, <, > on these types).
        indexes = [
            models.Index(
                fields=["body", "account_id", "id"],
                condition=Q(account_id__isnull=False),
                name="applications_of_account",
            ),
            models.Index(
                fields=["body", "parent"], condition=Q(parent__isnull=False), name="applications_of_parent"
            ),
            models.Index(
                fields=["body", "keep_until", "id"],
                condition=Q(keep_until__isnull=False),
                name="applications_by_end",
            ),
            models.Index(
                fields=["body", "pay_until", "id"],
                condition=Q(open=True, payment="waiting"),
                name="applications_unpaid",
            ),
            models.Index(fields=["body", "due_on", "id"], condition=Q(open=True), name="inbox_due"),
            models.Index(
                fields=["body", "assignee_id", "due_on", "id"],
                condition=Q(open=True),
                name="inbox_assignee_due",
            ),
            models.Index(
                fields=["body", "status", "due_on", "id"], condition=Q(open=True), name="inbox_status_due"
            ),
            models.Index(
                fields=["body", "procedure", "due_on", "id"],
                condition=Q(open=True),
                name="inbox_procedure_due",
            ),
            models.Index(fields=["body", "received_on", "id"], name="applications_received"),
            models.Index(fields=["body", "procedure", "received_on", "id"], name="applications_by_procedure"),
            models.Index(
                fields=["body", "name_key"], condition=~Q(name_key=""), name="applications_name_key"
            ),
            models.Index(
                fields=["body", "kana_key"], condition=~Q(kana_key=""), name="applications_kana_key"
            ),
        ]

    def __str__(self) -> str:
        return self.public_number


class Draft(BodyRow):
    """下書き — answers on their way, found by an unguessable link and a code; nobody has to sign in."""

    procedure = SameBody(Procedure, on_delete=models.PROTECT, related_name="drafts", index=False)
    edition = SameBody(FormEdition, on_delete=models.PROTECT, related_name="drafts", index=False)
    application = SameBody(
        Application, on_delete=models.PROTECT, related_name="drafts", null=True, index=False
    )
    token_hash = models.CharField(max_length=64)
    answers = models.JSONField(default=dict)
    pages_done = models.JSONField(default=list)
    page = models.CharField(max_length=60, default="", blank=True)  # where to go on
    lost = models.JSONField(default=list, blank=True)  # [{label, value}] a new edition has no place for
    saved_at = models.DateTimeField(null=True)  # when the resident asked to save and go away
    account_id = models.BigIntegerField(null=True)
    identity = models.JSONField(default=dict)  # how the applicant is known so far
    given = models.JSONField(default=dict)
    parent = SameBody(Application, on_delete=models.PROTECT, related_name="+", null=True, index=False)
    mandate = SameBody(
        "applications.Mandate", on_delete=models.PROTECT, related_name="+", null=True, index=False
    )
    record = SameBody(
        "applications.Record", on_delete=models.PROTECT, related_name="+", null=True, index=False
    )
    expires_at = models.DateTimeField()
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "token_hash"], name="draft_token_once")]
        indexes = [
            models.Index(fields=["body", "expires_at"], name="drafts_by_expiry"),
            models.Index(
                fields=["body", "account_id"], condition=Q(account_id__isnull=False), name="drafts_of_account"
            ),
        ]


class Attachment(BodyRow):
    """添付 — an upload that belongs to a field of a draft and, once submitted, of its application."""

    draft = SameBody(Draft, on_delete=models.PROTECT, related_name="attachments", null=True, index=False)
    application = SameBody(
        Application, on_delete=models.PROTECT, related_name="attachments", null=True, index=False
    )
    upload = SameBody("documents.Upload", on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=120)  # stable path of the field, with the row where it repeats
    name = models.CharField(max_length=255)
    width_px = models.PositiveIntegerField(null=True)  # of a picture
    height_px = models.PositiveIntegerField(null=True)
    kept_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["body", "draft"], name="attachments_of_draft"),
            models.Index(fields=["body", "application"], name="attachments_of_application"),
        ]
