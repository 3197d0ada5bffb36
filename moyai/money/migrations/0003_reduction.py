import django.db.models.deletion
from django.db import migrations, models

import moyai.tenants.models
from moyai.tenants.migration import InsertOnly, Wall


class Migration(migrations.Migration):
    dependencies = [
        ("money", "0002_forgotten"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reduction",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("amount_yen", models.BigIntegerField()),
                ("at", models.DateTimeField()),
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
                    "instalment",
                    moyai.tenants.models.SameBody(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reductions",
                        to="money.instalment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_yen__gt", 0)), name="reduction_is_of_one_yen_or_more"
                    )
                ],
            },
        ),
        Wall("reduction"),
        InsertOnly("reduction"),
        migrations.RemoveConstraint(model_name="overpayment", name="overpayment_reason_is_known"),
        migrations.AddConstraint(
            model_name="overpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("why__in", ["excess", "double", "wrong_amount", "cancelled", "reduced", "refused"])
                ),
                name="overpayment_reason_is_known",
            ),
        ),
    ]
