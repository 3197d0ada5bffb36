"""Guesses are slowed down per key and network; the owner elsewhere is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from moyai.people.models import Throttle
from moyai.people.public import TooManyTries, forgive, throttle, throttled
from moyai.people.throttle import visit_from
from moyai.tenants.public import clock


def _try(now: datetime, *, network: str = "192.0.2.1", key: str = "a@example.jp", tries: int = 5) -> None:
    with visit_from(network):
        throttle(kind="test.kind", key=key, now=now, tries=tries)


def test_the_sixth_try_waits_until_the_window_ends(world: Any, at_noon: datetime) -> None:
    for _n in range(5):
        _try(at_noon)
    with pytest.raises(TooManyTries) as caught:
        _try(at_noon + timedelta(minutes=1))
    assert caught.value.until_at == at_noon + timedelta(minutes=15)
    assert caught.value.status == 429
    assert "午後0時15分" in str(caught.value.message)
    _try(at_noon + timedelta(minutes=15))


def test_the_answer_says_when_the_next_try_counts(world: Any, at_noon: datetime) -> None:
    client = Client()
    for _n in range(5):
        client.post("/signin/staff/", {"email": "x@y.example", "password": "wrong-wrong"})
    with clock.at(at_noon + timedelta(minutes=5)):
        answer = client.post("/signin/staff/", {"email": "x@y.example", "password": "wrong-wrong"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "600")


def test_a_stranger_elsewhere_does_not_lock_the_owner_out(world: Any, at_noon: datetime) -> None:
    for _n in range(30):
        with pytest.raises(TooManyTries) if _n >= 5 else _nothing():
            _try(at_noon, network="198.51.100.66")
    _try(at_noon, network="192.0.2.1")  # the owner's first try, from elsewhere


def _nothing() -> Any:
    from contextlib import nullcontext

    return nullcontext()


def test_one_network_guessing_many_accounts_is_stopped(world: Any, at_noon: datetime) -> None:
    for n in range(100):
        _try(at_noon, key=f"{n}@example.jp")
    with pytest.raises(TooManyTries):
        _try(at_noon, key="fresh@example.jp")
    _try(at_noon, key="fresh@example.jp", network="192.0.2.99")


def test_an_office_behind_one_address_signs_in_by_the_hundred(world: Any, at_noon: datetime) -> None:
    for n in range(150):
        with visit_from("192.0.2.1"):
            throttle(kind="test.kind", key=f"{n}@example.jp", now=at_noon)
            forgive(kind="test.kind", key=f"{n}@example.jp")


def test_a_right_answer_forgets_the_tries(world: Any, at_noon: datetime) -> None:
    for _n in range(4):
        _try(at_noon)
    with visit_from("192.0.2.1"):
        forgive(kind="test.kind", key="a@example.jp")
        assert throttled(kind="test.kind", key="a@example.jp", now=at_noon) is None
    for _n in range(5):
        _try(at_noon)
    with visit_from("192.0.2.1"):
        assert throttled(kind="test.kind", key="a@example.jp", now=at_noon) == at_noon + timedelta(minutes=15)


def test_the_table_holds_no_address(world: Any, at_noon: datetime) -> None:
    _try(at_noon, key="secret@example.jp", network="192.0.2.77")
    for row in Throttle.objects.values_list("key_hash", "kind"):
        assert "secret" not in "".join(row)
        assert "192.0.2" not in "".join(row)


def test_a_try_outlives_the_roll_back_of_its_request(world: Any, at_noon: datetime) -> None:
    from moyai.people.throttle import recount

    with visit_from("192.0.2.1"):
        try:
            with transaction.atomic():
                throttle(kind="test.kind", key="a@example.jp", now=at_noon)
                raise ValueError
        except ValueError:
            assert not Throttle.objects.filter(kind="test.kind").exists()
            recount()
    assert list(Throttle.objects.filter(kind="test.kind").values_list("count", flat=True)) == [1, 1]
