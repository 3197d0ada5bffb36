"""What only the owner of the tables does: migrations, then grants as the models declare them."""

from __future__ import annotations

import os

from django.db import connection, models

from moyai.web.database import ACROSS, APP


def migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    grant()


def grant() -> None:
    """Give the app its rights, take what insert-only tables may not have, and show `across` its columns."""
    from django.apps import apps

    with connection.cursor() as cursor:
        run = cursor.execute
        run(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP}")
        run(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}")
        run(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ACROSS}")
        run(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APP}")
        run("SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'insert_only'")
        for (table,) in cursor.fetchall():
            run(f"REVOKE UPDATE, DELETE ON {table} FROM {APP}")
        run("SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'never_changed'")
        for (table,) in cursor.fetchall():
            run(f"REVOKE UPDATE ON {table} FROM {APP}")
        for model in apps.get_models():
            columns = ", ".join(f'"{name}"' for name in _columns(model))
            if columns:
                run(f'GRANT SELECT ({columns}) ON "{model._meta.db_table}" TO {ACROSS}')


def _columns(model: type[models.Model]) -> list[str]:
    """The columns of `across`, which may name fields or columns; a name that is neither is a mistake."""
    by_name = {field.name: field.column for field in model._meta.local_concrete_fields}
    by_name |= {field.column: field.column for field in model._meta.local_concrete_fields}
    return [by_name[name] for name in getattr(model, "across", ())]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moyai.web.settings")
    import django

    django.setup()
    migrate()
