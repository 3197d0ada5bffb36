"""The secretariat's pages of committees, offices, candidates and ranges: as of any day, and what they refuse."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from moyai.council.actions.candidates import (
    AlreadyInvited,
    JoinsWhen,
    JoinsWho,
    NoSuchStep,
    StepGoesBack,
    StepTaken,
    VendorNotAgreed,
    invite,
    note_candidate,
)
from moyai.council.actions.committees import rename_committee
from moyai.council.actions.offices import create_office
from moyai.council.actions.seats import end_seat, take_seat
from moyai.council.actions.spans import NotInCouncilThen
from moyai.council.actions.uses import begin_use
from moyai.council.actions.voting_rules import NotAPart, VotingRuleKnown, set_voting_rule
from moyai.council.models import (
    AccountLine,
    Candidate,
    Committee,
    CostLine,
    Office,
    Payer,
    Seat,
    SpecialAccount,
    Term,
    VotingRule,
)
from moyai.council.queries.bodies import candidates_on, comparison_on
from moyai.council.queries.sitting import voting_rule_on
from moyai.council.tests.rooms import SINCE, committee_of, founded_body
from moyai.tenants.public import Body, Service, ServiceUse, clock
from moyai.web.demo_council import load_council

YEAR_END = date(2018, 3, 31)


@pytest.fixture
def by(world):
    return {"actor": world.actor(world.secretary, None), "now": clock.now()}


@pytest.fixture
def secretary(world, client_for):
    return client_for(world.secretary)


def said(answer: Any) -> str:
    return answer.content.decode()


def file_of(answer: Any) -> str:
    return b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode("utf-8-sig")


def test_O36_O37_groups_stand_on_their_pages_with_who_sat_on_the_day(by, secretary) -> None:
    sites = {"O36": ["豊能町", "河南町", "千早赤阪村"], "O37": ["阪南市", "太子町"]}
    number = 0
    for row, names in sites.items():
        one = committee_of(by, f"osaka-{row.lower()}", f"大阪府版自治体クラウド（{'・'.join(names)}）")
        for name in names:
            number += 1
            body = founded_body(f"2730{number:02d}", name, f"o-{number}", kind="town")
            take_seat(**by, committee=one, body=body, from_on=SINCE)
    for row, names in sites.items():
        answer = secretary.get(f"/council/committees/osaka-{row.lower()}/?on=R2.3.31")
        assert answer.status_code == 200
        assert f"構成員（{len(names)}）" in said(answer)
        for name in names:
            assert name in said(answer)
        csv = file_of(secretary.get(f"/council/committees/osaka-{row.lower()}/?on=2020-03-31&format=csv"))
        assert csv.count("会員") == len(names)


def test_O121_the_liaison_of_all_43_municipalities_counts_43(by, secretary) -> None:
    one = committee_of(by, "govtech", "大阪市町村スマートシティ推進連絡会議（GovTech大阪）")
    for number in range(43):
        body = founded_body(f"2740{number:02d}", f"府内第{number + 1}市", f"g-{number}")
        take_seat(**by, committee=one, body=body, from_on=date(2020, 4, 1))
    found = json.loads(file_of(secretary.get("/council/committees/?on=2020-04-01&format=json")))
    assert "43" in json.dumps(found, ensure_ascii=False)
    assert "構成員（43）" in said(secretary.get("/council/committees/govtech/?on=2020-04-01"))
    assert "構成員（0）" in said(secretary.get("/council/committees/govtech/?on=2020-03-31"))


def test_O19_the_page_says_the_name_and_the_form_of_the_day(by, secretary) -> None:
    osaka = committee_of(by, "osaka", "大阪電子自治体推進協議会", from_on=date(2002, 4, 25))
    rename_committee(
        **by, committee=osaka, name="大阪電子自治体連絡会", form="studying", from_on=date(2015, 4, 1)
    )
    before = said(secretary.get("/council/committees/osaka/?on=H27.3.31"))
    after = said(secretary.get("/council/committees/osaka/?on=H27.4.1"))
    assert "<h1>大阪電子自治体推進協議会</h1>" in before
    assert "なれない（調査研究の組織体）" not in before
    assert "<h1>大阪電子自治体連絡会</h1>" in after
    assert "なれない（調査研究の組織体）" in after


def test_Y02_the_later_groups_page_shows_who_left_the_earlier_one_and_why(by, secretary, world) -> None:
    earlier = committee_of(by, "study", "4市6町検討会議")
    seat = take_seat(**by, committee=earlier, body=world.matsudo, from_on=SINCE)
    end_seat(**by, seat=seat, until_on=YEAR_END, why_left="経費削減効果が期待できないため")
    committee_of(by, "joint", "共同利用推進会議", from_on=date(2018, 4, 1), follows=earlier)
    text = said(secretary.get("/council/committees/joint/?on=H30.4.1"))
    assert "前身：4市6町検討会議" in text
    assert "経費削減効果が期待できないため" in text
    assert "後身：共同利用推進会議" in said(secretary.get("/council/committees/study/"))


def test_the_list_and_the_page_of_a_committee_cost_the_same_however_many_there_are(
    by, secretary, world, django_assert_max_num_queries
) -> None:
    for number in range(15):
        one = committee_of(by, f"wg-{number}", f"第{number}部会")
        take_seat(**by, committee=one, body=world.chiba, from_on=SINCE)
    secretary.get("/council/committees/")
    with django_assert_max_num_queries(14):
        secretary.get("/council/committees/?on=H30.4.1")
    with django_assert_max_num_queries(24):
        secretary.get("/council/committees/wg-3/?on=H30.4.1")


def test_secretary_sets_up_a_committee_a_seat_an_office_and_a_term_on_the_pages(secretary, world) -> None:
    posted = {"code": "board", "name": "幹事会", "kind": "board", "form": "contracting", "from_on": "H29.4.1"}
    assert secretary.post("/council/committees/new/", posted).status_code == 302
    again = secretary.post("/council/committees/new/", posted)
    assert again.status_code == 409
    assert "この記号の会議体は、すでにあります。" in said(again)
    seat = {"body": world.chiba.code, "capacity": "member", "from_on": "H29.4.1"}
    assert secretary.post("/council/committees/board/seats/new/", seat).status_code == 302
    twice = secretary.post("/council/committees/board/seats/new/", seat | {"from_on": "H30.4.1"})
    assert twice.status_code == 409
    assert 'id="id_from_on-error' in said(twice) or "期間が重なります" in said(twice)
    assert Seat.objects.count() == 1
    office = {"code": "chair", "name": "幹事長", "holders": "1", "term_years": "2", "from_on": "H29.4.1"}
    assert secretary.post("/council/committees/board/offices/new/", office).status_code == 302
    found = Office.objects.get()
    term = {"body": world.chiba.code, "place": "1", "from_on": "H29.4.1", "holder": "情報政策課長"}
    assert secretary.post(f"/council/offices/{found.pk}/appoint/", term).status_code == 302
    assert Term.objects.get().until_on == date(2019, 3, 31)
    late = secretary.post(f"/council/offices/{found.pk}/appoint/", term | {"from_on": "H31.3.31"})
    assert late.status_code == 409
    assert "任期が重なります" in said(late)
    assert Term.objects.count() == 1
    listed = said(secretary.get("/council/offices/?on=H30.4.1"))
    assert "情報政策課長" in listed
    assert "欠員が1あります。" in said(secretary.get("/council/offices/?on=H31.4.1"))


@pytest.mark.parametrize(
    "path",
    [
        "committees/new/",
        "committees/board/rename/",
        "committees/board/abolish/",
        "committees/board/seats/new/",
        "committees/board/offices/new/",
        "committees/board/voting/",
        "candidates/new/",
        "members/chiba-shi/leave/",
    ],
)
def test_an_empty_form_is_refused_beside_its_fields_and_nothing_is_stored(by, secretary, path) -> None:
    committee_of(by, "board", "幹事会", kind="board")
    before = [model.objects.count() for model in (Committee, Seat, Office, VotingRule, Candidate)]
    answer = secretary.post(f"/council/{path}", {"nothing": "1"})
    assert answer.status_code == 422
    assert "mo-error" in said(answer) or "error" in said(answer)
    assert [model.objects.count() for model in (Committee, Seat, Office, VotingRule, Candidate)] == before
    assert Body.objects.filter(until_on__isnull=False).count() == 0


def test_Y25_the_rotation_on_the_page_proposes_the_next_turn_and_appoints_it(by, secretary, world) -> None:
    council = committee_of(by, "council", "推進会議", kind="assembly", open_to_all=True)
    office = create_office(
        **by,
        committee=council,
        code="chair",
        name="会長",
        term_years=2,
        rotation=[world.chiba.code, world.matsudo.code],
        rotation_from=2018,
        rotation_until=2021,
        from_on=SINCE,
    )
    text = said(secretary.get(f"/council/offices/{office.pk}/"))
    assert "平成30年度からの順番（千葉市）で選任する" in text
    assert secretary.post(f"/council/offices/{office.pk}/turn/", {"year": "2018"}).status_code == 302
    assert secretary.post(f"/council/offices/{office.pk}/turn/", {"year": "2019"}).status_code == 409
    assert Term.objects.count() == 1
    assert "令和2年度からの順番（松戸市）で選任する" in said(secretary.get(f"/council/offices/{office.pk}/"))
    over = secretary.post(f"/council/offices/{office.pk}/turn/", {"year": "2022"})
    assert over.status_code == 422
    assert "輪番は2021年度までです。" in said(over)
    csv = file_of(secretary.get(f"/council/offices/{office.pk}/?format=csv"))
    assert csv.count("千葉市") == 2  # whose turn, and who was appointed
    assert csv.count("松戸市") == 1


def test_Y28_a_candidate_goes_from_invitation_to_membership_with_the_vendors_consent(by, world) -> None:
    group = committee_of(by, "cloud", "自治体クラウドグループ", kind="group")
    first = invite(**by, committee=group, name="", body=world.matsudo, noted_on=date(2018, 1, 10))
    second = note_candidate(
        **by, candidate=first, state="considering", noted_on=date(2018, 2, 1), note="試算を依頼"
    )
    third = note_candidate(
        **by, candidate=second, state="agreed", noted_on=date(2018, 5, 1), wanted_from=date(2019, 4, 1)
    )
    with pytest.raises(VendorNotAgreed):
        note_candidate(**by, candidate=third, state="joined", noted_on=date(2018, 6, 1))
    assert not Seat.objects.exists()
    note_candidate(**by, candidate=third, state="joined", noted_on=date(2018, 6, 1), vendor_agrees=True)
    seat = Seat.objects.get()
    assert (seat.body, seat.from_on) == (world.matsudo, date(2019, 4, 1))
    assert [one.state for one in candidates_on(date(2018, 1, 31))] == ["invited"]
    assert [one.state for one in candidates_on(date(2018, 4, 30))] == ["considering"]
    assert [one.state for one in candidates_on(date(2019, 1, 1))] == ["joined"]
    assert Candidate.objects.count() == 4


def test_Y28_steps_that_cannot_be_are_refused_and_none_is_added(by, world) -> None:
    group = committee_of(by, "cloud", "自治体クラウドグループ", kind="group")
    first = invite(**by, committee=group, name="新宮町", noted_on=date(2018, 1, 10), vendor_agrees=True)
    with pytest.raises(AlreadyInvited):
        invite(**by, committee=group, name="新宮町", noted_on=date(2018, 2, 10))
    with pytest.raises(NoSuchStep):
        note_candidate(**by, candidate=first, state="joined", noted_on=date(2018, 2, 1))
    with pytest.raises(StepGoesBack):
        note_candidate(**by, candidate=first, state="agreed", noted_on=date(2018, 1, 9))
    agreed = note_candidate(**by, candidate=first, state="agreed", noted_on=date(2018, 2, 1))
    with pytest.raises(StepTaken):  # another secretary had the older page open
        note_candidate(**by, candidate=first, state="declined", noted_on=date(2018, 2, 2))
    with pytest.raises(JoinsWhen):
        note_candidate(**by, candidate=agreed, state="joined", noted_on=date(2018, 3, 1))
    with pytest.raises(JoinsWho):
        note_candidate(
            **by, candidate=agreed, state="joined", noted_on=date(2018, 3, 1), wanted_from=date(2018, 4, 1)
        )
    assert Candidate.objects.count() == 2
    assert not Seat.objects.exists()


def test_Y28_secretary_notes_a_step_on_the_page_and_an_old_page_is_told(by, secretary, world) -> None:
    group = committee_of(by, "cloud", "自治体クラウドグループ", kind="group")
    first = invite(**by, committee=group, name="新宮町", noted_on=date(2018, 1, 10))
    step = {"state": "considering", "noted_on": "H30.2.1", "note": "勉強会に参加"}
    assert secretary.post(f"/council/candidates/{first.pk}/", step).status_code == 302
    late = secretary.post(f"/council/candidates/{first.pk}/", step | {"state": "declined"})
    assert late.status_code == 409
    assert "ほかの方が、先に次の段階を記録しました。" in said(late)
    assert Candidate.objects.count() == 2
    newest = Candidate.objects.get(state="considering")
    assert secretary.get(f"/council/candidates/{first.pk}/")["Location"].endswith(f"/{newest.pk}/")
    assert "勉強会に参加" in said(secretary.get("/council/candidates/?on=H30.2.1"))
    assert "勉強会に参加" not in said(secretary.get("/council/candidates/?on=H30.1.31"))


def test_a_voting_rule_is_that_of_the_day_and_none_twice_a_day(by) -> None:
    board = committee_of(by, "board", "幹事会", kind="board")
    set_voting_rule(**by, committee=board, from_on=SINCE, source="会則第9条")
    set_voting_rule(**by, committee=board, from_on=date(2018, 4, 1), source="改正会則第9条", majority="2/3",
                    majority_suffices=True)  # fmt: skip
    set_voting_rule(
        **by, committee=board, from_on=SINCE, source="会則第20条", name="特別議決", majority="4/5"
    )
    assert voting_rule_on(board, YEAR_END).source == "会則第9条"
    assert voting_rule_on(board, date(2018, 4, 1)).majority_denominator == 3
    assert voting_rule_on(board, YEAR_END, "特別議決").majority_numerator == 4
    assert voting_rule_on(board, date(2017, 3, 31)) is None
    with pytest.raises(VotingRuleKnown):
        set_voting_rule(**by, committee=board, from_on=SINCE, source="別の条")
    for wrong in ("3/2", "1/0", "半分", "0.5"):
        with pytest.raises(NotAPart):
            set_voting_rule(**by, committee=board, from_on=date(2019, 4, 1), source="条", quorum=wrong)
    assert VotingRule.objects.count() == 3


@pytest.fixture
def chiba(world, by):
    """千葉県の協議会: 56 members; the three cost lines of 電子調達 have 55, 46 and 56 payers (C05)."""
    load_council()
    bodies = {body.name: body for body in Body.objects.all()}
    service = Service.objects.get(code="procurement")
    account = SpecialAccount.objects.create(
        code="procurement", name="電子調達", service=service, from_on=SINCE
    )
    line = AccountLine.objects.create(account=account, side="income", code="burden", name="負担金")
    in_order = sorted(bodies.values(), key=lambda body: body.code)
    for place, (code, name, count) in enumerate(
        (("operation", "運営管理費", 55), ("company", "企業情報使用料", 46), ("change", "システム改修費", 56))
    ):
        cost = CostLine.objects.create(
            account=account, line=line, code=code, name=name, position=place, from_on=SINCE
        )
        for body in in_order[:count]:
            Payer.objects.create(cost_line=cost, body=body, from_on=SINCE)
    section = committee_of(by, "procurement", "電子調達部会", kind="section", service=service)
    for body in in_order[:4]:
        take_seat(**by, committee=section, body=body, from_on=SINCE)
    return bodies


def test_C25_C05_one_page_compares_who_uses_who_pays_and_who_sits(chiba, secretary) -> None:
    found = comparison_on(YEAR_END, "procurement")
    assert {one.key: len(one.bodies) for one in found.circles} == {
        "council": 56,
        "uses-procurement": 56,
        "pays-procurement-operation": 55,
        "pays-procurement-company": 46,
        "pays-procurement-change": 56,
        "sits-procurement": 4,
    }
    text = said(secretary.get("/council/comparison/?service=procurement&on=2018-03-31"))
    assert "負担：企業情報使用料" in text
    csv = file_of(secretary.get("/council/comparison/?service=procurement&on=2018-03-31&format=csv"))
    assert csv.splitlines()[-1] == "団体数,56,56,55,46,56,4"


def test_C26_C29_the_same_page_shows_the_other_services(chiba, secretary) -> None:
    counts = {one.key: len(one.bodies) for one in comparison_on(YEAR_END).circles}
    assert (counts["uses-applications"], counts["uses-reservations"]) == (21, 11)
    csv = file_of(secretary.get("/council/comparison/?on=2018-03-31&format=csv"))
    assert len(csv.splitlines()) == 1 + 56 + 1


def test_the_comparison_costs_the_same_for_every_number_of_bodies(
    chiba, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(11):
        comparison_on(YEAR_END)


def test_a_member_that_left_in_mid_year_falls_out_of_every_range_from_the_day_after(
    chiba, secretary, by
) -> None:
    body = chiba["松戸市"]
    posted = {"until_on": "H30.3.30", "why": "合併"}
    assert secretary.post(f"/council/members/{body.slug}/leave/", posted).status_code == 302
    before = {one.key for one in comparison_on(date(2018, 3, 30)).circles if body.pk in one.bodies}
    assert {"council", "uses-procurement", "pays-procurement-change"} <= before
    assert not [one.key for one in comparison_on(YEAR_END).circles if body.pk in one.bodies]
    assert Payer.objects.filter(body=body).count() >= 2  # nothing is removed
    again = secretary.post(f"/council/members/{body.slug}/leave/", posted)
    assert again.status_code == 409
    assert "この団体の脱退は、すでに登録されています。" in said(again)
    book = said(secretary.get(f"/council/members/{body.slug}/"))
    assert "平成30年3月30日まで" in book
    body.refresh_from_db()
    with pytest.raises(NotInCouncilThen):
        begin_use(**by, service=Service.objects.get(code="reservations"), body=body, from_on=date(2018, 4, 1))
    assert not ServiceUse.objects.filter(body=body, from_on=date(2018, 4, 1)).exists()


def test_auditor_reads_every_register_but_changes_none(by, world, client_for) -> None:
    committee_of(by, "board", "幹事会", kind="board")
    client = client_for(world.auditor)
    for path in ("committees/", "committees/board/", "offices/", "candidates/", "comparison/"):
        assert client.get(f"/council/{path}").status_code == 200
    answer = client.post("/council/committees/board/abolish/", {"until_on": "R9.3.31"})
    assert answer.status_code == 403
    assert Committee.objects.get().until_on is None
