"""再開できるアップロード: a large file in pieces, over a network that breaks, whole in the end or not at all.

Each piece is on the disk before its offset is in the database: a process that dies in between leaves bytes behind
the offset, and the next piece is written over them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action, check_permit
from moyai.documents import store
from moyai.documents.actions.uploads import (
    LARGEST_BYTES,
    UploadNotFound,
    UploadRefused,
    acceptable,
    keep_upload,
    remove_after_commit,
    too_large,
)
from moyai.documents.models import Arrival, Upload
from moyai.documents.permits import PERMITS
from moyai.documents.queries import bound_to
from moyai.documents.rules import contents
from moyai.documents.rules.codes import TOKEN_LENGTH, new_code
from moyai.documents.rules.names import clean_name
from moyai.tenants.public import Actor, Refusal, body_of

MOST_AT_ONCE = 10  # of one draft
MOST_CHUNK = 8_000_000
LEFT_HOURS = 24


class TooManyArrivals(Refusal):
    code = "too_many_arrivals"
    status = 429
    message = _("送信の途中のファイルが多すぎます。終わるのを待つか、途中のファイルを取り消してください。")  # type: ignore[assignment]


class WrongOffset(Refusal):
    """The piece does not follow what is here; `offset` says where to go on."""

    code = "wrong_offset"
    status = 409
    message = _("送信の続きの位置が合いません。もう一度送信してください。")  # type: ignore[assignment]

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__()


class ChunkDamaged(Refusal):
    code = "chunk_damaged"
    status = 460  # as tus says it
    message = _("送信の途中でデータが壊れました。もう一度送信してください。")  # type: ignore[assignment]


class NotYetWhole(Refusal):
    code = "not_yet_whole"
    status = 409
    message = _("ファイルの送信が終わっていません。最後まで送信してください。")  # type: ignore[assignment]


@action("documents.begin_resumable", permits=PERMITS)
def begin_resumable(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    size: int,
    accept: Collection[str] = contents.PHOTOGRAPHS_AND_PDF,
    max_bytes: int = LARGEST_BYTES,
    drafter: str = "",
) -> Arrival:
    """Announce a file of `size` bytes that will come in pieces, for the draft or account it is bound to.

    Refuses UploadRefused (empty, larger than `max_bytes`) and TooManyArrivals (ten unfinished of one draft).
    """
    body = body_of(actor.body)
    bound = bound_to(actor=actor, drafter=drafter)
    if size < 1:
        raise UploadRefused("empty")
    if size > max_bytes:
        raise UploadRefused("size", too_large(max_bytes))
    open_still = Arrival.objects.filter(body=body, drafter_hash=bound, upload_id_made__isnull=True)
    if open_still.filter(touched_at__gt=now - timedelta(hours=LEFT_HOURS)).count() >= MOST_AT_ONCE:
        raise TooManyArrivals
    arrival: Arrival = Arrival.objects.create(
        body=body,
        token=new_code(TOKEN_LENGTH),
        key=store.new_key(),
        name=clean_name(name),
        size=size,
        max_bytes=max_bytes,
        accept=sorted(accept),
        drafter_hash=bound,
        begun_at=now,
        touched_at=now,
    )
    return arrival


def find_arrival(*, actor: Actor, token: str, drafter: str = "", lock: bool = False) -> Arrival:
    """The arrival of this token, for its own drafter. Refuses UploadNotFound, one answer for absent and another's."""
    rows = Arrival.objects.select_for_update() if lock else Arrival.objects.all()
    arrival: Arrival | None = rows.filter(body=actor.body, token=token).first()
    if arrival is None or not hmac.compare_digest(
        arrival.drafter_hash, bound_to(actor=actor, drafter=drafter)
    ):
        raise UploadNotFound
    return arrival


def append_chunk(
    *,
    actor: Actor,
    now: datetime,
    token: str,
    offset: int,
    content: bytes,
    drafter: str = "",
    checksum: str = "",
) -> Arrival:
    """Add a piece at `offset`. It is kept for good when this transaction commits.

    Not an action of its own: a file of a thousand pieces leaves the deeds of its beginning and its end.
    `checksum` is the SHA-256 of the piece in hex. Refuses UploadNotFound, WrongOffset, ChunkDamaged, and
    UploadRefused as soon as the first bytes are none of the accepted kinds, or more comes than was announced.
    """
    check_permit(actor, "documents.append_chunk", PERMITS)
    if checksum and not hmac.compare_digest(hashlib.sha256(content).hexdigest(), checksum.lower()):
        raise ChunkDamaged
    arrival = find_arrival(actor=actor, token=token, drafter=drafter, lock=True)
    if arrival.upload_id_made is not None or offset != arrival.offset:
        raise WrongOffset(arrival.offset)
    if offset + len(content) > arrival.size or len(content) > MOST_CHUNK:
        raise UploadRefused("size", too_large(arrival.max_bytes))
    path = store.scratch_at(arrival.body_id, arrival.key)
    if offset and (not path.exists() or path.stat().st_size < offset):
        raise UploadNotFound  # the disk lost it: begin anew
    store.write_at(path, offset, content)
    arrival.offset = offset + len(content)
    if offset < contents.HEAD_BYTES <= arrival.offset or arrival.offset == arrival.size:
        with path.open("rb") as file:
            found = contents.sniff(file.read(contents.HEAD_BYTES))
        if found is None or not acceptable(found, arrival.accept):
            path.unlink(missing_ok=True)
            raise UploadRefused("type")
    arrival.touched_at = now
    arrival.save(update_fields=["offset", "touched_at"])
    return arrival


@action("documents.finish_resumable", permits=PERMITS)
def finish_resumable(*, actor: Actor, now: datetime, token: str, drafter: str = "") -> Upload:
    """Make an upload of a file that is whole: quarantined and examined like any other (`keep_upload`).

    Asked again, gives the same upload. Refuses UploadNotFound, NotYetWhole, and what `keep_upload` refuses.
    """
    arrival = find_arrival(actor=actor, token=token, drafter=drafter, lock=True)
    if arrival.upload_id_made is not None:
        before: Upload | None = Upload.objects.filter(body=actor.body, pk=arrival.upload_id_made).first()
        if before is None:
            raise UploadNotFound
        return before
    if arrival.offset != arrival.size:
        raise NotYetWhole
    path = store.scratch_at(arrival.body_id, arrival.key)
    try:
        with path.open("rb") as file:
            upload: Upload = keep_upload(
                actor=actor,
                now=now,
                file=file,
                accept=arrival.accept,
                max_bytes=arrival.max_bytes,
                drafter=drafter,
                name=arrival.name,
            )
    except FileNotFoundError:
        raise UploadNotFound from None
    arrival.upload_id_made, arrival.name, arrival.touched_at = upload.pk, "", now
    arrival.save(update_fields=["upload_id_made", "name", "touched_at"])
    remove_after_commit(arrival.body_id, arrival.key, from_scratch=True)
    return upload


@action("documents.drop_resumable", permits=PERMITS)
def drop_resumable(*, actor: Actor, now: datetime, token: str, drafter: str = "") -> None:
    """Give up a file on its way, row and bytes. What it may have become stays. Refuses UploadNotFound."""
    arrival = find_arrival(actor=actor, token=token, drafter=drafter, lock=True)
    Arrival.objects.filter(pk=arrival.pk).delete()
    remove_after_commit(arrival.body_id, arrival.key, from_scratch=True)


def drop_left(*, actor: Actor, now: datetime) -> int:
    """Delete files on their way of which no piece came for a day, and the rows of those that arrived. How many."""
    left = Arrival.objects.select_for_update(skip_locked=True).filter(
        body=actor.body, touched_at__lt=now - timedelta(hours=LEFT_HOURS)
    )
    doomed = list(left.order_by("id")[:2_000])
    Arrival.objects.filter(pk__in=[arrival.pk for arrival in doomed]).delete()
    for arrival in doomed:
        remove_after_commit(arrival.body_id, arrival.key, from_scratch=True)
    return len(doomed)
