"""What decides delivery, pure: states, waiting times, the address and the subject line, the Message-ID."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from enum import StrEnum


class State(StrEnum):
    """配信の状態 of one message."""

    QUEUED = "queued"  # waits for a worker, or for its next try
    SENT = "sent"  # the mail server has taken it
    KEPT = "kept"  # no address or no mail server: read on screen, or printed
    FAILED = "failed"  # refused for good, or tried too often


# While a worker hands a message over, its row is locked and nobody else sees it: "sending" is a lock, not a stored
# state, so a worker that dies leaves the message queued and never in between.
FLOW: dict[tuple[State, str], State] = {
    (State.QUEUED, "hand_over"): State.SENT,
    (State.QUEUED, "try_again"): State.QUEUED,
    (State.QUEUED, "give_up"): State.FAILED,
    (State.QUEUED, "keep"): State.KEPT,
    (State.FAILED, "resend"): State.QUEUED,
    (State.KEPT, "resend"): State.QUEUED,
}

# A greylisting server wants minutes, a broken one is usually mended within the working day.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)

SUBJECT_LENGTH = 200
# Controls (line breaks among them) end a header or hide text; format characters turn reading direction.
_UNSAFE = ("Cc", "Cf", "Cs", "Zl", "Zp")
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"
)


def may(state: str, event: str) -> bool:
    """Whether the table lets `event` happen in `state`."""
    return (State(state), event) in FLOW


def wait_after(tries: int) -> timedelta | None:
    """How long to wait after the `tries`-th failure; None when it was the last."""
    return WAITS[tries - 1] if tries <= len(WAITS) else None


def one_line(text: str) -> bool:
    """Whether a text may stand in a header: not empty, not long, no control or direction character."""
    return 0 < len(text) <= SUBJECT_LENGTH and not any(unicodedata.category(sign) in _UNSAFE for sign in text)


def address_ok(address: str) -> bool:
    """Whether an address has the shape of one mailbox; a list, a name beside it or a line break is refused."""
    return len(address) <= 254 and _ADDRESS.fullmatch(address) is not None and ".." not in address


def masked(address: str) -> str:
    """An address as lists show it: `t***@example.jp`."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}***@{domain}" if domain else ""


def message_id(*, body_code: str, number: int, sender: str) -> str:
    """Message-ID of a message: the same at every try, so that a receiver keeps one copy.

    A worker may die between the server's answer and our commit; the second try then repeats this id.
    """
    domain = sender.partition("@")[2].strip()
    return f"<moyai.notice.{body_code}.{number}@{domain or 'localhost'}>"


def split_template(source: str) -> tuple[str, str]:
    """A notice template as (subject, text). The first line begins `Subject:`; one empty line follows."""
    first, _, rest = source.replace("\r\n", "\n").partition("\n")
    head, colon, subject = first.partition(":")
    if head != "Subject" or not colon or not subject.strip() or not rest.startswith("\n"):
        raise ValueError("a notice template begins with 'Subject: …' and an empty line")
    return subject.strip(), rest[1:]
