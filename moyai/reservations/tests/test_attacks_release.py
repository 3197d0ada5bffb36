"""取消し分: by the release nobody gets more than he could book, nor a room that is not lent by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from moyai.reservations.actions import slots
from moyai.reservations.actions.lotteries.entries import WishRefused
from moyai.reservations.actions.lotteries.release import open_releases
from moyai.reservations.jobs import lotteries as jobs
from moyai.reservations.models import Booking, Entry, Registration, Room, Slot
from moyai.reservations.tests.halls import make_booking
from moyai.reservations.tests.rounds import AM, NIGHT, PM, Lottery, make_lottery, say
from moyai.tenants.public import clock


@pytest.fixture
def release(world: Any, in_chiba: datetime) -> Lottery:
    """Two cancelled uses of 全面 at nine; whoever is registered has one use a month."""
    found = make_lottery(world, in_chiba)
    found.now = (
        (found.now + timedelta(days=1))
        .astimezone(clock.JST)
        .replace(hour=9, minute=0, second=3, microsecond=0)
    )
    say(world.chiba, "limits", {"limits": [{"name": "月1回まで", "span": "month", "most": 1}]}, now=found.now)
    say(
        world.chiba,
        "periods",
        {"first": [{"from": {"days": 300, "at": 540}, "until": {"minutes": 0}}]},
        now=found.now,
    )
    rows = []
    for times in (AM, PM):
        freed = make_booking(
            found.hall,
            "abcd",
            found.day,
            *times,
            now=found.now,
            person=found.person(),
            kind="freed",
            free_at=found.now - timedelta(seconds=3),
        )
        Booking.objects.filter(pk=freed.pk).update(registration=None)
        plan, unit = found.hall.unit("abcd", found.day)
        slots.occupy(booking=freed, plan=plan, unit=unit)
        freed.refresh_from_db()
        rows.append(freed)
    [(opened, _rows)] = open_releases(actor=found.staff["system"], now=found.now, freed=rows)
    assert opened is not None
    found.round = opened
    return found


def at_the_limit(release: Lottery, who: Registration) -> Booking:
    booked = make_booking(release.hall, "a", release.day, *NIGHT, now=release.now, person=who)
    plan, unit = release.hall.unit("a", release.day)
    slots.occupy(booking=booked, plan=plan, unit=unit)
    return booked


def test_who_has_all_he_may_have_gets_nothing_more_by_the_release(release: Lottery) -> None:
    who = release.person()
    at_the_limit(release, who)
    with pytest.raises(WishRefused) as refused, transaction.atomic():
        release.enter(who, release.wish("abcd", AM))
    assert "月1回まで" in str(refused.value.fields["wish_1"])
    assert not Entry.objects.filter(round=release.round).exists()


def test_who_books_to_his_limit_while_the_release_collects_gets_nothing_more(release: Lottery) -> None:
    who = release.person()
    entry = release.enter(who, release.wish("abcd", AM))
    mine = at_the_limit(release, who)
    jobs.draw_release(round_id=release.round.pk, now=release.round.enter_until)
    entry.refresh_from_db()
    assert entry.state == "forfeited" and entry.booking_id is None
    assert list(Booking.objects.filter(registration=who, state="booked")) == [mine]
    assert not Slot.objects.filter(day=release.day, cell=AM[0], part__room=release.hall.gym).exists()


def test_within_his_limit_he_gets_it(release: Lottery) -> None:
    entry = release.enter(release.person(), release.wish("abcd", AM))
    jobs.draw_release(round_id=release.round.pk, now=release.round.enter_until)
    entry.refresh_from_db()
    assert entry.state == "confirmed" and entry.booking is not None


def test_a_room_that_is_not_lent_alone_is_not_drawn_without_its_main_room(release: Lottery) -> None:
    Room.objects.filter(pk=release.hall.gym.pk).update(main=release.hall.meeting, alone=False)
    with pytest.raises(WishRefused) as refused, transaction.atomic():
        release.enter(release.person(), release.wish("abcd", AM))
    assert "主となる室場" in str(refused.value.fields["wish_1"])
    assert not Entry.objects.filter(round=release.round).exists()
