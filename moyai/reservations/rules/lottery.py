"""抽選の定め — how the rounds of a month are made, and how cancelled places are given again. Pure.

Source: the usual round of the bodies (前々月の1日から10日ごろまで受付、抽選、確認、残りは先着). That cancelled places
are shown at one time and drawn among those who ask in the first minutes is this service's own policy
(取り消してすぐ取り直す行為を防ぐため).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from moyai.reservations.rules.periods import JST, a_moment, moment, moment_faults
from moyai.reservations.rules.shapes import CLASSES, minute, obj, one_of, several, whole, yes_no

SCHEMA = obj(
    "抽選",
    "Lottery",
    {
        "mode": one_of(
            "方法", "Mode",
            {"person": "人ごと（当選数の上限つき）", "wish": "希望順位ごと", "slot": "枠ごと"},
        ),
        "win_cap": whole("1人の当選の上限", "Wins of one person", 1, 50),
        "wishes": whole("1件の希望の数", "Wishes of one entry", 1, 20),
        "entry_cap": whole("1人の申込みの上限", "Entries of one person", 1, 50),
        "groups_first": yes_no("団体を先に抽選する", "Groups before persons"),
        "classes_first": several("優先する区分（この順）", "Classes drawn first, in this order", CLASSES),
        "enter_from": a_moment("申込みの開始", "Entries from"),
        "enter_until": a_moment("申込みの終了", "Entries until"),
        "confirm_days": whole("当選の確認の日数（0は確認なし）", "Days to confirm a win (0: none)", 0, 60),
        "promote_hours": whole("補欠の返事の時間", "Hours a promoted entry has", 1, 720),
        "seed": one_of(
            "乱数の種", "Seed", {"officials": "職員2人の立会い（さいころ・宝くじ）", "drand": "公開乱数（drand）"}
        ),
        "release": obj(
            "取消し分の公開",
            "Release of cancelled places",
            {
                "on": yes_no("まとめて抽選する", "Drawn together"),
                "at": minute("公開の時刻", "Released at"),
                "minutes": whole("受付の分数", "Minutes entries are collected", 1, 120),
            },
            needs=("on",),
        ),
    },
)  # fmt: skip


class Release(NamedTuple):
    """取消し分の公開 — whether cancelled places wait for a minute of the day and are drawn among those who ask in time."""

    on: bool
    at: int
    minutes: int

    def next_after(self, now: datetime) -> datetime:
        """The next time of release, strictly later; `now` in JST."""
        today = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(minutes=self.at)
        return today if now < today else today + timedelta(days=1)


def free_at(document: Mapping[str, Any] | None, *, now: datetime, begins: datetime) -> datetime | None:
    """取消し分の公開の時 — when a place cancelled now is given again; None: at once.

    At once where places are not drawn together, or where the use begins before those who ask could be told.
    """
    release = release_of(document)
    when = release.next_after(now.astimezone(JST))
    if not release.on or begins < when + timedelta(minutes=release.minutes):
        return None
    return when


BY_DEFAULT = Release(True, 540, 10)


def release_of(document: Mapping[str, Any] | None) -> Release:
    """取消し分の公開 by the policy; on, at 9:00, for ten minutes where nothing is said."""
    told = (document or {}).get("release") or {}
    return Release(
        bool(told.get("on", BY_DEFAULT.on)),
        int(told.get("at", BY_DEFAULT.at)),
        int(told.get("minutes", BY_DEFAULT.minutes)),
    )


def entries_of_month(document: Mapping[str, Any], month: date) -> tuple[datetime, datetime] | None:
    """申込期間 of the round for the uses of a month; None where the policy holds no monthly rounds."""
    if "enter_from" not in document or "enter_until" not in document:
        return None
    first = month.replace(day=1)
    return moment(document["enter_from"], first), moment(document["enter_until"], first)


def faults(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What fits the shape and is wrong all the same."""
    if ("enter_from" in document) != ("enter_until" in document):
        yield ("enter_until",), "申込みの開始と終了の両方を書いてください。"
    wrong = False
    for name in ("enter_from", "enter_until"):
        if name not in document:
            continue
        said = moment_faults(document[name])
        if not said and ("months" not in document[name] or "day" not in document[name]):
            said = "利用月の何か月前の何日かで書いてください。"
        if said:
            wrong = True
            yield (name,), said
    if not wrong and "enter_from" in document and "enter_until" in document:
        times = entries_of_month(document, date(2026, 7, 1))
        if times and times[0] >= times[1]:
            yield ("enter_until",), "申込みの終了が開始より前です。"
