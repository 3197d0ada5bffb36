"""保存期間 — hold, propose, approve and run the deletion of what is kept no longer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db.models import F
from django.utils.translation import gettext_lazy as lazy

from moyai.applications.actions.forgetting import forget_one, lock_for_forgetting
from moyai.applications.actions.review import need_reason
from moyai.applications.actions.steps import locked, touch
from moyai.applications.models import Application, Hold, RetentionRun
from moyai.applications.permits import PERMITS
from moyai.applications.queries.keeping import ended, preview, procedure_titles
from moyai.applications.retention import keep_until
from moyai.audit.public import action
from moyai.tenants.public import Actor, Refusal, body_of, clock

BATCH: Final = 100  # applications in one transaction of a run: little is done again after a crash
MOST_NAMED: Final = 1_000  # of those that stayed


class AlreadyHeld(Refusal):
    code = "already_held"
    status = 409
    message = lazy("この申請はすでに保留されています。")  # type: ignore[assignment]


class NotHeld(Refusal):
    code = "not_held"
    status = 409
    message = lazy("この申請は保留されていません。")  # type: ignore[assignment]


class NothingToDelete(Refusal):
    code = "nothing_to_delete"
    status = 409
    message = lazy("保存期間が終わった申請はありません。")  # type: ignore[assignment]


class DayNotOver(Refusal):
    code = "day_not_over"
    status = 422
    message = lazy("今日までの日付にしてください。保存期間が終わっていない申請は削除できません。")  # type: ignore[assignment]


class AlreadySettled(Refusal):
    code = "already_settled"
    status = 409
    message = lazy("この提案はすでに処理されています。")  # type: ignore[assignment]


class OwnProposal(Refusal):
    code = "own_proposal"
    status = 403
    message = lazy("自分が提案した削除は、承認できません。ほかの管理者に依頼してください。")  # type: ignore[assignment]


@action("applications.hold", permits=PERMITS, thing="application")
def hold(*, actor: Actor, now: datetime, application: Application, reason: str) -> Hold:
    """保留 — the application is not deleted while this stands (訴訟, 監査, 開示請求). Raises AlreadyHeld, ReasonMissing."""
    words = need_reason(reason)
    row = locked(actor=actor, application=application)
    if Hold.objects.filter(body_id=row.body_id, application=row, released_at__isnull=True).exists():
        raise AlreadyHeld
    made: Hold = Hold.objects.create(
        body_id=row.body_id, application=row, reason=words[:200], set_at=now, set_by=actor.name
    )
    row.held = True
    touch(row=row, actor=actor, now=now, also=("held",))
    return made


@action("applications.release_hold", permits=PERMITS, thing="application")
def release_hold(*, actor: Actor, now: datetime, application: Application) -> Application:
    """保留を解く — the application may be deleted again once its day is over. Raises NotHeld."""
    row = locked(actor=actor, application=application)
    standing = Hold.objects.filter(body_id=row.body_id, application=row, released_at__isnull=True)
    if not standing.update(released_at=now, released_by=actor.name):
        raise NotHeld
    row.held = False
    touch(row=row, actor=actor, now=now, also=("held",))
    return row


@action("applications.propose_retention", permits=PERMITS)
def propose(*, actor: Actor, now: datetime, ended_before: date) -> RetentionRun:
    """削除を提案する — with the preview as it is now. Nothing goes before another person approves.

    Raises DayNotOver, NothingToDelete.
    """
    if ended_before > clock.today(now):
        raise DayNotOver(fields={"ended_before": str(DayNotOver.message)})
    seen = preview(actor=actor, now=now, before=ended_before)
    if not seen.total:
        raise NothingToDelete
    made: RetentionRun = RetentionRun.objects.create(
        body_id=body_of(actor.body).pk,
        ended_before=ended_before,
        preview=seen.as_json(procedure_titles(actor=actor)),
        proposed_by_id=actor.account_id,
        proposed_by=actor.name,
        proposed_at=now,
    )
    return made


def _waiting(actor: Actor, run: RetentionRun) -> RetentionRun:
    rows = RetentionRun.objects.filter(body_id=body_of(actor.body).pk).select_for_update()
    row: RetentionRun = rows.get(pk=run.pk)
    if row.state != RetentionRun.State.PROPOSED:
        raise AlreadySettled
    return row


@action("applications.approve_retention", permits=PERMITS)
def approve(*, actor: Actor, now: datetime, run: RetentionRun) -> RetentionRun:
    """削除を承認する — by an administrator who did not propose it; the work begins behind the scenes.

    Raises OwnProposal, AlreadySettled.
    """
    from moyai.applications.jobs.keeping import forget_ended
    from moyai.tenants.public import later

    row = _waiting(actor, run)
    if row.proposed_by_id == actor.account_id:
        raise OwnProposal
    row.state, row.approved_by_id, row.approved_by, row.approved_at = (
        RetentionRun.State.APPROVED,
        actor.account_id,
        actor.name,
        now,
    )
    row.save(update_fields=["state", "approved_by_id", "approved_by", "approved_at"])
    later(forget_ended, run_id=row.pk)
    return row


@action("applications.decline_retention", permits=PERMITS)
def decline(*, actor: Actor, now: datetime, run: RetentionRun) -> RetentionRun:
    """削除の提案を差し戻す. Raises AlreadySettled."""
    row = _waiting(actor, run)
    row.state, row.ended_at = RetentionRun.State.DECLINED, now
    row.save(update_fields=["state", "ended_at"])
    return row


@action("applications.run_retention", permits=PERMITS, thing="run")
def run_batch(*, actor: Actor, now: datetime, run: RetentionRun, below: int | None) -> int | None:
    """Let the next applications of an approved run go, from the latest down; below is the key of the last batch.

    One transaction: what dies in the middle was not begun. Gives the key to go on below, None at the end.
    """
    rows = RetentionRun.objects.filter(body_id=body_of(actor.body).pk).select_for_update()
    row: RetentionRun = rows.get(pk=run.pk)
    if row.state not in (RetentionRun.State.APPROVED, RetentionRun.State.RUNNING):
        return None
    todo = ended(body=body_of(actor.body), before=min(row.ended_before, clock.today(now)))
    if below is not None:
        todo = todo.filter(id__lt=below)
    ids = list(todo.values_list("pk", flat=True)[:BATCH])
    lock_for_forgetting(actor=actor, application_ids=ids)
    named = {each["id"] for each in row.kept}  # a batch whose end was not written down comes again
    for application_id in ids:
        stays = forget_one(actor=actor, now=now, run=row, application_id=application_id)
        if stays is None:
            row.deleted += 1
        elif stays and application_id not in named and len(named) < MOST_NAMED:
            named.add(application_id)
            row.kept.append({"id": application_id, "why": stays})
    row.state = RetentionRun.State.RUNNING if len(ids) == BATCH else RetentionRun.State.DONE
    row.ended_at = None if len(ids) == BATCH else now
    row.save(update_fields=["state", "deleted", "kept", "ended_at"])
    return ids[-1] if len(ids) == BATCH else None


def fill_in_ends(*, actor: Actor, now: datetime) -> int:
    """満了日を補う — for closed applications without one (of an earlier release). Gives how many."""
    rows = (
        Application.objects.filter(body_id=body_of(actor.body).pk, open=False, keep_until__isnull=True)
        .select_related("procedure")
        .only("id", "body_id", "status_since", "procedure__keep_years", "procedure__keep_from")
        .order_by("id")[:2_000]
    )
    filled = 0
    for row in rows:
        closed = clock.today(row.status_since)
        until = keep_until(
            closed_on=closed, years=row.procedure.keep_years, keep_from=row.procedure.keep_from
        )
        filled += Application.objects.filter(
            body_id=row.body_id, pk=row.pk, open=False, keep_until__isnull=True
        ).update(closed_on=closed, keep_until=until, version=F("version"))
    return filled
