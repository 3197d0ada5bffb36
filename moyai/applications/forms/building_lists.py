"""リストの入力 — a list of a form as CSV, out and in."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.applications.forms.building import ID
from moyai.ui.public import Form


class ListForm(Form):
    """一覧 — a table by paste or file: value, label and columns of its own."""

    name = forms.CharField(label=_("一覧の名前"), max_length=40, validators=[ID])
    table = forms.CharField(
        label=_("一覧の表（CSV）"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "mo-mono"}),
        help_text=_(
            "1行目は見出し：value,label と、列の名前（英小文字）。数だけの列は計算に使えます。1,000行まで。"
        ),
    )
    file = forms.FileField(label=_("CSVのファイル"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        upload, field = cleaned.get("file"), "table"
        text = cleaned.get("table") or ""
        if upload is not None:
            field = "file"
            try:
                text = upload.read(2_000_001).decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("文字コードをUTF-8にして保存したファイルにしてください。"))
                return cleaned
        try:
            cleaned["found"] = list_of(text)
        except ValueError as wrong:
            self.add_error(field, str(wrong))
        return cleaned


def list_of(text: str) -> dict[str, Any]:
    """A list of an edition out of CSV or of cells pasted from a sheet. Raises ValueError in words."""
    sample = text.split("\n", 1)[0]
    rows = list(csv.reader(io.StringIO(text), delimiter="\t" if "\t" in sample else ","))
    rows = [[cell.strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    if not rows or rows[0][:2] != ["value", "label"]:
        raise ValueError(gettext("1行目を value,label から始めてください。"))
    names, body = rows[0][2:], rows[1:]
    if not body or len(body) > 1_000:
        raise ValueError(gettext("1行から1,000行までにしてください。"))
    for number, row in enumerate(body, 2):
        if len(row) != len(rows[0]):
            raise ValueError(gettext("%(number)s行目の列の数が、1行目と違います。") % {"number": number})
    whole = {name: all(_whole(row[2 + at]) for row in body) for at, name in enumerate(names)}
    return {
        "columns": {name: "int" if whole[name] else "text" for name in names},
        "rows": [
            {"value": row[0], "label": row[1]}
            | {name: int(row[2 + at]) if whole[name] else row[2 + at] for at, name in enumerate(names)}
            for row in body
        ],
    }


def _whole(text: str) -> bool:
    """A number as a number is written: 0914 is a code."""
    return text.isascii() and text.removeprefix("-").isdigit() and str(int(text)) == text and len(text) <= 13


def list_as_csv(one: Mapping[str, Any]) -> str:
    """A list as it is edited."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = list(one.get("columns", {}))
    writer.writerow(["value", "label", *names])
    for row in one.get("rows", []):
        writer.writerow([row.get("value", ""), row.get("label", ""), *(row.get(name, "") for name in names)])
    return out.getvalue()
