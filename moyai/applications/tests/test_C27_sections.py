"""課ごとの範囲 at the pages: who is asked (合議) reads the case and answers; the rest is the keeping section's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from moyai.applications import flow
from moyai.applications.actions.decisions import decide, propose, send_back
from moyai.applications.actions.review import accept, withdraw
from moyai.applications.actions.route import NotYourStep, answer_step
from moyai.applications.models import Application, RouteStep
from moyai.applications.tests.conftest import apply, make_procedure
from moyai.applications.tests.test_C27_route import ROUTE, of_section, routed, steps
from moyai.people.public import Membership
from moyai.tenants.public import Actor, acting_in

__all__ = ["routed"]
OFFICE = "/chiba-shi/office/applications/"


def proposed(world: Any) -> Application:
    with acting_in(world.chiba) as now:
        administrator, clerk = (
            world.actor(account, world.chiba)
            for account in (world.at_chiba.administrator, world.at_chiba.clerk)
        )
        procedure = make_procedure(actor=administrator, now=now, route=ROUTE, extend_days=30)
        made = apply(actor=Actor.anyone(world.chiba), now=now, procedure=procedure)
        accept(actor=clerk, now=now, application=made)
        propose(actor=clerk, now=now, application=made, kind=flow.APPROVED)
    return made


def test_attack_A21_a_section_that_is_asked_answers_its_step_and_does_nothing_else(
    client_for: Callable[[Any], Client], world: Any
) -> None:
    base = f"{OFFICE}{proposed(world).public_number}/"
    client = client_for(world.at_chiba.approver)
    Membership.objects.filter(account=world.at_chiba.approver, body=world.chiba).update(section="財政課")
    page = client.get(base)
    assert page.status_code == 200
    for way in ("acts/withdraw/", "assign/", "extend/", "give-back/", "hold/"):
        assert f'href="{base}{way}"' not in page.content.decode()
        assert (
            client.get(base + way).status_code == client.post(base + way, {"reason": "?"}).status_code == 404
        )
    assert client.get(base + "acts/send-back/").status_code == 200  # its turn: it may send back
    client.post(base + "route/", {"agrees": "yes"})
    assert client.get(base + "acts/send-back/").status_code == 404
    with acting_in(world.chiba):
        row = Application.objects.get(public_number=base.split("/")[-2])
        assert row.status == flow.PROPOSED and steps(row)["財政課の合議"].state == "agreed"


def test_attack_A21_the_last_step_is_the_keeping_sections_where_it_names_none(
    routed: Application, staff: dict[str, Actor], in_chiba: datetime
) -> None:
    common: dict[str, Any] = {"now": in_chiba, "application": routed}
    propose(actor=staff["clerk"], kind=flow.APPROVED, **common)
    asked = steps(routed)
    answer_step(actor=staff["second_clerk"], step=asked["広報課の合議"], agrees=True, **common)
    answer_step(actor=staff["administrator"], step=asked["財政課の合議"], agrees=True, **common)
    with pytest.raises(NotYourStep):
        decide(actor=of_section(staff["approver"], "財政課"), kind=flow.APPROVED, **common)
    routed.refresh_from_db()
    assert routed.status == flow.PROPOSED
    decide(actor=of_section(staff["approver"], "自転車政策課"), kind=flow.APPROVED, **common)


def test_attack_A21_the_page_before_a_bulk_decision_names_nobody_of_another_section(
    client_for: Callable[[Any], Client], world: Any
) -> None:
    made = proposed(world)
    client = client_for(world.at_chiba.approver)
    posted = {"act": "decide", "chosen": [str(made.pk)]}
    assert "髙﨑" in client.post(f"{OFFICE}bulk/", posted).content.decode()
    Membership.objects.filter(account=world.at_chiba.approver, body=world.chiba).update(section="税務課")
    page = client.post(f"{OFFICE}bulk/", posted).content.decode()
    assert "髙﨑" not in page and made.public_number[:4] not in page


def test_withdrawal_ends_the_round_and_nobody_sent_it_back(
    routed: Application, staff: dict[str, Actor], in_chiba: datetime
) -> None:
    common: dict[str, Any] = {"now": in_chiba, "application": routed}
    propose(actor=staff["clerk"], kind=flow.APPROVED, **common)
    send_back(actor=staff["approver"], reason="根拠を書いてください。", **common)
    propose(actor=staff["clerk"], kind=flow.APPROVED, **common)
    withdraw(actor=staff["clerk"], **common)
    states = RouteStep.objects.filter(application=routed, round=2).values_list("state", flat=True)
    assert set(states) == {"ended"}


@pytest.mark.parametrize(
    "asked",
    ["procedure=²", "procedure=" + "9" * 5000, "after=2026-01-01.²", "after=2026-01-01." + "9" * 30, "q=²"],
)
def test_attack_A15_an_inbox_address_that_means_nothing_is_no_error(
    client_for: Callable[[Any], Client], world: Any, asked: str
) -> None:
    assert client_for(world.at_chiba.clerk).get(f"{OFFICE}?{asked}").status_code == 200


def test_attack_A15_bulk_takes_ids_only(client_for: Callable[[Any], Client], world: Any) -> None:
    client = client_for(world.at_chiba.clerk)
    for chosen in ("²", "9" * 30):
        assert client.post(f"{OFFICE}bulk/", {"act": "accept", "chosen": [chosen]}).status_code == 302
