"""監視 — made, looked at, paused, given a new address, ended."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from moyai.documents.public import site_address
from moyai.operations.actions import probes as actions
from moyai.operations.asking import table, tried, when, who
from moyai.operations.forms.levels import ProbeForm
from moyai.operations.models import Beat, Probe, System
from moyai.operations.queries.levels import sides_of
from moyai.operations.secretariat.levels import may
from moyai.operations.secretariat.systems import asked, asking, url
from moyai.operations.words import probe_badge
from moyai.ui.public import Form, page


def ping_address(token: str) -> str:
    """The secret address a system pings."""
    return f"{site_address()}/api/operations/beats/{token}"


def _told(request: HttpRequest, probe: Probe) -> HttpResponse:
    """The address is on this page and then never again: only its hash is kept."""
    context = {
        "heading": _("知らせ先のアドレス"),
        "probe": probe,
        "address": ping_address(probe.token),
        "back_to": reverse("operations_probe", kwargs={"probe_id": probe.pk}),
        "crumbs": [
            (_("稼働とサービスレベル"), reverse("operations_levels")),
            (probe.system.name, url(probe.system)),
            (_("知らせ先のアドレス"), ""),
        ],
    }
    return page(request, "operations/secretariat/token.html", context)


@never_cache
@asked
def new(request: HttpRequest, code: str) -> HttpResponse:
    """監視を登録する."""
    found = get_object_or_404(System.objects.select_related("service"), code=code)
    form = ProbeForm(
        request.POST if request.method == "POST" else None,
        initial={"kind": Probe.Kind.HTTP, "every_seconds": 60, "grace_seconds": 180},
        sides=sides_of(found),
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = tried(
            form,
            lambda: actions.add_probe(
                **who(request),
                system=found,
                name=given["name"],
                kind=given["kind"],
                url=given["url"],
                side=form.side_code(),
                every_seconds=given["every_seconds"],
                grace_seconds=given["grace_seconds"],
            ),
        )
        if made is not None:
            if made.token:
                return _told(request, made)
            messages.success(request, _("監視を登録しました。最初の応答があるまでは、不明の時間です。"))
            return redirect(url(found))
    context = {
        "heading": _("監視を登録する"),
        "label": _("登録する"),
        "lead": _("停止を見つけると、停止の記録と案件を作ります。だれも測っていない時間は不明になります。"),
        "crumbs": [
            (_("稼働とサービスレベル"), reverse("operations_levels")),
            (found.name, url(found)),
            (_("監視を登録する"), ""),
        ],
    }
    return page(request, "operations/secretariat/form.html", context, form=form)


def _probe(probe_id: int) -> Probe:
    found: Probe = get_object_or_404(Probe.objects.select_related("system"), pk=probe_id)
    return found


@require_GET
def probe(request: HttpRequest, probe_id: int) -> HttpResponse:
    """一つの監視 — how it asks, how it stands, what it heard last."""
    found = _probe(probe_id)
    beats = list(Beat.objects.filter(probe=found).order_by("-at")[:50])
    over = not found.on and not found.url and not found.key_hash
    rows: list[dict[str, Any]] = [
        {"key": _("システム"), "value": found.system.name, "value_url": url(found.system)},
        {"key": _("確かめ方"), "value": found.get_kind_display()},
        {"key": _("状態"), "state": probe_badge(found)},
        {"key": _("間隔"), "value": _("%(n)s秒") % {"n": f"{found.every_seconds:,}"}},
        {"key": _("猶予"), "value": _("%(n)s秒") % {"n": f"{found.grace_seconds:,}"}},
        {"key": _("最後に稼働を確かめた日時"), "value": when(found.heard_at)},
    ]
    if found.url:
        rows.insert(2, {"key": _("アドレス"), "value": found.url})
    names = [] if over or not may(request, "operations.end_probe") else ["off" if found.on else "on"]
    if names and found.kind == Probe.Kind.PUSH:
        names.append("renew")
    names += ["end"] if names else []
    context = {
        "heading": found.name,
        "rows": rows,
        "acts": [
            {
                "label": ACTS[name][0],
                "url": reverse("operations_probe_act", kwargs={"probe_id": found.pk, "act": name}),
            }
            for name in names
        ],
        "table": table(
            _("最近の応答（新しい順に50件）"),
            [_("日時"), _("結果"), (_("ミリ秒"), True), _("備考")],
            [
                [
                    {"text": when(beat.at), "head": True},
                    {
                        "state": {"kind": "good", "word": _("応答あり")}
                        if beat.well
                        else {"kind": "bad", "word": _("応答なし")}
                    },
                    "—" if beat.milliseconds is None else f"{beat.milliseconds:,}",
                    NOTES.get(beat.note, beat.note) or "—",
                ]
                for beat in beats
            ],
            empty=_("応答はまだありません。"),
        ),
        "crumbs": [
            (_("稼働とサービスレベル"), reverse("operations_levels")),
            (found.system.name, url(found.system)),
            (found.name, ""),
        ],
    }
    return page(request, "operations/secretariat/thing.html", context)


NOTES = {
    "again": gettext_lazy("ここから沈黙を数える"),
    "address": gettext_lazy("呼び出せないアドレス"),
    "name": gettext_lazy("アドレスの名前が見つからない"),
    "unreachable": gettext_lazy("つながらない"),
    "certificate": gettext_lazy("証明書を確かめられない"),
    "slow": gettext_lazy("10秒以内に答えがない"),
}
ACTS = {
    "off": (
        gettext_lazy("監視を止める"),
        gettext_lazy("止めている間は、不明の時間になります。"),
        gettext_lazy("監視を止めました。"),
    ),
    "on": (gettext_lazy("監視を再開する"), "", gettext_lazy("監視を再開しました。")),
    "renew": (
        gettext_lazy("知らせ先のアドレスを作り直す"),
        gettext_lazy("今のアドレスは、すぐに使えなくなります。"),
        "",
    ),
    "end": (
        gettext_lazy("監視を終える"),
        gettext_lazy("この監視は戻せません。これからの停止は手で記録します。"),
        gettext_lazy("監視を終えました。"),
    ),
}


@never_cache
@asked
def act(request: HttpRequest, probe_id: int, act: str) -> HttpResponse:
    """監視を止める・再開する・作り直す・終える."""
    if act not in ACTS:
        raise Http404
    found = _probe(probe_id)
    heading, lead, told = ACTS[act]
    form = Form(request.POST if request.method == "POST" else None)
    here = reverse("operations_probe", kwargs={"probe_id": found.pk})

    def do() -> Any:
        if act == "end":
            return actions.end_probe(**who(request), probe=found)
        return actions.switch_probe(**who(request), probe=found, on=act == "on")

    if act == "renew" and request.method == "POST":
        made = tried(form, lambda: actions.renew_key(**who(request), probe=found))
        if made is not None:
            return _told(request, made)
    return asking(
        request,
        form,
        heading=str(heading),
        label=str(heading),
        lead=str(lead) or found.name,
        up=(found.system.name, here),
        do=do if act != "renew" else lambda: None,
        told=str(told),
        kind="danger" if act in ("end", "renew") else "primary",
    )


urlpatterns = [
    path("levels/systems/<slug:code>/probe/", new, name="operations_probe_new"),
    path("levels/probes/<int:probe_id>/", probe, name="operations_probe"),
    path("levels/probes/<int:probe_id>/<slug:act>/", act, name="operations_probe_act"),
]
