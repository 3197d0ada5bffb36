"""室場使用料と延長料 — the price of the room itself: by コマ with 通し料金, or by time with a cap. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from moyai.reservations.rules.fees.use import (
    NO_EXTENSION,
    NO_PRICE,
    CannotWorkOut,
    FeeFrame,
    FeeUse,
    speaks_of,
)
from moyai.reservations.rules.rooms import clock_face
from moyai.reservations.rules.working import Step, round_yen, rounding_words, yen_words

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RoomFee:
    """`last_yen`: what the last コマ, or the unit of time in which the use ends, costs alone (None: no such price)."""

    yen: int
    steps: tuple[Step, ...]
    last_yen: int | None


def room_fee(document: Row, use: FeeUse) -> RoomFee:
    """室場使用料 — by コマ where the use takes コマ and the policy prices them, else by time. Raises CannotWorkOut."""
    if use.frames:
        prices = [row for row in document.get("prices", ()) if speaks_of(row, use)]
        if prices:
            return _by_frames(prices, use, longest=document.get("through", "longest") == "longest")
    return _by_time(document, use)


def _by_frames(prices: Sequence[Row], use: FeeUse, *, longest: bool) -> RoomFee:
    """The run of コマ cut into pieces that have a price: 通し料金 for several, the コマ's own for one.

    `longest`: as few pieces as possible, then the lowest sum; else the lowest sum, then as few as possible.
    """
    frames = use.frames
    yen_of: dict[tuple[str, ...], int] = {}
    for row in prices:  # the first row that speaks of a piece, decides
        yen_of.setdefault(tuple(row["frames"]), row["yen"])
    best: list[tuple[tuple[int, int], tuple[tuple[int, int], ...]] | None] = [((0, 0), ())]
    for end in range(1, len(frames) + 1):
        ways = []
        for start in range(end):
            before = best[start]
            yen = yen_of.get(tuple(frame.code for frame in frames[start:end]))
            if before is None or yen is None:
                continue
            pieces, total = before[0] if longest else before[0][::-1]
            score = (pieces + 1, total + yen)
            ways.append((score if longest else score[::-1], (*before[1], (start, end))))
        best.append(min(ways, default=None))
    found = best[-1]
    if found is None:
        missing = [frame.name for frame in frames if (frame.code,) not in yen_of] or [_names(frames)]
        raise CannotWorkOut(NO_PRICE, f"「{'・'.join(missing)}」の料金が、使用料の定めにありません。")
    steps = []
    for start, end in found[1]:
        piece = frames[start:end]
        yen = yen_of[tuple(frame.code for frame in piece)]
        through = "（通し料金）" if len(piece) > 1 else ""
        steps.append(Step(_names(piece), yen, formula=f"{_names(piece)}{through} {yen_words(yen)}"))
    total = sum(int(step.value) for step in steps)
    steps.append(Step("室場使用料", total, formula=" ＋ ".join(f"{int(step.value):,}" for step in steps)))
    return RoomFee(total, tuple(steps), yen_of.get((frames[-1].code,)))


def _names(frames: Sequence[FeeFrame]) -> str:
    return "・".join(frame.name or frame.code for frame in frames)


def _by_time(document: Row, use: FeeUse) -> RoomFee:
    """Units of time from the beginning; one that has begun counts whole, and costs what its beginning costs.

    What falls into one band costs no more than its cap (コマの料金). A use below `least_minutes` counts as long as that;
    the minutes that are added cost what the last ones of the use cost.
    """
    bands = [row for row in document.get("hours", ()) if speaks_of(row, use)]
    until = max(use.ends, use.starts + document.get("least_minutes", 0))
    counted: dict[int, int] = {}  # place of the band → units
    at, last = use.starts, None
    while at < until:
        inside = min(at, use.ends - 1)
        place = next((n for n, row in enumerate(bands) if row["starts"] <= inside < row["ends"]), None)
        if place is None:
            raise CannotWorkOut(
                NO_PRICE, f"{clock_face(inside)}からの時間の料金が、使用料の定めにありません。"
            )
        counted[place] = counted.get(place, 0) + 1
        at, last = at + bands[place]["per_minutes"], bands[place]
    steps = []
    if until > use.ends:
        minutes = document["least_minutes"]
        steps.append(
            Step(
                "最低の利用時間", minutes, formula=f"{minutes}分に満たない利用は{minutes}分とする", unit="分"
            )
        )
    sums = []
    for place, units in counted.items():
        row = bands[place]
        full = row["yen"] * units
        yen = min(full, row.get("cap_yen", full))
        capped = f"、上限 {yen_words(row['cap_yen'])}" if yen < full else ""
        name = f"{clock_face(row['starts'])}〜{clock_face(row['ends'])}の時間帯"
        formula = f"{yen_words(row['yen'])}（{row['per_minutes']}分につき） × {units}{capped}"
        steps.append(Step(name, yen, formula=formula))
        sums.append(yen)
    total = sum(sums)
    steps.append(Step("室場使用料", total, formula=" ＋ ".join(f"{yen:,}" for yen in sums)))
    return RoomFee(total, tuple(steps), last["yen"] if last is not None else None)


def extension_fee(document: Row, use: FeeUse, fee: RoomFee) -> tuple[int, Step]:
    """延長料 — for every begun 30 or 60 minutes; a price, or a part of what the last コマ costs. Raises CannotWorkOut."""
    row = next((row for row in document.get("extensions", ()) if speaks_of(row, use)), None)
    if row is None:
        raise CannotWorkOut(NO_EXTENSION, "延長の料金が、使用料の定めにありません。")
    units = -(-use.extension_minutes // row["per_minutes"])
    begun = f"（{use.extension_minutes}分、{row['per_minutes']}分につき1回）"
    if "yen" in row:
        yen = row["yen"] * units
        return yen, Step("延長料", yen, formula=f"{yen_words(row['yen'])} × {units}{begun}")
    if fee.last_yen is None:
        raise CannotWorkOut(NO_EXTENSION, "延長のもとになる最後のコマの料金が、使用料の定めにありません。")
    way, unit = rounding_of(document, row)
    each = round_yen(Fraction(fee.last_yen * row["percent"], 100), way=way, unit_yen=unit)
    formula = f"{yen_words(fee.last_yen)} × {row['percent']}%（{rounding_words(way, unit)}） × {units}{begun}"
    return each * units, Step("延長料", each * units, formula=formula)


def rounding_of(document: Row, row: Row) -> tuple[str, int]:
    """端数処理 of a row, or the policy's own."""
    return row.get("rounding", document["rounding"]), row.get("rounding_yen", document["rounding_yen"])
