"""Jobs that pages defer: asking the card company, and the simulated company's own post."""

from __future__ import annotations

from datetime import datetime

from moyai.money.actions import ask_company
from moyai.money.models import Attempt, SimulatorCall
from moyai.money.rules.ledger import AttemptState
from moyai.money.simulator import send
from moyai.tenants.public import Actor, body_of, current_body, job


@job(name="money.ask_company")
def ask(*, attempt_id: int, now: datetime) -> None:
    """決済の確認 — ask the company about one attempt that is still open."""
    body = body_of(current_body())
    attempt: Attempt | None = (
        Attempt.objects.of(body).filter(id=attempt_id, state=AttemptState.STARTED).first()
    )
    if attempt is not None:
        ask_company(actor=Actor.system(body), now=now, attempt=attempt)


@job(name="money.simulator_call")
def simulator_call(*, call_id: int, now: datetime) -> None:
    """The simulated company sends one call."""
    call = (
        SimulatorCall.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("order")
        .filter(id=call_id, sent_at__isnull=True, due_at__lte=now)
        .first()
    )
    if call is not None:
        send(call, now)
