"""Attacks and failures of reference §6, through the resident's pages: A1–A6, A9, A10, A16, A18 and the hard deadline.

Every refusal shows that nothing was changed by it.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from moyai.applications.actions.procedures import edit_procedure, publish_edition
from moyai.applications.models import Application, Attachment, Draft
from moyai.applications.tests.portal import (
    BASE,
    PERSON,
    begin,
    document,
    of,
    procedure_of,
    send,
    token_in,
)
from moyai.applications.tests.test_C27_files import picture
from moyai.money.actions import take_news
from moyai.money.gateways import News
from moyai.money.models import Attempt, Overpayment, Receipt
from moyai.money.public import charges_about
from moyai.tenants.public import Actor, acting_in, clock

DOGS: dict[str, Any] = {
    "id": "dogs",
    "kind": "group",
    "label": "犬",
    "min": 1,
    "max": 3,
    "item": "犬",
    "counter": "頭",
    "fields": [
        {
            "id": "sex",
            "kind": "single_choice",
            "label": "性別",
            "required": True,
            "options": [{"value": "m", "label": "おす"}, {"value": "f", "label": "めす"}],
        }
    ],
}
HIDING: dict[str, Any] = {
    "id": "moped",
    "kind": "yes_no",
    "label": "原動機付自転車ですか",
    "required": True,
}
HIDDEN: dict[str, Any] = {
    "id": "plate",
    "kind": "text",
    "label": "標識番号",
    "show_if": {"eq": [{"field": "moped"}, True]},
}


def draft_of(world: Any, code: str) -> Draft:
    with acting_in(world.chiba):
        found: Draft = Draft.objects.filter(procedure__code=code).latest("id")
        return found


def test_attack_A1_keys_that_are_not_in_the_edition_are_not_stored(world: Any, client: Client) -> None:
    procedure_of(world, "a1")
    check = begin(
        client,
        "a1",
        status="decided",
        fee_yen="0",
        public_number="1",
        answers='{"x":1}',
        **{"name__": "x", "__proto__": "1"},
    )
    send(client, check)
    with acting_in(world.chiba):
        row = of("a1").get()
        assert set(row.answers) == {"name", "kana", "mail"}
        assert (row.status, row.fee_yen) == ("received", 0) and row.public_number != "1"


def test_attack_A2_an_answer_to_a_hidden_question_is_dropped(world: Any, client: Client) -> None:
    procedure_of(world, "a2", doc=document("a2", fields=[HIDING, HIDDEN]))
    check = begin(
        client, "a2", moped="no", plate="千葉 あ 1", shown="name kana mail born_on address moped plate"
    )
    send(client, check)
    with acting_in(world.chiba):
        assert "plate" not in of("a2").get().answers


def test_attack_A3_locked_values_and_prices_are_the_servers(world: Any, client: Client) -> None:
    fields = [
        {"id": "copies", "kind": "number", "label": "通数", "required": True, "min": 1, "max": 10},
        {"id": "fixed", "kind": "yen", "label": "単価", "prefill": 300, "locked": True},
        {
            "id": "total",
            "kind": "calculated",
            "label": "計",
            "result": "number",
            "value": {"multiply": [{"field": "copies"}, {"field": "fixed"}]},
        },
    ]
    fee = {"lines": [{"id": "f", "label": "手数料", "unit_yen": 300, "quantity": {"field": "copies"}}]}
    doc = document("a3", fields=fields, fee=fee)
    procedure_of(world, "a3", doc=doc, charges_fee=True)
    check = begin(client, "a3", copies="2", fixed="1", total="2", fee_yen="1", amount_yen="1")
    assert "600円" in client.get(check).content.decode()
    send(client, check)
    with acting_in(world.chiba):
        row = of("a3").get()
        assert row.answers["fixed"] == 300 and row.fee_yen == 600
        assert [one.amount_yen for one in charges_about(row)] == [600]


def test_attack_A4_options_outside_the_list_are_refused_also_in_a_row(world: Any, client: Client) -> None:
    procedure_of(world, "a4", doc=document("a4", fields=[DOGS]))
    door = f"{BASE}/applications/a4/new/"
    first = client.get(door).content.decode()
    row = client.post(door, {"token": token_in(first), **PERSON, "row": "dogs-0"})["Location"]
    refused = client.post(row, {"sex": "unicorn"})
    assert refused.status_code == 422
    assert draft_of(world, "a4").answers.get("dogs", []) in ([], [{}])
    for beyond in ("dogs-7", "dogs-1.dogs-0", "cats-0", "dogs--1"):
        assert client.post(row.replace("dogs-0", beyond), {"sex": "m"}).status_code in (404, 410, 422)
    assert client.post(row, {"sex": "f"}).status_code == 302
    assert draft_of(world, "a4").answers["dogs"] == [{"sex": "f"}]


def test_attack_A5_a_required_page_cannot_be_skipped(world: Any, client: Client) -> None:
    doc = document("a5")
    doc["pages"].append(
        {
            "id": "more",
            "title": "詳細",
            "fields": [{"id": "why", "kind": "text", "label": "理由", "required": True}],
        }
    )
    procedure_of(world, "a5", doc=doc)
    step = begin(client, "a5")
    check = step.replace("/pages/more/", "/check/")
    page = client.post(check)
    assert page.status_code == 422 and "理由を入力してください" in page.content.decode()
    with acting_in(world.chiba):
        assert of("a5").count() == 0


def test_attack_A6_one_second_after_17_15_is_refused_and_the_draft_is_kept(
    world: Any, client: Client
) -> None:
    closes = datetime(2026, 10, 30, 17, 15, tzinfo=clock.JST)
    procedure = procedure_of(world, "a6")
    actor = world.actor(world.at_chiba.administrator, world.chiba)
    with clock.at(closes - timedelta(days=1)), acting_in(world.chiba) as now:
        edit_procedure(actor=actor, now=now, procedure=procedure, facts={"closes_at": closes})
    with clock.at(closes - timedelta(seconds=1)):  # 17:14:59: begun, filled in, looked at
        check = begin(client, "a6")
        assert client.get(check).status_code == 200
        in_time = Client()
        other = begin(in_time, "a6")
    # a new edition between does not move the deadline
    with clock.at(closes - timedelta(seconds=1)), acting_in(world.chiba) as now:
        doc = document("a6", fields=[{"id": "extra", "kind": "text", "label": "追加"}])
        publish_edition(actor=actor, now=now, procedure=procedure, document=doc)
    with clock.at(closes - timedelta(seconds=1)):
        send(in_time, other)
    with clock.at(closes + timedelta(seconds=1)):  # 17:15:01
        late = client.post(check)
        assert late.status_code == 409
        assert "午後5時15分に終わりました。入力した内容は保存してあります。" in late.content.decode()
        assert Client().get(f"{BASE}/applications/a6/new/").status_code == 302
        token = "z" * 32
        assert Client().post(f"{BASE}/applications/a6/new/", {"token": token, **PERSON}).status_code == 302
    with clock.at(closes):  # the instant itself is over, too
        assert client.post(check).status_code == 409
    with acting_in(world.chiba):
        assert of("a6").count() == 1
        kept = Draft.objects.get(procedure__code="a6", application__isnull=True)
        assert kept.answers["name"] == PERSON["name"]
        # closed for good: the same
        edit_procedure(actor=actor, now=clock.now(), procedure=procedure, facts={"published": False})
    assert client.post(check).status_code == 409
    with acting_in(world.chiba):
        assert of("a6").count() == 1


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "x" * 50_000])
@pytest.mark.parametrize("act", ["leave", "known"])
def test_what_the_database_cannot_keep_does_not_lose_what_was_typed(
    world: Any, client: Client, act: str, text: str
) -> None:
    fields = [{"id": "n", "kind": "number", "label": "数"}, {"id": "t", "kind": "text", "label": "文"}]
    procedure_of(world, "nul", doc=document("nul", fields=fields))
    step = begin(client, "nul").replace("/check/", "/pages/who/")
    left = client.post(step, {**PERSON, "n": text, "t": text, act: "1"})
    assert left.status_code == 302
    assert client.get(step).status_code == 200
    with acting_in(world.chiba):
        kept = Draft.objects.get(procedure__code="nul").answers
    assert kept["n"] == kept["t"] == text.replace("\x00", "") and kept["name"] == PERSON["name"]


def test_attack_A9_a_resume_link_alone_shows_nothing_and_after_completion_leads_to_the_receipt(
    world: Any, client: Client
) -> None:
    procedure_of(world, "a9")
    check = begin(client, "a9")
    step = check.replace("/check/", "/pages/who/")
    client.post(step, {**PERSON, "leave": "1"})
    link = check.replace("check/", "")
    thief = Client()
    for address in (
        link,
        check,
        step,
        check.replace("/check/", "/done/"),
        check.replace("/check/", "/receipt.pdf"),
    ):
        page = thief.get(address, follow=True)
        assert "髙﨑" not in page.content.decode() and b"%PDF" not in page.content
    assert thief.post(step, {**PERSON, "name": "盗人"}).status_code == 302
    codes = [thief.post(link, {"code": f"{number:08d}"}).status_code for number in range(7)]
    assert codes[-1] == 429
    assert draft_of(world, "a9").answers["name"] == PERSON["name"]
    number, secret = send(client, check)
    # replayed after completion: no page of the form opens, nothing more is made, the receipt is the same
    for address in (step, check):
        assert client.get(address)["Location"].endswith("/done/")
        assert client.post(address, PERSON)["Location"].endswith("/done/")
    for act in ("known", "mail", "account", "saved"):
        answer = client.post(check.replace("/check/", f"/{act}/"))
        assert answer.status_code == 302 and answer["Location"].endswith("/done/")
    with acting_in(world.chiba):
        assert of("a9").get().public_number == number
    shown = client.get(check.replace("/check/", "/done/")).content.decode()
    assert secret in shown
    assert secret not in thief.get(check.replace("/check/", "/done/"), follow=True).content.decode()


def test_attack_A10_somebody_elses_upload_cannot_be_attached(world: Any, client: Client) -> None:
    fields = [{"id": "photo", "kind": "photo", "label": "写真"}]
    procedure_of(world, "a10", doc=document("a10", fields=fields))
    door = f"{BASE}/applications/a10/new/"
    victim, thief = client, Client()
    first = victim.get(door).content.decode()
    step = victim.post(door, {"token": token_in(first), **PERSON, "attach": "photo", "file_photo": picture()})
    assert step.status_code == 302
    with acting_in(world.chiba):
        stolen = str(Attachment.objects.get(draft__procedure__code="a10").upload_id)
    mine = begin(thief, "a10", photo=stolen, file_photo="", **{"photo[]": stolen})
    own = mine.replace("/check/", "/pages/who/")
    thief.post(own, {**PERSON, "photo": stolen, "detach": stolen})
    for arrival in (stolen, "x" * 43, "A" * 43):
        answer = thief.post(own, {**PERSON, "attach": "photo", "file_photo.resumed": arrival})
        assert answer.status_code in (302, 422)
    send(thief, mine)
    with acting_in(world.chiba):
        row = Application.objects.filter(procedure__code="a10").get()
        assert not row.answers.get("photo") and row.attachments.count() == 0
        assert Attachment.objects.filter(upload_id=stolen, draft__isnull=False).count() == 1
    arrive = step["Location"].replace("/pages/who/", "/files/photo/")
    assert thief.post(arrive, headers={"Upload-Length": "10"}).status_code == 404


def test_attack_A16_the_same_submission_again_and_again_is_one_application(
    world: Any, client: Client
) -> None:
    """In one process; twenty at once against a running installation: test_C27_storm."""
    procedure_of(world, "a16")
    check = begin(client, "a16")
    places = {client.post(check)["Location"] for _ in range(20)}
    door = f"{BASE}/applications/a16/new/"
    token = re.search(r"/drafts/([^/]+)/", check)
    assert token is not None
    again = client.post(door, {"token": token[1], **PERSON})
    assert len(places) == 1 and again["Location"] in places
    with acting_in(world.chiba):
        assert of("a16").count() == 1
        assert Draft.objects.filter(procedure__code="a16").count() == 1


FEE = {"lines": [{"id": "f", "label": "手数料", "amount": 450}]}


@pytest.fixture
def owed(world: Any, client: Client) -> tuple[str, str]:
    """A sent application with a fee: its number and the address of its page, opened to `client`."""
    procedure_of(world, "a18", doc=document("a18", fee=FEE), charges_fee=True)
    number, secret = send(client, begin(client, "a18"))
    client.post(f"{BASE}/inquiry/", {"number": number, "secret": secret})
    return number, f"{BASE}/inquiry/{number}/"


def _order(client: Client, world: Any) -> str:
    """Begin to pay by card; the order's id at the company."""
    with acting_in(world.chiba):
        token = of("a18").get().pay_token
    answer = client.post(f"{BASE}/pay/{token}/", {"card": "1"})
    assert answer.status_code == 302, answer.content.decode()
    with acting_in(world.chiba):
        return str(Attempt.objects.latest("id").order_id)


def _news(world: Any, order: str, *, yen: int, result: str = "approved", event: str = "e1") -> None:
    with acting_in(world.chiba) as now:
        news = News(order, event, f"T-{event}", result, yen)
        take_news(actor=Actor.system(world.chiba), now=now, news=news, gateway="simulator")


def test_attack_A18_news_before_the_browser_returns_and_twice_is_one_payment(
    world: Any, client: Client, owed: tuple[str, str]
) -> None:
    _number, page = owed
    assert "まだ支払われていません" in client.get(page).content.decode()
    order = _order(client, world)
    _news(world, order, yen=450)
    _news(world, order, yen=450)
    text = client.get(page).content.decode()
    assert "納付済" in text and "支払いに進む" not in text
    assert text.count("手数料の支払いを確認しました") == 1
    with acting_in(world.chiba):
        row = of("a18").get()
        assert row.payment == "paid" and [one.unpaid_yen for one in charges_about(row)] == [0]


def test_attack_A18_a_wrong_amount_pays_nothing(world: Any, client: Client, owed: tuple[str, str]) -> None:
    _number, page = owed
    order = _order(client, world)
    _news(world, order, yen=449)
    text = client.get(page).content.decode()
    assert "納付済" not in text
    with acting_in(world.chiba):
        assert of("a18").get().payment == "waiting"


def test_attack_A18_money_that_comes_after_the_withdrawal_is_not_lost(
    world: Any, client: Client, owed: tuple[str, str]
) -> None:
    _number, page = owed
    order = _order(client, world)
    client.post(f"{page}withdraw/", {"reason": ""})
    _news(world, order, yen=450)
    text = client.get(page).content.decode()
    assert "取下げ" in text and "支払いに進む" not in text
    with acting_in(world.chiba):
        assert of("a18").get().status == "withdrawn"
        assert Receipt.objects.filter(amount_yen=450).count() == 1  # it lies in suspense, to be paid back


def test_C27_a_paid_application_that_is_withdrawn_leaves_a_claim_for_refund(
    world: Any, client: Client, owed: tuple[str, str]
) -> None:
    _number, page = owed
    _news(world, _order(client, world), yen=450)
    client.post(f"{page}withdraw/", {"reason": ""})
    with acting_in(world.chiba):
        assert [(one.amount_yen, one.left_yen) for one in Overpayment.objects.all()] == [(450, 450)]
        assert [one.state for one in charges_about(of("a18").get())] == ["cancelled"]


def test_attack_A16_one_standing_application_per_key_and_again_after_its_withdrawal(
    world: Any, client: Client
) -> None:
    once = {"key": {"field": "name"}, "message": "お一人1回までです。"}
    procedure_of(world, "once", doc=document("once", once=once))
    number, secret = send(client, begin(client, "once"))
    second = Client()
    check = begin(second, "once", name=" 髙﨑　花子 ")
    refused = second.post(check)
    text = refused.content.decode()
    assert refused.status_code == 409 and "お一人1回までです。" in text
    assert number[:4] not in text.replace("-", "")  # a name is no secret: it tells nobody's number
    with acting_in(world.chiba):
        row = of("once").get()
        assert row.once_key and "髙﨑" not in row.once_key
    send(second, begin(second, "once", name="別の　人"))
    client.post(f"{BASE}/inquiry/", {"number": number, "secret": secret})
    client.post(f"{BASE}/inquiry/{number}/withdraw/", {"reason": ""})
    send(second, check)
    with acting_in(world.chiba):
        assert of("once").count() == 3
