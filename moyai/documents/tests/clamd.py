"""A clamd for tests: speaks INSTREAM, finds EICAR, and can misbehave."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from contextlib import contextmanager

# Written in two parts, so that a scanner does not take this file for what it is about.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"
MOST = 5_000_000


class _Session(socketserver.BaseRequestHandler):
    def handle(self):
        link: socket.socket = self.request
        with link.makefile("rb") as incoming:
            assert incoming.read(10) == b"zINSTREAM\0"
            if self.server.answer is not None:
                link.sendall(self.server.answer)
                return
            content = b""
            while size := struct.unpack(">I", incoming.read(4))[0]:
                content += incoming.read(size)
                if len(content) > MOST:
                    link.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                    return
        self.server.seen.append(content)
        found = EICAR in content
        link.sendall(b"stream: Eicar-Test-Signature FOUND\0" if found else b"stream: OK\0")


@contextmanager
def running(*, unix=None, answer=None):
    """Gives the server: `.address` for MOYAI_CLAMD, `.seen` contents. `answer` is said before reading on."""
    if unix is None:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session)
        address = f"127.0.0.1:{server.server_address[1]}"
    else:
        server = socketserver.ThreadingUnixStreamServer(str(unix), _Session)
        address = str(unix)
    server.daemon_threads = True
    server.seen, server.address, server.answer = [], address, answer
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
