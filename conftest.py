"""Fixtures of every test: the world, a client for anyone, the open wall, a live installation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import server
from tests.world import World

# How fast examples come is the machine's matter: a busy one fails nothing.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

BOTH = ["default", "across"]
NEED_DATABASE = {"world", "in_chiba", "client_for", "client", "db", "admin_client"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever uses the world uses the database, with both connections."""
    for item in items:
        if NEED_DATABASE & set(getattr(item, "fixturenames", ())) and not item.get_closest_marker(
            "django_db"
        ):
            item.add_marker(pytest.mark.django_db(databases=BOTH))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """An own clone of the template; connections are those of the settings: role moyai_app, wall up."""
    from moyai.web.translations import compile_all

    compile_all()
    server.clone(f"moyai_{server.WORKER}")
    yield
    from django.db import connections

    with django_db_blocker.unblock():
        connections.close_all()


@pytest.fixture(autouse=True)
def _japanese() -> Iterator[None]:
    """A request in English leaves its language in the thread; every test begins in Japanese."""
    from django.utils import translation

    with translation.override("ja"):
        yield


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def in_chiba(world: World) -> Iterator[datetime]:
    """The wall of 千葉市 is open; gives the moment. Not together with a client's request."""
    from moyai.tenants.public import acting_in

    with acting_in(world.chiba) as now:
        yield now


@pytest.fixture
def client_for(world: World) -> Callable[[Any], Any]:
    """A test client signed in as an account, second factor done; None gives a stranger."""
    from django.test import Client

    from moyai.people.testing import sign_in_for_tests

    def make(account: Any) -> Any:
        client = Client()
        if account is not None:
            sign_in_for_tests(client, account)
        return client

    return make


@pytest.fixture(scope="module")
def live(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A whole installation in processes of its own, on a clone of the world: `.url`, `.home`, `.stop()`."""
    from tests.live import Live

    installation = Live(request.module.__name__.rsplit(".", 1)[-1])
    installation.start()
    yield installation
    installation.stop()
