"""Pages of registrations: residents apply and follow, staff find, approve, join and suspend; the wall between bodies."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from moyai.people.models import Profile
from moyai.reservations.actions.registrations import register
from moyai.reservations.models import Registration
from moyai.reservations.tests.people import (
    HANAKO,
    account,
    booked,
    signed_in,
)
from moyai.reservations.tests.registered import (
    LINES,
    OFFICE,
    PORTAL,
    TOLD,
    Town,
    body_of,
)
from moyai.tenants.public import acting_in, clock


@pytest.fixture
def town(world: Any) -> Town:
    cache.clear()
    return Town(world)


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
