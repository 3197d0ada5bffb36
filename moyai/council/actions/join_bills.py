"""後乗りの請求 — the newcomer is billed its entry and its own cost, those who paid before are told what is credited to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from functools import partial
from typing import Any

from moyai.audit.public import action
from moyai.calendars.public import fiscal_year, wareki
from moyai.council.actions.accounts import kept_in, locked, sealed
from moyai.council.actions.billing import Drafted, Told, issued
from moyai.council.actions.bills import (
    BilledAlready,
    BilledTooEarly,
    DueTooEarly,
    NothingToBill,
    decision_words,
)
from moyai.council.actions.entries import BookClosed
from moyai.council.models import Bill, LateJoin
from moyai.council.permits import PERMITS
from moyai.council.rules.bills import (
    basis_in_words,
    exact_yen,
    mix_in_words,
    percent_of,
    rounding_in_words,
    year_of,
)
from moyai.council.rules.mixes import exact_text
from moyai.tenants.public import Actor, Body, clock


@action("council.issue_join_bills", permits=PERMITS, refuses={"join_billed_once": BilledAlready})
def issue_join_bills(
    *,
    actor: Actor,
    now: datetime,
    join: LateJoin,
    due_on: date,
    billed_on: date | None = None,
    sender: str = "",
    by_mail: bool = True,
) -> LateJoin:
    """後乗りの請求 — a bill of entry and own cost for the newcomer, and a notice of its credit for each earlier member.

    What is credited adds up to the entry, to the yen; so the bills and notices together come to the newcomer's own cost. Who
    has one gets no second. They stand in the book of the year of billing, which must be open. Raises NothingToBill,
    BilledAlready, BilledTooEarly, DueTooEarly, AccountClosed, BookClosed, MissingGlyph.
    """
    account = locked(join.cost_line.account)
    found = LateJoin.objects.select_related(
        "cost_line__account", "body", "decided_by__meeting__committee"
    ).get(pk=join.pk)
    day = billed_on or clock.today(now)
    if found.decided_on is not None and day < found.decided_on:
        raise BilledTooEarly(fields={"billed_on": str(BilledTooEarly.message)})
    if due_on < day:
        raise DueTooEarly(fields={"due_on": str(DueTooEarly.message)})
    year = fiscal_year(day)
    kept_in(account, year)
    if sealed(account, year):
        raise BookClosed
    bodies = {one.code: one for one in Body.objects.filter(code__in=[row["body"] for row in found.credits])}
    owed = {found.body.pk: (found.body, found.entry_yen + found.own_yen, partial(_entry, found))}
    for row in found.credits:
        body = bodies[row["body"]]
        owed[body.pk] = (body, -row["yen"], partial(_credit, found, row))
    owed = {key: one for key, one in owed.items() if one[1]}
    if not owed:
        raise NothingToBill
    billed = set(Bill.objects.filter(join=found, withdrawn_on__isnull=True).values_list("body_id", flat=True))
    drafts = [
        Drafted(body, yen, found.cost_line, year, told, join=found)
        for key, (body, yen, told) in owed.items()
        if key not in billed
    ]
    if not drafts:
        raise BilledAlready
    what = f"{year_of(year)} {found.cost_line.name}（{found.body.name}の加入）"
    issued(drafts, actor=actor, now=now, billed_on=day, due_on=due_on, sender=sender, what=what, about=found, by_mail=by_mail)  # fmt: skip
    return found


def _head(join: LateJoin, due_on: date, *rows: tuple[str, str], due: str) -> list[dict[str, str]]:
    """What stands over the working, in both letters."""
    given = [
        ("費目", f"{join.cost_line.account.name}　{join.cost_line.name}"),
        ("加入した団体", join.body.name),
        ("加入の日", wareki(join.joins_on)),
        *rows,
        (due, wareki(due_on)),
    ]
    return [{"label": label, "value": value} for label, value in given]


def _first_cost(join: LateJoin) -> list[tuple[str, str]]:
    """How the entry was worked out: the same in both letters."""
    rest = join.months - join.passed
    left = join.left or exact_text(Fraction(join.first_cost_yen * rest, join.months))
    began = f"{wareki(join.contract_from)}から" if join.contract_from else ""
    return [
        ("共通の初期費用", f"{join.first_cost_yen:,}円"),
        ("共同利用の期間", f"{began}{join.months}か月。加入までに{join.passed}か月が過ぎ、残り{rest}か月"),
        ("残りの期間に当たる額", f"{join.first_cost_yen:,}円 × {rest}/{join.months} ＝ {exact_yen(left)}"),
        ("分け方", mix_in_words(join.mix)),
        ("負担する団体", f"{wareki(join.joins_on)}現在、{len(join.credits) + 1}団体（加入する団体を含む）"),
        ("人口の基準日", wareki(join.population_on) if join.population_on else ""),
    ]


def _foot(join: LateJoin) -> list[tuple[str, str]]:
    version = f"（{join.rule_version}の版）" if join.rule_version else ""
    return [("決定", decision_words(join)), ("規則", f"{join.rule}{version}")]


def _entry(join: LateJoin, due_on: date) -> Told:
    """加入する団体への請求."""
    quota = exact_text(Fraction(join.left) * Fraction(join.part)) if join.part else ""
    own = [("固有の費用（移行・データ抽出、実費）", f"{join.own_yen:,}円")] if join.own_yen else []
    pays = f"{join.entry_yen + join.own_yen:,}円"
    record = _head(
        join, due_on, ("加入時の負担額", f"{join.entry_yen:,}円"), *own, ("請求額", pays), due="納付の期限"
    )
    working = [
        *_first_cost(join),
        ("貴団体の算定の基礎", basis_in_words(join.basis)),
        ("貴団体の割合", percent_of(join.part) if join.part else ""),
        ("正確な配分額", exact_yen(quota) if quota else ""),
        ("端数の処理", f"1円未満を切り捨て、{join.entry_yen:,}円"),
        *own,
        (
            "充当",
            f"加入時の負担額は、先に負担した{len(join.credits)}団体に、負担した額の割合で全額を充当します",
        ),
        *_foot(join),
    ]
    return Told(
        f"{join.cost_line.name}の加入時の負担金の納付について（請求）",
        "このことについて、次のとおり納付してください。",
        record,
        working,
    )  # fmt: skip


def _credit(join: LateJoin, row: Mapping[str, Any], due_on: date) -> Told:
    """先に負担した団体への充当の通知."""
    record = _head(
        join, due_on, ("加入時の負担額", f"{join.entry_yen:,}円"), ("充当する額", f"{row['yen']:,}円"), due="お返しする日"
    )  # fmt: skip
    together = sum(one.get("paid", 0) for one in join.credits)
    paid = row.get("paid")
    working = [
        *_first_cost(join),
        ("充当の分け方", "先に負担した団体が、これまでに負担した額の割合"),
        ("貴団体が負担した額", f"{paid:,}円" if paid is not None else ""),
        ("先に負担した団体の合計", f"{together:,}円" if paid is not None else ""),
        ("貴団体の割合", percent_of(exact_text(Fraction(paid, together))) if paid and together else ""),
        ("正確な配分額", exact_yen(row["quota"])),
        ("端数の処理", rounding_in_words(
            floor_yen=int(Fraction(row["quota"])), yen=row["yen"], rank=row["rank"], payers=len(join.credits), adjusted=False
        )),
        *_foot(join),
    ]  # fmt: skip
    return Told(
        f"{join.cost_line.name}の加入に伴う充当について（通知）",
        f"このことについて、{join.body.name}の加入により次のとおり負担金を充当します。",
        record,
        working,
        amount_label="充当額",
    )
