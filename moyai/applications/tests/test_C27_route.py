"""決裁の経路, 課ごとの見え方, 受理のときの請求と番号, 延長, 保存した一覧."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from moyai.applications import flow
from moyai.applications.actions.bulk import accept_many, decide_many
from moyai.applications.actions.corrections import answer_correction, cancel_correction, request_correction
from moyai.applications.actions.decisions import decide, propose, send_back
from moyai.applications.actions.payment import lapse_unpaid, mark_paid
from moyai.applications.actions.review import NotExtendable, ReasonMissing, accept, cancel, extend
from moyai.applications.actions.route import NotYourStep, RouteNotFinished, answer_step
from moyai.applications.actions.views import NameTaken, save_view
from moyai.applications.jobs import payments
from moyai.applications.jobs.payments import lapse_one
from moyai.applications.jobs.places import charge_placed
from moyai.applications.models import (
    Application,
    Correction,
    Decision,
    FollowUp,
    History,
    Pool,
    RouteStep,
    Taking,
)
from moyai.applications.queries.cases import case_by_number
from moyai.applications.queries.inbox import Wanted, inbox
from moyai.applications.queries.route import current_steps, standing_steps
from moyai.applications.tests.conftest import DOCUMENT, apply, make_procedure
from moyai.applications.tests.test_places_actions import TAKES
from moyai.audit.public import NotPermitted
from moyai.money.public import charges_about
from moyai.notices.public import notices_about
from moyai.people.public import Membership
from moyai.tenants.public import Actor, acting_in, clock

ROUTE = [
    {"position": 1, "name": "広報課の合議", "kind": "consult", "section": "広報課", "days": 3},
    {"position": 1, "name": "財政課の合議", "kind": "consult", "section": "財政課", "days": 3},
    {"position": 2, "name": "課長の決裁", "kind": "approve", "section": "", "days": 0},
]
FEE = {
    **DOCUMENT,
    "constants": {"month_yen": {"label": "1か月", "value": 2000, "source": "条例 別表"}},
    "fee": {
        "lines": [
            {
                "id": "months",
                "label": "利用料",
                "unit_yen": {"constant": "month_yen"},
                "quantity": {"field": "months"},
            }
        ]
    },
}


def of_section(actor: Actor, *sections: str) -> Actor:
    return replace(actor, sections=frozenset(sections))


@pytest.fixture
def routed(in_chiba: datetime, staff: dict[str, Actor]) -> Application:
    """An application of a procedure with a route, in review."""
    procedure = make_procedure(actor=staff["administrator"], now=in_chiba, route=ROUTE)
    application = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    return accept(actor=staff["clerk"], now=in_chiba, application=application)


def steps(application: Application) -> dict[str, RouteStep]:
    return {one.name: one for one in standing_steps(application)}


def test_two_sections_agree_side_by_side_and_then_the_approver_decides(
    routed: Application, staff: dict[str, Actor], in_chiba: datetime
) -> None:
    clerk, approver, second = staff["clerk"], staff["approver"], staff["second_clerk"]
    common: dict[str, Any] = {"now": in_chiba, "application": routed}
    with pytest.raises(RouteNotFinished):  # nothing is decided past the route
        decide(actor=approver, kind=flow.APPROVED, **common)
    propose(actor=clerk, kind=flow.APPROVED, **common)
    asked = steps(routed)
    assert {one.name for one in current_steps(asked.values())} == {"広報課の合議", "財政課の合議"}
    with pytest.raises(RouteNotFinished, match="広報課の合議、財政課の合議"):
        decide(actor=approver, kind=flow.APPROVED, **common)
    public = of_section(second, "広報課")
    with pytest.raises(NotYourStep):  # another section's
        answer_step(actor=public, step=asked["財政課の合議"], agrees=True, **common)
    with pytest.raises(NotYourStep):  # one's own proposal
        answer_step(actor=clerk, step=asked["広報課の合議"], agrees=True, **common)
    answer_step(actor=public, step=asked["広報課の合議"], agrees=True, **common)
    with pytest.raises(NotYourStep):  # twice in a round
        answer_step(actor=second, step=asked["財政課の合議"], agrees=True, **common)
    finance = of_section(staff["administrator"], "財政課")
    with pytest.raises(ReasonMissing):
        answer_step(actor=finance, step=asked["財政課の合議"], agrees=False, **common)
    answer_step(actor=finance, step=asked["財政課の合議"], agrees=False, words="予算に注意。", **common)
    with pytest.raises(NotYourStep):  # the last 決裁 is the decision itself
        answer_step(actor=approver, step=asked["課長の決裁"], agrees=True, **common)
    decide(actor=approver, kind=flow.APPROVED, **common)
    after = steps(routed)
    assert [after[one["name"]].state for one in ROUTE] == ["agreed", "objected", "agreed"]
    assert after["課長の決裁"].by_account_id == approver.account_id
    assert Decision.objects.get(application=routed).decided_by == approver.name


def test_sending_back_ends_the_round_and_the_next_proposal_asks_everybody_anew(
    routed: Application, staff: dict[str, Actor], in_chiba: datetime
) -> None:
    common: dict[str, Any] = {"now": in_chiba, "application": routed}
    propose(actor=staff["clerk"], kind=flow.APPROVED, **common)
    first = steps(routed)
    answer_step(actor=staff["second_clerk"], step=first["広報課の合議"], agrees=True, **common)
    send_back(actor=staff["approver"], reason="根拠を書いてください。", **common)
    states = {one.name: one.state for one in RouteStep.objects.filter(application=routed)}
    assert states == {"広報課の合議": "agreed", "財政課の合議": "sent_back", "課長の決裁": "ended"}
    with pytest.raises(NotYourStep):
        answer_step(actor=staff["administrator"], step=first["財政課の合議"], agrees=True, **common)
    propose(actor=staff["clerk"], kind=flow.APPROVED, **common)
    again = standing_steps(routed)
    assert {one.round for one in again} == {2} and {one.state for one in again} == {"waiting"}


def test_bulk_leaves_out_what_has_not_gone_its_route(
    routed: Application, staff: dict[str, Actor], in_chiba: datetime
) -> None:
    done = decide_many(actor=staff["approver"], now=in_chiba, application_ids=[routed.pk], kind=flow.APPROVED)
    assert not done.done and "経路" in done.left_out[routed.pk]
    routed.refresh_from_db()
    assert routed.status == flow.REVIEWING and not Decision.objects.filter(application=routed).exists()


# -- A21: sections ------------------------------------------------------------------------------------------------
def test_attack_A21_staff_of_another_section_see_change_and_list_nothing(
    routed: Application, staff: dict[str, Actor], in_chiba: datetime
) -> None:
    mine, other = of_section(staff["clerk"], "自転車政策課"), of_section(staff["clerk"], "税務課")
    number = routed.public_number
    assert case_by_number(actor=mine, number=number) is not None
    assert case_by_number(actor=other, number=number) is None
    assert [row.pk for row in inbox(actor=mine, now=in_chiba, wanted=Wanted()).rows] == [routed.pk]
    for wanted in (Wanted(), Wanted(words=number), Wanted(view="closed"), Wanted(view="asked")):
        assert routed not in inbox(actor=other, now=in_chiba, wanted=wanted).rows
    new = apply(actor=staff["resident"], now=in_chiba, procedure=routed.procedure)
    done = accept_many(actor=other, now=in_chiba, application_ids=[new.pk])
    assert not done.done and Application.objects.get(pk=new.pk).status == flow.RECEIVED


def test_attack_A21_a_section_that_is_asked_sees_the_case_and_no_other(
    routed: Application, staff: dict[str, Actor], in_chiba: datetime
) -> None:
    finance = of_section(staff["second_clerk"], "財政課")
    other = apply(actor=staff["resident"], now=in_chiba, procedure=routed.procedure)
    assert case_by_number(actor=finance, number=routed.public_number) is None
    propose(actor=staff["clerk"], now=in_chiba, application=routed, kind=flow.APPROVED)
    assert case_by_number(actor=finance, number=routed.public_number) is not None
    assert case_by_number(actor=finance, number=other.public_number) is None
    asked = inbox(actor=finance, now=in_chiba, wanted=Wanted(view="asked"))
    assert [row.pk for row in asked.rows] == [routed.pk]


def test_attack_A21_every_page_of_a_case_is_absent_for_another_section(
    client_for: Callable[[Any], Client], world: Any
) -> None:
    with acting_in(world.chiba) as now:
        administrator = world.actor(world.at_chiba.administrator, world.chiba)
        procedure = make_procedure(actor=administrator, now=now, route=ROUTE, extend_days=30)
        application = apply(actor=Actor.anyone(world.chiba), now=now, procedure=procedure)
    base = f"/chiba-shi/office/applications/{application.public_number}/"
    addresses = [
        base,
        *(base + name for name in ("files/", "history/", "notes/", "letters/", "route/", "assign/")),
        base + "acts/accept/",
        base + "give-back/",
        f"/chiba-shi/office/procedures/{procedure.code}/",
    ]
    client = client_for(world.at_chiba.clerk)
    assert [client.get(address).status_code for address in addresses] == [200] * len(addresses)
    Membership.objects.filter(account=world.at_chiba.clerk, body=world.chiba).update(section="税務課")
    assert [client.get(address).status_code for address in addresses] == [404] * len(addresses)
    assert client.post(base + "acts/accept/", {"version": "1"}).status_code == 404
    with acting_in(world.chiba):
        assert Application.objects.get(pk=application.pk).status == flow.RECEIVED


# -- what 受理 does -----------------------------------------------------------------------------------------------
def charged(staff: dict[str, Actor], now: datetime, **facts: Any) -> Application:
    procedure = make_procedure(
        actor=staff["administrator"],
        now=now,
        document=FEE,
        charge_when="accept",
        pay_within_days=7,
        unpaid_lapses=True,
        case_number_kind="受付番号",
        **facts,
    )
    return apply(actor=staff["resident"], now=now, procedure=procedure, months=3)


def test_the_fee_waits_for_the_office_and_payment_is_the_last_step(
    staff: dict[str, Actor], in_chiba: datetime
) -> None:
    application = charged(staff, in_chiba, paid_completes=True)
    assert application.fee_yen == 6000 and application.payment == "none" and not charges_about(application)
    row = accept(actor=staff["clerk"], now=in_chiba, application=application)
    [charge] = charges_about(row)
    assert (charge.amount_yen, row.payment, row.case_number) == (6000, "waiting", "00001")
    assert row.pay_until == charge.due_on
    assert "applications.payment_due" in {one.kind for one in notices_about(row)}
    row = mark_paid(actor=staff["resident"], now=in_chiba, application=row)
    row.refresh_from_db()
    assert row.status == flow.COMPLETED and row.closed_on == clock.today(in_chiba) and row.keep_until


def test_an_unpaid_one_lapses_after_its_day_and_not_before(
    staff: dict[str, Actor], in_chiba: datetime, world: Any
) -> None:
    row = accept(actor=staff["clerk"], now=in_chiba, application=charged(staff, in_chiba))
    system = Actor.system(world.chiba)
    last = datetime.combine(row.pay_until, datetime.min.time(), clock.JST) + timedelta(hours=23)
    lapse_unpaid(actor=system, now=last, application=row)
    assert Application.objects.get(pk=row.pk).status == flow.REVIEWING
    lapse_unpaid(actor=system, now=last + timedelta(hours=1), application=row)
    row = Application.objects.get(pk=row.pk)
    [charge] = charges_about(row)
    assert row.status == flow.LAPSED and row.payment == "none" and charge.state == "cancelled"
    lapse_unpaid(actor=system, now=last + timedelta(days=2), application=row)  # twice does nothing
    assert History.objects.filter(application=row, verb=flow.LAPSE).count() == 1


def test_bulk_acceptance_charges_and_numbers_each(staff: dict[str, Actor], in_chiba: datetime) -> None:
    first = charged(staff, in_chiba)
    second = apply(actor=staff["resident"], now=in_chiba, procedure=first.procedure, months=2)
    done = accept_many(actor=staff["clerk"], now=in_chiba, application_ids=[first.pk, second.pk])
    assert sorted(done.done) == [first.pk, second.pk]
    rows = Application.objects.filter(pk__in=done.done).order_by("pk")
    assert [row.case_number for row in rows] == ["00001", "00002"]
    assert [charges_about(row)[0].amount_yen for row in rows] == [6000, 4000]
    found = inbox(actor=staff["clerk"], now=in_chiba, wanted=Wanted(words="00002"))
    assert [row.pk for row in found.rows] == [second.pk]


# -- 延長, 参加の取消し, 一覧 ------------------------------------------------------------------------------------------
def test_a_period_is_extended_once_with_a_reason_the_applicant_reads(
    staff: dict[str, Actor], in_chiba: datetime
) -> None:
    procedure = make_procedure(actor=staff["administrator"], now=in_chiba, extend_days=30)
    row = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    due = row.due_on
    common: dict[str, Any] = {"now": in_chiba, "application": row}
    with pytest.raises(NotPermitted):
        extend(actor=staff["clerk"], reason="量が多いため。", **common)
    with pytest.raises(ReasonMissing):
        extend(actor=staff["approver"], reason=" ", **common)
    extend(actor=staff["approver"], reason="対象の文書が多いため。", **common)
    row.refresh_from_db()
    assert row.due_on == due + timedelta(days=30)
    assert any(
        "対象の文書が多いため" in one.text for one in notices_about(row) if one.kind.endswith("extended")
    )
    with pytest.raises(NotExtendable):
        extend(actor=staff["approver"], reason="もう一度。", **common)
    row.refresh_from_db()
    assert row.due_on == due + timedelta(days=30)


def test_only_what_needed_no_review_is_cancelled(staff: dict[str, Actor], in_chiba: datetime) -> None:
    course = make_procedure(actor=staff["administrator"], now=in_chiba, needs_review=False, code="course")
    row = apply(actor=staff["resident"], now=in_chiba, procedure=course)
    assert row.status == flow.COMPLETED
    row = cancel(actor=staff["resident"], now=in_chiba, application=row)
    assert row.status == flow.WITHDRAWN and not Correction.objects.filter(application=row).exists()


def test_a_view_is_saved_shared_and_removed(client_for: Callable[[Any], Client], world: Any) -> None:
    address = "/chiba-shi/office/applications/views/"
    client = client_for(world.at_chiba.approver)
    query = "view=received&q=%E9%AB%99%EF%A8%91&status=received&after=2026-01-01.5"
    answer = client.post(address, {"name": "受理待ち（共有）", "query": query, "shared": "on"})
    assert answer.status_code == 302
    assert answer["Location"].endswith("?view=received&status=received")  # no page, and no name of a person
    clerk = client_for(world.at_chiba.clerk)
    text = clerk.get("/chiba-shi/office/applications/").content.decode()
    assert "受理待ち（共有）" in text and "view=received&amp;status=received" in text
    assert client.post(address, {"name": "受理待ち（共有）", "query": ""}).status_code == 422
    with acting_in(world.chiba) as now, pytest.raises(NotPermitted):
        actor = world.actor(world.at_chiba.clerk, world.chiba)
        save_view(actor=actor, now=now, name="だれでも", query="", shared=True)
    with acting_in(world.chiba) as now, pytest.raises(NameTaken):
        actor = world.actor(world.at_chiba.approver, world.chiba)
        save_view(actor=actor, now=now, name="受理待ち（共有）", query="view=open")
    view_id = text.partition("受理待ち（共有）")[0] and client.get(address).content.decode()
    number = view_id.partition('name="remove" value="')[2].partition('"')[0]
    assert clerk.post(address, {"remove": number}).status_code in (403, 404)
    assert client.post(address, {"remove": number}).status_code == 302
    assert "受理待ち（共有）" not in clerk.get(address).content.decode()


def test_a_granted_application_plans_what_follows_and_a_rejected_one_does_not(
    staff: dict[str, Actor], in_chiba: datetime
) -> None:
    make_procedure(actor=staff["administrator"], now=in_chiba, code="report")
    first = make_procedure(
        actor=staff["administrator"], now=in_chiba, code="grant", follow_code="report", follow_days=30
    )
    for kind, planned in ((flow.APPROVED, 1), (flow.REJECTED, 0)):
        row = apply(actor=staff["resident"], now=in_chiba, procedure=first)
        accept(actor=staff["clerk"], now=in_chiba, application=row)
        decide(actor=staff["approver"], now=in_chiba, application=row, kind=kind, reason="条例第5条。")
        asked = FollowUp.objects.filter(application=row)
        assert asked.count() == planned
        assert all(one.ask_on == clock.today(in_chiba) + timedelta(days=30) for one in asked)


# -- what is not paid ----------------------------------------------------------------------------------------------
def test_nothing_lapses_while_others_have_to_act(
    staff: dict[str, Actor], in_chiba: datetime, world: Any
) -> None:
    row = accept(actor=staff["clerk"], now=in_chiba, application=charged(staff, in_chiba))
    request_correction(
        actor=staff["clerk"],
        now=in_chiba,
        application=row,
        items=[("months", "利用する月数", "確かめてください。")],
        deadline_on=clock.today(in_chiba) + timedelta(days=60),
    )
    late = in_chiba + timedelta(days=40)
    lapse_one(application_id=row.pk, now=late)
    row.refresh_from_db()
    assert (row.status, row.payment) == (flow.RETURNED, "waiting")
    cancel_correction(actor=staff["clerk"], now=late, application=row)
    lapse_one(application_id=row.pk, now=late)
    row.refresh_from_db()
    assert row.status == flow.LAPSED


def test_an_unpaid_course_without_review_lapses_and_its_place_is_free_again(
    staff: dict[str, Actor], in_chiba: datetime, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = {"needs_review": False, "issues_letter": False, "unpaid_lapses": True, "pay_within_days": 3}
    procedure = make_procedure(
        actor=staff["administrator"], now=in_chiba, document=TAKES | FEE | {"takes": TAKES["takes"]}, **course
    )
    pool = Pool.objects.create(
        body_id=procedure.body_id, procedure=procedure, key="moped", label="午前", capacity=4
    )
    moped: dict[str, Any] = {"kind": "moped", "plate": "千葉市 い 12", "months": 2}
    unpaid, paid = (
        apply(actor=staff["resident"], now=in_chiba, procedure=procedure, **moped) for _ in range(2)
    )
    mark_paid(actor=staff["resident"], now=in_chiba, application=paid)
    found: list[int] = []
    monkeypatch.setattr(payments, "later", lambda _job, application_id: found.append(application_id))
    late = in_chiba + timedelta(days=20)
    payments.lapse(body=world.chiba, now=late)
    assert found == [unpaid.pk]
    for each in (unpaid, paid):
        lapse_one(application_id=each.pk, now=late)
        each.refresh_from_db()
    pool.refresh_from_db()
    assert (unpaid.status, paid.status, pool.taken) == (flow.LAPSED, flow.COMPLETED, 2)
    assert [one.state for one in charges_about(unpaid)] == ["cancelled"]


def test_a_fee_that_a_correction_brings_waits_for_the_place_too(
    staff: dict[str, Actor], in_chiba: datetime
) -> None:
    line = FEE["fee"]["lines"][0] | {"show_if": {"gt": [{"field": "months"}, 1]}}
    document = FEE | {"takes": TAKES["takes"], "fee": {"lines": [line]}}
    procedure = make_procedure(actor=staff["administrator"], now=in_chiba, document=document)
    Pool.objects.create(
        body_id=procedure.body_id,
        procedure=procedure,
        key="moped",
        label="午前",
        capacity=4,
        mode=Pool.Mode.LOTTERY,
        draw_at=in_chiba + timedelta(days=9),
    )
    row = apply(
        actor=staff["resident"], now=in_chiba, procedure=procedure, kind="moped", plate="千葉市", months=1
    )
    accept(actor=staff["clerk"], now=in_chiba, application=row)
    request_correction(
        actor=staff["clerk"],
        now=in_chiba,
        application=row,
        items=[("months", "利用する月数", "確かめてください。")],
        deadline_on=clock.today(in_chiba) + timedelta(days=7),
    )
    row = answer_correction(actor=staff["resident"], now=in_chiba, application=row, corrected={"months": 2})
    assert (row.fee_yen, row.payment, charges_about(row)) == (4000, "none", [])
    Taking.objects.filter(application=row, state="entered").update(state="taken")  # drawn
    charge_placed(application_id=row.pk, now=in_chiba)
    assert [one.amount_yen for one in charges_about(row)] == [4000]
