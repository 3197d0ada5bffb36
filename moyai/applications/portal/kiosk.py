"""会場の端末 — the whole survey on one page, begun anew for each visitor; works offline, and without scripts online."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from moyai.applications.actions import kiosks as acts
from moyai.applications.actions.answers import AnswersRefused
from moyai.applications.forms import QuestionsForm
from moyai.applications.models import FormEdition, Kiosk
from moyai.applications.portal.named import page
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import CompiledEdition
from moyai.applications.wording import moment_in_words
from moyai.people.public import TooManyTries
from moyai.tenants.public import Refusal, clock

TOKEN = re.compile(r"^[A-Za-z0-9_-]{22,64}$")
WORKER = Path(__file__).resolve().parent.parent / "static" / "applications" / "kiosk-worker.js"
FILES = (
    "ui/tokens.css",
    "ui/base.css",
    "ui/components.css",
    "ui/portal.css",
    "ui/print.css",
    "ui/ui.js",
    "ui/icon.svg",
    "django_htmx/htmx-2.min.js",
    "applications/kiosk.css",
    "applications/kiosk.js",
)


def _kiosk(request: HttpRequest, token: str) -> Kiosk:
    found = acts.kiosk_by_token(actor=request.actor, token=token)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def kiosk_url(request: HttpRequest, name: str, token: str) -> str:
    slug = request.actor.body.slug  # type: ignore[attr-defined]
    return reverse(f"applications_portal_{name}", kwargs={"body_slug": slug, "token": token})


# Anybody may send an answer from anywhere, no session is looked at: there is nothing another site could borrow.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kiosk(request: HttpRequest, token: str) -> HttpResponse:
    """The survey; a sent one is thanked for. A tablet asks for JSON, a browser without scripts for the page."""
    found = _kiosk(request, token)
    if request.method == "POST":
        return _take(request, found, token)
    if not acts.standing(found, now=request.now):  # type: ignore[attr-defined]
        return _over(request, found)
    edition = acts.edition_of_kiosk(found, "")
    if edition is None:
        raise Http404
    return _page(request, found, token, edition)


def _take(request: HttpRequest, found: Kiosk, token: str) -> HttpResponse:
    wants_json = "application/json" in request.headers.get("Accept", "")
    edition = acts.edition_of_kiosk(found, request.POST.get("edition", ""))
    answer_token = request.POST.get("answer_token", "")
    if edition is None or not TOKEN.match(answer_token):
        raise Http404
    form = _form(request, compiled(edition), bound=True)
    try:
        with transaction.atomic():
            acts.take_answer(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                kiosk=found,
                edition=edition,
                answers=form.posted(),
                token=answer_token,
                queued=request.headers.get("X-Kiosk-Queued") == "1",
                language=get_language() or "ja",
            )
    except AnswersRefused as refused:
        if wants_json:
            fields = {path: str(words) for path, words in refused.fields.items()}
            return JsonResponse({"ok": False, "code": refused.code, "fields": fields}, status=422)
        form = _form(request, compiled(edition), bound=True, errors=refused.fields)
        return _page(request, found, token, edition, form=form)
    except Refusal as refused:
        if wants_json:
            answer = JsonResponse(
                {"ok": False, "code": refused.code, "message": str(refused.message)}, status=refused.status
            )
            if isinstance(refused, TooManyTries):
                answer["Retry-After"] = "60"
            return answer
        raise
    if wants_json:
        return JsonResponse({"ok": True}, status=201)
    return page(
        request,
        "applications/portal/kiosk_thanks.html",
        {"procedure": found.procedure, "again": kiosk_url(request, "kiosk", token)},
    )


def _over(request: HttpRequest, found: Kiosk) -> HttpResponse:
    early = found.opens_at is not None and request.now < found.opens_at  # type: ignore[attr-defined]
    text = (
        _("受付は%(when)sに始まります。") % {"when": moment_in_words(found.opens_at)}
        if early and found.opens_at
        else str(acts.KioskOver.message)
    )
    return page(
        request,
        "applications/portal/kiosk_over.html",
        {"procedure": found.procedure, "text": text},
        status=410,
    )


def _form(
    request: HttpRequest, form: CompiledEdition, *, bound: bool, errors: Mapping[str, Any] | None = None
) -> QuestionsForm:
    asked = [one for each in form.pages for one in each.fields]
    return QuestionsForm(
        request.POST if bound else None,
        asked=asked,
        answers={},
        visible=frozenset(one.id for one in asked),
        required=frozenset(one.id for one in asked if one.required),
        today=clock.today(request.now),  # type: ignore[attr-defined]
        errors={path: str(words) for path, words in (errors or {}).items()},
    )


def _conditions(edition: FormEdition) -> dict[str, Any]:
    """When each question is asked, as the edition says: its page's condition and its own."""
    found: dict[str, Any] = {}
    for each in edition.document["pages"]:
        for one in each["fields"]:
            wanted = [part for part in (each.get("show_if"), one.get("show_if")) if part is not None]
            if wanted:
                found[one["id"]] = wanted[0] if len(wanted) == 1 else {"and": wanted}
    return found


def _page(
    request: HttpRequest,
    found: Kiosk,
    token: str,
    edition: FormEdition,
    *,
    form: QuestionsForm | None = None,
) -> HttpResponse:
    made = compiled(edition)
    form = form or _form(request, made, bound=False)
    conditions = _conditions(edition)
    by_id = {one.id: one for one in made.fields.values()}
    questions = {one.id: one for one in form.questions(rows=lambda one: [], files=lambda one: [])}
    sections = [
        {
            "title": each.title,
            "intro": each.intro,
            "questions": [
                {
                    "one": [questions[one.id]],
                    "id": one.id,
                    "kind": one.kind,
                    "label": one.label,
                    "when": json.dumps(conditions[one.id], ensure_ascii=False)
                    if one.id in conditions
                    else "",
                    "need": "1" if one.required else "",
                    "most": by_id[one.id].settings.get("max_count", ""),
                }
                for one in each.fields
                if one.id in questions
            ],
        }
        for each in made.pages
    ]
    here = kiosk_url(request, "kiosk", token)
    languages = []
    for code, name in settings.LANGUAGES:
        with override(code):
            languages.append({"code": code, "name": name, "url": kiosk_url(request, "kiosk", token)})
    with override("ja"):
        first = kiosk_url(request, "kiosk", token)
    return page(
        request,
        "applications/portal/kiosk.html",
        {
            "service": _("会場の端末"),
            "procedure": found.procedure,
            "heading": made.title,
            "intro": made.intro,
            "sections": sections,
            "edition_number": edition.number,
            "answer_token": secrets.token_urlsafe(24),
            "idle_seconds": found.idle_seconds,
            "kiosk_key": f"{request.actor.body.slug}-{found.pk}",  # type: ignore[attr-defined]
            "here": here,
            "first": first,
            "languages": languages,
            "kiosk_languages": languages,
        },
        form=form if form.is_bound else None,
    )


@require_safe
def worker(request: HttpRequest, token: str) -> HttpResponse:
    """The service worker of this one page: keeps it for the time without a network. Its scope is its address."""
    _kiosk(request, token)
    files = [static(name) for name in FILES]
    head = f"const PAGE = {json.dumps(kiosk_url(request, 'kiosk', token))};\nconst FILES = {json.dumps(files)};\n"
    response = HttpResponse(
        head + WORKER.read_text(encoding="utf-8"), content_type="text/javascript; charset=utf-8"
    )
    response["Cache-Control"] = "no-cache"
    return response


urlpatterns = [
    path("kiosk/<str:token>/", kiosk, name="applications_portal_kiosk"),
    path("kiosk/<str:token>/worker.js", worker, name="applications_portal_kiosk_worker"),
]
