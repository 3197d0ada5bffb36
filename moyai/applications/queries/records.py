"""事前登録 counted."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from moyai.applications import flow
from moyai.applications.models import Application, Procedure, Record


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """How many records there are, were used by a standing application, were declined."""

    every: int
    used: int
    declined: int


def counts_of_records(procedure: Procedure) -> RecordCounts:
    own = Record.objects.filter(body_id=procedure.body_id, procedure=procedure).aggregate(
        every=Count("id"), declined=Count("id", filter=Q(declined_at__isnull=False))
    )
    used = (
        Application.objects.filter(
            body_id=procedure.body_id,
            procedure=procedure,
            drafts__body_id=procedure.body_id,
            drafts__record__isnull=False,
        )
        .exclude(status__in=flow.UNDONE)
        .count()
    )
    return RecordCounts(every=own["every"], used=used, declined=own["declined"])
