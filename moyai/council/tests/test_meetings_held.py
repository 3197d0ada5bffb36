"""Sittings: numbers, days, life of the committee, series, minutes, tasks, and two who write at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from moyai.council.actions.meetings import (
    ChangedMeanwhile,
    DayIsPast,
    DaysBackwards,
    MeetingSettled,
    NotInThisState,
    NotYetHeld,
    NumberTaken,
    call_meeting,
    cancel_meeting,
    edit_meeting,
    hold_meeting,
    plan_meeting,
    plan_series,
    record_meeting,
)
from moyai.council.actions.minutes import (
    MinutesMissing,
    fix_minutes,
    import_transcript,
    write_minutes,
)
from moyai.council.actions.refusing import RuleRefuses
from moyai.council.actions.tasks import (
    TaskDone,
    TaskDoneWhen,
    TaskDueBefore,
    TaskNobodys,
    TaskWithoutEvidence,
    finish_task,
    give_task,
)
from moyai.council.badges import task_badge
from moyai.council.models import Committee, Item, Meeting, Seat, Task
from moyai.council.queries.meeting_words import days_of, titled
from moyai.council.queries.meetings import (
    counts_by_mode,
    meetings_of_year,
    missing_in_year,
    missing_months,
    open_tasks,
)
from moyai.council.queries.sitting import sitting_in
from moyai.council.tests.assembly import NOW, SECRETARY, SINCE, TODAY, Assembly
from moyai.notices.public import Message
from moyai.tenants.public import acting_in, clock


@pytest.fixture
def now():
    with clock.at(NOW) as moment:
        yield moment


@pytest.fixture
def town(world, now):
    return Assembly(world)


def record(committee, day, **more):
    return record_meeting(actor=SECRETARY, now=clock.now(), committee=committee, held_on=day, **more)


def committee(code, name, kind="section", **more):
    return Committee.objects.create(code=code, name=name, kind=kind, from_on=SINCE, **more)


def told(body, kind):
    with acting_in(body):
        return list(Message.objects.of(body).filter(kind=f"council.{kind}").order_by("id"))


def test_A23_A24_sittings_of_the_past_are_numbered_within_their_fiscal_year_and_nobody_is_told(town):
    days = [date(2017, 6, 8), date(2018, 3, 26), date(2018, 4, 2)]
    made = [record(town.general, day) for day in days]
    assert [(one.fiscal_year, one.number) for one in made] == [(2017, 1), (2017, 2), (2018, 1)]
    assert titled(made[1]) == "平成29年度 第2回 総会"
    assert {one.state for one in made} == {"closed"}
    assert told(town.chiba, "meeting_called") == []


def test_the_same_number_twice_in_a_year_is_refused(town):
    record(town.general, date(2017, 6, 8), number=1)
    with pytest.raises(NumberTaken):
        record(town.general, date(2017, 7, 8), number=1)
    assert Meeting.objects.count() == 1
    assert record(town.board, date(2017, 7, 8), number=1).number == 1  # another committee counts for itself


@pytest.mark.parametrize("make", [record_meeting, plan_meeting])
@pytest.mark.parametrize("day", [date(2016, 4, 30), date(2018, 4, 1)])
def test_A35_a_committee_not_yet_there_or_abolished_holds_no_meeting(town, make, day):
    abolished = committee("kankyo", "インターネット環境整備部会")
    Committee.objects.filter(pk=abolished.pk).update(until_on=date(2018, 3, 31))
    abolished.refresh_from_db()
    with pytest.raises(RuleRefuses) as refused:
        make(actor=SECRETARY, now=clock.now(), committee=abolished, held_on=day)
    assert "held_on" in refused.value.fields
    assert not Meeting.objects.exists()
    assert make(actor=SECRETARY, now=clock.now(), committee=abolished, held_on=date(2018, 3, 31)).pk


def test_A35_what_was_planned_is_not_called_once_the_committee_is_abolished(town):
    meeting = town.planned(town.section)
    Committee.objects.filter(pk=town.section.pk).update(until_on=TODAY)
    with pytest.raises(RuleRefuses, match="廃止された"):
        call_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting)
    assert Meeting.objects.get().state == "planned"
    assert told(town.chiba, "meeting_called") == []


def test_a_meeting_ends_not_before_it_begins_and_is_not_recorded_before_it_is_held(town):
    with pytest.raises(DaysBackwards):
        record(town.general, date(2017, 6, 8), until_on=date(2017, 6, 7))
    with pytest.raises(NotYetHeld):
        record(town.general, TODAY + timedelta(days=1))
    assert not Meeting.objects.exists()


def test_days_are_said_as_the_record_has_them(town):
    one = record(town.general, date(2017, 6, 8), until_on=date(2017, 6, 9), and_others=True)
    assert days_of(one) == "平成29年6月8日（木）～平成29年6月9日（金） ほか"


def test_calling_tells_whoever_sits_on_that_day_in_any_capacity_and_puts_the_items(town):
    meeting = town.called(None, "予算", "決算", place="県庁", mode="person")
    assert meeting.state == "called"
    assert set(Item.objects.values_list("state", flat=True)) == {"put"}
    [message] = told(town.chiba, "meeting_called")
    assert "令和8年度 第1回 総会" in message.subject
    assert "・予算\n・決算" in message.text and "県庁" in message.text
    assert f"/chiba-shi/office/council/meetings/{meeting.pk}/" in message.text


def test_a_body_whose_seat_ends_before_the_day_is_not_called(town):
    Seat.objects.filter(body=town.matsudo).update(until_on=TODAY + timedelta(days=19))
    town.called()
    assert told(town.matsudo, "meeting_called") == []
    assert len(told(town.chiba, "meeting_called")) == 1


def test_a_day_that_is_past_is_not_called_and_one_to_come_not_held(town):
    past = town.planned(held_on=TODAY - timedelta(days=1))
    coming = town.planned()
    with pytest.raises(DayIsPast):
        call_meeting(actor=SECRETARY, now=clock.now(), meeting=past)
    with pytest.raises(NotYetHeld):
        hold_meeting(actor=SECRETARY, now=clock.now(), meeting=coming)
    assert set(Meeting.objects.values_list("state", flat=True)) == {"planned"}


def test_moving_a_called_meeting_tells_again_and_another_year_gives_another_number(town):
    meeting = town.called(mode="person")
    moved = edit_meeting(
        actor=SECRETARY, now=clock.now(), meeting=meeting, version=meeting.version, held_on=date(2027, 4, 5)
    )
    assert (moved.fiscal_year, moved.number) == (2027, 1)
    assert len(told(town.chiba, "meeting_changed")) == 1
    edit_meeting(actor=SECRETARY, now=clock.now(), meeting=moved, version=moved.version, public=False)
    assert len(told(town.chiba, "meeting_changed")) == 1  # of what does not concern them they hear nothing


def test_two_secretaries_edit_one_meeting_and_no_write_is_lost(town):
    meeting = town.planned(place="県庁")
    edit_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting, version=1, place="市役所")
    with pytest.raises(ChangedMeanwhile) as refused:
        edit_meeting(
            actor=SECRETARY, now=clock.now(), meeting=meeting, version=1, place="公民館", name="臨時"
        )
    assert {(one.field, one.stored, one.typed) for one in refused.value.differences} == {
        ("place", "市役所", "公民館"), ("name", "", "臨時"),
    }  # fmt: skip
    stored = Meeting.objects.get()
    assert (stored.place, stored.name, stored.version) == ("市役所", "", 2)


def test_cancelling_keeps_the_number_and_tells_why_only_who_was_called(town):
    planned, called = town.planned(), town.called()
    for meeting in (planned, called):
        cancel_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting, reason="台風のため")
    [message] = told(town.chiba, "meeting_cancelled")
    assert "台風のため" in message.text
    assert town.planned().number == 3
    with pytest.raises(NotInThisState):
        call_meeting(actor=SECRETARY, now=clock.now(), meeting=planned)
    with pytest.raises(MeetingSettled):
        edit_meeting(actor=SECRETARY, now=clock.now(), meeting=planned, version=2, place="県庁")
    assert set(Meeting.objects.exclude(number=3).values_list("state", flat=True)) == {"cancelled"}


def test_A29_A39_A44_A49_sittings_are_counted_by_committee_and_mode(town):
    cloud = committee("cloud", "自治体クラウド等研究会", "study")
    shisetsu = committee("shisetsu", "施設予約部会")
    cals = committee("cals", "CALS/EC検討会", "review")
    buppin = committee("buppin", "物品等部会")
    wanted = {
        cloud: {"person": 3, "written": 2},
        shisetsu: {"person": 1, "written": 3},
        cals: {"person": 5, "online": 1},
        buppin: {"person": 2, "written": 3},
    }
    for one, modes in wanted.items():
        for mode, count in modes.items():
            for number in range(count):
                record(one, date(2017, 5, 1) + timedelta(days=number), mode=mode)
    off = town.planned(cloud, held_on=date(2017, 9, 1))
    cancel_meeting(actor=SECRETARY, now=clock.now(), meeting=off, reason="都合")
    assert {one.committee: one.by_mode for one in counts_by_mode(2017)} == wanted
    assert {one.committee.code: one.total for one in counts_by_mode(2017)} == {
        "cloud": 5, "shisetsu": 4, "cals": 6, "buppin": 5,
    }  # fmt: skip


def test_A28_nested_bodies_with_no_sitting_are_counted_as_none_not_left_out_of_their_parent(town):
    security = committee("security", "情報セキュリティ研究会", "study")
    audit = committee("audit-group", "監査グループ", "group", parent=security)
    policy = committee("policy-group", "ポリシーグループ", "group", parent=security)
    for day in (1, 2, 3):
        record(security, date(2017, 6, day))
    record(audit, date(2017, 7, 1))
    counts = {one.committee.code: one.total for one in counts_by_mode(2017)}
    assert counts == {"security": 3, "audit-group": 1}
    assert [one.code for one in security.nested.order_by("code")] == ["audit-group", "policy-group"]
    assert policy.meetings.count() == 0


def test_O06_O07_an_outside_meeting_and_a_written_one_are_kept_as_what_they_are(town):
    block = committee("kinki", "近畿ブロック主管課長会議", "outside")
    own = committee("shunin", "行政情報化推進主任者連絡会議", "plenary")
    record(own, date(2019, 8, 20))
    record(own, date(2020, 3, 25), mode="written")
    record(block, date(2019, 7, 4), number=1)
    record(block, date(2019, 11, 7))
    found = {one.committee.code: one.by_mode for one in counts_by_mode(2019)}
    assert found == {"shunin": {"person": 1, "written": 1}, "kinki": {"person": 2}}
    assert block.kind == "outside"


def test_O120_seven_meetings_of_a_series_with_sixteen_items(town):
    series = committee("senryaku", "大阪スマートシティ戦略会議", "special")
    days = [
        (2019, 8, 5),
        (2019, 9, 10),
        (2019, 10, 8),
        (2019, 11, 12),
        (2019, 12, 10),
        (2020, 1, 14),
        (2020, 2, 10),
    ]
    for day, count in zip(days, (3, 2, 2, 3, 2, 2, 2), strict=True):
        meeting = record(series, date(*day), closed=False)
        for number in range(count):
            town.item(meeting, f"議題{number + 1}", kind="report")
    found = meetings_of_year(2019, committee=series.pk)
    assert [one.number for one in found] == [7, 6, 5, 4, 3, 2, 1]
    assert sum(one.item_count for one in found) == 16


def test_O122_O123_an_opt_in_group_is_called_as_it_was_joined_on_the_day(town):
    ict = committee("ict-wg", "行政のICT化WG", "working")
    Seat.objects.create(committee=ict, body=town.chiba, from_on=SINCE)
    Seat.objects.create(committee=ict, body=town.matsudo, from_on=TODAY + timedelta(days=30))
    town.called(ict, mode="person")
    assert [one.name for one in sitting_in(ict, TODAY + timedelta(days=20))] == ["千葉市"]
    assert (len(told(town.chiba, "meeting_called")), len(told(town.matsudo, "meeting_called"))) == (1, 0)
    for day in (date(2025, 9, 19), date(2025, 10, 8), date(2025, 12, 4)):
        record(ict, day)
    assert counts_by_mode(2025)[0].total == 3


def test_Y13_a_monthly_meeting_names_the_month_it_missed(town):
    project = committee("shinchoku", "プロジェクト進捗会議", "project")
    for month in (4, 4, 5, 5, 6, 6, 7, 8, 10):  # more in the first months; none in September
        record(project, date(2025, month, 10 if month > 6 else 1 + Meeting.objects.count()))
    assert missing_months(project, date(2025, 4, 1), date(2025, 10, 31)) == [date(2025, 9, 1)]
    assert missing_in_year(project, 2025, date(2025, 12, 15)) == [
        date(2025, 9, 1), date(2025, 11, 1), date(2025, 12, 1),
    ]  # fmt: skip


def test_Y26_a_series_runs_monthly_to_the_end_of_fiscal_year_2027(town):
    process = committee("kotei", "工程会議", "project")
    made = plan_series(
        actor=SECRETARY,
        now=clock.now(),
        committee=process,
        first_on=date(2026, 6, 30),
        until_on=date(2028, 3, 31),
    )
    assert len(made) == 22
    assert [made[0].held_on, made[8].held_on, made[-1].held_on] == [
        date(2026, 6, 30), date(2027, 2, 28), date(2028, 3, 30),
    ]  # fmt: skip
    assert [made[-1].fiscal_year, made[-1].number] == [2027, 12]


@pytest.mark.parametrize(
    ("first", "last"), [(date(2026, 6, 1), date(2026, 5, 1)), (date(2026, 6, 1), date(2047, 6, 1))]
)
def test_a_series_that_runs_backwards_or_too_long_plans_nothing(town, first, last):
    with pytest.raises(RuleRefuses):
        plan_series(actor=SECRETARY, now=clock.now(), committee=town.board, first_on=first, until_on=last)
    assert not Meeting.objects.exists()


def test_a_series_beyond_the_life_of_its_committee_plans_nothing_at_all(town):
    Committee.objects.filter(pk=town.board.pk).update(until_on=date(2026, 8, 31))
    with pytest.raises(RuleRefuses):
        plan_series(
            actor=SECRETARY,
            now=clock.now(),
            committee=town.board,
            first_on=date(2026, 6, 1),
            until_on=date(2027, 3, 1),
        )
    assert not Meeting.objects.exists()


def held(town, **more):
    return record_meeting(
        actor=SECRETARY, now=clock.now(), committee=town.general, held_on=TODAY, closed=False, **more
    )


def test_minutes_are_drafted_amended_and_fixed_and_then_stay(town):
    meeting = held(town)
    meeting = write_minutes(
        actor=SECRETARY, now=clock.now(), meeting=meeting, version=1, minutes="開会", state="amend"
    )
    with pytest.raises(ChangedMeanwhile) as refused:
        write_minutes(actor=SECRETARY, now=clock.now(), meeting=meeting, version=1, minutes="別の人の案")
    assert refused.value.differences[0].stored == "開会"
    done = fix_minutes(actor=SECRETARY, now=clock.now(), meeting=meeting, version=2)
    assert (done.state, done.minutes_state, done.minutes_fixed_at) == ("closed", "fixed", NOW)
    for again in (
        lambda: write_minutes(actor=SECRETARY, now=clock.now(), meeting=done, version=3, minutes="書換え"),
        lambda: fix_minutes(actor=SECRETARY, now=clock.now(), meeting=done, version=3),
        lambda: import_transcript(actor=SECRETARY, now=clock.now(), meeting=done, name="a.txt", content=b"x"),
    ):
        with pytest.raises(MeetingSettled):
            again()
    assert Meeting.objects.get().minutes == "開会"


def test_minutes_without_a_word_are_not_fixed_and_of_a_planned_meeting_not_written(town):
    meeting = held(town)
    with pytest.raises(MinutesMissing):
        fix_minutes(actor=SECRETARY, now=clock.now(), meeting=meeting, version=1)
    planned = town.planned()
    with pytest.raises(NotInThisState):
        write_minutes(actor=SECRETARY, now=clock.now(), meeting=planned, version=1, minutes="まだ")
    assert set(Meeting.objects.values_list("minutes_state", flat=True)) == {"none"}


def test_A49_a_slipped_milestone_is_flagged_open_and_done(town):
    meeting = held(town)
    late, early = (
        give_task(
            actor=SECRETARY,
            now=clock.now(),
            meeting=meeting,
            text=text,
            who="事業者",
            due_on=TODAY + timedelta(days=due),
        )
        for text, due in (("設計書の提出", 5), ("移行計画", 60))
    )
    later = NOW + timedelta(days=10)
    assert task_badge(late, clock.today(later)) == {"kind": "bad", "word": "期限超過"}
    assert task_badge(early, clock.today(later)) == {"kind": "progress", "word": "対応中"}
    assert [task.text for task in open_tasks()] == ["設計書の提出", "移行計画"]
    with clock.at(later):
        done = finish_task(actor=SECRETARY, now=later, task=late, evidence="文書番号12")
    assert task_badge(done, clock.today(later)) == {"kind": "good", "word": "遅れて完了"}
    with pytest.raises(TaskDone):
        finish_task(actor=SECRETARY, now=later, task=late, evidence="もう一度")


def test_a_task_is_somebodys_has_a_day_after_the_meeting_and_is_closed_with_evidence(town):
    meeting = held(town)
    for more, refusal in (
        ({"who": ""}, TaskNobodys),
        ({"who": "事業者", "due_on": TODAY - timedelta(days=1)}, TaskDueBefore),
    ):
        with pytest.raises(refusal):
            give_task(actor=SECRETARY, now=clock.now(), meeting=meeting, text="対応", **more)
    assert not Task.objects.exists()
    task = give_task(actor=SECRETARY, now=clock.now(), meeting=meeting, text="対応", body=town.chiba)
    for more, refusal in (
        ({"evidence": " "}, TaskWithoutEvidence),
        ({"evidence": "文書", "done_on": TODAY + timedelta(days=1)}, TaskDoneWhen),
        ({"evidence": "文書", "done_on": TODAY - timedelta(days=1)}, TaskDoneWhen),
    ):
        with pytest.raises(refusal):
            finish_task(actor=SECRETARY, now=clock.now(), task=task, **more)
    task.refresh_from_db()
    assert (task.done_on, task.evidence) == (None, "")
