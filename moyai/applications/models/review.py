"""What was done with an application: history, corrections, decisions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from moyai.applications import flow
from moyai.applications.models.applications import Application
from moyai.tenants.public import BodyRow, SameBody


class History(BodyRow):
    """経過 — every step and every note of an application, in order; never changed."""

    NOTE = "note"
    ASSIGN = "assign"
    PAID = "paid"
    FETCHED = "fetched"
    EXTENDED = "extended"
    AGREED = "agreed"
    OBJECTED = "objected"
    GIVEN_BACK = "given_back"
    TRANSFERRED = "transferred"

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
