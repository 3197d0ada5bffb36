"""保存期間 at the office: what is over, propose and approve its deletion, hold an application back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from moyai.applications.actions import keeping as acts
from moyai.applications.actions.review import ReasonMissing
from moyai.applications.forms.keeping import HoldForm, ProposeForm
from moyai.applications.models import Application, RetentionRun
from moyai.applications.office.case import case_url, find_own, frame
from moyai.applications.permits import PERMITS
from moyai.applications.queries.keeping import WHY, preview, procedure_titles, runs, standing_hold
from moyai.applications.wording import day_with_year, moment_in_words
from moyai.tenants.public import Refusal, clock
from moyai.ui.public import group_in_fours, page

MENU = [(gettext_lazy("保存期間と削除"), "applications_office_keeping")]
SHOWN = 50
STATES = {
    "proposed": "attention",
    "approved": "progress",
    "running": "progress",
    "done": "good",
    "declined": "neutral",
}


def _url(request: HttpRequest, name: str, **kwargs: Any) -> str:
    return reverse(
        f"applications_office_{name}",
        kwargs={"body_slug": request.actor.body.slug, **kwargs},  # type: ignore[attr-defined]
    )


def badge(run: RetentionRun) -> dict[str, Any]:
    return {"kind": STATES[run.state], "word": RetentionRun.State(run.state).label}


@require_http_methods(["GET", "HEAD", "POST"])
def keeping(request: HttpRequest) -> HttpResponse:
    """保存期間と削除 — proposals so far, and a new one: first with what it would delete, then for good."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    form = ProposeForm(request.POST if request.method == "POST" else None, today=clock.today(now))
    seen: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["ended_before"]
        if "propose" in request.POST:
            try:
                with transaction.atomic():
                    run = acts.propose(actor=actor, now=now, ended_before=day)
            except (acts.DayNotOver, acts.NothingToDelete) as refused:
                form.add_error("ended_before", str(refused.message))
            else:
                messages.success(request, _("削除を提案しました。ほかの管理者の承認を待っています。"))
                return redirect(_url(request, "keeping_run", run_id=run.pk))
        elif day > clock.today(now):
            form.add_error("ended_before", str(acts.DayNotOver.message))
        else:
            found = preview(actor=actor, now=now, before=day)
            seen = found.as_json(procedure_titles(actor=actor))
    rows = [
        [
            {
                "text": day_with_year(run.ended_before),
                "url": _url(request, "keeping_run", run_id=run.pk),
                "head": True,
            },
            {"state": badge(run)},
            f"{run.preview.get('total', 0):,}",
            f"{run.deleted:,}",
            run.proposed_by,
            run.approved_by or "—",
        ]
        for run in runs(actor=actor)[:SHOWN]
    ]
    context = {
        "service": _("電子申請"),
        "form": form,
        "seen": seen,
        "preview": _preview_table(seen) if seen else None,
        "table": {
            "caption": _("削除の提案（新しい順）"),
            "columns": [
                {"label": _("この日より前に満了")},
                {"label": _("状態")},
                {"label": _("見込み"), "numeric": True},
                {"label": _("削除した件数"), "numeric": True},
                {"label": _("提案")},
                {"label": _("承認")},
            ],
            "rows": rows,
        },
    }
    return page(
        request,
        "applications/office/keeping.html",
        context,
        form=form if form.is_bound and form.errors else None,
    )


def _preview_table(seen: dict[str, Any]) -> dict[str, Any]:
    return {
        "caption": _("手続きごとの見込み"),
        "columns": [
            {"label": _("手続き")},
            {"label": _("削除する"), "numeric": True},
            {"label": _("残す")},
        ],
        "rows": [
            [
                {"text": one["title"], "head": True},
                f"{one['going']:,}",
                _reasons(one["staying"]) or "—",
            ]
            for one in seen["procedures"]
        ],
    }


def _reasons(staying: dict[str, int]) -> str:
    return "、".join(
        _("%(why)s %(count)s件") % {"why": WHY[why], "count": f"{count:,}"} for why, count in staying.items()
    )


def _run(request: HttpRequest, run_id: int) -> RetentionRun:
    found = runs(actor=request.actor).filter(pk=run_id).first()  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD"])
def keeping_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One proposal: what it lets go, what stays and why, who proposed and approved it."""
    actor = request.actor  # type: ignore[attr-defined]
    run = _run(request, run_id)
    facts = [
        {"key": _("この日より前に満了"), "value": day_with_year(run.ended_before)},
        {"key": _("提案"), "value": f"{run.proposed_by}　{moment_in_words(run.proposed_at)}"},
        {"key": _("見込み"), "value": _("%(count)s件") % {"count": f"{run.preview.get('total', 0):,}"}},
    ]
    if run.approved_at:
        facts.append({"key": _("承認"), "value": f"{run.approved_by}　{moment_in_words(run.approved_at)}"})
        facts.append({"key": _("削除した件数"), "value": _("%(count)s件") % {"count": f"{run.deleted:,}"}})
    if run.ended_at:
        facts.append({"key": _("終わった日時"), "value": moment_in_words(run.ended_at)})
    ids = [each["id"] for each in run.kept[:SHOWN]]
    numbers = dict(
        Application.objects.filter(body_id=actor.body.pk, pk__in=ids).values_list("pk", "public_number")
    )
    kept = [
        [
            {
                "text": group_in_fours(numbers[each["id"]]),
                "url": _url(request, "case", number=numbers[each["id"]]),
                "head": True,
            }
            if each["id"] in numbers
            else _("その後に削除"),
            WHY[each["why"]],
        ]
        for each in run.kept[:SHOWN]
    ]
    waits = run.state == RetentionRun.State.PROPOSED
    own = run.proposed_by_id == actor.account_id
    may = actor.may(set(PERMITS["applications.approve_retention"]))
    context = {
        "service": _("電子申請"),
        "run": run,
        "state": badge(run),
        "facts": facts,
        "preview": _preview_table(run.preview),
        "kept": {
            "caption": _("残した申請%(count)s件") % {"count": len(run.kept)},
            "note": _("はじめの%(count)s件") % {"count": SHOWN} if len(run.kept) > SHOWN else "",
            "columns": [{"label": _("整理番号")}, {"label": _("理由")}],
            "rows": kept,
        }
        if kept
        else None,
        "may_approve": waits and may and not own,
        "may_decline": waits and may,
        "waits_for_other": waits and not (may and not own),
        "approve_url": _url(request, "keeping_approve", run_id=run.pk),
        "decline_url": _url(request, "keeping_decline", run_id=run.pk),
        "crumbs": [(_("保存期間と削除"), _url(request, "keeping")), (day_with_year(run.ended_before), "")],
    }
    return page(request, "applications/office/keeping_run.html", context)


@require_POST
def keeping_approve(request: HttpRequest, run_id: int) -> HttpResponse:
    acts.approve(actor=request.actor, now=request.now, run=_run(request, run_id))  # type: ignore[attr-defined]
    messages.success(request, _("承認しました。削除は順に進みます。"))
    return redirect(_url(request, "keeping_run", run_id=run_id))


@require_POST
def keeping_decline(request: HttpRequest, run_id: int) -> HttpResponse:
    acts.decline(actor=request.actor, now=request.now, run=_run(request, run_id))  # type: ignore[attr-defined]
    messages.success(request, _("差し戻しました。削除はしません。"))
    return redirect(_url(request, "keeping_run", run_id=run_id))


@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, number: str) -> HttpResponse:
    """保留する・保留を解く — while a hold stands, the application is not deleted."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    application = find_own(request, number)
    standing = standing_hold(application)
    form = HoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and standing is not None:
        acts.release_hold(actor=actor, now=now, application=application)
        messages.success(request, _("保留を解きました。"))
        return redirect(case_url(request, application))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                acts.hold(actor=actor, now=now, application=application, reason=form.cleaned_data["reason"])
        except ReasonMissing as refused:
            form.add_error("reason", str(refused.message))
        except Refusal as refused:
            form.add_error(None, str(refused.message))
        else:
            messages.success(request, _("保留しました。保留を解くまで削除されません。"))
            return redirect(case_url(request, application))
    context = frame(request, application) | {
        "service": _("電子申請"),
        "form": form,
        "standing": standing,
        "since": moment_in_words(standing.set_at) if standing else "",
        "may_release": actor.may(set(PERMITS["applications.release_hold"])),
        "keep_until": day_with_year(application.keep_until) if application.keep_until else "",
        "back_url": case_url(request, application),
    }
    return page(
        request,
        "applications/office/hold.html",
        context,
        form=form if form.is_bound and form.errors else None,
    )


urlpatterns = [
    path("applications/keeping/", keeping, name="applications_office_keeping"),
    path("applications/keeping/<int:run_id>/", keeping_run, name="applications_office_keeping_run"),
    path(
        "applications/keeping/<int:run_id>/approve/",
        keeping_approve,
        name="applications_office_keeping_approve",
    ),
    path(
        "applications/keeping/<int:run_id>/decline/",
        keeping_decline,
        name="applications_office_keeping_decline",
    ),
    path("applications/<slug:number>/hold/", hold, name="applications_office_hold"),
]
