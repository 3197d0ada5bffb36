"""手続きの見本 — procedures that every body may copy, with worked examples that run as tests.

For each code: `<code>.json` the form in Japanese, `words/<code>.<en|easy>.json` its translations, `lists/<code>.json` long
lists where it has some, `procedures/<code>.json` the facts and switches of the procedure and the places it begins with,
`words/<code>.procedure.json` those facts in English and やさしい日本語.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent
CODES: Final = (
    "juminhyo",
    "event",
    "dog",
    "sodaigomi",
    "recruit",
    "survey",
    "hoiku",
    "risai",
    "kyufu",
    "senyo",
    "senyo-chakko",
    "koen",
    "koen-report",
    "suido",
    "kenshin",
    "kaiji",
    "hojo",
    "hojo-report",
    "wishes",
    "council-survey",
)
LANGUAGES: Final = ("en", "easy")
# What stands in procedures/<code>.json beside the columns of a procedure.
VERSION, POOLS = "version", "pools"


def document(code: str) -> dict[str, Any]:
    """The edition document of a sample procedure, the caller's own copy. Raises KeyError for an unknown one."""
    if code not in CODES:
        raise KeyError(code)
    made: dict[str, Any] = json.loads(_text(f"{code}.json"))
    if (FOLDER / "lists" / f"{code}.json").exists():
        made["lists"] = json.loads(_text(f"lists/{code}.json"))
    made["translations"] = {
        language: json.loads(_text(f"words/{code}.{language}.json")) for language in LANGUAGES
    }
    return made


def facts(code: str) -> dict[str, Any]:
    """What a sample procedure says and how it is dealt with, as `create_procedure` takes it. Raises KeyError."""
    said = {name: value for name, value in _kept(code).items() if name not in (VERSION, POOLS)}
    said["translations"] = json.loads(_text(f"words/{code}.procedure.json"))
    return said


def version(code: str) -> int:
    """How often the sample was changed: copies remember which they are of. Raises KeyError."""
    return int(_kept(code)[VERSION])


def pools(code: str) -> list[dict[str, Any]]:
    """The places a sample procedure begins with, as rules that `places.spread` turns into pools. Raises KeyError."""
    found: list[dict[str, Any]] = _kept(code).get(POOLS, [])
    return found


def example(name: str) -> dict[str, Any]:
    """A worked example of the catalogue by its file's name."""
    made: dict[str, Any] = json.loads(_text(f"examples/{name}.json"))
    return made


def _kept(code: str) -> dict[str, Any]:
    if code not in CODES:
        raise KeyError(code)
    made: dict[str, Any] = json.loads(_text(f"procedures/{code}.json"))
    return made


@functools.cache
def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
