"""協議会の研修・行事 — members put themselves down as long as there is room, and answer the survey."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from moyai.operations.actions import events as actions
from moyai.operations.asking import table, tried, who
from moyai.operations.figures.events import event_days
from moyai.operations.forms.events import SignUpForm
from moyai.operations.models import Event
from moyai.operations.office.levels import url
from moyai.operations.queries import events as queries
from moyai.operations.secretariat.events import badge, facts
from moyai.tenants.public import Refusal
from moyai.ui.public import page


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """研修・行事の一覧 — to come, and of the last 90 days."""
    now = request.now  # type: ignore[attr-defined]
    context = {
        "table": table(
            _("研修・行事（新しい順）"),
            [_("名称"), _("種類"), _("開催日"), _("会場"), _("状態")],
            [
                [
                    {
                        "text": one.event.name,
                        "url": url(request, "event", event_id=one.event.pk),
                        "head": True,
                    },
                    one.event.get_kind_display(),
                    event_days(one.event) or "—",
                    one.event.place or "—",
                    {"state": badge(one.event, now)},
                ]
                for one in queries.events_open_to(now=now)
            ],
            empty=_("予定されている行事はありません。"),
        )
    }
    return page(request, "operations/office/events.html", context)


def survey_url(request: HttpRequest, event: Event) -> str:
    """アンケート — the 簡易申請 on the member's own portal, or on that of the body the event names."""
    if not event.survey:
        return ""
    slug, slash, code = event.survey.rpartition("/")
    own = request.actor.body.slug  # type: ignore[attr-defined]
    try:
        return reverse(
            "applications_portal_start", kwargs={"body_slug": slug if slash else own, "code": code}
        )
    except NoReverseMatch:  # a house without 電子申請
        return ""


@require_http_methods(["GET", "HEAD", "POST"])
def event(request: HttpRequest, event_id: int) -> HttpResponse:
    """一つの行事 — what it is, one's own sign-ups, and the form while it is open."""
    now = request.now  # type: ignore[attr-defined]
    found = Event.objects.select_related("service").filter(pk=event_id).first()
    if found is None:
        raise Http404
    form = SignUpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        do = lambda: actions.sign_up(**who(request), event=found, **form.cleaned_data)  # noqa: E731
        if tried(form, do) is not None:
            messages.success(request, _("参加を申し込みました。"))
            return redirect(url(request, "event", event_id=event_id))
    is_open = found.called_off_on is None and found.asks_until is not None and now <= found.asks_until
    context: dict[str, Any] = {
        "event": found,
        "badge": badge(found, now),
        "rows": facts(found, actions.taken(found)),
        "open": is_open,
        "own": [
            {
                "section": one.group,
                "persons": one.persons,
                "remote": one.remote,
                "who": one.who,
                "came": one.came,
                "withdraw_url": ""
                if one.came or not is_open
                else url(request, "event_withdraw", event_id=event_id, attendance_id=one.pk),
            }
            for one in queries.own_attendance(actor=request.actor, event=found)  # type: ignore[attr-defined]
        ],
        "survey_url": survey_url(request, found),
        "crumbs": [(_("協議会の研修・行事"), url(request, "events")), (found.name, "")],
    }
    return page(request, "operations/office/event.html", context, form=form)


@require_http_methods(["POST"])
def withdraw(request: HttpRequest, event_id: int, attendance_id: int) -> HttpResponse:
    """申込みを取り消す — one's own; another body's is absent."""
    found = Event.objects.filter(pk=event_id).first()
    if found is None:
        raise Http404
    try:
        actions.withdraw_sign_up(**who(request), event=found, attendance_id=attendance_id)
    except Refusal as refusal:
        if refusal.status == 404:
            raise Http404 from refusal
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("申込みを取り消しました。"))
    return redirect(url(request, "event", event_id=event_id))


urlpatterns = [
    path("events/", listing, name="operations_office_events"),
    path("events/<int:event_id>/", event, name="operations_office_event"),
    path(
        "events/<int:event_id>/withdraw/<int:attendance_id>/",
        withdraw,
        name="operations_office_event_withdraw",
    ),
]
