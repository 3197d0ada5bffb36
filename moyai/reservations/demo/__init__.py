"""The demo of the facility reservation: facilities and their rules, people and groups, what they booked and drew for.

Everything goes through the real actions, so what the demo shows is what the house does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from moyai.reservations.actions.locks import add_lock
from moyai.reservations.actions.masters import bring_workbook, take_workbook
from moyai.reservations.demo import masters, policies
from moyai.reservations.demo.bookings import book_all, open_round
from moyai.reservations.demo.people import register_people
from moyai.reservations.models import Facility
from moyai.reservations.workbook.nouns import Masters
from moyai.reservations.workbook.whole import workbook_of
from moyai.tenants.public import Actor, Body, acting_in, clock

NEXT = date(2027, 4, 1)  # of a policy that is decided and has not begun


def load_demo(bodies: Sequence[Body]) -> None:
    """Give each body its facilities where it has none yet: the first a city's, the others a town's."""
    for place, body in enumerate(bodies):
        with acting_in(body) as now:
            if not Facility.objects.filter(body=body).exists():
                _street(body, now, city=not place)


def masters_of_demo(name: str, today: date, *, city: bool) -> Masters:
    """The masters with their policies. 千葉市's addresses begin with its own name."""
    made = masters.city(name, name, today) if city else masters.town(name, name, today)
    for kind, facility, source, document in policies.policies(made):
        _add(made, kind, facility, masters.OPENED, source, document)
    for (code,), facility_row in made["facilities"].items():
        if facility_row["category"] == "体育館":
            dearer = policies.gymnasium_fees(percent=110)
            _add(made, "fees", code, NEXT, "体育施設条例の改正（例）", dearer)
    return made


def _add(
    made: Masters, kind: str, facility: str, from_on: date, source: str, document: policies.Document
) -> None:
    row = {"kind": kind, "facility": facility, "room": "", "from_on": from_on, "source": source}
    made["policies"][(kind, facility, "", from_on)] = row | {"document": document}


def _street(body: Body, now: datetime, *, city: bool) -> None:
    system = Actor.system(body, name="見本の用意")
    whole = masters_of_demo(body.name, clock.today(now), city=city)
    data = workbook_of(whole, code=body.code, name=body.name)
    book = bring_workbook(actor=system, now=now, data=data, name="見本の施設.xlsx")
    take_workbook(actor=system, now=now, book=book)
    if city:  # switched off: nobody answers at its address
        add_lock(
            actor=system,
            now=now,
            code="arena-main",
            name="メインアリーナ入口",
            url="https://lock.example.jp/moyai",
            active=False,
        )
    people = register_people(system, now)
    book_all(system, now, people)
    open_round(system, now, people)
