"""APIの鍵: who it acts as, for what, until when; and that a wrong one opens nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client, RequestFactory

from moyai.audit.public import Deed
from moyai.people.door import Door
from moyai.people.models import Account, ApiKey, Membership
from moyai.people.public import api_actor, api_scopes
from moyai.people.rules import token_hash
from moyai.tenants.public import Actor, acting_in, clock, current_body

KEYS = "/chiba-shi/office/people/keys/"
FORM = {"name": "電子決裁への取込み", "scopes": ["tests.read"]}


@pytest.fixture(autouse=True)
def scopes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(api_scopes, "_labels", {"tests.read": "読む", "tests.write": "書く"})
    yield


@pytest.fixture
def office(client_for: Callable[[Any], Client], world: Any) -> Client:
    return client_for(world.at_chiba.administrator)


def _until(days: int) -> str:
    return (clock.today(clock.now()) + timedelta(days=days)).isoformat()


def _made(office: Client, **more: Any) -> str:
    answer = office.post(f"{KEYS}new/", FORM | {"expires_on": _until(30)} | more)
    assert answer.status_code == 200
    found = re.search(r"<code>(moyai_[\w-]{43})</code>", answer.content.decode())
    assert found is not None
    return found[1]


def _call(key: str, scope: str = "tests.read", scheme: str = "Bearer") -> tuple[Any, list[Actor]]:
    """A call of the API through the door, as a room's router would answer it."""
    acted: list[Actor] = []

    def view(request: HttpRequest) -> HttpResponse:
        actor = api_actor(request, scope)
        assert actor.body is not None
        with acting_in(actor.body):
            assert current_body() == actor.body
            acted.append(actor)
        return JsonResponse({})

    request = RequestFactory().get("/api/tests", headers={"Authorization": f"{scheme} {key}"} if key else {})
    request.user, request.session = AnonymousUser(), import_module(settings.SESSION_ENGINE).SessionStore()
    answers: list[Any] = []
    Door(lambda asked: answers.append(door.process_view(asked, view, (), {})) or HttpResponse())(request)  # type: ignore[func-returns-value]
    return answers[0], acted


door = Door(lambda request: HttpResponse())


def test_a_key_acts_as_its_maker_within_its_scope(office: Client, world: Any) -> None:
    key = _made(office)
    answer, acted = _call(key)
    assert answer.status_code == 200
    actor = acted[0]
    assert (actor.account_id, actor.body) == (world.at_chiba.administrator.pk, world.chiba)
    assert actor.roles == {"administrator"} and actor.channel == "api" and "電子決裁" in actor.name
    answer, acted = _call(key, "tests.write")
    assert (answer.status_code, acted) == (403, [])
    assert ApiKey.objects.get().last_used_on == clock.today(clock.now())


def test_a_key_is_shown_once_and_kept_as_a_hash(office: Client, django_assert_max_num_queries: Any) -> None:
    key = _made(office)
    row = ApiKey.objects.get()
    assert row.key_hash == token_hash(key) and row.hint == key[-4:]
    assert key not in str(list(ApiKey.objects.values()))
    with django_assert_max_num_queries(12):
        page = office.get(KEYS).content.decode()
    assert key not in page and row.hint in page and "電子決裁への取込み" in page
    with acting_in(row.body):
        assert Deed.objects.filter(verb="people.make_key").count() == 1


@pytest.mark.parametrize("typed", ["", "x", "moyai_", "moyai_" + "A" * 43, "é", " "])
def test_a_wrong_key_is_told_so(office: Client, typed: str) -> None:
    _made(office)
    answer, acted = _call(typed or "none-at-all")
    assert (answer.status_code, acted) == (401, [])
    assert json.loads(answer.content)["error"]["code"] == "key_refused"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_call_without_a_key_is_told_to_bring_one(world: Any) -> None:
    for answer, acted in (_call(""), _call("x", scheme="Basic")):
        assert (answer.status_code, acted) == (401, [])
        assert json.loads(answer.content)["error"]["code"] == "key_needed"


def test_wrong_keys_are_slowed_down_and_right_ones_elsewhere_are_not(office: Client) -> None:
    key = _made(office)
    for _n in range(20):
        assert _call("wrong")[0].status_code == 401
    assert _call("wrong")[0].status_code == 429
    assert _call(key)[0].status_code == 429, "from there nothing is looked at any more"


def test_right_keys_are_never_slowed_down(office: Client) -> None:
    key = _made(office)
    assert [_call(key)[0].status_code for _n in range(30)] == [200] * 30


def test_a_key_ends_with_its_day_its_maker_and_its_button(office: Client, world: Any) -> None:
    key = _made(office)
    row, maker = ApiKey.objects.get(), world.at_chiba.administrator
    with clock.at(clock.now() + timedelta(days=31)):
        assert _call(key)[0].status_code == 401
    Account.objects.filter(pk=maker.pk).update(is_active=False)
    assert _call(key)[0].status_code == 401
    Account.objects.filter(pk=maker.pk).update(is_active=True)
    Membership.objects.filter(account=maker).update(until_on=clock.today(clock.now()) - timedelta(days=1))
    assert _call(key)[0].status_code == 403, "the maker no longer works there"
    Membership.objects.filter(account=maker).update(until_on=None)
    assert _call(key)[0].status_code == 200
    assert office.get(f"{KEYS}{row.pk}/revoke/").status_code == 200
    assert office.post(f"{KEYS}{row.pk}/revoke/")["Location"] == KEYS
    assert _call(key)[0].status_code == 401
    assert office.post(f"{KEYS}{row.pk}/revoke/").status_code == 404, "once"


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": []},
        {"scopes": ["tests.unknown"]},
        {"name": ""},
        {"expires_on": "2001-01-01"},
        {"expires_on": "2199-01-01"},
        {"expires_on": "x"},
    ],
)
def test_a_key_for_too_much_or_too_long_is_not_made(office: Client, wrong: dict[str, Any]) -> None:
    assert office.post(f"{KEYS}new/", FORM | {"expires_on": _until(30)} | wrong).status_code == 422
    assert not ApiKey.objects.exists()


def test_only_administrators_make_keys_and_only_of_their_body(
    office: Client, client_for: Callable[[Any], Client], world: Any
) -> None:
    _made(office)
    row = ApiKey.objects.get()
    clerk = client_for(world.at_chiba.clerk)
    assert clerk.get(KEYS).status_code == 403
    assert clerk.post(f"{KEYS}new/", FORM | {"expires_on": _until(30)}).status_code == 403
    other = client_for(world.at_matsudo.administrator)
    assert other.post(f"/matsudo-shi/office/people/keys/{row.pk}/revoke/").status_code == 404
    assert ApiKey.objects.get().revoked_at is None
    assert row.name not in other.get("/matsudo-shi/office/people/keys/").content.decode()


def test_making_a_key_asks_again_who_it_is(office: Client) -> None:
    with clock.at(clock.now() + timedelta(minutes=16)):
        answer = office.get(f"{KEYS}new/")
    assert answer["Location"].startswith("/signin/again/")


def test_a_key_opens_no_page(office: Client) -> None:
    key = _made(office)
    answer = Client(headers={"Authorization": f"Bearer {key}"}).get(KEYS)
    assert answer.status_code == 302 and "/signin/staff/" in answer["Location"]


def test_a_wrong_key_is_refused_by_the_real_api_too(world: Any) -> None:
    address = "/api/bodies/chiba-shi/procedures"
    assert Client().get(address).status_code == 200
    assert Client(headers={"Authorization": "Bearer wrong"}).get(address).status_code == 401
