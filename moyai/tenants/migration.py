"""Migration operations that put a table behind the wall. Each may run again on the same table."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

from moyai.tenants.models import SameBody

APP = "moyai_app"
ACROSS = "moyai_across"
WALL = "body_id = current_setting('moyai.body_id')::int"


class _OnTable(Operation):
    reduces_to_sql = True
    reversible = True

    def __init__(self, model: str) -> None:
        self.model = model

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__qualname__, [self.model], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        pass  # the table goes when its CreateModel is reversed, and the wall with it

    def _model(self, app_label: str, state: Any) -> Any:
        return state.apps.get_model(app_label, self.model)


class Wall(_OnTable):
    """Swap the key to (body_id, id), force row-level security, make references composite."""

    def describe(self) -> str:
        return f"Wall in {self.model}"

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        model = self._model(app_label, to_state)
        table = model._meta.db_table
        run = schema_editor.execute
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "SELECT conname, array_length(conkey, 1) FROM pg_constraint"
                " WHERE conrelid = %s::regclass AND contype = 'p'",
                [f'"{table}"'],
            )
            name, width = cursor.fetchone()
        if width == 1:
            run(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}", ADD PRIMARY KEY (body_id, id)')
        run(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')
        run(f'DROP POLICY IF EXISTS body_wall ON "{table}"')
        run(f'CREATE POLICY body_wall ON "{table}" TO {APP} USING ({WALL}) WITH CHECK ({WALL})')
        run(f'DROP POLICY IF EXISTS council_view ON "{table}"')
        run(f'CREATE POLICY council_view ON "{table}" FOR SELECT TO {ACROSS} USING (true)')
        for field in model._meta.local_fields:
            if isinstance(field, SameBody):
                self._refer(run, table, field)

    def _refer(self, run: Any, table: str, field: SameBody) -> None:
        column, target = field.column, field.remote_field.model._meta.db_table
        stem = f"{table}_{column}"[:50]
        run(f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{stem}_same_body"')
        run(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{stem}_same_body" FOREIGN KEY (body_id, "{column}")'
            f' REFERENCES "{target}" (body_id, id) DEFERRABLE INITIALLY IMMEDIATE'
        )
        if field.index and not field.unique:
            run(f'CREATE INDEX IF NOT EXISTS "{stem}_by_body" ON "{table}" (body_id, "{column}")')


class InsertOnly(_OnTable):
    """Rows of this table are never changed or removed: by grant, and by trigger even for the owner."""

    def describe(self) -> str:
        return f"Make {self.model} insert-only"

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        table = self._model(app_label, to_state)._meta.db_table
        schema_editor.execute(
            f'CREATE OR REPLACE TRIGGER insert_only BEFORE UPDATE OR DELETE ON "{table}"'
            " FOR EACH ROW EXECUTE FUNCTION moyai_refuse_change()"
        )
        schema_editor.execute(
            f'CREATE OR REPLACE TRIGGER insert_only_whole BEFORE TRUNCATE ON "{table}"'
            " FOR EACH STATEMENT EXECUTE FUNCTION moyai_refuse_change()"
        )


class ForgetOnly(_OnTable):
    """保存期間 — rows go only once the time their root row is kept for is over and nothing holds it.

    `root` is the model of this app that has `keep_until` (the last day it is kept; empty while it is in use) and
    `held`; `holds` the model whose rows without `released_at` hold it back. The table itself may be the root. Rows
    that belong to no root go at any time. `frozen`: they are never changed either. By trigger, so that it binds
    every statement of everybody; the day is the database's own.
    """

    def __init__(self, model: str, *, root: str, holds: str, frozen: bool = False) -> None:
        super().__init__(model)
        self.root, self.holds, self.frozen = root, holds, frozen

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        rest = {"root": self.root, "holds": self.holds} | ({"frozen": True} if self.frozen else {})
        return (self.__class__.__qualname__, [self.model], rest)

    def describe(self) -> str:
        return f"Let rows of {self.model} go only after their time"

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        model = self._model(app_label, to_state)
        table = model._meta.db_table
        root = to_state.apps.get_model(app_label, self.root)._meta.db_table
        holds = to_state.apps.get_model(app_label, self.holds)._meta.db_table
        key = "id" if table == root else model._meta.get_field(self.root).column
        run = schema_editor.execute
        run(FORGET_ONLY, None)  # no parameters: the per cent signs are those of format()
        run(f'DROP TRIGGER IF EXISTS insert_only ON "{table}"')
        run(
            f'CREATE OR REPLACE TRIGGER forget_only BEFORE DELETE ON "{table}" FOR EACH ROW'
            f" EXECUTE FUNCTION moyai_forget_only('{root}', '{key}', '{holds}', '{self.root}_id')"
        )
        run(
            f'CREATE OR REPLACE TRIGGER insert_only_whole BEFORE TRUNCATE ON "{table}"'
            " FOR EACH STATEMENT EXECUTE FUNCTION moyai_refuse_change()"
        )
        if self.frozen:
            run(
                f'CREATE OR REPLACE TRIGGER never_changed BEFORE UPDATE ON "{table}"'
                " FOR EACH ROW EXECUTE FUNCTION moyai_refuse_change()"
            )


FORGET_ONLY = """
CREATE OR REPLACE FUNCTION moyai_forget_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    root_id bigint;
    kept boolean;
BEGIN
    EXECUTE format('SELECT ($1).%I', TG_ARGV[1]) INTO root_id USING OLD;
    IF root_id IS NULL THEN
        RETURN OLD;
    END IF;
    EXECUTE format(
        'SELECT r.keep_until IS NULL OR r.held OR r.keep_until >= (now() AT TIME ZONE ''Asia/Tokyo'')::date'
        ' OR EXISTS (SELECT FROM %I h WHERE h.body_id = r.body_id AND h.%I = r.id AND h.released_at IS NULL)'
        ' FROM %I r WHERE r.body_id = $1 AND r.id = $2', TG_ARGV[2], TG_ARGV[3], TG_ARGV[0]
    ) INTO kept USING OLD.body_id, root_id;
    IF kept IS NOT FALSE THEN
        RAISE EXCEPTION 'row % of % is kept: its time is not over, or it is held', OLD.id, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'kept_until_its_day';
    END IF;
    RETURN OLD;
END $$;
"""
