"""A procedure with places in a running installation; not a test itself.

`python -m moyai.applications.tests.places_setup CODE CAPACITY [waiting] [yen]` makes one with the pool "a".
"""

from __future__ import annotations

import sys
from typing import Any

DOCUMENT: dict[str, Any] = {
    "schema_version": 1,
    "procedure": "places",
    "title": "親子パン教室の申込み",
    "in_flight": {"policy": "continue"},
    "applicant": {"name": "name"},
    "pages": [
        {
            "id": "all",
            "title": "申込み",
            "fields": [
                {"id": "name", "kind": "name", "label": "氏名", "required": True},
                {
                    "id": "session",
                    "kind": "single_choice",
                    "label": "参加する回",
                    "required": True,
                    "seats": True,
                    "options": [
                        {"value": "a", "label": "12月6日 午前"},
                        {"value": "b", "label": "12月6日 午後"},
                    ],
                },
                {
                    "id": "count",
                    "kind": "number",
                    "label": "人数または金額",
                    "required": True,
                    "min": 1,
                    "max": 9999999,
                },
            ],
        }
    ],
    "takes": [{"id": "place", "label": "参加", "pool": {"field": "session"}, "quantity": {"field": "count"}}],
}
FACTS: dict[str, Any] = {
    "title": "親子パン教室の申込み",
    "summary": "小学生と保護者の方のための教室です。",
    "category": "講座・イベント",
    "section": "生涯学習課",
    "identity": "none",
    "needs_review": False,
    "issues_letter": False,
}


def make(code: str, capacity: int, *words: str) -> None:
    """The procedure and its pool, in 千葉市."""
    import django

    django.setup()
    from moyai.applications.actions.pools import PoolFacts, keep_pools
    from moyai.applications.actions.procedures import create_procedure, edit_procedure, publish_edition
    from moyai.tenants.public import Actor, Body, acting_in

    body = Body.objects.get(slug="chiba-shi")
    with acting_in(body) as now:
        system: dict[str, Any] = {"actor": Actor.system(body), "now": now}
        procedure = create_procedure(**system, code=code, facts=FACTS)
        publish_edition(**system, procedure=procedure, document=DOCUMENT | {"procedure": code})
        edit_procedure(**system, procedure=procedure, facts={"published": True})
        facts = PoolFacts(
            key="a",
            label="12月6日 午前",
            capacity=capacity,
            unit="yen" if "yen" in words else "seats",
            waiting_list="waiting" in words,
        )
        keep_pools(**system, procedure=procedure, pools=[facts])


if __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
