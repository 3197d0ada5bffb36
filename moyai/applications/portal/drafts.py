"""申込みの入力 — one page per step, saved as one goes; check, submit, receipt. Works without any script."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.applications.actions import drafts as acts
from moyai.applications.actions.answers import AnswersRefused, facts_of, words_of
from moyai.applications.actions.drafts import RemovesAnswers, Steps
from moyai.applications.actions.submission import (
    PAY_WITHIN_DAYS,
    EditionReplaced,
    NotAccepting,
    check_reception,
    submit_application,
)
from moyai.applications.forms import QuestionsForm, ResumeForm, row_path
from moyai.applications.models import Attachment, Draft, FormEdition
from moyai.applications.portal.procedures import shown_procedure, url
from moyai.applications.queries import current_edition, usable
from moyai.applications.queries.cases import draft_by_token
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import (
    AnswerResult,
    CompiledEdition,
    Field,
    diff_editions,
    first_open_page,
    next_page,
    previous_page,
    summary,
)
from moyai.applications.secrets import code_fits, code_of, new_token, secret_of, token_hash
from moyai.applications.wording import day_in_words, day_with_year, moment_in_words, second_in_words
from moyai.documents.public import UploadRefused, size_words, upload_badge, why_refused
from moyai.notices.public import AddressRefused, Recipient, tell
from moyai.people.public import forgive, throttle
from moyai.tenants.public import Refusal, clock
from moyai.ui.public import Form as SmallForm
from moyai.ui.public import MailField, page

TOKEN = re.compile(r"^[A-Za-z0-9_-]{32}$")
_IN_LINK = re.compile(r"([A-Za-z0-9_-]{32})/?\s*$")


# -- whose draft ---------------------------------------------------------------------------------------------------
def _cookie_name(draft: Draft) -> str:
    return f"draft_{draft.pk}"


def remember(response: HttpResponse, draft: Draft, *, days: int) -> HttpResponse:
    """This browser need not give the code again."""
    response.set_signed_cookie(
        _cookie_name(draft),
        draft.token_hash[:20],
        salt="moyai.applications.draft",
        max_age=days * 86400,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def _known_here(request: HttpRequest, draft: Draft) -> bool:
    value = request.get_signed_cookie(_cookie_name(draft), default=None, salt="moyai.applications.draft")
    return value == draft.token_hash[:20]


def _found(request: HttpRequest, token: str) -> Draft:
    draft = draft_by_token(actor=request.actor, token=token) if TOKEN.match(token) else None  # type: ignore[attr-defined]
    if draft is None:
        raise Http404
    return draft


def _gate(request: HttpRequest, token: str, *, done: bool = False) -> tuple[Draft, HttpResponse | None]:
    """The draft of a link, and where to send its reader instead of the page asked for, if anywhere."""
    draft = _found(request, token)
    if not _known_here(request, draft):
        return draft, redirect(url(request, "applications_portal_draft", token=token))
    if draft.application_id is not None and not done:
        return draft, redirect(url(request, "applications_portal_done", token=token))
    if draft.application_id is None:
        if request.now >= draft.expires_at:  # type: ignore[attr-defined]
            raise acts.DraftGone
        if not done and usable(edition=draft.edition, now=request.now) is not None:  # type: ignore[attr-defined]
            return draft, redirect(url(request, "applications_portal_replaced", token=token))
    return draft, None


def _here(request: HttpRequest, token: str, page_id: str, rows: Steps = (), back: str = "") -> str:
    if rows:
        text = ".".join(f"{group}-{number}" for group, number in rows)
        address = url(request, "applications_portal_row", token=token, page_id=page_id, rows=text)
    else:
        address = url(request, "applications_portal_step", token=token, page_id=page_id)
    return f"{address}?back=check" if back else address


# -- beginning and resuming ----------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """The first page. The draft is made by the first button, not by looking."""
    procedure = shown_procedure(request, code)
    edition = current_edition(procedure)
    if edition is None:
        raise NotAccepting
    try:
        check_reception(procedure=procedure, edition=edition, now=request.now)  # type: ignore[attr-defined]
    except NotAccepting:
        return redirect(url(request, "applications_portal_start", code=code))
    form = compiled(edition)
    first = form.pages[0].id
    if request.method == "GET":
        draft = Draft(edition=edition, procedure=procedure, answers={})
        return _question_page(request, draft, new_token(), first, (), begin_code=code)
    token = request.POST.get("token", "")
    if not TOKEN.match(token):
        raise Http404
    draft = acts.start_draft(actor=request.actor, now=request.now, edition=edition, token=token)  # type: ignore[attr-defined]
    if draft.application_id is not None:
        return redirect(url(request, "applications_portal_done", token=token))
    draft.edition, draft.procedure = edition, procedure
    response = _answered(request, draft, token, first, (), begin_code=code)
    if response.status_code >= 400:
        transaction.set_rollback(True)  # nothing was saved yet, so there is no draft
        return response
    return remember(response, draft, days=procedure.draft_days)


@never_cache
@require_http_methods(["GET", "POST"])
def draft_entry(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a draft: on with it, or first the code where this browser is not known."""
    draft = _found(request, token)
    if _known_here(request, draft):
        return redirect(_go_on(request, draft, token))
    form = ResumeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        key = draft.token_hash
        throttle(kind="applications.resume", key=key, now=request.now)  # type: ignore[attr-defined]
        if code_fits(token=token, code=form.cleaned_data["code"]):
            forgive(kind="applications.resume", key=key)
            left = max(1, (draft.expires_at - request.now).days + 1)  # type: ignore[attr-defined]
            return remember(redirect(_go_on(request, draft, token)), draft, days=left)
        form.add_error("code", _("再開用の番号が違います。保存したときの画面を確かめてください。"))
    return page(
        request,
        "applications/portal/resume.html",
        {"service": _("電子申請"), "procedure": draft.procedure, "with_link": False},
        form=form,
    )


def _go_on(request: HttpRequest, draft: Draft, token: str) -> str:
    if draft.application_id is not None:
        return url(request, "applications_portal_done", token=token)
    form = compiled(draft.edition)
    at = draft.page if form.page(draft.page) else form.pages[0].id
    return _here(request, token, at)


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
            return remember(redirect(_go_on(request, draft, token)), draft, days=left)
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
    draft = _found(request, token)
    now = request.now  # type: ignore[attr-defined]
    if not _known_here(request, draft):
        return redirect(url(request, "applications_portal_draft", token=token))
    newer = usable(edition=draft.edition, now=now)
    if newer is None or draft.application_id is not None:
        return redirect(_go_on(request, draft, token))
    if request.method == "POST":
        acts.move_draft(actor=request.actor, now=now, draft=draft, edition=newer)  # type: ignore[attr-defined]
        return redirect(_here(request, token, compiled(newer).pages[0].id))
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


# -- a page of questions -------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, token: str, page_id: str, rows: str = "") -> HttpResponse:
    """One page of the form, or one row of a repeating group on it."""
    draft, elsewhere = _gate(request, token)
    if elsewhere is not None:
        return elsewhere
    steps = tuple(row_path(rows) or ()) if rows else ()
    form = compiled(draft.edition)
    if form.page(page_id) is None or (rows and not steps) or not _asked(form, page_id, steps):
        raise Http404
    if request.method == "POST":
        return _answered(request, draft, token, page_id, steps)
    result = acts.look_at(draft=draft, now=request.now, files=_files(draft), rows=())  # type: ignore[attr-defined]
    if page_id not in result.pages:
        return redirect(_here(request, token, result.pages[0]))
    return _question_page(request, draft, token, page_id, steps)


def _files(draft: Draft) -> list[Attachment]:
    return acts.attachments_of_draft(draft) if draft.pk else []


def _asked(form: CompiledEdition, page_id: str, rows: Steps) -> tuple[Field, ...]:
    """The fields of the page or of the row; none where the way is no way."""
    found = form.page(page_id)
    fields = found.fields if found else ()
    for group, _number in rows:
        inner = next((one for one in fields if one.id == group and one.kind == "group"), None)
        if inner is None:
            return ()
        fields = inner.fields
    return fields


def _answers_at(draft: Draft, rows: Steps) -> dict[str, Any]:
    here: Any = draft.answers
    for group, number in rows:
        items = here.get(group) or []
        if number > len(items):
            raise Http404
        here = items[number] if number < len(items) else {}
    return here if isinstance(here, dict) else {}


def _form(
    request: HttpRequest,
    draft: Draft,
    page_id: str,
    rows: Steps,
    result: AnswerResult,
    *,
    bound: bool,
    errors: Mapping[str, Any] | None = None,
    every: bool = False,
) -> QuestionsForm:
    asked = _asked(compiled(draft.edition), page_id, rows)
    prefix = acts.path_of(rows)
    return QuestionsForm(
        request.POST if bound else None,
        asked=asked,
        answers=_answers_at(draft, rows),
        visible=frozenset(prefix + one.id for one in asked) if every else result.visible,
        required=result.required,
        prefix_path=acts.path_of(rows),
        today=clock.today(request.now),  # type: ignore[attr-defined]
        errors={path: words_of(error) for path, error in (errors or {}).items()},
        calculated=_calculated(draft, result),
    )


def _calculated(draft: Draft, result: AnswerResult) -> dict[str, str]:
    """Calculated values in words, by path."""
    sections = summary(compiled(draft.edition), result.answers, wareki=day_with_year)
    return {row.path: row.value for section in sections for row in section.rows if row.calculated}


def _question_page(
    request: HttpRequest,
    draft: Draft,
    token: str,
    page_id: str,
    rows: Steps,
    *,
    begin_code: str = "",
    form: QuestionsForm | None = None,
    result: AnswerResult | None = None,
) -> HttpResponse:
    files = _files(draft)
    result = result or acts.look_at(draft=draft, now=request.now, files=files, rows=rows)  # type: ignore[attr-defined]
    form = form or _form(request, draft, page_id, rows, result, bound=False)
    edition = compiled(draft.edition)
    this = edition.page(page_id)
    assert this is not None
    by_id = {str(one.upload_id): one for one in files}
    questions = form.questions(
        rows=lambda one: _cards(draft, one, rows, result),
        files=lambda one: _listed(_answers_at(draft, rows).get(one.id), by_id),
    )
    heading, about = this.title, ""
    if rows:
        group, number = rows[-1]
        asked = edition.fields[group]
        heading = _("%(number)s%(counter)s目の%(item)s") % {
            "number": number + 1,
            "counter": asked.settings.get("counter", _("件")),
            "item": asked.settings.get("item", asked.label),
        }
        about = this.title
    back = request.GET.get("back", "")
    if rows:
        back_url = _here(request, token, page_id, rows[:-1], back)
    elif back:
        back_url = url(request, "applications_portal_check", token=token)
    else:
        before = previous_page(edition, page_id, result)
        back_url = (
            _here(request, token, before)
            if before and not begin_code
            else url(request, "applications_portal_start", code=draft.procedure.code)
        )
    place = result.pages.index(page_id) + 1 if page_id in result.pages else 1
    return page(
        request,
        "applications/portal/step.html",
        {
            "service": _("電子申請"),
            "procedure": draft.procedure,
            "heading": heading,
            "about": about,
            "intro": "" if rows else this.intro,
            "questions": questions,
            "shown": " ".join(one.id for one in form.asked),
            "steps": [_("案内"), _("入力"), _("確認"), _("完了")],
            "place": place,
            "back_url": back_url,
            "begin_token": token if begin_code else "",
            "back": back,
            "in_row": bool(rows),
            "has_files": any(question.look == "files" for question in questions),
        },
        form=form,
    )


def _cards(draft: Draft, one: Field, rows: Steps, result: AnswerResult) -> list[dict[str, Any]]:
    """The rows of a group as cards: a heading and the first answers in words."""
    values = _answers_at(draft, rows).get(one.id)
    items = values if isinstance(values, list) else []
    prefix = f"{acts.path_of(rows)}{one.id}["
    sections = summary(compiled(draft.edition), result.answers or draft.answers, wareki=day_with_year)
    shown: dict[int, list[dict[str, str]]] = {}
    for section in sections:
        for row in section.rows:
            if row.path.startswith(prefix) and row.value:
                number = int(row.path[len(prefix) :].partition("]")[0])
                shown.setdefault(number, []).append({"key": row.label, "value": row.value})
    unfinished = {
        int(path[len(prefix) :].partition("]")[0]) for path in result.errors if path.startswith(prefix)
    }
    return [
        {
            "title": _("%(number)s%(counter)s目の%(item)s")
            % {
                "number": number + 1,
                "counter": one.settings.get("counter", _("件")),
                "item": one.settings.get("item", one.label),
            },
            "rows": shown.get(number, [])[:6],
            "unfinished": number in unfinished,
            "number": number,
        }
        for number in range(len(items))
    ]


def _listed(value: Any, by_id: Mapping[str, Attachment]) -> list[dict[str, Any]]:
    ids = value if isinstance(value, list) else []
    return [
        {
            "name": by_id[one].upload.name,
            "size": size_words(by_id[one].upload.size),
            "state": upload_badge(by_id[one].upload),
            "why": why_refused(by_id[one].upload),
            "remove_name": "detach",
            "remove_value": one,
        }
        for one in ids
        if one in by_id
    ]


def _answered(
    request: HttpRequest, draft: Draft, token: str, page_id: str, rows: Steps, *, begin_code: str = ""
) -> HttpResponse:
    """What a button of a question page does: attach, detach, a row, save and leave, or go on."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    result = acts.look_at(draft=draft, now=now, files=_files(draft), rows=rows)
    # Every question of the page is read, also one that these very answers make visible; what they hide, the
    # engine drops.
    form = _form(request, draft, page_id, rows, result, bound=True, every=True)
    posted = form.posted()
    shown = frozenset(request.POST["shown"].split()) if "shown" in request.POST else None
    post = request.POST
    back = request.GET.get("back", "")
    here = _here(request, token, page_id, rows, back)
    form_fields = {one.id: one for one in form.asked}
    common: dict[str, Any] = {"actor": actor, "now": now, "draft": draft}

    def as_typed() -> None:
        acts.keep_as_typed(**common, page_id=page_id, posted=posted, rows=rows)

    if "attach" in post:
        asked = form_fields.get(post["attach"])
        if asked is None or asked.kind not in ("file", "photo"):
            raise Http404
        return _attach(request, common, token, page_id, rows, asked, here, as_typed)
    if "detach" in post:
        as_typed()
        if post["detach"].isdigit():
            acts.detach_file(**common, upload_id=int(post["detach"]))
        return redirect(here)
    if "row" in post:
        group, _dash, number = post["row"].partition("-")
        if group not in form_fields or form_fields[group].kind != "group" or not number.isdigit():
            raise Http404
        as_typed()
        return redirect(_here(request, token, page_id, (*rows, (group, int(number))), back))
    if "remove" in post:
        group, _dash, number = post["remove"].partition("-")
        if group not in form_fields or not number.isdigit():
            raise Http404
        as_typed()
        return redirect(_remove_url(request, token, page_id, (*rows, (group, int(number))), back))
    leaving = "leave" in post
    files_posted = [one for one in form.asked if request.FILES.getlist(f"file_{one.id}")]
    if files_posted:  # chosen, but the button 添付する was not pressed: nothing chosen is lost
        return _attach(request, common, token, page_id, rows, files_posted[0], here, as_typed)
    try:
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
    if saved.appeared:
        messages.info(request, _("回答に合わせて、質問が増えました。続けて入力してください。"))
        return redirect(here)
    if saved.errors:
        return _refused(request, draft, token, page_id, rows, saved.errors, saved.result, begin_code)
    if leaving:
        return redirect(url(request, "applications_portal_saved", token=token))
    if rows:
        return redirect(_here(request, token, page_id, rows[:-1], back))
    edition = compiled(draft.edition)
    if back:
        missing = first_open_page(edition, saved.result)
        target = _here(request, token, missing, (), back) if missing else ""
        return redirect(target or url(request, "applications_portal_check", token=token))
    following = next_page(edition, page_id, saved.result)
    if following is None:
        return redirect(url(request, "applications_portal_check", token=token))
    return redirect(_here(request, token, following))


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
    again = _form(request, draft, page_id, rows, result, bound=True, errors=errors)
    return _question_page(
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
    files = request.FILES.getlist(f"file_{asked.id}")
    trouble = "" if files else _("ファイルを選んでから「添付する」を押してください。")
    for file in files:
        try:
            with transaction.atomic():
                acts.attach_file(**common, token=token, asked=asked, file=file, rows=rows)
        except UploadRefused as refused:
            trouble = _("「%(name)s」：%(why)s") % {"name": file.name, "why": refused.message}
        except AnswersRefused as refused:
            trouble = next(iter(refused.fields.values()))
    if not trouble:
        return redirect(here)
    draft = draft_by_token(actor=request.actor, token=token)  # type: ignore[attr-defined]
    assert draft is not None
    result = acts.look_at(draft=draft, now=request.now, files=_files(draft), rows=rows)  # type: ignore[attr-defined]
    again = _form(request, draft, page_id, rows, result, bound=True)
    again.engine_errors = {acts.path_of(rows) + asked.id: trouble}
    return _question_page(request, draft, token, page_id, rows, form=again, result=result)


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
    draft, elsewhere = _gate(request, token)
    if elsewhere is not None:
        return elsewhere
    steps = tuple(row_path(rows) or ())
    edition = compiled(draft.edition)
    if not steps or not _asked(edition, page_id, steps):
        raise Http404
    group, number = steps[-1]
    back = request.GET.get("back", "")
    target = _here(request, token, page_id, steps[:-1], back)
    asked = edition.fields[group]
    items = _answers_at(draft, steps[:-1]).get(group) or []
    if number >= len(items):
        return redirect(target)
    if request.method == "POST":
        acts.remove_row(actor=request.actor, now=request.now, draft=draft, rows=steps)  # type: ignore[attr-defined]
        messages.success(request, _("1件を削除しました。"))
        return redirect(target)
    result = acts.look_at(draft=draft, now=request.now, files=_files(draft))  # type: ignore[attr-defined]
    card = _cards(draft, asked, steps[:-1], result)[number]
    prefix = acts.path_of(steps)
    return page(
        request,
        "applications/portal/remove.html",
        {
            "service": _("電子申請"),
            "procedure": draft.procedure,
            "card": card,
            "files": sum(1 for one in _files(draft) if one.path.startswith(prefix)),
            "back_url": target,
        },
    )


# -- save, check, submit, receipt ----------------------------------------------------------------------------------
class _SendLinkForm(SmallForm):
    """Where to send the link of the draft; the code is not sent with it."""

    email = MailField(label=lazy("メールアドレス"), help_text=lazy("再開用の番号はメールに書きません。"))


@never_cache
@require_http_methods(["GET", "POST"])
def saved(request: HttpRequest, token: str) -> HttpResponse:
    """保存しました — link, code, until when; the link also by mail."""
    draft, elsewhere = _gate(request, token)
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
                        "until": moment_in_words(draft.expires_at),
                        "draft_path": entry,
                    },
                    to=Recipient(email=form.cleaned_data["email"]),
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
            "go_on": _go_on(request, draft, token),
        },
        form=form,
    )


def _sections(
    request: HttpRequest, draft: Draft, token: str, result: AnswerResult, files: list[Attachment]
) -> list[dict[str, Any]]:
    """The answers by page, each with the way back to its question."""
    edition = compiled(draft.edition)
    shown = summary(
        edition,
        result.answers,
        today=clock.today(request.now),  # type: ignore[attr-defined]
        wareki=day_with_year,
        uploads=facts_of(files),
    )
    errors = set(result.errors)
    sections = []
    for section in shown:
        rows = []
        for row in section.rows:
            steps = tuple(
                (group, int(number)) for group, number in re.findall(r"([A-Za-z0-9_-]+)\[(\d+)\]", row.path)
            )
            entry: dict[str, Any] = {
                "key": " ".join([mark.ja for mark in row.rows] + [row.label]),
                "value": row.value,
            }
            if not row.calculated:
                entry["url"] = _here(request, token, section.page_id, steps, "check")
            if row.path in errors:
                entry["missing"] = _("入力が必要です")
            rows.append(entry)
        sections.append({"title": section.title, "rows": rows})
    return sections


@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, token: str) -> HttpResponse:
    """申込内容の確認 — and the one button that applies."""
    draft, elsewhere = _gate(request, token)
    if elsewhere is not None:
        return elsewhere
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            with transaction.atomic():
                submit_application(
                    actor=request.actor,  # type: ignore[attr-defined]
                    now=request.now,  # type: ignore[attr-defined]
                    edition=draft.edition,
                    answers=draft.answers,
                    form_token=token,
                    draft=draft,
                )
            return HttpResponseRedirect(url(request, "applications_portal_done", token=token))
        except EditionReplaced:
            return redirect(url(request, "applications_portal_replaced", token=token))
        except (AnswersRefused, NotAccepting) as error:
            refused = error
    files = _files(draft)
    result = acts.look_at(draft=draft, now=request.now, files=files)  # type: ignore[attr-defined]
    edition = compiled(draft.edition)
    missing = first_open_page(edition, result)
    fee = result.fee
    status = 200 if refused is None else refused.status
    return page(
        request,
        "applications/portal/check.html",
        {
            "service": _("電子申請"),
            "procedure": draft.procedure,
            "sections": _sections(request, draft, token, result, files),
            "steps": [_("案内"), _("入力"), _("確認"), _("完了")],
            "fee": fee,
            "problems": [
                {"text": words_of(error), "url": _url_of(request, token, edition, path)}
                for path, error in result.errors.items()
            ],
            "warnings": [words_of(warning) for _path, warning in result.warnings],
            "ready": missing is None,
            "refused": str(refused.message) if isinstance(refused, NotAccepting) else "",
            "back_url": _here(request, token, previous_page(edition, None, result) or edition.pages[0].id),
        },
        status=status,
    )


def _url_of(request: HttpRequest, token: str, edition: CompiledEdition, error_path: str) -> str:
    from moyai.applications.rules import page_of

    page_id = page_of(edition, error_path) or edition.pages[0].id
    steps = tuple(
        (group, int(number)) for group, number in re.findall(r"([A-Za-z0-9_-]+)\[(\d+)\]", error_path)
    )
    return _here(request, token, page_id, steps, "check")


@never_cache
@require_http_methods(["GET"])
def done(request: HttpRequest, token: str) -> HttpResponse:
    """申込完了 — number and secret; may be loaded again, bookmarked, printed."""
    draft, elsewhere = _gate(request, token, done=True)
    if elsewhere is not None:
        return elsewhere
    application = draft.application
    if application is None:
        return redirect(_go_on(request, draft, token))
    application.procedure = draft.procedure
    secret = secret_of(token)
    return page(
        request,
        "applications/portal/done.html",
        {
            "service": _("電子申請"),
            "procedure": draft.procedure,
            "application": application,
            "secret": f"{secret[:5]}-{secret[5:]}",
            "received": second_in_words(application.received_at),
            "due": day_in_words(application.due_on),
            "steps": [_("案内"), _("入力"), _("確認"), _("完了")],
            "pay_url": pay_url(request, application),
            "pay_until": day_in_words(clock.today(application.received_at) + timedelta(days=PAY_WITHIN_DAYS)),
            "inquiry_url": url(request, "applications_portal_inquiry"),
            "index_url": url(request, "applications_portal_index"),
        },
    )


def pay_url(request: HttpRequest, application: Any) -> str:
    """Where to pay, while something is owed."""
    if application.payment != application.Payment.WAITING or not application.pay_token:
        return ""
    return url(request, "money_portal_pay", token=application.pay_token)


urlpatterns = [
    path("applications/<slug:code>/new/", begin, name="applications_portal_begin"),
    path("drafts/", resume, name="applications_portal_resume"),
    path("drafts/<str:token>/", draft_entry, name="applications_portal_draft"),
    path("drafts/<str:token>/saved/", saved, name="applications_portal_saved"),
    path("drafts/<str:token>/check/", check, name="applications_portal_check"),
    path("drafts/<str:token>/done/", done, name="applications_portal_done"),
    path("drafts/<str:token>/new-questions/", replaced, name="applications_portal_replaced"),
    path("drafts/<str:token>/pages/<str:page_id>/", step, name="applications_portal_step"),
    path("drafts/<str:token>/pages/<str:page_id>/<str:rows>/", step, name="applications_portal_row"),
    path(
        "drafts/<str:token>/pages/<str:page_id>/<str:rows>/remove/", remove, name="applications_portal_remove"
    ),
]
