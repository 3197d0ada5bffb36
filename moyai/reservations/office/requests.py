"""伺い — what needs a second person: 減免, 特例の予約, 特例の還付; the list of what waits, and one of them with its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.audit.public import looked
from moyai.calendars.public import moment_words
from moyai.reservations.actions import overrides, reliefs
from moyai.reservations.forms.counter import AnswerForm
from moyai.reservations.models import Request
from moyai.reservations.office.bookings import REQUEST_STATES, counted, frame
from moyai.reservations.office.desk import (
    Visit,
    attempt,
    looked_over,
    may,
    number_of,
    status_of,
    today_of,
    url,
    when,
    where,
    who,
)
from moyai.reservations.portal.fees_shown import fee_table
from moyai.reservations.portal.naming import SERVICE
from moyai.reservations.queries.counter import (
    PAGE,
    request_by_id,
    requests_decided,
    requests_waiting,
    waiting_counts,
)
from moyai.ui.public import group_in_fours, page, yen

MENU = [(lazy("伺いの決裁"), "reservations_office_requests")]
Kind, State = Request.Kind, Request.State
VIEWS = {
    "waiting": lazy("承認待ち"),
    "relief": lazy("減免"),
    "override": lazy("特例の予約"),
    "refund": lazy("特例の還付"),
    "decided": lazy("決裁済み"),
}
DECIDE: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    Kind.RELIEF: (reliefs.grant_relief, reliefs.decline_relief),
    Kind.OVERRIDE: (overrides.grant_override, overrides.decline_override),
    Kind.REFUND: (reliefs.grant_refund, reliefs.decline_refund),
}


@never_cache
@require_http_methods(["GET", "HEAD"])
def listing(request: Visit) -> HttpResponse:
    """伺いの一覧 — what waits, oldest first; or what was decided, newest first."""
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "waiting"
    here, older = url(request, "requests"), ""
    if view == "decided":
        rows = requests_decided(actor=request.actor, before=number_of(request.GET.get("before", "")))
        if len(rows) > PAGE:
            rows = rows[:PAGE]
            older = url(request, "requests", {"view": view, "before": rows[-1].pk})
    else:
        rows = requests_waiting(actor=request.actor, kind=view)
    counts = waiting_counts(actor=request.actor, today=today_of(request))
    looked_over(request, "requests", (who(one.booking) for one in rows))
    return page(
        request,
        "reservations/office/requests.html",
        {
            "service": SERVICE,
            "views": [
                {
                    "label": word,
                    "url": url(request, "requests", {"view": one}),
                    "current": one == view,
                    "count": counted(counts["requests"]) if one == "waiting" else "",
                }
                for one, word in VIEWS.items()
            ],
            "view_label": VIEWS[view],
            "here": here,
            "found": bool(rows),
            "table": {
                "caption": str(VIEWS[view]),
                "dense": True,
                "columns": [
                    {"label": _("種類")},
                    {"label": _("予約番号")},
                    {"label": _("利用者")},
                    {"label": _("施設・室場")},
                    {"label": _("利用日時")},
                    {"label": _("伺った人")},
                    {"label": _("状態")},
                ],
                "rows": [
                    [
                        {
                            "text": str(one.get_kind_display()),
                            "url": url(request, "request", request_id=one.pk),
                            "head": True,
                        },
                        group_in_fours(one.booking.number),
                        who(one.booking) or None,
                        where(one.booking),
                        when(one.booking),
                        one.asked_by,
                        {"state": badge(one)},
                    ]
                    for one in rows
                ],
            },
            "older_url": older,
            "page_rows": PAGE,
        },
    )


def badge(one: Request) -> dict[str, str]:
    return {"kind": REQUEST_STATES[one.state], "word": str(one.get_state_display())}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def request_page(request: Visit, request_id: int) -> HttpResponse:
    """伺い — what is asked and why; granted or not by somebody else than who asked."""
    one = request_by_id(actor=request.actor, request_id=request_id)
    if one is None:
        raise Http404
    looked(actor=request.actor, now=request.now, verb="reservations.view_booking", thing=one.booking)
    mine = one.asked_by_id is not None and one.asked_by_id == request.actor.account_id
    decides = one.state == State.ASKED and not mine and may(request, f"reservations.grant_{one.kind}")
    form, refusal = AnswerForm(request.POST if request.method == "POST" else None), None
    if request.method == "POST" and form.is_valid():
        granted = request.POST.get("act") == "grant"
        verb = DECIDE[one.kind][0 if granted else 1]
        done, refusal = attempt(
            form,
            lambda: verb(
                actor=request.actor, now=request.now, request=one, answer=form.cleaned_data["answer"]
            ),
        )
        if done is not None:
            messages.success(request, _("承認しました。") if granted else _("承認しませんでした。"))
            return redirect(url(request, "requests"))
    context = frame(request, one.booking)
    context["crumbs"] = [(_("伺いの決裁"), url(request, "requests")), (str(one.get_kind_display()), "")]
    return page(
        request,
        "reservations/office/request.html",
        context
        | {
            "kind": one.get_kind_display(),
            "request_state": badge(one),
            "rows": _rows(one),
            "rules": one.facts.get("words", []),
            "fee": fee_table(one.booking.quote) if one.booking.quote.get("lines") else {},
            "decides": decides,
            "mine": mine and one.state == State.ASKED,
            "booking_url": url(request, "booking", number=one.booking.number),
        },
        form=form,
        **status_of(refusal),
    )


def _rows(one: Request) -> list[dict[str, Any]]:
    facts = one.facts
    rows: list[dict[str, Any]] = [{"key": _("理由"), "value": one.reason}]
    if one.kind == Kind.RELIEF:
        rows += [
            {"key": _("減免の種類"), "value": facts.get("label", "")},
            {"key": _("いまの使用料"), "value": yen(facts.get("fee_yen", 0))},
            {"key": _("減免後の使用料"), "value": yen(facts.get("after_yen", 0))},
        ]
    elif one.kind == Kind.REFUND:
        rows += [
            {"key": _("取消料から返す金額"), "value": yen(facts.get("yen", 0))},
            {"key": _("いまの取消料"), "value": yen(int(one.booking.quote.get("kept_yen", 0)))},
        ]
    rows += [
        {"key": _("伺った人"), "value": one.asked_by},
        {"key": _("伺った日時"), "value": moment_words(one.asked_at)},
    ]
    if one.decided_at is not None:
        rows += [
            {"key": _("決裁した人"), "value": one.decided_by},
            {"key": _("決裁した日時"), "value": moment_words(one.decided_at)},
            {"key": _("決裁の意見"), "value": one.answer or "—"},
        ]
    return rows


urlpatterns = [
    path("reservations/requests/", listing, name="reservations_office_requests"),
    path("reservations/requests/<int:request_id>/", request_page, name="reservations_office_request"),
]
