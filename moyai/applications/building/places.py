"""直すところ — which part of a document a problem's path points at, so that the page can lead there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]", re.ASCII)


def part_at(document: Mapping[str, Any], path: str) -> tuple[str, str]:
    """(what, id) of the part around a path: ("field", "q3"), ("page", "page1"), ("checks", "c1"), ("words", "en") …

    ("", "") is the document as a whole.
    """
    steps: list[str | int] = [
        match[1] if match[1] is not None else int(match[2]) for match in _STEP.finditer(path)
    ]
    if not steps:
        return "", ""
    head = str(steps[0])
    if head == "pages":
        return _in_pages(document, steps[1:])
    if head == "fee" and len(steps) > 2 and isinstance(steps[2], int):
        return "fee", _id(_get(_get(_get(document, "fee"), "lines"), steps[2]))
    if head in ("checks", "takes") and len(steps) > 1:
        return head, _id(_get(_get(document, head), steps[1]))
    if head in ("constants", "given", "lists") and len(steps) > 1:
        return head, str(steps[1])
    if head in ("applicant", "signature", "blind", "once"):
        return "people" if head != "once" else "once", ""
    if head == "translations":
        return "words", str(steps[1]) if len(steps) > 1 else "en"
    return "", ""


def _in_pages(document: Mapping[str, Any], steps: list[str | int]) -> tuple[str, str]:
    part: Any = document.get("pages")
    found = ("", "")
    before: str | int = "pages"
    for step in steps:
        part = _get(part, step)
        if part is None:
            break
        if isinstance(step, int) and before in ("pages", "fields") and _id(part):
            found = ("page" if before == "pages" else "field", _id(part))
        elif isinstance(step, str) and step not in ("fields",):
            break
        before = step
    return found


def _get(part: Any, step: str | int) -> Any:
    if isinstance(part, Mapping):
        return part.get(str(step))
    if isinstance(part, list) and isinstance(step, int) and step < len(part):
        return part[step]
    return None


def _id(part: Any) -> str:
    return str(part.get("id", "")) if isinstance(part, Mapping) else ""
