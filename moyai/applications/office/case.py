"""申請の詳細 — one application: what waits, the answers, files, what happened, notes, letters."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from moyai.applications import flow
from moyai.applications.actions.review import note
from moyai.applications.actions.route import may_answer
from moyai.applications.forms.acts import NoteForm
from moyai.applications.models import Application
from moyai.applications.permits import FOR_VERB, PERMITS
from moyai.applications.queries.cases import (
    answers_of,
    attachments_of,
    case_by_number,
    corrections_of,
    known_by,
    open_correction,
    related_to,
    returned_papers,
    standing_decision,
    timeline,
)
from moyai.applications.queries.mine import follow_ups_of
from moyai.applications.queries.route import current_steps, standing_steps
from moyai.applications.wording import badge_of, day_in_words, moment_in_words, with_rows
from moyai.audit.public import looked
from moyai.documents.public import (
    letter_badge,
    letters_about,
    serve_letter,
    serve_upload,
    size_words,
    upload_badge,
)
from moyai.money.public import CHARGE_WORDS, charges_about
from moyai.notices.public import notices_about
from moyai.tenants.public import Actor, clock
from moyai.ui.public import group_in_fours, page

TABS = {
    "": "内容",
    "files": "添付",
    "route": "決裁の経路",
    "history": "経過",
    "notes": "メモ",
    "letters": "文書",
}
# The acts of the right rail: verb → words of the link. The next one to do comes first.
ACTS = {
    flow.ACCEPT: "受理する",
    flow.REFUSE: "不受理にする",
    flow.REQUEST_CORRECTION: "補正を依頼する",
    flow.CANCEL_CORRECTION: "補正を待たずに審査に戻す",
    flow.PROPOSE: "決裁に回す",
    flow.DECIDE: "決定する",
    flow.SEND_BACK: "差し戻す",
    flow.COMPLETE: "完了にする",
    flow.WITHDRAW: "取下げを記録する",
    flow.CANCEL: "参加の取消しを記録する",
}


def find(request: HttpRequest, number: str) -> Application:
    """The case of this body, or 404 in the same words as for an absent page."""
    found = case_by_number(actor=request.actor, number=number)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def find_own(request: HttpRequest, number: str) -> Application:
    """The same for acting on it: a section that is only asked (合議) reads the case and answers its step."""
    found = find(request, number)
    if not request.actor.sees(found.procedure.section):  # type: ignore[attr-defined]
        raise Http404
    return found


def may_act(actor: Actor, application: Application, verb: str) -> bool:
    """Whether an act is this person's: the keeping section's, or 決定・差戻し of whose turn it is on the route."""
    if not actor.may(set(PERMITS[FOR_VERB[verb]])):
        return False
    return actor.sees(application.procedure.section) or (
        verb in (flow.DECIDE, flow.SEND_BACK)
        and any(
            may_answer(actor=actor, application=application, step=one)
            for one in current_steps(standing_steps(application))
        )
    )


def case_url(request: HttpRequest, application: Application, name: str = "case", **more: Any) -> str:
    slug = request.actor.body.slug  # type: ignore[attr-defined]
    kwargs = {"body_slug": slug, "number": application.public_number, **more}
    return reverse(f"applications_office_{name}", kwargs=kwargs)


def frame(request: HttpRequest, application: Application) -> dict[str, Any]:
    """What stands around every page of a case: who, state, deadline."""
    return {
        "application": application,
        "identity": [
            {"key": _("整理番号"), "value": group_in_fours(application.public_number)},
            {"key": _("手続き"), "value": application.procedure.title},
            {"key": _("期限"), "value": day_in_words(application.due_on) if application.open else "—"},
        ],
        "name": application.applicant or _("（名前なし）"),
        "state": badge_of(application.status, application.outcome, staff=True),
        "crumbs": [
            (
                _("受付箱"),
                reverse("applications_office_inbox", kwargs={"body_slug": request.actor.body.slug}),
            ),  # type: ignore[attr-defined]
            (group_in_fours(application.public_number), case_url(request, application)),
        ],
    }


def case(request: HttpRequest, number: str) -> HttpResponse:
    """The answers, those corrected marked with what stood there before."""
    application = find(request, number)
    looked(actor=request.actor, now=request.now, verb="applications.view", thing=application)  # type: ignore[attr-defined]
    changed = {
        item["path"]: item.get("old")
        for one in corrections_of(application)
        if one.answered_at
        for item in one.items
    }
    sections = [
        {
            "title": section.title,
            "rows": [
                {
                    "key": with_rows(row.rows, row.label),
                    "value": _("%(new)s（変更。前：%(old)s）")
                    % {"new": row.value, "old": changed[row.path] or "—"}
                    if row.path in changed
                    else row.value,
                    "missing": "—",
                }
                for row in section.rows
            ],
        }
        for section in answers_of(application)
    ]
    charges = [
        {
            "key": one.title,
            "value": _("%(yen)s円（%(state)s）")
            % {"yen": f"{one.amount_yen:,}", "state": CHARGE_WORDS[one.state][1]},
        }
        for one in charges_about(application)
    ]
    decision = standing_decision(application)
    related = [
        {
            "key": label,
            "value": f"{one.procedure.title}（{group_in_fours(one.public_number)}）",
            "url": case_url(request, one),
            "action": _("開く"),
        }
        for label, one in related_to(application)
        if request.actor.sees(one.procedure.section)  # type: ignore[attr-defined]
    ]
    asked = [
        _("%(title)s（%(day)sに案内）") % {"title": one.procedure.title, "day": day_in_words(one.ask_on)}
        for one in follow_ups_of(application)
        if one.answered_by_id is None
    ]
    context = tabbed(request, application, "") | {
        "related": related,
        "asked": asked,
        "known": known_by(application),
        "sections": sections,
        "charges": charges,
        "decision": decision,
    }
    return page(request, "applications/office/case.html", context)


def tabbed(request: HttpRequest, application: Application, tab: str) -> dict[str, Any]:
    actor: Any = request.actor  # type: ignore[attr-defined]
    own = actor.sees(application.procedure.section)
    acts = [
        {"label": _(words), "url": case_url(request, application, "act", verb=verb.replace("_", "-"))}
        for verb, words in ACTS.items()
        if flow.after(application.status, verb)
        and may_act(actor, application, verb)
        and (verb != flow.CANCEL or not application.procedure.needs_review)
    ]
    more = [
        {"label": label, "url": case_url(request, application, name)}
        for name, label, shown in (
            ("extend", _("期間を延長する"), _extendable(application, actor)),
            ("give_back", _("文書を渡す"), application.status not in flow.UNDONE),
            ("hold", _("削除の保留"), True),
        )
        if shown and own
    ]
    acts += more
    return frame(request, application) | {
        "tabs": [
            {
                "label": _(words),
                "url": case_url(request, application, f"case_{name}" if name else "case"),
                "current": name == tab,
            }
            for name, words in TABS.items()
            if name != "route" or application.procedure.route
        ],
        "acts": acts,
        "assign_url": case_url(request, application, "assign") if application.open and own else "",
        "next_step": _next(application),
    }


def _extendable(application: Application, actor: Any) -> bool:
    days = application.procedure.extend_days
    free = application.open and application.extended_on is None
    return bool(days and free and actor.may(set(PERMITS["applications.extend"])))


def _next(application: Application) -> str:
    """次にすること, in one sentence, with the day and whether the clock stands still."""
    due = day_in_words(application.due_on)
    if application.status == flow.RETURNED:
        correction = open_correction(application)
        day = day_in_words(correction.deadline_on) if correction else due
        return _("次にすること：補正を待つ（補正の期限 %(day)s）。待つ間は標準処理期間に数えません。") % {
            "day": day
        }
    words = {flow.RECEIVED: _("受理するかを決める"), flow.REVIEWING: _("審査"), flow.PROPOSED: _("決裁")}
    if application.status in words:
        return _("次にすること：%(act)s（期限 %(day)s）。") % {"act": words[application.status], "day": due}
    return ""


def files(request: HttpRequest, number: str) -> HttpResponse:
    application = find(request, number)
    rows = [
        {
            "name": one.name,
            "size": size_words(one.upload.size),
            "state": upload_badge(one.upload),
            "url": case_url(request, application, "file", attachment_id=one.pk)
            if one.upload.state == "clean"
            else "",
        }
        for one in attachments_of(application)
    ]
    given = [
        {
            "name": one.title,
            "until": day_in_words(one.fetch_until),
            "fetched": moment_in_words(one.fetched_at) if one.fetched_at else "",
            "state": upload_badge(one.upload),
        }
        for one in returned_papers(application)
    ]
    context = tabbed(request, application, "files") | {"files": rows, "given": given}
    return page(request, "applications/office/case_files.html", context)


def file(request: HttpRequest, number: str, attachment_id: int) -> HttpResponseBase:
    """One attachment, downloaded; the look is on record."""
    one = attachments_of(find(request, number)).filter(pk=attachment_id).first()
    if one is None:
        raise Http404
    return serve_upload(actor=request.actor, now=request.now, upload=one.upload)  # type: ignore[attr-defined]


def history(request: HttpRequest, number: str) -> HttpResponse:
    application = find(request, number)
    entries = [
        {"act": step.what, "when": moment_in_words(step.at), "by": step.by, "note": step.note}
        for step in timeline(application)
    ]
    sent = notices_about(application)
    context = tabbed(request, application, "history") | {"entries": entries, "notices": sent}
    return page(request, "applications/office/case_history.html", context)


def notes(request: HttpRequest, number: str) -> HttpResponse:
    application = find(request, number)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        note(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            application=application,
            text=form.cleaned_data["text"],
        )
        messages.success(request, _("メモを残しました。"))
        return redirect(case_url(request, application, "case_notes"))
    entries = [
        {"act": step.what, "when": moment_in_words(step.at), "by": step.by, "note": step.note}
        for step in timeline(application, notes=True)
    ]
    context = tabbed(request, application, "notes") | {"entries": entries}
    return page(request, "applications/office/case_notes.html", context, form=form)


def letters(request: HttpRequest, number: str) -> HttpResponse:
    application = find(request, number)
    rows = [
        {
            "number": one.number,
            "at": clock.today(one.issued_at),
            "state": letter_badge(one),
            "url": case_url(request, application, "letter", letter_id=one.pk) if one.state == "ready" else "",
        }
        for one in letters_about(actor=request.actor, thing=application)  # type: ignore[attr-defined]
    ]
    context = tabbed(request, application, "letters") | {"letters": rows}
    return page(request, "applications/office/case_letters.html", context)


def letter(request: HttpRequest, number: str, letter_id: int) -> HttpResponseBase:
    application = find(request, number)
    one = letters_about(actor=request.actor, thing=application).filter(pk=letter_id).first()  # type: ignore[attr-defined]
    if one is None:
        raise Http404
    return serve_letter(actor=request.actor, now=request.now, letter=one)  # type: ignore[attr-defined]


urlpatterns = [
    path("applications/<slug:number>/", case, name="applications_office_case"),
    path("applications/<slug:number>/files/", files, name="applications_office_case_files"),
    path("applications/<slug:number>/files/<int:attachment_id>/", file, name="applications_office_file"),
    path("applications/<slug:number>/history/", history, name="applications_office_case_history"),
    path("applications/<slug:number>/notes/", notes, name="applications_office_case_notes"),
    path("applications/<slug:number>/letters/", letters, name="applications_office_case_letters"),
    path("applications/<slug:number>/letters/<int:letter_id>/", letter, name="applications_office_letter"),
]
