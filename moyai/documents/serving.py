"""Handing out files: attachment only, never rendered in our origin, each one a deed."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import check_permit, looked
from moyai.documents import store
from moyai.documents.actions.uploads import UploadNotClean, UploadNotFound, UploadRefused
from moyai.documents.models import HandOver, Letter, Upload
from moyai.documents.permits import PERMITS
from moyai.documents.rules import contents
from moyai.documents.rules.names import clean_name
from moyai.tenants.public import Actor, Refusal


class PaperGone(Refusal):
    code = "paper_gone"
    status = 410
    message = _("保存期間が終わったため、このファイルは削除されました。")  # type: ignore[assignment]


class LetterNotReady(Refusal):
    code = "letter_not_ready"
    status = 409
    message = _("文書を作成しています。しばらくしてから、もう一度お試しください。")  # type: ignore[assignment]


def _response(body_id: int, key: str, *, name: str, content_type: str, size: int) -> FileResponse:
    response = FileResponse(
        store.opened(body_id, key), as_attachment=True, filename=name, content_type=content_type
    )
    response["Content-Length"] = str(size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def content_of(upload: Upload) -> BinaryIO:
    """The bytes of an upload for our own eyes (how large a picture is); never for a reader before it is clean."""
    return store.opened(upload.body_id, upload.key)


def serve_upload(*, actor: Actor, now: datetime, upload: Upload, reason: str = "") -> FileResponse:
    """An attachment as a download. The calling page has decided that this actor may see its thing."""
    check_permit(actor, "documents.fetch_upload", PERMITS)
    if actor.body is None or upload.body_id != actor.body.pk:
        raise UploadNotFound
    if upload.state == Upload.State.PURGED:
        raise PaperGone
    if upload.state == Upload.State.QUARANTINED:
        raise UploadNotClean
    if upload.state != Upload.State.CLEAN:
        raise UploadRefused(upload.why)
    looked(actor=actor, now=now, verb="documents.fetch_upload", thing=upload, reason=reason)
    return _response(
        upload.body_id, upload.key, name=upload.name, content_type=upload.content_type, size=upload.size
    )


def serve_letter(
    *, actor: Actor, now: datetime, letter: Letter, reason: str = "", name: str = ""
) -> FileResponse:
    """The PDF of a letter, byte for byte as first printed. The calling page has decided who may have it."""
    check_permit(actor, "documents.fetch_letter", PERMITS)
    if actor.body is None or letter.body_id != actor.body.pk:
        raise UploadNotFound
    if letter.state == Letter.State.PURGED:
        raise PaperGone
    if letter.state != Letter.State.READY:
        raise LetterNotReady
    looked(actor=actor, now=now, verb="documents.fetch_letter", thing=letter, reason=reason)
    shown = clean_name(name or f"{letter.number_text}.pdf", ending="pdf")
    return _response(letter.body_id, letter.key, name=shown, content_type=contents.PDF, size=letter.size)


def letter_file(request: HttpRequest, letter: Letter, *, name: str = "") -> FileResponse:
    """`serve_letter` for a page: the actor and the moment are the request's."""
    return serve_letter(
        actor=request.actor,  # type: ignore[attr-defined]
        now=request.now,  # type: ignore[attr-defined]
        letter=letter,
        name=name,
    )


def serve_hand_over(*, hand_over: HandOver) -> FileResponse:
    """The file of a hand-over, for `fetch_hand_over` has counted it and left its deed."""
    upload = hand_over.upload
    return _response(
        upload.body_id, upload.key, name=upload.name, content_type=upload.content_type, size=upload.size
    )
