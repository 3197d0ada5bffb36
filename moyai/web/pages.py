"""The installation's own pages: the entrance, help, the accessibility statement."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from moyai.tenants.public import clock
from moyai.tenants.queries import bodies_on
from moyai.ui.public import page


def entrance(request: HttpRequest) -> HttpResponse:
    """Every body of the council, each leading to its portal."""
    bodies = bodies_on(clock.today(request.now))  # type: ignore[attr-defined]
    return page(request, "web/entrance.html", {"bodies": bodies})


def help_page(request: HttpRequest) -> HttpResponse:
    return page(request, "web/help.html", {})


def accessibility(request: HttpRequest) -> HttpResponse:
    return page(request, "web/accessibility.html", {})


def office_home(request: HttpRequest) -> HttpResponse:
    """Staff begin where work waits."""
    slug = request.actor.body.slug  # type: ignore[attr-defined]
    return redirect("applications_office_inbox", body_slug=slug)


urlpatterns = [
    path("", entrance, name="web_entrance"),
    path("help/", help_page, name="web_help"),
    path("accessibility/", accessibility, name="web_accessibility"),
]
