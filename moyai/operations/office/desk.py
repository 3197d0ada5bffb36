"""協議会の受付 — a member's staff ask, follow, reply and open again; they read what is shared with all. Others' cases are absent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from moyai.operations.actions import cases as actions
from moyai.operations.actions.wishes import support_wish
from moyai.operations.asking import table, tried, when, who
from moyai.operations.forms.desk import MemberCaseForm, SupportForm, TextForm
from moyai.operations.models import Case, CaseStep, System
from moyai.operations.office.levels import url
from moyai.operations.queries import cases as queries
from moyai.operations.queries.levels import systems_for
from moyai.operations.rules.cases import UNDONE
from moyai.operations.secretariat.desk import STEP_WORDS, facts
from moyai.operations.secretariat.reviews import review_answer, review_words
from moyai.operations.words import case_badge, decision_badge
from moyai.tenants.public import body_of, clock, uses_on
from moyai.ui.public import group_in_fours, page

# Kinds members do not open themselves: what the council's own watch and desk write down.
NOT_BY_MEMBERS = frozenset({"call"})


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """自分の団体の案件, the newest first."""
    actor = request.actor  # type: ignore[attr-defined]
    here = url(request, "desk")
    found = queries.own_cases(
        actor=actor, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    context = {
        "table": table(
            _("協議会に出した案件（新しい順）"),
            [_("番号"), _("件名"), _("種類"), _("状態"), _("受付"), _("回答の期限")],
            [
                [
                    {
                        "text": group_in_fours(case.number),
                        "url": url(request, "case", number=case.number),
                        "head": True,
                    },
                    case.title,
                    case.kind.name,
                    {"state": decision_badge(case) or case_badge(case)},
                    when(case.came_at),
                    when(case.answer_by) if case.answered_at is None else _("回答済み"),
                ]
                for case in found.rows
            ],
        ),
        "found": bool(found.rows),
        "older_url": f"{here}?{urlencode({'after': found.older})}" if found.older else "",
        "newer_url": f"{here}?{urlencode({'before': found.newer})}" if found.newer else "",
        "size": queries.PAGE_ROWS,
        "new_url": url(request, "case_new"),
        "faq_url": url(request, "faq"),
        "wishes_url": url(request, "wishes"),
    }
    return page(request, "operations/office/desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """協議会の受付に送る."""
    actor = request.actor  # type: ignore[attr-defined]
    today = clock.today(request.now)  # type: ignore[attr-defined]
    systems = System.objects.filter(pk__in=systems_for(uses_on(body_of(actor.body), today), today))
    form = MemberCaseForm(
        request.POST if request.method == "POST" else None,
        kinds=[kind for kind in queries.kinds() if kind.code not in NOT_BY_MEMBERS],
        systems=list(systems.order_by("position", "code")),
        initial={"section": min(actor.sections, default="")},
    )
    asks = "check" in request.POST
    if request.method == "POST" and not asks and form.is_valid():
        made = tried(form, lambda: actions.open_case(**who(request), **form.chosen()))
        if made is not None:
            told = [_("受け付けました。回答があると、お知らせします。"), review_words(made)]
            messages.success(request, " ".join(told).strip())
            return redirect(url(request, "case", number=made.number))
    heading = _("協議会の受付に送る")
    context = {
        "heading": heading,
        "label": _("送る"),
        "check": _("確認の要否を見る"),
        "answer": review_answer(form) if asks and form.is_valid() else None,
        "lead": _("問合せ、相談、要望、障害など、何でも送れます。ほかの団体には見えません。"),
        "crumbs": [(_("協議会の受付"), url(request, "desk")), (heading, "")],
    }
    return page(request, "operations/office/form.html", context, form=form)


def _find(request: HttpRequest, number: str) -> Case:
    found = queries.own_case(actor=request.actor, number=number)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def _timeline(steps: Sequence[CaseStep]) -> list[dict[str, Any]]:
    """What the member may read: who answered is the secretariat, not a person."""
    return [
        {
            "title": STEP_WORDS[CaseStep.What(step.what)],
            "at": step.at,
            "by": step.by if step.what == CaseStep.What.REPLY else "",
            "note": step.text,
        }
        for step in steps
    ]


ACTS: dict[str, tuple[Any, Any, Callable[..., Case]]] = {
    "reply": (
        gettext_lazy("返信する"),
        gettext_lazy("返信しました。"),
        lambda acting, case, given: actions.reply_on_case(**acting, case=case, **given),
    ),
    "reopen": (
        gettext_lazy("まだ解決していない"),
        gettext_lazy("案件を再開しました。"),
        lambda acting, case, given: actions.reopen_case(**acting, case=case, **given),
    ),
}


@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    """一つの案件 of one's own body: its deadlines, the answers, and the way to reply."""
    row = _find(request, number)
    steps = queries.steps_of(row, notes=False)
    act = "reply" if row.state in UNDONE else "reopen"
    context = {
        "case": row,
        "number": group_in_fours(row.number),
        "badge": decision_badge(row) or case_badge(row),
        "rows": facts(row, steps, office=True),
        "timeline": _timeline(steps),
        "acts": [{"label": ACTS[act][0], "url": url(request, "case_act", number=number, act=act)}],
        "crumbs": [(_("協議会の受付"), url(request, "desk")), (group_in_fours(row.number), "")],
    }
    return page(request, "operations/office/case.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case_act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """返信する・再開する."""
    if act not in ACTS:
        raise Http404
    row = _find(request, number)
    label, told, do = ACTS[act]
    form = TextForm(request.POST if request.method == "POST" else None, initial={"version": row.version})
    if request.method == "POST" and form.is_valid():
        if tried(form, lambda: do(who(request), row, form.cleaned_data)) is not None:
            messages.success(request, str(told))
            return redirect(url(request, "case", number=number))
        form.look_again(row.version)
    context = {
        "heading": str(label),
        "label": str(label),
        "lead": row.title,
        "timeline": _timeline(queries.steps_of(row, notes=False)),
        "crumbs": [
            (_("協議会の受付"), url(request, "desk")),
            (group_in_fours(row.number), url(request, "case", number=number)),
            (str(label), ""),
        ],
    }
    return page(request, "operations/office/form.html", context, form=form)


@require_GET
def faq(request: HttpRequest) -> HttpResponse:
    """よくある質問 — what the desk shared with all members, in words of its own."""
    return _shared(request, wishes=False)


@require_GET
def wishes(request: HttpRequest) -> HttpResponse:
    """要望の一覧 — what members wish for, how many, and what became of it."""
    return _shared(request, wishes=True)


def _shared(request: HttpRequest, *, wishes: bool) -> HttpResponse:
    body = body_of(request.actor.body)  # type: ignore[attr-defined]
    heading = _("要望の一覧") if wishes else _("よくある質問")
    context = {
        "heading": heading,
        "wishes": wishes,
        "entries": [
            {
                "title": one.case.shared_title,
                "text": one.case.shared_text,
                "kind": one.case.kind.name,
                "badge": decision_badge(one.case),
                "by": one.case.decided_by,
                "release": one.case.release,
                "supporters": one.supporters,
                "support_url": ""
                if one.supported or not wishes or one.case.decision
                else url(request, "support", number=one.case.number),
                "supported": one.supported,
            }
            for one in queries.shared_cases(body=body, wishes=wishes)
        ],
        "crumbs": [(_("協議会の受付"), url(request, "desk")), (heading, "")],
    }
    return page(request, "operations/office/shared.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def support(request: HttpRequest, number: str) -> HttpResponse:
    """要望に賛同する."""
    wish = queries.shared_case(number)
    if wish is None or not wish.kind.ends_in_decision:
        raise Http404
    form = SupportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        do = lambda: support_wish(**who(request), wish=wish, **form.cleaned_data)  # noqa: E731
        if tried(form, do) is not None:
            messages.success(request, _("要望に賛同しました。"))
            return redirect(url(request, "wishes"))
    heading = _("要望に賛同する")
    context = {
        "heading": heading,
        "label": heading,
        "lead": wish.shared_title,
        "crumbs": [
            (_("協議会の受付"), url(request, "desk")),
            (_("要望の一覧"), url(request, "wishes")),
            (heading, ""),
        ],
    }
    return page(request, "operations/office/form.html", context, form=form)


urlpatterns = [
    path("desk/", listing, name="operations_office_desk"),
    path("desk/new/", new, name="operations_office_case_new"),
    path("desk/faq/", faq, name="operations_office_faq"),
    path("desk/wishes/", wishes, name="operations_office_wishes"),
    path("desk/wishes/<str:number>/support/", support, name="operations_office_support"),
    path("desk/cases/<str:number>/", case, name="operations_office_case"),
    path("desk/cases/<str:number>/<slug:act>/", case_act, name="operations_office_case_act"),
]
