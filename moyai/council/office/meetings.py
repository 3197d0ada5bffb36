"""会議 — what a member reads: the sittings, their agenda, the papers by right, the fixed minutes, its own tasks."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from moyai.audit.public import check_permit, looked
from moyai.calendars.public import fiscal_year, fiscal_year_words
from moyai.council.badges import meeting_badge
from moyai.council.desk import Visit, before_of, file_response, year_asked
from moyai.council.meeting_tables import (
    agenda_table,
    attendance_table,
    ballots_table,
    fact_rows,
    meetings_table,
    papers_table,
    tasks_table,
)
from moyai.council.models import Meeting
from moyai.council.permits import PERMITS
from moyai.council.printing import print_of
from moyai.council.queries.ballots import ballots_of, open_ballots_for
from moyai.council.queries.meeting_words import titled
from moyai.council.queries.meetings import (
    PAGE_ROWS,
    agenda_of,
    attendance_of,
    meeting_for_page,
    meetings_of_year,
    open_tasks,
    readable_by_member,
    tasks_of,
)
from moyai.council.queries.papers import paper_with_file, papers_of, papers_to_print
from moyai.council.queries.rights import committees_read_by, papers_readable
from moyai.tenants.public import Body, body_of, clock
from moyai.ui.public import page

MENU = [(gettext_lazy("会議"), "council_office_meetings")]


def address(request: Visit, name: str, **kwargs: Any) -> str:
    slug = body_of(request.actor.body).slug
    return reverse(f"council_office_{name}", kwargs={"body_slug": slug, **kwargs})


def _mine(request: Visit) -> tuple[Body, frozenset[int]]:
    body = body_of(request.actor.body)
    return body, committees_read_by(body, clock.today(request.now))


def _found(meeting_id: int, mine: frozenset[int]) -> Meeting:
    """The sitting, or the page of what is absent: planned ones, and those of others that are not in the public report."""
    found = meeting_for_page(meeting_id)
    if found is None or found.state == Meeting.State.PLANNED:
        raise Http404
    if found.committee_id not in mine and not found.public:
        raise Http404
    return found


@never_cache
@require_safe
def meetings(request: Visit) -> HttpResponse:
    """会議の一覧 — the ballots that wait for this body first."""
    body, mine = _mine(request)
    now = request.now
    today = clock.today(now)
    year = year_asked(request)
    rows = meetings_of_year(
        year, before=before_of(request.GET.get("before", "")), only=readable_by_member(mine)
    )
    shown = rows[:PAGE_ROWS]
    here = f"{address(request, 'meetings')}?year={year}"
    context = {
        "table": meetings_table(
            shown,
            lambda one: address(request, "meeting", meeting_id=one.pk),
            _("%(year)sの会議（新しい順）") % {"year": fiscal_year_words(year)},
        ),
        "ballots": ballots_table(
            open_ballots_for(body),
            now,
            lambda one: address(request, "ballot", ballot_id=one.pk),
            caption=_("受付中の表決"),
        ),
        "tasks": tasks_table(open_tasks(body=body), today),
        "year": year,
        "years": list(range(fiscal_year(today) + 1, fiscal_year(today) - 10, -1)),
        "older_url": f"{here}&before={shown[-1].held_on}_{shown[-1].pk}" if len(rows) > PAGE_ROWS else "",
    }
    return page(request, "council/office/meetings.html", context)


@never_cache
@require_safe
def meeting(request: Visit, meeting_id: int) -> HttpResponse:
    """会議 — its agenda for everybody who finds it; papers by right; attendance and minutes for those who sit in it."""
    body, mine = _mine(request)
    found = _found(meeting_id, mine)
    now = request.now
    sits = found.committee_id in mine
    agenda = agenda_of(found)
    papers = papers_of(found, readable=papers_readable(mine))
    minutes = (
        found.minutes if found.minutes_state == "fixed" or (sits and found.minutes_state == "amend") else ""
    )
    context = {
        "meeting": found,
        "title_words": titled(found),
        "state": meeting_badge(found),
        "facts": fact_rows(found),
        "agenda": agenda_table(agenda, papers, None),
        "papers": papers_table(papers, lambda one: address(request, "paper", paper_id=one.pk)),
        "ballots": ballots_table(
            [one for one in ballots_of(found) if body.code in one.voters],
            now,
            lambda one: address(request, "ballot", ballot_id=one.pk),
        ),
        "sits": sits,
        "attendance": attendance_table(attendance_of(found)) if sits else None,
        "minutes": minutes if sits else "",
        "minutes_amend": sits and found.minutes_state == "amend",
        "tasks": tasks_table([task for task in tasks_of(found) if task.body_id == body.pk], clock.today(now)),
        "print_url": address(request, "meeting_print", meeting_id=found.pk) if papers else "",
        "crumbs": [(_("協議会の会議"), address(request, "meetings")), (titled(found), "")],
    }
    return page(request, "council/office/meeting.html", context)


@never_cache
@require_safe
def paper(request: Visit, paper_id: int) -> HttpResponse:
    """資料を開く — one that this body may read; else absent."""
    _body, mine = _mine(request)
    actor, now = request.actor, request.now
    check_permit(actor, "council.fetch_paper", PERMITS)
    found = paper_with_file(paper_id, readable=papers_readable(mine) & Q(meeting__isnull=False))
    if found is None:
        raise Http404
    looked(actor=actor, now=now, verb="council.fetch_paper", thing=found)
    return file_response(bytes(found.file.content), found.name, found.file.content_type)


@never_cache
@require_safe
def printed(request: Visit, meeting_id: int) -> HttpResponse:
    """会議資料を印刷する — the papers this body may read, as one PDF."""
    _body, mine = _mine(request)
    found = _found(meeting_id, mine)
    actor, now = request.actor, request.now
    papers = papers_to_print(found, readable=papers_readable(mine))
    content = print_of(found, agenda_of(found), papers, now=now)
    looked(actor=actor, now=now, verb="council.print_papers", thing=found)
    return file_response(content, f"{titled(found)}.pdf", "application/pdf")


urlpatterns = [
    path("council/meetings/", meetings, name="council_office_meetings"),
    path("council/meetings/<int:meeting_id>/", meeting, name="council_office_meeting"),
    path("council/meetings/<int:meeting_id>/print/", printed, name="council_office_meeting_print"),
    path("council/meetings/papers/<int:paper_id>/", paper, name="council_office_paper"),
]
