"""祝日の特例 — holidays that a special law makes or moves, said once for all bodies."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from moyai.calendars import queries
from moyai.calendars.actions import DayIsPast, DaySaidAlready, clear_national_day, set_national_day
from moyai.calendars.forms import NationalDayForm, show_refusal
from moyai.calendars.models import NationalDayOverride
from moyai.calendars.office import year_asked, year_links
from moyai.calendars.permits import PERMITS
from moyai.calendars.rules.periods import fiscal_year
from moyai.calendars.words import day_words
from moyai.tenants.public import clock
from moyai.ui.public import page

MENU = [(gettext_lazy("祝日の特例"), "calendars_council_days")]


@require_http_methods(["GET", "HEAD", "POST"])
def days(request: HttpRequest) -> HttpResponse:
    """The holidays of a fiscal year, the exceptions, and the form to add one."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    today = clock.today(now)
    here = reverse("calendars_council_days")
    form = NationalDayForm(request.POST or None)
    form.fields["day"].today = today  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            added = set_national_day(actor=actor, now=now, **form.cleaned_data)
        except (DaySaidAlready, DayIsPast) as refused:
            show_refusal(form, refused.fields, str(refused.message), "day")
        else:
            said = _("%(day)sの祝日の特例を登録しました。") % {"day": day_words(added.day)}
            messages.success(request, f"{form.fields['day'].echo} {said}".strip())  # type: ignore[attr-defined]
            return redirect(f"{here}?year={fiscal_year(added.day)}")
    links = year_links(here, year_asked(request, today))
    context = links | {
        "form": form,
        "rows": queries.national_days(first=links["first"], last=links["last"]),
        "today": today,
        "may_change": actor.may(PERMITS["calendars.set_national_day"]),
        "holidays": queries.holidays_between(links["first"], links["last"]),
        "crumbs": [(_("協議会の入口"), "/council/"), (_("祝日の特例"), "")],
    }
    return page(request, "calendars/council/days.html", context, form=form if form.is_bound else None)


@require_http_methods(["GET", "HEAD", "POST"])
def clear(request: HttpRequest, override_id: int) -> HttpResponse:
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    here = reverse("calendars_council_days")
    override = NationalDayOverride.objects.filter(id=override_id).first()
    if override is None or not actor.may(PERMITS["calendars.clear_national_day"]):
        raise Http404
    if request.method == "POST":
        clear_national_day(actor=actor, now=now, override=override)
        messages.success(request, _("%(day)sの登録を取り消しました。") % {"day": day_words(override.day)})
        return redirect(f"{here}?year={fiscal_year(override.day)}")
    context = {
        "override": override,
        "list_url": f"{here}?year={fiscal_year(override.day)}",
        "crumbs": [(_("協議会の入口"), "/council/"), (_("祝日の特例"), here), (_("登録の取消し"), "")],
    }
    return page(request, "calendars/council/clear.html", context)


urlpatterns = [
    path("calendar/", days, name="calendars_council_days"),
    path("calendar/<int:override_id>/clear/", clear, name="calendars_council_clear"),
]
