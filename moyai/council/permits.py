"""Verb × role at the council."""

from moyai.tenants.public import Role

PERMITS = {
    "council.begin_use": {Role.SECRETARIAT},
    "council.end_use": {Role.SECRETARIAT},
}
READERS = frozenset({Role.SECRETARIAT, Role.AUDITOR, Role.OPERATOR})
