"""A clock, mail that is kept, and an account with an authenticator app."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from moyai.people.tests.card_peer import responder, served, simulator, trust  # noqa: F401  (fixtures)
from moyai.people.tests.oidc_peer import peer, server  # noqa: F401  (fixtures)

NOON = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)  # 令和8年4月1日 正午 in Japan
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the secret of RFC 6238


@pytest.fixture
def at_noon() -> Iterator[datetime]:
    from moyai.tenants.public import clock

    with clock.at(NOON):
        yield NOON


@pytest.fixture
def code_at() -> Callable[[datetime], str]:
    """The code the app shows at a moment."""
    from moyai.people.factors import key_of
    from moyai.people.rules import totp_code, totp_step

    return lambda moment: totp_code(key_of(SECRET), totp_step(moment.timestamp()))


@pytest.fixture
def with_app(world: Any) -> Any:
    """The clerk of 千葉市, with an authenticator app."""
    from moyai.people.factors import keep_app

    keep_app(world.at_chiba.clerk, SECRET)
    return world.at_chiba.clerk
