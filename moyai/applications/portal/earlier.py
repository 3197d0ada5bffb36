"""先の申請・前回の申込み: one's own application, by account or by number and secret, is what the next begins with."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.applications import flow
from moyai.applications.actions.answers import office_days
from moyai.applications.actions.drafts import Beginning
from moyai.applications.actions.following import follow_up_of
from moyai.applications.actions.known import without_files
from moyai.applications.actions.news import grouped
from moyai.applications.forms import InquiryForm
from moyai.applications.models import Application, FormEdition, Procedure
from moyai.applications.portal.beginnings import begun, open_form, token_of
from moyai.applications.portal.named import named, page
from moyai.applications.portal.plain import plain_page
from moyai.applications.portal.procedures import url
from moyai.applications.queries import by_number
from moyai.applications.queries.editions import compiled
from moyai.applications.queries.mine import own_applications
from moyai.applications.rules import carry_over
from moyai.applications.wording import badge_of, day_in_words
from moyai.audit.public import looked
from moyai.people.public import forgive, throttle
from moyai.tenants.public import clock


def _fits(application: Application, code: str, *, as_parent: bool) -> bool:
    """Whether the next may begin with it: of the wanted procedure, and as a 先の申請 granted or done."""
    if application.procedure.code != code:
        return False
    if not as_parent:
        return True
    granted = application.outcome in (flow.APPROVED, flow.PARTLY)
    return granted or (application.status == flow.COMPLETED and not application.outcome)


def _beginning(edition: FormEdition, application: Application, *, as_parent: bool, now: Any) -> Beginning:
    if as_parent:
        return Beginning(parent=application)
    form = compiled(edition)
    kept = without_files(compiled(application.edition), application.answers)
    result, _lost = carry_over(form, kept, today=clock.today(now), office_day=office_days())
    return Beginning(answers=result.answers)


def _page(request: HttpRequest, code: str, *, as_parent: bool) -> HttpResponse:
    procedure, edition = open_form(request, code)
    wanted = procedure.parent_code if as_parent else procedure.code
    if not wanted or not (as_parent or procedure.copies_previous):
        raise Http404
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    own = [
        one for one in own_applications(actor=actor, code=wanted) if _fits(one, wanted, as_parent=as_parent)
    ]
    chosen: Application | None = None
    form = InquiryForm(request.POST if request.method == "POST" and "own" not in request.POST else None)
    if request.method == "POST" and "own" in request.POST:
        chosen = next((one for one in own if one.public_number == request.POST["own"]), None)
        if chosen is None:
            raise Http404
    elif request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        throttle(kind="applications.inquiry", key=number, now=now)
        found = by_number(actor=actor, number=number, secret=form.cleaned_data["secret"])
        if found is None:
            form.add_error("number", _("整理番号またはパスワードが違います。控えをご確認ください。"))
        else:
            forgive(kind="applications.inquiry", key=number)
            if _fits(found, wanted, as_parent=as_parent):
                chosen = found
            elif as_parent and found.procedure.code == wanted:
                form.add_error("number", _("この申請は、まだ決定していません。決定の後に申し込めます。"))
            else:
                form.add_error("number", _("この整理番号は、別の手続きの申込みです。"))
    if chosen is not None:
        looked(actor=actor, now=now, verb="applications.inquire", thing=chosen)
        return begun(request, edition, _beginning(edition, chosen, as_parent=as_parent, now=now))
    return page(
        request,
        "applications/portal/earlier.html",
        {
            "service": _("電子申請"),
            "procedure": procedure,
            "heading": _("先の申請を選ぶ") if as_parent else _("前回の申込みを複写する"),
            "text": _("この手続きは、決定を受けた申請の続きとして申し込みます。")
            if as_parent
            else _("前回の回答を、はじめに入力された状態で始めます。添付ファイルは複写されません。"),
            "token": token_of(request),
            "own": [
                {
                    "number": one.public_number,
                    "shown": grouped(one.public_number),
                    "title": named(one.procedure),
                    "on": day_in_words(one.received_on),
                    "state": badge_of(one.status, one.outcome, staff=False),
                }
                for one in own
            ],
            "back_url": url(request, "applications_portal_start", code=procedure.code),
        },
        form=form,
    )


@never_cache
@require_http_methods(["GET", "POST"])
def parent(request: HttpRequest, code: str) -> HttpResponse:
    """先の申請を選ぶ."""
    return _page(request, code, as_parent=True)


@never_cache
@require_http_methods(["GET", "POST"])
def previous(request: HttpRequest, code: str) -> HttpResponse:
    """前回の申込みを複写する."""
    return _page(request, code, as_parent=False)


@never_cache
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """次の手続き — the link of the mail: what it goes on from, and its beginning."""
    follow_up = follow_up_of(actor=request.actor, token=token)  # type: ignore[attr-defined]
    if follow_up is None:
        raise Http404
    application, procedure = follow_up.application, follow_up.procedure
    if follow_up.answered_by_id is not None:
        return plain_page(
            request,
            _("この手続きは、すでに受け付けています"),
            procedure=procedure,
            texts=[_("状況は、整理番号とパスワードで確かめられます。")],
            go=_("申込内容の照会"),
            go_url=url(request, "applications_portal_inquiry"),
        )
    open_procedure, edition = open_form(request, procedure.code)
    if request.method == "POST":
        return begun(request, edition, Beginning(parent=application))
    return plain_page(
        request,
        _("次の手続き"),
        procedure=open_procedure,
        texts=[_("先の申請の内容をもとに、次の手続きを始めます。")],
        rows=[
            {"key": _("先の申請"), "value": named(application.procedure)},
            {"key": _("先の申請の整理番号"), "value": grouped(application.public_number)},
        ],
        hidden=[("token", token_of(request))],
        label=_("申込みを始める"),
    )


def lead_in(request: HttpRequest, procedure: Procedure) -> HttpResponse | None:
    """Where a procedure begins that cannot begin from nothing."""
    if procedure.record_needed:
        return redirect(url(request, "applications_portal_record", code=procedure.code))
    if procedure.parent_code:
        return redirect(url(request, "applications_portal_parent", code=procedure.code))
    return None


urlpatterns = [
    path("applications/<slug:code>/earlier/", parent, name="applications_portal_parent"),
    path("applications/<slug:code>/copy/", previous, name="applications_portal_copy"),
    path("next/<str:token>/", follow, name="applications_portal_follow"),
]
