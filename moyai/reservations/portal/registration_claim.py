"""窓口での登録を自分のアカウントで使う — by what was given at the counter; guesses are slowed down by number and network."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.reservations.actions.registration_asks import claim_registration
from moyai.reservations.actions.registrations import AlreadyRegistered, NotFound
from moyai.reservations.forms.registrations import ClaimForm
from moyai.reservations.portal.registrations import form_page, signed_in, url
from moyai.tenants.public import clock


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def claim(request: HttpRequest) -> HttpResponse:
    """窓口での登録を自分のアカウントで使う."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    form = ClaimForm(request.POST if request.method == "POST" else None, today=clock.today(now))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:  # no savepoint: a try that fails is counted
            done = claim_registration(
                actor=actor, now=now, number=given["number"], born_on=given["born_on"], phone=given["phone"]
            )
        except (NotFound, AlreadyRegistered) as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("窓口での登録を、このアカウントで使えるようにしました。"))
            return redirect(url(request, "registration", number=done.number))
    return form_page(
        request,
        form,
        heading=_("窓口での登録をこのアカウントで使う"),
        label=_("登録を結び付ける"),
        texts=[_("窓口で利用者登録をした方は、登録したときの内容を入力してください。")],
    )


# Mounted before `registrations`: "claim" is not a number.
urlpatterns = [
    path("reservations/registrations/claim/", claim, name="reservations_portal_registration_claim"),
]
