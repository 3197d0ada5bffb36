"""お知らせ for members: those it may read, past ones too; another committee's are absent."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from moyai.council.actions.spans import day_said
from moyai.council.desk import Visit, pager, today_of
from moyai.council.forms.bylaws import version_name
from moyai.council.models import Paper, Posting
from moyai.council.office.home import address, papers_table, postings_table, ways
from moyai.council.queries.bylaws import cited_in
from moyai.council.queries.postings import ROWS, postings_by_key
from moyai.council.queries.rights import committees_read_by, papers_readable, postings_readable
from moyai.tenants.public import body_of, clock
from moyai.ui.public import page


@never_cache
@require_safe
def postings(request: Visit) -> HttpResponse:
    """All notices this body may read, the newest first."""
    mine = committees_read_by(body_of(request.actor.body), today_of(request))
    found, pages = pager(request, lambda **keys: postings_by_key(postings_readable(mine), **keys))
    heading = _("お知らせ")
    context = {
        "heading": heading,
        "crumbs": [(_("協議会"), address(request, "home")), (heading, "")],
        "sections": [
            {
                "heading": _("読めるお知らせ"),
                "table": postings_table(request, list(found.rows), _("お知らせ（新しい順）")),
            }
        ],
        "size": ROWS,
        "acts": ways(request),
        **pages,
    }
    return page(request, "council/office/register.html", context)


@never_cache
@require_safe
def posting(request: Visit, posting_id: int) -> HttpResponse:
    """One notice, its papers and the rules it cites. Absent for a body that may not read it."""
    mine = committees_read_by(body_of(request.actor.body), today_of(request))
    readable = Posting.objects.filter(postings_readable(mine)).select_related("committee")
    one = get_object_or_404(readable, pk=posting_id)
    papers = list(
        Paper.objects.filter(papers_readable(mine), posting=one, replaced_by__isnull=True)
        .select_related("posting", "meeting__committee", "item__meeting__committee")
        .defer("text")
        .order_by("position", "pk")
    )
    sections: list[dict[str, object]] = [{"heading": _("本文"), "text": one.text}]
    if papers:
        sections.append(
            {"heading": _("資料"), "table": papers_table(request, papers, _("このお知らせの資料"))}
        )
    cites = [
        {
            "label": " ".join(
                part for part in (row.version.bylaw.name, version_name(row.version), row.article) if part
            ),
            "url": f"{address(request, 'bylaw', code=row.version.bylaw.code)}?on={row.cited_on.isoformat()}",
        }
        for row in cited_in(posting=one)
    ]
    if cites:
        sections.append({"heading": _("引用している規程"), "acts": cites})
    context = {
        "heading": one.title,
        "crumbs": [
            (_("協議会"), address(request, "home")),
            (_("お知らせ"), address(request, "postings")),
            (one.title, ""),
        ],
        "facts": [
            {"key": _("掲載した日"), "value": day_said(clock.today(one.posted_at))},
            *([{"key": _("会議体"), "value": one.committee.name}] if one.committee else []),
            *([{"key": _("掲載の終わり"), "value": day_said(one.until_on)}] if one.until_on else []),
        ],
        "sections": sections,
        "acts": ways(request),
    }
    return page(request, "council/office/register.html", context)


urlpatterns = [
    path("council/postings/", postings, name="council_office_postings"),
    path("council/postings/<int:posting_id>/", posting, name="council_office_posting"),
]
