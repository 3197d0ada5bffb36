"""交付文書 as the page of an application lists them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from moyai.applications.models import Application, ReturnedPaper
from moyai.applications.portal.procedures import url
from moyai.applications.wording import day_in_words
from moyai.documents.public import size_words
from moyai.tenants.public import clock


def papers_of(application: Application) -> list[ReturnedPaper]:
    return list(
        ReturnedPaper.objects.filter(body_id=application.body_id, application=application)
        .select_related("upload")
        .order_by("id")
    )


def shown_papers(request: HttpRequest, application: Application) -> list[dict[str, Any]]:
    """The papers as the page of the application lists them: what may be fetched, until when, what no more."""
    today = clock.today(request.now)  # type: ignore[attr-defined]
    shown = []
    for paper in papers_of(application):
        over = today > paper.fetch_until
        clean = paper.upload.state == "clean"
        shown.append(
            {
                "title": paper.title or paper.upload.name,
                "size": size_words(paper.upload.size),
                "until": day_in_words(paper.fetch_until),
                "over": over,
                "wait": not over and not clean,
                "fetched": paper.fetched_at is not None,
                "url": url(
                    request,
                    "applications_portal_returned",
                    number=application.public_number,
                    paper_id=paper.pk,
                )
                if clean and not over
                else "",
            }
        )
    return shown
