"""加入の候補 — whom a group invites and how far the talk has come; every step is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from moyai.council.actions.candidates import FLOW, invite, note_candidate
from moyai.council.actions.spans import day_said
from moyai.council.desk import Visit, act_page, as_of, faces, link, taken_away, today_of, typed
from moyai.council.figures.bodies import candidates_table
from moyai.council.forms.bodies import InviteForm, StepForm
from moyai.council.models import Candidate, Committee
from moyai.council.queries.bodies import candidates_on, steps_of
from moyai.council.queries.joining import Check, joining_checks
from moyai.documents.public import render_table_html
from moyai.tenants.public import bodies_on, in_force
from moyai.ui.public import page

CHECKS = {
    Check.RULE: gettext_lazy("加入を認める規程"),
    Check.VENDOR: gettext_lazy("事業者の同意"),
    Check.BODY: gettext_lazy("団体の登録"),
    Check.SEAT: gettext_lazy("構成員の登録"),
    Check.USE: gettext_lazy("サービスの利用"),
    Check.ENTRY: gettext_lazy("加入時の負担の決定"),
    Check.BILL: gettext_lazy("加入時の負担の請求"),
    Check.PAYER: gettext_lazy("これからの負担"),
}
CONSENT = {True: gettext_lazy("同意"), False: gettext_lazy("不同意")}


@require_safe
def candidates(request: Visit) -> HttpResponse:
    """加入の候補 as they stood on a day; also as CSV, XLSX, PDF and JSON."""
    form, on = as_of(request)
    rows = candidates_on(on)
    if (file := taken_away(request, lambda: candidates_table(rows, on), f"candidates-{on}")) is not None:
        return file
    context = {
        "heading": _("加入の候補"),
        "as_of": form,
        "sections": [
            {
                "heading": _("%(day)sの候補（%(n)s）") % {"day": day_said(on), "n": len(rows)},
                "html": render_table_html(candidates_table(rows, on)),
                "faces": faces(on),
            },
            {
                "heading": _("候補を開く"),
                "acts": [
                    link(f"{one.committee.name}：{one.name}", "council_candidate", candidate_id=one.pk)
                    for one in rows
                ],
            },
        ],
        "acts": [link(_("候補を登録する"), "council_candidate_new")],
    }
    return page(request, "council/secretariat/register.html", context, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit) -> HttpResponse:
    """候補を登録する."""
    today = today_of(request)
    form = InviteForm(
        typed(request),
        committees=list(Committee.objects.filter(in_force(today)).order_by("position", "code")),
        bodies=list(bodies_on(today)),
    )
    return act_page(
        request,
        form,
        lambda: invite(actor=request.actor, now=request.now, **form.facts()),
        heading=_("候補を登録する"),
        label=_("候補を登録する"),
        done=_("候補を登録しました。"),
        to=reverse("council_candidates"),
        crumbs=[(_("加入の候補"), reverse("council_candidates"))],
    )


@require_http_methods(["GET", "HEAD", "POST"])
def candidate(request: Visit, candidate_id: int) -> HttpResponse:
    """One candidate: every step so far, and the next one. An older step leads to the newest."""
    one = get_object_or_404(Candidate.objects.select_related("committee__service", "body"), pk=candidate_id)
    steps = steps_of(one)
    if steps[-1].pk != one.pk and request.method != "POST":
        return redirect("council_candidate", candidate_id=steps[-1].pk)
    form = StepForm(typed(request), states=FLOW[one.state], bodies=list(bodies_on(today_of(request))))
    table = {
        "caption": _("これまでの段階（古い順）"),
        "columns": [
            _("日付"),
            _("段階"),
            _("事業者の同意"),
            _("加入を希望する日"),
            _("話の内容"),
            _("記録した人"),
        ],
        "rows": [
            [
                day_said(step.noted_on),
                step.get_state_display(),
                str(CONSENT[step.vendor_agrees]) if step.vendor_agrees is not None else None,
                day_said(step.wanted_from) if step.wanted_from else None,
                step.note or None,
                step.noted_by,
            ]
            for step in steps
        ],
    }
    return act_page(
        request,
        form,
        lambda: note_candidate(actor=request.actor, now=request.now, candidate=one, **form.facts()),
        heading=_("%(name)sの加入") % {"name": one.name},
        lead=_("「加入済」にすると、加入を希望する日からの構成員として登録します。")
        if FLOW[one.state]
        else "",
        label=_("次の段階を記録する"),
        done=_("次の段階を記録しました。"),
        to=reverse("council_candidates"),
        crumbs=[(_("加入の候補"), reverse("council_candidates"))],
        facts=[{"key": _("会議体"), "value": one.committee.name}, *_checks(one, today_of(request))],
        table=table,
        closed=not FLOW[one.state],
    )


def _checks(one: Candidate, today: date) -> list[dict[str, Any]]:
    """加入の確認 — each line 済 with since when and by what, or 未."""
    rows = []
    for line in joining_checks(one, today):
        shown = "、".join(part for part in (day_said(line.since) if line.since else "", line.shown) if part)
        words = _("済（%(what)s）") % {"what": shown} if shown else _("済")
        state = {"kind": "good", "word": words} if line.done else {"kind": "attention", "word": _("未")}
        rows.append({"key": str(CHECKS[line.check]), "state": state})
    return rows


MENU = [(gettext_lazy("加入の候補"), "council_candidates")]
urlpatterns = [
    path("candidates/", candidates, name="council_candidates"),
    path("candidates/new/", new, name="council_candidate_new"),
    path("candidates/<int:candidate_id>/", candidate, name="council_candidate"),
]
