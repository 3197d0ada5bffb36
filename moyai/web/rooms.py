"""The rooms of the house, top to bottom: who may lean on whom reads from left to right."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

SERVICES = ("applications", "reservations", "council", "operations")
GROUND = (
    "money",
    "notices",
    "documents",
    "draws",
    "rulebook",
    "calendars",
    "people",
    "audit",
    "tenants",
    "ui",
)
ROOMS = (*SERVICES, *GROUND)


def modules(name: str) -> list[ModuleType]:
    """The module of this name in every room that has one: `portal`, `office`, `commands` …"""
    found = []
    for room in ROOMS:
        full = f"moyai.{room}.{name}"
        if find_spec(full) is not None:
            found.append(import_module(full))
    return found
