"""Procedures and the editions of their forms."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from moyai.tenants.public import BodyRow, SameBody, SharedRow


class Procedure(BodyRow):
    """手続 — one thing a resident can apply for, with what the page of the procedure says."""

    across: ClassVar[tuple[str, ...]] = ("id", "body_id", "registered_on", "retired_on")

    class Identity(models.TextChoices):
        NONE = "none", _("匿名でよい")
        CONTACT = "contact", _("氏名と連絡先")
        MAIL = "mail", _("メールアドレスの確認")
        ACCOUNT = "account", _("アカウントでのログイン")
        BUSINESS = "business", _("事業者アカウントでのログイン")

    class Signature(models.TextChoices):
        NONE = "none", _("不要")
        CARD = "card", _("マイナンバーカードの署名用電子証明書")

    class ChargeWhen(models.TextChoices):
        SUBMIT = "submit", _("申込みのとき")
        ACCEPT = "accept", _("職員が確認したとき")

    class KeepFrom(models.TextChoices):
        CLOSED = "closed", _("終わった日の翌日から")
        FISCAL_YEAR = "fiscal", _("終わった年度の翌年度の4月1日から")

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
    # 手続の訳: {"en": {"summary": …}, "ja-easy": {…}}, see rules/procedure_words
    translations = models.JSONField(default=dict, blank=True)
    needs_review = models.BooleanField(default=True)
    charges_fee = models.BooleanField(default=False)
    issues_letter = models.BooleanField(default=True)  # 決定通知書 by letter
    signature = models.CharField(max_length=6, choices=Signature.choices, default=Signature.NONE)
    mandate_allowed = models.BooleanField(default=False)  # 委任による代理の申込み
    record_needed = models.BooleanField(default=False)  # 事前登録 (確認書番号) leads to the form, once
    parent_code = models.SlugField(
        max_length=40, default="", blank=True
    )  # 先の申請: the procedure it goes on from
    copies_previous = models.BooleanField(default=False)  # 前回の申込みの複写
    charge_when = models.CharField(max_length=6, choices=ChargeWhen.choices, default=ChargeWhen.SUBMIT)
    pay_within_days = models.PositiveSmallIntegerField(default=14)
    unpaid_lapses = models.BooleanField(default=False)  # not paid in time: 期限切れ, places go back
    paid_completes = models.BooleanField(default=False)  # payment is the last step
    route = models.JSONField(
        default=list, blank=True
    )  # 決裁の経路: [{name, kind, section, days}], same step = 合議
    case_number_kind = models.CharField(max_length=20, default="", blank=True)  # 受験番号 …, given on 受理
    letter_on_accept = models.CharField(max_length=40, default="", blank=True)  # letter kind sent on 受理
    letter_kind = models.CharField(max_length=40, default="decision", blank=True)  # letter of the decision
    return_days = models.PositiveSmallIntegerField(default=90)  # 交付文書 may be fetched for so long
    follow_code = models.SlugField(max_length=40, default="", blank=True)  # asked for afterwards (実績報告 …)
    follow_days = models.PositiveSmallIntegerField(default=30)  # … so many days after the decision
    extend_days = models.PositiveSmallIntegerField(default=0)  # 延長: the due date may move once by so much
    keep_years = models.PositiveSmallIntegerField(default=5)  # 保存期間
    keep_from = models.CharField(max_length=6, choices=KeepFrom.choices, default=KeepFrom.FISCAL_YEAR)
    shares_answers = models.BooleanField(default=False)  # counts go to the council's cross table
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
    catalogue_version = models.PositiveIntegerField(default=0)  # of the original when it was copied
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

    @property
    def acts_on_accept(self) -> bool:
        """Whether 受理 does more than begin the review: gives a number, charges, sends a letter."""
        later = self.charge_when == self.ChargeWhen.ACCEPT
        return bool(later or self.case_number_kind or self.letter_on_accept)


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


class SharedForm(SharedRow):
    """共有の様式 — a procedure that a body offers to the others; a copy is the copier's own and never follows."""

    from_body = models.ForeignKey("tenants.Body", on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(max_length=40)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=100)
    facts = models.JSONField()  # switches and words of the procedure
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    words = models.CharField(max_length=400, default="", blank=True)  # what changed, for those who copied
    shared_at = models.DateTimeField()
    shared_by = models.CharField(max_length=60)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["from_body", "code", "version"], name="shared_form_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.title} 第{self.version}版"


class Kiosk(BodyRow):
    """会場の端末 — a link for tablets at an event: the form of one procedure, begun anew for each visitor."""

    procedure = SameBody(Procedure, on_delete=models.PROTECT, related_name="kiosks", index=False)
    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64)
    idle_seconds = models.PositiveSmallIntegerField(default=60)
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "token_hash"], name="kiosk_token_once")]


class Record(BodyRow):
    """事前登録 — what the body knows beforehand (確認書): found by its number and a second fact, used once.

    Number and second fact are kept as keyed hashes; `facts` are given to the form as they stand.
    """

    procedure = SameBody(Procedure, on_delete=models.PROTECT, related_name="records", index=False)
    number_hash = models.CharField(max_length=64)
    second_hash = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    imported_at = models.DateTimeField()
    declined_at = models.DateTimeField(null=True)  # 辞退

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "procedure", "number_hash"], name="record_number_once")
        ]
