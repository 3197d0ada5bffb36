"""`moyai check`: silent over a sound database; each thing that can be broken is named when it is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from tests import server

NAME = f"check_{server.WORKER}"
Find = Callable[[], dict[str, list[str]]]


@pytest.fixture
def broken(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[str], Find]]:
    """Break a clone as its superuser; gives what `check` then finds, by the name of the invariant."""
    from django.db import connections

    default = connections["default"]
    before = default.settings_dict["NAME"]

    def take(statements: str) -> Find:
        url = server.clone(NAME)
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(statements)

        def find() -> dict[str, list[str]]:
            from moyai.web.check import _asked, invariants

            return {one.name: one.faults for one in (_asked(*pair) for pair in invariants()) if one.faults}

        return find

    with django_db_blocker.unblock():
        default.close()
        default.settings_dict["NAME"] = NAME
        yield take
        default.close()
        default.settings_dict["NAME"] = before
    server.admin(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')


def test_sound_database_breaks_no_invariant(broken: Any) -> None:
    assert broken("SELECT 1")() == {}


KEYS = "団体の表の鍵が団体で始まる"
WALLS = "団体の表に壁がある"
REFERENCES = "参照が団体をまたがない"
INSERT_ONLY = "追記だけの表を変えられない"
KEPT = "保存期間中の行を消せない"
ACROSS = "協議会の目に決めた列だけが見える"
ROLES = "アプリの権限が壁を越えない"

BREAKS = {
    "primary key of one column": (
        "ALTER TABLE audit_reason DROP CONSTRAINT audit_reason_pkey, ADD PRIMARY KEY (id)",
        KEYS,
        "audit_reason: 主キーが(body_id, id)ではありません",
    ),
    "unique key over all bodies": (
        "CREATE UNIQUE INDEX over_all ON tenants_counter (kind, body_id, last)",
        KEYS,
        "tenants_counter: 一意の鍵over_allが団体で始まりません",
    ),
    "unique expression": (
        "CREATE UNIQUE INDEX by_words ON tenants_counter (lower(kind), body_id)",
        KEYS,
        "tenants_counter: 一意の鍵by_wordsが団体で始まりません",
    ),
    "wall switched off": (
        "ALTER TABLE tenants_counter DISABLE ROW LEVEL SECURITY",
        WALLS,
        "tenants_counter: 行の壁が有効ではありません",
    ),
    "owner above the wall": (
        "ALTER TABLE tenants_counter NO FORCE ROW LEVEL SECURITY",
        WALLS,
        "tenants_counter: 行の壁が所有者に及びません",
    ),
    "policy lost": (
        "DROP POLICY body_wall ON audit_seal",
        WALLS,
        "audit_seal: ポリシーbody_wallがないか、違います",
    ),
    "second door in the wall": (
        "CREATE POLICY convenience ON audit_deed FOR SELECT TO moyai_app USING (true)",
        WALLS,
        "audit_deed: ポリシーconvenienceは決めたものではありません",
    ),
    "reads are walled, writes are not": (
        "DROP POLICY body_wall ON audit_deed; CREATE POLICY body_wall ON audit_deed TO moyai_app"
        " USING (body_id = current_setting('moyai.body_id')::int) WITH CHECK (true)",
        WALLS,
        "audit_deed: ポリシーbody_wallがないか、違います",
    ),
    "no trigger": (
        "DROP TRIGGER insert_only ON audit_deed",
        INSERT_ONLY,
        "audit_deed: トリガーinsert_onlyがないか、働いていません",
    ),
    "sleeping trigger": (
        "ALTER TABLE audit_councilseal DISABLE TRIGGER insert_only_whole",
        INSERT_ONLY,
        "audit_councilseal: トリガーinsert_only_wholeがないか、働いていません",
    ),
    "update granted": (
        "GRANT UPDATE ON audit_deed TO moyai_app",
        INSERT_ONLY,
        "audit_deed: moyai_appにUPDATEの権限があります",
    ),
    "update of one column granted": (
        "GRANT UPDATE (reason) ON audit_councildeed TO moyai_app",
        INSERT_ONLY,
        "audit_councildeed: moyai_appにUPDATEの権限があります",
    ),
    "delete granted": (
        "GRANT DELETE ON audit_seal TO moyai_app",
        INSERT_ONLY,
        "audit_seal: moyai_appにDELETEの権限があります",
    ),
    "kept rows may go": (
        "DROP TRIGGER forget_only ON applications_decision",
        KEPT,
        "applications_decision: トリガーforget_onlyがないか、働いていません",
    ),
    "history may be changed": (
        "ALTER TABLE applications_history DISABLE TRIGGER never_changed",
        KEPT,
        "applications_history: トリガーnever_changedがないか、働いていません",
    ),
    "personal data across": (
        "GRANT SELECT (email) ON people_account TO moyai_across",
        ACROSS,
        "people_account.email: moyai_acrossが読めます",
    ),
    "framework's table across": (
        "GRANT SELECT ON django_session TO moyai_across",
        ACROSS,
        "django_session.session_data: moyai_acrossが読めます",
    ),
    "declared column not granted": (
        "REVOKE SELECT (digest) ON audit_seal FROM moyai_across",
        ACROSS,
        "audit_seal.digest: moyai_acrossが読めません",
    ),
    "council's eye writes": (
        "GRANT INSERT ON tenants_body TO moyai_across",
        ACROSS,
        "tenants_body: moyai_acrossにINSERTの権限があります",
    ),
    "app owns a table": (
        "ALTER TABLE tenants_service OWNER TO moyai_app",
        ROLES,
        "tenants_serviceの所有者がmoyai_appです",
    ),
    "app makes tables": ("GRANT CREATE ON SCHEMA public TO moyai_app", ROLES, "moyai_appが表を作れます"),
    "app empties tables": (
        "GRANT TRUNCATE ON tenants_counter TO moyai_app",
        ROLES,
        "tenants_counter: moyai_appにTRUNCATEの権限があります",
    ),
    "function above the wall": (
        "CREATE FUNCTION peek() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT 1'",
        ROLES,
        "関数peek()は所有者の権限で動きます",
    ),
    "migration missing": (
        "DELETE FROM django_migrations WHERE app = 'audit' AND name = '0001_initial'",
        "データベースがこの版に合っている",
        "audit.0001_initialがまだです",
    ),
}


@pytest.mark.parametrize("what", BREAKS)
def test_broken_database_is_named_by_one_invariant(what: str, broken: Any) -> None:
    statements, name, sentence = BREAKS[what]
    found = broken(statements)()
    assert sentence in found.pop(name)
    # Owning a table brings every right over it; all else breaks one invariant only.
    assert found == {} or what == "app owns a table", found


def _a_reference() -> tuple[str, str, str]:
    """A table with a SameBody field, the column and its target."""
    from django.apps import apps

    from moyai.tenants.models import SameBody

    return next(
        (model._meta.db_table, field.column, field.remote_field.model._meta.db_table)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, SameBody)
    )


def test_reference_without_its_body_is_named(broken: Any) -> None:
    table, column, target = _a_reference()
    sentence = f"{table}.{column}: {target}への参照に団体がありません"
    drop = (
        "DO $$ DECLARE name text; BEGIN SELECT conname INTO name FROM pg_constraint WHERE contype = 'f'"
        f" AND conrelid = '{table}'::regclass AND conname LIKE '%\\_same_body'"
        f" AND pg_get_constraintdef(oid) LIKE '%(body_id, {column})%';"
        f" EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', name); END $$;"
    )
    assert broken(drop)() == {REFERENCES: [sentence]}
    # One that is there but lets everything pass is none: PostgreSQL keeps a key by its triggers.
    assert broken(f"ALTER TABLE {table} DISABLE TRIGGER ALL")()[REFERENCES].count(sentence) == 1
    # And a key over the wall, made beside it.
    around = (
        f"CREATE UNIQUE INDEX by_id_alone ON {target} (id);"
        f"ALTER TABLE {table} ADD CONSTRAINT around FOREIGN KEY ({column}) REFERENCES {target} (id)"
    )
    assert f"{table}: {target}への参照が壁を通りません" in broken(around)()[REFERENCES]


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("ALTER ROLE moyai_app BYPASSRLS", "moyai_appに強すぎる権限があります"),
        ("ALTER ROLE moyai_across CREATEDB", "moyai_acrossに強すぎる権限があります"),
        ("GRANT moyai_owner TO moyai_app", "moyai_appがmoyai_ownerに属しています"),
        ("GRANT pg_read_all_data TO moyai_across", "moyai_acrossがpg_read_all_dataに属しています"),
    ],
)
def test_app_above_the_wall_is_named(
    statement: str, sentence: str, broken: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Roles belong to the whole server, where other tests run: never committed, asked of where it was done."""
    from moyai.web import check

    broken("SELECT 1")
    with psycopg.connect(server.database_url(NAME)) as admin:
        monkeypatch.setattr(
            check,
            "_rows",
            lambda query, *values: admin.execute(query, list(values) if values else None).fetchall(),
        )
        assert check.roles_stay_below_the_wall() == []
        admin.execute(statement)  # type: ignore[arg-type]
        assert sentence in check.roles_stay_below_the_wall()
        admin.rollback()
        assert check.roles_stay_below_the_wall() == []


def test_removed_and_changed_deeds_are_named(broken: Any) -> None:
    sealed = (
        "INSERT INTO audit_deed (body_id, at, role, verb, thing_kind, reason, request_id, channel, detail)"
        " SELECT (SELECT min(id) FROM tenants_body), now(), 'clerk', 'test.look', '', '', '', 'office', '{}'"
        " FROM generate_series(1, 5)"
    )
    find = broken(sealed)
    from django.db import transaction

    from moyai.audit.public import seal_body
    from moyai.tenants.public import Body, acting_in

    with transaction.atomic(), acting_in(Body.objects.order_by("id").first()) as now:
        seal_body(Body.objects.order_by("id").first(), now)
    assert find() == {}
    chain = "記録の鎖が切れていない"
    with psycopg.connect(server.database_url(NAME), autocommit=True) as admin:
        admin.execute("ALTER TABLE audit_deed DISABLE TRIGGER insert_only")
        admin.execute("UPDATE audit_deed SET reason = '書き換え' WHERE id = (SELECT min(id) FROM audit_deed)")
        admin.execute("ALTER TABLE audit_deed ENABLE TRIGGER insert_only")
        changed = find()
        assert changed.keys() == {chain} and "内容が変わっています" in changed[chain][0]
        admin.execute("ALTER TABLE audit_deed DISABLE TRIGGER insert_only")
        admin.execute("DELETE FROM audit_deed WHERE id = (SELECT max(id) FROM audit_deed)")
        admin.execute("ALTER TABLE audit_deed ENABLE TRIGGER insert_only")
        removed = find()
        counts = re.search(r"記録は(\d+)件でしたが、今は(\d+)件", removed[chain][0])
        assert removed.keys() == {chain} and counts and int(counts[1]) - int(counts[2]) == 1


def test_what_rooms_and_the_ledger_find_is_reported(broken: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    from moyai.web import check

    find = broken("SELECT 1")
    room = SimpleNamespace(INVARIANTS=[("座席が売れすぎていない", lambda: ["講座1: 定員20に21件です"])])
    monkeypatch.setattr(check, "modules", lambda name: [room] if name == "invariants" else [])
    monkeypatch.setattr(
        "moyai.money.public.invariants", lambda: [("帳尻", lambda body: [f"{body.slug}が合いません"])]
    )
    found = find()
    assert found.pop("座席が売れすぎていない") == ["講座1: 定員20に21件です"]
    assert found.pop("帳尻") == ["千葉市: chiba-shiが合いません", "松戸市: matsudo-shiが合いません"]
    assert found == {}


def test_operator_reads_text_or_json_and_the_exit_code(broken: Any) -> None:
    broken("DROP POLICY council_view ON audit_seal")
    environment = os.environ | {"MOYAI_DATABASE_URL": server.database_url(NAME)}

    def moyai(*arguments: str, **more: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "moyai.web.cli", "check", *arguments],
            env=environment | more,
            cwd=server.SOURCE,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    code, text = moyai()
    assert code == 1
    assert f"✖ {WALLS}\n    audit_seal: ポリシーcouncil_viewがないか、違います\n" in text
    assert text.endswith("1件の違反があります。\n")
    code, text = moyai("--json")
    report = json.loads(text)
    assert code == 1 and report["ok"] is False
    assert [row["name"] for row in report["invariants"] if not row["ok"]] == [WALLS]
    code, text = moyai("--json", MOYAI_DATABASE_URL="postgresql://postgres@/none?host=/nonexistent")
    assert code == 2 and json.loads(text)["ok"] is False
    server.clone(NAME)
    code, text = moyai()
    assert code == 0 and text.endswith("の決まりごとがすべて守られています。\n")
