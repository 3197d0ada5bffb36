"""入室の暗証番号 — the lock of a booking at the office: when it opens, the code on request, and another code."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from moyai.calendars.public import moment_words
from moyai.reservations.actions import lock_windows
from moyai.reservations.models import LockWindow
from moyai.reservations.office.bookings import frame
from moyai.reservations.office.desk import Visit, booking_or_404, may, url
from moyai.reservations.office.locks import hours_of, message_row
from moyai.reservations.queries import locks as queries
from moyai.ui.public import page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def of_booking(request: Visit, number: str) -> HttpResponse:
    """入室の暗証番号 — when the door opens for a booking; POST shows the code, and that is on record."""
    booking = booking_or_404(request, number)
    window = queries.window_of_booking(booking)
    if window is None:
        if not booking.room.lock:
            raise Http404
        return page(
            request,
            "reservations/office/booking_lock.html",
            frame(request, booking) | {"rows": [], "back_url": url(request, "booking", number=number)},
        )
    code = ""
    if request.method == "POST":
        try:
            with transaction.atomic():
                code = lock_windows.show_code(actor=request.actor, now=request.now, booking=booking)
        except lock_windows.NoWindow as refusal:
            messages.warning(request, str(refusal.message))
    stands = window.state == LockWindow.State.OPEN and request.now < window.closes_at
    over = window.state == LockWindow.State.OPEN and not stands
    rows = [
        {"key": _("錠"), "value": window.lock.name, "url": url(request, "lock", lock_id=window.lock_id), "action": _("錠を見る")},
        {"key": _("入室できる時間"), "value": hours_of(window)},
        {"key": _("状態"), "value": _("終了") if over else window.get_state_display()},
        {"key": _("利用者が番号を見られる時"), "value": moment_words(window.show_at)},
    ]  # fmt: skip
    if code:
        rows.append({"key": _("暗証番号"), "value": code})
    return page(
        request,
        "reservations/office/booking_lock.html",
        frame(request, booking)
        | {
            "rows": rows,
            "code": code,
            "show": stands and not code and may(request, "reservations.show_lock_code"),
            "renew_url": url(request, "booking_lock_renew", number=number)
            if stands and may(request, "reservations.renew_lock_code")
            else "",
            "back_url": url(request, "booking", number=number),
            "messages_": [
                message_row(request, each.lock, each) for each in queries.messages_of_window(window)
            ],
        },
    )


@require_POST
def renew(request: Visit, number: str) -> HttpResponse:
    """番号を変える, when it became known to others."""
    booking = booking_or_404(request, number)
    try:
        with transaction.atomic():
            lock_windows.renew_code(actor=request.actor, now=request.now, booking=booking)
    except lock_windows.NoWindow as refusal:
        messages.warning(request, str(refusal.message))
        return redirect(url(request, "booking", number=number))
    messages.success(
        request,
        _("暗証番号を変えました。前の番号では開きません。利用者に、予約のページを見るよう伝えてください。"),
    )
    return redirect(url(request, "booking_lock", number=number))


urlpatterns = [
    path("reservations/bookings/<str:number>/lock/", of_booking, name="reservations_office_booking_lock"),
    path(
        "reservations/bookings/<str:number>/lock/renew/", renew, name="reservations_office_booking_lock_renew"
    ),
]
