"""What is printed on a 納付書 and a 領収書: plain JSON, kept with the letter, so that a reprint equals the first."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import segno
from django.db.models import Sum

from moyai.calendars.public import wareki, wareki_with_weekday
from moyai.money.models import Allocation, Charge, ChargeItem, Instalment, Receipt
from moyai.money.wording import CHANNEL_WORDS
from moyai.tenants.public import Body, clock
from moyai.ui.public import group_in_fours


def yen(amount: int) -> str:
    """12,345円; negative with △, as in accounts."""
    return f"{'△' if amount < 0 else ''}{abs(amount):,}円"


def qr_svg(text: str) -> str:
    """A QR code as SVG, error correction M: a slip gets folded."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2, scale=4, xmldecl=False, nl=False)
    return out.getvalue().decode()


def _lines(charge: Charge) -> list[dict[str, str]]:
    items = ChargeItem.objects.filter(body=charge.body_id, charge=charge).order_by("position")
    return [{"label": item.label, "amount": yen(item.amount_yen)} for item in items]


def _contact(body: Body) -> dict[str, Any]:
    return {"contact": {"section": body.contact or body.name, "phone": body.phone}}


def slip_facts(
    *, body: Body, charge: Charge, instalment: Instalment, owed_yen: int, number: str, now: datetime
) -> dict[str, Any]:
    """The facts of a 納付書. The QR code holds the number and the sum, for the reader at the counter."""
    return {
        "body_name": body.name,
        **_contact(body),
        "subject": f"納付書（{charge.title}）",
        "subject_short": charge.title,
        "slip_number": group_in_fours(number),
        "charge_number": charge.display_number,
        "fiscal_year": wareki(date(charge.fiscal_year, 4, 1)).removesuffix("4月1日") + "度",
        "instalment": f"第{instalment.number}期",
        "payer_name": charge.payer_name,
        "amount": f"金{owed_yen:,}円",
        "due_on": wareki_with_weekday(instalment.due_on),
        "lines": _lines(charge),
        "part": owed_yen != charge.amount_yen,
        "total": yen(charge.amount_yen),
        "qr_svg": qr_svg(f"MOYAI1:{body.code}:{number}:{owed_yen}"),
    }


def receipt_facts(*, receipt: Receipt) -> dict[str, Any]:
    """The facts of a 領収書."""
    charge, body = receipt.charge, receipt.body
    counted = (
        Allocation.objects.filter(body=receipt.body_id, receipt=receipt).aggregate(yen=Sum("amount_yen"))[
            "yen"
        ]
        or 0
    )
    return {
        "body_name": body.name,
        **_contact(body),
        "subject": f"領収書（{charge.title}）",
        "subject_short": charge.title,
        "receipt_number": receipt.display_number,
        "charge_number": charge.display_number,
        "payer_name": charge.payer_name,
        "amount": f"金{receipt.amount_yen:,}円",
        "channel": str(CHANNEL_WORDS[receipt.channel]),
        "received_on": wareki(clock.today(receipt.received_at)),
        "lines": _lines(charge),
        "total": yen(charge.amount_yen),
        "part": counted != charge.amount_yen,
        "over": yen(receipt.amount_yen - counted) if counted != receipt.amount_yen else "",
    }
