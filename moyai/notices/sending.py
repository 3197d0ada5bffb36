"""One call to a machine outside: to an address that was looked at, within ten seconds, following nothing."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from moyai.notices.rules.webhooks import ANSWER_SECONDS, host_and_port, inside, may_call, why_not_url


@dataclass(frozen=True, slots=True)
class Answered:
    """The receiver's status, or the code of what stood in the way (and status None)."""

    status: int | None = None
    trouble: str = ""


def named_receivers() -> tuple[str, ...]:
    """Receivers inside our own network that the installation allows: MOYAI_WEBHOOK_INSIDE, "host" or "host:port"."""
    return tuple(settings.MOYAI_WEBHOOK_INSIDE)


def post(url: str, *, body: bytes, headers: Mapping[str, str], seconds: float = ANSWER_SECONDS) -> Answered:
    """Send `body`; gives the status."""
    return _call("POST", url, body=body, headers=headers, seconds=seconds)


def ask(url: str, *, seconds: float = ANSWER_SECONDS) -> Answered:
    """Ask an address whether it answers (GET); gives the status. The same addresses may be asked as may be posted to."""
    headers = {"User-Agent": f"Moyai/{settings.MOYAI_VERSION}", "Accept": "*/*"}
    return _call("GET", url, body=None, headers=headers, seconds=seconds)


def _call(
    method: str, url: str, *, body: bytes | None, headers: Mapping[str, str], seconds: float
) -> Answered:
    """One request; gives the status. The name is resolved once, and the address that was looked at is the one called.

    No redirect is followed, no proxy of the environment used, no answer read beyond its head. A receiver that drips
    its answer is cut off when the time is over.
    """
    named = named_receivers()
    if why_not_url(url, named=named, plain_http=settings.MOYAI_DEMO):
        return Answered(trouble="address")
    host, port = host_and_port(url)
    try:
        address = _resolved(host, port, named=inside(host, port, named))
    except OSError:
        return Answered(trouble="name")
    if address is None:
        return Answered(trouble="address")
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    over = threading.Event()
    try:
        link = socket.create_connection(address, timeout=seconds)
    except OSError as error:
        return Answered(trouble="slow" if isinstance(error, TimeoutError) else "unreachable")
    guard = threading.Timer(seconds, _cut, args=(link, over))
    guard.daemon = True
    guard.start()
    try:
        if parts.scheme == "https":
            link = ssl.create_default_context().wrap_socket(link, server_hostname=host)
        speaker = http.client.HTTPConnection(host, port, timeout=seconds)
        speaker.sock = link
        speaker.request(method, target, body=body, headers={**headers, "Connection": "close"})
        return Answered(status=speaker.getresponse().status)
    except ssl.SSLError:
        return Answered(trouble="slow" if over.is_set() else "certificate")
    except TimeoutError:
        return Answered(trouble="slow")
    except (OSError, http.client.HTTPException):
        return Answered(trouble="slow" if over.is_set() else "unreachable")
    finally:
        guard.cancel()
        link.close()


def _resolved(host: str, port: int, *, named: bool) -> tuple[str, int] | None:
    """The first address of a name, if every one of them may be called; a name with one foot inside is refused."""
    found = [info[4] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(may_call(str(each[0]), named=named) for each in found):
        return None
    return str(found[0][0]), port


def _cut(link: socket.socket, over: threading.Event) -> None:
    over.set()
    try:
        link.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has just ended
