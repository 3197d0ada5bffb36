"""What a file really is, and whether it may come in: by its content, never by its name.

`sniff` looks at the first bytes (while the sender waits); `examine` opens the file for real and runs in
a process of its own with a ceiling on memory and time (`python contents.py PATH TYPE`), because the
libraries that open hostile images and papers are the ones that hostile images and papers are made for.
This file therefore imports nothing of the house.
"""

from __future__ import annotations

import json
import os
import re
import sys
import zipfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

HEAD_BYTES = 4096
MOST_PIXELS = 60_000_000
MOST_FRAMES = 60
MOST_PAGES = 1_000
MOST_PDF_OBJECTS = 300_000
MOST_UNPACKED = 1_000_000_000
MOST_TIMES_PACKED = 200
MOST_ENTRIES = 10_000
MEMORY_BYTES = 3_000_000_000
CPU_SECONDS = 120

PDF = "application/pdf"
JPEG, PNG, WEBP, HEIC, TIFF, GIF = (
    f"image/{kind}" for kind in ("jpeg", "png", "webp", "heic", "tiff", "gif")
)
ZIP, TEXT, MP4 = "application/zip", "text/plain", "video/mp4"
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = _OFFICE + "wordprocessingml.document"
XLSX = _OFFICE + "spreadsheetml.sheet"
PPTX = _OFFICE + "presentationml.presentation"

ENDINGS = {
    PDF: "pdf", JPEG: "jpg", PNG: "png", WEBP: "webp", HEIC: "heic", TIFF: "tif", GIF: "gif",
    ZIP: "zip", TEXT: "txt", MP4: "mp4", DOCX: "docx", XLSX: "xlsx", PPTX: "pptx",
}  # fmt: skip
IMAGES = frozenset({JPEG, PNG, WEBP, HEIC, TIFF, GIF})
PHOTOGRAPHS_AND_PDF = frozenset({PDF, JPEG, PNG, HEIC})
EVERYTHING = frozenset(ENDINGS)

_MARKUP = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?xml|\?php|%)", re.I)


class UnfitError(Exception):
    """The file may not come in; `why` is one of the words of `documents.models.WHY_REFUSED`."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass
class Found:
    """What an examination found: `why` is empty when the file is fit; `cleaned` when it was rewritten."""

    why: str = ""
    content_type: str = ""
    pages: int | None = None
    width: int | None = None
    height: int | None = None
    cleaned: bool = False


def sniff(head: bytes) -> str | None:
    """The content type that the first 4,096 bytes call for; None for what we do not take at all.

    A PDF begins with its mark at byte 0: readers forgive rubbish in front of it, and two-faced files
    (ポリグロット) live on that.
    """
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[:4] in (b"II*\0", b"MM\0*"):
        return TIFF
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"):
            return HEIC
        if brand[:3] in (b"mp4", b"iso", b"avc", b"M4V") or brand in (b"MSNV", b"dash"):
            return MP4
        return None
    if head.startswith(b"PK\x03\x04"):
        return _packed_kind(head)
    return TEXT if _is_text(head) else None


def _packed_kind(head: bytes) -> str:
    """An Office paper is a ZIP; which one shows when it is opened, the first bytes are a guess."""
    for mark, kind in ((b"word/", DOCX), (b"xl/", XLSX), (b"ppt/", PPTX)):
        if mark in head:
            return kind
    return ZIP


def _is_text(head: bytes) -> bool:
    import puremagic

    if not head or b"\0" in head or _MARKUP.search(head) or b"%PDF-" in head or head.startswith(b"#!"):
        return False
    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        guesses = []
    if any(guess.confidence >= 0.8 and not guess.mime_type.startswith("text/") for guess in guesses):
        return False
    return decoding_of(head) is not None


def decoding_of(head: bytes) -> str | None:
    """UTF-8 or the Shift_JIS of Japanese offices; a letter cut at the end of the piece is forgiven."""
    for encoding, widest in (("utf-8-sig", 4), ("cp932", 2)):
        for cut in range(widest):
            try:
                text = head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            if not re.search(r"[\x01-\x08\x0e-\x1a\x1c-\x1f]", text):
                return encoding
            break
    return None


def examine(path: Path, content_type: str) -> Found:
    """Open the file as what it claims to be. Images are written anew without place and maker's notes."""
    found = Found(content_type=content_type)
    try:
        if content_type == PDF:
            _examine_pdf(path, found)
        elif content_type in IMAGES:
            _examine_image(path, found)
        elif content_type in (ZIP, DOCX, XLSX, PPTX):
            _examine_packed(path, found)
        elif content_type == TEXT:
            _examine_text(path)
        elif content_type != MP4:
            raise UnfitError("type")
        if content_type not in IMAGES:
            _examine_tail(path, content_type)
    except UnfitError as unfit:
        found.why = unfit.why
    except MemoryError:
        found.why = "bomb"
    return found


def _examine_pdf(path: Path, found: Found) -> None:
    import pikepdf

    with path.open("rb") as file:
        if file.read(5) != b"%PDF-":
            raise UnfitError("two_faced")
    try:
        with pikepdf.open(path, suppress_warnings=True, attempt_recovery=False) as pdf:
            if pdf.is_encrypted:
                raise UnfitError("password")
            if len(pdf.objects) > MOST_PDF_OBJECTS:
                raise UnfitError("bomb")
            found.pages = len(pdf.pages)
            if found.pages > MOST_PAGES:
                raise UnfitError("pages")
            if found.pages == 0:
                raise UnfitError("broken")
            unpacked = 0
            for thing in pdf.objects:
                _refuse_active(thing)
                if isinstance(thing, pikepdf.Stream):
                    unpacked += _unpacked_size(thing, MOST_UNPACKED - unpacked)
    except pikepdf.PasswordError:
        raise UnfitError("password") from None
    except (pikepdf.PdfError, ValueError, RecursionError):
        raise UnfitError("broken") from None


_ACTIVE_KEYS = ("/JS", "/JavaScript", "/XFA", "/EmbeddedFile", "/EmbeddedFiles", "/RichMediaContent")
_ACTIVE_ACTS = ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/Movie", "/GoToE")


def _refuse_active(thing: object) -> None:
    """Scripts, programs to start and files inside a PDF: also in dictionaries written inside others."""
    import pikepdf

    waiting = [(thing, 0)]
    while waiting:
        each, depth = waiting.pop()
        if depth and isinstance(each, pikepdf.Object) and each.is_indirect:
            continue  # met in its own turn
        if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            keys = list(each.keys())
            if any(key in _ACTIVE_KEYS for key in keys) or str(each.get("/S", "")) in _ACTIVE_ACTS:
                raise UnfitError("script")
            if str(each.get("/Type", "")) == "/EmbeddedFile":
                raise UnfitError("script")
            if depth < 60:
                waiting.extend((each[key], depth + 1) for key in keys if key != "/Parent")
        elif isinstance(each, pikepdf.Array) and depth < 60:
            waiting.extend((part, depth + 1) for part in each)


def _unpacked_size(stream: object, room: int) -> int:
    """How large a deflated stream becomes; deflated twice is how bombs are made, nobody else does it."""
    filters = stream.get("/Filter")  # type: ignore[attr-defined]
    names = (
        [str(filters)]
        if filters is not None and not _is_array(filters)
        else [str(one) for one in filters or []]
    )
    if names.count("/FlateDecode") > 1 or len(names) > 3:
        raise UnfitError("bomb")
    if not names or names[0] != "/FlateDecode":
        return 0
    raw, unpacked = stream.read_raw_bytes(), 0  # type: ignore[attr-defined]
    engine = zlib.decompressobj()
    try:
        while raw:
            unpacked += len(engine.decompress(raw, 1 << 20))
            raw = engine.unconsumed_tail
            if unpacked > room:
                raise UnfitError("bomb")
    except zlib.error:
        return unpacked  # a viewer shows what it can read; not dangerous, and common in old scans
    return unpacked


def _is_array(thing: object) -> bool:
    import pikepdf

    return isinstance(thing, pikepdf.Array)


def _examine_image(path: Path, found: Found) -> None:
    import pillow_heif
    from PIL import Image, ImageSequence, UnidentifiedImageError

    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    forms = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", HEIC: "HEIF", TIFF: "TIFF", GIF: "GIF"}
    try:
        with Image.open(path, formats=[forms[found.content_type]]) as image:
            found.width, found.height = image.size
            if image.width * image.height > MOST_PIXELS:
                raise UnfitError("pixels")
            frames = getattr(image, "n_frames", 1)
            if frames > MOST_FRAMES or frames * image.width * image.height > 2 * MOST_PIXELS:
                raise UnfitError("pixels")
            for frame in ImageSequence.Iterator(image):
                if frame.width * frame.height > MOST_PIXELS:
                    raise UnfitError("pixels")
                frame.load()
            image.seek(0)
            _rewrite(path, image, found)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnfitError("pixels") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, RuntimeError):
        raise UnfitError("broken") from None


_KEPT_TAGS = (0x0112, 0x0132, 0x010E)  # orientation, date and time, description
_KEPT_PHOTO_TAGS = (0x9003, 0x9004)  # when it was taken


def _rewrite(path: Path, image: object, found: Found) -> None:
    """Write the picture anew: what is not picture (place, maker's notes, a second file behind it) stays out."""
    from PIL import Image

    assert isinstance(image, Image.Image)
    old, exif = image.getexif(), Image.Exif()
    for tag in _KEPT_TAGS:
        if tag in old:
            exif[tag] = old[tag]
    photo = old.get_ifd(0x8769)
    taken = {tag: photo[tag] for tag in _KEPT_PHOTO_TAGS if tag in photo}
    if taken:
        exif.get_ifd(0x8769).update(taken)
    more = {"exif": exif.tobytes()} if len(exif) else {}
    if image.info.get("icc_profile"):
        more["icc_profile"] = image.info["icc_profile"]
    target = path.with_name(path.name + ".new")
    several = getattr(image, "n_frames", 1) > 1
    try:
        if found.content_type == JPEG:
            image.save(target, "JPEG", quality="keep", **more)
        elif found.content_type == HEIC:
            # Offices cannot open HEIC; pillow-heif has already turned the picture upright.
            image.convert("RGB").save(target, "JPEG", quality=92, icc_profile=more.get("icc_profile"))
            found.content_type = JPEG
        elif found.content_type == PNG:
            image.save(target, "PNG", **more)
        elif found.content_type == WEBP:
            image.save(target, "WEBP", lossless=True, method=0, save_all=several, **more)
        elif found.content_type == GIF:
            image.save(target, "GIF", save_all=several)
        else:
            image.save(target, "TIFF", save_all=several, compression="tiff_deflate")
        with target.open("rb+") as file:
            os.fsync(file.fileno())
        target.replace(path)
        found.cleaned = True
    finally:
        target.unlink(missing_ok=True)


def _examine_packed(path: Path, found: Found) -> None:
    try:
        with zipfile.ZipFile(path) as pack:
            entries = pack.infolist()
            _refuse_bomb(path, pack, entries)
            names = {entry.filename for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, ValueError, OSError):
        raise UnfitError("broken") from None
    kinds = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
    found.content_type = next((kind for name, kind in kinds.items() if name in names), ZIP)
    if found.content_type != ZIP and any("vbaproject" in name.casefold() for name in names):
        raise UnfitError("script")


def _refuse_bomb(path: Path, pack: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise UnfitError("bomb")
    packed, unpacked = path.stat().st_size, 0
    if sum(entry.compress_size for entry in entries) > packed:
        raise UnfitError("bomb")  # entries that share their bytes
    for entry in entries:
        if entry.flag_bits & 1:
            raise UnfitError("password")
        parts = entry.filename.replace("\\", "/").split("/")
        if ".." in parts or entry.filename.startswith("/") or ":" in parts[0]:
            raise UnfitError("two_faced")
    for entry in entries:  # what the directory says may be a lie: count what comes out
        with pack.open(entry) as file:
            while piece := file.read(1 << 20):
                unpacked += len(piece)
                if unpacked > MOST_UNPACKED or unpacked > max(packed * MOST_TIMES_PACKED, 10_000_000):
                    raise UnfitError("bomb")


def _examine_text(path: Path) -> None:
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            if b"\0" in piece or b"%PDF-" in piece or _MARKUP.search(piece):
                raise UnfitError("two_faced")


def _examine_tail(path: Path, content_type: str) -> None:
    """A second file behind the first: a ZIP's directory where there is no ZIP, markup after a PDF."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 66_000))
        tail = file.read()
    if content_type in (PDF, TEXT, MP4) and b"PK\x05\x06" in tail:
        raise UnfitError("two_faced")
    if content_type == PDF:
        end = tail.rfind(b"%%EOF")
        if end < 0:
            raise UnfitError("broken")
        if len(tail) - end > 2_048 or _MARKUP.search(tail[end:]):
            raise UnfitError("two_faced")
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if content_type == PDF and re.search(rb"<\s*(html|script|svg)", head[:1024], re.I):
        raise UnfitError("two_faced")


def main(arguments: list[str]) -> int:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    path, content_type = arguments
    print(json.dumps(asdict(examine(Path(path), content_type))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
