"""Paying by card against a company that behaves as real ones do: order, number and truth of its news vary."""

import json
from datetime import timedelta

import pytest
from django.db import transaction

from moyai.money import actions, gateways, simulator
from moyai.money.gateways import News
from moyai.money.models import (
    Attempt,
    Charge,
    Overpayment,
    Receipt,
    SimulatorCall,
    SimulatorOrder,
    WebhookCall,
)
from moyai.money.refusals import NoCardCompany, NotOpen, UnknownOrder
from moyai.money.simulator import CardSimulator, decide, signed
from moyai.tenants.public import Actor, acting_in, clock

pytestmark = pytest.mark.usefixtures("balanced", "company")
NEWS = "/money/news/simulator/"


@pytest.fixture
def company():
    gateways.register(CardSimulator())
    yield
    gateways.withdraw(simulator.NAME)
    simulator.open_for_business()


class Journey:
    """One resident's way: start, choose at the company, come back; news are delivered by hand."""

    def __init__(self, world, client, charge):
        self.world, self.client, self.charge = world, client, charge
        self.url = f"/{world.chiba.slug}/pay/{charge.token}/"

    def start(self):
        answer = self.client.post(self.url, {"card": "1"})
        assert answer.status_code == 302
        arrived = self.client.get(answer["Location"])
        self.order_id = arrived["Location"].rstrip("/").rpartition("/")[2]
        return self

    @property
    def order(self):
        return SimulatorOrder.objects.get(order_id=self.order_id)

    @property
    def attempt(self):
        with acting_in(self.world.chiba):
            return Attempt.objects.of(self.world.chiba).get(order_id=self.order_id)

    def choose(self, course="return_first", result="approved"):
        return self.client.post(f"/simulator/card/{self.order_id}/", {"result": result, "course": course})

    def come_back(self):
        return self.client.get(f"{self.url}back/{self.order_id}/", follow=True)

    def deliver(self, call=None, *, now=None, change=None):
        call = call or self.order.calls.order_by("id").first()
        body, headers = signed(call, now or clock.now())
        if change:
            body = change(body)
        return self.client.post(NEWS, data=body, content_type="application/json", headers=headers)

    def ask(self):
        with acting_in(self.world.chiba):
            actions.ask_company(actor=Actor.system(self.world.chiba), now=clock.now(), attempt=self.attempt)

    def state(self):
        with acting_in(self.world.chiba):
            charge = Charge.objects.of(self.world.chiba).get(id=self.charge.pk)
            over = Overpayment.objects.of(self.world.chiba).order_by("id").values_list("why", "left_yen")
            receipts = Receipt.objects.of(self.world.chiba).count()
            return charge.state, charge.unpaid_yen, receipts, list(over)


PAID = ("settled", 0, 1, [])
UNPAID = ("open", 684, 0, [])


@pytest.fixture
def journey(world, client, owe):
    return Journey(world, client, owe()).start()


def test_resident_sees_what_is_owed_and_why(world, client, owe):
    answer = client.get(f"/chiba-shi/pay/{owe().token}/")
    text = answer.content.decode()
    for words in (
        "住民票の写し 交付手数料",
        "684円",
        "600円",
        "300円×2通 = 600円",
        "手数料条例 別表1",
        "令和8年4月15日（水）",
    ):
        assert words in text
    assert "千葉 花子" not in text  # whoever finds the link learns no name


def test_order_carries_the_body_and_cannot_be_guessed(journey, world, client):
    second = Journey(world, client, journey.charge).start()
    assert journey.order_id.startswith("121002-") and len(journey.order_id) == 27
    assert journey.order_id != second.order_id


def test_return_before_webhook_waits_and_then_shows_the_payment(journey, settled):
    journey.choose("return_first")
    waiting = journey.come_back()
    assert "支払いを確認しています" in waiting.content.decode()
    assert journey.state() == UNPAID
    assert journey.deliver().status_code == 200
    assert "支払いが完了しました" in journey.come_back().content.decode()
    assert (journey.state(), settled) == (PAID, [journey.charge.pk])


def test_webhook_before_return_settles(journey, settled):
    assert journey.choose("news_first")["Location"].endswith("/done/")
    assert journey.deliver().status_code == 200
    assert "支払いが完了しました" in journey.come_back().content.decode()
    assert (journey.state(), settled) == (PAID, [journey.charge.pk])


def test_webhook_twice_settles_once(journey, settled):
    journey.choose("news_twice")
    first, second = journey.order.calls.order_by("id")
    assert [journey.deliver(call).status_code for call in (first, second, first)] == [200, 200, 200]
    assert (journey.state(), settled) == (PAID, [journey.charge.pk])


def test_late_webhook_after_expiry_still_counts(journey, settled, world):
    journey.choose("late")
    later = clock.now() + timedelta(minutes=41)
    with clock.at(later):
        with acting_in(world.chiba) as now:
            # The company answered "pending" while it still knew nothing: the attempt ran out.
            SimulatorOrder.objects.filter(order_id=journey.order_id).update(
                known_from=later + timedelta(minutes=5)
            )
            actions.ask_company(actor=Actor.system(world.chiba), now=now, attempt=journey.attempt)
        assert journey.attempt.state == "expired"
        assert "支払いは完了していません" in journey.come_back().content.decode()
        assert journey.deliver(now=later).status_code == 200
    assert (journey.state(), settled, journey.attempt.state) == (PAID, [journey.charge.pk], "paid")


def test_late_webhook_for_a_cancelled_charge_lies_in_suspense(journey, settled, world):
    journey.choose("late")
    with acting_in(world.chiba) as now:
        actions.cancel_charge(
            actor=Actor.system(world.chiba), now=now, charge=journey.charge, reason="期限切れ"
        )
    assert journey.deliver().status_code == 200
    assert (journey.state(), settled) == (("cancelled", 0, 1, [("cancelled", 684)]), [])
    assert "支払いの内容を確認しています" in journey.come_back().content.decode()


def test_wrong_amount_settles_nothing_and_is_not_lost(journey, settled):
    journey.choose("wrong_amount")
    assert journey.deliver().status_code == 200
    assert (journey.state(), settled, journey.attempt.state) == (
        ("open", 684, 1, [("wrong_amount", 685)]),
        [],
        "held",
    )
    assert "支払いの内容を確認しています" in journey.come_back().content.decode()


def test_bad_signature_is_not_believed(journey, settled):
    journey.choose("bad_signature")
    assert journey.deliver().status_code == 401
    assert (journey.state(), settled) == (UNPAID, [])
    with acting_in(journey.world.chiba):
        assert not WebhookCall.objects.of(journey.world.chiba).exists()
    assert journey.attempt.state == "started"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda body: body.replace(b"684", b"999"), 401),
        (lambda body: body + b" ", 401),
    ],
)
def test_altered_webhook_is_not_believed(journey, settled, change, status):
    journey.choose()
    assert journey.deliver(change=change).status_code == status
    assert (journey.state(), settled) == (UNPAID, [])


def test_old_webhook_is_not_believed(journey, settled):
    journey.choose()
    assert journey.deliver(now=clock.now() - timedelta(minutes=6)).status_code == 401
    assert (journey.state(), settled) == (UNPAID, [])


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"order": 1, "event": "e", "transaction": "t", "result": "approved", "amount": 1}',
        b'{"order": "x", "event": "e", "transaction": "t", "result": "approved", "amount": 1.5}',
        b'{"order": "x", "event": "e", "transaction": "t", "result": "approved", "amount": -1}',
        b'{"order": "x", "event": "e", "transaction": "t", "result": "approved", "amount": true}',
        b'{"order": "x", "event": "e", "transaction": "t", "result": "stolen", "amount": 1}',
        b'{"order": "x\\u0000", "event": "e", "transaction": "t", "result": "approved", "amount": 1}',
        b'{"order": "x", "event": "", "transaction": "t", "result": "approved", "amount": 1}',
        b"\xff\xfe",
    ],
)
def test_signed_nonsense_is_refused_with_400(client, payload):
    from moyai.money.rules.signature import sign

    header = sign(secret=simulator.secret(), at=int(clock.now().timestamp()), body=payload)
    answer = client.post(
        NEWS, data=payload, content_type="application/json", headers={simulator.HEADER: header}
    )
    assert (answer.status_code, answer.json()) == (400, {"result": "unreadable"})


def test_news_about_unknown_orders_is_refused(journey, world, settled):
    journey.choose()
    call = journey.order.calls.get()
    told = json.loads(call.payload)
    for order_id in ("121002-nobody", "999999-nobody", "122076-" + journey.order_id[7:], "x"):
        forged = SimulatorCall(order=call.order, payload=json.dumps(told | {"order": order_id}))
        assert journey.deliver(forged).status_code == 404
    assert (
        journey.client.post("/money/news/another/", data=b"{}", content_type="application/json").status_code
        == 404
    )
    assert journey.client.get(NEWS).status_code == 405
    assert (journey.state(), settled) == (UNPAID, [])


def test_another_company_cannot_speak_for_this_one(journey, world):
    news = News(journey.order_id, "e1", "T1", "approved", 684)
    with acting_in(world.chiba) as now, pytest.raises(UnknownOrder):
        actions.take_news(actor=Actor.system(world.chiba), now=now, news=news, gateway="another")
    assert journey.state() == UNPAID


def test_huge_webhook_is_refused_unread(client):
    answer = client.post(NEWS, data=b"x" * 70_000, content_type="application/json")
    assert answer.status_code == 413


def test_declined_card_leaves_the_charge_open_and_offers_another_way(journey, settled):
    journey.choose(result="declined")
    assert journey.deliver().status_code == 200
    back = journey.come_back()
    assert "カード会社が、このカードでの支払いを断りました" in back.content.decode()
    assert (journey.state(), journey.attempt.state, settled) == (UNPAID, "declined", [])


def test_abandoned_payment_is_found_out_by_asking(journey, world, settled):
    journey.choose(result="abandoned")
    journey.ask()
    assert (journey.state(), journey.attempt.state, settled) == (UNPAID, "abandoned", [])


def test_asking_finds_a_payment_whose_webhook_never_came(journey, world, settled):
    journey.choose("bad_signature")
    assert journey.deliver().status_code == 401
    for _again in range(2):
        journey.ask()
    assert (journey.state(), settled) == (PAID, [journey.charge.pk])


def test_webhook_after_asking_changes_nothing(journey, world, settled):
    journey.choose("return_first")
    journey.ask()
    assert journey.deliver().status_code == 200
    assert (journey.state(), settled) == (PAID, [journey.charge.pk])


def test_unanswered_attempt_is_asked_about_until_it_expires(journey, world):
    started = journey.attempt.started_at
    with acting_in(world.chiba):
        system = Actor.system(world.chiba)
        actions.ask_company(actor=system, now=started + timedelta(minutes=29), attempt=journey.attempt)
        assert (journey.attempt.state, journey.attempt.check_at) == (
            "started",
            started + timedelta(minutes=30),
        )
        actions.ask_company(actor=system, now=started + timedelta(minutes=30), attempt=journey.attempt)
        assert (journey.attempt.state, journey.attempt.check_at) == ("expired", None)
    assert journey.state() == UNPAID


def test_paying_twice_settles_once_and_keeps_the_second(journey, world, client, settled):
    second = Journey(world, client, journey.charge).start()
    journey.choose()
    second.choose()
    assert journey.deliver().status_code == second.deliver().status_code == 200
    assert journey.state() == ("settled", 0, 2, [("double", 684)])
    assert (settled, journey.attempt.state, second.attempt.state) == ([journey.charge.pk], "paid", "held")


def test_card_after_the_counter_lies_in_suspense(journey, world, settled):
    clerk = world.actor(world.at_chiba.clerk, world.chiba)
    with acting_in(world.chiba) as now:
        actions.receive(
            actor=clerk,
            now=now,
            charge=journey.charge,
            channel=Receipt.Channel.COUNTER,
            amount_yen=684,
            external_id="once",
        )
    journey.choose()
    assert journey.deliver().status_code == 200
    assert journey.state() == ("settled", 0, 2, [("double", 684)])
    assert settled == [journey.charge.pk]


def test_decline_after_approval_changes_nothing(journey, world, settled):
    journey.choose()
    journey.deliver()
    late = News(journey.order_id, "e-late", "T-late", "declined", 684)
    with acting_in(world.chiba) as now:
        actions.take_news(actor=Actor.system(world.chiba), now=now, news=late, gateway="simulator")
    assert (journey.state(), journey.attempt.state) == (PAID, "paid")


def test_nobody_pays_a_settled_charge(journey, world, client, settled):
    journey.choose()
    journey.deliver()
    answer = client.post(journey.url, {"card": "1"})
    assert answer["Location"] == journey.url
    with acting_in(world.chiba) as now, pytest.raises(NotOpen):
        actions.start_payment(
            actor=Actor.anyone(world.chiba), now=now, charge=journey.charge, return_url=str, notify_url=str
        )
    page = client.get(journey.url).content.decode()
    assert "支払いが完了しました" in page and "カードで支払う" not in page


def test_without_a_company_there_is_no_card_button(world, client, owe):
    owed = owe()
    gateways.withdraw(simulator.NAME)
    page = client.get(f"/chiba-shi/pay/{owed.token}/").content.decode()
    assert "カードで支払う" not in page and "納付書を印刷する" in page
    with acting_in(world.chiba) as now, pytest.raises(NoCardCompany):
        actions.start_payment(
            actor=Actor.anyone(world.chiba), now=now, charge=owed, return_url=str, notify_url=str
        )
    assert client.post(NEWS, data=b"{}", content_type="application/json").status_code == 404


def test_altered_link_to_the_company_is_refused(world, client, owe):
    answer = client.post(f"/chiba-shi/pay/{owe().token}/", {"card": "1"})
    link = answer["Location"]
    assert client.get(link.replace("amount=684", "amount=1")).status_code == 404
    assert client.get(link.replace("chiba-shi", "evil-shi")).status_code == 404
    assert SimulatorOrder.objects.count() == 0
    assert client.get(link).status_code == 302


def test_simulator_is_closed_where_it_is_switched_off(journey, client, settings):
    settings.MOYAI_CARD_SIMULATOR = False
    assert client.get(f"/simulator/card/{journey.order_id}/").status_code == 404


def test_choice_at_the_company_is_made_once(journey):
    journey.choose(result="declined")
    assert journey.choose(result="approved")["Location"].endswith("/done/")
    assert (journey.order.result, journey.order.calls.count()) == ("declined", 1)


def test_empty_choice_is_refused_with_words(journey, client):
    answer = client.post(f"/simulator/card/{journey.order_id}/", {})
    assert answer.status_code == 422
    assert "支払いの結果を選んでください。" in answer.content.decode()
    assert journey.order.result == ""


def test_order_of_another_charge_is_absent(journey, world, client, owe):
    other = owe()
    assert client.get(f"/chiba-shi/pay/{other.token}/back/{journey.order_id}/").status_code == 404
    assert client.get(f"/matsudo-shi/pay/{journey.charge.token}/").status_code == 404
    assert client.get("/chiba-shi/pay/nobodyknows/").status_code == 404


def test_slip_page_shows_its_number(world, client, owe):
    owed = owe()
    answer = client.post(f"/chiba-shi/pay/{owed.token}/", {"slip": "1"}, follow=True)
    with acting_in(world.chiba):
        slip = owed.instalments.get().slips.get()
    number = f"{slip.number[:4]}-{slip.number[4:8]}-{slip.number[8:]}"
    text = answer.content.decode()
    assert number in text and "納付書のPDFを作成しています" in text
    other = owe()
    assert client.get(f"/chiba-shi/pay/{other.token}/slips/{slip.pk}/").status_code == 404
    assert client.get(f"/chiba-shi/pay/{other.token}/slips/{slip.pk}/slip.pdf").status_code == 404


def test_calls_are_sent_by_the_job_and_their_answer_is_kept(journey, world, settled, monkeypatch):
    from moyai.money.tasks import simulator_call

    journey.choose("news_first")
    posted = []

    class Answer:
        status = 200

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(simulator, "urlopen", lambda request, timeout: posted.append(request) or Answer())
    call = journey.order.calls.get()
    with transaction.atomic():
        simulator_call(call_id=call.pk, now=clock.now())
        simulator_call(call_id=call.pk, now=clock.now())
    assert [request.full_url for request in posted] == ["http://testserver/money/news/simulator/"]
    call.refresh_from_db()
    assert call.status == 200 and call.sent_at is not None


def test_decide_writes_the_calls_of_each_course(db):
    now = clock.now()
    for course, count in (
        ("return_first", 1),
        ("news_first", 1),
        ("news_twice", 2),
        ("late", 1),
        ("wrong_amount", 1),
    ):
        order = SimulatorOrder.objects.create(
            order_id=course, title="x", amount_yen=684, return_url="http://x/", notify_url="http://x/"
        )
        calls = decide(order, result="approved", course=course, now=now)
        amounts = {json.loads(call.payload)["amount"] for call in calls}
        assert (len(calls), amounts) == (count, {685 if course == "wrong_amount" else 684})
        assert {call.due_at - now for call in calls} == {simulator.LATE if course == "late" else timedelta()}
