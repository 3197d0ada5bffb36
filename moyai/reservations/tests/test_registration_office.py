"""利用者登録の職員の画面 — at the counter, doubles, many at once, suspension, the other body's clerk, records of looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from moyai.audit.public import Deed
from moyai.reservations.models import Happening, Penalty
from moyai.reservations.tests.people import (
    CLUB,
    HANAKO,
    account,
    booked,
    other,
)
from moyai.reservations.tests.registered import (
    COUNTER,
    OFFICE,
    PORTAL,
    TOLD,
    Town,
    body_of,
    own_queries,
)
from moyai.tenants.public import acting_in, clock


@pytest.fixture
def town(world: Any) -> Town:
    cache.clear()
    return Town(world)


def test_clerk_registers_at_the_counter(town: Town, client_for: Callable[[Any], Client], world: Any) -> None:
    client = client_for(world.at_chiba.clerk)
    told = {key: value for key, value in TOLD.items() if not key.startswith("born_on")} | {
        "born_on": "S55.4.2"
    }
    answer = client.post(f"{COUNTER}person/", told)
    assert answer.status_code == 302, body_of(answer)
    row = town.row(answer["Location"].rstrip("/").rsplit("/", 1)[1])
    assert (row.channel, row.account_id, row.state) == ("staff", None, "pending")
    again = client.post(f"{COUNTER}person/", told)
    assert again.status_code == 422 and row.number in body_of(again)


def test_clerk_sees_the_doubles_and_must_have_looked(
    town: Town, client_for: Callable[[Any], Client], world: Any
) -> None:
    first = town.registered(world.resident)
    row = town.applied(account("taro@resident.example"), other(phone=HANAKO.phone))
    client = client_for(world.at_chiba.clerk)
    page = body_of(client.get(f"{OFFICE}{row.number}/approve/"))
    assert "重複の候補" in page and "電話番号が同じ" in page and first.name in page
    data = {"version": row.version, "resident_class": "resident", "class_until": "", "relief": ""}
    refused = client.post(f"{OFFICE}{row.number}/approve/", data)
    assert refused.status_code == 422 and "重複の候補があります。" in body_of(refused)
    assert town.row(row.number).state == "pending"
    assert (
        client.post(f"{OFFICE}{row.number}/approve/", data | {"looked_at_doubles": "on"}).status_code == 302
    )
    assert town.row(row.number).state == "active"


def test_clerk_approves_many_at_once(town: Town, client_for: Callable[[Any], Client], world: Any) -> None:
    rows = [
        town.applied(
            account(f"m{n}@resident.example"),
            other(
                name=f"会員{n}",
                kana=f"カイイン{'アイウ'[n]}",
                phone=f"+8143222000{n}",
                address=f"緑区{n}-{n}",
            ),
        )
        for n in range(3)
    ]
    near = other(name="会員9", kana="カイインケ", phone="+81432220001", address="若葉区")
    twin = town.applied(account("m9@resident.example"), near)
    client = client_for(world.at_chiba.clerk)
    assert "対象を1件以上選んでください。" in body_of(client.post(OFFICE, {}, follow=True))
    answer = client.post(OFFICE, {"chosen": [str(row.pk) for row in (*rows, twin)]}, follow=True)
    assert "2件を承認しました。" in body_of(answer)
    assert [town.row(row.number).state for row in rows] == ["active", "pending", "active"]
    assert town.row(twin.number).state == "pending"


def test_clerk_joins_parts_suspends_and_gives_points(
    town: Town, client_for: Callable[[Any], Client], world: Any
) -> None:
    first = town.registered(world.resident)
    second = town.registered(account("taro@resident.example"), other())
    client = client_for(world.at_chiba.clerk)
    unknown = client.post(f"{OFFICE}{first.number}/join/", {"number": "000000000000", "reason": "同じ方"})
    assert unknown.status_code == 422 and "この番号の登録はありません。" in body_of(unknown)
    told = {"number": second.number, "reason": "運転免許証で同じ方と確かめた"}
    assert client.post(f"{OFFICE}{first.number}/join/", told).status_code == 302
    assert town.row(first.number).one_person == town.row(second.number).one_person
    assert "1人として数える" in body_of(client.get(f"{OFFICE}{first.number}/"))
    assert client.post(f"{OFFICE}{second.number}/part/", {"reason": "誤りだった"}).status_code == 302
    assert town.row(first.number).one_person != town.row(second.number).one_person
    missing = client.post(f"{OFFICE}{first.number}/penalty/", {"why": "breach", "number": "", "reason": ""})
    assert missing.status_code == 422 and "内容を入力してください。" in body_of(missing)
    breach = {"why": "breach", "number": "", "reason": "飲酒をしたため"}
    assert client.post(f"{OFFICE}{first.number}/penalty/", breach).status_code == 302
    row = town.row(first.number)
    assert (row.state, row.by_points) == ("suspended", True)
    with acting_in(town.body):
        penalty = Penalty.objects.get(registration=row)
    back = f"{OFFICE}{first.number}/penalties/{penalty.pk}/back/"
    assert client.post(back, {"reason": ""}).status_code == 422
    assert town.row(first.number).state == "suspended"
    assert client.post(back, {"reason": "人違いだったため"}).status_code == 302
    assert town.row(first.number).state == "active"
    assert client.get(back).status_code == 404  # taken back once
    shown = body_of(client_for(world.resident).get(f"{PORTAL}{first.number}/"))
    assert "飲酒をしたため" in shown and "人違いだったため" in shown


def test_act_that_is_not_possible_leads_back(
    town: Town, client_for: Callable[[Any], Client], world: Any
) -> None:
    row = town.registered(world.resident)
    client = client_for(world.at_chiba.clerk)
    for act in ("approve", "refuse", "resume", "reinstate", "grant", "strike"):  # a clerk does not strike
        answer = client.post(f"{OFFICE}{row.number}/{act}/", {"reason": "x", "version": row.version})
        assert answer.status_code == 302 and answer["Location"].endswith(f"/{row.number}/"), act
    assert client.get(f"{OFFICE}{row.number}/dance/").status_code == 404
    after = town.row(row.number)
    assert (after.state, after.version) == ("active", row.version)
    approver = client_for(world.at_chiba.approver)
    stale = approver.post(
        f"{OFFICE}{row.number}/strike/", {"reason": "本人の申出", "version": row.version - 1}
    )
    assert stale.status_code == 422 and "先に変更しました" in body_of(stale)
    assert town.row(row.number).state == "active"
    done = approver.post(f"{OFFICE}{row.number}/strike/", {"reason": "本人の申出", "version": row.version})
    assert done.status_code == 302 and town.row(row.number).state == "struck"


def test_other_bodys_clerk_finds_nothing(town: Town, client_for: Callable[[Any], Client], world: Any) -> None:
    row = town.registered(world.resident)
    client = client_for(world.at_matsudo.clerk)
    for address in (OFFICE, f"{OFFICE}{row.number}/", f"{OFFICE}{row.number}/suspend/", f"{COUNTER}person/"):
        assert client.get(address).status_code == 404
        assert client.post(address, {"reason": "x"}).status_code == 404
    own = OFFICE.replace("chiba", "matsudo")
    assert client.get(f"{own}{row.number}/").status_code == 404
    assert client.post(f"{own}{row.number}/suspend/", {"reason": "x", "until": ""}).status_code == 404
    searched = body_of(client.get(f"{own}?q={row.number}"))
    assert "条件に合う登録はありません。" in searched and "髙橋" not in searched
    joined = client.post(OFFICE.replace("chiba", "matsudo"), {"chosen": [str(row.pk)]}, follow=True)
    assert "承認しました" not in body_of(joined)
    assert town.row(row.number).version == row.version


def test_looking_at_a_registration_is_on_record_and_pages_cost_the_same(
    town: Town, client_for: Callable[[Any], Client], world: Any
) -> None:
    row = town.registered(world.resident, CLUB)
    clerk, resident = client_for(world.at_chiba.clerk), client_for(world.resident)
    assert own_queries(clerk, f"{OFFICE}{row.number}/") <= 14
    with acting_in(town.body):
        assert Deed.objects.filter(verb="reservations.view_registration", thing_id=row.pk).count() == 2
    before = {
        "list": own_queries(clerk, f"{OFFICE}?view=all"),
        "office": own_queries(clerk, f"{OFFICE}{row.number}/"),
        "portal": own_queries(resident, f"{PORTAL}{row.number}/"),
        "mine": own_queries(resident, PORTAL),
        "mypage": own_queries(resident, "/chiba-shi/mypage/"),
    }
    for n in range(6):
        town.registered(
            account(f"more{n}@resident.example"),
            other(
                name=f"会員{n}", kana=f"カイイン{'アイウエオカ'[n]}", phone=HANAKO.phone, address=f"緑区{n}"
            ),
        )
        town.registered(world.resident, replace(CLUB, name=f"第{n}クラブ"))
        with acting_in(town.body) as now:
            booked(town.body, now, town.row(row.number), clock.today(now) + timedelta(days=n))
            Happening.objects.create(
                body=town.body, registration=row, at=now, what="changed", by="本人", channel="internet"
            )
    after = {
        "list": own_queries(clerk, f"{OFFICE}?view=all"),
        "office": own_queries(clerk, f"{OFFICE}{row.number}/"),
        "portal": own_queries(resident, f"{PORTAL}{row.number}/"),
        "mine": own_queries(resident, PORTAL),
        "mypage": own_queries(resident, "/chiba-shi/mypage/"),
    }
    assert after == before
    assert before["list"] <= 5 and before["portal"] <= 8 and before["mine"] <= 3


def test_searching_is_by_words_and_kind(town: Town, client_for: Callable[[Any], Client], world: Any) -> None:
    town.registered(world.resident)
    town.registered(world.resident, CLUB)
    client = client_for(world.at_chiba.clerk)
    found = body_of(client.get(f"{OFFICE}?q=たかはし&view=all&kind=person"))
    assert "髙橋　花子" in found and "中央バドミントンクラブ" not in found
    groups = body_of(client.get(f"{OFFICE}?q=チュウオウ&view=all&kind=group"))
    assert "中央バドミントンクラブ" in groups
    assert client.get(f"{OFFICE}?after=x&before=y&view=nonsense&kind=z&q=%E3%80%80").status_code == 200
