"""ファイルの受渡し at the office: list, put up, approve or decline, revoke, and the log."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moyai.documents import queries
from moyai.documents.actions import hand_overs as acts
from moyai.documents.actions.arrivals import finish_resumable
from moyai.documents.actions.uploads import UploadRefused, delete_upload, keep_upload
from moyai.documents.forms import DeclineForm, FileForm, HandOverForm
from moyai.documents.models import HandOver, Upload
from moyai.documents.permits import PERMITS
from moyai.documents.resumable import resumable, resumed
from moyai.documents.rules.contents import EVERYTHING
from moyai.documents.serving import serve_upload
from moyai.documents.words import hand_over_badge, size_words, upload_badge, why_refused
from moyai.tenants.public import Actor, Body, clock
from moyai.ui.public import page

LARGEST_BYTES = 200_000_000

MENU = [(gettext_lazy("ファイルの受渡し"), "documents_office_hand_overs")]


def largest_bytes() -> int:
    """受渡しの上限: MOYAI_HAND_OVER_BYTES, 200 MB unless the installation says otherwise."""
    return int(getattr(settings, "MOYAI_HAND_OVER_BYTES", LARGEST_BYTES))


def _url(actor: Actor, name: str, **kwargs: Any) -> str:
    assert actor.body is not None
    return reverse(f"documents_office_{name}", kwargs={"body_slug": actor.body.slug, **kwargs})


def _crumbs(actor: Actor, *more: tuple[str, str]) -> list[tuple[str, str]]:
    assert actor.body is not None
    first = (_("業務の入口"), f"/{actor.body.slug}/office/")
    return [first, (_("ファイルの受渡し"), _url(actor, "hand_overs") if more else ""), *more]


def _wanted(actor: Actor, hand_over_id: int) -> HandOver:
    hand_over = queries.hand_over_by_id(actor=actor, hand_over_id=hand_over_id)
    if hand_over is None:
        raise Http404
    return hand_over


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    state = request.GET.get("state", "")
    state = state if state in HandOver.State.values else ""
    before = request.GET.get("before", "")
    before_id = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    found = queries.hand_overs(actor=actor, state=state, before_id=before_id)
    shown = found[: queries.PAGE]
    here = _url(actor, "hand_overs")
    older = f"{here}?state={state}&before={shown[-1].pk}" if len(found) > queries.PAGE else ""
    views = [{"label": _("すべて"), "url": here, "current": not state}]
    views += [
        {"label": value.label, "url": f"{here}?state={value}", "current": state == value}
        for value in HandOver.State
    ]
    context = {
        "rows": [{"hand_over": row, "badge": hand_over_badge(row)} for row in shown],
        "views": views,
        "older_url": older,
        "newest_url": f"{here}?state={state}" if before_id is not None else "",
        "state": state,
        "new_url": _url(actor, "hand_over_new"),
        "crumbs": _crumbs(actor),
    }
    return page(request, "documents/office/hand_overs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """First step: the file, kept at once, so that a mistake in the second step does not lose it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = FileForm(request.POST or None, request.FILES or None) if request.method == "POST" else FileForm()
    form.fields["file"].widget.attrs["data-resumable"] = _url(actor, "arrive")
    whole = resumed(request, "file")
    if request.method == "POST" and (whole or form.is_valid()):
        try:
            upload = _taken(request, whole, form)
        except UploadRefused as refused:
            form.errors.pop("file", None)
            form.add_error("file", str(refused.message))
        else:
            return redirect(_url(actor, "hand_over_details", upload_id=upload.pk))
    context = {
        "form": form,
        "most": size_words(largest_bytes()),
        "steps": [_("ファイル"), _("受け取る方と期間")],
        "crumbs": _crumbs(actor, (_("新しい受渡し"), "")),
    }
    return page(request, "documents/office/hand_over_new.html", context, form=form if form.is_bound else None)


def _taken(request: HttpRequest, whole: list[str], form: FileForm) -> Upload:
    """The file of the form, or the one that came before in pieces."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    if whole:
        return finish_resumable(actor=actor, now=now, token=whole[0])
    return keep_upload(
        actor=actor, now=now, file=form.cleaned_data["file"], accept=EVERYTHING, max_bytes=largest_bytes()
    )


def arrive(request: HttpRequest) -> HttpResponse:
    """A file in pieces begins."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return resumable(
        request,
        accept=EVERYTHING,
        max_bytes=largest_bytes(),
        address=lambda token: _url(actor, "arriving", token=token),
    )


def arriving(request: HttpRequest, token: str) -> HttpResponse:
    """Its next piece."""
    return resumable(request, token=token)


@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Second step: for whom, how long, how often."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    upload: Upload | None = queries.uploads_by_drafter(actor=actor).filter(pk=upload_id).first()
    if upload is None:
        raise Http404
    bodies = list(Body.objects.exclude(pk=actor.body.pk).order_by("code"))
    form = HandOverForm(request.POST if request.method == "POST" else None, bodies=bodies)
    if request.method == "POST" and "drop" in request.POST:
        delete_upload(actor=actor, now=now, upload_id=upload.pk)
        messages.success(request, _("ファイルを削除しました。"))
        return redirect(_url(actor, "hand_over_new"))
    if request.method == "POST" and form.is_valid():
        hand_over = acts.request_hand_over(actor=actor, now=now, upload_id=upload.pk, **form.cleaned_data)
        messages.success(request, _("承認を依頼しました。承認が済むと、リンクが使えます。"))
        return redirect(_url(actor, "hand_over", hand_over_id=hand_over.pk))
    context = {
        "form": form,
        "upload": upload,
        "file_rows": _file_rows(upload),
        "refused": why_refused(upload),
        "steps": [_("ファイル"), _("受け取る方と期間")],
        "crumbs": _crumbs(actor, (_("新しい受渡し"), "")),
    }
    return page(
        request, "documents/office/hand_over_details.html", context, form=form if form.is_bound else None
    )


def _file_rows(upload: Upload) -> list[dict[str, Any]]:
    scanner = _("ウイルスの確認なし（内容の確認だけ）") if upload.scanner == "none" else upload.scanner
    rows: list[dict[str, Any]] = [
        {"key": _("ファイル名"), "value": upload.name},
        {"key": _("大きさ"), "value": size_words(upload.size)},
        {"key": _("ファイルの状態"), "state": upload_badge(upload)},
    ]
    if upload.why:
        rows.append({"key": _("受け付けられない理由"), "value": why_refused(upload)})
    if scanner:
        rows.append({"key": _("確認の方法"), "value": scanner})
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, hand_over_id: int) -> HttpResponse:
    """Everything about one hand-over; a POST declines it, with a reason."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    hand_over = _wanted(actor, hand_over_id)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        acts.decline_hand_over(actor=actor, now=now, hand_over=hand_over, reason=form.cleaned_data["reason"])
        messages.success(request, _("差し戻しました。リンクは使えません。"))
        return redirect(_url(actor, "hand_over", hand_over_id=hand_over.pk))
    state = HandOver.State(hand_over.state)
    may_decide = (
        (state, "approve") in HandOver.FLOW
        and actor.may(PERMITS["documents.approve_hand_over"])
        and actor.account_id != hand_over.requested_by_id
    )
    context = {
        "hand_over": hand_over,
        "badge": hand_over_badge(hand_over),
        "file_rows": _file_rows(hand_over.upload),
        "visits": list(queries.visits_of(actor=actor, hand_over=hand_over)),
        "link": _public_link(request, hand_over)
        if state in (HandOver.State.REQUESTED, HandOver.State.OPEN)
        else "",
        "may_decide": may_decide,
        "may_approve": may_decide
        and hand_over.upload.state == Upload.State.CLEAN
        and hand_over.expires_at > now,
        "waits_for_other": (state, "approve") in HandOver.FLOW and not may_decide,
        "may_revoke": (state, "revoke") in HandOver.FLOW,
        "may_fetch": may_decide and hand_over.upload.state == Upload.State.CLEAN,
        "form": form,
        "crumbs": _crumbs(actor, (hand_over.title, "")),
    }
    return page(request, "documents/office/hand_over.html", context, form=form if form.is_bound else None)


def _public_link(request: HttpRequest, hand_over: HandOver) -> str:
    kwargs = {"body_slug": hand_over.body.slug, "token": hand_over.token}
    with override("ja"):
        return request.build_absolute_uri(reverse("documents_portal_hand_over", kwargs=kwargs))


@require_POST
def approve(request: HttpRequest, hand_over_id: int) -> HttpResponse:
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    hand_over = acts.approve_hand_over(actor=actor, now=now, hand_over=_wanted(actor, hand_over_id))
    until = clock.today(hand_over.expires_at)
    messages.success(request, _("承認しました。リンクは%(day)sまで使えます。") % {"day": _day(until)})
    return redirect(_url(actor, "hand_over", hand_over_id=hand_over.pk))


def _day(day: Any) -> str:
    from moyai.calendars.public import wareki_with_weekday

    return wareki_with_weekday(day)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, hand_over_id: int) -> HttpResponse:
    """The confirm page, then the act: it cannot be undone."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    hand_over = _wanted(actor, hand_over_id)
    here = _url(actor, "hand_over", hand_over_id=hand_over.pk)
    if request.method == "POST":
        acts.revoke_hand_over(actor=actor, now=now, hand_over=hand_over)
        messages.success(request, _("受渡しを取り消しました。リンクは使えません。"))
        return redirect(here)
    if (HandOver.State(hand_over.state), "revoke") not in HandOver.FLOW:
        return redirect(here)
    crumbs = _crumbs(actor, (hand_over.title, here), (_("受渡しの取消し"), ""))
    context = {"hand_over": hand_over, "here": here, "crumbs": crumbs}
    return page(request, "documents/office/hand_over_revoke.html", context)


@require_POST
def file(request: HttpRequest, hand_over_id: int) -> HttpResponseBase:
    """The approver looks at what leaves the house."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    hand_over = _wanted(actor, hand_over_id)
    if not actor.may(PERMITS["documents.approve_hand_over"]):
        raise Http404
    return serve_upload(actor=actor, now=now, upload=hand_over.upload)


urlpatterns = [
    path("handovers/", listing, name="documents_office_hand_overs"),
    path("handovers/new/", new, name="documents_office_hand_over_new"),
    path("handovers/new/file/", arrive, name="documents_office_arrive"),
    path("handovers/new/file/<slug:token>/", arriving, name="documents_office_arriving"),
    path("handovers/new/<int:upload_id>/", details, name="documents_office_hand_over_details"),
    path("handovers/<int:hand_over_id>/", one, name="documents_office_hand_over"),
    path("handovers/<int:hand_over_id>/approve/", approve, name="documents_office_hand_over_approve"),
    path("handovers/<int:hand_over_id>/revoke/", revoke, name="documents_office_hand_over_revoke"),
    path("handovers/<int:hand_over_id>/file/", file, name="documents_office_hand_over_file"),
]
