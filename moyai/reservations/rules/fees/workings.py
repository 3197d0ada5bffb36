"""使用料の算定 — the steps of a fee, in the order that the policy gives, each with its formula. Pure.

Source: each body's 施設の設置及び管理に関する条例 (地方自治法 第225条・第228条) is the data; what the words of the data mean is
written here. A price that the policy does not give is an error, never zero; 0 yen has to be written as a price.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from moyai.reservations.rules.fees.room import RoomFee, extension_fee, room_fee, rounding_of
from moyai.reservations.rules.fees.schema import PART_WORDS, PARTS
from moyai.reservations.rules.fees.use import (
    NO_EXTENSION,
    NO_EXTRA,
    NO_RELIEF,
    NO_TAX_RATE,
    PER_WORDS,
    CannotWorkOut,
    FeeUse,
    speaks_of,
)
from moyai.reservations.rules.working import Step, round_yen, rounding_words, yen_words

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """明細 — what one step put on the fee, or took off it (割引, 減免); all lines add up to the fee."""

    code: str
    label: str
    yen: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Worked:
    """使用料 — `yen` is owed, after `relief_yen` was taken off; `lines` add up to it, `steps` show the working."""

    yen: int
    relief_yen: int
    lines: tuple[Line, ...]
    steps: tuple[Step, ...]


def work_out(document: Row, use: FeeUse) -> Worked:
    """使用料を計算する. Raises CannotWorkOut where the policy says nothing of the use."""
    working = _Working(document, use.tidy())
    for code in document["order"]:
        working.take(code)
    return working.result()


def with_extras_there_are(document: Mapping[str, Any], use: FeeUse) -> FeeUse:
    """付加設備 of another unit left out: lighting of the whole hall has no meaning for its half."""
    rows = document.get("extras", ())
    elsewhere = {row["code"] for row in rows} - {row["code"] for row in rows if speaks_of(row, use)}
    return replace(use, extras=tuple(code for code in use.extras if code not in elsewhere))


def standing_relief(document: Row, code: str, use: FeeUse) -> str:
    """利用者登録による減免 — the code where the policy grants it to this use without being asked; else ""."""
    return code if any(row["code"] == code for row in _reliefs(document, use, by="registration")) else ""


def reliefs_to_ask(document: Row, use: FeeUse) -> list[tuple[str, str]]:
    """申請できる減免 — (code, label) of what a user may ask for, each once, in the order of the policy."""
    return list(
        {row["code"]: (row["code"], row["label"]) for row in _reliefs(document, use, by="request")}.values()
    )


def _reliefs(document: Row, use: FeeUse, *, by: str) -> list[Row]:
    return [row for row in document.get("reliefs", ()) if row["by"] == by and speaks_of(row, use)]


@dataclass
class _Working:
    """The parts of the fee as they stand after the steps taken so far."""

    document: Row
    use: FeeUse
    parts: dict[str, int] = field(default_factory=lambda: {**dict.fromkeys(PARTS, 0), "rounding": 0})
    first: dict[str, int] = field(default_factory=dict)  # 元の額, before any surcharge
    lines: list[Line] = field(default_factory=list)
    relief_yen: int = 0
    room: RoomFee | None = None

    def take(self, code: str) -> None:
        steps: dict[str, Callable[[], None]] = {
            "room": self._room,
            "extension": self._extension,
            "equipment": self._equipment,
            "extras": self._extras,
            "relief": self._relief,
            "tax": self._tax,
            "total": self._total,
        }
        steps.get(code, lambda: self._surcharge(code))()

    @property
    def yen(self) -> int:
        return sum(self.parts.values())

    def result(self) -> Worked:
        shown = [step for line in self.lines for step in line.steps]
        if self.use.relief and not any(line.code == "relief" for line in self.lines):
            raise CannotWorkOut(NO_RELIEF, "減免の計算が、使用料の定めの順序にありません。")
        if self.use.extension_minutes and "extension" not in self.document["order"]:
            raise CannotWorkOut(NO_EXTENSION, "延長の計算が、使用料の定めの順序にありません。")
        if self.use.equipment and "equipment" not in self.document["order"]:
            raise CannotWorkOut(NO_EXTRA, "備品の計算が、使用料の定めの順序にありません。")
        if self.use.extras and "extras" not in self.document["order"]:
            raise CannotWorkOut(NO_EXTRA, "付加設備の計算が、使用料の定めの順序にありません。")
        total = Step("使用料", self.yen, formula=_sum_words([line.yen for line in self.lines]))
        included = [self._tax_inside()] if self.document["tax"] == "included" and self.yen else []
        return Worked(
            yen=self.yen,
            relief_yen=self.relief_yen,
            lines=tuple(line for line in self.lines if line.yen or line.code in ("room", "relief")),
            steps=(*shown, *included, total),
        )

    def _add(self, part: str, code: str, label: str, yen: int, *steps: Step) -> None:
        self.parts[part] += yen
        self.first[part] = self.first.get(part, 0) + yen
        self.lines.append(Line(code, label, yen, steps))

    def _room(self) -> None:
        self.room = room_fee(self.document, self.use)
        self._add("room", "room", PART_WORDS["room"], self.room.yen, *self.room.steps)

    def _extension(self) -> None:
        if not self.use.extension_minutes:
            return
        assert self.room is not None  # the order begins with the room
        yen, step = extension_fee(self.document, self.use, self.room)
        self._add("extension", "extension", PART_WORDS["extension"], yen, step)

    def _equipment(self) -> None:
        for item in self.use.equipment:
            if item.count < 1:
                continue
            times = self.use.times(item.per)
            yen = item.yen * times * item.count
            formula = f"{yen_words(item.yen)} × {times}{PER_WORDS[item.per]} × {item.count}"
            label = f"備品 {item.name}"
            self._add("equipment", f"equipment:{item.code}", label, yen, Step(label, yen, formula=formula))

    def _extras(self) -> None:
        rows: dict[str, Row] = {}
        for row in self.document.get("extras", ()):
            if speaks_of(row, self.use) and (row.get("always") or row["code"] in self.use.extras):
                rows.setdefault(row["code"], row)
        unknown = [code for code in self.use.extras if code not in rows]
        if unknown:
            names = {row["code"]: row["label"] for row in self.document.get("extras", ())}
            words = "・".join(str(names.get(code, code)) for code in unknown)
            raise CannotWorkOut(NO_EXTRA, f"「{words}」は、この利用では選べません。")
        for code, row in sorted(rows.items()):
            yen, formula = self._extra(row)
            step = Step(row["label"], yen, formula=formula)
            self._add("extras", f"extras:{code}", row["label"], yen, step)

    def _extra(self, row: Row) -> tuple[int, str]:
        if "yen" in row:
            times = self.use.times(row["per"])
            return row["yen"] * times, f"{yen_words(row['yen'])} × {times}{PER_WORDS[row['per']]}"
        way, unit = rounding_of(self.document, row)
        exact = Fraction(self.parts["room"] * row["percent"], 100)
        formula = (
            f"室場使用料 {yen_words(self.parts['room'])} × {row['percent']}%（{rounding_words(way, unit)}）"
        )
        return round_yen(exact, way=way, unit_yen=unit), formula

    def _surcharge(self, code: str) -> None:
        """割増・割引 — the first row of this code that speaks of the use; none: the step does nothing."""
        rows = (row for row in self.document.get("surcharges", ()) if row["code"] == code)
        row = next((row for row in rows if speaks_of(row, self.use)), None)
        if row is None:
            return
        way, unit = rounding_of(self.document, row)
        before, words = self.yen, []
        for part in row["of"]:
            now = self.parts[part]
            of = self.first.get(part, 0) if row.get("on") == "base" else now
            if not of:
                continue
            after = max(0, round_yen(now + Fraction(of * row["percent"], 100), way=way, unit_yen=unit))
            words.append(f"{PART_WORDS[part]} {now:,} ＋ {of:,} × {row['percent']}% → {yen_words(after)}")
            self.parts[part] = after
        if words:
            formula = "、".join(words) + f"（{rounding_words(way, unit)}）"
            added = self.yen - before
            self.lines.append(Line(code, row["label"], added, (Step(row["label"], added, formula=formula),)))

    def _relief(self) -> None:
        """減免 — takes off at most what is there. Raises CannotWorkOut for a code the policy does not know."""
        if not self.use.relief:
            return
        rows = (row for row in self.document.get("reliefs", ()) if row["code"] == self.use.relief)
        row = next((row for row in rows if speaks_of(row, self.use)), None)
        if row is None:
            raise CannotWorkOut(
                NO_RELIEF, f"減免区分「{self.use.relief}」は、この利用の使用料の定めにありません。"
            )
        way, unit = rounding_of(self.document, row)
        left, off, words = row.get("yen", 0), 0, []
        for part in PARTS:
            now = self.parts[part]
            if part not in row["of"] or not now:
                continue
            if "yen" in row:
                after = now - min(now, left)
                left -= now - after
                words.append(f"{PART_WORDS[part]} {now:,} − {now - after:,}")
            else:
                exact = now - Fraction(now * row["percent"], 100)
                after = min(now, round_yen(exact, way=way, unit_yen=unit))
                words.append(f"{PART_WORDS[part]} {now:,} × （100 − {row['percent']}）% → {yen_words(after)}")
            off += now - after
            self.parts[part] = after
        self.relief_yen += off
        note = f"（減額後の額の{rounding_words(way, unit)}）" if "percent" in row and words else ""
        label = f"減免 {row['label']}"
        formula = "、".join(words) + note or "減額する料金がない"
        self.lines.append(Line("relief", label, -off, (Step(label, -off, formula=formula),)))

    def _tax(self) -> None:
        if self.document["tax"] != "added":
            return
        percent, way = self._tax_percent(), self.document.get("tax_rounding", "floor")
        of = self.yen
        yen = round_yen(Fraction(of * percent, 100), way=way)
        step = Step("消費税等", yen, formula=f"{yen_words(of)} × {percent}%（{rounding_words(way, 1)}）")
        self._add("tax", "tax", PART_WORDS["tax"], yen, step)

    def _tax_inside(self) -> Step:
        percent, way = self._tax_percent(), self.document.get("tax_rounding", "floor")
        yen = round_yen(Fraction(self.yen * percent, 100 + percent), way=way)
        formula = f"{yen_words(self.yen)} × {percent} ÷ {100 + percent}（{rounding_words(way, 1)}）"
        return Step("うち消費税等", yen, formula=formula)

    def _tax_percent(self) -> int:
        """The rate in force on the day of use."""
        rates = {str(row["from_on"]): row["percent"] for row in self.document.get("tax_rates", ())}
        known = [from_on for from_on in rates if from_on <= self.use.on.isoformat()]
        if not known:
            raise CannotWorkOut(NO_TAX_RATE, "利用日の消費税率が、使用料の定めにありません。")
        return int(rates[max(known)])

    def _total(self) -> None:
        """合計の端数処理 — by the policy's own rounding."""
        way, unit = self.document["rounding"], self.document["rounding_yen"]
        before = self.yen
        after = round_yen(before, way=way, unit_yen=unit)
        if after != before:
            self.parts["rounding"] += after - before
            formula = f"{yen_words(before)} → {yen_words(after)}（{rounding_words(way, unit)}）"
            step = Step("端数処理", after - before, formula=formula)
            self.lines.append(Line("total", "端数処理", after - before, (step,)))


def _sum_words(yen: list[int]) -> str:
    return " ".join(f"{'−' if part < 0 else '＋'} {abs(part):,}" for part in yen if part).removeprefix("＋ ")
