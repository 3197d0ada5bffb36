"""Applying, approving, changing, renewing, ending; what is refused changes nothing. Rows A38, C30."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from moyai.audit.public import Deed, NotPermitted
from moyai.notices.models import Message
from moyai.reservations.actions import registrations as acts
from moyai.reservations.actions.approvals import (
    LooksDouble,
    MembersOverlap,
    PersonSuspended,
    ReasonMissing,
    approve_many,
    approve_registration,
    refuse_registration,
)
from moyai.reservations.actions.registration_facts import Facts
from moyai.reservations.actions.registrations import register
from moyai.reservations.models import GroupMember, Happening
from moyai.reservations.queries.registrations import (
    class_on,
    likely_doubles,
    standing,
    terms_for,
)
from moyai.reservations.tests.people import (
    CLUB,
    HANAKO,
    TERMS,
    account,
    approved,
    count,
    member,
    other,
    settle,
    signed_in,
    years_after,
)
from moyai.tenants.public import Actor, clock


def test_resident_applies_clerk_approves_and_both_read_it(now: datetime, hanako: Actor, clerk: Actor) -> None:
    made = register(actor=hanako, now=now, facts=HANAKO, channel="smartphone")
    assert (made.state, made.channel, made.account_id) == ("pending", "smartphone", hanako.account_id)
    assert len(made.number) == 12
    today = clock.today(now)
    assert standing(made, on=today) == "pending"
    done = approve_registration(actor=clerk, now=now, registration=made, seen_version=made.version)
    assert (done.state, done.registered_on) == ("active", today)
    assert done.valid_until == years_after(today, 3) - timedelta(days=1)
    assert standing(done, on=done.valid_until) == ""
    assert standing(done, on=done.valid_until + timedelta(days=1)) == "expired"
    told = Message.objects.get(about_kind="reservations.registration", about_id=done.pk)
    assert told.kind == "reservations.registration_approved"
    assert "髙橋" not in told.text and "承認しました" in told.text
    lines = list(
        Happening.objects.filter(registration=done).order_by("id").values_list("what", "by", "by_staff")
    )
    assert lines == [("applied", "本人", False), ("approved", "千葉市 佐藤 一郎", True)]
    assert Deed.objects.filter(verb="reservations.approve_registration", thing_id=done.pk).count() == 1


def test_refused_with_a_reason_applies_again_under_the_same_number(
    now: datetime, hanako: Actor, clerk: Actor
) -> None:
    made = register(actor=hanako, now=now, facts=HANAKO, channel="internet")
    with pytest.raises(ReasonMissing):
        refuse_registration(actor=clerk, now=now, registration=made, reason="　")
    refused = refuse_registration(actor=clerk, now=now, registration=made, reason="住所が確かめられません。")
    assert (refused.state, refused.why) == ("refused", "住所が確かめられません。")
    assert refused.keep_until is not None
    again = register(
        actor=hanako, now=now, facts=replace(HANAKO, address="千葉市緑区1-2-3"), channel="internet"
    )
    assert (again.pk, again.number, again.state, again.why, again.keep_until) == (
        made.pk, made.number, "pending", "", None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        (replace(HANAKO, name=" "), "name", "氏名・団体名を入力してください。"),
        (replace(HANAKO, born_on=None), "born_on", "生年月日を入力してください。"),
        (replace(HANAKO, born_on=date(2099, 1, 1)), "born_on", "生年月日は、今日までの日付にしてください。"),
        (replace(HANAKO, born_on=date(2020, 1, 1)), "born_on", "登録できるのは、15歳以上の方です。"),
        (replace(HANAKO, resident_class="city"), "resident_class", "区分を選んでください。"),
        (replace(CLUB, representative=""), "representative", "代表者を入力してください。"),
        (replace(CLUB, members=CLUB.members[:4]), "members", "構成員は5人以上必要です。"),
        (
            replace(CLUB, members=(*CLUB.members, CLUB.members[0])),
            "members",
            "構成員に同じ方が2回以上入っています。",
        ),
        (
            replace(CLUB, members=(*CLUB.members[:2], *(member(n, inside=False) for n in range(5, 8)))),
            "members",
            "構成員の2分の1以上が、市内に在住・在勤・在学の方である必要があります。",
        ),
    ],
)
def test_resident_is_told_what_is_wrong_and_nothing_is_stored(
    now: datetime, hanako: Actor, facts: Facts, field: str, words: str
) -> None:
    before = count()
    with pytest.raises(acts.FactsWrong) as refused:
        register(actor=hanako, now=now, facts=facts, channel="internet")
    assert refused.value.fields == {field: words}
    assert count() == before


def test_nobody_registers_where_the_body_says_nothing_of_it(world: Any, hanako: Actor, now: datetime) -> None:
    settle(world.chiba, now, "eligibility", {"valid_years": {"group": 2}})
    before = count()
    with pytest.raises(acts.NotOffered):
        register(actor=hanako, now=now, facts=HANAKO, channel="internet")
    settle(world.chiba, now, "eligibility", TERMS | {"online": False})
    with pytest.raises(acts.CounterOnly):
        register(actor=hanako, now=now, facts=HANAKO, channel="internet")
    settle(world.chiba, now, "eligibility", TERMS)
    with pytest.raises(acts.SignInFirst):
        register(actor=Actor.anyone(world.chiba), now=now, facts=HANAKO, channel="internet")
    with pytest.raises(acts.NotPossibleNow):  # a resident is not a counter
        register(actor=hanako, now=now, facts=HANAKO, channel="staff")
    assert count() == before


def test_account_registers_once_as_a_person_and_once_for_each_group(now: datetime, hanako: Actor) -> None:
    made = register(actor=hanako, now=now, facts=HANAKO, channel="internet")
    club = register(actor=hanako, now=now, facts=CLUB, channel="internet")
    second = register(actor=hanako, now=now, facts=replace(CLUB, name="緑テニス会"), channel="internet")
    before = count()
    with pytest.raises(acts.AlreadyRegistered) as refused:
        register(actor=hanako, now=now, facts=replace(HANAKO, name="高橋 花子"), channel="internet")
    assert made.number in str(refused.value.message)
    with pytest.raises(acts.AlreadyRegistered):
        register(
            actor=hanako, now=now, facts=replace(CLUB, name="中央バドミントン クラブ"), channel="internet"
        )
    assert count() == before
    assert made.one_person == club.one_person == second.one_person  # one ticket for all three
    assert GroupMember.objects.filter(registration=club).count() == club.members == 5


def test_one_person_is_told_by_kana_and_birthday_however_written(
    now: datetime, hanako: Actor, taro: Actor
) -> None:
    made = register(actor=hanako, now=now, facts=HANAKO, channel="internet")
    same = replace(
        HANAKO, name="高橋花子", kana="たかはし ハナコ", phone="+81432220000", address="千葉市緑区9"
    )
    twin = register(actor=taro, now=now, facts=same, channel="internet")
    assert twin.one_person == made.one_person
    elder = replace(same, born_on=date(1980, 4, 3))
    third = register(
        actor=signed_in(hanako.body, account("c@r.example")), now=now, facts=elder, channel="internet"
    )
    assert third.one_person != made.one_person
    assert "1980" not in made.person_key and len(made.person_key) == 64


def test_clerk_does_not_approve_a_second_registration_of_one_person(
    now: datetime, hanako: Actor, taro: Actor, clerk: Actor
) -> None:
    made = approved(hanako, now, clerk)
    twin = register(actor=taro, now=now, facts=replace(HANAKO, phone="+81432220000"), channel="internet")
    with pytest.raises(acts.AlreadyRegistered) as refused:
        approve_registration(actor=clerk, now=now, registration=twin, looked_at_doubles=True)
    assert made.number in str(refused.value.message)
    twin.refresh_from_db()
    assert twin.state == "pending"


def test_suspended_person_is_not_approved_anew_as_a_group(
    now: datetime, hanako: Actor, taro: Actor, clerk: Actor
) -> None:
    from moyai.reservations.actions.standing import suspend_registration

    made = approved(hanako, now, clerk)
    suspend_registration(actor=clerk, now=now, registration=made, reason="又貸し", until=None)
    club = register(actor=taro, now=now, facts=CLUB, channel="internet")
    with pytest.raises(PersonSuspended):
        approve_registration(actor=clerk, now=now, registration=club, looked_at_doubles=True)
    club.refresh_from_db()
    assert club.state == "pending"


def test_clerk_looks_at_those_with_one_phone_or_address_before_approving(
    now: datetime, hanako: Actor, taro: Actor, clerk: Actor
) -> None:
    approved(hanako, now, clerk)
    near = other(address="千葉市中央区中央 一丁目２－３")
    made = register(actor=taro, now=now, facts=near, channel="internet")
    terms = terms_for(made.body, clock.today(now))
    assert [(one.by, one.one) for one in likely_doubles(made, terms=terms)] == [(("address",), False)]
    with pytest.raises(LooksDouble):
        approve_registration(actor=clerk, now=now, registration=made)
    made.refresh_from_db()
    assert made.state == "pending"
    done = approve_registration(actor=clerk, now=now, registration=made, looked_at_doubles=True)
    assert done.state == "active"


def test_three_of_five_members_in_common_are_shown_and_refused_where_the_policy_says_so(
    world: Any, now: datetime, hanako: Actor, taro: Actor, clerk: Actor
) -> None:
    first = approved(hanako, now, clerk, CLUB)
    facts = replace(
        CLUB, name="夜間バドミントン", kana="ヤカンバドミントン", representative="山本　太郎",
        representative_kana="ヤマモト　タロウ", born_on=date(1975, 1, 1), address="千葉市美浜区1-1",
        phone="+81432221111", members=(*CLUB.members[:3], member(8), member(9)),
    )  # fmt: skip
    made = register(actor=taro, now=now, facts=facts, channel="internet")
    terms = terms_for(world.chiba, clock.today(now))
    found = likely_doubles(made, terms=terms)
    assert [(one.registration.pk, one.shared_members, one.by) for one in found] == [
        (first.pk, 3, ("members",))
    ]
    with pytest.raises(LooksDouble):
        approve_registration(actor=clerk, now=now, registration=made)
    strict = TERMS | {"group": TERMS["group"] | {"overlap_act": "refuse"}}
    settle(world.chiba, now, "eligibility", strict)
    with pytest.raises(MembersOverlap):
        approve_registration(actor=clerk, now=now, registration=made, looked_at_doubles=True)
    made.refresh_from_db()
    assert made.state == "pending"
    settle(world.chiba, now, "eligibility", TERMS)
    assert (
        approve_registration(actor=clerk, now=now, registration=made, looked_at_doubles=True).state
        == "active"
    )


def test_two_members_in_common_are_nobodys_business(
    now: datetime, hanako: Actor, taro: Actor, clerk: Actor
) -> None:
    approved(hanako, now, clerk, CLUB)
    facts = replace(
        CLUB, name="朝の会", representative="山本　太郎", representative_kana="ヤマモト　タロウ",
        born_on=date(1975, 1, 1), address="千葉市美浜区1-1", phone="+81432221111",
        members=(*CLUB.members[:2], member(7), member(8), member(9)),
    )  # fmt: skip
    made = register(actor=taro, now=now, facts=facts, channel="internet")
    assert approve_registration(actor=clerk, now=now, registration=made).state == "active"


def test_proof_of_a_worker_ends_and_the_class_is_outside(now: datetime, hanako: Actor, clerk: Actor) -> None:
    made = register(actor=hanako, now=now, facts=replace(HANAKO, resident_class="worker"), channel="internet")
    today = clock.today(now)
    with pytest.raises(acts.FactsWrong):
        approve_registration(actor=clerk, now=now, registration=made, class_until=today - timedelta(days=1))
    done = approve_registration(
        actor=clerk, now=now, registration=made, class_until=today + timedelta(days=90)
    )
    assert done.class_until is not None
    assert class_on(done, on=done.class_until) == "worker"
    assert class_on(done, on=done.class_until + timedelta(days=1)) == "outside"


def test_second_clerk_finds_it_decided(now: datetime, hanako: Actor, clerk: Actor, world: Any) -> None:
    second = world.actor(world.at_chiba.second_clerk, world.chiba)
    made = register(actor=hanako, now=now, facts=HANAKO, channel="internet")
    version = made.version
    approve_registration(actor=clerk, now=now, registration=made, seen_version=version)
    with pytest.raises(acts.ChangedMeanwhile):
        refuse_registration(actor=second, now=now, registration=made, reason="不備", seen_version=version)
    with pytest.raises(acts.NotPossibleNow):
        approve_registration(actor=second, now=now, registration=made)
    made.refresh_from_db()
    assert (made.state, made.why) == ("active", "")
    assert Happening.objects.filter(registration=made, what="approved").count() == 1


def test_resident_may_not_approve(now: datetime, hanako: Actor) -> None:
    made = register(actor=hanako, now=now, facts=HANAKO, channel="internet")
    with pytest.raises(NotPermitted):
        approve_registration(actor=hanako, now=now, registration=made)
    made.refresh_from_db()
    assert made.state == "pending"


def test_many_are_approved_at_once_and_the_doubtful_one_is_left(
    now: datetime, hanako: Actor, taro: Actor, clerk: Actor
) -> None:
    first = register(actor=hanako, now=now, facts=HANAKO, channel="internet")
    second = register(actor=taro, now=now, facts=other(), channel="internet")
    third = register(
        actor=signed_in(hanako.body, account("c@r.example")),
        now=now,
        facts=other(name="山本 次郎", kana="ヤマモト ジロウ", born_on=date(1999, 9, 9)),
        channel="internet",
    )
    done = approve_many(actor=clerk, now=now, ids=[first.pk, second.pk, third.pk])
    assert done.done == [first.number] or first.number in done.done
    assert set(done.left) == {second.number, third.number}  # one phone and address: each is shown the other
    assert all("重複の候補" in why for why in done.left.values())
