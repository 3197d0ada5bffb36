"""Files that are examined while their sender waits: few, small, brought by staff whose row belongs to no body."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from moyai.documents import scanner
from moyai.documents.actions.uploads import UploadRefused, acceptable, too_large
from moyai.documents.rules import contents
from moyai.documents.rules.names import clean_name
from moyai.tenants.public import Refusal


class ScannerAway(Refusal):
    code = "scanner_away"
    status = 409
    message = _("ウイルスの確認ができません。しばらくしてから、もう一度お試しください。")  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Examined:
    """What may be kept: the bytes (a picture written anew), what they really are, a name that ends so."""

    content: bytes
    content_type: str
    name: str


def examined_at_once(
    file: File[bytes] | IO[bytes],
    *,
    accept: Collection[str] = contents.PHOTOGRAPHS_AND_PDF,
    max_bytes: int,
    name: str = "",
) -> Examined:
    """添付の検査 — as an upload is examined, but now. Raises UploadRefused (says why), ScannerAway; nothing is kept here."""
    file.seek(0)
    content = file.read(max_bytes + 1)
    if not content:
        raise UploadRefused("empty")
    if len(content) > max_bytes:
        raise UploadRefused("size", too_large(max_bytes))
    found_type = contents.sniff(content[: contents.HEAD_BYTES])
    if found_type is None or not acceptable(found_type, accept):
        raise UploadRefused("type")
    with tempfile.TemporaryDirectory(prefix="moyai-file-") as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        try:
            why = scanner.infected(path)
        except scanner.ScannerDownError:
            raise ScannerAway from None
        if why:
            raise UploadRefused(why)
        found = scanner.examined(path, found_type)
        if found.why:
            raise UploadRefused(found.why)
        rewritten = found_type in contents.IMAGES and found.content_type == contents.JPEG
        if not rewritten and found.content_type not in accept:
            raise UploadRefused("type")
        content = path.read_bytes()
    given = name or str(getattr(file, "name", "") or "")
    stem = given.rpartition(".")[0] or given
    ending = contents.ENDINGS[found.content_type]
    return Examined(content, found.content_type, clean_name(f"{stem}.{ending}", ending=ending))
