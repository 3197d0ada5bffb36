"""The file of a backup: a tar whose last part, manifest.json, names each part with its length and SHA-256."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

FORMAT, EDITION = "moyai-backup", 1
PIECE = 1 << 20
DUMP, SECRETS, MANIFEST, FILES = "database.dump", "secrets.json", "manifest.json", "files"
SCRATCH = "scratch"  # work in progress of documents, files on their way among it; gone after a restore


class Damaged(Exception):
    """The file is not a whole backup; the message says what differs."""


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    bytes: int
    sha256: str


def write(path: Path, dump: Path, folder: Path, held: Path, facts: dict[str, Any]) -> list[Part]:
    """The tar, and what is in it. Ends on the disk."""
    parts: list[Part] = []
    with path.open("xb") as out:
        os.fchmod(out.fileno(), 0o600)
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            parts.append(_add(tar, DUMP, dump))
            parts.append(_add(tar, SECRETS, folder / SECRETS))
            for name, file in sorted(files_in(folder / FILES, held).items()):
                try:
                    parts.append(_add(tar, f"{FILES}/{name}", file))
                except FileNotFoundError:
                    continue  # removed since, and so is its row
            manifest = {"format": FORMAT, "edition": EDITION, **facts}
            manifest["parts"] = [asdict(part) for part in parts]
            manifest["sha256"] = _own_digest(manifest)
            text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
            info = tarfile.TarInfo(MANIFEST)
            info.size, info.mode = len(text), 0o600
            tar.addfile(info, io.BytesIO(text))
        out.flush()
        os.fsync(out.fileno())
    return parts


def _own_digest(manifest: dict[str, Any]) -> str:
    """Of the manifest itself, without this digest."""
    rest = {name: value for name, value in manifest.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


class _Digesting:
    """A reader that digests what passes."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.digest.update(piece)
        return piece


def _add(tar: tarfile.TarFile, name: str, path: Path) -> Part:
    with path.open("rb") as file:
        info = tarfile.TarInfo(name)
        info.size, info.mode = os.fstat(file.fileno()).st_size, 0o600
        reader = _Digesting(file)
        tar.addfile(info, reader)
    return Part(name, info.size, reader.digest.hexdigest())


def unpack(source: Path, staging: Path) -> dict[str, Any]:
    """Every part into `staging`, compared with the manifest; the manifest. Raises Damaged."""
    found: dict[str, Part] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(source, mode="r|") as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None or not member.isreg() or not _own_name(member.name):
                    raise Damaged("このファイルはmoyai backupで作ったものではありません。")
                if member.name == MANIFEST:
                    manifest = json.loads(content.read(1 << 30))
                else:
                    found[member.name] = _take(content, member.name, staging)
    except (tarfile.TarError, ValueError, EOFError, OSError) as error:
        raise Damaged(f"ファイルが壊れています（{type(error).__name__}）。") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Damaged("ファイルが途中で切れているか、moyai backupで作ったものではありません。")
    if manifest.get("sha256") != _own_digest(manifest):
        raise Damaged(f"ファイルが壊れています（{MANIFEST}）。")
    if manifest.get("edition") != EDITION:
        raise Damaged("この形の保存は、この版のもやいでは読めません。")
    named = {part["name"]: Part(**part) for part in manifest["parts"]}
    for name in sorted(named.keys() | found.keys()):
        if named.get(name) != found.get(name):
            raise Damaged(f"ファイルが壊れています（{name}）。")
    if not {DUMP, SECRETS} <= found.keys():
        raise Damaged("データベースか鍵が入っていません。")
    return manifest


def _own_name(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name in (DUMP, SECRETS, MANIFEST) or (
        len(parts) > 1 and parts[0] == FILES and ".." not in parts and "/".join(parts) == name
    )


def _take(content: IO[bytes], name: str, staging: Path) -> Part:
    path = staging / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        while piece := content.read(PIECE):
            digest.update(piece)
            size += len(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return Part(name, size, digest.hexdigest())


def hold(files: Path, held: Path) -> None:
    """A second name for each file there is now, so that none the dump knows is removed under our hands.

    Files are written once and never changed. Where the disk has no second names, the first ones must do.
    """
    held.mkdir(parents=True, mode=0o700)
    for name, path in files_in(files).items():
        (held / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, held / name)
        except OSError:
            continue


def files_in(*folders: Path) -> dict[str, Path]:
    """Every kept file by its name below its folder; later folders win."""
    return {
        path.relative_to(folder).as_posix(): path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != SCRATCH
    }


def sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
