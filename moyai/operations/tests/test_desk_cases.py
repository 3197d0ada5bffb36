"""受付 (M11: A02, A12, O03, O15, O44, C40, I59): clocks, answers, decisions, two desks at once, whose case it is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from moyai.audit.public import NotPermitted
from moyai.operations.actions import case_rows, wishes
from moyai.operations.actions import cases as actions
from moyai.operations.figures.desk import (
    cases_table,
    decisions_table,
    in_time_table,
    members_table,
    sections_table,
)
from moyai.operations.jobs.telling import tell_of_case
from moyai.operations.models import Case, CaseStep
from moyai.operations.queries import cases as queries
from moyai.operations.tests.places import NOW, a_case, a_system, at, member, minutes, secretary
from moyai.tenants.public import acting_in

BY = {"actor": secretary(), "now": NOW}
DESK = "/council/desk/"
OFFICE = "/chiba-shi/office/desk/"


def state_of(case: Case) -> tuple[str, int, int]:
    case.refresh_from_db()
    return case.state, case.version, CaseStep.objects.filter(case=case).count()


def test_A12_a_ticket_is_answered_closed_and_counted_by_member_and_system(world: Any) -> None:
    system = a_system()
    case = a_case(body=world.chiba, system=system)
    assert case.answer_by == at(2026, 11, 20, 14)  # 240 office minutes on
    assert case.solve_by == at(2026, 11, 26, 10)  # 3 office days, over a Monday that is a holiday
    case = actions.answer_case(**BY, case=case, version=1, text="再起動してください。")
    case = actions.answer_case(
        actor=secretary(), now=NOW + minutes(60), case=case, version=2, text="直しました。", solved=True
    )
    case = actions.close_case(actor=secretary(), now=NOW + minutes(90), case=case, version=3)
    assert state_of(case) == (Case.State.CLOSED, 4, 3)
    assert (case.answered_at, case.solved_at, case.closed_at) == (NOW, NOW + minutes(60), NOW + minutes(90))
    assert [[figure.value for figure in line] for line in members_table(2026).solved()] == [[1, 1], [1, 1]]
    table = cases_table(2026)
    rows = {row.key: line for row, line in zip(table.rows, table.solved(), strict=True)}
    assert [figure.value for figure in rows["question"]] == [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    assert rows["incident"][-1].value == 0  # ゼロ報告
    (answered, _total) = in_time_table(2026).solved()
    assert [figure.value for figure in answered] == [1, 1, 1]


def test_A12_the_clock_stands_while_the_member_is_waited_for(world: Any) -> None:
    case = a_case(body=world.chiba)
    case = actions.ask_back(**BY, case=case, version=1, text="どの端末ですか。")
    assert (case.state, case.answer_by) == (Case.State.WAITING, at(2026, 11, 20, 14))
    assert not queries.desk(
        actor=secretary(), now=NOW + timedelta(days=9), wanted=queries.Wanted(view="overdue")
    ).rows
    with acting_in(world.chiba):
        case = actions.reply_on_case(
            actor=member(world.chiba), now=at(2026, 11, 24, 10), case=case, version=2, text="窓口の端末です。"
        )
    assert case.state == Case.State.WORKING
    assert case.answer_by == at(2026, 11, 24, 14)  # four office hours from the reply on
    late = queries.desk(actor=secretary(), now=at(2026, 11, 24, 14, 1), wanted=queries.Wanted(view="overdue"))
    assert [row.pk for row in late.rows] == [case.pk]


def test_A12_the_page_says_how_long_an_answer_took_of_the_time_that_counts(
    world: Any, client_for: Any
) -> None:
    case = a_case(
        body=world.chiba, came_at=at(2026, 11, 19, 16, 45)
    )  # Thursday, 30 minutes before the desk closes
    case = actions.ask_back(
        actor=secretary(), now=at(2026, 11, 20, 9), case=case, version=1, text="どの端末ですか。"
    )
    with acting_in(world.chiba):
        case = actions.reply_on_case(
            actor=member(world.chiba), now=at(2026, 11, 20, 14), case=case, version=2, text="窓口です。"
        )
    case = actions.answer_case(
        actor=secretary(),
        now=at(2026, 11, 20, 14, 10),
        case=case,
        version=3,
        text="直しました。",
        solved=True,
    )
    for client, page in ((client_for(world.secretary), DESK), (client_for(world.at_chiba.clerk), OFFICE)):
        text = client.get(f"{page}cases/{case.number}/").content.decode()
        assert (
            text.count("R8.11.20 14:10（かかった時間は70分）") == 2
        )  # 30 + 30 + 10: what it was waited for is not counted
    with acting_in(world.chiba):
        later = at(2026, 11, 20, 15)
        actions.reopen_case(actor=member(world.chiba), now=later, case=case, version=4, text="まだです。")
    assert (
        "かかった時間" not in client_for(world.secretary).get(f"{DESK}cases/{case.number}/").content.decode()
    )


def test_M11_incidents_run_around_the_clock(world: Any) -> None:
    case = a_case("incident", came_at=at(2026, 11, 14, 23, 50))
    assert case.answer_by == at(2026, 11, 15, 0, 20)


@pytest.mark.parametrize("decision", ["adopted", "rejected", "kept"])
def test_A02_each_wish_ends_with_a_decision_by_a_meeting_and_an_adopted_one_in_a_release(
    world: Any, decision: str
) -> None:
    case = a_case("wish", body=world.chiba, title="一覧を並べ替えたい")
    with pytest.raises(actions.NotDecided):
        actions.answer_case(**BY, case=case, version=1, text="検討しました。", solved=True)
    assert state_of(case) == (Case.State.NEW, 1, 0)
    facts = {"decided_on": date(2026, 11, 19), "decided_by": "電子申請研究会 第3回"}
    if decision != "adopted":
        with pytest.raises(wishes.OnlyAdopted):
            wishes.decide_case(**BY, case=case, version=1, decision=decision, release="1.2", **facts)
        assert state_of(case) == (Case.State.NEW, 1, 0)
    case = wishes.decide_case(**BY, case=case, version=1, decision=decision, **facts)
    assert (case.state, case.decision, case.decided_by) == ("solved", decision, "電子申請研究会 第3回")
    if decision == "adopted":
        case = wishes.release_case(**BY, case=case, version=2, release="2027年3月版")
    else:
        with pytest.raises(wishes.OnlyAdopted):
            wishes.release_case(**BY, case=case, version=2, release="2027年3月版")
    (line,) = decisions_table(2026).solved()
    words = {"adopted": "採用", "rejected": "不採用", "kept": "保留"}[decision]
    release = "2027年3月版" if decision == "adopted" else None
    assert [figure.value for figure in line] == ["要望", words, "電子申請研究会 第3回", "R8.11.19", release]
    if decision == "kept":
        case = wishes.decide_case(**BY, case=case, version=2, decision="adopted", **facts)
        assert case.decision == "adopted"
    else:
        with pytest.raises(case_rows.NotNow):
            wishes.decide_case(**BY, case=case, version=case.version, decision="kept", **facts)


@pytest.mark.parametrize("kind", ["proposal", "improvement"])
def test_O15_I59_proposals_and_improvements_end_in_a_decision_and_a_question_does_not(
    world: Any, kind: str
) -> None:
    facts = {"decided_on": date(2026, 11, 19), "decided_by": "業務改善会議"}
    case = a_case(kind)
    case = wishes.decide_case(**BY, case=case, version=1, decision="adopted", release="規程 第3版", **facts)
    assert case.release == "規程 第3版"
    question = a_case()
    with pytest.raises(wishes.NotToBeDecided):
        wishes.decide_case(**BY, case=question, version=1, decision="adopted", **facts)
    with pytest.raises(case_rows.CameInTheFuture):
        wishes.decide_case(
            **BY,
            case=a_case(kind),
            version=1,
            decision="kept",
            decided_on=date(2026, 11, 21),
            decided_by="会議",
        )
    assert state_of(question) == (Case.State.NEW, 1, 0)


def test_O03_consultations_count_by_section_and_month(world: Any) -> None:
    for place in range(66):
        came = at(2019, 4 + place % 6, 10, 10)
        a_case("consult", section=("健康医療部", "教育庁", "都市整備部")[place % 3], came_at=came)
    lines = sections_table(2019, kind="consult").solved()
    assert [line[-1].value for line in lines] == [22, 22, 22, 66]
    total = [figure.value for figure in lines[-1]]
    assert total[:6] == [11] * 6 and total[6:12] == [0] * 6


def test_O44_C40_calls_and_the_joint_desk_are_kinds_with_clocks_of_their_own(world: Any) -> None:
    for kind, system in (("call", "pc"), ("call", "pc"), ("call", "network"), ("joint-desk", "network")):
        found = (
            a_system(system, name=system) if not Case.objects.filter(system__code=system).exists() else None
        )
        from moyai.operations.models import System

        a_case(kind, system=found or System.objects.get(code=system), way="phone")
    table = cases_table(2026)
    rows = {row.key: line[-1].value for row, line in zip(table.rows, table.solved(), strict=True)}
    assert (rows["call"], rows["joint-desk"], rows["total"]) == (3, 1, 4)
    assert {column.label for column in members_table(2026).columns} == {"pc", "network", "合計"}


def test_M11_of_two_desks_that_answer_one_case_the_second_looks_again(world: Any, client_for: Any) -> None:
    case = a_case(body=world.chiba)
    address = f"{DESK}cases/{case.number}/answer/"
    first, second = client_for(world.secretary), client_for(world.operator)
    for client in (first, second):
        assert 'name="version" value="1"' in client.get(address).content.decode()
    assert first.post(address, {"version": "1", "text": "甲の回答"}).status_code == 302
    refused = second.post(address, {"version": "1", "text": "乙の回答"})
    text = refused.content.decode()
    assert refused.status_code == 422
    assert "ほかの担当者がこの案件を更新しました" in text
    assert "甲の回答" in text and "乙の回答" in text  # what happened, and what was typed
    assert 'name="version" value="2"' in text
    assert state_of(case) == (Case.State.WORKING, 2, 1)
    assert second.post(address, {"version": "2", "text": "乙の補足"}).status_code == 302
    assert state_of(case) == (Case.State.WORKING, 3, 2)


def test_M11_bad_input_is_refused_beside_its_field_and_nothing_is_stored(world: Any, client_for: Any) -> None:
    client = client_for(world.secretary)
    before = Case.objects.count()
    empty = client.post(f"{DESK}new/", {})
    assert empty.status_code == 422 and "件名を入力してください。" in empty.content.decode()
    facts = {"kind": "budget-check", "title": "端末の更新", "way": "phone"}
    assert "金額を入力してください。" in client.post(f"{DESK}new/", facts).content.decode()
    ahead = client.post(
        f"{DESK}new/", facts | {"amount_yen": "1,000", "came_on": "2999/1/1", "came_at": "9:00"}
    )
    assert ahead.status_code == 422
    assert Case.objects.count() == before
    done = client.post(
        f"{DESK}new/", facts | {"amount_yen": "１，２００円", "came_on": "R8.4.1", "came_at": "9時"}
    )
    assert done.status_code == 302
    made = Case.objects.latest("pk")
    assert (made.amount_yen, made.came_at, made.way) == (1_200, at(2026, 4, 1, 9), "phone")


def test_M11_a_member_opens_follows_replies_and_opens_again_its_own_case(world: Any, client_for: Any) -> None:
    clerk, desk = client_for(world.at_chiba.clerk), client_for(world.secretary)
    sent = clerk.post(
        f"{OFFICE}new/", {"kind": "question", "title": "帳票が出ません", "text": "昨日からです。"}
    )
    assert sent.status_code == 302
    case = Case.objects.latest("pk")
    assert (case.body, case.asked_by, case.way) == (world.chiba, world.at_chiba.clerk.name, "web")
    here = f"{OFFICE}cases/{case.number}/"
    desk.post(f"{DESK}cases/{case.number}/note/", {"text": "内部だけの話"})
    desk.post(f"{DESK}cases/{case.number}/ask/", {"version": "1", "text": "どの帳票ですか。"})
    text = clerk.get(here).content.decode()
    assert "どの帳票ですか。" in text and "内部だけの話" not in text
    assert clerk.post(f"{here}reply/", {"version": "2", "text": "納付書です。"}).status_code == 302
    desk.post(f"{DESK}cases/{case.number}/answer/", {"version": "3", "text": "直しました。", "solved": "on"})
    assert clerk.post(f"{here}reply/", {"version": "4", "text": "？"}).status_code == 422
    assert clerk.post(f"{here}reopen/", {"version": "4", "text": "まだ出ません。"}).status_code == 302
    assert state_of(case)[0] == Case.State.WORKING
    assert case.number[:4] in clerk.get(OFFICE).content.decode()


def test_M11_another_bodys_case_is_absent_and_a_section_sees_its_own(world: Any, client_for: Any) -> None:
    case = a_case(body=world.chiba, section="税務課")
    other = client_for(world.at_matsudo.clerk)
    for path in (f"cases/{case.number}/", f"cases/{case.number}/reply/", f"cases/{case.number}/reopen/"):
        answer = other.post(f"/matsudo-shi/office/desk/{path}", {"version": "1", "text": "のぞき"})
        assert answer.status_code in (404, 405)
        assert other.get(f"/matsudo-shi/office/desk/{path}").status_code == 404
    assert "入札の画面" not in other.get("/matsudo-shi/office/desk/").content.decode()
    with acting_in(world.matsudo), pytest.raises(case_rows.NotYours):
        actions.reply_on_case(actor=member(world.matsudo), now=NOW, case=case, version=1, text="のぞき")
    with acting_in(world.chiba), pytest.raises(case_rows.NotYours):
        stranger = member(world.chiba, sections=frozenset({"市民課"}))
        actions.reply_on_case(actor=stranger, now=NOW, case=case, version=1, text="のぞき")
    with acting_in(world.chiba), pytest.raises(NotPermitted):
        actions.answer_case(actor=member(world.chiba), now=NOW, case=case, version=1, text="自分で")
    assert state_of(case) == (Case.State.NEW, 1, 0)
    assert queries.own_cases(actor=member(world.chiba, sections=frozenset({"市民課"}))).rows == []
    assert len(queries.own_cases(actor=member(world.chiba, sections=frozenset({"税務課"}))).rows) == 1


def test_A02_a_shared_wish_is_read_by_all_without_whose_it_is_and_supported_once(
    world: Any, client_for: Any
) -> None:
    wish = a_case("wish", body=world.chiba, title="千葉市の一覧を並べ替えたい", asked_by="千葉 太郎")
    matsudo = client_for(world.at_matsudo.clerk)
    support = f"/matsudo-shi/office/desk/wishes/{wish.number}/support/"
    assert matsudo.post(support, {}).status_code == 404
    wishes.share_case(**BY, case=wish, version=1, title="一覧の並べ替え", text="列ごとに並べ替える。")
    text = matsudo.get("/matsudo-shi/office/desk/wishes/").content.decode()
    assert "一覧の並べ替え" in text
    assert "千葉 太郎" not in text and "千葉市の一覧" not in text
    assert matsudo.post(support, {"text": "こちらでも"}).status_code == 302
    assert matsudo.post(support, {}).status_code == 422
    with acting_in(world.chiba), pytest.raises(wishes.SupportedAlready):
        wishes.support_wish(actor=member(world.chiba), now=NOW, wish=wish)
    assert [one.body for one in wish.likes.all()] == [world.matsudo]
    (listed,) = queries.shared_cases(body=world.matsudo, wishes=True)
    assert (listed.supporters, listed.supported) == (1, True)
    wish.refresh_from_db()
    wishes.share_case(**BY, case=wish, version=wish.version, title="", text="", shared=False)
    assert "一覧の並べ替え" not in matsudo.get("/matsudo-shi/office/desk/wishes/").content.decode()


def test_M11_the_member_is_told_of_each_answer_once(world: Any) -> None:
    from moyai.notices.public import notices_about

    case = a_case(body=world.chiba)
    case = actions.answer_case(**BY, case=case, version=1, text="再起動してください。")
    for _twice in range(2):
        tell_of_case(case_id=case.pk, version=case.version, now=NOW + minutes(1))
    with acting_in(world.chiba):
        (told,) = notices_about(case)
    assert case.number in told.subject and "再起動してください。" in told.text
    with acting_in(world.matsudo):
        assert notices_about(case) == []


def test_M11_the_desk_lists_by_views_and_key_in_few_queries(
    world: Any, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    made = [a_case(came_at=NOW - minutes(n)) for n in range(queries.PAGE_ROWS + 3)]
    mine = actions.assign_case(**BY, case=made[0], version=1, assignee=world.secretary.name)
    wanted = queries.Wanted()
    first = queries.desk(actor=secretary(), now=NOW, wanted=wanted)
    assert [row.pk for row in first.rows] == [row.pk for row in made[: queries.PAGE_ROWS]]
    second = queries.desk(actor=secretary(), now=NOW, wanted=queries.Wanted(after=first.older))
    assert [row.pk for row in second.rows] == [row.pk for row in made[queries.PAGE_ROWS :]]
    assert not second.older
    back = queries.desk(actor=secretary(), now=NOW, wanted=queries.Wanted(before=second.newer))
    assert [row.pk for row in back.rows] == [row.pk for row in first.rows]
    client = client_for(world.secretary)
    client.get(DESK)
    with django_assert_max_num_queries(14):
        assert client.get(f"{DESK}?view=mine").status_code == 200
    assert mine.title in client.get(f"{DESK}?view=mine").content.decode()
    for view in queries.VIEWS:
        assert client.get(f"{DESK}?view={view}&q=入札").status_code == 200
    assert client.get(f"{DESK}?after=x.y&before=9").status_code == 200


def test_M11_steps_are_never_changed_or_removed(world: Any) -> None:
    from django.db import DatabaseError, transaction

    case = a_case()
    actions.note_on_case(**BY, case=case, text="控え")
    for act in (
        lambda: CaseStep.objects.filter(case=case).update(text="書き換え"),
        lambda: CaseStep.objects.filter(case=case).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert [step.text for step in CaseStep.objects.filter(case=case)] == ["控え"]


def test_M11_every_act_has_its_page_and_an_auditor_only_reads(world: Any, client_for: Any) -> None:
    from moyai.operations.secretariat.desk_acts import ACTS

    wish = a_case("wish", body=world.chiba)
    desk, auditor = client_for(world.secretary), client_for(world.auditor)
    for act in ACTS:
        assert desk.get(f"{DESK}cases/{wish.number}/{act}/").status_code == 200
    assert auditor.get(f"{DESK}cases/{wish.number}/").status_code == 200
    assert "回答する" not in auditor.get(f"{DESK}cases/{wish.number}/").content.decode()
    assert (
        auditor.post(f"{DESK}cases/{wish.number}/answer/", {"version": "1", "text": "x"}).status_code == 403
    )
    assert state_of(wish) == (Case.State.NEW, 1, 0)
    for path in ("kinds/", "kinds/wish/", "kinds/new/", "figures/", "figures/?table=cases&format=csv"):
        assert desk.get(f"{DESK}{path}").status_code == 200
    saved = desk.post(
        f"{DESK}kinds/wish/", {"name": "要望・改善", "ends_in_decision": "on", "answer_minutes": "1,050"}
    )
    assert saved.status_code == 302
    changed = {kind.code: kind for kind in queries.kinds()}["wish"]
    assert (changed.name, changed.answer_minutes, changed.ends_in_decision) == ("要望・改善", 1_050, True)
