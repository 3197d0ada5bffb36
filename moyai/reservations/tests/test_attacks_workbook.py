"""A workbook whose parts are named so that nobody looks into them before the reader of spreadsheets does."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from moyai.reservations.workbook.reading import Unreadable, sheets_of

DTD = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>'


def with_part_named(name: str, head: bytes, *, encoding: str = "utf-8") -> bytes:
    """A workbook of one sheet, which lies in a part of this name and begins with `head`."""
    made, kept = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(made)
    with zipfile.ZipFile(made) as before, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.namelist():
            data = before.read(part)
            if part == "xl/worksheets/sheet1.xml":
                body = data.decode("utf-8").partition("?>")[2] if data.startswith(b"<?xml") else data.decode()
                after.writestr(f"xl/worksheets/{name}", (head.decode() + body).encode(encoding))
            else:
                after.writestr(part, data.replace(b"sheet1.xml", name.encode()))
    return kept.getvalue()


def test_the_workbook_of_this_test_is_read_as_it_is() -> None:
    [sheet] = sheets_of(with_part_named("sheet1.xml", b""))
    assert sheet.title == "Sheet"


@pytest.mark.parametrize("name", ["sheet1.xml", "sheet1.dat", "sheet1.XML", "sheet1.png"])
def test_a_document_type_is_found_in_whatever_part_it_lies(name: str) -> None:
    with pytest.raises(Unreadable):
        sheets_of(with_part_named(name, DTD))


def test_a_sheet_in_another_encoding_is_refused_under_any_name() -> None:
    head = DTD.decode().replace("UTF-8", "UTF-16").encode()
    with pytest.raises(Unreadable):
        sheets_of(with_part_named("sheet1.dat", head, encoding="utf-16"))
