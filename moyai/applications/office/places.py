"""枠と定員 of a procedure: the list, one pool, many by a pattern, CSV in and out, the waiting list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from moyai.applications.actions.pools import facts_of_pool, keep_pools, promote_by_hand, set_closed
from moyai.applications.forms.places import (
    COLUMNS,
    START,
    PatternForm,
    PoolCsvForm,
    PoolForm,
    PromoteForm,
    row_of,
)
from moyai.applications.models import Pool, PoolDraw, Procedure, Taking
from moyai.applications.office.procedures import crumbs, procedure_of, url_of
from moyai.applications.queries.places import (
    PoolSeen,
    amount_in_words,
    counts_of,
    pool_by_id,
    pools_of,
    queue_of,
    seen,
    standing_draw,
)
from moyai.applications.wording import day_in_words, moment_in_words
from moyai.documents.public import export_file, stream_csv
from moyai.tenants.public import Refusal, clock
from moyai.ui.public import Form, page

WAITING_ROWS = 100


def places_url(request: HttpRequest, name: str, procedure: Procedure, **more: Any) -> str:
    kwargs = {"body_slug": request.actor.body.slug, "code": procedure.code, **more}  # type: ignore[attr-defined]
    return reverse(f"applications_office_{name}", kwargs=kwargs)


def pool_of(request: HttpRequest, code: str, pool_id: int) -> tuple[Procedure, Pool]:
    """A pool of a procedure this clerk may see, or 404."""
    procedure = procedure_of(request, code)
    pool = pool_by_id(actor=request.actor, procedure=procedure, number=pool_id)  # type: ignore[attr-defined]
    if pool is None:
        raise Http404
    pool.procedure = procedure
    return procedure, pool


def places_crumbs(
    request: HttpRequest, procedure: Procedure, *more: tuple[str, str]
) -> list[tuple[str, str]]:
    return crumbs(
        request,
        (procedure.title, url_of(request, "procedure", procedure.code)),
        (_("枠と定員"), places_url(request, "places", procedure) if more else ""),
        *more,
    )


def tried(form: Form, do: Callable[[], object]) -> bool:
    """Do it; a refusal undoes it and is said on the form."""
    try:
        with transaction.atomic():
            do()
    except Refusal as refusal:
        texts = dict.fromkeys(str(text) for text in refusal.fields.values()) or [str(refusal.message)]
        for text in texts:
            form.add_error(None, text)
        return False
    return True


def bar(one: PoolSeen) -> Any:
    """How full a pool is, as a bar beside its figures."""
    return format_html(
        '<progress max="{}" value="{}" aria-label="{}"></progress>',
        max(one.pool.capacity, 1),
        one.pool.taken,
        _("%(label)sの埋まり具合") % {"label": one.pool.label},
    )


@require_GET
def places(request: HttpRequest, code: str) -> HttpResponse:
    """枠と定員 — every pool with how much is taken and who waits."""
    procedure = procedure_of(request, code)
    every = pools_of(procedure=procedure, now=request.now)  # type: ignore[attr-defined]
    rows = [
        [
            {
                "text": one.pool.label,
                "url": places_url(request, "pool", procedure, pool_id=one.pool.pk),
                "head": True,
            },
            one.pool.get_mode_display(),
            amount_in_words(one.pool.unit, one.pool.capacity),
            amount_in_words(one.pool.unit, one.pool.taken),
            bar(one),
            f"{one.waiting or one.entered:,}" if one.waiting or one.entered else None,
            {"state": one.badge},
        ]
        for one in every
    ]
    table = {
        "caption": _("枠%(count)s個") % {"count": f"{len(every):,}"},
        "columns": [
            {"label": _("枠")},
            {"label": _("決め方")},
            {"label": _("定員・予算"), "numeric": True},
            {"label": _("確保"), "numeric": True},
            {"label": _("埋まり具合")},
            {"label": _("補欠・抽選の申込み（件）"), "numeric": True},
            {"label": _("状態")},
        ],
        "rows": rows,
        "empty": _("枠はまだありません。"),
    }
    context = {"procedure": procedure, "table": table, "crumbs": places_crumbs(request, procedure)}
    return page(request, "applications/office/pools.html", context)


def new(request: HttpRequest, code: str) -> HttpResponse:
    """枠を追加する."""
    procedure = procedure_of(request, code)
    form = PoolForm(request.POST or None, initial=START)
    if request.method == "POST" and form.is_valid():
        key = form.facts().key
        if Pool.objects.filter(body_id=procedure.body_id, procedure=procedure, key=key).exists():
            form.add_error("key", _("この枠コードは、すでにあります。"))
        elif tried(form, lambda: _keep(request, procedure, [form.facts()])):
            messages.success(request, _("枠を追加しました。"))
            return redirect(places_url(request, "places", procedure))
    return _form_page(request, procedure, form, _("枠を追加する"), _("枠を追加する"))


def generate(request: HttpRequest, code: str) -> HttpResponse:
    """枠をまとめてつくる — dates × times × venues; what is there already is left as it is."""
    procedure = procedure_of(request, code)
    form = PatternForm(request.POST or None, initial=START)
    if request.method == "POST" and form.is_valid():
        known = set(
            Pool.objects.filter(body_id=procedure.body_id, procedure=procedure).values_list("key", flat=True)
        )
        facts = [one for one in form.facts() if one.key not in known]
        if tried(form, lambda: _keep(request, procedure, facts)):
            messages.success(request, _("枠を%(count)s個つくりました。") % {"count": f"{len(facts):,}"})
            return redirect(places_url(request, "places", procedure))
    return _form_page(request, procedure, form, _("枠をまとめてつくる"), _("枠をつくる"))


def edit(request: HttpRequest, code: str, pool_id: int) -> HttpResponse:
    """枠を直す — never below what is taken; more capacity moves up those who wait."""
    procedure, pool = pool_of(request, code, pool_id)
    draw = standing_draw(pool)
    form = PoolForm(request.POST or None, pool=pool, seed_source=draw.seed_source if draw else "")
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(form, lambda: _keep(request, procedure, [form.facts()]))
    ):
        messages.success(request, _("枠の内容を保存しました。"))
        return redirect(places_url(request, "pool", procedure, pool_id=pool_id))
    return _form_page(
        request, procedure, form, _("%(pool)sを直す") % {"pool": pool.label}, _("枠の内容を保存する")
    )


@require_GET
def written_out(request: HttpRequest, code: str) -> HttpResponseBase:
    """枠のCSV — what staff said of each pool, and what is taken."""
    procedure = procedure_of(request, code)
    sources = dict(
        PoolDraw.objects.filter(body_id=procedure.body_id, pool__procedure=procedure)
        .order_by("id")
        .values_list("pool_id", "seed_source")
    )
    rows = [
        row_of(facts_of_pool(one.pool, sources.get(one.pool.pk, "")), one.pool.taken, one.waiting)
        for one in pools_of(procedure=procedure, now=request.now)  # type: ignore[attr-defined]
    ]
    return export_file(stream_csv(iter(rows), COLUMNS, name="枠の一覧"), name=f"{procedure.code}-places")


def read_in(request: HttpRequest, code: str) -> HttpResponse:
    """枠のCSVを取り込む — all rows or none."""
    procedure = procedure_of(request, code)
    posted = request.method == "POST"
    form = PoolCsvForm(request.POST, request.FILES) if posted else PoolCsvForm()
    if posted and form.is_valid():
        facts = form.cleaned_data["file"]
        if tried(form, lambda: _keep(request, procedure, facts)):
            messages.success(request, _("枠を%(count)s個取り込みました。") % {"count": f"{len(facts):,}"})
            return redirect(places_url(request, "places", procedure))
    return _form_page(request, procedure, form, _("枠のCSVを取り込む"), _("CSVを取り込む"), files=True)


@require_POST
def close(request: HttpRequest, code: str, pool_id: int) -> HttpResponse:
    """受付を締め切る, or open it again."""
    procedure, pool = pool_of(request, code, pool_id)
    closed = request.POST.get("closed") == "1"
    set_closed(actor=request.actor, now=request.now, pool=pool, closed=closed)  # type: ignore[attr-defined]
    messages.success(request, _("受付を締め切りました。") if closed else _("受付を再開しました。"))
    return redirect(places_url(request, "pool", procedure, pool_id=pool_id))


@require_GET
def pool(request: HttpRequest, code: str, pool_id: int) -> HttpResponse:
    """One pool: its figures, who waits, and the draw where it is a lottery."""
    procedure, found = pool_of(request, code, pool_id)
    one = seen([found], request.now)[0]  # type: ignore[attr-defined]
    draw = standing_draw(found)
    counts = counts_of(found)
    facts = [
        {"key": _("枠コード"), "value": found.key},
        {"key": _("決め方"), "value": found.get_mode_display()},
        {"key": _("定員・予算"), "value": amount_in_words(found.unit, found.capacity)},
        {"key": _("確保"), "value": amount_in_words(found.unit, found.taken)},
        {"key": _("残り"), "value": amount_in_words(found.unit, one.left)},
        {"key": _("補欠"), "value": _("受け付ける") if found.waiting_list else _("受け付けない")},
        {"key": _("繰上げのお返事の期限"), "value": _("%(days)s日") % {"days": found.offer_days}},
    ]
    if found.hold_minutes:
        facts.append(
            {"key": _("入力中の仮押さえ"), "value": _("%(minutes)s分") % {"minutes": found.hold_minutes}}
        )
    if counts:
        words = dict(Taking.State.choices)
        in_states = _("、").join(
            _("%(state)s%(count)s件") % {"state": words[state], "count": f"{count:,}"}
            for state, count in counts.items()
        )
        facts.append({"key": _("申込み"), "value": in_states})
    start = _start(request)
    queued = counts.get(Taking.State.WAITING, 0) + counts.get(Taking.State.OFFERED, 0)
    here = places_url(request, "pool", procedure, pool_id=found.pk)
    context = {
        "procedure": procedure,
        "pool": found,
        "state": one.badge,
        "facts": facts,
        "waiting": _waiting_table(request, procedure, found, start=start, count=queued),
        "older_url": f"{here}?from={start + WAITING_ROWS}" if start + WAITING_ROWS < queued else "",
        "newer_url": f"{here}?from={max(0, start - WAITING_ROWS)}" if start else "",
        "draw": draw,
        "draw_facts": _draw_facts(found, draw) if draw is not None else [],
        "may_freeze": draw is not None
        and draw.frozen_at is None
        and found.draw_at is not None
        and found.draw_at <= request.now,  # type: ignore[attr-defined]
        "crumbs": places_crumbs(request, procedure, (found.label, "")),
    }
    return page(request, "applications/office/pool.html", context)


def promote(request: HttpRequest, code: str, pool_id: int, taking_id: int) -> HttpResponse:
    """順番によらず繰り上げる — with a reason on record."""
    procedure, found = pool_of(request, code, pool_id)
    row = (
        Taking.objects.filter(body_id=found.body_id, pool=found, pk=taking_id, state=Taking.State.WAITING)
        .select_related("application")
        .first()
    )
    if row is None:
        raise Http404
    form = PromoteForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(
            form,
            lambda: promote_by_hand(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                application=row.application,
                taking_id=row.pk,
                reason=form.cleaned_data["reason"],
            ),
        )
    ):
        messages.success(request, _("繰り上げました。申込者に知らせます。"))
        return redirect(places_url(request, "pool", procedure, pool_id=pool_id))
    heading = _("%(who)sさんを順番によらず繰り上げる") % {"who": row.application.applicant or _("申込者")}
    return _form_page(request, procedure, form, heading, _("繰り上げる"))


# --- how --------------------------------------------------------------------------------------------


def _keep(request: HttpRequest, procedure: Procedure, facts: list[Any]) -> object:
    return keep_pools(actor=request.actor, now=request.now, procedure=procedure, pools=facts)  # type: ignore[attr-defined]


def _form_page(
    request: HttpRequest, procedure: Procedure, form: Form, heading: str, label: str, *, files: bool = False
) -> HttpResponse:
    context = {
        "procedure": procedure,
        "heading": heading,
        "label": label,
        "files": files,
        "crumbs": places_crumbs(request, procedure, (heading, "")),
    }
    return page(request, "applications/office/pool_form.html", context, form=form)


def _start(request: HttpRequest) -> int:
    value = request.GET.get("from", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 8 else 0


def _waiting_table(
    request: HttpRequest, procedure: Procedure, found: Pool, *, start: int, count: int
) -> dict[str, Any] | None:
    rows = []
    for at, one in enumerate(queue_of(found, start=start, rows=WAITING_ROWS), start + 1):
        application = one.application
        until = clock.today(one.until) if one.until else None
        rows.append(
            [
                f"{at:,}",
                {
                    "text": application.applicant or application.public_number,
                    "url": reverse(
                        "applications_office_case",
                        kwargs={"body_slug": request.actor.body.slug, "number": application.public_number},  # type: ignore[attr-defined]
                    ),
                    "head": True,
                },
                amount_in_words(found.unit, one.quantity),
                _("案内中（%(until)sまで）") % {"until": day_in_words(until)} if until else _("待っています"),
                {
                    "text": _("繰り上げる"),
                    "url": places_url(request, "pool_promote", procedure, pool_id=found.pk, taking_id=one.pk),
                }
                if one.state == Taking.State.WAITING
                else None,
            ]
        )
    if not rows:
        return None
    return {
        "caption": _("補欠%(count)s件（順番）") % {"count": f"{count:,}"},
        "columns": [
            {"label": _("順番"), "numeric": True},
            {"label": _("申込者")},
            {"label": _("数"), "numeric": True},
            {"label": _("状態")},
            {"label": _("順番によらない繰上げ")},
        ],
        "rows": rows,
    }


def _draw_facts(found: Pool, draw: PoolDraw) -> list[dict[str, Any]]:
    frozen = _("%(count)s件") % {"count": f"{len(draw.entries):,}"} if draw.frozen_at else ""
    closes = moment_in_words(found.draw_at) if found.draw_at else ""
    drawn = moment_in_words(draw.drawn_at) if draw.drawn_at else ""
    by = _("、").join(str(one["name"]) for one in draw.seed_by)
    return [
        {"key": _("申込みの締切"), "value": closes, "missing": "—"},
        {"key": _("種の決め方"), "value": draw.seed_source},
        {"key": _("名簿"), "value": frozen, "missing": _("まだ確定していません")},
        {"key": _("名簿の根"), "value": draw.root, "missing": "—"},
        {"key": _("種"), "value": draw.seed if len(draw.seed_by) == 2 else "", "missing": "—"},
        {"key": _("種を入力した人"), "value": by, "missing": "—"},
        {"key": _("抽選した日時"), "value": drawn, "missing": "—"},
    ]


_ONE = "procedures/<slug:code>/places/<int:pool_id>/"
urlpatterns = [
    path("procedures/<slug:code>/places/", places, name="applications_office_places"),
    path("procedures/<slug:code>/places/new/", new, name="applications_office_pool_new"),
    path("procedures/<slug:code>/places/generate/", generate, name="applications_office_pools_generate"),
    path("procedures/<slug:code>/places/csv/", written_out, name="applications_office_pools_csv"),
    path("procedures/<slug:code>/places/import/", read_in, name="applications_office_pools_import"),
    path(_ONE, pool, name="applications_office_pool"),
    path(f"{_ONE}edit/", edit, name="applications_office_pool_edit"),
    path(f"{_ONE}close/", close, name="applications_office_pool_close"),
    path(f"{_ONE}promote/<int:taking_id>/", promote, name="applications_office_pool_promote"),
]
