"""予約した後の画面 — one's own bookings: list, change, cancellation, history, permit, attached rooms."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from moyai.money import actions as ledger
from moyai.money.models import Receipt
from moyai.money.public import charges_about
from moyai.reservations.actions import attendance, bookings
from moyai.reservations.models import Booking, Combination, Part, Room
from moyai.reservations.tests.halls import SINCE, set_policies
from moyai.reservations.tests.pages_setup import HOME, OPENING, Street, own_queries, text_of
from moyai.tenants.public import acting_in

S = Booking.State


@pytest.fixture
def street(world: Any) -> Street:
    return Street(world)


@pytest.fixture
def hanako(street: Street, client_for: Any) -> Client:
    found: Client = client_for(street.world.resident)
    return found


def pay(street: Street, number: str) -> None:
    """All that is owed, in cash at the counter."""
    row = street.row(number)
    with acting_in(street.body) as now:
        for owed in charges_about(row):
            ledger.receive(
                actor=street.world.actor(street.world.at_chiba.clerk, street.body),
                now=now,
                charge=owed,
                channel=Receipt.Channel.COUNTER,
                amount_yen=owed.unpaid_yen,
                external_id=f"counter-{number}-{owed.pk}",
            )


def test_A38_own_bookings_upcoming_first_and_page_by_page(street: Street, hanako: Client) -> None:
    set_here = {"limits": {"longest_minutes": 720}}
    with acting_in(street.body):
        set_policies(street.hall, opening=OPENING, **set_here)
    later = street.booked(hanako, unit="a", day=street.day + timedelta(days=2))
    sooner = street.booked(hanako, unit="a", day=street.day)
    gone = street.booked(hanako, unit="a", day=street.day + timedelta(days=1))
    hanako.post(f"{HOME}bookings/{gone}/cancel/")
    shown = re.findall(r"/bookings/(\d{12})/", text_of(hanako.get(f"{HOME}bookings/")))
    assert shown == [sooner, later]
    assert re.findall(r"/bookings/(\d{12})/", text_of(hanako.get(f"{HOME}bookings/?view=past"))) == [gone]
    with acting_in(street.body):
        row = Booking.objects.get(number=sooner)
        for at in range(25):
            row.pk, row.number, row.day = None, f"9{at:011d}", street.day + timedelta(days=3 + at)
            row.save(force_insert=True)
    first = text_of(hanako.get(f"{HOME}bookings/"))
    numbers = re.findall(r"mo-cards__title\"><a href=\"[^\"]*/bookings/(\d{12})/", first)
    assert len(numbers) == 20 and 'rel="prev"' not in first
    older = re.search(r'<a href="([^"]*after=[^"]*)" rel="next"', first)
    assert older is not None
    second = text_of(hanako.get(older.group(1).replace("&amp;", "&")))
    rest = re.findall(r"mo-cards__title\"><a href=\"[^\"]*/bookings/(\d{12})/", second)
    assert len(rest) == 7 and not set(rest) & set(numbers) and 'rel="next"' not in second
    newer = re.search(r'<a href="([^"]*before=[^"]*)" rel="prev"', second)
    assert newer is not None
    back = text_of(hanako.get(newer.group(1).replace("&amp;", "&")))
    assert re.findall(r"mo-cards__title\"><a href=\"[^\"]*/bookings/(\d{12})/", back) == numbers
    assert hanako.get(f"{HOME}bookings/?after=broken.key.x").status_code == 200


def test_A38_queries_of_ones_own_pages_are_bounded(street: Street, hanako: Client) -> None:
    number = street.booked(hanako, unit="a")
    listed = own_queries(hanako, f"{HOME}bookings/")
    street.booked(hanako, unit="b", starts=780, ends=1020)
    assert own_queries(hanako, f"{HOME}bookings/") == listed <= 6
    assert own_queries(hanako, f"{HOME}bookings/{number}/") <= 20
    assert own_queries(hanako, f"{HOME}bookings/{number}/cancel/") <= 16
    assert own_queries(hanako, f"{HOME}bookings/{number}/change/") <= 26
    held = street.held(hanako, unit="c", day=street.day + timedelta(days=1))
    assert own_queries(hanako, f"{HOME}bookings/{held}/details/") <= 16
    choice = street.choice("d")
    assert own_queries(hanako, f"{HOME}book/?unit={choice['unit']}&day={choice['day']}") <= 16


def test_A38_change_shows_old_and_new_and_the_difference_before_the_button(
    street: Street, hanako: Client
) -> None:
    number = street.booked(hanako)
    form = text_of(hanako.get(f"{HOME}bookings/{number}/change/"))
    assert "午前 9:00（いまの予約）" in form
    told = {
        "unit": street.hall.units["abcd"].pk,
        "day": street.day.isoformat(),
        "starts": 540,
        "ends": 1020,
        "purpose": "badminton",
        "people": "30",
    }
    assert hanako.post(f"{HOME}bookings/{number}/change/", told).status_code == 302
    before = street.stored()
    html = text_of(hanako.get(f"{HOME}bookings/{number}/change/check/"))
    assert "いまの料金は1,000円、変更後の料金は2,500円です。" in html
    assert "変更すると、1,500円の支払いが増えます。" in html
    assert "20人" in html and "30人" in html
    assert street.stored() == before
    assert hanako.post(f"{HOME}bookings/{number}/change/check/").status_code == 302
    row = street.row(number)
    assert (row.starts, row.ends, row.people, row.fee_yen) == (540, 1020, 30, 2_500)
    with acting_in(street.body):
        assert sum(one.amount_yen for one in charges_about(row)) == 2_500


def test_A38_change_to_a_taken_place_changes_nothing_and_keeps_what_was_typed(
    street: Street, hanako: Client
) -> None:
    number = street.booked(hanako)
    street.taken("abcd", 780, 1020)
    told = {**street.choice(starts=780, ends=1020), "purpose": "badminton", "people": "33"}
    hanako.post(f"{HOME}bookings/{number}/change/", told)
    before = street.stored()
    answer = hanako.post(f"{HOME}bookings/{number}/change/check/")
    html = text_of(answer)
    assert answer.status_code == 409
    assert "すでに予約されています。" in html and 'value="33"' in html and "近い空き枠" in html
    row = street.row(number)
    assert (row.starts, row.ends, row.people) == (540, 720, 20)
    assert street.stored() == before


def test_A38_change_of_a_booking_that_changed_meanwhile_is_refused(street: Street, hanako: Client) -> None:
    number = street.booked(hanako)
    told = {**street.choice(), "purpose": "badminton", "people": "33"}
    hanako.post(f"{HOME}bookings/{number}/change/", told)
    with acting_in(street.body):
        row = Booking.objects.get(number=number)
        row.version += 1
        row.save(update_fields=["version"])
    answer = hanako.post(f"{HOME}bookings/{number}/change/check/")
    assert answer.status_code == 409
    assert street.row(number).people == 20


def test_A38_cancelling_shows_the_refund_of_what_was_paid_then_gives_it_back(
    street: Street, hanako: Client
) -> None:
    number = street.booked(hanako)
    pay(street, number)
    html = text_of(hanako.get(f"{HOME}bookings/{number}/cancel/"))
    assert "支払い済みの金額：1,000円" in html and "返すお金：1,000円" in html
    assert hanako.post(f"{HOME}bookings/{number}/cancel/").status_code == 302
    row = street.row(number)
    assert (row.state, row.fee_yen) == (S.CANCELLED, 0)
    assert "1,000円をお返しします。" in text_of(hanako.get(f"{HOME}bookings/{number}/"))
    before = street.stored()
    assert (
        hanako.post(f"{HOME}bookings/{number}/cancel/").status_code == 302
    )  # a second press changes nothing
    assert street.stored() == before


def test_A38_late_cancelling_says_that_nothing_comes_back_and_the_points(world: Any, client_for: Any) -> None:
    street = Street(world, ahead=3)
    own = client_for(world.resident)
    number = street.booked(own)
    pay(street, number)
    html = text_of(own.get(f"{HOME}bookings/{number}/cancel/"))
    assert "返すお金はありません。" in html and "取消料：1,000円" in html


def test_A38_cancelling_too_late_is_refused_and_nothing_changes(world: Any, client_for: Any) -> None:
    street = Street(world, ahead=1)
    own = client_for(world.resident)
    number = street.booked(own)
    with acting_in(street.body):
        periods = {
            "first": [{"from": {"days": 60, "at": 540}, "until": {"minutes": 0}}],
            "cancel_until": {"days": 5, "at": 0},
        }
        set_policies(street.hall, opening=OPENING, periods=periods)
    assert f"{number}/cancel/" not in text_of(own.get(f"{HOME}bookings/{number}/"))
    before = street.stored()
    answer = own.post(f"{HOME}bookings/{number}/cancel/", follow=True)
    assert "手続きできる期限を過ぎています。" in text_of(answer)
    assert street.stored() == before


def test_A38_part_is_given_up_and_the_rest_stands(street: Street, hanako: Client) -> None:
    number = street.booked(hanako, starts=540, ends=1020)
    pay(street, number)
    whole = street.hall.units["abcd"].pk
    rest = {"unit": whole, "starts": 540, "ends": 720}
    query = "&".join(f"{name}={value}" for name, value in rest.items())
    html = text_of(hanako.get(f"{HOME}bookings/{number}/cancel-part/?{query}"))
    assert "返すお金：1,500円" in html  # 通し 2,500 less 午前 1,000
    version = re.search(r'name="version" value="(\d+)"', html)
    assert version is not None
    answer = hanako.post(f"{HOME}bookings/{number}/cancel-part/", {**rest, "version": version.group(1)})
    assert answer.status_code == 302
    row = street.row(number)
    assert (row.state, row.starts, row.ends, row.fee_yen) == (S.BOOKED, 540, 720, 1_000)
    nothing = f"unit={whole}&starts=540&ends=720"
    answer = hanako.get(f"{HOME}bookings/{number}/cancel-part/?{nothing}")
    assert answer.status_code == 422 and "すべてが残る選び方です。" in text_of(answer)
    stale = hanako.post(f"{HOME}bookings/{number}/cancel-part/", {**rest, "unit": street.hall.units["ab"].pk})
    assert stale.status_code == 409
    assert street.row(number).combination_id == whole


def test_A38_history_tells_what_staff_did_for_the_owner(street: Street, hanako: Client) -> None:
    number = street.booked(hanako)
    row = street.row(number)
    with acting_in(street.body) as now:
        bookings.cancel(
            actor=street.world.actor(street.world.at_chiba.clerk, street.body),
            now=now,
            booking=row,
            why="weather",
            reason="台風のため",
        )
    html = text_of(hanako.get(f"{HOME}bookings/{number}/"))
    assert "予約を取り消しました" in html and "千葉市 佐藤 一郎（職員が代わりに操作）" in html
    assert "台風のため" in html
    assert "本人（インターネット）" in html


def test_A38_permit_is_there_once_the_fee_is_paid(street: Street, hanako: Client) -> None:
    number = street.booked(hanako)
    assert "使用許可書は、使用料を納めたあとに受け取れます。" in text_of(
        hanako.get(f"{HOME}bookings/{number}/")
    )
    assert hanako.get(f"{HOME}bookings/{number}/permit/").status_code == 404
    refused = hanako.post(f"{HOME}bookings/{number}/permit/", follow=True)
    assert "使用料を納めたあとに発行します。" in text_of(refused)
    pay(street, number)
    assert hanako.post(f"{HOME}bookings/{number}/permit/").status_code == 302
    assert street.row(number).permit_id is not None


def test_A38_room_that_needs_approval_is_asked_for(street: Street, hanako: Client) -> None:
    with acting_in(street.body):
        Room.objects.filter(pk=street.hall.gym.pk).update(needs_approval=True)
    number = street.booked(hanako)
    assert street.row(number).state == S.ASKED
    html = text_of(hanako.get(f"{HOME}bookings/{number}/done/"))
    assert "予約の申込みを受け付けました" in html and "支払いに進む" not in html


def test_A38_attached_rooms_are_booked_along_with_their_main_room(street: Street, hanako: Client) -> None:
    with acting_in(street.body):
        side = Room.objects.create(
            body=street.body,
            facility=street.hall.facility,
            code="side",
            name="更衣室",
            main=street.hall.gym,
            alone=False,
            published=True,
            used_from=SINCE,
            step_minutes=60,
        )
        Part.objects.create(body=street.body, room=side, code="side", name="更衣室")
        unit = Combination.objects.create(
            body=street.body, room=side, code="side", name="全室", parts=["side"]
        )
        fees = {
            "rounding": "floor",
            "rounding_yen": 10,
            "tax": "none",
            "order": ["room"],
            "prices": [{"room": "gym", "frames": ["am"], "yen": 1_000}],
            "hours": [{"room": "side", "starts": 540, "ends": 1260, "per_minutes": 60, "yen": 100}],
        }
        set_policies(street.hall, opening=OPENING, fees=fees)
    number = street.held(hanako)
    assert "更衣室" in text_of(hanako.get(f"{HOME}bookings/{number}/details/"))
    told = {"purpose": "badminton", "people": "20", "attached": [str(unit.pk)]}
    assert hanako.post(f"{HOME}bookings/{number}/details/", told).status_code == 302
    html = text_of(hanako.get(f"{HOME}bookings/{number}/check/"))
    assert "支払う金額：1,300円" in html
    assert hanako.post(f"{HOME}bookings/{number}/check/").status_code == 302
    with acting_in(street.body):
        along = Booking.objects.get(room=side)
        assert (along.state, along.starts, along.ends, along.fee_yen) == (S.BOOKED, 540, 720, 300)
    assert "更衣室" in text_of(hanako.get(f"{HOME}bookings/{number}/"))
    assert "次の付属の室場も、一緒に取り消します。" in text_of(hanako.get(f"{HOME}bookings/{number}/cancel/"))


def test_A38_used_booking_offers_neither_change_nor_cancelling(street: Street, hanako: Client) -> None:
    number = street.booked(hanako)
    row = street.row(number)
    with acting_in(street.body) as now:
        Booking.objects.filter(pk=row.pk).update(day=street.today)
        row.refresh_from_db()
        attendance.mark_used(
            actor=street.world.actor(street.world.at_chiba.clerk, street.body), now=now, booking=row
        )
    html = text_of(hanako.get(f"{HOME}bookings/{number}/"))
    assert "利用済み" in html and "/cancel/" not in html and "/change/" not in html


@pytest.mark.parametrize("prefix", ["/en", "/ja-easy"])
def test_A38_own_pages_stand_in_english_and_easy_japanese(
    street: Street, hanako: Client, prefix: str
) -> None:
    number = street.booked(hanako, starts=540, ends=1020)
    held = street.held(hanako, unit="a", starts=1080, ends=1260)
    for address in (
        "bookings/", f"bookings/{number}/", f"bookings/{number}/done/", f"bookings/{number}/change/",
        f"bookings/{number}/cancel/", f"bookings/{number}/cancel-part/", f"bookings/{held}/details/",
    ):  # fmt: skip
        assert hanako.get(f"{prefix}{HOME}{address}").status_code == 200, address
