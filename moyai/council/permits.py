"""Verb × role at the council."""

from moyai.tenants.public import Role

PERMITS = {
    "council.admit_body": {Role.SECRETARIAT, Role.OPERATOR},
    "council.found_service": {Role.SECRETARIAT},
    "council.begin_use": {Role.SECRETARIAT},
    "council.end_use": {Role.SECRETARIAT},
}
READERS = frozenset({Role.SECRETARIAT, Role.AUDITOR, Role.OPERATOR})
