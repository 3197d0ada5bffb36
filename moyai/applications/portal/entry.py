"""Beginning an application, saving it, finding it again, going on with new questions."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.applications.actions import drafts as acts
from moyai.applications.actions.submission import NotAccepting
from moyai.applications.forms import ResumeForm
from moyai.applications.models import Draft, FormEdition
from moyai.applications.portal.access import TOKEN, draft_of, gate, go_on_url, known_here, remember, step_url
from moyai.applications.portal.answering import answered
from moyai.applications.portal.earlier import lead_in
from moyai.applications.portal.named import page
from moyai.applications.portal.procedures import shown_form, url
from moyai.applications.portal.questions import question_page
from moyai.applications.queries import reception, usable
from moyai.applications.queries.editions import compiled
from moyai.applications.queries.kept import draft_by_token
from moyai.applications.rules import (
    diff_editions,
)
from moyai.applications.secrets import code_fits, code_of, new_token, token_hash
from moyai.applications.wording import moment_in_words
from moyai.notices.public import AddressRefused, Recipient, tell
from moyai.people.public import forgive, throttle
from moyai.ui.public import Form as SmallForm
from moyai.ui.public import MailField

_IN_LINK = re.compile(r"([A-Za-z0-9_-]{32})/?\s*$")


@never_cache
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """The first page. The draft is made by the first button, not by looking."""
    procedure, edition = shown_form(request, code)
    if edition is None:
        raise NotAccepting
    # The edition is the current one, so whether it is open is all that is left to ask.
    if not reception(procedure, now=request.now).is_open:  # type: ignore[attr-defined]
        return redirect(url(request, "applications_portal_start", code=code))
    if (elsewhere := lead_in(request, procedure)) is not None:
        return elsewhere
    form = compiled(edition)
    first = form.pages[0].id
    if request.method == "GET":
        draft = acts.new_draft(actor=request.actor, now=request.now, edition=edition)  # type: ignore[attr-defined]
        return question_page(request, draft, new_token(), first, (), begin_code=code)
    token = request.POST.get("token", "")
    if not TOKEN.match(token):
        raise Http404
    draft = acts.start_draft(actor=request.actor, now=request.now, edition=edition, token=token)  # type: ignore[attr-defined]
    if draft.application_id is not None:
        return redirect(url(request, "applications_portal_done", token=token))
    draft.edition, draft.procedure = edition, procedure
    response = answered(request, draft, token, first, (), begin_code=code)
    if response.status_code >= 400:
        transaction.set_rollback(True)  # nothing was saved yet, so there is no draft
        return response
    return remember(response, draft, days=procedure.draft_days)


@never_cache
@require_http_methods(["GET", "POST"])
def draft_entry(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a draft: on with it, or first the code where this browser is not known."""
    draft = draft_of(request, token)
    if known_here(request, draft):
        return redirect(go_on_url(request, draft, token))
    form = ResumeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        key = draft.token_hash
        throttle(kind="applications.resume", key=key, now=request.now)  # type: ignore[attr-defined]
        if code_fits(token=token, code=form.cleaned_data["code"]):
            forgive(kind="applications.resume", key=key)
            left = max(1, (draft.expires_at - request.now).days + 1)  # type: ignore[attr-defined]
            return remember(redirect(go_on_url(request, draft, token)), draft, days=left)
        form.add_error("code", _("再開用の番号が違います。保存したときの画面を確かめてください。"))
    return page(
        request,
        "applications/portal/resume.html",
        {"service": _("電子申請"), "procedure": draft.procedure, "with_link": False},
        form=form,
    )


class _LinkForm(ResumeForm):
    """続きから入力する — the link, pasted whole, and the code."""

    field_order = ["link", "code"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from django import forms

        self.fields["link"] = forms.CharField(
            label=_("保存したときのリンク"),
            help_text=_("保存した画面か、メールにあるリンクを貼り付けてください。"),
            error_messages={"required": _("保存したときのリンクを入力してください。")},
            widget=forms.TextInput(
                attrs={"autocomplete": "off", "spellcheck": "false", "data-width": "full"}
            ),
        )
        self.order_fields(["link", "code"])


@never_cache
@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest) -> HttpResponse:
    """続きから入力する — for who has link and code at hand; the same words whatever is wrong."""
    form = _LinkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        found = _IN_LINK.search(form.cleaned_data["link"].partition("?")[0].strip())
        token = found[1] if found else ""
        key = token_hash(token)
        throttle(kind="applications.resume", key=key, now=request.now)  # type: ignore[attr-defined]
        draft = draft_by_token(actor=request.actor, token=token)  # type: ignore[attr-defined]
        if code_fits(token=token, code=form.cleaned_data["code"]) and draft is not None:
            forgive(kind="applications.resume", key=key)
            left = max(1, (draft.expires_at - request.now).days + 1)  # type: ignore[attr-defined]
            return remember(redirect(go_on_url(request, draft, token)), draft, days=left)
        form.add_error("link", _("リンクか再開用の番号が違います。保存したときの画面を確かめてください。"))
    return page(
        request,
        "applications/portal/resume.html",
        {"service": _("電子申請"), "with_link": True, "back_url": url(request, "applications_portal_index")},
        form=form,
    )


@never_cache
@require_http_methods(["GET", "POST"])
def replaced(request: HttpRequest, token: str) -> HttpResponse:
    """The questions changed meanwhile: what changed, and how to go on."""
    draft = draft_of(request, token)
    now = request.now  # type: ignore[attr-defined]
    if not known_here(request, draft):
        return redirect(url(request, "applications_portal_draft", token=token))
    newer = usable(edition=draft.edition, now=now)
    if draft.application_id is not None:
        return redirect(go_on_url(request, draft, token))
    if newer is None and draft.lost:
        return _lost(request, draft, token)
    if newer is None:
        return redirect(go_on_url(request, draft, token))
    if request.method == "POST":
        moved = acts.move_draft(actor=request.actor, now=now, draft=draft, edition=newer)  # type: ignore[attr-defined]
        if moved.lost:
            return redirect(url(request, "applications_portal_replaced", token=token))
        return redirect(step_url(request, token, compiled(newer).pages[0].id))
    words = {"added": _("増えた質問"), "removed": _("なくなった質問"), "changed": _("変わった質問")}
    changes = diff_editions(compiled(draft.edition), compiled(newer))
    return page(
        request,
        "applications/portal/replaced.html",
        {
            "service": _("電子申請"),
            "procedure": draft.procedure,
            "stopped": newer.in_flight == FormEdition.InFlight.STOP,
            "rows": [{"key": words[one.what], "value": one.label or one.id} for one in changes],
        },
    )


def _lost(request: HttpRequest, draft: Draft, token: str) -> HttpResponse:
    """What the new questions have no place for: kept until it was seen, and copied elsewhere if need be."""
    if request.method == "POST":
        acts.see_lost(actor=request.actor, now=request.now, draft=draft)  # type: ignore[attr-defined]
        return redirect(step_url(request, token, compiled(draft.edition).pages[0].id))
    return page(
        request,
        "applications/portal/lost.html",
        {
            "service": _("電子申請"),
            "procedure": draft.procedure,
            "rows": [{"key": one["label"], "value": one["value"]} for one in draft.lost],
        },
    )


class _SendLinkForm(SmallForm):
    """Where to send the link of the draft; the code is not sent with it."""

    email = MailField(label=lazy("メールアドレス"), help_text=lazy("再開用の番号はメールに書きません。"))


@never_cache
@require_http_methods(["GET", "POST"])
def saved(request: HttpRequest, token: str) -> HttpResponse:
    """保存しました — link, code, until when; the link also by mail."""
    draft, elsewhere = gate(request, token)
    if elsewhere is not None:
        return elsewhere
    form = _SendLinkForm(request.POST if request.method == "POST" else None)
    entry = url(request, "applications_portal_draft", token=token)
    if request.method == "POST" and form.is_valid():
        throttle(kind="applications.draft_mail", key=draft.token_hash, now=request.now)  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                tell(
                    actor=request.actor,  # type: ignore[attr-defined]
                    now=request.now,  # type: ignore[attr-defined]
                    kind="applications.draft_saved",
                    facts={
                        "title": draft.procedure.title,
                        "section": draft.procedure.section,
                        "until": draft.expires_at,
                        "draft_path": entry,
                    },
                    to=Recipient(email=form.cleaned_data["email"], language=(get_language() or "ja")[:8]),
                    about=draft,
                )
        except AddressRefused as refused:
            form.add_error("email", str(refused.message))
        else:
            messages.success(request, _("リンクをメールで送りました。"))
            return redirect(url(request, "applications_portal_saved", token=token))
    code = code_of(token)
    return page(
        request,
        "applications/portal/saved.html",
        {
            "service": _("電子申請"),
            "procedure": draft.procedure,
            "until": moment_in_words(draft.expires_at),
            "link": request.build_absolute_uri(entry),
            "code": f"{code[:4]}-{code[4:]}",
            "go_on": go_on_url(request, draft, token),
        },
        form=form,
    )


urlpatterns = [
    path("applications/<slug:code>/new/", begin, name="applications_portal_begin"),
    path("drafts/", resume, name="applications_portal_resume"),
    path("drafts/<str:token>/", draft_entry, name="applications_portal_draft"),
    path("drafts/<str:token>/saved/", saved, name="applications_portal_saved"),
    path("drafts/<str:token>/new-questions/", replaced, name="applications_portal_replaced"),
]
