"""File names as people gave them, made harmless for showing and for saving."""

from __future__ import annotations

import re
import unicodedata

LONGEST_BYTES = 240  # file systems stop at 255 bytes; a browser may add 「 (1)」
NAMELESS = "ファイル"

# Letters that turn or hide their neighbours: with U+202E inside, 請求書gpj.exe reads as 請求書exe.jpg.
_UNSEEN = dict.fromkeys(
    [
        *range(0x00, 0x20),
        *range(0x7F, 0xA0),
        0x00AD,
        0x034F,
        0x061C,
        *range(0x115F, 0x1161),
        0x180E,
        *range(0x200B, 0x2010),
        *range(0x2028, 0x202F),
        *range(0x2060, 0x2070),
        0x3164,
        0xFEFF,
        0xFFA0,
        *range(0xFFF0, 0xFFFC),
        *range(0xE0000, 0xE0080),
    ]
)
_RESERVED = str.maketrans('<>:"|?*/\\', "＜＞：”｜？＊／＼")
_DEVICES = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])$")
_INNER_ENDING = re.compile(r"\.([A-Za-z0-9]{1,5})(?=\.|$)")


def clean_name(raw: str, *, ending: str = "") -> str:
    """The name to show and to offer on saving: the last path part, without hidden letters.

    `ending` is the ending that the content calls for ("pdf"); another ending is not believed but
    kept readable in front of it, so 「写真.jpg.exe」 that is a PDF becomes 「写真_jpg_exe.pdf」.
    Variation selectors of names stay. At most 240 bytes of UTF-8, cut between whole characters.
    """
    text = raw.encode("utf-8", "replace").decode("utf-8").replace("\\", "/")
    text = text.rstrip("/").rsplit("/", 1)[-1].translate(_UNSEEN).translate(_RESERVED)
    text = " ".join(text.split()).strip(". ")
    stem, _, last = text.rpartition(".")
    if not stem:
        stem, last = text, ""
    if ending:
        if last.casefold() not in _same_ending(ending):
            stem = f"{stem}.{last}" if last else stem
            last = ending
        stem = _INNER_ENDING.sub(r"_\1", stem).strip(". ")
    last = last if re.fullmatch(r"[A-Za-z0-9]{1,8}", last) else ""
    if not stem:
        stem = NAMELESS
    if _DEVICES.match(stem):
        stem = f"_{stem}"
    tail = f".{last}" if last else ""
    return _cut(stem, LONGEST_BYTES - len(tail)) + tail


def _same_ending(ending: str) -> set[str]:
    pairs = {"jpg": {"jpg", "jpeg"}, "tif": {"tif", "tiff"}, "heic": {"heic", "heif"}, "txt": {"txt", "csv"}}
    return pairs.get(ending, {ending})


def _cut(text: str, most_bytes: int) -> str:
    """The longest beginning within `most_bytes` that does not part a letter from its marks."""
    if len(text.encode()) <= most_bytes:
        return text
    kept = text.encode()[:most_bytes].decode("utf-8", "ignore")
    following = text[len(kept)]
    if _mark(following):  # its letter stands at the end of what was kept, perhaps with other marks
        while kept and _mark(kept[-1]):
            kept = kept[:-1]
        kept = kept[:-1]
    return kept.rstrip(". ") or NAMELESS


def _mark(letter: str) -> bool:
    return (
        bool(unicodedata.combining(letter))
        or "\ufe00" <= letter <= "\ufe0f"
        or "\U000e0100" <= letter <= "\U000e01ef"
    )
