"""A receiver of webhooks on a socket of its own, that answers as a test wants: late, broken, elsewhere."""

from __future__ import annotations

import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "webhooks.md"


def accept_of_the_guide() -> Any:
    """The function that docs/webhooks.md tells receivers to use."""
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    room: dict[str, Any] = {}
    exec(code, room)
    return room["accept"]


class Receiver:
    """`answers`: what to do at each call, the last for ever: a status, "slow", "drip", "cut" or ("to", url)."""

    def __init__(self) -> None:
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[Any] = [204]
        self.free = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                receiver.calls.append((dict(self.headers), body))
                answer = receiver.answers[min(len(receiver.calls), len(receiver.answers)) - 1]
                if answer == "cut":
                    self.connection.close()
                elif answer == "slow":
                    receiver.free.wait(5)
                elif answer == "drip":
                    for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 400:
                        try:
                            self.wfile.write(bytes([letter]))
                        except OSError:
                            return
                        time.sleep(0.05)
                elif isinstance(answer, tuple):
                    self.send_response(302)
                    self.send_header("Location", answer[1])
                    self.end_headers()
                else:
                    self.send_response(answer)
                    self.end_headers()

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/moyai?from=chiba"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.free.set()
        self.server.shutdown()
        self.server.server_close()
