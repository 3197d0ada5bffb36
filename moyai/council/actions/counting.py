"""集計する — the tally of a ballot that is over, and what it means for the item and its sitting."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.council.actions.ballots import check_open, held_ballot, tell_voters
from moyai.council.actions.chains import end_chain
from moyai.council.actions.items import locked_item, settle
from moyai.council.actions.meetings import check_ladders, locked, move_to_year
from moyai.council.models import Attendance, Ballot, Item, Meeting
from moyai.council.permits import PERMITS
from moyai.council.queries.ballots import WRITTEN, bodies_by_code, standing_voters, tally_of, votes_of
from moyai.council.rules.voting import OUTCOME_WORDS, Choice, Outcome, Tally
from moyai.tenants.public import Actor, Refusal, clock


class NotYetOver(Refusal):
    code = "ballot_not_yet_over"
    message = _("期限まで、各団体は表決を変えられます。期限を過ぎてから集計してください。")  # type: ignore[assignment]


class ChairDecides(Refusal):
    code = "ballot_tied"
    status = 422
    message = _("可否同数です。議長の決するところを選んでください。")  # type: ignore[assignment]


@action("council.close_ballot", permits=PERMITS)
def close_ballot(*, actor: Actor, now: datetime, ballot: Ballot, casting: str = "") -> Ballot:
    """集計する — after the deadline; the tally, the item's outcome and the result notice in one act.

    `casting`: 議長の決, asked for, and kept, only when both sides are equal. Who has left since the vote was opened is no voter of
    it any more, and a vote it sent before is set aside. Without quorum nothing is decided and the item stays 付議.
    Of a sitting in writing the day of the count is its day, and who answered has attended in writing.
    Raises BallotOver, NotYetOver, ChairDecides.
    """
    item = locked_item(ballot.item)  # meeting, item, ballot: the order of every lock
    found = held_ballot(ballot)
    found.item = item
    check_open(found)
    if found.deadline is not None and clock.now() <= found.deadline:
        raise NotYetOver
    votes, voters = votes_of(found), standing_voters(found, clock.today(now))
    tally, decides = tally_of(found, votes, voters=voters), ""
    if tally.outcome is Outcome.TIED:
        tally, decides = (
            tally_of(found, votes, voters=voters, casting=Choice(casting) if casting else None),
            casting,
        )
        if tally.outcome is Outcome.TIED:
            raise ChairDecides(fields={"casting": str(ChairDecides.message)})
    found.tally, found.carried = as_kept(tally, decides), _carried(tally)
    found.tally["left"] = [code for code in found.voters if code not in voters]
    end_chain(found, Ballot.State.CLOSED, actor=actor, now=now)
    _settle(item, found, tally, now)
    tell_voters(
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


def _fix_day(meeting: Meeting, today: date) -> None:
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
