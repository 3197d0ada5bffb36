"""Accounts, memberships, links, tries and spent codes."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254)),
                ("name", models.CharField(blank=True, default="", max_length=100)),
                ("kana", models.CharField(blank=True, default="", max_length=100)),
                ("is_active", models.BooleanField(default=True)),
                ("is_staff_account", models.BooleanField(default=False)),
                ("session_epoch", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("email",), name="one_account_per_email"),
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="account_email_is_lower_case",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Throttle",
            fields=[
                ("key_hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=60)),
                ("count", models.PositiveIntegerField(default=0)),
                ("until_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["until_at"], name="throttle_by_end")],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("sign_in", "ログイン"),
                            ("invitation", "職員の招待"),
                            ("password", "パスワードの再設定"),
                        ],
                        max_length=12,
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("salt", models.CharField(max_length=43)),
                ("token_hash", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("wrong_tries", models.PositiveSmallIntegerField(default=0)),
                ("next_path", models.CharField(blank=True, default="", max_length=500)),
                ("origin", models.CharField(max_length=200)),
                ("language", models.CharField(default="ja", max_length=5)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.body",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="link_by_expiry")],
                "constraints": [
                    models.UniqueConstraint(fields=("token_hash",), name="link_token_once"),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("asked_at"))),
                        name="link_expires_after_it_is_asked",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("resident", "住民"),
                            ("supplier", "事業者"),
                            ("clerk", "担当者"),
                            ("approver", "決裁者"),
                            ("administrator", "管理者"),
                            ("secretariat", "協議会事務局"),
                            ("auditor", "監査"),
                            ("operator", "運用者"),
                        ],
                        max_length=16,
                    ),
                ),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.body",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["body", "role"], name="membership_by_body")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "body", "role", "from_on"),
                        name="membership_begins_once_a_day",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until_on__isnull", True)),
                        fields=("account", "body", "role"),
                        name="one_open_membership_per_role",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until_on__isnull", True),
                            ("until_on__gte", models.F("from_on")),
                            _connector="OR",
                        ),
                        name="membership_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("body__isnull", False), ("role__in", ["clerk", "approver", "administrator"])
                            ),
                            models.Q(
                                ("body__isnull", True), ("role__in", ["secretariat", "auditor", "operator"])
                            ),
                            ("role__in", ["resident", "supplier"]),
                            _connector="OR",
                        ),
                        name="membership_role_fits_its_body",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SpentCode",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("step", models.BigIntegerField()),
                ("used_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("account", "step"), name="code_counts_once")],
            },
        ),
    ]
