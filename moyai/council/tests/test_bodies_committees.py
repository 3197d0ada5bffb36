"""会議体: set up, renamed, nested, abolished; what it is called and what it is on any day."""

from __future__ import annotations

from datetime import date

import pytest

from moyai.council.actions.committees import (
    AbolishedBefore,
    CommitteeKnown,
    FollowsLater,
    RenamedThatDay,
    StillAtWork,
    UnderItself,
    abolish_committee,
    arrange_committee,
    establish_committee,
    rename_committee,
)
from moyai.council.actions.leaving import BeginsAfterLeaving, LeftBefore, leave_council
from moyai.council.actions.offices import appoint, create_office
from moyai.council.actions.seats import take_seat
from moyai.council.actions.spans import EndsBeforeBegin, NotAliveThen
from moyai.council.models import Committee, CommitteeName, Meeting, Seat, Term
from moyai.council.queries.sitting import (
    called_on,
    holders_on,
    lives_on,
    sitting_in,
    sitting_in_each,
    voters_of,
)
from moyai.council.tests.rooms import committee_of, founded_body
from moyai.tenants.public import Body, Service, ServiceUse, clock


@pytest.fixture
def by(world):
    return {"actor": world.actor(world.secretary, None), "now": clock.now()}


def test_O19_the_council_of_osaka_changed_its_name_and_its_form_in_2015(by) -> None:
    osaka = committee_of(by, "osaka-denshi", "大阪電子自治体推進協議会", from_on=date(2002, 4, 25))
    rename_committee(
        **by,
        committee=osaka,
        name="大阪電子自治体連絡会",
        form=Committee.Form.STUDYING,
        from_on=date(2015, 4, 1),
    )
    osaka.refresh_from_db()
    assert osaka.name == "大阪電子自治体連絡会"
    before, after = called_on(osaka, date(2015, 3, 31)), called_on(osaka, date(2015, 4, 1))
    assert (before.name, before.may_contract) == ("大阪電子自治体推進協議会", True)
    assert (after.name, after.may_contract) == ("大阪電子自治体連絡会", False)


def test_O19_a_second_name_of_the_same_day_is_refused_and_the_book_stays(by) -> None:
    osaka = committee_of(by, "osaka-denshi", "大阪電子自治体推進協議会", from_on=date(2002, 4, 25))
    with pytest.raises(RenamedThatDay):
        rename_committee(**by, committee=osaka, name="連絡会", from_on=date(2002, 4, 25))
    assert list(CommitteeName.objects.filter(committee=osaka).values_list("name", flat=True)) == [
        "大阪電子自治体推進協議会"
    ]
    osaka.refresh_from_db()
    assert osaka.name == "大阪電子自治体推進協議会"


def test_O19_a_name_of_the_past_put_in_later_leaves_todays_name(by) -> None:
    osaka = committee_of(by, "osaka-denshi", "推進協議会", from_on=date(2002, 4, 25))
    rename_committee(**by, committee=osaka, name="連絡会", from_on=date(2015, 4, 1), form="studying")
    rename_committee(**by, committee=osaka, name="第二次推進協議会", from_on=date(2010, 4, 1))
    osaka.refresh_from_db()
    assert osaka.name == "連絡会"
    assert called_on(osaka, date(2012, 1, 1)).name == "第二次推進協議会"
    assert called_on(osaka, date(2012, 1, 1)).form == Committee.Form.CONTRACTING


def test_A28_groups_are_nested_in_the_study_body_and_live_within_it(by) -> None:
    study = committee_of(by, "security", "情報セキュリティ研究会", kind="study")
    audit = committee_of(by, "security-audit", "セキュリティ監査グループ", kind="working", parent=study)
    committee_of(by, "security-policy", "セキュリティポリシーグループ", kind="working", parent=study)
    assert [one.code for one in study.nested.order_by("code")] == ["security-audit", "security-policy"]
    with pytest.raises(NotAliveThen):
        committee_of(by, "too-early", "早すぎるグループ", parent=study, from_on=date(2016, 4, 1))
    assert not Committee.objects.filter(code="too-early").exists()
    with pytest.raises(UnderItself):
        arrange_committee(**by, committee=study, purpose="", parent=audit, climbs_to=None, position=1)
    study.refresh_from_db()
    assert study.parent is None


def test_A35_an_abolished_body_ends_its_seats_terms_and_offices(by, world) -> None:
    section = committee_of(by, "internet", "インターネット環境整備部会", kind="section")
    take_seat(**by, committee=section, body=world.chiba, from_on=section.from_on)
    office = create_office(
        **by, committee=section, code="chair", name="部会長", term_years=2, from_on=section.from_on
    )
    appoint(**by, office=office, body=world.chiba, from_on=section.from_on)
    last = date(2018, 2, 21)
    abolish_committee(**by, committee=section, until_on=last)
    section.refresh_from_db()
    assert (lives_on(section, last), lives_on(section, date(2018, 2, 22))) == (True, False)
    assert [one.name for one in sitting_in(section, last)] == ["千葉市"]
    assert sitting_in(section, date(2018, 2, 22)) == []
    assert len(holders_on(section, last)) == 1
    assert holders_on(section, date(2018, 2, 22)) == []
    with pytest.raises(AbolishedBefore):
        abolish_committee(**by, committee=section, until_on=date(2019, 3, 31))
    section.refresh_from_db()
    assert section.until_on == last


def test_A35_a_body_with_a_sitting_or_a_group_after_the_day_is_not_abolished(by, world) -> None:
    section = committee_of(by, "internet", "インターネット環境整備部会", kind="section")
    meeting = Meeting.objects.create(committee=section, fiscal_year=2018, number=1, held_on=date(2018, 5, 1))
    with pytest.raises(StillAtWork) as refused:
        abolish_committee(**by, committee=section, until_on=date(2018, 3, 31))
    assert "平成30年5月1日" in str(refused.value.message)
    meeting.state = Meeting.State.CANCELLED
    meeting.save()
    committee_of(by, "internet-wg", "作業部会", kind="working", parent=section)
    with pytest.raises(StillAtWork) as refused:
        abolish_committee(**by, committee=section, until_on=date(2018, 3, 31))
    assert "作業部会" in str(refused.value.message)
    section.refresh_from_db()
    assert section.until_on is None


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"code": "assembly"}, CommitteeKnown),
        ({"until_on": date(2017, 3, 31)}, EndsBeforeBegin),
        ({"follows": True}, FollowsLater),
    ],
)
def test_a_committee_that_cannot_be_is_refused_and_nothing_is_kept(by, changes, refusal) -> None:
    first = committee_of(by, "assembly", "総会", kind="assembly")
    if "follows" in changes:
        changes = {"follows": first}
    facts = {"code": "second", "name": "第二総会", "kind": "assembly", "from_on": date(2017, 4, 1)} | changes
    with pytest.raises(refusal):
        establish_committee(**by, **facts)
    assert list(Committee.objects.values_list("code", flat=True)) == ["assembly"]
    assert CommitteeName.objects.count() == 1


def test_A23_all_members_sit_in_the_assembly_without_a_seat_each(by, world) -> None:
    assembly = committee_of(by, "assembly", "総会", kind="assembly", open_to_all=True)
    assert [one.name for one in sitting_in(assembly, date(2018, 4, 1))] == ["千葉市", "松戸市"]
    newcomer = founded_body("122254", "君津市", "kimitsu-shi", from_on=date(2018, 7, 1))
    take_seat(**by, committee=assembly, body=newcomer, capacity="associate", from_on=date(2018, 7, 1))
    assert [one.name for one in voters_of(assembly, date(2018, 7, 1))] == ["千葉市", "松戸市"]
    assert [(one.name, one.votes) for one in sitting_in(assembly, date(2018, 7, 1))] == [
        ("千葉市", True),
        ("松戸市", True),
        ("君津市", False),
    ]


def test_A52_only_users_of_the_service_sit_in_its_section(by, world) -> None:
    service = Service.objects.create(code="booking", name="施設予約", scope="some")
    ServiceUse.objects.create(service=service, body=world.chiba, from_on=date(2017, 4, 1))
    whole = committee_of(
        by, "booking-all", "施設予約全体会議", kind="plenary", service=service, open_to_all=True
    )
    assert voters_of(whole, date(2018, 4, 1)) == [world.chiba]
    ServiceUse.objects.create(service=service, body=world.matsudo, from_on=date(2018, 4, 1))
    assert voters_of(whole, date(2018, 3, 31)) == [world.chiba]
    assert voters_of(whole, date(2018, 4, 1)) == [world.chiba, world.matsudo]


def test_who_sits_in_many_committees_is_four_queries(by, world, django_assert_num_queries) -> None:
    service = Service.objects.create(code="booking", name="施設予約", scope="some")
    for number in range(12):
        one = committee_of(by, f"wg-{number}", f"第{number}部会", service=service if number % 2 else None)
        if not number % 2:
            take_seat(**by, committee=one, body=world.chiba, from_on=one.from_on)
    committees = list(Committee.objects.order_by("code"))
    with django_assert_num_queries(4):
        found = sitting_in_each(committees, date(2018, 4, 1))
    assert sum(len(sitters) for sitters in found.values()) == 6


def test_a_member_leaving_in_mid_year_ends_all_it_has_and_nothing_is_removed(by, world) -> None:
    assembly = committee_of(by, "assembly", "総会", kind="assembly", open_to_all=True)
    board = committee_of(by, "board", "幹事会", kind="board")
    service = Service.objects.create(code="booking", name="施設予約", scope="some")
    ServiceUse.objects.create(service=service, body=world.matsudo, from_on=date(2017, 4, 1))
    take_seat(**by, committee=board, body=world.matsudo, from_on=date(2017, 4, 1))
    office = create_office(**by, committee=board, code="chair", name="幹事長", from_on=date(2018, 4, 1))
    appoint(**by, office=office, body=world.matsudo, from_on=date(2018, 4, 1))
    last = date(2018, 9, 30)
    leave_council(**by, body=world.matsudo, until_on=last, why="単独のシステムに移行")
    assert [one.name for one in voters_of(assembly, last)] == ["千葉市", "松戸市"]
    assert [one.name for one in voters_of(assembly, date(2018, 10, 1))] == ["千葉市"]
    assert holders_on(board, last)[0].body.name == "松戸市"
    assert holders_on(board, date(2018, 10, 1)) == []
    assert Seat.objects.get(committee=board).why_left == "単独のシステムに移行"
    assert ServiceUse.objects.get(service=service).until_on == last
    assert Term.objects.get(office=office).until_on == last
    with pytest.raises(LeftBefore):
        leave_council(**by, body=world.matsudo, until_on=date(2019, 3, 31))
    assert Body.objects.get(pk=world.matsudo.pk).until_on == last


def test_a_member_with_something_to_begin_later_does_not_leave_before_it(by, world) -> None:
    board = committee_of(by, "board", "幹事会", kind="board")
    take_seat(**by, committee=board, body=world.matsudo, from_on=date(2019, 4, 1))
    with pytest.raises(BeginsAfterLeaving) as refused:
        leave_council(**by, body=world.matsudo, until_on=date(2018, 9, 30))
    assert "構成員" in str(refused.value.message)
    assert Body.objects.get(pk=world.matsudo.pk).until_on is None
    assert Seat.objects.get(committee=board).until_on is None
