"""受付 — one page for each thing that may be done with a case. Of two desks that write at once the second looks again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.operations.actions import cases as actions
from moyai.operations.actions import wishes
from moyai.operations.asking import tried, who
from moyai.operations.forms import desk as forms
from moyai.operations.forms.fields import VersionForm
from moyai.operations.models import Case
from moyai.operations.queries import cases as queries
from moyai.operations.secretariat.desk import find, timeline
from moyai.tenants.public import clock
from moyai.ui.public import Form, group_in_fours, page

Given = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its words, the verb it needs, its form, and what it does with what was given."""

    label: Any
    verb: str
    form: type[Form]
    do: Callable[[Given, Case, Given], Any]
    told: Any
    lead: Any = ""


def _turn(acting: Given, case: Case, given: Given) -> Any:
    kind = next(kind for kind in queries.kinds() if kind.code == given["kind"])
    return actions.turn_case(
        **acting,
        case=case,
        version=given["version"],
        kind=kind,
        amount_yen=given["amount_yen"],
        procurement=given["procurement"],
    )


ACTS: dict[str, Act] = {
    "answer": Act(
        gettext_lazy("回答する"),
        "operations.answer_case",
        forms.AnswerForm,
        lambda acting, case, given: actions.answer_case(**acting, case=case, **given),
        gettext_lazy("回答しました。"),
    ),
    "ask": Act(
        gettext_lazy("確認する"),
        "operations.ask_back",
        forms.TextForm,
        lambda acting, case, given: actions.ask_back(**acting, case=case, **given),
        gettext_lazy("確認を送りました。"),
        gettext_lazy("返信を待つ間、対応期限は進みません。"),
    ),
    "note": Act(
        gettext_lazy("内部メモを書く"),
        "operations.note_on_case",
        forms.NoteForm,
        lambda acting, case, given: actions.note_on_case(**acting, case=case, **given),
        gettext_lazy("内部メモを書きました。"),
    ),
    "assign": Act(
        gettext_lazy("担当を決める"),
        "operations.assign_case",
        forms.AssignForm,
        lambda acting, case, given: actions.assign_case(**acting, case=case, **given),
        gettext_lazy("担当を決めました。"),
    ),
    "turn": Act(
        gettext_lazy("種類・金額を変える"),
        "operations.turn_case",
        forms.TurnForm,
        _turn,
        gettext_lazy("種類・金額を変えました。"),
        gettext_lazy("対応期限は、受け付けたときから計算し直します。"),
    ),
    "decide": Act(
        gettext_lazy("採否を決める"),
        "operations.decide_case",
        forms.DecideForm,
        lambda acting, case, given: wishes.decide_case(**acting, case=case, **given),
        gettext_lazy("採否を記録しました。"),
        gettext_lazy("保留にしたものは、後でもう一度決められます。"),
    ),
    "release": Act(
        gettext_lazy("リリース番号を付ける"),
        "operations.release_case",
        forms.ReleaseForm,
        lambda acting, case, given: wishes.release_case(**acting, case=case, **given),
        gettext_lazy("リリース番号を付けました。"),
    ),
    "share": Act(
        gettext_lazy("一覧で共有する"),
        "operations.share_case",
        forms.ShareForm,
        lambda acting, case, given: wishes.share_case(**acting, case=case, **given),
        gettext_lazy("一覧で共有しました。"),
        gettext_lazy("すべての団体が、よくある質問か要望の一覧で読めるようになります。"),
    ),
    "unshare": Act(
        gettext_lazy("共有をやめる"),
        "operations.share_case",
        forms.CloseForm,
        lambda acting, case, given: wishes.share_case(
            **acting, case=case, title="", text="", shared=False, **given
        ),
        gettext_lazy("共有をやめました。"),
    ),
    "close": Act(
        gettext_lazy("完了にする"),
        "operations.close_case",
        forms.CloseForm,
        lambda acting, case, given: actions.close_case(**acting, case=case, **given),
        gettext_lazy("完了にしました。"),
    ),
    "reopen": Act(
        gettext_lazy("再開する"),
        "operations.reopen_case",
        forms.TextForm,
        lambda acting, case, given: actions.reopen_case(**acting, case=case, **given),
        gettext_lazy("再開しました。"),
        gettext_lazy("対応期限は、今から新しく数えます。"),
    ),
}


def _form(act: str, row: Case, posted: Any, request: HttpRequest) -> Form:
    first: Given = {"version": row.version}
    more: Given = {}
    if act == "assign":
        first["assignee"] = row.assignee or request.actor.name  # type: ignore[attr-defined]
    elif act == "turn":
        first |= {"kind": row.kind.code, "amount_yen": row.amount_yen, "procurement": row.procurement}
        more["kinds"] = queries.kinds()
    elif act == "decide":
        first |= {"decision": "", "decided_on": clock.today(request.now)}  # type: ignore[attr-defined]
    elif act == "share":
        first |= {"title": row.title, "text": row.text}
    elif act == "release":
        first["release"] = row.release
    return ACTS[act].form(posted, initial=first, **more)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case_act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """案件の操作 — the form, with the case's history under it; refused for being late, the history is the newest."""
    if act not in ACTS:
        raise Http404
    row = find(number)
    wanted = ACTS[act]
    form = _form(act, row, request.POST if request.method == "POST" else None, request)
    if request.method == "POST" and form.is_valid():
        done = tried(form, lambda: wanted.do(who(request), row, form.cleaned_data))
        if done is not None:
            messages.success(request, str(wanted.told))
            return redirect(reverse("operations_case", kwargs={"number": number}))
        if isinstance(form, VersionForm):
            form.look_again(row.version)
    context = {
        "heading": str(wanted.label),
        "label": str(wanted.label),
        "lead": str(wanted.lead) or row.title,
        "button": "primary",
        "timeline": timeline(queries.steps_of(row, notes=True)),
        "crumbs": [
            (_("受付"), reverse("operations_desk")),
            (group_in_fours(row.number), reverse("operations_case", kwargs={"number": number})),
            (str(wanted.label), ""),
        ],
    }
    return page(request, "operations/secretariat/form.html", context, form=form)


urlpatterns = [path("desk/cases/<str:number>/<slug:act>/", case_act, name="operations_case_act")]
