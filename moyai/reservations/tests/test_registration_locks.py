"""Registrations are locked without their key: a booking of the same person, made meanwhile, does not wait for the lock.

FOR UPDATE on a registration would hold up every row that names it (bookings, entries, history), and two acts in the
other order would wait for each other.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from moyai.reservations.actions import attendance, bookings, standing
from moyai.reservations.actions.approvals import (
    approve_registration,
    reinstate_registration,
    strike_registration,
)
from moyai.reservations.actions.penalties import give_penalty, take_back_penalty
from moyai.reservations.actions.registration_asks import claim_registration
from moyai.reservations.actions.registration_terms import renew_registration
from moyai.reservations.actions.registrations import register
from moyai.reservations.tests.halls import NOW, Desk
from moyai.reservations.tests.people import CLUB, HANAKO, PENALTIES, TERMS, account, other, settle, signed_in
from moyai.tenants.public import Actor

LOCKED = re.compile(
    r'FROM "reservations_registration".*FOR (NO KEY )?UPDATE( OF "reservations_registration")?'
)
WEAK = ("NO KEY ", ' OF "reservations_registration"')


def test_every_act_on_a_registration_locks_it_without_its_key(world: Any, in_chiba: datetime) -> None:
    now = in_chiba
    settle(world.chiba, now, "eligibility", TERMS)
    settle(world.chiba, now, "penalties", PENALTIES | {"per": "person"})
    clerk: Actor = world.actor(world.at_chiba.clerk, world.chiba)
    approver: Actor = world.actor(world.at_chiba.approver, world.chiba)
    hanako = signed_in(world.chiba, account("locks@resident.example"))
    with CaptureQueriesContext(connection) as seen:
        one = register(actor=hanako, now=now, facts=HANAKO, channel="internet")
        one = approve_registration(actor=clerk, now=now, registration=one, looked_at_doubles=True)
        club = register(actor=clerk, now=now, facts=CLUB, channel="staff")
        approve_registration(actor=clerk, now=now, registration=club, looked_at_doubles=True)
        claim_registration(
            actor=hanako,
            now=now,
            number=club.number,
            born_on=CLUB.born_on,
            phone=CLUB.phone,  # type: ignore[arg-type]
        )
        twin = register(actor=clerk, now=now, facts=other(), channel="staff")
        standing.join_registrations(actor=clerk, now=now, registration=one, other=twin, reason="同じ方")
        standing.part_registration(actor=clerk, now=now, registration=twin, reason="別の方")
        given = give_penalty(actor=clerk, now=now, registration=one, why="breach", reason="備品の破損")
        assert given is not None
        take_back_penalty(actor=clerk, now=now, penalty=given, reason="誤り")
        standing.suspend_registration(
            actor=clerk, now=now, registration=one, reason="申出", until=now.date() + timedelta(days=9)
        )
        standing.resume_registration(actor=clerk, now=now, registration=one, reason="申出")
        renew_registration(actor=clerk, now=now, registration=one)
        strike_registration(actor=approver, now=now, registration=one, reason="転出")
        reinstate_registration(actor=approver, now=now, registration=one, reason="誤り")
    locks = [match.groups() for query in seen if (match := LOCKED.search(query["sql"]))]
    assert len(locks) >= 14 and set(locks) == {WEAK}


def test_bookings_lock_their_person_without_the_key(world: Any, in_chiba: datetime) -> None:
    desk = Desk(world)
    booking = desk.book()
    with CaptureQueriesContext(connection) as seen:
        attendance.mark_missed(
            actor=desk.clerk, now=NOW + timedelta(days=31), booking=booking, reason="来館なし"
        )
        attendance.excuse(actor=desk.clerk, now=NOW + timedelta(days=31), booking=booking, reason="大雪")
        again = desk.book()
        bookings.cancel(actor=desk.hanako, now=NOW, booking=again)
    locks = [match.groups() for query in seen if (match := LOCKED.search(query["sql"]))]
    assert len(locks) >= 2 and set(locks) == {WEAK}
