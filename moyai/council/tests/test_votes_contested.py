"""A32 A35 I05: votes somebody might try to make count — of who left, by proxies of proxies, from no room, by a chair not asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from moyai.council.actions.ballots import remind_voters
from moyai.council.actions.leaving import leave_council
from moyai.council.actions.votes import LeftMeanwhile, NobodyInTheRoom, record_vote
from moyai.council.models import Ballot, Item, Reminder, Seat, Vote
from moyai.council.queries.ballots import standing_voters, waiting_for
from moyai.council.queries.chains import verify_chain
from moyai.council.tests.assembly import DEADLINE, NOW, SECRETARY, Assembly
from moyai.council.tests.test_votes_counted import AFTER, cast, count, room, untouched
from moyai.council.tests.test_votes_pages import OFFICE, body, sent
from moyai.tenants.public import clock

LAST_DAY = clock.today(DEADLINE)


@pytest.fixture
def now():
    with clock.at(NOW) as moment:
        yield moment


@pytest.fixture
def town(world, now):
    return Assembly(world)


def leave(one, until_on):
    leave_council(actor=SECRETARY, now=clock.now(), body=one, until_on=until_on)


def test_who_left_the_council_while_the_ballot_was_open_neither_votes_nor_is_asked_nor_counted(town):
    ballot = town.ballot()
    gone = town.members[6]
    for voter in town.members[:3]:
        cast(ballot, voter)
    cast(ballot, gone, "against")
    leave(gone, date(2026, 6, 5))
    before = untouched(ballot)
    with clock.at(NOW + timedelta(days=5)) as later:  # 令和8年6月6日
        with pytest.raises(LeftMeanwhile):
            cast(ballot, gone, "for")
        with pytest.raises(LeftMeanwhile):
            record_vote(actor=SECRETARY, now=later, ballot=ballot, body=gone, how="written", choice="for")
        assert untouched(ballot) == before
        assert gone not in waiting_for(ballot, clock.today(later))
        assert remind_voters(actor=SECRETARY, now=later, ballot=ballot) == 3
        assert not Reminder.objects.filter(body=gone).exists()
    done = count(ballot)
    # Three of the six who are left are half of them: with the seventh they would not have been.
    assert (done.tally["voters"], done.tally["present"], done.tally["quorate"]) == (6, 3, True)
    assert (done.tally["for"], done.tally["against"], done.carried) == (3, 0, True)
    assert (done.tally["left"], done.tally["set_aside"]) == ([gone.code], {gone.code: "not_a_voter"})
    assert gone.code not in done.tally["no_reply"]
    assert verify_chain(Ballot.objects.get(pk=ballot.pk)) is None


@pytest.mark.parametrize(("days", "counted"), [(-1, 0), (0, 1), (1, 1)])
def test_who_is_a_member_on_the_day_of_the_deadline_is_counted(town, days, counted):
    ballot = town.ballot()
    gone = town.members[6]
    cast(ballot, gone)
    leave(gone, LAST_DAY + timedelta(days=days))
    done = count(ballot, at=AFTER + timedelta(days=30))  # however late it is counted
    assert (done.tally["voters"], done.tally["for"]) == (6 + counted, counted)


def test_who_leaves_on_the_day_of_the_deadline_votes_to_its_last_instant(town):
    ballot = town.ballot()
    leave(town.members[6], LAST_DAY)
    assert cast(ballot, town.members[6], at=DEADLINE).cast_at == DEADLINE


def test_who_only_lost_its_seat_does_not_vote_and_reads_why(town, world, client_for):
    _meeting, ballot = sent(town)
    Seat.objects.filter(body=town.chiba).update(until_on=date(2026, 5, 31))
    clerk, here = client_for(world.at_chiba.clerk), f"{OFFICE}/ballots/{ballot.pk}/"
    page = body(clerk.get(here))
    assert "会員でなくなったため、表決できません" in page and "表決を送る" not in page
    assert clerk.post(here, {"choice": "for", "comment": ""}).status_code == 409
    assert not Vote.objects.exists()
    secretary = client_for(world.secretary)
    assert "会員でなくなった" in body(secretary.get(f"/council/meetings/ballots/{ballot.pk}/"))
    roll = body(secretary.get(f"/council/meetings/ballots/{ballot.pk}/votes/"))
    assert f"how_{town.matsudo.code}" in roll and f"how_{town.chiba.code}" not in roll


def test_a_vote_of_a_room_is_judged_on_the_day_of_the_sitting_however_late_it_is_recorded(town):
    ballot = town.ballot(None, mode="person")
    leave(town.members[6], date(2026, 6, 20))  # the sitting is on the 21st
    leave(town.members[5], date(2026, 6, 21))
    with clock.at(NOW + timedelta(days=40)):
        room(ballot, town.members[5])
        before = untouched(ballot)
        with pytest.raises(LeftMeanwhile):
            room(ballot, town.members[6])
        assert untouched(ballot) == before


def test_A35_an_abolished_committee_has_no_voters_left(town):
    ballot = town.ballot()
    cast(ballot, town.chiba)
    type(town.general).objects.filter(pk=town.general.pk).update(until_on=LAST_DAY - timedelta(days=1))
    before = untouched(ballot)
    with pytest.raises(LeftMeanwhile):
        cast(ballot, town.matsudo, at=DEADLINE)
    assert untouched(ballot) == before
    ballot.refresh_from_db()
    assert standing_voters(ballot, LAST_DAY) == []


def test_a_proxy_is_not_handed_on(town):
    """1 → 2 → 3, and 4 ↔ 5: who holds a vote must itself be in the room."""
    ballot = town.ballot(DEADLINE, mode="person", chair=town.chiba)
    one, two, three, four, five = town.members[2:7]
    for giver, holder in ((one, two), (two, three), (four, five), (five, four)):
        cast(ballot, giver, "", delegate=True, proxy=holder)
    for voter in (town.chiba, town.matsudo, three):
        room(ballot, voter, "for")
    done = count(ballot)
    assert done.tally["set_aside"] == dict.fromkeys(sorted(x.code for x in (one, four, five)), "absent_proxy")
    assert done.tally["proxied"] == [two.code]
    assert (done.tally["present"], done.tally["for"]) == (
        4,
        3,
    )  # the chair does not vote unless both sides are equal


@pytest.mark.parametrize("at", [NOW, AFTER])
def test_there_is_no_room_in_a_sitting_in_writing_not_even_after_its_deadline(town, at):
    ballot = town.ballot()
    before = untouched(ballot)
    with clock.at(at), pytest.raises(NobodyInTheRoom):
        room(ballot, town.chiba)
    assert untouched(ballot) == before


def test_the_roll_of_a_sitting_in_writing_offers_no_room(town, world, client_for):
    _meeting, ballot = sent(town)
    secretary, here = client_for(world.secretary), f"/council/meetings/ballots/{ballot.pk}/votes/"
    page = body(secretary.get(here))
    assert 'value="written"' in page and 'value="present"' not in page
    code = town.chiba.code
    answer = secretary.post(here, {f"how_{code}": "present", f"choice_{code}": "for"})
    assert answer.status_code == 422
    assert not Vote.objects.exists()


def test_a_decision_of_the_chair_that_nobody_asked_for_is_not_kept(town):
    ballot = town.ballot(chair=town.chiba)
    for voter in town.members:
        cast(ballot, voter, "against")
    done = count(ballot, casting="for")
    assert (done.carried, done.tally["casting"], done.tally["outcome"]) == (False, "", "lost")


@pytest.mark.parametrize("gone", [False, True])
def test_where_there_is_no_chair_any_more_what_is_equal_is_lost_and_nobody_is_asked(town, gone):
    ballot = town.ballot(chair=town.chiba if gone else None)
    voters = town.members[1:] if gone else town.members[:6]
    for voter, choice in zip(voters, ["for", "against"] * 3, strict=True):
        cast(ballot, voter, choice)
    if gone:
        leave(town.chiba, LAST_DAY - timedelta(days=1))
    done = count(ballot, casting="for")
    assert (done.tally["for"], done.tally["against"]) == (3, 3)
    assert (done.carried, done.tally["casting"], done.tally["outcome"]) == (False, "", "lost")
    assert Item.objects.get(pk=ballot.item_id).state == "rejected"


def test_a_vote_sent_twice_is_kept_twice_and_counted_once(town):
    ballot = town.ballot()
    for _time in range(2):
        cast(ballot, town.chiba)
    assert [vote.place for vote in Vote.objects.filter(ballot=ballot).order_by("place")] == [1, 2]
    for voter in town.members[1:4]:
        cast(ballot, voter)
    done = count(ballot)
    assert (done.tally["for"], done.tally["present"], done.ending["votes"]) == (4, 4, 5)
