"""年次報告の節を集める — every room's tables of figures, as sections of the council's yearly report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from django.apps import apps
from django.utils.translation import gettext as _

from moyai.council.public import (
    Section,
    Table,
    by_columns,
    counted_stamp,
    exact_stamp,
    over_columns,
    over_rows,
    report_charts,
    report_sections,
    stopped,
)
from moyai.documents.public import FigureTable
from moyai.tenants.public import Actor
from moyai.web.rooms import modules

Make = Callable[..., dict[str, FigureTable]]
APART: Final = frozenset({"members"})  # who uses what: the council's own tables say it
# Tables of millions of rows are counted by how often they were written; the others row by row.
LARGE: Final = {
    "applications": ("applications_application", "applications_procedure"),
    "reservations": (
        "reservations_booking",
        "reservations_entry",
        "reservations_registration",
        "reservations_facility",
    ),
}
# Operations judges a service without systems by the rates a held report printed, under the service's name.
READ_TOO: Final = {"operations": {"council_givenfigure", "council_giventable", "tenants_service"}}
SMALL_APART: Final = frozenset({"operations_beat", "operations_casestep"})


def titles() -> dict[str, str]:
    """見出し of what belongs to no service of its own."""
    return {
        "levels": _("稼働とサービスレベル"),
        "desk": _("受付・問合せ"),
        "events": _("研修・行事・広報"),
    }


def fill_register() -> None:
    """Register every room's figures and the charts that stand over tables. May run again."""
    for module in modules("figures"):
        room = module.__name__.split(".")[1]
        if room == "council":
            continue  # its own tables are the report's frame
        stamp = _stamp(room)
        for place, (name, make) in enumerate(module.FIGURES.items()):
            report_sections.register(
                name,
                _maker(name, make),
                stamp=stamp,
                position=10 * (1 + list(LARGE).index(room)) + place if room in LARGE else 50 + place,
            )
    report_charts.makers |= {
        "applications-months": over_columns,
        "reservations-bookings": by_columns,
        "reservations-entries": by_columns,
        "security-cloud-months": over_rows("incidents"),
        "procurement-availability": stopped,
        "levels-rates": stopped,
        "desk-cases": over_columns,
    }


def _maker(name: str, make: Make) -> Any:
    def sections(*, actor: Actor, now: datetime, fiscal_year: int, public: bool) -> Sequence[Section]:
        found: dict[str, list[Table]] = {}
        for key, table in make(actor=actor, now=now, fiscal_year=fiscal_year).items():
            if not table.rows or (name in LARGE and key in APART):
                continue
            section, own = _place(name, key)
            found.setdefault(section, []).append(Table(own, table))
        known = titles()
        return [Section(key, known.get(key, ""), tuple(tables)) for key, tables in found.items()]

    return sections


def _place(name: str, key: str) -> tuple[str, str]:
    """In which section a table stands, and its key in the report: the months of a service are told with that service.

    A service whose room counts months itself has a table of that name already.
    """
    if name not in LARGE and key.startswith("months-"):
        service = key.removeprefix("months-")
        return service, f"{service}-{'reported' if service in LARGE else 'months'}"
    return name, f"{name}-{key}"


def _stamp(room: str) -> Callable[[], str]:
    if room in LARGE:
        return lambda: counted_stamp(LARGE[room])

    def exact() -> str:
        tables = {model._meta.db_table for model in apps.get_app_config(room).get_models()}
        return exact_stamp(sorted((tables - SMALL_APART) | READ_TOO.get(room, set())))

    return exact
