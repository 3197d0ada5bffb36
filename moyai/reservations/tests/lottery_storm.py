"""A round in a process of its own, to be entered by many at once or killed in the middle. Not a test itself.

`python -m moyai.reservations.tests.lottery_storm '{"case": "limit"}'` acts in 千葉市 of the database it is given and prints
one line of JSON. Cases: limit (20 at once at one below the limit), prepare (a frozen round with its seed), draw (`kill`:
"inside" before the commit, "after" it, or none), publish (what became of it).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from hashlib import sha256
from typing import Any


def world_here() -> Any:
    from tests.world import World

    return World()


def limit() -> dict[str, Any]:
    """Twenty entries of one person at once, over two linked registrations; he has one fewer than he may."""
    from moyai.reservations.actions.lotteries.entries import Wish, enter_lottery
    from moyai.reservations.models import Entry
    from moyai.reservations.tests.rounds import AM, make_lottery
    from moyai.reservations.tests.storm import together
    from moyai.tenants.public import Refusal, acting_in

    world = world_here()
    with acting_in(world.chiba) as now:
        lottery = make_lottery(world, now, entry_cap=3)
        linked = [lottery.person(person_key="one"), lottery.person(person_key="one", name="会", kind="group")]
        for at in range(2):
            lottery.enter(linked[at], lottery.wish("abcd"[at]))
    body, clerk = world.chiba, lottery.staff["clerk"]
    wish = Wish(lottery.hall.units["d"].pk, lottery.day, *AM)

    def act(at: int) -> str:
        try:
            with acting_in(body) as now:
                enter_lottery(
                    actor=clerk,
                    now=now,
                    round=lottery.round,
                    registration=linked[at % 2],
                    wishes=[wish],
                    channel="staff",
                    purpose="badminton",
                )
        except Refusal as refusal:
            return str(refusal.code)
        return "done"

    found, _times = together([lambda at=at: act(at) for at in range(20)], 20)  # type: ignore[misc]
    with acting_in(body):
        stored = list(
            Entry.objects.filter(round=lottery.round).order_by("id").values_list("ticket_id", flat=True)
        )
    return {"outcomes": found, "tickets": stored}


def prepare() -> dict[str, Any]:
    from moyai.reservations.actions.lotteries.draw import enter_seed
    from moyai.reservations.tests.rounds import AM, SEED, make_lottery
    from moyai.tenants.public import acting_in

    world = world_here()
    with acting_in(world.chiba) as now:
        lottery = make_lottery(world, now)
        for at in range(30):
            lottery.enter(lottery.person(), lottery.wish("abcd"[at % 4], AM), lottery.wish("ab", AM, days=1))
        lottery.freeze()
        for who in ("clerk", "approver"):
            enter_seed(actor=lottery.staff[who], now=lottery.now, round=lottery.round, typed=SEED)
    return {"round": lottery.round.pk}


def draw(round_id: int, kill: str) -> dict[str, Any]:
    from moyai.reservations.actions.lotteries.draw import draw_round
    from moyai.reservations.models import Round
    from moyai.reservations.tests.rounds import staff_of
    from moyai.tenants.public import Refusal, acting_in

    world = world_here()
    try:
        with acting_in(world.chiba):
            row = Round.objects.get(pk=round_id)
            draw_round(actor=staff_of(world)["clerk"], now=row.enter_until, round=row)
            if kill == "inside":
                os.kill(os.getpid(), signal.SIGKILL)
    except Refusal as refusal:
        return {"refused": refusal.code}
    if kill == "after":
        os.kill(os.getpid(), signal.SIGKILL)
    return {"refused": ""}


def publish(round_id: int) -> dict[str, Any]:
    """The state, what was asked of the queue, and the published bytes, made twice."""
    from django.db import connection

    from moyai.reservations.actions.lotteries.draw import publish_round
    from moyai.reservations.models import Entry, Round, RoundFiles
    from moyai.tenants.public import Actor, acting_in

    world = world_here()
    with acting_in(world.chiba):
        row = Round.objects.get(pk=round_id)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'reservations.publish_round'"
                " AND args ->> 'stage' = 'result'"
            )
            queued = cursor.fetchone()[0]
        made = [
            publish_round(actor=Actor.system(world.chiba), now=row.enter_until, round=row, stage="result")
            for _twice in range(2)
        ]
        ranks = list(
            Entry.objects.filter(round=row)
            .order_by("ticket_id")
            .values_list("ticket_id", "rank", "state", "won_wish")
        )
        return {
            "state": row.state,
            "queued": queued,
            "kept": RoundFiles.objects.filter(round=row, stage="result").count(),
            "sha256": sha256(bytes(made[0].content)).hexdigest() if made[0] else "",
            "same": made[0] is None or bytes(made[0].content) == bytes(made[1].content),  # type: ignore[union-attr]
            "ranks": sha256(json.dumps(ranks).encode()).hexdigest(),
        }


def main() -> None:
    import django

    django.setup()
    facts = json.loads(sys.argv[1])
    match facts["case"]:
        case "limit":
            found = limit()
        case "prepare":
            found = prepare()
        case "draw":
            found = draw(facts["round"], facts.get("kill", ""))
        case _:
            found = publish(facts["round"])
    print(json.dumps(found))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moyai.web.settings")
    main()
