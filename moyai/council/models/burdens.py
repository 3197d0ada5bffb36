"""負担金 — cost lines with their payers, shares that explain themselves, bills, refunds, and what late joiners pay."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from moyai.council.models.accounts import AccountLine, Settlement, SpecialAccount
from moyai.council.models.bodies import ends_after_it_begins
from moyai.council.models.meetings import Item, PaperFile
from moyai.tenants.public import Body, Service, SharedRow


class CostLine(SharedRow):
    """負担の費目 — 運営管理費, 企業情報使用料, システム改修費: each has its own payers, which are not the users of the service."""

    account = models.ForeignKey(SpecialAccount, on_delete=models.PROTECT, related_name="cost_lines")
    line = models.ForeignKey(AccountLine, on_delete=models.PROTECT, related_name="+")  # 負担金 of the account
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=100)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    mix = models.JSONField(default=list)  # the basis it is shared by as a rule: see Burden.mix
    unit_yen = models.PositiveIntegerField(default=1)
    refunded = models.BooleanField(default=True)  # a surplus goes back to those who paid this line
    position = models.PositiveIntegerField(default=0)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "code"], name="cost_line_code_once"),
            ends_after_it_begins("cost_line_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return self.name


class Payer(SharedRow):
    """負担する団体 — a body pays a cost line from a day to a day."""

    cost_line = models.ForeignKey(CostLine, on_delete=models.PROTECT, related_name="payers")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    why = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            ends_after_it_begins("payer_ends_after_it_begins"),
            models.UniqueConstraint(fields=["cost_line", "body", "from_on"], name="payer_begins_once_a_day"),
            models.UniqueConstraint(
                fields=["cost_line", "body"], condition=Q(until_on__isnull=True), name="one_open_payer"
            ),
        ]


class UseFigure(SharedRow):
    """利用の実績 — what a 利用割 counts: of a service, body and fiscal year, by measure (件数, 館数, 手続数)."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    fiscal_year = models.PositiveSmallIntegerField()
    measure = models.SlugField(max_length=40)
    value = models.BigIntegerField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "body", "fiscal_year", "measure"], name="use_figure_once_a_year"
            )
        ]


class Burden(SharedRow):
    """負担金の算定 — an amount of a cost line shared among its payers: a draft in autumn, decided in spring, never shared again.

    `mix` is [{"basis": "equal"|"population"|"use"|"decreasing"|"fixed"|"actual", "part": "3/10", …}]; parts add up to 1.
    `supplements` is the decided one whose difference alone this one shares (補正). `halves` are its instalments.
    `selection_on` (選定日): the day a supplier is chosen; these shares are agreed before it, or never.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("案")
        DECIDED = "decided", _("決定")
        WITHDRAWN = "withdrawn", _("取下げ")

    cost_line = models.ForeignKey(CostLine, on_delete=models.PROTECT, related_name="burdens")
    fiscal_year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    supplements = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supplemented_by"
    )
    yen = models.BigIntegerField()
    mix = models.JSONField()
    payers_on = models.DateField()
    population_on = models.DateField(null=True, blank=True)
    selection_on = models.DateField(null=True, blank=True)
    unit_yen = models.PositiveIntegerField(default=1)
    halves = models.JSONField(default=list)  # [{"name": "前期", "part": "1/2", "due_on": "2027-05-31"}]
    rule = models.CharField(max_length=60, default="burden-share")
    rule_version = models.CharField(max_length=40, default="", blank=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=60)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cost_line", "fiscal_year", "number"], name="burden_number_once"),
            models.UniqueConstraint(
                fields=["cost_line", "fiscal_year"],
                condition=Q(state="decided", supplements__isnull=True),
                name="one_decided_burden_a_year",
            ),
            models.CheckConstraint(
                condition=~Q(state="decided")
                | Q(selection_on__isnull=True)
                | Q(decided_on__lt=F("selection_on")),
                name="burden_is_decided_before_selection",
            ),
        ]


class BurdenShare(SharedRow):
    """負担額 — of one body, with all that explains it years later: basis, weight, exact quota, place in the order of remainders."""

    burden = models.ForeignKey(Burden, on_delete=models.PROTECT, related_name="shares")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    basis = models.JSONField()  # {"equal": 1, "population": 144472, …} as it was taken
    weight = models.CharField(max_length=200)  # exact: "n/d"
    quota = models.CharField(max_length=200)  # exact yen: "n/d"
    floor_yen = models.BigIntegerField()
    rank = models.PositiveIntegerField()
    adjusted = models.BooleanField(default=False)
    yen = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["burden", "body"], name="burden_share_once")]


class Pledge(SharedRow):
    """誓約書 — what a payer brings for its share before a selection (Y20): signed by itself or by its present supplier.

    Never changed: a newer version of the same payer and burden replaces it, and it stays.
    """

    burden = models.ForeignKey(Burden, on_delete=models.PROTECT, related_name="pledges")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    signed_by = models.CharField(max_length=120)  # 誓約した者
    pledged_on = models.DateField()
    file = models.ForeignKey(PaperFile, on_delete=models.PROTECT, related_name="+")
    brought_at = models.DateTimeField()
    brought_by = models.CharField(max_length=60)
    on_paper = models.BooleanField(default=False)  # taken in by the secretariat

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["burden", "body", "version"], name="pledge_version_once")
        ]
        indexes = [models.Index(fields=["body", "burden", "-version"], name="pledges_of_a_body")]


class Bill(SharedRow):
    """請求 — of a share, whole or by half, or of a joining (後乗り); what came in for it is `Entry.bill`.

    `facts` is what its letter says, as it was when billed; `file` the PDF that was made of it, once. A bill below zero
    (減額の補正, 後乗りの充当) is a notice of what goes back. It is income of `cost_line` in the book of `fiscal_year`.
    """

    share = models.ForeignKey(
        BurdenShare, on_delete=models.PROTECT, null=True, blank=True, related_name="bills"
    )
    join = models.ForeignKey(
        "council.LateJoin", on_delete=models.PROTECT, null=True, blank=True, related_name="bills"
    )
    cost_line = models.ForeignKey(CostLine, on_delete=models.PROTECT, related_name="+")
    fiscal_year = models.PositiveSmallIntegerField()
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20, unique=True)
    half = models.CharField(max_length=40, default="", blank=True)
    yen = models.BigIntegerField()
    billed_on = models.DateField()
    due_on = models.DateField()
    withdrawn_on = models.DateField(null=True, blank=True)
    why_withdrawn = models.CharField(max_length=200, default="", blank=True)
    facts = models.JSONField(default=dict)
    file = models.ForeignKey(PaperFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["share", "half"], condition=Q(withdrawn_on__isnull=True), name="billed_once"
            ),
            models.UniqueConstraint(
                fields=["join", "body"], condition=Q(withdrawn_on__isnull=True), name="join_billed_once"
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=False, join__isnull=True) | Q(share__isnull=True, join__isnull=False),
                name="bill_is_of_a_share_or_a_joining",
            ),
        ]
        indexes = [models.Index(fields=["body", "-billed_on"], name="bills_of_a_body")]


class Refund(SharedRow):
    """返還 — of a settled surplus to those who paid, cost line by cost line; exact, or floored with the rest named (端数)."""

    class Mode(models.TextChoices):
        EXACT = "exact", _("端数なく返還")
        FLOORED = "floored", _("円未満切捨て、端数は繰越")

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="refunds")
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.EXACT)
    base_yen = models.BigIntegerField()
    yen = models.BigIntegerField()
    residue_yen = models.BigIntegerField(default=0)  # 端数: base − what is refunded
    paid_by = models.OneToOneField(
        "council.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # 返還金 of the next year
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["settlement"], name="one_refund_a_settlement")]


class RefundShare(SharedRow):
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="shares")
    cost_line = models.ForeignKey(CostLine, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    paid_yen = models.BigIntegerField()
    quota = models.CharField(max_length=200)
    rank = models.PositiveIntegerField()
    yen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "cost_line", "body"], name="refund_share_once")
        ]


class LateJoin(SharedRow):
    """後乗り — entry after k of n months: its share of the common first cost, credited to those who paid (§6.8).

    All that explains it years later is kept: `left` is what remained of the first cost, `part` the newcomer's of it, both exact,
    `basis` its own figures; each credit has what its body had paid. `monthly` is the month's cost before and after.
    """

    cost_line = models.ForeignKey(CostLine, on_delete=models.PROTECT, related_name="late_joins")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    joins_on = models.DateField()
    first_cost_yen = models.BigIntegerField()
    months = models.PositiveSmallIntegerField()
    passed = models.PositiveSmallIntegerField()
    entry_yen = models.BigIntegerField()
    own_yen = models.BigIntegerField(default=0)  # 実費: its own migration and extraction
    credits = models.JSONField(default=list)  # [{"body": code, "paid": …, "yen": …, "quota": "n/d", "rank": …}]
    contract_from = models.DateField(null=True, blank=True)
    mix = models.JSONField(default=list)  # as Burden.mix
    population_on = models.DateField(null=True, blank=True)
    basis = models.JSONField(default=dict)
    left = models.CharField(max_length=200, default="", blank=True)  # exact yen: "n/d"
    part = models.CharField(max_length=200, default="", blank=True)  # exact: "n/d"
    monthly_yen = models.BigIntegerField(null=True, blank=True)
    monthly = models.JSONField(default=list)  # [{"body": code, "before": …, "after": …, "quota": "n/d", "rank": …}]
    rule = models.CharField(max_length=60, default="late-joining")
    rule_version = models.CharField(max_length=40, default="", blank=True)
    source = models.CharField(max_length=200, default="", blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cost_line", "body"], name="joins_late_once")]


class LevelPlan(SharedRow):
    """月割平準化 — a contract's whole sum over its months: T = n·m + r, the first r months one yen more (§6.7)."""

    name = models.CharField(max_length=120)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    first_month = models.DateField()
    months = models.PositiveSmallIntegerField()
    yen = models.BigIntegerField()
    source = models.CharField(max_length=200, default="", blank=True)


class Subsidy(SharedRow):
    """補助 — 携帯電話等エリア整備: the prefecture's part, 2/15, or 1/5 from 100 households on."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    fiscal_year = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    households = models.PositiveIntegerField()
    cost_yen = models.BigIntegerField()
    part = models.CharField(max_length=10)
    yen = models.BigIntegerField()
    decided_on = models.DateField(null=True, blank=True)
    rule_version = models.CharField(max_length=40, default="", blank=True)
