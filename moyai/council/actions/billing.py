"""請求の発行 — what every bill is made of, of a share or of a joining: its number, its letter, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import override

from moyai.calendars.public import fiscal_year, wareki
from moyai.council.actions.telling import tell_bodies
from moyai.council.jobs.bills import make_bill
from moyai.council.models import Bill, Burden, BurdenShare, CostLine, LateJoin
from moyai.documents.public import MissingGlyph, letter_glyphs, missing_in_facts, named
from moyai.tenants.public import Actor, Body, clock, later

COUNCIL_NAME = "協議会"


@dataclass(frozen=True, slots=True)
class Told:
    """What a letter tells, in Japanese: its subject, the record over the amount, and how it was worked out."""

    subject: str
    sentence: str
    record: list[dict[str, str]]
    working: list[tuple[str, str]]
    amount_label: str = "請求額"


@dataclass(frozen=True, slots=True)
class Drafted:
    """A bill that is about to be issued, of a share or of a joining; `told` is made when it is."""

    body: Body
    yen: int
    cost_line: CostLine
    fiscal_year: int
    told: Callable[[date], Told]  # by the day it is due
    share: BurdenShare | None = None
    join: LateJoin | None = None
    half: str = ""


def issued(
    drafts: Sequence[Drafted],
    *,
    actor: Actor,
    now: datetime,
    billed_on: date,
    due_on: date,
    sender: str,
    what: str,
    about: Burden | LateJoin,
    by_mail: bool,
) -> list[Bill]:
    """請求の発行 — the bills with their numbers and letters, all or none; whoever calls holds the account. Raises MissingGlyph."""
    year = fiscal_year(billed_on)
    bills = []
    for serial, one in enumerate(drafts, _next_serial(year, len(drafts))):
        number = f"{year}-{serial:05d}"
        facts = _facts(one, number, billed_on, due_on, sender)
        lacking = missing_in_facts([facts], letter_glyphs())
        if lacking:
            words = _("請求書に印刷できない文字があります：%(letters)s。")
            raise MissingGlyph(words % {"letters": "、".join(named(letter) for letter in lacking[:10])})
        bills.append(
            Bill(
                share=one.share, join=one.join, cost_line=one.cost_line, fiscal_year=one.fiscal_year, body=one.body,
                number=number, half=one.half, yen=one.yen, billed_on=billed_on, due_on=due_on, facts=facts, issued_at=now,
                issued_by=actor.name[:60],
            )
        )  # fmt: skip
    made = Bill.objects.bulk_create(bills)
    for bill in made:
        later(make_bill, bill_id=bill.pk)
    if by_mail and due_on >= clock.today(now):  # of what was due in the past nobody is told
        for kind, owed in (("council.bill_issued", True), ("council.credit_issued", False)):
            tell_bodies(
                actor=actor, now=now, bodies=[bill.body for bill in made if (bill.yen > 0) is owed], kind=kind,
                facts={"what": what, "due": wareki(due_on)}, about=about,
            )  # fmt: skip
    return made


def _next_serial(year: int, count: int) -> int:
    """The first of so many numbers of a fiscal year: gapless, one transaction after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('council.bill', %s))", [year])
    last = Bill.objects.filter(number__startswith=f"{year}-").order_by("-number").values_list("number", flat=True).first()  # fmt: skip
    serial = int(last.partition("-")[2]) if last else 0
    assert serial + count < 100_000
    return serial + 1


def _facts(one: Drafted, number: str, billed_on: date, due_on: date, sender: str) -> dict[str, Any]:
    """What the letter says, in Japanese, as it is now."""
    with override("ja"):
        told = one.told(due_on)
    return {
        "subject": told.subject,
        "number": f"第{number}号",
        "dated": wareki(billed_on),
        "from_name": sender or COUNCIL_NAME,
        "addressee": {"name": one.body.name, "honorific": "御中"},
        "sender": {"title": sender or f"{COUNCIL_NAME} 事務局"},
        "body": [told.sentence],
        "amount_label": told.amount_label,
        "amount": f"{abs(one.yen):,}円",
        "record": told.record,
        "working": [{"label": label, "value": value} for label, value in told.working if value],
    }
