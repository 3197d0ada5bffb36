"""Who sends it: a code by mail, the account, the business account, the card over exactly these answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from moyai.applications.actions.answers import answers_sha256
from moyai.applications.models import CardSignature, Draft
from moyai.applications.queries.cases import known_by
from moyai.applications.tests.portal import BASE, PERSON, begin, document, of, procedure_of, send, token_in
from moyai.people.cards.simulator import Simulator
from moyai.people.links import digits_of
from moyai.people.models import Identity, MailCode, Profile
from moyai.people.session import mark_provider
from moyai.people.testing import sign_in_for_tests
from moyai.people.tests.card_peer import NOW, Responder, responder, served, simulator
from moyai.tenants.public import acting_in, clock

__all__ = ["responder", "served", "simulator"]  # fixtures of the room that checks cards


def test_C27_mail_is_confirmed_before_sending_and_another_address_needs_another_code(
    world: Any, client: Client
) -> None:
    procedure_of(world, "mail-first", identity="mail")
    check = begin(client, "mail-first")
    page = client.get(check).content.decode()
    assert "メールアドレスの確認へ進む" in page and "この内容で申し込む" not in page
    mail = client.post(check)["Location"]  # pressed anyway: nothing is sent
    assert mail.endswith("/mail/")
    assert "hanako@example.jp" in client.get(mail).content.decode()
    assert "確認番号を送りました" in client.post(mail).content.decode()
    wrong = client.post(mail, {"digits": "000000"})
    assert wrong.status_code == 422
    with acting_in(world.chiba):
        assert of("mail-first").count() == 0
        digits = digits_of(MailCode.objects.latest("id"))
    assert client.post(mail, {"digits": f"{digits[:3]} {digits[3:]}"})["Location"] == check
    # another address: the confirmation is not its own
    step = check.replace("/check/", "/pages/who/")
    client.post(step, {**PERSON, "mail": "other@example.jp"})
    assert "メールアドレスの確認へ進む" in client.get(check).content.decode()
    client.post(step, PERSON)
    send(client, check)
    with acting_in(world.chiba):
        application = of("mail-first").get()
        assert application.identity == {"kind": "mail", "mail": "hanako@example.jp"}


def test_C27_without_an_address_the_mail_page_says_where_to_type_it(world: Any, client: Client) -> None:
    procedure_of(world, "mail-none", identity="mail")
    check = begin(client, "mail-none", mail="")
    text = client.get(client.post(check)["Location"]).content.decode()
    assert "メールアドレスを入力する" in text


def test_C27_account_is_asked_before_the_check_page_and_leads_back(
    world: Any, client: Client, client_for: Any
) -> None:
    procedure_of(world, "signed-in", identity="account")
    check = begin(client, "signed-in")
    asked = client.get(check)["Location"]
    text = unescape(client.get(asked).content.decode())
    assert "/signin/?next=" in text and "入力した内容は保存してあります" in text
    assert client.post(check)["Location"] == asked
    with acting_in(world.chiba):
        assert of("signed-in").count() == 0
    owner = client
    sign_in_for_tests(owner, world.resident)
    assert "このアカウントで続ける" in owner.get(asked).content.decode()
    assert owner.post(asked)["Location"] == check
    number, _secret = send(owner, check)
    with acting_in(world.chiba):
        application = of("signed-in").get()
        assert application.account_id == world.resident.pk and application.identity["kind"] == "account"
    # the account sees it without number and secret; nobody else does
    assert owner.get(f"{BASE}/inquiry/{number}/").status_code == 200
    assert Client().get(f"{BASE}/inquiry/{number}/").status_code == 302
    assert client_for(world.secretary).get(f"{BASE}/inquiry/{number}/").status_code == 302


def test_C27_a_business_procedure_does_not_take_a_private_account(world: Any, client_for: Any) -> None:
    procedure_of(world, "firms", identity="business")
    owner = client_for(world.resident)
    check = begin(owner, "firms")
    asked = owner.get(check)["Location"] if owner.get(check).status_code == 302 else check.replace("check", "account")
    assert "事業者アカウントでログインし直してください" in owner.get(asked).content.decode()
    owner.post(asked)
    assert owner.post(check).status_code == 302
    with acting_in(world.chiba):
        assert of("firms").count() == 0
    Identity.objects.create(
        account=world.resident,
        provider="gbiz",
        issuer="https://gbiz.example",
        subject="s-1",
        kind="business",
        acr="2",
        facts={"corporate_number": "6000020121002", "firm_name": "千葉電設株式会社"},
        made_at=clock.now(),
        last_used_at=clock.now(),
    )
    session = owner.session

    class Visit:
        pass

    visit: Any = Visit()
    visit.session = session
    mark_provider(visit, provider="gbiz", kind="business", acr="2")
    session.save()
    assert owner.post(asked)["Location"] == check
    send(owner, check)
    with acting_in(world.chiba):
        application = of("firms").get()
        known = application.identity
        assert (known["kind"], known["provider"], known["assurance"]) == ("business", "gbiz", "2")
        # what the provider vouches for stands beside what was typed, also for the office
        assert known["business"] == {"corporate_number": "6000020121002", "firm_name": "千葉電設株式会社"}
        [shown] = known_by(application)
        assert shown["value"] == "事業者アカウントでログイン　千葉電設株式会社　6000020121002"


SIGNATURE = {"signature": {"name": "name", "born_on": "born_on", "address": "address"}}
HANAKO = {
    "name": "千葉　花子",
    "kana": "チバ　ハナコ",
    "mail": "",
    "born_on_year": "1989",
    "born_on_month": "1",
    "born_on_day": "7",
    "address__postal_code": "2600026",
    "address__prefecture": "千葉県",
    "address__city": "千葉市中央区",
    "address__street": "千葉港１－１",
}


@pytest.fixture
def cards(settings: Any, simulator: Simulator, responder: Responder, world: Any) -> Iterator[Responder]:
    settings.MOYAI_JPKI_SIMULATOR, settings.MOYAI_JPKI_CA = True, ""
    settings.MOYAI_JPKI_OCSP = responder.url
    settings.MOYAI_HOME = simulator.home.parent
    with clock.at(NOW):
        yield responder


def sign_with(client: Client, check: str, card: str) -> str:
    """From the check page through the reader and back; the page that says whose card it was."""
    sign = check.replace("/check/", "/sign/")
    assert "署名に進む" in client.get(sign).content.decode()
    card_page = client.post(sign)["Location"]
    text = client.get(card_page).content.decode()
    hidden = {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="(content|back)" value="([^"]*)"', text)
    }
    answer = client.post("/people/card-simulator/", hidden | {"card": card, "sign": "1"})
    signature = re.search(r'name="text" value="([^"]+)"', answer.content.decode())
    assert signature is not None
    back = client.post(hidden["back"], {"text": unescape(signature[1])})
    assert back.status_code == 302, back.content.decode()
    return str(back["Location"])


def test_C27_the_card_signs_exactly_the_answers_and_a_changed_letter_needs_another_signature(
    world: Any, client: Client, cards: Responder
) -> None:
    procedure_of(world, "by-card", doc=document("by-card", **SIGNATURE), signature="card")
    check = begin(client, "by-card", **HANAKO)
    assert "電子署名へ進む" in client.get(check).content.decode()
    assert client.post(check)["Location"].endswith("/sign/")
    signed = sign_with(client, check, "hanako")
    assert "署名を確かめました" in client.get(signed).content.decode()
    assert client.post(signed)["Location"] == check
    client.post(check.replace("/check/", "/pages/who/"), {**HANAKO, "kana": "チバ　ハルコ"})
    assert client.post(check)["Location"].endswith("/sign/")
    stale = client.get(signed)
    assert stale.status_code == 409 and "もう一度署名する" in stale.content.decode()
    with acting_in(world.chiba):
        assert of("by-card").count() == 0
    client.post(check.replace("/check/", "/pages/who/"), HANAKO)
    send(client, check)
    with acting_in(world.chiba):
        application = of("by-card").get()
        row = CardSignature.objects.get(application=application)
        assert row.answers_sha256 == application.answers_sha256 == answers_sha256(application.answers)
        assert row.signer["name"] == "千葉　花子" and application.identity["kind"] == "card"
        assert len(bytes(row.cms)) > 500


def test_C27_an_old_address_on_the_card_is_explained_with_the_way_out(
    world: Any, client: Client, cards: Responder
) -> None:
    procedure_of(world, "moved", doc=document("moved", **SIGNATURE), signature="card")
    check = begin(client, "moved", **{**HANAKO, "address__street": "新町1000"})
    signed = sign_with(client, check, "hanako")
    page = client.get(signed)
    text = page.content.decode()
    assert page.status_code == 409 and "カードの住所が古いとき" in text and "千葉港" in text
    assert client.post(signed).status_code == 409
    assert client.post(check)["Location"].endswith("/sign/")
    with acting_in(world.chiba):
        assert of("moved").count() == 0 and CardSignature.objects.count() == 0


def test_C27_registered_details_are_offered_shown_and_never_replace_what_was_typed(
    world: Any, client_for: Any
) -> None:
    procedure_of(world, "known")
    Profile.objects.create(
        account=world.resident,
        name="住民　花子",
        kana="ジュウミン　ハナコ",
        born_on="1990-05-06",
        email="hanako@resident.example",
        postal_code="2600026",
        prefecture="千葉県",
        city="千葉市中央区",
        street="千葉港1-1",
        consented_at=clock.now(),
        changed_at=clock.now(),
    )
    owner = client_for(world.resident)
    first = owner.get(f"{BASE}/applications/known/new/").content.decode()
    assert "登録した本人情報を使う" in first and "ジュウミン" not in first
    asked = owner.post(
        f"{BASE}/applications/known/new/", {"token": token_in(first), "name": "別の　名前", "known": "1"}
    )["Location"]
    shown = owner.get(asked).content.decode()
    assert "ジュウミン　ハナコ" in shown and "住民　花子" not in shown  # the typed name stays
    step = owner.get(owner.post(asked)["Location"]).content.decode()
    assert 'value="別の　名前"' in step and 'value="ジュウミン　ハナコ"' in step and "千葉港1-1" in step
    stranger = Client()
    assert "登録した本人情報を使う" not in stranger.get(f"{BASE}/applications/known/new/").content.decode()


def test_C27_after_sending_the_details_are_kept_only_with_consent(world: Any, client_for: Any) -> None:
    procedure_of(world, "keeps")
    owner = client_for(world.resident)
    check = begin(owner, "keeps", **HANAKO)
    send(owner, check)
    done = check.replace("/check/", "/done/")
    assert "本人情報として登録する" in owner.get(done).content.decode()
    keep = check.replace("/check/", "/keep/")
    assert owner.post(keep).status_code == 422
    assert not Profile.objects.filter(account=world.resident).exists()
    assert owner.post(keep, {"agree": "on"}).status_code == 302
    kept = Profile.objects.get(account=world.resident)
    assert (kept.name, kept.street, str(kept.born_on)) == ("千葉　花子", "千葉港１－１", "1989-01-07")
    assert "本人情報として登録する" not in owner.get(done).content.decode()


def test_C27_my_page_lists_drafts_applications_and_what_waits(world: Any, client_for: Any) -> None:
    procedure_of(world, "listed-mine")
    owner = client_for(world.resident)
    begin(owner, "listed-mine")
    number, _secret = send(owner, begin(owner, "listed-mine"))
    from moyai.applications.actions.corrections import request_correction
    from moyai.applications.actions.review import accept

    clerk = world.actor(world.at_chiba.clerk, world.chiba)
    with acting_in(world.chiba) as now:
        row = accept(actor=clerk, now=now, application=of("listed-mine").get())
        request_correction(
            actor=clerk,
            now=now,
            application=row,
            items=[("kana", "氏名（フリガナ）", "確かめてください。")],
            deadline_on=clock.today(now) + timedelta(days=5),
        )
    text = owner.get(f"{BASE}/mypage/").content.decode()
    assert "補正：手続きlisted-mine" in text and "入力の途中：手続きlisted-mine" in text
    mine = owner.get(f"{BASE}/mine/").content.decode()
    assert f"{number[:4]}-{number[4:8]}" in mine
    with acting_in(world.chiba):
        draft = Draft.objects.get(procedure__code="listed-mine", application__isnull=True)
        before = draft.token_hash
    entry = f"{BASE}/mine/drafts/{draft.pk}/"
    other_device = client_for(world.resident)
    step = other_device.post(entry)["Location"]
    assert "髙﨑　花子" in other_device.get(step).content.decode()
    with acting_in(world.chiba):
        draft.refresh_from_db()
        assert draft.token_hash != before
    assert client_for(world.secretary).get(entry).status_code == 404
    assert Client().get(entry).status_code == 404
    door = Client().get(f"{BASE}/mine/")  # a bookmark outlives the session
    assert door.status_code == 302 and door["Location"].endswith(f"/signin/?next=%2F{BASE[1:]}%2Fmine%2F")
