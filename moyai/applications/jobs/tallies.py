"""Counts that bodies share, renewed every night."""

from __future__ import annotations

from datetime import datetime

from moyai.applications.models import Procedure, Tally
from moyai.tenants.public import Actor, Body, every


@every("11 4 * * *", name="applications.count_answers")
def count_shared(*, body: Body, now: datetime) -> None:
    """Every night: the counts of each survey that shares them, and of those that did."""
    from moyai.applications.actions.tallies import count_answers

    did = Tally.objects.filter(body=body).values("procedure_id")
    for procedure in Procedure.objects.filter(body=body, shares_answers=True).union(
        Procedure.objects.filter(body=body, pk__in=did)
    ):
        count_answers(actor=Actor.system(body), now=now, procedure=procedure)
