import django.db.models.deletion
from django.db import migrations, models

import moyai.tenants.models
from moyai.tenants.migration import Wall


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reason",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("salt", models.CharField(max_length=32)),
                ("text", models.CharField(max_length=500)),
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
                (
                    "deed",
                    moyai.tenants.models.SameBody(
                        index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="audit.deed",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("body", "deed"), name="reason_once_per_deed")
                ],
            },
        ),
        Wall("reason"),
        # Words go when they are forgotten; nobody may put others in their place.
        migrations.RunSQL(
            sql="CREATE TRIGGER never_changed BEFORE UPDATE ON audit_reason"
            " FOR EACH ROW EXECUTE FUNCTION moyai_refuse_change()",
            reverse_sql="DROP TRIGGER never_changed ON audit_reason",
        ),
    ]
