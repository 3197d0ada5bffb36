"""A drand peer for tests: answers `/{chain}/public/{round}` and `/{chain}/info` with the real network's JSON."""

from __future__ import annotations

import json
from hashlib import sha256, sha512
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from moyai.draws.beacon import QUICKNET


class Peer:
    """`until`: the last round there is; `lie`: what it says instead; `secret`: peers with the same one agree."""

    def __init__(self, secret: str = "network", until: int = 10**12) -> None:
        self.secret, self.until, self.lie, self.asked = secret, until, dict[str, Any](), list[str]()
        peer = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                peer.asked.append(self.path)
                found = peer.answer(self.path)
                body = json.dumps(found).encode() if found is not None else b""
                self.send_response(200 if found is not None else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def value(self, number: int) -> tuple[str, str]:
        """(randomness, signature) of a round: 48 bytes, as those of quicknet."""
        signature = sha512(f"{self.secret}:{number}".encode()).digest()[:48]
        return sha256(signature).hexdigest(), signature.hex()

    def answer(self, path: str) -> dict[str, Any] | None:
        chain, _slash, rest = path.strip("/").partition("/")
        if chain != QUICKNET.chain_hash:
            return None
        if rest == "info":
            return {"period": QUICKNET.period, "genesis_time": QUICKNET.genesis, "hash": chain}
        number = int(rest.removeprefix("public/"))
        if number > self.until:
            return None
        randomness, signature = self.value(number)
        return {"round": number, "randomness": randomness, "signature": signature} | self.lie

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
