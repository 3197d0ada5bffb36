"""補正 through the resident's page: named fields alone, in rows too, once; and the fee that changes with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from moyai.applications.actions.corrections import request_correction
from moyai.applications.actions.review import accept
from moyai.applications.models import Application, Correction
from moyai.applications.refunds import after_correction
from moyai.applications.tests.portal import BASE, PERSON, begin, document, of, procedure_of, send
from moyai.applications.tests.test_attacks_portal import DOGS
from moyai.money.actions import take_news
from moyai.money.gateways import News
from moyai.money.models import Attempt, Overpayment
from moyai.money.public import charges_about
from moyai.tenants.public import Actor, acting_in, clock

COPIES = [{"id": "copies", "kind": "number", "label": "通数", "required": True, "min": 1, "max": 10}]
FEE = {"lines": [{"id": "f", "label": "手数料", "unit_yen": 300, "quantity": {"field": "copies"}}]}


def asked_to_correct(
    world: Any, client: Client, code: str, paths: list[str], *, pay: bool = False, **answers: Any
) -> str:
    """An application under review with a correction asked for; the address of the page that answers it."""
    number, secret = send(client, begin(client, code, **answers))
    client.post(f"{BASE}/inquiry/", {"number": number, "secret": secret})
    if pay:
        with acting_in(world.chiba):
            token = of(code).get().pay_token
        client.post(f"{BASE}/pay/{token}/", {"card": "1"})
        with acting_in(world.chiba) as now:
            order = Attempt.objects.latest("id")
            news = News(order.order_id, "e", "T-e", "approved", of(code).get().fee_yen)
            take_news(actor=Actor.system(world.chiba), now=now, news=news, gateway="simulator")
    clerk = world.actor(world.at_chiba.clerk, world.chiba)
    with acting_in(world.chiba) as now:
        row = accept(actor=clerk, now=now, application=of(code).get())
        request_correction(
            actor=clerk,
            now=now,
            application=row,
            items=[(path, path, "確かめてください。") for path in paths],
            deadline_on=clock.today(now) + timedelta(days=7),
        )
    return f"{BASE}/inquiry/{number}/correct/"


def test_C27_only_named_fields_change_whatever_is_posted_and_a_replay_changes_nothing(
    world: Any, client: Client
) -> None:
    procedure_of(world, "named", doc=document("named", fields=COPIES))
    address = asked_to_correct(world, client, "named", ["copies"], copies="2")
    posted = {"i0-copies": "5", "i1-name": "別人", "name": "別人", "copies": "9"}
    seen = client.post(address, posted).content.decode()
    assert "補正して提出する" in seen
    with acting_in(world.chiba):
        assert of("named").get().answers["copies"] == 2  # looked at, not yet sent
    for _ in range(5):
        assert client.post(address, {**posted, "send": "1"}).status_code == 302
    with acting_in(world.chiba):
        row = of("named").get()
        assert row.answers["copies"] == 5 and row.answers["name"] == PERSON["name"]
        assert row.status == "reviewing"
        assert row.history.filter(verb="answer_correction").count() == 1
    assert client.post(address, {"i0-copies": "7", "send": "1"}).status_code == 302
    with acting_in(world.chiba):
        assert of("named").get().answers["copies"] == 5


def test_C27_a_field_of_one_row_is_corrected_and_the_other_rows_stay(world: Any, client: Client) -> None:
    procedure_of(world, "rowed", doc=document("rowed", fields=[DOGS]))
    with acting_in(world.chiba):
        assert of("rowed").count() == 0
    from moyai.applications.actions.submission import submit_application
    from moyai.applications.models import Procedure
    from moyai.applications.secrets import new_token, secret_of
    from moyai.applications.tests.conftest import edition_of

    token = new_token()
    clerk = world.actor(world.at_chiba.clerk, world.chiba)
    with acting_in(world.chiba) as now:
        row = submit_application(
            actor=Actor.anyone(world.chiba),
            now=now,
            edition=edition_of(Procedure.objects.get(code="rowed")),
            answers={**PERSON, "dogs": [{"sex": "m"}, {"sex": "m"}]},
            form_token=token,
        )
        row = accept(actor=clerk, now=now, application=row)
        request_correction(
            actor=clerk,
            now=now,
            application=row,
            items=[("dogs[1].sex", "2頭目の犬：性別", "確かめてください。")],
            deadline_on=clock.today(now) + timedelta(days=7),
        )
    client.post(f"{BASE}/inquiry/", {"number": row.public_number, "secret": secret_of(token)})
    address = f"{BASE}/inquiry/{row.public_number}/correct/"
    assert client.post(address, {"i0-sex": "unicorn", "send": "1"}).status_code == 422
    assert client.post(address, {"i0-sex": "f", "send": "1"}).status_code == 302
    with acting_in(world.chiba):
        assert of("rowed").get().answers["dogs"] == [{"sex": "m"}, {"sex": "f"}]
        items = Correction.objects.get(application__procedure__code="rowed").items
        assert (items[0]["old"], items[0]["new"]) == ("おす", "めす")


@pytest.mark.parametrize(
    ("paid", "owed", "expected"), [(0, 600, (600, 0)), (300, 900, (600, 0)), (900, 300, (0, 600))]
)
def test_C27_what_is_owed_after_a_correction(paid: int, owed: int, expected: tuple[int, int]) -> None:
    assert after_correction(paid_yen=paid, owed_yen=owed) == expected


def _row() -> Application:
    row: Application = of("fee").get()
    return row


def _corrected(world: Any, client: Client, *, before: str, after: str, pay: bool) -> None:
    procedure_of(world, "fee", doc=document("fee", fields=COPIES, fee=FEE), charges_fee=True)
    address = asked_to_correct(world, client, "fee", ["copies"], copies=before, pay=pay)
    assert client.post(address, {"i0-copies": after, "send": "1"}).status_code == 302


def test_C27_an_unpaid_fee_is_replaced(world: Any, client: Client) -> None:
    _corrected(world, client, before="2", after="3", pay=False)
    with acting_in(world.chiba):
        row = _row()
        assert (row.fee_yen, row.payment) == (900, "waiting")
        charges = charges_about(row)
        assert [(one.amount_yen, one.state) for one in charges] == [(600, "cancelled"), (900, "open")]
        assert row.pay_token == charges[1].token


def test_C27_of_a_paid_fee_only_the_difference_is_charged(world: Any, client: Client) -> None:
    _corrected(world, client, before="2", after="3", pay=True)
    with acting_in(world.chiba):
        row = _row()
        assert (row.fee_yen, row.payment) == (900, "waiting")
        assert [(one.amount_yen, one.state) for one in charges_about(row)] == [
            (600, "settled"),
            (300, "open"),
        ]
        assert Overpayment.objects.count() == 0


def test_C27_what_was_paid_too_much_waits_for_its_refund(world: Any, client: Client) -> None:
    _corrected(world, client, before="3", after="1", pay=True)
    with acting_in(world.chiba):
        row = _row()
        assert (row.fee_yen, row.payment) == (300, "paid")
        assert [(one.amount_yen, one.state) for one in charges_about(row)] == [(300, "settled")]
        assert [one.left_yen for one in Overpayment.objects.all()] == [600]


def test_C27_who_paid_goes_on_to_the_application_and_a_stranger_only_to_its_door(
    world: Any, client: Client
) -> None:
    procedure_of(world, "fee", doc=document("fee", fields=COPIES, fee=FEE), charges_fee=True)
    case = asked_to_correct(world, client, "fee", ["copies"], copies="1", pay=True).replace("correct/", "")
    with acting_in(world.chiba):
        pay = f"{BASE}/pay/{_row().pay_token}/"
    mine = client.get(pay).content.decode()
    assert "支払いが完了しました" in mine and f'<a href="{case}">申込みの状況を見る</a>' in mine
    assert client.get(case).status_code == 200
    theirs = Client().get(pay).content.decode()
    assert f'<a href="{BASE}/inquiry/">申込みの状況を見る</a>' in theirs and case not in theirs


def test_C27_page_of_a_fee_not_paid_yet_leads_nowhere_else(world: Any, client: Client) -> None:
    procedure_of(world, "fee", doc=document("fee", fields=COPIES, fee=FEE), charges_fee=True)
    asked_to_correct(world, client, "fee", ["copies"], copies="1")
    with acting_in(world.chiba):
        pay = f"{BASE}/pay/{_row().pay_token}/"
    assert "申込みの状況を見る" not in client.get(pay).content.decode()
