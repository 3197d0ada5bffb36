"""Taking files in: keep, claim, delete, settle."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO

from django.core.files.base import File
from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.documents import listeners, scanner, store
from moyai.documents.jobs import scan
from moyai.documents.models import WHY_REFUSED, Upload
from moyai.documents.permits import PERMITS
from moyai.documents.queries import bound_to
from moyai.documents.rules import contents
from moyai.documents.rules.names import clean_name
from moyai.tenants.public import Actor, Refusal, body_of, later

LARGEST_BYTES = 10_000_000
UNCLAIMED_DAYS = 2


class UploadRefused(Refusal):
    """The file may not come in. `why` is a key of WHY_REFUSED."""

    code = "upload_refused"
    status = 422

    def __init__(self, why: str, message: str | Promise | None = None) -> None:
        self.why = why
        super().__init__(str(message or WHY_REFUSED[why]), fields={"file": why})


class UploadNotFound(Refusal):
    """Not there, or another's: one answer for both."""

    code = "upload_not_found"
    status = 404
    message = _("ファイルが見つかりません。もう一度添付してください。")  # type: ignore[assignment]


class UploadClaimed(Refusal):
    code = "upload_claimed"
    status = 409
    message = _("このファイルは、すでに別の申込みに添付されています。")  # type: ignore[assignment]


class UploadNotClean(Refusal):
    code = "upload_not_clean"
    status = 403
    message = _("ファイルを確認しています。しばらくしてから、もう一度お試しください。")  # type: ignore[assignment]


@action("documents.keep_upload", permits=PERMITS)
def keep_upload(
    *,
    actor: Actor,
    now: datetime,
    file: File[bytes] | IO[bytes],
    accept: Collection[str] = contents.PHOTOGRAPHS_AND_PDF,
    max_bytes: int = LARGEST_BYTES,
    drafter: str = "",
    name: str = "",
) -> Upload:
    """添付 — keep a file in quarantine and have it examined by a job.

    Refuses at once (UploadRefused, nothing kept) what is empty, larger than `max_bytes`, or by its first
    bytes none of `accept` (see `rules.contents`). `drafter` is the key of the draft it belongs to.
    """
    body = body_of(actor.body)
    bound = bound_to(actor=actor, drafter=drafter)
    pieces = _pieces(file)
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= contents.HEAD_BYTES:
            break
    if not head:
        raise UploadRefused("empty")
    content_type = contents.sniff(head[: contents.HEAD_BYTES])
    if content_type is None or not acceptable(content_type, accept):
        raise UploadRefused("type")
    try:
        kept = store.keep(_again(head, pieces), body_id=body.pk, most_bytes=max_bytes)
    except store.TooLargeError:
        raise UploadRefused("size", too_large(max_bytes)) from None
    given = name or str(getattr(file, "name", "") or "")
    upload: Upload = Upload.objects.create(
        body=body,
        key=kept.key,
        name=clean_name(given, ending=contents.ENDINGS[content_type]),
        size=kept.size,
        sha256=kept.sha256,
        content_type=content_type,
        accept=sorted(accept),
        drafter_hash=bound,
        kept_at=now,
    )
    later(scan, upload_id=upload.pk)
    return upload


def _pieces(file: File[bytes] | IO[bytes]) -> Iterator[bytes]:
    """The content from its beginning, whatever was read of it before."""
    if isinstance(file, File):
        yield from file.chunks(store.PIECE)
        return
    file.seek(0)
    yield from iter(lambda: file.read(store.PIECE), b"")


def _again(head: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def acceptable(content_type: str, accept: Collection[str]) -> bool:
    """An Office paper may look like any ZIP from its first bytes; the examination decides."""
    return content_type in accept or (content_type == contents.ZIP and not _PACKED.isdisjoint(accept))


_PACKED = {contents.DOCX, contents.XLSX, contents.PPTX, contents.ZIP}


def too_large(max_bytes: int) -> str:
    words = _("ファイルが大きすぎます。%(most)sMB以下にするか、分けて添付してください。")
    return str(words) % {"most": f"{max_bytes // 100_000 / 10:g}"}


@action("documents.claim_upload", permits=PERMITS)
def claim_upload(
    *,
    actor: Actor,
    now: datetime,
    upload_id: int,
    thing: models.Model,
    drafter: str = "",
    keep_until: date | None = None,
) -> Upload:
    """Attach an upload to the thing it was brought for. Only its own drafter may; again is harmless.

    A file still in quarantine may be claimed (it cannot be fetched before it is clean); a refused one not.
    """
    upload: Upload | None = Upload.objects.select_for_update().filter(body=actor.body, pk=upload_id).first()
    if upload is None or not hmac.compare_digest(upload.drafter_hash, bound_to(actor=actor, drafter=drafter)):
        raise UploadNotFound
    if upload.state not in (Upload.State.QUARANTINED, Upload.State.CLEAN):
        raise UploadRefused(upload.why or "broken")
    claim = (thing._meta.label_lower, thing.pk)
    if upload.claimed_id is not None and (upload.claimed_kind, upload.claimed_id) != claim:
        raise UploadClaimed
    upload.claimed_kind, upload.claimed_id = claim
    upload.claimed_at = upload.claimed_at or now
    upload.keep_until = keep_until or upload.keep_until
    upload.save(update_fields=["claimed_kind", "claimed_id", "claimed_at", "keep_until"])
    return upload


@action("documents.delete_upload", permits=PERMITS)
def delete_upload(
    *,
    actor: Actor,
    now: datetime,
    upload_id: int,
    drafter: str = "",
    thing: models.Model | None = None,
    reason: str = "",
) -> Upload:
    """Take an upload away, row and file: its drafter before it is claimed, afterwards whoever holds `thing`."""
    upload: Upload | None = Upload.objects.select_for_update().filter(body=actor.body, pk=upload_id).first()
    if upload is None:
        raise UploadNotFound
    if upload.claimed_id is not None:
        mine = thing is not None and (upload.claimed_kind, upload.claimed_id) == (
            thing._meta.label_lower,
            thing.pk,
        )
    else:
        mine = hmac.compare_digest(upload.drafter_hash, bound_to(actor=actor, drafter=drafter))
    if not mine:
        raise UploadNotFound
    Upload.objects.filter(pk=upload.pk).delete()
    remove_after_commit(upload.body_id, upload.key)
    return upload


def remove_after_commit(body_id: int, key: str, *, from_scratch: bool = False) -> None:
    """A file goes only after its row has gone; if the process dies between, the sweep takes it."""
    path = store.scratch_at(body_id, key) if from_scratch else store.path_of(body_id, key)
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


@action("documents.settle_upload", permits=PERMITS)
def settle_upload(*, actor: Actor, now: datetime, upload: Upload) -> Upload:
    """Decide about a file in quarantine: clean, or refused with its reason.

    No row is locked while the scanner works, so a resident who claims the file meanwhile never waits.
    Raises scanner.ScannerDownError while a configured scanner does not answer; the file stays in quarantine.
    """
    path = store.path_of(upload.body_id, upload.key)
    if not path.exists():
        return _settled(upload, now, why="broken")
    why = scanner.infected(path)
    if why:
        return _settled(upload, now, why=why)
    if upload.content_type not in contents.IMAGES:
        return _settled(upload, now, found=scanner.examined(path, upload.content_type))
    rewritten = store.copied(upload.body_id, upload.key)
    try:
        found = scanner.examined(rewritten, upload.content_type)
        fit = found.cleaned and not found.why
        kept = store.keep_made(rewritten, body_id=upload.body_id) if fit else None
    finally:
        rewritten.unlink(missing_ok=True)
        Path(f"{rewritten}.new").unlink(missing_ok=True)  # left behind by an examination that was killed
    return _settled(upload, now, found=found, kept=kept)


def _settled(
    upload: Upload,
    now: datetime,
    *,
    why: str = "",
    found: contents.Found | None = None,
    kept: store.Kept | None = None,
) -> Upload:
    found = found or contents.Found(content_type=upload.content_type)
    why = why or found.why
    rewritten = upload.content_type in contents.IMAGES and found.content_type == contents.JPEG
    if not why and not rewritten and found.content_type not in upload.accept:
        why = "type"
    news: dict[str, object] = {
        "state": Upload.State.REFUSED if why else Upload.State.CLEAN,
        "why": why,
        "scanner": scanner.scanner_name(),
        "settled_at": now,
    }
    if not why:
        news["content_type"] = found.content_type
        news["name"] = _named(upload, found.content_type)
        if kept is not None:
            news |= {"key": kept.key, "size": kept.size, "sha256": kept.sha256}
    still = Upload.objects.filter(pk=upload.pk, state=Upload.State.QUARANTINED, key=upload.key)
    if not still.update(**news):  # another worker was faster, or the sender took it away
        if kept is not None:
            store.remove(upload.body_id, kept.key)
        return upload
    if why or kept is not None:
        remove_after_commit(upload.body_id, upload.key)
    upload.refresh_from_db()
    listeners.upload_settled.tell(upload.claimed_kind, upload, now=now)
    return upload


def _named(upload: Upload, content_type: str) -> str:
    if content_type == upload.content_type:
        return upload.name
    stem = upload.name.rpartition(".")[0] or upload.name
    return clean_name(f"{stem}.{contents.ENDINGS[content_type]}", ending=contents.ENDINGS[content_type])
