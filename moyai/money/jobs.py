"""What the ledger does by itself: asking about open card payments; the simulated company's late post."""

from __future__ import annotations

from datetime import datetime

from moyai.money.models import Attempt, SimulatorCall
from moyai.money.tasks import ask, simulator_call
from moyai.tenants.public import Body, acting_in, every, later, looking_across

__all__ = ["ask", "ask_about_open", "simulator_call", "simulator_round"]


@every("* * * * *", name="money.ask_about_open", per_body=False)
def ask_about_open(*, now: datetime) -> None:
    """Ask about every attempt whose time has come, over all bodies: ids only, read across the wall."""
    with looking_across() as alias:
        due = list(
            Attempt.objects.using(alias)
            .filter(check_at__lte=now)
            .order_by("body_id", "id")
            .values_list("body_id", "id")[:1000]
        )
    bodies = Body.objects.in_bulk({body_id for body_id, _ in due})
    for body_id, attempt_id in due:
        with acting_in(bodies[body_id]):
            later(ask, attempt_id=attempt_id)


@every("* * * * *", name="money.simulator_round", per_body=False)
def simulator_round(*, now: datetime) -> None:
    """The simulated company's post goes out once a minute."""
    due = SimulatorCall.objects.filter(sent_at__isnull=True, due_at__lte=now).order_by("id")
    for call_id in due.values_list("id", flat=True)[:100]:
        later(simulator_call, call_id=call_id)
