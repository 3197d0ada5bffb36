"""マイページ — everything of a person at one body, on one page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.people.models import Account, Profile
from moyai.people.mypage import MyRow, my_page
from moyai.people.pages import cards
from moyai.people.pages.security import signed_in
from moyai.people.queries import signin_history
from moyai.tenants.public import Actor, clock
from moyai.ui.public import page

NEWEST = 5


def _due(row: MyRow) -> tuple[bool, date]:
    """Rows by the day they are due; those without a day come last."""
    day = clock.today(row.on) if isinstance(row.on, datetime) else row.on
    return (day is None, day or date.max)


@never_cache
@require_http_methods(["GET"])
@signed_in
def mypage(request: HttpRequest, *, account: Account) -> HttpResponse:
    """マイページ — what waits for the person first, then each service's newest, then the account."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    sections = my_page.sections(actor, request.now)  # type: ignore[attr-defined]
    shown: list[dict[str, Any]] = [
        {
            "title": section.title,
            "rows": section.rows[:NEWEST],
            "empty": section.empty,
            "all_url": section.all_url,
        }
        for section in sections
    ]
    return page(
        request,
        "people/mypage.html",
        {
            "account": account,
            "todo": sorted((row for section in sections for row in section.todo), key=_due),
            "sections": shown,
            "has_details": Profile.objects.filter(account=account).exists(),
            "last": next(iter(signin_history(account, limit=1)), None),
        },
    )


urlpatterns = [
    path("mypage/", mypage, name="people_portal_mypage"),
    path("card/<str:token>/", cards.card, name="people_portal_card"),
    path("card/<str:token>/content.txt", cards.card_content, name="people_portal_card_content"),
    path("card/<str:token>/signed/", cards.card_signed, name="people_portal_card_signed"),
]
