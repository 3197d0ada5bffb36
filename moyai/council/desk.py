"""机 — what the pages of the council do alike: the day they speak of, tables to take away, acts whose refusals stand on the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.forms import FileField
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header

from moyai.calendars.public import fiscal_year
from moyai.council.actions.meetings import ChangedMeanwhile
from moyai.council.differences import differences
from moyai.council.forms.uses import AsOfForm, day_or
from moyai.documents.public import FigureTable, UploadRefused, table_response
from moyai.tenants.public import Actor, Refusal, clock
from moyai.ui.public import Form, page

FACES = ("csv", "xlsx", "pdf", "json")


class Visit(HttpRequest):
    """A request as the door hands it over."""

    actor: Actor
    now: datetime


def who(request: Visit) -> dict[str, Any]:
    """By whom and when: what every act is told."""
    return {"actor": request.actor, "now": request.now}


def today_of(request: Visit) -> date:
    found: date = clock.today(request.now)
    return found


def as_of(request: Visit) -> tuple[AsOfForm, date]:
    """基準日 — the form with the day asked for, and that day; today when none was asked or it cannot be read."""
    form = AsOfForm(request.GET if "on" in request.GET else None)
    return form, day_or(form, today_of(request))


def faces(on: date, **more: Any) -> list[dict[str, str]]:
    """Where a page's table is found as CSV, XLSX, PDF and JSON."""
    query = {"on": on.isoformat(), **{key: value for key, value in more.items() if value}}
    return [{"label": face.upper(), "url": f"?{urlencode({**query, 'format': face})}"} for face in FACES]


def taken_away(request: Visit, table: Callable[[], FigureTable], name: str) -> HttpResponse | None:
    """The table as the file asked for by `?format=`; None where the page itself is asked for."""
    asked = request.GET.get("format")
    if asked is None:
        return None
    if asked not in FACES:
        raise Http404
    return table_response(table(), form=asked, name=name, now=request.now)


def attempt(
    form: Form, do: Callable[[], Any], boxes: Mapping[str, str] | None = None
) -> tuple[Any, Refusal | None]:
    """What an act gives; or None and the refusal, which is undone and said beside its field.

    `boxes` names the box of the form for a field of the act that is called otherwise.
    """
    names = boxes or {}
    try:
        with transaction.atomic():
            return do(), None
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        said = refusal.fields or {"": str(refusal.message)}
        if isinstance(refusal, UploadRefused):  # its `fields` hold a key; people read words, beside the file box
            said = {_file_box(form): str(refusal.message)}
        for field, words in said.items():
            box = names.get(field, field)
            form.add_error(box if box in form.fields else None, str(words))
        return None, refusal


def _file_box(form: Form) -> str:
    return next((name for name, box in form.fields.items() if isinstance(box, FileField)), "")


def typed(request: Visit) -> QueryDict | None:
    """What was typed into the form of the page; None before anything was sent. An empty form that was sent is an answer."""
    return request.POST if request.method == "POST" else None


def status_of(refusal: Refusal | None) -> dict[str, int]:
    """The status a page answers with after a refusal; of a form that is only incomplete the page itself decides."""
    return {"status": refusal.status} if refusal is not None else {}


def pager(request: Visit, find: Callable[..., Any]) -> tuple[Any, dict[str, str]]:
    """A page of rows by key (`older`, `newer` of what `find` gives), and the addresses of the pages beside it."""
    keys = {name: number_of(request.GET.get(name, "")) for name in ("before", "after")}
    found = find(**{name: key for name, key in keys.items() if key is not None})
    kept = {key: value for key, value in request.GET.items() if key not in keys}
    pages = {}
    if found.older is not None:
        pages["older_url"] = f"?{urlencode({**kept, 'before': found.older})}"
    if found.newer is not None:
        pages["newer_url"] = f"?{urlencode({**kept, 'after': found.newer})}"
    return found, pages


def number_of(text: str) -> int | None:
    """A whole number of an address; a broken one is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def link(label: str, name: str, **kwargs: Any) -> dict[str, str]:
    """A thing to do or to open."""
    return {"label": str(label), "url": reverse(name, kwargs=kwargs or None)}


def before_of(value: str) -> tuple[date, int] | None:
    """The key after which a list goes on: 2026-06-01_12."""
    day, _line, pk = value.partition("_")
    number = number_of(pk)
    try:
        return (date.fromisoformat(day), number) if number is not None else None
    except ValueError:
        return None


def year_asked(request: Visit) -> int:
    asked = number_of(request.GET.get("year", ""))
    today = clock.today(request.now)
    return asked if asked is not None and 1989 <= asked <= 2200 else fiscal_year(today)


def file_response(content: bytes, name: str, content_type: str) -> HttpResponse:
    """A download, never shown inside our own pages."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


class ConfirmForm(Form):
    """Nothing to fill in: the page says what will happen."""


def act_page(
    request: Visit,
    form: Form,
    do: Callable[[], Any],
    *,
    heading: str,
    label: str,
    done: str | Callable[[Any], str],
    to: str | Callable[[Any], str],
    lead: str | Sequence[str] = "",
    crumbs: Sequence[tuple[str, str]] = (),
    facts: Sequence[Mapping[str, Any]] = (),
    table: Mapping[str, Any] | None = None,
    danger: bool = False,
    closed: bool = False,
    boxes: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
    template: str = "council/secretariat/act.html",
) -> HttpResponse:
    """One form, one act: done, it says so and goes to `to`; refused, the form stands there with what was wrong.

    `done` and `to` may be made of what the act gave. Who saves what somebody else has changed sees both, and saves again.
    """
    refusal = None
    if request.method == "POST" and form.is_valid():
        found, refusal = attempt(form, do, boxes)
        if refusal is None:
            messages.success(request, done(found) if callable(done) else done)
            return redirect(to(found) if callable(to) else to)
    context = {
        "heading": heading,
        "lead": [lead] if isinstance(lead, str) else lead,
        "label": label,
        "kind": "danger" if danger else "primary",
        "crumbs": [*crumbs, (heading, "")],
        "facts": facts,
        "table": table,
        "closed": closed,  # nothing more can be done here
        "differences": differences(form, refusal, boxes) if isinstance(refusal, ChangedMeanwhile) else None,
        **(more or {}),
    }
    return page(request, template, context, form=form, **status_of(refusal))
