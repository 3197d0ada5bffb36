"""まとめて利用者登録する — users taken over from another system or from paper: as `register` at the counter and its approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from moyai.audit.public import check_permit, record_each
from moyai.reservations.actions.approvals import approve_row, terms_or_refuse
from moyai.reservations.actions.batch.ground import Batch, turns
from moyai.reservations.actions.registration_facts import Facts
from moyai.reservations.actions.registrations import (
    STANDING,
    NotPossibleNow,
    already,
    checked,
    fill_facts,
    member_rows,
)
from moyai.reservations.actions.remembering import Line, remember_each
from moyai.reservations.actions.telling import tell_registered
from moyai.reservations.keys import name_key
from moyai.reservations.models import Registration
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.registrations import terms_for
from moyai.reservations.rules.registering import GROUP, Terms
from moyai.tenants.public import Actor, Body, Refusal, Role, body_of, clock, insert_many, public_numbers

CHANNEL = "staff"
Key = tuple[str, str, str]  # kind, key of the person, name of a group


@dataclass(frozen=True, slots=True, kw_only=True)
class UserOrder:
    """One person or group. `approved_on`: the day of its approval there, given by the house's own jobs; None: it waits."""

    facts: Facts
    approved_on: date | None = None


def register_many(*, actor: Actor, now: datetime, orders: Sequence[UserOrder]) -> Batch[Registration]:
    """まとめて利用者登録する — each as `register` at the counter would, in this order, and as `approve_registration` of the
    house where the day of its approval is given. What is refused is left out. One transaction."""
    check_permit(actor, "reservations.register", PERMITS)
    result: Batch[Registration] = Batch()
    if not orders:
        return result
    if not (actor.is_staff or Role.SYSTEM in actor.roles):
        result.left_out = {place: NotPossibleNow() for place in range(len(orders))}
        return result
    body = body_of(actor.body)
    terms = terms_for(body, clock.today(now))
    keys: dict[int, Key] = {}
    for place, order in enumerate(orders):
        try:
            _terms, person = checked(actor=actor, now=now, facts=order.facts, known=terms)
        except Refusal as refusal:
            result.left_out[place] = refusal
        else:
            keys[place] = _key(order.facts, person)
    turns(f"reservations.register:{body.pk}:{key[1]}" for key in keys.values())
    standing = _standing(body, {key[1] for key in keys.values()})
    terms_of_day: dict[tuple[date, str], Terms] = {}
    numbers = public_numbers(len(keys))
    rows: dict[int, Registration] = {}
    for place, key in keys.items():
        order = orders[place]
        try:
            if key in standing:
                raise already(standing[key])
            row = Registration(
                body_id=body.pk,
                number=numbers.pop(),
                kind=order.facts.kind,
                state=Registration.State.PENDING,
                asked_at=now,
                channel=CHANNEL,
            )
            fill_facts(row=row, facts=order.facts)
            if order.approved_on is not None:
                check_permit(actor, "reservations.approve_registration", PERMITS)
                if Role.SYSTEM not in actor.roles:
                    raise NotPossibleNow  # staff look at each for doubles
                on = order.approved_on
                if (on, row.kind) not in terms_of_day:
                    terms_of_day[on, row.kind] = terms_or_refuse(actor, on, row.kind)
                approve_row(row, terms=terms_of_day[on, row.kind], on=on)
        except Refusal as refusal:
            result.left_out[place] = refusal
            continue
        rows[place] = standing[key] = row
    _write(rows, orders, actor=actor, now=now)
    result.done |= rows
    return result


def _key(facts: Facts, person: str) -> Key:
    return facts.kind, person, name_key(facts.name) if facts.kind == GROUP else ""


def _standing(body: Body, persons: set[str]) -> dict[Key, Registration]:
    """Registrations of these persons that stand, by what they are of. One query."""
    rows = Registration.objects.filter(
        body_id=body.pk, person_key__in=persons, state__in=STANDING, forgotten_on__isnull=True
    )
    return {
        (row.kind, row.person_key, row.name_key if row.kind == GROUP else ""): row
        for row in rows.order_by("id")
    }


def _write(
    rows: dict[int, Registration], orders: Sequence[UserOrder], *, actor: Actor, now: datetime
) -> None:
    """Store them with their members, history and deeds, and tell those who can be told."""
    made = insert_many(list(rows.values()))
    insert_many(
        [
            one
            for place, row in rows.items()
            if orders[place].facts.members
            for one in member_rows(row=row, facts=orders[place].facts)
        ]
    )
    lines: list[Line] = [(row, None, None, CHANNEL, {}) for row in made]
    remember_each(actor=actor, now=now, what="applied", lines=lines)
    record_each(actor=actor, now=now, verb="reservations.register", things=made)
    approved = [row for row in made if row.state == Registration.State.ACTIVE]
    remember_each(
        actor=actor,
        now=now,
        what="approved",
        lines=[
            (row, None, None, "", {"class": row.resident_class, "valid_until": str(row.valid_until)})
            for row in approved
        ],
    )
    record_each(actor=actor, now=now, verb="reservations.approve_registration", things=approved)
    for row in approved:
        tell_registered(actor=actor, now=now, registration=row, kind="registration_approved")
