"""利用停止・再開, the end of a class, and who counts as one person."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy, override

from moyai.audit.public import action
from moyai.reservations.actions.approvals import need_reason, step
from moyai.reservations.actions.own_case import not_oneself
from moyai.reservations.actions.registrations import ChangedMeanwhile, NotPossibleNow, count_under, locked
from moyai.reservations.actions.remembering import remember
from moyai.reservations.actions.telling import tell_registered
from moyai.reservations.identity import new_key
from moyai.reservations.models import Registration
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.registrations import one_with
from moyai.reservations.rules.registering import OUTSIDE, PROVED
from moyai.tenants.public import Actor, Refusal, body_of, clock, one_at_a_time

State = Registration.State


class EndsInThePast(Refusal):
    code = "ends_in_the_past"
    status = 422
    message = gettext_lazy("停止の終わりの日は、今日以降の日付にしてください。")  # type: ignore[assignment]


class SameAlready(Refusal):
    code = "one_already"
    message = gettext_lazy("この2つの登録は、すでに同じ方として数えています。")  # type: ignore[assignment]


class NotOneWithAnybody(Refusal):
    code = "not_one"
    message = gettext_lazy("この登録は、ほかの登録と同じ方として数えていません。")  # type: ignore[assignment]


class OneWithItself(Refusal):
    code = "one_with_itself"
    status = 422
    message = gettext_lazy("別の登録の利用者番号を入力してください。")  # type: ignore[assignment]


# --- 利用停止 ------------------------------------------------------------------------------------------
@action("reservations.suspend_registration", permits=PERMITS)
def suspend_registration(
    *,
    actor: Actor,
    now: datetime,
    registration: Registration,
    reason: str,
    until: date | None,
    seen_version: int | None = None,
) -> Registration:
    """利用停止にする, by staff — until a day (included), or without end until staff resume it. Raises EndsInThePast."""
    words = need_reason(reason)
    if until is not None and until < clock.today(now):
        raise EndsInThePast(fields={"until": str(EndsInThePast.message)})
    row = locked(actor=actor, registration=registration, seen_version=seen_version)
    put_on_hold(actor=actor, now=now, row=row, until=until, words=words, by_points=False)
    return row


def put_on_hold(
    *, actor: Actor, now: datetime, row: Registration, until: date | None, words: str, by_points: bool
) -> None:
    """Suspend a locked row and tell its owner; one that is suspended already until later stays as it is."""
    if row.state == State.SUSPENDED:
        longer = row.suspended_until is not None and (until is None or until > row.suspended_until)
        if by_points and not longer:
            return
        row.version += 1
        # What staff suspended by hand is not lifted by points that are taken back.
        by_points = by_points and row.by_points
    else:
        step(row, "suspend")
    row.suspended_until, row.why, row.by_points = until, words[:200], by_points
    row.save()
    remember(
        actor=actor,
        now=now,
        registration=row,
        what="suspended",
        words=words,
        facts={"until": until.isoformat() if until else None},
    )
    tell_registered(
        actor=actor, now=now, registration=row, kind="registration_suspended", reason=words, until=until
    )


@action("reservations.resume_registration", permits=PERMITS)
def resume_registration(
    *, actor: Actor, now: datetime, registration: Registration, reason: str, seen_version: int | None = None
) -> Registration:
    """利用を再開する — by staff with a reason, by the job when the time is over. Raises NotPossibleNow."""
    words = need_reason(reason)
    row = locked(actor=actor, registration=registration, seen_version=seen_version)
    not_oneself(actor=actor, registration=row)
    take_off_hold(actor=actor, now=now, row=row, words=words)
    return row


def take_off_hold(*, actor: Actor, now: datetime, row: Registration, words: str) -> None:
    step(row, "resume")
    row.suspended_until, row.why, row.by_points = None, "", False
    row.save()
    remember(actor=actor, now=now, registration=row, what="resumed", words=words)
    tell_registered(actor=actor, now=now, registration=row, kind="registration_resumed", reason=words)


@action("reservations.end_class", permits=PERMITS)
def end_class(*, actor: Actor, now: datetime, registration: Registration) -> Registration:
    """在勤・在学の証明の期限が過ぎた — the class is 市外 from now on. Raises NotPossibleNow while the proof lasts."""
    row = locked(actor=actor, registration=registration)
    if (
        row.resident_class not in PROVED
        or row.class_until is None
        or row.class_until >= clock.today(now)
        or row.state not in (State.ACTIVE, State.SUSPENDED)
    ):
        raise NotPossibleNow
    with override("ja"):  # kept in the history
        before = str(Registration.Class(row.resident_class).label)
    row.resident_class, row.version = OUTSIDE, row.version + 1
    row.save(update_fields=["resident_class", "version"])
    remember(actor=actor, now=now, registration=row, what="class_ended", words=before)
    tell_registered(actor=actor, now=now, registration=row, kind="registration_class_ended")
    return row


# --- who is one ----------------------------------------------------------------------------------------
@action("reservations.join_registrations", permits=PERMITS, thing="registration")
def join_registrations(
    *, actor: Actor, now: datetime, registration: Registration, other: Registration, reason: str
) -> str:
    """同じ方とする — both, and all that already count as one with either, share one key, one ticket and one set of limits.

    Gives the key. What is not over yet counts under it at once: bookings to come, entries of rounds that are open.
    Raises SameAlready, OneWithItself, ReasonMissing.
    """
    words = need_reason(reason)
    if registration.pk == other.pk:
        raise OneWithItself(fields={"number": str(OneWithItself.message)})
    one_at_a_time("reservations.joining", "")
    first, second = _both(actor, registration, other)
    if first.one_person == second.one_person:
        raise SameAlready(fields={"number": str(SameAlready.message)})
    key = new_key()
    every = [first, second, *_with(first), *_with(second)]
    _give(every, key)
    count_under(clock.today(now), every, key)
    for row, twin in ((first, second), (second, first)):
        # The owner reads of the other by its number alone.
        remember(actor=actor, now=now, registration=row, what="joined", words=words, facts={"with": twin.number})
    return key


@action("reservations.part_registration", permits=PERMITS)
def part_registration(
    *, actor: Actor, now: datetime, registration: Registration, reason: str
) -> Registration:
    """別の方とする — the undoing of 同じ方とする, or the saying that same kana and birthday are two persons' here.

    The registration counts alone from now on. Raises NotOneWithAnybody, ReasonMissing.
    """
    words = need_reason(reason)
    one_at_a_time("reservations.joining", "")
    row = locked(actor=actor, registration=registration)
    others = list(one_with(row).select_for_update(of=("self",), no_key=True))
    if not others:
        raise NotOneWithAnybody
    _leave(row)
    count_under(clock.today(now), [row], row.one_person)
    if len(others) == 1 and others[0].joined:  # nobody is left to be one with: back to kana and birthday
        _leave(others[0])
        count_under(clock.today(now), others, others[0].one_person)
    remember(actor=actor, now=now, registration=row, what="parted", words=words)
    return row


def _leave(row: Registration) -> None:
    """Back to the key of kana and birthday where that is nobody else's, else a key of its own."""
    same = Registration.objects.filter(body_id=row.body_id, joined="", person_key=row.person_key)
    row.joined = new_key() if same.exclude(pk=row.pk).exists() or not row.joined else ""
    row.version += 1
    row.save(update_fields=["joined", "version"])


def _both(actor: Actor, first: Registration, second: Registration) -> tuple[Registration, Registration]:
    """Both rows of the acting body, locked in the order of their ids. Raises ChangedMeanwhile when one is gone."""
    found = {
        row.pk: row
        for row in Registration.objects.filter(
            body_id=body_of(actor.body).pk, pk__in=[first.pk, second.pk], forgotten_on__isnull=True
        )
        .order_by("id")
        .select_for_update(of=("self",), no_key=True)
    }
    if len(found) < 2:
        raise ChangedMeanwhile
    return found[first.pk], found[second.pk]


def _with(row: Registration) -> list[Registration]:
    return list(one_with(row).select_for_update(of=("self",), no_key=True))


def _give(rows: list[Registration], key: str) -> None:
    for row in rows:
        row.joined, row.version = key, row.version + 1
        row.save(update_fields=["joined", "version"])
