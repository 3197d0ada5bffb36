"""The rules of registrations and the keys of names, without a database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.reservations.keys import address_key, kana_key, name_key
from moyai.reservations.rules.registering import (
    Member,
    Terms,
    class_on,
    keep_until,
    may_renew,
    months_after,
    overlaps,
    proof_until,
    renewed_until,
    standing,
    terms_of,
    valid_until,
    wrong_members,
)

DOCUMENT: dict[str, Any] = {
    "valid_years": {"person": 3, "group": 2},
    "proof_months": {"worker": 12},
    "group": {"least_members": 5, "inside_numerator": 1, "inside_denominator": 2, "overlap_members": 3, "overlap_act": "warn"},
    "renew_from_days": 60,
    "renew_until_days": 30,
}
TERMS = terms_of(DOCUMENT)
days = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))


@pytest.mark.parametrize(
    ("begins", "months", "ends"),
    [
        (date(2026, 4, 1), 12, date(2027, 3, 31)),
        (date(2026, 4, 15), 36, date(2029, 4, 14)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),  # no such day: the month's last
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2026, 12, 31)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
    ],
)
def test_a_term_of_months_ends_on_the_eve(begins: date, months: int, ends: date) -> None:
    assert months_after(begins, months) == ends


def test_policy_that_is_silent_takes_nobody() -> None:
    empty = terms_of({})
    assert empty.valid_years == {} and empty.overlap_act == "none" and empty.least_members == 0
    with pytest.raises(KeyError):
        valid_until(empty, kind="person", begins=date(2026, 4, 1))


@given(days, st.integers(-400, 400))
def test_renewal_never_shortens(until: date, offset: int) -> None:
    today = until + timedelta(days=offset)
    renewed = renewed_until(TERMS, kind="person", stands_until=until, today=today)
    assert renewed > until and renewed > today
    assert renewed >= valid_until(TERMS, kind="person", begins=today)


@pytest.mark.parametrize(("offset", "may"), [(-61, False), (-60, True), (0, True), (30, True), (31, False)])
def test_renewal_has_its_window(offset: int, may: bool) -> None:
    until = date(2026, 9, 30)
    assert may_renew(TERMS, stands_until=until, today=until + timedelta(days=offset)) is may


def test_only_workers_and_students_need_a_proof() -> None:
    begins = date(2026, 4, 1)
    assert proof_until(TERMS, resident_class="resident", begins=begins) is None
    assert proof_until(TERMS, resident_class="outside", begins=begins) is None
    assert proof_until(TERMS, resident_class="worker", begins=begins) == date(2027, 3, 31)
    assert proof_until(TERMS, resident_class="student", begins=begins) == date(2027, 3, 31)


@given(days, days)
def test_class_is_the_proved_one_up_to_its_day(until: date, on: date) -> None:
    assert class_on(resident_class="worker", class_until=until, on=on) == ("worker" if on <= until else "outside")
    assert class_on(resident_class="resident", class_until=None, on=on) == "resident"


def test_standing_says_why_it_may_not_be_used() -> None:
    on = date(2026, 9, 1)
    told: dict[str, Any] = {"valid_until": on, "suspended_until": None, "on": on}
    assert standing(state="active", **told) == ""
    assert standing(state="active", **told | {"valid_until": on - timedelta(days=1)}) == "expired"
    assert standing(state="suspended", **told) == "suspended"
    assert standing(state="suspended", **told | {"suspended_until": on}) == "suspended"
    assert standing(state="suspended", **told | {"suspended_until": on - timedelta(days=1)}) == ""
    assert standing(state="pending", **told) == "pending"
    assert standing(state="struck", **told) == "struck"


def people(*inside: bool) -> list[Member]:
    return [Member(f"k{number}", one) for number, one in enumerate(inside)]


def test_members_have_to_be_enough_different_and_from_the_city() -> None:
    assert wrong_members(TERMS, people(True, True, True, False, False)) == ""
    assert wrong_members(TERMS, people(True, True, False, False, False)) == "too_many_outside"
    assert wrong_members(TERMS, people(True, True, True, True)) == "too_few"
    assert wrong_members(TERMS, [*people(True, True, True, True), Member("k0", True)]) == "repeated"
    assert wrong_members(terms_of({}), []) == ""
    exact = people(*([True] * 3), *([False] * 3))  # exactly half of six
    assert wrong_members(TERMS, exact) == ""


def test_three_in_common_overlap_and_two_do_not() -> None:
    mine = ["a", "b", "c", "d", "e"]
    others = {1: ["a", "b", "x"], 2: ["a", "b", "c", "y"], 3: ["a", "a", "b"], 4: mine}
    assert overlaps(TERMS, mine=mine, others=others) == {2: 3, 4: 5}
    silent = Terms(valid_years={}, proof_months={}, overlap_members=3, overlap_act="none")
    assert overlaps(silent, mine=mine, others=others) == {}


@pytest.mark.parametrize(
    ("ended", "until"), [(date(2026, 3, 31), date(2031, 3, 31)), (date(2026, 4, 1), date(2032, 3, 31))]
)
def test_kept_for_whole_fiscal_years_after_the_end(ended: date, until: date) -> None:
    assert keep_until(Terms(valid_years={}, proof_months={}, keep_years=5), ended_on=ended) == until


@pytest.mark.parametrize("written", ["タカハシ ハナコ", "たかはし　はなこ", "ﾀｶﾊｼﾊﾅｺ", "タカハシ・ハナコ"])
def test_kana_is_one_however_written(written: str) -> None:
    assert kana_key(written) == "タカハシハナコ"


def test_kana_keeps_apart_what_sounds_apart() -> None:
    assert kana_key("カトウ") != kana_key("ガトウ")
    assert kana_key("ショウコ") == kana_key("シヨウコ")
    assert kana_key("チヅル") == kana_key("チズル")
    assert kana_key("オーノ") == kana_key("オノ")


@pytest.mark.parametrize(
    "written", ["千葉市中央区中央1-2-3", "千葉市中央区中央１丁目２番３号", "千葉市 中央区中央一丁目2番地3", "千葉市中央区中央1－2ー3"]
)
def test_address_is_one_however_written(written: str) -> None:
    assert address_key(written) == "千葉市中央区中央1-2-3"


def test_address_keeps_apart_what_is_apart() -> None:
    assert address_key("中央1-23") != address_key("中央12-3")
    assert address_key("一宮町一宮1") == "一宮町一宮1"
    assert address_key("コーポ中央101") == "コーポ中央101"


@given(st.text(max_size=300))
def test_keys_of_any_text_are_short_and_stable(text: str) -> None:
    for key, longest in ((name_key, 100), (kana_key, 100), (address_key, 200)):
        made = key(text)
        assert len(made) <= longest
        assert not any(sign.isspace() for sign in made)
