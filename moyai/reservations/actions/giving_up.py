"""廃止の届出 — whoever is registered gives his registration up himself; one that was never used is forgotten at once."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.reservations.actions.approvals import BookingsStand, end_registration
from moyai.reservations.actions.forgetting import forget
from moyai.reservations.actions.registrations import NotFound, NotPossibleNow, locked
from moyai.reservations.actions.remembering import remember
from moyai.reservations.models import Booking, Entry, Penalty, Registration
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.retention import owes
from moyai.tenants.public import Actor, Refusal, body_of, clock

REASON = "本人の届出"
UNDECIDED = (Entry.State.ENTERED, Entry.State.WAITING, Entry.State.WON, Entry.State.OFFERED)


class EntriesStand(Refusal):
    code = "entries_stand"
    message = lazy("結果の出ていない抽選の申込みがあります。取り下げるか、結果を待ってから届け出てください。")  # type: ignore[assignment]


class MoneyOwed(Refusal):
    code = "money_owed"
    message = lazy("支払いの終わっていない使用料か、お返しする使用料があります。済んでから届け出てください。")  # type: ignore[assignment]


class SuspendedNow(Refusal):
    code = "suspended_now"
    message = lazy("利用停止の間は、届け出ることができません。")  # type: ignore[assignment]


@action("reservations.give_up_registration", permits=PERMITS)
def give_up_registration(*, actor: Actor, now: datetime, registration: Registration) -> Registration:
    """廃止を届け出る — it is struck, and kept for its years like every other; never used, its personal data go at once.

    Raises NotFound (another's), NotPossibleNow, SuspendedNow, BookingsStand, EntriesStand, MoneyOwed.
    """
    row = locked(actor=actor, registration=registration)
    if actor.account_id is None or row.account_id != actor.account_id:
        raise NotFound
    if row.state == Registration.State.SUSPENDED:
        raise SuspendedNow
    if row.state not in (Registration.State.PENDING, Registration.State.ACTIVE):
        raise NotPossibleNow
    own = {"body_id": row.body_id, "registration": row}
    today = clock.today(now)
    if Booking.objects.filter(**own, day__gte=today, state__in=("held", "asked", "booked")).exists():
        raise BookingsStand
    if Entry.objects.filter(**own, state__in=UNDECIDED).exists():
        raise EntriesStand
    if owes(row):
        raise MoneyOwed
    used = any(model.objects.filter(**own).exists() for model in (Booking, Entry, Penalty))
    end_registration(actor=actor, now=now, row=row, verb="give_up", words=REASON)
    remember(actor=actor, now=now, registration=row, what="given_up", words=REASON)
    if not used:
        forget(actor=Actor.system(body_of(actor.body)), now=now, row=row)
    return row


__all__ = ["BookingsStand", "EntriesStand", "MoneyOwed", "SuspendedNow", "give_up_registration"]
