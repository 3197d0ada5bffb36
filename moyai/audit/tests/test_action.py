"""Every action leaves one deed; every refusal leaves nothing."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from moyai.audit.public import (
    CouncilDeed,
    Deed,
    NotPermitted,
    action,
    looked,
    reading_across,
    reasons_of,
)
from moyai.tenants.models import Counter
from moyai.tenants.public import Actor, Refusal, Role, WallError

PERMITS = {"audit.test_open": {Role.CLERK}, "audit.test_number": {Role.CLERK}}


class Taken(Refusal):
    code = "taken"
    message = "この番号は使われています。"


@action("audit.test_open", permits=PERMITS, refuses={"one_counter_per_kind_and_year": Taken})
def open_counter(*, actor: Actor, now: datetime, kind: str, reason: str = "") -> Counter:
    return Counter.objects.create(body=actor.body, kind=kind, fiscal_year=2026)


def test_an_action_leaves_exactly_one_deed(world, in_chiba) -> None:
    actor = world.actor(world.at_chiba.clerk, world.chiba)
    counter = open_counter(actor=actor, now=in_chiba, kind="a", reason="試し")
    deed = Deed.objects.get(verb="audit.test_open")
    assert (deed.account_id, deed.thing_kind, deed.thing_id, reasons_of([deed]), deed.role) == (
        world.at_chiba.clerk.pk,
        "tenants.counter",
        counter.pk,
        {deed.pk: "試し"},
        "clerk",
    )


def test_who_has_not_the_role_is_refused_and_nothing_is_left(world, in_chiba) -> None:
    with pytest.raises(NotPermitted):
        open_counter(actor=Actor.anyone(world.chiba), now=in_chiba, kind="a")
    assert not Counter.objects.filter(kind="a").exists()
    assert not Deed.objects.filter(verb="audit.test_open").exists()


def test_a_named_constraint_becomes_its_refusal_and_the_rest_goes_on(world, in_chiba) -> None:
    actor = world.actor(world.at_chiba.clerk, world.chiba)
    open_counter(actor=actor, now=in_chiba, kind="a")
    with pytest.raises(Taken):
        open_counter(actor=actor, now=in_chiba, kind="a")
    assert Deed.objects.filter(verb="audit.test_open").count() == 1
    open_counter(actor=actor, now=in_chiba, kind="b")


def test_another_constraint_is_not_hidden(world, in_chiba) -> None:
    @action("audit.test_open", permits=PERMITS, refuses={"some_other_name": Taken})
    def careless(*, actor: Actor, now: datetime) -> Counter:
        Counter.objects.create(body=actor.body, kind="x", fiscal_year=2026)
        return Counter.objects.create(body=actor.body, kind="x", fiscal_year=2026)

    actor = world.actor(world.at_chiba.clerk, world.chiba)
    with pytest.raises(IntegrityError), transaction.atomic():
        careless(actor=actor, now=in_chiba)


def test_an_actor_of_another_body_cannot_act_here(world, in_chiba) -> None:
    with pytest.raises(WallError):
        open_counter(actor=world.actor(world.at_matsudo.clerk, world.matsudo), now=in_chiba, kind="a")


def test_a_verb_without_a_permit_does_not_start() -> None:
    with pytest.raises(KeyError):
        action("audit.nobody_listed_this", permits=PERMITS)


def test_a_look_at_personal_data_is_a_deed(world, in_chiba) -> None:
    counter = Counter.objects.create(body=world.chiba, kind="a", fiscal_year=2026)
    actor = world.actor(world.at_chiba.clerk, world.chiba)
    looked(actor=actor, now=in_chiba, verb="people.view", thing=counter, reason="窓口の問い合わせ")
    (deed,) = Deed.objects.filter(verb="people.view")
    assert reasons_of([deed]) == {deed.pk: "窓口の問い合わせ"}


def test_the_council_looks_across_on_record_and_a_clerk_does_not(world) -> None:
    with reading_across(world.actor(world.secretary, None), reason="年報") as alias:
        assert alias == "across"
    assert CouncilDeed.objects.get(verb="council.read_across").reason == "年報"
    with (
        pytest.raises(NotPermitted),
        reading_across(world.actor(world.at_chiba.clerk, world.chiba), reason="x"),
    ):
        pass
    assert CouncilDeed.objects.filter(verb="council.read_across").count() == 1
