"""Staff of a body: who they are, what they may do, from when to when."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from moyai.people import manage, office_keys
from moyai.people.manage import OFFICE


@require_http_methods(["GET"])
def staff_list(request: HttpRequest) -> HttpResponse:
    return manage.staff_list(request, OFFICE)


@require_http_methods(["GET", "POST"])
def staff_invite(request: HttpRequest) -> HttpResponse:
    return manage.staff_invite(request, OFFICE)


@require_http_methods(["GET", "POST"])
def staff_member(request: HttpRequest, membership_id: int) -> HttpResponse:
    return manage.staff_member(request, OFFICE, membership_id)


@require_http_methods(["GET", "POST"])
def staff_section(request: HttpRequest, membership_id: int) -> HttpResponse:
    return manage.staff_section(request, membership_id)


@require_http_methods(["POST"])
def staff_password(request: HttpRequest, membership_id: int) -> HttpResponse:
    return manage.staff_password(request, OFFICE, membership_id)


@require_http_methods(["GET", "POST"])
def staff_reset(request: HttpRequest, membership_id: int) -> HttpResponse:
    return manage.staff_reset(request, OFFICE, membership_id)


MENU = [(_("職員と役割"), "people_office_list")]

urlpatterns = [
    path("people/", staff_list, name="people_office_list"),
    path("people/invite/", staff_invite, name="people_office_invite"),
    path("people/keys/", office_keys.key_list, name="people_office_keys"),
    path("people/keys/new/", office_keys.key_new, name="people_office_key_new"),
    path("people/keys/<int:key_id>/revoke/", office_keys.key_revoke, name="people_office_key_revoke"),
    path("people/<int:membership_id>/", staff_member, name="people_office_member"),
    path("people/<int:membership_id>/section/", staff_section, name="people_office_section"),
    path("people/<int:membership_id>/password/", staff_password, name="people_office_password"),
    path("people/<int:membership_id>/reset/", staff_reset, name="people_office_reset"),
]
