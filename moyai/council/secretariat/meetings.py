"""会議 — the sittings of a year; one with its agenda, papers, attendance, minutes, tasks and ballots; planning to closing."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from moyai.audit.public import looked
from moyai.calendars.public import day_words, fiscal_year, fiscal_year_words
from moyai.council.actions.meetings import EDITABLE, FLOW
from moyai.council.badges import meeting_badge
from moyai.council.desk import Visit, before_of, file_response, year_asked
from moyai.council.meeting_tables import (
    agenda_table,
    attendance_table,
    ballots_table,
    counted_rows,
    fact_rows,
    meetings_table,
    papers_table,
    tasks_table,
)
from moyai.council.models import Meeting
from moyai.council.permits import SECRETARY
from moyai.council.printing import print_of
from moyai.council.queries.ballots import ballots_of
from moyai.council.queries.meeting_words import titled
from moyai.council.queries.meetings import (
    PAGE_ROWS,
    agenda_of,
    attendance_of,
    committees_in_order,
    counted,
    counts_by_mode,
    meeting_for_page,
    meetings_of_year,
    missing_in_year,
    open_tasks,
    tasks_of,
    years_with_meetings,
)
from moyai.council.queries.papers import papers_of, papers_to_print
from moyai.council.queries.sitting import sitting_in
from moyai.tenants.public import clock
from moyai.ui.public import page

MENU = [(gettext_lazy("会議"), "council_meetings")]
S = Meeting.State


def found_or_absent(meeting_id: int) -> Meeting:
    found = meeting_for_page(meeting_id)
    if found is None:
        raise Http404
    return found


def url_of(meeting: Meeting) -> str:
    return reverse("council_meeting", kwargs={"meeting_id": meeting.pk})


def crumbs_of(meeting: Meeting | None = None) -> list[tuple[str, str]]:
    crumbs = [(_("会議"), reverse("council_meetings"))]
    if meeting is not None:
        crumbs.append((titled(meeting), url_of(meeting)))
    return crumbs


@never_cache
@require_safe
def meetings(request: Visit) -> HttpResponse:
    """会議の一覧 — of a fiscal year, also of one committee; how often each sat, and the months a monthly one has missed."""
    year = year_asked(request)
    today = clock.today(request.now)
    every = committees_in_order()
    chosen = next((one for one in every if one.code == request.GET.get("committee", "")), None)
    rows = meetings_of_year(
        year, committee=chosen.pk if chosen else None, before=before_of(request.GET.get("before", ""))
    )
    shown = rows[:PAGE_ROWS]
    here = f"{reverse('council_meetings')}?year={year}" + (f"&committee={chosen.code}" if chosen else "")
    modes = Meeting.Mode.choices
    context = {
        "table": meetings_table(
            shown,
            url_of,
            _("%(year)sの会議（新しい順）") % {"year": fiscal_year_words(year)},
        ),
        "counts": {
            "caption": _("%(year)sの開催状況") % {"year": fiscal_year_words(year)},
            "columns": [
                {"label": _("会議体")},
                *({"label": label, "numeric": True} for _mode, label in modes),
                {"label": _("計"), "numeric": True},
            ],
            "rows": [
                [
                    {
                        "text": one.committee.name,
                        "url": f"{reverse('council_meetings')}?year={year}&committee={one.committee.code}",
                    },
                    *(one.by_mode.get(mode, 0) for mode, _label in modes),
                    one.total,
                ]
                for one in counts_by_mode(year)
            ],
            "empty": _("この年度に開かれた会議はありません。"),
            "cards": True,
        },
        "year": year,
        "years": sorted({*years_with_meetings(), fiscal_year(today), year}, reverse=True),
        "committees": every,
        "committee": chosen,
        "missing": [day_words(month, weekday=False) for month in missing_in_year(chosen, year, today)]
        if chosen
        else [],
        "older_url": f"{here}&before={shown[-1].held_on}_{shown[-1].pk}" if len(rows) > PAGE_ROWS else "",
        "may_write": request.actor.may(set(SECRETARY)),
    }
    return page(request, "council/meetings/list.html", context)


@never_cache
@require_safe
def tasks(request: Visit) -> HttpResponse:
    """宿題・対応 — all that is open, the most urgent first."""
    today = clock.today(request.now)
    may_write = request.actor.may(set(SECRETARY))
    table = tasks_table(open_tasks(), today, _finish if may_write else None, url_of)
    context = {"table": table, "crumbs": [*crumbs_of(), (_("宿題・対応"), "")]}
    return page(request, "council/meetings/tasks.html", context)


def _finish(task: Any) -> str:
    return reverse("council_meeting_task_finish", kwargs={"task_id": task.pk})


@never_cache
@require_safe
def meeting(request: Visit, meeting_id: int) -> HttpResponse:
    """会議 — all of one sitting, and what can be done next."""
    found = found_or_absent(meeting_id)
    actor, now = request.actor, request.now
    today = clock.today(now)
    may_write = actor.may(set(SECRETARY))
    agenda, papers, lines = agenda_of(found), papers_of(found), attendance_of(found)
    sitters = sitting_in(found.committee, found.held_on)
    count = counted(sitters, lines)
    open_here = may_write and found.state in EDITABLE
    context = {
        "meeting": found,
        "title_words": titled(found),
        "state": meeting_badge(found),
        "facts": fact_rows(found),
        "agenda": agenda_table(agenda, papers, _item_url),
        "papers": papers_table(papers, _paper_url, _change_url if open_here else None),
        "attendance": attendance_table(lines),
        "counted": counted_rows(count),
        "tasks": tasks_table(tasks_of(found), today, _finish if may_write else None),
        "ballots": ballots_table(ballots_of(found), now, _ballot_url),
        "minutes_word": dict(Meeting._meta.get_field("minutes_state").flatchoices)[found.minutes_state],
        "may_write": may_write,
        "may_edit": open_here,
        "may_call": may_write and (S(found.state), "call") in FLOW,
        "may_hold": may_write and (S(found.state), "hold") in FLOW and found.held_on <= today,
        "may_cancel": may_write and (S(found.state), "cancel") in FLOW,
        "may_minute": may_write and found.state in (S.CALLED, S.HELD),
        "may_close": may_write and found.state == S.HELD and bool(found.minutes.strip()),
        "may_attend": may_write and found.state != S.CANCELLED,
        "has_pages": bool(agenda or papers),
        "crumbs": [*crumbs_of(), (titled(found), "")],
    }
    return page(request, "council/meetings/meeting.html", context)


def _item_url(item: Any) -> str:
    return reverse("council_item", kwargs={"item_id": item.pk})


def _paper_url(paper: Any) -> str:
    return reverse("council_paper", kwargs={"paper_id": paper.pk})


def _change_url(paper: Any) -> str:
    return reverse("council_paper_change", kwargs={"paper_id": paper.pk})


def _ballot_url(ballot: Any) -> str:
    return reverse("council_ballot", kwargs={"ballot_id": ballot.pk})


@never_cache
@require_safe
def printed(request: Visit, meeting_id: int) -> HttpResponse:
    """会議資料を印刷する — all papers of a sitting as one PDF."""
    found = found_or_absent(meeting_id)
    actor, now = request.actor, request.now
    content = print_of(found, agenda_of(found), papers_to_print(found), now=now)
    looked(actor=actor, now=now, verb="council.print_papers", thing=found)
    return file_response(content, f"{titled(found)}.pdf", "application/pdf")


urlpatterns = [
    path("meetings/", meetings, name="council_meetings"),
    path("meetings/tasks/", tasks, name="council_meeting_tasks"),
    path("meetings/<int:meeting_id>/", meeting, name="council_meeting"),
    path("meetings/<int:meeting_id>/print/", printed, name="council_meeting_print"),
]
