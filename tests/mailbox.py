"""A small SMTP server on this machine that keeps what it is given, in memory."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from contextlib import suppress
from email.message import EmailMessage
from typing import Any


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        with suppress(ConnectionError):  # whoever speaks to us may be killed
            self._talk()

    def _talk(self) -> None:
        self._say("220 mailbox")
        while line := self.rfile.readline().decode("utf-8", "replace"):
            verb = line[:4].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            if verb == "DATA":
                self._say("354 go on")
                data = b""
                while (more := self.rfile.readline()) not in (b".\r\n", b""):
                    data += more[1:] if more.startswith(b"..") else more
                self.server.keep(data)  # type: ignore[attr-defined]  # kept before it is answered
            self._say("250 ok")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class Mailbox(socketserver.ThreadingTCPServer):
    """`with Mailbox() as box:` gives `.url` for MOYAI_SMTP_URL and `.mails`: (Message-ID, receiver) in order.

    `texts_to(address)` are the words of its mails, the newest last.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.mails: list[tuple[str, str]] = []
        self._texts: list[tuple[str, str]] = []
        self._alone = threading.Lock()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def keep(self, data: bytes) -> None:
        mail = email.message_from_bytes(data, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        plain = mail.get_body(("plain",))
        text = plain.get_content() if plain is not None else ""
        with self._alone:
            self.mails.append((str(mail["Message-ID"]).strip(), str(mail["To"])))
            self._texts.append((str(mail["To"]), f"{mail['Subject']}\n\n{text}"))

    def texts_to(self, address: str) -> list[str]:
        with self._alone:
            return [text for to, text in self._texts if to == address]

    def __enter__(self) -> Mailbox:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *why: Any) -> None:
        self.shutdown()
        self.server_close()
