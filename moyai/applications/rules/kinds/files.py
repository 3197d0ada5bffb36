"""Kinds of field for attached files.

A value is a list of upload ids; everything else about them is a given fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from moyai.applications.rules.expressions.types import Type
from moyai.applications.rules.kinds.base import Kind, Read, Reading, Schema, Settings, Showing, Wrong
from moyai.applications.rules.result import Param, UploadFact
from moyai.applications.rules.words import ATTACHED, Words, joined

FILE_TYPES = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/heic": "HEIC",
    "image/heif": "HEIF",
    "text/csv": "CSV",
    "text/plain": Words("テキスト", "text"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Words(
        "Excel（xlsx）", "Excel (xlsx)"
    ),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Words(
        "Word（docx）", "Word (docx)"
    ),
}
MEGABYTE = 1024 * 1024
_MANY: Schema = {"type": "integer", "minimum": 1, "maximum": 50}
_PIXELS: Schema = {"type": "integer", "minimum": 1, "maximum": 20_000}
_BYTES: Schema = {"type": "integer", "minimum": 1024, "maximum": 200 * MEGABYTE}
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def size_in_words(size_bytes: int) -> str:
    """A size as people read it: 1.5MB, 320KB."""
    if size_bytes >= MEGABYTE:
        return f"{size_bytes / MEGABYTE:.1f}".removesuffix(".0") + "MB"
    return f"{max(1, size_bytes // 1024)}KB"


class File(Kind):
    """添付ファイル — ids of this applicant's uploads; one file of 10 MB unless the edition says otherwise.

    `max_bytes` is of one file, `max_total_bytes` of all files of the field together.
    """

    name, ja, missing = "file", "添付ファイル", "missing_file"
    en = "Files"
    settings: ClassVar[dict[str, Schema]] = {
        "accept": {
            "type": "array",
            "minItems": 1,
            "maxItems": len(FILE_TYPES),
            "uniqueItems": True,
            "items": {"enum": list(FILE_TYPES)},
        },
        "min_count": _MANY,
        "max_count": _MANY,
        "max_bytes": _BYTES,
        "max_total_bytes": _BYTES,
    }
    usual: ClassVar[tuple[str, ...]] = (
        "application/pdf",
        "image/jpeg",
        "image/png",
        "image/heic",
        "image/heif",
    )

    def value_type(self, settings: Settings) -> Type:
        return Type("files")

    def faults(self, settings: Settings) -> Iterator[tuple[str, str, dict[str, Param]]]:
        if settings.get("min_count", 1) > settings.get("max_count", 1):
            yield ".min_count", "e_min_max", {}

    def accepts(self, settings: Settings) -> frozenset[str]:
        """Media types that the field takes."""
        return frozenset(settings.get("accept", self.usual))

    def look(self, settings: Settings, fact: UploadFact) -> None:
        """What is special to the kind. Raises Wrong."""

    def reader(self, settings: Settings) -> Read:
        accept = self.accepts(settings)
        names = [words for media_type, words in FILE_TYPES.items() if media_type in accept]
        accept_words = Words("・".join(names), ", ".join(getattr(name, "en", name) for name in names))
        least, most = settings.get("min_count", 1), settings.get("max_count", 1)
        largest = settings.get("max_bytes", 10 * MEGABYTE)
        largest_in_all = settings.get("max_total_bytes")
        look = self.look

        def read(value: Any, reading: Reading) -> list[str]:
            ids = [value] if isinstance(value, str) else value
            if not isinstance(ids, list):
                raise Wrong("not_list")
            if len(ids) > most:
                raise Wrong("too_many_files", max=most, count=len(ids))
            if not all(isinstance(one, str) and _ID.fullmatch(one) for one in ids):
                raise Wrong("file_unknown")
            if len(set(ids)) != len(ids):
                raise Wrong("chosen_twice")
            facts = reading.uploads
            in_all = 0
            for one in ids if facts is not None else ():
                assert facts is not None
                fact = facts.get(one)
                if fact is None:  # nobody's, or somebody else's: the same words for both
                    raise Wrong("file_unknown")
                if fact.refused:
                    raise Wrong("file_refused", name=fact.name)
                if fact.media_type not in accept:
                    raise Wrong("file_type", name=fact.name, accept=accept_words)
                if fact.size_bytes > largest:
                    raise Wrong(
                        "file_too_big",
                        name=fact.name,
                        size=size_in_words(fact.size_bytes),
                        max=size_in_words(largest),
                    )
                look(settings, fact)
                in_all += fact.size_bytes
            if largest_in_all is not None and in_all > largest_in_all:
                raise Wrong(
                    "files_too_big_in_all", size=size_in_words(in_all), max=size_in_words(largest_in_all)
                )
            if len(ids) < least:
                raise Wrong("too_few_files", min=least, count=len(ids))
            return list(ids)

        return read

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        usual = ATTACHED.in_language(showing.language)
        names = [showing.uploads[one].name if one in showing.uploads else usual for one in kept]
        return joined(names, showing.language)


class Photo(File):
    """写真 — pictures; least width and height in pixels, proportions within tolerance_percent (5 when not
    given).
    """

    name, ja = "photo", "写真"
    en = "Photos"
    settings: ClassVar[dict[str, Schema]] = {
        **File.settings,
        "accept": {
            "type": "array",
            "minItems": 1,
            "maxItems": 4,
            "uniqueItems": True,
            "items": {"enum": [one for one in FILE_TYPES if one.startswith("image/")]},
        },
        "min_width_px": _PIXELS,
        "min_height_px": _PIXELS,
        "shape": {
            "type": "object",
            "required": ["width", "height"],
            "additionalProperties": False,
            "properties": {
                "width": {"type": "integer", "minimum": 1, "maximum": 1000},
                "height": {"type": "integer", "minimum": 1, "maximum": 1000},
                "tolerance_percent": {"type": "integer", "minimum": 0, "maximum": 50},
            },
        },
    }
    usual = ("image/jpeg", "image/png", "image/heic", "image/heif")

    def look(self, settings: Settings, fact: UploadFact) -> None:
        width, height = fact.width_px, fact.height_px
        if width is None or height is None or width < 1 or height < 1:
            raise Wrong("photo_unreadable", name=fact.name)
        least_width, least_height = settings.get("min_width_px", 1), settings.get("min_height_px", 1)
        if width < least_width or height < least_height:
            raise Wrong("photo_too_small", width=least_width, height=least_height)
        shape = settings.get("shape")
        if shape is not None:
            # width ÷ height against shape.width ÷ shape.height, without fractions
            have, want = width * shape["height"], height * shape["width"]
            if abs(have - want) * 100 > want * shape.get("tolerance_percent", 5):
                raise Wrong("photo_shape", width=shape["width"], height=shape["height"])
