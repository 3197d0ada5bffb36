"""料金の計算を見せる — every step of a fee as a table, what is given back when as dates and yen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from moyai.calendars.public import day_words
from moyai.reservations.rules.cancellation import Refund, percent_of, refund
from moyai.reservations.rules.fees import CannotWorkOut
from moyai.reservations.rules.working import Step
from moyai.ui.public import yen

Document = Mapping[str, Any]


def fee_table(document: Document, *, caption: str = "") -> dict[str, Any]:
    """The working that is kept with a booking: line by line, then the total."""
    rows: list[list[Any]] = []
    for line in document.get("lines", ()):
        steps = line["steps"]
        for step in steps:
            last = step is steps[-1]
            name = line["label"] if last else step["label"]
            rows.append(
                [{"text": name, "head": True}, step["formula"] or None, yen(line["yen"]) if last else None]
            )
        if not steps:
            rows.append([{"text": line["label"], "head": True}, None, yen(line["yen"])])
    inside = [one for one in document.get("closing", ()) if one["label"] != "使用料"]
    rows += [
        [{"text": one["label"], "head": True}, one["formula"] or None, yen(one["value"])] for one in inside
    ]
    return {
        "caption": caption or _("料金の計算"),
        "columns": [
            {"label": _("内訳")},
            {"label": _("計算のしかた")},
            {"label": _("金額"), "numeric": True},
        ],
        "rows": rows,
        "foot": [
            [{"text": _("合計"), "head": True}, {"text": ""}, {"text": yen(document["yen"]), "numeric": True}]
        ],
        "cards": True,
    }


def steps_table(steps: Sequence[Step], *, caption: str) -> dict[str, Any]:
    """The working of a refund or a change."""
    return {
        "caption": caption,
        "columns": [
            {"label": _("内訳")},
            {"label": _("計算のしかた")},
            {"label": _("金額・率"), "numeric": True},
        ],
        "rows": [
            [
                {"text": one.label, "head": True},
                one.formula or None,
                yen(one.value) if one.unit == "円" else f"{one.value}{one.unit}",
            ]
            for one in steps
        ],
        "cards": True,
    }


def tier_rows(document: Document | None, *, fee_yen: int, day: date, today: date) -> list[dict[str, Any]]:
    """取り消したときの還付 — 3月28日までは全額（1,200円）…: by when, what is given back of this very fee, once it is paid."""
    if not document or not fee_yen:
        return []
    tiers = sorted({row["days_before"] for row in document["tiers"] if row["why"] == "own"}, reverse=True)
    rows = []
    for before in tiers:
        until = day - timedelta(days=before)
        if until < today or before < 0:
            continue
        back = _back(document, fee_yen, before)
        if back is None:
            continue
        share = percent_of(document, why="own", days_before=before)
        words = _("%(yen)sを返します（%(percent)s%%）") % {"yen": yen(back.yen), "percent": share}
        if not back.yen:
            words = _("返しません")
        rows.append({"key": _("%(day)sまで") % {"day": day_words(until)}, "value": words})
    return rows


def _back(document: Document, fee_yen: int, before: int) -> Refund | None:
    try:
        return refund(document, fee_yen=fee_yen, days_before=before)
    except CannotWorkOut:
        return None
