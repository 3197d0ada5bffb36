"""保存期間満了後の削除: what papers know about a person goes, the proof that it went stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import models

from moyai.audit.public import action, forget_reasons_about
from moyai.documents.actions.retention import empty
from moyai.documents.actions.uploads import remove_after_commit
from moyai.documents.models import HandOver, Letter, Upload
from moyai.documents.permits import PERMITS
from moyai.tenants.public import Actor, body_of


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many papers were emptied by this run; those of an earlier one are not counted again."""

    letters: int
    uploads: int
    hand_overs: int


@action("documents.forget_papers_about", permits=PERMITS, thing="thing")
def forget_papers_about(*, actor: Actor, now: datetime, thing: models.Model) -> Forgotten:
    """廃棄 — empty every letter, upload and hand-over about a thing, in the transaction that ends the thing.

    Letters lose facts and file, uploads name and file, hand-overs every word; numbers, hashes, sizes, dates and
    codes stay. Words given as reasons for looking at them go, too. Files go after the commit; should we die in
    between, running again or the nightly sweep removes them. Running again is harmless and counts nothing.
    """
    body = body_of(actor.body)
    label = thing._meta.label_lower
    letters = list(
        Letter.objects.select_for_update()
        .filter(body=body, thing_kind=label, thing_id=thing.pk)
        .order_by("id")
    )
    uploads = list(
        Upload.objects.select_for_update()
        .filter(body=body, claimed_kind=label, claimed_id=thing.pk)
        .order_by("id")
    )
    hand_overs = _hand_overs(actor, now, thing, uploads)
    counted = {"letters": 0, "uploads": 0}
    for paper, kind in [*((each, "letters") for each in letters), *((each, "uploads") for each in uploads)]:
        if paper.purged_at is None:
            empty(paper, now)
            counted[kind] += 1
        elif paper.key:  # its file may have outlived an earlier run
            remove_after_commit(body.pk, paper.key)
    for model, rows in ((Letter, letters), (Upload, uploads)):
        forget_reasons_about(kind=model._meta.label_lower, ids=[row.pk for row in rows])
    return Forgotten(**counted, hand_overs=hand_overs)


def _hand_overs(actor: Actor, now: datetime, thing: models.Model, uploads: list[Upload]) -> int:
    """Empty the hand-overs of these files, and the thing itself where it is one. An open link closes."""
    wanted = models.Q(upload_id__in=[upload.pk for upload in uploads])
    if isinstance(thing, HandOver):
        wanted |= models.Q(pk=thing.pk)
    rows = HandOver.objects.select_for_update().filter(wanted, body=actor.body).exclude(title="")
    found = list(rows.order_by("id"))
    for row in found:
        if (HandOver.State(row.state), "revoke") in HandOver.FLOW:
            row.state, row.ended_at = HandOver.FLOW[HandOver.State(row.state), "revoke"], now
        row.title = row.recipient = row.message = row.passphrase_hash = row.decline_reason = ""
        row.requested_by = row.decided_by = ""
        row.save()
    forget_reasons_about(kind=HandOver._meta.label_lower, ids=[row.pk for row in found])
    return len(found)
