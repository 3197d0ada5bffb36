"""Identities at providers, keys of the API, what cards sign."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from moyai.tenants.migration import Wall


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_sections_codes_details"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("key_hash", models.CharField(max_length=64)),
                ("hint", models.CharField(max_length=4)),
                ("scopes", models.JSONField(default=list)),
                ("made_at", models.DateTimeField()),
                ("expires_on", models.DateField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_on", models.DateField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.body"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["body", "-made_at"], name="api_key_by_body")],
                "constraints": [
                    models.UniqueConstraint(fields=("key_hash",), name="api_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_used_on__isnull", True),
                            ("last_used_on__lte", models.F("expires_on")),
                            _connector="OR",
                        ),
                        name="api_key_is_not_used_after_its_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CardChallenge",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("token_hash", models.CharField(max_length=64)),
                ("title", models.CharField(max_length=200)),
                ("content", models.TextField()),
                ("answers_hash", models.CharField(max_length=64)),
                ("back_path", models.CharField(blank=True, default="", max_length=500)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("signature", models.BinaryField(blank=True, null=True)),
                ("validity", models.BinaryField(blank=True, null=True)),
                ("facts", models.JSONField(blank=True, default=dict)),
                (
                    "body",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.body",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["body", "expires_at"], name="card_challenge_by_expiry")],
                "constraints": [
                    models.UniqueConstraint(fields=("body", "token_hash"), name="card_challenge_token_once"),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("asked_at"))),
                        name="card_challenge_expires_after_it_is_asked",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("provider", models.CharField(max_length=40)),
                ("issuer", models.CharField(max_length=300)),
                ("subject", models.CharField(max_length=255)),
                ("kind", models.CharField(max_length=8)),
                ("acr", models.CharField(blank=True, default="", max_length=200)),
                ("facts", models.JSONField(blank=True, default=dict)),
                ("made_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identities",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("issuer", "subject"), name="one_account_per_identity")
                ],
            },
        ),
        Wall("cardchallenge"),
    ]
