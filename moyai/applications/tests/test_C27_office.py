"""Staff at their pages: the inbox, a case from arrival to letter, two clerks at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moyai.applications import flow
from moyai.applications.actions.review import accept
from moyai.applications.actions.submission import submit_application
from moyai.applications.models import Application, Procedure
from moyai.applications.secrets import new_token
from moyai.applications.tests.conftest import apply, edition_of, make_procedure
from moyai.applications.tests.portal import PERSON, document, procedure_of
from moyai.calendars.public import next_office_day
from moyai.tenants.public import Actor, acting_in, clock

BASE = "/chiba-shi/office"


@pytest.fixture
def cases(world: Any) -> list[Application]:
    """Three applications of one procedure, arrived."""
    administrator = world.actor(world.at_chiba.administrator, world.chiba)
    with acting_in(world.chiba) as now:
        procedure = make_procedure(actor=administrator, now=now)
        return [
            apply(actor=Actor.anyone(world.chiba), now=now, procedure=procedure, name=name)
            for name in ("髙﨑 花子", "海老名 太郎", "𠮷田 次郎")
        ]


def own_queries(client: Client, address: str) -> int:
    """Queries of a page inside its transaction: without session, account and the door's own."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    outside = (
        "django_session",
        "people_",
        "SAVEPOINT",
        "set_config",
        "tenants_body",
        "account_",
        "mfa_",
        "usersessions",
    )
    return sum(1 for query in captured if not any(word in query["sql"] for word in outside))


def test_inbox_lists_by_due_date_and_costs_the_same_for_any_number(
    client_for: Callable[[Any], Client], world: Any, cases: Any
) -> None:
    client = client_for(world.at_chiba.clerk)
    page = client.get(f"{BASE}/applications/?view=received")
    text = page.content.decode()
    assert page.status_code == 200 and "髙﨑 花子" in text and "𠮷田 次郎" in text
    few = own_queries(client, f"{BASE}/applications/")
    with acting_in(world.chiba) as now:
        procedure = cases[0].procedure
        for _ in range(12):
            apply(actor=Actor.anyone(world.chiba), now=now, procedure=procedure)
    assert own_queries(client, f"{BASE}/applications/") == few <= 8


def test_inbox_finds_by_number_name_and_kana_from_the_beginning(
    client_for: Callable[[Any], Client], world: Any, cases: Any
) -> None:
    client = client_for(world.at_chiba.clerk)
    for words in (cases[1].public_number, "海老名", "海老名　太"):
        text = client.get(f"{BASE}/applications/", {"q": words}).content.decode()
        assert "海老名 太郎" in text and "𠮷田 次郎" not in text
    assert "条件に合う申請はありません" in client.get(f"{BASE}/applications/", {"q": "山田"}).content.decode()


def test_inbox_pages_by_key_there_and_back(
    client_for: Callable[[Any], Client], world: Any, cases: Any
) -> None:
    with acting_in(world.chiba) as now:
        for _ in range(60):
            apply(actor=Actor.anyone(world.chiba), now=now, procedure=cases[0].procedure)
    client = client_for(world.at_chiba.clerk)

    def numbers(text: str) -> list[str]:
        return re.findall(r"office/applications/(\d{12})/", text)

    first = client.get(f"{BASE}/applications/").content.decode()
    older = re.search(r'href="([^"]+)" rel="next"', first)[1].replace("&amp;", "&")  # type: ignore[index]
    second = client.get(older).content.decode()
    assert len(numbers(first)) == 50 and not set(numbers(first)) & set(numbers(second))
    newer = re.search(r'href="([^"]+)" rel="prev"', second)[1].replace("&amp;", "&")  # type: ignore[index]
    assert numbers(client.get(newer).content.decode()) == numbers(first)


def test_clerk_and_approver_take_a_case_from_arrival_to_decision(
    client_for: Callable[[Any], Client], world: Any, cases: Any
) -> None:
    number = cases[0].public_number
    clerk, approver = client_for(world.at_chiba.clerk), client_for(world.at_chiba.approver)
    case = f"{BASE}/applications/{number}/"
    assert "受理する" in clerk.get(case).content.decode()
    assert clerk.post(f"{case}acts/accept/", {"version": "1"}).status_code == 302
    fields = clerk.get(f"{case}acts/request-correction/").content.decode()
    assert "利用する月数" in fields
    asked = f"{case}acts/request-correction/?chosen=1&paths=months"
    words = clerk.get(asked).content.decode()
    assert "「利用する月数」をどう直すか" in words and "「氏名」をどう直すか" not in words
    assert clerk.post(asked, {"words_0": "", "deadline_on": "+7", "version": "2"}).status_code == 422
    assert (
        clerk.post(
            asked, {"words_0": "6か月にしてください。", "deadline_on": "+7", "version": "2"}
        ).status_code
        == 302
    )
    assert "補正待ち" in clerk.get(case).content.decode()
    assert clerk.post(f"{case}acts/cancel-correction/", {"version": "3"}).status_code == 302
    assert clerk.get(f"{case}acts/decide/").status_code == 404  # not a clerk's to decide
    said = approver.post(f"{case}acts/decide/", {"kind": "rejected", "reason": "", "version": "4"})
    assert said.status_code == 422 and "理由を入力してください。" in said.content.decode()
    confirm = approver.post(
        f"{case}acts/decide/", {"kind": "rejected", "reason": "定員を超えた。", "version": "4"}
    )
    assert confirm.status_code == 200 and "審査請求" in confirm.content.decode()
    done = approver.post(
        f"{case}acts/decide/",
        {"kind": "rejected", "reason": "定員を超えた。", "version": "4", "confirmed": "1"},
    )
    assert done.status_code == 302
    with acting_in(world.chiba):
        row = Application.objects.get(public_number=number)
        assert (row.status, row.outcome) == (flow.DECIDED, flow.REJECTED)


def test_second_clerk_is_told_and_overwrites_nothing(
    client_for: Callable[[Any], Client], world: Any, cases: Any
) -> None:
    number = cases[0].public_number
    address = f"{BASE}/applications/{number}/acts/refuse/"
    second = client_for(world.at_chiba.second_clerk)
    with acting_in(world.chiba) as now:
        accept(actor=world.actor(world.at_chiba.clerk, world.chiba), now=now, application=cases[0])
    page = second.post(address, {"reason": "様式が違う。", "version": "1"})
    assert page.status_code in (302, 409)
    with acting_in(world.chiba):
        assert Application.objects.get(public_number=number).status == flow.REVIEWING


def test_bulk_says_what_was_done_and_what_was_left_out(
    client_for: Callable[[Any], Client], world: Any, cases: Any
) -> None:
    client = client_for(world.at_chiba.clerk)
    with acting_in(world.chiba) as now:
        accept(actor=world.actor(world.at_chiba.clerk, world.chiba), now=now, application=cases[0])
    page = client.post(
        f"{BASE}/applications/bulk/", {"act": "accept", "chosen": [str(row.pk) for row in cases]}, follow=True
    )
    assert "成功 2件・対象外 1件（審査中のため）" in page.content.decode()
    none = client.post(f"{BASE}/applications/bulk/", {"act": "accept"}, follow=True)
    assert "対象を1件以上選んでください。" in none.content.decode()


def test_bulk_decision_passes_a_confirm_page(
    client_for: Callable[[Any], Client], world: Any, cases: Any
) -> None:
    clerk, approver = client_for(world.at_chiba.clerk), client_for(world.at_chiba.approver)
    ids = [str(row.pk) for row in cases]
    clerk.post(f"{BASE}/applications/bulk/", {"act": "accept", "chosen": ids})
    page = approver.post(f"{BASE}/applications/bulk/", {"act": "decide", "chosen": ids})
    assert "次の3件を「承認」と決定します" in page.content.decode()
    with acting_in(world.chiba):
        assert Application.objects.filter(pk__in=ids, status=flow.REVIEWING).count() == 3
    approver.post(f"{BASE}/applications/bulk/", {"act": "decide", "chosen": ids, "confirmed": "1"})
    with acting_in(world.chiba):
        assert Application.objects.filter(pk__in=ids, status=flow.DECIDED).count() == 3


def test_overdue_is_said_in_words(client_for: Callable[[Any], Client], world: Any, cases: Any) -> None:
    with acting_in(world.chiba) as now:
        Application.objects.filter(pk=cases[0].pk).update(due_on=now.date() - timedelta(days=3))
    text = client_for(world.at_chiba.clerk).get(f"{BASE}/applications/?view=overdue").content.decode()
    assert "期限超過" in text and "髙﨑 花子" in text


def test_looking_at_a_case_leaves_a_deed(client_for: Callable[[Any], Client], world: Any, cases: Any) -> None:
    from moyai.audit.public import Deed

    client_for(world.at_chiba.clerk).get(f"{BASE}/applications/{cases[0].public_number}/")
    with acting_in(world.chiba):
        assert Deed.objects.filter(
            verb="applications.view", thing_id=cases[0].pk, account_id=world.at_chiba.clerk.pk
        ).exists()


def test_other_bodys_staff_finds_nothing(client_for: Callable[[Any], Client], world: Any, cases: Any) -> None:
    client = client_for(world.at_matsudo.clerk)
    number = cases[0].public_number
    assert client.get(f"{BASE}/applications/{number}/").status_code == 404
    assert client.get(f"/matsudo-shi/office/applications/{number}/").status_code == 404
    assert number not in client.get("/matsudo-shi/office/applications/").content.decode()


def test_deadline_offered_for_a_correction_is_a_day_on_which_the_office_is_open(
    client_for: Callable[[Any], Client], world: Any, cases: Any
) -> None:
    clerk = client_for(world.at_chiba.clerk)
    case = f"{BASE}/applications/{cases[0].public_number}/"
    clerk.post(f"{case}acts/accept/", {"version": "1"})
    with acting_in(world.chiba) as now:
        today = clock.today(now)
        days = (5 - today.weekday()) % 7 or 7  # to Saturday
        Procedure.objects.filter(pk=cases[0].procedure_id).update(correction_days=days)
    form = clerk.get(f"{case}acts/request-correction/?chosen=1&paths=months").context["form"]
    offered = form.initial["deadline_on"]
    with acting_in(world.chiba):
        assert offered == next_office_day(today + timedelta(days=days), world.chiba)


@pytest.mark.parametrize(("days", "until"), [(0, date(2026, 5, 7)), (14, date(2026, 5, 18))])
def test_fee_is_due_on_an_open_day_also_where_it_is_due_at_once(world: Any, days: int, until: date) -> None:
    fields = [{"id": "copies", "kind": "number", "label": "通数", "required": True, "min": 1, "max": 9}]
    fee = {"lines": [{"id": "f", "label": "手数料", "unit_yen": 300, "quantity": {"field": "copies"}}]}
    doc = document("fee", fields=fields, fee=fee)
    procedure = procedure_of(world, "fee", doc=doc, pay_within_days=days, registered_on=date(2026, 4, 1))
    saturday = datetime(2026, 5, 2, 10, tzinfo=clock.JST)
    with acting_in(world.chiba), clock.at(saturday):
        sent = submit_application(
            actor=Actor.anyone(world.chiba),
            now=saturday,
            edition=edition_of(procedure),
            answers={**PERSON, "copies": 2},
            form_token=new_token(),
        )
        assert (sent.payment, sent.pay_until) == ("waiting", until)
