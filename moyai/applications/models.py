"""Procedures, their form editions, drafts, applications and what was done with them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from moyai.applications import flow
from moyai.tenants.public import BodyRow, SameBody


class Procedure(BodyRow):
    """手続 — one thing a resident can apply for, with what the page of the procedure says."""

    across: ClassVar[tuple[str, ...]] = ("id", "body_id", "registered_on", "retired_on")

    class Identity(models.TextChoices):
        NONE = "none", _("匿名でよい")
        CONTACT = "contact", _("氏名と連絡先")

    class Calendar(models.TextChoices):
        OFFICE = "office", _("開庁日で数える")
        CALENDAR = "calendar", _("暦日で数える")

    class Appeal(models.TextChoices):
        ORDINARY = "ordinary", _("審査請求と取消しの訴えができる")
        NONE = "none", _("不服申立ての対象とならない")

    code = models.SlugField(max_length=40)
    title = models.CharField(max_length=100)
    summary = models.CharField(max_length=200)  # one sentence: who and what for
    category = models.CharField(max_length=30)
    section = models.CharField(max_length=60)  # 担当課
    contact = models.CharField(max_length=200, default="", blank=True)  # 問い合わせ先
    audience = models.CharField(max_length=200, default="", blank=True)  # 対象
    to_prepare = models.TextField(default="", blank=True)  # 用意するもの, a line each
    minutes = models.PositiveSmallIntegerField(default=10)  # 入力時間
    elsewhere = models.TextField(default="", blank=True)  # 窓口・郵送の方法
    legal_basis = models.CharField(max_length=200, default="", blank=True)  # 根拠
    fee_note = models.CharField(max_length=200, default="", blank=True)  # 手数料, in words
    needs_review = models.BooleanField(default=True)
    charges_fee = models.BooleanField(default=False)
    issues_letter = models.BooleanField(default=True)  # 決定通知書 by letter
    identity = models.CharField(max_length=10, choices=Identity.choices, default=Identity.CONTACT)
    processing_days = models.PositiveSmallIntegerField(default=10)  # 標準処理期間
    processing_calendar = models.CharField(max_length=10, choices=Calendar.choices, default=Calendar.OFFICE)
    correction_days = models.PositiveSmallIntegerField(default=14)
    draft_days = models.PositiveSmallIntegerField(default=30)
    appeal = models.CharField(max_length=10, choices=Appeal.choices, default=Appeal.ORDINARY)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)  # judged to the second, whatever the edition
    published = models.BooleanField(default=False)
    registered_on = models.DateField()
    retired_on = models.DateField(null=True, blank=True)
    catalogue_code = models.CharField(max_length=40, default="", blank=True)  # copied from
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "code"], name="procedure_code_once"),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True)
                | Q(closes_at__isnull=True)
                | Q(closes_at__gt=models.F("opens_at")),
                name="procedure_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class FormEdition(BodyRow):
    """様式の版 — the questions of a procedure, numbered and never changed once published."""

    class InFlight(models.TextChoices):
        CONTINUE = "continue", _("入力中の方は前の版のまま続ける")
        MIGRATE = "migrate", _("入力中の方を新しい版に移し、変わった点を示す")
        STOP = "stop", _("前の版での申込みを止める")

    procedure = SameBody(Procedure, on_delete=models.PROTECT, related_name="editions", index=False)
    number = models.PositiveIntegerField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    in_flight = models.CharField(max_length=10, choices=InFlight.choices, default=InFlight.CONTINUE)
    in_flight_until = models.DateTimeField(null=True)  # for "continue": until then on the edition before
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "procedure", "number"], name="edition_number_once"),
        ]

    def __str__(self) -> str:
        return f"第{self.number}版"


class EditionDraft(BodyRow):
    """様式の下書き — the next edition of a procedure while staff write it; one per procedure."""

    procedure = SameBody(Procedure, on_delete=models.PROTECT, related_name="edition_drafts", index=False)
    document = models.JSONField()
    base_number = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "procedure"], name="one_edition_draft_per_procedure"),
        ]


class Application(BodyRow):
    """申請 — what arrived. Bound to its edition for ever; the secret is kept only as a keyed hash."""

    across: ClassVar[tuple[str, ...]] = ("id", "body_id", "procedure_id", "status", "received_on", "channel")

    class Channel(models.TextChoices):
        INTERNET = "internet", _("インターネット")
        API = "api", _("API")
        COUNTER = "counter", _("窓口")
        POST = "post", _("郵送")

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
            models.CheckConstraint(condition=Q(fee_yen__gte=0), name="application_fee_is_not_negative"),
        ]
        # Every list of the inbox reads one of these from its first row, however many rows and bodies there
        # are. Only operators that PostgreSQL may run before the wall's check (=, <, > on these types).
        indexes = [
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
    saved_at = models.DateTimeField(null=True)  # when the resident asked to save and go away
    expires_at = models.DateTimeField()
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "token_hash"], name="draft_token_once")]
        indexes = [models.Index(fields=["body", "expires_at"], name="drafts_by_expiry")]


class History(BodyRow):
    """経過 — every step and every note of an application, in order; never changed."""

    NOTE = "note"
    ASSIGN = "assign"
    PAID = "paid"
    FETCHED = "fetched"

    application = SameBody(Application, on_delete=models.PROTECT, related_name="history", index=False)
    at = models.DateTimeField()
    verb = models.CharField(max_length=20)
    from_status = models.CharField(max_length=10)
    to_status = models.CharField(max_length=10)
    by_account_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=60, default="", blank=True)
    note = models.TextField(default="", blank=True)  # staff only
    told = models.TextField(default="", blank=True)  # the resident reads this

    class Meta:
        indexes = [models.Index(fields=["body", "application", "id"], name="history_of_application")]


class Correction(BodyRow):
    """補正 — what the applicant is asked to correct: named fields, words, a deadline; and what came back.

    `items` is a list of {path, label, words, old, new}: `old` and `new` are filled in by the answer.
    """

    application = SameBody(Application, on_delete=models.PROTECT, related_name="corrections", index=False)
    number = models.PositiveSmallIntegerField()
    message = models.TextField(default="", blank=True)
    items = models.JSONField()
    deadline_on = models.DateField()
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=60)
    answered_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "application", "number"], name="correction_number_once"),
            models.UniqueConstraint(
                fields=["body", "application"],
                condition=Q(answered_at__isnull=True, cancelled_at__isnull=True),
                name="one_open_correction",
            ),
        ]


class Decision(BodyRow):
    """決定 — proposed by one, decided by one who may; with reason and 教示 as they stand on the letter."""

    class Kind(models.TextChoices):
        APPROVED = flow.APPROVED, _("承認")
        PARTLY = flow.PARTLY, _("一部承認")
        REJECTED = flow.REJECTED, _("却下")

    application = SameBody(Application, on_delete=models.PROTECT, related_name="decisions", index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.TextField(default="", blank=True)
    appeal_kind = models.CharField(max_length=10)
    appeal = models.JSONField(default=list)  # paragraphs of the 教示
    proposed_at = models.DateTimeField(null=True)
    proposed_by = models.CharField(max_length=60, default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, default="", blank=True)
    sent_back_at = models.DateTimeField(null=True)
    letter = SameBody("documents.Letter", on_delete=models.PROTECT, related_name="+", null=True, index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "application"],
                condition=Q(sent_back_at__isnull=True),
                name="one_standing_decision",
            ),
            models.CheckConstraint(
                condition=Q(kind=flow.APPROVED) | ~Q(reason=""), name="adverse_decision_gives_its_reason"
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
