"""Resumable upload over HTTP: tus 1.0.0 (creation, HEAD, PATCH, termination, checksum), for a portal to mount.

    path("…/file/", begin), path("…/file/<slug:token>/", go_on)      # of the portal, which knows the draft

    def begin(request, …):
        return resumable(request, drafter=…, accept=…, max_bytes=…, address=lambda token: reverse(…, token))
    def go_on(request, …, token):
        return resumable(request, drafter=…, token=token)

The input is `<input type="file" data-resumable="address of begin">`, the page includes `ui/resumable.html` once. Its form then
posts `<name of the input>.resumed` = token for each file that is whole: `resumed(request, name)` gives them, and
`finish_resumable` makes the uploads.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Collection

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.request import UnreadablePostError

from moyai.documents.actions import arrivals
from moyai.documents.actions.uploads import LARGEST_BYTES
from moyai.documents.models import Arrival
from moyai.documents.rules import contents
from moyai.tenants.public import Refusal

TUS = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
_PIECE = 1 << 16
_TOKEN = re.compile(r"[0-9A-Z]{8,40}")
_NUMBER = re.compile(r"[0-9]{1,15}")


def resumable(
    request: HttpRequest,
    *,
    drafter: str = "",
    token: str = "",
    accept: Collection[str] = contents.PHOTOGRAPHS_AND_PDF,
    max_bytes: int = LARGEST_BYTES,
    address: Callable[[str], str] | None = None,
) -> HttpResponse:
    """Answer one request of a resumable upload: POST without a token begins, HEAD, PATCH and DELETE go on with one.

    `accept` and `max_bytes` are the field's and count from the beginning. A refusal is answered as plain text in
    the words its sender reads, with its status; 409 carries the offset where to go on.
    """
    try:
        if not token:
            return _begin(request, drafter, accept, max_bytes, address)
        return _go_on(request, drafter, token)
    except Refusal as refusal:
        response = HttpResponse(
            str(refusal.message), status=refusal.status, content_type="text/plain; charset=utf-8"
        )
        if isinstance(refusal, arrivals.WrongOffset):
            response["Upload-Offset"] = str(refusal.offset)
        return _tus(response)


def resumed(request: HttpRequest, name: str) -> list[str]:
    """The tokens that a form posts for its file input `name`: files that came in pieces before it."""
    given = request.POST.getlist(f"{name}.resumed") if request.method == "POST" else []
    return [token for token in given if _TOKEN.fullmatch(token)]


def _begin(
    request: HttpRequest,
    drafter: str,
    accept: Collection[str],
    max_bytes: int,
    address: Callable[[str], str] | None,
) -> HttpResponse:
    if request.method != "POST":
        return _tus(HttpResponseNotAllowed(["POST"]))
    length = request.headers.get("Upload-Length", "")
    if not _NUMBER.fullmatch(length):
        return _tus(HttpResponse("Upload-Length", status=400, content_type="text/plain"))
    arrival = arrivals.begin_resumable(
        actor=request.actor,  # type: ignore[attr-defined]
        now=request.now,  # type: ignore[attr-defined]
        name=_file_name(request.headers.get("Upload-Metadata", "")),
        size=int(length),
        accept=accept,
        max_bytes=max_bytes,
        drafter=drafter,
    )
    response = HttpResponse(status=201)
    assert address is not None
    response["Location"] = address(arrival.token)
    return _tus(response, arrival)


def _go_on(request: HttpRequest, drafter: str, token: str) -> HttpResponse:
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    if request.method == "HEAD":
        arrival = arrivals.find_arrival(actor=actor, token=token, drafter=drafter)
        response = HttpResponse(status=200)
        response["Upload-Length"] = str(arrival.size)
        return _tus(response, arrival)
    if request.method == "DELETE":
        arrivals.drop_resumable(actor=actor, now=now, token=token, drafter=drafter)
        return _tus(HttpResponse(status=204))
    if request.method != "PATCH":
        return _tus(HttpResponseNotAllowed(["HEAD", "PATCH", "DELETE"]))
    offset = request.headers.get("Upload-Offset", "")
    if request.content_type != PIECE_TYPE:
        return _tus(HttpResponse(status=415))
    if not _NUMBER.fullmatch(offset):
        return _tus(HttpResponse("Upload-Offset", status=400, content_type="text/plain"))
    if int(request.META.get("CONTENT_LENGTH") or 0) > arrivals.MOST_CHUNK:
        return _tus(HttpResponse(status=413))
    # What the network brings is read before any row is locked: a slow sender holds nobody up.
    content, whole = _read(request)
    arrival = arrivals.append_chunk(
        actor=actor,
        now=now,
        token=token,
        offset=int(offset),
        content=content,
        drafter=drafter,
        checksum=_checksum(request) if whole else "",
    )
    return _tus(HttpResponse(status=204 if whole else 400), arrival)


def _read(request: HttpRequest) -> tuple[bytes, bool]:
    """What arrived of the piece, and whether all of it did: a line that breaks keeps what came before."""
    awaited = int(request.META.get("CONTENT_LENGTH") or 0)
    got = bytearray()
    try:
        while len(got) <= arrivals.MOST_CHUNK:
            piece = request.read(_PIECE)
            if not piece:
                break
            got += piece
    except (UnreadablePostError, OSError):
        return bytes(got), False
    return bytes(got), len(got) == awaited


def _checksum(request: HttpRequest) -> str:
    """Upload-Checksum: "sha256 <base64>", as hex; what is not readable is answered as damaged."""
    given = request.headers.get("Upload-Checksum", "")
    if not given:
        return ""
    kind, _space, value = given.partition(" ")
    try:
        return base64.b64decode(value, validate=True).hex() if kind == "sha256" else "unknown"
    except binascii.Error:
        return "unreadable"


def _file_name(metadata: str) -> str:
    for pair in metadata.split(","):
        key, _space, value = pair.strip().partition(" ")
        if key == "filename":
            try:
                return base64.b64decode(value, validate=True).decode("utf-8", "replace")[:1_000]
            except binascii.Error:
                return ""
    return ""


def _tus(response: HttpResponse, arrival: Arrival | None = None) -> HttpResponse:
    response["Tus-Resumable"] = TUS
    response["Cache-Control"] = "no-store"
    if arrival is not None:
        response["Upload-Offset"] = str(arrival.offset)
    return response
