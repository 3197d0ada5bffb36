"""料金表 — what a room costs, worked out by the fee rule itself, frame by frame; so the table and the bill cannot differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.reservations.models import Equipment
from moyai.reservations.portal.in_words import listed
from moyai.reservations.portal.naming import CLASS_WORDS, KIND_WORDS, named
from moyai.reservations.queries.marks import Reader
from moyai.reservations.rules.fees import CannotWorkOut, FeeFrame, FeeUse, work_out
from moyai.reservations.rules.fees.use import speaks_of
from moyai.reservations.rules.rooms import RoomPlan, Unit, clock_face
from moyai.ui.public import yen

Document = Mapping[str, Any]
DAY_CLASSES = {
    "weekday": lazy("平日"),
    "saturday": lazy("土曜日"),
    "sunday": lazy("日曜日"),
    "holiday": lazy("祝日"),
}
PER = {"frame": lazy("1コマにつき"), "hour": lazy("1時間につき"), "use": lazy("1回につき")}


def price_table(
    plan: RoomPlan, document: Document | None, *, on: date, reader: Reader, caption: str
) -> dict[str, Any]:
    """One row for each unit and kind of day, one column for each コマ (or band of hours). Days of one price share a row."""
    if not document:
        return {}
    return (_by_time if plan.step else _by_frame)(plan, document, on, reader, caption)


def _by_frame(plan: RoomPlan, document: Document, on: date, reader: Reader, caption: str) -> dict[str, Any]:
    rows: list[list[Any]] = []
    for unit in plan.units:
        found: dict[tuple[int | None, ...], list[str]] = {}
        for day_class in DAY_CLASSES:
            prices = tuple(
                _price(document, _use(plan, unit, on, day_class, reader, frame.starts, frame.ends))
                for frame in plan.frames
            )
            found.setdefault(prices, []).append(day_class)
        for prices, days in found.items():
            rows.append(
                [
                    {"text": _unit_words(unit, days, len(found)), "head": True},
                    *(_shown(one) for one in prices),
                ]
            )
    columns = [{"label": _("利用単位")}]
    columns += [
        {"label": f"{named(frame)} {clock_face(frame.starts)}–{clock_face(frame.ends)}", "numeric": True}
        for frame in plan.frames
    ]
    return {"caption": caption, "columns": columns, "rows": rows, "cards": True}


def _by_time(plan: RoomPlan, document: Document, on: date, reader: Reader, caption: str) -> dict[str, Any]:
    """時間の料金 as the policy says them: per so many minutes, with the cap of the band."""
    rows: list[list[Any]] = []
    for unit in plan.units:
        for day_class in DAY_CLASSES:
            for row in document.get("hours", ()):
                use = _use(plan, unit, on, day_class, reader, row["starts"], row["ends"])
                if not speaks_of(row, use):
                    continue
                cells = [
                    {
                        "text": _unit_words(unit, [day_class], 2) if row.get("days") else named(unit),
                        "head": True,
                    },
                    f"{clock_face(row['starts'])}–{clock_face(row['ends'])}",
                    _("%(minutes)s分につき %(yen)s")
                    % {"minutes": row["per_minutes"], "yen": yen(row["yen"])},
                    _shown(row.get("cap_yen")),
                ]
                if cells not in rows:
                    rows.append(cells)
    columns = [
        {"label": _("利用単位")},
        {"label": _("時間帯")},
        {"label": _("料金"), "numeric": True},
        {"label": _("上限"), "numeric": True},
    ]
    return {"caption": caption, "columns": columns, "rows": rows, "cards": True} if rows else {}


def _unit_words(unit: Unit, days: Sequence[str], kinds: int) -> str:
    if kinds == 1 or len(days) == len(DAY_CLASSES):
        return named(unit)
    return _("%(unit)s（%(days)s）") % {"unit": named(unit), "days": listed(DAY_CLASSES[one] for one in days)}


def _use(
    plan: RoomPlan, unit: Unit, on: date, day_class: str, reader: Reader, starts: int, ends: int
) -> FeeUse:
    frames = tuple(
        FeeFrame(frame.code, frame.name, frame.starts, frame.ends)
        for frame in plan.frames
        if not plan.step and starts <= frame.starts and frame.ends <= ends
    )
    return FeeUse(
        on=on,
        day_class=day_class,
        room=plan.code,
        unit=unit.code,
        starts=starts,
        ends=ends,
        frames=frames,
        resident_class=reader.resident_class,
        kind=reader.kind,
    )


def _price(document: Document, use: FeeUse) -> int | None:
    try:
        return work_out(document, use).yen
    except CannotWorkOut:  # the policy says nothing of it: printed as none
        return None


def _shown(price: int | None) -> Any:
    return None if price is None else yen(price)


def surcharge_rows(document: Document | None) -> list[dict[str, Any]]:
    """割増・割引, in the policy's own words."""
    return [
        {
            "key": row["label"],
            "value": _condition(row) + _("%(percent)s%%") % {"percent": f"{row['percent']:+d}"},
        }
        for row in (document or {}).get("surcharges", ())
    ]


def relief_rows(document: Document | None) -> list[dict[str, Any]]:
    """減免."""
    rows = []
    for row in (document or {}).get("reliefs", ()):
        off = (
            _("%(percent)s%%を減額") % row
            if "percent" in row
            else _("%(yen)sを減額") % {"yen": yen(row["yen"])}
        )
        by = (
            _("（利用者登録で決まります）")
            if row["by"] == "registration"
            else _("（申請して承認を受けます）")
        )
        rows.append({"key": row["label"], "value": f"{_condition(row)}{off}{by}"})
    return rows


def extra_rows(document: Document | None, plan: RoomPlan, unit: Unit, on: date) -> list[dict[str, Any]]:
    """付加設備 (冷暖房 …) that can be asked for with this unit: code, name, price."""
    use = _use(plan, unit, on, "weekday", Reader(), 0, 60)
    found: dict[str, dict[str, Any]] = {}
    for row in (document or {}).get("extras", ()):
        if row.get("room", plan.code) != plan.code or row.get("unit", use.unit) != use.unit:
            continue
        price = (
            f"{PER[row['per']]} {yen(row['yen'])}"
            if "yen" in row
            else _("室場使用料の%(percent)s%%") % {"percent": row["percent"]}
        )
        found.setdefault(
            row["code"],
            {"code": row["code"], "key": row["label"], "value": price, "always": bool(row.get("always"))},
        )
    return list(found.values())


def equipment_rows(pieces: Sequence[Equipment]) -> list[dict[str, Any]]:
    """備品: name, price, stock."""
    return [
        {
            "key": named(one),
            "value": equipment_words(one) + _("（%(count)s個まで）") % {"count": f"{one.stock:,}"},
        }
        for one in pieces
    ]


def equipment_words(piece: Equipment) -> str:
    if not piece.yen:
        return _("無料")
    return f"{PER[piece.per]} {yen(piece.yen)}"


def _condition(row: Mapping[str, Any]) -> str:
    """For which uses a row holds: 土曜日・日曜日、市外、営利目的： … nothing where it holds for all."""
    said = [
        listed(DAY_CLASSES[one] for one in row.get("days", ())),
        listed(CLASS_WORDS[one] for one in row.get("classes", ())),
        listed(KIND_WORDS[one] for one in row.get("kinds", ())),
        _("営利目的") if row.get("commercial") == "yes" else "",
        _("営利目的でない") if row.get("commercial") == "no" else "",
        _("入場料%(yen)sから") % {"yen": yen(row["admission_from_yen"])}
        if row.get("admission_from_yen")
        else "",
        _("入場料%(yen)sまで") % {"yen": yen(row["admission_until_yen"])}
        if "admission_until_yen" in row
        else "",
        _("%(count)s人以上") % {"count": row["people_from"]} if row.get("people_from") else "",
    ]
    shown = [one for one in said if one]
    return listed(shown) + _("：") if shown else ""
