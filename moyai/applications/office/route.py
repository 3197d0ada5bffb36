"""決裁の経路、期間の延長、文書の交付 — pages of a case that are more than one button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moyai.applications.actions.returned import give_back
from moyai.applications.actions.review import extend
from moyai.applications.actions.route import answer_step, is_last_approval, may_answer
from moyai.applications.forms.acts import ReasonForm
from moyai.applications.models import Application, RouteStep
from moyai.applications.office.acts import seen_version, tried
from moyai.applications.office.case import case_url, find, find_own, frame, tabbed
from moyai.applications.permits import PERMITS
from moyai.applications.queries.route import standing_steps, steps_of
from moyai.applications.wording import day_in_words, moment_in_words
from moyai.ui.public import Form, page

BADGES = {
    RouteStep.State.WAITING: "progress",
    RouteStep.State.AGREED: "good",
    RouteStep.State.OBJECTED: "attention",
    RouteStep.State.SENT_BACK: "bad",
    RouteStep.State.ENDED: "neutral",
}


class AnswerForm(Form):
    """同意するか意見を付けるか."""

    agrees = forms.ChoiceField(
        label=gettext_lazy("回答"),
        choices=[("yes", gettext_lazy("同意する")), ("no", gettext_lazy("意見を付ける"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("回答を選んでください。")},
    )
    words = forms.CharField(
        label=gettext_lazy("意見"),
        help_text=gettext_lazy("意見を付けるときは必ず入力します。決定する人が読みます。"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class GiveBackForm(Form):
    """申請した方に渡す文書."""

    title = forms.CharField(
        label=gettext_lazy("文書の名前"),
        max_length=100,
        error_messages={"required": gettext_lazy("文書の名前を入力してください。")},
    )
    file = forms.FileField(
        label=gettext_lazy("ファイル"),
        help_text=gettext_lazy("PDF、写真、Officeの文書。20MBまで。"),
        error_messages={"required": gettext_lazy("ファイルを選んでください。")},
    )


def route(request: HttpRequest, number: str) -> HttpResponse:
    """Every round of the route, and a form for the step that waits for this person."""
    application = find(request, number)
    actor = request.actor  # type: ignore[attr-defined]
    if not application.procedure.route:
        raise Http404
    standing = standing_steps(application)
    mine = next(
        (
            one
            for one in standing
            if not is_last_approval(one, standing)
            and may_answer(actor=actor, application=application, step=one)
        ),
        None,
    )
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and mine is None:
        messages.warning(request, _("今、あなたが行う決裁・合議ではありません。"))
        return redirect(request.path)
    if request.method == "POST" and mine is not None and form.is_valid():
        facts = form.cleaned_data
        if tried(
            request,
            form,
            lambda: answer_step(
                actor=actor,
                now=request.now,  # type: ignore[attr-defined]
                application=application,
                step=mine,
                agrees=facts["agrees"] == "yes",
                words=facts["words"],
            ),
        ):
            messages.success(request, _("回答を登録しました。"))
            return redirect(request.path)
    context = tabbed(request, application, "route") | {
        "table": _table(application),
        "mine": mine,
        "steps": application.procedure.route if not standing else [],
    }
    return page(request, "applications/office/case_route.html", context, form=form)


def _table(application: Application) -> dict[str, Any]:
    return {
        "caption": _("決裁・合議"),
        "columns": [
            {"label": _("回")},
            {"label": _("順")},
            {"label": _("名前")},
            {"label": _("種類")},
            {"label": _("課・係")},
            {"label": _("期限")},
            {"label": _("状態")},
            {"label": _("した人")},
            {"label": _("意見")},
        ],
        "rows": [
            [
                str(one.round),
                str(one.position),
                one.name,
                one.get_kind_display(),
                one.section or "—",
                day_in_words(one.due_on) if one.due_on else "—",
                {"state": {"kind": BADGES[RouteStep.State(one.state)], "word": one.get_state_display()}},
                f"{one.by_name} {moment_in_words(one.at)}" if one.at else "—",
                one.words or "—",
            ]
            for one in steps_of(application)
        ],
        "id": "route",
    }


def longer(request: HttpRequest, number: str) -> HttpResponse:
    """期間を延長する — once, with the reason the applicant reads."""
    application = find_own(request, number)
    days = application.procedure.extend_days
    if not days or not request.actor.may(set(PERMITS["applications.extend"])):  # type: ignore[attr-defined]
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    return _act(
        request,
        application,
        form,
        heading=_("期間を延長する"),
        says=_("決定の期限を%(days)s日延ばします。延長は1回までです。理由は申請した方に知らせます。")
        % {"days": days},
        done=_("期間を延長しました。"),
        do=lambda: extend(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            application=application,
            reason=form.cleaned_data["reason"],
            seen_version=seen_version(request),
        ),
    )


def hand_back(request: HttpRequest, number: str) -> HttpResponse:
    """文書を渡す — the applicant fetches it on the inquiry page until a day."""
    application = find_own(request, number)
    posted = request.method == "POST"
    form = GiveBackForm(request.POST if posted else None, request.FILES if posted else None)
    return _act(
        request,
        application,
        form,
        heading=_("文書を渡す"),
        says=_("申請した方が、照会のページから%(days)s日間受け取れます。")
        % {"days": application.procedure.return_days},
        done=_("文書を渡しました。"),
        do=lambda: give_back(
            actor=request.actor,  # type: ignore[attr-defined]
            now=request.now,  # type: ignore[attr-defined]
            application=application,
            file=form.cleaned_data["file"],
            title=form.cleaned_data["title"],
        ),
    )


def _act(
    request: HttpRequest,
    application: Application,
    form: Form,
    *,
    heading: str,
    says: str,
    done: str,
    do: Callable[[], object],
) -> HttpResponse:
    if request.method == "POST" and form.is_valid() and tried(request, form, do):
        messages.success(request, done)
        return redirect(case_url(request, application))
    context = frame(request, application) | {
        "heading": heading,
        "says": says,
        "label": heading,
        "danger": False,
        "files": any(isinstance(one, forms.FileField) for one in form.fields.values()),
        "back_url": case_url(request, application),
    }
    return page(request, "applications/office/act.html", context, form=form)


urlpatterns = [
    path("applications/<slug:number>/route/", route, name="applications_office_case_route"),
    path("applications/<slug:number>/extend/", longer, name="applications_office_extend"),
    path("applications/<slug:number>/give-back/", hand_back, name="applications_office_give_back"),
]
