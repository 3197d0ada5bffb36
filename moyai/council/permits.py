"""Verb × role at the council."""

from moyai.tenants.public import Role

SECRETARY = frozenset({Role.SECRETARIAT, Role.SYSTEM})  # SYSTEM: what a command loads

PERMITS = {
    # members and what they use
    "council.admit_body": {Role.SECRETARIAT, Role.OPERATOR},
    "council.found_service": {Role.SECRETARIAT},
    "council.begin_use": {Role.SECRETARIAT},
    "council.end_use": {Role.SECRETARIAT},
    "council.leave": SECRETARY,
    # committees, seats, offices, candidates
    "council.establish_committee": SECRETARY,
    "council.arrange_committee": SECRETARY,
    "council.rename_committee": SECRETARY,
    "council.abolish_committee": SECRETARY,
    "council.set_voting_rule": SECRETARY,
    "council.take_seat": SECRETARY,
    "council.change_seat": SECRETARY,
    "council.end_seat": SECRETARY,
    "council.create_office": SECRETARY,
    "council.end_office": SECRETARY,
    "council.appoint": SECRETARY,
    "council.end_term": SECRETARY,
    "council.invite": SECRETARY,
    "council.note_candidate": SECRETARY,
    # rules of the council, notices to members
    "council.register_bylaw": SECRETARY,
    "council.arrange_bylaw": SECRETARY,
    "council.enact_bylaw": SECRETARY,
    "council.abolish_bylaw": SECRETARY,
    "council.cite_bylaw": SECRETARY,
    "council.uncite_bylaw": SECRETARY,
    "council.post": SECRETARY,
    "council.end_posting": SECRETARY,
}
READERS = frozenset({Role.SECRETARIAT, Role.AUDITOR, Role.OPERATOR})
