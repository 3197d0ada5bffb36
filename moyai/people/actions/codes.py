"""メールアドレスの確認 — somebody without an account shows that a mail address is reached."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

from moyai.audit.public import action, record
from moyai.people import rules
from moyai.people.jobs import send_code
from moyai.people.links import digits_of
from moyai.people.models import MailCode
from moyai.people.permits import PERMITS
from moyai.people.throttle import forgive, throttle
from moyai.tenants.public import Actor, later


@action("people.ask_code", permits=PERMITS)
def ask_code(*, actor: Actor, now: datetime, email: str, purpose: str, key: str) -> MailCode:
    """Mail six digits to an address; they hold for fifteen minutes, once, in any tab or browser.

    `purpose` names what asks ("applications.submit"), `key` the thing it is for (a draft's id): digits of one
    never count for another. Five mails an hour to an address from a network, then TooManyTries.
    """
    address = rules.lower_email(email)
    throttle(kind="people.ask_code", key=address, now=now, window_minutes=60)
    code = MailCode.objects.create(
        purpose=purpose,
        key_hash=_key_hash(purpose, key, address),
        email=address,
        body=actor.body,
        salt=secrets.token_urlsafe(32),
        asked_at=now,
        expires_at=now + timedelta(minutes=rules.LINK_MINUTES),
        language=(get_language() or "ja")[:10],
    )
    later(send_code, code_id=code.pk)
    return code


def check_code(*, actor: Actor, now: datetime, email: str, purpose: str, key: str, typed: str) -> bool:
    """Whether `typed` are the digits of a mail asked for this address, purpose and key; uses them up.

    False for wrong, expired or used digits. After five wrong ones the mails asked so far stop counting, from
    wherever they are typed; TooManyTries after five tries from one network.
    """
    address = rules.lower_email(email)
    key_hash = _key_hash(purpose, key, address)
    throttle(kind="people.mail_code", key=key_hash, now=now)
    waiting = list(
        MailCode.objects.select_for_update()
        .filter(key_hash=key_hash, used_at__isnull=True, expires_at__gt=now, wrong_tries__lt=rules.CODE_TRIES)
        .order_by("-id")
    )
    digits = rules.digits_only(typed).encode()
    right = [code for code in waiting if hmac.compare_digest(digits, digits_of(code).encode())]
    if not right:
        MailCode.objects.filter(pk__in=[code.pk for code in waiting]).update(wrong_tries=F("wrong_tries") + 1)
        return False
    forgive(kind="people.mail_code", key=key_hash)
    MailCode.objects.filter(pk__in=[code.pk for code in waiting]).update(used_at=now)
    record(actor=actor, now=now, verb="people.confirm_mail", thing=right[0])
    return True


def _key_hash(purpose: str, key: str, address: str) -> str:
    return salted_hmac(
        "moyai.people.mail_code",
        f"{purpose}\n{key}\n{address}",
        secret=settings.SECRET_KEY,
        algorithm="sha256",
    ).hexdigest()
