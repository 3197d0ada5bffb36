"""交付文書: what the office handed back, fetched until its day."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.applications.actions.returned import FetchingEnded, fetch_returned
from moyai.applications.models import Application, ReturnedPaper
from moyai.applications.portal.inquiry import let_in, to_door
from moyai.applications.portal.papers import papers_of
from moyai.applications.portal.plain import plain_page
from moyai.applications.portal.procedures import url
from moyai.applications.queries.titles import fact_of
from moyai.applications.wording import day_in_words
from moyai.documents.public import serve_upload
from moyai.tenants.public import clock


@never_cache
@require_http_methods(["GET", "POST"])
def returned(request: HttpRequest, number: str, paper_id: int) -> HttpResponseBase:
    """文書を受け取る — the button remembers that it was fetched; the file may be fetched again until its day."""
    application = let_in(request, number)
    if application is None:
        return to_door(request)
    paper = next((one for one in papers_of(application) if one.pk == paper_id), None)
    if paper is None:
        raise Http404
    paper.application = application
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    if clock.today(now) > paper.fetch_until:
        return _over(request, application, paper)
    if request.method == "POST":
        try:
            fetch_returned(actor=actor, now=now, paper=paper)
        except FetchingEnded:
            return _over(request, application, paper)
        return serve_upload(actor=actor, now=now, upload=paper.upload)
    if paper.fetched_at is None:
        return redirect(url(request, "applications_portal_case", number=number))
    return serve_upload(actor=actor, now=now, upload=paper.upload)


def _over(request: HttpRequest, application: Application, paper: ReturnedPaper) -> HttpResponse:
    procedure = application.procedure
    contact = fact_of(procedure, "contact")
    return plain_page(
        request,
        _("受取りの期限が過ぎました"),
        procedure=procedure,
        texts=[
            _("「%(title)s」は%(until)sまで受け取れました。必要な場合は、担当課に問い合わせてください。")
            % {"title": paper.title, "until": day_in_words(paper.fetch_until)}
        ],
        rows=[
            {"key": _("担当"), "value": fact_of(procedure, "section")},
            *([{"key": _("問い合わせ先"), "value": contact}] if contact else []),
        ],
        status=410,
        links=[
            {
                "url": url(request, "applications_portal_case", number=application.public_number),
                "label": _("申込みの状況に戻る"),
            }
        ],
    )


urlpatterns = [
    path("inquiry/<str:number>/returned/<int:paper_id>/", returned, name="applications_portal_returned"),
]
