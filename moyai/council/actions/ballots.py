"""表決を行う — opening a ballot with its voters, rule and papers fixed; replacing it; reminding; withdrawing it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.calendars.public import moment_words
from moyai.council.actions.chains import begin_chain, end_chain
from moyai.council.actions.items import SETTLED, locked_item
from moyai.council.actions.meetings import MeetingSettled, check_days
from moyai.council.actions.telling import tell_bodies
from moyai.council.models import Ballot, Item, Meeting, Reminder, VotingRule
from moyai.council.permits import PERMITS
from moyai.council.queries.ballots import (
    WRITTEN,
    bodies_by_code,
    papers_sent,
    waiting_for,
    who_votes,
)
from moyai.council.queries.meeting_words import about_meeting
from moyai.council.queries.sitting import voting_rule_on
from moyai.tenants.public import Actor, Body, Refusal, clock

S = Ballot.State
LONGEST_REASON = 200


class BallotOpenAlready(Refusal):
    code = "ballot_open_already"
    message = _("この議案の表決は、すでに受付中です。")  # type: ignore[assignment]


class NotToBeVoted(Refusal):
    code = "ballot_not_to_be_voted"
    message = _("報告事項と結論の出た議案は、表決にかけられません。")  # type: ignore[assignment]


class NotCalled(Refusal):
    code = "ballot_not_called"
    message = _("会議を招集してから、表決を始めてください。")  # type: ignore[assignment]


class NoVotingRule(Refusal):
    code = "ballot_without_rule"
    message = _("この会議体の表決の要件が登録されていません。会議体のページで登録してください。")  # type: ignore[assignment]


class NoVoters(Refusal):
    code = "ballot_without_voters"
    message = _("表決権のある構成員がいません。")  # type: ignore[assignment]


class NotInWriting(Refusal):
    code = "ballot_not_in_writing"
    message = _("この会議体の定めでは、書面による表決はできません。")  # type: ignore[assignment]


class DeadlineMissing(Refusal):
    code = "ballot_deadline_missing"
    status = 422
    message = _("書面表決の期限を入力してください。")  # type: ignore[assignment]


class DeadlinePast(Refusal):
    code = "ballot_deadline_past"
    status = 422
    message = _("期限は、今より後にしてください。")  # type: ignore[assignment]


class NotSeatedChair(Refusal):
    code = "ballot_chair_not_seated"
    status = 422
    message = _("議長は、表決権のある構成員から選んでください。")  # type: ignore[assignment]


class BallotOver(Refusal):
    code = "ballot_over"
    message = _("表決の受付は終わりました。")  # type: ignore[assignment]


class BallotStopped(BallotOver):
    code = "ballot_stopped"
    message = _("この表決は取りやめになりました。表決は受け付けていません。")


class ToBeCounted(Refusal):
    code = "ballot_to_be_counted"
    message = _("期限を過ぎた表決は、取りやめられません。集計してください。")  # type: ignore[assignment]


class ReasonMissing(Refusal):
    code = "ballot_reason_missing"
    status = 422
    message = _("取りやめの理由を200文字以内で入力してください。")  # type: ignore[assignment]


@action("council.open_ballot", permits=PERMITS, refuses={"one_open_ballot_per_item": BallotOpenAlready})
def open_ballot(
    *,
    actor: Actor,
    now: datetime,
    item: Item,
    deadline: datetime | None = None,
    chair: Body | None = None,
) -> Ballot:
    """表決を始める — who may vote today, the rule in force and the digests of the papers are fixed, and each voter is told.

    `deadline`: of written votes; a 書面表決 needs one. `chair`: who leads the sitting, else the holder of that office.
    Raises NotCalled, NotToBeVoted, BallotOpenAlready, NoVotingRule, NoVoters, NotInWriting, DeadlineMissing, DeadlinePast,
    NotSeatedChair.
    """
    found = locked_item(item)
    meeting = found.meeting
    if meeting.state not in (Meeting.State.CALLED, Meeting.State.HELD):
        raise NotCalled if meeting.state == Meeting.State.PLANNED else MeetingSettled
    if found.kind == Item.Kind.REPORT or found.state in SETTLED:
        raise NotToBeVoted
    check_days(meeting.committee, clock.today(now), None)
    ballot = _opened(found, deadline or meeting.deadline, chair, now)
    tell_voters(actor, now, ballot, "council.ballot_opened")
    return ballot


def _opened(
    item: Item, deadline: datetime | None, chair: Body | None, now: datetime, before: Ballot | None = None
) -> Ballot:
    committee, today = item.meeting.committee, clock.today(now)
    rule = voting_rule_on(committee, today, item.rule)
    if rule is None:
        raise NoVotingRule
    if item.meeting.mode in WRITTEN:
        if not rule.written:
            raise NotInWriting
        if deadline is None:
            raise DeadlineMissing(fields={"deadline": str(DeadlineMissing.message)})
    if deadline is not None and deadline <= clock.now():
        raise DeadlinePast(fields={"deadline": str(DeadlinePast.message)})
    voters, usual = who_votes(committee, today)
    codes = [body.code for body in voters]
    if not codes:
        raise NoVoters
    if chair is not None and chair.code not in codes:
        raise NotSeatedChair(fields={"chair": str(NotSeatedChair.message)})
    leads = chair or usual
    made = Ballot.objects.create(
        item=item,
        voters=codes,
        rule=_rule_as_it_is(rule, leads.code if leads and leads.code in codes else None),
        papers=as_sent(item),
        opened_at=now,
        deadline=deadline,
        replaces=before,
    )
    begin_chain(made)
    return made


def _rule_as_it_is(rule: VotingRule, chair: str | None) -> dict[str, Any]:
    return {
        "name": rule.name,
        "quorum": [rule.quorum_numerator, rule.quorum_denominator],
        "quorum_suffices": rule.quorum_suffices,
        "majority": [rule.majority_numerator, rule.majority_denominator],
        "majority_suffices": rule.majority_suffices,
        "base": rule.base,
        "chair_breaks_ties": rule.chair_breaks_ties,
        "written": rule.written,
        "proxies": rule.proxies,
        "source": rule.source,
        "from_on": rule.from_on.isoformat(),
        "chair": chair,
    }


def as_sent(item: Item) -> list[dict[str, Any]]:
    """What is sent with a ballot: the item's own words, then each paper, by digest."""
    words = hashlib.sha256(f"{item.title}\n{item.text}".encode()).hexdigest()
    return [
        {"paper": None, "title": item.title, "sha256": words},
        *(
            {"paper": paper.pk, "title": paper.title, "version": paper.version, "sha256": paper.file.sha256}
            for paper in papers_sent(item)
        ),
    ]


def replace_ballots(
    *, actor: Actor, now: datetime, meeting: Meeting, item: Item | None, deadline: datetime | None = None
) -> list[Ballot]:
    """資料の差替え — each open ballot that was sent with other papers is void, and a new one stands in its stead.

    The caller holds the meeting. Votes already cast stay with the void ballot; everybody votes anew and is told so.
    Raises BallotOver when the deadline has passed: what is over is counted, not replaced.
    """
    rows = Ballot.objects.select_for_update(of=("self",)).filter(item__meeting=meeting, state=S.OPEN)
    if item is not None:
        rows = rows.filter(item=item)
    made = []
    for old in rows.select_related("item__meeting__committee").order_by("id"):
        if as_sent(old.item) == old.papers:
            continue
        until = deadline or old.deadline
        if old.deadline is not None and clock.now() > old.deadline:
            raise BallotOver
        end_chain(old, S.VOID, actor=actor, now=now)
        chair = bodies_by_code([old.rule["chair"]]).get(old.rule["chair"]) if old.rule["chair"] else None
        voting_now, _usual = who_votes(old.item.meeting.committee, clock.today(now))
        still = chair if chair is not None and chair.pk in {one.pk for one in voting_now} else None
        ballot = _opened(old.item, until, still, now, before=old)
        tell_voters(actor, now, ballot, "council.ballot_replaced")
        made.append(ballot)
    return made


def tell_voters(
    actor: Actor, now: datetime, ballot: Ballot, kind: str, bodies: Sequence[Body] | None = None, **more: Any
) -> None:
    meeting = ballot.item.meeting
    tell_bodies(
        actor=actor,
        now=now,
        bodies=list(bodies_by_code(ballot.voters).values()) if bodies is None else list(bodies),
        kind=kind,
        facts=about_meeting(meeting)
        | {
            "item": ballot.item.title,
            "deadline": moment_words(ballot.deadline) if ballot.deadline else "",
            "path": f"ballots/{ballot.pk}/",
        }
        | more,
        about=ballot,
    )


def held_ballot(ballot: Ballot) -> Ballot:
    """The ballot, held until the transaction ends: votes and the count come one after the other."""
    return (
        Ballot.objects.select_for_update(of=("self",))
        .select_related("item__meeting__committee")
        .get(pk=ballot.pk)
    )


def check_open(ballot: Ballot) -> None:
    """Raises BallotStopped for a withdrawn ballot, BallotOver for one that is counted or void."""
    if ballot.state == S.STOPPED:
        raise BallotStopped
    if ballot.state != S.OPEN:
        raise BallotOver


@action("council.remind_voters", permits=PERMITS, thing="ballot")
def remind_voters(*, actor: Actor, now: datetime, ballot: Ballot) -> int:
    """督促 — everybody who has not voted and was not reminded today; gives how many. Raises BallotOver."""
    found = held_ballot(ballot)
    check_open(found)
    if found.deadline is not None and now > found.deadline:
        raise BallotOver
    today = clock.today(now)
    told = set(Reminder.objects.filter(ballot=found, sent_on=today).values_list("body_id", flat=True))
    bodies = [body for body in waiting_for(found, today) if body.pk not in told]
    Reminder.objects.bulk_create([Reminder(ballot=found, body=body, sent_on=today) for body in bodies])
    if bodies:
        tell_voters(actor, now, found, "council.ballot_reminder", bodies)
    return len(bodies)


@action("council.withdraw_ballot", permits=PERMITS)
def withdraw_ballot(*, actor: Actor, now: datetime, ballot: Ballot, reason: str) -> Ballot:
    """表決を取りやめる — before it is counted; every voter is told why. Votes already cast are kept and never counted.

    The item is 付議 again: it can be put to a new vote, taken back, or its sitting called off. `reason`: 1 to 200 characters.
    In writing only until the deadline: what the members have answered by then is counted.
    Raises ReasonMissing, BallotOver, BallotStopped, ToBeCounted.
    """
    why = reason.strip()
    if not 0 < len(why) <= LONGEST_REASON:
        raise ReasonMissing(fields={"reason": str(ReasonMissing.message)})
    item = locked_item(ballot.item)
    found = held_ballot(ballot)
    found.item = item
    check_open(found)
    if item.meeting.mode in WRITTEN and found.deadline is not None and clock.now() > found.deadline:
        raise ToBeCounted
    end_chain(found, S.STOPPED, actor=actor, now=now, reason=why)
    tell_voters(actor, now, found, "council.ballot_withdrawn", reason=why)
    return found


__all__ = [
    "BallotOpenAlready", "BallotOver", "BallotStopped", "DeadlineMissing", "DeadlinePast", "NoVoters", "NoVotingRule",
    "NotCalled", "NotInWriting", "NotSeatedChair", "NotToBeVoted", "ReasonMissing", "ToBeCounted", "as_sent",
    "check_open", "held_ballot", "open_ballot", "remind_voters", "replace_ballots", "withdraw_ballot",
]  # fmt: skip
