"""手続きの見本 — form editions that every body may copy, with worked examples that run as tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
CODES = ("juminhyo", "event", "dog", "survey", "recruit")


def document(code: str) -> dict[str, Any]:
    """The edition document of a sample procedure, the caller's own copy. Raises KeyError for an unknown one."""
    if code not in CODES:
        raise KeyError(code)
    made: dict[str, Any] = json.loads((FOLDER / f"{code}.json").read_text(encoding="utf-8"))
    return made


def facts(code: str) -> dict[str, Any]:
    """What the page of a sample procedure says, as `create_procedure` takes it. Raises KeyError."""
    known: dict[str, dict[str, Any]] = json.loads((FOLDER / "procedures.json").read_text(encoding="utf-8"))
    return known[code]


def example(name: str) -> dict[str, Any]:
    """A worked example of the catalogue by its file's name."""
    made: dict[str, Any] = json.loads((FOLDER / "examples" / f"{name}.json").read_text(encoding="utf-8"))
    return made
