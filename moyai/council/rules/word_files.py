"""Wordの文書を読む — the words of a .docx, paragraph by paragraph; nothing in it is run, fetched or expanded. Pure.

A .docx is a ZIP (ECMA-376) whose word/document.xml has paragraphs `w:p` of runs `w:t`. What comes out of the ZIP is counted while it
comes, whatever its directory says; a document type declaration, which no Word document has, is refused before an entity can swell.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any
from xml.parsers import expat

from moyai.council.rules.cannot import Cannot

MOST_XML = 20_000_000  # bytes of word/document.xml, unpacked
MOST_ENTRIES = 2_000
PIECE = 1 << 16

NOT_WORD = "Wordの文書（.docx）として読めません。ファイルがこわれていないか確かめてください。"
OLD_OR_LOCKED = "古い形式（.doc）か、パスワードの付いた文書です。Wordでパスワードを外し、.docxとして保存し直してください。"
TOO_LARGE = "Wordの文書が大きすぎます。分けて読み込んでください。"
NOT_PLAIN = "Wordの文書にはない記述（DOCTYPE）があるため、読み込めません。Wordで開いて保存し直してください。"

_OLE = b"\xd0\xcf\x11\xe0"  # a .doc, and a .docx behind a password
_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",  # ISO 29500 strict
)
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"  # says the same once more
_MARKS = {"tab": "\t", "br": "\n", "cr": "\n"}


def paragraphs(content: bytes) -> list[str]:
    """The paragraphs in their order, those of tables and boxes too; deleted words and notes are left out. Raises Cannot."""
    if content.startswith(_OLE):
        raise Cannot("file", OLD_OR_LOCKED)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            part = packed.getinfo("word/document.xml")
            if part.flag_bits & 1:
                raise Cannot("file", OLD_OR_LOCKED)
            if len(packed.infolist()) > MOST_ENTRIES or part.file_size > MOST_XML:
                raise Cannot("file", TOO_LARGE)
            return _read(packed, part)
    except (KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError) as error:
        if isinstance(error, Cannot):
            raise
        raise Cannot("file", NOT_WORD) from error


def _read(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> list[str]:
    reader, unpacked = _Reader(), 0
    try:
        with packed.open(part) as file:
            while piece := file.read(PIECE):
                unpacked += len(piece)
                if unpacked > MOST_XML:
                    raise Cannot("file", TOO_LARGE)
                reader.parser.Parse(piece, False)
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Cannot("file", NOT_WORD) from error
    if not reader.is_word:
        raise Cannot("file", NOT_WORD)
    return reader.found


class _Reader:
    """Follows the parser; a paragraph in a box of another stands before the one that it is in."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.is_word = False
        self.open: list[list[str]] = []  # paragraphs that are open, the inmost last
        self.text = False
        self.aside = 0  # how deep in what says the same once more
        parser: Any = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._said
        parser.buffer_text = True
        self.parser = parser

    def _doctype(self, *_declaration: Any) -> None:
        raise Cannot("file", NOT_PLAIN)

    def _begin(self, name: str, _attributes: Any) -> None:
        space, _blank, local = name.rpartition(" ")
        if name == _FALLBACK or self.aside:
            self.aside += 1
        elif space in _WORD:
            self.is_word = self.is_word or local == "document"
            if local == "p":
                self.open.append([])
            elif local == "t":
                self.text = True
            elif self.open:
                self.open[-1].append(_MARKS.get(local, ""))

    def _end(self, name: str) -> None:
        space, _blank, local = name.rpartition(" ")
        if self.aside:
            self.aside -= 1
        elif space in _WORD and local == "t":
            self.text = False
        elif space in _WORD and local == "p":
            self.found.append("".join(self.open.pop()))

    def _said(self, words: str) -> None:
        if self.text and self.open:
            self.open[-1].append(words)
