"""スマートロックの決まり — when a door opens, with which code, what a lock is told, and how long it is tried. Pure.

Source: 団体の定め（例）; the protocol is docs/smart-locks.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from typing import Any, Final

VERSION: Final = 1
JST: Final = timezone(timedelta(hours=9))
LONGEST_LEAD: Final = 240  # minutes before and after a use
LONGEST_SHOWN: Final = 336  # hours: two weeks
DIGITS: Final = (4, 10)

# Together a day. What is told later than its window closes is told no more.
WAITS: Final = tuple(timedelta(minutes=each) for each in (1, 1, 2, 5, 10, 20, 30, 60, 60, 120, 240, 480, 480))


@dataclass(frozen=True, slots=True)
class Window:
    """入室できる時間 — `opens` to `closes`, instants in Japanese time."""

    opens: datetime
    closes: datetime


def window_of(day: date, starts: int, ends: int, *, lead: int, lag: int) -> Window:
    """The use from–to (minutes of the day), with `lead` minutes before it and `lag` after it."""
    midnight = datetime.combine(day, time(), JST)
    return Window(midnight + timedelta(minutes=starts - lead), midnight + timedelta(minutes=ends + lag))


def lets_in(
    *,
    kind: str,
    state: str,
    to_confirm: bool,
    unpaid_yen: int,
    after_payment: bool,
) -> bool:
    """Whether the user of a booking may come in: it is his, settled, confirmed, and paid where the lock waits for that.

    利用済 lets in as well: who was welcomed at the counter goes on using the room.
    """
    if kind != "use" or state not in ("booked", "used") or to_confirm:
        return False
    return not (after_payment and unpaid_yen > 0)


def code_from(digest: bytes, digits: int) -> str:
    """暗証番号 — so many digits out of 32 bytes nobody can guess. "" where anybody would try them first.

    Those are one digit repeated (7777) and digits in order, up or down (1234, 9876).
    """
    if len(digest) < 16:
        raise ValueError("a code is made of at least 128 bits")
    code = f"{int.from_bytes(digest, 'big') % 10**digits:0{digits}d}"
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(code)}
    return "" if steps <= {0} or steps <= {1} or steps <= {9} else code


def message(
    *,
    event_id: str,
    kind: str,
    at: datetime,
    body: str,
    lock: str,
    window: str = "",
    sequence: int = 0,
    facility: str = "",
    room: str = "",
    opens: datetime | None = None,
    closes: datetime | None = None,
    code: str = "",
) -> dict[str, Any]:
    """What a lock is told. `trial` says nothing of any window; `revoke` has no code."""
    said: dict[str, Any] = {
        "version": VERSION,
        "id": event_id,
        "event": kind,
        "at": _instant(at),
        "body": body,
        "lock": lock,
    }
    if kind == "trial":
        return said
    if opens is None or closes is None:
        raise ValueError("a window has a beginning and an end")
    said |= {
        "window": window,
        "sequence": sequence,
        "facility": facility,
        "room": room,
        "opens_at": _instant(opens),
        "closes_at": _instant(closes),
    }
    return said | ({"code": code} if kind == "open" else {})


def canonical(said: Mapping[str, Any]) -> bytes:
    """The one way to write a message: keys in order, no blanks, ASCII only. These bytes are signed."""
    return json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode("ascii")


def _instant(moment: datetime) -> str:
    return moment.astimezone(JST).isoformat(timespec="seconds")


def wait_after(tries: int, *, now: datetime, closes: datetime | None) -> timedelta | None:
    """How long to wait after the `tries`-th failure; None when it was the last, or the window would be over."""
    if tries > len(WAITS):
        return None
    wait = WAITS[tries - 1]
    return None if closes is not None and now + wait >= closes else wait


def shown(*, opens: datetime, closes: datetime, hours: int, now: datetime) -> bool:
    """Whether the user sees his code: from so many hours before it opens until it closes."""
    return opens - timedelta(hours=hours) <= now < closes
