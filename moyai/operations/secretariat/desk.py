"""受付 — the list by views, one case with all that happened, a case written down for somebody else, the kinds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from moyai.calendars.public import fiscal_year_words
from moyai.documents.public import FigureTable, render_table_html
from moyai.operations.actions.cases import open_case
from moyai.operations.asking import table, tried, when, who, year_of_today
from moyai.operations.figures.desk import (
    cases_table,
    decisions_table,
    in_time_table,
    members_table,
    reviews_table,
    sections_table,
)
from moyai.operations.forms.desk import DeskCaseForm, FilterForm
from moyai.operations.forms.levels import YearForm
from moyai.operations.models import Case, CaseStep, System
from moyai.operations.permits import PERMITS
from moyai.operations.queries import cases as queries
from moyai.operations.rules.cases import UNDONE
from moyai.operations.secretariat.levels import FACES, download, may
from moyai.operations.secretariat.reviews import review_answer, review_words
from moyai.operations.words import case_badge, decision_badge, is_late, review_badge, review_limit
from moyai.tenants.public import bodies_on, clock
from moyai.ui.public import group_in_fours, page

VIEW_WORDS = {
    "open": gettext_lazy("対応するもの"),
    "overdue": gettext_lazy("期限切れ"),
    "waiting": gettext_lazy("返信待ち"),
    "mine": gettext_lazy("自分の担当"),
    "undecided": gettext_lazy("採否を決めるもの"),
    "review": gettext_lazy("確認が必要なもの"),
    "probe": gettext_lazy("監視から"),
    "done": gettext_lazy("終わったもの"),
    "all": gettext_lazy("すべて"),
}


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """受付の一覧 — one page by key; the address is the whole state."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    here = reverse("operations_desk")
    get = request.GET
    view = get.get("view", "")
    if view not in queries.VIEWS:
        view = "all" if get.get("q") else "open"
    wanted = queries.Wanted(
        view=view,
        kind=get.get("kind", ""),
        body=get.get("body", ""),
        words=get.get("q", "")[:100],
        after=get.get("after", ""),
        before=get.get("before", ""),
    )
    found = queries.desk(actor=actor, now=now, wanted=wanted)
    counts = queries.counts(actor=actor, now=now)
    bodies = list(bodies_on(clock.today(now)))
    form = FilterForm({**get.dict(), "view": view}, kinds=queries.kinds(), bodies=bodies)
    form.is_valid()
    narrowed = {
        name: value
        for name, value in (("q", wanted.words), ("kind", wanted.kind), ("body", wanted.body))
        if value
    }
    state = {"view": view, **narrowed}
    context = {
        "views": [
            {
                "label": VIEW_WORDS[one],
                "url": f"{here}?{urlencode({'view': one})}",
                "current": one == view,
                "count": counts.get(one, ""),
            }
            for one in queries.VIEWS
        ],
        "view_label": VIEW_WORDS[view],
        "filter": form,
        "here": here,
        "clear_url": f"{here}?{urlencode({'view': view})}" if narrowed else "",
        "found": bool(found.rows),
        "table": cases_list(found.rows, now, str(VIEW_WORDS[view])),
        "older_url": f"{here}?{urlencode({**state, 'after': found.older})}" if found.older else "",
        "newer_url": f"{here}?{urlencode({**state, 'before': found.newer})}" if found.newer else "",
        "size": queries.PAGE_ROWS,
        "may": may(request, "operations.open_case"),
    }
    return page(request, "operations/secretariat/desk.html", context)


def cases_list(rows: list[Case], now: Any, caption: str) -> dict[str, Any]:
    shown = []
    for case in rows:
        badge = decision_badge(case)
        cells = [
            {
                "text": group_in_fours(case.number),
                "url": reverse("operations_case", kwargs={"number": case.number}),
                "head": True,
            },
            case.title,
            case.kind.name,
            (case.body.name if case.body else "") or case.party or (case.system.name if case.system else "—"),
            {"state": {"kind": "bad", "word": _("期限切れ")} if is_late(case, now) else case_badge(case)},
            {"state": badge or review_badge(case)} if badge or case.review_due is not None else "—",
            case.assignee or "—",
            when(case.came_at),
            when(case.answer_by if case.answered_at is None else case.solve_by),
        ]
        shown.append({"cells": cells, "late": is_late(case, now)})
    columns = [
        _("番号"),
        _("件名"),
        _("種類"),
        _("だれから"),
        _("状態"),
        _("採否・確認"),
        _("担当"),
        _("受付"),
        _("次の期限"),
    ]
    return table(caption, columns, shown, dense=True, id="cases")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """受け付けた案件を記録する — by telephone, by mail, at the window."""
    today = clock.today(request.now)  # type: ignore[attr-defined]
    form = DeskCaseForm(
        request.POST if request.method == "POST" else None,
        kinds=queries.kinds(),
        systems=list(System.objects.order_by("position", "code")),
        bodies=list(bodies_on(today)),
    )
    asks = "check" in request.POST
    if request.method == "POST" and not asks and form.is_valid():
        made = tried(form, lambda: open_case(**who(request), **form.chosen()))
        if made is not None:
            messages.success(request, " ".join([_("案件を受け付けました。"), review_words(made)]).strip())
            return redirect(reverse("operations_case", kwargs={"number": made.number}))
    context = {
        "heading": _("受け付けた案件を記録する"),
        "label": _("受け付ける"),
        "check": _("確認の要否を見る"),
        "answer": review_answer(form) if asks and form.is_valid() else None,
        "crumbs": [(_("受付"), reverse("operations_desk")), (_("受け付けた案件を記録する"), "")],
    }
    return page(request, "operations/secretariat/form.html", context, form=form)


def find(number: str) -> Case:
    found = queries.case_at_desk(number)
    if found is None:
        raise Http404
    return found


STEP_WORDS = {
    CaseStep.What.ANSWER: gettext_lazy("回答"),
    CaseStep.What.ASK: gettext_lazy("確認"),
    CaseStep.What.REPLY: gettext_lazy("返信"),
    CaseStep.What.NOTE: gettext_lazy("内部メモ"),
    CaseStep.What.STATE: gettext_lazy("状態の変更"),
}


def timeline(steps: list[CaseStep]) -> list[dict[str, Any]]:
    """経過 in order, as `ui/timeline.html` takes it."""
    return [
        {
            "title": f"{STEP_WORDS[CaseStep.What(step.what)]}"
            + (f"（{step.get_state_display()}）" if step.state else ""),
            "at": step.at,
            "by": step.by,
            "note": step.text,
        }
        for step in steps
    ]


@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    """一つの案件 — what was asked, by when an answer is due, all that happened, and what may be done next."""
    now = request.now  # type: ignore[attr-defined]
    row = find(number)
    steps = queries.steps_of(row, notes=True)
    likes = row.likes.select_related("body").order_by("pk")
    stops = row.stops.select_related("system").order_by("begins")
    context = {
        "case": row,
        "number": group_in_fours(row.number),
        "badge": {"kind": "bad", "word": _("期限切れ")} if is_late(row, now) else case_badge(row),
        "rows": facts(row, steps),
        "timeline": timeline(steps),
        "likes": [one.body.name for one in likes if one.body is not None],
        "stops": [
            {
                "label": f"{stop.system.name} {when(stop.begins)}〜{when(stop.ends)}",
                "url": reverse("operations_stop", kwargs={"stop_id": stop.pk}),
            }
            for stop in stops
        ],
        "acts": _acts(request, row),
        "crumbs": [(_("受付"), reverse("operations_desk")), (group_in_fours(row.number), "")],
    }
    return page(request, "operations/secretariat/case.html", context)


def _done(moment: datetime | None, minutes: int | None) -> str:
    """When it was done, and how long it took of the time that counts."""
    if minutes is None:
        return when(moment)
    return _("%(when)s（かかった時間は%(n)s分）") % {"when": when(moment), "n": f"{minutes:,}"}


def facts(row: Case, steps: Sequence[CaseStep], *, office: bool = False) -> list[dict[str, Any]]:
    """What is known of a case; a member (`office`) sees its own part."""
    spent = queries.spent_on(row, steps)
    rows: list[dict[str, Any]] = [
        {"key": _("種類"), "value": row.kind.name},
        {"key": _("だれから"), "value": row.body.name if row.body else row.party, "missing": "—"},
        {"key": _("課・部局"), "value": row.section, "missing": "—"},
        {"key": _("尋ねた方"), "value": row.asked_by, "missing": "—"},
        {"key": _("受け付けた方法"), "value": row.get_way_display()},
        {"key": _("システム"), "value": row.system.name if row.system else "", "missing": "—"},
        {"key": _("内容"), "value": row.text, "missing": "—"},
        {"key": _("受付"), "value": when(row.came_at)},
        {"key": _("回答の期限"), "value": when(row.answer_by)},
        {"key": _("初回の回答"), "value": _done(row.answered_at, spent.answer)},
        {"key": _("解決の期限"), "value": when(row.solve_by)},
        {"key": _("解決"), "value": _done(row.solved_at, spent.solve)},
    ]
    if row.amount_yen is not None:
        rows.append({"key": _("金額"), "value": _("%(n)s円") % {"n": f"{row.amount_yen:,}"}})
    if row.procurement:
        rows.append({"key": _("調達の種類"), "value": row.get_procurement_display()})
    if (badge := review_badge(row)) is not None:
        rows.append({"key": _("確認の要否"), "state": badge})
        rows.append({"key": _("確認の下限"), "value": review_limit(row.review_limit_yen)})
    if row.amount_after_yen is not None:
        rows.append({"key": _("確認の後の額"), "value": _("%(n)s円") % {"n": f"{row.amount_after_yen:,}"}})
    if row.decision:
        words = _("%(decision)s（%(by)s）") % {"decision": row.get_decision_display(), "by": row.decided_by}
        rows.append({"key": _("採否"), "value": words})
    if row.release:
        rows.append({"key": _("リリース"), "value": row.release})
    if not office:
        rows.append({"key": _("担当者"), "value": row.assignee, "missing": "—"})
        shared = row.shared_title if row.shared_on else ""
        rows.append({"key": _("一覧での共有"), "value": shared, "missing": _("共有していない")})
    return rows


# act → (words, permit, whether a case in this state may have it)
def _acts(request: HttpRequest, row: Case) -> list[dict[str, Any]]:
    from moyai.operations.secretariat.desk_acts import ACTS

    undone = row.state in UNDONE
    offered = {
        "answer": undone,
        "ask": row.state in (Case.State.NEW, Case.State.WORKING),
        "note": True,
        "assign": undone,
        "turn": undone,
        "decide": row.kind.ends_in_decision
        and row.state != Case.State.CLOSED
        and row.decision in ("", Case.Decision.KEPT),
        "release": row.decision == Case.Decision.ADOPTED,
        "share": row.shared_on is None,
        "unshare": row.shared_on is not None,
        "close": row.state == Case.State.SOLVED,
        "reopen": row.state in (Case.State.SOLVED, Case.State.CLOSED),
    }
    actor = request.actor  # type: ignore[attr-defined]
    return [
        {
            "label": ACTS[act].label,
            "url": reverse("operations_case_act", kwargs={"number": row.number, "act": act}),
        }
        for act, possible in offered.items()
        if possible and actor.may(set(PERMITS[ACTS[act].verb]))
    ]


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """受付の件数 — by kind and month, member and system, in time, what became of wishes."""
    now = request.now  # type: ignore[attr-defined]
    form = YearForm(request.GET if "fiscal_year" in request.GET else None)
    year = form.year_or(year_of_today(now))
    makers: dict[str, Callable[[], FigureTable]] = {
        "cases": lambda: cases_table(year),
        "sections": lambda: sections_table(year, kind="consult"),
        "members": lambda: members_table(year),
        "in-time": lambda: in_time_table(year),
        "decisions": lambda: decisions_table(year),
        "reviews": lambda: reviews_table(year),
    }
    if "format" in request.GET:
        name = request.GET.get("table", "")
        if name not in makers:
            raise Http404
        return download(request, makers[name](), f"{name}-{year}")
    context = {
        "form": form,
        "year": fiscal_year_words(year),
        "year_number": year,
        "faces": FACES,
        "tables": [
            {"name": name, "table": render_table_html(make(), number=str(place))}
            for place, (name, make) in enumerate(makers.items(), 1)
        ],
        "crumbs": [(_("受付"), reverse("operations_desk")), (_("受付の件数"), "")],
    }
    return page(request, "operations/secretariat/desk_figures.html", context, form=form)


urlpatterns = [
    path("desk/", listing, name="operations_desk"),
    path("desk/new/", new, name="operations_case_new"),
    path("desk/figures/", figures, name="operations_desk_figures"),
    path("desk/cases/<str:number>/", case, name="operations_case"),
]
