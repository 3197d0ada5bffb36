"""運用の統計 — the tables of the yearly report: running time and incidents, cases, events (C24, C35, M6, M10, M11).

Each takes `published`, what a report printed for a cell (row key, column key): it stands beside the computed value, and never in
its place. What nobody reported is —, what was reported as nothing is 0 (ゼロ報告).
"""

from __future__ import annotations

from datetime import datetime

from moyai.documents.public import FigureTable
from moyai.operations.figures.agreements import agreements_table
from moyai.operations.figures.desk import (
    cases_table,
    decisions_table,
    in_time_table,
    members_table,
    reviews_table,
)
from moyai.operations.figures.events import events_table, exchanges_table, people_table
from moyai.operations.figures.levels import levels_table, monthly_table, rates_table
from moyai.operations.queries.levels import levels_of_year, months_reported
from moyai.tenants.public import Actor


def yearly_levels(*, actor: Actor, now: datetime, fiscal_year: int) -> dict[str, FigureTable]:
    """稼働率, by system and side, what was agreed for every service and whether it was kept, and the months reported."""
    years = levels_of_year(fiscal_year, now=now)
    services = dict.fromkeys(row.service.code for row in months_reported(fiscal_year))
    return {
        "levels": levels_table(fiscal_year, now=now, years=years),
        "rates": rates_table(fiscal_year, now=now, years=years),
        "agreed": agreements_table(fiscal_year, now=now, years=years),
        **{f"months-{code}": monthly_table(fiscal_year, service=code) for code in services},
    }


def yearly_desk(*, actor: Actor, now: datetime, fiscal_year: int) -> dict[str, FigureTable]:
    return {
        "cases": cases_table(fiscal_year),
        "members": members_table(fiscal_year),
        "in-time": in_time_table(fiscal_year),
        "decisions": decisions_table(fiscal_year),
        "reviews": reviews_table(fiscal_year),
    }


def yearly_events(*, actor: Actor, now: datetime, fiscal_year: int) -> dict[str, FigureTable]:
    return {
        "events": events_table(fiscal_year),
        "people": people_table(fiscal_year),
        "exchanges": exchanges_table(fiscal_year),
    }


FIGURES = {"levels": yearly_levels, "desk": yearly_desk, "events": yearly_events}
