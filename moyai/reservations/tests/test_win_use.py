"""当選した利用の営利・入場料: asked with the confirmation where the fee depends on them, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from moyai.money.public import charges_about
from moyai.reservations.actions.bookings import confirm
from moyai.reservations.actions.lotteries.wins import book_wins, confirm_win
from moyai.reservations.models import Booking, Entry
from moyai.reservations.rulebook.samples import FEES
from moyai.reservations.rules.fees import asks_about
from moyai.reservations.tests.halls import make_person
from moyai.reservations.tests.rounds import AM, DOCUMENTS, Lottery, make_lottery, say
from moyai.tenants.public import acting_in

HERE, OFFICE = "/chiba-shi/lotteries/mine", "/chiba-shi/office/reservations/bookings"
# Three hours of the gym cost 1,800; for profit twice as much again, and with an admission above 1,000 half as much again of that.
DEPENDS = {
    **DOCUMENTS["fees"],
    "order": ["room", "commercial", "admission"],
    "surcharges": [
        {"code": "commercial", "label": "営利目的の割増", "percent": 200, "of": ["room"], "commercial": "yes"},
        {"code": "admission", "label": "入場料の割増", "percent": 50, "of": ["room"], "admission_from_yen": 1_001},
    ],
}  # fmt: skip


def win(world: Any, fees: dict[str, Any] | None) -> tuple[Lottery, Entry]:
    with acting_in(world.chiba) as now:
        found = make_lottery(world, now, confirm_until=now + timedelta(days=14))
        if fees is not None:
            say(world.chiba, "fees", fees, now=now)
        person = make_person(world.chiba, "千葉 花子", now=now, account_id=world.resident.pk)
        entry = found.enter(person, found.wish("abcd", AM))
        found.draw()
        book_wins(actor=found.staff["system"], now=found.now, round=found.round, most=10)
        entry.refresh_from_db()
        return found, entry


def charged(world: Any, entry: Entry) -> tuple[Any, ...]:
    with acting_in(world.chiba):
        row = Booking.objects.get(pk=entry.booking_id)
        owed = [charge.amount_yen for charge in charges_about(row)]
        return row.confirm_until is None, row.commercial, row.admission_yen, row.fee_yen, owed


def test_a_winner_says_what_his_fee_depends_on_and_owes_by_it(
    world: Any, client_for: Callable[[Any], Client]
) -> None:
    _found, entry = win(world, DEPENDS)
    client, address = client_for(world.resident), f"{HERE}/{entry.number}/"
    page = client.get(address).content.decode()
    assert "営利・宣伝を目的に利用する" in page and "入場料（最も高い額）" in page
    before = charged(world, entry)
    assert before == (False, False, 0, 1_800, [])
    wrong = client.post(address, {"act": "confirm", "admission_yen": "たくさん"})
    assert wrong.status_code == 422 and "入場料" in wrong.content.decode()
    assert charged(world, entry) == before
    told = {"act": "confirm", "commercial": "on", "admission_yen": "1500"}
    assert client.post(address, told).status_code == 302
    assert charged(world, entry) == (True, True, 1_500, 8_100, [8_100])


def test_a_winner_is_asked_nothing_that_his_fee_does_not_depend_on(
    world: Any, client_for: Callable[[Any], Client]
) -> None:
    _found, entry = win(world, None)
    client, address = client_for(world.resident), f"{HERE}/{entry.number}/"
    page = client.get(address).content.decode()
    assert "営利・宣伝" not in page and "入場料" not in page
    # Whoever sends it all the same changes nothing by it.
    assert client.post(address, {"act": "confirm", "commercial": "on", "admission_yen": "9"}).status_code == 302
    assert charged(world, entry) == (True, False, 0, 1_800, [1_800])


def test_who_declines_is_asked_nothing(world: Any, client_for: Callable[[Any], Client]) -> None:
    _found, entry = win(world, DEPENDS)
    client, address = client_for(world.resident), f"{HERE}/{entry.number}/"
    assert client.post(address, {"act": "decline", "admission_yen": "たくさん"}).status_code == 302
    with acting_in(world.chiba):
        assert Entry.objects.get(pk=entry.pk).state == Entry.State.FORFEITED


def test_the_counter_asks_the_same(world: Any, client_for: Callable[[Any], Client]) -> None:
    _found, entry = win(world, DEPENDS)
    with acting_in(world.chiba):
        booking = Booking.objects.get(pk=entry.booking_id)
    clerk, address = client_for(world.at_chiba.clerk), f"{OFFICE}/{booking.number}/do/confirm/"
    page = clerk.get(address).content.decode()
    assert "営利・宣伝を目的に利用する" in page and "入場料（最も高い額）" in page
    told = {"version": booking.version, "commercial": "on"}
    assert clerk.post(address, told).status_code == 302
    assert charged(world, entry) == (True, True, 0, 5_400, [5_400])


def test_what_is_said_again_after_the_confirmation_changes_nothing(world: Any) -> None:
    found, entry = win(world, DEPENDS)
    resident = world.actor(world.resident, world.chiba)
    with acting_in(world.chiba):
        confirm_win(actor=resident, now=found.now, entry=entry, commercial=True)
    before = charged(world, entry)
    assert before == (True, True, 0, 5_400, [5_400])
    with acting_in(world.chiba), pytest.raises(Exception, match="状態"):
        confirm(actor=resident, now=found.now, booking=Booking.objects.get(pk=entry.booking_id), commercial=False)
    assert charged(world, entry) == before


@pytest.mark.parametrize(
    ("fees", "asks"),
    [
        ({}, set()),
        (DOCUMENTS["fees"], set()),
        (DEPENDS, {"commercial", "admission_yen"}),
        ({"surcharges": [{"code": "x", "commercial": "any"}]}, set()),
        ({"prices": [{"yen": 1, "admission_until_yen": 500}]}, {"admission_yen"}),
    ],
)
def test_what_a_fee_policy_asks_about_is_read_from_its_rows(fees: dict[str, Any], asks: set[str]) -> None:
    assert asks_about(fees) == asks


def test_the_published_samples_ask_about_what_they_price() -> None:
    found = {name: sorted(asks_about(document)) for name, document in FEES.items()}
    assert found["tennis_court"] == []
    assert found["gymnasium"] == found["concert_hall"] == ["admission_yen", "commercial"]
