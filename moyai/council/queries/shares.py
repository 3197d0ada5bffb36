"""One burden as its page shows it: shares, and what of each falls into which half."""

from __future__ import annotations

from fractions import Fraction

from moyai.council.models import Bill, Burden, BurdenShare, CostLine, LateJoin, Payer, Subsidy
from moyai.council.queries.money import BillRow, with_received
from moyai.council.rules.sharing import split


def shares_of(burden: Burden) -> list[BurdenShare]:
    """負担額 by 団体コード."""
    return list(BurdenShare.objects.filter(burden=burden).select_related("body").order_by("body__code"))


def of_halves(burden: Burden, share: BurdenShare) -> list[int]:
    """前期・後期 of a share: they add up to it; a credit is cut as its debt would be, so that the two cancel."""
    parts = [Fraction(row["part"]) for row in burden.halves]
    sign = -1 if share.yen < 0 else 1
    return [sign * piece for piece in split(abs(share.yen), parts)] if parts else []


def halves_of_all(burden: Burden, shares: list[BurdenShare]) -> dict[int, list[int]]:
    return {share.pk: of_halves(burden, share) for share in shares}


def payers_of(cost_line: CostLine) -> list[Payer]:
    """負担の記録 of a cost line, past ones too, by 団体コード."""
    return list(Payer.objects.filter(cost_line=cost_line).select_related("body").order_by("body__code", "from_on"))  # fmt: skip


def burdens_of(cost_line: CostLine) -> list[Burden]:
    return list(Burden.objects.filter(cost_line=cost_line).order_by("-fiscal_year", "number"))


def joins() -> list[LateJoin]:
    return list(LateJoin.objects.select_related("cost_line__account", "body").order_by("-joins_on", "id"))


def bills_of_join(join: LateJoin) -> list[BillRow]:
    """請求と充当の通知 of a joining with what came in for each: the newcomer's first. One query."""
    rows = with_received(Bill.objects.filter(join=join)).select_related("body", "cost_line")
    return [BillRow(bill, bill.received) for bill in rows.order_by("-yen", "body__code", "id")]


def subsidies_of(fiscal_year: int) -> list[Subsidy]:
    return list(
        Subsidy.objects.filter(fiscal_year=fiscal_year).select_related("body").order_by("body__code", "id")
    )
