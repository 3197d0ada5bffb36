"""Keys with which a machine of a body's staff calls the API."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moyai.people.models.accounts import Account
from moyai.tenants.public import Body, SharedRow


class ApiKey(SharedRow):
    """APIの鍵 — acts as the account that made it, in one body, for the named scopes, until a day (included).

    Only the hash of the key is kept; `hint` is its end, so that a person can tell keys apart.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    key_hash = models.CharField(max_length=64)
    hint = models.CharField(max_length=4)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key_hash"], name="api_key_once"),
            models.CheckConstraint(
                condition=Q(last_used_on__isnull=True) | Q(last_used_on__lte=F("expires_on")),
                name="api_key_is_not_used_after_its_end",
            ),
        ]
        indexes = [models.Index(fields=["body", "-made_at"], name="api_key_by_body")]
