"""Acts in a database of their own, each on a connection of its own. Not a test itself.

`python -m moyai.operations.tests.storm '{"case": "sign_up", …}'` prints what came of it as one line of JSON. Cases: sign_up
(many members at once for few places), watch (a system with a probe of an address, asked once), ask (leave the worker a
question to ask), seen (what the book says at a moment).
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from datetime import datetime, timedelta
from typing import Any


def sign_up(facts: dict[str, Any]) -> dict[str, Any]:
    """So many sign-ups of one person each, by two members in turn and section by section, at the same moment."""
    from django.db import connection, transaction

    from moyai.operations.actions import events as actions
    from moyai.operations.models import Attendance, Event
    from moyai.operations.tests.places import member, secretary
    from moyai.tenants.public import Body, Refusal, acting_in, clock

    with transaction.atomic():
        now = clock.now()
        event = actions.plan_event(
            actor=secretary(),
            now=now,
            kind="seminar",
            name="勉強会",
            from_on=clock.today(now),
            asks_until=now + timedelta(hours=1),
            most_persons=facts["places"],
        )
    bodies = list(Body.objects.order_by("code")[:2])
    outcomes: Counter[str] = Counter()
    barrier, guard = threading.Barrier(facts["members"]), threading.Lock()

    def one(place: int) -> None:
        body = bodies[place % 2]
        connection.ensure_connection()
        barrier.wait()
        try:
            with acting_in(body) as moment:
                actions.sign_up(
                    actor=member(body),
                    now=moment,
                    event=Event(pk=event.pk),
                    persons=1,
                    section=f"課{place}",
                )
            outcome = "done"
        except Refusal as refusal:
            outcome = refusal.code
        except Exception as error:  # an error is an outcome to be seen
            outcome = f"error: {type(error).__name__}: {error}"[:200]
        with guard:
            outcomes[outcome] += 1
        connection.close()

    threads = [threading.Thread(target=one, args=(place,)) for place in range(facts["members"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"outcomes": outcomes, "rows": Attendance.objects.filter(event=event).count()}


def watch(facts: dict[str, Any]) -> dict[str, Any]:
    """A system whose address was asked and answered, so long ago that it is to be asked again."""
    from django.db import transaction

    from moyai.operations.actions.probes import add_probe, take_answer
    from moyai.operations.models import Probe
    from moyai.operations.tests.places import a_system, secretary
    from moyai.tenants.public import clock

    with transaction.atomic():
        now = clock.now()
        heard = now - timedelta(minutes=2)
        system = a_system("watched", now=now, name="見張られるシステム", from_on=clock.today(heard))
        made = add_probe(
            actor=secretary(),
            now=heard - timedelta(minutes=1),
            system=system,
            name="入口",
            kind="http",
            url=facts["url"],
            grace_seconds=0,
        )
        take_answer(probe=Probe.objects.select_for_update().get(pk=made.pk), now=heard, well=True)
    return {"probe": made.pk, "heard": heard.isoformat()}


def ask(facts: dict[str, Any]) -> dict[str, Any]:
    from django.db import transaction

    from moyai.operations.jobs.watching import ask_address
    from moyai.tenants.public import later

    with transaction.atomic():
        later(ask_address, probe_id=facts["probe"])
    return {}


def seen(facts: dict[str, Any]) -> dict[str, Any]:
    """The book of the system at a moment, and its rows of stops."""
    from django.db import transaction

    from moyai.operations.models import Beat, Stop
    from moyai.operations.queries.levels import levels_of_year, status_now
    from moyai.tenants.public import clock

    moment = datetime.fromisoformat(facts["at"])
    with clock.at(moment), transaction.atomic():
        today = clock.today(moment)
        year = today.year if today.month >= 4 else today.year - 1
        (found,) = [one for one in levels_of_year(year, now=moment) if one.system.code == "watched"]
        (standing,) = [one for one in status_now(now=moment).systems if one.system.code == "watched"]
        stops = Stop.objects.filter(system__code="watched").order_by("begins")
        return {
            "unknown": found.whole.unknown,
            "stopped": found.whole.stopped,
            "up": found.whole.up,
            "state": standing.state,
            "beats": Beat.objects.count(),
            "stops": [
                [stop.kind, stop.begins.isoformat(), stop.ends.isoformat() if stop.ends else None]
                for stop in stops
            ],
        }


if __name__ == "__main__":
    import django

    django.setup()
    asked = json.loads(sys.argv[1])
    print(json.dumps({"sign_up": sign_up, "watch": watch, "ask": ask, "seen": seen}[asked["case"]](asked)))
