"""希望つきの抽選: three modes, prefixes, caps, one ticket a person, fairness over many seeds."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moyai.draws import rules, wishes
from moyai.draws.wishes import Outcome, Places, Terms, draw_wishes, line_of, order_of_place, place_of

SEED, LABEL = "03 12 18 25 33 41", "121002-2027-02"
UNITS = {
    "gym.full": ("gym.n", "gym.s"),
    "gym.north": ("gym.n",),
    "gym.south": ("gym.s",),
    "room.all": ("room.a",),
}
AM, PM = (540, 720), (780, 1020)


def place(unit: str, times: tuple[int, int] = AM, day: str = "20270206") -> str:
    return place_of(unit, day, *times)


def entry(
    entry_id: str, *asked: str, resident_class: str = "resident", group: bool = False, cap: int = 1
) -> str:
    return line_of(entry_id=entry_id, resident_class=resident_class, group=group, cap=cap, wishes=asked)


def drawn(lines: list[str], terms: Terms | None = None, seed: str = SEED, **more: Any) -> Outcome:
    return draw_wishes(
        rules.canonical(lines), seed=seed, label=LABEL, terms=terms or Terms(), units=UNITS, **more
    )


def got(outcome: Outcome) -> dict[str, str]:
    return {rules.id_of(one.line): one.outcome for one in outcome}


def test_the_ticket_is_the_hash_of_seed_label_and_entry_id() -> None:
    outcome = drawn([entry("pA.01", place("room.all"))])
    expected = hashlib.sha256(b"03 12 18 25 33 41|121002-2027-02|pA.01").hexdigest()
    assert next(iter(outcome)).ticket == expected and next(iter(outcome)).outcome == "won.1"


def test_all_entries_of_a_person_have_the_ticket_of_his_first_one() -> None:
    lines = [entry(f"pA.0{number}", place("room.all")) for number in (1, 2, 3)] + [
        entry("pB.01", place("room.all"))
    ]
    tickets = {rules.id_of(one.line): one.ticket for one in drawn(lines)}
    assert tickets["pA.01"] == tickets["pA.02"] == tickets["pA.03"] != tickets["pB.01"]
    assert tickets["pA.01"] == rules.ticket(SEED, LABEL, "pA.01")


def test_more_entries_are_no_more_chances() -> None:
    """Ten persons, one of them with nine entries for the one place: he wins a tenth of 2,000 draws."""
    lines = [entry(f"pA.0{number}", place("room.all")) for number in range(1, 10)]
    lines += [entry(f"pB{number}.01", place("room.all")) for number in range(9)]
    won = sum(
        1
        for number in range(2_000)
        if any(one.won and one.line.startswith("pA.") for one in drawn(lines, seed=f"seed-{number:06}"))
    )
    assert 150 <= won <= 250


def test_person_by_person_each_takes_the_best_still_free_until_his_cap() -> None:
    wanted = [place("gym.full"), place("gym.full", PM), place("room.all")]
    lines = [entry(f"p{number}.01", *wanted) for number in range(4)]
    outcome = drawn(lines)
    assert [one.outcome for one in outcome] == ["won.1", "won.2", "won.3", "waiting.1"]
    two = [entry("pA.01", *wanted, cap=2), entry("pA.02", *wanted, cap=2), entry("pA.03", *wanted, cap=2)]
    assert got(drawn(two)) == {"pA.01": "won.1", "pA.02": "won.2", "pA.03": "capped"}


def test_wish_by_wish_a_first_wish_goes_before_anybodys_second() -> None:
    ids = [f"p{number}.01" for number in range(6)]
    order = [rules.id_of(one.line) for one in drawn([entry(one, place("room.all")) for one in ids])]
    first, second, third = order[:3]
    lines = [
        entry(first, place("room.all"), place("gym.north")),
        entry(second, place("room.all"), place("gym.north")),
        entry(third, place("gym.north")),
    ]
    assert got(drawn(lines, Terms("person"))) == {first: "won.1", second: "won.2", third: "waiting.1"}
    assert got(drawn(lines, Terms("wish"))) == {first: "won.1", second: "waiting.1", third: "won.1"}


def test_slot_by_slot_every_place_has_its_own_tickets() -> None:
    places = [place("room.all"), place("room.all", PM), place("gym.full")]
    lines = rules.canonical([entry(f"p{number:02}.01", *places) for number in range(40)])
    outcome = drawn(list(lines), Terms("slot"))
    winners = {one.place: rules.id_of(one.line) for one in outcome.contenders if one.won}
    assert set(winners) == set(places) and len(set(winners.values())) == 3
    for one in places:
        among = order_of_place(lines, seed=SEED, label=LABEL, terms=Terms("slot"), place=one)
        assert [ticket for _line, ticket in among] == sorted(ticket for _line, ticket in among)
        assert among[0][1] == rules.ticket(SEED, f"{LABEL}:{one}", rules.id_of(among[0][0]))
    orders = {
        tuple(rules.id_of(one.line) for one in outcome.contenders if one.place == each) for each in places
    }
    assert len(orders) == 3
    assert sum(1 for one in outcome if one.won) == 3
    assert {one.outcome for one in outcome if not one.won} == {"waiting"}


def test_taking_the_whole_takes_its_parts_and_what_was_taken_before_is_nobodys() -> None:
    lines = [entry("pA.01", place("gym.north"), place("gym.south"), place("gym.full"))]
    assert got(drawn(lines, taken=[("gym.n", "20270206", 600)])) == {"pA.01": "won.2"}
    assert got(drawn(lines, taken=[("gym.n", "20270207", 600)])) == {"pA.01": "won.1"}
    assert got(drawn(lines, taken=[("gym.n", "20270206", 720)])) == {
        "pA.01": "won.1"
    }  # ends where that begins
    both = [entry(one, place("gym.full"), place("gym.north")) for one in ("pA.01", "pB.01")]
    assert sorted(got(drawn(both)).values()) == ["waiting.1", "won.1"]


def test_classes_go_first_and_groups_before_individuals() -> None:
    ids = [f"p{number:02}.01" for number in range(24)]
    lines = [
        entry(
            one,
            place("room.all"),
            resident_class=("outside", "worker", "resident")[at % 3],
            group=at % 2 == 0,
        )
        for at, one in enumerate(ids)
    ]

    def kinds(terms: Terms) -> list[tuple[str, str]]:
        found = [tuple(one.line.split("|")[1:3]) for one in drawn(lines, terms)]
        return [(one[0], one[1]) for one in found]

    first = kinds(Terms(classes_first=("resident", "worker"), groups_first=True))
    assert first == sorted(
        first, key=lambda one: (["resident", "worker", "outside"].index(one[0]), one[1] != "g")
    )
    groups = kinds(Terms(groups_first=True))
    assert [one[1] for one in groups] == ["g"] * 12 + ["i"] * 12
    assert [one[0] for one in groups] != sorted(one[0] for one in groups)
    assert [one[1] for one in kinds(Terms())] != ["g"] * 12 + ["i"] * 12


@st.composite
def rounds(draw: st.DrawFn) -> tuple[list[str], Terms, list[tuple[str, str, int]]]:
    places = [place(unit, times) for unit in UNITS for times in (AM, PM, (600, 900))]
    lines = []
    for person in range(draw(st.integers(0, 12))):
        cap = draw(st.integers(1, 3))
        for number in range(draw(st.integers(1, 3))):
            asked = draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True))
            lines.append(
                entry(
                    f"p{person:02}.0{number}",
                    *asked,
                    cap=cap,
                    group=draw(st.booleans()),
                    resident_class=draw(st.sampled_from(["resident", "worker", "outside"])),
                )
            )
    terms = Terms(
        draw(st.sampled_from(wishes.MODES)),
        tuple(draw(st.lists(st.sampled_from(["resident", "worker"]), unique=True))),
        draw(st.booleans()),
    )
    taken = draw(
        st.lists(
            st.tuples(st.sampled_from(["gym.n", "room.a"]), st.just("20270206"), st.sampled_from([540, 780]))
        )
    )
    return lines, terms, taken


@settings(max_examples=150, deadline=None)
@given(rounds())
def test_nothing_is_given_twice_caps_hold_and_who_waits_could_get_nothing(
    made: tuple[list[str], Terms, list[tuple[str, str, int]]],
) -> None:
    lines, terms, taken = made
    outcome = drawn(lines, terms, taken=taken)
    assert list(outcome) == list(drawn(list(reversed(lines)), terms, taken=taken))
    free, wins = Places(UNITS, taken), dict[str, int]()
    for one in outcome:
        if one.won:
            assert free.take(one.line.split("|")[3 + one.won])
            wins[wishes.person_of(one.line)] = wins.get(wishes.person_of(one.line), 0) + 1
    for one in outcome:
        cap, person = int(one.line.split("|")[3]), wishes.person_of(one.line)
        assert wins.get(person, 0) <= cap
        if not one.won and wins.get(person, 0) < cap:
            assert not any(free.free(wish) for wish in one.line.split("|")[4:])
    waiting = [one.waiting for one in outcome if one.waiting > 0]
    assert waiting == list(range(1, len(waiting) + 1))


@pytest.mark.parametrize("mode", wishes.MODES)
def test_each_of_ten_persons_wins_about_as_often(mode: str) -> None:
    """Over 10,000 seeds: chi-square with 9 degrees of freedom stays under its 0.1 % limit, 27.88."""
    lines = rules.canonical([entry(f"p{number}.01", place("room.all")) for number in range(10)])
    won: dict[str, int] = dict.fromkeys(lines, 0)
    for number in range(10_000):
        outcome = draw_wishes(lines, seed=f"seed-{number:06}", label=LABEL, terms=Terms(mode), units=UNITS)
        won[next(one.line for one in outcome if one.won)] += 1
    assert sum((count - 1000) ** 2 / 1000 for count in won.values()) < 27.88


@pytest.mark.parametrize(
    "bad", ["room.all", "room.all:20270206:540", "nowhere:20270206:540-720", "room.all:20270206:720-540"]
)
def test_a_wish_that_is_no_place_is_refused(bad: str) -> None:
    with pytest.raises(rules.NotADraw):
        drawn([f"pA.01|resident|i|1|{bad}"])


@pytest.mark.parametrize(
    "more", [{"cap": 0}, {"wishes": []}, {"wishes": ["x"] * 17}, {"resident_class": "市内"}]
)
def test_a_line_that_is_no_entry_is_refused(more: dict[str, Any]) -> None:
    facts: dict[str, Any] = {
        "entry_id": "pA.01",
        "resident_class": "resident",
        "group": False,
        "cap": 1,
        "wishes": ["x"],
    }
    with pytest.raises(rules.NotADraw):
        line_of(**facts | more)


def test_seeds_and_modes_that_are_none_are_refused() -> None:
    for bad in ("", "12345", "a|bcdef", "１２３４５６"):
        with pytest.raises(rules.NotADraw):
            drawn([entry("pA.01", place("room.all"))], seed=bad)
    with pytest.raises(rules.NotADraw):
        Terms("lucky")
