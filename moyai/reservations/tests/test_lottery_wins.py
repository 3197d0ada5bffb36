"""After the draw: confirmed in time or lost, who waits moves up in the order of the same draw; cancelled places drawn."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from moyai.draws.public import SeedRefused
from moyai.draws.verify_draw import main as verify
from moyai.notices.public import Message
from moyai.reservations.actions import slots
from moyai.reservations.actions.checks import NotEligible, NotYours
from moyai.reservations.actions.lotteries.entries import EntryLimit, enter_lottery
from moyai.reservations.actions.lotteries.release import draw_release, open_releases
from moyai.reservations.actions.lotteries.steps import NotNow
from moyai.reservations.actions.lotteries.wins import (
    book_wins,
    close_round,
    confirm_win,
    decline_win,
    forfeit_wins,
    promote_entries,
)
from moyai.reservations.jobs import lotteries as jobs
from moyai.reservations.models import Booking, Entry, Round, RoundFiles, Slot
from moyai.reservations.sealed_seeds import unseal
from moyai.reservations.tests.halls import make_booking
from moyai.reservations.tests.rounds import AM, PM, Lottery, make_lottery, say
from moyai.tenants.public import Actor, clock


@pytest.fixture(params=Round.Mode.values)
def lottery(request: pytest.FixtureRequest, world: Any, in_chiba: datetime) -> Lottery:
    """Five persons wish for the one place; wins are to be confirmed five days after the entries end."""
    found = make_lottery(
        world, in_chiba, mode=request.param, confirm_until=in_chiba + timedelta(days=14), promote_hours=48
    )
    for at in range(5):
        found.enter(found.person(email=f"p{at}@resident.example"), found.wish("abcd", AM))
    found.draw()
    book_wins(actor=found.staff["system"], now=found.now, round=found.round, most=100)
    return found


def winner(lottery: Lottery, state: str = "won") -> Entry:
    return Entry.objects.select_related("registration", "booking", "round").get(
        round=lottery.round, state=state
    )


def test_a_win_holds_its_place_until_it_is_confirmed(lottery: Lottery) -> None:
    entry = winner(lottery)
    assert entry.booking is not None and entry.answer_until == lottery.round.confirm_until
    assert (entry.booking.state, entry.booking.confirm_until) == ("booked", lottery.round.confirm_until)
    assert Slot.objects.filter(booking=entry.booking).count() == 4
    assert Message.objects.filter(about_id=entry.pk, kind="reservations.lottery_won").count() == 1
    done = confirm_win(actor=lottery.staff["clerk"], now=lottery.now, entry=entry)
    entry.booking.refresh_from_db()
    assert (done.state, done.answer_until, entry.booking.confirm_until) == ("confirmed", None, None)
    assert (
        forfeit_wins(actor=lottery.staff["system"], now=lottery.now + timedelta(days=9), round=lottery.round)
        == 0
    )


def test_an_unconfirmed_win_lapses_and_the_next_in_the_order_is_asked(lottery: Lottery) -> None:
    entry, late = winner(lottery), lottery.round.confirm_until
    assert late is not None
    jobs.tend_wins(round_id=lottery.round.pk, now=late - timedelta(seconds=1))
    entry.refresh_from_db()
    assert entry.state == "won"
    for _twice in range(2):
        jobs.tend_wins(round_id=lottery.round.pk, now=late)
    entry.refresh_from_db()
    first = winner(lottery, "offered")
    assert entry.state == "forfeited" and entry.booking is not None
    assert Booking.objects.get(pk=entry.booking_id).state == "ended"
    assert first.answer_until == late + timedelta(hours=48) and first.booking is not None
    if lottery.round.mode != Round.Mode.SLOT:
        assert first.rank == min(
            Entry.objects.filter(round=lottery.round, state__in=("offered", "waiting")).values_list(
                "rank", flat=True
            )
        )
    with pytest.raises(NotNow):
        confirm_win(actor=lottery.staff["clerk"], now=late, entry=entry)
    assert lottery.states() == {"forfeited": 1, "offered": 1, "waiting": 3}
    done = confirm_win(actor=lottery.staff["clerk"], now=late, entry=first)
    assert done.state == "confirmed" and Slot.objects.filter(booking=first.booking).count() == 4


def test_an_offer_nobody_answers_goes_on_to_the_next(lottery: Lottery) -> None:
    now = lottery.round.confirm_until
    assert now is not None
    asked = []
    for _each in range(5):
        jobs.tend_wins(round_id=lottery.round.pk, now=now)
        offered = Entry.objects.filter(round=lottery.round, state="offered").first()
        if offered is not None:
            asked.append(offered.pk)
        now += timedelta(hours=48)
    assert len(asked) == len(set(asked)) == 4
    jobs.tend_wins(round_id=lottery.round.pk, now=now)
    assert lottery.states() == {"forfeited": 5}
    assert Slot.objects.filter(part__room=lottery.hall.gym, day=lottery.day).count() == 0


def test_who_declines_frees_the_place_for_the_next(lottery: Lottery) -> None:
    entry = winner(lottery)
    decline_win(actor=lottery.staff["clerk"], now=lottery.now, entry=entry)
    assert promote_entries(actor=lottery.staff["system"], now=lottery.now, round=lottery.round) == 1
    assert lottery.states() == {"forfeited": 1, "offered": 1, "waiting": 3}
    assert promote_entries(actor=lottery.staff["system"], now=lottery.now, round=lottery.round) == 0
    with pytest.raises(NotNow):
        decline_win(actor=lottery.staff["clerk"], now=lottery.now, entry=entry)


def test_nobody_answers_for_another(lottery: Lottery, world: Any) -> None:
    entry, stranger = winner(lottery), world.actor(world.resident, world.chiba)
    for verb in (confirm_win, decline_win):
        with pytest.raises(NotYours):
            verb(actor=stranger, now=lottery.now, entry=entry)
    entry.refresh_from_db()
    assert entry.state == "won"


def test_a_suspended_person_is_passed_over(lottery: Lottery) -> None:
    waiting = Entry.objects.filter(round=lottery.round, state="waiting").select_related("registration")
    for entry in waiting.order_by("rank")[:3]:
        entry.registration.state = "struck"
        entry.registration.save()
    last = waiting.order_by("rank").last()
    decline_win(actor=lottery.staff["clerk"], now=lottery.now, entry=winner(lottery))
    promote_entries(actor=lottery.staff["system"], now=lottery.now, round=lottery.round)
    assert last is not None and winner(lottery, "offered").pk == last.pk


def test_a_round_is_closed_when_its_days_begin(lottery: Lottery) -> None:
    entry = winner(lottery)
    confirm_win(actor=lottery.staff["clerk"], now=lottery.now, entry=entry)
    begins = datetime.combine(lottery.day, datetime.min.time(), clock.JST)
    jobs.tend_wins(round_id=lottery.round.pk, now=begins)
    assert Round.objects.get(pk=lottery.round.pk).state == "closed"
    assert lottery.states() == {"confirmed": 1, "lost": 4}
    with pytest.raises(NotNow):
        close_round(actor=lottery.staff["clerk"], now=begins, round=lottery.round)


def test_a_person_at_his_cap_does_not_move_up(world: Any, in_chiba: datetime) -> None:
    lottery = make_lottery(
        world, in_chiba, win_cap=1, entry_cap=2, confirm_until=in_chiba + timedelta(days=14)
    )
    one, other = lottery.person(), lottery.person()
    lottery.enter(one, lottery.wish("a", AM))
    lottery.enter(one, lottery.wish("b", AM))
    lottery.enter(other, lottery.wish("b", AM), lottery.wish("a", AM))
    lottery.draw()
    book_wins(actor=lottery.staff["system"], now=lottery.now, round=lottery.round, most=100)
    assert lottery.states() == {"won": 2, "lost": 1}
    decline_win(
        actor=lottery.staff["clerk"],
        now=lottery.now,
        entry=Entry.objects.get(round=lottery.round, registration=other),
    )
    assert promote_entries(actor=lottery.staff["system"], now=lottery.now, round=lottery.round) == 0


# --- 取消し分 -----------------------------------------------------------------------------------------
@pytest.fixture
def release(world: Any, in_chiba: datetime) -> Lottery:
    """A cancelled use of 全面 whose cells wait for their release at nine."""
    found = make_lottery(world, in_chiba)
    found.now = (
        (found.now + timedelta(days=1))
        .astimezone(clock.JST)
        .replace(hour=9, minute=0, second=3, microsecond=0)
    )
    at = found.now - timedelta(seconds=3)
    freed = make_booking(
        found.hall, "abcd", found.day, *AM, now=found.now, person=found.person(), kind="freed", free_at=at
    )
    Booking.objects.filter(pk=freed.pk).update(registration=None)
    plan, unit = found.hall.unit("abcd", found.day)
    slots.occupy(booking=freed, plan=plan, unit=unit)
    freed.refresh_from_db()
    [(opened, rows)] = open_releases(actor=found.staff["system"], now=found.now, freed=[freed])
    assert opened is not None and rows == [freed]
    found.round = opened
    return found


def as_stored(row: Round) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(r)::text FROM reservations_round r WHERE id = %s", [row.pk])
        return str(cursor.fetchone()[0])


def test_a_release_publishes_the_hash_of_its_seed_before_the_first_request(release: Lottery) -> None:
    row = release.round
    assert (row.kind, row.seed_kind, row.seed) == ("release", "commitment", "")
    assert sha256(unseal(row).encode()).hexdigest() == row.commitment and row.commitment in row.seed_source
    assert unseal(row) not in as_stored(row)  # whoever reads the table does not know it before the draw
    assert row.enter_until - row.enter_from == timedelta(minutes=10)
    assert row.enter_from.astimezone(clock.JST).strftime("%H:%M:%S") == "09:00:00"
    [(again, _rows)] = open_releases(
        actor=release.staff["system"],
        now=release.now + timedelta(minutes=1),
        freed=list(Booking.objects.filter(kind="freed", facility=release.hall.facility)),
    )
    assert again is not None and again.pk == row.pk


def test_a_release_is_not_drawn_by_another_seed_than_the_sealed_one(release: Lottery, settings: Any) -> None:
    release.enter(release.person(email="hanako@resident.example"), release.wish("a", AM))
    before, slots_before = as_stored(release.round), Slot.objects.count()
    settings.MOYAI_NUMBER_KEY = "0" * 64  # restored without its keys
    with pytest.raises(SeedRefused), transaction.atomic():
        draw_release(actor=release.staff["system"], now=release.round.enter_until, round=release.round)
    assert (as_stored(release.round), Slot.objects.count()) == (before, slots_before)


def test_requests_of_the_first_minutes_are_drawn_together_and_the_rest_is_free(
    release: Lottery, tmp_path: Path
) -> None:
    wishes = {"abcd": 3, "a": 2, "b": 2}
    for unit, count in wishes.items():
        for _each in range(count):
            release.enter(release.person(email="hanako@resident.example"), release.wish(unit, AM))
    with pytest.raises(EntryLimit):
        release.enter(release.people[-1], release.wish("c", AM))
    with pytest.raises(NotNow):
        draw_release(actor=release.staff["system"], now=release.now, round=release.round)
    end = release.round.enter_until
    for _twice in range(2):
        jobs.draw_release(round_id=release.round.pk, now=end)
    row = Round.objects.get(pk=release.round.pk)
    assert (row.state, row.seed, row.entries, row.taken) == ("closed", unseal(row), 7, [])
    assert unseal(row) in as_stored(row)  # told with the draw
    won = list(Entry.objects.filter(round=row, state="confirmed").select_related("booking"))
    places = {one.wishes[0]["place"].split(":")[0].rpartition(".")[2] for one in won}
    assert places in ({"abcd"}, {"a", "b"})
    assert all(one.booking is not None and one.booking.state == "booked" for one in won)
    held = Slot.objects.filter(part__room=release.hall.gym, day=release.day)
    assert held.count() == (4 if places == {"abcd"} else 2)
    assert not Booking.objects.filter(kind="freed", facility=release.hall.facility, state="booked").exists()
    assert Entry.objects.filter(round=row, state="lost").count() == 7 - len(won)
    for stage in ("list", "result"):
        jobs.publish(round_id=row.pk, stage=stage, now=end)
    (tmp_path / "draw.zip").write_bytes(bytes(RoundFiles.objects.get(round=row, stage="result").content))
    assert verify([str(tmp_path / "draw.zip")]) == 0


def test_a_release_without_requests_frees_everything(release: Lottery) -> None:
    jobs.draw_release(round_id=release.round.pk, now=release.round.enter_until)
    assert not Slot.objects.filter(part__room=release.hall.gym, day=release.day).exists()
    assert Round.objects.get(pk=release.round.pk).state == "closed"


def test_where_the_policy_wants_no_release_nothing_is_opened(release: Lottery) -> None:
    say(release.hall.body, "lottery", {"release": {"on": False}}, now=release.now)
    freed = list(Booking.objects.filter(kind="freed", facility=release.hall.facility))
    before = Round.objects.count()
    [(opened, rows)] = open_releases(actor=release.staff["system"], now=release.now, freed=freed)
    assert opened is None and rows == freed
    assert Round.objects.count() == before


def test_who_asks_for_what_is_not_released_is_refused(release: Lottery, world: Any) -> None:
    from moyai.reservations.actions.lotteries.entries import WishRefused

    block = make_booking(release.hall, "a", release.day, *PM, now=release.now, person=release.people[0])
    plan, unit = release.hall.unit("a", release.day)
    slots.occupy(booking=block, plan=plan, unit=unit)
    with pytest.raises(WishRefused):
        enter_lottery(
            actor=Actor.system(world.chiba),
            now=release.now,
            round=release.round,
            registration=release.person(),
            wishes=[release.wish("a", PM)],
            channel="internet",
            purpose="badminton",
        )
    assert not Entry.objects.filter(round=release.round).exists()


def test_who_may_not_book_first_come_now_may_not_ask_for_what_was_cancelled(release: Lottery) -> None:
    """市外 would otherwise get by the release what they may not book yet."""
    rows = [{"classes": ["resident"], "from": {"days": 400, "at": 0}, "until": {"minutes": 0}}]
    say(release.hall.body, "periods", {"first": rows}, now=release.now)
    with pytest.raises(NotEligible) as refused:
        release.enter(release.person(resident_class="outside"))
    assert list(refused.value.fields) == ["registration"]
    assert not Entry.objects.filter(round=release.round).exists()
    release.enter(release.person())
    assert Entry.objects.filter(round=release.round).count() == 1
