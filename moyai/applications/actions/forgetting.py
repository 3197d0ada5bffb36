"""削除 — one application, draft, mandate or record goes, with everything that knows about the person."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from moyai.applications.actions.pool_steps import COUNTED, give_back, locked
from moyai.applications.models import (
    Application,
    Attachment,
    CardSignature,
    Correction,
    Decision,
    Draft,
    Export,
    FollowUp,
    History,
    Hold,
    Mandate,
    Pool,
    Procedure,
    Record,
    RetentionRun,
    ReturnedPaper,
    RouteStep,
    Taking,
    Tombstone,
)
from moyai.applications.permits import PERMITS
from moyai.applications.queries.keeping import kept_back
from moyai.applications.retention import keep_until
from moyai.applications.secrets import number_hash
from moyai.audit.public import action, forget_reasons_about
from moyai.documents.public import forget_papers_about
from moyai.money.public import forget_payer, lock_charges_about
from moyai.notices.public import forget_messages_about
from moyai.tenants.public import Actor, body_of, clock

# Tables whose rows hang on an application alone; the application goes after them.
OF_APPLICATION: Final[tuple[type[Model], ...]] = (
    RouteStep, ReturnedPaper, Decision, Correction, History, Hold,
)  # fmt: skip
# … and those that may hang on its draft as well.
OF_EITHER: Final[tuple[type[Model], ...]] = (Attachment, CardSignature, Taking)
EXPORTS_KEPT: Final = timedelta(days=365)
AT_ONCE: Final = 300


def lock_for_forgetting(*, actor: Actor, application_ids: list[int]) -> None:
    """Lock all that a batch will touch, in the order of every other act: charges, then applications, then pools.

    One application after the other would take a pool and then wait for a row whose owner waits for that pool.
    """
    rows = Application.objects.filter(body_id=body_of(actor.body).pk, pk__in=application_ids).order_by("id")
    for application in rows:
        lock_charges_about(application)
    list(rows.select_for_update(of=("self",)).values_list("id", flat=True))
    places = Taking.objects.filter(
        Q(application__in=application_ids) | Q(draft__application__in=application_ids),
        body_id=body_of(actor.body).pk,
    )
    locked(body_of(actor.body).pk, places.values_list("pool_id", flat=True))


def forget_one(*, actor: Actor, now: datetime, run: RetentionRun, application_id: int) -> str | None:
    """Let one application go in the open transaction; None when it went, else why it stays ("" when it is gone).

    Its locks are held (lock_for_forgetting). Everything is looked at once more: a hold, a payment or a correction
    that came meanwhile keeps it. Running again is harmless.
    """
    body = body_of(actor.body)
    rows = Application.objects.filter(body_id=body.pk, pk=application_id)
    row: Application | None = rows.first()
    if row is None or row.keep_until is None or row.keep_until >= run.ended_before:
        return ""
    why = kept_back(body=body, now=now, rows=[row], going=set()).get(row.pk)
    if why is None:
        money = forget_payer(actor=actor, now=now, thing=row)
        why = f"money_{money.why_not}" if money.why_not else None
    if why is not None:
        return why
    _forget(actor=actor, now=now, run=run, application=row, charges=money.charges)
    return None


@action("applications.forget", permits=PERMITS)
def _forget(
    *, actor: Actor, now: datetime, run: RetentionRun, application: Application, charges: int
) -> Tombstone:
    """削除する — everything of the application; a tombstone proves it to who has the number."""
    body_id = application.body_id
    drafts = list(Draft.objects.filter(body_id=body_id, application=application))
    gone: Counter[str] = Counter(charges=charges, drafts=len(drafts))
    mine = Q(application=application) | Q(draft__in=[draft.pk for draft in drafts])
    _give_back_places(body_id, mine)
    for model in OF_EITHER:
        gone[model._meta.model_name or ""] += _delete(model, body_id, mine)
    FollowUp.objects.filter(body_id=body_id, answered_by=application).update(
        answered_by=None,
        asked_at=Coalesce("asked_at", now),  # it was filed before its day: nobody is asked once more
    )
    gone["followup"] += _delete(FollowUp, body_id, Q(application=application))
    for model in OF_APPLICATION:
        gone[model._meta.model_name or ""] += _delete(model, body_id, Q(application=application))
    for thing in (*drafts, application):
        gone += _forget_about(actor, now, thing)
    _delete(Draft, body_id, Q(application=application))
    forget_reasons_about(kind="applications.draft", ids=[draft.pk for draft in drafts])
    gone["reasons"] += forget_reasons_about(kind="applications.application", ids=[application.pk])
    stone: Tombstone = Tombstone.objects.create(
        body_id=body_id,
        run=run,
        number_sha256=number_hash(application.public_number),
        procedure_id=application.procedure_id,
        received_year=application.received_on.year,
        status=application.status,
        keep_until=application.keep_until,
        deleted_on=clock.today(now),
        counts={name: count for name, count in sorted(gone.items()) if count},
    )
    mandate = application.mandate
    _delete(Application, body_id, Q(pk=application.pk))
    if mandate is not None and not _mandate_is_used(mandate):
        forget_mandate(actor=actor, now=now, mandate=mandate)
    return stone


def _forget_about(actor: Actor, now: datetime, thing: Model) -> Counter[str]:
    papers = forget_papers_about(actor=actor, now=now, thing=thing)
    messages = forget_messages_about(actor=actor, now=now, thing=thing)
    return Counter(files=papers.uploads, letters=papers.letters, messages=messages)


def _delete(model: type[Model], body_id: int, which: Q) -> int:
    """Rows in one statement: the keys and triggers of the database refuse what must not go."""
    rows: QuerySet[Any] = model._default_manager.filter(which, body_id=body_id)
    return int(rows._raw_delete(rows.db) or 0)


def _give_back_places(body_id: int, whose: Q) -> None:
    """Places taken go out of both sides of their pool: what was left of it is left as before. A hold or an offer
    is free again.

    Looked at under the locks of the pools: a job that ends a hold at this moment would give it back as well.
    """
    rows = Taking.objects.filter(whose, body_id=body_id)
    pools = locked(body_id, rows.values_list("pool_id", flat=True))
    for taking in rows.filter(state__in=COUNTED).order_by("pool_id", "id"):
        give_back(pools[taking.pool_id], taking.quantity)
        if taking.state == Taking.State.TAKEN:
            Pool.objects.filter(body_id=body_id, pk=taking.pool_id).update(
                capacity=F("capacity") - taking.quantity
            )


def _mandate_is_used(mandate: Mandate) -> bool:
    return any(
        model.objects.filter(body_id=mandate.body_id, mandate=mandate).exists()
        for model in (Application, Draft)
    )


@action("applications.forget", permits=PERMITS)
def forget_mandate(*, actor: Actor, now: datetime, mandate: Mandate) -> None:
    """委任状を削除する — with the messages about it."""
    _forget_about(actor, now, mandate)
    forget_reasons_about(kind="applications.mandate", ids=[mandate.pk])
    _delete(Mandate, mandate.body_id, Q(pk=mandate.pk))


@action("applications.forget", permits=PERMITS)
def forget_draft(*, actor: Actor, now: datetime, draft: Draft) -> None:
    """期限の過ぎた下書きを削除する — with its files and messages; a place it held is free again."""
    mine = Q(draft=draft)
    _give_back_places(draft.body_id, mine)
    for model in OF_EITHER:
        _delete(model, draft.body_id, mine)
    _forget_about(actor, now, draft)
    forget_reasons_about(kind="applications.draft", ids=[draft.pk])
    _delete(Draft, draft.body_id, Q(pk=draft.pk))


def drop_past(*, actor: Actor, now: datetime) -> int:
    """Let go what was never sent or is needed no longer: drafts past their day, 委任状, 事前登録, requests for exports.

    At most AT_ONCE of each; gives how many went, 0 when nothing is left to do.
    """
    body, today = body_of(actor.body), clock.today(now)
    drafts = Draft.objects.filter(body_id=body.pk, application__isnull=True, expires_at__lt=now)
    gone = 0
    for draft in drafts.select_for_update(of=("self",), skip_locked=True).order_by("id")[:AT_ONCE]:
        forget_draft(actor=actor, now=now, draft=draft)
        gone += 1
    used = [
        Exists(model.objects.filter(body_id=body.pk, mandate=OuterRef("pk")))
        for model in (Application, Draft)
    ]
    mandates = Mandate.objects.filter(body_id=body.pk, valid_until__lt=today).exclude(used[0] | used[1])
    for mandate in mandates.order_by("id")[:AT_ONCE]:
        forget_mandate(actor=actor, now=now, mandate=mandate)
        gone += 1
    gone += _drop_records(body.pk, now)
    old = Export.objects.filter(body_id=body.pk, expires_at__lt=now - EXPORTS_KEPT).values("pk")[:AT_ONCE]
    return gone + _delete(Export, body.pk, Q(pk__in=list(old.values_list("pk", flat=True))))


def _drop_records(body_id: int, now: datetime) -> int:
    """事前登録 whose 保存期間, counted from the day it was taken in, is over and that no draft goes on from.

    By procedure: its oldest go first, and those of one that keeps for ten years hide nobody else's.
    """
    today, gone = clock.today(now), 0
    records = Record.objects.filter(body_id=body_id)
    procedures = Procedure.objects.filter(Exists(records.filter(procedure=OuterRef("pk"))), body_id=body_id)
    for procedure in procedures.only("id", "keep_years", "keep_from").order_by("id"):
        oldest = records.filter(procedure=procedure).exclude(
            Exists(Draft.objects.filter(body_id=body_id, record=OuterRef("pk")))
        )
        over = [
            pk
            for pk, imported_at in oldest.order_by("imported_at", "id").values_list("pk", "imported_at")[
                :AT_ONCE
            ]
            if keep_until(
                closed_on=clock.today(imported_at), years=procedure.keep_years, keep_from=procedure.keep_from
            )
            < today
        ]
        gone += _delete(Record, body_id, Q(pk__in=over))
    return gone
