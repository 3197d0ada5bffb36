"""iCalendar (RFC 5545) — a calendar of events as text: escaped, folded, in UTC. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

TYPE: Final = "text/calendar; charset=utf-8"
FOLD: Final = 75  # octets of a line without its break: RFC 5545 3.1
_ESCAPED: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Event:
    """予定 — aware moments. `uid` stays the same as long as it is the same event."""

    uid: str
    starts: datetime
    ends: datetime
    summary: str
    location: str = ""
    description: str = ""
    cancelled: bool = False
    free: bool = False  # shown, but takes no time (TRANSPARENT)


def text(value: str) -> str:
    """A TEXT value: backslash, semicolon, comma and line breaks escaped; other control characters left out."""
    plain = value.replace("\r\n", "\n").translate(_ESCAPED)
    return "".join(sign for sign in plain if sign == "\t" or (sign >= " " and sign != "\x7f"))


def folded(line: str) -> str:
    """A content line in pieces of at most 75 octets, never in the middle of a character."""
    pieces: list[str] = []
    piece, width = "", 0
    for sign in line:
        octets = len(sign.encode("utf-8", "replace"))
        if width + octets > FOLD:
            pieces.append(piece)
            piece, width = " ", 1
        piece += sign
        width += octets
    return "\r\n".join([*pieces, piece])


def moment(at: datetime) -> str:
    """20261204T000000Z. Raises ValueError for a moment without its zone."""
    if at.tzinfo is None:
        raise ValueError("a moment of a calendar has its zone")
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def calendar(events: Iterable[Event], *, name: str, now: datetime) -> str:
    """The whole file, CRLF."""
    return "".join(f"{folded(line)}\r\n" for line in _lines(events, name, now))


def _lines(events: Iterable[Event], name: str, now: datetime) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Moyai//reservations//JA", "CALSCALE:GREGORIAN")
    yield from ("METHOD:PUBLISH", f"NAME:{text(name)}", f"X-WR-CALNAME:{text(name)}")
    yield from ("REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H")
    for event in events:
        yield from ("BEGIN:VEVENT", f"UID:{text(event.uid)}", f"DTSTAMP:{moment(now)}")
        yield from (f"DTSTART:{moment(event.starts)}", f"DTEND:{moment(event.ends)}")
        yield f"SUMMARY:{text(event.summary)}"
        if event.location:
            yield f"LOCATION:{text(event.location)}"
        if event.description:
            yield f"DESCRIPTION:{text(event.description)}"
        yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
        yield f"TRANSP:{'TRANSPARENT' if event.free or event.cancelled else 'OPAQUE'}"
        yield "END:VEVENT"
    yield "END:VCALENDAR"
