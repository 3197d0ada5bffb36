import django.db.models.deletion
from django.db import migrations, models

from moyai.tenants.migration import Wall


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=80)),
                ("about_kind", models.CharField(max_length=60)),
                ("about_id", models.BigIntegerField()),
                ("to_email", models.CharField(default="", max_length=254)),
                ("to_account_id", models.BigIntegerField(null=True)),
                ("to_name", models.CharField(default="", max_length=200)),
                ("language", models.CharField(default="ja", max_length=8)),
                ("subject", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("state", models.CharField(max_length=8)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("trouble", models.CharField(default="", max_length=40)),
                ("told_at", models.DateTimeField()),
                ("next_try_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
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
                "indexes": [
                    models.Index(fields=["body", "about_kind", "about_id"], name="message_by_thing"),
                    models.Index(fields=["body", "state", "id"], name="message_by_state"),
                    models.Index(
                        condition=models.Q(("next_try_at__isnull", False)),
                        fields=["next_try_at"],
                        name="message_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["queued", "sent", "kept", "failed"])),
                        name="message_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("next_try_at__isnull", False), ("state", "queued")),
                            models.Q(
                                models.Q(("state", "queued"), _negated=True), ("next_try_at__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="message_waits_while_queued",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state", "sent")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="message_is_sent_at_a_time",
                    ),
                ],
            },
        ),
        Wall("message"),
    ]
