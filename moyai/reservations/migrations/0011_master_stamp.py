import django.db.models.deletion
from django.db import migrations, models

from moyai.tenants.public import Wall

MASTERS = (
    "facility",
    "room",
    "part",
    "combination",
    "frame",
    "policy",
    "specialday",
    "equipment",
    "purpose",
)
# The rows of others that are under way are left alone (SKIP LOCKED): a change never waits for another one here.
STAMP = """
CREATE FUNCTION moyai_reservations_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH whose AS MATERIALIZED (SELECT DISTINCT body_id FROM changed),
    last AS MATERIALIZED (
        SELECT s.body_id, s.id FROM reservations_masterstamp s WHERE s.body_id IN (SELECT body_id FROM whose)
        FOR UPDATE SKIP LOCKED
    ),
    gone AS (
        DELETE FROM reservations_masterstamp s USING last WHERE s.body_id = last.body_id AND s.id = last.id
    )
    INSERT INTO reservations_masterstamp (body_id) SELECT body_id FROM whose;
    RETURN NULL;
END $$;
"""
# ALWAYS: also where rows are copied in by a session that looks up no keys.
TRIGGERS = "".join(
    f"CREATE TRIGGER stamped_{verb} AFTER {verb} ON reservations_{name} REFERENCING {rows} TABLE AS changed"
    f" FOR EACH STATEMENT EXECUTE FUNCTION moyai_reservations_stamp();"
    f"ALTER TABLE reservations_{name} ENABLE ALWAYS TRIGGER stamped_{verb};"
    for name in MASTERS
    for verb, rows in (("insert", "NEW"), ("update", "NEW"), ("delete", "OLD"))
)
AWAY = "".join(
    f"DROP TRIGGER stamped_{verb} ON reservations_{name};"
    for name in MASTERS
    for verb in ("insert", "update", "delete")
)


class Migration(migrations.Migration):
    dependencies = [("reservations", "0010_order_pages"), ("tenants", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="MasterStamp",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
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
            options={"abstract": False},
        ),
        Wall("masterstamp"),
        migrations.RunSQL(STAMP + TRIGGERS, AWAY + "DROP FUNCTION moyai_reservations_stamp();"),
    ]
