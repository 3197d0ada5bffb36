"""What is looked at before a file is kept: which types its field takes, and how many pixels a picture has."""

from __future__ import annotations

from typing import IO

from django.core.files.base import File

from moyai.applications.rules import KINDS, Field
from moyai.applications.rules.kinds.files import File as FileKind


def accepted_types(asked: Field) -> frozenset[str]:
    """The media types a file field takes."""
    kind = KINDS[asked.kind]
    return kind.accepts(asked.settings) if isinstance(kind, FileKind) else frozenset()


def pixels_of(file: File[bytes] | IO[bytes]) -> tuple[int | None, int | None]:
    """Width and height of a picture, upright, from its head alone; (None, None) when it is none."""
    from PIL import Image, UnidentifiedImageError
    from pillow_heif import register_heif_opener

    register_heif_opener()
    try:
        with Image.open(file) as image:
            width, height = image.size
            turned = image.getexif().get(274) in (5, 6, 7, 8)  # orientation: lying on its side
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None, None
    finally:
        file.seek(0)
    return (height, width) if turned else (width, height)
