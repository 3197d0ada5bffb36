"""The data folder (MOYAI_HOME): database files, uploads, secrets, process ids."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parent.parent.parent


def home() -> Path:
    """MOYAI_HOME, by default `var/` beside the source; made when missing."""
    folder = Path(os.environ.get("MOYAI_HOME") or SOURCE / "var").expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def kept_secrets() -> dict[str, Any]:
    """Keys and database passwords of this installation, made at the first start, readable by its user only."""
    path = home() / "secrets.json"
    if not path.exists():
        made = {
            "secret_key": secrets.token_urlsafe(50),
            "number_key": secrets.token_urlsafe(32),
            "owner_password": secrets.token_urlsafe(24),
            "app_password": secrets.token_urlsafe(24),
            "across_password": secrets.token_urlsafe(24),
        }
        waiting = path.with_suffix(f".{os.getpid()}")
        waiting.touch(mode=0o600)
        waiting.write_text(json.dumps(made, indent=1), encoding="utf-8")
        try:
            os.link(waiting, path)  # two first starts at once: one set of secrets wins
        except FileExistsError:
            pass
        waiting.unlink()
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
