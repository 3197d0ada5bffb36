"""室場の見取り — what a room can be booked as: its parts, the units made of them, and how its day is cut into cells. Pure.

Minutes of the day, 0–1440, JST. A room is booked by whole frames (コマ, `step` 0) or by steps of 15, 30 or 60 minutes. A
**cell** is the minute at which a frame or a step begins; what a use takes is a row of cells in each of its parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

MIDNIGHT = 1440


class NotATime(ValueError):
    """The times asked for are none of this room: `code` says why.

    order: it ends before it begins, or leaves the day; no_frames: no コマ are set on that day; frame: it does not begin
    and end with コマ; step: it does not begin and end on a step.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class FrameSpan:
    """コマ — 午前 9:00–12:00 …; `weight` is how many コマ it counts in limits."""

    code: str
    name: str
    starts: int
    ends: int
    weight: int = 1
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """利用単位 — 全面, 北半面 …: parts booked together (a Combination)."""

    id: int
    code: str
    name: str
    part_ids: tuple[int, ...]
    capacity: int | None = None
    name_en: str = ""


class Choice(NamedTuple):
    """A cell that can be asked for, with the time it stands for and its name (コマ; "" for a step)."""

    cell: int
    starts: int
    ends: int
    name: str


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """室場の見取り — a room as it is on one day. `parts` are (id, name); `frames` are in order and never overlap."""

    id: int
    facility_id: int
    code: str
    name: str
    step: int
    prepare: int
    clear: int
    needs_approval: bool
    main_id: int | None
    alone: bool
    purposes: frozenset[str]
    frames: tuple[FrameSpan, ...]
    parts: tuple[tuple[int, str], ...]
    units: tuple[Unit, ...]
    category: str = ""  # of its facility: limits may go by it
    used_from: date = date.min  # the later of room and facility
    used_until: date | None = None  # the earlier of both, itself included
    capacity: int | None = None
    published: bool = True
    facility_code: str = ""

    def in_use(self, day: date) -> bool:
        return self.used_from <= day and (self.used_until is None or day <= self.used_until)

    def unit(self, unit_id: int) -> Unit | None:
        return next((unit for unit in self.units if unit.id == unit_id), None)

    def frames_between(self, starts: int, ends: int) -> tuple[FrameSpan, ...]:
        """The コマ from–to, in order: 9:00–17:00 is 午前 and 午後, with the break between them.

        Empty for a room that goes by steps. Raises NotATime.
        """
        if not 0 <= starts < ends <= MIDNIGHT:
            raise NotATime("order")
        if self.step:
            return ()
        if not self.frames:
            raise NotATime("no_frames")
        inside = tuple(frame for frame in self.frames if starts <= frame.starts and frame.ends <= ends)
        if not inside or inside[0].starts != starts or inside[-1].ends != ends:
            raise NotATime("frame")
        return inside

    def cells(self, starts: int, ends: int) -> tuple[int, ...]:
        """利用枠 that a use takes: the beginnings of its コマ, or every step from preparing until cleared.

        Preparing and clearing are rounded up to whole steps and end with the day. Raises NotATime.
        """
        frames = self.frames_between(starts, ends)
        if not self.step:
            return tuple(frame.starts for frame in frames)
        if starts % self.step or ends % self.step:
            raise NotATime("step")
        first = max(0, starts - self._in_steps(self.prepare))
        last = min(MIDNIGHT, ends + self._in_steps(self.clear))
        return tuple(range(first, last, self.step))

    def weight(self, starts: int, ends: int) -> int:
        """コマ数 as limits count it: the weights of its コマ, or the number of steps (without preparing and clearing)."""
        frames = self.frames_between(starts, ends)
        if not self.step:
            return sum(frame.weight for frame in frames)
        if starts % self.step or ends % self.step:
            raise NotATime("step")
        return (ends - starts) // self.step

    def choices(self, opens: int, closes: int) -> tuple[Choice, ...]:
        """The cells of a day that is open from–to: the columns of a table of what is free."""
        return _choices(self.step, () if self.step else self.frames, opens, closes)

    def _in_steps(self, minutes: int) -> int:
        return -(-minutes // self.step) * self.step


@lru_cache(maxsize=2_000)  # rooms of a city have few shapes, and open at few hours
def _choices(step: int, frames: tuple[FrameSpan, ...], opens: int, closes: int) -> tuple[Choice, ...]:
    every = (
        [Choice(minute, minute, minute + step, "") for minute in range(0, MIDNIGHT, step)]
        if step
        else [Choice(frame.starts, frame.starts, frame.ends, frame.name) for frame in frames]
    )
    return tuple(one for one in every if opens <= one.starts and one.ends <= closes)


def clock_face(minute: int) -> str:
    """9:00, 24:00 — the hour of a minute of the day, as times are written in tables and files."""
    return f"{minute // 60}:{minute % 60:02d}"
