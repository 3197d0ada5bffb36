"""What only the owner of the tables does: migrations, then grants as the models declare them."""

from __future__ import annotations

import os
from typing import Any

from django.db import connection, models
from django.db.migrations.state import ProjectState

from moyai.web.database import ACROSS, APP


def migrate() -> None:
    from django.core.management import call_command

    _draw_less()
    call_command("migrate", interactive=False, verbosity=0)
    grant()


def _draw_less() -> None:
    """Let Django draw its models anew only where somebody reads the drawing: that was most of a first start.

    A new index or constraint is made by the operation that holds it, so it is only noted on the model as drawn.
    A new model is drawn alone: nobody points to it yet.
    """

    def append_option(state: ProjectState, app: str, model: str, option: str, thing: object) -> None:
        options = state.models[app, model].options
        options[option] = [*options[option], thing]
        if "apps" in state.__dict__:  # drawn already
            setattr(state.apps.get_model(app, model)._meta, option, options[option])

    def find_reload_model(state: ProjectState, app: str, model: str, delay: bool = False) -> Any:
        if model not in state.apps.all_models[app]:
            return {(app, model)}
        return neighbours(state, app, model, delay)

    state_of_models: Any = ProjectState
    neighbours = state_of_models._find_reload_model
    state_of_models._append_option = append_option
    state_of_models._find_reload_model = find_reload_model


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
