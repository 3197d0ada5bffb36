"""Days and hours in やさしい日本語: 西暦, 午前・午後, and a reading over every kanji."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from moyai.ui.readings import marked

# Days that are not read with にち after a number.
_DAYS = {
    1: "ついたち",
    2: "ふつか",
    3: "みっか",
    4: "よっか",
    5: "いつか",
    6: "むいか",
    7: "なのか",
    8: "ようか",
    9: "ここのか",
    10: "とおか",
    14: "じゅうよっか",
    20: "はつか",
    24: "にじゅうよっか",
}
_WEEKDAYS = ("月《げつ》", "火《か》", "水《すい》", "木《もく》", "金《きん》", "土《ど》", "日《にち》")
_WRITTEN_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")


def _day(year: int, month: int, day: int) -> str:
    own = f"｜{day}日《{_DAYS[day]}》" if day in _DAYS else f"{day}日《にち》"
    return f"{year}年《ねん》{month}月《がつ》{own}"


def easy_day(on: date, *, weekday: bool = True) -> str:
    """2026年4月1日（水曜日）, with its readings marked."""
    named = f"（{_WEEKDAYS[on.weekday()]}曜日《ようび》）" if weekday else ""
    return marked(_day(on.year, on.month, on.day) + named)


def easy_time(at: time | datetime, *, seconds: bool = False) -> str:
    """午前9時30分 of a time of day in Japan, with its readings marked; minutes are left out on the hour."""
    half = "午前《ごぜん》" if at.hour < 12 else "午後《ごご》"
    shown = f"{half}{at.hour % 12}時《じ》"
    if at.minute or seconds:
        shown += (
            f"{at.minute}分《{'ぷん' if at.minute % 10 in (0, 1, 3, 4, 6, 8) and at.minute else 'ふん'}》"
        )
    return marked(shown + (f"{at.second}秒《びょう》" if seconds else ""))


def easy_moment(at: datetime, *, seconds: bool = False) -> str:
    """The day and the time of a moment in Japan."""
    return f"{easy_day(at)} {easy_time(at, seconds=seconds)}"


def days_made_easy(text: str) -> str:
    """A text in which days are written 2026年4月1日, with the readings of those days marked."""
    return _WRITTEN_DAY.sub(lambda one: marked(_day(int(one[1]), int(one[2]), int(one[3]))), text)
