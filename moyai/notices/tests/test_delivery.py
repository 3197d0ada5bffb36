"""Telling people through a real mail server: once each in effect, whatever the server or the worker does."""

import logging
from datetime import timedelta
from email.header import decode_header, make_header

import pytest
from django.db import transaction
from django.template import TemplateDoesNotExist

from moyai.audit.public import NotPermitted
from moyai.notices.actions import NothingToSendTo, NotResendable, resend
from moyai.notices.delivery import deliver
from moyai.notices.jobs import retry_due
from moyai.notices.models import Message
from moyai.notices.public import AddressRefused, Recipient, SubjectRefused, notices_about, tell
from moyai.notices.tests.conftest import FACTS, HANAKO, run
from moyai.notices.wording import MissingFact
from moyai.tenants.public import Actor, acting_in


def test_message_is_sent_by_mail_and_shown_on_screen(world, told, post):
    message = told()
    assert message.state == "queued"
    sent = run(world, message)
    assert (sent.state, sent.tries, sent.next_try_at) == ("sent", 1, None)
    (mail,) = post.mails
    assert (
        str(make_header(decode_header(mail["Subject"]))) == "【千葉市】通知の見本（整理番号 1203-4567-8901）"
    )
    assert mail["To"] == "hanako@example.jp" and "moyai@council.example" in mail["From"]
    assert mail["Message-ID"] == f"<moyai.notice.121002.{message.pk}@council.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_payload(decode=True).decode()
    assert "住民票の写しについて、令和8年4月15日（水）までに確認してください。" in text
    assert "千葉 花子" not in text
    with acting_in(world.chiba):
        assert [each.subject for each in notices_about(world.chiba)] == [message.subject]


def test_job_run_twice_sends_once(world, told, post):
    message = told()
    run(world, message)
    run(world, message)
    assert len(post.mails) == 1


def test_without_a_mail_server_the_message_is_kept_on_screen(world, told, settings):
    settings.MOYAI_SMTP_URL = ""
    message = told()
    assert (message.state, message.trouble, message.next_try_at) == ("kept", "no_server", None)
    assert run(world, message).state == "kept"


def test_mail_server_taken_away_meanwhile_keeps_the_message(world, told, post, settings):
    message = told()
    settings.MOYAI_SMTP_URL = ""
    kept = run(world, message)
    assert (kept.state, kept.trouble, post.mails) == ("kept", "no_server", [])


@pytest.mark.parametrize(
    ("to", "why"),
    [
        (Recipient(), "no_address"),
        (Recipient(email="  "), "no_address"),
        (Recipient(email="hanako@example.jp", by_mail=False), "not_wanted"),
    ],
)
def test_who_has_no_address_or_wants_no_mail_reads_on_screen(world, told, post, to, why):
    message = told(to)
    assert (message.state, message.trouble) == ("kept", why)
    run(world, message)
    assert post.mails == []


def test_worker_that_dies_after_the_server_took_the_mail_makes_no_second_one(world, told, post, monkeypatch):
    message = told()
    with pytest.raises(KeyboardInterrupt), acting_in(world.chiba) as now, monkeypatch.context() as patched:
        # The process ends after the server's answer, before our commit: everything rolls back.
        patched.setattr(
            "moyai.notices.delivery._move", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        deliver(message_id=message.pk, now=now)
    with acting_in(world.chiba):
        assert Message.objects.of(world.chiba).get(id=message.pk).state == "queued"
    assert run(world, message).state == "sent"
    assert len(post.mails) == 2 and len(post.kept_by_receiver()) == 1


def test_lost_answer_of_the_server_makes_no_second_mail(world, told, post):
    message = told()
    post.dies_after_taking = True
    waiting = run(world, message)
    assert (waiting.state, waiting.trouble, waiting.tries) == ("queued", "unreachable", 1)
    post.dies_after_taking = False
    assert run(world, message, later=timedelta(minutes=2)).state == "sent"
    assert len(post.mails) == 2 and len(post.kept_by_receiver()) == 1


def test_busy_server_is_tried_again_later_and_given_up_at_last(world, told, post):
    message = told()
    post.recipient_code = 451
    later, states = timedelta(), []
    for _try in range(6):
        found = run(world, message, later=later)
        states.append((found.state, found.tries))
        if found.next_try_at:
            assert run(world, message, later=later).tries == found.tries  # not before its time
            later = found.next_try_at - message.told_at
    assert states == [
        ("queued", 1),
        ("queued", 2),
        ("queued", 3),
        ("queued", 4),
        ("queued", 5),
        ("failed", 6),
    ]
    assert (found.trouble, post.mails) == ("refused", [])


def test_unknown_receiver_is_given_up_at_once(world, told, post):
    message = told()
    post.recipient_code = 550
    assert (run(world, message).state, post.mails) == ("failed", [])


def test_closed_server_is_tried_again(world, told, post):
    message = told()
    post.greeting_code = 554
    found = run(world, message)
    assert (found.state, found.trouble) == ("queued", "unreachable")


def test_server_that_is_not_there_is_tried_again(world, told, post, settings):
    message = told()
    settings.EMAIL_PORT = 1
    assert (run(world, message).state, run(world, message).tries) == ("queued", 1)


def test_logs_hold_no_address_and_no_text(world, told, post, capfd, caplog):
    caplog.set_level(logging.DEBUG)
    message = told()
    post.recipient_code = 550
    run(world, message)
    out, err = capfd.readouterr()
    for place in (out, err, caplog.text):
        for secret in ("hanako", "住民票", "千葉 花子"):
            assert secret not in place
    with acting_in(world.chiba):
        assert "hanako" not in Message.objects.of(world.chiba).get(id=message.pk).trouble


@pytest.mark.parametrize(
    "address", ["a@b.jp\nBcc: c@d.jp", "a@b.jp, c@d.jp", "not an address", "a@b.jp\r\n\r\nhi"]
)
def test_address_that_smuggles_a_header_is_refused(world, told, post, address):
    with pytest.raises(AddressRefused):
        told(Recipient(email=address))
    with acting_in(world.chiba):
        assert not Message.objects.of(world.chiba).filter(kind="notices.sample").exists()


@pytest.mark.parametrize("number", ["1\nBcc: c@d.jp", "1\r\nX: y", "1\x00", "1\u2028x", "1\u202ex"])
def test_fact_that_smuggles_a_header_is_refused(world, told, post, number):
    with pytest.raises(SubjectRefused):
        told(number=number)
    with acting_in(world.chiba):
        assert not Message.objects.of(world.chiba).filter(kind="notices.sample").exists()


def test_fact_cannot_end_the_subject_and_begin_the_text(told, post):
    assert told(title="<b>&amp; {{ body_name }}").text.startswith("<b>&amp; {{ body_name }}について")


def test_missing_fact_and_missing_template_are_mistakes(world):
    with acting_in(world.chiba) as now:
        given = {"actor": Actor.system(world.chiba), "now": now, "to": HANAKO, "about": world.chiba}
        with pytest.raises(MissingFact):
            tell(kind="notices.sample", facts={"number": "1"}, **given)
        with pytest.raises(TemplateDoesNotExist):
            tell(kind="notices.nobody_wrote", facts={}, **given)


def test_rolled_back_act_tells_nobody(world, post):
    with pytest.raises(RuntimeError, match="refused"), acting_in(world.chiba) as now:
        tell(
            actor=Actor.system(world.chiba),
            now=now,
            kind="notices.sample",
            facts=FACTS,
            to=HANAKO,
            about=world.chiba,
        )
        raise RuntimeError("refused")
    with acting_in(world.chiba):
        assert not Message.objects.of(world.chiba).filter(kind="notices.sample").exists()


def test_other_body_reads_no_message(world, told, post):
    told()
    with acting_in(world.matsudo):
        assert notices_about(world.chiba) == []
        assert not Message.objects.filter(kind="notices.sample").exists()


def test_clerk_sends_a_failed_message_again(world, told, post):
    message = told()
    post.recipient_code = 550
    run(world, message)
    clerk = world.actor(world.at_chiba.clerk, world.chiba)
    with acting_in(world.chiba) as now:
        resend(actor=clerk, now=now, message=message)
        with pytest.raises(NotResendable):
            resend(actor=clerk, now=now, message=message)
    post.recipient_code = 250
    sent = run(world, message)
    assert (sent.state, sent.tries, len(post.mails)) == ("sent", 1, 1)
    with acting_in(world.chiba) as now, pytest.raises(NotResendable):
        resend(actor=clerk, now=now, message=message)


def test_message_without_address_is_not_sent_and_residents_resend_nothing(world, told, post):
    message = told(Recipient())
    with acting_in(world.chiba) as now:
        with pytest.raises(NothingToSendTo):
            resend(actor=world.actor(world.at_chiba.clerk, world.chiba), now=now, message=message)
        with pytest.raises(NotPermitted):
            resend(actor=Actor.anyone(world.chiba), now=now, message=message)
        assert Message.objects.of(world.chiba).get(id=message.pk).state == "kept"


def test_sweep_wakes_only_what_is_due_in_every_body(world, told, post, monkeypatch):
    due, fresh = told(), told()
    with acting_in(world.chiba):
        Message.objects.of(world.chiba).filter(id=due.pk).update(
            next_try_at=due.told_at - timedelta(minutes=5)
        )
    woken = []
    monkeypatch.setattr(
        "moyai.notices.outgoing.later", lambda job, message_id: woken.append((job.name, message_id))
    )
    # What is not committed cannot be seen across the wall: look through our own connection instead.
    from contextlib import contextmanager

    @contextmanager
    def looking():
        with acting_in(world.chiba):
            yield "default"

    monkeypatch.setattr("moyai.notices.outgoing.looking_across", looking)
    with transaction.atomic():
        retry_due(now=fresh.told_at)
    assert woken == [("notices.deliver", due.pk)]
