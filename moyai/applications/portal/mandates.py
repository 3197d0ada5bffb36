"""委任: the principal writes it and keeps a link; the agent's link leads to the application in their name."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.applications.actions.drafts import Beginning
from moyai.applications.actions.known import answers_from
from moyai.applications.actions.mandates import MandateOver, make_mandate, revoke_mandate, state_of
from moyai.applications.forms.beginnings import MandateForm
from moyai.applications.models import Mandate
from moyai.applications.portal.access import TOKEN
from moyai.applications.portal.beginnings import begun, open_form, token_of
from moyai.applications.portal.inquiry import admit
from moyai.applications.portal.named import named, page
from moyai.applications.portal.plain import plain_page
from moyai.applications.portal.procedures import url
from moyai.applications.queries.editions import compiled
from moyai.applications.secrets import agent_token_of, token_hash
from moyai.applications.wording import day_in_words, day_with_year
from moyai.audit.public import looked
from moyai.people.public import throttle
from moyai.tenants.public import body_of, clock
from moyai.ui.public import phone_shown

STATES = {
    "open": {"kind": "progress", "word": lazy("まだ使われていません")},
    "used": {"kind": "good", "word": lazy("申込みに使われました")},
    "revoked": {"kind": "neutral", "word": lazy("取り消しました")},
    "expired": {"kind": "neutral", "word": lazy("期限切れ")},
}


@never_cache
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest, code: str) -> HttpResponse:
    """委任状を作る — by the principal, without an account; both links stand on the page that follows."""
    procedure, _edition = open_form(request, code)
    if not procedure.mandate_allowed:
        raise Http404
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    own = token_of(request)
    form = MandateForm(request.POST if request.method == "POST" else None, today=clock.today(now))
    if request.method == "POST" and form.is_valid():
        throttle(kind="applications.mandate", key=code, now=now, tries=20)
        given = form.cleaned_data
        make_mandate(
            actor=actor,
            now=now,
            procedure=procedure,
            principal=form.principal(),
            agent_name=given["agent_name"],
            agent_mail=given["agent_mail"] or "",
            scope=given["scope"],
            valid_until=given["valid_until"],
            token=agent_token_of(own),
            principal_token=own,
        )
        messages.success(request, _("委任状を作りました。"))
        return redirect(url(request, "applications_portal_principal", token=own))
    return plain_page(
        request,
        _("委任状を作る"),
        procedure=procedure,
        texts=[
            _("ほかの方（代理人）に、この手続きの申込みを頼むときに使います。"),
            _("委任する方が入力してください。作った委任状は1回だけ使えて、使われる前なら取り消せます。"),
        ],
        form=form,
        hidden=[("token", own)],
        label=_("この内容で委任する"),
        leave=_("手続きの案内に戻る"),
        leave_url=url(request, "applications_portal_start", code=code),
    )


def _mandate(request: HttpRequest, token: str, *, principal: bool) -> Mandate:
    name = "principal_hash" if principal else "token_hash"
    found: Mandate | None = None
    if TOKEN.match(token):
        found = (
            Mandate.objects.filter(
                body_id=body_of(request.actor.body).pk,  # type: ignore[attr-defined]
                **{name: token_hash(token)},
            )
            .select_related("procedure")
            .first()
        )
    if found is None:
        raise Http404
    return found


def _rows(mandate: Mandate, *, whole: bool) -> list[dict[str, Any]]:
    """What the mandate says; the principal alone reads their own details again."""
    own = mandate.principal
    rows: list[dict[str, Any]] = [
        {"key": _("手続き"), "value": named(mandate.procedure)},
        {"key": _("委任する方"), "value": own.get("name", "")},
    ]
    if whole:
        rows += [
            {"key": _("委任する方の住所"), "value": own.get("address", "")},
            {
                "key": _("委任する方の電話番号"),
                "value": phone_shown(own["phone"]) if own.get("phone") else "—",
            },
            {"key": _("委任する方のメールアドレス"), "value": own.get("mail", "") or "—"},
        ]
    return [
        *rows,
        {"key": _("代理人"), "value": mandate.agent_name},
        {"key": _("委任する内容"), "value": mandate.scope},
        {"key": _("委任の期限"), "value": day_in_words(mandate.valid_until)},
        {"key": _("作った日"), "value": day_with_year(clock.today(mandate.made_at))},
    ]


@never_cache
@require_http_methods(["GET", "POST"])
def principal(request: HttpRequest, token: str) -> HttpResponse:
    """本人のリンク — look, hand on the agent's link, revoke; once used, on to the application."""
    mandate = _mandate(request, token, principal=True)
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    state = state_of(mandate, now=now)
    if request.method == "POST" and "revoke" in request.POST:
        try:
            revoke_mandate(actor=actor, now=now, mandate=mandate)
        except MandateOver as over:
            messages.error(request, str(over.message))
        else:
            messages.success(request, _("委任を取り消しました。"))
        return redirect(url(request, "applications_portal_principal", token=token))
    if request.method == "POST" and state == "used":
        application = mandate.applications.order_by("-id").first()
        if application is not None:
            looked(actor=actor, now=now, verb="applications.inquire", thing=application)
            return admit(request, application)
    link = url(request, "applications_portal_mandate", token=agent_token_of(token))
    return page(
        request,
        "applications/portal/principal.html",
        {
            "service": _("電子申請"),
            "procedure": mandate.procedure,
            "rows": _rows(mandate, whole=True),
            "state": STATES[state],
            "is_open": state == "open",
            "is_used": state == "used",
            "agent_link": request.build_absolute_uri(link),
            "own_link": request.build_absolute_uri(request.path),
        },
    )


@never_cache
@require_http_methods(["GET", "POST"])
def agent(request: HttpRequest, token: str) -> HttpResponse:
    """代理人のリンク — what was asked for, and the application in the principal's name."""
    mandate = _mandate(request, token, principal=False)
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    state = state_of(mandate, now=now)
    if state != "open":
        return plain_page(
            request,
            _("この委任状は使えません"),
            procedure=mandate.procedure,
            texts=[str(MandateOver(state).message)],
            status=409,
            links=[
                {
                    "url": url(request, "applications_portal_start", code=mandate.procedure.code),
                    "label": _("手続きの案内を見る"),
                }
            ],
        )
    _procedure, edition = open_form(request, mandate.procedure.code)
    if request.method == "POST":
        looked(actor=actor, now=now, verb="applications.inquire", thing=mandate)
        given = answers_from(compiled(edition), mandate.principal)
        return begun(request, edition, Beginning(mandate=mandate, answers=given))
    return plain_page(
        request,
        _("代理で申し込む"),
        procedure=mandate.procedure,
        texts=[
            _("委任した方に代わって申し込みます。委任した方の氏名などは、はじめに入力されます。"),
            _("申込みが終わると、委任した方も状況を確かめられ、取り下げられます。"),
        ],
        rows=_rows(mandate, whole=False),
        hidden=[("token", token_of(request))],
        label=_("代理で申し込む"),
    )


urlpatterns = [
    path("applications/<slug:code>/mandate/", make, name="applications_portal_mandate_new"),
    path("mandates/<str:token>/", principal, name="applications_portal_principal"),
    path("agents/<str:token>/", agent, name="applications_portal_mandate"),
]
