"""表決を行う — opening a ballot with its voters, rule and papers fixed; replacing it; reminding; counting."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.calendars.public import moment_words
from moyai.council.actions.items import SETTLED, locked_item, settle
from moyai.council.actions.meetings import MeetingSettled, check_days, check_ladders, locked, move_to_year
from moyai.council.actions.telling import tell_bodies
from moyai.council.models import Attendance, Ballot, Item, Meeting, Reminder, VotingRule
from moyai.council.permits import PERMITS
from moyai.council.queries.ballots import (
    bodies_by_code,
    papers_sent,
    tally_of,
    votes_of,
    waiting_for,
    who_votes,
)
from moyai.council.queries.meeting_words import about_meeting
from moyai.council.queries.sitting import voting_rule_on
from moyai.council.rules.voting import OUTCOME_WORDS, Choice, How, Outcome, Tally
from moyai.tenants.public import Actor, Body, Refusal, clock

S = Ballot.State
WRITTEN = frozenset({Meeting.Mode.WRITTEN, Meeting.Mode.MAIL})


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


class NotYetOver(Refusal):
    code = "ballot_not_yet_over"
    message = _("期限まで、各団体は表決を変えられます。期限を過ぎてから集計してください。")  # type: ignore[assignment]


class ChairDecides(Refusal):
    code = "ballot_tied"
    status = 422
    message = _("可否同数です。議長の決するところを選んでください。")  # type: ignore[assignment]


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
    _tell_voters(actor, now, ballot, "council.ballot_opened")
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
    return Ballot.objects.create(
        item=item,
        voters=codes,
        rule=_rule_as_it_is(rule, leads.code if leads and leads.code in codes else None),
        papers=as_sent(item),
        opened_at=now,
        deadline=deadline,
        replaces=before,
    )


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
        old.state, old.closed_at = S.VOID, now
        old.save(update_fields=["state", "closed_at"])
        chair = bodies_by_code([old.rule["chair"]]).get(old.rule["chair"]) if old.rule["chair"] else None
        voting_now, _usual = who_votes(old.item.meeting.committee, clock.today(now))
        still = chair if chair is not None and chair.pk in {one.pk for one in voting_now} else None
        ballot = _opened(old.item, until, still, now, before=old)
        _tell_voters(actor, now, ballot, "council.ballot_replaced")
        made.append(ballot)
    return made


def _tell_voters(
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


@action("council.remind_voters", permits=PERMITS, thing="ballot")
def remind_voters(*, actor: Actor, now: datetime, ballot: Ballot) -> int:
    """督促 — everybody who has not voted and was not reminded today; gives how many. Raises BallotOver."""
    found = held_ballot(ballot)
    if found.state != S.OPEN or (found.deadline is not None and now > found.deadline):
        raise BallotOver
    today = clock.today(now)
    told = set(Reminder.objects.filter(ballot=found, sent_on=today).values_list("body_id", flat=True))
    bodies = [body for body in waiting_for(found) if body.pk not in told]
    Reminder.objects.bulk_create([Reminder(ballot=found, body=body, sent_on=today) for body in bodies])
    if bodies:
        _tell_voters(actor, now, found, "council.ballot_reminder", bodies)
    return len(bodies)


@action("council.close_ballot", permits=PERMITS)
def close_ballot(*, actor: Actor, now: datetime, ballot: Ballot, casting: str = "") -> Ballot:
    """集計する — after the deadline; the tally, the item's outcome and the result notice in one act.

    `casting`: 議長の決, asked for only when both sides are equal. Without quorum nothing is decided and the item stays 付議.
    Of a sitting in writing the day of the count is its day, and who answered has attended in writing.
    Raises BallotOver, NotYetOver, ChairDecides.
    """
    item = locked_item(ballot.item)  # meeting, item, ballot: the order of every lock
    found = held_ballot(ballot)
    found.item = item
    if found.state != S.OPEN:
        raise BallotOver
    if found.deadline is not None and clock.now() <= found.deadline:
        raise NotYetOver
    votes = votes_of(found)
    tally = tally_of(found, votes, casting=Choice(casting) if casting else None)
    if tally.outcome is Outcome.TIED:
        raise ChairDecides(fields={"casting": str(ChairDecides.message)})
    found.state, found.closed_at = S.CLOSED, now
    found.tally, found.carried = as_kept(tally, casting), _carried(tally)
    found.save(update_fields=["state", "closed_at", "tally", "carried"])
    _settle(item, found, tally, now)
    _tell_voters(
        actor, now, found, "council.ballot_result",
        result=_now(OUTCOME_WORDS[tally.outcome]), voters=tally.voters, present=tally.present, ayes=tally.for_,
        noes=tally.against, abstained=tally.abstained, silent=len(tally.no_reply),
    )  # fmt: skip
    return found


def _carried(tally: Tally) -> bool | None:
    """Without quorum nothing is carried and nothing lost."""
    return None if tally.outcome is Outcome.NO_QUORUM else tally.outcome is Outcome.CARRIED


def as_kept(tally: Tally, casting: str = "") -> dict[str, Any]:
    """The tally as it stays in the row, everybody in exactly one class."""
    return {
        "voters": tally.voters,
        "attended": list(tally.attended),
        "written": list(tally.written),
        "proxied": list(tally.proxied),
        "no_reply": list(tally.no_reply),
        "set_aside": {body: why.value for body, why in tally.set_aside.items()},
        "for": tally.for_,
        "against": tally.against,
        "abstained": tally.abstained,
        "present": tally.present,
        "base": tally.base,
        "quorate": tally.quorate,
        "outcome": tally.outcome.value,
        "casting": casting,
    }


def _settle(item: Item, ballot: Ballot, tally: Tally, now: datetime) -> None:
    """What the count means for the item and, in writing, for the sitting."""
    meeting, today = item.meeting, clock.today(now)
    if meeting.mode in WRITTEN:
        _fix_day(meeting, today)
        _attend_in_writing(meeting, tally)
    if ballot.carried is not None:
        state = Item.State.DECIDED if ballot.carried else Item.State.REJECTED
        settle(item, state, max(today, meeting.held_on), _words(tally))


def _words(tally: Tally) -> str:
    return _now("%(result)s（賛成%(ayes)s、反対%(noes)s、棄権%(abstained)s、未回答%(silent)s）") % {
        "result": _now(OUTCOME_WORDS[tally.outcome]),
        "ayes": tally.for_,
        "noes": tally.against,
        "abstained": tally.abstained,
        "silent": len(tally.no_reply),
    }


def _fix_day(meeting: Meeting, today: Any) -> None:
    """書面表決の日 is the day its result was fixed."""
    if meeting.held_on == today:
        return
    found = locked(meeting)
    found.held_on = meeting.held_on = today
    if found.until_on is not None and found.until_on < today:
        found.until_on = meeting.until_on = None
    move_to_year(found)
    check_ladders(found)
    found.version += 1
    found.save(update_fields=["held_on", "until_on", "fiscal_year", "number", "version"])


def _attend_in_writing(meeting: Meeting, tally: Tally) -> None:
    answered = bodies_by_code([*tally.written, *tally.proxied])
    Attendance.objects.bulk_create(
        [
            Attendance(meeting=meeting, body=body, name="", how=Attendance.How.WRITTEN, persons=0)
            for body in answered.values()
        ],
        ignore_conflicts=True,  # what somebody has recorded stands
    )


__all__ = [
    "BallotOpenAlready", "BallotOver", "ChairDecides", "DeadlineMissing", "DeadlinePast", "How", "NoVoters", "NoVotingRule",
    "NotCalled", "NotInWriting", "NotSeatedChair", "NotToBeVoted", "NotYetOver", "as_kept", "as_sent", "close_ballot",
    "held_ballot", "open_ballot", "remind_voters", "replace_ballots",
]  # fmt: skip
