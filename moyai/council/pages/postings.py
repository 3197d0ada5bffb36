"""公開のお知らせ — what the secretariat says to everybody, as long as it stands."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from moyai.council.actions.spans import day_said
from moyai.council.desk import Visit, pager, today_of
from moyai.council.models import Posting
from moyai.council.queries.postings import ROWS, everybodys, postings_by_key
from moyai.council.queries.rights import standing_postings
from moyai.people.public import public_page
from moyai.tenants.public import clock
from moyai.ui.public import page


@public_page
@require_GET
def postings(request: Visit) -> HttpResponse:
    """Those that stand today, the newest first."""
    standing = everybodys() & standing_postings(today_of(request))
    found, pages = pager(request, lambda **keys: postings_by_key(standing, **keys))
    table = {
        "caption": _("お知らせ（新しい順）"),
        "columns": [_("件名"), _("掲載した日")],
        "rows": [
            [
                {"text": one.title, "url": reverse("council_report_posting", kwargs={"posting_id": one.pk})},
                day_said(clock.today(one.posted_at)),
            ]
            for one in found.rows
        ],
        "empty": _("お知らせはありません。"),
    }
    return page(request, "council/pages/postings.html", {"table": table, "size": ROWS, **pages})


@public_page
@require_GET
def posting(request: Visit, posting_id: int) -> HttpResponse:
    """One notice; one that is over, or not for everybody, is absent."""
    standing = Posting.objects.filter(everybodys() & standing_postings(today_of(request)))
    one = get_object_or_404(standing, pk=posting_id)
    context = {
        "posting": one,
        "facts": [{"key": _("掲載した日"), "value": day_said(clock.today(one.posted_at))}],
        "list_url": reverse("council_report_postings"),
    }
    return page(request, "council/pages/posting.html", context)


urlpatterns = [
    path("council-report/notices/", postings, name="council_report_postings"),
    path("council-report/notices/<int:posting_id>/", posting, name="council_report_posting"),
]
