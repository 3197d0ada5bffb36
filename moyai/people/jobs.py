"""Mails with a link, and the nightly sweep of what has run out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import override

from moyai.people.links import code_of, digits_of, url_of
from moyai.people.models import CardChallenge, Link, MailCode, SpentCode, Throttle
from moyai.tenants.public import Body, every, job
from moyai.ui.public import readings_in_brackets, without_readings


@job(name="people.send_link", retry=3)
def send_link(*, link_id: int, now: datetime) -> None:
    """Mail a link. A link that was used or has run out is not worth a mail; twice sent does no harm."""
    link = Link.objects.select_related("account", "body").filter(pk=link_id).first()
    if link is None or link.used_at is not None or link.expires_at <= now or not settings.MOYAI_SMTP_URL:
        return
    with override(link.language):
        text = render_to_string(
            f"people/mail/{link.purpose}.txt",
            {"link": link, "url": url_of(link), "code": code_of(link), "body": link.body},
        )
    _send(text, link.email)


@job(name="people.send_code", retry=3)
def send_code(*, code_id: int, now: datetime) -> None:
    """Mail the digits that confirm an address; not when they were used or have run out."""
    code = MailCode.objects.select_related("body").filter(pk=code_id).first()
    if code is None or code.used_at is not None or code.expires_at <= now or not settings.MOYAI_SMTP_URL:
        return
    with override(code.language):
        text = render_to_string("people/mail/code.txt", {"body": code.body, "code": digits_of(code)})
    _send(text, code.email)


def _send(text: str, email: str) -> None:
    """The first line is the subject. Readings of easy Japanese stand in brackets, in a subject not at all."""
    subject, _blank, rest = text.partition("\n")
    EmailMessage(
        subject=without_readings(subject.strip()),
        body=readings_in_brackets(rest.lstrip("\n")),
        to=[email],
    ).send()


@every("23 3 * * *", name="people.sweep", per_body=False)
def sweep(*, now: datetime) -> None:
    """Remove links, codes, tries, spent codes and sessions that no longer matter."""
    Link.objects.filter(expires_at__lt=now - timedelta(days=7)).delete()
    MailCode.objects.filter(expires_at__lt=now).delete()
    Throttle.objects.filter(until_at__lt=now).delete()
    SpentCode.objects.filter(used_at__lt=now - timedelta(days=1)).delete()
    Session.objects.filter(expire_date__lt=now).delete()


@every("41 3 * * *", name="people.sweep_cards")
def sweep_cards(*, body: Body, now: datetime) -> None:
    """Remove texts that cards signed, a week after their time: the application keeps its own signature."""
    CardChallenge.objects.of(body).filter(expires_at__lt=now - timedelta(days=7)).delete()
