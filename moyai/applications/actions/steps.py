"""The one way an application changes its status: lock, check against FLOW, write, remember."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.applications import flow
from moyai.applications.actions.news import announce_turn
from moyai.applications.actions.places import release_places
from moyai.applications.models import Application, FollowUp, History, Procedure
from moyai.applications.retention import keep_until
from moyai.calendars.public import add_office_days, office_days_between
from moyai.tenants.public import Actor, Refusal, body_of, clock


class NotPossibleNow(Refusal):
    code = "not_possible_now"
    status = 409
    message = lazy("今の状態では、この操作はできません。")  # type: ignore[assignment]


class ChangedMeanwhile(Refusal):
    """Two clerks: the second learns who was first; nothing is overwritten."""

    code = "changed_meanwhile"
    status = 409
    message = lazy("ほかの人が先に変更しました。違いを確かめて、もう一度登録してください。")  # type: ignore[assignment]


def locked(*, actor: Actor, application: Application, seen_version: int | None = None) -> Application:
    """The application with its row locked until the transaction ends. Raises ChangedMeanwhile."""
    row: Application = (
        Application.objects.filter(body_id=body_of(actor.body).pk)
        .select_related("procedure")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=application.pk)
    )
    if seen_version is not None and row.version != seen_version:
        at = row.changed_at.astimezone(clock.JST)
        raise ChangedMeanwhile(
            _(
                "%(who)sさんが%(hour)d時%(minute)02d分に更新しました。違いを確かめて、もう一度登録してください。"
            )
            % {"who": row.changed_by or _("申請者"), "hour": at.hour, "minute": at.minute}
        )
    return row


def move(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    verb: str,
    note: str = "",
    told: str = "",
    seen_version: int | None = None,
    **fields: Any,
) -> Application:
    """Take an application through one step of FLOW and write its history; `fields` change with it.

    While a correction is awaited the clock of 標準処理期間 stands still: the due date moves by the days it
    stood, office days or calendar days as the procedure counts. Raises NotPossibleNow, ChangedMeanwhile.
    """
    row = locked(actor=actor, application=application, seen_version=seen_version)
    to_status = flow.after(row.status, verb)
    if to_status is None:
        raise NotPossibleNow(
            _("この申込みは「%(status)s」のため、この操作はできません。")
            % {"status": _(flow.WORDS[row.status].staff)}
        )
    today = clock.today(now)
    from_status, row.status = row.status, to_status
    if to_status == flow.RETURNED:
        row.stopped_on = today
    elif row.stopped_on is not None:
        row.due_on = _due_after(row, today, actor)
        row.stopped_on = None
    row.open = to_status in flow.OPEN
    row.status_since = now
    row.closed_on, row.keep_until = closing(row, today)
    for name, value in fields.items():
        setattr(row, name, value)
    touch(
        row=row,
        actor=actor,
        now=now,
        also=(
            "status", "open", "due_on", "stopped_on", "status_since", "closed_on", "keep_until", *fields,
        ),
    )  # fmt: skip
    remember(actor=actor, now=now, application=row, verb=verb, from_status=from_status, note=note, told=told)
    announce_turn(actor=actor, now=now, application=row, event="status_changed")
    if to_status in flow.UNDONE:
        # As if never applied: what it was asked for as (次の手続き) may be filed anew, its places go on.
        FollowUp.objects.filter(body_id=row.body_id, answered_by=row).update(answered_by=None)
        release_places(actor=actor, now=now, application=row)
    return row


def _due_after(row: Application, today: date, actor: Actor) -> date:
    """The due date once the clock runs again; never on a closed day (see calendars: processing_due_on)."""
    assert row.stopped_on is not None
    if row.procedure.processing_calendar == Procedure.Calendar.CALENDAR:
        stood = (today - row.stopped_on).days
        return (
            add_office_days(row.due_on + timedelta(days=stood), 0, body=actor.body) if stood else row.due_on
        )
    stood = office_days_between(row.stopped_on, today, body=actor.body)
    return add_office_days(row.due_on, stood, body=actor.body) if stood > 0 else row.due_on


def closing(row: Application, today: date) -> tuple[date | None, date | None]:
    """完結の日と保存期間の満了日 of an application in its status: both None while somebody still has to act."""
    if row.status in flow.OPEN:
        return None, None
    procedure = row.procedure
    return today, keep_until(closed_on=today, years=procedure.keep_years, keep_from=procedure.keep_from)


def touch(*, row: Application, actor: Actor, now: datetime, also: tuple[str, ...]) -> None:
    """Save the named columns and say who changed the row; the version goes up."""
    row.version += 1
    row.changed_at = now
    row.changed_by = actor.name if actor.is_staff else ""
    row.save(update_fields=["version", "changed_at", "changed_by", *also])


def remember(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    verb: str,
    from_status: str | None = None,
    note: str = "",
    told: str = "",
) -> History:
    """Add a line to the history of an application."""
    line: History = History.objects.create(
        body_id=application.body_id,
        application=application,
        at=now,
        verb=verb,
        from_status=from_status or application.status,
        to_status=application.status,
        by_account_id=actor.account_id,
        by_name=actor.name,
        note=note,
        told=told,
    )
    return line
