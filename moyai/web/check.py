"""`moyai check`: what must always hold in the database, asked of the database itself.

The wall as PostgreSQL knows it, rights, missing migrations, the chain of deeds, the ledger, and what each
room adds in `invariants.py`: INVARIANTS = [(name, function() -> sentences about what does not hold)].
Catalogues are open to every login, so this runs as the app and needs no right the app has not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import Error, OperationalError, connection, models
from django.db.migrations.loader import MigrationLoader

from moyai.tenants.migration import WALL, ForgetOnly, InsertOnly
from moyai.tenants.models import SameBody
from moyai.tenants.public import Body, BodyRow, SharedRow, acting_in
from moyai.web.database import ACROSS, APP, OWNER
from moyai.web.health import missing_migrations
from moyai.web.rooms import modules

Invariant = tuple[str, Callable[[], list[str]]]
WRITING = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    faults: list[str]


def check(*, as_json: bool) -> int:
    """Run every invariant; 0 when all hold, 1 when one does not, 2 when the database cannot be asked."""
    try:
        connection.ensure_connection()
    except OperationalError:
        text = "データベースに接続できません。moyai runで起動しているか確かめてください。"
        print(json.dumps({"ok": False, "error": text}, ensure_ascii=False) if as_json else f"✖ {text}")
        return 2
    found = [_asked(*invariant) for invariant in invariants()]
    broken = sum(len(finding.faults) for finding in found)
    if as_json:
        rows = [{"name": one.name, "ok": not one.faults, "faults": one.faults} for one in found]
        print(json.dumps({"ok": not broken, "invariants": rows}, ensure_ascii=False, indent=1))
        return 1 if broken else 0
    for finding in found:
        print(f"{'✖' if finding.faults else '✔'} {finding.name}")
        for fault in finding.faults:
            print(f"    {fault}")
    print(f"{broken}件の違反があります。" if broken else f"{len(found)}の決まりごとがすべて守られています。")
    return 1 if broken else 0


def invariants() -> Iterator[Invariant]:
    yield "すべての表が団体か協議会のものと決まっている", undeclared_models
    yield "団体の表の鍵が団体で始まる", keys_begin_with_the_body
    yield "団体の表に壁がある", walls_stand
    yield "参照が団体をまたがない", references_stay_in_the_body
    yield "追記だけの表を変えられない", insert_only_tables_are_closed
    yield "保存期間中の行を消せない", kept_tables_are_closed
    yield "協議会の目に決めた列だけが見える", across_sees_declared_columns_only
    yield "アプリの権限が壁を越えない", roles_stay_below_the_wall
    yield "データベースがこの版に合っている", lambda: [f"{name}がまだです" for name in missing_migrations()]
    yield "記録の鎖が切れていない", deeds_are_as_sealed
    yield from _of_money()
    for module in modules("invariants"):
        yield from module.INVARIANTS


def _asked(name: str, ask: Callable[[], list[str]]) -> Finding:
    try:
        return Finding(name, ask())
    except Error as error:  # one that cannot be asked is a fault of its own; the others still are
        connection.close()
        cause = str(getattr(getattr(error.__cause__, "diag", None), "message_primary", "") or "")
        return Finding(name, [f"調べられませんでした（{type(error).__name__} {cause}）".replace(" ）", "）")])


# --- the wall --------------------------------------------------------------------------------------


def undeclared_models() -> list[str]:
    return [
        f"{model._meta.label}はBodyRowでもSharedRowでもありません"
        for model in apps.get_models()
        if model.__module__.startswith("moyai.") and not issubclass(model, BodyRow | SharedRow)
    ]


def keys_begin_with_the_body() -> list[str]:
    """The primary key is (body_id, id), and every other unique key begins with body_id."""
    faults = []
    for table in _walled():
        rows = _rows(
            "SELECT i.indexrelid::regclass::text, i.indisprimary, i.indisvalid, ARRAY(SELECT a.attname::text"
            " FROM unnest(i.indkey) WITH ORDINALITY AS k(number, place) LEFT JOIN pg_attribute a"
            " ON a.attrelid = i.indrelid AND a.attnum = k.number ORDER BY k.place)"
            " FROM pg_index i WHERE i.indisunique AND i.indrelid = to_regclass(%s) ORDER BY 1",
            table,
        )
        if not any(primary and columns == ["body_id", "id"] for _name, primary, _valid, columns in rows):
            faults.append(f"{table}: 主キーが(body_id, id)ではありません")
        for name, primary, valid, columns in rows:
            if not primary and columns[0] != "body_id":
                faults.append(f"{table}: 一意の鍵{name}が団体で始まりません")
            if not valid:
                faults.append(f"{table}: 鍵{name}が有効ではありません")
    return faults


def walls_stand() -> list[str]:
    """Row-level security on and forced, and exactly the two policies that `Wall` makes."""
    faults = []
    wall = _as_written(WALL)
    wanted = {
        ("body_wall", "PERMISSIVE", (APP,), "ALL", wall, wall),
        ("council_view", "PERMISSIVE", (ACROSS,), "SELECT", "true", None),
    }
    for table in _walled():
        state = _rows(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = to_regclass(%s)", table
        )
        if not state:
            faults.append(f"{table}: 表がありません")
            continue
        if not state[0][0]:
            faults.append(f"{table}: 行の壁が有効ではありません")
        if not state[0][1]:
            faults.append(f"{table}: 行の壁が所有者に及びません")
        found = {
            (name, permissive, tuple(roles), command, using, checks)
            for name, permissive, roles, command, using, checks in _rows(
                "SELECT policyname::text, permissive, roles::text[], cmd, qual, with_check FROM pg_policies"
                " WHERE schemaname = 'public' AND tablename = %s",
                table,
            )
        }
        faults += [
            f"{table}: ポリシー{name[0]}がないか、違います" for name in sorted(wanted - found, key=str)
        ]
        faults += [
            f"{table}: ポリシー{name[0]}は決めたものではありません"
            for name in sorted(found - wanted, key=str)
        ]
    return faults


def references_stay_in_the_body() -> list[str]:
    """Each SameBody is a composite, enforced key; no other reference reaches a body's table."""
    faults = []
    walled = _walled()
    for table, model in walled.items():
        found = {
            (tuple(columns), target, tuple(target_columns)): valid
            for columns, target, target_columns, valid in _rows(
                "SELECT ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(n, place)"
                " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.place),"
                " c.confrelid::regclass::text,"
                " ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k(n, place)"
                " JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY k.place),"
                " c.convalidated AND NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgconstraint = c.oid"
                "   AND t.tgenabled <> 'O')"
                " FROM pg_constraint c WHERE c.contype = 'f' AND c.conrelid = to_regclass(%s)",
                table,
            )
        }
        for field in model._meta.local_fields:
            if isinstance(field, SameBody):
                target = field.remote_field.model._meta.db_table
                if not found.get((("body_id", field.column), target, ("body_id", "id"))):
                    faults.append(f"{table}.{field.column}: {target}への参照に団体がありません")
        if not found.get((("body_id",), Body._meta.db_table, ("id",))):
            faults.append(f"{table}.body_id: 団体への参照がありません")
    for source, target in _rows(
        "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint c WHERE contype = 'f'"
        " AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.confrelid"
        " AND a.attname = 'body_id' AND a.attnum = ANY (c.confkey))"
    ):
        if target in walled:
            faults.append(f"{source}: {target}への参照が壁を通りません")
    return faults


def insert_only_tables_are_closed() -> list[str]:
    """By trigger for everybody, by grant for the app. Which tables: those with InsertOnly in a migration."""
    faults = []
    # Bits of tgtype: each row 1, before 2, delete 8, update 16, truncate 32.
    wanted = {"insert_only": 1 + 2 + 8 + 16, "insert_only_whole": 2 + 32}
    for table in insert_only_tables():
        found = dict(
            _rows(
                "SELECT t.tgname::text, t.tgtype::int FROM pg_trigger t WHERE t.tgrelid = to_regclass(%s)"
                " AND t.tgfoid = to_regproc('moyai_refuse_change') AND t.tgenabled IN ('O', 'A')"
                " AND t.tgqual IS NULL AND t.tgattr = ''",
                table,
            )
        )
        for name, kind in wanted.items():
            if found.get(name) != kind:
                faults.append(f"{table}: トリガー{name}がないか、働いていません")
        for right in ("UPDATE", "DELETE"):
            if _may(APP, table, right):
                faults.append(f"{table}: {APP}に{right}の権限があります")
    return faults


def kept_tables_are_closed() -> list[str]:
    """Rows go only after their time, by trigger; where they are never changed, by trigger and by grant."""
    faults = []
    for table, frozen in kept_tables().items():
        found = dict(
            _rows(
                "SELECT t.tgname::text, t.tgtype::int FROM pg_trigger t WHERE t.tgrelid = to_regclass(%s)"
                " AND t.tgfoid IN (to_regproc('moyai_forget_only'), to_regproc('moyai_refuse_change'))"
                " AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL AND t.tgattr = ''",
                table,
            )
        )
        wanted = {"forget_only": 1 + 2 + 8, "insert_only_whole": 2 + 32}
        for name, kind in (wanted | ({"never_changed": 1 + 2 + 16} if frozen else {})).items():
            if found.get(name) != kind:
                faults.append(f"{table}: トリガー{name}がないか、働いていません")
        if frozen and _may(APP, table, "UPDATE"):
            faults.append(f"{table}: {APP}にUPDATEの権限があります")
    return faults


@lru_cache(maxsize=1)
def insert_only_tables() -> list[str]:
    found = {table for table, operation in _operations(InsertOnly)}
    return sorted(found - set(kept_tables()))  # a later migration may have let rows go after their time


@lru_cache(maxsize=1)
def kept_tables() -> dict[str, bool]:
    """Tables whose rows go only after their time, and whether they are never changed."""
    return {table: operation.frozen for table, operation in _operations(ForgetOnly)}


def _operations(kind: type[Any]) -> list[tuple[str, Any]]:
    loader = MigrationLoader(None)
    return [
        (apps.get_model(app, operation.model)._meta.db_table, operation)
        for (app, _name), migration in loader.disk_migrations.items()
        for operation in migration.operations
        if isinstance(operation, kind)
    ]


# --- rights ----------------------------------------------------------------------------------------


def across_sees_declared_columns_only() -> list[str]:
    """Also of tables that have no model of ours: there the council's eye sees nothing."""
    declared: dict[str, set[str]] = {}
    for model in apps.get_models():
        by_name = {field.name: field.column for field in model._meta.local_concrete_fields}
        names = {by_name.get(name, name) for name in getattr(model, "across", ())}
        declared[model._meta.db_table] = names
    faults = []
    for table, columns in _rows(
        "SELECT c.relname::text, ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid"
        " AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(%s, c.oid, a.attnum, 'SELECT'))"
        " FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace"
        " ORDER BY 1",
        ACROSS,
    ):
        faults += [
            f"{table}.{column}: {ACROSS}が読めます"
            for column in sorted(set(columns) - declared.get(table, set()))
        ]
        faults += [
            f"{table}.{column}: {ACROSS}が読めません"
            for column in sorted(declared.get(table, set()) - set(columns))
        ]
        faults += [
            f"{table}: {ACROSS}に{right}の権限があります" for right in WRITING if _may(ACROSS, table, right)
        ]
    return faults


def roles_stay_below_the_wall() -> list[str]:
    """The app and the council's eye own nothing, make nothing and belong to nobody."""
    faults = []
    roles = {
        row[0]: row[1:]
        for row in _rows(
            "SELECT rolname::text, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
            " FROM pg_roles WHERE rolname = ANY (%s)",
            [OWNER, APP, ACROSS],
        )
    }
    for role in (OWNER, APP, ACROSS):
        if role not in roles:
            faults.append(f"{role}がありません")
        elif any(roles[role]):
            faults.append(f"{role}に強すぎる権限があります")
    for member, group in _rows(
        "SELECT m.member::regrole::text, m.roleid::regrole::text FROM pg_auth_members m"
        " WHERE m.member::regrole::text = ANY (%s) ORDER BY 1, 2",
        [OWNER, APP, ACROSS],
    ):
        faults.append(f"{member}が{group}に属しています")
    for name, owner in _rows(
        "SELECT relname::text, relowner::regrole::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p', 'v', 'm', 'S') AND relowner::regrole::text <> %s ORDER BY 1",
        OWNER,
    ):
        faults.append(f"{name}の所有者が{owner}です")
    for (name,) in _rows(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    ):
        faults.append(f"関数{name}は所有者の権限で動きます")
    for role in (APP, ACROSS):
        if _rows("SELECT 1 WHERE has_schema_privilege(%s, 'public', 'CREATE')", role):
            faults.append(f"{role}が表を作れます")
    for table in _walled():
        for right in ("TRUNCATE", "REFERENCES", "TRIGGER"):
            if _may(APP, table, right):
                faults.append(f"{table}: {APP}に{right}の権限があります")
    return faults


def _may(role: str, table: str, right: str) -> bool:
    """Whether a role has a right on a table, or on one of its columns."""
    of_a_column = right in ("INSERT", "UPDATE", "REFERENCES")
    rows = _rows(
        "SELECT CASE WHEN %s THEN has_any_column_privilege(%s, t, %s) ELSE has_table_privilege(%s, t, %s) END"
        " FROM (SELECT to_regclass(%s) AS t) AS x",
        *(of_a_column, role, right if of_a_column else "UPDATE", role, right, table),
    )
    return bool(rows[0][0])


# --- what the rows say -----------------------------------------------------------------------------


def deeds_are_as_sealed() -> list[str]:
    from moyai.audit.public import verify

    return [f"協議会: {fault}" for fault in verify(None)] + in_each_body(verify)()


def in_each_body(ask: Callable[[Body], list[str]]) -> Callable[[], list[str]]:
    """Ask inside the wall of every body, with its name before what is found."""

    def asked() -> list[str]:
        faults = []
        for body in Body.objects.order_by("code"):
            with acting_in(body):
                faults += [f"{body.name}: {fault}" for fault in ask(body)]
        return faults

    return asked


def _of_money() -> Iterator[Invariant]:
    from moyai.money.public import invariants as of_the_ledger

    for name, ask in of_the_ledger():
        yield name, in_each_body(ask)


# --- reading the catalogues ------------------------------------------------------------------------


def _walled() -> dict[str, type[models.Model]]:
    found = {model._meta.db_table: model for model in apps.get_models() if issubclass(model, BodyRow)}
    return dict(sorted(found.items()))


def _as_written(condition: str) -> str:
    """A condition as PostgreSQL writes it back."""
    assert condition == "body_id = current_setting('moyai.body_id')::int", "write the new wall here too"
    return "(body_id = (current_setting('moyai.body_id'::text))::integer)"


def _rows(query: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return list(cursor.fetchall())
