"""The virus scanner: a client of clamd's INSTREAM, and the examination of contents beside it."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from moyai.documents.rules import contents

PIECE = 1 << 16
TIMEOUT_SECONDS = 120
EXAMINE_SECONDS = 300


class ScannerDownError(Exception):
    """The scanner does not answer: the file stays in quarantine and the job is tried again."""


def scanner_name() -> str:
    return "clamd" if settings.MOYAI_CLAMD else "none"


def infected(path: Path) -> str:
    """ "" when clamd finds nothing (or none is configured), "virus", or "unscannable" (over its size limit).

    Source: clamd(8), command INSTREAM: four bytes of length before each piece, a length of 0 at the end.
    """
    if not settings.MOYAI_CLAMD:
        return ""
    try:
        with _connected(settings.MOYAI_CLAMD) as clamd, path.open("rb") as file:
            clamd.sendall(b"zINSTREAM\0")
            try:
                for piece in iter(lambda: file.read(PIECE), b""):
                    clamd.sendall(struct.pack(">I", len(piece)) + piece)
                clamd.sendall(struct.pack(">I", 0))
            except (BrokenPipeError, ConnectionResetError):
                pass  # clamd hangs up on what is too large, after saying so
            answer = _answer(clamd)
    except OSError as error:
        raise ScannerDownError(str(error)) from error
    if answer.endswith("FOUND"):
        return "virus"
    if "size limit exceeded" in answer:
        return "unscannable"
    if answer.endswith("OK"):
        return ""
    raise ScannerDownError(f"clamd answered {answer[:80]!r}")


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(TIMEOUT_SECONDS)
        try:
            link.connect(address)
        except OSError:
            link.close()
            raise
        return link
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise ScannerDownError("MOYAI_CLAMD is neither host:port nor the path of a socket")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=TIMEOUT_SECONDS)


def _answer(clamd: socket.socket) -> str:
    text = b""
    while not text.endswith(b"\0") and len(text) < 4096:
        piece = clamd.recv(4096)
        if not piece:
            break
        text += piece
    return text.rstrip(b"\0\n").decode("utf-8", "replace")


def examined(path: Path, content_type: str) -> contents.Found:
    """Examine a file in a process of its own; one that dies or runs too long has its file refused."""
    try:
        done = subprocess.run(
            [sys.executable, "-EP", contents.__file__, str(path), content_type],
            capture_output=True,
            timeout=EXAMINE_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return contents.Found(why="bomb", content_type=content_type)
    if done.returncode < 0:  # killed by its ceiling, or by the file
        return contents.Found(why="bomb", content_type=content_type)
    if done.returncode != 0:
        raise RuntimeError(f"the examination failed: {done.stderr[-400:]!r}")
    return contents.Found(**json.loads(done.stdout))
