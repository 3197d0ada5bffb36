"""What an item or a notice cites of the council's rules; each step of a candidate once, and kept."""

import django.db.models.deletion
from django.db import migrations, models

from moyai.tenants.public import InsertOnly


class Migration(migrations.Migration):
    dependencies = [
        ("council", "0001_initial"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Citation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("article", models.CharField(blank=True, default="", max_length=60)),
                ("cited_on", models.DateField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="candidate",
            constraint=models.UniqueConstraint(fields=("before",), name="candidate_goes_on_once"),
        ),
        migrations.AddField(
            model_name="citation",
            name="item",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="citations",
                to="council.item",
            ),
        ),
        migrations.AddField(
            model_name="citation",
            name="posting",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="citations",
                to="council.posting",
            ),
        ),
        migrations.AddField(
            model_name="citation",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="citations",
                to="council.bylawversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="citation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("item__isnull", False), ("posting__isnull", True)),
                    models.Q(("item__isnull", True), ("posting__isnull", False)),
                    _connector="OR",
                ),
                name="citation_stands_in_one_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="citation",
            constraint=models.UniqueConstraint(
                fields=("version", "item", "posting", "article"), name="cited_once", nulls_distinct=False
            ),
        ),
        InsertOnly("candidate"),
    ]
