"""Forms of the yearly report: a sentence of it, a table of figures from a paper, taking it back from the citizens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.council.actions.report import Cell, Shape
from moyai.council.rules.cannot import Cannot
from moyai.council.rules.given_csv import Read, read_table
from moyai.ui.public import Form

Choices = Sequence[tuple[str, str]]
MOST_BYTES: Final = 1_000_000


class TextForm(Form):
    """年次報告の文 — where it stands, and what it says."""

    section = forms.ChoiceField(label=lazy("どこの文か"))
    text = forms.CharField(label=lazy("文"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))

    def __init__(self, *args: Any, sections: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["section"].choices = [("", _("選択してください")), *sections]


class FiguresForm(Form):
    """記載値の表 — a table of a paper, as CSV; the same name again takes the place of the one before."""

    code = forms.SlugField(
        label=lazy("表の記号"), max_length=60, help_text=lazy("英小文字とハイフン。例：procurement-openings")
    )
    section = forms.ChoiceField(label=lazy("どの事業の表か"), required=False)
    caption = forms.CharField(label=lazy("表の名前"), max_length=120)
    unit = forms.CharField(
        label=lazy("単位"), max_length=20, required=False, help_text=lazy("例：件、円、団体")
    )
    source = forms.CharField(
        label=lazy("出典"), max_length=200, help_text=lazy("資料の名前と、その中の場所。例：業務報告書 3(2)")
    )
    file = forms.FileField(
        label=lazy("表（CSV）"),
        help_text=lazy(
            "1行目に見出し、2行目から1行に1件。最後の行の名前を「合計」にすると、公表された合計として計算値と見比べます。数値がない所は「—」。"
        ),
    )

    def __init__(self, *args: Any, sections: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["section"].choices = [("", _("協議会全体")), *sections]
        self.read: Read | None = None

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("ファイルが大きすぎます。1MBまでにしてください。"))
        data = file.read()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            try:
                text = data.decode("cp932")
            except UnicodeDecodeError as fault:
                raise forms.ValidationError(
                    _("文字の形式が読めません。UTF-8またはShift_JISのCSVにしてください。")
                ) from fault
        if "\0" in text:
            raise forms.ValidationError(_("CSVではないファイルです。"))
        try:
            self.read = read_table(text)
        except Cannot as cannot:
            raise forms.ValidationError(_(cannot.text) % cannot.params) from cannot
        return file

    def shape(self) -> Shape:
        given, read = self.cleaned_data, self.read
        assert read is not None
        return Shape(
            caption=given["caption"],
            rows_label=read.rows_label,
            columns=tuple(
                {"key": f"c{at}", "label": name, "kind": "number", "places": read.places[name]}
                for at, name in enumerate(read.columns, 1)
            ),
            section=given["section"],
            unit=given["unit"],
            source=given["source"],
            position=1000,
        )

    def cells(self) -> list[Cell]:
        """The cells; a sum that was not printed (—) is none and stands for nothing."""
        read = self.read
        assert read is not None
        found = []
        for row in read.rows:
            for at, column in enumerate(read.columns, 1):
                number = read.cells[row, column]
                total = row in read.totals and number is not None
                found.append(Cell(row, f"c{at}", number=number, total=total))
        return found


class WithdrawForm(Form):
    """公開の取りやめ — with the reason."""

    reason = forms.CharField(label=lazy("取りやめる理由"), max_length=200)
