"""A38 C29: bookings at the office — the day, the list, one booking and what is done with it, two clerks, the wall."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from moyai.audit.public import Deed
from moyai.reservations.actions import bookings
from moyai.reservations.actions.asked import Asked
from moyai.reservations.keys import name_key
from moyai.reservations.models import Booking, Penalty, Policy, Registration, Slot
from moyai.reservations.tests.pages_setup import Street, own_queries, text_of
from moyai.tenants.public import acting_in
from moyai.ui.public import group_in_fours

OFFICE = "/chiba-shi/office/reservations/"
S = Booking.State


class Office(Street):
    """The street seen from the counter."""

    def act(self, client: Client, one: Booking, act: str, **told: Any) -> Any:
        version = told.pop("version", None) or self.row(one.number).version
        return client.post(f"{OFFICE}bookings/{one.number}/do/{act}/", {"version": version, **told})


@pytest.fixture
def office(world: Any) -> Office:
    return Office(world)


@pytest.fixture
def clerk(world: Any, client_for: Any) -> Client:
    found: Client = client_for(world.at_chiba.clerk)
    return found


def used_up(office: Office, one: Booking) -> None:
    """The day of use has come: the row as it is on the day after it was used."""
    with acting_in(office.body):
        Slot.objects.filter(booking=one).update(day=office.today - timedelta(days=1))
        Booking.objects.filter(pk=one.pk).update(day=office.today - timedelta(days=1))


# --- the day -----------------------------------------------------------------------------------------


def test_A38_the_day_shows_every_room_with_who_when_and_what_is_owed(office: Office, clerk: Client) -> None:
    one = office.taken()
    text = text_of(clerk.get(f"{OFFICE}?facility={office.hall.facility.pk}&day={office.day:%Y-%m-%d}"))
    assert "松戸 太郎" in text and "9:00–12:00" in text
    assert group_in_fours(one.number) in text
    assert "会議室" in text and "予約なし" in text
    assert "1,000円を受け取る" in text


def test_the_day_costs_the_same_with_many_bookings(office: Office, clerk: Client) -> None:
    address = f"{OFFICE}?facility={office.hall.facility.pk}&day={office.day:%Y-%m-%d}"
    office.taken("a")
    few = own_queries(clerk, address)
    for unit, starts, ends in (("b", 540, 720), ("c", 540, 720), ("d", 540, 720), ("abcd", 780, 1020)):
        office.taken(unit, starts, ends)
    assert own_queries(clerk, address) == few <= 20


def test_A38_who_came_is_noted_for_all_that_are_ticked(office: Office, clerk: Client) -> None:
    came, early = office.taken("a"), office.taken("b")
    used_up(office, came)
    answer = clerk.post(OFFICE, {"chosen": [came.number, early.number]}, follow=True)
    assert "1件の受付をしました" in text_of(answer)
    assert "利用の始まりより前には記録できません" in text_of(answer)
    assert office.row(came.number).state == S.USED
    assert office.row(early.number).state == S.BOOKED


# --- the list ----------------------------------------------------------------------------------------


def test_A38_a_booking_is_found_by_number_name_facility_state_and_day(office: Office, clerk: Client) -> None:
    one = office.taken()
    with acting_in(office.body):
        Registration.objects.filter(pk=one.registration_id).update(name_key=name_key("松戸 太郎"))
    shown = group_in_fours(one.number)
    address = f"{OFFICE}bookings/"
    for query in (
        {},
        {"q": shown},
        {"q": "松戸 太郎", "view": "coming"},
        {"facility": office.hall.facility.pk, "view": "all"},
        {"state": "booked", "view": "all"},
        {"day": office.day.isoformat(), "view": "all"},
    ):
        assert shown in text_of(clerk.get(address, query)), query
    for query in ({"q": "船橋"}, {"state": "refused", "view": "all"}, {"view": "past"}, {"view": "waiting"}):
        assert shown not in text_of(clerk.get(address, query)), query


def test_the_list_goes_on_by_key_and_costs_the_same(office: Office, clerk: Client, monkeypatch: Any) -> None:
    office.taken("a")
    of_hall = f"{OFFICE}bookings/?facility={office.hall.facility.pk}"
    few = own_queries(clerk, of_hall)
    for unit in ("b", "c", "d"):
        office.taken(unit)
    assert own_queries(clerk, of_hall) == few <= 12
    monkeypatch.setattr("moyai.reservations.queries.counter.PAGE", 3)
    first = clerk.get(of_hall).context
    assert len(first["table"]["rows"]) == 3 and first["older_url"] and not first["newer_url"]
    second = clerk.get(first["older_url"]).context
    assert len(second["table"]["rows"]) == 1 and second["newer_url"] and not second["older_url"]
    assert clerk.get(second["newer_url"]).context["table"]["rows"] == first["table"]["rows"]
    assert clerk.get(f"{OFFICE}bookings/?after=broken").status_code == 200


# --- one booking -------------------------------------------------------------------------------------


def test_A38_a_booking_tells_facts_fee_steps_and_what_happened_and_the_look_is_on_record(
    office: Office, clerk: Client
) -> None:
    one = office.taken()
    text = text_of(clerk.get(f"{OFFICE}bookings/{one.number}/"))
    for words in ("松戸 太郎", "秘密の会合", "バドミントン", "1,000円", "料金の計算", "予約しました", "職員"):
        assert words in text, words
    with acting_in(office.body):
        assert Deed.objects.filter(verb="reservations.view_booking", thing_id=one.pk).exists()
    assert own_queries(clerk, f"{OFFICE}bookings/{one.number}/") <= 32


def test_A38_C29_cancelling_asks_whose_reason_it_is_and_gives_the_place_back(office: Office, clerk: Client) -> None:
    one = office.taken()
    page = clerk.get(f"{OFFICE}bookings/{one.number}/do/cancel/")
    assert "利用者の都合" in text_of(page) and "1,000円" in text_of(page)
    refused = office.act(clerk, one, "cancel", why="facility")
    assert refused.status_code == 422 and "理由を入力してください" in text_of(refused)
    assert office.row(one.number).state == S.BOOKED
    assert office.act(clerk, one, "cancel", why="facility", reason="雨漏りのため").status_code == 302
    row = office.row(one.number)
    assert row.state == S.CANCELLED and row.fee_yen == 0
    text = text_of(clerk.get(f"{OFFICE}bookings/{one.number}/"))
    assert "雨漏りのため" in text and "取消しを元に戻す" in text


def test_a_cancelled_booking_is_brought_back_while_its_place_is_there(office: Office, clerk: Client) -> None:
    one = office.taken()
    office.act(clerk, one, "cancel", why="own")
    assert office.act(clerk, one, "restore").status_code == 422
    assert office.act(clerk, one, "restore", reason="電話の聞き違い").status_code == 302
    assert office.row(one.number).state == S.BOOKED


def test_of_two_clerks_on_one_page_the_second_is_told_and_changes_nothing(office: Office, clerk: Client) -> None:
    one = office.taken()
    seen = office.row(one.number).version
    with acting_in(office.body) as now:
        bookings.change(
            actor=office.world.actor(office.world.at_chiba.second_clerk, office.body),
            now=now,
            booking=Booking.objects.get(pk=one.pk),
            asked=Asked.of(Booking.objects.get(pk=one.pk), people=5),
        )
    answer = office.act(clerk, one, "cancel", version=seen, why="own")
    assert answer.status_code == 409 and "ほかの画面で、この予約が変更されました" in text_of(answer)
    row = office.row(one.number)
    assert (row.state, row.people, row.version) == (S.BOOKED, 5, seen + 1)


def test_C29_a_no_show_costs_points_and_weather_takes_them_back(office: Office, clerk: Client) -> None:
    one = office.taken()
    with acting_in(office.body):  # points are a rule of the whole body
        Policy.objects.filter(body=office.body, kind="penalties", facility=None).delete()
        Policy.objects.filter(facility=office.hall.facility, kind="penalties").update(facility=None)
    used_up(office, one)
    assert office.act(clerk, one, "missed").status_code == 302
    with acting_in(office.body):
        assert Penalty.objects.get(booking_id=one.pk).tenths == 10
    assert office.row(one.number).state == S.NO_SHOW
    assert office.act(clerk, one, "excuse", why="weather").status_code == 422
    assert office.act(clerk, one, "excuse", why="weather", reason="台風のため").status_code == 302
    with acting_in(office.body):
        assert Penalty.objects.get(booking_id=one.pk).taken_back_at is not None
    assert office.row(one.number).state == S.CANCELLED


def test_an_act_that_the_state_does_not_permit_is_told_and_changes_nothing(office: Office, clerk: Client) -> None:
    one = office.taken()
    before = office.stored()
    for act in ("missed", "excuse", "restore", "approve", "lift", "used"):
        answer = office.act(clerk, one, act, reason="試し", why="weather")
        assert answer.status_code == 302
    assert clerk.get(f"{OFFICE}bookings/{one.number}/do/nothing/").status_code == 404
    assert office.stored() == before and office.row(one.number).state == S.BOOKED


def test_what_needs_a_look_is_approved_by_who_decides(office: Office, clerk: Client, client_for: Any) -> None:
    with acting_in(office.body):
        office.hall.gym.needs_approval = True
        office.hall.gym.save(update_fields=["needs_approval"])
    one, other = office.taken("a"), office.taken("b")
    assert office.row(one.number).state == S.ASKED
    assert "承認する" not in text_of(clerk.get(f"{OFFICE}bookings/{one.number}/"))
    assert office.act(clerk, one, "approve").status_code == 302 and office.row(one.number).state == S.ASKED
    approver = client_for(office.world.at_chiba.approver)
    assert "審査待ち" in text_of(approver.get(f"{OFFICE}bookings/", {"view": "waiting"}))
    assert office.act(approver, one, "approve").status_code == 302
    assert office.row(one.number).state == S.BOOKED
    assert office.act(approver, other, "refuse").status_code == 422
    assert office.act(approver, other, "refuse", reason="目的が合わない").status_code == 302
    assert office.row(other.number).state == S.REFUSED


# --- change, part ------------------------------------------------------------------------------------


def test_a_change_tells_its_price_and_is_made_by_the_same_rules(office: Office, clerk: Client) -> None:
    one = office.taken("ab")
    address = f"{OFFICE}bookings/{one.number}/change/"
    assert clerk.get(address).status_code == 200
    told = {
        "version": office.row(one.number).version,
        "unit": office.hall.units["ab"].pk,
        "day": office.day.isoformat(),
        "starts": 780,
        "ends": 1020,
        "purpose": "badminton",
        "people": "20",
    }
    quoted = clerk.post(address, {**told, "act": "quote"})
    assert quoted.status_code == 200 and "追加で納める額：500円" in text_of(quoted)
    assert office.row(one.number).starts == 540
    office.taken("cd", 780, 1020)
    refused = clerk.post(address, {**told, "unit": office.hall.units["abcd"].pk, "act": "do"})
    assert refused.status_code == 409 and "近い空き枠" in text_of(refused)
    assert office.row(one.number).starts == 540
    assert clerk.post(address, {**told, "act": "do"}).status_code == 302
    row = office.row(one.number)
    assert (row.starts, row.ends, row.fee_yen) == (780, 1020, 1_500)
    stale = clerk.post(address, {**told, "starts": 540, "ends": 720, "act": "do"})
    assert stale.status_code == 409 and office.row(one.number).starts == 780


def test_a_part_is_given_up_and_the_rest_stays(office: Office, clerk: Client) -> None:
    one = office.taken("ab", 540, 1020)
    address = f"{OFFICE}bookings/{one.number}/part/"
    told = {"version": office.row(one.number).version, "unit": office.hall.units["ab"].pk, "starts": 540, "ends": 720}
    quoted = clerk.post(address, {**told, "act": "quote"})
    assert "返す額" in text_of(quoted) and office.row(one.number).ends == 1020
    same = clerk.post(address, {**told, "ends": 1020, "act": "do"})
    assert same.status_code == 422 and office.row(one.number).ends == 1020
    assert clerk.post(address, {**told, "act": "do"}).status_code == 302
    row = office.row(one.number)
    assert (row.starts, row.ends, row.fee_yen) == (540, 720, 1_000)


# --- the wall ----------------------------------------------------------------------------------------


def test_another_bodys_clerk_finds_no_booking(office: Office, world: Any, client_for: Any) -> None:
    one = office.taken()
    before = office.stored()
    other = client_for(world.at_matsudo.clerk)
    for path in (
        "",
        "bookings/",
        f"bookings/{one.number}/",
        f"bookings/{one.number}/do/cancel/",
        f"bookings/{one.number}/change/",
        "receivables/",
    ):
        assert other.get(f"{OFFICE}{path}").status_code == 404
        assert other.post(f"{OFFICE}{path}", {"why": "own"}).status_code == 404
    own = f"/matsudo-shi/office/reservations/bookings/{one.number}/"
    assert other.get(own).status_code == 404
    assert other.post(f"{own}do/cancel/", {"why": "own", "version": "1"}).status_code == 404
    assert office.stored() == before


def test_a_resident_finds_no_page_of_staff(office: Office, world: Any, client_for: Any) -> None:
    resident = client_for(world.resident)
    for path in ("", "bookings/", "counter/", "requests/", "blocks/", "receivables/"):
        assert resident.get(f"{OFFICE}{path}").status_code == 404


# --- 未納 --------------------------------------------------------------------------------------------


def test_C29_what_is_owed_is_listed_and_leads_to_its_charge(office: Office, clerk: Client) -> None:
    one = office.taken()
    text = text_of(clerk.get(f"{OFFICE}receivables/"))
    assert group_in_fours(one.number) in text and "1,000円" in text
    assert group_in_fours(one.number) not in text_of(clerk.get(f"{OFFICE}receivables/", {"view": "late"}))
    with acting_in(office.body):
        Booking.objects.filter(pk=one.pk).update(pay_until=office.today - timedelta(days=1))
    assert "期限超過" in text_of(clerk.get(f"{OFFICE}receivables/", {"view": "late"}))
    page = clerk.get(f"{OFFICE}bookings/{one.number}/")
    [charge] = page.context["charges"]
    assert clerk.get(charge["url"]).status_code == 200
    few = own_queries(clerk, f"{OFFICE}receivables/")
    office.taken("a", 780, 1020)
    assert own_queries(clerk, f"{OFFICE}receivables/") == few <= 10
