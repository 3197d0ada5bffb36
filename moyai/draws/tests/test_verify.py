"""What is published verifies; whoever touches it is named. The verifier runs alone, on a bare Python."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from moyai.draws.commands import verify_draw
from moyai.draws.public import Publication, canonical, drawn
from moyai.draws.verify_draw import main

LINES = canonical([f"{number:04x}|{number % 3 + 1}" for number in range(7, 407, 10)])
SEED, LABEL = "03 12 18 25 33 41", "121002-course-12-1"


def published(**facts: Any) -> Publication:
    order = drawn(LINES, seed=SEED, label=LABEL, places=30, withdrawn={"0011"})
    known: dict[str, Any] = {
        "body": "千葉市",
        "title": "親子パン教室 12月6日",
        "label": LABEL,
        "seed_source": "第1234回の宝くじの当せん番号",
        "frozen_at": "2026-12-01T00:00:00+09:00",
        "lines": LINES,
        "places": 30,
        "seed": SEED,
        "drawn_at": "2026-12-02T10:00:00+09:00",
        "order": order,
    }
    return Publication(**known | facts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in published().files().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def changed(path: Path, change: Callable[[list[str]], list[str]]) -> None:
    lines = change(path.read_text(encoding="utf-8").splitlines())
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def test_what_we_publish_verifies_on_a_bare_python(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify_draw.py"), str(folder)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONUTF8": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "一致しました" in done.stdout and "名簿 40件" in done.stdout


def test_the_archive_verifies_and_is_the_same_each_time(tmp_path: Path) -> None:
    archive = tmp_path / "draw.zip"
    archive.write_bytes(published().as_zip())
    assert main([str(archive)]) == 0
    assert published().as_zip() == archive.read_bytes()


def test_the_command_line_runs_the_same_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from argparse import Namespace

    assert verify_draw(Namespace(folder=str(folder))) == 0
    assert "一致しました" in capsys.readouterr().out


def test_the_list_alone_verifies_before_the_draw(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in published(seed="", drawn_at="", order=()).files().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert not (tmp_path / "order.txt").exists()
    assert main([str(tmp_path)]) == 0
    assert "抽選はまだです" in capsys.readouterr().out


def _drop(at: int) -> Callable[[list[str]], list[str]]:
    return lambda lines: lines[:at] + lines[at + 1 :]


@pytest.mark.parametrize(
    ("name", "change", "named"),
    [
        ("entries.txt", _drop(5), "申込み 0039 が結果にあり、名簿にありません"),
        (
            "entries.txt",
            lambda lines: sorted([*lines, "zzzz|1"]),
            "申込み zzzz が名簿にあり、結果にありません",
        ),
        (
            "entries.txt",
            lambda lines: [line.replace("0039|1", "0039|2") for line in lines],
            "申込み 0039 の内容が違います",
        ),
        ("entries.txt", lambda lines: [lines[1], lines[0], *lines[2:]], "申込み 0007 の位置が違います"),
        ("entries.txt", lambda lines: [lines[0], *lines], "申込み 0007 が名簿に2度あります"),
        ("order.txt", lambda lines: [lines[1], lines[0], *lines[2:]], "順番が違います：1番目"),
        ("order.txt", lambda lines: [*lines, lines[0]], "結果に同じ申込みが2度あります"),
        (
            "order.txt",
            lambda lines: [line.replace(" not_won ", " won ") for line in lines],
            "の当落が違います（won と公表）",
        ),
        (
            "order.txt",
            lambda lines: [
                " ".join([*lines[0].split(" ")[:1], "0" * 64, *lines[0].split(" ")[2:]]),
                *lines[1:],
            ],
            "の抽選番号が違います",
        ),
    ],
)
def test_a_changed_missing_or_added_entry_is_named(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    change: Callable[[list[str]], list[str]],
    named: str,
) -> None:
    changed(folder / name, change)
    assert main([str(folder)]) == 1
    said = capsys.readouterr().out
    assert named in said and "一致しません" in said


def test_an_entry_taken_out_of_both_files_is_seen_by_the_root(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(folder / "entries.txt", lambda lines: [line for line in lines if not line.startswith("0039")])
    changed(folder / "order.txt", lambda lines: [line for line in lines if " 0039|" not in line])
    assert main([str(folder)]) == 1
    said = capsys.readouterr().out
    assert "名簿は39件ですが、40件と公表されています" in said and "Merkle root" in said


def test_another_seed_is_seen(folder: Path) -> None:
    facts = json.loads((folder / "draw.json").read_text(encoding="utf-8"))
    facts["seed"] = "03 12 18 25 33 42"
    (folder / "draw.json").write_text(json.dumps(facts), encoding="utf-8")
    assert main([str(folder)]) == 1


def test_a_proof_shows_that_an_entry_is_in_the_list(tmp_path: Path) -> None:
    place = tmp_path / "proof.json"
    place.write_text(published().proof_json(17), encoding="utf-8")
    assert main([str(place)]) == 0
    facts = json.loads(place.read_text(encoding="utf-8"))
    for wrong in ({"entry": "00b1|3"}, {"index": 16}, {"index": 40}, {"path": [*facts["path"], "00" * 32]}):
        place.write_text(json.dumps(facts | wrong), encoding="utf-8")
        assert main([str(place)]) == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"count": 1}', '{"count": "x", "root": 1, "seed": 5, "label": 1, "places": []}']
)
def test_what_cannot_be_read_is_said(folder: Path, text: str) -> None:
    (folder / "draw.json").write_text(text, encoding="utf-8")
    assert main([str(folder)]) in (1, 2)


def test_nothing_there_and_no_argument(tmp_path: Path) -> None:
    assert main([str(tmp_path / "none")]) == 2
    assert main([]) == 2
    shutil.copy(__file__, tmp_path / "draw.zip")
    assert main([str(tmp_path / "draw.zip")]) == 2


def test_no_name_of_a_person_is_published() -> None:
    text = "".join(published().files().values())
    assert "花子" not in text and "hanako" not in text
