"""Other systems are told what happened: signed, for a day, once each in effect, and nobody is called inside."""

import json
import socket
import ssl
import time
from datetime import timedelta

import pytest
from django.db import transaction

from moyai.audit.public import Deed, NotPermitted
from moyai.notices import actions, events, sending
from moyai.notices.deliveries import deliver_event, secret_of
from moyai.notices.jobs import drop_old_events
from moyai.notices.models import Delivery, Webhook
from moyai.notices.public import announce, forget_messages_about
from moyai.notices.rules import webhooks as rules
from moyai.notices.tests.receiver import Receiver, accept_of_the_guide
from moyai.tenants.public import Actor, acting_in

EVENT = "notices.test_event"
FACTS = {"number": "120345678901", "state": "received", "at": "2026-04-01T09:00:00+09:00", "fee_yen": 684}


@pytest.fixture(autouse=True)
def known():
    events.register(EVENT, "試験の出来事")
    yield
    del events._known[EVENT]


@pytest.fixture
def receiver(settings):
    receiver = Receiver()
    settings.MOYAI_DEMO = True
    settings.MOYAI_WEBHOOK_INSIDE = [f"127.0.0.1:{receiver.port}"]
    yield receiver
    receiver.close()


@pytest.fixture
def chief(world):
    return world.actor(world.at_chiba.administrator, world.chiba)


@pytest.fixture
def hook(world, chief, receiver):
    with acting_in(world.chiba) as now:
        return actions.add_webhook(actor=chief, now=now, name="図書館", url=receiver.url, kinds=[EVENT])


def tell_it(world, **more):
    with acting_in(world.chiba) as now:
        facts = {"event": EVENT, "about": world.chiba, "facts": FACTS} | more
        return announce(actor=Actor.system(world.chiba), now=now, **facts)


def run(world, later=timedelta()):
    """What the worker does with everything that is due; gives the rows after it."""
    with acting_in(world.chiba) as now:
        for pk in list(Delivery.objects.of(world.chiba).order_by("id").values_list("pk", flat=True)):
            deliver_event(delivery_id=pk, now=now + later)
        return list(Delivery.objects.of(world.chiba).order_by("id"))


def secret(world, hook):
    with acting_in(world.chiba):
        hook.refresh_from_db()
        return secret_of(world.chiba, hook, hook.salt)


def test_A28_event_arrives_signed_and_the_receiver_of_the_guide_takes_it_once(world, hook, receiver):
    assert tell_it(world) == 1
    (sent,) = run(world)
    assert (sent.state, sent.tries, sent.last_status, sent.next_at) == ("sent", 1, 204, None)
    ((headers, body),) = receiver.calls
    assert json.loads(body) == {
        "id": sent.event_id,
        "event": EVENT,
        "at": sent.made_at.isoformat(timespec="seconds"),
        "body": "121002",
        "about": {"kind": "tenants.body", "id": world.chiba.pk},
        "facts": FACTS,
    }
    assert headers["Moyai-Delivery"] == sent.event_id and headers["Moyai-Event"] == EVENT
    accept, seen, at = accept_of_the_guide(), set(), int(headers["Moyai-Timestamp"])
    assert accept(headers, body, secret(world, hook), seen, now=at + 1) is True
    assert accept(headers, body, secret(world, hook), seen, now=at + 1) is False
    for altered in (
        (headers, body.replace(b"received", b"accepted"), at),
        (headers | {"Moyai-Timestamp": str(at + 1)}, body, at),
        (headers, body, at + 301),
    ):
        with pytest.raises(ValueError):
            accept(altered[0], altered[1], secret(world, hook), set(), now=altered[2])
    with pytest.raises(ValueError, match="signature"):
        accept(headers, body, "whsec_" + "0" * 64, set(), now=at)


def test_A28_nothing_is_told_that_was_rolled_back(world, hook):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell_it(world)
        raise ZeroDivisionError
    assert run(world) == []


def test_A28_only_who_asked_for_it_is_told(world, hook, chief, receiver):
    events.register("notices.other_event", "別の出来事")
    try:
        assert tell_it(world, event="notices.other_event") == 0
        with pytest.raises(LookupError):
            tell_it(world, event="notices.nobody_knows")
    finally:
        del events._known["notices.other_event"]


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "千葉 花子"},
        {"name": "hanako@example.jp"},
        {"name": "CHIBA HANAKO"},
        {"list": ["x"]},
        {"number": 1.5},
        {"Name": "x"},
        {"number": "1" * 81},
    ],
)
def test_A28_what_could_be_a_persons_is_never_told(world, hook, facts):
    with pytest.raises(ValueError, match="not an id"):
        tell_it(world, facts=facts)
    assert run(world) == []


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (500, "answer"),
        (404, "answer"),
        ("cut", "unreachable"),
        (("to", "http://169.254.169.254/latest/meta-data/"), "redirect"),
    ],
)
def test_A28_a_receiver_that_fails_is_tried_again_under_the_same_id(world, hook, receiver, answer, trouble):
    receiver.answers = [answer, 200]
    tell_it(world)
    (failed,) = run(world)
    assert (failed.state, failed.tries, failed.trouble) == ("queued", 1, trouble)
    assert failed.next_at > failed.made_at
    assert run(world)[0].tries == 1  # its time has not come
    (sent,) = run(world, later=timedelta(minutes=1))
    assert (sent.state, sent.tries, sent.trouble, sent.last_status) == ("sent", 2, "", 200)
    first, second = receiver.calls
    assert first[0]["Moyai-Delivery"] == second[0]["Moyai-Delivery"] and first[1] == second[1]
    assert first[0]["Moyai-Signature"] != second[0]["Moyai-Signature"]


@pytest.mark.parametrize("answer", ["slow", "drip"])
def test_A28_a_slow_receiver_is_cut_off_in_time(receiver, answer):
    receiver.answers = [answer]
    since = time.monotonic()
    answered = sending.post(receiver.url, body=b"{}", headers={}, seconds=0.5)
    assert (answered.status, answered.trouble) == (None, "slow")
    assert time.monotonic() - since < 3


def test_A28_after_a_day_it_is_failed_and_shown_and_can_be_sent_again(world, hook, receiver, chief):
    receiver.answers = [503]
    tell_it(world)
    at = timedelta()
    for wait in (*rules.DELIVERY_WAITS, timedelta()):
        (row,) = run(world, later=at)
        at += wait
    assert (row.state, row.tries, row.next_at, row.last_status) == ("failed", 9, None, 503)
    assert timedelta(hours=23) < at < timedelta(hours=24)
    receiver.answers = [200]
    with acting_in(world.chiba) as now:
        again = actions.resend_delivery(actor=chief, now=now, delivery=row)
        assert (again.state, again.tries) == ("queued", 0)
        with pytest.raises(actions.DeliveryNotResendable):
            actions.resend_delivery(actor=chief, now=now, delivery=again)
    assert run(world)[0].state == "sent"
    assert receiver.calls[0][0]["Moyai-Delivery"] == receiver.calls[-1][0]["Moyai-Delivery"]


def test_A28_gone_ends_it_at_once(world, hook, receiver):
    receiver.answers = [410]
    tell_it(world)
    assert run(world)[0].state == "failed"


def test_A28_a_job_run_twice_sends_once(world, hook, receiver):
    tell_it(world)
    run(world)
    run(world)
    assert len(receiver.calls) == 1


def test_A28_a_new_secret_signs_beside_the_old_one_for_a_day(world, hook, receiver, chief):
    old = secret(world, hook)
    with acting_in(world.chiba) as now:
        actions.rotate_webhook_secret(actor=chief, now=now, webhook=hook)
    new = secret(world, hook)
    assert old != new
    tell_it(world)
    run(world)
    accept = accept_of_the_guide()
    headers, body = receiver.calls[-1]
    at = int(headers["Moyai-Timestamp"])
    assert accept(headers, body, old, set(), now=at) and accept(headers, body, new, set(), now=at)
    with acting_in(world.chiba):
        Webhook.objects.filter(pk=hook.pk).update(rotated_at=hook.made_at - timedelta(hours=24))
    tell_it(world)
    run(world)
    headers, body = receiver.calls[-1]
    assert accept(headers, body, new, set(), now=at)
    with pytest.raises(ValueError, match="signature"):
        accept(headers, body, old, set(), now=at)


def test_A28_the_database_alone_signs_nothing(world, hook, settings):
    before = secret(world, hook)
    with acting_in(world.chiba):
        row = Webhook.objects.get(pk=hook.pk)
        assert all(before not in str(value) for value in vars(row).values())
    settings.MOYAI_NUMBER_KEY = "another"
    assert secret(world, hook) != before


def test_A28_a_paused_receiver_waits_and_goes_on_with_what_was_held(world, hook, receiver, chief):
    tell_it(world)
    with acting_in(world.chiba) as now:
        actions.pause_webhook(actor=chief, now=now, webhook=hook)
    assert tell_it(world) == 0
    assert [row.state for row in run(world)] == ["held"] and receiver.calls == []
    with acting_in(world.chiba) as now:
        actions.resume_webhook(actor=chief, now=now, webhook=hook)
    assert [row.state for row in run(world)] == ["sent"]


def test_A28_a_clerk_registers_and_sees_nothing(world, hook, receiver):
    clerk = world.actor(world.at_chiba.clerk, world.chiba)
    with acting_in(world.chiba) as now:
        for attempt in (
            lambda: actions.add_webhook(actor=clerk, now=now, name="x", url=receiver.url, kinds=[EVENT]),
            lambda: actions.show_webhook_secret(actor=clerk, now=now, webhook=hook),
            lambda: actions.rotate_webhook_secret(actor=clerk, now=now, webhook=hook),
        ):
            with pytest.raises(NotPermitted):
                attempt()
        assert Webhook.objects.of(world.chiba).count() == 1


def test_A20_events_about_a_forgotten_thing_go(world, hook):
    tell_it(world)
    with acting_in(world.chiba) as now:
        forget_messages_about(actor=Actor.system(world.chiba), now=now, thing=world.chiba)
        assert not Delivery.objects.of(world.chiba).exists()


def test_A28_old_events_are_deleted_and_waiting_ones_are_not(world, hook, receiver):
    receiver.answers = [200, 500]
    tell_it(world)
    tell_it(world)
    first, second = run(world)
    with acting_in(world.chiba) as now:
        drop_old_events(body=world.chiba, now=now + timedelta(days=91))
        assert list(Delivery.objects.of(world.chiba).values_list("pk", flat=True)) == [second.pk]
    assert (first.state, second.state) == ("sent", "queued")


# --- whom we never call ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.5.5", "192.168.1.1", "100.64.0.1", "0.0.0.0"),
        *("169.254.169.254", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::"),
    ],
)
def test_attack_A28_no_address_inside_is_called(address):
    assert not rules.may_call(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_A28_addresses_of_the_open_internet_are_called(address):
    assert rules.may_call(address)


def test_attack_A28_a_named_receiver_may_be_inside_and_never_the_clouds_own_keys():
    assert rules.may_call("10.0.0.1", named=True) and rules.may_call("127.0.0.1", named=True)
    for address in ("169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "0.0.0.0"):
        assert not rules.may_call(address, named=True)


def test_attack_A28_a_name_that_points_inside_is_not_called(receiver, settings, monkeypatch):
    settings.MOYAI_WEBHOOK_INSIDE = []
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, receiver.port)) for ip in ("8.8.8.8", "127.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)
    assert sending.post("https://rebinding.example/", body=b"", headers={}).trouble == "address"
    assert receiver.calls == []


def test_attack_A28_the_address_that_was_looked_at_is_the_one_that_is_called(settings, monkeypatch):
    asked = []
    answers = iter([[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: next(answers))  # a second look-up would fail

    def connect(address, timeout=None):
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    assert sending.post("https://rebinding.example/", body=b"", headers={}).trouble == "unreachable"
    assert asked == [("8.8.8.8", 443)]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.jp/", "https"),
        ("ftp://example.jp/", "https"),
        ("file:///etc/passwd", "shape"),
        ("https://user:pass@example.jp/", "login"),
        ("https://user@example.jp/", "login"),
        ("https:///nohost", "shape"),
        ("https://example.jp:99999/", "shape"),
        ("https://例え.jp/", "shape"),
        ("https://example.jp\\@169.254.169.254/", "shape"),
        ("https://example.jp/#x", "shape"),
        ("https://example.jp/ x", "shape"),
        ("https://example.jp/" + "x" * 500, "long"),
        ("https://example.jp:8443/moyai?a=1", ""),
    ],
)
def test_attack_A28_only_plain_https_addresses_are_registered(world, chief, url, why):
    assert rules.why_not_url(url) == why
    if why:
        with acting_in(world.chiba) as now:
            with pytest.raises(actions.UrlRefused):
                actions.add_webhook(actor=chief, now=now, name="x", url=url, kinds=[EVENT])
            assert not Webhook.objects.of(world.chiba).exists()


def test_A28_http_is_for_named_receivers_of_a_training_house_only(receiver, settings):
    assert sending.post(receiver.url, body=b"", headers={}).status == 204
    settings.MOYAI_DEMO = False
    assert sending.post(receiver.url, body=b"", headers={}).trouble == "address"


def test_A28_a_receiver_without_a_trusted_certificate_gets_nothing(receiver, tmp_path, settings):
    from moyai.documents.tests.certificates import self_signed

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path, "127.0.0.1"))
    receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
    answered = sending.post(f"https://127.0.0.1:{receiver.port}/", body=b"secret", headers={})
    assert answered.trouble == "certificate" and receiver.calls == []


# --- pages -----------------------------------------------------------------------------------------

LIST = "/chiba-shi/office/webhooks/"


def test_A28_administrator_registers_tries_and_looks(world, receiver, client_for):
    client = client_for(world.at_chiba.administrator)
    assert LIST in client.get("/chiba-shi/office/notices/").content.decode()
    refused = client.post(f"{LIST}new/", {"name": "図書館", "url": "http://example.jp/", "kinds": [EVENT]})
    assert refused.status_code == 422 and "「https://」で始まるアドレス" in refused.content.decode()
    made = client.post(f"{LIST}new/", {"name": "図書館", "url": receiver.url, "kinds": [EVENT]})
    assert made.status_code == 302
    here = made["Location"]
    page = client.get(here).content.decode()
    assert "whsec_" not in page and "試験の出来事" in page
    client.post(f"{here}try/")
    (sent,) = run(world)
    assert (sent.kind, sent.state) == ("notices.trial", "sent")
    page = client.get(here).content.decode()
    assert "試しの知らせ" in page and sent.event_id in page and "再送する" in page
    shown = client.post(f"{here}secret/")
    assert shown["Cache-Control"] == "private, no-store"
    assert shown.content.decode().count("whsec_") == 1
    with acting_in(world.chiba):
        assert Deed.objects.filter(verb="notices.show_webhook_secret").count() == 1
    for what, words in (
        ("rotate", "あと24時間"),
        ("pause", "知らせを止めました"),
        ("resume", "再開しました"),
    ):
        assert words in client.post(f"{here}{what}/", follow=True).content.decode()
    resend = f"{here}deliveries/{sent.pk}/resend/"
    assert "数分のうちに送ります" in client.post(resend, follow=True).content.decode()
    assert client.post(resend).status_code == 409


def test_A28_pages_are_the_administrators_own(world, hook, client_for):
    clerk, stranger = client_for(world.at_chiba.clerk), client_for(world.at_matsudo.administrator)
    assert LIST not in clerk.get("/chiba-shi/office/notices/").content.decode()
    for address in (LIST, f"{LIST}new/", f"{LIST}{hook.pk}/"):
        assert clerk.get(address).status_code == 403
        assert stranger.get(address).status_code == 404
    elsewhere = LIST.replace("chiba-shi", "matsudo-shi")
    assert stranger.get(f"{elsewhere}{hook.pk}/").status_code == 404
    assert stranger.post(f"{elsewhere}{hook.pk}/secret/").status_code == 404


def test_A28_pages_cost_the_same_however_much_was_sent(
    world, hook, client_for, django_assert_max_num_queries
):
    client = client_for(world.at_chiba.administrator)
    for _ in range(60):
        tell_it(world)
    client.get(LIST)
    with django_assert_max_num_queries(10):
        client.get(LIST)
    with django_assert_max_num_queries(10):
        page = client.get(f"{LIST}{hook.pk}/").content.decode()
    assert page.count("<code>evt_") == 50 and "?before=" in page
