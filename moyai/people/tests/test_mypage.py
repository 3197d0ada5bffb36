"""マイページ and 本人情報: what a person sees of itself, and takes away again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from moyai.audit.public import CouncilDeed
from moyai.people.models import Profile
from moyai.people.mypage import _MyPage
from moyai.people.public import MyRow, MySection, my_page, profile_of
from moyai.people.rules import corporate_number_ok

MYPAGE, DETAILS = "/chiba-shi/mypage/", "/account/details/"
GIVEN = {
    "kind": "person",
    "name": "髙橋 花子",
    "kana": "たかはし はなこ",
    "born_on_era": "S",
    "born_on_year": "64",
    "born_on_month": "1",
    "born_on_day": "7",
    "postal_code": "２６０－００１３",
    "prefecture": "千葉県",
    "city": "千葉市中央区",
    "street": "千葉港1-1",
    "building": "もやい荘 201",
    "phone": "(043)245-5111",
    "email": "hanako@resident.example",
    "agree": "on",
}


@pytest.fixture
def hers(client_for: Any, world: Any) -> Client:
    return client_for(world.resident)


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> _MyPage:
    monkeypatch.setattr(my_page, "_builders", {})
    return my_page


def test_a_stranger_signs_in_first(client: Client) -> None:
    assert client.get(MYPAGE)["Location"] == "/signin/?next=%2Fchiba-shi%2Fmypage%2F"
    assert client.get(DETAILS)["Location"] == "/signin/?next=%2Faccount%2Fdetails%2F"


def test_services_show_what_they_have_and_what_waits_comes_first(
    hers: Client, world: Any, registry: _MyPage, django_assert_max_num_queries: Any
) -> None:
    asked: list[tuple[int, str]] = []

    def applications(actor: Any, now: Any) -> MySection:
        asked.append((actor.account_id, actor.body.slug))
        return MySection(
            title="申請",
            rows=tuple(MyRow(title=f"申請{number}", url="/x/") for number in range(7)),
            todo=(
                MyRow(title="補正：住民票の写し", on=date(2026, 4, 15)),
                MyRow(title="いつでも：確認"),
            ),
            all_url="/chiba-shi/all/",
        )

    def bookings(actor: Any, now: Any) -> MySection:
        return MySection(
            title="予約", empty="予約はまだありません。", todo=(MyRow("支払い：会議室", on=date(2026, 4, 3)),)
        )

    registry.register("applications", applications)
    registry.register("bookings", bookings)
    registry.register("nothing", lambda actor, now: None)
    with django_assert_max_num_queries(13):
        text = hers.get(MYPAGE).content.decode()
    assert asked == [(world.resident.pk, "chiba-shi")]
    places = [
        text.index(word) for word in ("支払い：会議室", "補正：住民票の写し", "いつでも：確認", "申請0")
    ]
    assert places == sorted(places), "by day, those without a day last, then the services"
    assert "申請4" in text and "申請5" not in text and "/chiba-shi/all/" in text
    assert "予約はまだありません。" in text


def test_a_name_is_registered_once(registry: _MyPage) -> None:
    registry.register("x", lambda actor, now: None)
    with pytest.raises(ValueError, match="twice"):
        registry.register("x", lambda actor, now: None)


def test_details_are_kept_only_with_the_owners_agreement(hers: Client, world: Any) -> None:
    page = hers.get(DETAILS).content.decode()
    assert "申し込むまでは、どの団体にも渡りません。" in page
    without = {name: value for name, value in GIVEN.items() if name != "agree"}
    assert hers.post(f"{DETAILS}change/", without).status_code == 422
    assert profile_of(world.resident.pk) is None
    assert hers.post(f"{DETAILS}change/", GIVEN)["Location"] == DETAILS
    kept = profile_of(world.resident.pk)
    assert kept is not None
    assert kept == {
        "kind": "person",
        "name": "髙橋 花子",
        "kana": "タカハシ　ハナコ",
        "born_on": "1989-01-07",
        "postal_code": "2600013",
        "prefecture": "千葉県",
        "city": "千葉市中央区",
        "street": "千葉港1-1",
        "building": "もやい荘 201",
        "phone": "+81432455111",
        "email": "hanako@resident.example",
        "corporate_number": "",
        "firm_name": "",
        "firm_kana": "",
        "representative": "",
        "verified": {},
        "address": "千葉県千葉市中央区千葉港1-1　もやい荘 201",
    }
    assert "髙橋 花子" in hers.get(DETAILS).content.decode()
    assert "登録済み" in hers.get(MYPAGE).content.decode()


def test_the_moment_of_consent_stays_and_a_field_left_empty_goes(hers: Client, world: Any) -> None:
    hers.post(f"{DETAILS}change/", GIVEN)
    first = Profile.objects.get(account=world.resident)
    later = {name: value for name, value in GIVEN.items() if not name.startswith(("born", "phone", "agree"))}
    assert hers.post(f"{DETAILS}change/", later).status_code == 302
    second = Profile.objects.get(account=world.resident)
    assert second.consented_at == first.consented_at
    assert (second.born_on, second.phone) == (None, "")


def test_deleting_leaves_nothing_anywhere(hers: Client, world: Any) -> None:
    hers.post(f"{DETAILS}change/", GIVEN)
    assert hers.get(f"{DETAILS}delete/").status_code == 200
    assert Profile.objects.filter(account=world.resident).exists(), "looking deletes nothing"
    assert hers.post(f"{DETAILS}delete/")["Location"] == DETAILS
    assert profile_of(world.resident.pk) is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_profile")
        assert cursor.fetchone() == (0,)
    deeds = CouncilDeed.objects.filter(verb__in=["people.change_details", "people.delete_details"])
    assert deeds.count() == 2
    assert "髙橋" not in str(list(deeds.values()))


def test_a_form_keeps_what_was_just_given_and_leaves_the_rest(hers: Client, world: Any) -> None:
    from dataclasses import replace

    from moyai.people.public import keep_details
    from moyai.tenants.public import Actor, acting_in

    hers.post(f"{DETAILS}change/", GIVEN)
    with acting_in(world.chiba) as now:
        owner = replace(Actor.anyone(world.chiba), account_id=world.resident.pk)
        keep_details(
            actor=owner, now=now, details={"city": "松戸市", "street": "", "born_on": date(1990, 1, 2)}
        )
    kept = profile_of(world.resident.pk)
    assert kept is not None
    assert (kept["city"], kept["street"], kept["born_on"]) == ("松戸市", "千葉港1-1", "1990-01-02")


def test_a_firm_gives_its_number(hers: Client, world: Any) -> None:
    firm = {"kind": "firm", "agree": "on", "corporate_number": "7000012050003"}
    page = hers.post(f"{DETAILS}change/", firm)
    assert page.status_code == 422
    assert "法人番号が1文字違う可能性があります。" in page.content.decode()
    assert "法人・団体の名称を入力してください。" in page.content.decode()
    right = firm | {"corporate_number": "7-0000-1205-0002", "firm_name": "国税庁"}
    assert hers.post(f"{DETAILS}change/", right).status_code == 302
    kept = profile_of(world.resident.pk)
    assert kept is not None and kept["corporate_number"] == "7000012050002"
    assert "7000012050002" in hers.get(DETAILS).content.decode()


def test_every_single_wrong_digit_of_a_corporate_number_is_found() -> None:
    right = "7000012050002"
    for place in range(13):
        for digit in "0123456789":
            typed = right[:place] + digit + right[place + 1 :]
            # The rule weighs modulo 9: 0 and 9 are one to it.
            same = digit == right[place] or {digit, right[place]} == {"0", "9"}
            assert corporate_number_ok(typed) is (same and typed[0] == right[0]), typed


def test_a_date_of_birth_in_the_future_is_refused(hers: Client, world: Any) -> None:
    answer = hers.post(f"{DETAILS}change/", GIVEN | {"born_on_era": "AD", "born_on_year": "2199"})
    assert answer.status_code == 422
    assert profile_of(world.resident.pk) is None


def test_nobody_reads_anothers_details(hers: Client, client_for: Any, world: Any) -> None:
    hers.post(f"{DETAILS}change/", GIVEN)
    for account in (world.at_chiba.administrator, world.secretary):
        assert "髙橋" not in client_for(account).get(DETAILS).content.decode()


def test_a_post_only_address_answers_with_our_page(client_for: Any, world: Any) -> None:
    hers = client_for(world.resident)
    answer = hers.get("/account/elsewhere/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    text = answer.content.decode()
    assert "このアドレスは、直接は開けません。" in text and "<h1>" in text
