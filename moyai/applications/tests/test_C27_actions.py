"""What staff and applicants do, by way of the actions: exact effects, refusals that change nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from moyai.applications import flow
from moyai.applications.actions.answers import AnswersRefused
from moyai.applications.actions.bulk import accept_many, assign_many, complete_many, decide_many
from moyai.applications.actions.corrections import DeadlinePassed, answer_correction, request_correction
from moyai.applications.actions.decisions import decide, fetch_letter, propose, send_back
from moyai.applications.actions.procedures import (
    CodeTaken,
    EditionNotFit,
    NothingToPublish,
    create_procedure,
    edit_procedure,
    publish_edition,
)
from moyai.applications.actions.review import ReasonMissing, accept, note, refuse, withdraw
from moyai.applications.actions.steps import ChangedMeanwhile
from moyai.applications.actions.submission import AnswersDiffer, NotAccepting, submit_application
from moyai.applications.models import Application, Correction, Decision, FormEdition, History, Procedure
from moyai.applications.queries import usable
from moyai.applications.queries.cases import by_number
from moyai.applications.secrets import new_token, secret_of
from moyai.applications.tests.conftest import DOCUMENT, FACTS, GOOD, apply, edition_of, make_procedure
from moyai.audit.public import Deed, NotPermitted
from moyai.calendars.public import Stop, add_office_days, processing_due_on
from moyai.documents.public import letters_about
from moyai.money.public import charges_about
from moyai.notices.public import notices_about
from moyai.tenants.public import acting_in, clock

FEE_DOCUMENT = {
    **DOCUMENT,
    "fee": {
        "lines": [
            {
                "id": "use",
                "label": "利用料",
                "unit_yen": 1800,
                "quantity": {"field": "months"},
                "source": "条例 別表",
            }
        ]
    },
}


def _count() -> tuple[int, int, int]:
    return Application.objects.count(), History.objects.count(), Deed.objects.count()


# -- submission ----------------------------------------------------------------------------------------------------
def test_submission_stores_numbers_dates_keys_and_one_deed(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    deeds = Deed.objects.filter(verb="applications.submit").count()
    application = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    assert len(application.public_number) == 12 and application.status == flow.RECEIVED
    assert application.received_on == clock.today(in_chiba)
    assert application.due_on == add_office_days(clock.today(in_chiba), 5, procedure.body)
    assert (application.name_key, application.kana_key) == ("髙﨑花子", "タカサキハナコ")
    assert application.applicant == "髙﨑 花子" and application.applicant_email == "hanako@example.jp"
    assert Deed.objects.filter(verb="applications.submit").count() == deeds + 1
    assert notices_about(application)[0].kind == "applications.received"


def test_same_token_gives_the_same_application_and_another_content_is_refused(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    token, edition = new_token(), edition_of(procedure)
    common: dict[str, Any] = {
        "actor": staff["resident"],
        "now": in_chiba,
        "edition": edition,
        "form_token": token,
    }
    first = submit_application(**common, answers=GOOD)
    before = _count()
    assert submit_application(**common, answers=GOOD).pk == first.pk
    with pytest.raises(AnswersDiffer):
        submit_application(**common, answers={**GOOD, "months": 4})
    assert _count() == before


@pytest.mark.parametrize(
    ("answers", "path"),
    [
        ({**GOOD, "months": "13"}, "months"),
        ({**GOOD, "name": ""}, "name"),
        ({**GOOD, "kind": "rocket"}, "kind"),
        ({**GOOD, "is_admin": True}, "is_admin"),
        ({**GOOD, "kind": "moped"}, "plate"),
    ],
)
def test_wrong_answers_are_named_by_path_and_nothing_is_stored(
    procedure: Any, staff: Any, in_chiba: datetime, answers: dict[str, Any], path: str
) -> None:
    before = _count()
    with pytest.raises(AnswersRefused) as refused:
        submit_application(
            actor=staff["resident"],
            now=in_chiba,
            edition=edition_of(procedure),
            answers=answers,
            form_token=new_token(),
        )
    assert path in refused.value.fields
    assert _count() == before


def test_hidden_answers_are_absent(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    application = apply(actor=staff["resident"], now=in_chiba, procedure=procedure, plate="千葉市 あ 12-34")
    assert "plate" not in application.answers


def test_deadline_counts_to_the_second(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    edit_procedure(
        actor=staff["administrator"],
        now=in_chiba,
        procedure=procedure,
        facts={"closes_at": in_chiba + timedelta(minutes=1)},
    )
    procedure.refresh_from_db()
    closes = procedure.closes_at
    apply(actor=staff["resident"], now=closes - timedelta(seconds=1), procedure=procedure)
    before = _count()
    with pytest.raises(NotAccepting):
        apply(actor=staff["resident"], now=closes, procedure=procedure)
    assert _count() == before


def test_survey_completes_at_once(staff: Any, in_chiba: datetime) -> None:
    survey = make_procedure(actor=staff["administrator"], now=in_chiba, code="survey-x", needs_review=False)
    application = apply(actor=staff["resident"], now=in_chiba, procedure=survey)
    assert application.status == flow.COMPLETED and not application.open
    assert application.due_on == application.received_on


def test_fee_is_charged_with_its_lines_and_taken_back_on_withdrawal(staff: Any, in_chiba: datetime) -> None:
    paid = make_procedure(actor=staff["administrator"], now=in_chiba, code="paid-x", document=FEE_DOCUMENT)
    assert paid.charges_fee
    application = apply(actor=staff["resident"], now=in_chiba, procedure=paid)
    assert (application.fee_yen, application.payment) == (5400, "waiting")
    charge = charges_about(application)[0]
    assert charge.amount_yen == 5400 and charge.token == application.pay_token
    withdraw(actor=staff["resident"], now=in_chiba, application=application)
    application.refresh_from_db()
    assert application.payment == "none"
    assert charges_about(application)[0].unpaid_yen == 0


def test_settled_charge_marks_the_application_paid_once(staff: Any, in_chiba: datetime) -> None:
    from moyai.applications.actions.payment import note_payment

    paid = make_procedure(actor=staff["administrator"], now=in_chiba, code="paid-y", document=FEE_DOCUMENT)
    application = apply(actor=staff["resident"], now=in_chiba, procedure=paid)
    charge = charges_about(application)[0]
    for _twice in range(2):
        note_payment(charge=charge, actor=staff["resident"], now=in_chiba)
    application.refresh_from_db()
    assert application.payment == "paid" and application.paid_at == in_chiba
    assert History.objects.filter(application=application, verb=History.PAID).count() == 1


def test_number_and_secret_open_the_case_and_nothing_else_does(
    procedure: Any, staff: Any, in_chiba: datetime, world: Any
) -> None:
    token = new_token()
    application = submit_application(
        actor=staff["resident"], now=in_chiba, edition=edition_of(procedure), answers=GOOD, form_token=token
    )
    resident = staff["resident"]
    secret = secret_of(token)
    assert by_number(
        actor=resident, number=application.public_number, secret=f"{secret[:5]}-{secret[5:]}".lower()
    )
    assert by_number(actor=resident, number=application.public_number, secret=secret[::-1]) is None
    assert by_number(actor=resident, number="000000000000", secret=secret) is None


# -- review --------------------------------------------------------------------------------------------------------
def test_resident_may_not_accept(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    application = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    before = _count()
    with pytest.raises(NotPermitted):
        accept(actor=staff["resident"], now=in_chiba, application=application)
    application.refresh_from_db()
    assert application.status == flow.RECEIVED and _count() == before


def test_clerk_may_not_decide(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    application = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    accept(actor=staff["clerk"], now=in_chiba, application=application)
    with pytest.raises(NotPermitted):
        decide(actor=staff["clerk"], now=in_chiba, application=application, kind=flow.APPROVED)
    assert not Decision.objects.filter(application=application).exists()


def test_second_clerk_learns_who_was_first(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    application = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    seen = application.version
    accept(actor=staff["clerk"], now=in_chiba, application=application, seen_version=seen)
    with pytest.raises(ChangedMeanwhile) as refused:
        refuse(
            actor=staff["second_clerk"],
            now=in_chiba,
            application=application,
            reason="様式",
            seen_version=seen,
        )
    assert "佐藤 一郎さんが" in str(refused.value)
    application.refresh_from_db()
    assert application.status == flow.REVIEWING


def test_refusal_without_reason_is_not_possible(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    application = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    with pytest.raises(ReasonMissing):
        refuse(actor=staff["clerk"], now=in_chiba, application=application, reason="　 ")
    application.refresh_from_db()
    assert application.status == flow.RECEIVED


def test_notes_are_for_staff_only(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    from moyai.applications.queries import resident_timeline, timeline

    application = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    note(actor=staff["clerk"], now=in_chiba, application=application, text="電話で確認した。")
    assert [step.note for step in timeline(application, notes=True)] == ["電話で確認した。"]
    assert all("電話" not in step.note for step in resident_timeline(application))


# -- correction ----------------------------------------------------------------------------------------------------
def _returned(procedure: Any, staff: Any, now: datetime) -> Application:
    application = apply(actor=staff["resident"], now=now, procedure=procedure)
    accept(actor=staff["clerk"], now=now, application=application)
    request_correction(
        actor=staff["clerk"],
        now=now,
        application=application,
        items=[("months", "利用する月数", "6か月以内にしてください。")],
        deadline_on=clock.today(now) + timedelta(days=14),
    )
    application.refresh_from_db()
    return application


def test_only_named_fields_may_change_and_old_and_new_are_kept(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    application = _returned(procedure, staff, in_chiba)
    before = (application.answers, _count())
    with pytest.raises(AnswersRefused) as refused:
        answer_correction(
            actor=staff["resident"],
            now=in_chiba,
            application=application,
            corrected={"months": 6, "name": "別人"},
        )
    assert "name" in refused.value.fields
    application.refresh_from_db()
    assert (application.answers, _count()) == before
    answer_correction(
        actor=staff["resident"], now=in_chiba, application=application, corrected={"months": "６"}
    )
    application.refresh_from_db()
    assert application.answers == {**GOOD, "months": 6} and application.status == flow.REVIEWING
    item = Correction.objects.get(application=application).items[0]
    assert (item["old"], item["new"]) == ("3", "6")


def test_clock_stands_still_while_correction_is_awaited(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    application = _returned(procedure, staff, in_chiba)
    due, body = application.due_on, procedure.body
    later = in_chiba + timedelta(days=21)
    answer_correction(actor=staff["resident"], now=later, application=application, corrected={"months": 6})
    application.refresh_from_db()
    from moyai.calendars.public import office_days_between

    stood = office_days_between(clock.today(in_chiba), clock.today(later), body)
    assert stood > 10
    assert application.due_on == add_office_days(due, stood, body) and application.stopped_on is None


def test_where_the_period_counts_calendar_days_the_days_it_stood_are_calendar_days(
    staff: Any, in_chiba: datetime
) -> None:
    procedure = make_procedure(
        actor=staff["administrator"], now=in_chiba, processing_days=60, processing_calendar="calendar"
    )
    asked = datetime(2026, 12, 25, 10, tzinfo=clock.JST)
    came = datetime(2027, 1, 6, 10, tzinfo=clock.JST)  # over the turn of the year: few office days
    with clock.at(asked):
        application = _returned(procedure, staff, asked)
    answer_correction(actor=staff["resident"], now=came, application=application, corrected={"months": 6})
    application.refresh_from_db()
    assert application.due_on == processing_due_on(
        asked.date(), 60, procedure.body, in_office_days=False, stopped=[Stop(asked.date(), came.date())]
    )


def test_deadline_of_a_correction_lies_ahead(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    application = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    accept(actor=staff["clerk"], now=in_chiba, application=application)
    with pytest.raises(DeadlinePassed):
        request_correction(
            actor=staff["clerk"],
            now=in_chiba,
            application=application,
            items=[("months", "月数", "直してください。")],
            deadline_on=clock.today(in_chiba),
        )
    application.refresh_from_db()
    assert application.status == flow.REVIEWING


# -- decision ------------------------------------------------------------------------------------------------------
def test_adverse_decision_needs_its_reason_and_carries_the_appeal(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    application = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    accept(actor=staff["clerk"], now=in_chiba, application=application)
    with pytest.raises(ReasonMissing):
        decide(actor=staff["approver"], now=in_chiba, application=application, kind=flow.REJECTED)
    decision = decide(
        actor=staff["approver"],
        now=in_chiba,
        application=application,
        kind=flow.REJECTED,
        reason="定員を超えたため。",
    )
    assert decision.appeal[0].endswith("千葉市長に審査請求ができます。")
    letter = letters_about(actor=staff["approver"], thing=application).get()
    assert letter.facts["reasons"] == [{"text": "定員を超えたため。", "basis": FACTS["legal_basis"]}]
    assert letter.facts["addressee"] == {"name": "髙﨑 花子"} and letter.pk == decision.letter_id


def test_favourable_decision_prints_no_appeal(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    application = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    accept(actor=staff["clerk"], now=in_chiba, application=application)
    decision = decide(actor=staff["approver"], now=in_chiba, application=application, kind=flow.APPROVED)
    assert decision.appeal == []


def test_proposal_sent_back_leaves_no_standing_decision(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    application = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    accept(actor=staff["clerk"], now=in_chiba, application=application)
    propose(actor=staff["clerk"], now=in_chiba, application=application, kind=flow.APPROVED)
    send_back(actor=staff["approver"], now=in_chiba, application=application, reason="根拠を書いてください。")
    propose(
        actor=staff["clerk"],
        now=in_chiba,
        application=application,
        kind=flow.REJECTED,
        reason="定員を超えた。",
    )
    decision = decide(
        actor=staff["approver"],
        now=in_chiba,
        application=application,
        kind=flow.REJECTED,
        reason="定員を超えた。",
    )
    assert decision.proposed_by == "佐藤 一郎" and decision.decided_by == "高橋 実"
    assert Decision.objects.filter(application=application, sent_back_at__isnull=True).count() == 1


def test_letter_is_a_readable_pdf(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    import io

    from pypdf import PdfReader

    from moyai.documents.public import render_letter

    application = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    accept(actor=staff["clerk"], now=in_chiba, application=application)
    decide(
        actor=staff["approver"],
        now=in_chiba,
        application=application,
        kind=flow.PARTLY,
        reason="3か月分を認めた。",
    )
    letter = letters_about(actor=staff["approver"], thing=application).get()
    made = render_letter(letter.kind, facts=letter.facts, at=letter.issued_at)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    for words in ("自転車等駐車場の利用申請", "髙﨑 花子", "3か月分を認めた。", "審査請求"):
        assert words.replace(" ", "") in text.replace(" ", "").replace("\n", "").replace("　", "")


# -- bulk ----------------------------------------------------------------------------------------------------------
def test_bulk_acts_add_up_and_leave_one_deed_and_line_each(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    rows = [apply(actor=staff["resident"], now=in_chiba, procedure=procedure) for _ in range(4)]
    refuse(actor=staff["clerk"], now=in_chiba, application=rows[3], reason="様式が違う。")
    ids = [row.pk for row in rows]
    done = accept_many(actor=staff["clerk"], now=in_chiba, application_ids=ids)
    assert sorted(done.done) == ids[:3] and done.left_out == {ids[3]: "不受理"} and done.asked == 4
    assigned = assign_many(actor=staff["clerk"], now=in_chiba, application_ids=ids, assignee=(7, "鈴木 花"))
    assert len(assigned.done) == 3
    decided = decide_many(actor=staff["approver"], now=in_chiba, application_ids=ids, kind=flow.APPROVED)
    assert sorted(decided.done) == ids[:3]
    finished = complete_many(actor=staff["clerk"], now=in_chiba, application_ids=ids)
    assert sorted(finished.done) == ids[:3]
    for row in rows[:3]:
        row.refresh_from_db()
        assert (row.status, row.outcome, row.assignee_name) == (flow.COMPLETED, flow.APPROVED, "鈴木 花")
        verbs = list(History.objects.filter(application=row).order_by("id").values_list("verb", flat=True))
        assert verbs == ["submit", "accept", "assign", "decide", "complete"]
        for verb in ("accept", "assign", "decide", "complete"):
            assert Deed.objects.filter(verb=f"applications.{verb}", thing_id=row.pk).count() == 1
        assert letters_about(actor=staff["clerk"], thing=row).count() == 1


def test_bulk_decision_without_letters_writes_one_decision_each(staff: Any, in_chiba: datetime) -> None:
    plain = make_procedure(actor=staff["administrator"], now=in_chiba, code="plain-x", issues_letter=False)
    ids = [apply(actor=staff["resident"], now=in_chiba, procedure=plain).pk for _ in range(3)]
    accept_many(actor=staff["clerk"], now=in_chiba, application_ids=ids)
    decide_many(
        actor=staff["approver"],
        now=in_chiba,
        application_ids=ids,
        kind=flow.REJECTED,
        reason="定員を超えたため。",
    )
    decisions = Decision.objects.filter(application_id__in=ids)
    assert {(one.kind, one.reason, bool(one.appeal)) for one in decisions} == {
        (flow.REJECTED, "定員を超えたため。", True)
    }
    assert decisions.count() == 3


def test_bulk_needs_the_same_permit_as_one(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    row = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    with pytest.raises(NotPermitted):
        decide_many(actor=staff["clerk"], now=in_chiba, application_ids=[row.pk], kind=flow.APPROVED)


# -- procedures and editions ---------------------------------------------------------------------------------------
def test_procedure_without_an_edition_cannot_be_published(staff: Any, in_chiba: datetime) -> None:
    made = create_procedure(actor=staff["administrator"], now=in_chiba, code="empty-x", facts=FACTS)
    with pytest.raises(NothingToPublish):
        edit_procedure(actor=staff["administrator"], now=in_chiba, procedure=made, facts={"published": True})
    assert not Procedure.objects.get(pk=made.pk).published


def test_code_is_taken_once_in_a_body_and_free_in_another(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    with pytest.raises(CodeTaken):
        create_procedure(actor=staff["administrator"], now=in_chiba, code="bicycle-parking", facts=FACTS)


def test_wrong_edition_is_refused_with_its_paths(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    import copy

    wrong = copy.deepcopy(DOCUMENT)
    wrong["pages"][0]["fields"][0]["kind"] = "hologram"
    count = FormEdition.objects.count()
    with pytest.raises(EditionNotFit) as refused:
        publish_edition(actor=staff["administrator"], now=in_chiba, procedure=procedure, document=wrong)
    assert any(path.startswith("$.pages[0].fields[0]") for path in refused.value.fields)
    assert FormEdition.objects.count() == count


def test_published_edition_cannot_be_changed(procedure: Any, in_chiba: datetime) -> None:
    from django.db import DatabaseError, transaction

    edition = edition_of(procedure)
    with pytest.raises(DatabaseError), transaction.atomic():
        FormEdition.objects.filter(pk=edition.pk).update(sha256="0" * 64)
    edition.refresh_from_db()
    assert edition.sha256 != "0" * 64


@pytest.mark.parametrize(
    ("in_flight", "days", "taken"),
    [
        ({"policy": "continue"}, 300, True),
        ({"policy": "continue", "until": "UNTIL"}, 3, True),
        ({"policy": "continue", "until": "UNTIL"}, 9, False),
        ({"policy": "migrate"}, 0, False),
        ({"policy": "stop"}, 0, False),
    ],
)
def test_policy_of_the_next_edition_decides_about_the_one_before(
    procedure: Any, staff: Any, in_chiba: datetime, in_flight: dict[str, Any], days: int, taken: bool
) -> None:
    old = edition_of(procedure)
    until: date = clock.today(in_chiba) + timedelta(days=7)
    policy = {key: until.isoformat() if value == "UNTIL" else value for key, value in in_flight.items()}
    publish_edition(
        actor=staff["administrator"],
        now=in_chiba,
        procedure=procedure,
        document={**DOCUMENT, "title": "新しい様式", "in_flight": policy},
    )
    newer = usable(edition=old, now=in_chiba + timedelta(days=days))
    assert (newer is None) is taken


def test_other_bodys_procedure_is_absent(world: Any) -> None:
    with acting_in(world.matsudo):
        assert not Procedure.objects.filter(code="bicycle-parking").exists()


def test_letter_taken_in_two_windows_ends_the_procedure_once(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    made = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    accept(actor=staff["clerk"], now=in_chiba, application=made)
    decide(actor=staff["approver"], now=in_chiba, application=made, kind=flow.APPROVED)
    for window in [Application.objects.get(pk=made.pk) for _ in range(2)]:  # both were shown it as decided
        row = fetch_letter(actor=staff["resident"], now=in_chiba, application=window)
        assert row.status == flow.COMPLETED
    assert History.objects.filter(application=made, verb=flow.COMPLETE).count() == 1
