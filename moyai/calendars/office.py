"""開庁日 — a year of the office's days; the administrator says where they differ from the calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from moyai.calendars import queries
from moyai.calendars.actions import DayIsPast, DaySaidAlready, clear_office_day, set_office_day
from moyai.calendars.forms import OfficeDayForm, show_refusal
from moyai.calendars.models import OfficeDayOverride
from moyai.calendars.permits import PERMITS
from moyai.calendars.rules.periods import fiscal_year, fiscal_year_range
from moyai.calendars.words import day_words, fiscal_year_words
from moyai.tenants.public import clock
from moyai.ui.public import page

MENU = [(gettext_lazy("開庁日"), "calendars_office_days")]


def year_asked(request: HttpRequest, today: date) -> int:
    """The fiscal year of the address, else the present one; anything odd is the present one."""
    given = request.GET.get("year", "")
    present = fiscal_year(today)
    return (
        int(given) if given.isascii() and given.isdigit() and abs(int(given[:4]) - present) <= 10 else present
    )


def year_links(address: str, year: int) -> dict[str, Any]:
    first, last = fiscal_year_range(year)
    return {
        "first": first,
        "last": last,
        "year_name": fiscal_year_words(year),
        "year": year,
        "previous_url": f"{address}?year={year - 1}",
        "next_url": f"{address}?year={year + 1}",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def days(request: HttpRequest) -> HttpResponse:
    """The list, and under it the form to add a day."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    today = clock.today(now)
    here = reverse("calendars_office_days", kwargs={"body_slug": actor.body.slug})
    may_change = actor.may(PERMITS["calendars.set_office_day"])
    form = OfficeDayForm(request.POST or None)
    form.fields["day"].today = today  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            added = set_office_day(actor=actor, now=now, **form.cleaned_data)
        except (DaySaidAlready, DayIsPast) as refused:
            show_refusal(form, refused.fields, str(refused.message), "day")
        else:
            word = _("%(day)sを開庁日にしました。") if added.is_open else _("%(day)sを閉庁日にしました。")
            said = word % {"day": day_words(added.day)}
            messages.success(request, f"{form.fields['day'].echo} {said}".strip())  # type: ignore[attr-defined]
            return redirect(f"{here}?year={fiscal_year(added.day)}")
    links = year_links(here, year_asked(request, today))
    rows: QuerySet[OfficeDayOverride] = queries.office_days_of(
        actor=actor, first=links["first"], last=links["last"]
    )
    context = links | {
        "form": form,
        "rows": rows,
        "today": today,
        "may_change": may_change,
        "holidays": queries.holidays_between(links["first"], links["last"]),
        "crumbs": [(_("開庁日"), "")],
    }
    return page(request, "calendars/office/days.html", context, form=form if form.is_bound else None)


@require_http_methods(["GET", "HEAD", "POST"])
def clear(request: HttpRequest, override_id: int) -> HttpResponse:
    """The confirm page, then the act: the day follows the calendar again."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    here = reverse("calendars_office_days", kwargs={"body_slug": actor.body.slug})
    override = OfficeDayOverride.objects.of(actor.body).filter(id=override_id).first()
    if override is None or not actor.may(PERMITS["calendars.clear_office_day"]):
        raise Http404
    if request.method == "POST":
        clear_office_day(actor=actor, now=now, override=override)
        messages.success(request, _("%(day)sの登録を取り消しました。") % {"day": day_words(override.day)})
        return redirect(f"{here}?year={fiscal_year(override.day)}")
    after = queries.office_calendar(None, first=override.day, last=override.day)
    context = {
        "override": override,
        "open_after": after.is_open(override.day),
        "list_url": f"{here}?year={fiscal_year(override.day)}",
        "crumbs": [
            (_("開庁日"), here),
            (_("登録の取消し"), ""),
        ],
    }
    return page(request, "calendars/office/clear.html", context)


urlpatterns = [
    path("calendar/", days, name="calendars_office_days"),
    path("calendar/<int:override_id>/clear/", clear, name="calendars_office_clear"),
]
