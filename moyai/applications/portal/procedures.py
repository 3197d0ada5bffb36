"""手続を探す, 手続の案内. Pages without a form to send: they set no cookie."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from moyai.applications.forms.procedures import CATEGORIES
from moyai.applications.models import FormEdition, Procedure
from moyai.applications.queries import published_procedures, reception
from moyai.applications.queries.editions import compiled
from moyai.applications.queries.kept import procedure_with_edition
from moyai.applications.queries.titles import fact_of, title_of, titles_of
from moyai.applications.wording import moment_in_words
from moyai.ui.public import page


def url(request: HttpRequest, name: str, **kwargs: Any) -> str:
    """The address of a page of the acting body."""
    return reverse(name, kwargs={"body_slug": request.actor.body.slug, **kwargs})  # type: ignore[attr-defined]


def shown_procedure(request: HttpRequest, code: str) -> Procedure:
    """A procedure residents may see, or 404."""
    return shown_form(request, code)[0]


def shown_form(request: HttpRequest, code: str) -> tuple[Procedure, FormEdition | None]:
    """A procedure residents may see with its edition in force, or 404."""
    found = procedure_with_edition(actor=request.actor, code=code)  # type: ignore[attr-defined]
    if found is None or reception(found[0], now=request.now).state == "hidden":  # type: ignore[attr-defined]
        raise Http404
    return found


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """手続の一覧 — search by words, narrow by category; open ones first."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    words, category = request.GET.get("q", "")[:100], request.GET.get("category", "")[:30]
    every = published_procedures(actor=actor, now=now)
    found = published_procedures(actor=actor, now=now, words=words, category=category)
    titles = titles_of(found)
    here = url(request, "applications_portal_index")
    counts: dict[str, int] = {}
    for one in every:
        counts[one.category] = counts.get(one.category, 0) + 1
    return page(
        request,
        "applications/portal/index.html",
        {
            "service": _("電子申請"),
            "words": words,
            "category": category,
            "here": here,
            "categories": [
                {
                    "label": _(name) if name in CATEGORIES else name,
                    "value": name,
                    "count": counts[name],
                    "current": name == category,
                }
                for name in sorted(counts, key=_category_order)
            ],
            "cards": [
                {
                    "title": titles[one.pk],
                    "url": url(request, "applications_portal_start", code=one.code),
                    "text": fact_of(one, "summary"),
                    "facts": [{"key": _("受付期間"), "value": period_of(one)}] if one.closes_at else [],
                    "state": reception(one, now=now).badge,
                }
                for one in found
            ],
            "count": len(found),
            "narrowed": bool(words or category),
        },
    )


def _category_order(name: str) -> tuple[int, str]:
    """分類 in the order of the office's list, then what a body calls otherwise."""
    return (CATEGORIES.index(name) if name in CATEGORIES else len(CATEGORIES), name)


def period_of(procedure: Procedure) -> str:
    """受付期間 in words."""
    if procedure.opens_at and procedure.closes_at:
        return _("%(from)sから%(until)sまで") % {
            "from": moment_in_words(procedure.opens_at),
            "until": moment_in_words(procedure.closes_at),
        }
    if procedure.closes_at:
        return _("%(until)sまで") % {"until": moment_in_words(procedure.closes_at)}
    if procedure.opens_at:
        return _("%(from)sから") % {"from": moment_in_words(procedure.opens_at)}
    return _("いつでも")


@require_GET
def start(request: HttpRequest, code: str) -> HttpResponse:
    """手続の案内 — who it is for, what it costs, what to have ready; then 申込みを始める."""
    procedure, edition = shown_form(request, code)
    now = request.now  # type: ignore[attr-defined]
    state = reception(procedure, now=now)
    title = title_of(procedure, edition)
    has_edition = edition is not None
    facts: list[dict[str, Any]] = [
        {"key": _("対象"), "value": fact_of(procedure, "audience"), "missing": "—"},
        {
            "key": _("手数料"),
            "value": fact_of(procedure, "fee_note")
            or (_("かかります") if procedure.charges_fee else _("かかりません")),
        },
        {"key": _("受付期間"), "value": period_of(procedure)},
        {"key": _("受付の状態"), "state": state.badge},
    ]
    if procedure.needs_review:
        days = procedure.processing_days
        unit = _("開庁日で%(days)s日") if procedure.processing_calendar == "office" else _("%(days)s日")
        facts.append({"key": _("結果までの日数"), "value": unit % {"days": days}})
    facts.append(
        {"key": _("入力にかかる時間"), "value": _("およそ%(minutes)s分") % {"minutes": procedure.minutes}}
    )
    over = ""
    if state.state == "over" and procedure.closes_at:
        over = _("受付は%(when)sに終わりました。") % {"when": moment_in_words(procedure.closes_at)}
    elif state.state == "early" and procedure.opens_at:
        over = _("受付は%(when)sに始まります。") % {"when": moment_in_words(procedure.opens_at)}
    elif not has_edition:
        over = _("この手続きは、今は受け付けていません。")
    return page(
        request,
        "applications/portal/start.html",
        {
            "service": _("電子申請"),
            "crumbs": [
                (_("手続きをさがす"), url(request, "applications_portal_index")),
                (title, None),
            ],
            "procedure": procedure,
            "procedure_title": title,
            "facts": facts,
            "summary": fact_of(procedure, "summary"),
            "to_prepare": _lines(fact_of(procedure, "to_prepare")),
            "elsewhere": _lines(fact_of(procedure, "elsewhere")),
            "over": over,
            "begin_url": url(request, "applications_portal_begin", code=procedure.code),
            "resume_url": url(request, "applications_portal_resume"),
            "inquiry_url": url(request, "applications_portal_inquiry"),
            "ways": _other_ways(request, procedure),
            "places_url": url(request, "applications_portal_places", code=procedure.code)
            if edition is not None and compiled(edition).has_takes
            else "",
            "basis": [
                row
                for row in (
                    {"key": _("根拠"), "value": procedure.legal_basis},
                    {"key": _("担当"), "value": fact_of(procedure, "section")},
                    {"key": _("問い合わせ先"), "value": fact_of(procedure, "contact")},
                )
                if row["value"]
            ],
        },
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _other_ways(request: HttpRequest, procedure: Procedure) -> list[dict[str, str]]:
    """Other ways to begin, where the procedure has them."""
    ways = []
    if procedure.copies_previous:
        ways.append((_("前回の申込みを複写して始める"), "applications_portal_copy"))
    if procedure.mandate_allowed:
        ways.append((_("代理人に頼む（委任状を作る）"), "applications_portal_mandate_new"))
    return [{"label": label, "url": url(request, name, code=procedure.code)} for label, name in ways]


urlpatterns = [
    path("", index, name="applications_portal_index"),
    path("applications/<slug:code>/", start, name="applications_portal_start"),
]
