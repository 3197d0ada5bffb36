"""本人情報 — kept by its owner's wish, changed and deleted by the owner alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from moyai.audit.public import NotPermitted, action
from moyai.people.models import Account, Profile
from moyai.people.permits import PERMITS
from moyai.tenants.public import Actor


@action("people.change_details", permits=PERMITS, thing="account")
def change_details(*, actor: Actor, now: datetime, account: Account, details: dict[str, Any]) -> Profile:
    """Keep the owner's details; the first time is the consent to the use the page tells. What is not given goes."""
    Account.objects.select_for_update().get(pk=account.pk)
    profile = Profile.objects.filter(account=account).first() or Profile(account=account, consented_at=now)
    nothing = Profile()
    for field in Profile.FACTS:
        setattr(profile, field, details.get(field, getattr(nothing, field)))
    profile.changed_at = now
    profile.save()
    return profile


@action("people.keep_details", permits=PERMITS)
def keep_details(*, actor: Actor, now: datetime, details: dict[str, Any]) -> Profile:
    """Keep what the acting owner just gave in a form, by an agreement ticked there; the rest stays as it is.

    `details` has keys of `Profile.FACTS` (born_on a date, phone E.164); blanks change nothing.
    Raises NotPermitted without an account.
    """
    if actor.account_id is None:
        raise NotPermitted
    account = Account.objects.select_for_update().get(pk=actor.account_id)
    profile = Profile.objects.filter(account=account).first() or Profile(account=account, consented_at=now)
    for field in Profile.FACTS:
        if details.get(field):
            setattr(profile, field, details[field])
    profile.changed_at = now
    profile.save()
    return profile


@action("people.delete_details", permits=PERMITS, thing="account")
def delete_details(*, actor: Actor, now: datetime, account: Account) -> Account:
    """Delete the owner's details: the row is gone, the deed names the account and nothing of what stood there."""
    Profile.objects.filter(account=account).delete()
    return account
