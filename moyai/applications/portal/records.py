"""事前登録: the 確認書's number and a date of birth lead to the form that is filled in already; once; or declined."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.applications.actions.drafts import Beginning
from moyai.applications.actions.invitations import (
    RecordUsed,
    application_of,
    decline_record,
    find_record,
    folded_number,
)
from moyai.applications.forms.beginnings import RecordForm
from moyai.applications.models import Procedure, Record
from moyai.applications.portal.beginnings import begun, open_form, token_of
from moyai.applications.portal.plain import plain_page
from moyai.applications.portal.procedures import url
from moyai.applications.wording import badge_of, day_in_words
from moyai.audit.public import looked
from moyai.people.public import forgive, throttle
from moyai.tenants.public import clock

SALT = "moyai.applications.record"
SECONDS = 30 * 60


@never_cache
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, code: str) -> HttpResponse:
    """Number and birth date; the same words and the same work whether the number exists or not."""
    procedure, edition = open_form(request, code)
    if not procedure.record_needed:
        raise Http404
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    if request.method == "POST" and "shown" in request.POST:
        found = _shown(request, procedure)
        if found is None:
            messages.info(request, _("時間がたったため、もう一度入力してください。"))
            return redirect(url(request, "applications_portal_record", code=code))
        if "decline" in request.POST:
            return _decline(request, procedure, found)
        if "declined" in request.POST:
            try:
                decline_record(actor=actor, now=now, record=found)
            except RecordUsed:
                return _met(request, procedure, found)
            messages.success(request, _("辞退の届出を受け付けました。"))
            return redirect(url(request, "applications_portal_start", code=code))
        if application_of(found) is not None or found.declined_at is not None:
            return _met(request, procedure, found)
        return begun(request, edition, Beginning(record=found))
    form = RecordForm(request.POST if request.method == "POST" else None, today=clock.today(now))
    if request.method == "POST" and form.is_valid():
        number = folded_number(form.cleaned_data["number"])
        throttle(kind="applications.record", key=f"{procedure.pk}:{number}", now=now)
        found = find_record(
            actor=actor, procedure=procedure, number=number, born_on=form.cleaned_data["born_on"].isoformat()
        )
        if found is not None:
            forgive(kind="applications.record", key=f"{procedure.pk}:{number}")
            looked(actor=actor, now=now, verb="applications.inquire", thing=found)
            return _met(request, procedure, found)
        form.add_error("number", _("確認書の番号か生年月日が違います。確認書をご確認ください。"))
    return plain_page(
        request,
        _("確認書の番号の入力"),
        procedure=procedure,
        texts=[_("お送りした確認書を用意してください。")],
        form=form,
        label=_("次へ進む"),
        leave=_("手続きの案内に戻る"),
        leave_url=url(request, "applications_portal_start", code=code),
    )


def _shown(request: HttpRequest, procedure: Procedure) -> Record | None:
    """The record that this browser has just given number and date for."""
    try:
        told = signing.loads(request.POST["shown"], salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    if told.get("procedure") != procedure.pk:
        return None
    row: Record | None = Record.objects.filter(
        body_id=procedure.body_id, procedure=procedure, pk=told["record"]
    ).first()
    return row


def _seal(found: Record) -> str:
    return signing.dumps({"record": found.pk, "procedure": found.procedure_id}, salt=SALT)


def _met(request: HttpRequest, procedure: Procedure, found: Record) -> HttpResponse:
    """What can be done with a record now: apply, decline; or what became of it."""
    before = application_of(found)
    if before is not None:
        return plain_page(
            request,
            _("この確認書の申込みは受付済みです"),
            procedure=procedure,
            texts=[_("状況は、整理番号とパスワードで確かめられます。")],
            number=before.public_number,
            rows=[
                {"key": _("受付日"), "value": day_in_words(before.received_on)},
                {"key": _("状態"), "state": badge_of(before.status, before.outcome, staff=False)},
            ],
            go=_("申込内容の照会"),
            go_url=url(request, "applications_portal_inquiry"),
        )
    if found.declined_at is not None:
        return plain_page(
            request,
            _("辞退の届出が済んでいます"),
            procedure=procedure,
            texts=[
                _(
                    "この確認書は、%(day)sに辞退の届出がありました。変えたいときは、担当課にお問い合わせください。"
                )
                % {"day": day_in_words(clock.today(found.declined_at))}
            ],
        )
    return plain_page(
        request,
        _("確認書を確かめました"),
        procedure=procedure,
        texts=[_("登録されている内容が、はじめに入力されます。内容を確かめて申し込んでください。")],
        hidden=[("shown", _seal(found)), ("token", token_of(request))],
        label=_("申込みを始める"),
        second=_("受け取らない（辞退する）"),
        second_name="decline",
    )


def _decline(request: HttpRequest, procedure: Procedure, found: Record) -> HttpResponse:
    hidden: list[tuple[str, Any]] = [("shown", _seal(found))]
    return plain_page(
        request,
        _("辞退の確認"),
        procedure=procedure,
        texts=[_("辞退すると、この確認書では申し込めなくなります。画面からは元に戻せません。")],
        hidden=hidden,
        label=_("辞退する"),
        label_name="declined",
        label_kind="danger",
        leave=_("辞退をやめる"),
        leave_url=url(request, "applications_portal_record", code=procedure.code),
    )


urlpatterns = [
    path("applications/<slug:code>/record/", record, name="applications_portal_record"),
]
