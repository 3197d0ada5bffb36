"""お知らせ — what the secretariat puts on the members' page, and who reads it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from moyai.council.actions.postings import end_posting, post
from moyai.council.actions.spans import day_said
from moyai.council.desk import Visit, act_page, link, pager, today_of, typed
from moyai.council.forms.bylaws import EndPostingForm, PostingForm, version_name
from moyai.council.models import Bylaw, Committee, Paper, Posting
from moyai.council.queries.bylaws import cited_in
from moyai.council.queries.postings import ROWS, postings_by_key
from moyai.tenants.public import clock, in_force
from moyai.ui.public import page


def readers_words(posting: Posting) -> str:
    """全会員, だれでも, or the committee whose members read it."""
    if posting.readers == Paper.Readers.COMMITTEE and posting.committee is not None:
        return _("%(committee)sの構成員") % {"committee": posting.committee.name}
    return _("だれでも（公開）") if posting.readers == Paper.Readers.PUBLIC else _("全会員")


@require_safe
def postings(request: Visit) -> HttpResponse:
    """All notices by key, the newest first."""
    found, pages = pager(request, lambda **keys: postings_by_key(Q(), **keys))
    today = today_of(request)
    table = {
        "caption": _("お知らせ（新しい順）"),
        "columns": [_("件名"), _("読める人"), _("掲載した日"), _("掲載の終わり"), _("状態")],
        "rows": [
            [
                {"text": one.title, "url": reverse("council_posting", kwargs={"posting_id": one.pk})},
                readers_words(one),
                day_said(clock.today(one.posted_at)),
                day_said(one.until_on) if one.until_on else None,
                {
                    "state": {"kind": "neutral", "word": _("掲載終了")}
                    if one.until_on is not None and one.until_on < today
                    else {"kind": "good", "word": _("掲載中")}
                },
            ]
            for one in found.rows
        ],
        "empty": _("お知らせはまだありません。"),
    }
    context = {
        "heading": _("お知らせ"),
        "sections": [{"heading": _("載せたお知らせ"), "table": table}],
        "acts": [link(_("お知らせを載せる"), "council_posting_new")],
        "size": ROWS,
        **pages,
    }
    return page(request, "council/secretariat/register.html", context)


@require_safe
def posting(request: Visit, posting_id: int) -> HttpResponse:
    """One notice as it was posted, and the rules it cites."""
    one = get_object_or_404(Posting.objects.select_related("committee"), pk=posting_id)
    cites = [
        link(
            " ".join(
                part for part in (row.version.bylaw.name, version_name(row.version), row.article) if part
            ),
            "council_bylaw",
            code=row.version.bylaw.code,
        )
        for row in cited_in(posting=one)
    ]
    sections: list[dict[str, Any]] = [{"heading": _("本文"), "text": one.text}]
    if cites:
        sections.append({"heading": _("引用している規程"), "acts": cites})
    context = {
        "heading": one.title,
        "crumbs": [(_("お知らせ"), reverse("council_postings")), (one.title, "")],
        "facts": [
            {"key": _("読める人"), "value": readers_words(one)},
            {"key": _("掲載した日"), "value": day_said(clock.today(one.posted_at))},
            {
                "key": _("掲載の終わり"),
                "value": day_said(one.until_on) if one.until_on else "",
                "missing": _("決めていない"),
            },
            {"key": _("載せた人"), "value": one.posted_by},
        ],
        "sections": sections,
        "acts": [link(_("掲載の終わりを決める"), "council_posting_end", posting_id=one.pk)],
    }
    return page(request, "council/secretariat/register.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit) -> HttpResponse:
    """お知らせを載せる, and tell those it is for."""
    form = PostingForm(
        typed(request),
        committees=list(Committee.objects.filter(in_force(today_of(request))).order_by("position", "code")),
        bylaws=list(Bylaw.objects.order_by("position", "code")),
        initial={"readers": Paper.Readers.MEMBERS},
    )
    return act_page(
        request,
        form,
        lambda: post(actor=request.actor, now=request.now, **form.facts()),
        heading=_("お知らせを載せる"),
        lead=_("会員のページに載ります。通知を選ぶと、読める会員にメールでも知らせます。"),
        label=_("お知らせを載せる"),
        done=_("お知らせを載せました。"),
        to=reverse("council_postings"),
        crumbs=[(_("お知らせ"), reverse("council_postings"))],
    )


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Visit, posting_id: int) -> HttpResponse:
    """掲載の終わりを決める."""
    one = get_object_or_404(Posting, pk=posting_id)
    form = EndPostingForm(typed(request))
    return act_page(
        request,
        form,
        lambda: end_posting(actor=request.actor, now=request.now, posting=one, **form.cleaned_data),
        heading=_("掲載の終わりを決める"),
        label=_("掲載の終わりを登録する"),
        done=_("掲載の終わりを登録しました。"),
        to=reverse("council_posting", kwargs={"posting_id": posting_id}),
        crumbs=[(_("お知らせ"), reverse("council_postings"))],
        facts=[{"key": _("件名"), "value": one.title}],
    )


MENU = [(gettext_lazy("お知らせ"), "council_postings")]
urlpatterns = [
    path("postings/", postings, name="council_postings"),
    path("postings/new/", new, name="council_posting_new"),
    path("postings/<int:posting_id>/", posting, name="council_posting"),
    path("postings/<int:posting_id>/end/", end, name="council_posting_end"),
]
