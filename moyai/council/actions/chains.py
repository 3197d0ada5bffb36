"""連鎖 — a ballot's chain: a first link of what was sent, the votes, a last link of what became of it."""

from __future__ import annotations

from datetime import datetime

from moyai.council.models import Ballot, Vote
from moyai.council.queries.chains import ending_of, opening_of
from moyai.council.rules import voting
from moyai.tenants.public import Actor


def begin_chain(ballot: Ballot) -> None:
    """The first link: who may vote, by what rule, on which papers, until when. None of it changes unseen."""
    ballot.opening = ballot.head = voting.digest("", opening_of(ballot))
    ballot.save(update_fields=["opening", "head"])


def end_chain(ballot: Ballot, state: Ballot.State, *, actor: Actor, now: datetime, reason: str = "") -> None:
    """The last link of a ballot that is held: counted, void or withdrawn, by whom and why, after how many votes."""
    ballot.state, ballot.closed_at = state, now
    ballot.ending = {
        "by": actor.name[:60],
        "reason": reason,
        "votes": Vote.objects.filter(ballot=ballot).count(),
        "after": ballot.head,
    }
    ballot.head = voting.digest(ballot.head, ending_of(ballot))
    ballot.save(update_fields=["state", "closed_at", "tally", "carried", "ending", "head"])
