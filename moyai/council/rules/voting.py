"""表決 — who counts as present, quorum, majority, and what becomes of votes that cannot count. Pure.

Source: joint-operation reference, formula 表決: present = attend + 書面 + 委任; quorum and majority by the committee's own rule on exact
fractions; 準会員, オブザーバー and アドバイザー are never counted; who did not answer is a class of its own, not an abstention.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

MEMBER = "member"  # the one capacity that votes


class How(StrEnum):
    PRESENT = "present"
    WRITTEN = "written"
    PROXY = "proxy"


class Choice(StrEnum):
    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


class Base(StrEnum):
    ALL = "all"
    PRESENT = "present"
    VALID = "valid"


class Outcome(StrEnum):
    CARRIED = "carried"
    LOST = "lost"
    TIED = "tied"  # 可否同数, and the chair has not yet said
    NO_QUORUM = "no_quorum"


class SetAside(StrEnum):
    """Why a vote does not count."""

    NOT_A_VOTER = "not_a_voter"
    NO_WRITTEN = "no_written"
    NO_PROXIES = "no_proxies"
    ABSENT_PROXY = "absent_proxy"  # 受任者 is not in the room: nobody holds this vote
    NO_PROXY = "no_proxy"  # 委任 that names nobody, where there is no chair to hold it


OUTCOME_WORDS = {
    Outcome.CARRIED: "可決",
    Outcome.LOST: "否決",
    Outcome.TIED: "可否同数（議長の決するところによる）",
    Outcome.NO_QUORUM: "定足数に足りない",
}
SET_ASIDE_WORDS = {
    SetAside.NOT_A_VOTER: "表決権がない",
    SetAside.NO_WRITTEN: "書面による表決を認めていない",
    SetAside.NO_PROXIES: "委任を認めていない",
    SetAside.ABSENT_PROXY: "受任者が出席していない",
    SetAside.NO_PROXY: "受任者がない",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """定足数と表決の要件. `…_suffices`: the part itself is enough (以上), else more is needed (を超える).

    `chair` is the 団体コード of the 議長; with `chair_breaks_ties` it does not vote in the room, but decides when both sides are
    equal; where there is no chair, what is equal is not carried. What it says there only goes for those who left their vote to
    it. In writing it votes as any member.
    """

    quorum: Fraction = Fraction(1, 2)
    quorum_suffices: bool = True
    majority: Fraction = Fraction(1, 2)
    majority_suffices: bool = False
    base: Base = Base.PRESENT
    chair_breaks_ties: bool = True
    written: bool = True
    proxies: bool = True
    chair: str | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """一票 — a 委任 may leave the choice to who holds it; `proxy` empty then means the chair."""

    body: str
    how: How
    choice: Choice | None = None
    proxy: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """集計 — every voter stands in exactly one of attended, written, proxied, set aside, no reply."""

    voters: int
    attended: tuple[str, ...]
    written: tuple[str, ...]
    proxied: tuple[str, ...]
    no_reply: tuple[str, ...]
    set_aside: Mapping[str, SetAside]
    for_: int
    against: int
    abstained: int
    base: int
    quorate: bool
    outcome: Outcome

    @property
    def present(self) -> int:
        return len(self.attended) + len(self.written) + len(self.proxied)


def may_vote(capacity: str) -> bool:
    """表決権 — of 会員 alone."""
    return capacity == MEMBER


def in_time(cast_at: datetime, deadline: datetime | None) -> bool:
    """期限内 — a vote at the very instant of the deadline counts."""
    return deadline is None or cast_at <= deadline


def last_of_each(votes: Sequence[Vote]) -> dict[str, Vote]:
    """Who votes again changes its vote: in the order cast, the last one counts."""
    return {vote.body: vote for vote in votes}


def reaches(count: int, whole: int, part: Fraction, *, suffices: bool) -> bool:
    """Whether `count` of `whole` is `part` or more (`suffices`), or more than it. Of nothing, nothing is reached."""
    if whole == 0:
        return False
    reached = Fraction(count, whole)
    return reached >= part if suffices else reached > part


def tally(
    voters: Collection[str], votes: Sequence[Vote], rule: Rule, *, casting: Choice | None = None
) -> Tally:
    """集計 — of the votes in the order cast. `casting` is the chair's decision, used only when both sides are equal.

    Votes that cannot count are set aside with the reason and counted nowhere, not even as present.
    """
    voters, last = frozenset(voters), last_of_each(votes)
    aside = {body: SetAside.NOT_A_VOTER for body in last if body not in voters}
    standing = {body: vote for body, vote in last.items() if body in voters}
    room = {body for body, vote in standing.items() if vote.how is How.PRESENT}
    chosen: dict[str, Choice | None] = {}
    for body, vote in standing.items():
        reason = _refused(vote, rule, room)
        if reason:
            aside[body] = reason
        else:
            chosen[body] = _choice(vote, rule, standing)
    waiting = rule.chair_breaks_ties and rule.chair in room
    counted = [
        choice or Choice.ABSTAIN for body, choice in chosen.items() if not (waiting and body == rule.chair)
    ]
    for_, against = counted.count(Choice.FOR), counted.count(Choice.AGAINST)
    present = len(chosen)
    base = {Base.ALL: len(voters), Base.PRESENT: len(counted), Base.VALID: for_ + against}[rule.base]
    quorate = reaches(present, len(voters), rule.quorum, suffices=rule.quorum_suffices)
    by_how = {how: tuple(sorted(body for body in chosen if standing[body].how is how)) for how in How}
    return Tally(
        voters=len(voters),
        attended=by_how[How.PRESENT],
        written=by_how[How.WRITTEN],
        proxied=by_how[How.PROXY],
        no_reply=tuple(sorted(voters - standing.keys())),
        set_aside=dict(sorted(aside.items())),
        for_=for_,
        against=against,
        abstained=counted.count(Choice.ABSTAIN),
        base=base,
        quorate=quorate,
        outcome=_outcome(for_, base, rule, casting) if quorate else Outcome.NO_QUORUM,
    )


def _refused(vote: Vote, rule: Rule, room: Collection[str]) -> SetAside | None:
    if vote.how is How.WRITTEN:
        return None if rule.written else SetAside.NO_WRITTEN
    if vote.how is How.PROXY:
        if not rule.proxies:
            return SetAside.NO_PROXIES
        holder = vote.proxy or rule.chair
        if holder is None:
            return SetAside.NO_PROXY
        # Whoever holds the vote must be in the room: a 委任 is not handed on, and not to somebody absent.
        return None if holder in room else SetAside.ABSENT_PROXY
    return None


def _choice(vote: Vote, rule: Rule, standing: Mapping[str, Vote]) -> Choice | None:
    """What a vote says; a 委任 without a choice follows its holder."""
    if vote.how is not How.PROXY or vote.choice is not None:
        return vote.choice
    return standing[vote.proxy or str(rule.chair)].choice


def _outcome(for_: int, base: int, rule: Rule, casting: Choice | None) -> Outcome:
    if reaches(for_, base, rule.majority, suffices=rule.majority_suffices):
        return Outcome.CARRIED
    # 可否同数: exactly half of what is counted, where more than half is needed.
    simple = rule.majority == Fraction(1, 2) and not rule.majority_suffices
    if rule.chair_breaks_ties and rule.chair is not None and simple and base and for_ * 2 == base:
        if casting is None or casting is Choice.ABSTAIN:
            return Outcome.TIED
        return Outcome.CARRIED if casting is Choice.FOR else Outcome.LOST
    return Outcome.LOST


# --- the chain of votes -----------------------------------------------------------------------------------------------


def digest(before: str, vote: Mapping[str, Any]) -> str:
    """連鎖 — the digest of a vote continues the one before it ("" for the first): a removed or changed vote shows."""
    line = json.dumps(vote, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(f"{before}\n{line}".encode()).hexdigest()


def broken_at(votes: Sequence[tuple[Mapping[str, Any], str]], head: str, *, start: str = "") -> int | None:
    """The place (from 1) of the first vote whose digest does not fit, one past the last if the head does not, else None.

    `start` is the digest of the link before the first vote.
    """
    before = start
    for place, (vote, kept) in enumerate(votes, 1):
        if digest(before, vote) != kept:
            return place
        before = kept
    return None if before == head else len(votes) + 1
