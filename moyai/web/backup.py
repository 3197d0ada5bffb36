"""`moyai backup FILE` and `moyai restore FILE`: one tar with everything an installation is.

database.dump (pg_dump, custom format), secrets.json, files/…, and last manifest.json, which names each
part with its length and SHA-256: a file without it, or that differs from it, is not a backup.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from moyai.web.archive import DUMP, FILES, SECRETS, Damaged, files_in, hold, sync_folder, unpack, write
from moyai.web.database import prepare
from moyai.web.dump import database_up, dump, is_empty, load, unload, version_here
from moyai.web.home import home
from moyai.web.operation import migrate_as_owner
from moyai.web.postgres import Embedded
from moyai.web.run import RESTORING, only_one


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
        with _ending_cleanly(), database_up(folder) as db:
            scratch.mkdir(mode=0o700)
            hold(folder / FILES, held)
            facts = dump(db, scratch / DUMP)
            parts = write(scratch / "whole", scratch / DUMP, folder, held, facts)
            (scratch / "whole").rename(target)
            sync_folder(target.parent)
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
            facts = unpack(source, staging)
            _not_newer(facts)
            (staging / SECRETS).rename(folder / SECRETS)
            with database_up(folder, locked=True) as db:
                if not is_empty(db):
                    raise Damaged(
                        f"データベース {db.name} にすでに表があります。空のものを指定してください。"
                    )
                prepare(db)
                load(db, staging / DUMP)
                try:
                    migrate_as_owner()  # an older version's tables; the grants as this version declares them
                except BaseException:
                    unload(db)
                    raise
            if (staging / FILES).exists():
                (staging / FILES).rename(folder / FILES)
            sync_folder(folder)
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


def _forget_killed(target: Path) -> None:
    """Remove what a killed backup of the same name left."""
    for left in target.parent.glob(f".{target.name}.*.part"):
        pid = left.name.split(".")[-2]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(left, ignore_errors=True)
    for left in (home() / "run").glob("backup.*"):
        if not Path(f"/proc/{left.name.split('.')[-1]}").exists():
            shutil.rmtree(left, ignore_errors=True)


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


def _in_the_way(folder: Path) -> str | None:
    """What of an installation is in the data folder already."""
    for name in (SECRETS, "postgresql/PG_VERSION"):
        if (folder / name).exists():
            return name
    if files_in(folder / FILES):
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


def _not_newer(facts: dict[str, Any]) -> None:
    made, here = (
        tuple(map(int, re.findall(r"\d+", text)[:3])) for text in (str(facts["moyai"]), version_here())
    )
    if made > here:
        raise Damaged(f"新しい版（{facts['moyai']}）の保存です。もやいを新しくしてから復元してください。")


def _reason(error: BaseException) -> str:
    """One line for the operator; of a program that failed, the last line it wrote."""
    if isinstance(error, subprocess.CalledProcessError):
        lines = str(error.stderr or "").strip().splitlines()
        return lines[-1] if lines else f"{Path(error.cmd[0]).name}: {error.returncode}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__
