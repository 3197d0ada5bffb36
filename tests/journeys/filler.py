"""Fills in any form of the catalogue through its pages: reads what a page asks and answers it from an example."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
from PIL import Image

from moyai.applications import catalogue
from tests.journeys.browser import Reader

ERAS = ((date(2019, 5, 1), "R", 2018), (date(1989, 1, 8), "H", 1988), (date(1926, 12, 25), "S", 1925))
ROUNDS = 5  # a page may ask more once it was answered
ON, END = "次へ進む", "この内容で入力を終える"
CHECK = "申込内容の確認"


def answers_of(example: str) -> dict[str, Any]:
    """What an example of the catalogue answers, without what its form drops; the caller's own to change."""
    told = catalogue.example(example)
    gone = told["expected"].get("dropped", [])
    return {key: copy.deepcopy(one) for key, one in told["answers"].items() if key not in gone}


def fields_of(fields: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in fields:
        yield one
        yield from fields_of(one.get("fields", []))


class Filler:
    def __init__(self, reader: Reader, document: Mapping[str, Any], folder: Path) -> None:
        self.reader, self.folder = reader, folder
        self.document = document
        self.made = 0

    def fill(self, answers: Mapping[str, Any], *, then: str = CHECK) -> None:
        """Page by page until the check page, or `then`, the heading that stands before it."""
        for page in self.document["pages"]:
            if self.reader.heading == then:
                return
            if self.reader.heading != page["title"]:
                continue  # this page is not for these answers
            self._page(page["fields"], answers, ON)
        assert self.reader.heading == then, self._said()

    def _page(self, fields: list[dict[str, Any]], answers: Mapping[str, Any], on: str) -> None:
        before = self.reader.heading
        done: set[str] = set()
        for _round in range(ROUNDS):
            for field in fields:
                if (
                    field["id"] not in done
                    and field["id"] in answers
                    and self._answered(field, answers[field["id"]])
                ):
                    done.add(field["id"])
            self.reader.press(on)
            if self.reader.heading != before:
                return
        raise AssertionError(self._said())

    def _said(self) -> str:
        return f"{self.reader.page.url}\n{self.reader.text[:1500]}"

    def _there(self, name: str) -> bool:
        return self.reader.page.locator(f'main [name="{name}"]:not([type=hidden])').count() > 0

    def _answered(self, field: Mapping[str, Any], value: Any) -> bool:
        """Whether the page asks this, and if so answer it."""
        kind, name, reader = field["kind"], field["id"], self.reader
        if kind == "group":
            return self._rows(field, value)
        if kind in ("file", "photo"):
            return self._files(field, value)
        parts = {"date": f"{name}_year", "address": f"{name}__city", "map_point": f"{name}__lat"}
        first = parts.get(kind, name)
        if kind in ("matrix", "ranking", "bank_account", "time"):
            return self._parts(field, value)
        if not self._there(first):
            return False
        if kind == "date":
            day = date.fromisoformat(value)
            since, era, zero = next(one for one in ERAS if day >= one[0])
            assert since <= day
            reader.date(name, era, day.year - zero, day.month, day.day)
        elif kind == "address":
            reader.address(name, value["street"])
        elif kind == "map_point":
            for part in ("lat", "lng"):
                reader.type(f"{name}__{part}", value[part])
        elif kind == "yes_no":
            reader.choose(name, "yes" if value else "no")
        elif kind == "consent":
            reader.tick(name)
        elif kind in ("single_choice", "multiple_choice"):
            for one in value if isinstance(value, list) else [value]:
                code = one["choice"] if isinstance(one, dict) else one
                reader.choose(name, code)
                if isinstance(one, dict):
                    reader.type(f"{name}__{code}", one["text"])
        elif kind == "listed":
            rows = self.document["lists"][field["list"]]["rows"]
            label = next(row["label"] for row in rows if row["value"] == value)
            box = reader.control(name).first
            if box.evaluate("e => e.tagName") == "SELECT":
                box.select_option(value)
            else:
                reader.type(name, label)
        else:
            reader.type(name, str(value))
        return True

    def _parts(self, field: Mapping[str, Any], value: Any) -> bool:
        items = dict(enumerate(value)) if isinstance(value, list) else value
        asked = [part for part in items if self._there(f"{field['id']}__{part}")]
        for part in asked:
            name = f"{field['id']}__{part}"
            box = self.reader.control(name).first
            tag, kind = box.evaluate("e => [e.tagName, e.type]")
            if tag == "SELECT" or kind in ("radio", "checkbox"):
                self.reader.choose(name, items[part])
            else:
                self.reader.type(name, str(items[part]))
        return bool(asked)

    def _rows(self, field: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> bool:
        for number, row in enumerate(rows):
            button = self.reader.page.locator(f'main button[name="row"][value="{field["id"]}-{number}"]')
            if button.count() == 0:
                return False
            self.reader._go(button.last)
            self._page(field["fields"], row, END)
        return True

    def _files(self, field: Mapping[str, Any], ids: list[str]) -> bool:
        name = field["id"]
        box = self.reader.page.locator(f'main input[name="file_{name}"]')
        if box.count() == 0:
            return False
        wanted = max(len(ids), field.get("min_count", 1))
        files = [self._file(field) for _one in range(wanted)]
        for one in files:
            self.reader.page.locator(f'main input[name="file_{name}"]').set_input_files(one)
            self.reader._go(self.reader.page.locator(f'main button[name="attach"][value="{name}"]'))
            assert one.name in self.reader.text, self.reader.page.locator("body").inner_text()[:3000]
        return True

    def _file(self, field: Mapping[str, Any]) -> Path:
        self.made += 1
        accept = field.get("accept", ["application/pdf"])
        if field["kind"] == "photo" or "application/pdf" not in accept:
            out = io.BytesIO()
            Image.new("RGB", (600, 800), (self.made * 7 % 256, 90, 120)).save(out, "JPEG")
            path = self.folder / f"写真{self.made}.jpg"
            path.write_bytes(out.getvalue())
        else:
            path = self.folder / f"書類{self.made}.pdf"
            with pikepdf.new() as pdf:
                pdf.add_blank_page(page_size=(200 + self.made, 200))
                pdf.save(path)
        return path
