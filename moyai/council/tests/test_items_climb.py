"""Items: order, headings, outcomes, and the climb 部会 → 幹事会 → 総会 with its dates in order."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from moyai.council.actions.items import (
    ClimbedBefore,
    DecidedTooEarly,
    ItemSettled,
    NothingClimbs,
    WrongHeading,
    WrongOutcome,
    climb,
    decide_item,
    edit_item,
    move_item,
    record_climb,
    record_item,
)
from moyai.council.actions.meetings import (
    ChangedMeanwhile,
    MeetingSettled,
    cancel_meeting,
    edit_meeting,
    record_meeting,
)
from moyai.council.actions.refusing import RuleRefuses
from moyai.council.models import Climb, Item
from moyai.council.queries.climbing import whole_way
from moyai.council.queries.meetings import agenda_of, climbable
from moyai.council.tests.assembly import NOW, SECRETARY, Assembly
from moyai.tenants.public import clock


@pytest.fixture
def now():
    with clock.at(NOW) as moment:
        yield moment


@pytest.fixture
def town(world, now):
    return Assembly(world)


def sat(committee, day, **more):
    more.setdefault("closed", False)
    return record_meeting(actor=SECRETARY, now=clock.now(), committee=committee, held_on=day, **more)


def put(meeting, title, **more):
    return record_item(actor=SECRETARY, now=clock.now(), meeting=meeting, title=title, **more)


def order(meeting):
    return [(line.label, line.item.title) for line in agenda_of(meeting)]


LADDERS = [  # seed C: 部会 → 幹事会 → 総会, and two 部会 that end in one item
    ([date(2017, 6, 20)], date(2017, 6, 29), date(2017, 7, 13)),
    ([date(2017, 8, 29), date(2017, 9, 26)], date(2017, 10, 6), date(2017, 11, 1)),
    ([date(2018, 2, 26), date(2018, 2, 5)], date(2018, 3, 9), date(2018, 3, 20)),
]


@pytest.mark.parametrize(("below", "board_on", "general_on"), LADDERS)
def test_C08_the_item_of_the_assembly_lists_its_lower_decisions_in_order(town, below, board_on, general_on):
    lower = [put(sat(town.section, day), f"部会案{day:%m%d}") for day in below]
    board = put(sat(town.board, board_on), "総会に付議する議案について", origins=lower)
    general = put(sat(town.general, general_on), "会則の改正について", origins=[board])
    way = whole_way(general)
    assert [step.item.meeting.held_on for step in way] == [*sorted(below), board_on, general_on]
    assert [step.here for step in way] == [False] * (len(below) + 1) + [True]
    from_below = whole_way(lower[0])
    assert [step.item.pk for step in from_below if step.after] == [board.pk, general.pk]


def test_C02_C03_C04_C05_C06_C07_a_year_of_committees_with_dates_items_and_modes(town):
    from moyai.council.models import Committee
    from moyai.council.queries.meetings import counts_by_mode
    from moyai.council.tests.assembly import SINCE

    wanted = {"denshi-chotatsu": (4, 0, "person"), "denshi-shinsei": (3, 1, "mail"), "seido": (1, 1, "mail"),
              "security": (2, 1, "mail"), "kanji": (3, 0, "person"), "general": (3, 2, "written")}  # fmt: skip
    for place, (code, (count, apart, mode)) in enumerate(wanted.items()):
        one = Committee.objects.create(code=code, name=code, kind="section", from_on=SINCE, position=place)
        for number in range(count):
            meeting = sat(one, date(2017, 5 + number, 10), mode=mode if number < apart else "person")
            put(meeting, f"{code}の議題{number + 1}", kind="report")
    counts = {one.committee.code: (one.total, one.by_mode) for one in counts_by_mode(2017)}
    assert counts["denshi-chotatsu"] == (4, {"person": 4})
    assert counts["denshi-shinsei"] == (3, {"person": 2, "mail": 1})
    assert counts["seido"] == (1, {"mail": 1})
    assert counts["security"] == (2, {"person": 1, "mail": 1})
    assert counts["kanji"] == (3, {"person": 3})
    assert counts["general"] == (3, {"person": 1, "written": 2})
    assert Item.objects.filter(state="heard").count() == 16


def test_C08_an_item_does_not_climb_before_the_decision_below(town):
    lower = put(sat(town.section, date(2017, 6, 20)), "議案")
    upper = sat(town.board, date(2017, 6, 19))
    with pytest.raises(RuleRefuses, match="より前です"):
        climb(actor=SECRETARY, now=clock.now(), origins=[lower], meeting=upper)
    assert not Climb.objects.exists()
    same_day = sat(town.board, date(2017, 6, 20))
    assert climb(actor=SECRETARY, now=clock.now(), origins=[lower], meeting=same_day).title == "議案"


def test_C08_only_what_is_decided_climbs_and_only_upwards(town):
    section, board = sat(town.section, date(2017, 6, 20)), sat(town.board, date(2017, 6, 29))
    put_only = put(section, "審議中", state="put")
    returned = put(section, "差戻し", state="returned")
    for lower in (put_only, returned):
        with pytest.raises(RuleRefuses, match="まだ決定していない"):
            climb(actor=SECRETARY, now=clock.now(), origins=[lower], meeting=board)
    decided = put(board, "決定", state="decided")
    with pytest.raises(RuleRefuses, match="上がりません"):
        climb(
            actor=SECRETARY, now=clock.now(), origins=[decided], meeting=sat(town.section, date(2017, 7, 1))
        )
    with pytest.raises(NothingClimbs):
        climb(actor=SECRETARY, now=clock.now(), origins=[], meeting=board)
    assert not Climb.objects.exists()
    assert Item.objects.count() == 3


def test_an_item_climbs_past_a_committee_but_only_once_to_the_same_item(town):
    lower = put(sat(town.section, date(2017, 6, 20)), "議案")
    general = sat(town.general, date(2017, 7, 13))
    item = climb(actor=SECRETARY, now=clock.now(), origins=[lower], meeting=general)
    with pytest.raises(ClimbedBefore):
        record_climb(actor=SECRETARY, now=clock.now(), item=item, origin=lower)
    assert Climb.objects.count() == 1
    assert climbable(general) == []


def test_C08_a_meeting_is_not_moved_out_of_the_order_of_its_items(town):
    lower = put(sat(town.section, date(2017, 6, 20)), "議案")
    board = sat(town.board, date(2017, 6, 29))
    climb(actor=SECRETARY, now=clock.now(), origins=[lower], meeting=board)
    with pytest.raises(RuleRefuses, match="より前です"):
        edit_meeting(actor=SECRETARY, now=clock.now(), meeting=board, version=1, held_on=date(2017, 6, 19))
    with pytest.raises(RuleRefuses, match="より前です"):
        edit_meeting(
            actor=SECRETARY, now=clock.now(), meeting=lower.meeting, version=1, held_on=date(2017, 6, 30)
        )
    board.refresh_from_db()
    assert board.held_on == date(2017, 6, 29)
    lower.meeting.refresh_from_db()
    assert lower.meeting.held_on == date(2017, 6, 20)


def test_what_has_climbed_is_not_returned_below_nor_decided_later_than_above(town):
    section = sat(town.section, date(2017, 6, 20))
    lower = put(section, "議案")
    climb(actor=SECRETARY, now=clock.now(), origins=[lower], meeting=sat(town.board, date(2017, 6, 29)))
    with pytest.raises(RuleRefuses, match="まだ決定していない"):
        decide_item(actor=SECRETARY, now=clock.now(), item=lower, state="returned")
    with pytest.raises(RuleRefuses, match="より前です"):
        decide_item(
            actor=SECRETARY, now=clock.now(), item=lower, state="decided", decided_on=date(2017, 6, 30)
        )
    lower.refresh_from_db()
    assert (lower.state, lower.decided_on) == ("decided", None)


def test_A23_an_agenda_of_ten_items_keeps_their_order_and_headings(town):
    meeting = town.planned()
    heading = town.item(meeting, "総会に付議する議案について", kind="discuss")
    for number in range(4):
        town.item(meeting, f"{number + 1}の決定について", heading=heading)
    for number in range(5):
        town.item(meeting, f"報告{number + 1}", kind="report")
    labels = order(meeting)
    assert len(labels) == 10
    assert labels[:3] == [
        ("1", "総会に付議する議案について"), ("1(1)", "1の決定について"), ("1(2)", "2の決定について"),
    ]  # fmt: skip
    assert [label for label, _title in labels[5:]] == ["2", "3", "4", "5", "6"]


def test_items_are_moved_and_put_in_between_without_a_gap(town):
    meeting = town.planned()
    first, _second, third = (town.item(meeting, title) for title in "一二三")
    move_item(actor=SECRETARY, now=clock.now(), item=third, position=1)
    town.item(meeting, "間", position=2)
    assert [title for _label, title in order(meeting)] == ["三", "間", "一", "二"]
    assert list(Item.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4]
    move_item(actor=SECRETARY, now=clock.now(), item=first, position=99)
    assert [title for _label, title in order(meeting)] == ["三", "間", "二", "一"]


def test_a_heading_is_of_the_same_meeting_and_never_the_item_itself(town):
    meeting, other = town.planned(), town.planned(town.board)
    strange = town.item(other, "別の会議")
    with pytest.raises(WrongHeading):
        town.item(meeting, "議案", heading=strange)
    upper = town.item(meeting, "上")
    under = town.item(meeting, "下", heading=upper)
    for heading in (upper, under):
        with pytest.raises(WrongHeading):
            edit_item(actor=SECRETARY, now=clock.now(), item=upper, version=1, heading=heading)
    upper.refresh_from_db()
    assert (upper.heading_id, Item.objects.filter(meeting=meeting).count()) == (None, 2)


def test_two_secretaries_edit_one_item_and_no_write_is_lost(town):
    item = town.item(town.planned(), "議案")
    edit_item(actor=SECRETARY, now=clock.now(), item=item, version=1, title="先の題")
    with pytest.raises(ChangedMeanwhile) as refused:
        edit_item(actor=SECRETARY, now=clock.now(), item=item, version=1, title="後の題")
    assert [(one.stored, one.typed) for one in refused.value.differences] == [("先の題", "後の題")]
    assert Item.objects.get().title == "先の題"


@pytest.mark.parametrize(
    ("kind", "state"),
    [("report", "decided"), ("decide", "heard"), ("elect", "heard"), ("report", "rejected")],
)
def test_each_kind_of_item_ends_only_as_it_can(town, kind, state):
    item = town.item(sat(town.general, date(2026, 5, 1)), "議案", kind=kind)
    with pytest.raises(WrongOutcome):
        decide_item(actor=SECRETARY, now=clock.now(), item=item, state=state)
    item.refresh_from_db()
    assert item.state == "put"


@pytest.mark.parametrize("day", [date(2026, 4, 30), date(2026, 6, 2)])
def test_an_item_is_decided_from_the_day_of_the_meeting_until_today(town, day):
    item = town.item(sat(town.general, date(2026, 5, 1)), "議案")
    with pytest.raises(DecidedTooEarly):
        decide_item(actor=SECRETARY, now=clock.now(), item=item, state="decided", decided_on=day)
    item.refresh_from_db()
    assert item.state == "put"
    done = decide_item(actor=SECRETARY, now=clock.now(), item=item, state="decided", outcome="原案のとおり")
    assert (done.decided_on, done.outcome) == (date(2026, 5, 1), "原案のとおり")


def test_A27_requests_decided_by_the_study_group_cannot_be_edited_any_more(town):
    item = town.item(sat(town.section, date(2026, 5, 1)), "改善要望の採否")
    decide_item(actor=SECRETARY, now=clock.now(), item=item, state="decided", outcome="採用")
    with pytest.raises(ItemSettled):
        edit_item(actor=SECRETARY, now=clock.now(), item=item, version=2, title="別の要望")
    assert Item.objects.get().title == "改善要望の採否"


def test_nothing_is_put_before_or_decided_in_a_meeting_called_off(town):
    meeting = town.planned()
    item = town.item(meeting, "議案")
    cancel_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting, reason="都合")
    with pytest.raises(MeetingSettled):
        town.item(meeting, "遅れた議案")
    with clock.at(NOW + timedelta(days=40)) as later, pytest.raises(MeetingSettled):
        decide_item(actor=SECRETARY, now=later, item=item, state="decided")
    assert list(Item.objects.values_list("title", "state")) == [("議案", "draft")]


def test_the_way_of_an_item_is_read_in_as_many_queries_as_it_has_storeys(town, django_assert_max_num_queries):
    lower = [put(sat(town.section, date(2017, 6, day)), f"部会案{day}") for day in range(1, 11)]
    board = put(sat(town.board, date(2017, 6, 29)), "とりまとめ", origins=lower)
    general = put(sat(town.general, date(2017, 7, 13)), "決定", origins=[board])
    with django_assert_max_num_queries(5):
        assert len(whole_way(general)) == 12
