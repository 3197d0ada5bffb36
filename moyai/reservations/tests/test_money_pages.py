"""過納の還付・充当 at the office: asked for on the booking's page, seen by those who may, refused beside the field (C32)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from moyai.money.models import Refund
from moyai.money.public import charges_about
from moyai.reservations.actions import money
from moyai.reservations.models import Booking, Registration
from moyai.reservations.tests.bills import Bills, make_bills
from moyai.tenants.public import acting_in


@pytest.fixture
def bills(world: Any) -> Bills:
    with acting_in(world.chiba) as now:
        return make_bills(world, now)


@pytest.fixture
def overpaid(bills: Bills) -> Booking:
    """Paid 1,000, given up because of the weather: all of it waits."""
    with acting_in(bills.hall.body):
        booking = bills.book(540, 720)
        bills.pay(booking)
        where = bills.scene(bills.asked())
        money.give_back(actor=bills.clerk, now=bills.now, booking=booking, scene=where, why="weather")
        return booking


def address(booking: Booking) -> str:
    return f"/chiba-shi/office/reservations/bookings/{booking.number}/credit/"


def asked(bills: Bills, booking: Booking) -> list[tuple[int, bool]]:
    with acting_in(bills.hall.body):
        rows = Refund.objects.filter(overpayment__receipt__charge__in=charges_about(booking)).order_by("id")
        return [(row.amount_yen, row.target_id is not None) for row in rows]


def test_C32_clerk_asks_to_give_an_overpayment_back(
    world: Any, bills: Bills, overpaid: Booking, client_for: Callable[[Any], Client]
) -> None:
    clerk = client_for(world.at_chiba.clerk)
    detail = clerk.get(f"/chiba-shi/office/reservations/bookings/{overpaid.number}/").content.decode()
    assert address(overpaid) in detail
    html = clerk.get(address(overpaid)).content.decode()
    assert "納めすぎの1,000円" in html and "利用者に還付する" in html
    answer = clerk.post(address(overpaid), {"target": "back", "reason": "荒天による取消し"})
    assert answer.status_code == 302 and asked(bills, overpaid) == [(1_000, False)]
    again = clerk.get(address(overpaid), follow=True).content.decode()
    assert "還付や充当のできる過納は、ありません。" in again


def test_C32_clerk_uses_an_overpayment_for_another_booking_of_the_same_user(
    world: Any, bills: Bills, overpaid: Booking, client_for: Callable[[Any], Client]
) -> None:
    with acting_in(bills.hall.body):
        target = bills.book(780, 1020, day=bills.day + timedelta(days=1))
    clerk = client_for(world.at_chiba.clerk)
    assert "未納1,500円に充てる" in clerk.get(address(overpaid)).content.decode()
    answer = clerk.post(address(overpaid), {"target": target.number, "reason": "次の予約に充てるため"})
    assert answer.status_code == 302 and asked(bills, overpaid) == [(1_000, True)]


def test_C32_what_is_no_choice_or_has_no_reason_is_refused_and_nothing_is_asked(
    world: Any, bills: Bills, overpaid: Booking, client_for: Callable[[Any], Client]
) -> None:
    clerk = client_for(world.at_chiba.clerk)
    for posted in ({"target": "123456789012", "reason": "充当"}, {"target": "back", "reason": " "}, {}):
        answer = clerk.post(address(overpaid), posted)
        assert answer.status_code == 422 and "エラー" in answer.content.decode()
    assert asked(bills, overpaid) == []


def test_C32_only_who_may_ask_sees_the_page(
    world: Any, bills: Bills, overpaid: Booking, client_for: Callable[[Any], Client]
) -> None:
    assert client_for(world.at_chiba.approver).get(address(overpaid)).status_code == 403
    assert client_for(world.at_matsudo.clerk).get(address(overpaid)).status_code == 404
    assert asked(bills, overpaid) == []


def test_C32_page_asks_the_database_a_fixed_number_of_times(
    world: Any, bills: Bills, overpaid: Booking, client_for: Callable[[Any], Client], count_queries: Any
) -> None:
    clerk = client_for(world.at_chiba.clerk)
    for more in (1, 4):
        with acting_in(bills.hall.body):
            for days in range(more):
                bills.book(780, 1020, day=bills.day + timedelta(days=more + days))
        assert count_queries(lambda: clerk.get(address(overpaid))) == 5


@pytest.fixture
def count_queries() -> Callable[[Callable[[], Any]], int]:
    """How many queries a request makes, of this room and of money: the session's own are not counted."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(ask: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as queries:
            ask()
        return sum("reservations_" in one["sql"] or "money_" in one["sql"] for one in queries)

    return count


def test_who_has_paid_goes_on_to_his_booking_and_a_stranger_with_the_link_sees_no_number(
    bills: Bills, world: Any, client_for: Callable[[Any], Client], client: Client
) -> None:
    with acting_in(bills.hall.body):
        booking = bills.book(540, 720)
        [charge] = charges_about(booking)
        Registration.objects.filter(pk=booking.registration_id).update(account_id=world.resident.pk)
    pay, link = f"/chiba-shi/pay/{charge.token}/", f"/chiba-shi/bookings/{booking.number}/"
    own = client_for(world.resident)
    assert link not in own.get(pay).content.decode()  # not paid yet: the page is about paying
    with acting_in(bills.hall.body):
        bills.pay(booking)
    told = own.get(pay).content.decode()
    assert f'<a href="{link}">予約を見る</a>' in told
    assert own.get(link).status_code == 200
    for stranger in (client, client_for(world.at_chiba.clerk)):
        page = stranger.get(pay)
        assert page.status_code == 200 and booking.number not in page.content.decode()
