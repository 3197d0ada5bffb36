"""A worker for locks in a process of its own, to be killed while a lock answers it. Not a test itself.

`python -m moyai.reservations.tests.lock_worker '{"case": "prepare", "port": 4711}'` acts in 千葉市 of the database it is
given and prints one line of JSON. Cases: prepare (a booking whose lock at that port waits to be told), tell (hands over what is
queued), after (what was left, whether the clock finds it again, and what becomes of it when it is handed over twice more).
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from typing import Any


def prepare(port: int) -> dict[str, Any]:
    from django.db import transaction

    from moyai.reservations.actions import lock_windows, locks
    from moyai.reservations.models import LockMessage, Room
    from moyai.reservations.tests.halls import NOW, Desk
    from moyai.tenants.public import acting_in

    world = _world()
    with acting_in(world.chiba):
        desk = Desk(world)
        chief = world.actor(world.at_chiba.administrator, world.chiba)
        Room.objects.filter(pk=desk.hall.gym.pk).update(lock="gym-door")
        with transaction.atomic():
            lock = locks.add_lock(
                actor=chief,
                now=NOW,
                code="gym-door",
                name="体育館の入口",
                url=f"http://127.0.0.1:{port}/moyai",
                lead_minutes=10,
                lag_minutes=5,
                show_hours=24,
                after_payment=False,
            )
        booking = desk.book()
        lock_windows.settle(actor=desk.system, now=NOW, booking_id=booking.pk)
        row = LockMessage.objects.get(lock=lock)
        return {
            "secret": locks.show_secret(actor=chief, now=NOW, lock=lock),
            "message": row.pk,
            "event": row.event_id,
        }


def tell(message: int, minutes: int) -> dict[str, Any]:
    from moyai.reservations.jobs.locks import tell_lock
    from moyai.reservations.tests.halls import NOW
    from moyai.tenants.public import acting_in

    with acting_in(_world().chiba):
        tell_lock(message_id=message, now=NOW + timedelta(minutes=minutes))
    return {}


def woken(message: int) -> int:
    """Jobs of the message that wait, after the clock looked for messages whose job was lost."""
    from django.db import connection

    from moyai.reservations.jobs.locks import tell_due
    from moyai.reservations.tests.halls import NOW

    waiting = (
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'reservations.tell_lock' AND status = 'todo'"
        " AND (args ->> 'message_id')::bigint = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'reservations.tell_lock'")
        tell_due.run(now=NOW + timedelta(minutes=2))
        cursor.execute(waiting, [message])
        [count] = cursor.fetchone()
        return int(count)


def kept(message: int) -> dict[str, Any]:
    from moyai.reservations.models import LockMessage
    from moyai.tenants.public import acting_in

    with acting_in(_world().chiba):
        row = LockMessage.objects.get(pk=message)
        return {
            "state": row.state,
            "tries": row.tries,
            "event": row.event_id,
            "next": row.next_at is not None,
        }


def after(message: int) -> dict[str, Any]:
    left, jobs = kept(message), woken(message)
    for minutes in (2, 3):
        tell(message, minutes)
    return {"left": left, "jobs": jobs, "done": kept(message)}


def _world() -> Any:
    from tests.world import World

    return World()


def main() -> None:
    import django
    from django.conf import settings

    django.setup()
    facts = json.loads(sys.argv[1])
    settings.MOYAI_DEMO = True  # plain http to this very machine
    settings.MOYAI_WEBHOOK_INSIDE = [f"127.0.0.1:{facts['port']}"]
    match facts["case"]:
        case "prepare":
            found = prepare(facts["port"])
        case "tell":
            found = tell(facts["message"], 0)
        case _:
            found = after(facts["message"])
    print(json.dumps(found))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moyai.web.settings")
    main()
