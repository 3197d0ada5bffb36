"""市町村をまたいで施設をさがす — free rooms of all bodies by place, day and purpose. Open to all; no cookie, no names."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET

from moyai.calendars.public import DateBoxField, day_words, moment_words
from moyai.reservations.forms.search import BAND_WORDS
from moyai.reservations.portal.naming import SERVICE, named
from moyai.reservations.portal.search import free_words
from moyai.reservations.queries.everywhere import OfBody, search_everywhere
from moyai.reservations.queries.search import BANDS, FoundRoom, Sought
from moyai.tenants.public import bodies_on, clock
from moyai.ui.public import Form, page

MOST = 100  # cards on a page


class EverywhereForm(Form):
    """場所・日・目的 — the day is asked for: without it there is no telling what is free."""

    day = DateBoxField(label=lazy("利用日"), help_text=lazy("例：12/5、2026-12-05、明日"))
    place = forms.ChoiceField(label=lazy("市町村"), required=False)
    q = forms.CharField(label=lazy("施設の名前・場所"), required=False, max_length=100)
    purpose = forms.CharField(
        label=lazy("利用目的"), help_text=lazy("例：バドミントン、会議"), required=False, max_length=60
    )
    band = forms.ChoiceField(label=lazy("時間帯"), required=False)


@require_GET
def facilities(request: HttpRequest) -> HttpResponse:
    """空いている室場 of all bodies on a day, each leading to its body's own page."""
    now = request.now  # type: ignore[attr-defined]
    today = clock.today(now)
    bodies = list(bodies_on(today))
    asked = any(request.GET.get(name) for name in EverywhereForm.base_fields)
    form = EverywhereForm(request.GET if asked else None)
    fields: Any = form.fields
    fields["day"].today = today
    fields["place"].choices = [("", _("すべて")), *((one.slug, one.name) for one in bodies)]
    fields["band"].choices = [("", _("指定しない")), *((one, BAND_WORDS[one]) for one in BANDS)]
    here = reverse("reservations_facilities")
    context: dict[str, Any] = {"service": SERVICE, "here": here, "asked": asked}
    if not asked or not form.is_valid():
        return page(request, "reservations/portal/everywhere.html", context, form=form)
    given = form.cleaned_data
    found = search_everywhere(
        bodies=[one for one in bodies if given["place"] in ("", one.slug)],
        sought=Sought(words=given["q"], day=given["day"], band=given["band"]),
        purpose=given["purpose"],
        now=now,
        day=given["day"],
    )
    count = sum(len(one.rooms) for one in found)
    context |= {
        "count": count,
        "more": count > MOST,
        "day_words": day_words(given["day"]),
        "as_of": moment_words(now),
        "groups": _groups(found),
    }
    return page(request, "reservations/portal/everywhere.html", context, form=form)


def _groups(found: list[OfBody]) -> list[dict[str, Any]]:
    left, groups = MOST, []
    for one in found:
        cards = [_card(one.body.slug, room) for room in one.rooms[:left]]
        left -= len(cards)
        if cards:
            groups.append({"name": one.body.name, "cards": cards})
    return groups


def _card(slug: str, found: FoundRoom) -> dict[str, Any]:
    facility = found.facility
    assert found.row is not None  # a day was asked for
    query = urlencode({"day": found.row.day.isoformat(), "facility": facility.code})
    return {
        "title": f"{named(facility)} {named(found.room)}",
        "url": f"{reverse('reservations_portal_availability', kwargs={'body_slug': slug})}?{query}",
        "text": "",
        "facts": [
            {"key": _("所在地"), "value": facility.address},
            {"key": _("空き"), "value": free_words(found.row)},
        ],
    }


urlpatterns = [path("facilities/", facilities, name="reservations_facilities")]
