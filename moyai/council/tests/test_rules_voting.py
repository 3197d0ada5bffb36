"""表決 (A32, C07, I05, A52): who is present, quorum and majority, classes of voters, and the chain of votes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.council.rules.voting import (
    Base,
    Choice,
    How,
    Outcome,
    Rule,
    SetAside,
    Vote,
    broken_at,
    digest,
    in_time,
    last_of_each,
    may_vote,
    reaches,
    tally,
)

FIVE = ["a", "b", "c", "d", "e"]
NO_CHAIR = Rule(chair_breaks_ties=False)
FOR, AGAINST, ABSTAIN = Choice.FOR, Choice.AGAINST, Choice.ABSTAIN


def here(body: str, choice: Choice | None = None) -> Vote:
    return Vote(body, How.PRESENT, choice)


def written(body: str, choice: Choice) -> Vote:
    return Vote(body, How.WRITTEN, choice)


def proxy(body: str, to: str | None = None, choice: Choice | None = None) -> Vote:
    return Vote(body, How.PROXY, choice, to)


def test_A32_present_is_attending_writing_and_proxies_together() -> None:
    found = tally(FIVE, [here("a", FOR), here("b", AGAINST), written("c", FOR), proxy("d", "a")], NO_CHAIR)
    assert (found.attended, found.written, found.proxied) == (("a", "b"), ("c",), ("d",))
    assert (found.present, found.no_reply) == (4, ("e",))
    assert (found.for_, found.against, found.abstained) == (3, 1, 0)
    assert found.outcome is Outcome.CARRIED


def test_A32_who_did_not_answer_is_a_class_of_its_own() -> None:
    """Two for, none against, three silent: no reply is neither present nor an abstention."""
    found = tally(FIVE, [written("a", FOR), written("b", FOR)], NO_CHAIR)
    assert (found.no_reply, found.abstained) == (("c", "d", "e"), 0)
    assert (found.quorate, found.outcome) == (False, Outcome.NO_QUORUM)


@pytest.mark.parametrize("capacity", ["associate", "observer", "adviser", ""])
def test_I05_only_members_vote(capacity) -> None:
    assert not may_vote(capacity)
    assert may_vote("member")


def test_I05_A52_a_vote_of_somebody_else_is_counted_nowhere() -> None:
    """県 as adviser, or a body outside of the 特定団体事業: neither quorum nor majority moves."""
    votes = [here("a", FOR), here("b", FOR), here("x", AGAINST), here("y", AGAINST)]
    found = tally(FIVE, votes, NO_CHAIR)
    assert found.set_aside == {"x": SetAside.NOT_A_VOTER, "y": SetAside.NOT_A_VOTER}
    assert (found.present, found.against, found.outcome) == (2, 0, Outcome.NO_QUORUM)


@pytest.mark.parametrize(
    ("count", "whole", "part", "suffices", "reached"),
    [
        (3, 6, Fraction(1, 2), True, True),
        (3, 6, Fraction(1, 2), False, False),
        (4, 6, Fraction(1, 2), False, True),
        (4, 6, Fraction(2, 3), True, True),
        (2, 3, Fraction(2, 3), False, False),
        (33_333, 100_000, Fraction(1, 3), True, False),
        (4, 5, Fraction(4, 5), True, True),
        (0, 0, Fraction(0), True, False),
        (0, 5, Fraction(0), True, True),
    ],
)
def test_C07_parts_are_reached_exactly(count, whole, part, suffices, reached) -> None:
    assert reaches(count, whole, part, suffices=suffices) is reached


@pytest.mark.parametrize(
    ("base", "outcome"),
    [(Base.VALID, Outcome.CARRIED), (Base.PRESENT, Outcome.LOST), (Base.ALL, Outcome.LOST)],
)
def test_C07_the_base_decides_what_abstaining_does(base, outcome) -> None:
    """2 for, 1 against, 2 abstain of 5 present of 5: most of those who said yes or no, not most of those present."""
    votes = [here("a", FOR), here("b", FOR), here("c", AGAINST), here("d", ABSTAIN), here("e")]
    found = tally(FIVE, votes, Rule(base=base, chair_breaks_ties=False))
    assert found.abstained == 2
    assert found.outcome is outcome


def test_C07_a_special_item_needs_two_thirds_of_all() -> None:
    six = [*FIVE, "f"]
    special = Rule(majority=Fraction(2, 3), majority_suffices=True, base=Base.ALL, chair_breaks_ties=False)
    votes = [written(body, FOR) for body in "abc"] + [written("d", AGAINST)]
    assert tally(six, votes, special).outcome is Outcome.LOST
    assert tally(six, [*votes, written("e", FOR)], special).outcome is Outcome.CARRIED


def test_C07_the_chair_decides_when_both_sides_are_equal() -> None:
    rule = Rule(chair="a")
    votes = [here("a", FOR), here("b", FOR), here("c", AGAINST), here("d", FOR), here("e", AGAINST)]
    open_ = tally(FIVE, votes, rule)
    assert (open_.for_, open_.against, open_.present) == (2, 2, 5)  # the chair is present and does not vote
    assert open_.outcome is Outcome.TIED
    assert tally(FIVE, votes, rule, casting=FOR).outcome is Outcome.CARRIED
    assert tally(FIVE, votes, rule, casting=AGAINST).outcome is Outcome.LOST
    assert tally(FIVE, votes, rule, casting=ABSTAIN).outcome is Outcome.TIED


def test_C07_the_chair_is_not_asked_where_more_than_half_is_not_the_rule() -> None:
    strict = Rule(majority=Fraction(2, 3), majority_suffices=True, chair="a")
    votes = [here("a"), here("b", FOR), here("c", AGAINST), here("d", FOR), here("e", AGAINST)]
    assert tally(FIVE, votes, strict, casting=FOR).outcome is Outcome.LOST
    nobody = Rule(chair_breaks_ties=False)
    assert tally(FIVE, votes[1:], nobody, casting=FOR).outcome is Outcome.LOST


def test_A32_in_writing_the_chair_votes_as_any_member() -> None:
    votes = [written("a", FOR), written("b", FOR), written("c", AGAINST)]
    found = tally(FIVE, votes, Rule(chair="a"))
    assert (found.for_, found.outcome) == (2, Outcome.CARRIED)


def test_A32_a_proxy_follows_its_holder_unless_it_says_itself() -> None:
    found = tally(FIVE, [here("a", AGAINST), proxy("b", "a"), proxy("c", "a", FOR)], NO_CHAIR)
    assert (found.for_, found.against) == (1, 2)
    to_chair = tally(FIVE, [here("a", FOR), proxy("b"), proxy("c")], Rule(chair="a"))
    assert (to_chair.for_, to_chair.present) == (2, 3)
    silent = tally(FIVE, [here("a"), proxy("b", "a"), here("c", FOR)], NO_CHAIR)
    assert silent.abstained == 2


@pytest.mark.parametrize(
    ("vote", "rule", "reason"),
    [
        (proxy("b", "c"), NO_CHAIR, SetAside.ABSENT_PROXY),  # c is not there
        (proxy("b", "d"), NO_CHAIR, SetAside.ABSENT_PROXY),  # d wrote, and is not in the room
        (proxy("b", "x"), NO_CHAIR, SetAside.ABSENT_PROXY),  # x has no vote
        (proxy("b"), NO_CHAIR, SetAside.NO_PROXY),
        (proxy("b", "a"), Rule(proxies=False, chair_breaks_ties=False), SetAside.NO_PROXIES),
        (written("b", FOR), Rule(written=False, chair_breaks_ties=False), SetAside.NO_WRITTEN),
    ],
)
def test_A32_a_vote_that_nobody_holds_counts_nowhere(vote, rule, reason) -> None:
    found = tally(FIVE, [here("a", FOR), written("d", FOR), here("x", FOR), vote], rule)
    assert found.set_aside["b"] is reason
    assert "b" not in (*found.attended, *found.written, *found.proxied, *found.no_reply)


def test_A32_a_proxy_is_not_handed_on() -> None:
    found = tally(FIVE, [proxy("a", "b"), proxy("b", "c"), here("c", FOR)], NO_CHAIR)
    assert found.set_aside == {"a": SetAside.ABSENT_PROXY}
    assert (found.proxied, found.for_) == (("b",), 2)


def test_A32_the_last_vote_of_a_body_counts() -> None:
    votes = [written("a", FOR), written("b", FOR), written("a", AGAINST)]
    assert last_of_each(votes)["a"].choice is AGAINST
    assert tally(["a", "b"], votes, NO_CHAIR).against == 1


def test_A32_a_vote_at_the_deadline_counts_and_a_microsecond_later_does_not() -> None:
    deadline = datetime(2017, 11, 1, 8, 15, tzinfo=UTC)
    assert in_time(deadline, deadline)
    assert not in_time(deadline + timedelta(microseconds=1), deadline)
    assert in_time(deadline, None)


BODIES = st.sampled_from([f"12{n:04d}" for n in range(12)])
VOTES = st.lists(
    st.builds(
        Vote,
        BODIES,
        st.sampled_from(list(How)),
        st.none() | st.sampled_from(list(Choice)),
        st.none() | BODIES,
    ),
    max_size=40,
)
RULES = st.builds(
    Rule,
    quorum=st.sampled_from([Fraction(1, 2), Fraction(2, 3)]),
    majority=st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(4, 5)]),
    majority_suffices=st.booleans(),
    base=st.sampled_from(list(Base)),
    chair_breaks_ties=st.booleans(),
    written=st.booleans(),
    proxies=st.booleans(),
    chair=st.none() | BODIES,
)


@given(st.sets(BODIES), VOTES, RULES)
def test_A32_every_voter_stands_in_exactly_one_class(voters, votes, rule) -> None:
    found = tally(voters, votes, rule)
    mine = [body for body in found.set_aside if body in voters]
    classes = [*found.attended, *found.written, *found.proxied, *found.no_reply, *mine]
    assert sorted(classes) == sorted(voters)
    counted = found.for_ + found.against + found.abstained
    assert found.present - counted in (0, 1)  # the chair alone may be present without a vote
    assert not (found.outcome is Outcome.CARRIED and not found.quorate)


@given(st.sets(BODIES, min_size=1), VOTES, RULES)
def test_I05_votes_from_outside_change_nothing(voters, votes, rule) -> None:
    inside = [vote for vote in votes if vote.body in voters]
    with_, without = tally(voters, votes, rule), tally(voters, inside, rule)
    assert (with_.present, with_.for_, with_.against, with_.outcome) == (
        without.present,
        without.for_,
        without.against,
        without.outcome,
    )


def test_A32_the_chain_shows_a_changed_or_removed_vote() -> None:
    votes, before = [], ""
    for body in FIVE:
        vote = {"body": body, "choice": "for", "place": len(votes) + 1}
        before = digest(before, vote)
        votes.append((vote, before))
    assert broken_at(votes, before) is None
    assert (
        broken_at([*votes[:2], ({**votes[2][0], "choice": "against"}, votes[2][1]), *votes[3:]], before) == 3
    )
    assert broken_at([*votes[:2], *votes[3:]], before) == 3
    assert broken_at(votes[:-1], before) == 5  # the last one is gone: the head does not fit
    assert broken_at([], "") is None
