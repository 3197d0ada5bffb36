"""Workbooks of the masters that were read: the one that waits to be taken, and the record of those before."""

import django.db.models.deletion
from django.db import migrations, models

from moyai.tenants.public import Wall


class Migration(migrations.Migration):
    dependencies = [
        ("reservations", "0002_registration"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="MasterBook",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state", models.CharField(choices=[("waiting", "確認待ち"), ("taken", "登録済"), ("dropped", "取りやめ")], default="waiting", max_length=7)),
                ("name", models.CharField(max_length=120)),
                ("data", models.BinaryField(default=b"")),
                ("sha256", models.CharField(max_length=64)),
                ("seen", models.CharField(max_length=64)),
                ("counts", models.JSONField(default=dict)),
                ("brought_at", models.DateTimeField()),
                ("brought_by", models.CharField(max_length=60)),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.CharField(blank=True, default="", max_length=60)),
                ("body", models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenants.body")),
            ],
            options={
                "indexes": [models.Index(fields=["body", "-brought_at"], name="master_books_newest")],
            },
        ),
        Wall("masterbook"),
    ]
