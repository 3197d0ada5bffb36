"""研修・行事 — the year's list, one event with who came, and what may be done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from moyai.calendars.public import fiscal_year_words, short_wareki
from moyai.documents.public import render_table_html
from moyai.operations.actions import events as actions
from moyai.operations.asking import table, tried, when, who, year_of_today
from moyai.operations.figures.events import attendance_table, event_days, events_table
from moyai.operations.forms.events import AttendanceForm, CallOffForm, EventForm
from moyai.operations.forms.levels import YearForm
from moyai.operations.models import Event
from moyai.operations.queries import events as queries
from moyai.operations.secretariat.levels import FACES, download, may
from moyai.tenants.public import Service, bodies_on, clock
from moyai.ui.public import page


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """研修・行事の一覧 — of a fiscal year, with members and people that came."""
    now = request.now  # type: ignore[attr-defined]
    form = YearForm(request.GET if "fiscal_year" in request.GET else None)
    year = form.year_or(year_of_today(now))
    if "format" in request.GET:
        return download(request, events_table(year), f"events-{year}")
    context = {
        "form": form,
        "year": fiscal_year_words(year),
        "year_number": year,
        "faces": FACES,
        "table": table(
            _("%(year)sの研修・行事") % {"year": fiscal_year_words(year)},
            [
                _("名称"),
                _("種類"),
                _("開催日"),
                (_("参加団体数"), True),
                (_("参加人数"), True),
                (_("申込人数"), True),
                _("状態"),
            ],
            [_row(one, now) for one in queries.events_of(year)],
            empty=_("この年度の行事はありません。"),
        ),
        "may": may(request, "operations.plan_event"),
    }
    return page(request, "operations/secretariat/events.html", context, form=form)


def _row(one: queries.EventFigures, now: Any) -> list[Any]:
    return [
        {"text": one.event.name, "url": url(one.event), "head": True},
        one.event.get_kind_display(),
        event_days(one.event) or "—",
        "—" if one.bodies is None else f"{one.bodies:,}",
        "—" if one.persons is None else f"{one.persons:,}",
        f"{one.wanting:,}",
        {"state": badge(one.event, now)},
    ]


def badge(event: Event, now: Any) -> dict[str, Any]:
    if event.called_off_on is not None:
        return {"kind": "neutral", "word": _("中止")}
    if event.asks_until is not None and now <= event.asks_until:
        return {"kind": "progress", "word": _("申込受付中")}
    over = event.from_on is None or (event.until_on or event.from_on) < clock.today(now)
    return {"kind": "good", "word": _("終了")} if over else {"kind": "neutral", "word": _("予定")}


def url(event: Event, name: str = "operations_event") -> str:
    return reverse(name, kwargs={"event_id": event.pk})


def _event(event_id: int) -> Event:
    found: Event = get_object_or_404(Event.objects.select_related("service"), pk=event_id)
    return found


def facts(event: Event, taken: int) -> list[dict[str, Any]]:
    """What is known of an event."""
    rows: list[dict[str, Any]] = [
        {"key": _("種類"), "value": event.get_kind_display()},
        {"key": _("開催日"), "value": event_days(event), "missing": "—"},
        {"key": _("回数"), "value": _("%(n)s回") % {"n": event.sessions}},
        {"key": _("会場"), "value": event.place, "missing": "—"},
        {"key": _("主催・共催"), "value": event.hosts, "missing": "—"},
        {"key": _("内容"), "value": event.text, "missing": "—"},
    ]
    if event.award:
        rows.append({"key": _("表彰・成果"), "value": event.award})
    if event.asks_until is not None:
        rows.append({"key": _("申込みの期限"), "value": when(event.asks_until)})
    if event.most_persons is not None:
        left = max(0, event.most_persons - taken)
        words = _("%(most)s人（あと%(left)s人）") % {"most": f"{event.most_persons:,}", "left": f"{left:,}"}
        rows.append({"key": _("定員"), "value": words})
    if event.called_off_on is not None:
        rows.append({"key": _("中止を決めた日"), "value": short_wareki(event.called_off_on)})
    return rows


@require_GET
def event(request: HttpRequest, event_id: int) -> HttpResponse:
    """一つの行事 — what, when, where; who put himself down and who came."""
    now = request.now  # type: ignore[attr-defined]
    found = _event(event_id)
    if "format" in request.GET:
        return download(request, attendance_table(found), f"event-{event_id}")
    (figures,) = queries.figures_of([found])
    acts = []
    if may(request, "operations.change_event"):
        acts.append((_("行事を変える"), "operations_event_change"))
        if found.called_off_on is None:
            acts.append((_("参加を記録する"), "operations_event_attendance"))
            acts.append((_("行事を中止する"), "operations_event_call_off"))
    context = {
        "event": found,
        "badge": badge(found, now),
        "rows": [
            *facts(found, actions.taken(found)),
            {"key": _("アンケートの手続き"), "value": found.survey, "missing": "—"},
            {"key": _("参加人数"), "value": _people(figures), "missing": "—"},
        ],
        "table": render_table_html(attendance_table(found)),
        "faces": FACES,
        "acts": [{"label": label, "url": url(found, name)} for label, name in acts],
        "crumbs": [(_("研修・行事"), reverse("operations_events")), (found.name, "")],
    }
    return page(request, "operations/secretariat/event.html", context)


def _people(figures: queries.EventFigures) -> str:
    if figures.persons is None:
        return ""
    if figures.remote:
        return _("%(n)s人（うちWeb会議%(remote)s人）") % {"n": figures.persons, "remote": figures.remote}
    return _("%(n)s人") % {"n": figures.persons}


def _services() -> list[Service]:
    return list(Service.objects.order_by("code"))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """行事を登録する."""
    form = EventForm(
        request.POST if request.method == "POST" else None,
        initial={"version": 0, "sessions": 1},
        services=_services(),
    )
    heading = _("行事を登録する")
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: actions.plan_event(**who(request), **form.chosen()))
        if made is not None:
            messages.success(request, _("行事を登録しました。"))
            return redirect(url(made))
    return page(
        request,
        "operations/secretariat/form.html",
        {
            "heading": heading,
            "label": _("登録する"),
            "crumbs": [(_("研修・行事"), reverse("operations_events")), (heading, "")],
        },
        form=form,
    )


def _frame(found: Event, heading: str, label: str, lead: str = "", kind: str = "primary") -> dict[str, Any]:
    crumbs = [(_("研修・行事"), reverse("operations_events")), (found.name, url(found)), (heading, "")]
    return {"heading": heading, "label": label, "lead": lead, "button": kind, "crumbs": crumbs}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, event_id: int) -> HttpResponse:
    """行事を変える — two desks at once: the second looks again."""
    found = _event(event_id)
    names = (
        "version", "kind", "name", "from_on", "until_on", "fiscal_year", "sessions", "place", "hosts", "text", "award",
        "most_persons", "survey",
    )  # fmt: skip
    first: dict[str, Any] = {name: getattr(found, name) for name in names}
    first["service"] = found.service.code if found.service else ""
    if found.asks_until is not None:
        here = found.asks_until.astimezone(clock.JST)
        first |= {"asks_on": here.date(), "asks_at": here.hour * 60 + here.minute}
    form = EventForm(request.POST if request.method == "POST" else None, initial=first, services=_services())
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        do = lambda: actions.change_event(**who(request), event=found, version=version, **form.chosen())  # noqa: E731
        if tried(form, do) is not None:
            messages.success(request, _("行事を変えました。"))
            return redirect(url(found))
        form.look_again(found.version)
    context = _frame(found, _("行事を変える"), _("保存する"))
    return page(request, "operations/secretariat/form.html", context, form=form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def call_off(request: HttpRequest, event_id: int) -> HttpResponse:
    """行事を中止する."""
    found = _event(event_id)
    form = CallOffForm(request.POST if request.method == "POST" else None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        do = lambda: actions.call_off_event(**who(request), event=found, **form.cleaned_data)  # noqa: E731
        if tried(form, do) is not None:
            messages.success(request, _("行事を中止にしました。"))
            return redirect(url(found))
        form.look_again(found.version)
    context = _frame(
        found,
        _("行事を中止する"),
        _("行事を中止する"),
        _("申込みの記録は残ります。中止は戻せません。"),
        "danger",
    )
    return page(request, "operations/secretariat/form.html", context, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def attendance(request: HttpRequest, event_id: int) -> HttpResponse:
    """参加を記録する — one member or group after the other; the list stands under the form."""
    found = _event(event_id)
    if found.called_off_on is not None:
        raise Http404
    on = found.from_on or clock.today(request.now)  # type: ignore[attr-defined]
    form = AttendanceForm(request.POST if request.method == "POST" else None, members=list(bodies_on(on)))
    if request.method == "POST" and form.is_valid():
        do = lambda: actions.note_attendance(**who(request), event=found, **form.chosen())  # noqa: E731
        if tried(form, do) is not None:
            messages.success(request, _("参加を記録しました。"))
            return redirect(url(found, "operations_event_attendance"))
    context = _frame(
        found,
        _("参加を記録する"),
        _("記録する"),
        _("同じ団体と区分をもう一度記録すると、新しい人数に変わります。"),
    )
    context["table"] = render_table_html(attendance_table(found))
    return page(request, "operations/secretariat/attendance.html", context, form=form)


urlpatterns = [
    path("events/", listing, name="operations_events"),
    path("events/new/", new, name="operations_event_new"),
    path("events/<int:event_id>/", event, name="operations_event"),
    path("events/<int:event_id>/change/", change, name="operations_event_change"),
    path("events/<int:event_id>/call-off/", call_off, name="operations_event_call_off"),
    path("events/<int:event_id>/attendance/", attendance, name="operations_event_attendance"),
]
