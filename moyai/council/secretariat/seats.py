"""構成員の席 — registering, changing and ending one."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from moyai.council.actions.seats import change_seat, end_seat, take_seat
from moyai.council.actions.spans import span_words
from moyai.council.desk import Visit, act_page, typed
from moyai.council.forms.bodies import ChangeSeatForm, EndSeatForm, SeatForm
from moyai.council.models import Committee, Seat
from moyai.council.secretariat.committees import crumbs
from moyai.tenants.public import Body


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit, code: str) -> HttpResponse:
    """構成員を登録する."""
    one = get_object_or_404(Committee, code=code)
    bodies = list(Body.objects.order_by("code"))
    form = SeatForm(typed(request), bodies=bodies, initial={"capacity": Seat.Capacity.MEMBER})
    lead = _("全会員で構成する会議体では、準会員やオブザーバーなど、会員でない方だけを登録します。")
    return act_page(
        request,
        form,
        lambda: take_seat(actor=request.actor, now=request.now, committee=one, **form.facts()),
        heading=_("構成員を登録する"),
        lead=lead if one.open_to_all else "",
        label=_("構成員を登録する"),
        done=_("構成員を登録しました。"),
        to=reverse("council_committee", kwargs={"code": code}),
        crumbs=crumbs(one),
    )


def _facts(seat: Seat) -> list[dict[str, str]]:
    return [
        {"key": _("会議体"), "value": seat.committee.name},
        {"key": _("構成員"), "value": seat.body.name if seat.body else seat.name},
        {"key": _("区分"), "value": str(seat.get_capacity_display())},
        {"key": _("期間"), "value": span_words(seat.from_on, seat.until_on)},
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Visit, seat_id: int) -> HttpResponse:
    """区分を改める — 準会員 → 会員 from a day."""
    seat = get_object_or_404(Seat.objects.select_related("committee", "body"), pk=seat_id)
    initial = {"capacity": seat.capacity, "block": seat.block, "section": seat.section}
    form = ChangeSeatForm(typed(request), initial=initial)
    return act_page(
        request,
        form,
        lambda: change_seat(actor=request.actor, now=request.now, seat=seat, **form.cleaned_data),
        heading=_("構成員の区分を改める"),
        label=_("区分を改める"),
        done=_("構成員の区分を改めました。"),
        to=reverse("council_committee", kwargs={"code": seat.committee.code}),
        crumbs=crumbs(seat.committee),
        facts=_facts(seat),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Visit, seat_id: int) -> HttpResponse:
    """席を終える, with the reason."""
    seat = get_object_or_404(Seat.objects.select_related("committee", "body"), pk=seat_id)
    form = EndSeatForm(typed(request))
    return act_page(
        request,
        form,
        lambda: end_seat(actor=request.actor, now=request.now, seat=seat, **form.cleaned_data),
        heading=_("構成員の席を終える"),
        label=_("席を終える"),
        done=_("席の終わりを登録しました。"),
        to=reverse("council_committee", kwargs={"code": seat.committee.code}),
        crumbs=crumbs(seat.committee),
        facts=_facts(seat),
        danger=True,
    )


urlpatterns = [
    path("committees/<slug:code>/seats/new/", new, name="council_seat_new"),
    path("seats/<int:seat_id>/change/", change, name="council_seat_change"),
    path("seats/<int:seat_id>/end/", end, name="council_seat_end"),
]
