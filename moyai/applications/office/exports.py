"""書き出し at the office: ask for a list, allow another's, fetch it within a day; transfers of 給付金."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from moyai.applications import zengin
from moyai.applications.actions import exports as acts
from moyai.applications.actions import transfers
from moyai.applications.forms.keeping import ExportForm, TransferForm
from moyai.applications.models import Export, Procedure
from moyai.applications.permits import PERMITS
from moyai.applications.queries.columns import groups_of
from moyai.applications.queries.exports import Wish, editions_of
from moyai.applications.queries.procedures import procedure_by_code
from moyai.applications.wording import moment_in_words
from moyai.documents.public import export_file
from moyai.tenants.public import clock
from moyai.ui.public import page

MENU = [(gettext_lazy("書き出し"), "applications_office_exports")]
SHOWN = 100
STATES = {"asked": "attention", "allowed": "good", "declined": "neutral", "expired": "neutral"}


def _url(request: HttpRequest, name: str, **kwargs: Any) -> str:
    return reverse(
        f"applications_office_{name}",
        kwargs={"body_slug": request.actor.body.slug, **kwargs},  # type: ignore[attr-defined]
    )


def _state(export: Export, request: HttpRequest) -> dict[str, Any]:
    over = export.expires_at <= request.now and export.state in ("asked", "allowed")  # type: ignore[attr-defined]
    state = Export.State.EXPIRED if over else Export.State(export.state)
    return {"kind": STATES[state], "word": state.label}


def procedure_for(request: HttpRequest, code: str) -> Procedure:
    """A procedure that this section may see, or 404."""
    actor = request.actor  # type: ignore[attr-defined]
    found = procedure_by_code(actor=actor, code=code)
    if found is None or not actor.sees(found.section):
        raise Http404
    return found


@require_http_methods(["GET", "HEAD"])
def exports(request: HttpRequest) -> HttpResponse:
    """書き出し — what was asked for lately, and procedures to ask for."""
    actor = request.actor  # type: ignore[attr-defined]
    found = (
        Export.objects.filter(body_id=actor.body.pk).select_related("procedure").order_by("-id")[: SHOWN * 2]
    )
    rows = [
        [
            {"text": one.procedure.title, "url": _url(request, "export", export_id=one.pk), "head": True},
            {"state": _state(one, request)},
            acts.FORMS.get(one.form, one.form),
            f"{one.rows:,}",
            one.asked_by,
            moment_in_words(one.asked_at),
        ]
        for one in found
        if actor.sees(one.procedure.section)
    ][:SHOWN]
    procedures = [
        {"label": one.title, "url": _url(request, "export_new", code=one.code)}
        for one in Procedure.objects.filter(body_id=actor.body.pk).order_by("title", "id")
        if actor.sees(one.section)
    ]
    context = {
        "service": _("電子申請"),
        "procedures": procedures,
        "table": {
            "caption": _("書き出しの依頼（新しい順）"),
            "columns": [
                {"label": _("手続き")},
                {"label": _("状態")},
                {"label": _("ファイルの形")},
                {"label": _("件数"), "numeric": True},
                {"label": _("依頼")},
                {"label": _("依頼した日時")},
            ],
            "rows": rows,
        },
    }
    return page(request, "applications/office/exports.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def export_new(request: HttpRequest, code: str) -> HttpResponse:
    """書き出しを依頼する — with what it needs told before it is asked for."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    procedure = procedure_for(request, code)
    editions = editions_of(actor=actor, procedure=procedure)
    form = ExportForm(
        request.POST if request.method == "POST" else None,
        today=clock.today(now),
        groups=groups_of(editions),
        initial={"form": "csv-utf8"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = acts.ask(
                    actor=actor,
                    now=now,
                    procedure=procedure,
                    wish=form.wish(),
                    form=form.cleaned_data["form"],
                    purpose=form.cleaned_data["purpose"],
                )
        except acts.PurposeMissing as refused:
            form.add_error("purpose", str(refused.message))
        except acts.NothingToExport as refused:
            form.add_error(None, str(refused.message))
        else:
            if made.state == Export.State.ASKED:
                messages.success(
                    request, _("依頼しました。ほかの決裁者が承認すると、24時間のあいだ受け取れます。")
                )
            return redirect(_url(request, "export", export_id=made.pk))
    context = {
        "service": _("電子申請"),
        "procedure": procedure,
        "form": form,
        "alone": acts.ALONE_UP_TO,
        "crumbs": [(_("書き出し"), _url(request, "exports")), (procedure.title, "")],
    }
    return page(
        request,
        "applications/office/export_new.html",
        context,
        form=form if form.is_bound and form.errors else None,
    )


def _export(request: HttpRequest, export_id: int) -> Export:
    actor = request.actor  # type: ignore[attr-defined]
    rows = Export.objects.filter(body_id=actor.body.pk, pk=export_id).select_related("procedure")
    found: Export | None = rows.first()
    if found is None or not actor.sees(found.procedure.section):
        raise Http404
    return found


@require_http_methods(["GET", "HEAD"])
def export(request: HttpRequest, export_id: int) -> HttpResponse:
    """One request: what it takes out, who allowed it, and the file while it may be fetched."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    one = _export(request, export_id)
    wish = Wish.of(one.query, blind=one.blind)
    own = one.asked_by_id == actor.account_id
    waits = one.state == Export.State.ASKED and now < one.expires_at
    decides = actor.may(set(PERMITS["applications.allow_export"]))
    fetches = acts.may_fetch(actor=actor, now=now, export=one)
    pays = fetches and not one.blind
    accounts = transfers.account_fields(actor=actor, procedure=one.procedure) if pays else {}
    facts = [
        {"key": _("手続き"), "value": one.procedure.title},
        {"key": _("件数"), "value": _("%(count)s件") % {"count": f"{one.rows:,}"}},
        {"key": _("ファイルの形"), "value": acts.FORMS.get(one.form, one.form)},
        {"key": _("個人が分かる項目"), "value": _("除く") if one.blind else _("含む")},
        {"key": _("受付日"), "value": f"{wish.since or ''}〜{wish.until or ''}"},
        {"key": _("使う目的"), "value": one.purpose},
        {"key": _("依頼"), "value": f"{one.asked_by}　{moment_in_words(one.asked_at)}"},
        {"key": _("期限"), "value": moment_in_words(one.expires_at)},
        {"key": _("受け取った回数"), "value": str(one.fetched)},
    ]
    if one.decided_at:
        facts.insert(
            -2, {"key": _("承認・差戻し"), "value": f"{one.decided_by}　{moment_in_words(one.decided_at)}"}
        )
    context = {
        "service": _("電子申請"),
        "export": one,
        "state": _state(one, request),
        "facts": facts,
        "may_fetch": fetches,
        "may_decide": waits and decides and not own,
        "waits_for_other": waits and not (decides and not own),
        "fetch_url": _url(request, "export_fetch", export_id=one.pk),
        "allow_url": _url(request, "export_allow", export_id=one.pk),
        "decline_url": _url(request, "export_decline", export_id=one.pk),
        "transfers_url": _url(request, "export_transfers", export_id=one.pk) if accounts else "",
        "crumbs": [(_("書き出し"), _url(request, "exports")), (one.procedure.title, "")],
    }
    return page(request, "applications/office/export.html", context)


@require_POST
def export_allow(request: HttpRequest, export_id: int) -> HttpResponse:
    acts.allow(actor=request.actor, now=request.now, export=_export(request, export_id))  # type: ignore[attr-defined]
    messages.success(request, _("承認しました。"))
    return redirect(_url(request, "export", export_id=export_id))


@require_POST
def export_decline(request: HttpRequest, export_id: int) -> HttpResponse:
    acts.decline(actor=request.actor, now=request.now, export=_export(request, export_id))  # type: ignore[attr-defined]
    messages.success(request, _("差し戻しました。"))
    return redirect(_url(request, "export", export_id=export_id))


@require_POST
def export_fetch(request: HttpRequest, export_id: int) -> HttpResponseBase:
    """The file, read now; by a button, so that nothing fetches it ahead of time."""
    one = _export(request, export_id)
    made = acts.fetch(actor=request.actor, now=request.now, export=one)  # type: ignore[attr-defined]
    return export_file(made, name=f"{one.procedure.title} {clock.today(request.now).isoformat()}")  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def export_transfers(request: HttpRequest, export_id: int) -> HttpResponseBase:
    """振込データ（全銀形式） — of what was approved; first what no bank takes, then the file."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    one = _export(request, export_id)
    accounts = transfers.account_fields(actor=actor, procedure=one.procedure)
    if not accounts or one.blind or not acts.may_fetch(actor=actor, now=now, export=one):
        raise Http404
    form = TransferForm(
        request.POST if request.method == "POST" else None,
        today=clock.today(now),
        accounts=accounts,
        amounts=transfers.amounts_of(actor=actor, procedure=one.procedure),
    )
    made: transfers.TransferList | None = None
    if request.method == "POST" and form.is_valid():
        got = form.cleaned_data
        try:
            with transaction.atomic():
                made = transfers.fetch_transfers(
                    actor=actor,
                    now=now,
                    export=one,
                    sender=zengin.Sender(
                        code=got["code"], name=got["name"], on=got["on"], bank=got["bank"],
                        branch=got["branch"], type=got["type"], number=got["number"],
                    ),
                    account=got["account"],
                    amount=got.get("amount") or "",
                    fixed_yen=got.get("fixed_yen") or 0,
                    again=got["again"],
                    anyway="anyway" in request.POST,
                )  # fmt: skip
        except zengin.NotTransferable as why:
            form.add_error("name", str(why))
        else:
            if not made.count:  # a file of nothing is no file a bank takes
                form.add_error(None, _("振り込める申請がありません。"))
            elif made.final:
                return export_file(transfers.as_file(made), name=f"振込データ {got['on'].isoformat()}")
    context = {
        "service": _("電子申請"),
        "form": form,
        "made": made,
        "left_out": {
            "caption": _("振り込めない申請%(count)s件") % {"count": len(made.left_out)},
            "columns": [{"label": _("整理番号")}, {"label": _("理由")}],
            "rows": [[{"text": number, "head": True}, why] for number, why in made.left_out[:SHOWN]],
        }
        if made and made.left_out
        else None,
        "crumbs": [
            (_("書き出し"), _url(request, "exports")),
            (one.procedure.title, _url(request, "export", export_id=one.pk)),
            (_("振込データ"), ""),
        ],
    }
    return page(
        request,
        "applications/office/export_transfers.html",
        context,
        form=form if form.is_bound and form.errors else None,
    )


urlpatterns = [
    path("applications/exports/", exports, name="applications_office_exports"),
    path("applications/exports/<int:export_id>/", export, name="applications_office_export"),
    path(
        "applications/exports/<int:export_id>/allow/", export_allow, name="applications_office_export_allow"
    ),
    path(
        "applications/exports/<int:export_id>/decline/",
        export_decline,
        name="applications_office_export_decline",
    ),
    path("applications/exports/<int:export_id>/file/", export_fetch, name="applications_office_export_fetch"),
    path(
        "applications/exports/<int:export_id>/transfers/",
        export_transfers,
        name="applications_office_export_transfers",
    ),
    path("procedures/<slug:code>/export/", export_new, name="applications_office_export_new"),
]
