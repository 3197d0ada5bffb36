"""補正 keeps what the application stood on: facts it was given, its once-key, the room for files; and what ends frees."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from moyai.applications import flow
from moyai.applications.actions import files
from moyai.applications.actions.corrections import (
    answer_correction,
    attach_to_correction,
    correction_looked_at,
    request_correction,
)
from moyai.applications.actions.drafts import Beginning, start_draft
from moyai.applications.actions.identity import AppliedBefore
from moyai.applications.actions.review import accept, withdraw
from moyai.applications.actions.submission import submit_application
from moyai.applications.models import Application, Attachment, FollowUp, Procedure, Record
from moyai.applications.queries.cases import answers_of, open_correction
from moyai.applications.secrets import new_token
from moyai.applications.tests.conftest import DOCUMENT, GOOD, apply, edition_of, make_procedure
from moyai.tenants.public import Actor, clock

WHO, WHAT, MOPED = DOCUMENT["pages"]
GIVEN = [
    {"id": "amount", "kind": "yen", "label": "支給額", "prefill": {"given": "yen"}, "locked": True},
    {
        "id": "twice",
        "kind": "calculated",
        "label": "2回分",
        "result": "yen",
        "value": {"multiply": [{"given": "yen"}, 2]},
    },
    {
        "id": "why",
        "kind": "text",
        "label": "理由",
        "required": True,
        "show_if": {"gt": [{"given": "yen"}, 50]},
    },
]


def asked(staff: dict[str, Actor], now: datetime, row: Application, *paths: str) -> Application:
    row = accept(actor=staff["clerk"], now=now, application=row)
    request_correction(
        actor=staff["clerk"],
        now=now,
        application=row,
        items=[(path, path, "確かめてください。") for path in paths],
        deadline_on=clock.today(now) + timedelta(days=7),
    )
    return row


def sent(staff: dict[str, Actor], now: datetime, procedure: Procedure, beginning: Beginning) -> Application:
    """Filed out of a draft that begins with something, with the good answers."""
    resident, edition, token = staff["resident"], edition_of(procedure), new_token()
    draft = start_draft(actor=resident, now=now, edition=edition, token=token, beginning=beginning)
    draft.answers = {**GOOD, **draft.answers}
    draft.save(update_fields=["answers"])
    return submit_application(
        actor=resident, now=now, edition=edition, answers={}, form_token=token, draft=draft
    )


def test_what_hangs_on_facts_the_form_was_given_is_there_after_a_correction(
    staff: dict[str, Actor], in_chiba: datetime
) -> None:
    procedure = make_procedure(
        actor=staff["administrator"],
        now=in_chiba,
        document={
            **DOCUMENT,
            "given": {"yen": {"type": "int", "label": "支給額", "from": "record"}},
            "pages": [WHO, {**WHAT, "fields": [*WHAT["fields"], *GIVEN]}, MOPED],
        },
        record_needed=True,
    )
    record = Record.objects.create(
        body_id=procedure.body_id,
        procedure=procedure,
        number_hash="a" * 64,
        second_hash="b" * 64,
        facts={"yen": 100},
        imported_at=in_chiba,
    )
    row = sent(staff, in_chiba, procedure, Beginning(record=record, answers={"why": "世帯が2つあるため"}))
    shown = {one.path: one.value for section in answers_of(row) for one in section.rows}
    assert (shown["amount"], shown["twice"], shown["why"]) == ("100円", "200円", "世帯が2つあるため")
    row = asked(staff, in_chiba, row, "months")
    correction = open_correction(row)
    assert correction is not None
    _result, changes = correction_looked_at(application=row, correction=correction, corrected={"months": 5})
    assert [one.path for one in changes] == ["months"]
    row = answer_correction(actor=staff["resident"], now=in_chiba, application=row, corrected={"months": 5})
    kept = {name: row.answers.get(name) for name in ("amount", "why", "months")}
    assert kept == {"amount": 100, "why": "世帯が2つあるため", "months": 5}
    assert row.calculated["twice"] == 200


def test_one_standing_application_per_key_also_after_a_correction(
    staff: dict[str, Actor], in_chiba: datetime
) -> None:
    once = {"key": {"field": "name"}, "message": "お一人1回です。"}
    procedure = make_procedure(
        actor=staff["administrator"], now=in_chiba, document={**DOCUMENT, "once": once}
    )
    common: dict[str, Any] = {"actor": staff["resident"], "now": in_chiba}
    row = asked(staff, in_chiba, apply(**common, procedure=procedure, name="甲野 一郎"), "name")
    other = apply(**common, procedure=procedure, name="丙野 三郎")
    with pytest.raises(AppliedBefore, match="お一人1回"), transaction.atomic():  # another stands under that name
        answer_correction(**common, application=row, corrected={"name": "丙野 三郎"})
    row.refresh_from_db()
    assert (row.status, row.answers["name"]) == (flow.RETURNED, "甲野 一郎")
    answer_correction(**common, application=row, corrected={"name": "乙野 二郎"})
    with pytest.raises(AppliedBefore):
        apply(**common, procedure=procedure, name="乙野 二郎")
    apply(**common, procedure=procedure, name="甲野 一郎")  # nobody stands under it any more
    assert other.once_key and Application.objects.filter(procedure=procedure).count() == 3


def test_files_for_a_correction_have_an_end_as_those_of_a_draft(
    staff: dict[str, Actor], in_chiba: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = {"id": "proof", "kind": "file", "label": "証明書", "accept": ["text/plain"], "required": False}
    procedure = make_procedure(
        actor=staff["administrator"],
        now=in_chiba,
        document={**DOCUMENT, "pages": [WHO, {**WHAT, "fields": [*WHAT["fields"], proof]}, MOPED]},
    )
    row = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    row = asked(staff, in_chiba, row, "proof")
    monkeypatch.setattr(files, "MOST_TOTAL_BYTES", 100)
    common: dict[str, Any] = {
        "actor": staff["resident"], "now": in_chiba, "application": row, "path": "proof"
    }  # fmt: skip
    attach_to_correction(**common, file=SimpleUploadedFile("a.txt", b"x" * 60, "text/plain"))
    with pytest.raises(files.TooMuchInAll):
        attach_to_correction(**common, file=SimpleUploadedFile("b.txt", b"x" * 60, "text/plain"))
    assert Attachment.objects.filter(application=row).count() == 1


def test_what_was_asked_for_next_may_be_filed_anew_after_a_withdrawal(
    procedure: Procedure, staff: dict[str, Actor], in_chiba: datetime
) -> None:
    parent = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
    follow_up = FollowUp.objects.create(
        body_id=parent.body_id,
        application=parent,
        procedure=procedure,
        ask_on=clock.today(in_chiba),
        asked_at=in_chiba,
    )
    for _time in range(2):
        filed = sent(staff, in_chiba, procedure, Beginning(parent=parent))
        follow_up.refresh_from_db()
        assert follow_up.answered_by_id == filed.pk
        withdraw(actor=staff["resident"], now=in_chiba, application=filed)
        follow_up.refresh_from_db()
        assert follow_up.answered_by_id is None and follow_up.asked_at == in_chiba
