"""Commands of the operator: run, worker, migrate, demo, load, report, backup, restore, check."""

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
    backup = add(
        "backup", "すべて（データベース・ファイル・鍵）を1つのファイルに保存する", _backup, django=False
    )
    backup.add_argument("file")
    restore = add("restore", "保存したファイルから、空の場所に元どおりにする", _restore, django=False)
    restore.add_argument("file")
    report = commands.add_parser(
        "report", help="統計や年次報告を書き出す（report annual --fiscal-year 2017）"
    )
    kinds = report.add_subparsers(required=True, metavar="figures|annual")
    figures = kinds.add_parser("figures", help="年度の統計表")
    figures.add_argument("name", help="統計の名前（applications など）")
    figures.add_argument("--fiscal-year", type=int, required=True, help="年度（西暦4桁）")
    figures.add_argument("--format", choices=("text", "csv", "json", "xlsx", "pdf"), default="text")
    figures.add_argument("--table", help="1つの表だけ（members など）")
    figures.add_argument("--output", help="書き出すファイル（xlsx と pdf では必要）")
    figures.set_defaults(run=_figures, without_django=False)
    annual = kinds.add_parser("annual", help="協議会の年次報告（事業報告・収支決算）")
    annual.add_argument("--fiscal-year", type=int, required=True, help="年度（西暦4桁）")
    annual.add_argument("--format", choices=("html", "pdf", "xlsx", "json"), default="html")
    annual.add_argument("--public", action="store_true", help="住民に公開する内容だけ")
    annual.add_argument("--output", help="書き出すファイル（xlsx と pdf では必要）")
    annual.set_defaults(run=_annual, without_django=False)
    loads = commands.add_parser("load", help="資料を読み込む（load seed chiba）").add_subparsers(
        required=True, metavar="seed"
    )
    seed = loads.add_parser("seed", help="協議会の1年の資料（CSV）を、本物の操作で読み込む")
    seed.add_argument(
        "name", help="資料の名前（chiba、aichi、osaka、ibaraki、yamaguchi）か、CSVのあるフォルダ"
    )
    seed.add_argument("--check", action="store_true", help="検査だけして、何も保存しない")
    seed.set_defaults(run=_seed, without_django=False)
    year = add("replay", "実在した年度を本物の操作で再現する（replay chiba-fy2017 --scale 0.01）", _replay)
    year.add_argument("name", help="年度の名前（chiba-fy2017）")
    year.add_argument("--scale", default="1", help="1 が実際の件数（既定）")
    year.add_argument("--processes", type=int, help="同時に動かす数（既定 2）")
    year.add_argument(
        "--only", choices=("applications", "reservations"), help="1つの業務だけ（申請、施設予約。既定は両方）"
    )
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


def _replay(args: argparse.Namespace) -> int:
    from moyai.web.replay import replay

    return replay(name=args.name, scale=args.scale, processes=args.processes, only=args.only)


def _figures(args: argparse.Namespace) -> int:
    from moyai.web.report import figures

    return figures(
        name=args.name, fiscal_year=args.fiscal_year, face=args.format, only=args.table, output=args.output
    )


def _annual(args: argparse.Namespace) -> int:
    from moyai.web.report import annual

    return annual(fiscal_year=args.fiscal_year, face=args.format, public=args.public, output=args.output)


def _seed(args: argparse.Namespace) -> int:
    from moyai.web.loading.load import run

    return run(args.name, check_only=args.check)


def _check(args: argparse.Namespace) -> int:
    from moyai.web.check import check

    return check(as_json=args.json)
