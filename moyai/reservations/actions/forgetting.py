"""忘れる — a registration that ended and was kept for its time loses all that knows of the person; the row stays for sums."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action, forget_reasons_about
from moyai.documents.public import Letter, forget_papers_about
from moyai.notices.public import forget_messages_about, forget_messages_of
from moyai.reservations.actions.registrations import locked
from moyai.reservations.identity import new_key
from moyai.reservations.models import Booking, Entry, GroupMember, Happening, Penalty, Registration, Request
from moyai.reservations.permits import PERMITS
from moyai.tenants.public import Actor, Refusal, clock

EMPTY: Final[dict[str, Any]] = {
    "account_id": None,
    "name": "",
    "kana": "",
    "representative": "",
    "representative_kana": "",
    "born_on": None,
    "postal_code": "",
    "address": "",
    "phone": "",
    "email": "",
    "why": "",
    "joined": "",
    "search_key": "",
    "name_key": "",
    "address_key": "",
    "wanted": None,
    "wanted_at": None,
}


class StillKept(Refusal):
    code = "still_kept"
    message = _("保存期間が終わっていないか、使われている登録です。")  # type: ignore[assignment]


@action("reservations.forget_registration", permits=PERMITS)
def forget_registration(*, actor: Actor, now: datetime, registration: Registration) -> Registration:
    """個人情報を消す — name, address, birthday, members, words, papers and messages; number, kind, class and days stay.

    Bookings and entries of it stay in the sums, without who made them and what it was called; of their 使用許可書 and
    other papers number and SHA-256 stay. Not while one of its bookings is held back. Again is harmless. Raises StillKept.
    """
    row = locked(actor=actor, registration=registration)
    today = clock.today(now)
    if row.forgotten_on is not None:
        return row
    if row.state not in ("refused", "struck") or row.keep_until is None or row.keep_until >= today:
        raise StillKept
    if Booking.objects.filter(body_id=row.body_id, registration=row, keep_until__gte=today).exists():
        raise StillKept
    forget(actor=actor, now=now, row=row)
    return row


def forget(*, actor: Actor, now: datetime, row: Registration) -> None:
    """The row, locked, and all that hangs on it lose the person."""
    body_id, today = row.body_id, clock.today(now)
    own: dict[str, Any] = {"body_id": body_id, "registration": row}
    key = new_key()
    for name, value in EMPTY.items():
        setattr(row, name, value)
    row.person_key, row.forgotten_on, row.version = key, today, row.version + 1
    row.save()
    GroupMember.objects.filter(**own).delete()
    Happening.objects.filter(**own).update(words="", facts={})
    Penalty.objects.filter(**own).update(taken_back_why="")
    Booking.objects.filter(**own).update(one_person=key, title="")
    Entry.objects.filter(**own).update(one_person=key)
    forget_messages_about(actor=actor, now=now, thing=row)
    forget_reasons_about(kind="reservations.registration", ids=[row.pk])
    _forget_papers_of(actor, now, own)


def _forget_papers_of(actor: Actor, now: datetime, own: dict[str, Any]) -> None:
    """What was printed, sent and given as a reason about its bookings and entries names the person, too."""
    bookings = list(Booking.objects.filter(**own).values_list("pk", flat=True))
    entries = list(Entry.objects.filter(**own).values_list("pk", flat=True))
    lettered = Letter.objects.filter(
        body_id=own["body_id"], thing_kind=Booking._meta.label_lower, thing_id__in=bookings
    ).values_list("thing_id", flat=True)
    for booking in Booking.objects.filter(body_id=own["body_id"], pk__in=list(lettered)).order_by("id"):
        forget_papers_about(actor=actor, now=now, thing=booking)
    requests = Request.objects.filter(body_id=own["body_id"], booking_id__in=bookings)
    asked = list(requests.values_list("pk", flat=True))
    requests.update(reason="", answer="", facts={})
    for model, ids in ((Booking, bookings), (Entry, entries)):
        if ids:
            forget_messages_of(actor=actor, now=now, model=model, ids=ids)
    for kind, ids in ((Booking, bookings), (Entry, entries), (Request, asked)):
        forget_reasons_about(kind=kind._meta.label_lower, ids=ids)
