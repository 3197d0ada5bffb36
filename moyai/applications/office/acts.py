"""What staff do with a case, one page for each act; irreversible ones pass a confirm page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _

from moyai.applications import appeals, flow
from moyai.applications.actions.corrections import cancel_correction, request_correction
from moyai.applications.actions.decisions import complete, decide, propose, send_back
from moyai.applications.actions.review import accept, assign, cancel, refuse, withdraw
from moyai.applications.actions.steps import ChangedMeanwhile
from moyai.applications.forms.acts import (
    AssignForm,
    CorrectionFieldsForm,
    CorrectionForm,
    DecisionForm,
    ReasonForm,
)
from moyai.applications.models import Application
from moyai.applications.office.case import ACTS, case_url, find, find_own, frame, may_act
from moyai.applications.queries.cases import answers_of, standing_decision
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import KINDS, field_at
from moyai.calendars.public import due_on
from moyai.people.public import staff_of
from moyai.tenants.public import Actor, Refusal, clock
from moyai.ui.public import Form, page

# What the page says before the button, and the button's words.
SAYS = {
    flow.ACCEPT: "受理すると、審査が始まります。申請した方の画面は「審査中」になります。",
    flow.REFUSE: "不受理の理由は、申請した方に知らせます。元に戻せません。",
    flow.REQUEST_CORRECTION: "選んだ項目だけを、申請した方が直せるようになります。待つ間は標準処理期間に数えません。",
    flow.CANCEL_CORRECTION: "補正の依頼を取り下げて、今の内容で審査を続けます。",
    flow.PROPOSE: "決裁者の受付箱に入ります。",
    flow.SEND_BACK: "理由を付けて、審査に差し戻します。理由は職員だけが見ます。",
    flow.COMPLETE: "手続きを終わりにします。",
    flow.WITHDRAW: "窓口や電話で申し出があったときに記録します。元に戻せません。",
    flow.CANCEL: "窓口や電話で申し出があったときに記録します。空いた枠は次の方に回ります。元に戻せません。",
}
DANGER = {flow.REFUSE, flow.WITHDRAW, flow.CANCEL}


def seen_version(request: HttpRequest) -> int | None:
    value = request.POST.get("version", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """The page of one act. An act that the state or the role does not permit is absent."""
    verb = verb.replace("-", "_")
    application = find(request, number)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if verb not in ACTS or not may_act(actor, application, verb):
        raise Http404
    if flow.after(application.status, verb) is None:
        messages.warning(request, _("今の状態では、この操作はできません。"))
        return redirect(case_url(request, application))
    if verb in (flow.DECIDE, flow.PROPOSE):
        return _decision(request, application, verb)
    if verb == flow.REQUEST_CORRECTION:
        return _correction(request, application)
    form = _form(request, application, verb)
    if request.method == "POST" and form.is_valid():
        done = tried(request, form, lambda: _do(request, application, verb, form))
        if done:
            messages.success(request, _(flow.DONE[verb][1]))
            return redirect(case_url(request, application))
    context = frame(request, application) | {
        "heading": _(ACTS[verb]),
        "says": _(SAYS[verb]),
        "label": _(ACTS[verb]),
        "danger": verb in DANGER,
        "back_url": case_url(request, application),
    }
    return page(request, "applications/office/act.html", context, form=form)


def tried(request: HttpRequest, form: Form, do: Callable[[], object]) -> bool:
    """Do it; a refusal undoes it and is said on the form, where everything typed still stands."""
    try:
        with transaction.atomic():
            do()
    except ChangedMeanwhile:
        raise
    except Refusal as refusal:
        named = {name: text for name, text in refusal.fields.items() if name in form.fields}
        for name, text in named.items():
            form.add_error(name, str(text))
        if not named:
            form.add_error(None, str(refusal.message))
        return False
    return True


def _form(request: HttpRequest, application: Application, verb: str) -> Form:
    posted = request.POST if request.method == "POST" else None
    if verb in (flow.REFUSE, flow.SEND_BACK, flow.WITHDRAW, flow.CANCEL):
        return ReasonForm(posted)
    return Form(posted)


def _correctable(application: Application, paths: list[str]) -> list[str]:
    form = compiled(application.edition)
    fields = {path: field_at(form, path) for path in paths}
    return [
        path
        for path, one in fields.items()
        if one is not None and one.kind != "group" and KINDS[one.kind].answerable and not one.locked
    ]


def _do(request: HttpRequest, application: Application, verb: str, form: Form) -> object:
    common: dict[str, Any] = {
        "actor": request.actor,  # type: ignore[attr-defined]
        "now": request.now,  # type: ignore[attr-defined]
        "application": application,
        "seen_version": seen_version(request),
    }
    if verb == flow.ACCEPT:
        return accept(**common)
    if verb == flow.REFUSE:
        return refuse(**common, reason=form.cleaned_data["reason"])
    if verb == flow.SEND_BACK:
        return send_back(**common, reason=form.cleaned_data["reason"])
    if verb == flow.WITHDRAW:
        return withdraw(**common, reason=form.cleaned_data["reason"])
    if verb == flow.CANCEL:
        return cancel(**common, reason=form.cleaned_data["reason"])
    if verb == flow.CANCEL_CORRECTION:
        return cancel_correction(**common)
    if verb == flow.COMPLETE:
        return complete(**common)
    raise LookupError(verb)


def _correction(request: HttpRequest, application: Application) -> HttpResponse:
    """補正を依頼する — first the fields are ticked (in the address), then the words for each are written."""
    sections = answers_of(application)
    correctable = _correctable(application, [row.path for one in sections for row in one.rows])
    known: dict[str, Any] = {"sections": sections, "correctable": correctable}
    context = frame(request, application) | {
        "heading": _(ACTS[flow.REQUEST_CORRECTION]),
        "says": _(SAYS[flow.REQUEST_CORRECTION]),
        "back_url": case_url(request, application),
    }
    fields = CorrectionFieldsForm(request.GET if "chosen" in request.GET else None, **known)
    if not fields.is_valid():
        return page(request, "applications/office/correction_fields.html", context, form=fields)
    # An offer to be changed; it is a day on which the office can be asked.
    deadline = due_on(
        clock.today(request.now),  # type: ignore[attr-defined]
        max(application.procedure.correction_days, 1),
        request.actor.body,  # type: ignore[attr-defined]
    )
    form = CorrectionForm(
        request.POST if request.method == "POST" else None,
        **known,
        paths=fields.cleaned_data["paths"],
        initial={"deadline_on": deadline},
    )
    if request.method == "POST" and form.is_valid():
        done = tried(
            request,
            form,
            lambda: request_correction(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                application=application,
                items=form.items(),
                deadline_on=form.cleaned_data["deadline_on"],
                message=form.cleaned_data["message"],
                seen_version=seen_version(request),
            ),
        )
        if done:
            messages.success(request, _(flow.DONE[flow.REQUEST_CORRECTION][1]))
            return redirect(case_url(request, application))
    return page(
        request,
        "applications/office/act.html",
        context | {"label": _(ACTS[flow.REQUEST_CORRECTION]), "danger": False, "back_url": request.path},
        form=form,
    )


def _decision(request: HttpRequest, application: Application, verb: str) -> HttpResponse:
    """決定・決裁に回す — choose, give the reason, see what the applicant will read, confirm."""
    proposed = standing_decision(application)
    initial = {"kind": proposed.kind, "reason": proposed.reason} if proposed else {}
    form = DecisionForm(request.POST if request.method == "POST" else None, initial=initial)
    confirming = False
    if request.method == "POST" and form.is_valid():
        chosen = {"kind": form.cleaned_data["kind"], "reason": form.cleaned_data["reason"]}
        if "confirmed" in request.POST:
            common: dict[str, Any] = {
                "actor": request.actor,  # type: ignore[attr-defined]
                "now": request.now,  # type: ignore[attr-defined]
                "application": application,
                "seen_version": seen_version(request),
            }
            run = decide if verb == flow.DECIDE else propose
            if tried(request, form, lambda: run(**common, **chosen)):
                messages.success(request, _(flow.DONE[verb][1]))
                return redirect(case_url(request, application))
        else:
            confirming = "again" not in request.POST
    kind = form["kind"].value() if confirming else ""
    context = frame(request, application) | {
        "heading": _(ACTS[verb]),
        "label": _(ACTS[verb]),
        "deciding": verb == flow.DECIDE,
        "confirming": confirming,
        "outcome": _(flow.OUTCOME_WORDS[kind].staff) if kind else "",
        "adverse": kind in flow.ADVERSE,
        "reason": form["reason"].value() if confirming else "",
        "appeal": appeals.paragraphs(
            kind=application.procedure.appeal,
            on=clock.today(request.now),  # type: ignore[attr-defined]
            body_name=request.actor.body.name,  # type: ignore[attr-defined]
        )
        if kind in flow.ADVERSE
        else [],
        "proposed": proposed,
        "back_url": case_url(request, application),
    }
    return page(request, "applications/office/decision.html", context, form=form)


def give(request: HttpRequest, number: str) -> HttpResponse:
    """担当を決める."""
    application = find_own(request, number)
    staff = staff_of(request.actor.body, day=clock.today(request.now))  # type: ignore[attr-defined]
    initial = {"assignee": str(application.assignee_id or "")}
    form = AssignForm(request.POST if request.method == "POST" else None, staff=staff, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = tried(
            request,
            form,
            lambda: assign(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                application=application,
                assignee=form.chosen(),
                seen_version=seen_version(request),
            ),
        )
        if done:
            messages.success(request, _("担当を決めました。"))
            return redirect(case_url(request, application))
    context = frame(request, application) | {
        "heading": _("担当を決める"),
        "says": "",
        "label": _("担当を決める"),
        "danger": False,
        "back_url": case_url(request, application),
    }
    return page(request, "applications/office/act.html", context, form=form)


urlpatterns = [
    path("applications/<slug:number>/assign/", give, name="applications_office_assign"),
    path("applications/<slug:number>/acts/<slug:verb>/", act, name="applications_office_act"),
]
