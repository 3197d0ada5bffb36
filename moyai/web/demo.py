"""The demo: a council as in the reference year, staff of some bodies, a street with life in it."""

from __future__ import annotations

import structlog
from django.db import transaction

from moyai.web.demo_council import load_council

# The first gets the whole catalogue: a city, for most of it is what a city does.
PEOPLED = ("千葉市", "千葉県", "松戸市")
WITH_FACILITIES = ("千葉市", "松戸市")
log = structlog.get_logger("moyai.demo")


def load_demo() -> None:
    """Load what is missing; running it again changes nothing."""
    from moyai.applications.demo import load_demo as load_applications
    from moyai.council.demo import load_demo as load_council_year
    from moyai.operations.demo import load_demo as load_operations
    from moyai.people.demo import load_demo_people
    from moyai.reservations.demo import load_demo as load_reservations

    with transaction.atomic():
        bodies = load_council()
        peopled = [bodies[name] for name in PEOPLED]
        load_demo_people(peopled)
    load_applications(peopled)
    load_reservations([bodies[name] for name in WITH_FACILITIES])
    load_council_year(sorted(bodies.values(), key=lambda body: body.code))
    load_operations(peopled)
    log.info("demo loaded", bodies=len(bodies))
