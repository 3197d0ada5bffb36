"""協議会のページ of a member: what waits for its vote, notices, coming sittings, its seats and offices, papers; and the search."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from moyai.calendars.public import moment_words
from moyai.council.actions.spans import day_said, span_words
from moyai.council.desk import Visit, number_of, taken_away, today_of
from moyai.council.desk import as_of as day_asked
from moyai.council.desk import faces as faces_of
from moyai.council.figures.bodies import offices_table
from moyai.council.forms.bylaws import SearchForm, version_name
from moyai.council.models import Meeting, Paper, Posting, Seat
from moyai.council.queries.ballots import open_ballots_for
from moyai.council.queries.bodies import offices_on
from moyai.council.queries.home import coming_meetings, newest_papers, terms_held
from moyai.council.queries.meeting_words import titled
from moyai.council.queries.postings import notices_for
from moyai.council.queries.rights import Place, committees_read_by, places_of
from moyai.council.queries.search import MOST, Found, search, words_of
from moyai.documents.public import render_table_html
from moyai.tenants.public import body_of, clock
from moyai.ui.public import page

PAPERS = 30


def address(request: Visit, name: str, **kwargs: Any) -> str:
    """A page of this member about the council."""
    return reverse(f"council_office_{name}", kwargs={"body_slug": body_of(request.actor.body).slug, **kwargs})


def ways(request: Visit) -> list[dict[str, str]]:
    """The pages of the council for members."""
    names = (
        (_("会議と表決"), "meetings"),
        (_("資料"), "papers"),
        (_("お知らせ"), "postings"),
        (_("会則・規程"), "bylaws"),
        (_("会議体と役職"), "roster"),
        (_("請求書"), "bills"),
    )
    return [{"label": label, "url": address(request, name)} for label, name in names]


@never_cache
@require_safe
def home(request: Visit) -> HttpResponse:
    """協議会 — the first page: what waits, what comes, what is new, and where this body sits."""
    body, today = body_of(request.actor.body), today_of(request)
    places = places_of(body, today, ended=True)
    mine = frozenset(place.committee.pk for place in places)
    living = [
        place for place in places if place.committee.until_on is None or place.committee.until_on >= today
    ]
    sections = [
        {"heading": _("受付中の表決"), "table": _ballots(request)},
        {"heading": _("お知らせ"), "table": postings_table(request, notices_for(mine, today))},
        {"heading": _("これからの会議"), "table": _meetings(request, coming_meetings(mine, today))},
        {"heading": _("新しい資料"), "table": papers_table(request, newest_papers(mine))},
        {"heading": _("この団体の席"), "table": _places(living)},
        {"heading": _("この団体の役職"), "table": _offices(request)},
    ]
    context = {
        "heading": _("協議会"),
        "search_form": SearchForm(),
        "sections": sections,
        "acts": ways(request),
    }
    return page(request, "council/office/register.html", context)


def _ballots(request: Visit) -> dict[str, Any]:
    return {
        "caption": _("受付中の表決（期限の近い順）"),
        "columns": [_("議案"), _("会議体"), _("期限")],
        "rows": [
            [
                {"text": one.item.title, "url": address(request, "ballot", ballot_id=one.pk)},
                one.item.meeting.committee.name,
                moment_words(one.deadline) if one.deadline else None,
            ]
            for one in open_ballots_for(body_of(request.actor.body))
        ],
        "empty": _("この団体の表決を待っている議案はありません。"),
    }


def postings_table(request: Visit, rows: list[Posting], caption: str = "") -> dict[str, Any]:
    return {
        "caption": caption or _("掲載中のお知らせ（新しい順）"),
        "columns": [_("件名"), _("会議体"), _("掲載した日")],
        "rows": [
            [
                {"text": one.title, "url": address(request, "posting", posting_id=one.pk)},
                one.committee.name if one.committee else None,
                day_said(clock.today(one.posted_at)),
            ]
            for one in rows
        ],
        "empty": _("お知らせはありません。"),
    }


def _meetings(request: Visit, rows: list[Meeting]) -> dict[str, Any]:
    return {
        "caption": _("これからの会議（近い順）"),
        "columns": [_("会議"), _("日付"), _("方法"), _("場所")],
        "rows": [
            [
                {"text": titled(one), "url": address(request, "meeting", meeting_id=one.pk)},
                day_said(one.held_on),
                one.get_mode_display(),
                one.place or None,
            ]
            for one in rows
        ],
        "empty": _("招集された会議はありません。"),
    }


def papers_table(request: Visit, rows: list[Paper], caption: str = "") -> dict[str, Any]:
    return {
        "caption": caption or _("新しい資料"),
        "columns": [_("資料"), _("会議・お知らせ"), _("読める人"), _("載せた日")],
        "rows": [
            [
                {"text": one.title, "url": address(request, "paper", paper_id=one.pk)},
                _of(one),
                one.get_readers_display(),
                day_said(clock.today(one.brought_at)),
            ]
            for one in rows
        ],
        "empty": _("資料はありません。"),
    }


def _of(paper: Paper) -> str | None:
    meeting = paper.meeting or (paper.item.meeting if paper.item else None)
    if meeting is not None:
        return titled(meeting)
    return paper.posting.title if paper.posting else None


def _places(places: list[Place]) -> dict[str, Any]:
    return {
        "caption": _("この団体が構成員である会議体"),
        "columns": [_("会議体"), _("区分"), _("表決権"), _("いつから")],
        "rows": [
            [
                one.committee.name,
                one.capacity_label,
                _("あり") if one.capacity == Seat.Capacity.MEMBER else _("なし"),
                day_said(one.seat.from_on) if one.seat else _("全会員で構成"),
            ]
            for one in places
        ],
        "empty": _("この団体が構成員である会議体はありません。"),
    }


def _offices(request: Visit) -> dict[str, Any]:
    return {
        "caption": _("この団体が務めている役職"),
        "columns": [_("会議体"), _("役職"), _("職名・氏名"), _("任期")],
        "rows": [
            [
                one.office.committee.name,
                one.office.name,
                one.holder or None,
                span_words(one.from_on, one.until_on),
            ]
            for one in terms_held(body_of(request.actor.body), today_of(request))
        ],
        "empty": _("この団体が務めている役職はありません。"),
    }


@never_cache
@require_safe
def roster(request: Visit) -> HttpResponse:
    """会議体と役職 as of a day: where this body sat, and who held the offices; the officers also as files."""
    form, on = day_asked(request)
    rows = offices_on(on)
    if (file := taken_away(request, lambda: offices_table(rows, on), f"offices-{on}")) is not None:
        return file
    heading = _("会議体と役職")
    context = {
        "heading": heading,
        "crumbs": [(_("協議会"), address(request, "home")), (heading, "")],
        "as_of": form,
        "sections": [
            {"heading": _("この団体の席"), "table": _places(places_of(body_of(request.actor.body), on))},
            {
                "heading": _("%(day)sの役員") % {"day": day_said(on)},
                "html": render_table_html(offices_table(rows, on)),
                "faces": faces_of(on),
            },
        ],
        "acts": ways(request),
    }
    return page(request, "council/office/register.html", context, form=form)


@never_cache
@require_safe
def papers(request: Visit) -> HttpResponse:
    """資料 this body may read, the newest first."""
    mine = committees_read_by(body_of(request.actor.body), today_of(request))
    found = newest_papers(mine, most=PAPERS + 1, before=number_of(request.GET.get("before", "")))
    shown = found[:PAPERS]
    heading = _("資料")
    context = {
        "heading": heading,
        "crumbs": [(_("協議会"), address(request, "home")), (heading, "")],
        "sections": [
            {"heading": _("読める資料"), "table": papers_table(request, shown, _("資料（新しい順）"))}
        ],
        "older_url": f"?before={shown[-1].pk}" if len(found) > PAPERS else "",
        "size": PAPERS,
        "acts": ways(request),
    }
    return page(request, "council/office/register.html", context)


@never_cache
@require_safe
def look_for(request: Visit) -> HttpResponse:
    """検索 over notices, items, papers and rules that this body may read."""
    form = SearchForm(request.GET if "q" in request.GET else None)
    sections: list[dict[str, Any]] = []
    lead = ""
    if form.is_bound and form.is_valid():
        mine = committees_read_by(body_of(request.actor.body), today_of(request))
        found = search(words_of(form.cleaned_data["q"]), mine)
        sections = _found(request, found)
        lead = (
            _("%(n)s件見つかりました。") % {"n": found.count} if found.count else _("見つかりませんでした。")
        )
    heading = _("協議会の検索")
    context = {
        "heading": heading,
        "lead": lead,
        "crumbs": [(_("協議会"), address(request, "home")), (heading, "")],
        "search_form": form,
        "sections": sections,
        "acts": ways(request),
    }
    return page(request, "council/office/register.html", context, form=form)


def _found(request: Visit, found: Found) -> list[dict[str, Any]]:
    items = {
        "caption": _("議案（新しい順、%(n)s件まで）") % {"n": MOST},
        "columns": [_("議案"), _("会議"), _("日付")],
        "rows": [
            [
                {"text": one.title, "url": address(request, "meeting", meeting_id=one.meeting_id)},
                titled(one.meeting),
                day_said(one.meeting.held_on),
            ]
            for one in found.items
        ],
    }
    bylaws = {
        "caption": _("会則・規程"),
        "columns": [_("規程"), _("言葉のある新しい版"), _("施行の日")],
        "rows": [
            [
                {
                    "text": one.bylaw.name,
                    "url": f"{address(request, 'bylaw', code=one.bylaw.code)}?on={one.from_on.isoformat()}",
                },
                version_name(one),
                day_said(one.from_on),
            ]
            for one in found.bylaws
        ],
    }
    tables = (
        (_("お知らせ"), postings_table(request, list(found.postings), _("お知らせ（新しい順）"))),
        (_("議案"), items),
        (_("資料"), papers_table(request, list(found.papers), _("資料（新しい順）"))),
        (_("会則・規程"), bylaws),
    )
    return [{"heading": heading, "table": table} for heading, table in tables if table["rows"]]


MENU = [(gettext_lazy("会員のページ"), "council_office_home")]
urlpatterns = [
    path("council/", home, name="council_office_home"),
    path("council/roster/", roster, name="council_office_roster"),
    path("council/papers/", papers, name="council_office_papers"),
    path("council/search/", look_for, name="council_office_search"),
]
