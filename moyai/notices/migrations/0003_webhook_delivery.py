import django.db.models.deletion
from django.db import migrations, models

import moyai.tenants.models
from moyai.tenants.migration import Wall

BODY = {
    "db_index": False,
    "editable": False,
    "on_delete": django.db.models.deletion.PROTECT,
    "related_name": "+",
    "to": "tenants.body",
}


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0002_forgotten"),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("url", models.CharField(max_length=500)),
                ("kinds", models.JSONField(default=list)),
                ("active", models.BooleanField(default=True)),
                ("salt", models.CharField(max_length=32)),
                ("old_salt", models.CharField(default="", max_length=32)),
                ("rotated_at", models.DateTimeField(null=True)),
                ("made_by", models.CharField(max_length=200)),
                ("made_by_id", models.BigIntegerField(null=True)),
                ("made_at", models.DateTimeField()),
                ("body", models.ForeignKey(**BODY)),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("event_id", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=80)),
                ("about_kind", models.CharField(max_length=60)),
                ("about_id", models.BigIntegerField()),
                ("payload", models.JSONField()),
                ("state", models.CharField(default="queued", max_length=8)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("trouble", models.CharField(default="", max_length=40)),
                ("last_status", models.PositiveSmallIntegerField(null=True)),
                ("made_at", models.DateTimeField()),
                ("next_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("body", models.ForeignKey(**BODY)),
                (
                    "webhook",
                    moyai.tenants.models.SameBody(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="notices.webhook",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["body", "webhook", "-id"], name="delivery_by_webhook"),
                    models.Index(fields=["body", "about_kind", "about_id"], name="delivery_by_thing"),
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at"],
                        name="delivery_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("body", "webhook", "event_id"), name="event_told_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["queued", "sent", "failed", "held"])),
                        name="delivery_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("next_at__isnull", False), ("state", "queued")),
                            models.Q(models.Q(("state", "queued"), _negated=True), ("next_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="delivery_waits_while_queued",
                    ),
                ],
            },
        ),
        Wall("webhook"),
        Wall("delivery"),
    ]
