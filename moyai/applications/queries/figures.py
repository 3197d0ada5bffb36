"""What the council's figures are counted from: rows of all bodies, read on the connection of `across`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from moyai.applications.models import Application, Procedure
from moyai.audit.public import reading_across
from moyai.calendars.public import fiscal_year_range
from moyai.tenants.public import Actor, Body, Service, members_of

MONTHS = (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)  # 年度: April to March


@dataclass(frozen=True, slots=True)
class YearOfApplications:
    """申請 of one fiscal year, counted: by body and month, and 手続 registered on its last day.

    `members` are the 利用団体 on the last day, in the order of their codes. `until` is the last day counted.
    """

    fiscal_year: int
    until: date
    members: tuple[Body, ...]
    by_month: dict[int, dict[int, int]]  # body id → month → applications
    procedures: dict[int, int]  # body id → procedures registered

    def of_body(self, body: Body) -> int:
        return sum(self.by_month.get(body.pk, {}).values())

    @property
    def total(self) -> int:
        return sum(sum(months.values()) for months in self.by_month.values())


def year_of_applications(*, actor: Actor, now: datetime, fiscal_year: int) -> YearOfApplications:
    """Count a fiscal year over all bodies. Leaves a deed; refused to who is not of the council.

    A body that has left since, but had applications in the year, is listed too.
    """
    first, last = fiscal_year_range(fiscal_year)
    with reading_across(actor, reason=f"電子申請の統計 {fiscal_year}年度") as alias:
        days = (
            Application.objects.using(alias)
            .filter(received_on__gte=first, received_on__lte=last)
            .values_list("body_id", "received_on")
            .annotate(n=Count("id"))
            .order_by()
        )
        by_month: dict[int, Counter[int]] = {}
        for body_id, day, count in days:
            by_month.setdefault(body_id, Counter())[day.month] += count
        procedures = dict(
            Procedure.objects.using(alias)
            .filter(registered_on__lte=last)
            .filter(Q(retired_on__isnull=True) | Q(retired_on__gt=last))
            .values_list("body_id")
            .annotate(n=Count("id"))
            .order_by()
        )
    service = Service.objects.filter(code="applications").first()
    members = set(members_of(service, last).values_list("pk", flat=True)) if service else set()
    bodies = Body.objects.filter(pk__in=members | set(by_month)).order_by("code")
    return YearOfApplications(
        fiscal_year=fiscal_year,
        until=last,
        members=tuple(bodies),
        by_month={body_id: dict(months) for body_id, months in by_month.items()},
        procedures=procedures,
    )


__all__ = ["MONTHS", "YearOfApplications", "year_of_applications"]
