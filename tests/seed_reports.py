"""A council loaded from its files into a database of its own, and its yearly report as JSON: for the tests of the five seeds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from tests import server

YEARS = {"chiba": 2017, "aichi": 2011, "osaka": 2019, "ibaraki": 2016, "yamaguchi": 2018}
PAPERS = Path(__file__).resolve().parent / "seeds"
COMMANDS = """
import sys
from moyai.web.cli import main
name, year, output = sys.argv[1:]
code = main(["load", "seed", name])
again = main(["load", "seed", name])
for face in ("json", "html"):
    code = code or main(["report", "annual", "--fiscal-year", year, "--format", face, "--output", f"{output}/{face}"])
sys.exit(code or again)
"""
FIRST_YEARS = {"昭和": 1925, "平成": 1988, "令和": 2018, "H": 1988, "R": 2018}


def empty_database(name: str) -> str:
    """A database without any body: only what every installation has. Its name."""
    database = f"seed_{server.WORKER}_{name}"
    server.clone(database)
    with psycopg.connect(server.database_url(database)) as owner:
        owner.execute("SET session_replication_role = replica")  # books that take no change are emptied too
        owner.execute("TRUNCATE tenants_body, tenants_service CASCADE")
    return database


def asked(database: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.database_url(database)) as owner:
        return owner.execute(statement).fetchall()  # type: ignore[arg-type]


def moyai(database: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | {"MOYAI_DATABASE_URL": server.database_url(database)},
        cwd=server.SOURCE,
        capture_output=True,
        text=True,
        check=False,
    )


class Loaded:
    """One council, alone in its database: what was said while loading, its report, its paper."""

    def __init__(self, name: str) -> None:
        self.name, self.year = name, YEARS[name]
        # The scan left marks of lists in some cells.
        self.paper = re.sub(
            r"</?(?:ul|li|p)\b[^>]*>", "", (PAPERS / f"{name}.txt").read_text(encoding="utf-8")
        )
        self.database = empty_database(name)
        with tempfile.TemporaryDirectory() as folder:
            done = moyai(self.database, "-c", COMMANDS, name, str(self.year), folder)
            assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
            self.said = done.stdout + done.stderr
            self.report = json.loads((Path(folder) / "json").read_text(encoding="utf-8"))
            self.html = (Path(folder) / "html").read_text(encoding="utf-8")

    def drop(self) -> None:
        server.admin(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')

    def section(self, key: str) -> dict[str, Any]:
        [found] = [one for one in self.report["sections"] if one["key"] == key]
        return found

    def table(self, key: str) -> dict[str, Any]:
        [found] = [
            block["table"]
            for section in self.report["sections"]
            for block in section["blocks"]
            if block["kind"] == "table" and block["key"] == key
        ]
        return found

    def cells(self, key: str) -> dict[str, dict[str, Any]]:
        """Values by row label and column key, in the order of the report."""
        return {
            row["label"]: {column: cell["value"] for column, cell in row["cells"].items()}
            for row in self.table(key)["rows"]
        }

    def sittings(self, code: str) -> list[dict[str, Any]]:
        return [
            one
            for block in self.section("council")["blocks"]
            if block["kind"] == "sittings" and block["code"] == code
            for one in block["sittings"]
        ]

    def words(self, section: str) -> list[str]:
        return [block["text"] for block in self.section(section)["blocks"] if block["kind"] == "words"]


def plain(text: str) -> str:
    """Without the spaces and the widths a scan puts in."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def day(text: str) -> date:
    """「平成29年4月28日」 in any width."""
    found = re.search(r"(平成|令和|H|R)(\d+|元)年(\d+)月(\d+)日", plain(text))
    assert found, text
    year = FIRST_YEARS[found[1]] + (1 if found[2] == "元" else int(found[2]))
    return date(year, int(found[3]), int(found[4]))


def number(text: str) -> int | None:
    """「1,234件」「△ 800」「—」."""
    kept = plain(text).replace(",", "")
    if kept in ("", "—", "―", "-"):
        return None
    found = re.fullmatch(r"(△?)(\d+)\D*", kept)
    assert found, text
    return -int(found[2]) if found[1] else int(found[2])


def titles(items: list[dict[str, Any]]) -> list[str]:
    """Every title of an agenda from top to bottom."""
    return [title for item in items for title in [plain(item["title"]), *titles(item["under"])]]
