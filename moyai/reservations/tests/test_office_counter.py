"""A38 C29: the counter books for others by the same rules; 特例 and 減免 need a second person; time is taken out and kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from moyai.reservations.models import Booking, Happening, Policy, Registration, Request, Slot
from moyai.reservations.tests.bills import FEES
from moyai.reservations.tests.halls import set_policies
from moyai.reservations.tests.pages_setup import OPENING, Street, own_queries, text_of
from moyai.tenants.public import acting_in
from moyai.ui.public import group_in_fours

OFFICE = "/chiba-shi/office/reservations/"
S, Kind = Booking.State, Booking.Kind


class Counter(Street):
    """The counter of the street: one clerk, one who decides."""

    def __init__(self, world: Any, client_for: Any) -> None:
        super().__init__(world)
        self.clerk: Client = client_for(world.at_chiba.clerk)
        self.approver: Client = client_for(world.at_chiba.approver)

    def address(self, unit: str = "abcd", row: Registration | None = None) -> str:
        return f"{OFFICE}counter/{(row or self.person).number}/{self.hall.units[unit].pk}/"

    def told(self, unit: str = "abcd", starts: int = 540, ends: int = 720, **more: Any) -> dict[str, Any]:
        return {
            "unit": self.hall.units[unit].pk,
            "day": self.day.isoformat(),
            "starts": starts,
            "ends": ends,
            "purpose": "badminton",
            "people": "20",
            "act": "book",
            **more,
        }

    kinds = (Kind.USE, Kind.KEPT)  # what waits for its release is nobody's booking

    def only(self) -> Booking:
        with acting_in(self.body):
            found: Booking = Booking.objects.select_related("registration").get(
                kind__in=self.kinds, facility=self.hall.facility
            )
            return found

    def waiting(self) -> Request:
        with acting_in(self.body):
            found: Request = Request.objects.get(state="asked")
            return found


@pytest.fixture
def street(world: Any, client_for: Any) -> Counter:
    return Counter(world, client_for)


# --- booking -----------------------------------------------------------------------------------------


def test_A38_C29_a_clerk_finds_who_came_chooses_a_free_room_sees_the_price_and_books(street: Counter) -> None:
    number = group_in_fours(street.person.number)
    found = street.clerk.get(f"{OFFICE}counter/", {"q": number})
    assert number in text_of(found) and "千葉 花子" in text_of(found)
    assert "この番号や名前の登録はありません" in text_of(street.clerk.get(f"{OFFICE}counter/", {"q": "船橋"}))
    query = {"facility": street.hall.facility.pk, "day": street.day.isoformat()}
    free = street.clerk.get(f"{OFFICE}counter/{street.person.number}/", query)
    assert "9:00–12:00" in text_of(free) and street.address("abcd") in text_of(free)
    assert street.clerk.get(street.address(), {"day": street.day.isoformat()}).status_code == 200
    quoted = street.clerk.post(street.address(), street.told(act="quote"))
    assert quoted.status_code == 200
    assert "使用料の合計：1,000円" in text_of(quoted) and "料金の計算" in text_of(quoted)
    assert street.stored() == (0, 0, 0)
    answer = street.clerk.post(street.address(), street.told())
    one = street.only()
    assert answer["Location"].endswith(f"/bookings/{one.number}/")
    assert (one.state, one.channel, one.fee_yen) == (S.BOOKED, "staff", 1_000)
    assert one.registration_id == street.person.pk and one.made_by
    with acting_in(street.body):
        assert Happening.objects.get(booking=one, what="booked").by_staff


def test_what_is_typed_wrong_or_closed_or_taken_books_nothing(street: Counter) -> None:
    empty = street.clerk.post(street.address(), {"act": "book"})
    assert empty.status_code == 422
    past = street.told(day=(street.today - timedelta(days=3)).isoformat())
    assert street.clerk.post(street.address(), past).status_code in (409, 422)
    assert street.clerk.post(street.address(), street.told(people="900")).status_code == 422
    assert street.stored() == (0, 0, 0)
    street.taken("ab")
    before = street.stored()
    taken = street.clerk.post(street.address(), street.told())
    assert taken.status_code == 409 and "近い空き枠" in text_of(taken)
    assert taken.context["near"][0]["url"]
    assert street.clerk.get(taken.context["near"][0]["url"]).status_code == 200
    assert street.stored() == before


def test_a_series_is_booked_whole_or_not_at_all(street: Counter) -> None:
    street.taken("ab", day=street.day + timedelta(weeks=1))
    before = street.stored()
    refused = street.clerk.post(street.address(), street.told(weeks="2"))
    assert refused.status_code == 409 and "すでに予約されています" in text_of(refused)
    assert street.stored() == before
    with acting_in(street.body):
        Policy.objects.filter(body=street.body, kind="limits").delete()
    assert street.clerk.post(street.address("cd"), street.told("cd", weeks="2")).status_code == 302
    with acting_in(street.body):
        days = Booking.objects.filter(registration=street.person).values_list("day", flat=True).order_by("day")
        assert list(days) == [street.day, street.day + timedelta(weeks=1)]


def test_the_pages_of_the_counter_cost_a_constant_number_of_queries(street: Counter) -> None:
    place = f"{OFFICE}counter/{street.person.number}/?facility={street.hall.facility.pk}&day={street.day:%Y-%m-%d}"
    book = f"{street.address()}?day={street.day:%Y-%m-%d}"
    few = [own_queries(street.clerk, one) for one in (place, book)]
    for unit in ("a", "b", "c"):
        street.taken(unit)
    assert [own_queries(street.clerk, one) for one in (place, book)] == few
    assert few[0] <= 16 and few[1] <= 22, few


# --- 特例 --------------------------------------------------------------------------------------------


def test_C29_a_rule_is_set_aside_only_with_a_reason_and_a_second_person(street: Counter) -> None:
    outsider = street.stranger()
    with acting_in(street.body):
        Registration.objects.filter(pk=outsider.pk).update(resident_class="outside")
    address = street.address(row=outsider)
    quoted = street.clerk.post(address, street.told(act="quote"))
    assert "登録の区分" in text_of(quoted) and "特例を伺う" in text_of(quoted)
    refused = street.clerk.post(address, street.told())
    assert refused.status_code == 422 and street.stored() == (0, 0, 0)
    assert street.clerk.post(address, street.told(act="override")).status_code == 422
    assert street.stored() == (0, 0, 0)
    asked = street.clerk.post(address, street.told(act="override", reason="姉妹都市の行事"))
    assert asked.status_code == 302 and street.only().state == S.ASKED
    waits = street.waiting()
    page = f"{OFFICE}requests/{waits.pk}/"
    assert "姉妹都市の行事" in text_of(street.clerk.get(page))
    # Who asked, and who does not decide, grants nothing.
    assert street.clerk.post(page, {"act": "grant"}).status_code in (403, 409)
    assert street.only().state == S.ASKED
    listed = text_of(street.approver.get(f"{OFFICE}requests/"))
    assert "特例の予約" in listed and page in listed
    assert street.approver.post(page, {"act": "decline"}).status_code == 422
    assert street.approver.post(page, {"act": "grant"}).status_code == 302
    assert street.only().state == S.BOOKED
    assert street.approver.post(page, {"act": "grant"}).status_code == 409
    assert page in text_of(street.approver.get(f"{OFFICE}requests/", {"view": "decided"}))


def test_a_declined_request_gives_the_place_back(street: Counter) -> None:
    outsider = street.stranger()
    with acting_in(street.body):
        Registration.objects.filter(pk=outsider.pk).update(resident_class="outside")
    street.clerk.post(street.address(row=outsider), street.told(act="override", reason="伺い"))
    page = f"{OFFICE}requests/{street.waiting().pk}/"
    assert street.approver.post(page, {"act": "decline", "answer": "市民の利用を優先する"}).status_code == 302
    assert street.only().state == S.REFUSED
    with acting_in(street.body):
        assert not Slot.objects.filter(booking__kind=Kind.USE, booking__facility=street.hall.facility).exists()


def test_nobody_decides_what_he_asked_for_himself(street: Counter) -> None:
    outsider = street.stranger()
    with acting_in(street.body):
        Registration.objects.filter(pk=outsider.pk).update(resident_class="outside")
    street.approver.post(street.address(row=outsider), street.told(act="override", reason="伺い"))
    page = f"{OFFICE}requests/{street.waiting().pk}/"
    shown = text_of(street.approver.get(page))
    assert "自分で起こした伺いです" in shown and 'value="grant"' not in shown
    assert street.approver.post(page, {"act": "grant"}).status_code == 409
    assert street.only().state == S.ASKED


# --- 減免 --------------------------------------------------------------------------------------------


def test_C29_a_relief_is_asked_for_at_the_counter_and_granted_by_another(street: Counter) -> None:
    with acting_in(street.body):
        set_policies(street.hall, opening=OPENING, fees=FEES)
    street.clerk.post(street.address(), street.told())
    one = street.only()
    address = f"{OFFICE}bookings/{one.number}/do/relief/"
    assert "社会教育団体" in text_of(street.clerk.get(address))
    told = {"version": one.version, "relief": "club", "reason": "子ども会の練習"}
    assert street.clerk.post(address, {**told, "reason": ""}).status_code == 422
    assert street.clerk.post(address, told).status_code == 302
    page = f"{OFFICE}requests/{street.waiting().pk}/"
    shown = text_of(street.approver.get(page))
    assert "子ども会の練習" in shown and "500円" in shown
    assert street.approver.post(page, {"act": "grant"}).status_code == 302
    assert street.only().fee_yen == 500


def test_requests_cost_the_same_however_many_wait(street: Counter) -> None:
    outsider = street.stranger()
    with acting_in(street.body):
        Registration.objects.filter(pk=outsider.pk).update(resident_class="outside")
    for unit in ("a", "b"):
        street.clerk.post(street.address(unit, outsider), street.told(unit, act="override", reason="伺い"))
        if unit == "a":
            few = own_queries(street.approver, f"{OFFICE}requests/")
    assert own_queries(street.approver, f"{OFFICE}requests/") == few <= 8


# --- 保守・仮押え --------------------------------------------------------------------------------------


def test_A38_time_is_taken_out_every_week_and_lifted_again(street: Counter) -> None:
    address = f"{OFFICE}blocks/new/{street.hall.facility.pk}/"
    told = {
        "kind": "block",
        "unit": street.hall.units["abcd"].pk,
        "day": street.day.isoformat(),
        "starts": "９時",
        "ends": "12:00",
        "weeks": "3",
        "reason": "床の補修",
    }
    assert street.clerk.get(address).status_code == 200
    for wrong in ({"starts": "25:00"}, {"ends": "8:00"}, {"reason": ""}, {"unit": "1"}):
        assert street.clerk.post(address, {**told, **wrong}).status_code == 422
    assert street.stored() == (0, 0, 0)
    assert street.clerk.post(address, told).status_code == 302
    with acting_in(street.body):
        rows = list(Booking.objects.filter(facility=street.hall.facility).order_by("day"))
    assert [one.day for one in rows] == [street.day + timedelta(weeks=n) for n in range(3)]
    assert {one.kind for one in rows} == {Kind.BLOCK}
    listed = text_of(street.clerk.get(f"{OFFICE}blocks/"))
    assert "床の補修" in listed and group_in_fours(rows[2].number) in listed
    few = own_queries(street.clerk, f"{OFFICE}blocks/")
    assert few <= 8
    taken = street.clerk.post(street.address(), street.told())
    assert taken.status_code == 409
    one = rows[0]
    assert "解除する" in text_of(street.clerk.get(f"{OFFICE}bookings/{one.number}/"))
    lifted = street.clerk.post(f"{OFFICE}bookings/{one.number}/do/lift/", {"version": one.version})
    assert lifted.status_code == 302
    assert street.clerk.post(street.address(), street.told()).status_code == 302


def test_what_stands_in_the_way_of_a_block_is_named_and_stays(street: Counter) -> None:
    one = street.taken("ab")
    before = street.stored()
    answer = street.clerk.post(
        f"{OFFICE}blocks/new/{street.hall.facility.pk}/",
        {
            "kind": "block",
            "unit": street.hall.units["abcd"].pk,
            "day": street.day.isoformat(),
            "starts": "9:00",
            "ends": "21:00",
            "reason": "点検",
        },
    )
    assert answer.status_code == 409 and group_in_fours(one.number) in text_of(answer)
    assert street.stored() == before


def test_what_was_kept_becomes_somebodys_booking(street: Counter) -> None:
    street.clerk.post(
        f"{OFFICE}blocks/new/{street.hall.facility.pk}/",
        {
            "kind": "keep",
            "unit": street.hall.units["abcd"].pk,
            "day": street.day.isoformat(),
            "starts": "9:00",
            "ends": "12:00",
            "reason": "市民大会",
        },
    )
    kept = street.only()
    address = f"{OFFICE}bookings/{kept.number}/give/"
    assert "市民大会" in text_of(street.clerk.get(address))
    told = {**street.told(), "version": kept.version, "number": street.person.number}
    assert street.clerk.post(address, {**told, "number": "123456789012"}).status_code == 422
    assert street.only().kind == Kind.KEPT
    assert street.clerk.post(address, told).status_code == 302
    with acting_in(street.body):
        assert Booking.objects.get(pk=kept.pk).state == S.ENDED
        given = Booking.objects.get(kind=Kind.USE, facility=street.hall.facility)
        assert given.registration_id == street.person.pk


# --- the wall ----------------------------------------------------------------------------------------


def test_another_bodys_clerk_reaches_nothing_of_the_counter(
    street: Counter, world: Any, client_for: Any
) -> None:
    other = client_for(world.at_matsudo.clerk)
    own = "/matsudo-shi/office/reservations/"
    unit = street.hall.units["abcd"].pk
    for path in (
        f"counter/{street.person.number}/",
        f"counter/{street.person.number}/{unit}/",
        f"blocks/new/{street.hall.facility.pk}/",
        "requests/1/",
    ):
        assert other.get(f"{OFFICE}{path}").status_code == 404
        assert other.get(f"{own}{path}").status_code == 404
    assert other.post(f"{own}counter/{street.person.number}/{unit}/", street.told()).status_code == 404
    assert other.post(f"{own}blocks/new/{street.hall.facility.pk}/", street.told()).status_code == 404
    assert other.post(f"{own}requests/1/", {"act": "grant"}).status_code == 404
    assert street.stored() == (0, 0, 0)
