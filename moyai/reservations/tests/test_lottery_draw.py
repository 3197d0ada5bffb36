"""抽選: frozen, seeded by two or by a beacon, drawn once, published, booked; done again it is the same."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from moyai.draws.public import AlreadyDrawn, SeedRefused, beacon_time
from moyai.draws.tests.peer import Peer
from moyai.draws.verify_draw import main as verify
from moyai.reservations.actions import slots
from moyai.reservations.actions.lotteries.draw import (
    ListChanged,
    draw_round,
    enter_seed,
    freeze_round,
    publication,
    publish_round,
    take_beacon,
)
from moyai.reservations.actions.lotteries.steps import NotNow
from moyai.reservations.jobs import lotteries as jobs
from moyai.reservations.models import Booking, Entry, Round, RoundFiles, Slot
from moyai.reservations.queries.lotteries import proof_of
from moyai.reservations.tests.halls import make_booking
from moyai.reservations.tests.rounds import AM, PM, SEED, Lottery, make_lottery


@pytest.fixture
def lottery(world: Any, in_chiba: datetime) -> Lottery:
    return make_lottery(world, in_chiba)


def fill(lottery: Lottery, count: int = 12) -> list[Entry]:
    """Entries of as many persons, each wishing two of the four quarters on two days."""
    return [
        lottery.enter(
            lottery.person(kind="group" if at % 3 == 0 else "person", name=f"人{at}"),
            lottery.wish("abcd"[at % 4], AM),
            lottery.wish("ab" if at % 2 else "cd", AM, days=1),
        )
        for at in range(count)
    ]


def zipped(lottery: Lottery, stage: str = RoundFiles.Stage.RESULT) -> bytes:
    made = publish_round(actor=lottery.staff["system"], now=lottery.now, round=lottery.round, stage=stage)
    assert made is not None
    return bytes(made.content)


def test_the_list_is_frozen_once_at_its_hour_and_published(lottery: Lottery, tmp_path: Path) -> None:
    fill(lottery)
    with pytest.raises(NotNow):
        freeze_round(actor=lottery.staff["clerk"], now=lottery.now, round=lottery.round)
    row = lottery.freeze()
    assert (row.state, row.entries, len(row.root)) == ("frozen", 12, 64)
    again = freeze_round(actor=lottery.staff["clerk"], now=lottery.now + timedelta(days=1), round=row)
    assert (again.root, again.frozen_at) == (row.root, row.frozen_at)
    (tmp_path / "list.zip").write_bytes(zipped(lottery, RoundFiles.Stage.LIST))
    assert verify([str(tmp_path / "list.zip")]) == 0


@pytest.mark.parametrize("mode", Round.Mode.values)
def test_what_is_drawn_verifies_by_the_file_handed_out(
    world: Any, in_chiba: datetime, tmp_path: Path, mode: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lottery = make_lottery(world, in_chiba, mode=mode, groups_first=True, classes_first=["resident"])
    entries = fill(lottery)
    taken = make_booking(lottery.hall, "a", lottery.day, *AM, now=lottery.now, person=lottery.people[0])
    plan, unit = lottery.hall.unit("a", lottery.day)
    slots.occupy(booking=taken, plan=plan, unit=unit)
    row = lottery.draw()
    assert row.taken == [["lottery-hall.gym.a", f"{lottery.day:%Y%m%d}", 540]]
    (tmp_path / "draw.zip").write_bytes(zipped(lottery))
    assert verify([str(tmp_path / "draw.zip")]) == 0
    assert "名簿 12件" in capsys.readouterr().out
    found = lottery.states()
    assert found.get("won", 0) >= 3 and sum(found.values()) == 12
    assert not Entry.objects.filter(
        round=row, state="won", wishes__0__place__contains="gym.a:", won_wish=1
    ).exists()
    proof = proof_of(Entry.objects.select_related("round").get(pk=entries[5].pk))
    (tmp_path / "proof.json").write_text(proof or "")
    assert verify([str(tmp_path / "proof.json")]) == 0
    assert json.loads(proof or "")["root"] == row.root


def test_nothing_published_names_or_links_anybody(lottery: Lottery, world: Any, in_chiba: datetime) -> None:
    entries = fill(lottery, 4)
    lottery.draw()
    text = "".join(
        "".join(part) for part in publication(lottery.round, RoundFiles.Stage.RESULT).files().values()
    )
    for entry in entries:
        person = entry.registration
        for known in (person.name, person.number, entry.number, person.person_key, person.phone):
            assert known not in text
    other = make_lottery(world, in_chiba, code="second-hall")
    for entry in entries:
        again = other.enter(entry.registration)
        assert again.ticket_id.rpartition(".")[0] not in text


def test_the_same_rows_and_seed_give_the_same_result_again(lottery: Lottery) -> None:
    fill(lottery)
    lottery.draw()
    first = list(
        Entry.objects.filter(round=lottery.round).order_by("id").values_list("rank", "state", "won_wish")
    )
    files = publication(lottery.round, RoundFiles.Stage.RESULT).as_zip()
    Entry.objects.filter(round=lottery.round).update(rank=None, state="entered", won_wish=None)
    Round.objects.filter(pk=lottery.round.pk).update(state="frozen", drawn_at=None)
    lottery.round = draw_round(actor=lottery.staff["clerk"], now=lottery.now, round=lottery.round)
    assert first == list(
        Entry.objects.filter(round=lottery.round).order_by("id").values_list("rank", "state", "won_wish")
    )
    assert zipped(lottery) == files == zipped(lottery)
    assert RoundFiles.objects.filter(round=lottery.round, stage="result").count() == 1
    with pytest.raises(AlreadyDrawn):
        draw_round(actor=lottery.staff["clerk"], now=lottery.now, round=lottery.round)


def test_a_list_that_was_touched_after_the_freeze_is_not_drawn(lottery: Lottery) -> None:
    entries = fill(lottery, 4)
    lottery.freeze()
    for who in ("clerk", "approver"):
        lottery.round = enter_seed(actor=lottery.staff[who], now=lottery.now, round=lottery.round, typed=SEED)
    for change in ({"resident_class": "outside"}, {"ticket_id": "p0.01"}, {"state": "withdrawn"}):
        before = {name: getattr(entries[0], name) for name in change}
        Entry.objects.filter(pk=entries[0].pk).update(**change)
        with pytest.raises(ListChanged):
            draw_round(actor=lottery.staff["clerk"], now=lottery.now, round=lottery.round)
        Entry.objects.filter(pk=entries[0].pk).update(**before)
    assert lottery.states() == {"entered": 4}
    draw_round(actor=lottery.staff["clerk"], now=lottery.now, round=lottery.round)


def test_what_was_published_is_never_changed(lottery: Lottery) -> None:
    from django.db import DatabaseError, transaction

    fill(lottery, 3)
    lottery.draw()
    zipped(lottery)
    for act in (
        lambda: RoundFiles.objects.filter(round=lottery.round).update(sha256="0" * 64),
        lambda: RoundFiles.objects.filter(round=lottery.round).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_seed_needs_the_freeze_and_two_officials_who_agree(lottery: Lottery) -> None:
    fill(lottery, 3)
    clerk, approver = lottery.staff["clerk"], lottery.staff["approver"]
    with pytest.raises(NotNow):
        enter_seed(actor=clerk, now=lottery.now, round=lottery.round, typed=SEED)
    row = lottery.freeze()
    for typed in ("", "12345", "１２３４５６", "12|34|56", "x" * 129):
        with pytest.raises(SeedRefused):
            enter_seed(actor=clerk, now=lottery.now, round=row, typed=typed)
    row = enter_seed(actor=clerk, now=lottery.now, round=row, typed="111111")
    row = enter_seed(
        actor=clerk, now=lottery.now, round=row, typed=SEED
    )  # corrects himself, is not the second
    assert row.seed_used == "" and len(row.seed_by) == 1
    with pytest.raises(NotNow):
        draw_round(actor=clerk, now=lottery.now, round=row)
    with pytest.raises(SeedRefused):
        enter_seed(actor=approver, now=lottery.now, round=row, typed="03 12 18 25 33 42")
    row = enter_seed(actor=approver, now=lottery.now, round=row, typed="03  12 18 25 33 41 ")
    assert (row.seed, row.seed_used, len(row.seed_by)) == (SEED, "officials", 2)
    with pytest.raises(SeedRefused):
        enter_seed(actor=lottery.staff["administrator"], now=lottery.now, round=row, typed=SEED)
    draw_round(actor=clerk, now=lottery.now, round=row)
    with pytest.raises(AlreadyDrawn):
        enter_seed(actor=clerk, now=lottery.now, round=row, typed=SEED)


def test_a_beacon_is_fetched_from_two_peers_and_drawn(
    world: Any, in_chiba: datetime, settings: Any, tmp_path: Path
) -> None:
    lottery = make_lottery(world, in_chiba, seed_kind="drand", seed_source="")
    fill(lottery, 5)
    row = lottery.freeze()
    number = row.beacon_round or 0
    peers = [Peer(), Peer()]
    settings.MOYAI_DRAND_PEERS = [peer.url for peer in peers]
    try:
        jobs.draw_by_beacon(round_id=row.pk, now=beacon_time(number) - timedelta(seconds=1))
        assert peers[0].asked == []
        peers[1].until = number - 1  # one of them is late
        jobs.draw_by_beacon(round_id=row.pk, now=beacon_time(number))
        assert Round.objects.get(pk=row.pk).state == "frozen"
        peers[1].until, peers[1].lie = number, {"randomness": "00" * 32}
        jobs.draw_by_beacon(round_id=row.pk, now=beacon_time(number))
        assert Round.objects.get(pk=row.pk).state == "frozen"
        peers[1].lie = {}
        jobs.draw_by_beacon(round_id=row.pk, now=beacon_time(number))
    finally:
        for peer in peers:
            peer.stop()
    lottery.round = Round.objects.get(pk=row.pk)
    randomness, signature = peers[0].value(number)
    assert (lottery.round.state, lottery.round.seed, lottery.round.seed_used) == (
        "drawn",
        randomness,
        "drand",
    )
    (tmp_path / "draw.zip").write_bytes(zipped(lottery))
    assert verify([str(tmp_path / "draw.zip")]) == 0
    assert (lottery.round.beacon or {})["signature"] == signature


def test_a_beacon_of_another_round_or_with_another_signature_is_refused(
    world: Any, in_chiba: datetime
) -> None:
    from moyai.draws.public import Beacon

    lottery = make_lottery(world, in_chiba, seed_kind="drand", seed_source="")
    fill(lottery, 2)
    row = lottery.freeze()
    peer = Peer()
    peer.stop()
    number = row.beacon_round or 0
    randomness, signature = peer.value(number)
    for wrong in (
        Beacon("quicknet", number + 1, *peer.value(number + 1), ()),
        Beacon("quicknet", number, "00" * 32, signature, ()),
        Beacon("quicknet", number, randomness, "00" * 48, ()),
    ):
        with pytest.raises(SeedRefused):
            take_beacon(actor=lottery.staff["system"], now=lottery.now, round=row, beacon=wrong)
    assert Round.objects.get(pk=row.pk).seed == ""


def test_a_missing_beacon_falls_back_on_two_officials_as_declared(world: Any, in_chiba: datetime) -> None:
    lottery = make_lottery(world, in_chiba, seed_kind="drand", seed_source="")
    fill(lottery, 3)
    row = lottery.freeze()
    late = beacon_time(row.beacon_round or 0) + timedelta(hours=24)
    assert "24時間" in row.seed_source
    with pytest.raises(NotNow):
        enter_seed(actor=lottery.staff["clerk"], now=late - timedelta(seconds=1), round=row, typed=SEED)
    lottery.now = late
    row = lottery.draw()
    assert (row.state, row.seed_used, row.beacon) == ("drawn", "officials", None)


def test_the_jobs_carry_a_round_from_its_end_to_the_bookings(lottery: Lottery) -> None:
    fill(lottery)
    end = lottery.round.enter_until
    jobs.freeze(round_id=lottery.round.pk, now=end - timedelta(seconds=1))
    assert Round.objects.get(pk=lottery.round.pk).state == "open"
    for _twice in range(2):
        jobs.freeze(round_id=lottery.round.pk, now=end)
    lottery.round, lottery.now = Round.objects.get(pk=lottery.round.pk), end
    lottery.draw()
    for _twice in range(2):
        jobs.publish(round_id=lottery.round.pk, stage="result", now=lottery.now)
        jobs.book_wins(round_id=lottery.round.pk, now=lottery.now)
    states = lottery.states()
    assert "won" not in states and states["confirmed"] >= 3
    bookings = Booking.objects.filter(entry_id__in=Entry.objects.filter(round=lottery.round).values("pk"))
    assert bookings.count() == states["confirmed"]
    assert all(one.from_lottery and one.state == "booked" and one.fee_yen == 1_800 for one in bookings)
    assert Slot.objects.filter(booking__in=bookings).count() == sum(
        len(one.combination.parts) for one in bookings.select_related("combination")
    )
    names = set(bookings.values_list("registration_id", flat=True))
    assert names <= {one.pk for one in lottery.people}


def test_a_place_that_staff_took_after_the_freeze_is_not_booked_and_its_winner_is_told(
    lottery: Lottery,
) -> None:
    from moyai.notices.public import Message

    entry = lottery.enter(lottery.person(email="hanako@resident.example"), lottery.wish("a", PM))
    lottery.freeze()
    block = make_booking(lottery.hall, "abcd", lottery.day, *PM, now=lottery.now, person=lottery.people[0])
    plan, unit = lottery.hall.unit("abcd", lottery.day)
    slots.occupy(booking=block, plan=plan, unit=unit)
    lottery.draw()
    jobs.book_wins(round_id=lottery.round.pk, now=lottery.now)
    entry.refresh_from_db()
    assert (entry.state, entry.won_wish, entry.booking_id) == ("forfeited", 1, None)
    assert Message.objects.filter(about_id=entry.pk, kind="reservations.lottery_ended").count() == 1
    assert Slot.objects.filter(part__room=lottery.hall.gym, day=lottery.day).count() == 4


def test_results_are_told_once_to_each(lottery: Lottery, monkeypatch: pytest.MonkeyPatch) -> None:
    from moyai.notices.public import Message

    monkeypatch.setattr(jobs, "TOLD_AT_ONCE", 3)
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(jobs, "later", lambda _job, **ids: asked.append(ids))
    entries = fill(lottery)
    lottery.draw()
    after = 0
    for _each in range(9):
        jobs.tell_round(round_id=lottery.round.pk, after=after, now=lottery.now)
        if not asked:
            break
        after = asked.pop()["after"]
    told = Message.objects.filter(
        about_id__in=[one.pk for one in entries],
        kind__in=["reservations.lottery_waiting", "reservations.lottery_lost"],
    )
    states = lottery.states()
    assert told.count() == states.get("waiting", 0) + states.get("lost", 0) > 3
    assert len(set(told.values_list("about_id", flat=True))) == told.count()


def test_a_draw_of_many_is_a_handful_of_statements(
    lottery: Lottery, django_assert_max_num_queries: Any
) -> None:
    fill(lottery, 8)
    lottery.freeze()
    for who in ("clerk", "approver"):
        lottery.round = enter_seed(actor=lottery.staff[who], now=lottery.now, round=lottery.round, typed=SEED)
    with django_assert_max_num_queries(17):
        draw_round(actor=lottery.staff["clerk"], now=lottery.now, round=lottery.round)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.lottery_drawn')")
        assert cursor.fetchone() == (None,)
