"""A member's office: the ballots that wait, the papers by right, the vote and its change; another body finds nothing."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from moyai.council.actions.ballots import open_ballot
from moyai.council.actions.counting import close_ballot
from moyai.council.actions.meetings import call_meeting, cancel_meeting, hold_meeting
from moyai.council.actions.minutes import fix_minutes, write_minutes
from moyai.council.actions.papers import add_paper
from moyai.council.actions.tasks import give_task
from moyai.council.models import Ballot, Meeting, Reminder, Seat, Vote
from moyai.council.tests.assembly import DEADLINE, NOW, SECRETARY, TODAY, Assembly, a_file
from moyai.notices.public import Message
from moyai.tenants.public import acting_in, clock

OFFICE = "/chiba-shi/office/council"


@pytest.fixture
def now():
    with clock.at(NOW) as moment:
        yield moment


@pytest.fixture
def town(world, now):
    return Assembly(world)


@pytest.fixture
def clerk(world, client_for, now):
    return client_for(world.at_chiba.clerk)


def sent(town, **facts):
    """A called sitting with one item, a paper for its committee and an open ballot."""
    deadline = facts.pop("deadline", DEADLINE)
    meeting = town.planned(**facts)
    item = town.item(meeting, text="予算の案は別紙のとおり。")
    add_paper(
        actor=SECRETARY, now=clock.now(), meeting=meeting, title="予算書", file=a_file(pages=2), item=item
    )
    call_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting)
    return meeting, open_ballot(actor=SECRETARY, now=clock.now(), item=item, deadline=deadline)


def body(answer):
    return answer.content.decode()


def test_clerk_finds_the_open_ballot_reads_the_papers_votes_and_changes_the_vote(town, clerk):
    _meeting, ballot = sent(town)
    here = f"{OFFICE}/ballots/{ballot.pk}/"
    assert here in body(clerk.get(f"{OFFICE}/meetings/"))
    page = body(clerk.get(here))
    assert "予算の案は別紙のとおり。" in page and "表決を送る" in page and "令和8年6月10日" in page
    paper = page.split("予算書")[0].rsplit('href="', 1)[1].split('"')[0]
    assert len(PdfReader(BytesIO(clerk.get(paper).content)).pages) == 2
    assert clerk.post(here, {"choice": ""}).status_code == 422
    assert not Vote.objects.exists()
    answer = clerk.post(here, {"choice": "for", "comment": "異議なし"}, follow=True)
    assert "表決を受け付けました：賛成" in body(answer)
    assert clerk.post(here, {"choice": "against", "comment": ""}).status_code == 302
    page = body(clerk.get(here))
    assert "表決を変える" in page and page.index("反対") < page.index("異議なし")
    assert [(vote.choice, vote.cast_by) for vote in Vote.objects.order_by("place")] == [
        ("for", "佐藤 一郎"), ("against", "佐藤 一郎"),
    ]  # fmt: skip


def test_after_the_deadline_the_page_takes_no_vote_and_keeps_what_was_typed(town, clerk):
    _meeting, ballot = sent(town)
    here = f"{OFFICE}/ballots/{ballot.pk}/"
    with clock.at(DEADLINE):
        assert clerk.post(here, {"choice": "for", "comment": ""}).status_code == 302
    with clock.at(DEADLINE + timedelta(microseconds=1)):
        answer = clerk.post(here, {"choice": "against", "comment": "遅れました"})
        assert answer.status_code == 409
        assert "表決の受付は終わりました" in body(answer)
        assert "表決の期限を過ぎました" in body(clerk.get(here))
    assert [vote.choice for vote in Vote.objects.all()] == ["for"]


def test_votes_of_others_are_not_shown_and_the_result_is_to_all_voters(town, clerk, world, client_for):
    _meeting, ballot = sent(town)
    other = client_for(world.at_matsudo.clerk)
    theirs = f"/matsudo-shi/office/council/ballots/{ballot.pk}/"
    assert other.post(theirs, {"choice": "against", "comment": "松戸だけの意見"}).status_code == 302
    assert "松戸だけの意見" not in body(clerk.get(f"{OFFICE}/ballots/{ballot.pk}/"))
    with clock.at(DEADLINE + timedelta(seconds=1)) as later:
        close_ballot(actor=SECRETARY, now=later, ballot=ballot)
        page = body(clerk.get(f"{OFFICE}/ballots/{ballot.pk}/"))
    assert "定足数に足りない" in page and "6団体" in page and "松戸だけの意見" not in page


def test_a_body_without_a_vote_finds_no_ballot_and_none_of_its_papers(town, clerk, world):
    Seat.objects.filter(body=world.chiba).update(capacity="observer")
    meeting, ballot = sent(town)
    assert clerk.get(f"{OFFICE}/meetings/{meeting.pk}/").status_code == 200  # it sits, and reads
    for path in (f"ballots/{ballot.pk}/", f"ballots/{ballot.pk}/papers/{ballot.papers[1]['paper']}/"):
        assert clerk.get(f"{OFFICE}/{path}").status_code == 404
    assert clerk.post(f"{OFFICE}/ballots/{ballot.pk}/", {"choice": "for"}).status_code == 404
    assert not Vote.objects.exists()


def test_A14_who_does_not_sit_in_it_sees_the_agenda_but_neither_papers_nor_minutes(town, clerk, world):
    Seat.objects.filter(body=world.chiba, committee=town.section).delete()
    meeting = town.planned(town.section, mode="person")
    item = town.item(meeting, "部会の議題")
    paper = add_paper(
        actor=SECRETARY, now=clock.now(), meeting=meeting, title="部会資料", file=a_file(), item=item
    )
    here = f"{OFFICE}/meetings/{meeting.pk}/"
    assert clerk.get(here).status_code == 404  # still planned
    call_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting)
    page = body(clerk.get(here))
    assert "部会の議題" in page and "部会資料" not in page and "議事録" not in page
    assert clerk.get(f"{OFFICE}/meetings/papers/{paper.pk}/").status_code == 404
    pages = PdfReader(BytesIO(clerk.get(f"{here}print/").content)).pages
    assert len(pages) == 1  # the cover with the agenda
    Meeting.objects.filter(pk=meeting.pk).update(public=False)
    assert clerk.get(here).status_code == 404
    assert clerk.get(f"{here}print/").status_code == 404


def test_members_read_minutes_when_shown_for_correction_or_fixed_and_their_own_tasks(town, clerk):
    meeting, _ballot = sent(town, mode="person", held_on=TODAY, deadline=None)
    Ballot.objects.update(state="closed")
    meeting = hold_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting)
    here = f"{OFFICE}/meetings/{meeting.pk}/"
    give_task(actor=SECRETARY, now=clock.now(), meeting=meeting, text="千葉市の宿題", body=town.chiba)
    give_task(actor=SECRETARY, now=clock.now(), meeting=meeting, text="松戸市の宿題", body=town.matsudo)
    for state, seen in (("draft", False), ("amend", True)):
        meeting = write_minutes(
            actor=SECRETARY,
            now=clock.now(),
            meeting=meeting,
            version=meeting.version,
            minutes="議案を決定した。",
            state=state,
        )
        page = body(clerk.get(here))
        assert ("議案を決定した。" in page) is seen
    assert "確認中の案です" in page
    assert "千葉市の宿題" in page and "松戸市の宿題" not in page
    fix_minutes(actor=SECRETARY, now=clock.now(), meeting=meeting, version=meeting.version)
    page = body(clerk.get(here))
    assert "議案を決定した。" in page and "確認中の案です" not in page


def test_a_member_leaves_its_vote_to_another_before_a_sitting_in_person(town, clerk):
    _meeting, ballot = sent(town, mode="person")
    here = f"{OFFICE}/ballots/{ballot.pk}/"
    assert "委任する" in body(clerk.get(here))
    assert clerk.post(here, {"choice": "delegate", "proxy": "", "comment": ""}).status_code == 422
    assert not Vote.objects.exists()
    answer = clerk.post(here, {"choice": "delegate", "proxy": town.matsudo.code, "comment": ""}, follow=True)
    assert "委任（松戸市）" in body(answer)
    vote = Vote.objects.get()
    assert (vote.how, vote.choice, vote.proxy) == ("proxy", "", town.matsudo)


def test_in_writing_nothing_can_be_left_to_others(town, clerk):
    _meeting, ballot = sent(town)
    here = f"{OFFICE}/ballots/{ballot.pk}/"
    assert "委任する" not in body(clerk.get(here))
    assert clerk.post(here, {"choice": "delegate", "comment": ""}).status_code == 422
    assert not Vote.objects.exists()


def test_after_a_paper_was_changed_the_old_page_leads_to_the_new_ballot(town, clerk):
    from moyai.council.actions.papers import replace_paper
    from moyai.council.models import Paper

    _meeting, ballot = sent(town)
    replace_paper(
        actor=SECRETARY, now=clock.now(), paper=Paper.objects.get(), file=a_file(title="別"), deadline=None
    )
    new = Ballot.objects.get(state="open")
    page = body(clerk.get(f"{OFFICE}/ballots/{ballot.pk}/"))
    assert "この表決は無効です" in page and f"{OFFICE}/ballots/{new.pk}/" in page and "表決を送る" not in page
    assert clerk.post(f"{OFFICE}/ballots/{ballot.pk}/", {"choice": "for", "comment": ""}).status_code == 409
    assert not Vote.objects.exists()
    # What was sent first is still read where it was sent, and the new version where the new ballot is.
    for one in (ballot, new):
        paper = Ballot.objects.get(pk=one.pk).papers[1]["paper"]
        assert clerk.get(f"{OFFICE}/ballots/{one.pk}/papers/{paper}/").status_code == 200
        other = ({ballot.pk: new, new.pk: ballot}[one.pk]).pk
        assert clerk.get(f"{OFFICE}/ballots/{other}/papers/{paper}/").status_code == 404


def test_the_job_reminds_once_a_body_and_day_and_only_who_is_silent_near_the_deadline(town, clerk):
    from moyai.council.jobs.ballots import remind

    _meeting, ballot = sent(town)
    clerk.post(f"{OFFICE}/ballots/{ballot.pk}/", {"choice": "for", "comment": ""})
    with clock.at(DEADLINE - timedelta(days=4)) as early:
        remind(now=early)
    assert not Reminder.objects.exists()
    for hours in (71, 70, 47):
        with clock.at(DEADLINE - timedelta(hours=hours)) as near:
            remind(now=near)
    assert Reminder.objects.filter(ballot=ballot).count() == 12  # six bodies, two days
    assert not Reminder.objects.filter(body=town.chiba).exists()
    with acting_in(town.matsudo):
        found = Message.objects.of(town.matsudo).filter(kind="council.ballot_reminder")
        assert found.count() == 2
    with clock.at(DEADLINE + timedelta(hours=1)) as over:
        remind(now=over)
    assert Reminder.objects.count() == 12


def test_pages_of_members_ask_as_often_for_many_as_for_few(town, clerk):
    meeting, ballot = sent(town)

    def asked(path):
        with CaptureQueriesContext(connection) as found:
            assert clerk.get(f"{OFFICE}/{path}").status_code == 200
        return len(found)

    paths = ("meetings/", f"meetings/{meeting.pk}/", f"ballots/{ballot.pk}/")
    for path in paths:
        asked(path)
    few = [asked(path) for path in paths]
    for number in range(12):
        town.item(meeting, f"議案{number}")
        call_meeting(
            actor=SECRETARY, now=clock.now(), meeting=town.planned(held_on=TODAY + timedelta(days=number + 1))
        )
    assert [asked(path) for path in paths] == few
    assert max(few) <= 26


def test_a_meeting_called_off_is_shown_as_such(town, clerk):
    meeting = town.called(mode="person")
    cancel_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting, reason="台風")
    assert "中止" in body(clerk.get(f"{OFFICE}/meetings/{meeting.pk}/"))
