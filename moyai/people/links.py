"""Links that let somebody in once: made here, found by their hash, spelled out only in the mail."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, override

from moyai.people import rules
from moyai.people.models import Account, Link, MailCode
from moyai.tenants.public import Body

LIFE = {
    Link.Purpose.SIGN_IN: timedelta(minutes=rules.LINK_MINUTES),
    Link.Purpose.INVITATION: timedelta(hours=rules.INVITATION_HOURS),
    Link.Purpose.PASSWORD: timedelta(hours=rules.INVITATION_HOURS),
}


def make_link(
    *,
    purpose: Link.Purpose,
    email: str,
    now: datetime,
    origin: str,
    account: Account | None = None,
    body: Body | None = None,
    next_path: str = "",
) -> Link:
    """A fresh link; an earlier invitation or password link of the same account stops working."""
    if purpose != Link.Purpose.SIGN_IN:
        Link.objects.filter(account=account, used_at__isnull=True).exclude(
            purpose=Link.Purpose.SIGN_IN
        ).delete()
    salt = secrets.token_urlsafe(32)
    return Link.objects.create(
        purpose=purpose,
        email=rules.lower_email(email),
        account=account,
        body=body,
        salt=salt,
        token_hash=rules.token_hash(rules.link_token(_secret(), salt=salt)),
        asked_at=now,
        expires_at=now + LIFE[purpose],
        next_path=rules.safe_path(next_path),
        origin=origin.rstrip("/"),
        language=(get_language() or "ja")[:10],
    )


def _secret() -> bytes:
    return f"moyai.people.link:{settings.SECRET_KEY}".encode()


def token_of(link: Link) -> str:
    return rules.link_token(_secret(), salt=link.salt)


def code_of(link: Link) -> str:
    return rules.link_code(_secret(), salt=link.salt)


def url_of(link: Link) -> str:
    page = "people_link" if link.purpose == Link.Purpose.SIGN_IN else "people_start"
    with override(link.language):
        return link.origin + reverse(page, kwargs={"token": token_of(link)})


def find_link(token: str, *, now: datetime, start: bool = False, lock: bool = False) -> Link | None:
    """The link a token belongs to, if it still lets somebody in; `start`: an invitation or password link."""
    links = Link.objects.filter(token_hash=rules.token_hash(token))
    links = (
        links.exclude(purpose=Link.Purpose.SIGN_IN) if start else links.filter(purpose=Link.Purpose.SIGN_IN)
    )
    if lock:
        links = links.select_for_update()
    link = links.first()
    return link if link is not None and still_open(link, now=now) else None


def still_open(link: Link, *, now: datetime) -> bool:
    return link.used_at is None and now < link.expires_at and link.wrong_tries < rules.CODE_TRIES


def right_code(link: Link, typed: str) -> bool:
    """Whether the six digits are the mail's; a wrong answer counts against the link."""
    right = hmac.compare_digest(rules.digits_only(typed).encode(), code_of(link).encode())
    if not right:
        link.wrong_tries += 1
        link.save(update_fields=["wrong_tries"])
    return right


def shown_on_screen() -> bool:
    """Whether links are shown on the page, because this is a training installation that sends no mail."""
    return bool(settings.MOYAI_DEMO) and not settings.MOYAI_SMTP_URL


def can_send() -> bool:
    return bool(settings.MOYAI_SMTP_URL) or shown_on_screen()


def digits_of(code: MailCode) -> str:
    """The six digits that confirm a mail address."""
    secret = f"moyai.people.mail_code:{settings.SECRET_KEY}".encode()
    return rules.link_code(secret, salt=code.salt)


def shown_digits(code: MailCode) -> str:
    """The digits for the page, where a training installation sends no mail; else ""."""
    return digits_of(code) if shown_on_screen() else ""
