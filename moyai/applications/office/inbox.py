"""受付箱 — what waits, soonest due first; saved views with counts, filter, bulk acts."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from moyai.applications import flow
from moyai.applications.actions.bulk import BulkResult, accept_many, assign_many, complete_many, decide_many
from moyai.applications.actions.news import grouped
from moyai.applications.forms import BulkForm
from moyai.applications.models import Application
from moyai.applications.permits import PERMITS
from moyai.applications.queries import PAGE_ROWS, VIEWS, Wanted, inbox, view_counts
from moyai.applications.queries.inbox import COUNT_UP_TO, COUNTED
from moyai.applications.queries.procedures import procedures_of_office
from moyai.applications.queries.views import saved_views
from moyai.applications.wording import badge_of
from moyai.calendars.public import DateBoxField, short_wareki
from moyai.people.public import staff_of
from moyai.tenants.public import clock
from moyai.ui.public import Form, page

BULK = {
    "assign": "applications.assign",
    "accept": "applications.accept",
    "decide": "applications.decide",
    "complete": "applications.complete",
}


def url(request: HttpRequest, name: str, **kwargs: Any) -> str:
    """The address of a page of the acting body."""
    return reverse(name, kwargs={"body_slug": request.actor.body.slug, **kwargs})  # type: ignore[attr-defined]


class FilterForm(Form):
    """絞り込み — everything optional; words are 整理番号, name or kana from its beginning."""

    view = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label=gettext_lazy("整理番号・氏名・フリガナ"), required=False, max_length=100)
    procedure = forms.ChoiceField(label=gettext_lazy("手続き"), required=False)
    status = forms.ChoiceField(label=gettext_lazy("状態"), required=False)
    received_from = DateBoxField(label=gettext_lazy("到達日（から）"), required=False, help_text="")
    received_to = DateBoxField(label=gettext_lazy("到達日（まで）"), required=False, help_text="")

    def __init__(self, *args: Any, procedures: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["procedure"].choices = [
            ("", _("すべて")),
            *((str(pk), title) for pk, title in procedures),
        ]  # type: ignore[attr-defined]
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            ("", _("すべて")),
            *((status, _(flow.WORDS[status].staff)) for status in flow.STATUSES if status != flow.DRAFT),
        ]


@never_cache
@require_GET
def inbox_page(request: HttpRequest) -> HttpResponse:
    """One page of the inbox, by key; the address is the whole state."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    get = request.GET
    procedures = list(procedures_of_office(actor=actor).values_list("pk", "title"))
    view = get.get("view") if get.get("view") in VIEWS else "open"
    form = FilterForm({**get.dict(), "view": view}, procedures=procedures)
    form.is_valid()
    days = {key: form.cleaned_data.get(key) for key in ("received_from", "received_to")}
    wanted = Wanted(
        view=view,  # type: ignore[arg-type]
        procedure_id=_number(get.get("procedure", "")),
        status=get.get("status", ""),
        words=get.get("q", "")[:100],
        **days,
        after=get.get("after", ""),
        before=get.get("before", ""),
    )
    found = inbox(actor=actor, now=now, wanted=wanted)
    counts = view_counts(actor=actor, now=now)
    here = url(request, "applications_office_inbox")
    narrowed = {
        key: value
        for key, value in (
            ("q", wanted.words),
            ("procedure", get.get("procedure", "")),
            ("status", wanted.status),
            ("received_from", wanted.received_from and wanted.received_from.isoformat()),
            ("received_to", wanted.received_to and wanted.received_to.isoformat()),
        )
        if value
    }
    titles = dict(procedures)
    chips = []
    for key, value in narrowed.items():
        rest = {"view": wanted.view, **{other: text for other, text in narrowed.items() if other != key}}
        label = {
            "q": _("言葉=%(value)s") % {"value": value},
            "procedure": _("手続き=%(value)s") % {"value": titles.get(wanted.procedure_id or 0, value)},
            "status": _("状態=%(value)s")
            % {"value": _(flow.WORDS[value].staff) if value in flow.WORDS else value},
            "received_from": _("到達日=%(value)sから") % {"value": value},
            "received_to": _("到達日=%(value)sまで") % {"value": value},
        }[key]
        chips.append({"label": label, "url": f"{here}?{urlencode(rest)}"})
    state = {"view": wanted.view, **narrowed}
    return page(
        request,
        "applications/office/inbox.html",
        {
            "service": _("電子申請"),
            "views": [
                {
                    "label": VIEWS[view],
                    "url": f"{here}?{urlencode({'view': view})}",
                    "current": view == wanted.view,
                    "count": _count(counts[view]) if view in COUNTED else "",
                }
                for view in VIEWS
            ],
            "view_label": VIEWS[wanted.view],
            "filter": form,
            "chips": chips,
            "here": here,
            "clear_url": f"{here}?{urlencode({'view': wanted.view})}" if narrowed else "",
            "table": _table(
                request, found.rows, closed=wanted.view == "closed", label=str(VIEWS[wanted.view])
            ),
            "rows": len(found.rows),
            "older_url": f"{here}?{urlencode({**state, 'after': found.older})}" if found.older else "",
            "newer_url": f"{here}?{urlencode({**state, 'before': found.newer})}" if found.newer else "",
            "nothing": _nothing(wanted, counts, bool(narrowed)),
            "bulk": BulkForm(staff=staff_of(actor.body, day=clock.today(now)), acts=_acts(request)),
            "bulk_url": url(request, "applications_office_bulk"),
            "back_query": urlencode(state),
            "page_rows": PAGE_ROWS,
            "saved": [
                {"label": one.name, "url": f"{here}?{one.query}", "current": one.query == urlencode(state)}
                for one in saved_views(actor=actor)
            ],
            "saved_url": url(request, "applications_office_views"),
            "save_url": f"{url(request, 'applications_office_views')}?{urlencode({'query': urlencode(state)})}",
        },
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _count(number: int) -> str:
    return f"{COUNT_UP_TO}+" if number > COUNT_UP_TO else str(number)


def _acts(request: HttpRequest) -> list[str]:
    return [act for act, verb in BULK.items() if request.actor.may(set(PERMITS[verb]))]  # type: ignore[attr-defined]


def _nothing(wanted: Wanted, counts: dict[str, int], narrowed: bool) -> str:
    if narrowed:
        return _("条件に合う申請はありません。条件を1つ外してください。")
    if wanted.view == "mine":
        return _("自分の担当はありません。未割当が%(count)s件あります。") % {
            "count": _count(counts["unassigned"])
        }
    return _("対応が必要なものはありません。")


def _table(request: HttpRequest, rows: list[Application], *, closed: bool, label: str) -> dict[str, Any]:
    today = clock.today(request.now)  # type: ignore[attr-defined]
    shown = []
    for row in rows:
        late = row.open and row.due_on < today and row.stopped_on is None  # a stopped clock is not late
        shown.append(
            {
                "late": late,
                "cells": [
                    {"checkbox": "chosen", "value": str(row.pk), "text": grouped(row.public_number)},
                    {"state": _late(row.due_on)}
                    if late
                    else {"text": short_wareki(row.received_on if closed else row.due_on)},
                    {
                        "text": grouped(row.public_number),
                        "url": url(request, "applications_office_case", number=row.public_number),
                    },
                    {"text": row.procedure.title},
                    {"text": row.applicant},
                    {"state": badge_of(row.status, row.outcome, staff=True)},
                    {"text": row.assignee_name or "—"},
                    {"text": (today - row.received_on).days},
                ],
            }
        )
    return {
        "caption": label,
        "note": _("受け付けた日の新しい順") if closed else _("期限の早い順"),
        "dense": True,
        "columns": [
            {"label": _("選択")},
            {"label": _("受付日") if closed else _("期限")},
            {"label": _("整理番号")},
            {"label": _("手続き")},
            {"label": _("申請者")},
            {"label": _("状態")},
            {"label": _("担当")},
            {"label": _("経過日数"), "numeric": True},
        ],
        "rows": shown,
        "id": "inbox",
    }


def _late(due_on: date) -> dict[str, str]:
    return {"kind": "bad", "word": _("%(day)s 期限超過") % {"day": short_wareki(due_on)}}


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """まとめて行う — one act for the chosen ones; what could not be done is counted with its reason."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    form = BulkForm(request.POST, staff=staff_of(actor.body, day=clock.today(now)), acts=_acts(request))
    back = f"{url(request, 'applications_office_inbox')}?{request.POST.get('back', '')}"
    if not form.is_valid():
        for texts in form.errors.values():
            for text in texts:
                messages.error(request, str(text))
        return redirect(back)
    ids = [int(number) for number in form.cleaned_data["chosen"]]
    act = form.cleaned_data["act"]
    if act == "decide" and "confirmed" not in request.POST:
        rows = (
            Application.objects.filter(body_id=actor.body.pk, pk__in=ids)
            .select_related("procedure")
            .order_by("due_on", "id")
        )
        return page(
            request,
            "applications/office/bulk.html",
            {
                "service": _("電子申請"),
                "ids": ids,
                "count": len(ids),
                "rows": [
                    f"{grouped(row.public_number)} {row.procedure.title} {row.applicant}"
                    for row in rows
                    if actor.sees(row.procedure.section)
                ],
                "back_url": back,
                "back_query": request.POST.get("back", ""),
            },
        )
    if act == "assign":
        done = assign_many(actor=actor, now=now, application_ids=ids, assignee=form.who())
    elif act == "accept":
        done = accept_many(actor=actor, now=now, application_ids=ids)
    elif act == "complete":
        done = complete_many(actor=actor, now=now, application_ids=ids)
    else:
        done = decide_many(actor=actor, now=now, application_ids=ids, kind=flow.APPROVED)
    _say(request, done)
    return redirect(back)


def _say(request: HttpRequest, done: BulkResult) -> None:
    text = _("成功 %(done)s件・対象外 %(left)s件") % {"done": len(done.done), "left": len(done.left_out)}
    if done.left_out:
        reasons = sorted({_(word) for word in done.left_out.values()})
        text += _("（%(why)sのため）") % {"why": "、".join(reasons)}
    (messages.success if done.done else messages.warning)(request, text)


urlpatterns = [
    path("applications/", inbox_page, name="applications_office_inbox"),
    path("applications/bulk/", bulk, name="applications_office_bulk"),
]
