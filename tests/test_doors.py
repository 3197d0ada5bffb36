"""Every address of the house, asked by the other body's staff, by a stranger and by the body's own.

Addresses are found in the URL configuration; the values in them are ids, codes and tokens of real rows
of 千葉市, which 松戸市's clerk must find to be absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter

from moyai.tenants.models import BodyRow
from moyai.tenants.public import acting_in

ABSENT_ID = 999_999_999


@dataclass(frozen=True)
class Address:
    name: str
    route: str
    parameters: tuple[tuple[str, bool], ...]  # name, whether a number

    @property
    def audience(self) -> str:
        if self.route.startswith("<slug:body_slug>/office/"):
            return "office"
        if self.route.startswith("<slug:body_slug>/"):
            return "portal"
        return "council" if self.route.startswith("council/") else "house"


def addresses() -> list[Address]:
    import django

    django.setup()
    return sorted(_walk(get_resolver(), "", {}), key=lambda address: (address.name, address.route))


def _walk(resolver: URLResolver, route: str, seen: dict[str, Any]) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        pattern = str(entry.pattern)
        converters = seen | entry.pattern.converters
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route + pattern, converters)
        elif isinstance(entry, URLPattern):
            parameters = tuple((name, isinstance(kind, IntConverter)) for name, kind in converters.items())
            yield Address(entry.name or route + pattern, route + pattern, parameters)


ADDRESSES = addresses()
OF_A_BODY = [address for address in ADDRESSES if address.audience in ("office", "portal")]
OFFICE = [address for address in ADDRESSES if address.audience == "office"]
COUNCIL = [address for address in ADDRESSES if address.audience == "council"]


def filled(address: Address, slug: str, values: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match.group(2)
        if name == "body_slug":
            return slug
        known = values.get(name, "")
        if match.group(1) == "slug" and not re.fullmatch(r"[-a-zA-Z0-9_]+", known):
            known = ""  # the name of something else: no address could hold it
        return known or (str(ABSENT_ID) if match.group(1) == "int" else "absent-x")

    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", value, address.route)


_known: dict[int, list[dict[str, str]]] = {}  # the world is committed: its rows are the same in every test


def rows_of(body: Any, other: Any) -> list[dict[str, str]]:
    """For each of the body's rows: the values an address could name it by, foreign to the other body."""
    if body.pk not in _known:
        _known[body.pk] = _rows_of(body, other)
    return _known[body.pk]


def _rows_of(body: Any, other: Any) -> list[dict[str, str]]:
    from django.apps import apps

    found: dict[str, list[str]] = {}
    for model in apps.get_models():
        if not issubclass(model, BodyRow):
            continue
        with acting_in(other):
            theirs = list(model.objects.order_by("pk")[:500])
        foreign = {row.pk for row in theirs}
        with acting_in(body):
            rows = [row for row in model.objects.order_by("-pk")[:200] if row.pk not in foreign]
        for row in rows[:1]:
            found.setdefault(f"{model._meta.model_name}_id", []).append(str(row.pk))
            found.setdefault("id", []).append(str(row.pk))
            for field in model._meta.local_concrete_fields:
                value = getattr(row, field.attname)
                if not isinstance(value, str) or not 0 < len(value) <= 80 or "/" in value:
                    continue
                # What both bodies have (a procedure's code) names nothing foreign.
                if value not in {getattr(one, field.attname) for one in theirs}:
                    found.setdefault(field.name, []).append(value)
                    found.setdefault(f"{model._meta.model_name}_{field.name}", []).append(value)
    width = max((len(values) for values in found.values()), default=0)
    return [
        {name: values[min(turn, len(values) - 1)] for name, values in found.items()}
        for turn in range(min(width, 6))
    ] or [{}]


def body_text(response: Any) -> str:
    """What a person sees, less what differs in every answer."""
    text = b"".join(response.streaming_content) if response.streaming else response.content
    shown = text.decode("utf-8", "replace")
    shown = re.sub(r"[A-Z0-9]{4}-[A-Z0-9]{4}", "", shown)
    return re.sub(r'(csrfmiddlewaretoken" value=")[^"]*|(href|content|action)="[^"]*"', "", shown)


def all_absent(client: Any, address: Address, slug: str, rows: list[dict[str, str]]) -> None:
    """Asked or posted to, the address answers as one that does not exist: no word more, no word less."""
    absent = client.get(f"/{slug}/office/there/is/no/such/page/")
    assert absent.status_code == 404
    for values in rows:
        path = filled(address, slug, values)
        for answer in (client.get(path), client.post(path, {})):
            assert answer.status_code == 404, path
            assert body_text(answer) == body_text(absent), path


def foreign_rows_absent(client: Any, address: Address, slug: str, rows: list[dict[str, str]]) -> None:
    """Under the client's own address another body's rows are not there."""
    numbers = {name for name, number in address.parameters if number}
    for values in rows:
        used = {name: value for name, value in values.items() if name not in numbers or value.isdigit()}
        path = filled(address, slug, used)
        answer = client.get(path)
        assert answer.status_code in (404, 405, 403), (path, answer.status_code)


def test_the_walk_finds_the_house() -> None:
    assert len(OFFICE) >= 10
    assert len(COUNCIL) >= 3
    assert {address.audience for address in ADDRESSES} == {"office", "portal", "council", "house"}


@pytest.mark.parametrize("address", OFFICE, ids=lambda a: a.name)
def test_another_bodys_clerk_gets_404_at_every_office_address(
    address: Address, world: Any, client_for: Any
) -> None:
    all_absent(client_for(world.at_matsudo.clerk), address, "chiba-shi", rows_of(world.chiba, world.matsudo))


@pytest.mark.parametrize("address", [a for a in OFFICE if len(a.parameters) > 1], ids=lambda a: a.name)
def test_another_bodys_row_under_ones_own_address_is_absent(
    address: Address, world: Any, client_for: Any
) -> None:
    client = client_for(world.at_matsudo.administrator)
    foreign_rows_absent(client, address, "matsudo-shi", rows_of(world.chiba, world.matsudo))


@pytest.mark.parametrize("address", OFFICE, ids=lambda a: a.name)
def test_a_stranger_is_sent_to_sign_in_at_every_office_address(
    address: Address, world: Any, client_for: Any
) -> None:
    answer = client_for(None).get(filled(address, "chiba-shi", rows_of(world.chiba, world.matsudo)[0]))
    assert answer.status_code == 302
    assert "/signin" in answer["Location"] or "/account" in answer["Location"]


@pytest.mark.parametrize("address", OFFICE, ids=lambda a: a.name)
def test_a_resident_account_gets_404_at_every_office_address(
    address: Address, world: Any, client_for: Any
) -> None:
    assert client_for(world.resident).get(filled(address, "chiba-shi", {})).status_code == 404


@pytest.mark.parametrize("address", COUNCIL, ids=lambda a: a.name)
def test_a_bodys_administrator_gets_404_at_every_council_address(
    address: Address, world: Any, client_for: Any
) -> None:
    answer = client_for(world.at_chiba.administrator).get(filled(address, "chiba-shi", {}))
    assert answer.status_code == 404


@pytest.mark.parametrize("address", OF_A_BODY, ids=lambda a: a.name)
def test_an_unknown_body_is_absent_everywhere(address: Address, world: Any, client_for: Any) -> None:
    answer = client_for(world.at_chiba.clerk).get(filled(address, "no-such-body", {}))
    assert answer.status_code == 404


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda a: f"{a.name}-{a.route}")
def test_no_address_fails_for_anyone(address: Address, world: Any, client_for: Any) -> None:
    for account in (None, world.at_chiba.administrator, world.secretary):
        client = client_for(account)
        client.raise_request_exception = False
        for values in (rows_of(world.chiba, world.matsudo)[0], {}):
            path = filled(address, "chiba-shi", values)
            for answer in (client.get(path), client.post(path, {})):
                not_ready = address.name == "web_readyz" and answer.status_code == 503  # no worker in a test
                assert answer.status_code < 500 or not_ready, (path, answer.status_code)
