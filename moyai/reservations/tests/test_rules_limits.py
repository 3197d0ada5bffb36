"""申込みと予約の上限 (A41: 個人・団体, 日・週・月・年度, 平日・土日祝, 回数・コマ・時間・日数, 範囲)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moyai.reservations.rules.limits import Use, counts, exceeded

TODAY = date(2026, 10, 1)


def use(day: date = date(2026, 10, 17), **facts: Any) -> Use:
    given_facts = {"starts": 540, "ends": 720, "asked_on": TODAY, "holiday": day.weekday() >= 5, **facts}
    return Use(day, **given_facts)


def limit(**facts: Any) -> dict[str, Any]:
    return {"limits": [{"name": "上限", "span": "month", "most": 1, **facts}]}


def refused(document: dict[str, Any] | None, asked: Use, *standing: Use, who: str = "resident") -> str:
    found = exceeded(document, asked=asked, standing=standing, resident_class=who, today=TODAY)
    return found.code if found else ""


def test_without_a_policy_there_is_no_limit() -> None:
    assert refused(None, use(), *[use()] * 100) == ""


@pytest.mark.parametrize(
    ("span", "same", "other"),
    [
        ("day", date(2026, 10, 17), date(2026, 10, 18)),
        ("week", date(2026, 10, 12), date(2026, 10, 19)),
        ("week", date(2026, 10, 18), date(2026, 10, 11)),
        ("month", date(2026, 10, 31), date(2026, 11, 1)),
        ("month", date(2026, 10, 1), date(2025, 10, 17)),
        ("fiscal_year", date(2027, 3, 31), date(2027, 4, 1)),
        ("standing", date(2026, 10, 1), date(2026, 9, 30)),
    ],
)
def test_a_limit_counts_within_its_span(span: str, same: date, other: date) -> None:
    assert refused(limit(span=span), use(), use(same)) == "limit"
    assert refused(limit(span=span), use(), use(other)) == ""


def test_a_limit_by_the_day_of_asking_does_not_look_at_the_days_of_use() -> None:
    document = limit(span="day", by="asked")
    assert refused(document, use(), use(date(2026, 12, 1))) == "limit"
    assert refused(document, use(), use(asked_on=TODAY - timedelta(days=1))) == ""
    # A use of which is not known when it was asked for is not counted.
    assert refused(document, use(asked_on=None), use(asked_on=None)) == ""


@pytest.mark.parametrize(
    ("scope", "counted"),
    [("room", 1), ("facility", 2), ("category", 3), ("body", 4)],
)
def test_a_limit_counts_within_its_scope(scope: str, counted: int) -> None:
    here = {"room_id": 1, "facility_id": 1, "category": "体育館"}
    standing = [
        use(**here),
        use(**{**here, "room_id": 2}),
        use(room_id=3, facility_id=2, category="体育館"),
        use(room_id=4, facility_id=3, category="公民館"),
    ]
    document = limit(scope=scope, most=100)
    found = list(
        counts(document, asked=use(**here), standing=standing, resident_class="resident", today=TODAY)
    )
    assert [count.had for count in found] == [counted]


@pytest.mark.parametrize(
    ("facts", "asked"),
    [
        ({"of": "entry"}, use()),
        ({"kinds": ["group"]}, use()),
        ({"classes": ["outside"]}, use()),
        ({"purposes": ["tennis"]}, use(purpose="meeting")),
        ({"days": "weekday"}, use()),  # a Saturday
        ({"days": "holiday"}, use(date(2026, 10, 16))),
    ],
)
def test_a_limit_on_others_does_not_bear_on_a_use(facts: dict[str, Any], asked: Use) -> None:
    assert refused(limit(most=0, **facts), asked) == ""


@pytest.mark.parametrize(
    ("facts", "other"),
    [
        ({"of": "booking"}, {"what": "entry"}),
        ({"kinds": ["person"]}, {"kind": "group"}),
        ({"purposes": ["tennis"]}, {"purpose": "meeting"}),
        ({"days": "holiday"}, {"day": date(2026, 10, 16), "holiday": False}),
    ],
)
def test_a_limit_does_not_count_what_it_does_not_bear_on(
    facts: dict[str, Any], other: dict[str, Any]
) -> None:
    asked = use(purpose="tennis")
    assert refused(limit(**facts), asked, use(purpose="tennis")) == "limit"
    assert refused(limit(**facts), asked, replace(use(purpose="tennis"), **other)) == ""


def test_bookings_and_entries_can_be_counted_together() -> None:
    assert refused(limit(of="both"), use(), use(what="entry")) == "limit"
    assert refused(limit(of="both"), use(what="entry"), use()) == "limit"


def test_limits_count_frames_minutes_and_days() -> None:
    standing = [use(weight=2, ends=780), use(weight=1, starts=780, ends=840)]
    for measure, had, asked in (("count", 2, 1), ("weight", 3, 1), ("minutes", 300, 180), ("days", 1, 0)):
        document = limit(measure=measure, most=10_000)
        [found] = counts(document, asked=use(), standing=standing, resident_class="resident", today=TODAY)
        assert (found.had, found.asked) == (had, asked)
    [found] = counts(
        limit(measure="days", most=2),
        asked=use(date(2026, 10, 18)),
        standing=standing,
        resident_class="resident",
        today=TODAY,
    )
    assert (found.had, found.asked, found.left, found.exceeded) == (1, 1, 1, False)


@pytest.mark.parametrize(
    ("document", "facts", "code"),
    [
        ({"longest_minutes": 120}, {}, "longest"),
        ({"longest_minutes": 180}, {}, ""),
        ({"shortest_minutes": 240}, {}, "shortest"),
        ({"shortest_minutes": 180}, {}, ""),
        ({"most_weight": 1}, {"weight": 2}, "weight"),
        ({"most_weight": 2}, {"weight": 2}, ""),
    ],
)
def test_one_use_is_neither_too_long_nor_too_short(
    document: dict[str, Any], facts: dict[str, Any], code: str
) -> None:
    assert refused(document, use(**facts)) == code


def test_nobody_is_in_two_places_at_a_time_where_the_policy_says_so() -> None:
    document = {"one_place_at_a_time": True}
    assert refused(document, use(), use(starts=719, ends=800, room_id=9)) == "same_time"
    assert refused(document, use(), use(starts=720, ends=800)) == ""
    assert refused(document, use(), use(date(2026, 10, 18))) == ""
    assert refused(document, use(what="entry"), use()) == ""  # wishes and bookings are told apart
    assert refused({}, use(), use()) == ""


USES = st.builds(
    Use,
    day=st.dates(date(2026, 9, 20), date(2026, 11, 10)),
    starts=st.just(540),
    ends=st.sampled_from([600, 720]),
    weight=st.integers(1, 3),
    room_id=st.integers(1, 2),
    facility_id=st.just(1),
    category=st.just("体育館"),
    what=st.sampled_from(["booking", "entry"]),
    kind=st.sampled_from(["person", "group"]),
    holiday=st.booleans(),
    asked_on=st.dates(date(2026, 9, 28), date(2026, 10, 2)),
)
LIMITS = st.fixed_dictionaries(
    {
        "name": st.just("上限"),
        "span": st.sampled_from(["day", "week", "month", "fiscal_year", "standing"]),
        "most": st.integers(0, 6),
    },
    optional={
        "of": st.sampled_from(["booking", "entry", "both"]),
        "kinds": st.just(["person"]),
        "scope": st.sampled_from(["room", "facility", "category", "body"]),
        "days": st.sampled_from(["all", "weekday", "holiday"]),
        "measure": st.sampled_from(["count", "weight", "minutes", "days"]),
    },
)
DOCUMENTS = st.fixed_dictionaries({"limits": st.lists(LIMITS, max_size=3)})


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, USES, st.lists(USES, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_what_stands_makes_no_difference(
    document: dict[str, Any], asked: Use, standing: list[Use], random: Any
) -> None:
    shuffled = list(standing)
    random.shuffle(shuffled)
    assert refused(document, asked, *standing) == refused(document, asked, *shuffled)


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, USES, st.lists(USES, max_size=8), USES)
def test_one_more_standing_use_never_makes_room(
    document: dict[str, Any], asked: Use, standing: list[Use], more: Use
) -> None:
    if refused(document, asked, *standing) and more.day != asked.day:
        assert refused(document, asked, *standing, more)


@settings(max_examples=150, deadline=None)
@given(LIMITS, st.lists(USES, max_size=20))
def test_uses_let_in_one_after_another_never_go_beyond_the_limit(
    one: dict[str, Any], asked: list[Use]
) -> None:
    """A reckoning of its own: in every group of uses a limit counts together the measure is at most its limit."""
    let_in: list[Use] = []
    for each in asked:
        if not refused({"limits": [one]}, each, *let_in):
            let_in.append(each)
    of = one.get("of", "booking")
    mine = [
        each for each in let_in
        if of in ("both", each.what)
        and each.kind in one.get("kinds", [each.kind])
        and one.get("days", "all") in ("all", "holiday" if each.holiday else "weekday")
    ]  # fmt: skip
    groups: dict[Any, list[Use]] = {}
    for each in mine:
        span = {
            "day": each.day,
            "week": each.day.isocalendar()[:2],
            "month": (each.day.year, each.day.month),
            "fiscal_year": (each.day - timedelta(days=89)).year,
            "standing": each.day >= TODAY,
        }[one["span"]]
        if one["span"] == "standing" and each.day < TODAY:
            continue
        place = each.room_id if one.get("scope") == "room" else 0
        groups.setdefault((span, place), []).append(each)
    for group in groups.values():
        total = {
            "count": len(group),
            "weight": sum(each.weight for each in group),
            "minutes": sum(each.ends - each.starts for each in group),
            "days": len({each.day for each in group}),
        }[one.get("measure", "count")]
        assert total <= one["most"]
