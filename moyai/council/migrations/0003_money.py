"""請求書の中身, and what the settlement of one year posts in the next."""

from __future__ import annotations

from datetime import UTC, datetime

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("council", "0002_citation")]

    operations = [
        migrations.AddField(
            model_name="bill",
            name="facts",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="bill",
            name="file",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="council.paperfile",
            ),
        ),
        # No installation has a bill yet: the two values below are never written.
        migrations.AddField(
            model_name="bill",
            name="issued_at",
            field=models.DateTimeField(default=datetime(2026, 1, 1, tzinfo=UTC)),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="bill",
            name="issued_by",
            field=models.CharField(default="", max_length=60),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="refund",
            name="paid_by",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="council.entry",
            ),
        ),
        migrations.AddField(
            model_name="settlement",
            name="carried_by",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="council.entry",
            ),
        ),
    ]
