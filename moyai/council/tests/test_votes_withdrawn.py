"""表決の取りやめ: told with its reason, votes kept and never counted; and that nothing of a ballot can be altered unseen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from moyai.audit.public import NotPermitted
from moyai.council.actions.ballots import (
    BallotOver,
    BallotStopped,
    ReasonMissing,
    ToBeCounted,
    open_ballot,
    remind_voters,
    withdraw_ballot,
)
from moyai.council.actions.counting import close_ballot
from moyai.council.actions.items import decide_item, edit_item
from moyai.council.actions.meetings import (
    BallotsOpen,
    DecidedHere,
    NotInThisState,
    cancel_meeting,
    edit_meeting,
)
from moyai.council.actions.papers import replace_paper
from moyai.council.jobs.ballots import remind
from moyai.council.models import Ballot, Item, Meeting, Paper, Vote
from moyai.council.queries.ballots import open_ballots_for
from moyai.council.queries.chains import Link, verify_chain
from moyai.council.tests.assembly import DEADLINE, NOW, SECRETARY, Assembly, a_file, staff_of
from moyai.council.tests.test_votes_counted import AFTER, cast, count, room, untouched
from moyai.council.tests.test_votes_pages import OFFICE, body, sent
from moyai.notices.public import Message
from moyai.tenants.public import acting_in, clock


@pytest.fixture
def now():
    with clock.at(NOW) as moment:
        yield moment


@pytest.fixture
def town(world, now):
    return Assembly(world)


def withdraw(ballot, reason="議案を見直すため", at=None):
    with clock.at(at or clock.now()) as moment:
        return withdraw_ballot(actor=SECRETARY, now=moment, ballot=ballot, reason=reason)


def fresh(ballot):
    return Ballot.objects.get(pk=ballot.pk)


def test_A32_a_withdrawn_ballot_keeps_its_votes_counts_none_and_says_why(town):
    ballot = town.ballot()
    for voter in town.members[:4]:
        cast(ballot, voter)
    done = withdraw(ballot, "  議案を見直すため ")
    assert (done.state, done.carried, done.tally, done.closed_at) == ("stopped", None, {}, NOW)
    assert (done.ending["reason"], done.ending["by"], done.ending["votes"]) == (
        "議案を見直すため", SECRETARY.name, 4,
    )  # fmt: skip
    assert Vote.objects.filter(ballot=ballot).count() == 4
    assert verify_chain(fresh(ballot)) is None
    item = Item.objects.get(pk=ballot.item_id)
    assert (item.state, item.outcome, item.decided_on) == ("put", "", None)
    assert ballot.pk not in {one.pk for one in open_ballots_for(town.chiba)}


def test_A32_every_voter_is_told_of_the_withdrawal_with_its_reason(town):
    ballot = town.ballot()
    cast(ballot, town.chiba)
    withdraw(ballot)
    for one in (town.chiba, town.matsudo):
        with acting_in(one):
            message = Message.objects.of(one).get(kind="council.ballot_withdrawn")
            assert "議案を見直すため" in message.text and "令和8年度予算について" in message.text
            assert f"/{one.slug}/office/council/ballots/{ballot.pk}/" in message.text


def test_nobody_votes_counts_reminds_or_withdraws_again_what_is_withdrawn(town):
    ballot = town.ballot()
    cast(ballot, town.chiba)
    withdraw(ballot)
    before = untouched(ballot)
    with pytest.raises(BallotStopped):
        cast(ballot, town.matsudo)
    with pytest.raises(BallotStopped):
        room(ballot, town.matsudo)
    with pytest.raises(BallotStopped):
        count(ballot)
    with pytest.raises(BallotStopped):
        withdraw(ballot, "もう一度")
    with pytest.raises(BallotStopped):
        remind_voters(actor=SECRETARY, now=clock.now(), ballot=ballot)
    with clock.at(DEADLINE - timedelta(hours=1)) as near:
        remind(now=near)
    with acting_in(town.matsudo):
        assert not Message.objects.of(town.matsudo).filter(kind="council.ballot_reminder").exists()
    assert untouched(ballot) == before


@pytest.mark.parametrize("reason", ["", "  　", "長" * 201])
def test_a_withdrawal_without_a_reason_or_with_too_long_a_one_is_refused(town, reason):
    ballot = town.ballot()
    before = untouched(ballot)
    with pytest.raises(ReasonMissing):
        withdraw(ballot, reason)
    assert untouched(ballot) == before
    assert fresh(ballot).ending == {}


def test_what_was_answered_by_the_deadline_is_counted_and_not_withdrawn(town):
    ballot = town.ballot()
    for voter in town.members:
        cast(ballot, voter, "against")
    before = untouched(ballot)
    with pytest.raises(ToBeCounted):
        withdraw(ballot, at=AFTER)
    assert untouched(ballot) == before
    count(ballot)
    with pytest.raises(BallotOver):
        withdraw(ballot, at=AFTER)
    assert Item.objects.get(pk=ballot.item_id).state == "rejected"


def test_a_vote_in_the_room_can_be_withdrawn_until_it_is_counted(town):
    ballot = town.ballot(DEADLINE, mode="person")
    room(ballot, town.chiba)
    assert withdraw(ballot, at=AFTER).state == "stopped"


def test_only_the_secretariat_withdraws(town, world):
    ballot = town.ballot()
    before = untouched(ballot)
    for actor in (staff_of(town.chiba), world.actor(world.auditor, None)):
        with pytest.raises(NotPermitted):
            withdraw_ballot(actor=actor, now=clock.now(), ballot=ballot, reason="都合")
    assert untouched(ballot) == before


def test_after_a_withdrawal_the_item_is_changed_voted_on_anew_or_decided_otherwise(town):
    ballot = town.ballot()
    cast(ballot, town.chiba, "against")
    withdraw(ballot)
    item = Item.objects.get(pk=ballot.item_id)
    edit_item(actor=SECRETARY, now=clock.now(), item=item, version=item.version, title="見直した議案")
    again = open_ballot(actor=SECRETARY, now=clock.now(), item=item, deadline=DEADLINE)
    for voter in town.members:
        cast(again, voter)
    assert count(again).tally["for"] == 7  # the vote against stays where it was cast
    other = Assembly.item(town, Meeting.objects.get(pk=item.meeting_id), "取り下げる議案")
    second = open_ballot(actor=SECRETARY, now=clock.now(), item=other, deadline=DEADLINE)
    withdraw(second)
    assert decide_item(actor=SECRETARY, now=clock.now(), item=other, state="withdrawn").state == "withdrawn"


def test_a_sitting_under_vote_is_called_off_once_each_ballot_is_withdrawn(town):
    ballot = town.ballot()
    meeting = Meeting.objects.get(pk=ballot.item.meeting_id)
    second = open_ballot(
        actor=SECRETARY, now=clock.now(), item=town.item(meeting, "第2号議案"), deadline=DEADLINE
    )
    for one in (ballot, second):
        with pytest.raises(BallotsOpen):
            cancel_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting, reason="都合")
        assert Meeting.objects.get(pk=meeting.pk).state == "called"
        withdraw(one)
    assert (
        cancel_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting, reason="都合").state == "cancelled"
    )
    with pytest.raises(NotInThisState):
        cancel_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting, reason="都合")


def test_a_sitting_that_has_decided_something_is_not_called_off(town):
    ballot = town.ballot()
    for voter in town.members:
        cast(ballot, voter)
    count(ballot)
    meeting = Meeting.objects.get(pk=ballot.item.meeting_id)
    with pytest.raises(DecidedHere):
        cancel_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting, reason="都合")
    assert Meeting.objects.get(pk=meeting.pk).state == "called"


def test_while_a_ballot_is_open_a_written_sitting_does_not_become_one_in_a_room(town):
    ballot = town.ballot()
    meeting = Meeting.objects.get(pk=ballot.item.meeting_id)
    with pytest.raises(BallotsOpen):
        edit_meeting(
            actor=SECRETARY, now=clock.now(), meeting=meeting, version=meeting.version, mode="person"
        )
    assert Meeting.objects.get(pk=meeting.pk).mode == "written"
    withdraw(ballot)
    edit_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting, version=meeting.version, mode="person")
    assert Meeting.objects.get(pk=meeting.pk).mode == "person"


# --- the chain: what was sent, what became of it -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"voters": ["121002"]},
        {"deadline": DEADLINE + timedelta(days=1)},
        {"opened_at": NOW - timedelta(days=1)},
        {"papers": []},
    ],
)
def test_what_a_ballot_was_opened_with_cannot_be_altered_unseen(town, change):
    ballot = town.ballot()
    cast(ballot, town.chiba)
    assert verify_chain(fresh(ballot)) is None
    Ballot.objects.filter(pk=ballot.pk).update(**change)
    assert verify_chain(fresh(ballot)).link is Link.OPENING


def test_a_slackened_rule_is_seen(town):
    ballot = town.ballot()
    Ballot.objects.filter(pk=ballot.pk).update(rule=ballot.rule | {"quorum": [1, 10]})
    assert verify_chain(fresh(ballot)).link is Link.OPENING


@pytest.mark.parametrize(
    "change",
    [
        lambda ballot: {"tally": ballot.tally | {"for": 5, "against": 0}},
        lambda ballot: {"carried": not ballot.carried},
        lambda ballot: {"closed_at": NOW},
        lambda ballot: {"state": "stopped"},
        lambda ballot: {"state": "open"},
        lambda ballot: {"ending": ballot.ending | {"by": "だれか"}},
        lambda ballot: {"ending": ballot.ending | {"after": ballot.opening}},
        lambda ballot: {"ending": {}},
        lambda ballot: {"head": ballot.ending["after"]},
    ],
)
def test_the_tally_and_how_a_ballot_ended_cannot_be_altered_unseen(town, change):
    ballot = town.ballot()
    for voter in town.members[:4]:
        cast(ballot, voter, "against")
    count(ballot)
    kept = fresh(ballot)
    assert verify_chain(kept) is None
    Ballot.objects.filter(pk=ballot.pk).update(**change(kept))
    assert verify_chain(fresh(ballot)).link is Link.ENDING


def test_a_withdrawal_with_another_reason_is_seen(town):
    ballot = town.ballot()
    withdraw(ballot)
    kept = fresh(ballot)
    Ballot.objects.filter(pk=ballot.pk).update(ending=kept.ending | {"reason": "別の理由"})
    assert verify_chain(fresh(ballot)).link is Link.ENDING


def test_a_void_ballot_ends_with_a_link_as_well(town):
    meeting, ballot = sent(town)
    cast(ballot, town.chiba)
    replace_paper(
        actor=SECRETARY, now=clock.now(), paper=Paper.objects.get(meeting=meeting), file=a_file(title="別")
    )
    old = fresh(ballot)
    assert (old.state, old.ending["votes"], verify_chain(old)) == ("void", 1, None)
    new = Ballot.objects.get(replaces=ballot)
    assert verify_chain(new) is None
    Ballot.objects.filter(pk=new.pk).update(replaces=None)
    assert verify_chain(fresh(new)).link is Link.OPENING


def test_a_ballot_of_before_there_were_first_and_last_links_has_its_votes_examined(town):
    ballot = town.ballot()
    Ballot.objects.filter(pk=ballot.pk).update(opening="", head="")  # as the migration finds it
    for voter in town.members[:4]:
        cast(ballot, voter)
    assert verify_chain(fresh(ballot)) is None
    count(ballot)
    assert verify_chain(fresh(ballot)) is None
    Ballot.objects.filter(pk=ballot.pk).update(carried=None)
    assert verify_chain(fresh(ballot)).link is Link.ENDING


# --- pages ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def secretary(world, client_for, now):
    return client_for(world.secretary)


@pytest.fixture
def clerk(world, client_for, now):
    return client_for(world.at_chiba.clerk)


def test_secretary_withdraws_on_the_page_and_both_sides_read_it(town, secretary, clerk):
    meeting, ballot = sent(town)
    theirs, here = f"{OFFICE}/ballots/{ballot.pk}/", f"/council/meetings/ballots/{ballot.pk}/"
    assert clerk.post(theirs, {"choice": "for", "comment": ""}).status_code == 302
    assert f"{here}withdraw/" in body(secretary.get(here))
    page = body(secretary.get(f"{here}withdraw/"))
    assert "1／7" in page
    answer = secretary.post(f"{here}withdraw/", {"reason": " "})
    assert answer.status_code == 422 and fresh(ballot).state == "open"
    answer = secretary.post(f"{here}withdraw/", {"reason": "資料に誤りがあったため"}, follow=True)
    page = body(answer)
    assert (
        "取りやめ" in page and "資料に誤りがあったため" in page and "投じられたとおりに残っています" in page
    )
    assert "withdraw/" not in page and "集計する" not in page
    assert secretary.post(f"{here}withdraw/", {"reason": "もう一度"}).status_code == 409
    page = body(clerk.get(theirs))
    assert "この表決は取りやめになりました" in page and "資料に誤りがあったため" in page
    assert "賛成" in page and "表決を変える" not in page
    assert clerk.post(theirs, {"choice": "against", "comment": ""}).status_code == 409
    assert "取りやめ" in body(clerk.get(f"{OFFICE}/meetings/{meeting.pk}/"))
    assert f"ballots/{ballot.pk}/" not in body(clerk.get(f"{OFFICE}/meetings/"))
    assert [vote.choice for vote in Vote.objects.all()] == ["for"]
    with clock.at(AFTER):
        assert "期限を過ぎました" not in body(clerk.get(theirs))


def test_the_page_to_call_a_sitting_off_leads_to_its_open_ballots(town, secretary):
    meeting, ballot = sent(town)
    here = f"/council/meetings/{meeting.pk}/cancel/"
    page = body(secretary.get(here))
    assert f"/council/meetings/ballots/{ballot.pk}/" in page and 'name="reason"' not in page
    answer = secretary.post(here, {"reason": "都合"})
    assert answer.status_code == 409
    assert "集計するか取りやめてから" in body(answer)
    assert Meeting.objects.get(pk=meeting.pk).state == "called"
    secretary.post(f"/council/meetings/ballots/{ballot.pk}/withdraw/", {"reason": "都合"})
    assert 'name="reason"' in body(secretary.get(here))
    assert secretary.post(here, {"reason": "都合"}).status_code == 302
    assert Meeting.objects.get(pk=meeting.pk).state == "cancelled"


def test_the_page_of_a_written_ballot_that_is_over_offers_the_count_only(town, secretary):
    _meeting, ballot = sent(town)
    here = f"/council/meetings/ballots/{ballot.pk}/"
    with clock.at(AFTER):
        page = body(secretary.get(here))
        assert f"{here}count/" in page and f"{here}withdraw/" not in page
        assert secretary.post(f"{here}withdraw/", {"reason": "都合"}).status_code == 409
    assert fresh(ballot).state == "open"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"deadline": AFTER}, "表決を始めたときの内容"),
        ({"carried": True}, "表決を終えた記録"),
    ],
)
def test_the_page_names_what_was_altered(town, secretary, change, words):
    _meeting, ballot = sent(town)
    with clock.at(AFTER) as moment:
        close_ballot(actor=SECRETARY, now=moment, ballot=ballot)
        Ballot.objects.filter(pk=ballot.pk).update(**change)
        assert words in body(secretary.get(f"/council/meetings/ballots/{ballot.pk}/"))
