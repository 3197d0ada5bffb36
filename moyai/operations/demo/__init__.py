"""The demo of operations: systems with a year of stops, the desk with cases of every state, events and newsletters.

Everything goes through the real actions, so what the demo shows is what the house does.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from moyai.operations.demo.desk import open_cases
from moyai.operations.demo.events import hold_events
from moyai.operations.demo.levels import run_systems
from moyai.operations.models import System
from moyai.tenants.public import Actor, Body, clock


def load_demo(bodies: Sequence[Body]) -> None:
    """Give the council its systems, cases and events where it has no systems yet."""
    with transaction.atomic():
        if System.objects.exists():
            return
        now, system = clock.now(), Actor.system(name="見本の用意")
        run_systems(system, now)
        open_cases(system, now, bodies)
        hold_events(system, now, bodies)
