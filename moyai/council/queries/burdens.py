"""負担金の算定の基礎 — who pays a cost line on a day, by which figures; what was decided, and what remains unpaid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum

from moyai.calendars.public import fiscal_year
from moyai.council.models import Burden, BurdenShare, CostLine, Entry, LateJoin, Payer, UseFigure
from moyai.council.rules.mixes import Payer as RulePayer
from moyai.tenants.public import Body, Population, Service, in_force


def payers_on(cost_line: CostLine, on: date) -> list[Body]:
    """負担する団体 of a cost line on a day, by 団体コード."""
    paying = Payer.objects.filter(in_force(on), cost_line=cost_line).values("body_id")
    return list(Body.objects.filter(pk__in=paying).order_by("code"))


def populations_on(bodies: Iterable[Body], on: date) -> dict[int, int]:
    """The latest population known for a day, by body."""
    rows = Population.objects.filter(body__in=list(bodies), as_of__lte=on)
    return dict(rows.order_by("body_id", "-as_of").distinct("body_id").values_list("body_id", "persons"))


def uses_in(service: Service | None, bodies: Iterable[Body], fiscal_year: int) -> dict[int, dict[str, int]]:
    """利用の実績 of a fiscal year, by body and measure."""
    found: dict[int, dict[str, int]] = {}
    rows = UseFigure.objects.filter(service=service, body__in=list(bodies), fiscal_year=fiscal_year)
    for body_id, measure, value in rows.values_list("body_id", "measure", "value"):
        found.setdefault(body_id, {})[measure] = value
    return found


def figures_of(
    bodies: Sequence[Body],
    *,
    population_on: date | None = None,
    service: Service | None = None,
    use_year: int | None = None,
    fixed: Mapping[str, int] | None = None,
    actual: Mapping[str, int] | None = None,
) -> dict[str, RulePayer]:
    """算定の基礎 of these bodies, by 団体コード: what nobody said is absent, never zero."""
    persons = populations_on(bodies, population_on) if population_on else {}
    uses = uses_in(service, bodies, use_year) if service and use_year else {}
    return {
        body.code: RulePayer(
            population=persons.get(body.pk),
            use=uses.get(body.pk, {}),
            fixed_yen=(fixed or {}).get(body.code),
            actual_yen=(actual or {}).get(body.code),
        )
        for body in bodies
    }


def asks_for(mix: Sequence[Mapping[str, Any]], basis: str) -> bool:
    return any(row["basis"] == basis for row in mix)


def chain_of(burden: Burden) -> list[Burden]:
    """The decided burden of a cost line and year and its decided 補正, in their order."""
    return list(
        Burden.objects.filter(
            cost_line=burden.cost_line, fiscal_year=burden.fiscal_year, state=Burden.State.DECIDED
        ).order_by("number")
    )


def decided_shares(cost_line: CostLine, fiscal_year: int) -> list[dict[str, int]]:
    """What is borne already: the shares of every decided line of the year, by 団体コード."""
    lines: dict[int, dict[str, int]] = {}
    rows = BurdenShare.objects.filter(
        burden__cost_line=cost_line, burden__fiscal_year=fiscal_year, burden__state=Burden.State.DECIDED
    )
    for burden_id, code, yen in rows.order_by("burden__number").values_list("burden_id", "body__code", "yen"):
        lines.setdefault(burden_id, {})[code] = yen
    return list(lines.values())


def borne_until(cost_line: CostLine, on: date) -> dict[str, int]:
    """What each body has borne of a cost line by a day, by 団体コード: decided burdens up to its fiscal year, and joinings.

    Who joined late bore its entry; those it was credited to bore so much less.
    """
    rows = BurdenShare.objects.filter(
        burden__cost_line=cost_line,
        burden__state=Burden.State.DECIDED,
        burden__fiscal_year__lte=fiscal_year(on),
    )
    borne: dict[str, int] = dict(rows.values_list("body__code").annotate(sum=Sum("yen")))
    for join in LateJoin.objects.filter(cost_line=cost_line, joins_on__lte=on).select_related("body"):
        borne[join.body.code] = borne.get(join.body.code, 0) + join.entry_yen
        for credit in join.credits:
            borne[credit["body"]] = borne.get(credit["body"], 0) - credit["yen"]
    return borne


def burdens_of_year(fiscal_year: int) -> QuerySet[Burden]:
    """Every burden of a year with its cost line and account, by account and number."""
    return (
        Burden.objects.filter(fiscal_year=fiscal_year)
        .select_related("cost_line", "cost_line__account")
        .order_by("cost_line__account__position", "cost_line__position", "cost_line_id", "number")
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """案 and 決定 of one member."""

    body: Body
    draft_yen: int | None
    decided_yen: int | None

    @property
    def difference_yen(self) -> int | None:
        if self.draft_yen is None or self.decided_yen is None:
            return None
        return self.decided_yen - self.draft_yen


def compared(draft: Burden, decided: Burden) -> list[Compared]:
    """案→決定 — two burdens of a cost line side by side, member by member, by 団体コード (C17)."""
    sides: list[dict[int, int]] = []
    for burden in (draft, decided):
        sides.append(dict(BurdenShare.objects.filter(burden=burden).values_list("body_id", "yen")))
    bodies = Body.objects.filter(pk__in={*sides[0], *sides[1]}).order_by("code")
    return [Compared(body, sides[0].get(body.pk), sides[1].get(body.pk)) for body in bodies]


def paid_in_year(cost_lines: Sequence[CostLine], fiscal_year: int) -> dict[tuple[int, int], int]:
    """What each body has paid of each cost line's burden in a year, by (cost line, body): receipts less what was taken back.

    An entry on joining is not of the year's burden: it went on to those who had paid before.
    """
    rows = Entry.objects.filter(cost_line__in=cost_lines, fiscal_year=fiscal_year, bill__share__isnull=False)
    return {
        (cost_line_id, body_id): yen
        for cost_line_id, body_id, yen in rows.values_list("cost_line_id", "bill__body_id").annotate(sum=Sum("yen"))
    }  # fmt: skip
