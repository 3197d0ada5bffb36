"""The life of an application, pair by pair."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from moyai.applications import flow
from moyai.applications.actions.corrections import answer_correction, cancel_correction, request_correction
from moyai.applications.actions.decisions import complete, decide, propose, send_back
from moyai.applications.actions.payment import lapse_unpaid, settle
from moyai.applications.actions.review import accept, cancel, refuse, withdraw
from moyai.applications.actions.steps import NotPossibleNow
from moyai.applications.models import Application, History, Procedure
from moyai.applications.permits import FOR_VERB, PERMITS
from moyai.applications.tests.conftest import apply
from moyai.audit.public import Deed
from moyai.tenants.public import Actor, clock


def _do(verb: str, application: Application, staff: dict[str, Any], now: datetime) -> Any:
    """Do a verb as somebody who may."""
    clerk, approver, resident = staff["clerk"], staff["approver"], staff["resident"]
    common: dict[str, Any] = {"now": now, "application": application}
    system = Actor.system(clerk.body)
    Procedure.objects.filter(pk=application.procedure_id).update(
        needs_review=verb not in (flow.CANCEL, flow.LAPSE), unpaid_lapses=verb == flow.LAPSE
    )
    application.procedure.refresh_from_db()
    if verb == flow.LAPSE:  # its fee was due yesterday
        late = {"payment": "waiting", "pay_until": clock.today(now) - timedelta(days=1)}
        Application.objects.filter(pk=application.pk).update(**late)
    acts = {
        flow.CANCEL: lambda: cancel(actor=resident, **common),
        flow.SETTLE: lambda: settle(actor=system, **common),
        flow.LAPSE: lambda: lapse_unpaid(actor=system, **common),
        flow.ACCEPT: lambda: accept(actor=clerk, **common),
        flow.REFUSE: lambda: refuse(actor=clerk, reason="様式が違います。", **common),
        flow.REQUEST_CORRECTION: lambda: request_correction(
            actor=clerk,
            items=[("months", "利用する月数", "6か月以内にしてください。")],
            deadline_on=clock.today(now) + timedelta(days=14),
            **common,
        ),
        flow.ANSWER_CORRECTION: lambda: answer_correction(actor=resident, corrected={"months": 6}, **common),
        flow.CANCEL_CORRECTION: lambda: cancel_correction(actor=clerk, **common),
        flow.PROPOSE: lambda: propose(actor=clerk, kind=flow.APPROVED, **common),
        flow.SEND_BACK: lambda: send_back(actor=approver, reason="根拠を書いてください。", **common),
        flow.DECIDE: lambda: decide(actor=approver, kind=flow.APPROVED, **common),
        flow.COMPLETE: lambda: complete(actor=clerk, **common),
        flow.WITHDRAW: lambda: withdraw(actor=resident, **common),
    }
    return acts[verb]()


WAY = {
    flow.RECEIVED: (),
    flow.REVIEWING: (flow.ACCEPT,),
    flow.RETURNED: (flow.ACCEPT, flow.REQUEST_CORRECTION),
    flow.PROPOSED: (flow.ACCEPT, flow.PROPOSE),
    flow.DECIDED: (flow.ACCEPT, flow.DECIDE),
    flow.COMPLETED: (flow.ACCEPT, flow.DECIDE, flow.COMPLETE),
    flow.REFUSED: (flow.REFUSE,),
    flow.WITHDRAWN: (flow.WITHDRAW,),
    flow.LAPSED: (flow.LAPSE,),
}
ACTS = tuple(verb for verb in flow.VERBS if verb not in (flow.SUBMIT, flow.RECORD))


@pytest.mark.parametrize("status", WAY)
def test_every_verb_in_every_status_does_what_the_table_says(
    status: str, procedure: Any, staff: dict[str, Any], in_chiba: datetime
) -> None:
    for verb in ACTS:
        application = apply(actor=staff["resident"], now=in_chiba, procedure=procedure)
        for step in WAY[status]:
            _do(step, application, staff, in_chiba)
        application.refresh_from_db()
        assert application.status == status
        lines, deeds, version = History.objects.count(), Deed.objects.count(), application.version
        expected = flow.after(status, verb)
        if expected is None:
            with pytest.raises((NotPossibleNow, _NothingToCorrect())):
                _do(verb, application, staff, in_chiba)
            application.refresh_from_db()
            assert (application.status, application.version) == (status, version)
            assert (History.objects.count(), Deed.objects.count()) == (lines, deeds)
        else:
            _do(verb, application, staff, in_chiba)
            application.refresh_from_db()
            assert application.status == expected
            assert application.open is (expected in flow.OPEN)
            assert application.version == version + 1
            last = History.objects.filter(application=application).order_by("-id").first()
            assert (last.verb, last.from_status, last.to_status) == (verb, status, expected)
            assert Deed.objects.filter(verb=f"applications.{verb}", thing_id=application.pk).exists()


def _NothingToCorrect() -> type[Exception]:
    from moyai.applications.actions.corrections import NothingToCorrect

    return NothingToCorrect


def test_every_status_can_be_reached_and_every_verb_has_words_and_a_permit() -> None:
    reached = {flow.DRAFT, *flow.FLOW.values()}
    assert reached == set(flow.STATUSES)
    assert set(flow.WORDS) == set(flow.STATUSES)
    assert set(flow.DONE) == set(flow.VERBS)
    assert {PERMITS[FOR_VERB[verb]] for verb in flow.VERBS}


def test_badges_use_the_five_kinds_of_the_look() -> None:
    kinds = {words.badge for words in (*flow.WORDS.values(), *flow.OUTCOME_WORDS.values())}
    assert kinds <= {"neutral", "progress", "attention", "good", "bad", "locked"}
    assert flow.badge(flow.DECIDED, flow.REJECTED, staff=False) == {"kind": "bad", "word": "決定（却下）"}


def test_readme_prints_the_current_flow() -> None:
    from pathlib import Path

    readme = (Path(flow.__file__).parent / "README.md").read_text(encoding="utf-8")
    assert flow.as_table() in readme
