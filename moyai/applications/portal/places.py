"""空き状況, 抽選の結果, 繰上げへの返事. Who is on a list stands there under a pseudonym, never by name."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from moyai.applications.actions.pools import answer_offer
from moyai.applications.models import Application, PoolDraw
from moyai.applications.portal.inquiry import let_in, to_door
from moyai.applications.portal.named import named, page
from moyai.applications.portal.procedures import shown_procedure, url
from moyai.applications.queries.places import (
    amount_in_words,
    draw_by_id,
    draws_of,
    entry_in_draw,
    pools_of,
    publication_of,
    takings_of,
)
from moyai.applications.wording import day_in_words, moment_in_words
from moyai.draws.public import NOT_WON, WITHDRAWN, WON, id_of, quantity_of
from moyai.tenants.public import Refusal, clock

PAGE_ROWS = 200


def _outcome(word: str, waiting_list: bool) -> str:
    if word == WON:
        return _("当選")
    if word == WITHDRAWN:
        return _("取下げ")
    return _("補欠") if waiting_list else _("落選")


@require_GET
def places(request: HttpRequest, code: str) -> HttpResponse:
    """空き状況 — what is left of each pool, and the draws that were published."""
    procedure = shown_procedure(request, code)
    now = request.now  # type: ignore[attr-defined]
    rows = []
    for one in pools_of(procedure=procedure, now=now):
        draw_at = one.pool.draw_at
        rows.append(
            [
                {"text": one.pool.label, "head": True},
                {"state": one.badge},
                amount_in_words(one.pool.unit, one.pool.capacity),
                f"{one.waiting or one.entered:,}" if one.waiting or one.entered else None,
                moment_in_words(draw_at) if draw_at and one.pool.mode == "lottery" else None,
            ]
        )
    table = {
        "caption": _("空き状況（%(when)s）") % {"when": moment_in_words(now)},
        "columns": [
            {"label": _("枠")},
            {"label": _("空き")},
            {"label": _("定員・予算"), "numeric": True},
            {"label": _("補欠・抽選の申込み（件）"), "numeric": True},
            {"label": _("抽選の申込みの締切")},
        ],
        "rows": rows,
        "cards": True,
        "empty": _("枠はまだありません。"),
    }
    return page(
        request,
        "applications/portal/places.html",
        {
            "service": _("電子申請"),
            "crumbs": _crumbs(request, procedure, (_("空き状況"), None)),
            "procedure": procedure,
            "table": table,
            "draws": [
                {
                    "label": one.pool.label,
                    "url": url(request, "applications_portal_draw", code=code, pooldraw_id=one.pk),
                    "word": _("結果") if one.drawn_at else _("確定した名簿"),
                }
                for one in draws_of(procedure=procedure, published=True)
            ],
            "begin_url": url(request, "applications_portal_start", code=code),
        },
    )


@require_GET
def draw(request: HttpRequest, code: str, pooldraw_id: int) -> HttpResponse:
    """抽選の名簿と結果 — list, root, seed, order, winners; everything to do it again is on this page."""
    procedure, found = _draw(request, code, pooldraw_id)
    publication = publication_of(found, body=request.actor.body)  # type: ignore[attr-defined]
    start = _start(request)
    unit = found.pool.unit
    if found.drawn_at is not None:
        shown = [
            [
                f"{at:,}",
                {"text": id_of(line), "head": True},
                amount_in_words(unit, quantity_of(line)),
                _outcome(outcome, found.pool.waiting_list),
                ticket[:16] + "…",
            ]
            for at, (line, ticket, outcome) in enumerate(found.order[start : start + PAGE_ROWS], start + 1)
        ]
        columns = [
            {"label": _("順番"), "numeric": True},
            {"label": _("番号")},
            {"label": _("数"), "numeric": True},
            {"label": _("結果")},
            {"label": _("抽選番号（はじめの16字）")},
        ]
    else:
        shown = [
            [{"text": id_of(line), "head": True}, amount_in_words(unit, quantity_of(line))]
            for line in found.entries[start : start + PAGE_ROWS]
        ]
        columns = [{"label": _("番号")}, {"label": _("数"), "numeric": True}]
    count = len(found.entries)
    here = url(request, "applications_portal_draw", code=code, pooldraw_id=pooldraw_id)
    facts = [
        {"key": _("申込み"), "value": _("%(count)s件") % {"count": f"{count:,}"}},
        {"key": _("名簿の根（Merkle root）"), "value": found.root},
        {"key": _("名簿が確定した日時"), "value": moment_in_words(found.frozen_at)},
        {"key": _("種の決め方"), "value": found.seed_source},
        {"key": _("種"), "value": publication.seed, "missing": _("まだ決まっていません")},
        {"key": _("回の名前"), "value": found.label},
    ]
    if found.drawn_at is not None:
        won = sum(1 for _line, _ticket, outcome in found.order if outcome == WON)
        others = sum(1 for _line, _ticket, outcome in found.order if outcome == NOT_WON)
        facts += [
            {"key": _("枠"), "value": amount_in_words(unit, found.places or 0)},
            {"key": _("当選"), "value": _("%(count)s件") % {"count": f"{won:,}"}},
            {
                "key": _outcome(NOT_WON, found.pool.waiting_list),
                "value": _("%(count)s件") % {"count": f"{others:,}"},
            },
            {"key": _("抽選した日時"), "value": moment_in_words(found.drawn_at)},
        ]
    return page(
        request,
        "applications/portal/places_draw.html",
        {
            "service": _("電子申請"),
            "crumbs": _crumbs(
                request,
                procedure,
                (_("空き状況"), url(request, "applications_portal_places", code=code)),
                (found.pool.label, None),
            ),
            "procedure": procedure,
            "draw": found,
            "pool": found.pool,
            "facts": facts,
            "table": {
                "caption": _("結果（順番）") if found.drawn_at else _("確定した名簿（番号の順）"),
                "columns": columns,
                "rows": shown,
            },
            "older_url": f"{here}?from={start + PAGE_ROWS}" if start + PAGE_ROWS < count else "",
            "newer_url": f"{here}?from={max(0, start - PAGE_ROWS)}" if start else "",
            "zip_url": url(request, "applications_portal_draw_files", code=code, pooldraw_id=pooldraw_id),
        },
    )


@require_GET
def draw_files(request: HttpRequest, code: str, pooldraw_id: int) -> HttpResponse:
    """一式 — the published files and the verifier, in one ZIP."""
    _procedure, found = _draw(request, code, pooldraw_id)
    publication = publication_of(found, body=request.actor.body)  # type: ignore[attr-defined]
    return HttpResponse(
        publication.as_zip(),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="draw-{found.label}.zip"'},
    )


@never_cache
@require_GET
def proof(request: HttpRequest, number: str, taking_id: int) -> HttpResponse:
    """所在の証明 — for who entered: that the own entry stands in the published list."""
    application = let_in(request, number)
    if application is None:
        return to_door(request)
    found = entry_in_draw(application, taking_id)
    if found is None:
        raise Http404
    draw_, index = found
    publication = publication_of(draw_, body=request.actor.body)  # type: ignore[attr-defined]
    return HttpResponse(
        publication.proof_json(index),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="proof-{draw_.label}.json"'},
    )


@never_cache
@require_POST
def offer(request: HttpRequest, number: str) -> HttpResponse:
    """繰上げへの返事 — take the place, or leave it to the next."""
    application = let_in(request, number)
    if application is None:
        return to_door(request)
    value = request.POST.get("taking", "")
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise Http404
    accepts = request.POST.get("answer") == "accept"
    if not accepts and request.POST.get("answer") != "decline":
        raise Http404
    try:
        with transaction.atomic():
            answer_offer(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                application=application,
                taking_id=int(value),
                accepts=accepts,
            )
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    else:
        messages.success(request, _("枠を確保しました。") if accepts else _("辞退を受け付けました。"))
    return redirect(url(request, "applications_portal_case", number=number))


def takings_shown(request: HttpRequest, application: Application) -> list[dict[str, Any]]:
    """枠の状況 for `applications/portal/places_taken.html`, on the pages of one application."""
    number = application.public_number
    return [
        {
            "id": one.id,
            "label": one.pool.label,
            "quantity": one.quantity,
            "badge": one.badge,
            "entry": one.entry,
            "deadline": day_in_words(clock.today(one.last_moment)) if one.offered and one.last_moment else "",
            "offer_url": url(request, "applications_portal_offer", number=number) if one.offered else "",
            "draw_url": url(
                request, "applications_portal_draw", code=application.procedure.code, pooldraw_id=one.draw_id
            )
            if one.draw_id
            else "",
            "proof_url": url(request, "applications_portal_proof", number=number, taking_id=one.id)
            if one.draw_id
            else "",
        }
        for one in takings_of(application)
    ]


def _draw(request: HttpRequest, code: str, pooldraw_id: int) -> tuple[Any, PoolDraw]:
    procedure = shown_procedure(request, code)
    found = draw_by_id(procedure=procedure, number=pooldraw_id)
    if found is None or found.frozen_at is None:
        raise Http404
    return procedure, found


def _start(request: HttpRequest) -> int:
    value = request.GET.get("from", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 8 else 0


def _crumbs(
    request: HttpRequest, procedure: Any, *more: tuple[str, str | None]
) -> list[tuple[str, str | None]]:
    return [
        (_("手続きをさがす"), url(request, "applications_portal_index")),
        (named(procedure), url(request, "applications_portal_start", code=procedure.code)),
        *more,
    ]


urlpatterns = [
    path("applications/<slug:code>/places/", places, name="applications_portal_places"),
    path("applications/<slug:code>/draws/<int:pooldraw_id>/", draw, name="applications_portal_draw"),
    path(
        "applications/<slug:code>/draws/<int:pooldraw_id>/files/",
        draw_files,
        name="applications_portal_draw_files",
    ),
    path("inquiry/<str:number>/offer/", offer, name="applications_portal_offer"),
    path("inquiry/<str:number>/proof/<int:taking_id>/", proof, name="applications_portal_proof"),
]
