"""会場の端末 at the office: make a link for tablets, show it as a QR, stop it."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_POST

from moyai.applications.actions import kiosks as acts
from moyai.applications.forms.keeping import KioskForm
from moyai.applications.models import Application, Kiosk, Procedure
from moyai.applications.queries.procedures import procedure_by_code
from moyai.applications.wording import moment_in_words
from moyai.ui.public import page

MENU = [(gettext_lazy("会場の端末"), "applications_office_kiosks")]


def _url(request: HttpRequest, name: str, **kwargs: Any) -> str:
    return reverse(
        f"applications_office_{name}",
        kwargs={"body_slug": request.actor.body.slug, **kwargs},  # type: ignore[attr-defined]
    )


def _badge(request: HttpRequest, kiosk: Kiosk) -> dict[str, Any]:
    if acts.standing(kiosk, now=request.now):  # type: ignore[attr-defined]
        return {"kind": "progress", "word": _("使用中")}
    return {"kind": "neutral", "word": _("停止")}


@require_http_methods(["GET", "HEAD", "POST"])
def kiosks(request: HttpRequest) -> HttpResponse:
    """会場の端末 — links made so far, and a new one."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    procedures = [
        (one.code, one.title)
        for one in Procedure.objects.filter(
            body_id=actor.body.pk, published=True, identity=Procedure.Identity.NONE, needs_review=False
        ).order_by("title", "id")
        if actor.sees(one.section)
    ]
    form = KioskForm(request.POST if request.method == "POST" else None, procedures=procedures)
    if request.method == "POST" and form.is_valid():
        procedure = procedure_by_code(actor=actor, code=form.cleaned_data["procedure"])
        try:
            with transaction.atomic():
                assert procedure is not None  # one of the choices
                made = acts.make_kiosk(
                    actor=actor,
                    now=now,
                    procedure=procedure,
                    name=form.cleaned_data["name"],
                    idle_seconds=form.cleaned_data["idle_seconds"],
                )
        except acts.NotForKiosk as refused:
            form.add_error("procedure", str(refused.message))
        else:
            messages.success(request, _("端末のリンクをつくりました。"))
            return redirect(_url(request, "kiosk", kiosk_id=made.pk))
    found = Kiosk.objects.filter(body_id=actor.body.pk).select_related("procedure").order_by("-id")[:100]
    context = {
        "service": _("電子申請"),
        "form": form,
        "table": {
            "caption": _("端末のリンク（新しい順）"),
            "columns": [
                {"label": _("名前")},
                {"label": _("状態")},
                {"label": _("手続き")},
                {"label": _("つくった人")},
                {"label": _("つくった日時")},
            ],
            "rows": [
                [
                    {"text": one.name, "url": _url(request, "kiosk", kiosk_id=one.pk), "head": True},
                    {"state": _badge(request, one)},
                    one.procedure.title,
                    one.made_by,
                    moment_in_words(one.made_at),
                ]
                for one in found
                if actor.sees(one.procedure.section)
            ],
        },
    }
    return page(
        request,
        "applications/office/kiosks.html",
        context,
        form=form if form.is_bound and form.errors else None,
    )


def _kiosk(request: HttpRequest, kiosk_id: int) -> Kiosk:
    actor = request.actor  # type: ignore[attr-defined]
    found = Kiosk.objects.filter(body_id=actor.body.pk, pk=kiosk_id).select_related("procedure").first()
    if found is None or not actor.sees(found.procedure.section):
        raise Http404
    return found


@require_http_methods(["GET", "HEAD"])
def kiosk(request: HttpRequest, kiosk_id: int) -> HttpResponse:
    """One link: its QR while it is in use, and how many answers came from kiosks of its procedure."""
    actor = request.actor  # type: ignore[attr-defined]
    one = _kiosk(request, kiosk_id)
    with override("ja"):  # the first screen; the other languages are chosen there
        way = reverse(
            "applications_portal_kiosk", kwargs={"body_slug": actor.body.slug, "token": acts.token_of(one)}
        )
    link = request.build_absolute_uri(way)
    taken = Application.objects.filter(
        body_id=actor.body.pk, procedure=one.procedure, channel=Application.Channel.KIOSK
    ).count()
    standing = acts.standing(one, now=request.now)  # type: ignore[attr-defined]
    context = {
        "service": _("電子申請"),
        "kiosk": one,
        "state": _badge(request, one),
        "link": link if standing else "",
        "qr": segno.make(link, error="m").svg_data_uri(scale=6) if standing else "",
        "facts": [
            {"key": _("手続き"), "value": one.procedure.title},
            {"key": _("はじめに戻るまで"), "value": _("%(n)s秒") % {"n": one.idle_seconds}},
            {"key": _("つくった人"), "value": f"{one.made_by}　{moment_in_words(one.made_at)}"},
            {"key": _("端末からの回答（この手続き）"), "value": _("%(count)s件") % {"count": f"{taken:,}"}},
            *([{"key": _("止めた日時"), "value": moment_in_words(one.ended_at)}] if one.ended_at else []),
        ],
        "stop_url": _url(request, "kiosk_stop", kiosk_id=one.pk) if standing else "",
        "crumbs": [(_("会場の端末"), _url(request, "kiosks")), (one.name, "")],
    }
    return page(request, "applications/office/kiosk.html", context)


@require_POST
def kiosk_stop(request: HttpRequest, kiosk_id: int) -> HttpResponse:
    acts.end_kiosk(actor=request.actor, now=request.now, kiosk=_kiosk(request, kiosk_id))  # type: ignore[attr-defined]
    messages.success(request, _("端末のリンクを止めました。端末に残っている回答は、2日間受け付けます。"))
    return redirect(_url(request, "kiosk", kiosk_id=kiosk_id))


urlpatterns = [
    path("applications/kiosks/", kiosks, name="applications_office_kiosks"),
    path("applications/kiosks/<int:kiosk_id>/", kiosk, name="applications_office_kiosk"),
    path("applications/kiosks/<int:kiosk_id>/stop/", kiosk_stop, name="applications_office_kiosk_stop"),
]
