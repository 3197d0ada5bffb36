"""一票 — cast in writing by a member's staff, or recorded by the secretariat; each continues the chain of those before."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.council.actions.ballots import BallotOver, check_open, held_ballot
from moyai.council.models import Ballot, Vote
from moyai.council.permits import PERMITS
from moyai.council.queries.ballots import WRITTEN, standing_voters
from moyai.council.queries.chains import line_of
from moyai.council.rules import voting
from moyai.tenants.public import Actor, Body, Refusal, body_of, clock

LONGEST_COMMENT = 1_000


class NotAVoter(Refusal):
    code = "not_a_voter"
    status = 403
    message = _("この表決では表決権がありません。表決権があるのは、表決を始めた日の会員だけです。")  # type: ignore[assignment]


class LeftMeanwhile(Refusal):
    code = "left_meanwhile"
    message = _("表決を始めた後に会員でなくなったため、表決できません。")  # type: ignore[assignment]


class NobodyInTheRoom(Refusal):
    code = "no_room"
    status = 422
    message = _("書面の会議に、会場の表決はありません。書面を選んでください。")  # type: ignore[assignment]


class NoWrittenVotes(Refusal):
    code = "no_written_votes"
    message = _("この会議体の定めでは、書面による表決はできません。会場で表決してください。")  # type: ignore[assignment]


class NoProxies(Refusal):
    code = "no_proxies"
    message = _("この表決では、委任はできません。賛成・反対・棄権から選んでください。")  # type: ignore[assignment]


class WrongProxy(Refusal):
    code = "wrong_proxy"
    status = 422
    message = _("委任する相手は、表決権のあるほかの団体から選んでください。")  # type: ignore[assignment]


class NoChoice(Refusal):
    code = "vote_without_choice"
    status = 422
    message = _("賛成・反対・棄権から選んでください。")  # type: ignore[assignment]


class InTheRoom(Refusal):
    code = "voted_in_the_room"
    message = _("この団体の表決は、会場で記録されています。")  # type: ignore[assignment]


class CommentTooLong(Refusal):
    code = "vote_comment_too_long"
    status = 422
    message = _("意見は1,000文字以内にしてください。")  # type: ignore[assignment]


@action("council.cast_vote", permits=PERMITS, thing="ballot")
def cast_vote(
    *,
    actor: Actor,
    now: datetime,
    ballot: Ballot,
    choice: str = "",
    comment: str = "",
    delegate: bool = False,
    proxy: Body | None = None,
) -> Vote:
    """表決する — a member's staff for its body, in writing; or 委任 (`delegate`) to `proxy`, without one to the chair.

    Again before the deadline changes it: the last one counts, all are kept. A vote at the very instant of the deadline counts,
    by the database's clock at the moment the vote takes its place in the chain.
    Raises NotAVoter, LeftMeanwhile, BallotOver, BallotStopped, NoWrittenVotes, NoProxies, WrongProxy, NoChoice, InTheRoom, CommentTooLong.
    """
    how = Vote.How.PROXY if delegate else Vote.How.WRITTEN
    return _added(actor, ballot, body_of(actor.body), how, choice, comment, proxy)


@action("council.record_vote", permits=PERMITS, thing="ballot")
def record_vote(
    *,
    actor: Actor,
    now: datetime,
    ballot: Ballot,
    body: Body,
    how: str,
    choice: str = "",
    comment: str = "",
    proxy: Body | None = None,
) -> Vote:
    """表決を記録する — by the secretariat: in the room (会場), or a paper that came by post. Refuses as `cast_vote`; a vote in the
    room has no deadline, and in a sitting in writing there is no room (NobodyInTheRoom).
    """
    return _added(actor, ballot, body, Vote.How(how), choice, comment, proxy)


def _added(
    actor: Actor, ballot: Ballot, body: Body, how: Vote.How, choice: str, comment: str, proxy: Body | None
) -> Vote:
    found = held_ballot(ballot)
    # Read under the lock: votes stand in the chain in the order of their moments, and the count, which waits for the
    # same lock, comes after every vote that was in time.
    moment = clock.now()
    if body.code not in found.voters:
        raise NotAVoter
    check_open(found)
    if how != Vote.How.PRESENT and not voting.in_time(moment, found.deadline):
        raise BallotOver
    if body.code not in standing_voters(found, clock.today(moment)):
        raise LeftMeanwhile
    _check(found, body, how, choice, comment, proxy)
    last = Vote.objects.filter(ballot=found).order_by("-place").first()
    vote = Vote(
        ballot=found,
        place=last.place + 1 if last else 1,
        body=body,
        choice="" if how == Vote.How.PROXY and not choice else choice,
        how=how,
        proxy=proxy if how == Vote.How.PROXY else None,
        comment=comment,
        cast_at=moment,
        cast_by=actor.name[:60],
    )
    vote.digest = voting.digest(found.head, line_of(vote))
    vote.save(force_insert=True)
    found.head = vote.digest
    found.save(update_fields=["head"])
    return vote


def _check(ballot: Ballot, body: Body, how: Vote.How, choice: str, comment: str, proxy: Body | None) -> None:
    if len(comment) > LONGEST_COMMENT:
        raise CommentTooLong(fields={"comment": str(CommentTooLong.message)})
    if how == Vote.How.PRESENT and ballot.item.meeting.mode in WRITTEN:
        raise NobodyInTheRoom(fields={f"how_{body.code}": str(NobodyInTheRoom.message)})
    if how == Vote.How.PROXY:
        # Who holds a 委任 votes in a room; in writing there is none.
        if not ballot.rule["proxies"] or ballot.item.meeting.mode in WRITTEN:
            raise NoProxies(fields={"choice": str(NoProxies.message)})
        if proxy is not None and (proxy.pk == body.pk or proxy.code not in ballot.voters):
            raise WrongProxy(fields={"proxy": str(WrongProxy.message)})
        if proxy is None and ballot.rule["chair"] in (None, body.code):
            raise WrongProxy(fields={"proxy": str(WrongProxy.message)})
    elif choice not in Vote.Choice.values:
        raise NoChoice(fields={"choice": str(NoChoice.message)})
    if how == Vote.How.WRITTEN and not ballot.rule["written"]:
        raise NoWrittenVotes
    if how != Vote.How.PRESENT:
        standing = Vote.objects.filter(ballot=ballot, body=body).order_by("-place").first()
        if standing is not None and standing.how == Vote.How.PRESENT:
            raise InTheRoom
