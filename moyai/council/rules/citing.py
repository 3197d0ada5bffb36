"""会則・要綱・規程の効力 — the version in force on a day; what is abolished cannot be cited. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from moyai.council.rules.cannot import Cannot

NOT_YET = "「%(name)s」は%(on)sにはまだ施行されていません。"
ABOLISHED = "「%(name)s」は%(on)sに廃止されたため、引用できません。"


@dataclass(frozen=True, slots=True)
class Edition:
    """版 — in force from a day on; `abolished` ends the rule from that day."""

    number: int
    from_on: date
    abolished: bool = False


def in_force(editions: Sequence[Edition], day: date) -> Edition | None:
    """その日の版 — the last one begun by that day; None before the first, and after the rule is abolished."""
    begun = [edition for edition in editions if edition.from_on <= day]
    last = max(begun, key=lambda edition: (edition.from_on, edition.number), default=None)
    return None if last is None or last.abolished else last


def cited(name: str, editions: Sequence[Edition], day: date) -> Edition:
    """引用 — the edition that may be cited on a day. Raises Cannot."""
    found = in_force(editions, day)
    if found is not None:
        return found
    ended = [edition.from_on for edition in editions if edition.abolished and edition.from_on <= day]
    if ended:
        raise Cannot("on", ABOLISHED, name=name, on=max(ended).isoformat())
    raise Cannot("on", NOT_YET, name=name, on=day.isoformat())
