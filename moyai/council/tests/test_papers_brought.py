"""Papers: numbers, versions, readers, bytes kept once, and a ballot that is voted anew when they change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from moyai.council.actions.ballots import BallotOver, DeadlinePast
from moyai.council.actions.items import ItemUnderVote, move_item
from moyai.council.actions.meetings import MeetingSettled, cancel_meeting
from moyai.council.actions.papers import (
    AttachedBefore,
    PaperElsewhere,
    PaperReplaced,
    SamePaper,
    add_paper,
    attach_paper,
    change_paper,
    replace_paper,
)
from moyai.council.models import Ballot, Paper, PaperFile, Vote
from moyai.council.queries.papers import papers_of
from moyai.council.queries.rights import committees_read_by, papers_readable
from moyai.council.tests.assembly import DEADLINE, NOW, SECRETARY, TODAY, Assembly, a_file, a_pdf
from moyai.council.tests.test_votes_counted import cast
from moyai.documents.public import UploadRefused
from moyai.notices.public import Message
from moyai.tenants.public import acting_in, clock


@pytest.fixture
def now():
    with clock.at(NOW) as moment:
        yield moment


@pytest.fixture
def town(world, now):
    return Assembly(world)


def bring(meeting, title, item=None, **more):
    file = more.pop("file", None) or a_file(f"{title}.pdf", title=title)
    return add_paper(
        actor=SECRETARY, now=clock.now(), meeting=meeting, title=title, file=file, item=item, **more
    )


def swap(paper, words="新しい中身", **more):
    file = more.pop("file", None) or a_file("新.pdf", title=words)
    return replace_paper(actor=SECRETARY, now=clock.now(), paper=paper, file=file, **more)


def numbers(meeting, **more):
    return [(one.number, one.paper.title, one.paper.version) for one in papers_of(meeting, **more)]


def test_C46_six_papers_are_numbered_in_the_order_of_their_items_and_follow_it(town):
    meeting = town.planned()
    first, second = town.item(meeting, "議案1"), town.item(meeting, "議案2")
    for title, item in (
        ("2-1", second),
        ("1-1", first),
        ("2-2", second),
        ("全体", None),
        ("1-2", first),
        ("1-3", first),
    ):
        bring(meeting, title, item)
    assert numbers(meeting) == [
        ("別紙1", "全体", 1), ("別紙2", "1-1", 1), ("別紙3", "1-2", 1), ("別紙4", "1-3", 1), ("別紙5", "2-1", 1),
        ("別紙6", "2-2", 1),
    ]  # fmt: skip
    move_item(actor=SECRETARY, now=clock.now(), item=second, position=1)
    assert [title for _number, title, _version in numbers(meeting)] == [
        "全体",
        "2-1",
        "2-2",
        "1-1",
        "1-2",
        "1-3",
    ]
    last = Paper.objects.get(title="1-3")
    change_paper(actor=SECRETARY, now=clock.now(), paper=last, readers="public", position=1)
    assert [title for _number, title, _version in numbers(meeting)] == [
        "全体",
        "2-1",
        "2-2",
        "1-3",
        "1-1",
        "1-2",
    ]


def test_C05_O125_a_changed_paper_is_a_new_version_beside_the_old(town):
    meeting = town.planned()
    paper = bring(meeting, "SC運用資料")
    newer = swap(paper, title="SC運用資料 Ver.1.0")
    assert (newer.version, newer.replaces_id, newer.title) == (2, paper.pk, "SC運用資料 Ver.1.0")
    [one] = papers_of(meeting)
    assert (one.number, one.paper.pk, [old.pk for old in one.before]) == ("別紙1", newer.pk, [paper.pk])
    with pytest.raises(PaperReplaced):
        swap(paper, "もう一つ")
    with pytest.raises(SamePaper):
        swap(newer, file=ContentFile(bytes(newer.file.content), name="同じ.pdf"))
    with pytest.raises(PaperReplaced):
        change_paper(actor=SECRETARY, now=clock.now(), paper=paper, readers="public")
    assert Paper.objects.count() == 2
    assert Paper.objects.get(pk=paper.pk).readers == "committee"


def test_the_same_bytes_are_kept_once(town):
    one, two = town.planned(), town.planned(town.board)
    content = a_pdf(1, "同じ")
    for meeting in (one, two):
        bring(meeting, "同じ資料", file=ContentFile(content, name="同じ.pdf"))
    assert (Paper.objects.count(), PaperFile.objects.count()) == (2, 1)


def test_A26_findings_are_attached_by_link_and_not_copied(town):
    audit, review = town.planned(town.section), town.planned(town.board)
    paper = bring(audit, "指摘事項一覧")
    linked = attach_paper(actor=SECRETARY, now=clock.now(), meeting=review, paper=paper, readers="committee")
    assert (linked.file_id, PaperFile.objects.count(), numbers(review)) == (
        paper.file_id, 1, [("別紙1", "指摘事項一覧", 1)],
    )  # fmt: skip
    with pytest.raises(AttachedBefore):
        attach_paper(actor=SECRETARY, now=clock.now(), meeting=review, paper=paper)
    assert Paper.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.pdf", b""),
        ("名前だけ.pdf", b"MZ\x90\x00 not a paper"),
        ("ページ.html", b"<!doctype html><script>alert(1)</script>"),
        ("壊れた.pdf", b"%PDF-1.7\n1 0 obj\n<<"),
    ],
)
def test_what_is_no_paper_is_refused_and_nothing_is_kept(town, name, content):
    meeting = town.planned()
    with pytest.raises(UploadRefused):
        bring(meeting, "資料", file=ContentFile(content, name=name))
    assert (Paper.objects.count(), PaperFile.objects.count()) == (0, 0)


def test_words_of_text_and_title_of_a_pdf_can_be_searched(town):
    meeting = town.planned()
    text = bring(
        meeting, "覚え", file=ContentFile("様式の統一について\n以上".encode("cp932"), name="覚え.txt")
    )
    pdf = bring(meeting, "予算")
    assert text.text == "様式の統一について\n以上"
    assert pdf.text == "予算"


def test_a_paper_is_of_an_item_of_its_own_meeting_and_of_none_called_off(town):
    meeting, other = town.planned(), town.planned(town.board)
    strange = town.item(other, "別の会議の議案")
    with pytest.raises(PaperElsewhere):
        bring(meeting, "資料", strange)
    cancel_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting, reason="都合")
    with pytest.raises(MeetingSettled):
        bring(meeting, "資料")
    assert not Paper.objects.exists()


def test_A14_papers_of_the_assembly_are_read_by_members_only_and_by_right(town, world):
    from moyai.tenants.public import Body

    meeting = town.called(town.board)
    for readers in ("committee", "members", "public"):
        bring(meeting, readers, readers=readers)
    stranger = Body.objects.create(
        code="529991", name="新しい市", kana="シ", kind="city", slug="atarashii-shi", from_on=TODAY
    )
    for body, seen in (
        (town.chiba, ["committee", "members", "public"]),
        (town.observer, ["committee", "members", "public"]),
        (stranger, ["members", "public"]),
    ):
        mine = committees_read_by(body, TODAY)
        assert [title for _number, title, _v in numbers(meeting, readable=papers_readable(mine))] == seen
    mine = committees_read_by(stranger, TODAY)
    assert [number for number, _t, _v in numbers(meeting, readable=papers_readable(mine))] == [
        "別紙2",
        "別紙3",
    ]


def test_papers_of_a_meeting_still_planned_are_nobodys_but_the_secretariats(town):
    meeting = town.planned()
    bring(meeting, "準備中", readers="public")
    assert numbers(meeting, readable=papers_readable(committees_read_by(town.chiba, TODAY))) == []
    assert len(numbers(meeting)) == 1


def voted(town, *, at="item"):
    """A written ballot with one paper, on which 千葉市 has voted."""
    meeting = town.planned()
    item = town.item(meeting)
    paper = bring(meeting, "予算書", item if at == "item" else None)
    from moyai.council.actions.ballots import open_ballot
    from moyai.council.actions.meetings import call_meeting

    call_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting)
    ballot = open_ballot(actor=SECRETARY, now=clock.now(), item=item, deadline=DEADLINE)
    cast(ballot, town.chiba)
    return meeting, item, paper, ballot


@pytest.mark.parametrize("at", ["item", "meeting"])
def test_a_paper_changed_after_sending_voids_the_ballot_and_opens_a_new_one(town, at):
    _meeting, item, paper, ballot = voted(town, at=at)
    newer = swap(paper, deadline=DEADLINE + timedelta(days=5))
    old, new = Ballot.objects.order_by("id")
    assert (old.pk, old.state, old.closed_at) == (ballot.pk, "void", NOW)
    assert (new.state, new.replaces_id, new.deadline) == ("open", old.pk, DEADLINE + timedelta(days=5))
    assert [one["paper"] for one in old.papers] == [None, paper.pk]
    assert [one["paper"] for one in new.papers] == [None, newer.pk]
    assert new.papers[1]["sha256"] == newer.file.sha256 != old.papers[1]["sha256"]
    assert (Vote.objects.filter(ballot=old).count(), Vote.objects.filter(ballot=new).count()) == (1, 0)
    with acting_in(town.chiba):
        message = Message.objects.of(town.chiba).get(kind="council.ballot_replaced")
    assert "前の表決は無効です" in message.text and f"/ballots/{new.pk}/" in message.text
    with pytest.raises(BallotOver):
        cast(old, town.matsudo)
    cast(new, town.chiba)
    assert item.ballots.filter(state="open").count() == 1


def test_a_paper_added_after_sending_makes_a_new_vote_of_its_item_only(town):
    meeting, item, _paper, ballot = voted(town)
    other = town.item(meeting, "別の議案")
    bring(meeting, "別の議案の資料", other)
    assert Ballot.objects.get().pk == ballot.pk
    bring(meeting, "追加資料", item)
    assert list(Ballot.objects.order_by("id").values_list("state", flat=True)) == ["void", "open"]


def test_after_the_deadline_a_paper_is_not_replaced_under_the_count(town):
    _meeting, _item, paper, ballot = voted(town)
    with clock.at(DEADLINE + timedelta(seconds=1)), pytest.raises(BallotOver):
        swap(paper, deadline=DEADLINE + timedelta(days=5))
    assert Ballot.objects.get().state == "open"
    ballot.refresh_from_db()
    assert ballot.closed_at is None


def test_a_new_deadline_that_is_past_replaces_nothing(town):
    from django.db import transaction

    _meeting, _item, paper, _ballot = voted(town)
    with pytest.raises(DeadlinePast), transaction.atomic():
        swap(paper, deadline=NOW - timedelta(days=1))
    assert (Ballot.objects.get().state, Paper.objects.count(), PaperFile.objects.count()) == ("open", 1, 1)


def test_who_reads_a_paper_may_change_without_a_new_vote(town):
    _meeting, _item, paper, _ballot = voted(town)
    change_paper(actor=SECRETARY, now=clock.now(), paper=paper, readers="public")
    assert (Ballot.objects.get().state, Paper.objects.get().readers) == ("open", "public")


def test_while_a_vote_is_open_papers_keep_the_numbers_they_were_sent_with(town):
    _meeting, _item, paper, _ballot = voted(town)
    with pytest.raises(ItemUnderVote):
        change_paper(actor=SECRETARY, now=clock.now(), paper=paper, readers="committee", position=2)
    assert (Paper.objects.get().position, Ballot.objects.get().state) == (1, "open")
