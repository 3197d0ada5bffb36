"""保存期間 — what goes when its day has come, and what is left of it: a row without name or file."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta

from moyai.audit.public import action, record
from moyai.documents import store
from moyai.documents.actions.uploads import UNCLAIMED_DAYS, remove_after_commit
from moyai.documents.models import HandOver, Letter, Upload
from moyai.documents.permits import PERMITS
from moyai.tenants.public import Actor, Body, body_of, clock

AT_ONCE = 2_000
ORPHAN_HOURS = 24
FILES_AFTER_END_DAYS = 7


@action("documents.keep_papers_until", permits=PERMITS)
def keep_papers_until(
    *, actor: Actor, now: datetime, paper: Upload | Letter, keep_until: date | None, reason: str = ""
) -> Upload | Letter:
    """保存期限 — set the last day a file or letter is kept; None keeps it without end."""
    paper.keep_until = keep_until
    paper.save(update_fields=["keep_until"])
    return paper


def drop_unclaimed(*, actor: Actor, now: datetime) -> int:
    """Delete uploads that nobody claimed within two days, row and file. Gives how many."""
    body = body_of(actor.body)
    left = Upload.objects.select_for_update(skip_locked=True).filter(
        body=body, claimed_id__isnull=True, kept_at__lt=now - timedelta(days=UNCLAIMED_DAYS)
    )
    doomed = list(left.exclude(state=Upload.State.PURGED).order_by("id")[:AT_ONCE])
    Upload.objects.filter(pk__in=[upload.pk for upload in doomed]).delete()
    for upload in doomed:
        remove_after_commit(body.pk, upload.key)
    if doomed:
        record(
            actor=actor,
            now=now,
            verb="documents.drop_unclaimed",
            thing=None,
            detail={"uploads": len(doomed)},
        )
    return len(doomed)


def purge_past(*, actor: Actor, now: datetime) -> int:
    """Purge every file and letter whose last day is over. Gives how many."""
    body, today = body_of(actor.body), clock.today(now)
    uploads = Upload.objects.select_for_update(skip_locked=True).filter(body=body, keep_until__lt=today)
    letters = Letter.objects.select_for_update(skip_locked=True).filter(
        body=body, keep_until__lt=today, state__in=("ready", "failed")
    )
    past: list[Upload | Letter] = [
        *uploads.filter(purged_at__isnull=True).order_by("id")[:AT_ONCE],
        *letters.filter(purged_at__isnull=True).order_by("id")[:AT_ONCE],
    ]
    for paper in past:
        purge(actor=actor, now=now, paper=paper)
    return len(past)


@action("documents.purge", permits=PERMITS)
def purge(*, actor: Actor, now: datetime, paper: Upload | Letter) -> Upload | Letter:
    """廃棄 — the file goes for good; number, hash, size and dates stay as proof of what was deleted."""
    empty(paper, now)
    return paper


def empty(paper: Upload | Letter, now: datetime) -> None:
    """Leave of a paper what proves its deletion and names nobody; part of an act that leaves the deed."""
    key = paper.key
    if isinstance(paper, Letter):
        paper.state = Letter.FLOW[Letter.State(paper.state), "purge"]
        # The trouble may quote the facts it stumbled over.
        paper.facts, paper.trouble, paper.key, paper.purged_at = {}, "", "", now
        paper.save(update_fields=["state", "facts", "trouble", "key", "purged_at"])
    else:
        # The key is no secret any more and stays: it is unique, and names the file that is gone.
        paper.state, paper.why, paper.name, paper.purged_at = Upload.State.PURGED, "", "", now
        paper.drafter_hash = ""
        paper.save(update_fields=["state", "why", "name", "drafter_hash", "purged_at"])
    if key:
        remove_after_commit(paper.body_id, key)


def end_hand_overs(*, actor: Actor, now: datetime) -> int:
    """Close links whose time is over; the files of ended ones go a week later. Gives how many closed."""
    body = body_of(actor.body)
    open_still = HandOver.objects.select_for_update(skip_locked=True).filter(
        body=body, state__in=(HandOver.State.REQUESTED, HandOver.State.OPEN), expires_at__lte=now
    )
    over = list(open_still.order_by("id")[:AT_ONCE])
    for hand_over in over:
        end_hand_over(actor=actor, now=now, hand_over=hand_over)
    ended = HandOver.objects.filter(body=body).exclude(
        state__in=(HandOver.State.REQUESTED, HandOver.State.OPEN)
    )
    kept = ended.filter(upload__purged_at__isnull=True, upload__keep_until__isnull=True)
    waiting = kept.values_list("upload_id", flat=True)
    Upload.objects.filter(pk__in=list(waiting[:AT_ONCE])).update(
        keep_until=clock.today(now) + timedelta(days=FILES_AFTER_END_DAYS)
    )
    return len(over)


@action("documents.end_hand_over", permits=PERMITS)
def end_hand_over(*, actor: Actor, now: datetime, hand_over: HandOver) -> HandOver:
    """期限切れ — the link's time is over."""
    hand_over.state = HandOver.FLOW[HandOver.State(hand_over.state), "expire"]
    hand_over.ended_at = now
    hand_over.save(update_fields=["state", "ended_at"])
    return hand_over


def sweep_files(*, body: Body, now: datetime) -> int:
    """Delete files that no row knows: their transaction never committed, or died between commit and deletion.

    Only files a day old by the disk's own clock go; younger ones may belong to a transaction still open.
    """
    oldest = time.time() - ORPHAN_HOURS * 3600
    old = [(path, key) for path, key, written in store.files_of(body.pk) if written < oldest]
    keys = [key for _, key in old if key]
    known: set[str] = set()
    # A refused or purged upload keeps its key but no file: one that is still there outlived its deletion.
    uploads = Upload.objects.filter(body=body, state__in=(Upload.State.QUARANTINED, Upload.State.CLEAN))
    for at in range(0, len(keys), 1000):
        some = keys[at : at + 1000]
        for rows in (uploads, Letter.objects.filter(body=body)):
            known.update(rows.filter(key__in=some).values_list("key", flat=True))
    lost = [path for path, key in old if key not in known]
    for path in lost:
        path.unlink(missing_ok=True)
    return len(lost)
