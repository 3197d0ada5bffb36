"""A38: a group asks for the same time again and again; each day by the same rules, the impossible ones named before, he decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from moyai.reservations.actions import checks
from moyai.reservations.actions.asked import Asked
from moyai.reservations.actions.bookings import book
from moyai.reservations.actions.series import (
    NotForSeries,
    Pattern,
    SeriesTaken,
    book_series,
    occurrences,
    repeated,
)
from moyai.reservations.models import Booking, Combination, Part, Room
from moyai.reservations.rules.policies import problems
from moyai.reservations.rules.series import days_of, terms_for
from moyai.reservations.tests.halls import (
    DAY,
    NOW,
    POLICIES,
    SINCE,
    Desk,
    everything,
    make_person,
    set_policies,
)
from moyai.reservations.tests.pages_setup import OPENING, Street, own_queries, text_of
from moyai.tenants.public import acting_in

OFFICE = "/chiba-shi/office/reservations/"
HOME = "/chiba-shi/"
LIMITS = {
    "series": {"kinds": ["group"], "every": ["week", "month"], "most": 6},
    "limits": [{"name": "月3回まで", "span": "month", "most": 3}],
}
PERIODS = {**POLICIES["periods"], "first": [{"from": {"days": 200, "at": 540}, "until": {"minutes": 0}}]}
SIDE_FEES = {
    **POLICIES["fees"],
    "hours": [
        {"room": "side", "with_main": "yes", "starts": 540, "ends": 1260, "per_minutes": 60, "yen": 100},
        {"room": "side", "starts": 540, "ends": 1260, "per_minutes": 60, "yen": 500},
        *POLICIES["fees"]["hours"],
    ],
}


# --- pure --------------------------------------------------------------------------------------------


def test_days_come_every_week_every_other_week_or_on_the_same_weekday_of_the_month() -> None:
    first = date(2026, 6, 10)  # the second Wednesday
    assert days_of(first, every="week", times=3) == [first, date(2026, 6, 17), date(2026, 6, 24)]
    assert days_of(first, every="fortnight", times=2) == [first, date(2026, 6, 24)]
    assert days_of(first, every="month", times=3) == [first, date(2026, 7, 8), date(2026, 8, 12)]
    fifth = date(2026, 7, 29)  # a fifth Wednesday: months without one are left out
    assert days_of(fifth, every="month", times=3) == [fifth, date(2026, 9, 30), date(2026, 12, 30)]


def test_A41_who_may_ask_for_a_series_is_policy() -> None:
    assert problems("limits", LIMITS) == []
    assert terms_for(LIMITS, kind="person") is None and terms_for(None, kind="group") is None
    terms = terms_for(LIMITS, kind="group")
    assert terms is not None and (terms.every, terms.most) == (("week", "month"), 6)
    assert problems("limits", {"series": {"every": ["day"], "most": 90}}) != []


# --- acts --------------------------------------------------------------------------------------------


@pytest.fixture
def desk(world: Any, in_chiba: datetime) -> Desk:
    made = Desk(world, limits=LIMITS, periods=PERIODS)
    made.person = make_person(
        world.chiba, "みどりクラブ", now=NOW, account_id=world.resident.pk, kind="group", members=8
    )
    return made


def every_week(times: int) -> Pattern:
    return Pattern(DAY, "week", times)


def test_A38_each_day_is_judged_and_what_cannot_be_had_does_not_count_for_the_rest(desk: Desk) -> None:
    desk.by_phone(desk.asked("a", day=DAY + timedelta(weeks=1)))
    before = everything()
    found = occurrences(
        actor=desk.hanako,
        now=NOW,
        registration=desk.person,
        wanted=repeated((desk.asked(),), Pattern(DAY - timedelta(weeks=1), "week", 6)),
    )
    assert everything() == before
    # June: the 3rd, the 10th, (the 17th is taken), the 24th; then two of July: three a month are allowed.
    assert [one.day.day for one in found if not one.faults] == [3, 10, 24, 1, 8]
    [taken] = [one for one in found if one.faults]
    assert taken.day == DAY + timedelta(weeks=1) and "すでに予約されています" in taken.faults[0]
    assert {one.fee_yen for one in found if not one.faults} == {1_000}
    more = occurrences(
        actor=desk.hanako,
        now=NOW,
        registration=desk.person,
        wanted=repeated((desk.asked("cd", day=date(2026, 7, 1)),), Pattern(date(2026, 7, 1), "week", 6)),
    )
    assert [one.day.day for one in more if one.faults] == [22, 29]
    assert "月3回まで" in more[3].faults[0]


def test_A38_equipment_that_lacks_on_a_day_is_said_beforehand(desk: Desk) -> None:
    desk.by_phone(desk.asked("cd", day=DAY + timedelta(weeks=1), equipment={"chair": 95}))
    wanted = repeated((desk.asked(equipment={"chair": 10}),), every_week(3))
    found = occurrences(actor=desk.hanako, now=NOW, registration=desk.person, wanted=wanted)
    assert [bool(one.faults) for one in found] == [False, True, False]
    assert found[1].faults == ("この日は、備品の数が足りません。",)


def test_A38_days_chosen_are_booked_together_or_not_at_all(desk: Desk) -> None:
    days = [desk.asked(day=DAY + timedelta(weeks=n)) for n in (0, 2)]
    who: dict[str, Any] = {
        "actor": desk.hanako,
        "now": NOW,
        "registration": desk.person,
        "channel": "internet",
    }
    made = book_series(asked=days, pattern=every_week(3), **who)
    assert [one.day for one in made] == [DAY, DAY + timedelta(weeks=2)]
    desk.by_phone(desk.asked("cd", day=DAY + timedelta(weeks=4)))
    before = everything()
    late = [desk.asked("abcd", day=DAY + timedelta(weeks=n)) for n in (3, 4)]
    with pytest.raises(SeriesTaken), transaction.atomic():
        book_series(asked=late, pattern=every_week(5), **who)
    assert everything() == before


def test_A38_a_series_that_the_policy_does_not_give_is_refused(desk: Desk) -> None:
    who: dict[str, Any] = {"actor": desk.hanako, "now": NOW, "channel": "internet"}
    person = make_person(desk.hall.body, "千葉 次郎", now=NOW, account_id=desk.world.resident.pk)
    days = [desk.asked(day=DAY + timedelta(weeks=n)) for n in range(2)]
    odd = [days[0], desk.asked(day=DAY + timedelta(days=1))]
    other_times = [days[0], replace(days[1], starts=780, ends=1020)]
    beyond = [days[0], desk.asked(day=DAY + timedelta(weeks=7))]
    before = everything()
    for asked, pattern, registration in (
        (days, every_week(2), person),  # only groups
        (days, None, desk.person),
        (days, Pattern(DAY, "fortnight", 2), desk.person),  # not one of the ways
        (odd, every_week(2), desk.person),  # not a day of the pattern
        (other_times, every_week(2), desk.person),
        (beyond, every_week(8), desk.person),  # more than six
    ):
        with pytest.raises(NotForSeries), transaction.atomic():
            book_series(asked=asked, pattern=pattern, registration=registration, **who)
    stranger = desk.another()
    with pytest.raises(checks.NotYours), transaction.atomic():
        book_series(asked=days, pattern=every_week(2), registration=stranger, **who)
    assert everything() == before


# --- pages of residents --------------------------------------------------------------------------------


class Club(Street):
    """The street with a group that may ask for series, and a room attached to the gym."""

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self.club = self.group()
        with acting_in(self.body):
            side = Room.objects.create(
                body=self.body,
                facility=self.hall.facility,
                code="side",
                name="更衣室",
                main=self.hall.gym,
                alone=False,
                published=True,
                used_from=SINCE,
                step_minutes=60,
            )
            Part.objects.create(body=self.body, room=side, code="side", name="更衣室")
            self.side: Combination = Combination.objects.create(
                body=self.body, room=side, code="side", name="全室", parts=["side"]
            )
            set_policies(self.hall, opening=OPENING, limits=LIMITS, periods=PERIODS, fees=SIDE_FEES)

    def asks(self, **more: Any) -> dict[str, Any]:
        return {
            **self.choice("ab"),
            "purpose": "badminton",
            "people": "12",
            "every": "week",
            "times": "3",
            **more,
        }

    def of_club(self) -> list[Booking]:
        with acting_in(self.body):
            return list(Booking.objects.filter(registration=self.club).order_by("day"))


@pytest.fixture
def club(world: Any) -> Club:
    return Club(world)


@pytest.fixture
def hanako(world: Any, client_for: Any) -> Client:
    found: Client = client_for(world.resident)
    return found


def test_A38_a_group_sees_which_days_it_can_have_and_decides(club: Club, hanako: Client) -> None:
    taken = club.taken("a", day=club.day + timedelta(weeks=1))
    chosen = hanako.get(f"{HOME}book/", {**club.choice("ab"), "from": 540, "until": 720})
    assert "毎週や毎月くり返す" in text_of(chosen)
    page = f"{HOME}book/series/"
    form = text_of(hanako.get(page, {"unit": club.hall.units["ab"].pk, "day": club.day.isoformat()}))
    assert "みどりクラブの登録で予約します。" in form and "1回目を含めて6回まで申し込めます。" in form
    for wrong in ({"times": "7"}, {"times": ""}, {"every": "day"}, {"people": ""}):
        assert hanako.post(page, club.asks(**wrong)).status_code == 422
    before = club.stored()
    assert hanako.post(page, club.asks()).status_code == 302
    shown = text_of(hanako.get(f"{page}check/"))
    assert "予約できない日" in shown and "すでに予約されています" in shown and taken.title not in shown
    assert "2日を予約できます。すべて予約すると、料金は2,000円です。" in shown
    assert club.stored() == before
    days = [club.day, club.day + timedelta(weeks=2)]
    forged = hanako.post(f"{page}check/", {"days": [(club.day + timedelta(weeks=1)).isoformat()]})
    assert forged.status_code == 422
    assert hanako.post(f"{page}check/", {}).status_code == 422
    assert club.stored() == before
    answer = hanako.post(f"{page}check/", {"days": [one.isoformat() for one in days]})
    assert answer["Location"].endswith("/book/series/done/")
    assert [(one.day, one.state, one.fee_yen) for one in club.of_club()] == [
        (day, "booked", 1_000) for day in days
    ]
    done = text_of(hanako.get(f"{page}done/"))
    assert "2件" in done and "2,000円" in done
    again = hanako.post(f"{page}check/", {"days": [one.isoformat() for one in days]})
    assert again.status_code == 302 and len(club.of_club()) == 2


def test_A38_a_day_that_is_gone_meanwhile_is_named_and_nothing_is_booked(club: Club, hanako: Client) -> None:
    page = f"{HOME}book/series/"
    hanako.post(page, club.asks())
    days = [(club.day + timedelta(weeks=n)).isoformat() for n in range(3)]
    club.taken("b", day=club.day + timedelta(weeks=2))
    answer = hanako.post(f"{page}check/", {"days": days})
    assert answer.status_code == 422 and club.of_club() == []
    assert "すでに予約されています" in text_of(answer)


def test_A38_a_person_is_not_offered_a_series(club: Club, hanako: Client) -> None:
    with acting_in(club.body):
        club.club.delete()
    chosen = text_of(hanako.get(f"{HOME}book/", {**club.choice("ab")}))
    assert "毎月くり返す" not in chosen
    assert hanako.get(f"{HOME}book/series/", {"unit": club.hall.units["ab"].pk}).status_code == 404
    assert hanako.post(f"{HOME}book/series/", club.asks()).status_code == 404


def test_the_pages_of_a_series_cost_a_constant_number_of_queries(club: Club, hanako: Client) -> None:
    page = f"{HOME}book/series/"
    hanako.post(page, club.asks(times="2"))
    few = own_queries(hanako, f"{page}check/")
    hanako.post(page, club.asks(times="3"))
    assert own_queries(hanako, f"{page}check/") == few <= 36
    form = f"{page}?unit={club.hall.units['ab'].pk}&day={club.day.isoformat()}"
    assert own_queries(hanako, form) <= 20


# --- at the counter ------------------------------------------------------------------------------------


def counter_address(club: Club) -> str:
    return f"{OFFICE}counter/{club.club.number}/{club.hall.units['ab'].pk}/"


def test_A38_the_counter_books_an_attached_room_with_its_main_room_or_neither(
    club: Club, world: Any, client_for: Any
) -> None:
    clerk = client_for(world.at_chiba.clerk)
    address = counter_address(club)
    assert "更衣室（空き：9:00–21:00）" in text_of(clerk.get(f"{address}?day={club.day.isoformat()}"))
    told = {**club.asks(), "times": "", "every": "", "attached": [club.side.pk]}
    quoted = text_of(clerk.post(address, {**told, "act": "quote"}))
    assert "使用料の合計：1,300円" in quoted and "更衣室の料金の計算" in quoted
    assert clerk.post(address, {**told, "act": "book"}).status_code == 302
    along, main = sorted(club.of_club(), key=lambda one: one.weight)
    assert (along.combination_id, along.fee_yen, along.weight) == (club.side.pk, 300, 0)
    assert (main.fee_yen, main.weight) == (1_000, 1)
    before = club.stored()
    other = {**told, "unit": club.hall.units["cd"].pk, "act": "book"}
    refused = clerk.post(f"{OFFICE}counter/{club.person.number}/{club.hall.units['cd'].pk}/", other)
    assert refused.status_code == 409 and "更衣室は、この時間はすでに予約されています。" in text_of(refused)
    assert club.stored() == before


def test_A38_the_counter_names_the_days_that_cannot_be_had_and_books_the_rest(
    club: Club, world: Any, client_for: Any
) -> None:
    club.taken("a", day=club.day + timedelta(weeks=1))
    clerk = client_for(world.at_chiba.clerk)
    address = counter_address(club)
    told = {**club.asks(), "weeks": "3", "every": "week"}
    quoted = text_of(clerk.post(address, {**told, "act": "quote"}))
    assert "次の日は予約できません。" in quoted and "使用料の合計：2,000円" in quoted
    assert clerk.post(address, {**told, "act": "book"}).status_code == 409
    assert club.of_club() == []
    assert clerk.post(address, {**told, "act": "book", "skip": "on"}).status_code == 302
    assert [one.day for one in club.of_club()] == [club.day, club.day + timedelta(weeks=2)]


def test_an_attached_room_of_residents_that_is_gone_meanwhile_leaves_the_room_held(
    club: Club, hanako: Client, world: Any
) -> None:
    number = club.held(hanako, unit="ab", registration=club.club.number)
    told = {"purpose": "badminton", "people": "12", "attached": [club.side.pk]}
    assert hanako.post(f"{HOME}bookings/{number}/details/", told).status_code == 302
    stranger = club.stranger()
    with acting_in(club.body) as now:
        time: dict[str, Any] = {"day": club.day, "starts": 540, "ends": 720, "purpose": "badminton"}
        book(
            actor=world.actor(world.at_chiba.clerk, club.body),
            now=now,
            registration=stranger,
            asked=Asked(combination_id=club.hall.units["cd"].pk, people=4, **time),
            attached=[Asked(combination_id=club.side.pk, **time)],
            channel="staff",
        )
    before = club.stored()
    answer = hanako.post(f"{HOME}bookings/{number}/check/")
    assert answer.status_code == 409 and "付属の室場が、先に予約されました" in text_of(answer)
    assert f'action="{HOME}bookings/{number}/details/"' in text_of(answer)
    assert club.stored() == before and club.row(number).state == "held"
