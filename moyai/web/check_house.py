"""`make check`: every check of the code that needs no running instance.

--quick leaves out mypy (the slow one) so that `make test` begins at once; --write renews the snapshot.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

from moyai.web.rooms import ROOMS

SOURCE = Path(__file__).resolve().parent.parent.parent
OPENAPI = SOURCE / "docs" / "openapi.json"
TYPED = ("public", "actions", "queries", "rules")


def _command(*command: str) -> Callable[[], str]:
    def run() -> str:
        done = subprocess.run(
            [str(Path(sys.executable).with_name(command[0])), *command[1:]],
            cwd=SOURCE,
            capture_output=True,
            text=True,
            check=False,
        )
        return "" if done.returncode == 0 else done.stdout + done.stderr

    return run


def _typed_files() -> list[str]:
    found = []
    for room in ROOMS:
        for name in TYPED:
            one = SOURCE / "moyai" / room / f"{name}.py"
            folder = SOURCE / "moyai" / room / name
            found += [str(one)] if one.exists() else []
            found += [str(path) for path in sorted(folder.glob("**/*.py"))] if folder.is_dir() else []
    return found


def doors() -> str:
    """Others import a room only through its public.py; tests and the room itself may look inside."""
    faults = []
    for room in ROOMS:
        for path in sorted((SOURCE / "moyai" / room).glob("**/*.py")):
            if "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = []
                if isinstance(node, ast.ImportFrom) and node.module:
                    names = [node.module]
                elif isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                for name in names:
                    parts = name.split(".")
                    if parts[0] != "moyai" or len(parts) < 3 or parts[1] in (room, "web"):
                        continue
                    if parts[2] not in ("public", "migration") and "migrations" not in path.parts:
                        faults.append(
                            f"{path.relative_to(SOURCE)}:{node.lineno} imports {name}; use moyai.{parts[1]}.public"
                        )
    return "\n".join(faults)


def migrations() -> str:
    import django

    django.setup()
    from django.core.management import call_command

    warnings.filterwarnings("ignore", "Got an error checking a consistent migration history")
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit as missing:
        return "models have changed without a migration" if missing.code else ""
    return ""


def templates() -> str:
    from moyai.ui.lint import lint_house

    return "\n".join(lint_house(SOURCE / "moyai"))


def snapshot() -> str:
    """The API as described must be the one in the repository."""
    return (
        ""
        if OPENAPI.exists() and OPENAPI.read_text(encoding="utf-8") == described()
        else (
            f"{OPENAPI.relative_to(SOURCE)} is not what the code describes; run make fix and look at the difference"
        )
    )


def described() -> str:
    import django

    django.setup()
    from moyai.web.api import api

    return json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moyai.web.settings")
    if "MOYAI_HOME" not in os.environ:
        # The checks look at code only: no data folder of an installation is touched or made.
        os.environ["MOYAI_HOME"] = tempfile.mkdtemp(prefix="moyai-check-")
    os.environ.setdefault("MOYAI_DATABASE_URL", "postgresql://nobody@/none?host=/nonexistent")
    if "--write" in arguments:
        OPENAPI.write_text(described(), encoding="utf-8")
        return 0
    checks: dict[str, Callable[[], str]] = {
        "ruff": _command("ruff", "check", "-q", "."),
        "dependency rule": _command("lint-imports", "--no-cache"),
        "doors": doors,
        "migrations": migrations,
        "templates": templates,
        "OpenAPI snapshot": snapshot,
    }
    if "--quick" not in arguments:
        checks["types"] = _command("mypy", *_typed_files())
    failed = 0
    for name, check in checks.items():
        trouble = check()
        print(f"{'✖' if trouble else '✔'} {name}")
        if trouble:
            failed += 1
            print(trouble)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
