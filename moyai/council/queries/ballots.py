"""表決 — a ballot as the pure rules read it: its rule, its votes, the tally, and who is to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from moyai.council.models import Ballot, Committee, Item, Meeting, Paper, Reminder, Vote
from moyai.council.queries.sitting import chair_of, voters_of
from moyai.council.rules import voting
from moyai.council.rules.voting import Base, Choice, How, Rule
from moyai.tenants.public import Body, clock

WRITTEN = frozenset({Meeting.Mode.WRITTEN, Meeting.Mode.MAIL})


def rule_of(ballot: Ballot) -> Rule:
    """The rule as it was when the ballot was opened."""
    kept: Mapping[str, Any] = ballot.rule
    return Rule(
        quorum=Fraction(*kept["quorum"]),
        quorum_suffices=kept["quorum_suffices"],
        majority=Fraction(*kept["majority"]),
        majority_suffices=kept["majority_suffices"],
        base=Base(kept["base"]),
        chair_breaks_ties=kept["chair_breaks_ties"],
        written=kept["written"],
        proxies=kept["proxies"],
        chair=kept["chair"],
    )


def votes_of(ballot: Ballot) -> list[Vote]:
    """Every vote in the order cast, with its body and whom it left its vote to."""
    return list(Vote.objects.filter(ballot=ballot).select_related("body", "proxy").order_by("place", "id"))


def as_rules_read(vote: Vote) -> voting.Vote:
    return voting.Vote(
        body=vote.body.code,
        how=How(vote.how),
        choice=Choice(vote.choice) if vote.choice else None,
        proxy=vote.proxy.code if vote.proxy else None,
    )


def day_of_vote(ballot: Ballot, today: date) -> date:
    """The day on which who votes must still sit: today until the deadline; in a room the day of the sitting, however late it is
    recorded."""
    meeting = ballot.item.meeting
    if meeting.mode in WRITTEN:
        return min(today, clock.today(ballot.deadline)) if ballot.deadline else today
    return max(clock.today(ballot.opened_at), min(today, meeting.until_on or meeting.held_on))


def standing_voters(ballot: Ballot, today: date) -> list[str]:
    """表決権のある会員 — of those it was opened with, who still sits as a member. Who has left since does not vote and is not counted."""
    sitting = {body.code for body in voters_of(ballot.item.meeting.committee, day_of_vote(ballot, today))}
    return [code for code in ballot.voters if code in sitting]


def tally_of(
    ballot: Ballot,
    votes: Sequence[Vote],
    *,
    voters: Sequence[str] | None = None,
    casting: Choice | None = None,
) -> voting.Tally:
    """集計 among `voters`, by usual all it was opened with. A chair who is none of them does not lead."""
    among = ballot.voters if voters is None else voters
    rule = rule_of(ballot)
    if rule.chair not in among:
        rule = replace(rule, chair=None)
    return voting.tally(among, [as_rules_read(vote) for vote in votes], rule, casting=casting)


def ballot_for_page(ballot_id: int) -> Ballot | None:
    return Ballot.objects.select_related("item__meeting__committee", "replaces").filter(pk=ballot_id).first()


def bodies_by_code(codes: Sequence[str]) -> dict[str, Body]:
    """Bodies of these codes, in the order of the codes; one query."""
    found = {body.code: body for body in Body.objects.filter(code__in=codes)}
    return {code: found[code] for code in codes if code in found}


def waiting_for(ballot: Ballot, today: date) -> list[Body]:
    """未回答 — voters without any vote who may still vote, by code."""
    voted = set(Vote.objects.filter(ballot=ballot).values_list("body__code", flat=True))
    return [
        body for code, body in bodies_by_code(standing_voters(ballot, today)).items() if code not in voted
    ]


def reminded(ballot: Ballot) -> dict[int, list[date]]:
    """督促の日 by body."""
    found: dict[int, list[date]] = {}
    for body, day in (
        Reminder.objects.filter(ballot=ballot).order_by("sent_on").values_list("body_id", "sent_on")
    ):
        found.setdefault(body, []).append(day)
    return found


def ballots_of(meeting: Meeting) -> list[Ballot]:
    return list(
        Ballot.objects.filter(item__meeting=meeting).select_related("item").order_by("item__position", "id")
    )


def open_ballots_for(body: Body) -> list[Ballot]:
    """受付中の表決 in which a body may vote: for its home page; one query."""
    return list(
        Ballot.objects.filter(state=Ballot.State.OPEN, voters__contains=[body.code])
        .select_related("item__meeting__committee")
        .order_by("deadline", "id")
    )


def papers_sent(item: Item) -> list[Paper]:
    """What a vote on an item is about: its own papers and those of the whole sitting, as they stand now."""
    whole = Paper.objects.filter(meeting_id=item.meeting_id, replaced_by__isnull=True)
    rows = (whole.filter(item=item) | whole.filter(item__isnull=True)).select_related("file")
    return sorted(
        rows.defer("file__content", "text"), key=lambda one: (one.item_id is not None, one.position, one.pk)
    )


def who_votes(committee: Committee, on: date) -> tuple[list[Body], Body | None]:
    """表決権のある会員 and 議長 on a day."""
    return voters_of(committee, on), chair_of(committee, on)
