"""抽選 of a pool: freeze, enter the seed (two persons), draw. Each step is a button; the result publishes itself."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from moyai.applications.actions.lots import draw_places, enter_seed, freeze_draw
from moyai.applications.forms.places import SeedForm
from moyai.applications.models import Pool, PoolDraw
from moyai.applications.office.places import places_crumbs, places_url, pool_of, tried
from moyai.applications.queries.places import standing_draw
from moyai.tenants.public import Refusal
from moyai.ui.public import page


def _draw_of(pool: Pool) -> PoolDraw:
    draw = standing_draw(pool)
    if draw is None:
        raise Http404
    draw.pool = pool
    return draw


@require_POST
def freeze(request: HttpRequest, code: str, pool_id: int) -> HttpResponse:
    """名簿を確定する — after the instant of the draw; a job does it too."""
    procedure, pool = pool_of(request, code, pool_id)
    try:
        with transaction.atomic():
            freeze_draw(actor=request.actor, now=request.now, pool=pool)  # type: ignore[attr-defined]
        messages.success(request, _("名簿を確定して公開しました。"))
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    return redirect(places_url(request, "pool", procedure, pool_id=pool_id))


def seed(request: HttpRequest, code: str, pool_id: int) -> HttpResponse:
    """種を入力する — the first official types it, another types the same."""
    procedure, pool = pool_of(request, code, pool_id)
    draw = _draw_of(pool)
    if draw.frozen_at is None or draw.drawn_at is not None:
        raise Http404
    form = SeedForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(
            form,
            lambda: enter_seed(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                draw=draw,
                typed=form.cleaned_data["seed"],
            ),
        )
    ):
        messages.success(request, _("種を受け付けました。2名の入力がそろうと、抽選できます。"))
        return redirect(places_url(request, "pool", procedure, pool_id=pool_id))
    context = {
        "procedure": procedure,
        "pool": pool,
        "draw": draw,
        "crumbs": places_crumbs(
            request,
            procedure,
            (pool.label, places_url(request, "pool", procedure, pool_id=pool_id)),
            (_("種を入力する"), ""),
        ),
    }
    return page(request, "applications/office/lot_seed.html", context, form=form)


@require_POST
def draw(request: HttpRequest, code: str, pool_id: int) -> HttpResponse:
    """抽選する — once; everybody is told and the result is public."""
    procedure, pool = pool_of(request, code, pool_id)
    try:
        with transaction.atomic():
            draw_places(actor=request.actor, now=request.now, draw=_draw_of(pool))  # type: ignore[attr-defined]
        messages.success(request, _("抽選しました。結果を公開し、申込者に知らせます。"))
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    return redirect(places_url(request, "pool", procedure, pool_id=pool_id))


_ONE = "procedures/<slug:code>/places/<int:pool_id>/"
urlpatterns = [
    path(f"{_ONE}freeze/", freeze, name="applications_office_lot_freeze"),
    path(f"{_ONE}seed/", seed, name="applications_office_lot_seed"),
    path(f"{_ONE}draw/", draw, name="applications_office_lot_draw"),
]
