"""A lock that speaks the protocol of docs/smart-locks.md on a socket of its own, and keeps the windows it was told of."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "smart-locks.md"


def of_the_guide(name: str) -> Any:
    """A function that docs/smart-locks.md gives to who builds a lock."""
    room: dict[str, Any] = {}
    for code in re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL):
        exec(code, room)
    return room[name]


class LockSimulator:
    """`answers`: the status at each call before anything is looked at, the last for ever; None: as the protocol says.

    `heard` is called when a message was looked at, before it is answered.
    """

    def __init__(self, secret: str = "") -> None:
        self.secret = secret
        self.answers: list[int | None] = [None]
        self.calls: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.refused = 0
        self.seen: set[str] = set()
        self.windows: dict[str, dict[str, Any]] = {}
        self.heard: Callable[[], None] | None = None
        self.now: datetime | None = None  # the clock of the lock, where a test sets it
        accept, apply = of_the_guide("accept"), of_the_guide("apply")
        lock = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                given = lock.answers[min(len(lock.calls), len(lock.answers) - 1)]
                lock.calls.append(json.loads(body))
                lock.headers.append(dict(self.headers))
                status = given or self.answer(body)
                if lock.heard is not None:
                    lock.heard()
                self.send_response(status)
                self.end_headers()

            def answer(self, body: bytes) -> int:
                at = lock.now.timestamp() if lock.now else int(self.headers["Moyai-Timestamp"])
                try:
                    new = accept(self.headers, body, lock.secret, lock.seen, now=at)
                except ValueError:
                    lock.refused += 1
                    return 401
                if new:
                    apply(lock.windows, json.loads(body))
                return 204

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/moyai"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def opens(self, code: str, at: datetime) -> bool:
        """Whether the door would open for somebody who types this code now."""
        opens: bool = of_the_guide("opens")(self.windows, code, at)
        return opens

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
