"""Who may pass which door, and what a refusal leaves behind."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from moyai.people.door import Door
from moyai.people.models import Account, Membership
from moyai.people.public import AnswerAnew, public_page, throttle
from moyai.people.testing import sign_in_for_tests
from moyai.tenants.public import Refusal, Role, current_body

OFFICE = "/chiba-shi/office/people/"


def _plain(response: Any) -> str:
    """A page without what differs in every answer: the number of the request and the form's token."""
    text = response.content.decode()
    return re.sub(r"[A-Z2-9]{4}-[A-Z2-9]{4}", "", re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", text))


def test_a_stranger_is_sent_to_sign_in_and_back(client: Client) -> None:
    answer = client.get(OFFICE + "?page=2")
    assert answer.status_code == 302
    assert answer["Location"] == "/signin/staff/?next=%2Fchiba-shi%2Foffice%2Fpeople%2F%3Fpage%3D2"


def test_a_strangers_post_is_not_taken_along(client: Client) -> None:
    assert client.post(OFFICE + "invite/", {"email": "x@y.example"})["Location"] == "/signin/staff/"


def test_the_other_bodys_page_answers_as_an_absent_one(
    client_for: Callable[[Any], Client], world: Any
) -> None:
    theirs = client_for(world.at_matsudo.administrator)
    other, absent = theirs.get(OFFICE), theirs.get("/chiba-shi/office/no-such-page/")
    unknown = theirs.get("/nowhere-shi/office/people/")
    assert (other.status_code, absent.status_code, unknown.status_code) == (404, 404, 404)
    swap = lambda text: text.replace("/chiba-shi/office/people/", "X").replace(  # noqa: E731
        "/chiba-shi/office/no-such-page/", "X"
    )
    assert swap(_plain(other)) == swap(_plain(absent))
    for answer in (other, absent, unknown):
        assert "Set-Cookie" not in answer.headers
    names = [set(answer.headers) - {"X-Request-Id"} for answer in (other, absent, unknown)]
    assert names[0] == names[1] == names[2]


def test_staff_of_the_body_enter(client_for: Callable[[Any], Client], world: Any) -> None:
    assert client_for(world.at_chiba.clerk).get(OFFICE).status_code == 200


def test_staff_without_a_second_factor_are_sent_to_set_one_up(client: Client, world: Any) -> None:
    sign_in_for_tests(client, world.at_chiba.clerk, second_factor=False)
    answer = client.get(OFFICE)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/account/setup/")


def test_staff_who_have_one_are_asked_for_it(client: Client, with_app: Account) -> None:
    sign_in_for_tests(client, with_app, second_factor=False)
    assert client.get(OFFICE)["Location"].partition("?")[0] == "/signin/second/"


def test_a_resident_with_a_second_factor_is_no_staff(client: Client, world: Any) -> None:
    Membership.objects.create(
        account=world.resident, body=world.chiba, role=Role.CLERK, from_on=date(2020, 4, 1)
    )
    sign_in_for_tests(client, world.resident, second_factor=True)
    assert client.get(OFFICE).status_code == 404


@pytest.mark.parametrize(
    ("from_on", "until_on", "status"),
    [
        (date(2026, 4, 1), date(2026, 4, 1), 200),
        (date(2026, 4, 1), None, 200),
        (date(2026, 4, 2), None, 404),
        (date(2020, 4, 1), date(2026, 3, 31), 404),
    ],
)
def test_a_role_counts_from_its_first_to_its_last_day(
    client: Client, world: Any, at_noon: datetime, from_on: date, until_on: date | None, status: int
) -> None:
    Membership.objects.filter(account=world.at_chiba.clerk).update(from_on=from_on, until_on=until_on)
    sign_in_for_tests(client, world.at_chiba.clerk)
    assert client.get(OFFICE).status_code == status


def test_a_body_that_has_left_is_absent(
    client_for: Callable[[Any], Client], world: Any, at_noon: datetime
) -> None:
    clerk = client_for(world.at_chiba.clerk)
    type(world.chiba).objects.filter(pk=world.chiba.pk).update(until_on=date(2026, 3, 31))
    assert clerk.get(OFFICE).status_code == 404


def test_the_council_is_for_the_council(
    client_for: Callable[[Any], Client], world: Any, client: Client
) -> None:
    assert client_for(world.secretary).get("/council/people/").status_code == 200
    assert client_for(world.at_chiba.administrator).get("/council/people/").status_code == 404
    assert client_for(world.resident).get("/council/people/").status_code == 404
    assert client.get("/council/people/").status_code == 302


def test_a_council_role_opens_no_bodys_office(client_for: Callable[[Any], Client], world: Any) -> None:
    assert client_for(world.operator).get(OFFICE).status_code == 404


def test_the_english_office_has_the_same_door(
    client: Client, client_for: Callable[[Any], Client], world: Any
) -> None:
    assert client.get("/en" + OFFICE).status_code == 302
    assert client_for(world.at_matsudo.clerk).get("/en" + OFFICE).status_code == 404


def test_a_closed_account_is_out_at_once(client_for: Callable[[Any], Client], world: Any) -> None:
    clerk = client_for(world.at_chiba.clerk)
    Account.objects.filter(pk=world.at_chiba.clerk.pk).update(is_active=False)
    assert clerk.get(OFFICE).status_code == 302


# --- views called by hand: what the door does around them -------------------------------------------


class Slow(Refusal):
    code, status, message = "too_slow", 409, "遅すぎます。"


def _ask(
    view: Callable[..., Any], world: Any, path: str = "/chiba-shi/x/", slug: str | None = "chiba-shi"
) -> Any:
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.messages.storage.cookie import CookieStorage
    from django.contrib.sessions.backends.db import SessionStore

    request: Any = RequestFactory().get(path)
    request.user, request.session = AnonymousUser(), SessionStore()
    request._messages = CookieStorage(request)
    request.resolver_match = None
    answers: list[Any] = []

    def inner(request: HttpRequest) -> HttpResponse:
        kwargs = {"body_slug": slug, "number": 7} if slug else {"number": 7}
        answers.append(Door(inner).process_view(request, view, (), kwargs))
        return answers[0]

    return Door(inner)(request)


def test_a_view_runs_behind_the_wall_of_its_body_as_its_actor(world: Any) -> None:
    seen: dict[str, Any] = {}

    def view(request: Any, number: int) -> HttpResponse:
        seen.update(body=current_body(), actor=request.actor, now=request.now, number=number)
        return HttpResponse("ok")

    assert _ask(view, world).content == b"ok"
    assert seen["body"] == world.chiba
    assert seen["actor"].roles == {Role.RESIDENT}
    assert seen["number"] == 7
    assert seen["now"].tzinfo is not None
    assert current_body() is None


@pytest.mark.parametrize(
    ("problem", "status"), [(Slow(), 409), (Http404(), 404), (PermissionDenied(), 403), (KeyError("x"), 500)]
)
def test_what_a_view_refuses_leaves_only_the_try_behind(world: Any, problem: Exception, status: int) -> None:
    def view(request: Any, number: int) -> HttpResponse:
        Account.objects.create_user("left-behind@example.jp")
        throttle(kind="test.door", key="k", now=request.now)
        raise problem

    before = Account.objects.count()
    if isinstance(problem, Slow):
        answer = _ask(view, world)
        assert answer.status_code == status
        assert "遅すぎます。" in answer.content.decode()
    else:
        with pytest.raises(type(problem)):
            _ask(view, world)
    assert Account.objects.count() == before
    from moyai.people.models import Throttle

    assert Throttle.objects.filter(kind="test.door").count() == 2


def test_an_act_answered_anew_leaves_only_the_try_behind_and_its_page_reads_behind_the_wall(
    world: Any,
) -> None:
    seen: list[Any] = []

    def answer() -> HttpResponse:
        seen.append((current_body(), Account.objects.filter(email="left-behind@example.jp").exists()))
        return HttpResponse("もう一度", status=409)

    def view(request: Any, number: int) -> HttpResponse:
        Account.objects.create_user("left-behind@example.jp")
        throttle(kind="test.anew", key="k", now=request.now)
        raise AnswerAnew(answer)

    found = _ask(view, world)
    assert (found.status_code, found.content.decode()) == (409, "もう一度")
    assert seen == [(world.chiba, False)] and current_body() is None
    from moyai.people.models import Throttle

    assert Throttle.objects.filter(kind="test.anew").count() == 2


def test_what_a_session_remembers_is_written_with_the_act_and_once(world: Any) -> None:
    from django.contrib.messages.storage.cookie import CookieStorage
    from django.test.utils import CaptureQueriesContext

    from moyai.people.sessions import SessionStore

    kept = SessionStore()
    kept["a"] = 1
    kept.create()
    store = SessionStore(kept.session_key)
    request: Any = RequestFactory().get("/chiba-shi/x/")
    from django.contrib.auth.models import AnonymousUser

    request.user, request.session, request.resolver_match = AnonymousUser(), store, None
    request._messages = CookieStorage(request)

    def view(request: Any, number: int) -> HttpResponse:
        request.session["a"] = 2
        return HttpResponse("ok")

    answers: list[Any] = []

    def inner(request: HttpRequest) -> Any:
        answers.append(Door(inner).process_view(request, view, (), {"body_slug": "chiba-shi", "number": 7}))
        return answers[0]

    Door(inner)(request)
    assert SessionStore(kept.session_key).load()["a"] == 2
    with CaptureQueriesContext(connection) as again:
        store.save()
    assert len(again) == 0
    store["a"] = 3
    store.save()
    assert SessionStore(kept.session_key).load()["a"] == 3


def test_the_api_gets_refusals_as_json_and_a_failed_answer_undoes(world: Any) -> None:
    import json

    def refusing(request: Any, number: int) -> HttpResponse:
        raise Slow(fields={"date": "遅い日です。"})

    answer = _ask(refusing, world, path="/api/x", slug=None)
    assert answer.status_code == 409
    assert json.loads(answer.content) == {
        "error": {"code": "too_slow", "message": "遅すぎます。", "fields": {"date": "遅い日です。"}}
    }

    def failing(request: Any, number: int) -> HttpResponse:
        Account.objects.create_user("left-behind@example.jp")
        return HttpResponse(status=422)

    before = Account.objects.count()
    assert _ask(failing, world, path="/api/x", slug=None).status_code == 422
    assert Account.objects.count() == before


def test_a_page_of_the_council_may_be_public(world: Any) -> None:
    @public_page
    def figures(request: Any, number: int) -> HttpResponse:
        return HttpResponse(str(sorted(request.actor.roles)))

    assert _ask(figures, world, path="/council/figures/", slug=None).content == b"[]"


def test_an_office_page_is_never_public(world: Any) -> None:
    @public_page
    def secret(request: Any, number: int) -> HttpResponse:
        return HttpResponse("secret")

    assert _ask(secret, world, path="/chiba-shi/office/x/").status_code == 302


def test_staff_roles_do_not_act_on_the_portal_without_second_factor(client: Client, world: Any) -> None:
    from moyai.people.door import _actor

    request: Any = RequestFactory().get("/chiba-shi/")
    from moyai.tenants.public import Actor

    request.user, request.session, request.actor = world.at_chiba.clerk, {}, Actor.anyone(None)
    assert _actor(request, world.chiba, "portal", date(2026, 4, 1)).roles == {Role.RESIDENT}
    request.session = {"people_second_factor_at": "2026-04-01T08:30:00+09:00"}
    assert _actor(request, world.chiba, "portal", date(2026, 4, 1)).roles == {Role.RESIDENT, Role.CLERK}
    assert _actor(request, world.chiba, "office", date(2026, 4, 1)).roles == {Role.CLERK}
    assert _actor(request, world.matsudo, "office", date(2026, 4, 1)).roles == frozenset()


def test_an_address_with_a_nul_leads_nowhere(client_for: Callable[[Any], Client], world: Any) -> None:
    """No column of the database can be compared with it: it would be an error on any page that asks."""
    client = client_for(world.at_chiba.clerk)
    for address in ("/chiba-shi/inquiry/%00/", "/chiba-shi/office/applications/?q=a%00b", "/%00/inquiry/"):
        assert client.get(address).status_code == 404
    answer = client.get("/api/bodies/chiba-shi/procedures/%00")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
