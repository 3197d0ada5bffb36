"""People of the council: who they are, what they may do, from when to when."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from moyai.people import manage
from moyai.people.manage import COUNCIL


@require_http_methods(["GET"])
def staff_list(request: HttpRequest) -> HttpResponse:
    return manage.staff_list(request, COUNCIL)


@require_http_methods(["GET", "POST"])
def staff_invite(request: HttpRequest) -> HttpResponse:
    return manage.staff_invite(request, COUNCIL)


@require_http_methods(["GET", "POST"])
def staff_member(request: HttpRequest, membership_id: int) -> HttpResponse:
    return manage.staff_member(request, COUNCIL, membership_id)


@require_http_methods(["POST"])
def staff_password(request: HttpRequest, membership_id: int) -> HttpResponse:
    return manage.staff_password(request, COUNCIL, membership_id)


@require_http_methods(["GET", "POST"])
def staff_reset(request: HttpRequest, membership_id: int) -> HttpResponse:
    return manage.staff_reset(request, COUNCIL, membership_id)


MENU = [(_("職員と役割"), "people_council_list")]

urlpatterns = [
    path("people/", staff_list, name="people_council_list"),
    path("people/invite/", staff_invite, name="people_council_invite"),
    path("people/<int:membership_id>/", staff_member, name="people_council_member"),
    path("people/<int:membership_id>/password/", staff_password, name="people_council_password"),
    path("people/<int:membership_id>/reset/", staff_reset, name="people_council_reset"),
]
