"""One page, one act: a form (or a sentence to confirm) of the council, what refuses it beside its field, and where it goes then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from moyai.audit.public import NotPermitted
from moyai.calendars.public import day_words, fiscal_year, moment_words
from moyai.council.actions.meetings import ChangedMeanwhile
from moyai.tenants.public import Refusal, clock
from moyai.ui.public import Form, page

Crumbs = Sequence[tuple[str, str]]


class ConfirmForm(Form):
    """Nothing to fill in: the page says what will happen."""


@dataclass(frozen=True, slots=True)
class Act:
    """What the page says and does. `run` takes the cleaned form; `done` is the address afterwards (or makes it of the result)."""

    heading: str
    label: str
    run: Callable[[Mapping[str, Any]], Any]
    done: str | Callable[[Any], str]
    said: str | Callable[[Any], str] = ""
    crumbs: Crumbs = ()
    intro: Sequence[str] = ()
    kind: str = "primary"
    template: str = "council/meetings/act.html"
    boxes: Mapping[str, str] = field(default_factory=dict)  # field of a refusal → box of the form
    more: Mapping[str, Any] = field(default_factory=dict)


def act_page(request: HttpRequest, form: Form, act: Act) -> HttpResponse:
    """The page of an act; a refusal leaves nothing behind and everything typed on the screen."""
    status, differences = 200, None
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():  # what the act had written when it refused goes
                result = act.run(form.cleaned_data)
        except NotPermitted:
            raise
        except ChangedMeanwhile as changed:
            status, differences = 409, _differences(form, act, changed)
            form.add_error(None, str(changed.message))
        except Refusal as refusal:
            status = 200 if refusal.status == 422 else refusal.status
            put_refusal(form, refusal, act.boxes)
        else:
            said = act.said(result) if callable(act.said) else act.said
            if said:
                messages.success(request, said)
            return redirect(act.done(result) if callable(act.done) else act.done)
    context = {
        "heading": act.heading,
        "label": act.label,
        "kind": act.kind,
        "intro": act.intro,
        "crumbs": [*act.crumbs, (act.heading, "")],
        "differences": differences,
        "files": form.is_multipart(),
        **act.more,
    }
    return page(request, act.template, context, form=form, status=status)


def put_refusal(form: Form, refusal: Refusal, boxes: Mapping[str, str] | None = None) -> None:
    """Beside its field where the form has it, else above all."""
    names = boxes or {}
    put = False
    for name, text in refusal.fields.items():
        box = names.get(name, name)
        if box in form.fields:
            form.add_error(box, str(text))
            put = True
    if not put:
        form.add_error(None, str(refusal.message))


def _differences(form: Form, act: Act, changed: ChangedMeanwhile) -> dict[str, Any]:
    """What is stored now beside what was typed, field by field; the next save takes the version that is shown here."""
    form.data = {**form.data.dict(), "version": str(changed.version)}  # type: ignore[attr-defined]
    return {
        "caption": _("ほかの人が保存した内容との違い"),
        "columns": [{"label": _("項目")}, {"label": _("今の内容")}, {"label": _("あなたの入力")}],
        "rows": [
            [
                {"text": _label(form, act.boxes.get(one.field, one.field)), "head": True},
                shown(one.stored),
                shown(one.typed),
            ]
            for one in changed.differences
        ],
        "empty": _("あなたの入力は、今の内容と同じです。"),
        "cards": True,
    }


def _label(form: Form, name: str) -> str:
    box = form.fields.get(name)
    return str(box.label) if box is not None and box.label else name


def shown(value: Any) -> str:
    """A stored value as a person reads it."""
    if value is None or value == "":
        return _("（なし）")
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(value, datetime):
        return str(moment_words(value))
    if isinstance(value, date):
        return day_words(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value)


def whole(text: str) -> int | None:
    """A number of an address (?before=, ?year=) or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def before_of(value: str) -> tuple[date, int] | None:
    """The key after which a list goes on: 2026-06-01_12."""
    day, _line, pk = value.partition("_")
    number = whole(pk)
    try:
        return (date.fromisoformat(day), number) if number is not None else None
    except ValueError:
        return None


def year_asked(request: HttpRequest) -> int:
    asked = whole(request.GET.get("year", ""))
    today = clock.today(request.now)  # type: ignore[attr-defined]
    return asked if asked is not None and 1989 <= asked <= 2200 else fiscal_year(today)


def file_response(content: bytes, name: str, content_type: str) -> HttpResponse:
    """A download, never shown inside our own pages."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
