import django.db.models.deletion
from django.db import migrations, models

from moyai.tenants.migration import Wall


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Arrival",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("token", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=255)),
                ("size", models.PositiveBigIntegerField()),
                ("offset", models.PositiveBigIntegerField(default=0)),
                ("max_bytes", models.PositiveBigIntegerField()),
                ("accept", models.JSONField(default=list)),
                ("drafter_hash", models.CharField(max_length=64)),
                ("begun_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                ("upload_id_made", models.BigIntegerField(null=True)),
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
                    models.Index(fields=["body", "drafter_hash"], name="arrival_by_drafter"),
                    models.Index(fields=["body", "touched_at"], name="arrival_by_time"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("body", "token"), name="arrival_token_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("offset__lte", models.F("size")), ("size__lte", models.F("max_bytes"))
                        ),
                        name="arrival_within_its_size",
                    ),
                ],
            },
        ),
        Wall("arrival"),
    ]
