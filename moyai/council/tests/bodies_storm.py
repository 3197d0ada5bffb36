"""Two secretaries at once on seats, terms, candidates and rules; run in a process of its own, on a database of its own.

Prints one line of JSON: what each of the two got, and how many rows there are afterwards.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from moyai.council.tests.money_storm import both


def main() -> None:
    import django

    django.setup()
    from django.db import transaction

    from moyai.council.actions.bylaws import abolish_bylaw, cite, enact, register_bylaw
    from moyai.council.actions.candidates import invite, note_candidate
    from moyai.council.actions.committees import arrange_committee
    from moyai.council.actions.offices import appoint, create_office
    from moyai.council.actions.postings import post
    from moyai.council.actions.seats import take_seat
    from moyai.council.models import Candidate, Citation, Committee, Seat, Term
    from moyai.council.tests.rooms import SINCE, committee_of
    from moyai.tenants.public import Actor, Body, Role, clock

    secretary = Actor(None, None, frozenset({Role.SECRETARIAT}), "事務局", "council")
    found: dict[str, Any] = {}

    def by() -> dict[str, Any]:
        return {"actor": secretary, "now": clock.now()}

    with transaction.atomic():
        chiba, matsudo = Body.objects.order_by("code")[:2]
        group = committee_of(by(), "group", "グループ")
        council = committee_of(by(), "council", "推進会議", open_to_all=True)
        above, below = committee_of(by(), "one", "第一部会"), committee_of(by(), "two", "第二部会")
        office = create_office(**by(), committee=council, code="chair", name="会長", from_on=SINCE)
        first = invite(**by(), committee=group, name="新宮町", noted_on=SINCE)
        rule = register_bylaw(**by(), code="rule", name="要領", kind="procedure")
        enact(**by(), bylaw=rule, from_on=SINCE, text="第1条")
        notice = post(**by(), title="お知らせ", text="本文", by_mail=False)

    def seat(
        until_on: date | None,
    ) -> Any:  # one is closed and one open: no key of the database would see them overlap
        return lambda: take_seat(**by(), committee=group, body=chiba, from_on=SINCE, until_on=until_on)

    found["seats"] = both(seat(None), seat(date(2018, 3, 31)))
    found["terms"] = both(
        lambda: appoint(**by(), office=office, body=chiba, from_on=date(2018, 4, 1)),
        lambda: appoint(**by(), office=office, body=matsudo, from_on=date(2018, 7, 1)),
    )
    found["steps"] = both(
        lambda: note_candidate(**by(), candidate=first, state="agreed", noted_on=SINCE),
        lambda: note_candidate(**by(), candidate=first, state="declined", noted_on=SINCE),
    )

    def under(one: Committee, other: Committee) -> Any:
        return lambda: arrange_committee(
            **by(), committee=one, purpose="", parent=other, climbs_to=None, position=0
        )

    found["rings"] = both(under(above, below), under(below, above))
    day = date(2018, 4, 1)
    found["rules"] = both(
        lambda: abolish_bylaw(**by(), bylaw=rule, from_on=day),
        lambda: cite(**by(), bylaw=rule, on=day, posting=notice),
    )
    with transaction.atomic():
        found["kept"] = {
            "seats": Seat.objects.filter(committee=group).count(),
            "terms": Term.objects.filter(office=office).count(),
            "steps": Candidate.objects.count(),
            "rings": Committee.objects.filter(code__in=("one", "two"), parent__isnull=False).count(),
            "citations": Citation.objects.count(),
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
