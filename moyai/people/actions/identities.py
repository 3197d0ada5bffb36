"""Coming in by an identity provider, and joining one to an account that is there."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.people.models import Account, Identity
from moyai.people.oidc.client import Told
from moyai.people.oidc.settings import Provider
from moyai.people.permits import PERMITS
from moyai.people.queries import has_factor
from moyai.people.rules import lower_email
from moyai.tenants.public import Actor, Refusal


class MailIsKnown(Refusal):
    code = "mail_is_known"
    message = _(  # type: ignore[assignment]
        "このメールアドレスのアカウントがすでにあります。メールでログインしてから、アカウントのページでつないでください。"
    )


class NobodyLinked(Refusal):
    code = "nobody_linked"
    status = 403
    message = _(  # type: ignore[assignment]
        "このIDにつながる職員のアカウントがありません。先にパスワードでログインし、アカウントのページでつないでください。"
    )


class IdentityNotForAccount(Refusal):
    code = "identity_not_for_account"
    status = 403
    message = _("このIDではログインできません。別の方法を選んでください。")  # type: ignore[assignment]


class IdentityTaken(Refusal):
    code = "identity_taken"
    message = _("このIDは、ほかのアカウントにつながっています。")  # type: ignore[assignment]


class LastWayIn(Refusal):
    code = "last_way_in"
    message = _("これを外すとログインできなくなります。先に別の方法を登録してください。")  # type: ignore[assignment]


def account_of(*, actor: Actor, now: datetime, provider: Provider, told: Told) -> Account:
    """The account of a provider's person, made now if the person is new; only (issuer, subject) decides.

    Raises IdentityNotForAccount (closed, or staff by a provider that is not theirs), NobodyLinked (staff who
    were not joined before), MailIsKnown (a new person whose verified address somebody has already).
    """
    identity = _found(told)
    if identity is None:
        if provider.kind == "staff":
            raise NobodyLinked
        identity = _made(provider, told, now)
    account: Account = identity.account
    if not account.is_active or account.is_staff_account != (provider.kind == "staff"):
        raise IdentityNotForAccount
    _note(identity, provider, told, now)
    return account


def _found(told: Told) -> Identity | None:
    return (
        Identity.objects.select_for_update(of=("self",))
        .select_related("account")
        .filter(issuer=told.issuer, subject=told.subject)
        .first()
    )


def _made(provider: Provider, told: Told, now: datetime) -> Identity:
    email = lower_email(told.email) or None
    if email is not None and Account.objects.filter(email=email).exists():
        raise MailIsKnown
    try:
        with transaction.atomic():
            account = Account.objects.create(email=email, name=told.name, password=make_password(None))
            return _join(account, provider, told, now)
    except IntegrityError:  # the same person came in by two tabs at once, or the address was just taken
        identity = _found(told)
        if identity is None:
            raise MailIsKnown from None
        return identity


def _join(account: Account, provider: Provider, told: Told, now: datetime) -> Identity:
    return Identity.objects.create(
        account=account,
        provider=provider.name,
        issuer=told.issuer,
        subject=told.subject,
        kind=provider.kind,
        made_at=now,
        last_used_at=now,
    )


def _note(identity: Identity, provider: Provider, told: Told, now: datetime) -> None:
    identity.provider, identity.kind = provider.name, provider.kind
    identity.acr, identity.last_used_at = told.acr, now
    identity.facts = {
        name: value
        for name, value in (
            ("name", told.name),
            ("corporate_number", told.corporate_number),
            ("firm_name", told.firm_name),
        )
        if value
    }
    identity.save(update_fields=["provider", "kind", "acr", "last_used_at", "facts"])


@action("people.link_identity", permits=PERMITS, thing="account")
def link_identity(
    *, actor: Actor, now: datetime, account: Account, provider: Provider, told: Told
) -> Identity:
    """外部IDをつなぐ — for an owner who is signed in. Raises IdentityTaken, IdentityNotForAccount."""
    if account.is_staff_account != (provider.kind == "staff"):
        raise IdentityNotForAccount
    identity = _found(told)
    if identity is None:
        try:
            with transaction.atomic():
                identity = _join(account, provider, told, now)
        except IntegrityError:
            raise IdentityTaken from None
    if identity.account_id != account.pk:
        raise IdentityTaken
    _note(identity, provider, told, now)
    return identity


@action("people.unlink_identity", permits=PERMITS, thing="account")
def unlink_identity(*, actor: Actor, now: datetime, account: Account, identity: Identity) -> Account:
    """外部IDを外す — what the provider vouched for goes with it. Raises LastWayIn for an account without mail."""
    Account.objects.select_for_update().get(pk=account.pk)
    others = Identity.objects.filter(account=account).exclude(pk=identity.pk)
    if not account.email and not others.exists() and not has_factor(account):
        raise LastWayIn
    identity.delete()
    return account
