"""使用料: what the worked examples cannot say — order, sums, errors, and that nothing is ever negative. Pure."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moyai.reservations.rulebook.samples import FEES, REFUNDS
from moyai.reservations.rules import cancellation, shapes
from moyai.reservations.rules.fees import (
    SCHEMA,
    CannotWorkOut,
    FeeFrame,
    FeeItem,
    FeeUse,
    day_class,
    faults,
    reliefs_to_ask,
    standing_relief,
    use_from,
    with_extras_there_are,
    work_out,
)
from moyai.reservations.rules.working import round_yen

FRAMES = (
    FeeFrame("am", "午前", 540, 720),
    FeeFrame("pm", "午後", 780, 1020),
    FeeFrame("night", "夜間", 1080, 1290),
)
RUNS = [FRAMES[a:b] for a in range(3) for b in range(a + 1, 4)]
CLASSES = ["resident", "worker", "student", "outside"]


def use(**facts: Any) -> FeeUse:
    base = FeeUse(
        on=date(2026, 5, 13),
        day_class="weekday",
        room="",
        unit="all",
        starts=540,
        ends=720,
        frames=FRAMES[:1],
    )
    return replace(base, **facts)


items = st.builds(
    FeeItem,
    code=st.sampled_from(["chair", "desk", "piano", "scorer", "net"]),
    name=st.just("備品"),
    yen=st.integers(0, 20_000),
    per=st.sampled_from(["frame", "hour", "use"]),
    count=st.integers(0, 300),
)


@st.composite
def cases(draw: Any) -> tuple[dict[str, Any], FeeUse]:
    """A sample policy and a use it has a price for."""
    name = draw(st.sampled_from(["gymnasium", "concert_hall", "tennis_court", "community_hall"]))
    on = draw(st.dates(date(2019, 10, 1), date(2030, 12, 31)))
    facts: dict[str, Any] = {
        "on": on,
        "day_class": day_class(on, holiday=draw(st.booleans())),
        "resident_class": draw(st.sampled_from(CLASSES)),
        "commercial": draw(st.booleans()),
        "admission_yen": draw(st.sampled_from([0, 1, 500, 501, 1_000, 1_001, 3_001, 50_000])),
        "equipment": tuple(draw(st.lists(items, max_size=4, unique_by=lambda item: item.code))),
    }
    if name in ("gymnasium", "concert_hall"):
        run = draw(st.sampled_from(RUNS))
        facts |= {"frames": run, "starts": run[0].starts, "ends": run[-1].ends}
        facts["extension_minutes"] = draw(st.integers(0, 180))
        unit = ["all", "half", "quarter"] if name == "gymnasium" else ["hall"]
        facts["unit"] = draw(st.sampled_from(unit))
        relief = ["", "school", "youth"] if name == "gymnasium" else ["", "cohost"]
    else:
        starts = draw(st.integers(36, 78)) * 15
        facts |= {"frames": (), "starts": starts, "ends": starts + draw(st.integers(1, 12)) * 10}
        facts["room"] = draw(st.sampled_from(["meeting", "studio", "gallery"]))
        facts["extras"] = draw(st.sampled_from([(), ("aircon",)])) if name == "community_hall" else ()
        relief = ["", "welfare", "social", "council"] if name == "community_hall" else ["", "senior"]
    facts["relief"] = draw(st.sampled_from(relief))
    return FEES[name], use(**facts)


@given(cases())
@settings(max_examples=400, deadline=None)
def test_lines_add_up_to_the_fee_and_nothing_is_negative(case: tuple[dict[str, Any], FeeUse]) -> None:
    document, asked = case
    worked = work_out(document, asked)
    assert sum(line.yen for line in worked.lines) == worked.yen >= 0
    assert 0 <= worked.relief_yen <= worked.relief_yen + worked.yen
    assert worked.relief_yen == -sum(line.yen for line in worked.lines if line.code == "relief")
    assert worked.steps[-1].label == "使用料" and worked.steps[-1].value == worked.yen
    for line in worked.lines:
        assert line.steps and all(step.formula for step in line.steps)


@given(cases(), st.randoms())
@settings(max_examples=200, deadline=None)
def test_order_in_which_frames_and_equipment_are_named_does_not_matter(
    case: tuple[dict[str, Any], FeeUse], chance: random.Random
) -> None:
    document, asked = case
    frames, equipment, extras = list(asked.frames), list(asked.equipment), list(asked.extras)
    for names in (frames, equipment, extras):
        chance.shuffle(names)
    other = replace(asked, frames=tuple(frames), equipment=tuple(equipment), extras=tuple(extras))
    assert work_out(document, other) == work_out(document, asked)


@given(cases())
@settings(max_examples=200, deadline=None)
def test_relief_never_makes_a_use_dearer_and_comes_back_from_its_case(
    case: tuple[dict[str, Any], FeeUse],
) -> None:
    document, asked = case
    if asked.relief and document["tax"] != "added":
        without = work_out(document, replace(asked, relief=""))
        with_it = work_out(document, asked)
        assert with_it.yen + with_it.relief_yen == without.yen
    assert use_from(asked.as_case()) == asked
    assert work_out(document, use_from(asked.as_case())) == work_out(document, asked)


@given(cases())
@settings(max_examples=150, deadline=None)
def test_steps_of_the_added_parts_are_exact(case: tuple[dict[str, Any], FeeUse]) -> None:
    document, asked = case
    worked = work_out(document, asked)
    for item in asked.equipment:
        lines = [line.yen for line in worked.lines if line.code == f"equipment:{item.code}"]
        times = asked.times(item.per)
        assert lines in ([item.yen * times * item.count], []) and sum(lines) == item.yen * times * item.count


@pytest.mark.parametrize(
    ("document", "facts", "code"),
    [
        ("gymnasium", {"unit": "third"}, "no_price"),
        ("gymnasium", {"frames": (FeeFrame("dawn", "早朝", 360, 540),)}, "no_price"),
        ("community_hall", {"frames": (), "room": "kitchen"}, "no_price"),
        ("community_hall", {"frames": (), "room": "meeting", "starts": 480, "ends": 600}, "no_price"),
        ("community_hall", {"frames": (), "room": "meeting", "extension_minutes": 30}, "no_extension"),
        ("gymnasium", {"extras": ("fog",)}, "no_extra"),
        ("gymnasium", {"relief": "friend"}, "no_relief"),
        ("gymnasium", {"on": date(1990, 1, 1)}, "no_tax_rate"),
        ("tennis_court", {"frames": (), "on": date(1990, 1, 1)}, "no_tax_rate"),
    ],
)
def test_what_has_no_price_is_an_error_and_never_zero(
    document: str, facts: dict[str, Any], code: str
) -> None:
    with pytest.raises(CannotWorkOut) as refused:
        work_out(FEES[document], use(**facts))
    assert refused.value.code == code and refused.value.words.endswith("。")


def test_step_that_the_order_leaves_out_is_an_error_and_never_lost() -> None:
    document = {**FEES["gymnasium"], "order": ["room"], "surcharges": [], "extensions": [], "extras": []}
    piano = FeeItem("piano", "ピアノ", 5_000, "use", 1)
    for facts in (
        {"equipment": (piano,)},
        {"extension_minutes": 30},
        {"relief": "school"},
        {"extras": ("light",)},
    ):
        with pytest.raises(CannotWorkOut):
            work_out(document, use(**facts))


@pytest.mark.parametrize("name", sorted(FEES))
def test_sample_policies_are_sound(name: str) -> None:
    assert shapes.problems(SCHEMA, FEES[name]) == [] and faults(FEES[name]) == []


@pytest.mark.parametrize("name", sorted(REFUNDS))
def test_sample_refunds_are_sound(name: str) -> None:
    assert shapes.problems(cancellation.SCHEMA, REFUNDS[name]) == []
    assert cancellation.faults(REFUNDS[name]) == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"order": ["room", "outside"]}, "order"),
        ({"order": ["outside", "room", "equipment", "extras", "relief"]}, "order"),
        ({"order": ["room", "outside", "extras", "relief", "bonus"]}, "order"),
        ({"order": ["room", "room", "outside", "extras", "relief"]}, "order"),
        ({"order": ["room", "relief", "outside", "extras"]}, "reliefs.0.of"),
        ({"tax_rates": []}, "tax_rates"),
        ({"tax_rates": [{"from_on": "2019-10-01", "percent": p} for p in (8, 10)]}, "tax_rates"),
        ({"extras": [{"code": "aircon", "label": "冷暖房", "yen": 1, "percent": 1}]}, "extras.0.yen"),
        ({"extras": [{"code": "aircon", "label": "冷暖房", "yen": 1}]}, "extras.0.per"),
        ({"prices": [{"frames": [], "yen": 1}]}, "prices.0.frames"),
        ({"hours": [{"starts": 600, "ends": 600, "per_minutes": 60, "yen": 1}]}, "hours.0.ends"),
        (
            {"surcharges": [{"code": "outside", "label": "市外", "percent": 1, "of": []}]},
            "surcharges.0.of",
        ),
        (
            {"prices": [{"frames": ["am"], "yen": 1, "admission_from_yen": 5, "admission_until_yen": 4}]},
            "prices.0.admission_until_yen",
        ),
        ({"prices": [{"frames": ["am"], "yen": 1, "season_from": "06-01"}]}, "prices.0.season_until"),
    ],
)
def test_unsound_policy_is_named_where_it_is_wrong(change: dict[str, Any], path: str) -> None:
    found = faults({**FEES["community_hall"], **change})
    assert path in [place for place, _sentence in found]
    assert all(sentence.endswith("。") for _place, sentence in found)


def test_refund_policy_without_a_rate_for_the_day_of_use_is_unsound() -> None:
    tiers = [{"why": "own", "days_before": 7, "percent": 50}]
    found = cancellation.faults({**REFUNDS["tiers"], "tiers": tiers})
    assert len(found) == 3 and all(path == "tiers" for path, _words in found)
    twice = cancellation.faults({**REFUNDS["tiers"], "tiers": REFUNDS["tiers"]["tiers"] * 2})
    assert twice == [("tiers", "同じ理由と日数の行が2つあります。")]


def test_reliefs_are_those_of_the_use() -> None:
    document = FEES["gymnasium"]
    assert reliefs_to_ask(document, use()) == [("school", "市立学校の行事")]
    assert standing_relief(document, "youth", use()) == "youth"
    assert standing_relief(document, "school", use()) == ""  # only on request
    row = {**document["reliefs"][1], "days": ["weekday"]}
    weekday_only = {**document, "reliefs": [row]}
    assert standing_relief(weekday_only, "youth", use(day_class="sunday")) == ""


@pytest.mark.parametrize(
    ("on", "holiday", "expected"),
    [
        (date(2026, 5, 13), False, "weekday"),
        (date(2026, 5, 16), False, "saturday"),
        (date(2026, 5, 17), False, "sunday"),
        (date(2026, 5, 4), True, "holiday"),
        (date(2026, 5, 3), True, "holiday"),
    ],
)
def test_day_class(on: date, holiday: bool, expected: str) -> None:
    assert day_class(on, holiday=holiday) == expected


@given(st.integers(0, 10**9), st.integers(1, 1_000), st.sampled_from([1, 10, 100]))
def test_rounding_is_within_its_unit(yen: int, parts: int, unit: int) -> None:
    exact = Fraction(yen, parts)
    low, high = (round_yen(exact, way=way, unit_yen=unit) for way in ("floor", "ceil"))
    near = round_yen(exact, way="half_up", unit_yen=unit)
    assert low <= exact <= high and high - low in (0, unit) and near in (low, high)
    assert abs(near - exact) * 2 <= unit
    assert low % unit == high % unit == 0


def test_lighting_of_the_whole_falls_away_where_a_half_remains() -> None:
    light = {"code": "light", "label": "照明料（全面）", "unit": "all", "per": "frame", "yen": 1_000}
    document = {**FEES["gymnasium"], "extras": [light]}
    half, whole = use(unit="half", extras=("light",)), use(unit="all", extras=("light",))
    with pytest.raises(CannotWorkOut) as refused:
        work_out(document, half)
    assert "「照明料（全面）」" in refused.value.words and "light" not in refused.value.words
    assert with_extras_there_are(document, half).extras == ()
    assert with_extras_there_are(document, whole).extras == ("light",)
    # What no row knows is no choice of another unit, and is still refused.
    assert with_extras_there_are(document, use(extras=("fog",))).extras == ("fog",)
