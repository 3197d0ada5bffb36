"""Commands of the operator: run, worker, migrate, demo, backup, restore, check."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys


def add_commands(commands: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    def add(name: str, text: str, run: object, *, django: bool = True) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = commands.add_parser(name, help=text)
        parser.set_defaults(run=run, without_django=not django)
        return parser

    add("run", "データベース・Web・ワーカーを起動する（Ctrl-Cで止まる）", _run, django=False)
    add("migrate", "データベースを用意し、新しい版に合わせる", _migrate, django=False)
    add("worker", "待っている仕事を処理する（run が起動する）", _worker)
    add("demo", "見本の協議会を読み込む（何度でもよい）", _demo)
    backup = add("backup", "すべて（データベース・ファイル・鍵）を1つのファイルに保存する", _backup, django=False)
    backup.add_argument("file")
    restore = add("restore", "保存したファイルから、空の場所に元どおりにする", _restore, django=False)
    restore.add_argument("file")
    check = add("check", "データの決まりごとを確かめる（違反があれば終了コード1）", _check)
    check.add_argument("--json", action="store_true", help="結果をJSONで書く")


def _run(args: argparse.Namespace) -> int:
    from moyai.web.run import run

    return run()


def _migrate(args: argparse.Namespace) -> int:
    from moyai.web.database import prepare, server

    target = server()
    prepare(target)
    migrate_as_owner()
    return 0


def migrate_as_owner() -> None:
    """Migrate in a process that logs in as the owner; web and worker never hold that connection."""
    environment = os.environ | {"MOYAI_AS_OWNER": "1"}
    subprocess.run([sys.executable, "-m", "moyai.web.owner"], check=True, env=environment)


def _worker(args: argparse.Namespace) -> int:
    from moyai.web.worker import work

    work()
    return 0


def _demo(args: argparse.Namespace) -> int:
    from moyai.web.demo import load_demo

    load_demo()
    return 0


def _backup(args: argparse.Namespace) -> int:
    from moyai.web.backup import backup

    return backup(args.file)


def _restore(args: argparse.Namespace) -> int:
    from moyai.web.backup import restore

    return restore(args.file)


def _check(args: argparse.Namespace) -> int:
    from moyai.web.check import check

    return check(as_json=args.json)
