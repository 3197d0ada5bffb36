"""利用できる方, 違反点数と利用停止 (A41: 市内・在勤・市外, 期限, 団体の条件, 点数と停止)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.reservations.rules.eligibility import Applicant, age_on, class_on, why_not, why_not_standing
from moyai.reservations.rules.penalties import in_force, lapses_on, suspension, tenths_for

ON = date(2026, 10, 1)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def person(**facts: Any) -> Applicant:
    return Applicant(**{"kind": "person", "state": "active", "resident_class": "resident", **facts})


def group(members: int, inside: int | None = None) -> Applicant:
    return person(kind="group", members=members, inside_members=inside)


@pytest.mark.parametrize("state", ["pending", "refused", "struck"])
def test_who_is_not_registered_may_not_book(state: str) -> None:
    assert why_not(None, applicant=person(state=state), on=ON) == state


def test_a_suspension_and_a_registration_last_through_their_last_day() -> None:
    yesterday = ON - timedelta(days=1)
    assert why_not_standing(person(state="suspended"), ON) == "suspended"
    assert why_not_standing(person(state="suspended", suspended_until=ON), ON) == "suspended"
    assert why_not_standing(person(state="suspended", suspended_until=yesterday), ON) is None
    assert why_not_standing(person(valid_until=ON), ON) is None
    assert why_not_standing(person(valid_until=yesterday), ON) == "expired"


def test_a_body_may_ask_that_the_registration_holds_on_the_day_of_use() -> None:
    applicant, use = person(valid_until=date(2026, 10, 31)), date(2026, 11, 1)
    assert why_not({"valid_on_use": True}, applicant=applicant, on=ON, day_of_use=use) == "expired"
    assert why_not({}, applicant=applicant, on=ON, day_of_use=use) is None


@given(DAYS, DAYS, st.sampled_from(["resident", "worker", "student", "outside"]))
def test_a_class_holds_as_long_as_it_is_proved(until: date, on: date, resident_class: str) -> None:
    found = class_on(person(resident_class=resident_class, class_until=until), on)
    assert found == (resident_class if on <= until else "outside")
    assert class_on(person(resident_class=resident_class), on) == resident_class


@pytest.mark.parametrize(
    ("document", "applicant", "why"),
    [
        ({"kinds": ["group"]}, person(), "kind"),
        ({"kinds": ["group"]}, group(5), None),
        ({"classes": ["resident"]}, person(resident_class="outside"), "class"),
        ({"classes": ["worker"]}, person(resident_class="worker", class_until=date(2026, 9, 30)), "class"),
        ({"least_age": 18}, person(born_on=date(2008, 10, 2)), "age"),
        ({"least_age": 18}, person(born_on=date(2008, 10, 1)), None),
        ({"least_age": 18}, person(), None),  # seen when it was approved
        ({"group": {"least_members": 5}}, group(4), "members"),
        ({"group": {"least_members": 5}}, group(5), None),
        ({"group": {"least_members": 5}}, person(), None),
    ],
)
def test_a_policy_says_who_may_use_a_facility(
    document: dict[str, Any], applicant: Applicant, why: str | None
) -> None:
    assert why_not(document, applicant=applicant, on=ON) == why


@given(st.integers(1, 200), st.data(), st.integers(1, 10))
def test_the_share_of_members_inside_is_compared_exactly(
    members: int, data: st.DataObject, denominator: int
) -> None:
    inside = data.draw(st.integers(0, members))
    numerator = data.draw(st.integers(0, denominator))
    terms = {"group": {"inside_numerator": numerator, "inside_denominator": denominator}}
    enough = Fraction(inside, members) >= Fraction(numerator, denominator)
    assert (why_not(terms, applicant=group(members, inside), on=ON) is None) is enough


@given(st.dates(date(1930, 1, 1), date(2020, 12, 31)), DAYS)
def test_one_is_a_year_older_on_the_birthday(born_on: date, on: date) -> None:
    if on <= born_on:
        return
    birthdays = sum(
        (year, born_on.month, born_on.day) <= (on.year, on.month, on.day)
        for year in range(born_on.year + 1, on.year + 1)
    )
    assert age_on(born_on, on) == birthdays


LATE = {
    "points": [
        {"why": "late_cancel", "within_days": 3, "tenths": 5},
        {"why": "late_cancel", "within_days": 0, "tenths": 10},
        {"why": "no_show", "tenths": 20},
    ],
    "lapse": {"months": 12},
    "suspend": [{"tenths": 20, "months": 3}, {"tenths": 40, "days": 180, "void_bookings": True}],
}


@pytest.mark.parametrize(
    ("why", "days_before", "tenths"),
    [
        ("late_cancel", 0, 10),
        ("late_cancel", 1, 5),
        ("late_cancel", 3, 5),
        ("late_cancel", 4, 0),
        ("no_show", None, 20),
        ("breach", None, 0),
    ],
)
def test_the_later_the_cancelling_the_more_it_counts(why: str, days_before: int | None, tenths: int) -> None:
    assert tenths_for(LATE, why=why, days_before=days_before) == tenths
    assert tenths_for(None, why=why, days_before=days_before) == 0


@pytest.mark.parametrize(
    ("lapse", "given_on", "lapses"),
    [
        ({"months": 12}, date(2026, 5, 10), date(2027, 5, 10)),
        ({"months": 6}, date(2026, 8, 31), date(2027, 2, 28)),
        ({"days": 180}, date(2026, 6, 1), date(2026, 11, 28)),
        ({"at": "month"}, date(2026, 2, 28), date(2026, 3, 1)),
        ({"at": "month"}, date(2026, 12, 1), date(2027, 1, 1)),
        ({"at": "fiscal_year"}, date(2026, 3, 31), date(2026, 4, 1)),
        ({"at": "fiscal_year"}, date(2026, 4, 1), date(2027, 4, 1)),
    ],
)
def test_points_lapse(lapse: dict[str, Any], given_on: date, lapses: date) -> None:
    assert lapses_on({"points": [], "lapse": lapse}, given_on) == lapses
    assert in_force([(5, lapses)], lapses - timedelta(days=1)) == 5
    assert in_force([(5, lapses)], lapses) == 0


@pytest.mark.parametrize(
    ("tenths", "on", "until", "void"),
    [
        (20, date(2026, 4, 10), date(2026, 7, 9), False),
        (39, date(2026, 11, 30), date(2027, 2, 28), False),
        (40, date(2026, 7, 1), date(2026, 12, 27), True),
        (400, date(2026, 7, 1), date(2026, 12, 27), True),
    ],
)
def test_the_highest_row_reached_suspends(tenths: int, on: date, until: date, void: bool) -> None:
    assert suspension(LATE, tenths=tenths, on=on) == (until, void)


def test_too_few_points_suspend_nobody() -> None:
    assert suspension(LATE, tenths=19, on=ON) is None
    assert suspension(None, tenths=1000, on=ON) is None


@given(DAYS, st.integers(1, 24))
def test_a_suspension_of_months_ends_before_the_same_day_comes_round(on: date, months: int) -> None:
    found = suspension({"suspend": [{"tenths": 1, "months": months}]}, tenths=1, on=on)
    assert found is not None
    after = found.until + timedelta(days=1)
    number = on.year * 12 + on.month - 1 + months
    if on.day <= 28:
        assert (after.year * 12 + after.month - 1, after.day) == (number, on.day)
    else:
        # Either the same day of the last month, or the first after it where it has no such day.
        assert after.day == on.day or after.day == 1
    assert 28 * months <= (after - on).days <= 31 * months


GIVEN = st.lists(st.tuples(st.integers(0, 60), DAYS), max_size=10)


@given(GIVEN, DAYS, st.randoms(use_true_random=False))
def test_points_are_summed_in_any_order_and_only_fall_with_time(
    given_points: list[tuple[int, date]], on: date, random: Any
) -> None:
    shuffled = list(given_points)
    random.shuffle(shuffled)
    total = in_force(given_points, on)
    assert total == in_force(shuffled, on)
    assert 0 <= in_force(given_points, on + timedelta(days=1)) <= total
