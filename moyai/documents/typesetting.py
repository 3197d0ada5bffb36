"""Setting letters and tables in type: typst, our fonts only, facts as data."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_jp
import segno
import typst

import moyai
from moyai.ui.public import readings_in_brackets

HOUSE = Path(moyai.__file__).parent
_KIND = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


class NoTemplateError(LookupError):
    """No package keeps a letter of this kind: a mistake in our code."""


def template_of(kind: str) -> Path:
    """The template of a letter: "applications.decision" is applications/letters/decision.typ."""
    if not _KIND.fullmatch(kind):
        raise NoTemplateError(kind)
    package, name = kind.split(".")
    path = HOUSE / package / "letters" / f"{name}.typ"
    if not path.is_file():
        raise NoTemplateError(kind)
    return path


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(pylopdf_fonts_jp.serif_path().parent)],
    )


def qr_svg(text: str) -> str:
    """A QR code (JIS X 0510, level M) as SVG; the quiet zone is the template's."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", xmldecl=False, nl=False, border=0)
    return out.getvalue().decode()


def set_in_type(kind: str, *, facts: Mapping[str, Any], at: datetime) -> bytes:
    """A tagged PDF/UA-1 of a letter. The same facts and moment give the same bytes.

    Facts reach the template as one JSON string and are never read as markup. PDF/UA-1 refuses a
    character that no font can draw, so what slips past `rules.glyphs` is an error too (typst.TypstError).
    """
    return _compiled(kind, facts, at, "pdf")


def set_as_picture(kind: str, *, facts: Mapping[str, Any], at: datetime) -> bytes:
    """The first page as PNG, for previews on screen."""
    return _compiled(kind, facts, at, "png")


def _compiled(kind: str, facts: Mapping[str, Any], at: datetime, form: str) -> bytes:
    # What is printed in easy Japanese has its readings in brackets: 漢字（かんじ）.
    inputs = {"facts": readings_in_brackets(json.dumps(facts, ensure_ascii=False, allow_nan=False))}
    if "verify_url" in facts:
        inputs["qr"] = qr_svg(str(facts["verify_url"]))
    made = typst.Compiler(
        input=str(template_of(kind)), root=str(HOUSE), font_paths=_fonts(), sys_inputs=inputs
    ).compile(
        format=form,  # type: ignore[arg-type]
        pdf_standards=["ua-1"] if form == "pdf" else [],
        timestamp=int(at.timestamp()),
        ppi=110.0 if form == "png" else None,
    )
    if isinstance(made, list):
        return made[0]
    assert made is not None
    return made
