"""連鎖の検査 — whether a ballot still says what it said: what was sent, each vote as it was cast, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from moyai.council.models import Ballot, Vote
from moyai.council.queries.ballots import votes_of
from moyai.council.rules import voting
from moyai.tenants.public import Body


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else ""


def opening_of(ballot: Ballot) -> dict[str, Any]:
    """What the first link is made of: all that is fixed when a ballot is opened."""
    return {
        "ballot": ballot.pk,
        "item": ballot.item_id,
        "voters": ballot.voters,
        "rule": ballot.rule,
        "papers": ballot.papers,
        "opened_at": _moment(ballot.opened_at),
        "deadline": _moment(ballot.deadline),
        "replaces": ballot.replaces_id,
    }


def line_of(vote: Vote) -> dict[str, Any]:
    """What the digest of a vote is made of: all that it says, nothing that could be told otherwise later."""
    return {
        "ballot": vote.ballot_id,
        "place": vote.place,
        "body": vote.body.code,
        "choice": vote.choice,
        "how": vote.how,
        "proxy": vote.proxy.code if vote.proxy else "",
        "comment": vote.comment,
        "cast_at": _moment(vote.cast_at),
        "cast_by": vote.cast_by,
    }


def ending_of(ballot: Ballot) -> dict[str, Any]:
    """What the last link is made of: whether it was counted, void or withdrawn, and the tally."""
    return {
        "ballot": ballot.pk,
        "state": ballot.state,
        "at": _moment(ballot.closed_at),
        "tally": ballot.tally,
        "carried": ballot.carried,
        **ballot.ending,
    }


class Link(StrEnum):
    OPENING = "opening"
    VOTE = "vote"
    ENDING = "ending"


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the chain does not hold. `removed`: the vote of this place, or the last link, is not there any more."""

    link: Link
    place: int = 0
    removed: bool = False
    body: Body | None = None


def verify_chain(ballot: Ballot) -> Broken | None:
    """連鎖の検査 — None where all stands as it was written. A ballot from before there were first and last links has its votes only."""
    linked = bool(ballot.opening)
    if linked and voting.digest("", opening_of(ballot)) != ballot.opening:
        return Broken(Link.OPENING)
    end: str = ballot.head
    if ballot.ending:
        end = ballot.ending.get("after", "")
        if voting.digest(end, ending_of(ballot)) != ballot.head:
            return Broken(Link.ENDING)
    elif linked and ballot.state != Ballot.State.OPEN:
        return Broken(Link.ENDING, removed=True)
    votes = votes_of(ballot)
    lines = [(line_of(vote), vote.digest) for vote in votes]
    at = voting.broken_at(lines, end, start=ballot.opening)
    if at is None:
        return None
    if at > len(votes) or votes[at - 1].place != at:
        return Broken(Link.VOTE, at, removed=True)
    return Broken(Link.VOTE, at, body=votes[at - 1].body)
