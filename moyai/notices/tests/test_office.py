"""The outbox as staff see it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moyai.audit.public import Deed
from moyai.notices.models import Message
from moyai.notices.public import Recipient
from moyai.notices.tests.conftest import run
from moyai.tenants.public import acting_in

URL = "/chiba-shi/office/notices/"


@pytest.fixture
def clerk(world, client_for):
    return client_for(world.at_chiba.clerk)


def test_clerk_sees_messages_by_state_without_whole_addresses(world, clerk, told, post):
    told()
    told(Recipient())
    page = clerk.get(URL).content.decode()
    assert "h***@example.jp" in page and "hanako@example.jp" not in page
    assert page.count("通知の見本") == 2
    assert clerk.get(URL, {"state": "kept"}).content.decode().count("通知の見本") == 1
    assert "この状態の通知はありません。" in clerk.get(URL, {"state": "failed"}).content.decode()
    assert clerk.get(URL, {"state": "x", "before": "x"}).status_code == 200


def test_a_look_at_a_message_is_on_record(world, clerk, told, post):
    message = told()
    page = clerk.get(f"{URL}{message.pk}/").content.decode()
    assert "hanako@example.jp" in page and "千葉 花子" in page and "もう一度送る" not in page
    with acting_in(world.chiba):
        assert Deed.objects.filter(body=world.chiba, verb="notices.view", thing_id=message.pk).count() == 1


def test_clerk_sends_again_from_the_page(world, clerk, told, post):
    message = told()
    post.recipient_code = 550
    run(world, message)
    assert "相手のメールサーバーが受け取りを断りました。" in clerk.get(f"{URL}{message.pk}/").content.decode()
    answer = clerk.post(f"{URL}{message.pk}/resend/", follow=True)
    assert "もう一度送る準備ができました" in answer.content.decode()
    assert clerk.post(f"{URL}{message.pk}/resend/").status_code == 409
    with acting_in(world.chiba):
        assert Message.objects.of(world.chiba).get(id=message.pk).state == "queued"


def test_approver_looks_but_does_not_send(world, client_for, told, post):
    message = told(Recipient(email="hanako@example.jp", by_mail=False))
    approver = client_for(world.at_chiba.approver)
    assert approver.get(f"{URL}{message.pk}/").status_code == 200
    assert approver.post(f"{URL}{message.pk}/resend/").status_code == 403
    with acting_in(world.chiba):
        assert Message.objects.of(world.chiba).get(id=message.pk).state == "kept"


def test_other_body_and_strangers_find_nothing(world, client, client_for, told, post):
    message = told()
    other = client_for(world.at_matsudo.clerk)
    for path in ("", f"{message.pk}/"):
        assert other.get(URL + path).status_code == 404
        assert client.get(URL + path).status_code == 302
    assert other.get(f"/matsudo-shi/office/notices/{message.pk}/").status_code == 404


def test_outbox_costs_the_same_however_long(world, clerk, told, post):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert clerk.get(URL).status_code == 200
        return len(queries)

    told()
    one = cost()
    for _ in range(55):
        told()
    assert cost() == one <= 20
    page = clerk.get(URL)
    assert "次の50件" in page.content.decode()
    assert "前の50件" in clerk.get(page.context["older_url"]).content.decode()
