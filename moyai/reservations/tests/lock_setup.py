"""A hall whose gym has a lock that answers, and the jobs of locks run as the worker would. Not a test itself."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from moyai.money import actions as ledger
from moyai.money.models import Receipt
from moyai.money.public import charges_about
from moyai.reservations.actions import locks
from moyai.reservations.jobs import locks as jobs
from moyai.reservations.lock_keys import code_of
from moyai.reservations.models import Booking, Lock, LockMessage, LockWindow, Room
from moyai.reservations.tests.halls import NOW, Desk
from moyai.reservations.tests.lock_simulator import LockSimulator

RUN = {
    "reservations.settle_lock": jobs.settle_lock,
    "reservations.settle_all_of_lock": jobs.settle_all_of_lock,
    "reservations.tell_lock": jobs.tell_lock,
}


class LockedHall(Desk):
    """`desk.lock` is the gym's lock; `desk.door` what answers at its address."""

    def __init__(self, world: Any, settings: Any, **policies: Any) -> None:
        super().__init__(world, **policies)
        with connection.cursor() as cursor:  # those of the demo's bookings
            cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = ANY(%s)", [list(RUN)])
        self.door = LockSimulator()
        settings.MOYAI_DEMO = True
        settings.MOYAI_WEBHOOK_INSIDE = [f"127.0.0.1:{self.door.port}"]
        self.chief = world.actor(world.at_chiba.administrator, world.chiba)
        Room.objects.filter(pk=self.hall.gym.pk).update(lock="gym-door")
        self.lock = self.add()
        self.door.secret = locks.show_secret(actor=self.chief, now=NOW, lock=self.lock)

    def add(self, code: str = "gym-door", **facts: Any) -> Lock:
        known: dict[str, Any] = {
            "name": "体育館の入口", "url": self.door.url, "lead_minutes": 10, "lag_minutes": 5, "show_hours": 24,
            "after_payment": False,
        }  # fmt: skip
        with transaction.atomic():
            return locks.add_lock(actor=self.chief, now=NOW, code=code, **{**known, **facts})

    def work(self, now: datetime = NOW, *, only: str = "") -> list[LockMessage]:
        """Run every job of locks that waits, and what it defers in turn; gives the messages after it."""
        while waiting := self.waiting(only):
            with connection.cursor() as cursor:
                cursor.execute(
                    "DELETE FROM procrastinate_jobs WHERE id = ANY(%s)", [[one[0] for one in waiting]]
                )
            for _id, name, ids in waiting:
                RUN[name](**ids, now=now)
        return self.told()

    def waiting(self, only: str = "") -> list[tuple[int, str, dict[str, Any]]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' AND task_name = ANY(%s)"
                " AND (args ->> 'body_id')::int = %s ORDER BY id",
                [[only] if only else list(RUN), self.hall.body.pk],
            )
            rows = cursor.fetchall()
        found = []
        for key, name, args in rows:
            ids = json.loads(args) if isinstance(args, str) else args
            found.append((key, name, {k: v for k, v in ids.items() if k not in ("body_id", "request_id")}))
        return found

    def told(self) -> list[LockMessage]:
        return list(LockMessage.objects.filter(lock__body=self.hall.body).order_by("id"))

    def window(self, booking: Booking) -> LockWindow:
        return LockWindow.objects.select_related("lock").get(booking=booking)


def code(desk: LockedHall, booking: Booking) -> str:
    return code_of(desk.hall.body, desk.window(booking))


def states(desk: LockedHall) -> list[tuple[str, str, int]]:
    return [(one.kind, one.state, one.sequence) for one in desk.told()]


def paid(desk: LockedHall, booking: Booking) -> None:
    for charge in charges_about(booking):
        ledger.receive(
            actor=desk.clerk,
            now=NOW,
            charge=charge,
            channel=Receipt.Channel.COUNTER,
            amount_yen=charge.unpaid_yen,
            external_id=f"counter-{charge.pk}",
        )
