"""稼働状況 — for everybody: what is stopped now, and what will be. No names of people, no causes, no cookies."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from moyai.calendars.public import moment_words
from moyai.operations.models import Stop
from moyai.operations.queries.levels import StatusNow, status_now
from moyai.ui.public import page

WORDS = {
    "up": ("good", lazy("使えます")),
    "degraded": ("attention", lazy("使えます（予備で動いています）")),
    "planned": ("progress", lazy("お休み中（予定のお休みです）")),
    "unknown": ("neutral", lazy("確認しています")),
    "down": ("bad", lazy("止まっています")),
}


@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """稼働状況 of all systems, as of now."""
    now = request.now  # type: ignore[attr-defined]
    found = status_now(now=now)
    context = {
        "as_of": moment_words(now),
        "trouble": any(one.state == "down" for one in found.systems),
        "systems": _systems(found),
        "outages": [_stop(stop) for stop in found.outages],
        "planned": [_stop(stop) for stop in found.planned],
    }
    return page(request, "operations/public/status.html", context)


def _systems(found: StatusNow) -> list[dict[str, Any]]:
    return [
        {
            "name": one.system.name,
            "badge": {"kind": WORDS[one.state][0], "word": WORDS[one.state][1]},
        }
        for one in found.systems
    ]


def _stop(stop: Stop) -> dict[str, Any]:
    return {
        "name": stop.system.name,
        "begins": moment_words(stop.begins),
        "ends": moment_words(stop.ends) if stop.ends else "",
    }


urlpatterns = [path("status/", status, name="operations_status")]
