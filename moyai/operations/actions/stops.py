"""停止 — announced, noted, ended, explained; one that was noted wrongly is voided with a reason and stays in the book."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.operations.actions.systems import EndsBeforeItBegins, side_of
from moyai.operations.models import Case, Probe, Stop, System
from moyai.operations.permits import PERMITS
from moyai.tenants.public import Actor, Refusal, clock, later


class AnnouncedTooLate(Refusal):
    code = "announced_too_late"
    status = 422
    message = _(  # type: ignore[assignment]
        "計画停止は、始まる前に知らせます。もう始まっているときは、緊急停止として記録してください。"
    )


class NotYet(Refusal):
    code = "not_yet"
    status = 422
    message = _("まだ来ていない日時は記録できません。")  # type: ignore[assignment]


class StopEnded(Refusal):
    code = "stop_ended"
    message = _("この停止は、すでに終わりが記録されています。")  # type: ignore[assignment]


class StopVoided(Refusal):
    code = "stop_voided"
    message = _("この停止は、取り消されています。")  # type: ignore[assignment]


class ProbeWatches(Refusal):
    code = "probe_watches"
    message = _("この監視が記録している停止がまだ終わっていません。")  # type: ignore[assignment]


def _span(begins: datetime, ends: datetime | None) -> None:
    if ends is not None and ends <= begins:
        raise EndsBeforeItBegins(fields={"ends": str(EndsBeforeItBegins.message)})


@action("operations.announce_stop", permits=PERMITS)
def announce_stop(
    *,
    actor: Actor,
    now: datetime,
    system: System,
    begins: datetime,
    ends: datetime,
    side: str = "",
    cause: str = "",
    announced_on: date | None = None,
) -> Stop:
    """計画停止の予告 — its minutes are no planned time of the system. Members that use its service are told.

    `announced_on` is for a record of the past; without it the stop has to lie ahead. Raises AnnouncedTooLate,
    EndsBeforeItBegins, SideUnknown.
    """
    side_of(system, side)
    _span(begins, ends)
    told = begins > now if announced_on is None else announced_on <= clock.today(begins)
    if not told:
        raise AnnouncedTooLate(fields={"begins": str(AnnouncedTooLate.message)})
    stop = Stop.objects.create(
        system=system,
        side=side,
        kind=Stop.Kind.PLANNED,
        begins=begins,
        ends=ends,
        announced_on=announced_on or clock.today(now),
        cause=cause,
        noted_by=actor.name[:60],
    )
    if begins > now:
        from moyai.operations.jobs.telling import tell_of_stop

        later(tell_of_stop, stop_id=stop.pk)
    return stop


@action("operations.note_outage", permits=PERMITS, refuses={"one_open_stop_per_probe": ProbeWatches})
def note_outage(
    *,
    actor: Actor,
    now: datetime,
    system: System,
    begins: datetime,
    ends: datetime | None = None,
    side: str = "",
    cause: str = "",
    case: Case | None = None,
    probe: Probe | None = None,
) -> Stop:
    """緊急停止の記録 — open while `ends` is empty. Raises NotYet, EndsBeforeItBegins, SideUnknown."""
    return _note(Stop.Kind.OUTAGE, actor, now, system, begins, ends, side, cause, case, probe)


@action("operations.note_unknown", permits=PERMITS, refuses={"one_open_stop_per_probe": ProbeWatches})
def note_unknown(
    *,
    actor: Actor,
    now: datetime,
    system: System,
    begins: datetime,
    ends: datetime | None = None,
    side: str = "",
    cause: str = "",
    probe: Probe | None = None,
) -> Stop:
    """不明の時間の記録 — nobody measured: shown apart, never up. Raises as `note_outage`."""
    return _note(Stop.Kind.UNKNOWN, actor, now, system, begins, ends, side, cause, None, probe)


def _note(
    kind: str,
    actor: Actor,
    now: datetime,
    system: System,
    begins: datetime,
    ends: datetime | None,
    side: str,
    cause: str,
    case: Case | None,
    probe: Probe | None,
) -> Stop:
    side_of(system, side)
    _span(begins, ends)
    for name, moment in (("begins", begins), ("ends", ends)):
        if moment is not None and moment > now:
            raise NotYet(fields={name: str(NotYet.message)})
    return Stop.objects.create(
        system=system,
        side=side,
        kind=kind,
        begins=begins,
        ends=ends,
        cause=cause,
        case=case,
        probe=probe,
        noted_by=actor.name[:60],
    )


def _standing(stop: Stop) -> Stop:
    row = Stop.objects.select_for_update().get(pk=stop.pk)
    if row.voided_on is not None:
        raise StopVoided
    return row


@action("operations.close_stop", permits=PERMITS)
def close_stop(*, actor: Actor, now: datetime, stop: Stop, ends: datetime, cause: str = "") -> Stop:
    """復旧 — a stop ends. Raises StopEnded where somebody was quicker, StopVoided, NotYet, EndsBeforeItBegins."""
    row = _standing(stop)
    if row.ends is not None:
        raise StopEnded
    _span(row.begins, ends)
    if ends > now:
        raise NotYet(fields={"ends": str(NotYet.message)})
    row.ends = ends
    row.cause = cause or row.cause
    row.save(update_fields=["ends", "cause"])
    return row


@action("operations.explain_stop", permits=PERMITS)
def explain_stop(*, actor: Actor, now: datetime, stop: Stop, cause: str, case: Case | None = None) -> Stop:
    """原因の記録 — why it stopped; also after its end. Raises StopVoided."""
    row = _standing(stop)
    row.cause = cause
    row.case = case or row.case
    row.save(update_fields=["cause", "case"])
    return row


@action("operations.void_stop", permits=PERMITS)
def void_stop(*, actor: Actor, now: datetime, stop: Stop, reason: str) -> Stop:
    """記録の取消し — the stop counts no more, and stays readable with its reason.

    Raises StopVoided, ProbeWatches where a probe is still writing it: nothing would say what the time was.
    """
    row = _standing(stop)
    if row.probe_id is not None and row.ends is None:
        raise ProbeWatches
    row.voided_on, row.why_voided = clock.today(now), reason
    row.save(update_fields=["voided_on", "why_voided"])
    return row
