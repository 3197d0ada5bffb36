"""延長 — a use goes on a little beyond its コマ: the price of the extension is charged, where nobody else comes next."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.reservations.actions import money, slots
from moyai.reservations.actions.making import NotInState, locked, note, save
from moyai.reservations.actions.quotes import quote_for, relief_of
from moyai.reservations.actions.reliefs import scene_of
from moyai.reservations.models import Booking, Slot
from moyai.reservations.permits import PERMITS
from moyai.reservations.rules.rooms import Unit
from moyai.tenants.public import Actor, Refusal

LONGEST: Final = 240  # minutes; what lasts longer is another コマ


class NextOneComes(Refusal):
    code = "extension_taken"
    message = lazy("次の利用の予約があるため、その時間までは延長できません。")  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__(fields={"minutes": str(self.message)})


class NotThatLong(Refusal):
    code = "extension_too_long"
    status = 422
    message = lazy("延長は1分から240分まで、その日のうちにしてください。")  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__(fields={"minutes": str(self.message)})


class ExtensionInTheWay(Refusal):
    code = "extension_in_the_way"
    message = lazy(
        "延長した時間が、変更後の利用のあとに空いていません。別の時間を選ぶか、窓口で延長を取り消してください。"
    )  # type: ignore[assignment]


def still_extended(booking: Booking, unit: Unit) -> None:
    """A booking that was moved keeps its extension where nobody comes next. Raises ExtensionInTheWay.

    The parts of its day are locked.
    """
    minutes = booking.extension_minutes
    if minutes and (booking.ends + minutes > 1440 or not _free_after(booking, unit, minutes)):
        raise ExtensionInTheWay


def _free_after(booking: Booking, unit: Unit, minutes: int) -> bool:
    taken = Slot.objects.filter(
        body=booking.body_id,
        day=booking.day,
        part_id__in=unit.part_ids,
        cell__gte=booking.ends,
        cell__lt=booking.ends + minutes,
    )
    return not taken.exclude(booking=booking).exists()


@action("reservations.extend", permits=PERMITS, thing="booking")
def extend(*, actor: Actor, now: datetime, booking: Booking, minutes: int) -> Booking:
    """延長する — `minutes` beyond the end, in all (0 takes an extension back): the fee with the extension, by the policy.

    Raises NotInState, NotThatLong, NextOneComes, FeeUnknown (no price for extensions).
    """
    row = locked(booking)
    if row.state not in (Booking.State.BOOKED, Booking.State.USED) or row.registration is None:
        raise NotInState
    if not 0 <= minutes <= LONGEST or row.ends + minutes > 1440:
        raise NotThatLong
    where = scene_of(row, actor=actor, now=now)
    slots.lock(row.body_id, [("part", part, row.day) for part in where.unit.part_ids])
    if not _free_after(row, where.unit, minutes):
        raise NextOneComes
    quoted = quote_for(
        scene=where,
        registration=row.registration,
        relief=relief_of(row),
        extension_minutes=minutes,
        with_main=bool(row.quote.get("use", {}).get("with_main", False)),
    )
    quoted.put_on(row)
    save(row, *money.FEE_COLUMNS, now=now)
    money.bring(actor=actor, now=now, booking=row, reason="延長")
    note(actor=actor, now=now, booking=row, what="extended", facts={"minutes": minutes})
    return row
