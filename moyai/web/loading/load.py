"""`moyai load seed NAME`: read, check, and load through the real actions in one transaction; whole or not at all."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from django.db import transaction

from moyai.council.models import Committee, ReportText
from moyai.tenants.public import Actor, Refusal, Role, clock
from moyai.web.loading.checks import check
from moyai.web.loading.meetings import load_committees, load_meetings
from moyai.web.loading.members import load_members
from moyai.web.loading.money import load_money
from moyai.web.loading.operation import load_operation
from moyai.web.loading.paper import load_paper
from moyai.web.loading.reading import Fault, Seed, SeedFaulty, read_seed
from moyai.web.loading.shapes import NEEDED, SHAPES
from moyai.web.loading.task import Loading

SEEDS: Final = Path(__file__).resolve().parent.parent / "seeds"


class LoadedBefore(Exception):
    """The installation has this council already, or another."""


def names() -> list[str]:
    """資料の名前, by name."""
    return sorted(path.name for path in SEEDS.iterdir() if (path / "council.csv").exists())


def read_and_check(folder: Path) -> Seed:
    """資料 — read and checked. Raises SeedFaulty."""
    seed = read_seed(folder, SHAPES, NEEDED)
    check(seed)
    return seed


def load(folder: Path) -> Loading:
    """読み込む — everything or nothing. Raises SeedFaulty, LoadedBefore."""
    seed = read_and_check(folder)
    with transaction.atomic():
        _check_empty(seed)
        task = Loading(
            seed,
            actor=Actor(
                None, None, frozenset({Role.SECRETARIAT, Role.SYSTEM}), name="資料の読込み", channel="system"
            ),
            now=clock.now(),
        )
        try:
            load_members(task)
            load_committees(task)
            load_meetings(task)
            load_money(task)
            load_operation(task)
            load_paper(task)
        except Refusal as refusal:  # one that names no line: a row of several files together
            raise SeedFaulty([Fault(folder.name, 0, str(refusal.message))]) from refusal
    return task


def _check_empty(seed: Seed) -> None:
    council = seed["council"][0]
    codes = [row["code"] for row in seed["committees"]]
    here = ReportText.objects.filter(section="name").values_list("text", flat=True).first()
    if here is not None and here != council["name"]:
        raise LoadedBefore(
            f"この仕組みには、すでに「{here}」が入っています。1つの仕組みに入る協議会は1つです。"
        )
    if here is not None or Committee.objects.filter(code__in=codes).exists():
        raise LoadedBefore(f"「{council['name']}」は、すでに読み込まれています。何も変えていません。")


def run(name: str, *, check_only: bool = False) -> int:
    """The command. Exit code 0 when it is (or was already) there, 1 for faults, 2 for what cannot be asked."""
    folder = Path(name) if "/" in name else SEEDS / name
    if not (folder / "council.csv").exists():
        print(f"「{name}」という資料はありません。あるもの：{'、'.join(names())}", file=sys.stderr)
        return 2
    try:
        if check_only:
            print(told(read_and_check(folder)))
            return 0
        task = load(folder)
    except SeedFaulty as faulty:
        print("読み込めません。何も保存していません。", file=sys.stderr)
        for fault in faulty.faults:
            print(f"  {folder.name}/{fault}", file=sys.stderr)
        return 1
    except LoadedBefore as before:
        print(before, file=sys.stderr)
        return 0 if "読み込まれています" in str(before) else 1
    print(told(task.seed))
    print(f"年次報告：moyai report annual --fiscal-year {task.fiscal_year} --format html")
    return 0


def told(seed: Seed) -> str:
    """What a seed contains: lines by file."""
    council = seed["council"][0]
    lines = [f"{council['name']} {council['fiscal_year']}年度（{council['paper']}）"]
    lines += [f"  {file}.csv {len(rows):,}行" for file, rows in sorted(seed.files.items())]
    return "\n".join(lines)
