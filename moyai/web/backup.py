"""`moyai backup FILE` and `moyai restore FILE`: one tar with everything an installation is.

database.dump (pg_dump, custom format), secrets.json, files/…, and last manifest.json, which names each
part with its length and SHA-256: a file without it, or that differs from it, is not a backup.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import IO, Any

import psycopg

from moyai.web.database import OWNER, Server, prepare, server
from moyai.web.home import home
from moyai.web.operation import migrate_as_owner
from moyai.web.postgres import Embedded
from moyai.web.run import RESTORING, only_one

FORMAT, EDITION = "moyai-backup", 1
PIECE = 1 << 20
DUMP, SECRETS, MANIFEST, FILES = "database.dump", "secrets.json", "manifest.json", "files"
SCRATCH = "scratch"  # work in progress of documents; no row knows of it


class Damaged(Exception):
    """The file is not a whole backup; the message says what differs."""


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    bytes: int
    sha256: str


def backup(file: str) -> int:
    """Save the whole installation into `file`, while it runs or not. The file appears whole or not at all."""
    target, folder = Path(file).expanduser().absolute(), home()
    if target.exists():
        print(f"{target} はすでにあります。別の名前を指定してください。")
        return 1
    if not target.parent.is_dir():
        print(f"{target.parent} がありません。")
        return 1
    if not (folder / SECRETS).exists():
        print(f"保存するものがありません（{folder}）。")
        return 1
    _forget_killed(target)
    scratch = target.parent / f".{target.name}.{os.getpid()}.part"
    held = folder / "run" / f"backup.{os.getpid()}"
    try:
        with _ending_cleanly(), _database_up(folder) as db:
            scratch.mkdir(mode=0o700)
            _hold(folder / FILES, held)
            facts = _dump(db, scratch / DUMP)
            parts = _write(scratch / "whole", scratch / DUMP, folder, held, facts)
            (scratch / "whole").rename(target)
            _sync_folder(target.parent)
    except (subprocess.CalledProcessError, psycopg.OperationalError) as error:
        print(f"データベースを保存できませんでした: {_reason(error)}")
        return 1
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.rmtree(held, ignore_errors=True)
    kept = sum(part.name.startswith(f"{FILES}/") for part in parts)
    print(f"保存しました: {target}（{target.stat().st_size:,}バイト、ファイル{kept}件）")
    print("鍵と個人情報が入っています。読める人を限り、別の場所に置いてください。")
    return 0


def restore(file: str) -> int:
    """Bring back what `backup` saved, into an empty MOYAI_HOME and an empty database."""
    source, folder = Path(file).expanduser().absolute(), home()
    if not source.is_file():
        print(f"{source} がありません。")
        return 1
    only_one(folder)
    staging = folder / RESTORING
    if staging.exists():  # an earlier restore was killed: all that is here came from it
        _undo(folder)
    if (found := _in_the_way(folder)) is not None:
        print(f"ここにはすでにデータがあります（{found}）。空のMOYAI_HOMEを指定してください。")
        return 1
    staging.mkdir(mode=0o700)
    try:
        with _ending_cleanly():
            facts = _unpack(source, staging)
            _not_newer(facts)
            (staging / SECRETS).rename(folder / SECRETS)
            with _database_up(folder, locked=True) as db:
                if not _is_empty(db):
                    raise Damaged(
                        f"データベース {db.name} にすでに表があります。空のものを指定してください。"
                    )
                prepare(db)
                _load(db, staging / DUMP)
                try:
                    migrate_as_owner()  # an older version's tables; the grants as this version declares them
                except BaseException:
                    _unload(db)
                    raise
            if (staging / FILES).exists():
                (staging / FILES).rename(folder / FILES)
            _sync_folder(folder)
    except (Damaged, subprocess.CalledProcessError, psycopg.OperationalError) as error:
        _undo(folder)
        print(f"復元できませんでした: {_reason(error)}")
        print("何も変えていません。")
        return 1
    except BaseException:
        _undo(folder)
        raise
    shutil.rmtree(staging)
    print(f"復元しました（{facts['made_at'][:16].replace('T', ' ')}の保存）。moyai checkで確かめられます。")
    return 0


# --- the tar ---------------------------------------------------------------------------------------


def _write(path: Path, dump: Path, folder: Path, held: Path, facts: dict[str, Any]) -> list[Part]:
    """The tar, and what is in it. Ends on the disk."""
    parts: list[Part] = []
    with path.open("xb") as out:
        os.fchmod(out.fileno(), 0o600)
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            parts.append(_add(tar, DUMP, dump))
            parts.append(_add(tar, SECRETS, folder / SECRETS))
            for name, file in sorted(_files(folder / FILES, held).items()):
                try:
                    parts.append(_add(tar, f"{FILES}/{name}", file))
                except FileNotFoundError:
                    continue  # removed since, and so is its row
            manifest = {"format": FORMAT, "edition": EDITION, **facts}
            manifest["parts"] = [asdict(part) for part in parts]
            manifest["sha256"] = _own_digest(manifest)
            text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
            info = tarfile.TarInfo(MANIFEST)
            info.size, info.mode = len(text), 0o600
            tar.addfile(info, io.BytesIO(text))
        out.flush()
        os.fsync(out.fileno())
    return parts


def _own_digest(manifest: dict[str, Any]) -> str:
    """Of the manifest itself, without this digest."""
    rest = {name: value for name, value in manifest.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


class _Digesting:
    """A reader that digests what passes."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.digest.update(piece)
        return piece


def _add(tar: tarfile.TarFile, name: str, path: Path) -> Part:
    with path.open("rb") as file:
        info = tarfile.TarInfo(name)
        info.size, info.mode = os.fstat(file.fileno()).st_size, 0o600
        reader = _Digesting(file)
        tar.addfile(info, reader)
    return Part(name, info.size, reader.digest.hexdigest())


def _unpack(source: Path, staging: Path) -> dict[str, Any]:
    """Every part into `staging`, compared with the manifest; the manifest. Raises Damaged."""
    found: dict[str, Part] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(source, mode="r|") as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None or not member.isreg() or not _own_name(member.name):
                    raise Damaged("このファイルはmoyai backupで作ったものではありません。")
                if member.name == MANIFEST:
                    manifest = json.loads(content.read(1 << 30))
                else:
                    found[member.name] = _take(content, member.name, staging)
    except (tarfile.TarError, ValueError, EOFError, OSError) as error:
        raise Damaged(f"ファイルが壊れています（{type(error).__name__}）。") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Damaged("ファイルが途中で切れているか、moyai backupで作ったものではありません。")
    if manifest.get("sha256") != _own_digest(manifest):
        raise Damaged(f"ファイルが壊れています（{MANIFEST}）。")
    if manifest.get("edition") != EDITION:
        raise Damaged("この形の保存は、この版のもやいでは読めません。")
    named = {part["name"]: Part(**part) for part in manifest["parts"]}
    for name in sorted(named.keys() | found.keys()):
        if named.get(name) != found.get(name):
            raise Damaged(f"ファイルが壊れています（{name}）。")
    if not {DUMP, SECRETS} <= found.keys():
        raise Damaged("データベースか鍵が入っていません。")
    return manifest


def _own_name(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name in (DUMP, SECRETS, MANIFEST) or (
        len(parts) > 1 and parts[0] == FILES and ".." not in parts and "/".join(parts) == name
    )


def _take(content: IO[bytes], name: str, staging: Path) -> Part:
    path = staging / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        while piece := content.read(PIECE):
            digest.update(piece)
            size += len(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return Part(name, size, digest.hexdigest())


# --- files -----------------------------------------------------------------------------------------


def _hold(files: Path, held: Path) -> None:
    """A second name for each file there is now, so that none the dump knows is removed under our hands.

    Files are written once and never changed. Where the disk has no second names, the first ones must do.
    """
    held.mkdir(parents=True, mode=0o700)
    for name, path in _files(files).items():
        (held / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, held / name)
        except OSError:
            continue


def _files(*folders: Path) -> dict[str, Path]:
    """Every kept file by its name below its folder; later folders win."""
    return {
        path.relative_to(folder).as_posix(): path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != SCRATCH
    }


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _forget_killed(target: Path) -> None:
    """Remove what a killed backup of the same name left."""
    for left in target.parent.glob(f".{target.name}.*.part"):
        pid = left.name.split(".")[-2]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(left, ignore_errors=True)
    for left in (home() / "run").glob("backup.*"):
        if not Path(f"/proc/{left.name.split('.')[-1]}").exists():
            shutil.rmtree(left, ignore_errors=True)


# --- the database ----------------------------------------------------------------------------------


@contextmanager
def _database_up(folder: Path, *, locked: bool = False) -> Iterator[Server]:
    """The server, started by us for as long as this takes when it is the embedded one and nobody runs it."""
    if os.environ.get("MOYAI_DATABASE_URL"):
        yield server()
        return
    embedded = Embedded(folder)
    if not locked and embedded.answers():
        yield server()
        return
    if not locked:
        only_one(folder)
    process = embedded.start()
    try:
        yield server()
    finally:
        embedded.stop(process)


@contextmanager
def _ending_cleanly() -> Iterator[None]:
    """TERM ends us like Ctrl-C does: what was begun is taken away."""

    def end(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    before: Callable[[int, Any], Any] | int | None = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _program(name: str, server_version: int) -> str:
    """The wheel's program; the system's where the server is newer than that (a dump reads older ones)."""
    if server_version // 10000 > 18 and (found := shutil.which(name)):
        return found
    return str(Embedded(home()).programs / name)


def _call(program: str, db: Server, *arguments: str) -> None:
    with db.admin("postgres") as connection:
        number = connection.info.server_version
    where = ["--host", db.host, "--port", db.port, "--username", db.user, "--no-password"]
    subprocess.run(
        [_program(program, number), *where, "--dbname", db.name, *arguments],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PGPASSWORD": db.password, "PGOPTIONS": "-c statement_timeout=0"},
    )


def _dump(db: Server, path: Path) -> dict[str, Any]:
    """The database into `path`, by the login that made it: no row hides behind the wall. Facts of it."""
    with db.admin() as connection:
        moment = connection.execute("SELECT now()").fetchone()
        migrations = connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
        postgresql = connection.info.server_version
    _call("pg_dump", db, "--format=custom", "--file", str(path))
    return {
        "moyai": _version(),
        "postgresql": postgresql,
        "made_at": moment[0].isoformat() if moment else "",
        "migrations": [f"{app}.{name}" for app, name in migrations],
    }


def _load(db: Server, path: Path) -> None:
    """All or nothing, with owners, grants, policies, triggers and the state of sequences."""
    _call("pg_restore", db, "--single-transaction", str(path))
    with db.admin() as connection:
        connection.execute("ANALYZE")


def _unload(db: Server) -> None:
    """What `_load` made, taken away again: the database was empty before it."""
    with db.admin() as connection:
        connection.execute(f"DROP OWNED BY {OWNER} CASCADE")


def _is_empty(db: Server) -> bool:
    with db.admin("postgres") as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [db.name]).fetchone():
            return True
    with db.admin() as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace LIMIT 1"
        ).fetchone()
    return found is None


# --- refusing and undoing --------------------------------------------------------------------------


def _in_the_way(folder: Path) -> str | None:
    """What of an installation is in the data folder already."""
    for name in (SECRETS, "postgresql/PG_VERSION"):
        if (folder / name).exists():
            return name
    if _files(folder / FILES):
        return FILES
    return None


def _undo(folder: Path) -> None:
    """Take away what a restore made in a folder that was empty before it."""
    if not os.environ.get("MOYAI_DATABASE_URL"):
        Embedded(folder).stop_left_over()
        shutil.rmtree(folder / "postgresql", ignore_errors=True)
    (folder / SECRETS).unlink(missing_ok=True)
    shutil.rmtree(folder / FILES, ignore_errors=True)
    shutil.rmtree(folder / RESTORING, ignore_errors=True)


def _version() -> str:
    try:
        return version("moyai")
    except PackageNotFoundError:
        return "0.1.0"


def _not_newer(facts: dict[str, Any]) -> None:
    made, here = (tuple(map(int, re.findall(r"\d+", text)[:3])) for text in (str(facts["moyai"]), _version()))
    if made > here:
        raise Damaged(f"新しい版（{facts['moyai']}）の保存です。もやいを新しくしてから復元してください。")


def _reason(error: BaseException) -> str:
    """One line for the operator; of a program that failed, the last line it wrote."""
    if isinstance(error, subprocess.CalledProcessError):
        lines = str(error.stderr or "").strip().splitlines()
        return lines[-1] if lines else f"{Path(error.cmd[0]).name}: {error.returncode}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__
