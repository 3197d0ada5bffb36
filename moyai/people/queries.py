"""Who has which role where, and what an account has set up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet

from moyai.audit.public import CouncilDeed
from moyai.people.models import COUNCIL_ROLES, STAFF_ROLES, Account, ApiKey, Identity, Membership, Profile
from moyai.people.rules import in_force, lower_email
from moyai.tenants.public import Actor, Body, Role
from moyai.tenants.public import in_force as holding_on


def roles_of(account: Account, body: Body | None, *, day: date) -> frozenset[Role]:
    """The roles an account has on a day in a body, or at the council when `body` is None.

    A supplier is known to the whole installation, so a supplier's membership without a body counts in all.
    """
    return standing(account, body, day=day).roles


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account is in one place on a day: its roles, and the 課・係 they are for (none: the whole body)."""

    roles: frozenset[Role]
    sections: frozenset[str]


def standing(account: Account, body: Body | None, *, day: date) -> Standing:
    """Roles and sections of an account on a day, by one query. One role for the whole body opens every section."""
    where = Q(body__isnull=True)
    if body is not None:
        where = Q(body=body) | Q(body__isnull=True, role=Role.SUPPLIER.value)
    return _standing(list(Membership.objects.filter(where, account=account)), day)


def standing_of_session(account: Account, body: Body | None, *, day: date) -> Standing:
    """The same of the account that a session belongs to: what it holds came with it (entrance), no query."""
    place = body.pk if body is not None else None
    if account.held is None:
        return standing(account, body, day=day)
    return _standing(
        [
            one
            for one in account.held
            if one.body_id == place or (one.body_id is None and one.role == Role.SUPPLIER.value)
        ],
        day,
    )


def _standing(held: list[Membership], day: date) -> Standing:
    sections = {one.section for one in held if one.role in STAFF_ROLES and one.holds_on(day)}
    return Standing(
        roles=frozenset(Role(role) for role in in_force(held, day=day)),
        sections=frozenset() if "" in sections else frozenset(sections),
    )


def sections_of(body: Body, *, day: date) -> list[str]:
    """The 課・係 that somebody of the body works for, by name."""
    held = Membership.objects.filter(holding_on(day), body=body).exclude(section="")
    return sorted(set(held.values_list("section", flat=True)))


def addresses_of(body: Body, *, day: date, section: str = "") -> list[tuple[int, str, str]]:
    """(account id, name, mail address) of whom to tell in a body's name, by name: the people of a 課・係 if it has any,
    else the body's administrators, else everybody who works for it. One query."""
    held = (
        Membership.objects.filter(
            holding_on(day), body=body, role__in=[role.value for role in STAFF_ROLES], account__is_active=True
        )
        .order_by("account__name", "account_id")
        .values_list("account_id", "account__name", "account__email", "role", "section")
    )
    rows = list(held)
    chosen = (
        [row for row in rows if section and row[4] == section]
        or [row for row in rows if row[3] == Role.ADMINISTRATOR.value]
        or rows
    )
    return list(
        dict.fromkeys((account_id, name, email) for account_id, name, email, _role, _section in chosen)
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """A place of work: an account's staff roles in one body, or at the council (`body` is None)."""

    body: Body | None
    roles: tuple[str, ...]


def desks_of(account: Account, *, day: date) -> list[Desk]:
    """Where an account works on a day, the council first, then bodies by code."""
    held = (
        Membership.objects.filter(account=account, role__in=[*STAFF_ROLES, *COUNCIL_ROLES])
        .select_related("body")
        .order_by("body__code", "id")
    )
    by_body: dict[int | None, list[Membership]] = {}
    for one in held:
        if one.holds_on(day) and (one.body is None or body_in_use(one.body, day)):
            by_body.setdefault(one.body_id, []).append(one)
    desks = [
        Desk(many[0].body, tuple(dict.fromkeys(one.get_role_display() for one in many)))
        for many in by_body.values()
    ]
    return sorted(desks, key=lambda desk: (desk.body is not None, desk.body.code if desk.body else ""))


def staff_of(body: Body, *, day: date) -> list[tuple[int, str]]:
    """(account id, name) of who works for a body on a day, by name: whom a case may be given to."""
    return list(
        Membership.objects.filter(
            holding_on(day), body=body, role__in=[role.value for role in STAFF_ROLES], account__is_active=True
        )
        .order_by("account__name", "account_id")
        .values_list("account_id", "account__name")
        .distinct()
    )


def body_in_use(body: Body, day: date) -> bool:
    return body.from_on <= day and (body.until_on is None or day <= body.until_on)


def profile_of(account_id: int | None) -> dict[str, Any] | None:
    """本人情報 of an account as first answers for a form, None when there are none. For the owner alone.

    Keys: those of `Profile.FACTS` (dates as ISO text, phone as E.164, blanks as ""); `address`, the parts as
    one text; `verified`, what an identity provider vouches for (`corporate_number`, `firm_name`, `provider`,
    `acr`), which also stands in the facts.
    """
    if account_id is None:
        return None
    profile = Profile.objects.filter(account_id=account_id).first()
    firm = Identity.objects.filter(account_id=account_id, kind="business").order_by("-last_used_at").first()
    if profile is None and firm is None:
        return None
    kept = profile or Profile()
    facts = {name: getattr(kept, name) for name in Profile.FACTS}
    facts["born_on"] = kept.born_on.isoformat() if kept.born_on else ""
    address = f"{kept.prefecture}{kept.city}{kept.street}"
    facts["address"] = f"{address}　{kept.building}" if address and kept.building else address
    facts["verified"] = {}
    if firm is not None:
        vouched = {name: firm.facts[name] for name in ("corporate_number", "firm_name") if name in firm.facts}
        facts |= vouched | {"kind": Profile.Kind.FIRM.value}
        facts["name"] = facts["name"] or firm.facts.get("name", "")
        facts["verified"] = vouched | {"provider": firm.provider, "acr": firm.acr}
    return facts


def keys_of(actor: Actor) -> list[ApiKey]:
    """APIの鍵 of the actor's body, those in use first, the newest first."""
    keys = (
        ApiKey.objects.filter(body=actor.body).select_related("account", "body").order_by("-made_at", "-id")
    )
    return sorted(keys, key=lambda key: key.revoked_at is not None)


def identities_of(account: Account) -> list[Identity]:
    """外部ID — the identity providers' persons that are this account."""
    return list(Identity.objects.filter(account=account).order_by("id"))


def factors_of(account: Account) -> QuerySet[Authenticator]:
    """Authenticator app and passkeys: what counts as a second factor. Recovery codes alone do not."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(
        user=account, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    ).order_by("id")
    return found


def has_factor(account: Account) -> bool:
    return factors_of(account).exists()


def signin_history(account: Account, *, limit: int = 20) -> list[CouncilDeed]:
    """ログイン履歴 — the newest sign-ins and changes of the ways to sign in."""
    return list(
        CouncilDeed.objects.filter(
            Q(account_id=account.pk) | Q(thing_kind="people.account", thing_id=account.pk),
            verb__startswith="people.",
        ).order_by("-at", "-id")[:limit]
    )


@dataclass(frozen=True, slots=True)
class Member:
    """One line of the list of staff."""

    membership: Membership
    state: str  # "active" "coming" "ended" "invited" "no_factor"


def members(*, actor: Actor, day: date, roles: Iterable[Role]) -> list[Member]:
    """Staff of the actor's body, or people of the council; those in force first, then by name."""
    where = Q(body=actor.body) if actor.body else Q(body__isnull=True)
    held = list(
        Membership.objects.filter(where, role__in=[role.value for role in roles])
        .select_related("account")
        .order_by("account__kana", "account__name", "id")
    )
    with_factor = set(
        Authenticator.objects.filter(
            user_id__in=[one.account_id for one in held],
            type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN],
        ).values_list("user_id", flat=True)
    )
    found = [Member(one, _state(one, day, one.account_id in with_factor)) for one in held]
    return sorted(found, key=lambda member: member.state == "ended")


def _state(one: Membership, day: date, with_factor: bool) -> str:
    if one.until_on is not None and one.until_on < day:
        return "ended"
    if one.from_on > day:
        return "coming"
    if not one.account.is_staff_account:
        return "invited"
    return "active" if with_factor else "no_factor"


def membership_of_body(*, actor: Actor, membership_id: int, roles: Iterable[Role]) -> Membership | None:
    """A membership of the actor's own body, else None: another body's is absent. The council sees all."""
    where = Q(body=actor.body) if actor.body else Q()
    return (
        Membership.objects.filter(where, pk=membership_id, role__in=[role.value for role in roles])
        .select_related("account", "body")
        .first()
    )


def memberships_by_email(*, actor: Actor, email: str) -> list[Membership]:
    """The staff roles of an address in all bodies; for the council, which helps who works in several."""
    if actor.body is not None or not actor.at_council:
        return []
    return list(
        Membership.objects.filter(account__email=lower_email(email), role__in=[*STAFF_ROLES, *COUNCIL_ROLES])
        .select_related("account", "body")
        .order_by("body__code", "id")
    )
