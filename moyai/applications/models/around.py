"""Who stands behind an application, who has to agree to it, what is handed back and asked for next."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from moyai.applications.models.applications import Application, Draft
from moyai.applications.models.procedures import Procedure
from moyai.tenants.public import BodyRow, SameBody


class Mandate(BodyRow):
    """委任状 — a principal lets an agent apply for them, for one procedure, until a day; used once, or revoked."""

    procedure = SameBody(Procedure, on_delete=models.PROTECT, related_name="mandates", index=False)
    principal = models.JSONField()  # name, kana, born_on, address, phone, mail as given
    agent_name = models.CharField(max_length=100)
    agent_mail = models.CharField(max_length=254, default="", blank=True)
    scope = models.CharField(max_length=400, default="", blank=True)  # 委任する内容
    token_hash = models.CharField(max_length=64)  # the agent's link
    principal_hash = models.CharField(max_length=64)  # the principal's own link: looks, revokes
    valid_until = models.DateField()
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "token_hash"], name="mandate_token_once"),
            models.UniqueConstraint(fields=["body", "principal_hash"], name="mandate_principal_once"),
        ]


class CardSignature(BodyRow):
    """電子署名 — a card's signature over exactly the answers, with what the validity check said."""

    draft = SameBody(Draft, on_delete=models.PROTECT, related_name="signatures", null=True, index=False)
    application = SameBody(
        Application, on_delete=models.PROTECT, related_name="signatures", null=True, index=False
    )
    signed_sha256 = models.CharField(max_length=64)  # of the bytes that were signed
    answers_sha256 = models.CharField(max_length=64)
    cms = models.BinaryField()
    signer = models.JSONField()  # name, born_on, address of the certificate
    serial = models.CharField(max_length=60)
    checked_at = models.DateTimeField()
    check_source = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(fields=["body", "draft"], name="signatures_of_draft"),
            models.Index(fields=["body", "application"], name="signatures_of_application"),
        ]


class ReturnedPaper(BodyRow):
    """交付文書 — a file the office gives back with an application, to be fetched until a day."""

    application = SameBody(Application, on_delete=models.PROTECT, related_name="returned", index=False)
    upload = SameBody("documents.Upload", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=100)
    fetch_until = models.DateField()
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=60)
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["body", "application"], name="returned_of_application")]


class FollowUp(BodyRow):
    """次の手続き — what is asked for after a decision (実績報告, 事業報告, 着手届): told on a day, by a link."""

    application = SameBody(Application, on_delete=models.PROTECT, related_name="follow_ups", index=False)
    procedure = SameBody(Procedure, on_delete=models.PROTECT, related_name="+", index=False)
    ask_on = models.DateField()
    asked_at = models.DateTimeField(null=True)
    answered_by = SameBody(Application, on_delete=models.PROTECT, related_name="+", null=True, index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "application", "procedure"], name="follow_up_asked_once")
        ]
        indexes = [
            models.Index(fields=["body", "ask_on"], condition=Q(asked_at__isnull=True), name="follow_ups_due")
        ]


class RouteStep(BodyRow):
    """決裁の経路の一段 — who has to agree, in which round; equal positions are asked together (合議)."""

    class Kind(models.TextChoices):
        APPROVE = "approve", _("決裁")
        CONSULT = "consult", _("合議")
        OUTSIDE = "outside", _("外部協議")

    class State(models.TextChoices):
        WAITING = "waiting", _("未処理")
        AGREED = "agreed", _("同意")
        OBJECTED = "objected", _("意見あり")
        SENT_BACK = "sent_back", _("差戻し")
        ENDED = "ended", _("終了")

    application = SameBody(Application, on_delete=models.PROTECT, related_name="route_steps", index=False)
    round = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    section = models.CharField(max_length=60, default="", blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    due_on = models.DateField(null=True)
    words = models.TextField(default="", blank=True)
    by_account_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=60, default="", blank=True)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["body", "application", "round", "position", "name"], name="route_step_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["body", "section", "application"],
                condition=Q(state="waiting"),
                name="route_steps_waiting",
            )
        ]


class SavedView(BodyRow):
    """保存した一覧 — the filters of an inbox under a name, one's own or for the whole office."""

    account_id = models.BigIntegerField()
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=600)  # of the inbox's address
    shared = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "account_id", "name"], name="saved_view_name_once")
        ]
