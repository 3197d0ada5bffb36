"""Numbers: check digits, order nobody can guess, no gaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.tenants.public import code_ok, next_number, next_numbers, public_number, public_number_ok
from moyai.tenants.rules import code_check_digit, scatter, with_check_digit

KEY = b"k" * 32


@pytest.mark.parametrize(
    "code", ["120006", "121002", "122076", "122271", "124630", "011002", "131016", "271004", "352039"]
)
def test_a_published_body_code_passes_its_check_digit(code: str) -> None:
    assert code_ok(code)


@pytest.mark.parametrize("code", ["120007", "121020", "12100", "1210022", "１２１００２", "abcdef"])
def test_a_mistyped_body_code_is_refused(code: str) -> None:
    assert not code_ok(code)


def test_check_digit_of_a_remainder_of_one_is_zero() -> None:
    # 11 - 1 = 10: the last digit counts.
    assert code_check_digit("00005") == 1
    assert {code_check_digit(f"{n:05d}") for n in range(2000)} == set(range(10))


@given(st.lists(st.integers(0, 10**11 - 1), min_size=2, max_size=40, unique=True))
def test_two_serials_never_meet(serials: list[int]) -> None:
    numbers = [scatter(serial, KEY) for serial in serials]
    assert len(set(numbers)) == len(numbers)
    assert all(len(number) == 11 for number in numbers)


def test_neighbouring_serials_do_not_look_alike() -> None:
    numbers = [scatter(serial, KEY) for serial in range(1, 200)]
    assert numbers != sorted(numbers)
    assert len({number[:2] for number in numbers}) > 50
    assert numbers != [scatter(serial, b"other" * 6) for serial in range(1, 200)]


@given(st.integers(0, 10**11 - 1), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(serial: int, place: int, change: int) -> None:
    number = with_check_digit(f"{serial:011d}")
    wrong = number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :]
    assert public_number_ok(number)
    assert not public_number_ok(wrong)


def test_numbers_of_a_kind_and_year_have_no_gap(in_chiba) -> None:
    from django.db import transaction

    assert [next_number("trial", fiscal_year=2026) for _ in range(3)] == [1, 2, 3]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert next_number("trial", fiscal_year=2026) == 4
        raise ZeroDivisionError
    assert next_number("trial", fiscal_year=2026) == 4
    assert next_number("trial", fiscal_year=2027) == 1
    assert next_number("trial-two", fiscal_year=2026) == 1


def test_many_numbers_at_once_follow_the_one_before_and_none_is_a_mistake(in_chiba) -> None:
    assert next_number("trial", fiscal_year=2026) == 1
    assert list(next_numbers("trial", fiscal_year=2026, count=3)) == [2, 3, 4]
    with pytest.raises(ValueError, match="at least one"):
        next_numbers("trial", fiscal_year=2026, count=0)
    assert next_number("trial", fiscal_year=2026) == 5
    assert list(next_numbers("trial", fiscal_year=2027, count=2)) == [1, 2]


def test_each_body_counts_for_itself(world) -> None:
    from moyai.tenants.public import acting_in

    with acting_in(world.chiba):
        assert next_number("trial", fiscal_year=2026) == 1
    with acting_in(world.matsudo):
        assert next_number("trial", fiscal_year=2026) == 1


def test_a_public_number_carries_its_check_digit(in_chiba) -> None:
    numbers = {public_number() for _ in range(50)}
    assert len(numbers) == 50
    assert all(public_number_ok(number) for number in numbers)
