"""年度の統計のページ — the fiscal year that is asked for, a chart, tables, and each table as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, Protocol, TypeVar

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moyai.calendars.public import fiscal_year
from moyai.documents.rules.figures import Column, FigureTable, Row
from moyai.documents.tables import render_table_html, table_response
from moyai.tenants.public import Actor, Body, clock
from moyai.ui.public import Form, page

FIRST: Final = 2000
FACES: Final = ("csv", "xlsx", "pdf", "json")


class FiscalYearForm(Form):
    """年度 — four digits of the Christian era, from 2000 to the year `until` that runs."""

    fiscal_year = forms.IntegerField(
        label=gettext_lazy("年度"), min_value=FIRST, help_text=gettext_lazy("西暦4桁。例：2017（平成29年度）")
    )

    def __init__(self, *args: Any, until: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.until = self.fields["fiscal_year"].initial = until

    def clean_fiscal_year(self) -> int:
        year: int = self.cleaned_data["fiscal_year"]
        if year > self.until:
            raise forms.ValidationError(
                _("まだ始まっていない年度です。%(year)s年度までを入力してください。") % {"year": self.until}
            )
        return year

    def asked(self) -> int:
        """The year asked for, or the one that runs when none was or it cannot be."""
        found: int = self.cleaned_data["fiscal_year"] if self.is_bound and self.is_valid() else self.until
        return found


Y = TypeVar("Y")
Y_co = TypeVar("Y_co", covariant=True)


class ReadYear(Protocol[Y_co]):
    def __call__(self, *, actor: Actor, now: datetime, fiscal_year: int) -> Y_co: ...


def yearly_page(
    request: HttpRequest,
    *,
    title: str,
    name: str,
    read: ReadYear[Y],
    tables: Callable[[Y], Mapping[str, FigureTable]],
    chart: Callable[[Y], str],
    notes: Sequence[str],
) -> HttpResponseBase:
    """A page of the secretariat: figures of a fiscal year. `name` begins the files' names; `notes` say what is counted.

    A table or a kind of file there is none of is a 404.
    """
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    given = request.GET if "fiscal_year" in request.GET else None
    form = FiscalYearForm(given, until=fiscal_year(clock.today(now)))
    asked = form.asked()
    year = read(actor=actor, now=now, fiscal_year=asked)
    made = tables(year)
    if (file := table_asked(request, made, name=f"{name}-{asked}", now=now)) is not None:
        return file
    context = {
        "title": title,
        "form": form,
        "fiscal_year": asked,
        "chart": chart(year),
        "tables": [
            {
                "html": render_table_html(table, number=key),
                "caption": table.caption,
                "links": table_links(key, query=f"?fiscal_year={asked}"),
            }
            for key, table in made.items()
        ],
        "notes": notes,
    }
    return page(request, "documents/secretariat/yearly.html", context, form=form)


def members_table(*, service: str, system: str, members: Sequence[Body], as_of: date) -> FigureTable:
    """利用団体 — number and names of the bodies that use a service; `system` is its name in the reports."""
    return FigureTable(
        caption=_("利用団体"),
        rows_label=_("システム"),
        columns=[
            Column("count", _("利用団体数"), down=False),
            Column("names", _("利用団体名"), kind="text", down=False),
        ],
        rows=[
            Row(service, system, {"count": len(members), "names": "、".join(body.name for body in members)})
        ],
        unit=_("団体"),
        as_of=as_of,
        source=_("利用の登録"),
    )


def table_asked(
    request: HttpRequest, made: Mapping[str, FigureTable], *, name: str, now: datetime
) -> HttpResponse | None:
    """The file of a table that the address asks for (`?table=…&format=…`); None when it asks for the page."""
    if "table" not in request.GET:
        return None
    key, face = request.GET["table"], request.GET.get("format", "csv")
    if key not in made or face not in FACES:
        raise Http404
    return table_response(made[key], form=face, name=f"{name}-{key}", now=now)


def table_links(key: str, *, query: str) -> list[tuple[str, str]]:
    """(words, address) of each file of a table, for `documents/secretariat/table_links.html`; `query` begins with ?."""
    return [(face.upper(), f"{query}&table={key}&format={face}") for face in FACES]
