"""登録の変更と更新の審査 — a change or a renewal that was asked for is granted or declined; staff renew a registration."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from moyai.audit.public import action
from moyai.reservations.actions.approvals import (
    LooksDouble,
    State,
    checked_class,
    hinders,
    need_reason,
    proved_until,
    terms_or_refuse,
    worth_a_look,
)
from moyai.reservations.actions.own_case import not_oneself
from moyai.reservations.actions.registration_facts import (
    COLUMNS,
    Facts,
    facts_of,
    in_words,
    what_differs,
)
from moyai.reservations.actions.registrations import (
    NotPossibleNow,
    lay_by,
    locked,
    rewrite_facts,
)
from moyai.reservations.actions.remembering import remember
from moyai.reservations.actions.telling import tell_registered
from moyai.reservations.models import Registration
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.registrations import likely_doubles
from moyai.reservations.rules.registering import (
    Terms,
    renewed_until,
)
from moyai.tenants.public import Actor, clock


@action("reservations.grant_change", permits=PERMITS)
def grant_change(
    *,
    actor: Actor,
    now: datetime,
    registration: Registration,
    resident_class: str = "",
    class_until: date | None = None,
    looked_at_doubles: bool = False,
    seen_version: int | None = None,
) -> Registration:
    """変更・更新を承認する — what the owner asked for takes effect. Raises NotPossibleNow, LooksDouble, MembersOverlap."""
    row = locked(actor=actor, registration=registration, seen_version=seen_version)
    if row.wanted is None or row.state not in (State.ACTIVE, State.SUSPENDED):
        raise NotPossibleNow
    not_oneself(actor=actor, registration=row)
    today = clock.today(now)
    terms = terms_or_refuse(actor, today, row.kind)
    wanted: dict[str, Any] = row.wanted
    names: list[str] = []
    if "facts" in wanted:
        before, after = facts_of(row), Facts.from_json(wanted["facts"])
        names = what_differs(before, after)
        # What was changed since it was asked for (by the owner at once, or by staff) is not undone.
        asked = set(wanted.get("names", ()))
        kept = {name: getattr(before, name) for name in (*COLUMNS, "members") if name not in asked}
        after = Facts(kind=row.kind, **{name: getattr(after, name) for name in asked}, **kept)
        rewrite_facts(row=row, facts=after, now=now)
        names = [name for name in names if name in asked]
        if {"members", "kana", "representative_kana", "born_on"} & set(names):
            likely = likely_doubles(row, terms=terms)
            refusal = hinders(row, likely, terms)
            if refusal is not None:
                raise refusal
            if worth_a_look(likely) and not looked_at_doubles:
                raise LooksDouble(fields={"looked_at_doubles": str(LooksDouble.message)})
    if resident_class:
        row.resident_class = checked_class(resident_class)
    renewed = bool(wanted.get("renew"))
    if renewed:
        _renew(terms, row, today)
    if renewed or "resident_class" in names or class_until is not None or resident_class:
        row.class_until = proved_until(terms, row, class_until, today)
    row.wanted = row.wanted_at = None
    row.version += 1
    row.save()
    remember(
        actor=actor,
        now=now,
        registration=row,
        what="renewed" if renewed else "changed",
        words=in_words(names),
        facts={"names": names},
    )
    tell_registered(actor=actor, now=now, registration=row, kind="registration_changed", reason="")
    return row


def _renew(terms: Terms, row: Registration, today: date) -> None:
    if row.valid_until is None:
        raise NotPossibleNow
    until = renewed_until(terms, kind=row.kind, stands_until=row.valid_until, today=today)
    if row.valid_until < today:  # it had run out: a new term begins
        lay_by(row)
        row.registered_on = today
    row.valid_until = until
    row.reminded_for = None


@action("reservations.decline_change", permits=PERMITS)
def decline_change(
    *, actor: Actor, now: datetime, registration: Registration, reason: str, seen_version: int | None = None
) -> Registration:
    """変更・更新を認めない — what stood stays. Raises ReasonMissing, NotPossibleNow."""
    words = need_reason(reason)
    row = locked(actor=actor, registration=registration, seen_version=seen_version)
    if row.wanted_at is None:
        raise NotPossibleNow
    row.wanted = row.wanted_at = None
    row.version += 1
    row.save()
    remember(actor=actor, now=now, registration=row, what="declined", words=words)
    tell_registered(actor=actor, now=now, registration=row, kind="registration_changed", reason=words)
    return row


@action("reservations.renew_registration", permits=PERMITS)
def renew_registration(
    *,
    actor: Actor,
    now: datetime,
    registration: Registration,
    class_until: date | None = None,
    seen_version: int | None = None,
) -> Registration:
    """更新する, at the counter: goes on from the expiry, or from today where it has run out. Raises NotPossibleNow."""
    row = locked(actor=actor, registration=registration, seen_version=seen_version)
    if row.state not in (State.ACTIVE, State.SUSPENDED):
        raise NotPossibleNow
    not_oneself(actor=actor, registration=row)
    today = clock.today(now)
    terms = terms_or_refuse(actor, today, row.kind)
    _renew(terms, row, today)
    row.class_until = proved_until(terms, row, class_until, today)
    if row.wanted is not None:
        rest = {key: value for key, value in row.wanted.items() if key != "renew"}
        row.wanted, row.wanted_at = (rest, row.wanted_at) if "facts" in rest else (None, None)
    row.version += 1
    row.save()
    remember(actor=actor, now=now, registration=row, what="renewed")
    tell_registered(actor=actor, now=now, registration=row, kind="registration_changed", reason="")
    return row
