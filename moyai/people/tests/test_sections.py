"""A21: a clerk of one 課 does not see the cases of another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory

from moyai.audit.public import Deed
from moyai.people.models import Membership
from moyai.people.queries import sections_of, standing
from moyai.tenants.public import COUNCIL, Actor, Role, acting_in

PEOPLE = "/chiba-shi/office/people/"


def actor(*sections: str, roles: frozenset[Role] = frozenset({Role.CLERK})) -> Actor:
    return Actor(1, None, roles, sections=frozenset(sections))


@pytest.mark.parametrize(
    ("sections", "thing", "sees"),
    [
        ((), "市民課", True),
        (("市民課",), "市民課", True),
        (("市民課",), "道路課", False),
        (("市民課", "道路課"), "道路課", True),
        (("市民課",), "", True),
        (("市民課",), "市民", False),
    ],
)
def test_attack_A21_a_section_sees_its_own_and_nobodys(
    sections: tuple[str, ...], thing: str, sees: bool
) -> None:
    assert actor(*sections).sees(thing) is sees


def test_council_and_jobs_see_every_section() -> None:
    for role in (*COUNCIL, Role.SYSTEM):
        assert actor("市民課", roles=frozenset({role})).sees("道路課")


def _member(world: Any) -> Membership:
    return Membership.objects.get(account=world.at_chiba.clerk, body=world.chiba)


def test_attack_A21_the_door_gives_the_actor_its_sections(client_for: Any, world: Any) -> None:
    from moyai.people.door import Door

    seen: list[Actor] = []

    def view(request: Any) -> Any:
        from django.http import HttpResponse

        seen.append(request.actor)
        return HttpResponse()

    Membership.objects.filter(pk=_member(world).pk).update(section="市民課")
    request = RequestFactory().get("/chiba-shi/office/x/")
    client = client_for(world.at_chiba.clerk)
    request.session = client.session
    request.user = world.at_chiba.clerk
    Door(lambda request: None)(request)  # type: ignore[arg-type, return-value]
    Door(lambda request: None).process_view(request, view, (), {"body_slug": "chiba-shi"})  # type: ignore[arg-type, return-value]
    assert seen[0].sections == {"市民課"}
    assert not seen[0].sees("道路課")


def test_one_role_for_the_whole_body_opens_every_section(world: Any) -> None:
    member, day = _member(world), date(2026, 4, 1)
    member.section = "市民課"
    member.save()
    approver = Membership(
        account=member.account, body=member.body, role="approver", section="道路課", from_on=member.from_on
    )
    approver.save()
    held = standing(member.account, member.body, day=day)
    assert held.sections == {"市民課", "道路課"} and held.roles == {Role.CLERK, Role.APPROVER}
    assert sections_of(world.chiba, day=day) == ["市民課", "道路課"]
    approver.section = ""
    approver.save()
    assert standing(member.account, member.body, day=day).sections == frozenset()
    approver.section, approver.from_on = "道路課", day - timedelta(days=9)
    approver.until_on = day - timedelta(days=1)
    approver.save()
    assert standing(member.account, member.body, day=day).sections == {"市民課"}, (
        "an ended role opens nothing"
    )


def test_an_administrator_gives_a_clerk_a_section(
    client_for: Callable[[Any], Client], world: Any, django_assert_max_num_queries: Any
) -> None:
    office, member = client_for(world.at_chiba.administrator), _member(world)
    path = f"{PEOPLE}{member.pk}/section/"
    with django_assert_max_num_queries(14):
        assert office.get(path).status_code == 200
    assert office.post(path, {"section": "　市民課　ｱ係 "})["Location"] == f"{PEOPLE}{member.pk}/"
    member.refresh_from_db()
    assert member.section == "市民課 ア係"
    assert "市民課 ア係" in office.get(PEOPLE).content.decode()
    assert "市民課 ア係" in office.get(f"{PEOPLE}{member.pk}/").content.decode()
    with acting_in(world.chiba):
        deed = Deed.objects.get(verb="people.section_was")
    assert deed.detail == {"before": "", "after": "市民課 ア係"}


def test_an_administrators_role_is_for_the_whole_body(client_for: Any, world: Any) -> None:
    office = client_for(world.at_chiba.administrator)
    admin = Membership.objects.get(account=world.at_chiba.administrator, body=world.chiba)
    assert office.post(f"{PEOPLE}{admin.pk}/section/", {"section": "市民課"}).status_code == 404
    before = Membership.objects.count()
    answer = office.post(
        f"{PEOPLE}invite/",
        {
            "email": "new@chiba-shi.example",
            "name": "新",
            "role": "administrator",
            "section": "市民課",
            "from_on": "2026-04-01",
        },
    )
    assert answer.status_code == 422 and "担当者と決裁者だけ" in answer.content.decode()
    assert Membership.objects.count() == before


def test_a_person_may_work_for_two_sections_but_not_twice_for_one(client_for: Any, world: Any) -> None:
    office = client_for(world.at_chiba.administrator)
    posted = {
        "email": world.at_chiba.clerk.email,
        "name": "佐藤",
        "role": "clerk",
        "section": "道路課",
        "from_on": "2026-04-01",
    }
    assert office.post(f"{PEOPLE}invite/", posted).status_code == 302
    assert office.post(f"{PEOPLE}invite/", posted).status_code == 422
    path = f"{PEOPLE}{_first(world).pk}/section/"
    answer = office.post(path, {"section": "道路課"})
    assert answer.status_code == 422
    assert _first(world).section == ""


def _first(world: Any) -> Membership:
    return Membership.objects.filter(account=world.at_chiba.clerk, body=world.chiba).order_by("id")[0]


def test_a_clerk_gives_no_sections(client_for: Any, world: Any) -> None:
    clerk, member = client_for(world.at_chiba.clerk), _member(world)
    assert clerk.post(f"{PEOPLE}{member.pk}/section/", {"section": ""}).status_code == 403
