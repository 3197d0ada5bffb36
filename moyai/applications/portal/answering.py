"""What the buttons of a question page do: go on, save and leave, attach, add and remove rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.applications.actions import drafts as acts
from moyai.applications.actions import files as papers
from moyai.applications.actions.answers import AnswersRefused
from moyai.applications.actions.drafts import RemovesAnswers, attachments_of_draft
from moyai.applications.actions.places import NoPlace
from moyai.applications.actions.rows import Steps, labels_of, path_of
from moyai.applications.forms import QuestionsForm, row_path
from moyai.applications.models import Draft
from moyai.applications.portal.access import gate, step_url
from moyai.applications.portal.named import page
from moyai.applications.portal.procedures import url
from moyai.applications.portal.questions import answers_at, asked_at, cards_of, form_of, question_page
from moyai.applications.queries.editions import compiled, reading_language
from moyai.applications.queries.kept import draft_by_token
from moyai.applications.rules import (
    AnswerResult,
    Field,
    first_open_page,
    next_page,
)
from moyai.applications.rules.words import joined
from moyai.documents.public import NotYetWhole, UploadNotFound, UploadRefused, resumed


@never_cache
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, token: str, page_id: str, rows: str = "") -> HttpResponse:
    """One page of the form, or one row of a repeating group on it."""
    draft, elsewhere = gate(request, token)
    if elsewhere is not None:
        return elsewhere
    steps = tuple(row_path(rows) or ()) if rows else ()
    form = compiled(draft.edition)
    if form.page(page_id) is None or (rows and not steps) or not asked_at(form, page_id, steps):
        raise Http404
    if request.method == "POST":
        return answered(request, draft, token, page_id, steps)
    result = acts.look_at(draft=draft, now=request.now, files=attachments_of_draft(draft), rows=())  # type: ignore[attr-defined]
    if page_id not in result.pages:
        return redirect(step_url(request, token, result.pages[0]))
    return question_page(request, draft, token, page_id, steps, result=None if steps else result)


def answered(
    request: HttpRequest, draft: Draft, token: str, page_id: str, rows: Steps, *, begin_code: str = ""
) -> HttpResponse:
    """What a button of a question page does: attach, detach, a row, save and leave, or go on."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    # Every question of the page is read, also one that these very answers make visible; what they hide, the
    # engine drops.
    form = form_of(request, draft, page_id, rows, None, bound=True)
    posted = form.posted()
    shown = frozenset(request.POST["shown"].split()) if "shown" in request.POST else None
    post = request.POST
    back = request.GET.get("back", "")
    here = step_url(request, token, page_id, rows, back)
    common: dict[str, Any] = {"actor": actor, "now": now, "draft": draft}

    def as_typed() -> None:
        acts.keep_as_typed(**common, page_id=page_id, posted=form.posted(), rows=rows)

    beside = _beside(request, common, token, page_id, rows, form, here, back, as_typed)
    if beside is not None:
        return beside
    leaving = "leave" in post
    files_posted = [
        one
        for one in form.asked
        if request.FILES.getlist(f"file_{one.id}") or resumed(request, f"file_{one.id}")
    ]
    if files_posted:  # chosen, but the button 添付する was not pressed: nothing chosen is lost
        return _attach(request, common, token, page_id, rows, files_posted[0], here, as_typed)
    try:
        with turn_of(draft):
            saved = acts.save_page(
                **common,
                page_id=page_id,
                posted=posted,
                rows=rows,
                shown=shown,
                leaving=leaving,
                confirmed="confirmed" in post,
            )
    except RemovesAnswers as needless:
        return _asks_first(request, draft, page_id, needless.removed, here, begin_code, token)
    except NoPlace as full:
        as_typed()
        messages.warning(request, str(full.message))
        return redirect(here)
    if saved.appeared:
        messages.info(request, _("回答に合わせて、質問が増えました。続けて入力してください。"))
        return redirect(here)
    if saved.errors and leaving:
        wrong = joined(labels_of(draft, list(saved.errors)), reading_language())
        told = _("入力したまま保存しました。続きを入力するときに、次の質問の答えを直してください：%(labels)s")
        messages.warning(request, told % {"labels": wrong})
    elif saved.errors:
        return _refused(request, draft, token, page_id, rows, saved.errors, saved.result, begin_code)
    if leaving:
        return redirect(url(request, "applications_portal_saved", token=token))
    if rows:
        return redirect(step_url(request, token, page_id, rows[:-1], back))
    edition = compiled(draft.edition)
    if back:
        missing = first_open_page(edition, saved.result)
        target = step_url(request, token, missing, (), back) if missing else ""
        return redirect(target or url(request, "applications_portal_check", token=token))
    following = next_page(edition, page_id, saved.result)
    if following is None:
        return redirect(url(request, "applications_portal_check", token=token))
    return redirect(step_url(request, token, following))


def _beside(
    request: HttpRequest,
    common: dict[str, Any],
    token: str,
    page_id: str,
    rows: Steps,
    form: QuestionsForm,
    here: str,
    back: str,
    as_typed: Callable[[], None],
) -> HttpResponse | None:
    """The buttons that do not go on: attach and detach, fill in, a row; None when none of them was pressed."""
    post = request.POST
    form_fields = {one.id: one for one in form.asked}
    if "attach" in post:
        asked = form_fields.get(post["attach"])
        if asked is None or asked.kind not in ("file", "photo"):
            raise Http404
        return _attach(request, common, token, page_id, rows, asked, here, as_typed)
    if "fill" in post:
        return _fill(request, common, token, page_id, rows, form, here)
    if "detach" in post:
        as_typed()
        if _is_number(post["detach"]):
            papers.detach_file(**common, upload_id=int(post["detach"]))
        return redirect(here)
    if "row" in post:
        group, _dash, number = post["row"].partition("-")
        if group not in form_fields or form_fields[group].kind != "group" or not _is_number(number):
            raise Http404
        as_typed()
        return redirect(step_url(request, token, page_id, (*rows, (group, int(number))), back))
    if "remove" in post:
        group, _dash, number = post["remove"].partition("-")
        if group not in form_fields or not _is_number(number):
            raise Http404
        as_typed()
        return redirect(_remove_url(request, token, page_id, (*rows, (group, int(number))), back))
    if "known" in post:  # 登録した本人情報を使う: what would be filled in is shown first
        as_typed()
        return redirect(url(request, "applications_portal_known", token=token))
    return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19  # int() takes no ², the database no more


@contextmanager
def turn_of(draft: Draft) -> Iterator[None]:
    """A part of the request that may be undone by itself; only where places are held does anything need undoing."""
    if compiled(draft.edition).has_takes:
        with transaction.atomic():
            yield
    else:
        yield


def _refused(
    request: HttpRequest,
    draft: Draft,
    token: str,
    page_id: str,
    rows: Steps,
    errors: Mapping[str, Any],
    result: AnswerResult,
    begin_code: str,
) -> HttpResponse:
    again = form_of(request, draft, page_id, rows, result, bound=True, errors=errors)
    return question_page(
        request, draft, token, page_id, rows, begin_code=begin_code, form=again, result=result
    )


def _attach(
    request: HttpRequest,
    common: dict[str, Any],
    token: str,
    page_id: str,
    rows: Steps,
    asked: Field,
    here: str,
    as_typed: Callable[[], None],
) -> HttpResponse:
    as_typed()
    brought: list[Any] = [*request.FILES.getlist(f"file_{asked.id}"), *resumed(request, f"file_{asked.id}")]
    trouble = "" if brought else _("ファイルを選んでから「添付する」を押してください。")
    for one in brought:
        try:
            with transaction.atomic():
                if isinstance(one, str):  # it came in pieces and waits under this token
                    papers.attach_arrived(**common, token=token, asked=asked, arrival=one, rows=rows)
                else:
                    papers.attach_file(**common, token=token, asked=asked, file=one, rows=rows)
        except UploadRefused as refused:
            trouble = _("「%(name)s」：%(why)s") % {
                "name": getattr(one, "name", _("送ったファイル")),
                "why": refused.message,
            }
        except AnswersRefused as refused:
            trouble = next(iter(refused.fields.values()))
        except (papers.TooMuchInAll, NotYetWhole, UploadNotFound) as refused:
            trouble = str(refused.message)
    if not trouble:
        return redirect(here)
    draft = draft_by_token(actor=request.actor, token=token)  # type: ignore[attr-defined]
    assert draft is not None
    result = acts.look_at(draft=draft, now=request.now, files=attachments_of_draft(draft), rows=rows)  # type: ignore[attr-defined]
    again = form_of(request, draft, page_id, rows, result, bound=True)
    again.engine_errors = {path_of(rows) + asked.id: trouble}
    return question_page(request, draft, token, page_id, rows, form=again, result=result)


def _fill(
    request: HttpRequest,
    common: dict[str, Any],
    token: str,
    page_id: str,
    rows: Steps,
    form: QuestionsForm,
    here: str,
) -> HttpResponse:
    """住所を入れる, 一覧をしぼり込む …: what was typed is kept, and what was found is put in."""
    trouble = form.fill(request.POST["fill"])
    if trouble is None:
        raise Http404
    acts.keep_as_typed(**common, page_id=page_id, posted=form.posted(), rows=rows)
    if not trouble:
        return redirect(here)
    draft: Draft = common["draft"]
    result = acts.look_at(draft=draft, now=request.now, files=attachments_of_draft(draft), rows=rows)  # type: ignore[attr-defined]
    again = form_of(request, draft, page_id, rows, result, bound=True)
    again.engine_errors = {path_of(rows) + request.POST["fill"]: trouble}
    return question_page(request, draft, token, page_id, rows, form=again, result=result)


def _asks_first(
    request: HttpRequest,
    draft: Draft,
    page_id: str,
    removed: list[str],
    here: str,
    begin_code: str,
    token: str,
) -> HttpResponse:
    """この変更で回答が不要になります — told before it is done; the answers travel along, hidden."""
    hidden = [
        (name, value)
        for name in request.POST
        if name not in ("csrfmiddlewaretoken", "confirmed")
        for value in request.POST.getlist(name)
    ]
    return page(
        request,
        "applications/portal/removes.html",
        {
            "service": _("電子申請"),
            "procedure": draft.procedure,
            "removed": removed,
            "count": len(removed),
            "hidden": hidden,
            "here": here,
        },
    )


def _remove_url(request: HttpRequest, token: str, page_id: str, rows: Steps, back: str) -> str:
    text = ".".join(f"{group}-{number}" for group, number in rows)
    address = url(request, "applications_portal_remove", token=token, page_id=page_id, rows=text)
    return f"{address}?back=check" if back else address


@never_cache
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, token: str, page_id: str, rows: str) -> HttpResponse:
    """くり返しの一件を削除する — after one more look at what goes."""
    draft, elsewhere = gate(request, token)
    if elsewhere is not None:
        return elsewhere
    steps = tuple(row_path(rows) or ())
    edition = compiled(draft.edition)
    if not steps or not asked_at(edition, page_id, steps):
        raise Http404
    group, number = steps[-1]
    back = request.GET.get("back", "")
    target = step_url(request, token, page_id, steps[:-1], back)
    asked = edition.fields[group]
    items = answers_at(draft, steps[:-1]).get(group) or []
    if number >= len(items):
        return redirect(target)
    if request.method == "POST":
        acts.remove_row(actor=request.actor, now=request.now, draft=draft, rows=steps)  # type: ignore[attr-defined]
        messages.success(request, _("1件を削除しました。"))
        return redirect(target)
    result = acts.look_at(draft=draft, now=request.now, files=attachments_of_draft(draft))  # type: ignore[attr-defined]
    card = cards_of(draft, asked, steps[:-1], result)[number]
    prefix = path_of(steps)
    return page(
        request,
        "applications/portal/remove.html",
        {
            "service": _("電子申請"),
            "procedure": draft.procedure,
            "card": card,
            "files": sum(1 for one in attachments_of_draft(draft) if one.path.startswith(prefix)),
            "back_url": target,
        },
    )


urlpatterns = [
    path("drafts/<str:token>/pages/<str:page_id>/", step, name="applications_portal_step"),
    path("drafts/<str:token>/pages/<str:page_id>/<str:rows>/", step, name="applications_portal_row"),
    path(
        "drafts/<str:token>/pages/<str:page_id>/<str:rows>/remove/", remove, name="applications_portal_remove"
    ),
]
