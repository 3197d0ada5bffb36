"""A38 — the page of a refused booking is kept: the same for all who are refused the same, and never another's or an old one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from moyai.reservations.queries import alternatives
from moyai.reservations.tests.pages_setup import HOME, Street, text_of
from moyai.ui import skeletons


@pytest.fixture
def street(world: Any) -> Street:
    return Street(world)


def refused(client: Client, street: Street, home: str = HOME, **more: Any) -> str:
    answer = client.post(f"{home}book/", street.choice(**more))
    assert answer.status_code == 409
    return re.sub(r'(csrfmiddlewaretoken" value=)"[^"]*"', r"\1", text_of(answer))


def anew() -> None:
    skeletons._kept.clear()
    alternatives._answers.clear()


def test_A38_refusals_are_printed_once_and_alike(street: Street, client_for: Any) -> None:
    hanako = client_for(street.world.resident)
    street.taken("abcd", 540, 720)
    for home in (HOME, f"/en{HOME}", f"/ja-easy{HOME}"):
        anew()
        whole, kept = refused(hanako, street, home), refused(hanako, street, home)
        assert whole == kept
        assert f'href="{home if home != HOME else ""}' in kept and "\x02" not in kept and "\x03" not in kept
    english = refused(hanako, street, f"/en{HOME}")
    assert '<html lang="en"' in english and f'href="{HOME}book/"' in english


def test_A38_kept_refusal_follows_what_is_booked_since(street: Street, client_for: Any) -> None:
    hanako = client_for(street.world.resident)
    street.taken("abcd", 540, 720)
    first = refused(hanako, street)
    nearest = re.findall(r'name="starts" value="(\d+)"', first)
    assert nearest
    street.taken("abcd", int(nearest[0]), int(nearest[0]) + (240 if nearest[0] == "780" else 180))
    assert re.findall(r'name="starts" value="(\d+)"', refused(hanako, street))[:1] != nearest[:1]


def test_A38_kept_refusal_is_each_ones_own(street: Street, client_for: Any) -> None:
    hanako = client_for(street.world.resident)
    group = street.group()
    street.taken("abcd", 540, 720)
    as_person = refused(hanako, street, registration=street.person.number)
    as_group = refused(hanako, street, registration=group.number)
    assert f'value="{street.person.number}"' in as_person and group.number not in as_person
    assert f'value="{group.number}"' in as_group and street.person.number not in as_group
    dark = client_for(street.world.resident)
    dark.cookies["moyai_theme"] = "dark"
    assert 'data-theme="dark"' in refused(dark, street) and "data-theme" not in refused(hanako, street)
