"""スマートロック — the locks of a body, what each was told, and the code of a booking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moyai.calendars.public import end_words, moment_words
from moyai.notices.public import DELIVERY_TROUBLES
from moyai.reservations.actions import locks
from moyai.reservations.forms.locks import LockForm
from moyai.reservations.models import Lock, LockMessage, LockWindow
from moyai.reservations.office.desk import KEEPING, Visit, attempt, may, number_of, status_of, url
from moyai.reservations.portal.naming import SERVICE
from moyai.reservations.queries import locks as queries
from moyai.tenants.public import Refusal
from moyai.ui.public import group_in_fours, page

MENU = [(lazy("スマートロック"), "reservations_office_locks", KEEPING)]

TROUBLES = {**DELIVERY_TROUBLES, "over": lazy("時間が過ぎたため、送りませんでした。")}
STATE_KINDS = {
    LockMessage.State.QUEUED: "progress",
    LockMessage.State.SENT: "good",
    LockMessage.State.FAILED: "bad",
    LockMessage.State.HELD: "neutral",
    LockMessage.State.PASSED: "neutral",
}
INITIAL = {"lead_minutes": 10, "lag_minutes": 10, "show_hours": 24, "digits": 6, "after_payment": True}


def _found(request: Visit, lock_id: int) -> Lock:
    found = queries.lock_by_id(actor=request.actor, lock_id=lock_id)
    if found is None:
        raise Http404
    return found


def _crumbs(request: Visit, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("スマートロック"), url(request, "locks") if more else ""), *more]


def _badge(lock: Lock, failed: int = 0) -> dict[str, str]:
    if not lock.active:
        return {"kind": "neutral", "word": _("停止中")}
    return {"kind": "bad", "word": _("送れないものあり")} if failed else {"kind": "good", "word": _("使用中")}


@require_safe
def listing(request: Visit) -> HttpResponse:
    """錠の一覧."""
    rows = [
        [
            {"text": one.lock.name, "url": url(request, "lock", lock_id=one.lock.pk), "head": True},
            one.lock.code,
            f"{one.rooms:,}",
            f"{one.failed:,}" if one.failed else None,
            {"state": _badge(one.lock, one.failed)},
        ]
        for one in queries.locks_of(actor=request.actor)
    ]
    return page(
        request,
        "reservations/office/locks.html",
        {
            "service": SERVICE,
            "table": {
                "caption": _("錠（名前の順）"),
                "columns": [
                    {"label": _("錠")},
                    {"label": _("錠コード")},
                    {"label": _("室場の数"), "numeric": True},
                    {"label": _("送れない知らせ"), "numeric": True},
                    {"label": _("状態")},
                ],
                "rows": rows,
                "empty": _("錠はまだありません。"),
            },
            "unknown": _("、").join(queries.names_without_lock(actor=request.actor)),
            "new_url": url(request, "lock_new") if may(request, "reservations.add_lock") else "",
            "crumbs": _crumbs(request),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit) -> HttpResponse:
    """錠の登録; ends on its page, where its secret is shown on request."""
    return _kept(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Visit, lock_id: int) -> HttpResponse:
    """錠の変更."""
    return _kept(request, _found(request, lock_id))


def _kept(request: Visit, lock: Lock | None) -> HttpResponse:
    if not may(request, "reservations.add_lock"):
        raise Http404
    initial = {name: getattr(lock, name) for name in locks.FIELDS} if lock is not None else INITIAL
    form = LockForm(
        request.POST if request.method == "POST" else None, initial=initial, fixed=lock is not None
    )
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        who: dict[str, Any] = {"actor": request.actor, "now": request.now, **form.cleaned_data}
        made, refusal = attempt(
            form, lambda: locks.add_lock(**who) if lock is None else locks.change_lock(**who, lock=lock)
        )
        if made is not None:
            messages.success(
                request,
                _("錠を登録しました。署名の鍵を、錠の側に登録してください。")
                if lock is None
                else _("錠を変更しました。これからの予約を、錠と合わせ直します。"),
            )
            return redirect(url(request, "lock", lock_id=made.pk))
    heading = _("錠の登録") if lock is None else _("錠の変更")
    back = url(request, "locks") if lock is None else url(request, "lock", lock_id=lock.pk)
    names = [(lock.name, back)] if lock is not None else []
    context = {
        "service": SERVICE,
        "form": form,
        "heading": heading,
        "back": back,
        "crumbs": _crumbs(request, *names, (heading, "")),
    }
    return page(
        request,
        "reservations/office/masters_form.html",
        context,
        form=form if form.is_bound else None,
        **status_of(refusal),
    )


@require_safe
def one(request: Visit, lock_id: int) -> HttpResponse:
    """One lock and what it was told."""
    return _page(request, _found(request, lock_id))


def _page(request: Visit, lock: Lock, *, secret: str = "") -> HttpResponse:
    failed = request.GET.get("view") == "failed"
    before = number_of(request.GET.get("before", ""))
    found = queries.messages_of(actor=request.actor, lock=lock, before=before, failed=failed)
    shown, more = found[: queries.PAGE], len(found) > queries.PAGE
    here = url(request, "lock", lock_id=lock.pk)
    view = {"view": "failed"} if failed else {}
    acts = {
        name: url(request, f"lock_{name}", lock_id=lock.pk)
        for name, verb in (
            ("edit", "change_lock"),
            ("secret", "show_lock_secret"),
            ("rotate", "rotate_lock_secret"),
            ("try", "try_lock"),
            ("settle", "settle_locks"),
            ("resume" if not lock.active else "pause", "pause_lock"),
        )
        if may(request, f"reservations.{verb}")
    }
    rooms = queries.rooms_of(lock)
    rows = [
        {"key": _("錠コード"), "value": lock.code},
        {"key": _("知らせ先のアドレス"), "value": lock.url},
        {"key": _("開く時間"), "value": _("利用の%(lead)s分前から%(lag)s分後まで") % {"lead": lock.lead_minutes, "lag": lock.lag_minutes}},
        {"key": _("番号を見られる時"), "value": _("開く%(hours)s時間前から") % {"hours": lock.show_hours}},
        {"key": _("暗証番号の桁数"), "value": _("%(digits)s桁") % {"digits": lock.digits}},
        {"key": _("使用料"), "value": _("納めてから開ける") if lock.after_payment else _("納める前でも開ける")},
        {
            "key": _("室場"),
            "value": _("、").join(f"{room.facility.name} {room.name}" for room in rooms) or _("この錠を使う室場はありません。"),
        },
        {"key": _("登録した人"), "value": f"{lock.made_by}（{moment_words(lock.made_at)}）"},
    ]  # fmt: skip
    if secret:
        rows.append({"key": _("署名の鍵"), "value": secret})
    response = page(
        request,
        "reservations/office/lock.html",
        {
            "service": SERVICE,
            "lock": lock,
            "state": _badge(lock),
            "rows": rows,
            "secret": secret,
            "acts": acts,
            "views": [
                {"label": _("すべて"), "url": here, "current": not failed},
                {"label": _("送れないもの"), "url": f"{here}?view=failed", "current": failed},
            ],
            "messages_": [message_row(request, lock, each) for each in shown],
            "older_url": url(request, "lock", {**view, "before": shown[-1].pk}, lock_id=lock.pk)
            if more
            else "",
            "newer_url": url(request, "lock", view, lock_id=lock.pk) if before else "",
            "crumbs": _crumbs(request, (lock.name, "")),
        },
    )
    response["Cache-Control"] = "private, no-store"
    return response


def message_row(request: Visit, lock: Lock, each: LockMessage) -> dict[str, Any]:
    booking = each.window.booking if each.window is not None else None
    again = (
        lock.active
        and locks.may_resend(each, now=request.now)
        and may(request, "reservations.resend_lock_message")
    )
    return {
        "id": each.pk,
        "made_at": moment_words(each.made_at),
        "kind": each.get_kind_display(),
        "booking": group_in_fours(booking.number) if booking is not None else "",
        "booking_url": url(request, "booking_lock", number=booking.number) if booking is not None else "",
        "hours": hours_of(each),
        "badge": {"kind": STATE_KINDS[LockMessage.State(each.state)], "word": each.get_state_display()},
        "tries": each.tries,
        "status": each.last_status,
        "trouble": TROUBLES[each.trouble],
        "next_at": moment_words(each.next_at) if each.next_at is not None and each.tries else "",
        "resend_url": url(request, "lock_resend", lock_id=lock.pk, message_id=each.pk) if again else "",
    }


def hours_of(one: LockMessage | LockWindow) -> str:
    if one.opens_at is None or one.closes_at is None:
        return "—"
    return _("%(opens)sから%(closes)sまで") % {
        "opens": moment_words(one.opens_at),
        "closes": end_words(one.closes_at),
    }


@require_POST
def secret(request: Visit, lock_id: int) -> HttpResponse:
    """署名の鍵を表示する: on the answer only; each look is a deed."""
    lock = _found(request, lock_id)
    return _page(request, lock, secret=locks.show_secret(actor=request.actor, now=request.now, lock=lock))


def _done(request: Visit, lock: Lock, do: Callable[[], object], words: str) -> HttpResponse:
    try:
        with transaction.atomic():
            do()
    except (locks.LockPaused, locks.NotResendable) as refusal:
        messages.warning(request, str(refusal.message))
    else:
        messages.success(request, words)
    return redirect(url(request, "lock", lock_id=lock.pk))


def _act(do: Callable[..., object], words: str | Promise) -> Callable[..., HttpResponse]:
    """The view of an act on a lock that asks nothing: done or refused, said, and back to its page."""

    @require_POST
    def view(request: Visit, lock_id: int) -> HttpResponse:
        lock = _found(request, lock_id)
        return _done(request, lock, lambda: do(actor=request.actor, now=request.now, lock=lock), str(words))

    return view


rotate = _act(locks.rotate_secret, lazy("署名の鍵を新しくしました。前の鍵は、あと24時間使えます。"))
pause = _act(locks.pause_lock, lazy("錠への知らせを止めました。"))
resume = _act(locks.resume_lock, lazy("錠への知らせを再開しました。"))
try_out = _act(locks.try_lock, lazy("試しの知らせを送ります。結果は、少し待って開き直すと見られます。"))
settle = _act(locks.settle_all, lazy("これからの予約を、錠と合わせ直します。"))


@require_POST
def resend(request: Visit, lock_id: int, message_id: int) -> HttpResponse:
    lock = _found(request, lock_id)
    told = queries.message_by_id(actor=request.actor, lock=lock, message_id=message_id)
    if told is None:
        raise Http404
    words = _("もう一度送る準備ができました。数分のうちに送ります。")
    return _done(
        request, lock, lambda: locks.resend(actor=request.actor, now=request.now, message=told), words
    )


urlpatterns = [
    path("reservations/locks/", listing, name="reservations_office_locks"),
    path("reservations/locks/new/", new, name="reservations_office_lock_new"),
    path("reservations/locks/<int:lock_id>/", one, name="reservations_office_lock"),
    path("reservations/locks/<int:lock_id>/edit/", edit, name="reservations_office_lock_edit"),
    path("reservations/locks/<int:lock_id>/secret/", secret, name="reservations_office_lock_secret"),
    path("reservations/locks/<int:lock_id>/rotate/", rotate, name="reservations_office_lock_rotate"),
    path("reservations/locks/<int:lock_id>/pause/", pause, name="reservations_office_lock_pause"),
    path("reservations/locks/<int:lock_id>/resume/", resume, name="reservations_office_lock_resume"),
    path("reservations/locks/<int:lock_id>/try/", try_out, name="reservations_office_lock_try"),
    path("reservations/locks/<int:lock_id>/settle/", settle, name="reservations_office_lock_settle"),
    path(
        "reservations/locks/<int:lock_id>/messages/<int:message_id>/again/",
        resend,
        name="reservations_office_lock_resend",
    ),
]
