"""違反点数と利用停止 — points for not coming and for cancelling late, how long they count, and what they lead to. Pure.

Points are whole tenths: half a point is 5.

Source: 金沢 (無断不使用1点・直前取消し0.5点、2点で6か月), 川口 (1点・2点、6点で3か月、天候は除く),
ふじみ野 (同じ月に3回で2か月), 船橋 (最長180日).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from moyai.reservations.rules.periods import fiscal_year_of, months_before
from moyai.reservations.rules.shapes import obj, one_of, rows, whole, yes_no

WHY = {"no_show": "無断不使用", "late_cancel": "直前の取消し", "breach": "決まりの違反"}

SCHEMA = obj(
    "違反点数と利用停止",
    "Penalties",
    {
        "per": one_of("点数の合計", "Points summed", {"registration": "登録ごと", "person": "同じ人の登録を合わせて"}),
        "points": rows(
            "点数",
            "Points",
            obj(
                "点数",
                "Points",
                {
                    "why": one_of("理由", "Why", WHY),
                    "tenths": whole("点数（10分の1点）", "Tenths of a point", 0, 1000),
                    "within_days": whole(
                        "直前とみる日数（利用日の何日前から）", "Days before the use that are late", 0, 365
                    ),
                },
                needs=("why", "tenths"),
            ),
            20,
        ),
        "lapse": obj(
            "点数の消える時",
            "Points lapse",
            {
                "months": whole("何か月後", "After months", 1, 120),
                "days": whole("何日後", "After days", 1, 3650),
                "at": one_of("期間の終わり", "At the end of", {"month": "その月", "fiscal_year": "その年度"}),
            },
        ),
        "suspend": rows(
            "利用停止",
            "Suspension",
            obj(
                "利用停止",
                "Suspension",
                {
                    "tenths": whole("この点数から（10分の1点）", "From tenths of a point", 1, 10_000),
                    "months": whole("停止の月数", "Months", 1, 120),
                    "days": whole("停止の日数", "Days", 1, 3650),
                    "void_bookings": yes_no("予約をすべて取り消す", "Bookings are cancelled"),
                },
                needs=("tenths",),
            ),
            20,
        ),
    },
    needs=("points", "lapse"),
)  # fmt: skip


class Suspension(NamedTuple):
    """利用停止 — until that day, itself included."""

    until: date
    void_bookings: bool


def tenths_for(document: Mapping[str, Any] | None, *, why: str, days_before: int | None = None) -> int:
    """点数 of one happening, in tenths; 0 where the policy gives none.

    Of 直前の取消し the row with the shortest `within_days` that still holds decides; a row without one is for any day.
    """
    fitting = [
        row
        for row in (document or {}).get("points", ())
        if row["why"] == why
        and ("within_days" not in row or days_before is None or days_before <= row["within_days"])
    ]
    nearest = min(fitting, key=lambda row: row.get("within_days", 10_000), default=None)
    return int(nearest["tenths"]) if nearest else 0


def lapses_on(document: Mapping[str, Any], given_on: date) -> date:
    """点数の消える日 — the first day on which it no longer counts."""
    lapse = document["lapse"]
    if "months" in lapse:
        return months_before(given_on, -lapse["months"])
    if "days" in lapse:
        return given_on + timedelta(days=lapse["days"])
    if lapse["at"] == "month":
        return given_on.replace(day=monthrange(given_on.year, given_on.month)[1]) + timedelta(days=1)
    return date(fiscal_year_of(given_on) + 1, 4, 1)


def in_force(penalties: Iterable[tuple[int, date]], on: date) -> int:
    """累計点数 — of (tenths, lapses_on) those that count that day."""
    return sum(tenths for tenths, lapses in penalties if on < lapses)


def suspension(document: Mapping[str, Any] | None, *, tenths: int, on: date) -> Suspension | None:
    """利用停止 that so many tenths lead to, from that day on; the highest row reached decides.

    n months end on the day before the same day n months later (民法143条2項); that day is the first day counted.
    """
    reached = [row for row in (document or {}).get("suspend", ()) if row["tenths"] <= tenths]
    if not reached:
        return None
    row = max(reached, key=lambda row: int(row["tenths"]))
    after = months_before(on, -row["months"]) if "months" in row else on + timedelta(days=row["days"])
    # Where the last month has no such day its last day is the end itself (31 August + 6 months: 28 February).
    short = "months" in row and after.day != on.day
    return Suspension(after if short else after - timedelta(days=1), bool(row.get("void_bookings")))


def faults(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What fits the shape and is wrong all the same."""
    if len(document["lapse"]) != 1:
        yield ("lapse",), "何か月後・何日後・期間の終わりのどれか1つで書いてください。"
    for n, row in enumerate(document.get("suspend", ())):
        if ("months" in row) == ("days" in row):
            yield ("suspend", n, "months"), "停止の月数か日数のどちらか1つを書いてください。"
    for n, row in enumerate(document["points"]):
        if row["why"] != "late_cancel" and "within_days" in row:
            yield ("points", n, "within_days"), "日数は、直前の取消しだけに書きます。"
