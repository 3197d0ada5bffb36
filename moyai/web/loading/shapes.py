"""資料の形 — which files a seed may have, their columns, and what may stand in them. `place` is the place in the paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from moyai.web.loading.reading import Column, day, listed, number, one_of, slug, whole, words, yes

KEY: Final = Column(slug)
KEY_OR_NOT: Final = Column(slug, must=False, empty="")
NAME: Final = Column(words(120))
NAME_OR_NOT: Final = Column(words(120), must=False, empty="")
TEXT: Final = Column(words(2000), must=False, empty="")
DAY: Final = Column(day)
DAY_OR_NOT: Final = Column(day, must=False)
PLACE_OR_NOT: Final = Column(words(200), must=False, empty="")
YEN: Final = Column(whole())
SIGNED: Final = Column(whole(low=-(10**15)))
COUNT: Final = Column(whole(high=10**9))
COUNT_OR_NOT: Final = Column(whole(high=10**9), must=False)
PLACE: Final = Column(words(200))
YEAR: Final = Column(whole(1950, 2100))
LIST: Final = Column(listed(), must=False, empty=[])
YES: Final = Column(yes, must=False, empty=False)
SIDE: Final = Column(one_of("income", "expense"))

COMMITTEES = (
    "assembly", "steering", "board", "section", "study", "review", "plenary", "working", "special", "project", "group",
    "outside",
)  # fmt: skip
FORM = one_of("contracting", "studying")
EVENTS = one_of("training", "briefing", "seminar", "tour", "campaign", "study", "press", "workshop", "other")

SHAPES: Final[Mapping[str, Mapping[str, Column]]] = {
    "council": {"name": NAME, "fiscal_year": YEAR, "paper": PLACE, "place": PLACE},
    "bodies": {
        "code": Column(words(6)), "name": Column(words(60)), "kana": NAME,
        "kind": Column(one_of("prefecture", "city", "town", "village", "union", "enterprise")),
        "slug": KEY, "place": PLACE,
    },
    "populations": {"body": NAME, "as_of": DAY, "persons": COUNT, "place": PLACE},
    "services": {"code": KEY, "name": Column(words(60)), "scope": Column(one_of("all", "some")), "place": PLACE},
    "uses": {"service": KEY, "body": NAME, "from_on": DAY, "place": PLACE},
    "committees": {
        "code": KEY, "name": Column(words(100)), "kind": Column(one_of(*COMMITTEES)),
        "form": Column(FORM, must=False, empty="contracting"), "parent": KEY_OR_NOT, "climbs_to": KEY_OR_NOT,
        "open_to_all": YES, "from_on": DAY, "until_on": DAY_OR_NOT, "place": PLACE,
    },
    "names": {"committee": KEY, "name": Column(words(100)), "form": Column(FORM), "from_on": DAY, "place": PLACE},
    "lineage": {"committee": KEY, "follows": KEY, "place": PLACE},
    "seats": {
        "committee": KEY, "body": NAME, "capacity": Column(one_of("member", "associate", "observer", "adviser")),
        "from_on": DAY, "place": PLACE,
    },
    "offices": {
        "committee": KEY, "code": KEY, "name": Column(words(60)), "holders": Column(whole(1, 99)),
        "term_years": Column(whole(1, 20)), "rotation": LIST, "rotation_from": Column(whole(1950, 2100), must=False),
        "place": PLACE,
    },
    "terms": {
        "committee": KEY, "office": KEY, "position": Column(whole(1, 99)), "body": NAME, "holder": NAME_OR_NOT,
        "from_on": DAY, "until_on": DAY, "place": PLACE,
    },
    "bylaws": {
        "code": KEY, "name": NAME, "label": NAME_OR_NOT, "from_on": DAY, "place": PLACE,
        "kind": Column(one_of("charter", "outline", "regulation", "terms", "procedure", "plan", "policy")),
    },
    "meetings": {
        "committee": KEY, "fiscal_year": YEAR, "number": Column(whole(1, 999)), "name": NAME_OR_NOT,
        "mode": Column(one_of("person", "online", "written", "mail")), "held_on": DAY, "until_on": DAY_OR_NOT,
        "and_others": YES, "venue": NAME_OR_NOT, "place": PLACE,
    },
    "items": {
        "committee": KEY, "fiscal_year": YEAR, "meeting": Column(whole(1, 999)), "position": Column(whole(1, 999)),
        "under": Column(whole(1, 999), must=False), "title": Column(words(300)), "origins": LIST, "place": PLACE,
    },
    "accounts": {
        "code": KEY, "name": NAME, "service": KEY_OR_NOT, "unit_yen": Column(whole(1, 10**6)), "from_on": DAY,
        "place": PLACE,
    },
    "lines": {
        "account": KEY, "side": SIDE, "code": KEY, "name": Column(words(60)),
        "meaning": Column(one_of("ordinary", "burden", "carried", "refund", "reserve")), "budget_yen": YEN,
        "settled_yen": YEN, "difference_yen": SIGNED, "place": PLACE,
    },
    "budgets": {"account": KEY, "name": Column(words(60)), "decided_by": Column(words(120)), "place": PLACE},
    "budget_totals": {
        "account": KEY, "side": SIDE, "budget_yen": YEN, "settled_yen": YEN, "difference_yen": SIGNED, "place": PLACE,
    },
    "cost_lines": {
        "account": KEY, "code": KEY, "name": Column(words(100)), "service": KEY_OR_NOT, "payers": COUNT, "place": PLACE,
    },
    "splits": {"name": NAME, "yen": YEN, "parts": LIST, "place": PLACE},
    "entries": {
        "account": KEY, "side": SIDE, "line": KEY, "cost_line": KEY_OR_NOT, "heading": Column(words(100), must=False, empty=""),
        "label": Column(words(200), must=False, empty=""), "count": COUNT_OR_NOT, "yen": YEN, "split": NAME_OR_NOT,
        "place": PLACE,
    },
    "settlements": {
        "account": KEY, "fiscal_year": YEAR, "income_yen": YEN, "expense_yen": YEN, "surplus_yen": SIGNED,
        "carried": Column(one_of("refund", "keep")), "place": PLACE,
    },
    "levels": {
        "service": KEY, "numerator": Column(whole(1)), "denominator": Column(whole(1)), "from_on": DAY, "place": PLACE,
    },
    "monthly": {
        "service": KEY, "month": DAY, "web": Column(number, must=False, empty=""),
        "mail": Column(number, must=False, empty=""), "incidents": COUNT_OR_NOT, "place": PLACE,
    },
    "events": {
        "kind": Column(EVENTS), "name": Column(words(200)), "service": KEY_OR_NOT, "from_on": DAY_OR_NOT,
        "until_on": DAY_OR_NOT, "sessions": Column(whole(1, 999)), "venue": NAME_OR_NOT, "hosts": PLACE_OR_NOT,
        "text": TEXT, "place": PLACE,
    },
    "event_attendance": {
        "event": Column(words(200)), "group": NAME_OR_NOT, "bodies": COUNT_OR_NOT, "persons": COUNT_OR_NOT,
        "remote": YES, "place": PLACE,
    },
    "exchanges": {
        "kind": Column(one_of("newsletter", "list", "web", "report")), "topic": NAME, "fiscal_year": YEAR,
        "count": COUNT, "place": PLACE,
    },
    "texts": {"section": KEY, "position": Column(whole(1, 999)), "text": Column(words(4000)), "place": PLACE},
    "tables": {
        "table": KEY, "section": KEY_OR_NOT, "caption": NAME, "rows_label": Column(words(60)),
        "unit": Column(words(20), must=False, empty=""), "columns": Column(listed()), "notes": Column(listed("｜"), must=False, empty=[]),
        "place": PLACE,
    },
    "figures": {
        "table": KEY, "row": Column(words(100)), "column": KEY, "value": Column(words(500), must=False, empty=""),
        "kind": Column(one_of("cell", "total", "none", "text")), "place": PLACE,
    },
}  # fmt: skip
NEEDED: Final = ("council", "bodies", "committees")
