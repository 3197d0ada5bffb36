"""Backup and restore: everything comes back as it was, or nothing is there."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests import server

KEY = "0123456789abcdef0123456789abcdef"


class Place:
    """A data folder and the environment of commands run in it."""

    made: list[Path] = []

    def __init__(self, database_url: str = "") -> None:
        self.home = Path(tempfile.mkdtemp(prefix="moyai-kept-", dir="/tmp"))
        self.made.append(self.home)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("MOYAI_")}
        self.environment |= {"MOYAI_HOME": str(self.home), "MOYAI_TEST": "1", "MOYAI_LOG_LEVEL": "ERROR"}
        if database_url:
            self.environment["MOYAI_DATABASE_URL"] = database_url

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "moyai.web.cli", *arguments],
            env=self.environment,
            cwd=server.SOURCE,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def moyai(self, *arguments: str) -> tuple[int, str]:
        process = self.begin(*arguments)
        out, _ = process.communicate(timeout=120)
        return process.returncode, out

    def things(self) -> dict[str, str]:
        """Every file of the installation (not its logs and locks) by digest."""
        return {
            path.relative_to(self.home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.home.rglob("*")
            if path.is_file() and path.relative_to(self.home).parts[0] in ("files", "secrets.json")
        }


@pytest.fixture(scope="module", autouse=True)
def _no_place_stays() -> Iterator[None]:
    yield
    for home in Place.made:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def source(django_db_setup: None) -> Iterator[Place]:
    """An installation with the world, some rows in tables the world leaves empty, and files."""
    place = Place(server.clone(f"kept_{server.WORKER}"))
    shutil.copy(server.RUN / "secrets.json", place.home / "secrets.json")
    for number in range(12):
        path = place.home / "files" / "1" / f"{number:02x}" / f"{number:032x}"
        path.parent.mkdir(parents=True)
        path.write_bytes(bytes([number]) * (number * 9973))
    (place.home / "files" / "1" / "scratch").mkdir()
    (place.home / "files" / "1" / "scratch" / KEY).write_bytes(b"work in progress")
    with psycopg.connect(place.environment["MOYAI_DATABASE_URL"], autocommit=True) as admin:
        (body,) = admin.execute("SELECT min(id) FROM tenants_body").fetchone() or (0,)
        for kind in ("試験一", "試験二"):
            admin.execute(
                "INSERT INTO tenants_counter (body_id, kind, fiscal_year, last) VALUES (%s, %s, 2026, 41)",
                [body, kind],
            )
        admin.execute(
            "INSERT INTO audit_deed"
            " (body_id, at, role, verb, thing_kind, reason, request_id, channel, detail)"
            " SELECT %s, now(), 'clerk', 'test.look', '', '改行\n引用''と絵文字🏯', '', 'office', '{\"件数\": 3}'"
            " FROM generate_series(1, 500)",
            [body],
        )
        admin.execute("SELECT nextval('moyai_public_number') FROM generate_series(1, 7)")
    yield place
    server.admin(f'DROP DATABASE IF EXISTS "kept_{server.WORKER}" WITH (FORCE)')


@pytest.fixture(scope="module")
def saved(source: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("saved") / "もやい.tar"
    code, out = source.moyai("backup", str(file))
    assert code == 0, out
    assert "ファイル12件" in out
    return file


def everything(url: str) -> dict[str, list[Any]]:
    """All rows of all tables, and all that rules them, as PostgreSQL itself describes it."""
    found: dict[str, list[Any]] = {}
    ours = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
    catalog = {
        "tables": "SELECT c.oid::regclass::text, c.relkind, c.relrowsecurity, c.relforcerowsecurity,"
        " pg_get_userbyid(c.relowner), (SELECT array_agg(a::text ORDER BY a::text) FROM"
        f" unnest(c.relacl) a) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {ours}",
        "columns": "SELECT c.oid::regclass::text, a.attname, format_type(a.atttypid, a.atttypmod), "
        " a.attnotnull, a.attidentity, a.attacl::text, pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a"
        " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
        f" WHERE a.attnum > 0 AND NOT a.attisdropped AND {ours}",
        "policies": "SELECT schemaname, tablename, policyname, permissive, roles, cmd, qual, with_check"
        " FROM pg_policies",
        "constraints": "SELECT conrelid::regclass::text, conname, contype, convalidated,"
        " condeferrable, condeferred, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace"
        f" WHERE {ours}",
        "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "triggers": "SELECT tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid) FROM"
        " pg_trigger WHERE NOT tgisinternal",
        "functions": "SELECT pg_get_functiondef(p.oid), pg_get_userbyid(p.proowner) FROM pg_proc p"
        f" JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {ours}",
        "sequences": "SELECT schemaname, sequencename, last_value, start_value, min_value, max_value,"
        " increment_by FROM pg_sequences",
        "schema": "SELECT nspname, nspacl::text FROM pg_namespace WHERE nspname = 'public'",
        "roles": "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin,"
        " rolreplication FROM pg_roles WHERE rolname LIKE 'moyai%'",
    }
    with psycopg.connect(url) as admin:
        admin.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for name, query in catalog.items():
            found[name] = sorted(_plain(repr(row)) for row in admin.execute(query).fetchall())
        names = admin.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            f" WHERE c.relkind IN ('r', 'p') AND {ours}"
        ).fetchall()
        for (table,) in names:
            rows = admin.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.SQL(table))).fetchall()
            found[f"rows of {table}"] = sorted(rows)
    return found


def _plain(rule: str) -> str:
    """PostgreSQL writes the casts of `x = ANY (ARRAY['a'::varchar]::text[])` elsewhere once re-read."""
    return re.sub(r"::(character varying|text)(\[\])?|[()]", "", rule)


def served(place: Place) -> tuple[Any, str]:
    """The embedded server of a place, started; its address."""
    from moyai.web.postgres import Embedded

    embedded = Embedded(place.home)
    return embedded.start(), f"postgresql://postgres@/moyai?host={embedded.socket_folder}"


def test_operator_restores_every_row_rule_and_file_into_an_empty_home(source: Place, saved: Path) -> None:
    there = Place()
    before = everything(source.environment["MOYAI_DATABASE_URL"])
    assert len([name for name in before if name.startswith("rows of")]) > 20
    assert len(before["rows of audit_deed"]) >= 500
    assert len(before["policies"]) >= 6 and len(before["triggers"]) > 5
    assert any(int(line.split(", ")[2]) >= 7 for line in before["sequences"] if "moyai_public_number" in line)
    code, out = there.moyai("restore", str(saved))
    assert code == 0, out
    process, url = served(there)
    try:
        after = everything(url)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    assert after.keys() == before.keys()
    for name, rows in before.items():
        assert after[name] == rows, name
    kept = source.things()
    assert kept.pop(f"files/1/scratch/{KEY}")  # nobody's yet: not saved
    assert there.things() == kept
    assert (there.home / "secrets.json").stat().st_mode & 0o077 == 0
    # Once more from the restored place, where no server runs: the command starts it, and stops it.
    again = there.home / "again.tar"
    code, out = there.moyai("backup", str(again))
    assert code == 0, out
    assert not (there.home / "postgresql" / "postmaster.pid").exists()
    assert parts_of(again).keys() == parts_of(saved).keys()
    # And a place with data is refused, untouched.
    code, out = there.moyai("restore", str(saved))
    assert code == 1
    assert "すでにデータがあります" in out
    assert there.things() == kept


def parts_of(file: Path) -> dict[str, Any]:
    with tarfile.open(file) as tar:
        manifest = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
    return {part["name"]: part for part in manifest["parts"]}


def test_backup_is_for_its_owner_only_and_never_overwrites(source: Place, saved: Path) -> None:
    assert saved.stat().st_mode & 0o077 == 0
    before = saved.read_bytes()
    code, out = source.moyai("backup", str(saved))
    assert code == 1 and "すでにあります" in out
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


def _flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def _with_member(data: bytes, name: str, kind: bytes = tarfile.REGTYPE) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(data)) as old, tarfile.open(fileobj=out, mode="w") as new:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "/etc/passwd"
        new.addfile(info)
        for member in old:
            new.addfile(member, old.extractfile(member))
    return out.getvalue()


def test_damaged_or_foreign_file_is_refused_and_leaves_the_place_empty(saved: Path, tmp_path: Path) -> None:
    from moyai.web.archive import Damaged, unpack

    good = saved.read_bytes()
    with tarfile.open(saved) as tar:
        inside = {member.name: member.offset_data + member.size // 2 for member in tar if member.size}
    assert {"database.dump", "secrets.json", "manifest.json"} < inside.keys()
    bad = {f"one bit of {name}": _flip(good, place) for name, place in inside.items()}
    bad |= {f"cut after {part}": good[: len(good) * part // 10] for part in range(10)}
    bad |= {
        "text": "これは保存ではありません".encode(),
        "climbing": _with_member(good, "files/../../evil"),
        "absolute": _with_member(good, "/tmp/evil"),
        "link": _with_member(good, "files/1/evil", tarfile.SYMTYPE),
        "unnamed": _with_member(good, "files/1/more"),
    }
    for number, (what, data) in enumerate(bad.items()):
        file = tmp_path / f"{number}.tar"
        file.write_bytes(data)
        with pytest.raises(Damaged):
            unpack(file, tmp_path / f"staging{number}")
            pytest.fail(what)
    there = Place()
    file = tmp_path / "bad.tar"
    file.write_bytes(bad["one bit of database.dump"])
    code, out = there.moyai("restore", str(file))
    assert code == 1 and "壊れています（database.dump）" in out and "何も変えていません" in out
    left = {path.name for path in there.home.iterdir()}
    assert left <= {"run", "log"}


def test_backup_of_a_newer_version_is_refused(saved: Path, tmp_path: Path) -> None:
    from moyai.web.archive import Damaged
    from moyai.web.backup import _not_newer
    from moyai.web.dump import version_here

    _not_newer({"moyai": version_here()})
    with pytest.raises(Damaged, match=r"新しい版（99\.0\.0）"):
        _not_newer({"moyai": "99.0.0"})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_killed_backup_leaves_no_half_file(source: Place, tmp_path: Path, number: signal.Signals) -> None:
    file = tmp_path / "killed.tar"
    process = source.begin("backup", str(file))
    while not list(tmp_path.iterdir()):
        assert process.poll() is None, "ended before it began to write"
        time.sleep(0.001)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert not file.exists()
    left = [path.name for path in tmp_path.iterdir()]
    if number == signal.SIGTERM:
        assert left == []
    else:
        assert [name.endswith(".part") for name in left] == [True]
        code, out = source.moyai("backup", str(file))  # clears what the killed one left
        assert code == 0, out
        assert [path.name for path in tmp_path.iterdir()] == ["killed.tar"]
    assert not list((source.home / "run").glob("backup.*"))


def test_killed_restore_is_seen_by_run_and_finished_by_the_next(source: Place, saved: Path) -> None:
    there = Place()
    process = there.begin("restore", str(saved))
    while not (there.home / "secrets.json").exists():
        assert process.poll() is None, "ended before it began"
        time.sleep(0.001)
    process.kill()
    process.communicate(timeout=60)
    code, out = there.moyai("run")
    assert code == 1
    assert out.strip().splitlines()[-1].startswith("復元が途中で止まっています")
    code, out = there.moyai("restore", str(saved))
    assert code == 0, out
    kept = source.things()
    del kept[f"files/1/scratch/{KEY}"]
    assert there.things() == kept
