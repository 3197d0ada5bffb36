"""Run inside an installation whose draw is measured: so many entries in a round of 1,395 rooms, frozen and drawn, each published.

Prints one line of JSON. Each size in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

ROOMS = 1_395
WISHES = 3
FRAMES = ((540, 720), (780, 1020), (1080, 1260))


def enter(lottery: Any, count: int) -> None:
    """Entries of as many people, each with three wishes, by COPY: their making is not what is measured."""
    from django.db import connection

    from moyai.reservations.models import Registration

    choose, first, who = random.Random(1), lottery.day, lottery.person()
    known = {"id", "number", "person_key", "body_id"}
    columns = [one.column for one in Registration._meta.concrete_fields if one.column not in known]
    copied, values = (", ".join(f'{before}"{one}"' for one in columns) for before in ("", "r."))
    with connection.cursor() as db:
        db.execute("CREATE TEMP TABLE entering (ticket text, who text, wishes jsonb) ON COMMIT DROP")
        with db.copy("COPY entering FROM STDIN") as copy:  # type: ignore[attr-defined]
            for at in range(count):
                wishes = json.dumps([_wish(choose, first) for _each in range(WISHES)])
                copy.write(f"p{choose.getrandbits(64):016x}.01\tperson{at}\t{wishes}\n")
        body = lottery.hall.body.pk
        db.execute(
            f"INSERT INTO reservations_registration (body_id, number, person_key, {copied}) SELECT %s,"
            f" '5' || lpad((row_number() OVER ())::text, 11, '0'), e.who, {values}"
            " FROM entering e, reservations_registration r WHERE r.id = %s",
            [body, who.pk],
        )
        db.execute("ANALYZE reservations_registration")
        db.execute(
            "INSERT INTO reservations_entry (body_id, round_id, registration_id, one_person, facility_id, number,"
            ' ticket_id, "group", resident_class, wishes, purpose, state, channel, made_at, made_on, made_by, changed_at)'
            " SELECT r.body_id, %s, r.id, e.who, %s, r.number, e.ticket, false, 'resident', e.wishes, '', 'entered',"
            " 'internet', now(), current_date, '', now()"
            " FROM entering e JOIN reservations_registration r ON r.body_id = %s AND r.person_key = e.who",
            [lottery.round.pk, lottery.hall.facility.pk, body],
        )
        db.execute("ANALYZE reservations_entry")


def _wish(choose: random.Random, first: Any) -> dict[str, Any]:
    room, day = choose.randrange(ROOMS), first + timedelta(days=choose.randrange(28))
    starts, ends = choose.choice(FRAMES)
    return {
        "room": room,
        "combination": room,
        "day": day.isoformat(),
        "starts": starts,
        "ends": ends,
        "frames": ["am"],
        "place": f"f{room // 5}.r{room}.u:{day:%Y%m%d}:{starts}-{ends}",
    }


def run(count: int) -> dict[str, Any]:
    import psutil
    from django.db import connection
    from django.db.models.functions import Length

    from moyai.reservations.actions.lotteries import draw as drawing
    from moyai.reservations.models import Entry, Round, RoundFiles
    from moyai.reservations.tests.rounds import SEED, make_lottery
    from moyai.tenants.public import acting_in
    from tests.world import World

    told: dict[str, Any] = {"entries": count}

    def step(name: str, act: Callable[[], Any]) -> Any:
        server = psutil.Process(connection.connection.info.backend_pid)
        before, began = time.process_time() + sum(server.cpu_times()[:2]), time.perf_counter()
        with acting_in(world.chiba):  # as jobs and pages do it: each step in a transaction of its own
            made = act()
        told[f"{name}_seconds"] = time.perf_counter() - began
        told[f"{name}_cpu"] = time.process_time() + sum(server.cpu_times()[:2]) - before
        return made

    world = World()
    with acting_in(world.chiba) as now:
        lottery = make_lottery(world, now, win_cap=4)
        enter(lottery, count)
    tidy()
    # Rooms of a city in place of the one hall's: what the round publishes, and what its places are names of.
    made_up = {
        f"f{room // 5}.r{room}.u": {"name": f"室場{room}", "parts": [f"f{room // 5}.r{room}.p"]}
        for room in range(ROOMS)
    }
    drawing.units_of_round = lambda _round: made_up
    told["before_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    step("freeze", lottery.freeze)
    with acting_in(world.chiba):
        for who in ("clerk", "approver"):
            lottery.round = drawing.enter_seed(
                actor=lottery.staff[who], now=lottery.now, round=lottery.round, typed=SEED
            )
    act = {"now": lottery.now, "round": lottery.round}
    lottery.round = step("draw", lambda: drawing.draw_round(actor=lottery.staff["clerk"], **act))
    told["draw_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with acting_in(world.chiba):
        rows = Entry.objects.filter(round=lottery.round)
        told["won"] = rows.filter(state=Entry.State.WON).count()
        told["ranked"] = rows.exclude(rank=None).count()
        kept = RoundFiles.objects.filter(round=lottery.round).values_list(Length("content"), flat=True)
        told["zip_mb"] = sum(kept) / 2**20
    assert lottery.round.state == Round.State.DRAWN and told["ranked"] == count and len(kept) == 2
    tidy()
    step("baseline", lambda: naive(lottery.round))
    return told


def tidy() -> None:
    """As long after the last act as a round is after its entries: dead rows are gone, everything is counted."""
    import psycopg
    from django.db import connection

    with psycopg.connect(os.environ["MOYAI_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE reservations_entry")
        owner.execute("CHECKPOINT")
    connection.ensure_connection()


def naive(round: Any) -> None:
    """What a quick script does: the first wishes of each place in a random order, the first of them wins. Undone again.

    No win cap, no second wish, no seed, no list, nothing that anybody could draw again.
    """
    from django.db import connection, transaction

    with transaction.atomic():
        with connection.cursor() as db:
            db.execute(
                "WITH drawn AS (SELECT id, row_number() OVER (ORDER BY random()) AS rank,"
                " row_number() OVER (PARTITION BY wishes -> 0 ->> 'place' ORDER BY random()) AS nth"
                " FROM reservations_entry WHERE body_id = %s AND round_id = %s)"
                " UPDATE reservations_entry e SET rank = d.rank, state = CASE WHEN d.nth = 1 THEN 'won' ELSE 'lost' END"
                " FROM drawn d WHERE e.body_id = %s AND e.id = d.id",
                [round.body_id, round.pk, round.body_id],
            )
        transaction.set_rollback(True)


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(run(int(sys.argv[1]))))
