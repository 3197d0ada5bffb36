"""Files on the disk: MOYAI_FILES/<body>/<two letters>/<random>, whole or not there at all."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

PIECE = 1 << 20
KEY_BYTES = 16
_SCRATCH = "scratch"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is on the disk for good, before the transaction of its row commits."""

    key: str
    size: int
    sha256: str


class TooLargeError(Exception):
    """More came than was allowed; nothing is kept."""


def _folder(body_id: int) -> Path:
    return Path(settings.MOYAI_FILES) / str(int(body_id))


def path_of(body_id: int, key: str) -> Path:
    if len(key) != 32 or not key.isalnum():
        raise ValueError("not a key of the store")
    return _folder(body_id) / key[:2] / key


def scratch(body_id: int) -> Path:
    """A path for work in progress, on the same disk as the file it may become."""
    folder = _folder(body_id) / _SCRATCH
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / new_key()


def scratch_at(body_id: int, key: str) -> Path:
    """The scratch file of a known key, for work that goes on in another request."""
    if len(key) != 32 or not key.isalnum():
        raise ValueError("not a key of the store")
    folder = _folder(body_id) / _SCRATCH
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / key


def write_at(path: Path, offset: int, content: bytes) -> None:
    """Write behind what is known to be safe, forget what lay there, and wait for the disk."""
    with path.open("r+b" if path.exists() else "x+b") as file:
        os.fchmod(file.fileno(), 0o600)
        file.truncate(offset)
        file.seek(offset)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def keep(pieces: Iterable[bytes], *, body_id: int, most_bytes: int) -> Kept:
    """Write a file under a new random key: to a scratch name, to the disk (fsync), then to its name.

    Raises TooLargeError, and leaves nothing, when more than `most_bytes` come.
    """
    path, size, digest = scratch(body_id), 0, hashlib.sha256()
    try:
        with path.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            for piece in pieces:
                size += len(piece)
                if size > most_bytes:
                    raise TooLargeError
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        return Kept(_place(path, body_id), size, digest.hexdigest())
    finally:
        path.unlink(missing_ok=True)


def keep_made(path: Path, *, body_id: int) -> Kept:
    """Give a finished scratch file a key of its own."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(PIECE), b""):
            digest.update(piece)
        size = file.tell()
        os.fsync(file.fileno())
    return Kept(_place(path, body_id), size, digest.hexdigest())


def new_key() -> str:
    return secrets.token_hex(KEY_BYTES)


def _place(path: Path, body_id: int) -> str:
    key = new_key()
    target = path_of(body_id, key)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)  # the name too must survive a power cut
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return key


def copied(body_id: int, key: str) -> Path:
    """A scratch copy of a kept file, for those who rewrite it."""
    path = scratch(body_id)
    shutil.copyfile(path_of(body_id, key), path)
    return path


def opened(body_id: int, key: str) -> BinaryIO:
    return path_of(body_id, key).open("rb")


def remove(body_id: int, key: str) -> None:
    path_of(body_id, key).unlink(missing_ok=True)


def files_of(body_id: int) -> Iterator[tuple[Path, str, float]]:
    """Every file of a body as (path, key or "" for scratch, time of last writing)."""
    folder = _folder(body_id)
    if not folder.is_dir():
        return
    for part in sorted(folder.iterdir()):
        for path in sorted(part.iterdir()):
            try:
                yield path, "" if part.name == _SCRATCH else path.name, path.stat().st_mtime
            except FileNotFoundError:
                continue  # another worker was faster
