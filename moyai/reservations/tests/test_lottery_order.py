"""順番 of a draw: written without the indexes of the entries, found by its pages, kept with its files, booked to the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction

from moyai.reservations.actions.asked import frozen_days
from moyai.reservations.actions.lotteries import draw as drawing
from moyai.reservations.actions.lotteries.draw import publication, publish_round
from moyai.reservations.actions.lotteries.wins import book_wins
from moyai.reservations.jobs import lotteries as jobs
from moyai.reservations.models import Entry, OrderPage, Round, RoundFiles
from moyai.reservations.queries import lotteries as queries
from moyai.reservations.queries.lotteries import entries_by_rank
from moyai.reservations.queries.stamps import stamp_of
from moyai.reservations.tests.rounds import AM, Lottery, make_lottery

MIGRATION = import_module("moyai.reservations.migrations.0010_order_pages")


@pytest.fixture
def lottery(world: Any, in_chiba: datetime) -> Lottery:
    """Seven entries of as many persons for four places of one morning."""
    found = make_lottery(world, in_chiba)
    for at in range(7):
        found.enter(found.person(), found.wish("abcd"[at % 4], AM))
    return found


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three ranks a stored page, two a shown one."""
    monkeypatch.setattr(OrderPage, "ROWS", 3)
    monkeypatch.setattr(queries, "PAGE_ROWS", 2)
    yield


def ranks(lottery: Lottery) -> list[int]:
    return list(Entry.objects.filter(round=lottery.round).order_by("rank").values_list("pk", flat=True))


def test_A38_a_draw_writes_its_entries_and_none_of_their_indexes(lottery: Lottery) -> None:
    lottery.freeze()

    def changed() -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_stat_get_xact_tuples_updated(c), pg_stat_get_xact_tuples_hot_updated(c)"
                " FROM (SELECT 'reservations_entry'::regclass::oid AS c) AS t"
            )
            found: tuple[int, int] = cursor.fetchone()
            return found

    before = changed()
    lottery.draw()
    every, heap_only = (now - then for now, then in zip(changed(), before, strict=True))
    assert every == heap_only == 7


@pytest.mark.parametrize(
    ("start", "shown"), [(0, [0, 1]), (1, [1, 2]), (2, [2, 3]), (5, [5, 6]), (6, [6]), (7, [])]
)
def test_A38_the_published_order_is_found_by_its_pages(
    lottery: Lottery, short_pages: None, start: int, shown: list[int]
) -> None:
    lottery.draw()
    order = ranks(lottery)
    assert [len(page.entries) for page in OrderPage.objects.order_by("first")] == [3, 3, 1]
    assert [one.pk for one in entries_by_rank(lottery.round, start=start)] == [order[at] for at in shown]


def test_A38_rounds_drawn_before_get_their_pages_and_their_end(lottery: Lottery) -> None:
    lottery.draw()
    pages = list(OrderPage.objects.values_list("round_id", "first", "entries"))
    assert pages == [(lottery.round.pk, 1, ranks(lottery))]
    OrderPage.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(MIGRATION._PAGES)
        cursor.execute(MIGRATION._BOOKED)
    assert pages == list(OrderPage.objects.values_list("round_id", "first", "entries"))
    lottery.round.refresh_from_db()
    assert lottery.round.booked_at is None  # four winners wait for their bookings
    book_wins(actor=lottery.staff["system"], now=lottery.now, round=lottery.round, most=100)
    Round.objects.filter(pk=lottery.round.pk).update(booked_at=None)
    with connection.cursor() as cursor:
        cursor.execute(MIGRATION._BOOKED)
    lottery.round.refresh_from_db()
    assert lottery.round.booked_at == lottery.round.drawn_at


def test_A38_places_are_the_draws_until_its_last_winner_is_booked(lottery: Lottery) -> None:
    unit = lottery.hall.units["a"]
    place = {(unit.room_id, lottery.day)}

    def given() -> bool:
        stamp = stamp_of(body_id=lottery.hall.body.pk, combination_id=unit.pk, day=lottery.day)
        return stamp is not None and stamp.in_draw

    lottery.draw()
    for most, done in ((3, False), (1, False), (1, True)):
        assert frozen_days(body=lottery.hall.body, wanted=place) == place and given()
        assert book_wins(actor=lottery.staff["system"], now=lottery.now, round=lottery.round, most=most) == (
            0 if done else most
        )
    lottery.round.refresh_from_db()
    assert lottery.round.booked_at == lottery.now
    assert frozen_days(body=lottery.hall.body, wanted=place) == set() and not given()
    later = lottery.now + timedelta(minutes=5)
    assert book_wins(actor=lottery.staff["system"], now=later, round=lottery.round, most=9) == 0
    lottery.round.refresh_from_db()
    assert lottery.round.booked_at == lottery.now  # the first time holds


def test_A38_wins_left_unbooked_are_taken_up_again_by_the_clock(
    lottery: Lottery, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(jobs, "later", lambda job, **_ids: asked.append(job))
    lottery.draw()
    jobs.tend_wins(round_id=lottery.round.pk, now=lottery.now)
    assert asked == [jobs.book_wins]
    jobs.book_wins(round_id=lottery.round.pk, now=lottery.now)
    jobs.tend_wins(round_id=lottery.round.pk, now=lottery.now)
    assert asked == [jobs.book_wins]


@pytest.mark.parametrize("mode", Round.Mode.values)
def test_A38_files_kept_with_freeze_and_draw_are_those_made_again_from_the_rows(
    world: Any, in_chiba: datetime, mode: str
) -> None:
    lottery = make_lottery(world, in_chiba, mode=mode)
    for at in range(5):
        lottery.enter(lottery.person(), lottery.wish("abcd"[at % 4], AM), lottery.wish("ab", AM, days=1))
    lottery.freeze()
    assert list(RoundFiles.objects.values_list("stage", flat=True)) == ["list"]
    lottery.draw()
    lottery.round.refresh_from_db()
    for stage in RoundFiles.Stage.values:
        kept = publish_round(actor=lottery.staff["system"], now=lottery.now, round=lottery.round, stage=stage)
        assert kept is not None and bytes(kept.content) == publication(lottery.round, stage).as_zip()
    assert RoundFiles.objects.filter(round=lottery.round).count() == 2


def test_A38_a_draw_whose_files_cannot_be_made_has_not_happened(
    lottery: Lottery, monkeypatch: pytest.MonkeyPatch
) -> None:
    lottery.freeze()

    def fails(_publication: Any) -> bytes:
        raise OSError("no room")

    monkeypatch.setattr(drawing.WishPublication, "as_zip", fails)
    with pytest.raises(OSError, match="no room"), transaction.atomic():
        lottery.draw()
    lottery.round = Round.objects.get(pk=lottery.round.pk)
    assert (lottery.round.state, lottery.round.drawn_at) == ("frozen", None)
    assert lottery.states() == {"entered": 7} and not OrderPage.objects.exists()
    assert list(RoundFiles.objects.values_list("stage", flat=True)) == ["list"]
