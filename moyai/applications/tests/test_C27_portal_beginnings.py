"""Applications that do not begin from nothing: a mandate, a 確認書, a granted application, the one before."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from moyai.applications.actions.decisions import decide
from moyai.applications.actions.following import ask_follow_up, follow_token, plan_follow_up
from moyai.applications.actions.invitations import ListRefused, import_records
from moyai.applications.actions.review import accept, withdraw
from moyai.applications.models import Application, Draft, FollowUp, Mandate, Record
from moyai.applications.tests.conftest import edition_of
from moyai.applications.tests.portal import (
    BASE,
    begin,
    document,
    of,
    procedure_of,
    send,
    token_in,
)
from moyai.notices.public import Message
from moyai.tenants.public import acting_in, clock

MANDATE = {
    "name": "本人　太郎",
    "kana": "ホンニン　タロウ",
    "born_on_year": "1950",
    "born_on_month": "2",
    "born_on_day": "3",
    "address": "千葉市中央区千葉港1-1",
    "phone": "043-245-5111",
    "mail": "taro@example.jp",
    "agent_name": "代理　花子",
    "agent_mail": "agent@example.jp",
    "scope": "申請と受取りに関すること",
}


def until(days: int) -> dict[str, str]:
    day = clock.today(clock.now()) + timedelta(days=days)
    return {
        "valid_until_year": str(day.year),
        "valid_until_month": str(day.month),
        "valid_until_day": str(day.day),
    }


def make_mandate(client: Client, code: str, **changed: str) -> tuple[str, str]:
    """The principal's page and the agent's link that stands on it."""
    address = f"{BASE}/applications/{code}/mandate/"
    token = token_in(client.get(address).content.decode())
    made = client.post(address, {"token": token, **MANDATE, **until(30), **changed})
    assert made.status_code == 302, made.content.decode()
    page = client.get(made["Location"]).content.decode()
    link = re.search(r'href="http://testserver(/chiba-shi/agents/[^"]+)"', page)
    assert link is not None
    return made["Location"], link[1]


def test_C27_agent_applies_in_the_principals_name_who_is_told_and_may_withdraw(
    world: Any, client: Client
) -> None:
    procedure_of(world, "by-agent", mandate_allowed=True)
    own, link = make_mandate(client, "by-agent")
    agent = Client()
    page = agent.get(link).content.decode()
    assert "本人　太郎" in page and "代理　花子" in page and "千葉港" not in page
    begun = agent.post(link, {"token": token_in(page)})
    step = agent.get(begun["Location"]).content.decode()
    assert 'value="本人　太郎"' in step and "taro@example.jp" in step  # the principal's facts are there
    check = agent.post(
        begun["Location"], {"name": "本人　太郎", "kana": "ホンニン　タロウ", "mail": "taro@example.jp"}
    )["Location"]
    shown = agent.get(check).content.decode()
    assert "委任した方" in shown and "代理で申し込む方" in shown
    number, _secret = send(agent, check)
    with acting_in(world.chiba):
        application = of("by-agent").get()
        assert application.mandate is not None and application.mandate.used_at is not None
        told = Message.objects.filter(to_email="taro@example.jp", kind="applications.mandate_used")
        assert told.count() == 1
    # the second use is explained and nothing is begun
    again = Client().get(link)
    assert again.status_code == 409 and "すでに申込みに使われました" in again.content.decode()
    # the principal looks and withdraws, without number and secret
    page = client.get(own).content.decode()
    assert "申込みの状況を見る" in page and "委任を取り消す" not in page
    case = client.post(own, {"look": "1"})
    text = client.get(case["Location"]).content.decode()
    assert "代理　花子" in text and "申込みを取り下げる" in text
    client.post(f"{BASE}/inquiry/{number}/withdraw/", {"reason": ""})
    with acting_in(world.chiba):
        assert of("by-agent").get().status == "withdrawn"


def test_C27_mandate_revoked_or_expired_is_explained(world: Any, client: Client) -> None:
    procedure_of(world, "revoked", mandate_allowed=True)
    own, link = make_mandate(client, "revoked")
    begun = Client()
    step = begun.post(link, {"token": token_in(begun.get(link).content.decode())})["Location"]
    assert client.post(own, {"revoke": "1"}).status_code == 302
    refused = Client().get(link)
    assert refused.status_code == 409 and "取り消しました" in refused.content.decode()
    # a draft begun before the revocation cannot be sent either; what was typed stays
    check = begun.post(step, {"name": "本人　太郎", "kana": "ホンニン　タロウ"})["Location"]
    late = begun.post(check)
    assert late.status_code == 409 and "取り消しました" in late.content.decode()
    with acting_in(world.chiba):
        assert of("revoked").count() == 0
    _own, second = make_mandate(client, "revoked")
    with clock.at(clock.now() + timedelta(days=31)):
        over = Client().get(second)
    assert over.status_code == 409 and "期限が過ぎました" in over.content.decode()
    # a page of another procedure, another body, or an altered link is absent
    assert Client().get(second.replace("chiba-shi", "matsudo-shi")).status_code == 404
    assert Client().get(second[:-2] + "x/").status_code == 404
    procedure_of(world, "no-mandate")
    assert Client().get(f"{BASE}/applications/no-mandate/mandate/").status_code == 404


def test_C27_mandate_asks_for_a_day_within_a_year(world: Any, client: Client) -> None:
    procedure_of(world, "dated", mandate_allowed=True)
    address = f"{BASE}/applications/dated/mandate/"
    for days in (0, 400):
        page = client.post(address, {**MANDATE, **until(days)})
        assert page.status_code == 422
    with acting_in(world.chiba):
        assert Mandate.objects.filter(procedure__code="dated").count() == 0


GIVEN = {
    "given": {
        "amount": {"type": "int", "label": "支給額", "from": "record"},
        "holder": {"type": "text", "label": "世帯主", "from": "record"},
    }
}
FIELDS = [
    {"id": "amount_shown", "kind": "yen", "label": "支給額", "prefill": {"given": "amount"}, "locked": True},
    {"id": "head", "kind": "text", "label": "世帯主", "prefill": {"given": "holder"}},
]
LIST = '番号,生年月日,支給額,世帯主\nA-001,昭和25年2月3日,"100,000",髙﨑 太郎\nA-002,S30.1.1,50000,\n'


def records_of(world: Any, code: str, text: str = LIST, **more: Any) -> Any:
    procedure = procedure_of(world, code, doc=document(code, fields=FIELDS, **GIVEN), record_needed=True)
    actor = world.actor(world.at_chiba.clerk, world.chiba)
    with acting_in(world.chiba) as now:
        report = import_records(
            actor=actor,
            now=now,
            procedure=procedure,
            edition=edition_of(procedure),
            data=text.encode(),
            **more,
        )
    return procedure, report


RIGHT = {"number": "ａ００１", "born_on_year": "1950", "born_on_month": "2", "born_on_day": "3"}


def test_C27_a_record_leads_to_the_form_once_and_the_second_filing_sees_the_receipt(
    world: Any, client: Client
) -> None:
    records_of(world, "benefit")
    start = client.get(f"{BASE}/applications/benefit/new/")
    entry = f"{BASE}/applications/benefit/record/"
    assert start.status_code == 302 and start["Location"] == entry
    met = client.post(entry, RIGHT)
    page = met.content.decode()
    assert met.status_code == 200 and "確認書を確かめました" in page
    sealed = re.search(r'name="shown" value="([^"]+)"', page)
    assert sealed is not None
    begun = client.post(entry, {"shown": sealed[1], "token": token_in(page)})
    step = client.get(begun["Location"]).content.decode()
    assert "100,000" in step and 'value="髙﨑 太郎"' in step
    # the locked amount stands, whatever is posted
    check = client.post(
        begun["Location"],
        {"name": "髙﨑　花子", "kana": "タカサキ", "head": "髙﨑 太郎", "amount_shown": "999999"},
    )["Location"]
    number, secret = send(client, check)
    with acting_in(world.chiba):
        application = of("benefit").get()
        assert application.answers["amount_shown"] == 100000 and application.given["amount"] == 100000
    other = Client()
    second = other.post(entry, RIGHT).content.decode()
    assert (
        "受付済み" in second and f"{number[:4]}-{number[4:8]}-{number[8:]}" in second and secret not in second
    )
    # a seal kept from before does not make a second one
    assert "受付済み" in client.post(entry, {"shown": sealed[1]}).content.decode()
    with acting_in(world.chiba):
        assert of("benefit").count() == 1 and Draft.objects.filter(procedure__code="benefit").count() == 1


def test_C27_two_browsers_with_one_record_make_one_application(world: Any, client: Client) -> None:
    records_of(world, "benefit2")
    entry = f"{BASE}/applications/benefit2/record/"
    checks = []
    for browser in (client, Client()):
        page = browser.post(entry, RIGHT).content.decode()
        sealed = re.search(r'name="shown" value="([^"]+)"', page)
        assert sealed is not None
        step = browser.post(entry, {"shown": sealed[1], "token": token_in(page)})["Location"]
        checks.append((browser, browser.post(step, {"name": "髙﨑", "kana": "タカサキ"})["Location"]))
    send(*checks[0])
    late = checks[1][0].post(checks[1][1])
    assert late.status_code == 409 and "すでに受け付けています" in late.content.decode()
    with acting_in(world.chiba):
        first = of("benefit2").get()
        # withdrawn, the record may be used again
        withdraw(actor=world.actor(world.at_chiba.clerk, world.chiba), now=clock.now(), application=first)
    send(*checks[1])


def test_C27_wrong_number_and_wrong_date_read_alike_and_are_slowed_down(world: Any, client: Client) -> None:
    records_of(world, "benefit3")
    entry = f"{BASE}/applications/benefit3/record/"
    words = "確認書の番号か生年月日が違います。"
    for wrong in ({**RIGHT, "number": "Z-999"}, {**RIGHT, "born_on_year": "1951"}):
        page = Client().post(entry, wrong)
        assert page.status_code == 422 and words in page.content.decode()
    codes = [client.post(entry, {**RIGHT, "born_on_year": "1951"}).status_code for _ in range(7)]
    assert codes[-1] == 429
    with acting_in(world.chiba):
        assert Draft.objects.filter(procedure__code="benefit3").count() == 0


def test_C27_a_record_may_be_declined_and_then_is_explained(world: Any, client: Client) -> None:
    records_of(world, "benefit4")
    entry = f"{BASE}/applications/benefit4/record/"
    sealed = re.search(r'name="shown" value="([^"]+)"', client.post(entry, RIGHT).content.decode())
    assert sealed is not None
    asked = client.post(entry, {"shown": sealed[1], "decline": "1"}).content.decode()
    assert "元に戻せません" in asked
    with acting_in(world.chiba):
        assert Record.objects.filter(declined_at__isnull=False).count() == 0
    client.post(entry, {"shown": sealed[1], "declined": "1"})
    assert "辞退の届出が済んでいます" in client.post(entry, RIGHT).content.decode()
    assert client.post(entry, {"shown": "forged", "declined": "1"}).status_code == 302


def test_C27_a_list_with_one_mistake_is_not_taken_in_and_a_trial_stores_nothing(world: Any) -> None:
    _procedure, report = records_of(world, "tried", dry_run=True)
    assert (report.rows, report.new, report.errors) == (2, 2, [])
    with pytest.raises(ListRefused) as refused:
        records_of(world, "wrong", text=LIST + "A-001,1950-13-01,多い,\n")
    assert {(row, column) for row, column, _why in refused.value.report.errors} == {
        (4, "番号"),
        (4, "生年月日"),
        (4, "支給額"),
    }
    with acting_in(world.chiba):
        assert Record.objects.filter(procedure__code__in=("tried", "wrong")).count() == 0
    records_of(world, "sjis", text=LIST)
    with acting_in(world.chiba):
        row = Record.objects.filter(procedure__code="sjis").first()
        assert row is not None and "A-001" not in str(row.__dict__) and "1950" not in str(row.__dict__)


def test_C27_office_tries_a_list_before_it_takes_it_in(world: Any, client_for: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    procedure_of(world, "listed", doc=document("listed", fields=FIELDS, **GIVEN), record_needed=True)
    clerk = client_for(world.at_chiba.clerk)
    address = f"{BASE}/office/procedures/listed/records/"
    assert clerk.get(address).status_code == 200
    file = SimpleUploadedFile("list.csv", LIST.encode("cp932", "replace"), "text/csv")
    tried = clerk.post(address, {"file": file, "trial": "on"}).content.decode()
    assert "試した結果" in tried
    with acting_in(world.chiba):
        assert Record.objects.filter(procedure__code="listed").count() == 0
    file = SimpleUploadedFile("list.csv", LIST.encode(), "text/csv")
    assert clerk.post(address, {"file": file}).status_code == 302
    assert "<dd>2</dd>" in clerk.get(address).content.decode()
    assert client_for(world.at_matsudo.clerk).get(address).status_code == 404


FOLLOW = {
    "given": {
        "estimate": {"type": "int", "label": "見積額", "from": "parent"},
        "number": {"type": "text", "label": "先の申請", "from": "parent"},
    }
}


def granted(world: Any, client: Client, code: str, **facts: Any) -> tuple[Application, str, str]:
    """An application of a procedure with 実績報告, approved; with its number and secret."""
    doc = document(code, fields=[{"id": "estimate", "kind": "yen", "label": "見積額", "required": True}])
    procedure_of(world, code, doc=doc, follow_code=f"{code}-report", issues_letter=False, **facts)
    number, secret = send(client, begin(client, code, estimate="300,000"))
    clerk = world.actor(world.at_chiba.clerk, world.chiba)
    approver = world.actor(world.at_chiba.approver, world.chiba)
    with acting_in(world.chiba) as now:
        row = accept(actor=clerk, now=now, application=of(code).get())
        decide(actor=approver, now=now, application=row, kind="approved")
        row = of(code).get()
    return row, number, secret


def report_of(world: Any, code: str) -> None:
    fields = [
        {"id": "before", "kind": "yen", "label": "見積額", "prefill": {"given": "estimate"}, "locked": True},
        {"id": "spent", "kind": "yen", "label": "支払った額", "required": True},
    ]
    procedure_of(
        world, f"{code}-report", doc=document(f"{code}-report", fields=fields, **FOLLOW), parent_code=code
    )


def test_C27_the_report_goes_on_from_the_granted_application(world: Any, client: Client) -> None:
    report_of(world, "grant")
    parent, number, secret = granted(world, client, "grant")
    with acting_in(world.chiba):
        planned = FollowUp.objects.filter(application=parent).first()
        if planned is None:  # the decision plans it; asked again it is the same one
            planned = plan_follow_up(
                actor=world.actor(world.at_chiba.approver, world.chiba), now=clock.now(), application=parent
            )
        assert planned is not None and planned.ask_on == clock.today(clock.now()) + timedelta(days=30)
    entry = client.get(f"{BASE}/applications/grant-report/new/")["Location"]
    assert entry.endswith("/applications/grant-report/earlier/")
    wrong = client.post(entry, {"number": number, "secret": "AAAAA22222"})
    assert wrong.status_code == 422
    begun = client.post(entry, {"number": number, "secret": secret, "token": "t" * 32})
    page = client.get(begun["Location"]).content.decode()
    assert "300,000" in page
    check = client.post(
        begun["Location"], {"name": "髙﨑", "kana": "タカサキ", "spent": "280000", "before": "1"}
    )["Location"]
    assert f"{number[:4]}-{number[4:8]}" in client.get(check).content.decode()
    report_number, _secret = send(client, check)
    with acting_in(world.chiba):
        child = of("grant-report").get()
        assert child.parent_id == parent.pk and child.answers["before"] == 300000
        assert FollowUp.objects.get(pk=planned.pk).answered_by_id == child.pk
    client.post(f"{BASE}/inquiry/", {"number": number, "secret": secret})
    text = client.get(f"{BASE}/inquiry/{number}/").content.decode()
    assert f"{report_number[:4]}-{report_number[4:8]}" in text and "次の手続き" in text


def test_C27_an_undecided_application_is_no_beginning(world: Any, client: Client) -> None:
    report_of(world, "grant2")
    doc = document("grant2", fields=[{"id": "estimate", "kind": "yen", "label": "見積額", "required": True}])
    procedure_of(world, "grant2", doc=doc, follow_code="grant2-report")
    number, secret = send(client, begin(client, "grant2", estimate="1"))
    entry = f"{BASE}/applications/grant2-report/earlier/"
    page = client.post(entry, {"number": number, "secret": secret})
    assert page.status_code == 422 and "まだ決定していません" in page.content.decode()
    with acting_in(world.chiba):
        assert Draft.objects.filter(procedure__code="grant2-report").count() == 0


def test_C27_the_follow_up_is_asked_for_once_on_its_day_with_a_link_that_begins_it(
    world: Any, client: Client
) -> None:
    report_of(world, "grant3")
    parent, _number, _secret = granted(world, client, "grant3")
    with acting_in(world.chiba) as now:
        actor = world.actor(world.at_chiba.approver, world.chiba)
        planned = plan_follow_up(actor=actor, now=now, application=parent)
        assert planned is not None
    from moyai.tenants.public import Actor

    with acting_in(world.chiba) as now:
        for _ in range(2):
            ask_follow_up(actor=Actor.system(world.chiba), now=now, follow_up=planned)
        told = Message.objects.filter(kind="applications.follow_up")
        assert told.count() == 1
        link = f"{BASE}/next/{follow_token(planned)}/"
        assert link in told.get().text
    browser = Client()
    begun = browser.post(link, {"token": "f" * 32})
    assert "300,000" in browser.get(begun["Location"]).content.decode()
    assert Client().get(link.replace("-", "-0", 1)).status_code == 404
    assert Client().get(link.replace("chiba-shi", "matsudo-shi")).status_code == 404


def test_C27_the_application_before_is_copied_without_its_files(world: Any, client: Client) -> None:
    fields = [
        {"id": "place", "kind": "text", "label": "場所", "required": True},
        {"id": "plan", "kind": "file", "label": "図面"},
    ]
    procedure_of(world, "yearly", doc=document("yearly", fields=fields), copies_previous=True)
    assert "前回の申込みを複写" in client.get(f"{BASE}/applications/yearly/").content.decode()
    number, secret = send(client, begin(client, "yearly", place="中央公園"))
    with acting_in(world.chiba):
        row = of("yearly").get()
        row.answers = {**row.answers, "plan": ["12345"]}
        row.save(update_fields=["answers"])
    browser = Client()
    entry = f"{BASE}/applications/yearly/copy/"
    begun = browser.post(entry, {"number": number, "secret": secret, "token": "c" * 32})
    text = browser.get(begun["Location"]).content.decode()
    assert 'value="中央公園"' in text and 'value="髙﨑　花子"' in text
    with acting_in(world.chiba):
        draft = Draft.objects.filter(procedure__code="yearly", application__isnull=True).get()
        assert "plan" not in draft.answers and draft.parent_id is None
    procedure_of(world, "never")
    assert Client().get(f"{BASE}/applications/never/copy/").status_code == 404


def test_C27_dates_of_follow_ups_count_from_the_decision(world: Any, client: Client) -> None:
    report_of(world, "grant4")
    parent, _number, _secret = granted(world, client, "grant4", follow_days=10)
    with acting_in(world.chiba) as now:
        planned = plan_follow_up(
            actor=world.actor(world.at_chiba.approver, world.chiba), now=now, application=parent
        )
        assert planned is not None and planned.ask_on - clock.today(now) == timedelta(days=10)


def test_C27_a_form_begun_before_the_record_was_declined_is_not_sent(world: Any, client: Client) -> None:
    records_of(world, "benefit5")
    entry = f"{BASE}/applications/benefit5/record/"
    page = client.post(entry, RIGHT).content.decode()
    sealed = re.search(r'name="shown" value="([^"]+)"', page)
    assert sealed is not None
    step = client.post(entry, {"shown": sealed[1], "token": token_in(page)})["Location"]
    check = client.post(step, {"name": "髙﨑", "kana": "タカサキ"})["Location"]
    Client().post(entry, {"shown": sealed[1], "declined": "1"})  # in another browser
    late = client.post(check)
    assert late.status_code == 409 and "（辞退）の届出が済んでいます" in late.content.decode()
    with acting_in(world.chiba):
        assert of("benefit5").count() == 0
