"""A mail server for tests: speaks SMTP over a real socket, refuses and drops as it is told."""

from __future__ import annotations

import email
import socketserver
import threading
from email.message import Message as Mail
from typing import Any


class _Talk(socketserver.StreamRequestHandler):
    server: Post

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        post = self.server
        if post.greeting_code != 220:
            self.say(f"{post.greeting_code} closed")
            return
        self.say("220 post.example ESMTP")
        while line := self.rfile.readline():
            verb = line.strip().upper()
            if verb.startswith(b"EHLO"):
                self.wfile.write(b"250-post.example\r\n250 8BITMIME\r\n")
            elif verb.startswith(b"RCPT"):
                self.say(
                    f"{post.recipient_code} {'ok' if post.recipient_code == 250 else 'no such hanako@example.jp'}"
                )
            elif verb == b"DATA":
                self.say("354 go on")
                lines = []
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(part[1:] if part.startswith(b".") else part)
                if post.slow is not None:
                    post.slow.wait(10)
                with post.lock:
                    post.mails.append(email.message_from_bytes(b"".join(lines)))
                if post.dies_after_taking:
                    return  # taken, but the answer never arrives
                self.say("250 taken")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")


class Post(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.mails: list[Mail] = []
        self.lock = threading.Lock()
        self.greeting_code = 220
        self.recipient_code = 250
        self.dies_after_taking = False
        self.slow: threading.Event | None = None

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def kept_by_receiver(self) -> dict[str, Mail]:
        """What a receiver that drops repeated Message-IDs has in the end."""
        return {str(mail["Message-ID"]): mail for mail in self.mails}

    def __enter__(self) -> Post:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.shutdown()
        self.server_close()
