"""Deeds: who did or saw what, for whom, why. Rows are inserted, never changed."""

from __future__ import annotations

from django.db import models

from moyai.tenants.public import BodyRow, SameBody, SharedRow


class DeedFields(models.Model):
    """行為の記録 — one act or one look. `detail` holds codes, counts and ids, never personal data.

    `reason` of a body's deed is a code, or the digest of the words kept in `Reason`.
    """

    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)  # no key: audit lies below people
    role = models.CharField(max_length=40)
    verb = models.CharField(max_length=60)
    thing_kind = models.CharField(max_length=60, default="")
    thing_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=500, default="")
    request_id = models.CharField(max_length=40, default="")
    channel = models.CharField(max_length=12, default="")
    detail = models.JSONField(default=dict)

    class Meta:
        abstract = True


class Deed(DeedFields, BodyRow):
    """A deed done for a body."""

    class Meta:
        indexes = [
            models.Index(fields=["body", "thing_kind", "thing_id"], name="deed_by_thing"),
            models.Index(fields=["body", "at"], name="deed_by_time"),
        ]


class Reason(BodyRow):
    """理由 — the words somebody gave for a deed, beside it: the deed holds only their digest.

    Deeds are for ever, words may name people: they go when their thing is forgotten, and the chain stays whole.
    """

    deed = SameBody(Deed, on_delete=models.DO_NOTHING, related_name="+", index=False)
    salt = models.CharField(max_length=32)
    text = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "deed"], name="reason_once_per_deed")]


class CouncilDeed(DeedFields, SharedRow):
    """A deed done for the council or the installation: sign-ins, looks across bodies, operation."""

    id = models.BigAutoField(primary_key=True)

    class Meta:
        indexes = [
            models.Index(fields=["thing_kind", "thing_id"], name="council_deed_by_thing"),
            models.Index(fields=["account_id", "at"], name="council_deed_by_account"),
        ]


class SealFields(models.Model):
    """封 — what one day's run of the chain covered. `digest` continues the seal before it.

    `last_id` is the highest deed covered; `count` and `digest` are over all deeds above the last seal's.
    """

    sealed_at = models.DateTimeField()
    last_id = models.BigIntegerField()
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        abstract = True


class Seal(SealFields, BodyRow):
    across = ("id", "body_id", "sealed_at", "last_id", "count", "digest")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "last_id"], name="seal_covers_once")]


class CouncilSeal(SealFields, SharedRow):
    id = models.BigAutoField(primary_key=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["last_id"], name="council_seal_covers_once")]
