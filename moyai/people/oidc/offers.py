"""The identity providers of this installation, as its pages offer them."""

from __future__ import annotations

from django.conf import settings

from moyai.people.models import Account, Identity
from moyai.people.oidc.settings import Provider


def provider_named(name: str) -> Provider | None:
    found: Provider | None = settings.MOYAI_OIDC.get(name)
    return found


def offered(*, staff: bool) -> list[Provider]:
    """The providers a sign-in page shows: those of staff, or those of everybody else."""
    return [one for one in settings.MOYAI_OIDC.values() if (one.kind == "staff") is staff]


def to_join(account: Account, held: list[Identity]) -> list[Provider]:
    """The providers an account may join and has not joined yet."""
    joined = {identity.issuer for identity in held}
    return [one for one in offered(staff=account.is_staff_account) if one.issuer not in joined]


def joined(held: list[Identity]) -> list[Provider]:
    """The providers by which an account's owner can show once more to be the owner."""
    issuers = {identity.issuer for identity in held}
    return [one for one in settings.MOYAI_OIDC.values() if one.issuer in issuers]


def label_of(identity: Identity) -> str:
    """The provider's name, or its address when it is no longer configured."""
    provider = provider_named(identity.provider)
    return provider.label if provider is not None else identity.issuer
