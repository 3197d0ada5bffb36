"""協議会のシステムの稼働 — for members: how the systems they use stand and stood, and what is announced."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from moyai.calendars.public import fiscal_year_range, fiscal_year_words
from moyai.documents.public import render_table_html
from moyai.operations.asking import table, when, year_of_today
from moyai.operations.figures.levels import year_by_month
from moyai.operations.forms.levels import YearForm
from moyai.operations.models import Stop, System
from moyai.operations.queries import levels as queries
from moyai.operations.queries.agreements import agreements_of_year
from moyai.operations.secretariat.agreements import agreed_list
from moyai.operations.words import level_words, minutes, state_badge, stop_badge, verdict_badge
from moyai.tenants.public import Service, body_of, clock, uses_on
from moyai.ui.public import page


def url(request: HttpRequest, name: str, **kwargs: Any) -> str:
    """The address of a page of the acting body."""
    slug = request.actor.body.slug  # type: ignore[attr-defined]
    return reverse(f"operations_office_{name}", kwargs={"body_slug": slug, **kwargs})


def _services(request: HttpRequest) -> list[Service]:
    """The services the acting body uses today."""
    today = clock.today(request.now)  # type: ignore[attr-defined]
    return list(uses_on(body_of(request.actor.body), today))  # type: ignore[attr-defined]


def _mine(request: HttpRequest) -> list[int]:
    """Ids of the systems of the services the acting body uses today."""
    today = clock.today(request.now)  # type: ignore[attr-defined]
    return queries.systems_for(_services(request), today)


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """稼働の一覧 — of the systems of one's own services."""
    now = request.now  # type: ignore[attr-defined]
    form = YearForm(request.GET if "fiscal_year" in request.GET else None)
    year = form.year_or(year_of_today(now))
    services = _services(request)
    mine = set(queries.systems_for(services, clock.today(now)))
    status = queries.status_now(now=now, systems=mine)
    every = queries.levels_of_year(year, now=now)
    years = [one for one in every if one.system.pk in mine]
    agreements = [
        one
        for one in agreements_of_year(year, now=now, years=every)
        if one.level.service_id in {service.pk for service in services}
    ]
    context = {
        "form": form,
        "year": fiscal_year_words(year),
        "agreed": agreed_list(agreements),
        "standing": table(
            _("今の状況"),
            [_("システム"), _("状況"), _("いつから")],
            [
                [
                    {
                        "text": one.system.name,
                        "url": url(request, "system", code=one.system.code),
                        "head": True,
                    },
                    {"state": state_badge(one.state)},
                    when(one.since),
                ]
                for one in status.systems
            ],
            empty=_("システムはまだありません。"),
        ),
        "planned": table(
            _("これからの計画停止"),
            [_("システム"), _("始まり"), _("終わり"), _("理由")],
            [
                [
                    {"text": stop.system.name, "head": True},
                    when(stop.begins),
                    when(stop.ends),
                    stop.cause or "—",
                ]
                for stop in status.planned
            ],
            empty=_("計画停止の予定はありません。"),
        ),
        "table": table(
            _("%(year)sの稼働率") % {"year": fiscal_year_words(year)},
            [_("システム"), _("区分"), (_("停止"), True), (_("稼働率"), True), (_("約束"), True), _("判定")],
            [
                [
                    {"text": one.system.name, "head": True},
                    one.side.name or "—",
                    minutes(one.whole),
                    one.printed,
                    level_words(one.level),
                    verdict_badge(one.verdict),
                ]
                for one in years
            ],
            empty=_("システムはまだありません。"),
        ),
    }
    return page(request, "operations/office/levels.html", context, form=form)


@require_GET
def system(request: HttpRequest, code: str) -> HttpResponse:
    """一つのシステム by month, with its stops; a system of a service that is not one's own is absent."""
    now = request.now  # type: ignore[attr-defined]
    found = System.objects.select_related("service").filter(code=code, pk__in=_mine(request)).first()
    if found is None:
        raise Http404
    form = YearForm(request.GET if "fiscal_year" in request.GET else None)
    year = form.year_or(year_of_today(now))
    first, last = fiscal_year_range(year)
    book = queries.book_of(first, last, now=now)
    sides = queries.sides_of(found)
    names = {side.code: side.name for side in sides}
    context = {
        "form": form,
        "system": found,
        "year": fiscal_year_words(year),
        "sides": [
            {
                "name": side.name,
                "table": render_table_html(year_by_month(book.year(found, side)), number=str(n)),
            }
            for n, side in enumerate(sides, 1)
        ],
        "stops": _stops(queries.stops_of(found, year), names, now),
        "crumbs": [(_("協議会のシステムの稼働"), url(request, "levels")), (found.name, "")],
    }
    return page(request, "operations/office/system.html", context, form=form)


def _stops(stops: list[Stop], names: dict[str, str], now: Any) -> dict[str, Any]:
    return table(
        _("停止の記録（新しい順）"),
        [_("始まり"), _("終わり"), _("種類"), _("区分"), _("状態"), _("理由・原因")],
        [
            [
                {"text": when(stop.begins), "head": True},
                when(stop.ends),
                stop.get_kind_display(),
                names.get(stop.side) or _("すべて"),
                {"state": stop_badge(stop, now)},
                stop.cause or "—",
            ]
            for stop in stops
            if stop.voided_on is None
        ],
        empty=_("この年度の停止の記録はありません。"),
    )


urlpatterns = [
    path("levels/", listing, name="operations_office_levels"),
    path("levels/<slug:code>/", system, name="operations_office_system"),
]
