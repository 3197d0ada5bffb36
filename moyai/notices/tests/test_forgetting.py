"""After retention: messages are empty rows that prove when what kind was told, and to nobody we know."""

from datetime import timedelta

from moyai.audit.public import Deed, looked
from moyai.notices.models import Message
from moyai.notices.public import Recipient, forget_messages_about
from moyai.notices.tests.conftest import run
from moyai.tenants.public import Actor, acting_in

NAME = "忘田忘子"
TO = Recipient(email="wasure@example.jp", name=NAME, account_id=None)


def forget(world):
    with acting_in(world.chiba) as now:
        return forget_messages_about(actor=Actor.system(world.chiba), now=now, thing=world.chiba)


def test_A20_no_address_name_or_text_is_left_and_the_row_is(world, told, post):
    message = told(TO, title=NAME)
    run(world, message)
    with acting_in(world.chiba) as now:
        system = Actor.system(world.chiba)
        looked(actor=system, now=now, verb="notices.view", thing=message, reason=f"{NAME}さんの電話")
    assert forget(world) == 1
    with acting_in(world.chiba):
        row = Message.objects.of(world.chiba).get(id=message.pk)
        assert (row.to_email, row.to_name, row.subject, row.text) == ("", "", "", "")
        assert (row.kind, row.state, row.about_id) == ("notices.sample", "sent", world.chiba.pk)
        assert row.forgotten_at is not None and row.sent_at is not None
        from moyai.documents.tests.test_forgetting import tables_with

        assert tables_with(NAME) == tables_with("wasure@example.jp") == []
        assert Deed.objects.filter(verb="notices.forget_messages_about").count() == 1
    assert forget(world) == 0


def test_A20_what_still_waited_is_not_sent_any_more(world, told, post):
    message = told(TO)
    assert message.state == "queued" and forget(world) == 1
    row = run(world, message, later=timedelta(days=1))
    assert (row.state, row.next_try_at, row.to_email) == ("kept", None, "")
    assert post.mails == []


def test_A20_staff_see_that_it_was_deleted_and_cannot_send_it(world, told, client_for, settings):
    message = told(TO)
    forget(world)
    client = client_for(world.at_chiba.clerk)
    assert "（保存期間の終了により削除）" in client.get("/chiba-shi/office/notices/").content.decode()
    url = f"/chiba-shi/office/notices/{message.pk}/"
    page = client.get(url).content.decode()
    assert "（保存期間の終了により削除）" in page and "もう一度送る" not in page
    assert client.post(f"{url}resend/").status_code == 409
