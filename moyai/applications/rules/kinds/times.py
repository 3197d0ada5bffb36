"""Kind of field for a time of day: 時刻."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from moyai.applications.rules.expressions.types import TIME, Type
from moyai.applications.rules.kinds.base import (
    Kind,
    Read,
    Reading,
    Schema,
    Settings,
    Showing,
    Wrong,
    is_blank,
    line,
)
from moyai.applications.rules.result import Param
from moyai.applications.rules.text import folded

_TIME: Schema = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"}
_WRITING = re.compile(
    r"(午前|午後|AM|PM)?([0-9]{1,2})(?:[:時.]([0-9]{1,2})?分?|(半))?(半)?(AM|PM)?", re.ASCII
)
_FOUR = re.compile(r"([0-9]{2})([0-9]{2})", re.ASCII)


def minutes(time: str) -> int:
    """Minutes since midnight of HH:MM."""
    return int(time[:2]) * 60 + int(time[3:])


def _read(value: Any) -> tuple[int, int]:
    if isinstance(value, dict):
        if not value.keys() <= {"hour", "minute"} or is_blank(value.get("hour")):
            raise Wrong("not_time")
        parts = []
        for part in ("hour", "minute"):
            given = value.get(part)
            text = str(given) if isinstance(given, int) and not isinstance(given, bool) else given
            text = "0" if part == "minute" and is_blank(text) else folded(line(text))
            if not re.fullmatch(r"[0-9]{1,2}", text, re.ASCII):
                raise Wrong("not_time")
            parts.append(int(text))
        return parts[0], parts[1]
    text = folded(line(value)).upper().replace(" ", "").replace("正午", "12:00")
    four = _FOUR.fullmatch(text)
    if four:
        return int(four[1]), int(four[2])
    found = _WRITING.fullmatch(text) if len(text) <= 20 and not text.isdigit() else None
    if found is None or (found[1] and found[6]):
        raise Wrong("not_time")
    half, hour, minute = found[1] or found[6], int(found[2]), int(found[3] or 0)
    if found[4] or found[5]:
        if found[3]:
            raise Wrong("not_time")
        minute = 30
    if half:
        if hour > 12:
            raise Wrong("not_time")
        if hour == 12 and half in ("午前", "午後"):  # noon or midnight: the law and the clock differ
            raise Wrong("time_two_ways")
        hour = hour % 12 + (12 if half in ("午後", "PM") else 0)
    return hour, minute


class Time(Kind):
    """時刻 — kept HH:MM from 00:00 to 24:00 (the end of the day); {hour, minute} or any usual writing in.

    午後5時15分, 17:15, １７時, 1715, 5:15PM. 午前12時 and 午後12時 can be read two ways and are refused.
    earliest and latest limit it, step is in minutes from midnight.
    """

    name, ja, missing = "time", "時刻", "missing_text"
    en = "Time of day"
    settings: ClassVar[dict[str, Schema]] = {
        "earliest": _TIME,
        "latest": _TIME,
        "step": {"type": "integer", "minimum": 1, "maximum": 720},
    }

    def value_type(self, settings: Settings) -> Type:
        return TIME

    def faults(self, settings: Settings) -> Iterator[tuple[str, str, dict[str, Param]]]:
        if settings.get("earliest", "00:00") > settings.get("latest", "24:00"):
            yield ".earliest", "e_min_max", {}

    def reader(self, settings: Settings) -> Read:
        first, last = settings.get("earliest", "00:00"), settings.get("latest", "24:00")
        step = settings.get("step", 1)

        def read(value: Any, reading: Reading) -> str:
            hour, minute = _read(value)
            if minute > 59 or hour * 60 + minute > 1440:
                raise Wrong("no_such_time")
            time = f"{hour:02}:{minute:02}"
            if not first <= time <= last:
                raise Wrong("time_range", min=first, max=last)
            if (hour * 60 + minute) % step:
                raise Wrong("time_step", step=step)
            return time

        return read

    def show(self, settings: Settings, kept: Any, showing: Showing) -> str:
        if showing.language == "en":
            return str(kept)
        hour, minute = divmod(minutes(kept), 60)
        rest = f"{minute}分" if minute else ""
        if kept == "24:00":
            return "24時（その日の終わり）"
        return f"午前{hour}時{rest}" if hour < 12 else f"午後{hour - 12}時{rest}"
