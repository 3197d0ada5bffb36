"""What others may import from people."""

from moyai.people.door import public_page
from moyai.people.models import Account, Membership
from moyai.people.queries import desks_of, roles_of, staff_of
from moyai.people.rules import lower_email, network_of, safe_path
from moyai.people.throttle import TooManyTries, forgive, throttle, throttled

__all__ = [
    "Account",
    "Membership",
    "TooManyTries",
    "desks_of",
    "forgive",
    "lower_email",
    "network_of",
    "public_page",
    "roles_of",
    "safe_path",
    "staff_of",
    "throttle",
    "throttled",
]
