"""共有の集計 — the counts of a survey that bodies share: no person in it, read by the council."""

from __future__ import annotations

from datetime import datetime

from moyai.applications.models import Procedure, Tally
from moyai.applications.permits import PERMITS
from moyai.applications.queries.statistics import CHOICES, answered, counted, questions_of
from moyai.audit.public import action
from moyai.tenants.public import Actor

SHARED = CHOICES | {"matrix"}


@action("applications.count_answers", permits=PERMITS, thing="procedure")
def count_answers(*, actor: Actor, now: datetime, procedure: Procedure) -> int:
    """共有の集計をする — replace the counts of a procedure that shares them by those of now; by edition and choice.

    A procedure that no longer shares has none. Gives how many counts there are.
    """
    Tally.objects.filter(body_id=procedure.body_id, procedure=procedure).delete()
    if not procedure.shares_answers:
        return 0
    rows = counted(actor=actor, procedure=procedure)
    made: list[Tally] = []
    questions = [
        one
        for one in questions_of(actor=actor, procedure=procedure)
        if one.kind in SHARED and len(one.id) <= 60
    ]
    for edition in procedure.editions.order_by("number").only("id", "sha256"):
        found = answered(rows.filter(edition=edition), questions)
        for one in found.values():
            by_field = (
                {f"{one.question.id}.{row}": counts for row, counts in one.matrix.items()}
                if one.question.kind == "matrix"
                else {one.question.id: one.counts}
            )
            made += [
                Tally(
                    body_id=procedure.body_id,
                    procedure=procedure,
                    survey=procedure.catalogue_code or procedure.code,
                    sha256=edition.sha256,
                    field=field[:90],
                    choice=choice[:90],
                    answers=number,
                    counted_at=now,
                )
                for field, counts in by_field.items()
                for choice, number in sorted(counts.items())
                if number
            ]
    Tally.objects.bulk_create(made, batch_size=1_000)
    return len(made)
