"""保存期間: what goes when its day is over, what stays and why, and that nothing of the person is left."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from moyai.applications import flow
from moyai.applications.actions import keeping
from moyai.applications.actions.decisions import decide
from moyai.applications.actions.drafts import start_draft
from moyai.applications.actions.forgetting import OF_APPLICATION, OF_EITHER, drop_past, forget_draft
from moyai.applications.actions.keeping import hold, release_hold
from moyai.applications.actions.review import accept, note
from moyai.applications.actions.submission import submit_application
from moyai.applications.jobs.keeping import forget_ended
from moyai.applications.models import (
    Application,
    Attachment,
    Draft,
    FollowUp,
    History,
    Pool,
    RetentionRun,
    Taking,
    Tombstone,
)
from moyai.applications.queries.keeping import preview
from moyai.applications.retention import keep_until
from moyai.applications.secrets import new_token, number_hash
from moyai.applications.tests.conftest import DOCUMENT, GOOD, apply, edition_of, make_procedure
from moyai.audit.public import Deed, NotPermitted
from moyai.documents.public import claim_upload, keep_upload, letters_about
from moyai.notices.public import notices_about
from moyai.tenants.public import Actor, clock

REFUSED = r"permission denied|inserted only"
LONG_AGO = datetime(2017, 6, 1, 3, 0, tzinfo=clock.JST)
PERSON = {
    "name": "東雲坂　紫苑",
    "kana": "シノノメザカ　シオン",
    "mail": "shion.shinonome@unique.example.jp",
    "kind": "moped",
    "plate": "千葉市 紫 98-76",
}


def closed(staff: Any, procedure: Any, at: datetime = LONG_AGO, **answers: Any) -> Application:
    """An application that was decided and completed long ago, with note and letter."""
    with clock.at(at):
        made = apply(actor=staff["resident"], now=at, procedure=procedure, **answers)
        accept(actor=staff["clerk"], now=at, application=made)
        note(actor=staff["clerk"], now=at, application=made, text=f"{made.applicant}さんへ電話した。")
        decide(
            actor=staff["approver"],
            now=at,
            application=made,
            kind=flow.REJECTED,
            reason=f"{made.applicant}さんの登録を確認できないため。",
        )
    made.refresh_from_db()
    Application.objects.filter(pk=made.pk).update(
        keep_until=keep_until(closed_on=at.date(), years=5, keep_from="fiscal")
    )
    made.refresh_from_db()
    return made


def run(staff: Any, now: datetime, before: date | None = None) -> RetentionRun:
    """Proposed by the clerk, approved by the administrator, worked through."""
    made = keeping.propose(actor=staff["clerk"], now=now, ended_before=before or clock.today(now))
    keeping.approve(actor=staff["administrator"], now=now, run=made)
    below = None
    while True:
        below = keeping.run_batch(actor=Actor.system(staff["clerk"].body), now=now, run=made, below=below)
        if below is None:
            break
    made.refresh_from_db()
    return made


# -- the rule ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("closed_on", "years", "keep_from", "last"),
    [
        ("2026-03-31", 5, "fiscal", "2031-03-31"),
        ("2026-04-01", 5, "fiscal", "2032-03-31"),
        ("2026-04-01", 1, "fiscal", "2028-03-31"),
        ("2026-06-10", 5, "closed", "2031-06-10"),
        ("2024-02-29", 1, "closed", "2025-02-28"),
        ("2024-02-29", 4, "closed", "2028-02-29"),
        ("2026-06-10", 0, "closed", "2026-06-10"),
    ],
)
def test_A03_last_day_is_counted_by_fiscal_years_or_from_the_day_after(
    closed_on: str, years: int, keep_from: str, last: str
) -> None:
    found = keep_until(closed_on=date.fromisoformat(closed_on), years=years, keep_from=keep_from)
    assert found == date.fromisoformat(last)


# -- the database refuses --------------------------------------------------------------------------------------------
def rows_of(application: Application) -> dict[str, int]:
    return {
        "applications_application": Application.objects.filter(pk=application.pk).count(),
        "applications_history": History.objects.filter(application=application).count(),
        "applications_decision": application.decisions.count(),
    }


def test_A03_database_refuses_to_delete_before_the_day_and_while_held(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    young = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    old = closed(staff, procedure)
    hold(actor=staff["clerk"], now=in_chiba, application=old, reason="訴訟のため")
    last = closed(staff, procedure, months=4)
    Application.objects.filter(pk=last.pk).update(keep_until=clock.today(in_chiba))  # today still counts
    before = [rows_of(one) for one in (young, old, last)]
    with connection.cursor() as cursor:
        for one in (young, old, last):
            for table, key in (
                ("applications_history", "application_id"),
                ("applications_decision", "application_id"),
                ("applications_application", "id"),
            ):
                if table == "applications_decision" and one is young:
                    continue
                with pytest.raises(IntegrityError, match="is kept"), transaction.atomic():
                    cursor.execute(f"DELETE FROM {table} WHERE {key} = %s", [one.pk])
        # Taking the mark away does not help while the hold stands.
        cursor.execute("UPDATE applications_application SET held = false WHERE id = %s", [old.pk])
        with pytest.raises(IntegrityError, match="is kept"), transaction.atomic():
            cursor.execute("DELETE FROM applications_history WHERE application_id = %s", [old.pk])
        with pytest.raises(Exception, match=REFUSED), transaction.atomic():
            cursor.execute("UPDATE applications_history SET note = 'x' WHERE application_id = %s", [old.pk])
        with pytest.raises(Exception, match=REFUSED), transaction.atomic():
            cursor.execute("TRUNCATE applications_history CASCADE")
    assert [rows_of(one) for one in (young, old, last)] == before


def test_A03_database_lets_the_history_go_after_the_day(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    old = closed(staff, procedure)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM applications_history WHERE application_id = %s", [old.pk])
        assert cursor.rowcount > 0


def test_A03_every_table_that_points_at_an_application_is_known_to_forgetting() -> None:
    known = {*OF_APPLICATION, *OF_EITHER, FollowUp, Draft, Application}
    for target in (Application, Draft):
        pointing = {
            model
            for model in apps.get_models()
            for one in model._meta.local_fields
            if isinstance(one, models.ForeignKey) and one.remote_field.model is target
        }
        assert pointing <= known, pointing - known


# -- hold ------------------------------------------------------------------------------------------------------------
def test_A03_hold_has_a_reason_and_is_released_by_who_decides(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    old = closed(staff, procedure)
    with pytest.raises(Exception, match="理由"):
        hold(actor=staff["clerk"], now=in_chiba, application=old, reason=" ")
    hold(actor=staff["clerk"], now=in_chiba, application=old, reason="開示請求の対象")
    with pytest.raises(keeping.AlreadyHeld):
        hold(actor=staff["clerk"], now=in_chiba, application=old, reason="もう一度")
    with pytest.raises(NotPermitted):
        release_hold(actor=staff["clerk"], now=in_chiba, application=old)
    assert Application.objects.get(pk=old.pk).held and old.holds.count() == 1
    release_hold(actor=staff["approver"], now=in_chiba, application=old)
    assert not Application.objects.get(pk=old.pk).held
    assert old.holds.get().released_by == staff["approver"].name
    with pytest.raises(keeping.NotHeld):
        release_hold(actor=staff["approver"], now=in_chiba, application=old)


# -- proposal and approval -------------------------------------------------------------------------------------------
def test_A03_one_proposes_another_approves(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    closed(staff, procedure)
    with pytest.raises(keeping.DayNotOver):
        keeping.propose(
            actor=staff["administrator"], now=in_chiba, ended_before=clock.today(in_chiba) + timedelta(days=1)
        )
    with pytest.raises(keeping.NothingToDelete):
        keeping.propose(actor=staff["administrator"], now=in_chiba, ended_before=date(2018, 1, 1))
    assert RetentionRun.objects.count() == 0
    made = keeping.propose(actor=staff["administrator"], now=in_chiba, ended_before=clock.today(in_chiba))
    assert made.preview["total"] == 1
    with pytest.raises(keeping.OwnProposal):
        keeping.approve(actor=staff["administrator"], now=in_chiba, run=made)
    with pytest.raises(NotPermitted):
        keeping.approve(actor=staff["clerk"], now=in_chiba, run=made)
    made.refresh_from_db()
    assert (
        made.state == RetentionRun.State.PROPOSED
        and Application.objects.filter(keep_until__lt="2023-04-01").exists()
    )
    keeping.decline(actor=staff["administrator"], now=in_chiba, run=made)
    with pytest.raises(keeping.AlreadySettled):
        keeping.decline(actor=staff["administrator"], now=in_chiba, run=made)
    forget_ended(run_id=made.pk, now=in_chiba)  # a declined run deletes nothing
    assert Tombstone.objects.count() == 0


def test_A03_preview_is_what_the_run_does(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    gone = [closed(staff, procedure, months=months) for months in (1, 2, 3)]
    held, waiting, told = (closed(staff, procedure, months=months) for months in (4, 5, 6))
    hold(actor=staff["clerk"], now=in_chiba, application=held, reason="監査")
    Application.objects.filter(pk=waiting.pk).update(payment="waiting")
    FollowUp.objects.create(
        body_id=told.body_id, application=told, procedure=procedure, ask_on=clock.today(in_chiba)
    )
    child = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    parent = closed(staff, procedure, months=7)
    Application.objects.filter(pk=child.pk).update(parent=parent)
    seen = preview(actor=staff["clerk"], now=in_chiba, before=clock.today(in_chiba))
    assert dict(seen.going) == {procedure.pk: 3}
    assert dict(seen.staying[procedure.pk]) == {"held": 1, "payment": 1, "follow_up": 1, "child": 1}
    done = run(staff, in_chiba)
    assert (done.state, done.deleted) == (RetentionRun.State.DONE, 3)
    assert {each["id"]: each["why"] for each in done.kept} == {
        held.pk: "held",
        waiting.pk: "payment",
        told.pk: "follow_up",
        parent.pk: "child",
    }
    assert not Application.objects.filter(pk__in=[one.pk for one in gone]).exists()
    assert Application.objects.filter(pk__in=[held.pk, waiting.pk, told.pk, parent.pk, child.pk]).count() == 5


def test_A03_what_goes_on_from_an_application_goes_with_it(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    parent = closed(staff, procedure)
    child = closed(staff, procedure, months=2)
    Application.objects.filter(pk=child.pk).update(parent=parent)
    FollowUp.objects.create(
        body_id=parent.body_id,
        application=parent,
        procedure=procedure,
        ask_on=LONG_AGO.date(),
        asked_at=LONG_AGO,
        answered_by=child,
    )
    assert preview(actor=staff["clerk"], now=in_chiba, before=clock.today(in_chiba)).total == 2
    assert run(staff, in_chiba).deleted == 2


# -- nothing is left -------------------------------------------------------------------------------------------------
def haystack() -> list[tuple[str, str]]:
    """Every text, JSON and byte column of every table, with the jobs' arguments, as one line each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns c JOIN information_schema.tables t"
            " USING (table_schema, table_name) WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            " AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'bytea', 'ARRAY')"
        )
        found = []
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT "{column}"::text FROM "{table}" WHERE "{column}" IS NOT NULL')
            found += [(f"{table}.{column}", str(value)) for (value,) in cursor.fetchall()]
    return found


def traces(words: list[str]) -> list[tuple[str, str]]:
    from django.conf import settings

    escaped = [word.encode("unicode_escape").decode() for word in words]
    hex_words = [word.encode().hex() for word in words]
    found = [
        (place, word) for place, text in haystack() for word in (*words, *escaped, *hex_words) if word in text
    ]
    for path in settings.MOYAI_FILES.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            found += [(str(path), word) for word in words if word.encode() in data]
    return found


def test_A03_nothing_of_the_person_is_left_and_the_tombstone_proves_it(
    staff: Any, in_chiba: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    fields = [
        *DOCUMENT["pages"][1]["fields"],
        {"id": "proof", "kind": "file", "label": "証明書", "accept": ["text/plain"]},
    ]
    document = {
        **DOCUMENT,
        "procedure": "with-file",
        "pages": [DOCUMENT["pages"][0], {**DOCUMENT["pages"][1], "fields": fields}, DOCUMENT["pages"][2]],
    }
    procedure = make_procedure(
        actor=staff["administrator"], now=in_chiba, code="with-file", document=document
    )
    edition, token, at = edition_of(procedure), new_token(), LONG_AGO
    secret_text = "誰にも似ていない一文、雪割草の紫。"
    with clock.at(at), django_capture_on_commit_callbacks(execute=True):
        draft = start_draft(actor=staff["resident"], now=at, edition=edition, token=token)
        upload = keep_upload(
            actor=staff["resident"],
            now=at,
            file=SimpleUploadedFile("紫苑の証明.txt", secret_text.encode(), "text/plain"),
            accept={"text/plain"},
            drafter=token,
        )
        claim_upload(actor=staff["resident"], now=at, upload_id=upload.pk, thing=draft, drafter=token)
        Attachment.objects.create(
            body_id=draft.body_id, draft=draft, upload=upload, path="proof", name=upload.name, kept_at=at
        )
        draft.answers = {**GOOD, **PERSON, "proof": [str(upload.pk)]}
        draft.save(update_fields=["answers"])
        sent = submit_application(
            actor=staff["resident"],
            now=at,
            edition=edition,
            answers=draft.answers,
            form_token=token,
            draft=draft,
        )
    accept(actor=staff["clerk"], now=at, application=sent)
    note(actor=staff["clerk"], now=at, application=sent, text=secret_text)
    decide(actor=staff["approver"], now=at, application=sent, kind=flow.REJECTED, reason=secret_text)
    Application.objects.filter(pk=sent.pk).update(keep_until="2023-03-31")
    hold(actor=staff["clerk"], now=in_chiba, application=sent, reason=secret_text)
    release_hold(actor=staff["approver"], now=in_chiba, application=sent)
    words = [
        "東雲坂",
        "シノノメザカ",
        "shion.shinonome",
        "紫 98-76",
        "雪割草の紫",
        "紫苑の証明",
        sent.public_number,
    ]
    assert {word for _place, word in traces(words)} >= set(words)  # the search can find what is there
    assert letters_about(actor=staff["clerk"], thing=sent) and notices_about(sent)
    with django_capture_on_commit_callbacks(execute=True):
        run(staff, in_chiba)
    assert traces([*words, sent.secret_hash, sent.form_token]) == []
    stone = Tombstone.objects.get(number_sha256=number_hash(sent.public_number))
    assert stone.deleted_on == clock.today(in_chiba)
    assert stone.counts["history"] >= 4 and stone.counts["attachment"] == 1 and stone.counts["letters"] == 1
    assert Deed.objects.filter(verb="applications.forget").exists()
    with (
        connection.cursor() as cursor,
        pytest.raises(Exception, match=REFUSED),
        transaction.atomic(),
    ):
        cursor.execute("DELETE FROM applications_tombstone WHERE id = %s", [stone.pk])


def test_A03_running_twice_deletes_once(procedure: Any, staff: Any, in_chiba: datetime) -> None:
    old = closed(staff, procedure)
    done = run(staff, in_chiba)
    RetentionRun.objects.filter(pk=done.pk).update(state="running")
    forget_ended(run_id=done.pk, now=in_chiba)
    done.refresh_from_db()
    assert (done.state, done.deleted, Tombstone.objects.count()) == (RetentionRun.State.DONE, 1, 1)
    assert not Application.objects.filter(pk=old.pk).exists()


def test_A03_a_run_of_many_goes_on_batch_by_batch(
    procedure: Any, staff: Any, in_chiba: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "BATCH", 2)
    for months in (1, 2, 3, 4, 5):
        closed(staff, procedure, months=months)
    made = keeping.propose(actor=staff["clerk"], now=in_chiba, ended_before=clock.today(in_chiba))
    keeping.approve(actor=staff["administrator"], now=in_chiba, run=made)
    with connection.cursor() as cursor:
        below, seen = None, []
        while True:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'applications.forget_ended'")
            forget_ended(run_id=made.pk, below=below, now=in_chiba)
            made.refresh_from_db()
            seen.append((made.state, made.deleted))
            cursor.execute(
                "SELECT (args ->> 'below')::bigint FROM procrastinate_jobs WHERE task_name = 'applications.forget_ended'"
            )
            jobs = cursor.fetchall()
            if not jobs:
                break
            below = jobs[0][0]
    assert seen == [("running", 2), ("running", 4), ("done", 5)]


# -- what was never sent ---------------------------------------------------------------------------------------------
def test_A03_drafts_past_their_day_go_with_their_files(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    edition = edition_of(procedure)
    old = start_draft(actor=staff["resident"], now=in_chiba, edition=edition, token=new_token())
    Draft.objects.filter(pk=old.pk).update(
        answers={"name": "消える　下書"}, expires_at=in_chiba - timedelta(days=1)
    )
    young = start_draft(actor=staff["resident"], now=in_chiba, edition=edition, token=new_token())
    assert drop_past(actor=Actor.system(procedure.body), now=in_chiba) >= 1
    assert not Draft.objects.filter(pk=old.pk).exists() and Draft.objects.filter(pk=young.pk).exists()
    assert Attachment.objects.filter(draft_id=old.pk).count() == 0
    assert drop_past(actor=Actor.system(procedure.body), now=in_chiba) == 0


# -- what comes after ------------------------------------------------------------------------------------------------
def test_A03_what_was_filed_before_it_was_asked_for_keeps_nothing_back_and_is_asked_for_no_more(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    parent, child = closed(staff, procedure), closed(staff, procedure, months=2)
    Application.objects.filter(pk=child.pk).update(parent=parent)
    FollowUp.objects.create(
        body_id=parent.body_id,
        application=parent,
        procedure=procedure,
        ask_on=LONG_AGO.date(),
        answered_by=child,
    )
    hold(actor=staff["clerk"], now=in_chiba, application=parent, reason="監査のため")
    assert run(staff, in_chiba).deleted == 1
    assert FollowUp.objects.filter(application=parent, asked_at__isnull=False, answered_by=None).exists()
    release_hold(actor=staff["approver"], now=in_chiba, application=parent)
    assert run(staff, in_chiba).deleted == 1


def test_A03_who_still_waits_for_a_draw_or_answers_an_offer_is_not_deleted(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    old = closed(staff, procedure)
    pool = Pool.objects.create(
        body_id=old.body_id, procedure=procedure, key="a", label="Aの回", capacity=1, taken=1
    )
    taking = Taking.objects.create(
        body_id=old.body_id, pool=pool, application=old, take_id="place", quantity=1, state="offered",
        since=in_chiba, until=in_chiba + timedelta(days=3),
    )  # fmt: skip
    before = clock.today(in_chiba)
    for state in ("offered", "entered"):
        Taking.objects.filter(pk=taking.pk).update(state=state)
        seen = preview(actor=staff["clerk"], now=in_chiba, before=before)
        assert (seen.total, seen.staying) == (0, {procedure.pk: {"places": 1}})
    Taking.objects.filter(pk=taking.pk).update(state="taken")
    assert run(staff, in_chiba).deleted == 1
    pool.refresh_from_db()
    assert (pool.taken, pool.capacity) == (0, 0)  # nobody moves up because of it


def test_A03_a_batch_locks_all_it_touches_before_it_deletes_any_of_it(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    for key in ("b", "a"):
        row = closed(staff, procedure)
        pool = Pool.objects.create(
            body_id=row.body_id, procedure=procedure, key=key, label=key, capacity=1, taken=1
        )
        Taking.objects.create(
            body_id=row.body_id, pool=pool, application=row, take_id="place", quantity=1, state="taken",
            since=in_chiba,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        assert run(staff, in_chiba).deleted == 2
    done = [one["sql"] for one in asked.captured_queries]
    first_gone = next(at for at, sql in enumerate(done) if sql.startswith("DELETE"))
    locks = [sql.partition(" FROM ")[2].split()[0] for sql in done[:first_gone] if "FOR " in sql[-40:]]
    order = [table.strip('"') for table in locks if "run" not in table]
    assert order[:4] == ["money_charge", "money_charge", "applications_application", "applications_pool"]
    assert "applications_application" not in order[4:]


def test_A03_a_hold_is_given_back_under_the_lock_of_its_pool(
    procedure: Any, staff: Any, in_chiba: datetime
) -> None:
    """The job that ends holds may be at work on the same one: without the lock both would give it back."""
    resident = staff["resident"]
    draft = start_draft(actor=resident, now=in_chiba, edition=edition_of(procedure), token=new_token())
    pool = Pool.objects.create(
        body_id=draft.body_id, procedure=procedure, key="a", label="Aの回", capacity=3, taken=2
    )
    Taking.objects.create(
        body_id=draft.body_id,
        pool=pool,
        draft=draft,
        take_id="place",
        quantity=2,
        state="held",
        since=in_chiba,
    )
    with CaptureQueriesContext(connection) as queries:
        forget_draft(actor=Actor.system(resident.body), now=in_chiba, draft=draft)
    sql = [each["sql"] for each in queries]
    lock = next(at for at, each in enumerate(sql) if "applications_pool" in each and "FOR NO KEY" in each)
    read = next(at for at, each in enumerate(sql) if '"applications_taking"."state" IN' in each)
    assert lock < read
    pool.refresh_from_db()
    assert (pool.taken, pool.capacity) == (0, 3)
