"""A responder for validity on a real port, with the simulator's issuer behind it; for tests of cards."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from moyai.people.cards.simulator import Simulator
from moyai.people.cards.verifying import Trust

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)


class Responder:
    """The simulator's responder on a real port; a test may make it lie in one way."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.url = ""
        self.now = NOW
        self.lie: Any = None
        self.asked = 0

    def answer(self, question: bytes) -> tuple[int, bytes]:
        self.asked += 1
        if self.lie is not None:
            return self.lie(question)  # type: ignore[no-any-return]
        return 200, self.simulator.respond(question, now=self.now)


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Simulator:
    return Simulator(tmp_path_factory.mktemp("cards") / "card-simulator")


@pytest.fixture(scope="session")
def served(simulator: Simulator) -> Iterator[Responder]:
    responder = Responder(simulator)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/ocsp-request"
            status, told = responder.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_whom: None  # type: ignore[method-assign]  # who asked may be gone already
    responder.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield responder
    server.shutdown()
    server.server_close()


@pytest.fixture
def responder(served: Responder) -> Responder:
    served.now, served.lie, served.asked = NOW, None, 0
    return served


@pytest.fixture
def trust(simulator: Simulator, responder: Responder) -> Trust:
    return Trust(issuers=(simulator.issuer(),), responder=responder.url)
