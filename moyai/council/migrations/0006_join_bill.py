"""後乗りの請求 — a bill is of a share or of a joining, and says itself of which cost line and year; a joining keeps what explains it."""

import django.db.models.deletion
from django.db import migrations, models

# What was billed until now was of shares: each bill takes line and year of its burden.
_OF_SHARES = """
UPDATE council_bill SET cost_line_id = burden.cost_line_id, fiscal_year = burden.fiscal_year
FROM council_burdenshare share JOIN council_burden burden ON burden.id = share.burden_id
WHERE share.id = council_bill.share_id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


def _line(*, null: bool) -> models.ForeignKey:
    return models.ForeignKey(
        null=null, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="council.costline"
    )


class Migration(migrations.Migration):
    dependencies = [("council", "0005_ballot_links")]

    operations = [
        migrations.AddField("bill", "cost_line", _line(null=True)),
        migrations.AddField("bill", "fiscal_year", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField(
            "bill",
            "join",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bills",
                to="council.latejoin",
            ),
        ),
        migrations.RunSQL(_OF_SHARES, migrations.RunSQL.noop),
        migrations.AlterField("bill", "cost_line", _line(null=False)),
        migrations.AlterField("bill", "fiscal_year", models.PositiveSmallIntegerField()),
        migrations.AlterField(
            "bill",
            "share",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bills",
                to="council.burdenshare",
            ),
        ),
        migrations.AddConstraint(
            "bill",
            models.UniqueConstraint(
                condition=models.Q(("withdrawn_on__isnull", True)),
                fields=("join", "body"),
                name="join_billed_once",
            ),
        ),
        migrations.AddConstraint(
            "bill",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("join__isnull", True), ("share__isnull", False)),
                    models.Q(("join__isnull", False), ("share__isnull", True)),
                    _connector="OR",
                ),
                name="bill_is_of_a_share_or_a_joining",
            ),
        ),
        migrations.AddField("latejoin", "contract_from", models.DateField(blank=True, null=True)),
        migrations.AddField("latejoin", "mix", models.JSONField(default=list)),
        migrations.AddField("latejoin", "population_on", models.DateField(blank=True, null=True)),
        migrations.AddField("latejoin", "basis", models.JSONField(default=dict)),
        migrations.AddField("latejoin", "left", models.CharField(blank=True, default="", max_length=200)),
        migrations.AddField("latejoin", "part", models.CharField(blank=True, default="", max_length=200)),
        migrations.AddField("latejoin", "monthly_yen", models.BigIntegerField(blank=True, null=True)),
        migrations.AddField("latejoin", "monthly", models.JSONField(default=list)),
        migrations.AddField("latejoin", "rule", models.CharField(default="late-joining", max_length=60)),
        migrations.AddField(
            "latejoin", "rule_version", models.CharField(blank=True, default="", max_length=40)
        ),
        migrations.AddField("latejoin", "source", models.CharField(blank=True, default="", max_length=200)),
    ]
