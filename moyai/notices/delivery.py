"""Handing messages to the mail server: once each in effect, whatever dies in between."""

from __future__ import annotations

import smtplib
from datetime import datetime
from email.utils import formataddr, parseaddr

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from moyai.notices.models import Message
from moyai.notices.rules.messages import FLOW, State, wait_after
from moyai.notices.rules.messages import message_id as mail_id
from moyai.tenants.public import Body, body_of, current_body, job

log = structlog.get_logger(__name__)

SERVER_SECONDS = 20


@job(name="notices.deliver")
def deliver(*, message_id: int, now: datetime) -> None:
    """配信 — hand one queued message to the mail server.

    The row lock is the claim: a second worker finds it locked, or no longer queued, and leaves. If this worker dies
    after the server's answer, the message is still queued, and the next try carries the same Message-ID.
    A failure is kept with the row and tried again by `retry_due`; it never raises, for that would roll the count back.
    """
    body = body_of(current_body())
    message: Message | None = (
        Message.objects.of(body)
        .select_for_update(skip_locked=True)
        .filter(id=message_id, state=State.QUEUED, next_try_at__lte=now)
        .first()
    )
    if message is None:
        return
    if not settings.MOYAI_SMTP_URL:
        _move(message, "keep", trouble="no_server")
        return
    message.tries += 1
    try:
        _send(message, body)
    except (smtplib.SMTPException, OSError) as error:
        trouble, for_good = _judge(error)
        wait = None if for_good else wait_after(message.tries)
        if wait is None:
            _move(message, "give_up", trouble=trouble)
        else:
            _move(message, "try_again", trouble=trouble, next_try_at=now + wait)
        log.warning(
            "notice_not_sent",
            message_id=message.pk,
            kind=message.kind,
            tries=message.tries,
            trouble=trouble,
            state=message.state,
        )
        return
    _move(message, "hand_over", sent_at=now)
    log.info("notice_sent", message_id=message.pk, kind=message.kind, tries=message.tries)


def _send(message: Message, body: Body) -> None:
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    mail = EmailMessage(
        subject=message.subject,
        body=message.text,
        from_email=formataddr((body.name, address)),
        to=[message.to_email],
        headers={
            "Message-ID": mail_id(body_code=body.code, number=message.pk, sender=address),
            # No out-of-office answer shall come back to a machine (RFC 3834).
            "Auto-Submitted": "auto-generated",
        },
        connection=get_connection(fail_silently=False, timeout=SERVER_SECONDS),
    )
    mail.send()


def _judge(error: Exception) -> tuple[str, bool]:
    """(trouble, whether trying again is useless) of a failure. A 5xx answer about the receiver is final."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
        return "refused", all(500 <= code < 600 for code in codes)
    if isinstance(error, smtplib.SMTPResponseException) and not isinstance(
        error, smtplib.SMTPConnectError | smtplib.SMTPHeloError | smtplib.SMTPAuthenticationError
    ):
        return "refused", 500 <= error.smtp_code < 600
    return "unreachable", False


def _move(
    message: Message,
    event: str,
    *,
    trouble: str = "",
    next_try_at: datetime | None = None,
    sent_at: datetime | None = None,
) -> None:
    message.state = FLOW[State(message.state), event]
    message.trouble, message.next_try_at, message.sent_at = trouble, next_try_at, sent_at
    message.save(update_fields=["state", "tries", "trouble", "next_try_at", "sent_at"])
