"""サービスレベル・月次報告・行事・意見交換."""

from __future__ import annotations

from moyai.operations.actions.events import note_attendance, plan_event
from moyai.operations.actions.news import note_exchange
from moyai.operations.actions.systems import agree_level, report_month
from moyai.operations.models import Event
from moyai.web.loading.task import Loading


def load_operation(task: Loading) -> None:
    """What the operators reported and what was held in the year."""
    for row in task.seed["levels"]:
        with task.at(row):
            agree_level(
                **task.acting,
                service=task.services[row["service"]],
                numerator=row["numerator"],
                denominator=row["denominator"],
                source=task.source(row),
                from_on=row["from_on"],
            )
    for row in task.seed["monthly"]:
        with task.at(row):
            report_month(
                **task.acting,
                service=task.services[row["service"]],
                month=row["month"],
                rates={name: row[name] for name in ("web", "mail") if row[name]},
                incidents=row["incidents"],
                source=task.source(row),
            )
    events: dict[str, Event] = {}
    for row in task.seed["events"]:
        with task.at(row):
            events[row["name"]] = plan_event(
                **task.acting,
                kind=row["kind"],
                name=row["name"],
                service=task.services.get(row["service"]),
                fiscal_year=None if row["from_on"] else task.fiscal_year,
                from_on=row["from_on"],
                until_on=row["until_on"],
                sessions=row["sessions"],
                place=row["venue"],
                hosts=row["hosts"],
                text=row["text"],
                source=task.source(row),
            )
    for row in task.seed["event_attendance"]:
        with task.at(row):
            note_attendance(
                **task.acting,
                event=events[row["event"]],
                group=row["group"],
                bodies=row["bodies"],
                persons=row["persons"],
                remote=row["remote"],
            )
    for row in task.seed["exchanges"]:
        with task.at(row):
            note_exchange(
                **task.acting,
                kind=row["kind"],
                topic=row["topic"],
                fiscal_year=row["fiscal_year"],
                count=row["count"],
                source=task.source(row),
            )
