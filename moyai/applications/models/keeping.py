"""Keeping and letting go: exports with four eyes, holds, retention runs, tombstones, shared counts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from moyai.applications.models.applications import Application
from moyai.applications.models.procedures import Procedure
from moyai.tenants.public import BodyRow, SameBody


class Export(BodyRow):
    """書き出し — a list of applications as a file: asked by one, allowed by another, made and fetched."""

    class State(models.TextChoices):
        ASKED = "asked", _("承認待ち")
        ALLOWED = "allowed", _("承認済")
        DECLINED = "declined", _("差戻し")
        EXPIRED = "expired", _("期限切れ")

    procedure = SameBody(Procedure, on_delete=models.PROTECT, related_name="exports", index=False)
    query = models.CharField(max_length=600)
    form = models.CharField(max_length=12)  # csv-utf8, csv-cp932, xlsx
    blind = models.BooleanField(default=False)
    purpose = models.CharField(max_length=200)
    rows = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_by_id = models.BigIntegerField()
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_by = models.CharField(max_length=60, default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    fetched = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True) | ~Q(decided_by_id=F("asked_by_id")),
                name="export_has_four_eyes",
            )
        ]
        indexes = [models.Index(fields=["body", "state", "id"], name="exports_by_state")]


class Hold(BodyRow):
    """保留 — an application is not deleted while one stands (訴訟, 監査, 開示請求)."""

    application = SameBody(Application, on_delete=models.PROTECT, related_name="holds", index=False)
    reason = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=60)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["body", "application"], name="holds_of_application")]


class RetentionRun(BodyRow):
    """保存期間満了の削除 — proposed with a preview, approved by another person, run, counted."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("承認待ち")
        APPROVED = "approved", _("承認済")
        RUNNING = "running", _("実行中")
        DONE = "done", _("完了")
        DECLINED = "declined", _("差戻し")

    ended_before = models.DateField()  # what may go: keep_until before this day
    preview = models.JSONField(default=dict)  # counts by procedure, and what stays and why
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    proposed_by_id = models.BigIntegerField(null=True)
    proposed_by = models.CharField(max_length=60)
    proposed_at = models.DateTimeField()
    approved_by_id = models.BigIntegerField(null=True)
    approved_by = models.CharField(max_length=60, default="", blank=True)
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    deleted = models.PositiveIntegerField(default=0)
    kept = models.JSONField(default=list)  # [{number, why}] of those that stayed

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by_id__isnull=True) | ~Q(approved_by_id=F("proposed_by_id")),
                name="retention_has_four_eyes",
            )
        ]


class Tombstone(BodyRow):
    """削除の記録 — proof that an application was deleted, by which rule and run, without who it was."""

    across: ClassVar[tuple[str, ...]] = ("id", "body_id", "deleted_on")

    run = SameBody(RetentionRun, on_delete=models.PROTECT, related_name="tombstones", index=False)
    number_sha256 = models.CharField(max_length=64)  # who still has the number can find that it is gone
    procedure = SameBody(Procedure, on_delete=models.PROTECT, related_name="+", index=False)
    received_year = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10)
    keep_until = models.DateField()
    deleted_on = models.DateField()
    counts = models.JSONField()  # what went: history, files, letters, messages …

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "number_sha256"], name="tombstone_once")]


class Tally(BodyRow):
    """共有の集計 — how often each choice of a shared survey was given in a body; no person in it."""

    across: ClassVar[tuple[str, ...]] = (
        "id", "body_id", "survey", "sha256", "field", "choice", "answers", "counted_at",
    )  # fmt: skip

    procedure = SameBody(Procedure, on_delete=models.PROTECT, related_name="tallies", index=False)
    survey = models.CharField(max_length=40)  # code in the shared catalogue
    sha256 = models.CharField(max_length=64)  # of the edition
    field = models.CharField(max_length=90)
    choice = models.CharField(max_length=90)
    answers = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "procedure", "sha256", "field", "choice"], name="tally_counted_once"
            )
        ]
