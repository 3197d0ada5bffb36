"""マスタの登録 — rows of the masters as clerks keep them, and policies, which only follow one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.reservations.actions.masters.standing import broken
from moyai.reservations.actions.masters.storing import store
from moyai.reservations.models import Policy
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.workbook import Stored
from moyai.reservations.workbook.checks import Fault, document_faults, faults, policy_faults
from moyai.reservations.workbook.differences import Difference, differences, digest
from moyai.reservations.workbook.layouts import canonical
from moyai.reservations.workbook.merging import without
from moyai.reservations.workbook.nouns import Key, Masters, Row
from moyai.tenants.public import Actor, Body, Refusal, body_of, clock, one_at_a_time


class MastersRefused(Refusal):
    """The masters would not be whole, or bookings stand against the change; `faults` says which rows."""

    code = "masters_refused"
    status = 422
    message = lazy("マスタに直すところがあります。")  # type: ignore[assignment]

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(fields={one.column or one.noun: one.text for one in faults})


class MastersMoved(Refusal):
    """Another clerk changed the same in the meantime."""

    code = "masters_moved"
    status = 409
    message = lazy(  # type: ignore[assignment]
        "ほかの職員が先に変更しました。今の内容を確かめて、もう一度やり直してください。"
    )


@action("reservations.keep_masters", permits=PERMITS)
def keep_masters(
    *,
    actor: Actor,
    now: datetime,
    rows: Masters,
    gone: Sequence[tuple[str, Key]] = (),
    seen: Mapping[tuple[str, Key], str] | None = None,
) -> list[Difference]:
    """マスタを登録する — these rows as they shall be, and those that shall end (or go, where they have not begun).

    `seen` are digests of rows as the clerk saw them ("" for none). Raises MastersMoved, MastersRefused.
    """
    stored = locked(actor)
    today = clock.today(now)
    for (noun, key), shown in (seen or {}).items():
        row = stored.masters[noun].get(key)
        if (digest(row) if row is not None else "") != shown:
            raise MastersMoved
    after = {noun: dict(known) for noun, known in stored.masters.items()}
    for noun, key in gone:
        left = without(noun, after[noun][key], today)
        if left is None:
            del after[noun][key]
        else:
            after[noun][key] = left
    for noun, changed in rows.items():
        after[noun].update(changed)
    return settle(stored, after, now=now, by=actor.name)


@action("reservations.keep_policy", permits=PERMITS)
def keep_policy(
    *,
    actor: Actor,
    now: datetime,
    kind: str,
    document: Mapping[str, Any],
    from_on: date,
    source: str,
    facility: str = "",
    room: str = "",
    seen: str | None = None,
) -> Policy:
    """利用の決まりを定める — from a day on, for the body, a facility or a room (by their codes).

    A planned one of the same day is replaced. One that begins today or earlier must be the first of its place from that
    day: what has been in force is never changed. `seen`: as in keep_masters. Raises MastersMoved, MastersRefused.
    """
    stored = locked(actor)
    key: Key = (kind, facility, room, from_on)
    known = stored.masters["policies"].get(key)
    if seen is not None and (digest(known) if known is not None else "") != seen:
        raise MastersMoved
    wrong = document_faults(key, document)
    if wrong:
        raise MastersRefused(wrong)
    row: Row = {
        "kind": kind,
        "facility": facility,
        "room": room,
        "from_on": from_on,
        "source": source,
        "document": canonical(kind, document),
    }
    after = {**stored.masters, "policies": {**stored.masters["policies"], key: row}}
    settle(stored, after, now=now, by=actor.name)
    return Stored(stored.body).rows["policies"][key]  # type: ignore[no-any-return]


@action("reservations.keep_policy", permits=PERMITS, thing="policy")
def withdraw_policy(*, actor: Actor, now: datetime, policy: Policy) -> None:
    """予定の決まりを取りやめる — only before it begins. Raises MastersRefused."""
    stored = locked(actor)
    key = next((key for key, one in stored.rows["policies"].items() if one.pk == policy.pk), None)
    if key is None:
        raise MastersMoved
    if stored.masters["policies"][key]["from_on"] <= clock.today(now):
        raise MastersRefused([Fault("policies", key, "", _("適用が始まっている決まりは、取りやめられません。"))])
    after = {**stored.masters, "policies": {k: row for k, row in stored.masters["policies"].items() if k != key}}
    settle(stored, after, now=now, by=actor.name)


def locked(actor: Actor) -> Stored:
    """The masters of the actor's body, with nobody else changing them."""
    body: Body = body_of(actor.body)
    one_at_a_time("reservations.masters", "")
    return Stored(body)


def settle(stored: Stored, after: Masters, *, now: datetime, by: str) -> list[Difference]:
    """Check and write what differs. Raises MastersRefused; then nothing is to be kept of it."""
    found = differences(stored.masters, after)
    if not found:
        return []
    wrong = all_faults(stored, after, clock.today(now), lock=True)
    if not wrong:
        wrong = store(stored, after, now=now, by=by)
    if wrong:
        raise MastersRefused(wrong)
    return found


def all_faults(stored: Stored, after: Masters, today: date, *, lock: bool = False) -> list[Fault]:
    """Everything that stands against the change: between the rows, in policies, on days gone by, in bookings."""
    wrong = faults(after, today) + policy_faults(stored.masters, after, today) + _past(stored, after, today)
    if wrong:
        return wrong
    return broken(stored, after, today, lock=lock)


def _past(stored: Stored, after: Masters, today: date) -> list[Fault]:
    """Days gone by were as they were."""
    before = stored.masters["special_days"]
    return [
        Fault("special_days", key, "day", _("過ぎた日の臨時開館・休館は、変えられません。"))
        for key in {*before, *after["special_days"]}
        if key[2] < today and before.get(key) != after["special_days"].get(key)
    ]
