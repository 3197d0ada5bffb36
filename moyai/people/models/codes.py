"""The six digits that show that a mail address is reached, for people without an account."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moyai.tenants.public import Body, SharedRow


class MailCode(SharedRow):
    """メールアドレスの確認番号 — six digits mailed to an address for one purpose, for fifteen minutes, once.

    The digits follow from the installation's secret and `salt`; neither they nor what they are for
    (`key_hash`) is kept in clear. The address goes with the nightly sweep.
    """

    id = models.BigAutoField(primary_key=True)
    purpose = models.CharField(max_length=40)
    key_hash = models.CharField(max_length=64)
    email = models.EmailField(max_length=254)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    salt = models.CharField(max_length=43)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=10, default="ja")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")), name="mail_code_expires_after_it_is_asked"
            ),
        ]
        indexes = [
            models.Index(fields=["key_hash", "expires_at"], name="mail_code_by_key"),
            models.Index(fields=["expires_at"], name="mail_code_by_expiry"),
        ]
