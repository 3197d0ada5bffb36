"""選定日と誓約書 — shares agreed before a supplier is chosen, and what payers pledge for them: versions, insert-only."""

import django.db.models.deletion
from django.db import migrations, models

from moyai.tenants.public import InsertOnly


def _row(to: str, name: str = "+") -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=name, to=to)


class Migration(migrations.Migration):
    dependencies = [("council", "0006_join_bill"), ("tenants", "0001_initial")]

    operations = [
        migrations.AddField("burden", "selection_on", models.DateField(blank=True, null=True)),
        migrations.AddConstraint(
            "burden",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "decided"), _negated=True),
                    ("selection_on__isnull", True),
                    ("decided_on__lt", models.F("selection_on")),
                    _connector="OR",
                ),
                name="burden_is_decided_before_selection",
            ),
        ),
        migrations.CreateModel(
            name="Pledge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("signed_by", models.CharField(max_length=120)),
                ("pledged_on", models.DateField()),
                ("brought_at", models.DateTimeField()),
                ("brought_by", models.CharField(max_length=60)),
                ("on_paper", models.BooleanField(default=False)),
                ("burden", _row("council.burden", "pledges")),
                ("body", _row("tenants.body")),
                ("file", _row("council.paperfile")),
            ],
        ),
        migrations.AddIndex(
            "pledge", models.Index(fields=["body", "burden", "-version"], name="pledges_of_a_body")
        ),
        migrations.AddConstraint(
            "pledge",
            models.UniqueConstraint(fields=("burden", "body", "version"), name="pledge_version_once"),
        ),
        InsertOnly("pledge"),
    ]
