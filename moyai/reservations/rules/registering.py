"""利用者登録の決まり — how long a registration lasts, what a class needs, when a group may be one. Pure.

Read from the eligibility policy of the body (`rules.policies`). All dates are days in Japanese time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

PERSON: Final = "person"
GROUP: Final = "group"
OUTSIDE: Final = "outside"
PROVED: Final = ("worker", "student")  # classes that last as long as their proof

# Used where the body's policy is silent: 団体の定め（例）.
RENEW_FROM_DAYS: Final = 60
RENEW_UNTIL_DAYS: Final = 365
REMIND_DAYS: Final = 30
KEEP_YEARS: Final = 5
BOOKING_KEEP_YEARS: Final = 5
ENTRY_KEEP_MONTHS: Final = 12
PROOF_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Terms:
    """What a body says of registrations. Years and months from the day of approval; days before and after expiry."""

    valid_years: Mapping[str, int]  # by kind; a kind that is missing is not taken
    proof_months: Mapping[str, int]  # of 在勤, 在学
    least_age: int = 0
    least_members: int = 0
    inside: tuple[int, int] = (0, 1)  # least share of members who live, work or study in the city
    overlap_members: int = 0  # so many members in common make two groups one; 0: not looked at
    overlap_act: str = "none"  # none, warn, refuse
    online: bool = True
    renew_from_days: int = RENEW_FROM_DAYS
    renew_until_days: int = RENEW_UNTIL_DAYS
    remind_days: int = REMIND_DAYS
    keep_years: int = KEEP_YEARS
    booking_keep_years: int = BOOKING_KEEP_YEARS
    entry_keep_months: int = ENTRY_KEEP_MONTHS


def terms_of(document: Mapping[str, Any]) -> Terms:
    """The terms in a body's eligibility policy."""
    group = document.get("group") or {}
    return Terms(
        valid_years=dict(document.get("valid_years") or {}),
        proof_months=dict(document.get("proof_months") or {}),
        least_age=int(document.get("least_age", 0)),
        least_members=int(group.get("least_members", 0)),
        inside=(int(group.get("inside_numerator", 0)), int(group.get("inside_denominator", 1))),
        overlap_members=int(group.get("overlap_members", 0)),
        overlap_act=str(group.get("overlap_act", "none")),
        online=bool(document.get("online", True)),
        renew_from_days=int(document.get("renew_from_days", RENEW_FROM_DAYS)),
        renew_until_days=int(document.get("renew_until_days", RENEW_UNTIL_DAYS)),
        remind_days=int(document.get("remind_days", REMIND_DAYS)),
        keep_years=int(document.get("keep_years", KEEP_YEARS)),
        booking_keep_years=int(document.get("booking_keep_years", BOOKING_KEEP_YEARS)),
        entry_keep_months=int(document.get("entry_keep_months", ENTRY_KEEP_MONTHS)),
    )


def months_after(day: date, months: int) -> date:
    """The last day of a term of months that begins with `day`: the eve of the corresponding day (民法143条)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    try:
        return date(year, month, day.day) - timedelta(days=1)
    except ValueError:  # no such day in that month: its last day
        year, month = divmod(year * 12 + month, 12)
        return date(year, month + 1, 1) - timedelta(days=1)


def valid_until(terms: Terms, *, kind: str, begins: date) -> date:
    """有効期限 — the last day of a registration that begins on a day. KeyError for a kind that is not taken."""
    return months_after(begins, 12 * terms.valid_years[kind])


def renewed_until(terms: Terms, *, kind: str, stands_until: date, today: date) -> date:
    """The new 有効期限: goes on from the old one where it has not run out, else from today."""
    begins = max(stands_until + timedelta(days=1), today)
    return valid_until(terms, kind=kind, begins=begins)


def may_renew(terms: Terms, *, stands_until: date, today: date) -> bool:
    """From `renew_from_days` before the expiry to `renew_until_days` after it, both days included."""
    return (
        stands_until - timedelta(days=terms.renew_from_days)
        <= today
        <= stands_until + timedelta(days=terms.renew_until_days)
    )


def proof_until(terms: Terms, *, resident_class: str, begins: date) -> date | None:
    """Until when 在勤 or 在学 counts as proved; None for a class that needs no proof."""
    if resident_class not in PROVED:
        return None
    return months_after(begins, int(terms.proof_months.get(resident_class, PROOF_MONTHS)))


def class_on(*, resident_class: str, class_until: date | None, on: date) -> str:
    """The class on a day: 在勤 and 在学 are 市外 once the proof has run out."""
    if resident_class in PROVED and class_until is not None and class_until < on:
        return OUTSIDE
    return resident_class


def standing(*, state: str, valid_until: date | None, suspended_until: date | None, on: date) -> str:
    """Why a registration may not be used on a day: pending, refused, struck, expired, suspended; "" where it may."""
    if state == "active":
        return "expired" if valid_until is None or valid_until < on else ""
    if state == "suspended" and suspended_until is not None and suspended_until < on:
        return "expired" if valid_until is None or valid_until < on else ""
    return state


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a group as the rules see one."""

    key: str
    inside: bool


def wrong_members(terms: Terms, members: Iterable[Member]) -> str:
    """Why a group's list of members does not do: repeated, too_few, too_many_outside; "" where it does."""
    every = list(members)
    if len({one.key for one in every}) < len(every):
        return "repeated"
    if len(every) < terms.least_members:
        return "too_few"
    above, below = terms.inside
    if sum(one.inside for one in every) * below < above * len(every):
        return "too_many_outside"
    return ""


def overlaps(terms: Terms, *, mine: Iterable[str], others: Mapping[int, Iterable[str]]) -> dict[int, int]:
    """Groups that have `overlap_members` or more members in common with this one: id → how many."""
    if terms.overlap_act == "none" or not terms.overlap_members:
        return {}
    own = set(mine)
    shared = {pk: len(own & set(keys)) for pk, keys in others.items()}
    return {pk: count for pk, count in sorted(shared.items()) if count >= terms.overlap_members}


def keep_until(terms: Terms, *, ended_on: date) -> date:
    """保存期間の満了日 — whole years from 1 April after the fiscal year in which the registration ended."""
    fiscal = ended_on.year if ended_on.month >= 4 else ended_on.year - 1
    return date(fiscal + terms.keep_years + 1, 3, 31)
