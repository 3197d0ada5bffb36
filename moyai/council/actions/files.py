"""資料の中身を預かる — the bytes of papers and evidence, examined first, each content once."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import IO

from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.council.models import PaperFile
from moyai.documents.public import (
    DOCX,
    PDF,
    PHOTOGRAPHS_AND_PDF,
    PPTX,
    TEXT,
    XLSX,
    UploadRefused,
    examined_at_once,
)

LARGEST_BYTES = 20_000_000
PAPERS = frozenset({PDF, DOCX, XLSX, PPTX, TEXT})
EVIDENCE = frozenset({*PHOTOGRAPHS_AND_PDF, XLSX, DOCX})
NAMES = {PDF: "PDF", DOCX: "Word", XLSX: "Excel", PPTX: "PowerPoint", TEXT: lazy("テキスト")}


def keep_bytes(content: bytes, content_type: str) -> PaperFile:
    """The row of these bytes; the same bytes twice are one row."""
    digest = hashlib.sha256(content).hexdigest()
    kept, _new = PaperFile.objects.get_or_create(
        sha256=digest, defaults={"content_type": content_type, "size": len(content), "content": content}
    )
    return kept


def keep_file(
    file: File[bytes] | IO[bytes],
    *,
    accept: Collection[str] = PAPERS,
    max_bytes: int = LARGEST_BYTES,
    name: str = "",
) -> tuple[PaperFile, str]:
    """Keep a file that somebody brought, with the name it is kept by. Called inside an action.

    Raises UploadRefused, ScannerAway: see documents.
    """
    try:
        found = examined_at_once(file, accept=accept, max_bytes=max_bytes, name=name)
    except UploadRefused as refused:
        if refused.why != "type":
            raise
        raise UploadRefused("type", wrong_kind(accept)) from None
    return keep_bytes(found.content, found.content_type), found.name


def wrong_kind(accept: Collection[str]) -> str:
    """What is told of a file of another kind: which are taken here."""
    names = [str(name) for kind, name in NAMES.items() if kind in accept]
    if set(accept) - NAMES.keys():
        names.append(_("写真"))
    return _("この種類のファイルは受け付けていません。%(kinds)sにしてください。") % {"kinds": "・".join(names)}
