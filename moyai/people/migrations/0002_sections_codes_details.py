"""Sections of roles, codes by mail, 本人情報; accounts without a mail address."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="MailCode",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("purpose", models.CharField(max_length=40)),
                ("key_hash", models.CharField(max_length=64)),
                ("email", models.EmailField(max_length=254)),
                ("salt", models.CharField(max_length=43)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("wrong_tries", models.PositiveSmallIntegerField(default=0)),
                ("language", models.CharField(default="ja", max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name="Profile",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="profile_row",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "個人"), ("firm", "法人・団体")], default="person", max_length=6
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=100)),
                ("kana", models.CharField(blank=True, default="", max_length=100)),
                ("born_on", models.DateField(blank=True, null=True)),
                ("postal_code", models.CharField(blank=True, default="", max_length=7)),
                ("prefecture", models.CharField(blank=True, default="", max_length=10)),
                ("city", models.CharField(blank=True, default="", max_length=60)),
                ("street", models.CharField(blank=True, default="", max_length=200)),
                ("building", models.CharField(blank=True, default="", max_length=200)),
                ("phone", models.CharField(blank=True, default="", max_length=20)),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                ("corporate_number", models.CharField(blank=True, default="", max_length=13)),
                ("firm_name", models.CharField(blank=True, default="", max_length=150)),
                ("firm_kana", models.CharField(blank=True, default="", max_length=150)),
                ("representative", models.CharField(blank=True, default="", max_length=100)),
                ("consented_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.AlterField(
            model_name="link",
            name="language",
            field=models.CharField(default="ja", max_length=10),
        ),
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_begins_once_a_day",
        ),
        migrations.RemoveConstraint(
            model_name="membership",
            name="one_open_membership_per_role",
        ),
        migrations.AddField(
            model_name="membership",
            name="section",
            field=models.CharField(blank=True, default="", max_length=60),
        ),
        migrations.AlterField(
            model_name="account",
            name="email",
            field=models.EmailField(blank=True, max_length=254, null=True),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                fields=("account", "body", "role", "section", "from_on"),
                name="membership_begins_once_a_day",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until_on__isnull", True)),
                fields=("account", "body", "role", "section"),
                name="one_open_membership_per_role",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("section", ""), ("role__in", ["clerk", "approver"]), _connector="OR"),
                name="membership_section_fits_its_role",
            ),
        ),
        migrations.AddField(
            model_name="mailcode",
            name="body",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenants.body",
            ),
        ),
        migrations.AddConstraint(
            model_name="profile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("corporate_number", ""), ("corporate_number__regex", "^[1-9][0-9]{12}$"), _connector="OR"
                ),
                name="profile_corporate_number_has_13_digits",
            ),
        ),
        migrations.AddIndex(
            model_name="mailcode",
            index=models.Index(fields=["key_hash", "expires_at"], name="mail_code_by_key"),
        ),
        migrations.AddIndex(
            model_name="mailcode",
            index=models.Index(fields=["expires_at"], name="mail_code_by_expiry"),
        ),
        migrations.AddConstraint(
            model_name="mailcode",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("asked_at"))),
                name="mail_code_expires_after_it_is_asked",
            ),
        ),
    ]
