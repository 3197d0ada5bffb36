"""Accounts and what they may do, ways in, and what people entrust to their account."""

from moyai.people.models.accounts import (
    COUNCIL_ROLES,
    ROLE_CHOICES,
    SECTION_ROLES,
    STAFF_ROLES,
    Account,
    Accounts,
    Link,
    Membership,
    SpentCode,
    Throttle,
)
from moyai.people.models.cards import CardChallenge
from moyai.people.models.codes import MailCode
from moyai.people.models.details import Profile
from moyai.people.models.identities import Identity
from moyai.people.models.keys import ApiKey

__all__ = [
    "COUNCIL_ROLES",
    "ROLE_CHOICES",
    "SECTION_ROLES",
    "STAFF_ROLES",
    "Account",
    "Accounts",
    "ApiKey",
    "CardChallenge",
    "Identity",
    "Link",
    "MailCode",
    "Membership",
    "Profile",
    "SpentCode",
    "Throttle",
]
