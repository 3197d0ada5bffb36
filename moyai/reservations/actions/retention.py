"""保存期間の終わり — bookings and entries lose who they were for; what is counted and what was published stays as it is.

Nothing is deleted that a figure is made of: a booking keeps place, time, state, channel and money, an entry its pseudonym and
wishes, so that every sum and every published draw comes out as before. In place of the person stands one row that is nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action, forget_reasons_about
from moyai.documents.public import Letter, forget_papers_about
from moyai.money.public import forget_payer
from moyai.notices.public import forget_messages_of
from moyai.reservations.actions.approvals import need_reason
from moyai.reservations.actions.making import locked
from moyai.reservations.identity import new_key
from moyai.reservations.models import (
    Booking,
    Entry,
    Happening,
    LockMessage,
    LockWindow,
    Penalty,
    Registration,
    Request,
    Round,
)
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.retention import NOBODY, PAYABLE, kept_back, nobody_ids, over_for_entries
from moyai.tenants.public import Actor, Refusal, body_of, clock, one_at_a_time, public_number


class StillDrawn(Refusal):
    code = "round_still_kept"
    message = lazy("この抽選回は、まだ終わっていないか、保存期間の中です。")  # type: ignore[assignment]


class DayPast(Refusal):
    code = "hold_day_past"
    status = 422
    message = lazy("明日以降の日付にしてください。")  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__(fields={"until": str(self.message)})


class AlreadyForgotten(Refusal):
    code = "booking_forgotten"
    message = lazy("この予約は、すでに個人情報が消されています。")  # type: ignore[assignment]


@dataclass(slots=True)
class Forgotten:
    """What became of a portion: how many were forgotten, and why others stay, by id."""

    done: int = 0
    kept: dict[int, str] = field(default_factory=dict)


def nobody(*, actor: Actor, now: datetime, kind: str) -> Registration:
    """忘れた方 — the one row that stands for every person (or group) whose link was cut. Struck, without a day: never counted."""
    body = body_of(actor.body)
    one_at_a_time("reservations.nobody", kind)
    found: Registration | None = Registration.objects.filter(body=body, person_key=NOBODY[kind]).first()
    if found is not None:
        return found
    made: Registration = Registration.objects.create(
        body=body,
        number=public_number(),
        kind=kind,
        name="",
        kana="",
        address="",
        phone="",
        resident_class=Registration.Class.OUTSIDE,
        state=Registration.State.STRUCK,
        person_key=NOBODY[kind],
        asked_at=now,
        channel="system",
        forgotten_on=clock.today(now),
    )
    return made


@action("reservations.forget_bookings", permits=PERMITS)
def forget_bookings(*, actor: Actor, now: datetime, ids: Sequence[int], until: date) -> Forgotten:
    """予約を忘れる — of these bookings those for days up to `until`, unless something keeps one (queries.retention.WHY).

    Each is looked at once more under its locks; charges before the booking, as everybody locks them. Again is harmless.
    """
    body, today = body_of(actor.body), clock.today(now)
    result = Forgotten()
    going: list[Booking] = []
    kept = kept_back(body, ids, today=today)
    letters = set(
        Letter.objects.filter(body=body, thing_kind=PAYABLE, thing_id__in=ids).values_list(
            "thing_id", flat=True
        )
    )
    for booking in Booking.objects.filter(
        body=body, pk__in=list(ids), day__lte=until, forgotten_on__isnull=True
    ).order_by("id"):
        row = locked(booking)
        held = row.keep_until is not None and row.keep_until >= today
        why = "held" if held else kept.get(booking.pk, "")
        if not why:
            payer = forget_payer(actor=actor, now=now, thing=row)
            why = f"money_{payer.why_not}" if payer.why_not else ""
        if why:
            result.kept[booking.pk] = why
            continue
        if booking.pk in letters:
            forget_papers_about(actor=actor, now=now, thing=row)
        going.append(row)
    _cut_bookings(actor, now, going)
    result.done = len(going)
    return result


def _cut_bookings(actor: Actor, now: datetime, rows: Sequence[Booking]) -> None:
    if not rows:
        return
    body_id, ids = rows[0].body_id, [row.pk for row in rows]
    about: dict[str, Any] = {"body_id": body_id, "booking_id__in": ids}
    LockMessage.objects.filter(body_id=body_id, window__booking_id__in=ids).delete()
    LockWindow.objects.filter(**about).delete()
    Happening.objects.filter(**about).delete()
    requests = Request.objects.filter(**about)
    request_ids = list(requests.values_list("pk", flat=True))
    requests.update(
        reason="", answer="", facts={}, asked_by="", decided_by="", asked_by_id=None, decided_by_id=None
    )
    Penalty.objects.filter(**about).update(booking_id=None)
    Entry.objects.filter(**about).update(booking=None)
    for kind in Registration.Kind.values:
        mine = [row.pk for row in rows if row.registration is not None and row.registration.kind == kind]
        if mine:
            other = nobody(actor=actor, now=now, kind=kind)
            Booking.objects.filter(body_id=body_id, pk__in=mine).update(registration=other)
    Booking.objects.filter(body_id=body_id, pk__in=ids).update(
        one_person="", title="", made_by="", entry_id=None, forgotten_on=clock.today(now)
    )
    forget_messages_of(actor=actor, now=now, model=Booking, ids=ids)
    for model, gone in ((Booking, ids), (Request, request_ids)):
        forget_reasons_about(kind=model._meta.label_lower, ids=gone)


@action("reservations.forget_entries", permits=PERMITS, thing="round")
def forget_entries(*, actor: Actor, now: datetime, round: Round, months: int, most: int = 300) -> int:
    """抽選申込を忘れる — who entered a round that is over is cut off, so many persons at a time; how many entries. 0: done.

    Pseudonyms, wishes, ranks and what was published stay: the draw can be done again as before. How many persons entered can
    still be counted, for each gets a key that is his in this round only. Raises StillDrawn.
    """
    body = body_of(actor.body)
    row: Round = Round.objects.filter(body=body).select_for_update(no_key=True).get(pk=round.pk)
    if not over_for_entries(row, months=months, today=clock.today(now)):
        raise StillDrawn
    left = Entry.objects.filter(body=body, round=row).exclude(registration_id__in=nobody_ids(body))
    persons = list(left.order_by("one_person").values_list("one_person", flat=True).distinct()[:most])
    entries = list(left.filter(one_person__in=persons).order_by("id"))
    if not entries:
        row.forgotten_on = clock.today(now)
        row.save(update_fields=["forgotten_on"])
        return 0
    ids = [one.pk for one in entries]
    booked = [one.booking_id for one in entries if one.booking_id is not None]
    owners = {one.registration_id for one in entries}
    Happening.objects.filter(body=body, registration_id__in=owners, entry_id__in=ids).delete()
    Booking.objects.filter(body=body, pk__in=booked).update(entry_id=None)
    kinds = {one.pk: Registration.Kind.GROUP if one.group else Registration.Kind.PERSON for one in entries}
    stand_in = {kind: nobody(actor=actor, now=now, kind=kind).pk for kind in sorted(set(kinds.values()))}
    keys = {person: new_key() for person in persons}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reservations_entry e SET registration_id = w.owner, one_person = w.person, booking_id = NULL,"
            " made_by = '' FROM unnest(%(ids)s::bigint[], %(owners)s::bigint[], %(persons)s::text[])"
            " AS w (id, owner, person) WHERE e.body_id = %(body)s AND e.id = w.id",
            {
                "body": body.pk,
                "ids": ids,
                "owners": [stand_in[kinds[one.pk]] for one in entries],
                "persons": [keys[one.one_person] for one in entries],
            },
        )
    forget_messages_of(actor=actor, now=now, model=Entry, ids=ids)
    forget_reasons_about(kind=Entry._meta.label_lower, ids=ids)
    return len(entries)


@action("reservations.hold_booking", permits=PERMITS)
def hold_booking(
    *, actor: Actor, now: datetime, booking: Booking, until: date | None, reason: str
) -> Booking:
    """保留 — the booking is not forgotten before a day (訴訟, 監査, 開示請求); None ends it.

    Raises ReasonMissing, DayPast, AlreadyForgotten.
    """
    need_reason(reason)
    row = locked(booking)
    if row.forgotten_on is not None:
        raise AlreadyForgotten
    if until is not None and until <= clock.today(now):
        raise DayPast
    row.keep_until = until
    row.save(update_fields=["keep_until"])
    return row
