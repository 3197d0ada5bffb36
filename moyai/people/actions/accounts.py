"""What people do with their own account: come in, change the ways in, go out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action, record
from moyai.people import factors
from moyai.people.jobs import send_link
from moyai.people.links import make_link
from moyai.people.models import Account, Link
from moyai.people.permits import PERMITS
from moyai.people.rules import lower_email
from moyai.tenants.public import Actor, Refusal, later


class LastFactor(Refusal):
    code = "last_factor"
    message = _(  # type: ignore[assignment]
        "職員は2つ目の確認方法が1つ必要です。先に別の方法を登録してください。"
    )


@action("people.ask_link", permits=PERMITS)
def ask_link(*, actor: Actor, now: datetime, email: str, origin: str, next_path: str = "") -> Link:
    """Mail a sign-in link to an address, whoever has it; it works once within 15 minutes."""
    link = make_link(purpose=Link.Purpose.SIGN_IN, email=email, now=now, origin=origin, next_path=next_path)
    later(send_link, link_id=link.pk)
    return link


def use_link(*, actor: Actor, now: datetime, link: Link) -> Account | None:
    """Spend a sign-in link: the account of its address, made now if there was none.

    None for an account that is closed, or of staff, who sign in with password and second factor.
    """
    Link.objects.filter(pk=link.pk).update(used_at=now)
    account, _made = Account.objects.get_or_create(
        email=lower_email(link.email), defaults={"password": make_password(None)}
    )
    return account if account.is_active and not account.is_staff_account else None


@action("people.sign_in", permits=PERMITS, thing="account")
def sign_in(*, actor: Actor, now: datetime, account: Account, reason: str) -> Account:
    """ログイン — `reason` is the way: link, password, app, recovery, passkey."""
    return account


@action("people.sign_out", permits=PERMITS, thing="account")
def sign_out(*, actor: Actor, now: datetime, account: Account) -> Account:
    return account


@action("people.change_profile", permits=PERMITS, thing="account")
def change_profile(*, actor: Actor, now: datetime, account: Account, name: str, kana: str) -> Account:
    """Change one's own name, kept exactly as given, and its kana."""
    account.name, account.kana = name, kana
    account.save(update_fields=["name", "kana"])
    return account


@action("people.set_password", permits=PERMITS, thing="account")
def set_password(
    *, actor: Actor, now: datetime, account: Account, password: str, link: Link | None = None
) -> Account:
    """Set the password, which makes the account staff's; every other session of it ends."""
    account.set_password(password)
    account.is_staff_account = True
    account.save(update_fields=["password", "is_staff_account"])
    if link is not None:
        Link.objects.filter(pk=link.pk).update(used_at=now)
    return account


@action("people.set_up_app", permits=PERMITS, thing="account")
def set_up_app(*, actor: Actor, now: datetime, account: Account, secret: str) -> Authenticator:
    return factors.keep_app(account, secret)


@action("people.add_passkey", permits=PERMITS, thing="account")
def add_passkey(
    *, actor: Actor, now: datetime, account: Account, name: str, credential: dict[str, Any]
) -> Authenticator:
    return factors.keep_passkey(account, name=name, credential=credential)


@action("people.remove_factor", permits=PERMITS, thing="account")
def remove_factor(*, actor: Actor, now: datetime, account: Account, factor: Authenticator) -> Account:
    """Take away one's own app or passkey. Raises LastFactor for the last one of a staff account."""
    Account.objects.select_for_update().get(pk=account.pk)
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    others = Authenticator.objects.filter(user=account, type__in=kinds).exclude(pk=factor.pk)
    if account.is_staff_account and not others.exists():
        raise LastFactor
    factors.remove_factor(factor)
    return account


@action("people.renew_codes", permits=PERMITS, thing="account")
def renew_codes(*, actor: Actor, now: datetime, account: Account) -> list[str]:
    """Ten fresh recovery codes; they are shown once and earlier ones stop counting."""
    Account.objects.select_for_update().get(pk=account.pk)
    return factors.renew_codes(account)


@action("people.sign_out_elsewhere", permits=PERMITS, thing="account")
def sign_out_elsewhere(*, actor: Actor, now: datetime, account: Account) -> Account:
    """End every session of the account; the page keeps its own."""
    account.session_epoch += 1
    account.save(update_fields=["session_epoch"])
    return account


def note_failure(*, actor: Actor, now: datetime, email: str, way: str) -> None:
    """Leave a deed about a sign-in that failed, also for an address nobody has; nothing of what was typed."""
    account = Account.objects.filter(email=lower_email(email)).first()
    record(actor=actor, now=now, verb="people.sign_in_failed", thing=account, reason=way)
