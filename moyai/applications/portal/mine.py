"""マイページから: all applications of the account, and a draft gone on with without link and code."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.applications.actions.drafts import hand_on
from moyai.applications.actions.news import grouped
from moyai.applications.portal.access import go_on_url, remember
from moyai.applications.portal.plain import plain_page
from moyai.applications.portal.procedures import url
from moyai.applications.queries.mine import own_applications, own_drafts
from moyai.applications.queries.titles import titles_of
from moyai.applications.secrets import new_token
from moyai.applications.wording import badge_of, day_in_words, moment_in_words
from moyai.ui.public import page


@never_cache
@require_http_methods(["GET"])
def mine(request: HttpRequest) -> HttpResponse:
    """申込みの一覧 — newest first; only of who is signed in."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    if actor.account_id is None:
        return redirect(f"{reverse('people_signin')}?{urlencode({'next': request.path})}")
    drafts, sent = list(own_drafts(actor=actor, now=now)), list(own_applications(actor=actor))
    titles = titles_of([*(one.procedure for one in drafts), *(one.procedure for one in sent)])
    return page(
        request,
        "applications/portal/mine.html",
        {
            "service": _("電子申請"),
            "drafts": [
                {
                    "title": titles[one.procedure_id],
                    "url": url(request, "applications_portal_own_draft", draft_id=one.pk),
                    "text": "",
                    "facts": [{"key": _("最後に保存した日時"), "value": moment_in_words(one.changed_at)}],
                    "state": {"kind": "neutral", "word": _("下書き")},
                }
                for one in drafts
            ],
            "cards": [
                {
                    "title": titles[one.procedure_id],
                    "url": url(request, "applications_portal_case", number=one.public_number),
                    "text": "",
                    "facts": [
                        {"key": _("整理番号"), "value": grouped(one.public_number)},
                        {"key": _("受付日"), "value": day_in_words(one.received_on)},
                    ],
                    "state": badge_of(one.status, one.outcome, staff=False),
                }
                for one in sent
            ],
            "index_url": url(request, "applications_portal_index"),
        },
    )


@never_cache
@require_http_methods(["GET", "POST"])
def own_draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """続きから入力する — the account's own draft gets a new link, and the old one ends: nobody else goes on with it."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    found = next((one for one in own_drafts(actor=actor, now=now) if one.pk == draft_id), None)
    if found is None:
        raise Http404
    if request.method == "POST":
        token = new_token()
        draft = hand_on(actor=actor, now=now, draft=found, token=token)
        left = max(1, (draft.expires_at - now).days + 1)
        return remember(redirect(go_on_url(request, draft, token)), draft, days=left)
    return plain_page(
        request,
        _("続きから入力する"),
        procedure=found.procedure,
        texts=[
            _("%(when)sに保存した内容の続きから入力します。") % {"when": moment_in_words(found.changed_at)},
            _("前に保存したときのリンクは使えなくなります。"),
        ],
        label=_("続きから入力する"),
    )


urlpatterns = [
    path("mine/", mine, name="applications_portal_mine"),
    path("mine/drafts/<int:draft_id>/", own_draft, name="applications_portal_own_draft"),
]
