"""受付 — one kind of case for questions, consultations, wishes, faults and reviews; its steps, and what becomes of a wish."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from moyai.tenants.public import Body, Service, SharedRow


class Kind(SharedRow):
    """受付の種類 — 問合せ, 相談, 予算確認, 仕様書確認, 要望, 提案, 障害, インシデント: with its clocks in office hours.

    `limits` are yen from which a review is due, the limit included ({"goods": 30000000, "services": 20000000} of a 仕様書確認);
    a case of a kind without any has no review.
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    ends_in_decision = models.BooleanField(default=False)  # 採用 / 不採用 / 保留
    answer_minutes = models.PositiveIntegerField(
        null=True, blank=True
    )  # of office hours, to the first answer
    solve_minutes = models.PositiveIntegerField(null=True, blank=True)
    around_the_clock = models.BooleanField(default=False)
    limits = models.JSONField(default=dict)
    position = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Case(SharedRow):
    """案件 — from a member, a vendor or a section; seen by who brought it and by those who answer.

    `answer_by` and `solve_by` are reckoned once on the office calendar when it comes and moved on by the time it waits for who asked.
    """

    class State(models.TextChoices):
        NEW = "new", pgettext_lazy("案件の状態", "受付")
        WORKING = "working", _("対応中")
        WAITING = "waiting", _("回答待ち")
        SOLVED = "solved", _("解決")
        CLOSED = "closed", _("完了")

    class Procurement(models.TextChoices):
        GOODS = "goods", _("物品")
        SERVICES = "services", _("委託")
        LEASE = "lease", _("リース")

    class Decision(models.TextChoices):
        ADOPTED = "adopted", pgettext_lazy("要望の採否", "採用")
        REJECTED = "rejected", pgettext_lazy("要望の採否", "不採用")
        KEPT = "kept", pgettext_lazy("要望の採否", "保留")

    number = models.CharField(max_length=20, unique=True)
    kind = models.ForeignKey(Kind, on_delete=models.PROTECT, related_name="cases")
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    section = models.CharField(max_length=60, default="", blank=True)  # 課・部局
    party = models.CharField(max_length=120, default="", blank=True)  # a vendor
    asked_by = models.CharField(max_length=100, default="", blank=True)
    account_id = models.BigIntegerField(null=True, blank=True)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    system = models.ForeignKey(
        "operations.System", on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    way = models.CharField(
        max_length=8,
        choices=[
            ("web", _("画面")),
            ("phone", _("電話")),
            ("mail", _("メール")),
            ("desk", _("窓口")),
            ("probe", _("監視")),
        ],
        default="web",
    )
    title = models.CharField(max_length=200)
    text = models.TextField(default="", blank=True)
    amount_yen = models.BigIntegerField(null=True, blank=True)
    procurement = models.CharField(max_length=8, choices=Procurement.choices, default="", blank=True)
    # 確認の要否, by the limits of the kind when it came: None where the kind has none.
    review_due = models.BooleanField(null=True, blank=True)
    review_limit_yen = models.BigIntegerField(null=True, blank=True)
    amount_after_yen = models.BigIntegerField(null=True, blank=True)  # 予算確認: after the review
    came_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True, blank=True)
    solve_by = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    assignee = models.CharField(max_length=100, default="", blank=True)
    decision = models.CharField(max_length=8, choices=Decision.choices, default="", blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, default="", blank=True)  # 研究会 第3回
    release = models.CharField(max_length=60, default="", blank=True)  # リリース番号
    # What all members may read of it: written anew by the desk, without who asked (よくある質問, 要望の一覧).
    shared_on = models.DateField(null=True, blank=True)
    shared_title = models.CharField(max_length=200, default="", blank=True)
    shared_text = models.TextField(default="", blank=True)
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="likes")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("came_at")),
                name="case_closes_after_it_came",
            ),
            models.CheckConstraint(
                condition=Q(review_due__isnull=True) | Q(amount_yen__isnull=False) & ~Q(procurement=""),
                name="review_is_of_an_amount_and_a_sort",
            ),
            models.CheckConstraint(
                condition=Q(shared_on__isnull=True) | ~Q(shared_title=""), name="what_is_shared_has_a_title"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-came_at"], name="cases_by_state"),
            models.Index(fields=["body", "-came_at"], name="cases_of_a_body"),
            models.Index(fields=["kind", "came_at"], name="cases_of_a_kind"),
            models.Index(fields=["-came_at", "-id"], name="cases_newest"),
            models.Index(
                fields=["-shared_on", "-id"],
                condition=Q(shared_on__isnull=False),
                name="cases_shared",
            ),
        ]


class CaseStep(SharedRow):
    """経過 — an answer, a question back, a note among those who answer, or a change of state. Never changed."""

    class What(models.TextChoices):
        ANSWER = "answer", _("回答")
        ASK = "ask", _("確認")
        REPLY = "reply", _("返信")
        NOTE = "note", _("内部メモ")
        STATE = "state", _("状態の変更")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    what = models.CharField(max_length=8, choices=What.choices)
    text = models.TextField(default="", blank=True)
    state = models.CharField(max_length=8, choices=Case.State.choices, default="", blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)

    class Meta:
        indexes = [models.Index(fields=["case", "at"], name="steps_of_a_case")]
