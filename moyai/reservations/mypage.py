"""施設予約 on マイページ: what has to be paid or confirmed first, then the next bookings and the registrations."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from moyai.money.public import Charge, payables
from moyai.people.public import MyRow, MySection
from moyai.reservations.models import Booking, Registration
from moyai.reservations.queries.registrations import own_registrations
from moyai.reservations.wording_users import badge, day
from moyai.tenants.public import Actor, body_of, clock
from moyai.ui.public import group_in_fours

NEXT: Final = 5
STATES: Final = {
    "held": "neutral",
    "asked": "progress",
    "booked": "good",
}


def reservations_of_account(actor: Actor, now: datetime) -> MySection | None:
    """The section of this room: two statements, however much the person has; nothing where nobody registered."""
    rows = own_registrations(actor=actor)
    if not rows:
        return None
    slug, today = body_of(actor.body).slug, clock.today(now)

    def address(name: str, **kwargs: Any) -> str:
        return reverse(f"reservations_portal_{name}", kwargs={"body_slug": slug, **kwargs})

    coming = list(
        Booking.objects.filter(
            body_id=body_of(actor.body).pk,
            registration_id__in=[row.pk for row in rows],
            kind=Booking.Kind.USE,
            state__in=("asked", "booked"),
            day__gte=today,
        )
        .select_related("room", "facility")
        .order_by("day", "starts", "id")[: NEXT * 4]
    )
    todo: list[MyRow] = []
    shown: list[MyRow] = []
    for one in coming:
        title, link = f"{one.facility} {one.room}", address("booking", number=one.number)
        if one.confirm_until is not None and one.confirm_until > now:
            todo.append(MyRow(title=_("当選の確定：%(place)s") % {"place": title}, url=link, on=one.confirm_until))
        if one.pay_until is not None and one.pay_until >= today:
            todo.append(MyRow(title=_("使用料の支払い：%(place)s") % {"place": title}, url=link, on=one.pay_until))
        shown.append(
            MyRow(
                title=title,
                url=link,
                state={"kind": STATES[one.state], "word": str(Booking.State(one.state).label)},
                on=one.day,
                note=group_in_fours(one.number),
            )
        )
    todo += [
        MyRow(
            title=_("登録の更新：%(name)s") % {"name": row.name},
            url=address("registration", number=row.number),
            on=row.valid_until,
        )
        for row in rows
        if row.reminded_for is not None and row.reminded_for == row.valid_until and row.wanted_at is None
    ]
    return MySection(
        title=_("施設予約"),
        rows=(*shown[:NEXT], *(_registered(row, address("registration", number=row.number), today) for row in rows)),
        todo=tuple(todo),
        all_url=address("bookings"),
    )


def page_of_charge(*, request: HttpRequest, charge: Charge) -> payables.Onward | None:
    """Where who has paid goes on: the booking, where it is his own; whoever else holds the link sees no number."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.account_id is None:
        return None
    number = (
        Booking.objects.filter(
            body_id=charge.body_id,
            pk=charge.thing_id,
            kind=Booking.Kind.USE,
            registration__account_id=actor.account_id,
        )
        .values_list("number", flat=True)
        .first()
    )
    if number is None:
        return None
    link = reverse(
        "reservations_portal_booking", kwargs={"body_slug": body_of(actor.body).slug, "number": number}
    )
    return payables.Onward(link, _("予約を見る"))


def _registered(row: Registration, link: str, today: Any) -> MyRow:
    return MyRow(
        title=_("利用者登録：%(name)s") % {"name": row.name},
        url=link,
        state=badge(row, on=today),
        note=_("%(day)sまで") % {"day": day(row.valid_until)} if row.valid_until else "",
    )
