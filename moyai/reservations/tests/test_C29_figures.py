"""The council's figures C29–C33: the shape and the sums of the reference year's report, and how rows are counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest

from moyai.audit.public import CouncilDeed, NotPermitted
from moyai.calendars.public import fiscal_year, fiscal_year_range
from moyai.documents.public import FigureTable
from moyai.reservations.figures import tables
from moyai.reservations.models import Booking, Entry, Facility
from moyai.reservations.queries.channels import CHANNELS
from moyai.reservations.queries.figures import LAPSED, YearOfReservations, year_of_reservations
from moyai.reservations.queries.registrations import RegisteredUsers
from moyai.reservations.tests.halls import make_booking, make_hall, make_person
from moyai.reservations.tests.people import registered
from moyai.tenants.public import Body, Service, acting_in, clock, members_of
from moyai.web.demo_council import load_council

LAST = date(2018, 3, 31)
# 平成29年度 施設予約システム利用状況（平成30年3月31日現在）: users (individual, group); facilities; bookings; entries by
# 職員端末, インターネット, 携帯電話, スマートフォン. None is printed as —.
SEED: dict[str, tuple[tuple[int, int], int, tuple[int | None, ...], tuple[int | None, ...]]] = {
    "千葉県": ((1_479, 3_105), 6, (11_227, 5_130, 42, 124), (None, 30_856, 20, 200)),
    "千葉市": ((37_122, 31_008), 123, (345_363, 101_187, 61, 23_814), (37_608, 279_884, 375, 32_249)),
    "野田市": ((611, 175), 2, (8_421, 7_738, 37, 2_191), (225, 14_440, 32, 2_752)),
    "成田市": ((7_610, 6_155), 41, (55_898, 18_038, None, 908), (None, 74_483, None, 428)),
    "佐倉市": ((125, 172), 17, (35_170, 4_481, None, 60), (None, None, None, None)),
    "習志野市": ((1_237, 228), 7, (24_250, 14_031, 2, 112), (None, 64_656, 5, 421)),
    "八千代市": ((9_825, 5_930), 25, (56_126, 28_401, 8, 128), (1, 86_732, 1, 443)),
    "我孫子市": ((2_708, 4_720), 20, (44_825, 30_877, 12, 1_113), (3_230, 85_209, 32, 1_585)),
    "袖ヶ浦市": ((4_468, 2_500), 17, (40_304, 7_613, 1, 96), (10_614, 8_326, None, 153)),
    "白井市": ((3_916, 1_446), 17, (17_972, 38_690, None, 204), (None, 109_620, None, 332)),
    "芝山町": ((569, 59), 4, (1_000, 724, None, 25), (None, 213, None, 30)),
}


@pytest.fixture
def made(world: Any) -> dict[str, FigureTable]:
    """The tables of the reference year, with its counts and the members that the council's register has on that day."""
    load_council()
    members = tuple(members_of(Service.objects.get(code="reservations"), LAST).order_by("code"))
    bodies = {body.name: body.pk for body in members}

    def by_channel(place: int) -> dict[int, dict[str, int]]:
        counts = {name: dict(zip(CHANNELS, SEED[name][place], strict=True)) for name in SEED}  # type: ignore[arg-type]
        return {
            bodies[name]: {code: count or 0 for code, count in of_body.items()}
            for name, of_body in counts.items()
            if any(of_body.values())
        }

    return tables(
        YearOfReservations(
            fiscal_year=2017,
            until=LAST,
            members=members,
            users={bodies[name]: RegisteredUsers(*row[0]) for name, row in SEED.items()},
            facilities={bodies[name]: row[1] for name, row in SEED.items()},
            bookings=by_channel(2),
            entries=by_channel(3),
        )
    )


def grid(table: FigureTable) -> dict[str, list[Any]]:
    return {
        row.label: [figure.value for figure in line]
        for row, line in zip(table.rows, table.solved(), strict=True)
    }


def test_C29_eleven_bodies_by_dated_use_of_the_service(made: dict[str, FigureTable]) -> None:
    [[count, names]] = grid(made["members"]).values()
    assert count == 11
    assert set(names.split("、")) == set(SEED) and "袖ヶ浦市" in names
    assert made["members"].as_of == LAST


def test_C30_users_add_up_across_and_down(made: dict[str, FigureTable]) -> None:
    found = grid(made["users"])
    assert found.pop("合計") == [125_168, 69_670, 55_498]
    assert found == {name: [sum(row[0]), *row[0]] for name, row in SEED.items()}


def test_C31_facilities_by_member_add_up_to_279(made: dict[str, FigureTable]) -> None:
    found = grid(made["facilities"])
    assert found.pop("合計") == [279]
    assert found == {name: [row[1]] for name, row in SEED.items()}


def test_C32_bookings_by_channel_equal_the_printed_grid(made: dict[str, FigureTable]) -> None:
    found = grid(made["bookings"])
    assert found.pop("合計") == [926_404, 640_556, 256_910, 163, 28_775]
    assert found == {name: [sum(n or 0 for n in row[2]), *row[2]] for name, row in SEED.items()}
    assert found["千葉市"][0] == 470_425


def test_C33_none_is_printed_as_a_dash_and_adds_nothing(made: dict[str, FigureTable]) -> None:
    found = grid(made["entries"])
    assert found.pop("合計") == [845_155, 51_678, 754_419, 465, 38_593]
    assert found["佐倉市"] == [None] * 5
    assert found["八千代市"] == [87_177, 1, 86_732, 1, 443]
    assert [column.label for column in made["entries"].columns] == [
        "受付総数", "(内)職員端末", "(内)インターネット", "(内)携帯電話", "(内)スマートフォン",
    ]  # fmt: skip


# --- counted from rows -------------------------------------------------------------------------------
def test_C30_C31_C32_C33_over_all_bodies_are_what_each_body_counts_behind_its_wall(world: Any) -> None:
    """With the council's own rights: a column it may not see would be an error here."""
    with acting_in(world.chiba) as now:
        year = fiscal_year(clock.today(now))
    first, _end = fiscal_year_range(year)
    last = clock.today(now)  # the year is not over
    found = year_of_reservations(actor=world.actor(world.secretary, None), now=now, fiscal_year=year)
    assert found.until == last
    for body in (world.chiba, world.matsudo):
        with acting_in(body):
            uses = [
                row.channel
                for row in Booking.objects.filter(body=body)
                if first <= row.made_on <= last and row.kind == "use" and row.state not in LAPSED
            ]
            entries = [row.channel for row in Entry.objects.filter(body=body) if first <= row.made_on <= last]
            halls = [
                one
                for one in Facility.objects.filter(body=body)
                if one.published and one.used_from <= last and (one.used_until or last) >= last
            ]
            users = registered(body, last)
        assert found.facilities.get(body.pk, 0) == len(halls)
        assert found.users.get(body.pk, RegisteredUsers(0, 0)) == users
        assert Counter(found.bookings.get(body.pk, {})) == Counter(uses)
        assert Counter(found.entries.get(body.pk, {})) == Counter(entries)


@pytest.fixture
def own_eye(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def here() -> Iterator[str]:  # the council's eye sees committed rows only; those of a test are not
        yield "default"

    monkeypatch.setattr("moyai.audit.action.looking_across", here)


def test_C32_every_state_but_lapsed_ones_counts_once_in_the_year_it_was_made(
    world: Any, in_chiba: Any, own_eye: None
) -> None:
    secretary = world.actor(world.secretary, None)
    year = fiscal_year(clock.today(in_chiba))
    first, last = fiscal_year_range(year)[0], clock.today(in_chiba)

    def counted(of: int = year) -> Counter[str]:
        found = year_of_reservations(actor=secretary, now=in_chiba, fiscal_year=of)
        return Counter(found.bookings.get(world.chiba.pk, {}))

    before, before_that = counted(), counted(year - 1)
    hall, person = make_hall(world.chiba), make_person(world.chiba, now=in_chiba)
    day = clock.today(in_chiba) + timedelta(days=9)

    def put(place: int, **facts: Any) -> None:
        facts = {"channel": "mobile", "made_on": last, **facts}
        make_booking(hall, "a", day + timedelta(days=place), 540, 720, now=in_chiba, person=person, **facts)

    for place, state in enumerate(Booking.State.values):
        put(place, state=state, held_until=in_chiba if state == "held" else None)
    put(20, state="booked", kind="block")
    put(21, state="booked", channel="staff", made_on=first)
    put(22, state="booked", channel="staff", made_on=first - timedelta(days=1))
    states = set(Booking.State.values) - {"held", "ended"}
    assert counted() - before == Counter(mobile=len(states), staff=1)
    assert counted(year - 1) - before_that == Counter(staff=1)


def test_C31_a_hall_closed_before_the_end_of_the_year_is_not_counted(
    world: Any, in_chiba: Any, own_eye: None
) -> None:
    year = fiscal_year(clock.today(in_chiba))
    last = clock.today(in_chiba)

    def counted() -> int:
        found = year_of_reservations(actor=world.actor(world.secretary, None), now=in_chiba, fiscal_year=year)
        return found.facilities.get(world.chiba.pk, 0)

    before = counted()
    hall = make_hall(world.chiba)
    assert counted() == before + 1
    Facility.objects.filter(pk=hall.facility.pk).update(used_until=last)
    assert counted() == before + 1
    Facility.objects.filter(pk=hall.facility.pk).update(used_until=last - timedelta(days=1))
    assert counted() == before
    Facility.objects.filter(pk=hall.facility.pk).update(used_until=None, published=False)
    assert counted() == before


def test_C29_a_clerk_does_not_count_over_all_bodies(world: Any, in_chiba: Any) -> None:
    deeds = CouncilDeed.objects.count()
    with pytest.raises(NotPermitted):
        year_of_reservations(
            actor=world.actor(world.at_chiba.clerk, world.chiba), now=in_chiba, fiscal_year=2017
        )
    assert CouncilDeed.objects.count() == deeds


# --- the page ----------------------------------------------------------------------------------------
def test_C32_the_secretariat_reads_the_page_and_saves_its_tables(
    world: Any, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_for(world.secretary)
    client.get("/council/reservations/")
    with django_assert_max_num_queries(24):
        answer = client.get("/council/reservations/")
    text = answer.content.decode()
    assert answer.status_code == 200 and "<h1>施設予約の統計" in text
    for caption in ("利用団体", "利用者登録の状況", "利用館数", "予約登録数", "抽選申込数"):
        assert caption in text
    saved = client.get(
        "/council/reservations/", {"fiscal_year": "2017", "table": "bookings", "format": "json"}
    )
    assert [column["key"] for column in json.loads(saved.content)["columns"]] == ["total", *CHANNELS]
    for face in ("csv", "xlsx", "pdf"):
        query = {"fiscal_year": "2017", "table": "entries", "format": face}
        assert client.get("/council/reservations/", query).status_code == 200
    for wrong in ({"table": "names"}, {"table": "users", "format": "exe"}):
        assert client.get("/council/reservations/", wrong).status_code == 404
    refused = client.get("/council/reservations/", {"fiscal_year": "2999"})
    assert refused.status_code == 422 and "まだ始まっていない年度です" in refused.content.decode()


def test_C32_staff_of_a_body_do_not_find_the_page_of_the_council(world: Any, client_for: Any) -> None:
    assert client_for(world.at_chiba.clerk).get("/council/reservations/").status_code == 404


def test_C29_members_are_listed_though_they_left_if_they_had_bookings(
    world: Any, in_chiba: Any, own_eye: None
) -> None:
    body: Body = world.chiba
    hall, person = make_hall(body), make_person(body, now=in_chiba)
    made_on = date(2009, 5, 1)  # before anybody used the service
    secretary = world.actor(world.secretary, None)
    assert body not in year_of_reservations(actor=secretary, now=in_chiba, fiscal_year=2009).members
    make_booking(
        hall, "a", date(2009, 6, 1), 540, 720, now=in_chiba, person=person, state="used", made_on=made_on
    )
    assert body in year_of_reservations(actor=secretary, now=in_chiba, fiscal_year=2009).members
