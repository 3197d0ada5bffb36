"""Forms of the masters: one row of a sheet as fields, a policy as fields and lines, new コマ from a day on, a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import DateBoxField
from moyai.reservations.workbook.columns import Column, Wrong, read, write
from moyai.reservations.workbook.layouts import SOURCE, Layout, Listed, cells_of, item_of
from moyai.reservations.workbook.nouns import NOUNS, Noun, Row
from moyai.reservations.workbook.reading import LARGEST_FILE
from moyai.ui.public import Form

Choices = Sequence[tuple[str, str]]


class ColumnField(forms.CharField):
    """A cell of the workbook as a box of a form: read by the same function."""

    def __init__(self, column: Column, **kwargs: Any) -> None:
        self.column = column
        super().__init__(strip=False, required=column.required, **kwargs)

    def clean(self, value: Any) -> Any:
        if not str(value or "").strip() and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        try:
            return read(self.column, value)
        except Wrong as error:
            raise forms.ValidationError(error.message, code="wrong") from None


def field_of(column: Column, choices: Choices | None = None) -> forms.Field:
    """A column as a field. `choices` are codes of other masters to pick from."""
    about: dict[str, Any] = {"label": column.head, "help_text": column.hint if choices is None else ""}
    if column.kind == "flag":
        return forms.BooleanField(required=False, label=column.head)
    if column.kind == "date":
        return DateBoxField(required=column.required, **about)
    if column.kind in ("codes", "words"):
        among = choices if choices is not None else list(column.words.items())
        return forms.MultipleChoiceField(
            choices=among, required=column.required, widget=forms.CheckboxSelectMultiple,
            label=column.head, help_text=_("選ばなければ、すべてで使えます。") if column.kind == "codes" and not column.required else "",
        )  # fmt: skip
    if column.kind == "choice" or choices is not None:
        among = [*choices] if choices is not None else list(column.words.items())
        if not column.required:
            among = [("", "—"), *among]
        return forms.ChoiceField(choices=among, required=column.required, **about)
    if column.kind == "yes_no":
        return forms.ChoiceField(
            choices=[("", "—"), ("○", gettext("はい")), ("×", gettext("いいえ"))], required=False, label=column.head
        )
    widget: forms.Widget = forms.TextInput()
    if column.kind == "lines" or (column.kind in ("text", "list") and column.most > 200):
        widget = forms.Textarea(attrs={"rows": 4})
    elif column.kind in ("whole", "yen"):
        widget = forms.TextInput(attrs={"inputmode": "numeric", "data-width": "number"})
    return ColumnField(column, widget=widget, **about)


class RowForm(Form):
    """One row of a plain sheet. What names it stays as it is once it is stored; where it belongs is not asked."""

    def __init__(
        self,
        *args: Any,
        noun: Noun,
        fixed: Mapping[str, Any],
        row: Row | None = None,
        choices: Mapping[str, Choices] | None = None,
        **kwargs: Any,
    ) -> None:
        self.noun, self.fixed, self.stored = noun, dict(fixed), row
        asked = [column for column in noun.columns if column.name not in fixed]
        if row is not None:
            kwargs["initial"] = {column.name: _initial(column, row[column.name]) for column in asked}
        super().__init__(*args, **kwargs)
        for column in asked:
            self.fields[column.name] = field_of(column, (choices or {}).get(column.name))

    def row(self) -> Row:
        """The row as it was filled in."""
        made: Row = dict(self.fixed)
        for column in self.noun.columns:
            if column.name in self.fixed:
                continue
            value = self.cleaned_data[column.name]
            if column.kind in ("codes", "words"):
                value = tuple(sorted(value) if column.kind == "codes" else value)
            elif isinstance(value, str) and not value and column.kind != "text":
                value = column.empty
            made[column.name] = value
        return made


def _initial(column: Column, value: Any) -> Any:
    if column.kind in ("flag", "date", "words", "codes", "choice"):
        return list(value) if isinstance(value, tuple) else value
    return write(column, value)


class FramesForm(Form):
    """コマを改める — the コマ of a room from a day on, in place of those before."""

    from_on = DateBoxField(label=_("いつから"))
    lines = forms.CharField(
        label=_("コマ"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("1行に1つ、コード、名前、開始、終了、数え方を「、」で区切ります。例：am、午前、9:00、12:00、1"),
    )

    COLUMNS = ("code", "name", "starts", "ends", "weight")

    def clean_lines(self) -> list[Row]:
        columns = [NOUNS["frames"].column(name) for name in self.COLUMNS]
        rows, wrong = [], []
        for number, line in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            if not line.strip():
                continue
            cells = [part.strip() for part in line.replace(",", "、").replace("\t", "、").split("、")]
            row: Row = {}
            if len(cells) > len(columns):
                wrong.append(gettext("%(number)s行目の項目が多すぎます。") % {"number": number})
                continue
            for column, cell in zip(columns, cells + [""] * (len(columns) - len(cells)), strict=True):
                try:
                    row[column.name] = read(column, cell)
                except Wrong as error:
                    words = {"number": number, "head": column.head, "text": error.message}
                    wrong.append(gettext("%(number)s行目の%(head)s：%(text)s") % words)
            rows.append(row)
        if len({row.get("code") for row in rows}) < len(rows):
            wrong.append(gettext("同じコードのコマが2つあります。"))
        if wrong:
            raise forms.ValidationError(wrong)
        return rows


def frame_lines(rows: Sequence[Row]) -> str:
    """コマ as they are typed."""
    columns = [NOUNS["frames"].column(name) for name in FramesForm.COLUMNS]
    return "\n".join("、".join(str(write(column, row[column.name])) for column in columns) for row in rows)


class PolicyForm(Form):
    """利用の決まり — from a day on: its own values as fields, its lists as lines of a table."""

    from_on = DateBoxField(label=_("適用開始日"))
    source = forms.CharField(label=SOURCE.head, max_length=SOURCE.most, help_text=SOURCE.hint)

    def __init__(self, *args: Any, how: Layout, document: Mapping[str, Any], source: str = "", **kwargs: Any) -> None:
        self.how = how
        initial = {"source": source}
        for one, cell in zip(how.placed, cells_of(how.placed, document), strict=True):
            initial[f"own_{one.column.name}"] = document_initial(one.column, cell)
        for listed in how.lists:
            initial[f"list_{listed.name}"] = lines_of(listed, document.get(listed.name, ()))
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        for one in how.placed:
            self.fields[f"own_{one.column.name}"] = field_of(one.column)
        for listed in how.lists:
            heads = "｜".join(column.head for column in listed.columns)
            self.fields[f"list_{listed.name}"] = forms.CharField(
                label=listed.title,
                required=False,
                strip=False,
                max_length=100_000,
                widget=forms.Textarea(attrs={"rows": 8, "wrap": "off"}),
                help_text=gettext("1行に1件、「｜」かタブで区切ります。列：%(heads)s") % {"heads": heads},
            )

    def document(self) -> dict[str, Any]:
        """The document as it was filled in; errors of lines are put on the form."""
        cells = [self.data.get(f"own_{one.column.name}") for one in self.how.placed]
        made, _wrong = item_of(self.how.placed, cells)
        for listed in self.how.lists:
            name = f"list_{listed.name}"
            items = []
            for number, line in enumerate(self.cleaned_data.get(name, "").splitlines(), 1):
                if not line.strip("｜\t "):
                    continue
                parts = [part.strip() for part in line.replace("\t", "｜").split("｜")]
                if len(parts) > len(listed.placed):
                    self.add_error(name, gettext("%(number)s行目の項目が多すぎます。") % {"number": number})
                    continue
                item, wrong = item_of(listed.placed, parts + [None] * (len(listed.placed) - len(parts)))
                for column, text in wrong:
                    words = {"number": number, "head": column.head, "text": text}
                    self.add_error(name, gettext("%(number)s行目の%(head)s：%(text)s") % words)
                items.append(item)
            if items or listed.needed:
                made[listed.name] = items
        return made

    def field_at(self, path: Sequence[str | int]) -> str | None:
        """The field in which a place of the document stands."""
        if not path:
            return None
        if f"list_{path[0]}" in self.fields:
            return f"list_{path[0]}"
        return next(
            (
                f"own_{one.column.name}"
                for one in self.how.placed
                if one.path[: len(path)] == tuple(path) or tuple(path[: len(one.path)]) == one.path
            ),
            None,
        )


def document_initial(column: Column, cell: Any) -> Any:
    """What a field shows of a cell; a choice is known by its code."""
    if column.kind == "choice":
        return next((stored for stored, word in column.words.items() if word == cell), "")
    return cell.isoformat() if isinstance(cell, date) else cell


def lines_of(listed: Listed, items: Sequence[Mapping[str, Any]]) -> str:
    """Items of a list as lines."""
    return "\n".join(
        "｜".join("" if cell is None else str(cell) for cell in cells_of(listed.placed, item)).rstrip("｜")
        for item in items
    )


class WorkbookForm(Form):
    """マスタのブック."""

    file = forms.FileField(
        label=_("マスタのブック（.xlsx）"), help_text=_("書き出したブックを直したもの。20MB、100,000行まで。")
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(gettext("ファイルが大きすぎます。20MBまでのExcelブックにしてください。"))
        return file
