"""窓口での予約の入力 — the form with its fee and 付属室場, one day or a series; by the same rules as residents, or with a 特例."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.calendars.public import day_words
from moyai.reservations.actions import checks
from moyai.reservations.actions.asked import Asked, scenes
from moyai.reservations.actions.bookings import book
from moyai.reservations.actions.judging import attached_in, faults_of
from moyai.reservations.actions.overrides import ask_override
from moyai.reservations.actions.quotes import quote_for
from moyai.reservations.actions.series import (
    Group,
    Occurrence,
    Pattern,
    SeriesTaken,
    book_series,
    occurrences,
    repeated,
)
from moyai.reservations.actions.slots import SlotTaken
from moyai.reservations.forms.booking import asked_with
from moyai.reservations.forms.counter import CounterForm
from moyai.reservations.models import Booking, Combination, Registration, Request
from moyai.reservations.office.counter import identity_of, person_or_404
from moyai.reservations.office.desk import Visit, attempt, status_of, today_of, url
from moyai.reservations.office.use_form import (
    alternatives,
    attached_choices,
    attached_taken,
    day_typed,
    place_of,
    use_form,
)
from moyai.reservations.portal.fees_shown import fee_table
from moyai.reservations.portal.naming import SERVICE, named
from moyai.reservations.portal.places import minute_asked
from moyai.reservations.queries.counter import unit_by_id
from moyai.reservations.queries.marks import Reader
from moyai.reservations.queries.registrations import (
    class_on,
)
from moyai.tenants.public import Refusal, body_of
from moyai.ui.public import page, yen


class NothingLeft(Refusal):
    code = "series_nothing_left"
    message = lazy("予約できる日がありません。別の日か時間を選んでください。")  # type: ignore[assignment]


@dataclass(frozen=True)
class Judged:
    """What the rules say of what is typed, and what it costs."""

    faults: list[str] = field(default_factory=list)
    overridable: bool = False
    days: list[str] = field(default_factory=list)  # of a series: those that can be had
    fees: list[dict[str, Any]] = field(default_factory=list)
    total: str = ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def booking(request: Visit, number: str, combination_id: int) -> HttpResponse:
    """予約の入力 — 料金を確かめる, 予約する, or where a rule says no 特例を伺う."""
    row = person_or_404(request, number)
    unit = unit_by_id(actor=request.actor, unit_id=combination_id)
    if unit is None:
        raise Http404
    today = today_of(request)
    day = day_typed(request, today)
    where = place_of(request, unit.room, day, Reader(class_on(row, on=today), row.kind))
    if where.plan.unit(unit.pk) is None and not where.plan.units:
        raise Http404
    starts = minute_asked(request.POST.get("starts", "") or request.GET.get("from", ""))
    ends = minute_asked(request.POST.get("ends", "") or request.GET.get("until", ""))
    along = attached_choices(request, where)
    form = use_form(
        request,
        CounterForm,
        where,
        unit_id=unit.pk,
        times=(starts, ends) if starts is not None and ends is not None and starts < ends <= 1440 else None,
        initial={"unit": str(unit.pk), "day": day, "starts": starts, "ends": ends, "every": "week"},
        attached=along,
    )
    if request.method != "POST" or not form.is_valid():
        return _booking_page(request, row, unit, form)
    every = _every(form)
    match request.POST.get("act"):
        case "quote":
            judged, refusal = attempt(form, lambda: _judged(request, row, every))
        case "override":
            return _override(request, row, unit, form, every)
        case _:
            made, refusal = attempt(form, lambda: _book(request, row, form, every))
            if made is not None:
                return redirect(url(request, "booking", number=made[0].number))
            judged = Judged(overridable=len(every) == 1 and getattr(refusal, "overridable", False))
    if isinstance(refusal, SlotTaken) and (said := attached_taken(refusal, along)):
        form.errors.pop("starts", None)
        form.add_error("attached", said)
    return _booking_page(request, row, unit, form, refusal, judged=judged)


def _every(form: CounterForm) -> list[Group]:
    """The use asked for with its 付属室場, and the same again as often as it is to come."""
    kept = form.kept()
    day = date.fromisoformat(kept["day"])
    when: dict[str, Any] = {"day": day, "starts": kept["starts"], "ends": kept["ends"]}
    main = asked_with(kept, combination_id=kept["unit"], **when)
    with_it: dict[str, Any] = {"purpose": main.purpose, "title": main.title, "commercial": main.commercial}
    group = (main, *(Asked(combination_id=int(one), **when, **with_it) for one in kept["attached"]))
    given = form.cleaned_data
    return repeated(group, Pattern(day, given.get("every") or "week", given.get("weeks") or 1))


def _judged(request: Visit, row: Registration, every: Sequence[Group]) -> Judged:
    """By the rules that will decide it. Raises FeeUnknown."""
    if len(every) > 1:
        return _judged_each(request, row, every)
    known = scenes(body=body_of(request.actor.body), asked=every[0], today=today_of(request))
    found = faults_of(actor=request.actor, now=request.now, known=known, registration=row)
    said = [fault for _one, faults in found for fault in faults]
    impossible = [fault for fault in said if isinstance(fault, checks.NotATimeOfRoom)]
    quotes = (
        []
        if impossible
        else [quote_for(scene=one, registration=row, with_main=attached_in(one, known)) for one in known]
    )
    return Judged(
        faults=[str(fault.message) for fault in said],
        overridable=len(known) == 1 and bool(said) and all(fault.overridable for fault in said),
        fees=[
            fee_table(one.document, caption=_("%(room)sの料金の計算") % {"room": named(scene.plan)})
            for scene, one in zip(known, quotes, strict=False)
        ],
        total=_total(sum(one.fee_yen for one in quotes)) if quotes else "",
    )


def _judged_each(request: Visit, row: Registration, every: Sequence[Group]) -> Judged:
    """Each day of a series: those that cannot be had are named, the price is that of the others."""
    found = occurrences(actor=request.actor, now=request.now, registration=row, wanted=every)
    can = [one for one in found if not one.faults]
    return Judged(
        faults=[f"{day_words(one.day)}：{''.join(one.faults)}" for one in found if one.faults],
        days=[f"{day_words(one.day)}：{yen(one.fee_yen)}" for one in can],
        total=_total(sum(one.fee_yen for one in can)) if can else "",
    )


def _total(amount: int) -> str:
    return _("使用料の合計：%(yen)s") % {"yen": yen(amount)}


def _book(request: Visit, row: Registration, form: CounterForm, every: Sequence[Group]) -> list[Booking]:
    """All of it in one act, without the days that cannot be had where the clerk says so."""
    who: dict[str, Any] = {"actor": request.actor, "now": request.now, "registration": row}
    if len(every) == 1:
        [(main, *along)] = every
        made = [book(asked=main, attached=along, channel="staff", **who)]
        waits = made[0].state == Booking.State.ASKED
        messages.success(
            request, _("予約を受け付けました。審査を待っています。") if waits else _("予約しました。")
        )
        return made
    left_out: list[Occurrence] = []
    if form.cleaned_data.get("skip"):
        left_out = [one for one in occurrences(wanted=every, **who) if one.faults]
        gone = {one.day for one in left_out}
        every = [group for group in every if group[0].day not in gone]
        if not every:
            raise NothingLeft
    made = book_series(asked=[one for group in every for one in group], channel="staff", **who)
    messages.success(request, _("%(count)s件の予約をしました。") % {"count": len(made)})
    if left_out:
        days = "、".join(day_words(one.day) for one in left_out)
        messages.info(request, _("次の日は、予約できないので除きました：%(days)s") % {"days": days})
    return made


def _override(
    request: Visit, row: Registration, unit: Combination, form: CounterForm, every: Sequence[Group]
) -> HttpResponse:
    """特例を伺う — the place is taken, the booking waits for a second person."""
    if len(every) > 1 or len(every[0]) > 1:
        form.add_error("weeks" if len(every) > 1 else "attached", _("特例は1件ずつ伺ってください。"))
        return _booking_page(request, row, unit, form)
    made: Request | None
    made, refusal = attempt(
        form,
        lambda: ask_override(
            actor=request.actor,
            now=request.now,
            registration=row,
            asked=every[0][0],
            channel="staff",
            reason=form.cleaned_data["reason"],
        ),
    )
    if made is not None:
        messages.success(request, _("特例を伺いました。別の決裁者が承認すると、予約が決まります。"))
        return redirect(url(request, "booking", number=made.booking.number))
    return _booking_page(request, row, unit, form, refusal, judged=Judged(overridable=True))


def _booking_page(
    request: Visit,
    row: Registration,
    unit: Combination,
    form: CounterForm,
    refusal: Refusal | None = None,
    *,
    judged: Judged | None = None,
) -> HttpResponse:
    taken = refusal.taken if isinstance(refusal, SeriesTaken) else refusal
    back = url(
        request,
        "counter_place",
        {"facility": unit.room.facility_id, "day": day_typed(request, today_of(request)).isoformat()},
        number=row.number,
    )
    return page(
        request,
        "reservations/office/counter_book.html",
        {
            "service": SERVICE,
            **identity_of(request, row),
            "room": f"{named(unit.room.facility)} {named(unit.room)}",
            "needs_approval": unit.room.needs_approval,
            "judged": judged,
            "near": alternatives(request, taken, number=row.number) if isinstance(taken, SlotTaken) else [],
            "back_url": back,
            "crumbs": [
                (_("窓口で予約する"), url(request, "counter")),
                (_("室場をえらぶ"), back),
                (_("予約の入力"), ""),
            ],
        },
        form=form,
        **status_of(refusal),
    )


urlpatterns = [
    path(
        "reservations/counter/<str:number>/<int:combination_id>/",
        booking,
        name="reservations_office_counter_book",
    ),
]
