"""本人情報（A票）: by opt-in each time, shown before it is filled in; and kept after sending, if asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.applications.actions.drafts import fill_in
from moyai.applications.actions.known import answers_from, facts_from
from moyai.applications.models import Application
from moyai.applications.portal.access import gate, go_on_url
from moyai.applications.portal.plain import plain_page
from moyai.applications.portal.procedures import url
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import summary
from moyai.applications.wording import day_with_year
from moyai.people.public import keep_details, profile_of
from moyai.ui.public import Form


@never_cache
@require_http_methods(["GET", "POST"])
def known(request: HttpRequest, token: str) -> HttpResponse:
    """登録した本人情報を使う — what would be filled in; what was typed is never replaced."""
    draft, elsewhere = gate(request, token)
    if elsewhere is not None:
        return elsewhere
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    if actor.account_id is None:
        raise Http404
    back = go_on_url(request, draft, token)
    profile = profile_of(actor.account_id)
    if profile is None:
        return plain_page(
            request,
            _("登録した本人情報を使う"),
            procedure=draft.procedure,
            at=2,
            texts=[_("まだ本人情報は登録されていません。登録すると、次の申込みから使えます。")],
            go=_("入力に戻る"),
            go_url=back,
            links=[{"url": reverse("people_details"), "label": _("本人情報を登録する")}],
        )
    form = compiled(draft.edition)
    given = {
        field_id: value
        for field_id, value in answers_from(form, profile).items()
        if draft.answers.get(field_id) in (None, "", {}, [])
    }
    if request.method == "POST":
        fill_in(actor=actor, now=now, draft=draft, answers=given)
        messages.success(request, _("本人情報を入力しました。内容を確かめてください。"))
        return redirect(back)
    rows = [
        {"key": row.label, "value": row.value}
        for section in summary(form, given, wareki=day_with_year)
        for row in section.rows
        if row.value and row.path.partition(".")[0] in given
    ]
    if not rows:
        return plain_page(
            request,
            _("登録した本人情報を使う"),
            procedure=draft.procedure,
            at=2,
            texts=[_("入力できる項目はありません。入力した内容はそのままです。")],
            go=_("入力に戻る"),
            go_url=back,
        )
    return plain_page(
        request,
        _("登録した本人情報を使う"),
        procedure=draft.procedure,
        at=2,
        texts=[_("次の内容を入力します。すでに入力した項目は変わりません。")],
        rows=rows,
        label=_("この内容を入力する"),
        leave=_("使わずに戻る"),
        leave_url=back,
    )


class KeepForm(Form):
    """The consent without which nothing is kept."""

    agree = forms.BooleanField(label=lazy("次の申込みで使うために、この内容を登録することに同意します。"))


def may_keep(request: HttpRequest, application: Application) -> bool:
    """Whether the receipt offers to keep the details: signed in, the account's own, and none are kept yet."""
    account_id = request.actor.account_id  # type: ignore[attr-defined]
    return account_id is not None and application.account_id == account_id and profile_of(account_id) is None


@never_cache
@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest, token: str) -> HttpResponse:
    """申し込んだ内容を本人情報として登録する — shown first, kept only with consent."""
    draft, elsewhere = gate(request, token, done=True)
    if elsewhere is not None:
        return elsewhere
    if draft.application is None or not may_keep(request, draft.application):
        raise Http404
    edition = compiled(draft.edition)
    facts = facts_from(edition, draft.application.answers)
    if not facts:
        raise Http404
    back = url(request, "applications_portal_done", token=token)
    form = KeepForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actor = request.actor  # type: ignore[attr-defined]
        keep_details(actor=actor, now=request.now, details=facts)  # type: ignore[attr-defined]
        messages.success(request, _("本人情報を登録しました。"))
        return redirect(back)
    own = {field_id for ids in edition.applicant.values() for field_id in ids}
    rows: list[dict[str, Any]] = [
        {"key": row.label, "value": row.value}
        for section in summary(edition, draft.application.answers, wareki=day_with_year)
        for row in section.rows
        if row.value and row.path.partition(".")[0] in own
    ]
    return plain_page(
        request,
        _("本人情報の登録"),
        procedure=draft.procedure,
        texts=[_("申し込んだ内容のうち、次の項目を登録します。いつでも直したり消したりできます。")],
        rows=rows,
        form=form,
        label=_("本人情報を登録する"),
        leave=_("登録しない"),
        leave_url=back,
    )


urlpatterns = [
    path("drafts/<str:token>/known/", known, name="applications_portal_known"),
    path("drafts/<str:token>/keep/", keep, name="applications_portal_keep"),
]
