"""docs/walk-add-a-rule.md, performed as it stands in a copy of the house."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
WALK = (ROOT / "docs" / "walk-add-a-rule.md").read_text()
BLOCKS = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", WALK, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources with the two files of the walk written into it."""
    copy = tmp_path_factory.mktemp("walk")
    leave_out = shutil.ignore_patterns("__pycache__", "*.pyc", "static")
    for folder in ("moyai", "tests", "docs"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=leave_out)
    for file in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / file, copy / file)
    for language, place, text in BLOCKS:
        if language == "python" or place == "case.json":
            assert not (copy / place).exists(), f"{place} exists: the walk has to choose another name"
            (copy / place).write_text(text)
    return copy


def perform(house: Path, command: str) -> subprocess.CompletedProcess[str]:
    """A line of the walk, with this interpreter and the copy's sources."""
    words, _, given = command.partition(" < ")
    program, *arguments = shlex.split(words)
    module = {"pytest": "pytest", "moyai": "moyai.web.cli"}[program]
    stdin = (house / given).open("rb") if given else subprocess.DEVNULL
    return subprocess.run(
        # -P: the folder of the copy, not the one we stand in, gives the modules.
        [sys.executable, "-P", "-m", module, *arguments],
        cwd=house,
        env=os.environ | {"PYTHONPATH": str(house), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=stdin,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def commands() -> list[str]:
    return [line[2:] for language, _, text in BLOCKS if language == "console" for line in text.splitlines()]


def test_the_walk_touches_two_files() -> None:
    assert [place for language, place, _ in BLOCKS if language == "python"] == [
        "moyai/documents/rulebook.py",
        "moyai/documents/tests/test_rulebook.py",
    ]
    assert [command.split()[0] for command in commands()] == ["pytest", "moyai"]


def test_a_newcomer_sees_the_tests_of_the_new_rule_pass(house: Path) -> None:
    done = perform(house, commands()[0])
    assert done.returncode == 0, done.stdout + done.stderr
    # three of the new file; three examples, their number and their versions
    assert re.search(r"^8 passed", done.stdout, re.MULTILINE), done.stdout


def test_a_newcomer_gets_the_answer_of_the_walk(house: Path) -> None:
    done = perform(house, commands()[1])
    assert (done.returncode, done.stderr) == (0, "")
    shown = next(text for language, place, text in BLOCKS if place == "answer")
    assert json.loads(done.stdout) == json.loads(shown)
    assert done.stdout == shown


def test_a_newcomer_finds_the_rule_in_the_list(house: Path) -> None:
    done = perform(house, "moyai rule list")
    assert "family-register-fee  " in done.stdout


def test_a_newcomer_who_forgets_the_source_is_stopped_at_the_start(house: Path) -> None:
    file = house / "moyai/documents/rulebook.py"
    sound = file.read_text()
    try:
        file.write_text(sound.replace('source="平成12年政令第16号"', 'source=""'))
        done = perform(house, "moyai rule list")
    finally:
        file.write_text(sound)
    assert done.returncode != 0
    assert "family-register-fee: the rule and each version name their source" in done.stderr
