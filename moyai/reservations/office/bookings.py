"""予約の一覧と予約 — find a booking by its number or its user; one of them with facts, fee, requests and what happened."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.audit.public import looked
from moyai.calendars.public import day_words, end_words, moment_words
from moyai.documents.public import Letter
from moyai.money.public import charges_about
from moyai.reservations.actions.asked import Asked, scene
from moyai.reservations.forms.counter import ListForm
from moyai.reservations.models import Booking, Request
from moyai.reservations.office.acts import acts_of
from moyai.reservations.office.day import KEPT
from moyai.reservations.office.desk import (
    Visit,
    booking_or_404,
    looked_over,
    may,
    today_of,
    url,
    when,
    where,
    who,
)
from moyai.reservations.portal import naming
from moyai.reservations.portal.fees_shown import fee_table
from moyai.reservations.portal.filling import use_rows
from moyai.reservations.portal.naming import CLASS_WORDS, KIND_WORDS, SERVICE, named
from moyai.reservations.portal.permit_paper import letter_of, permit_page
from moyai.reservations.portal.states import STATES, badge, money_badge, timeline
from moyai.reservations.queries.channels import CHANNELS
from moyai.reservations.queries.counter import (
    COUNT_UP_TO,
    PAGE,
    VIEWS,
    Sought,
    bookings,
    facilities,
    requests_of,
    waiting_counts,
)
from moyai.reservations.queries.own_bookings import history_of_booking
from moyai.reservations.queries.receivables import standing_of, standings_of
from moyai.tenants.public import body_of
from moyai.ui.public import group_in_fours, page, phone_shown, yen

MENU = [(lazy("予約"), "reservations_office_bookings")]
VIEW_WORDS = {
    "coming": lazy("これからの予約"),
    "waiting": lazy("審査待ち"),
    "past": lazy("過ぎた予約"),
    "all": lazy("すべて"),
}
S, Kind = Booking.State, Booking.Kind
REQUEST_STATES = {"asked": "progress", "granted": "good", "declined": "bad"}


@never_cache
@require_http_methods(["GET", "HEAD"])
def listing(request: Visit) -> HttpResponse:
    """予約の一覧 — one page by key; the address is the whole state."""
    today, get, here = today_of(request), request.GET, url(request, "bookings")
    view = get.get("view", "") if get.get("view") in VIEWS else "all" if get.get("q") else "coming"
    every = facilities(actor=request.actor, on=today)
    form = ListForm(
        {**get.dict(), "view": view},
        facilities=[(one.pk, named(one)) for one in every],
        states=[(code, word) for code, (_kind, word) in STATES.items() if code != "held"],
        today=today,
    )
    form.is_valid()
    given = form.cleaned_data
    found = bookings(
        actor=request.actor,
        sought=Sought(
            view=view,
            facility_id=given.get("facility"),
            state=given.get("state", ""),
            day=given.get("day"),
            words=given.get("q", ""),
            after=get.get("after", "")[:40],
            before=get.get("before", "")[:40],
        ),
        today=today,
    )
    narrowed = {name: get[name] for name in ("q", "facility", "day", "state") if get.get(name)}
    state = {"view": view, **narrowed}
    counts = waiting_counts(actor=request.actor, today=today)
    looked_over(request, "bookings", map(who, found.rows))
    return page(
        request,
        "reservations/office/bookings.html",
        {
            "service": SERVICE,
            "views": [
                {
                    "label": VIEW_WORDS[one],
                    "url": f"{here}?{urlencode({'view': one})}",
                    "current": one == view,
                    "count": counted(counts[one]) if one in counts else "",
                }
                for one in VIEWS
            ],
            "view_label": VIEW_WORDS[view],
            "filter": form,
            "here": here,
            "clear_url": f"{here}?{urlencode({'view': view})}" if narrowed else "",
            "table": bookings_table(request, found.rows, str(VIEW_WORDS[view])),
            "found": bool(found.rows),
            "older_url": f"{here}?{urlencode({**state, 'after': found.older})}" if found.older else "",
            "newer_url": f"{here}?{urlencode({**state, 'before': found.newer})}" if found.newer else "",
            "page_rows": PAGE,
            "counter_url": url(request, "counter"),
            "requests_url": url(request, "requests"),
            "waiting": counted(counts["requests"]),
        },
    )


def counted(number: int) -> str:
    return f"{COUNT_UP_TO}+" if number > COUNT_UP_TO else str(number)


def bookings_table(request: Visit, rows: list[Booking], caption: str) -> dict[str, Any]:
    standings = standings_of(rows)
    lines = []
    for one in rows:
        paid = money_badge(standings[one.pk])
        lines.append(
            [
                {"text": group_in_fours(one.number), "url": url(request, "booking", number=one.number), "head": True},
                when(one),
                where(one),
                who(one) or None,
                {"state": badge(one)},
                yen(one.fee_yen),
                {"state": paid} if paid else None,
            ]
        )
    return {
        "caption": caption,
        "dense": True,
        "columns": [
            {"label": _("予約番号")},
            {"label": _("利用日時")},
            {"label": _("施設・室場")},
            {"label": _("利用者")},
            {"label": _("状態")},
            {"label": _("使用料")},
            {"label": _("支払い")},
        ],
        "rows": lines,
        "id": "bookings",
    }


@never_cache
@require_http_methods(["GET", "HEAD"])
def booking(request: Visit, number: str) -> HttpResponse:
    """予約 — all that staff need to answer about one; the look is on record."""
    one = booking_or_404(request, number)
    looked(actor=request.actor, now=request.now, verb="reservations.view_booking", thing=one)
    use = one.kind == Kind.USE
    known = scene(body=body_of(request.actor.body), asked=Asked.of(one), today=today_of(request)) if use else None
    standing = standing_of(one)
    charges = charges_about(one) if use else []
    return page(
        request,
        "reservations/office/booking.html",
        frame(request, one)
        | {
            "acts": acts_of(request, one, known),
            "credit_url": url(request, "booking_credit", number=one.number)
            if standing.overpaid_yen and may(request, "reservations.pay_back")
            else "",
            "permit": _permit(request, one),
            "hold_url": url(request, "booking_hold", number=one.number)
            if may(request, "reservations.hold_booking") and one.forgotten_on is None
            else "",
            "lock_url": url(request, "booking_lock", number=one.number) if one.room.lock and use else "",
            "person": _person(request, one),
            "rows": [
                *(use_rows(request, known, one) if known is not None else []),
                *_made(one),
            ],
            "fee": fee_table(one.quote) if one.quote.get("lines") else {},
            "money": _money(request, one, standing) if use else [],
            "charges": [
                {
                    "text": _("%(title)s　未納%(yen)s") % {"title": charge.title, "yen": yen(charge.unpaid_yen)}
                    if charge.unpaid_yen
                    else charge.title,
                    "url": naming.url(request, "money_office_charge", charge_id=charge.pk),
                }
                for charge in charges
            ],
            "requests": [_request(request, row) for row in requests_of(one)],
            "timeline": timeline(history_of_booking(one)),
        },
    )


def frame(request: Visit, one: Booking) -> dict[str, Any]:
    """What every page about a booking has."""
    use = one.kind == Kind.USE
    return {
        "service": SERVICE,
        "booking": one,
        "name": who(one) or "—",
        "identity": [
            {"key": _("予約番号"), "value": group_in_fours(one.number)},
            {"key": _("利用日時"), "value": when(one)},
            {"key": _("施設・室場"), "value": where(one)},
        ],
        "state": badge(one) if use or one.state != S.BOOKED else {"kind": "locked", "word": str(KEPT[Kind(one.kind)])},
        "day_url": url(request, "day", {"facility": one.facility_id, "day": one.day.isoformat()}),
        "crumbs": [
            (_("予約"), url(request, "bookings")),
            (group_in_fours(one.number), url(request, "booking", number=one.number)),
        ],
    }


def _person(request: Visit, one: Booking) -> list[dict[str, Any]]:
    row = one.registration
    if row is None:
        return []
    return [
        {
            "key": _("利用者番号"),
            "value": group_in_fours(row.number),
            "url": url(request, "registration", number=row.number),
            "action": _("登録を見る"),
        },
        {"key": _("種類"), "value": KIND_WORDS[row.kind]},
        {"key": _("区分"), "value": CLASS_WORDS[row.resident_class]},
        {"key": _("電話番号"), "value": phone_shown(row.phone) if row.phone else "—"},
    ]


def _made(one: Booking) -> list[dict[str, Any]]:
    rows = [
        {"key": _("受け付けた日時"), "value": moment_words(one.made_at)},
        {"key": _("受け付けた経路"), "value": str(CHANNELS.get(one.channel, one.channel))},
    ]
    if one.made_by:
        rows.append({"key": _("受け付けた職員"), "value": one.made_by})
    if one.confirm_until is not None:
        rows.append({"key": _("確定の期限"), "value": end_words(one.confirm_until)})
    return rows


def _money(request: Visit, one: Booking, standing: Any) -> list[dict[str, Any]]:
    kept = int(one.quote.get("kept_yen", 0))
    rows = [{"key": _("使用料"), "value": yen(one.fee_yen)}]
    if one.relief_yen:
        rows.append({"key": _("減免した額"), "value": yen(one.relief_yen)})
    if kept:
        rows.append({"key": _("取消料"), "value": yen(kept)})
    rows.append({"key": _("納めた額"), "value": yen(standing.paid_yen)})
    if standing.unpaid_yen:
        rows.append({"key": _("未納の額"), "value": yen(standing.unpaid_yen)})
        if one.pay_until:
            rows.append({"key": _("納期限"), "value": day_words(one.pay_until)})
    if standing.overpaid_yen:
        row = {"key": _("過納の額"), "value": yen(standing.overpaid_yen)}
        if may(request, "reservations.pay_back"):
            row |= {"url": url(request, "booking_credit", number=one.number), "action": _("還付・充当を申請")}
        rows.append(row)
    return rows


def _request(request: Visit, row: Request) -> dict[str, Any]:
    return {
        "label": row.get_kind_display(),
        "url": url(request, "request", request_id=row.pk),
        "state": {"kind": REQUEST_STATES[row.state], "word": row.get_state_display()},
        "reason": row.reason,
    }


# --- 使用許可書 ----------------------------------------------------------------------------------------


def _permit(request: Visit, one: Booking) -> dict[str, Any] | None:
    if one.state not in (S.BOOKED, S.USED) or one.registration_id is None:
        return None
    letter = letter_of(request.actor, one)
    return {
        "url": url(request, "booking_permit", number=one.number),
        "ready": letter is not None and letter.state == Letter.State.READY,
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def permit(request: Visit, number: str) -> HttpResponseBase:
    """使用許可書 of a booking."""
    return permit_page(
        request,
        booking_or_404(request, number),
        here=url(request, "booking_permit", number=number),
        back=url(request, "booking", number=number),
    )


urlpatterns = [
    path("reservations/bookings/", listing, name="reservations_office_bookings"),
    path("reservations/bookings/<str:number>/", booking, name="reservations_office_booking"),
    path("reservations/bookings/<str:number>/permit/", permit, name="reservations_office_booking_permit"),
]
