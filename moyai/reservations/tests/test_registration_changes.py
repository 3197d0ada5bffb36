"""利用者登録のその後 — changes, renewal, striking, claiming, finding, counting."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from moyai.audit.public import NotPermitted, reading_across
from moyai.people.public import TooManyTries
from moyai.reservations.actions import registrations as acts
from moyai.reservations.actions.approvals import (
    BookingsStand,
    approve_registration,
    reinstate_registration,
    strike_registration,
)
from moyai.reservations.actions.registration_asks import ask_change, ask_renewal, claim_registration
from moyai.reservations.actions.registration_terms import decline_change, grant_change, renew_registration
from moyai.reservations.actions.registrations import register
from moyai.reservations.models import Registration
from moyai.reservations.queries.registrations import (
    RegisteredUsers,
    Wanted,
    registered_users_of_all,
    registrations,
)
from moyai.reservations.tests.people import (
    CLUB,
    HANAKO,
    account,
    approved,
    count,
    other,
    registered,
    signed_in,
    years_after,
)
from moyai.tenants.public import Actor, acting_in, clock


def test_owner_changes_the_phone_at_once_and_the_address_after_approval(
    now: datetime, hanako: Actor, clerk: Actor
) -> None:
    made = approved(hanako, now, clerk)
    told = replace(HANAKO, phone="+819012345678", address="千葉市緑区5-5", resident_class="outside")
    asked = ask_change(actor=hanako, now=now, registration=made, facts=told)
    assert (asked.phone, asked.address) == ("+819012345678", HANAKO.address)
    assert asked.wanted is not None and asked.wanted_at == now
    assert asked.wanted["names"] == ["address", "resident_class"]
    done = grant_change(actor=clerk, now=now, registration=asked, seen_version=asked.version)
    assert (done.address, done.resident_class, done.phone) == ("千葉市緑区5-5", "outside", "+819012345678")
    assert (done.wanted, done.wanted_at) == (None, None)
    assert done.address_key == "千葉市緑区5-5"


def test_declined_change_leaves_everything_as_it_was(now: datetime, hanako: Actor, clerk: Actor) -> None:
    made = approved(hanako, now, clerk)
    asked = ask_change(actor=hanako, now=now, registration=made, facts=replace(HANAKO, kana="タカハシ　ハナ"))
    done = decline_change(actor=clerk, now=now, registration=asked, reason="証明がありません。")
    assert (done.kana, done.wanted_at, done.person_key) == (HANAKO.kana, None, made.person_key)


def test_stranger_changes_nothing_of_anothers_registration(
    now: datetime, hanako: Actor, taro: Actor, clerk: Actor
) -> None:
    made = approved(hanako, now, clerk)
    with pytest.raises(acts.NotFound):
        ask_change(actor=taro, now=now, registration=made, facts=replace(HANAKO, phone="+819000000000"))
    with pytest.raises(acts.NotFound):
        ask_renewal(actor=taro, now=now, registration=made)
    made.refresh_from_db()
    assert (made.phone, made.wanted_at) == (HANAKO.phone, None)


def test_renewal_goes_on_from_the_expiry(now: datetime, hanako: Actor, clerk: Actor) -> None:
    made = approved(hanako, now, clerk)
    with pytest.raises(acts.NotYet):
        ask_renewal(actor=hanako, now=now, registration=made)
    today = clock.today(now)
    Registration.objects.filter(pk=made.pk).update(valid_until=today + timedelta(days=10))
    asked = ask_renewal(actor=hanako, now=now, registration=made)
    assert asked.wanted == {"renew": True}
    done = grant_change(actor=clerk, now=now, registration=asked)
    assert done.valid_until == years_after(today + timedelta(days=11), 3) - timedelta(days=1)
    Registration.objects.filter(pk=made.pk).update(valid_until=today - timedelta(days=10))
    late = renew_registration(actor=clerk, now=now, registration=made)
    assert late.valid_until == years_after(today, 3) - timedelta(days=1)
    Registration.objects.filter(pk=made.pk).update(valid_until=today - timedelta(days=31))
    with pytest.raises(acts.NotYet):
        ask_renewal(actor=hanako, now=now, registration=made)


def test_struck_registration_is_taken_in_again_by_who_decides(
    now: datetime, hanako: Actor, clerk: Actor, approver: Actor
) -> None:
    made = approved(hanako, now, clerk)
    with pytest.raises(NotPermitted):
        strike_registration(actor=clerk, now=now, registration=made, reason="本人の申出")
    struck = strike_registration(actor=approver, now=now, registration=made, reason="本人の申出")
    assert (struck.state, struck.why) == ("struck", "本人の申出")
    again = reinstate_registration(actor=approver, now=now, registration=struck, reason="取り違えたため")
    assert (again.state, again.why, again.keep_until) == ("pending", "", None)
    approve_registration(actor=clerk, now=now, registration=again)


def test_registration_with_bookings_to_come_is_not_struck(
    world: Any, now: datetime, hanako: Actor, clerk: Actor, approver: Actor
) -> None:
    from moyai.reservations.tests.people import booked

    made = approved(hanako, now, clerk)
    booked(world.chiba, now, made, clock.today(now) + timedelta(days=3))
    with pytest.raises(BookingsStand):
        strike_registration(actor=approver, now=now, registration=made, reason="本人の申出")
    made.refresh_from_db()
    assert made.state == "active"


def test_counter_registration_is_taken_over_by_its_owner_alone(
    now: datetime, hanako: Actor, clerk: Actor
) -> None:
    made = register(actor=clerk, now=now, facts=HANAKO, channel="staff")
    assert (made.account_id, made.channel) == (None, "staff")
    given: dict[str, Any] = {"actor": hanako, "now": now, "number": made.number}
    with pytest.raises(acts.NotFound):
        claim_registration(**given, born_on=date(1980, 4, 3), phone=HANAKO.phone)
    with pytest.raises(acts.NotFound):
        claim_registration(**given, born_on=date(1980, 4, 2), phone="+81432455112")
    made.refresh_from_db()
    assert made.account_id is None
    done = claim_registration(**given, born_on=date(1980, 4, 2), phone=HANAKO.phone)
    assert done.account_id == hanako.account_id
    other_account = signed_in(hanako.body, account("thief@r.example"))
    with pytest.raises(acts.NotFound):
        claim_registration(
            actor=other_account, now=now, number=made.number, born_on=date(1980, 4, 2), phone=HANAKO.phone
        )
    made.refresh_from_db()
    assert made.account_id == hanako.account_id


def test_stranger_who_guesses_does_not_keep_the_owner_out(
    now: datetime, hanako: Actor, taro: Actor, clerk: Actor
) -> None:
    from moyai.people.throttle import visit_from

    made = register(actor=clerk, now=now, facts=HANAKO, channel="staff")
    with visit_from("203.0.113.0/24"):
        for _guess in range(5):
            with pytest.raises(acts.NotFound):
                claim_registration(
                    actor=taro, now=now, number=made.number, born_on=date(1990, 1, 1), phone=HANAKO.phone
                )
        with pytest.raises(TooManyTries):
            claim_registration(
                actor=taro,
                now=now,
                number=made.number,
                born_on=HANAKO.born_on or date.min,
                phone=HANAKO.phone,
            )
    with visit_from("198.51.100.0/24"):
        done = claim_registration(
            actor=hanako, now=now, number=made.number, born_on=HANAKO.born_on or date.min, phone=HANAKO.phone
        )
    assert done.account_id == hanako.account_id


def test_same_person_is_not_registered_twice_at_the_counter(now: datetime, clerk: Actor) -> None:
    made = register(actor=clerk, now=now, facts=HANAKO, channel="staff")
    before = count()
    with pytest.raises(acts.AlreadyRegistered) as refused:
        register(actor=clerk, now=now, facts=replace(HANAKO, name="高橋 花子"), channel="staff")
    assert made.number in str(refused.value.message)
    assert count() == before


@pytest.mark.parametrize("words", ["髙橋", "たかはし", "ﾀｶﾊｼ ﾊﾅ", "043-245-5111", "0432455", "number"])
def test_staff_find_a_registration_by_name_kana_number_and_phone(
    now: datetime, hanako: Actor, taro: Actor, clerk: Actor, words: str
) -> None:
    made = register(actor=hanako, now=now, facts=HANAKO, channel="internet")
    stranger = register(actor=taro, now=now, facts=other(), channel="internet")
    asked = made.number if words == "number" else words
    found = registrations(actor=clerk, wanted=Wanted(view="all", words=asked))
    numbers = [one.pk for one in found.rows]
    assert made.pk in numbers and stranger.pk not in numbers


def test_list_of_staff_goes_by_key_both_ways(
    world: Any, now: datetime, clerk: Actor, monkeypatch: Any
) -> None:
    from moyai.reservations.queries import registrations as queries

    monkeypatch.setattr(queries, "PAGE_ROWS", 2)
    made = [
        register(
            actor=clerk, now=now, channel="staff",
            facts=other(name=f"索引{n}", kana=f"サクイン{'アイウエオ'[n]}", phone=f"+8143222000{n}", address=f"緑区{n}"),
        ).pk
        for n in range(5)
    ]  # fmt: skip
    wanted: dict[str, Any] = {"view": "pending", "words": "索引"}
    first = registrations(actor=clerk, wanted=Wanted(**wanted))
    assert [one.pk for one in first.rows] == made[:2] and first.newer is None
    second = registrations(actor=clerk, wanted=Wanted(**wanted, after=first.older))
    assert [one.pk for one in second.rows] == made[2:4]
    last = registrations(actor=clerk, wanted=Wanted(**wanted, after=second.older))
    assert [one.pk for one in last.rows] == made[4:] and last.older is None
    back = registrations(actor=clerk, wanted=Wanted(**wanted, before=second.newer))
    assert [one.pk for one in back.rows] == made[:2] and back.newer is None


def test_C30_registered_users_are_counted_by_kind_and_class(
    world: Any, now: datetime, hanako: Actor, taro: Actor, clerk: Actor, approver: Actor
) -> None:
    today = clock.today(now)
    before = registered(world.chiba, today)
    approved(hanako, now, clerk)
    approved(hanako, now, clerk, CLUB)
    outside = approved(taro, now, clerk, other(resident_class="outside"))
    waits = signed_in(world.chiba, account("p@r.example"))
    register(actor=waits, now=now, facts=other(name="未 承認", kana="ミ"), channel="internet")
    after = registered(world.chiba, today)
    assert (after.person - before.person, after.group - before.group) == (2, 1)
    assert after.total == after.person + after.group == sum(after.classes.values())
    assert after.classes["outside"] - before.classes.get("outside", 0) == 1
    strike_registration(actor=approver, now=now, registration=outside, reason="転出")
    assert registered(world.chiba, today).person == before.person + 1
    assert registered(world.chiba, today - timedelta(days=1)).total <= before.total


def test_C30_figures_of_a_body_are_its_own(world: Any, now: datetime, hanako: Actor, clerk: Actor) -> None:
    approved(hanako, now, clerk)
    today = clock.today(now)
    mine = registered(world.chiba, today).total
    assert mine >= 1
    assert registered(world.matsudo, today).total == 0  # behind the wall nothing is seen of it


def test_clerk_may_not_act_in_another_body(world: Any, now: datetime, hanako: Actor) -> None:
    from moyai.tenants.public import WallError

    made = register(actor=hanako, now=now, facts=HANAKO, channel="internet")
    foreign = world.actor(world.at_matsudo.clerk, world.matsudo)
    with pytest.raises(WallError):
        approve_registration(actor=foreign, now=now, registration=made)
    made.refresh_from_db()
    assert made.state == "pending"


def test_C30_over_all_bodies_is_the_sum_of_each(world: Any) -> None:
    with acting_in(world.chiba) as now:
        today = clock.today(now)
    each = {}
    for body in (world.chiba, world.matsudo):
        with acting_in(body):
            each[body.pk] = registered(body, today)
    with reading_across(world.actor(world.secretary, None), reason="C30") as db:
        found = registered_users_of_all(db=db, on=today)
    assert {pk: found.get(pk, RegisteredUsers(0, 0)) for pk in each} == each
    assert all(one.total == one.person + one.group == sum(one.classes.values()) for one in found.values())
