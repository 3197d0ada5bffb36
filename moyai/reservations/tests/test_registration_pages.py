"""Pages of registrations: residents apply and follow, staff find, approve, join and suspend; the wall between bodies."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moyai.audit.public import Deed
from moyai.people.models import Profile
from moyai.reservations.actions.registration_facts import Facts
from moyai.reservations.actions.registrations import register
from moyai.reservations.models import Happening, Penalty, Registration
from moyai.reservations.tests.people import (
    CLUB,
    HANAKO,
    PENALTIES,
    TERMS,
    account,
    approved,
    booked,
    other,
    settle,
    signed_in,
)
from moyai.tenants.public import Actor, acting_in, clock

PORTAL = "/chiba-shi/reservations/registrations/"
OFFICE = "/chiba-shi/office/reservations/registrations/"
COUNTER = "/chiba-shi/office/reservations/new-registration/"
TOLD = {
    "name": "髙橋　花子",
    "kana": "たかはし はなこ",
    "born_on_era": "S",
    "born_on_year": "55",
    "born_on_month": "4",
    "born_on_day": "2",
    "postal_code": "260-0013",
    "address": "千葉市中央区中央1丁目2番3号",
    "phone": "043-245-5111",
    "email": "hanako@example.jp",
    "resident_class": "resident",
}
LINES = "\n".join(
    f"会員{n}、カイイン{'アイウエオ'[n]}、平成2年1月{n + 1}日、{'市外' if n == 4 else '市内'}"
    for n in range(5)
)


class Town:
    """千葉市 with its terms, and those who come."""

    def __init__(self, world: Any) -> None:
        self.world, self.body = world, world.chiba
        for body in (world.chiba, world.matsudo):
            with acting_in(body) as now:
                settle(body, now, "eligibility", TERMS)
                settle(body, now, "penalties", PENALTIES)

    @property
    def clerk(self) -> Actor:
        found: Actor = self.world.actor(self.world.at_chiba.clerk, self.body)
        return found

    def registered(self, who: Any, facts: Facts = HANAKO) -> Registration:
        with acting_in(self.body) as now:
            return approved(signed_in(self.body, who), now, self.clerk, facts)

    def applied(self, who: Any, facts: Facts = HANAKO) -> Registration:
        with acting_in(self.body) as now:
            return register(actor=signed_in(self.body, who), now=now, facts=facts, channel="internet")

    def row(self, number: str) -> Registration:
        with acting_in(self.body):
            found: Registration = Registration.objects.get(number=number)
        return found

    def count(self) -> int:
        with acting_in(self.body):
            return Registration.objects.count()


@pytest.fixture
def town(world: Any) -> Town:
    cache.clear()
    return Town(world)


def body_of(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def own_queries(client: Client, address: str) -> int:
    """Queries of a page inside its transaction: without session, account and the door's own."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    outside = (
        "django_session", "people_", "SAVEPOINT", "set_config", "tenants_body", "account_", "mfa_", "usersessions",
    )  # fmt: skip
    return sum(1 for query in captured if not any(word in query["sql"] for word in outside))


# --- residents -----------------------------------------------------------------------------------------
def test_stranger_signs_in_first(town: Town, client: Client) -> None:
    for address in (PORTAL, f"{PORTAL}new/person/", f"{PORTAL}claim/", "/reservations/bodies/"):
        answer = client.get(address)
        assert answer.status_code == 302 and "/signin" in answer["Location"], address
    before = town.count()
    assert client.post(f"{PORTAL}new/person/", TOLD).status_code == 302
    assert town.count() == before


def test_resident_applies_from_a_phone_and_reads_what_staff_did(
    town: Town, client_for: Callable[[Any], Client], world: Any
) -> None:
    client = client_for(world.resident)
    client.defaults["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148"
    )
    answer = client.post(f"{PORTAL}new/person/", TOLD)
    assert answer.status_code == 302, body_of(answer)
    number = answer["Location"].rstrip("/").rsplit("/", 1)[1]
    row = town.row(number)
    assert (row.state, row.channel, row.phone) == ("pending", "smartphone", "+81432455111")
    assert row.search_key == "タカハシハナコ"
    shown = body_of(client.get(answer["Location"]))
    assert "承認待ち" in shown and "登録の申込み" in shown
    staff = client_for(world.at_chiba.clerk)
    data = {"version": row.version, "resident_class": "resident", "class_until": "", "relief": ""}
    assert staff.post(f"{OFFICE}{number}/approve/", data).status_code == 302
    shown = body_of(client.get(answer["Location"]))
    assert "利用できます" in shown and "千葉市 佐藤 一郎" in shown and "承認しました" in shown


def test_resident_applies_for_a_group_with_its_members(
    town: Town, client_for: Callable[[Any], Client], world: Any
) -> None:
    client = client_for(world.resident)
    told = TOLD | {
        "name": "中央バドミントンクラブ",
        "kana": "チュウオウバドミントンクラブ",
        "representative": "髙橋　花子",
        "representative_kana": "タカハシ ハナコ",
        "people": LINES,
    }
    answer = client.post(f"{PORTAL}new/group/", told)
    assert answer.status_code == 302, body_of(answer)
    shown = body_of(client.get(answer["Location"]))
    assert "構成員（5人）" in shown and "会員4" in shown
    row = town.row(answer["Location"].rstrip("/").rsplit("/", 1)[1])
    assert (row.kind, row.members, row.representative) == ("group", 5, "髙橋　花子")


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("person", {"name": ""}, "氏名を入力してください。"),
        ("person", {"kana": "髙橋"}, "カタカナかひらがなで入力してください。"),
        ("person", {"born_on_year": "", "born_on_month": "", "born_on_day": ""}, "生年月日"),
        ("person", {"born_on_era": "R", "born_on_year": "2"}, "登録できるのは、15歳以上の方です。"),
        ("person", {"phone": "12"}, "市外局番から入力してください。"),
        ("person", {"resident_class": "king"}, "区分を一覧から選んでください。"),
        ("group", {"people": ""}, "構成員を入力してください。"),
        ("group", {"people": "会員1、カイインア、平成2年1月1日、市内"}, "構成員は5人以上必要です。"),
        (
            "group",
            {"people": f"{LINES}\n会員9 カイイン"},
            "6行目：氏名、フリガナ、生年月日を「、」で区切ってください。",
        ),
        ("group", {"people": LINES.replace("1月3日", "13月3日")}, "3行目：生年月日は"),
        ("group", {"people": LINES.replace("市外", "月")}, "5行目：最後は「市内」か「市外」にしてください。"),
        ("group", {"people": f"{LINES}\n{LINES.splitlines()[0]}"}, "構成員に同じ方が2回以上入っています。"),
    ],
)
def test_wrong_input_is_told_beside_the_field_and_nothing_is_stored(
    town: Town, client_for: Callable[[Any], Client], world: Any, kind: str, change: dict[str, str], words: str
) -> None:
    told = (
        TOLD
        | {"representative": "髙橋　花子", "representative_kana": "タカハシ ハナコ", "people": LINES}
        | change
    )
    before = town.count()
    answer = client_for(world.resident).post(f"{PORTAL}new/{kind}/", told)
    assert answer.status_code == 422
    assert words in body_of(answer)
    assert told["address"] in body_of(answer)  # what was typed is still there
    assert town.count() == before


def test_account_does_not_fill_the_list_with_groups(
    town: Town, client_for: Callable[[Any], Client], world: Any, monkeypatch: Any
) -> None:
    from moyai.reservations.portal import registrations as pages

    monkeypatch.setattr(pages, "MOST_TRIES", 2)
    client = client_for(world.resident)
    told = TOLD | {"representative": "髙橋　花子", "representative_kana": "タカハシ ハナコ", "people": LINES}
    before = town.count()
    statuses = [
        client.post(f"{PORTAL}new/group/", told | {"name": f"第{n}の会"}).status_code for n in range(4)
    ]
    assert statuses == [302, 302, 429, 429]
    assert town.count() == before + 2


def test_details_entrusted_to_the_account_stand_in_the_form(
    town: Town, client_for: Callable[[Any], Client], world: Any
) -> None:
    with acting_in(town.body) as now:
        Profile.objects.create(
            account=world.resident, name="千葉 花子", kana="チバ ハナコ", phone="+81432455111", consented_at=now, changed_at=now
        )  # fmt: skip
    shown = body_of(client_for(world.resident).get(f"{PORTAL}new/person/"))
    assert 'value="千葉 花子"' in shown and 'value="043-245-5111"' in shown


def test_registration_of_another_account_or_body_is_absent(
    town: Town, client_for: Callable[[Any], Client], world: Any
) -> None:
    row = town.registered(world.resident)
    thief = client_for(account("thief@resident.example"))
    for tail in ("", "change/", "renew/"):
        assert thief.get(f"{PORTAL}{row.number}/{tail}").status_code == 404
        assert thief.post(f"{PORTAL}{row.number}/{tail}", TOLD).status_code in (404, 405)
        own = client_for(world.resident).get(f"/matsudo-shi/reservations/registrations/{row.number}/{tail}")
        assert own.status_code == 404
    after = town.row(row.number)
    assert (after.version, after.wanted) == (row.version, None)


def test_resident_changes_details_and_staff_grant_it(
    town: Town, client_for: Callable[[Any], Client], world: Any
) -> None:
    row = town.registered(world.resident)
    client = client_for(world.resident)
    told = TOLD | {"phone": "090-1234-5678", "address": "千葉市緑区5-5", "version": row.version}
    assert client.post(f"{PORTAL}{row.number}/change/", told).status_code == 302
    after = town.row(row.number)
    assert (after.phone, after.address) == ("+819012345678", HANAKO.address)
    assert "職員の承認を待っています" in body_of(client.get(f"{PORTAL}{row.number}/"))
    staff = client_for(world.at_chiba.clerk)
    waiting = body_of(staff.get(f"{OFFICE}?view=wanting"))
    assert row.number[:4] in waiting
    page = body_of(staff.get(f"{OFFICE}{row.number}/grant/"))
    assert "千葉市緑区5-5" in page
    data = {"version": after.version, "resident_class": "resident", "class_until": ""}
    assert staff.post(f"{OFFICE}{row.number}/grant/", data).status_code == 302
    assert town.row(row.number).address == "千葉市緑区5-5"


def test_resident_asks_for_renewal_only_in_its_time(
    town: Town, client_for: Callable[[Any], Client], world: Any
) -> None:
    row = town.registered(world.resident)
    client = client_for(world.resident)
    early = client.post(f"{PORTAL}{row.number}/renew/")
    assert early.status_code == 409 and "更新を申し込める期間ではありません。" in body_of(early)
    assert town.row(row.number).wanted is None
    with acting_in(town.body) as now:
        Registration.objects.filter(pk=row.pk).update(valid_until=clock.today(now) + timedelta(days=20))
    assert "更新を申し込む" in body_of(client.get(f"{PORTAL}{row.number}/"))
    assert client.post(f"{PORTAL}{row.number}/renew/").status_code == 302
    assert town.row(row.number).wanted == {"renew": True}


def test_counter_registration_is_claimed_and_guesses_are_slowed_down(
    town: Town, client_for: Callable[[Any], Client], world: Any
) -> None:
    with acting_in(town.body) as now:
        row = register(actor=town.clerk, now=now, facts=HANAKO, channel="staff")
    told = {"number": row.number, "phone": "043-245-5111"} | {
        k: v for k, v in TOLD.items() if k.startswith("born")
    }
    thief = client_for(account("thief@resident.example"))
    for _guess in range(5):
        answer = thief.post(f"{PORTAL}claim/", told | {"born_on_day": "3"})
        assert answer.status_code == 422 and "合う登録が見つかりません" in body_of(answer)
    assert thief.post(f"{PORTAL}claim/", told).status_code == 429
    owner = client_for(world.resident)
    owner.defaults["REMOTE_ADDR"] = "198.51.100.7"
    assert owner.post(f"{PORTAL}claim/", told).status_code == 302
    assert town.row(row.number).account_id == world.resident.pk


def test_one_account_sees_its_registrations_of_every_body(
    town: Town, client_for: Callable[[Any], Client], world: Any
) -> None:
    town.registered(world.resident)
    with acting_in(world.matsudo) as now:
        register(
            actor=signed_in(world.matsudo, world.resident), now=now,
            facts=replace(HANAKO, resident_class="worker"), channel="internet",
        )  # fmt: skip
    shown = re.sub(r"<[^>]+>", " ", body_of(client_for(world.resident).get("/reservations/bodies/")))
    assert re.search(r"千葉市\s+個人\s+[\d-]+\s+市内\s+利用できます", shown), shown
    assert re.search(r"松戸市\s+個人\s+[\d-]+\s+在勤\s+承認待ち", shown), shown
    stranger = body_of(client_for(account("n@resident.example")).get("/reservations/bodies/"))
    assert "登録なし" in stranger and "承認待ち" not in stranger


def test_my_page_shows_registration_and_coming_booking(
    town: Town, client_for: Callable[[Any], Client], world: Any
) -> None:
    row = town.registered(world.resident)
    with acting_in(town.body) as now:
        coming = booked(town.body, now, row, clock.today(now) + timedelta(days=3))
    shown = body_of(client_for(world.resident).get("/chiba-shi/mypage/"))
    assert "施設予約" in shown and "公民館 会議室" in shown
    assert f"/reservations/registrations/{row.number}/" in shown
    assert coming.number in shown
    assert "施設予約" not in re.sub(
        r"(?s)<header.*?</header>", "", body_of(client_for(account("x@r.example")).get("/chiba-shi/mypage/"))
    )


# --- staff ---------------------------------------------------------------------------------------------
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
