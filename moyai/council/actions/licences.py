"""フローティングライセンス — so many may transcribe at once: taken, given back, with the hours that it saved."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.council.models import LicencePool, LicenceUse, Meeting
from moyai.council.permits import PERMITS
from moyai.tenants.public import Actor, Refusal, clock

MOST_SEATS = 500
MOST_MINUTES = 100_000  # of one use: 69 days


class PoolKnown(Refusal):
    code = "licence_pool_known"
    message = _("この名前のライセンスは、すでに登録されています。")  # type: ignore[assignment]


class PoolDays(Refusal):
    code = "licence_pool_days"
    status = 422
    message = _("終わりの日は、始まりの日以降にしてください。")  # type: ignore[assignment]


class SeatsInUse(Refusal):
    code = "licence_seats_in_use"
    message = _("使用中のライセンスより少なくはできません。返却を待ってください。")  # type: ignore[assignment]


class NoLicenceLeft(Refusal):
    code = "no_licence_left"
    message = _("ライセンスはすべて使用中です。返却されてから、もう一度操作してください。")  # type: ignore[assignment]


class PoolNotInForce(Refusal):
    code = "licence_pool_not_in_force"
    message = _("このライセンスは、今日は使えません。契約の期間を確かめてください。")  # type: ignore[assignment]


class GivenBack(Refusal):
    code = "licence_given_back"
    message = _("このライセンスは、すでに返却されています。")  # type: ignore[assignment]


class WrongMinutes(Refusal):
    code = "licence_wrong_minutes"
    status = 422
    message = _("分は0から100,000までの整数にしてください。")  # type: ignore[assignment]


@action("council.found_pool", permits=PERMITS, refuses={"council_licencepool_name_key": PoolKnown})
def found_pool(
    *, actor: Actor, now: datetime, name: str, seats: int, from_on: date, until_on: date | None = None
) -> LicencePool:
    """ライセンスを登録する — `seats` (1 to 500) at once, from a day to a day. Raises PoolKnown, PoolDays."""
    _check_pool(seats, from_on, until_on)
    return LicencePool.objects.create(name=name, seats=seats, from_on=from_on, until_on=until_on)


@action("council.change_pool", permits=PERMITS)
def change_pool(
    *, actor: Actor, now: datetime, pool: LicencePool, seats: int, until_on: date | None = None
) -> LicencePool:
    """本数や期限を変える. Raises SeatsInUse when a seat that would go is taken, PoolDays."""
    found = LicencePool.objects.select_for_update().get(pk=pool.pk)
    _check_pool(seats, found.from_on, until_on)
    if LicenceUse.objects.filter(pool=found, back_at__isnull=True, seat__gt=seats).exists():
        raise SeatsInUse(fields={"seats": str(SeatsInUse.message)})
    found.seats, found.until_on = seats, until_on
    found.save(update_fields=["seats", "until_on"])
    return found


def _check_pool(seats: int, from_on: date, until_on: date | None) -> None:
    if not 1 <= seats <= MOST_SEATS:
        raise ValueError("seats of a pool are 1 to 500")
    if until_on is not None and until_on < from_on:
        raise PoolDays(fields={"until_on": str(PoolDays.message)})


@action("council.take_licence", permits=PERMITS, refuses={"licence_seat_taken_once": NoLicenceLeft})
def take_licence(
    *, actor: Actor, now: datetime, pool: LicencePool, meeting: Meeting | None = None
) -> LicenceUse:
    """ライセンスを使う — the lowest free seat. The pool is held: two who want the last seat do not both get it.

    Raises NoLicenceLeft, PoolNotInForce.
    """
    found = LicencePool.objects.select_for_update().get(pk=pool.pk)
    today = clock.today(now)
    if today < found.from_on or (found.until_on is not None and today > found.until_on):
        raise PoolNotInForce
    taken = set(LicenceUse.objects.filter(pool=found, back_at__isnull=True).values_list("seat", flat=True))
    seat = next((seat for seat in range(1, found.seats + 1) if seat not in taken), None)
    if seat is None:
        raise NoLicenceLeft
    return LicenceUse.objects.create(
        pool=found, seat=seat, meeting=meeting, taken_at=now, taken_by=actor.name[:60]
    )


@action("council.give_back_licence", permits=PERMITS)
def give_back_licence(
    *, actor: Actor, now: datetime, use: LicenceUse, sound_minutes: int = 0, saved_minutes: int = 0
) -> LicenceUse:
    """ライセンスを返す — with the minutes of sound and of work saved. Raises GivenBack, WrongMinutes."""
    return given_back(use, now, sound_minutes, saved_minutes)


def given_back(use: LicenceUse, now: datetime, sound_minutes: int, saved_minutes: int) -> LicenceUse:
    found = LicenceUse.objects.select_for_update().get(pk=use.pk)
    if found.back_at is not None:
        raise GivenBack
    _check_minutes(sound_minutes, saved_minutes)
    found.back_at = max(now, found.taken_at)
    found.sound_minutes, found.saved_minutes = sound_minutes, saved_minutes
    found.save(update_fields=["back_at", "sound_minutes", "saved_minutes"])
    return found


def _check_minutes(sound_minutes: int, saved_minutes: int) -> None:
    wrong = {
        name: str(WrongMinutes.message)
        for name, value in (("sound_minutes", sound_minutes), ("saved_minutes", saved_minutes))
        if not 0 <= value <= MOST_MINUTES
    }
    if wrong:
        raise WrongMinutes(fields=wrong)


@action("council.record_licence_use", permits=PERMITS)
def record_licence_use(
    *,
    actor: Actor,
    now: datetime,
    pool: LicencePool,
    taken_at: datetime,
    sound_minutes: int,
    saved_minutes: int,
    seat: int = 1,
    taken_by: str = "",
    meeting: Meeting | None = None,
) -> LicenceUse:
    """過去の使用を記録する — already given back; the sound's minutes say how long it was used. Raises WrongMinutes."""
    _check_minutes(sound_minutes, saved_minutes)
    return LicenceUse.objects.create(
        pool=pool,
        seat=seat,
        meeting=meeting,
        taken_at=taken_at,
        taken_by=taken_by or actor.name[:60],
        back_at=taken_at + timedelta(minutes=sound_minutes),
        sound_minutes=sound_minutes,
        saved_minutes=saved_minutes,
    )
