"""Halls of several bodies, committed, and the page that looks through all of them. Not a test itself.

`python -m moyai.reservations.tests.everywhere_town` acts on the database it is given and prints one line of JSON: what the
page shows and how many queries it makes for two bodies, and for eight.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

MORE = 6


def hall_in(body: Any, number: int) -> Any:
    """A hall of a body; in every third its gym is taken all day, in every fourth it is closed."""
    from moyai.reservations.actions import bookings
    from moyai.reservations.actions.asked import Asked
    from moyai.reservations.models import SpecialDay
    from moyai.reservations.tests.halls import make_hall, make_person, set_policies
    from moyai.reservations.tests.pages_setup import OPENING
    from moyai.tenants.public import Actor, acting_in, clock

    with acting_in(body) as now:
        hall = make_hall(body, code=f"every-{number}")
        set_policies(hall, opening=OPENING)
        day = clock.today(now) + timedelta(days=20)
        if number % 4 == 3:
            SpecialDay.objects.create(
                body=body, facility=hall.facility, day=day, kind=SpecialDay.Kind.CLOSED, reason="点検"
            )
        elif number % 3 == 0:
            bookings.book(
                actor=Actor(
                    account_id=None, body=body, roles=Actor.system().roles, name="試験", channel="system"
                ),
                now=now,
                registration=make_person(body, "松戸 太郎", now=now),
                asked=Asked(
                    combination_id=hall.units["abcd"].pk,
                    day=day,
                    starts=540,
                    ends=1260,
                    purpose="badminton",
                    people=10,
                    title="秘密の会合",
                ),
                channel="staff",
            )
    return day


def look(day: date, **more: str) -> dict[str, Any]:
    from django.db import connections
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="localhost")
    told = {"day": day.isoformat(), "purpose": "バドミントン", "q": "体育館", **more}
    client.get("/facilities/", told)
    with (
        CaptureQueriesContext(connections["default"]) as own,
        CaptureQueriesContext(connections["across"]) as across,
    ):
        answer = client.get("/facilities/", told)
    return {
        "status": answer.status_code,
        "html": answer.content.decode(),
        "queries": [len(own), len(across)],
        "cookies": len(answer.cookies),
    }


def main() -> None:
    import django

    django.setup()
    from moyai.tenants.public import Body

    two = list(Body.objects.filter(slug__in=("chiba-shi", "matsudo-shi")).order_by("code"))
    day, _same = (hall_in(body, number) for number, body in enumerate(two))
    first = look(day)
    for number in range(2, 2 + MORE):
        body = Body.objects.create(
            code=f"99{number:04}",
            name=f"第{number}市",
            kana=f"ダイ{number}シ",
            slug=f"city-{number}",
            kind="city",
            from_on=date(2017, 4, 1),
        )
        hall_in(body, number)
    print(
        json.dumps(
            {"day": day.isoformat(), "two": first, "eight": look(day), "night": look(day, band="night")}
        )
    )


if __name__ == "__main__":
    main()
