"""監視の判定 — what an answer, or silence, means for the book of stops. Pure.

A probe is always in one of three: an outage is open, unknown time is open, or neither, and then the time since it last measured is
up for as long as it measures on (`patience`: its interval and its grace). What lies longer apart was measured by nobody and is
不明, whatever stood at both ends; only an outage that is still one at both ends goes on through it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Open(StrEnum):
    """What of the probe is open in the book."""

    NOTHING = ""
    OUTAGE = "outage"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Watched:
    """A probe as it stands before it is judged."""

    every: timedelta
    grace: timedelta
    measured_at: datetime | None = None  # last answer of an address, last beat of a push
    heard_at: datetime | None = None  # last time it was well
    failing_since: datetime | None = None  # first failure since it was well
    looked_at: datetime | None = None  # push: when somebody last looked whether a beat is missing
    open: Open = Open.NOTHING
    open_since: datetime | None = None

    @property
    def patience(self) -> timedelta:
        return self.every + self.grace


@dataclass(frozen=True, slots=True)
class Judged:
    """What to write: end what is open at `ends`; unknown time from–to; an outage from `outage`; open unknown from `unknown_from`."""

    ends: datetime | None = None
    unknown: tuple[datetime, datetime] | None = None
    outage: datetime | None = None
    unknown_from: datetime | None = None
    mark: bool = False  # silence begins to count only now


def answer(watched: Watched, *, well: bool, at: datetime) -> Judged:
    """応答の判定 — of an address asked, or of a beat that came."""
    last = watched.measured_at
    apart = last is not None and at - last > watched.patience
    if watched.open is Open.NOTHING:
        unknown = (last, at) if apart and last is not None else None
        if well:
            return Judged(unknown=unknown)
        failing = at if unknown else _failing(watched, at)
        return Judged(unknown=unknown, outage=failing if at - failing >= watched.grace else None)
    since = watched.open_since or at
    if watched.open is Open.OUTAGE:
        if not well:
            return Judged()
        if apart and last is not None and last > since:
            return Judged(ends=last, unknown=(last, at))
        return Judged(ends=at) if at > since else Judged()
    if well:
        return Judged(ends=at) if at > since else Judged()
    failing = max(_failing(watched, at), since)
    if at - failing < watched.grace or at <= since:
        return Judged()
    begins = failing if failing > since else at
    return Judged(ends=begins, outage=begins)


def _failing(watched: Watched, at: datetime) -> datetime:
    return min(watched.failing_since or at, at)


def silence(watched: Watched, *, now: datetime, away: timedelta) -> Judged:
    """沈黙の判定 — of a probe that is to be pinged, looked at now.

    Missing beats are an outage from the first one missing. If nobody looked for longer than `away`, we may have been the ones
    who were not there to hear: then it is unknown from the last beat on, and the silence begins to count now.
    """
    if watched.heard_at is None or watched.open is Open.OUTAGE:
        return Judged()
    if watched.open is Open.UNKNOWN:
        since = watched.failing_since
        begins = max(since, watched.open_since or since) + watched.every if since is not None else None
        if begins is None or now < begins + watched.grace:
            return Judged()
        return Judged(ends=begins, outage=begins)
    last = max(watched.heard_at, watched.measured_at or watched.heard_at)
    if now - last <= watched.patience:
        return Judged()
    if watched.looked_at is not None and now - watched.looked_at > away:
        return Judged(unknown_from=last, mark=True)
    return Judged(outage=last + watched.every)


def unheard(watched: Watched, now: datetime) -> datetime | None:
    """測られていない時間の始まり — since when a probe with nothing open has not been measured; None while it is."""
    last = watched.measured_at
    if watched.open is not Open.NOTHING or last is None or now - last <= watched.patience:
        return None
    return last
