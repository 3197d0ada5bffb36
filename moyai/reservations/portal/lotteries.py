"""抽選 for everybody: rounds, their published lists and results with everything to work them out again."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from moyai.calendars.public import day_words, end_words, moment_words
from moyai.reservations.models import Registration, Round, RoundFiles
from moyai.reservations.queries.lotteries import (
    PAGE_ROWS,
    Counted,
    counted,
    entries_by_rank,
    file_of,
    files_of,
    rooms_of_round,
    round_of,
    rounds_for_residents,
)
from moyai.reservations.wording_lotteries import between, fact_rows, outcome_words, round_badge, terms_rows
from moyai.tenants.public import body_of
from moyai.ui.public import page

S = Round.State


def url(request: HttpRequest, name: str, **kwargs: Any) -> str:
    slug = request.actor.body.slug  # type: ignore[attr-defined]
    return reverse(f"reservations_portal_{name}", kwargs={"body_slug": slug, **kwargs})


def shown_round(request: HttpRequest, round_id: int) -> Round:
    found = round_of(body_of(request.actor.body), round_id)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """抽選の一覧 — what can be entered, and what was drawn."""
    now = request.now  # type: ignore[attr-defined]
    cards = [
        {
            "title": one.title,
            "url": url(request, "round", round_id=one.pk),
            "text": "",
            "facts": [
                {"key": _("利用日"), "value": between(day_words(one.for_from), day_words(one.for_until))},
                {
                    "key": _("申込み"),
                    "value": between(moment_words(one.enter_from), end_words(one.enter_until)),
                },
            ],
            "state": round_badge(one, now),
        }
        for one in rounds_for_residents(body_of(request.actor.body), now=now)  # type: ignore[attr-defined]
    ]
    return page(
        request,
        "reservations/portal/lotteries.html",
        {"service": _("施設予約"), "cards": cards, "mine_url": url(request, "entries")},
    )


@require_safe
def round_page(request: HttpRequest, round_id: int) -> HttpResponse:
    """抽選回 — its terms; from the freeze on list, root, seed, order and winners, under pseudonyms."""
    now = request.now  # type: ignore[attr-defined]
    found = shown_round(request, round_id)
    numbers = counted(found)
    files = files_of(found) if found.frozen_at else []
    context: dict[str, Any] = {
        "service": _("施設予約"),
        "crumbs": [(_("抽選"), url(request, "lotteries")), (found.title, None)],
        "round": found,
        "state": round_badge(found, now),
        "terms": terms_rows(found),
        "facts": fact_rows(found, numbers),
        "rooms": [f"{room.facility.name} {room.name}" for room in rooms_of_round(found)],
        "zip_url": url(request, "round_files", round_id=found.pk) if files else "",
        "enter_url": "",
    }
    if found.state == S.OPEN and found.enter_from <= now < found.enter_until:
        more = request.GET.urlencode()
        context["enter_url"] = url(request, "enter", round_id=found.pk) + (f"?{more}" if more else "")
    if found.frozen_at is not None:
        context |= order_of(request, found, numbers)
    return page(request, "reservations/portal/round.html", context)


@require_safe
def files(request: HttpRequest, round_id: int) -> HttpResponse:
    """一式 — the published files and the verifier in one ZIP, as they were stored when they were published."""
    found = shown_round(request, round_id)
    kept = file_of(found, RoundFiles.Stage.RESULT) or file_of(found, RoundFiles.Stage.LIST)
    if kept is None:
        raise Http404
    return HttpResponse(
        bytes(kept.content),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="draw-{found.label}.zip"',
            "Digest": f"sha-256={kept.sha256}",
        },
    )


def order_of(request: HttpRequest, found: Round, numbers: Counted) -> dict[str, Any]:
    """A page of the list or of the order, with its pager."""
    value = request.GET.get("from", "")
    start = int(value) if value.isascii() and value.isdigit() and len(value) < 8 else 0
    drawn = found.drawn_at is not None
    rows = entries_by_rank(found, start=start)
    columns = [{"label": _("番号")}, {"label": _("区分")}, {"label": _("希望"), "numeric": True}]
    cells = [
        [
            {"text": entry.ticket_id, "head": True},
            str(Registration.Class(entry.resident_class).label) + (_("・団体") if entry.group else ""),
            f"{len(entry.wishes)}",
        ]
        for entry in rows
    ]
    if drawn:
        columns = [{"label": _("順番"), "numeric": True}, *columns, {"label": _("結果")}]
        cells = [
            [f"{entry.rank:,}", *row, outcome_words(entry)] for entry, row in zip(rows, cells, strict=True)
        ]
    here = url(request, "round", round_id=found.pk)
    return {
        "table": {
            "caption": _("結果（順番）") if drawn else _("確定した名簿（番号の順）"),
            "columns": columns,
            "rows": cells,
        },
        "older_url": f"{here}?from={start + PAGE_ROWS}" if start + PAGE_ROWS < found.entries else "",
        "newer_url": f"{here}?from={max(0, start - PAGE_ROWS)}" if start else "",
        "size": PAGE_ROWS,
    }


urlpatterns = [
    path("lotteries/", rounds, name="reservations_portal_lotteries"),
    path("lotteries/<int:round_id>/", round_page, name="reservations_portal_round"),
    path("lotteries/<int:round_id>/files/", files, name="reservations_portal_round_files"),
]
