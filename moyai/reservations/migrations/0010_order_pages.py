"""A draw writes its entries without touching their indexes: the order has its own pages, every page of rows has room."""

import django.db.models.deletion
from django.db import migrations, models

import moyai.tenants.models
from moyai.tenants.public import Wall

# Rows stored before stay where they are; what is entered from now on leaves its page half empty.
_ROOM = "ALTER TABLE reservations_entry SET (fillfactor = 48)"
_NO_ROOM = "ALTER TABLE reservations_entry RESET (fillfactor)"

_PAGES = """
INSERT INTO reservations_orderpage (body_id, round_id, first, entries)
SELECT body_id, round_id, (rank - 1) / 100 * 100 + 1, jsonb_agg(id ORDER BY rank)
FROM reservations_entry WHERE rank IS NOT NULL
GROUP BY body_id, round_id, (rank - 1) / 100
"""
_BOOKED = """
UPDATE reservations_round r SET booked_at = r.drawn_at
WHERE r.state = 'drawn' AND NOT EXISTS (
    SELECT 1 FROM reservations_entry e
    WHERE e.body_id = r.body_id AND e.round_id = r.id AND e.state = 'won' AND e.booking_id IS NULL
)
"""


class Migration(migrations.Migration):
    dependencies = [("reservations", "0009_round_salt")]

    operations = [
        migrations.RemoveIndex("entry", "entries_by_rank"),
        migrations.RunSQL(_ROOM, _NO_ROOM),
        migrations.AddField("round", "booked_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="OrderPage",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("first", models.PositiveIntegerField()),
                ("entries", models.JSONField()),
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
                    "round",
                    moyai.tenants.models.SameBody(
                        index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_pages",
                        to="reservations.round",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("body", "round", "first"), name="page_of_the_order_once")
                ]
            },
        ),
        Wall("orderpage"),
        migrations.RunSQL(_PAGES, migrations.RunSQL.noop),
        migrations.RunSQL(_BOOKED, migrations.RunSQL.noop),
    ]
