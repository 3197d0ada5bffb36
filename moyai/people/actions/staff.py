"""What managers do with the roles and the ways in of their staff."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action, record
from moyai.people import factors
from moyai.people.jobs import send_link
from moyai.people.links import make_link
from moyai.people.models import COUNCIL_ROLES, SECTION_ROLES, STAFF_ROLES, Account, Link, Membership
from moyai.people.permits import PERMITS
from moyai.people.rules import lower_email, section_name
from moyai.tenants.public import Actor, Refusal, Role, clock, later


class AlreadyHasRole(Refusal):
    code = "already_has_role"
    message = _("この方は、その期間にすでに同じ役割を持っています。")  # type: ignore[assignment]


class RoleNotOurs(Refusal):
    code = "role_not_ours"
    status = 403
    message = _("この役割を付ける権限がありません。")  # type: ignore[assignment]


class LastManager(Refusal):
    code = "last_manager"
    message = _("最後の管理者の役割は終えられません。先に別の方を管理者にしてください。")  # type: ignore[assignment]


class WorksElsewhere(Refusal):
    code = "works_elsewhere"
    status = 403
    message = _(  # type: ignore[assignment]
        "この方はほかの団体または協議会でも働いています。協議会事務局に依頼してください。"
    )


class AlreadyEnded(Refusal):
    code = "already_ended"
    message = _("この役割はすでに終わっています。")  # type: ignore[assignment]


class EndsBeforeItBegins(Refusal):
    code = "ends_before_it_begins"
    status = 422
    message = _("終わりの日は、始まりの日以降にしてください。")  # type: ignore[assignment]


class NoSectionForRole(Refusal):
    code = "no_section_for_role"
    status = 422
    message = _("課・係を決められるのは、担当者と決裁者だけです。")  # type: ignore[assignment]


def roles_to_give(actor: Actor) -> tuple[Role, ...]:
    """The roles a manager may give: those of its own body, or of the council."""
    return STAFF_ROLES if actor.body is not None else COUNCIL_ROLES


@action("people.invite", permits=PERMITS)
def invite(
    *,
    actor: Actor,
    now: datetime,
    email: str,
    name: str,
    kana: str,
    role: Role,
    from_on: date,
    until_on: date | None,
    origin: str,
    section: str = "",
) -> Membership:
    """職員の招待 — give a person a role from a day to a day (both included); a new person gets a mail link.

    `section` (課・係) narrows a clerk or approver to the cases of one; "" is the whole body. Who has an
    account already keeps its name. Raises RoleNotOurs, NoSectionForRole, AlreadyHasRole, EndsBeforeItBegins.
    """
    section = section_name(section)
    if role not in roles_to_give(actor):
        raise RoleNotOurs
    _fits(role, section)
    if until_on is not None and until_on < from_on:
        raise EndsBeforeItBegins(fields={"until_on": str(EndsBeforeItBegins.message)})
    account, _made = Account.objects.get_or_create(
        email=lower_email(email), defaults={"name": name, "kana": kana, "password": make_password(None)}
    )
    Account.objects.select_for_update().get(pk=account.pk)  # two invitations at once wait for each other
    same = Membership.objects.filter(account=account, body=actor.body, role=role.value, section=section)
    meets = Q(until_on__isnull=True) | Q(until_on__gte=from_on)
    if until_on is not None:
        meets &= Q(from_on__lte=until_on)
    if same.filter(meets).exists():
        raise AlreadyHasRole(fields={"role": str(AlreadyHasRole.message)})
    membership = Membership.objects.create(
        account=account,
        body=actor.body,
        role=role.value,
        section=section,
        from_on=from_on,
        until_on=until_on,
    )
    if not account.is_staff_account:
        _mail_link(Link.Purpose.INVITATION, actor, now, account, origin)
    return membership


def _fits(role: str, section: str) -> None:
    if section and role not in SECTION_ROLES:
        raise NoSectionForRole(fields={"section": str(NoSectionForRole.message)})


@action(
    "people.set_section",
    permits=PERMITS,
    refuses={
        "membership_begins_once_a_day": AlreadyHasRole,
        "one_open_membership_per_role": AlreadyHasRole,
    },
    thing="membership",
)
def set_section(*, actor: Actor, now: datetime, membership: Membership, section: str) -> Membership:
    """課・係を決める — from now on; "" gives the whole body back. Raises AlreadyEnded, NoSectionForRole, AlreadyHasRole."""
    section = section_name(section)
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    if membership.until_on is not None and membership.until_on < clock.today(now):
        raise AlreadyEnded
    _fits(membership.role, section)
    before, membership.section = membership.section, section
    membership.save(update_fields=["section"])
    record(
        actor=actor,
        now=now,
        verb="people.section_was",
        thing=membership,
        detail={"before": before, "after": section},
    )
    return membership


@action("people.end_role", permits=PERMITS, thing="membership")
def end_role(*, actor: Actor, now: datetime, membership: Membership, until_on: date) -> Membership:
    """End a role with a day (included). Raises AlreadyEnded, EndsBeforeItBegins, LastManager.

    A role that should never have begun ends on its first day; the deed tells the rest.
    """
    today = clock.today(now)
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    if membership.until_on is not None and membership.until_on < today:
        raise AlreadyEnded
    if until_on < membership.from_on:
        raise EndsBeforeItBegins(fields={"until_on": str(EndsBeforeItBegins.message)})
    _keep_a_manager(membership, until_on)
    membership.until_on = until_on
    membership.save(update_fields=["until_on"])
    return membership


def _keep_a_manager(membership: Membership, until_on: date) -> None:
    if membership.role not in (Role.ADMINISTRATOR, Role.OPERATOR):
        return
    day = until_on + timedelta(days=1)
    others = (
        Membership.objects.select_for_update(of=("self",))
        .filter(
            body=membership.body,
            role=membership.role,
            account__is_active=True,
            account__is_staff_account=True,
            from_on__lte=day,
        )
        .exclude(until_on__lt=day)
        .exclude(account_id=membership.account_id)
    )
    if not list(others):
        raise LastManager


@action("people.reset_factors", permits=PERMITS, thing="membership")
def reset_factors(
    *, actor: Actor, now: datetime, membership: Membership, origin: str, reason: str
) -> Membership:
    """Take away second factors and password of a person who lost them, and mail a link to begin anew.

    The link goes to the person's own address: the manager cannot come in with it. Raises WorksElsewhere.
    """
    account = _ours_alone(actor, now, membership)
    factors.remove_all(account)
    account.set_unusable_password()
    account.session_epoch += 1
    account.save(update_fields=["password", "session_epoch"])
    _mail_link(Link.Purpose.PASSWORD, actor, now, account, origin)
    return membership


@action("people.send_password_link", permits=PERMITS, thing="membership")
def send_password_link(*, actor: Actor, now: datetime, membership: Membership, origin: str) -> Membership:
    """Mail a link to set a password (again); the second factor stays. Raises WorksElsewhere."""
    account = _ours_alone(actor, now, membership)
    purpose = Link.Purpose.PASSWORD if account.is_staff_account else Link.Purpose.INVITATION
    _mail_link(purpose, actor, now, account, origin)
    return membership


def _ours_alone(actor: Actor, now: datetime, membership: Membership) -> Account:
    """The account, if its staff roles in force are all the actor's to manage; the council manages all."""
    account = Account.objects.select_for_update().get(pk=membership.account_id)
    if actor.body is not None:
        today = clock.today(now)
        elsewhere = (
            Membership.objects.filter(account=account, role__in=[*STAFF_ROLES, *COUNCIL_ROLES])
            .exclude(body=actor.body)
            .exclude(until_on__lt=today)
        )
        if elsewhere.exists():
            raise WorksElsewhere
    return account


def _mail_link(purpose: Link.Purpose, actor: Actor, now: datetime, account: Account, origin: str) -> None:
    assert account.email  # staff are invited by their address
    link = make_link(
        purpose=purpose, email=account.email, now=now, origin=origin, account=account, body=actor.body
    )
    later(send_link, link_id=link.pk)
