"""停止 — announce, note, end, explain, void."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from moyai.operations.actions import stops as actions
from moyai.operations.asking import when, who
from moyai.operations.forms.fields import moment
from moyai.operations.forms.levels import CloseStopForm, ExplainForm, StopForm, VoidForm
from moyai.operations.models import Stop, System
from moyai.operations.queries.levels import sides_of
from moyai.operations.secretariat.levels import may
from moyai.operations.secretariat.systems import asked, asking, url
from moyai.operations.words import stop_badge
from moyai.tenants.public import Refusal, clock
from moyai.ui.public import page

NEW = {
    "planned": (
        gettext_lazy("計画停止を知らせる"),
        gettext_lazy("予定時間から除きます。これからの停止は、このシステムを使う団体に知らせます。"),
        gettext_lazy("計画停止を登録しました。"),
    ),
    "outage": (
        gettext_lazy("緊急停止を記録する"),
        gettext_lazy("稼働率の計算で停止に数えます。続いているときは、終わりを空のままにします。"),
        gettext_lazy("緊急停止を記録しました。"),
    ),
    "unknown": (
        gettext_lazy("不明の時間を記録する"),
        gettext_lazy("だれも確かめていない時間です。稼働とも停止とも数えず、分けて示します。"),
        gettext_lazy("不明の時間を記録しました。"),
    ),
}


@asked
def new(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """停止を登録する — planned, an outage, or time nobody measured."""
    if kind not in NEW:
        raise Http404
    found = get_object_or_404(System.objects.select_related("service"), code=code)
    form = StopForm(request.POST if request.method == "POST" else None, kind=kind, sides=sides_of(found))
    act: Any = {
        "planned": actions.announce_stop,
        "outage": actions.note_outage,
        "unknown": actions.note_unknown,
    }[kind]

    def do() -> Any:
        try:
            return act(**who(request), system=found, **form.span())
        except Refusal as refusal:  # the form asks for a day and a time
            refusal.fields = {
                {"begins": "begins_on", "ends": "ends_on"}.get(name, name): text
                for name, text in refusal.fields.items()
            }
            raise

    heading, lead, told = NEW[kind]
    return asking(
        request,
        form,
        heading=str(heading),
        label=str(heading),
        lead=str(lead),
        up=(found.name, url(found)),
        do=do,
        told=str(told),
    )


def _stop(stop_id: int) -> Stop:
    found: Stop = get_object_or_404(
        Stop.objects.select_related("system", "system__service", "case", "probe"), pk=stop_id
    )
    return found


@require_GET
def stop(request: HttpRequest, stop_id: int) -> HttpResponse:
    """一つの停止 — from when to when, why, who noted it; and what may be done with it."""
    found = _stop(stop_id)
    now = request.now  # type: ignore[attr-defined]
    names = {side.code: side.name for side in sides_of(found.system)}
    rows: list[dict[str, Any]] = [
        {"key": _("システム"), "value": found.system.name, "value_url": url(found.system)},
        {"key": _("種類"), "value": found.get_kind_display()},
        {"key": _("区分"), "value": names.get(found.side) or _("すべて")},
        {"key": _("状態"), "state": stop_badge(found, now)},
        {"key": _("始まり"), "value": when(found.begins)},
        {"key": _("終わり"), "value": when(found.ends) if found.ends else _("続いている")},
        {"key": _("理由・原因"), "value": found.cause, "missing": _("まだ書かれていない")},
        {"key": _("記録した方"), "value": found.noted_by},
    ]
    if found.case is not None:
        address = reverse("operations_case", kwargs={"number": found.case.number})
        rows.append({"key": _("案件"), "value": found.case.title, "value_url": address})
    if found.why_voided:
        rows.append({"key": _("取り消した理由"), "value": found.why_voided})
    context = {
        "rows": rows,
        "heading": _("%(system)sの停止") % {"system": found.system.name},
        "crumbs": [
            (_("稼働とサービスレベル"), reverse("operations_levels")),
            (found.system.name, url(found.system)),
            (_("停止"), ""),
        ],
        "acts": _acts(request, found),
    }
    return page(request, "operations/secretariat/thing.html", context)


def _acts(request: HttpRequest, found: Stop) -> list[dict[str, Any]]:
    if found.voided_on is not None or not may(request, "operations.void_stop"):
        return []
    names = ["explain"]
    names += ["close"] if found.ends is None else []
    names += ["void"] if found.probe_id is None or found.ends is not None else []
    return [
        {
            "label": ACTS[name][0],
            "url": reverse("operations_stop_act", kwargs={"stop_id": found.pk, "act": name}),
        }
        for name in names
    ]


ACTS: dict[str, Any] = {
    "close": (
        gettext_lazy("停止の終わりを記録する"),
        CloseStopForm,
        gettext_lazy("停止の終わりを記録しました。"),
    ),
    "explain": (gettext_lazy("理由・原因を書く"), ExplainForm, gettext_lazy("理由・原因を書きました。")),
    "void": (gettext_lazy("この記録を取り消す"), VoidForm, gettext_lazy("記録を取り消しました。")),
}


@asked
def act(request: HttpRequest, stop_id: int, act: str) -> HttpResponse:
    """停止を終える・説明する・取り消す."""
    if act not in ACTS:
        raise Http404
    found = _stop(stop_id)
    heading, form_class, told = ACTS[act]
    now = request.now  # type: ignore[attr-defined]
    here = now.astimezone(clock.JST)
    first = {"ends_on": clock.today(now), "ends_at": here.hour * 60 + here.minute} if act == "close" else {}
    form = form_class(
        request.POST if request.method == "POST" else None, initial={**first, "cause": found.cause}
    )

    def do() -> Any:
        given = form.cleaned_data
        if act == "explain":
            return actions.explain_stop(**who(request), stop=found, cause=given["cause"])
        if act == "void":
            return actions.void_stop(**who(request), stop=found, reason=given["reason"])
        ends = moment(given["ends_on"], given["ends_at"])
        try:
            return actions.close_stop(**who(request), stop=found, ends=ends, cause=given["cause"])
        except Refusal as refusal:
            refusal.fields = {"ends_on": str(refusal.message)} if refusal.fields else {}
            raise

    return asking(
        request,
        form,
        heading=str(heading),
        label=str(heading),
        lead=_("%(system)s：%(begins)sから") % {"system": found.system.name, "begins": when(found.begins)},
        up=(found.system.name, reverse("operations_stop", kwargs={"stop_id": found.pk})),
        do=do,
        told=str(told),
        kind="danger" if act == "void" else "primary",
    )


urlpatterns = [
    path("levels/systems/<slug:code>/stops/<slug:kind>/", new, name="operations_stop_new"),
    path("levels/stops/<int:stop_id>/", stop, name="operations_stop"),
    path("levels/stops/<int:stop_id>/<slug:act>/", act, name="operations_stop_act"),
]
