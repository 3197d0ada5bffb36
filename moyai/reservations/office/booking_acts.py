"""What staff do with one booking, a page for each act: approve, cancel, 受付, no-show, excuse, restore, relief, lift …"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.reservations.actions import attendance, bookings, reliefs
from moyai.reservations.actions.asked import Asked, Scene, scene
from moyai.reservations.actions.blocks import lift_block
from moyai.reservations.actions.extensions import extend
from moyai.reservations.actions.money import refund_of
from moyai.reservations.actions.quotes import reliefs_open_to
from moyai.reservations.actions.seen import still_as_seen
from moyai.reservations.actions.win_use import asked_of_winner
from moyai.reservations.forms.booking import WonForm
from moyai.reservations.forms.counter import (
    CancelForm,
    ExcuseForm,
    ExtendForm,
    NoteForm,
    RefundForm,
)
from moyai.reservations.forms.registration_acts import ReasonForm
from moyai.reservations.models import Booking
from moyai.reservations.office.acts import ACTS, possible
from moyai.reservations.office.bookings import frame
from moyai.reservations.office.desk import Visit, attempt, booking_or_404, number_of, status_of, today_of, url
from moyai.reservations.portal.cancelling import ReliefForm
from moyai.tenants.public import Refusal, body_of
from moyai.ui.public import Form, page, yen

WHYS = {"own": lazy("利用者の都合"), "weather": lazy("天候・災害"), "facility": lazy("施設の都合")}
PLAIN = [act for act in ACTS if not ACTS[act].page]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: Visit, number: str, act: str) -> HttpResponse:
    """The page of one act. One that the state or the role does not permit is told so on the booking's page."""
    one = booking_or_404(request, number)
    if act not in PLAIN:
        raise Http404
    use = one.kind == Booking.Kind.USE
    known = scene(body=body_of(request.actor.body), asked=Asked.of(one), today=today_of(request)) if use else None
    if not possible(request, one, known, act):
        messages.warning(request, _("今の状態または権限では、この操作はできません。"))
        return redirect(url(request, "booking", number=number))
    form, refusal = _form(request, one, known, act), None
    if request.method == "POST" and form.is_valid():
        version = number_of(request.POST.get("version", ""))
        do = _do(request, one, act, form.cleaned_data)

        def both() -> Any:
            still_as_seen(one, version)
            return do()

        done, refusal = attempt(form, both)
        if done is not None:
            messages.success(request, str(ACTS[act].done))
            return redirect(url(request, "booking", number=number))
    heading = str(ACTS[act].label)
    context = frame(request, one)
    context["crumbs"] = [*context["crumbs"], (heading, "")]
    context |= {
        "heading": heading,
        "says": ACTS[act].says,
        "label": heading,
        "danger": ACTS[act].danger,
        "table": _refunds(request, one, known) if act == "cancel" and known is not None else {},
        "version": one.version,
        "back_url": url(request, "booking", number=number),
    }
    return page(request, "reservations/office/booking_act.html", context, form=form, **status_of(refusal))


def _form(request: Visit, one: Booking, known: Scene | None, act: str) -> Form:
    posted = request.POST if request.method == "POST" else None
    if act == "relief":
        assert known is not None  # a use has its scene
        assert one.registration is not None
        return ReliefForm(posted, reliefs=reliefs_open_to(scene=known, registration=one.registration))
    if act == "extend":
        return ExtendForm(posted, initial={"minutes": one.extension_minutes or ""})
    if act == "confirm":
        assert known is not None
        return WonForm(posted, asks=asked_of_winner(known))
    forms: dict[str, type[Form]] = {
        "refuse": ReasonForm,
        "restore": ReasonForm,
        "cancel": CancelForm,
        "excuse": ExcuseForm,
        "refund": RefundForm,
    }
    return forms.get(act, NoteForm)(posted)


def _do(request: Visit, one: Booking, act: str, given: dict[str, Any]) -> Callable[[], Any]:
    who: dict[str, Any] = {"actor": request.actor, "now": request.now, "booking": one}
    verbs: dict[str, Callable[..., Any]] = {
        "approve": bookings.approve,
        "refuse": bookings.refuse,
        "confirm": bookings.confirm,
        "cancel": bookings.cancel,
        "used": attendance.mark_used,
        "missed": attendance.mark_missed,
        "excuse": attendance.excuse,
        "restore": bookings.restore,
        "extend": extend,
        "relief": reliefs.ask_relief,
        "refund": reliefs.ask_refund,
        "lift": lift_block,
    }
    more = {"channel": "staff"} if act in ("cancel", "relief") else {}
    return lambda: verbs[act](**who, **given, **more)


def _refunds(request: Visit, one: Booking, known: Scene) -> dict[str, Any]:
    """What a cancellation today gives back and keeps, by whose reasons it is."""
    if not one.fee_yen:
        return {}
    rows = []
    for why, words in WHYS.items():
        try:
            back = refund_of(now=request.now, booking=one, scene=known, why=why)
        except Refusal:
            continue
        rows.append([{"text": str(words), "head": True}, yen(back.yen), yen(back.kept_yen)])
    return {
        "caption": _("取り消したときの使用料%(yen)sの扱い") % {"yen": yen(one.fee_yen)},
        "columns": [{"label": _("理由の種類")}, {"label": _("返す額（未納なら請求を減らす額）")}, {"label": _("取消料")}],
        "rows": rows,
        "empty": _("この日の取消しの決まりがありません。"),
    }


urlpatterns = [
    path(
        "reservations/bookings/<str:number>/do/<slug:act>/", act, name="reservations_office_booking_act"
    )
]
