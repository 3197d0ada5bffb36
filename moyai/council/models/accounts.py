"""特別会計 — accounts with their lines, budgets by version, what came in and went out, settlement."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from moyai.council.models.bodies import ends_after_it_begins
from moyai.council.models.meetings import Item, PaperFile
from moyai.tenants.public import Service, SharedRow


class SpecialAccount(SharedRow):
    """特別会計 — of one undertaking. `unit_yen` is that of its budget (1,000: 千円単位)."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit_yen = models.PositiveIntegerField(default=1_000)
    position = models.PositiveIntegerField(default=0)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [ends_after_it_begins("special_account_ends_after_it_begins")]

    def __str__(self) -> str:
        return self.name


class Side(models.TextChoices):
    INCOME = "income", _("収入")
    EXPENSE = "expense", _("支出")


class AccountLine(SharedRow):
    """科目 — 負担金, 前年度繰越金, 雑入; 委託料, 返還金, 予備費. It stays through the years, also with nothing on it."""

    class Meaning(models.TextChoices):
        ORDINARY = "ordinary", _("通常")
        BURDEN = "burden", _("負担金")
        CARRIED = "carried", _("前年度繰越金")
        REFUND = "refund", _("返還金")
        RESERVE = "reserve", _("予備費")

    account = models.ForeignKey(SpecialAccount, on_delete=models.PROTECT, related_name="lines")
    side = models.CharField(max_length=8, choices=Side.choices)
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)
    meaning = models.CharField(max_length=10, choices=Meaning.choices, default=Meaning.ORDINARY)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "side", "code"], name="account_line_once")]

    def __str__(self) -> str:
        return self.name


class Budget(SharedRow):
    """予算の版 — 当初, then 補正 after 補正; each holds the whole budget as it then stands, and is never changed once decided."""

    class State(models.TextChoices):
        DRAFT = "draft", _("案")
        DECIDED = "decided", _("決定")
        WITHDRAWN = "withdrawn", _("取下げ")

    account = models.ForeignKey(SpecialAccount, on_delete=models.PROTECT, related_name="budgets")
    fiscal_year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()  # 1: 当初
    name = models.CharField(max_length=60)  # 当初予算, 7月補正
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "fiscal_year", "number"], name="budget_version_once"),
            models.CheckConstraint(
                condition=~Q(state="decided") | Q(decided_on__isnull=False), name="decided_budget_has_its_day"
            ),
        ]


class BudgetLine(SharedRow):
    """予算額 — of a 科目 in a version. `version` counts its edits: who edits what another changed meanwhile is told so."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(AccountLine, on_delete=models.PROTECT, related_name="+")
    yen = models.BigIntegerField(default=0)
    note = models.CharField(max_length=300, default="", blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["budget", "line"], name="budget_line_once"),
            models.CheckConstraint(condition=Q(yen__gte=0), name="budget_is_not_negative"),
        ]


class CostSplit(SharedRow):
    """一つの経費を会計に分ける — one cost borne by several accounts; its expenses are its parts and add up to it."""

    name = models.CharField(max_length=120)
    fiscal_year = models.PositiveSmallIntegerField()
    yen = models.BigIntegerField()
    parts = models.JSONField()  # [{"line": AccountLine id, "part": "1/2"}]
    source = models.CharField(max_length=200, default="", blank=True)


class Entry(SharedRow):
    """収入・支出 — one posting to a 科目, with what it was for (摘要), day, other side and evidence.

    Never changed: a wrong one is taken back by another that `reverses` it.
    """

    account = models.ForeignKey(SpecialAccount, on_delete=models.PROTECT, related_name="entries")
    fiscal_year = models.PositiveSmallIntegerField()
    line = models.ForeignKey(AccountLine, on_delete=models.PROTECT, related_name="entries")
    cost_line = models.ForeignKey(
        "council.CostLine", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    bill = models.ForeignKey(
        "council.Bill", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    split = models.ForeignKey(
        CostSplit, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    on = models.DateField()
    label = models.CharField(max_length=200, default="", blank=True)  # 摘要, as it stands in the 決算書
    heading = models.CharField(max_length=100, default="", blank=True)  # a line above it in the 摘要
    count = models.PositiveIntegerField(null=True, blank=True)  # 団体数 printed beside it
    yen = models.BigIntegerField()
    party = models.CharField(max_length=120, default="", blank=True)  # payer or payee
    evidence = models.ForeignKey(PaperFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=200, default="", blank=True)
    position = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)

    class Meta:
        indexes = [models.Index(fields=["account", "fiscal_year", "line"], name="entries_of_a_year")]


class Settlement(SharedRow):
    """決算 — of an account and year: 差引 = 予算 − 決算 by line, surplus = Σ支出差引 − Σ収入差引. Once decided it is as it was read.

    `published` keeps what a source printed where that differs from what its rows make.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("案")
        AUDITED = "audited", _("監査済")
        DECIDED = "decided", _("承認")

    account = models.ForeignKey(SpecialAccount, on_delete=models.PROTECT, related_name="settlements")
    fiscal_year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    budget = models.ForeignKey(
        Budget, on_delete=models.PROTECT, related_name="+"
    )  # the version it is held against
    lines = models.JSONField(default=list)  # as decided
    income_yen = models.BigIntegerField(default=0)
    expense_yen = models.BigIntegerField(default=0)
    carried = models.CharField(
        max_length=8, choices=[("refund", _("繰り越して返還")), ("keep", _("繰越"))], default="refund"
    )
    published = models.JSONField(default=dict)
    audited_on = models.DateField(null=True, blank=True)
    audited_by = models.CharField(max_length=200, default="", blank=True)
    opinion = models.TextField(default="", blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    carried_by = models.OneToOneField(
        Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # 前年度繰越金 of the next year
    source = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "fiscal_year"], name="settlement_once_a_year")
        ]
