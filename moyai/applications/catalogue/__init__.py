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
