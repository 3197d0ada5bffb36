"""Who an account is at an identity provider."""

from __future__ import annotations

from django.db import models

from moyai.people.models.accounts import Account
from moyai.tenants.public import SharedRow


class Identity(SharedRow):
    """外部ID — a person as one provider knows it: (issuer, subject) belongs to one account.

    Nothing else joins a provider's person to an account: mail addresses do not. `facts` are what the
    provider vouches for: the name, and 法人番号 and name of a firm.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identities")
    provider = models.CharField(max_length=40)
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    kind = models.CharField(max_length=8)  # resident, business, staff
    acr = models.CharField(max_length=200, default="", blank=True)  # assurance of the last sign-in
    facts = models.JSONField(default=dict, blank=True)
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="one_account_per_identity"),
        ]
