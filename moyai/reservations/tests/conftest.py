"""Who comes to the tests of registrations. Imports stand inside: this file is read before Django is set up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest


@pytest.fixture
def clerk(world: Any) -> Any:
    return world.actor(world.at_chiba.clerk, world.chiba)


@pytest.fixture
def approver(world: Any) -> Any:
    return world.actor(world.at_chiba.approver, world.chiba)


@pytest.fixture
def now(world: Any, in_chiba: datetime) -> datetime:
    """千葉市 has its terms of registration."""
    from moyai.reservations.tests.people import TERMS, settle

    settle(world.chiba, in_chiba, "eligibility", TERMS)
    return in_chiba


@pytest.fixture
def hanako(world: Any) -> Any:
    from moyai.reservations.tests.people import signed_in

    return signed_in(world.chiba, world.resident)


@pytest.fixture
def taro(world: Any) -> Any:
    from moyai.reservations.tests.people import account, signed_in

    return signed_in(world.chiba, account("taro@resident.example"))
