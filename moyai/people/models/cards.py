"""What a card is asked to sign, and what came back."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from moyai.tenants.public import BodyRow


class CardChallenge(BodyRow):
    """電子署名の対象 — the exact text a card signs for one application, and the checked signature.

    `content` names the body, the procedure and the hash of the answers. `facts` are what the certificate
    says; `signature` (CMS) and `validity` (the OCSP answer) prove it later. Swept a week after it ends.
    """

    token_hash = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    content = models.TextField()
    answers_hash = models.CharField(max_length=64)
    back_path = models.CharField(max_length=500, default="", blank=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    signature = models.BinaryField(null=True, blank=True)
    validity = models.BinaryField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "token_hash"], name="card_challenge_token_once"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")), name="card_challenge_expires_after_it_is_asked"
            ),
        ]
        indexes = [models.Index(fields=["body", "expires_at"], name="card_challenge_by_expiry")]
