"""The demo of the council: its bodies, a whole year of meetings and money behind it, and a written ballot that is open now.

Everything goes through the real actions, so what the demo shows is what the house does. Fiscal years follow today.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from moyai.council.demo.bylaws import make_bylaws
from moyai.council.demo.committees import establish_committees
from moyai.council.demo.meetings import call_for_votes, hold_meetings
from moyai.council.demo.money import keep_accounts
from moyai.council.demo.report import publish_report
from moyai.council.demo.year import Demo
from moyai.council.models import Committee
from moyai.tenants.public import Actor, Body, Role, clock


def load_demo(bodies: Sequence[Body]) -> None:
    """Give the installation a council's year where it has none yet; running it again changes nothing."""
    if Committee.objects.exists() or not bodies:
        return
    with transaction.atomic():
        demo = Demo(
            list(bodies),
            Actor(
                None, None, frozenset({Role.SECRETARIAT, Role.SYSTEM}), name="見本の用意", channel="system"
            ),
            clock.now(),
        )
        establish_committees(demo)
        make_bylaws(demo)
        hold_meetings(demo)
        keep_accounts(demo)
        call_for_votes(demo)
        publish_report(demo)
