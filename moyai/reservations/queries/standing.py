"""上限に数える利用 — what one person has that stands, as the limits see it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from moyai.reservations.models import Booking, Entry, Registration
from moyai.reservations.queries.opening import Holidays, holidays_around
from moyai.reservations.rules.limits import Use
from moyai.reservations.rules.periods import fiscal_year_of
from moyai.tenants.public import Body, prepared_rows

Document = Mapping[str, Any]
_OF_PERSONS: Final = (
    "SELECT b.* FROM unnest(%(persons)s::text[]) AS p (person) CROSS JOIN LATERAL ("
    "SELECT t.one_person, t.day, t.starts, t.ends, t.weight, t.room_id, t.facility_id,"
    " (SELECT f.category FROM reservations_facility f WHERE f.body_id = t.body_id AND f.id = t.facility_id),"
    " t.purpose,"
    " (SELECT r.kind FROM reservations_registration r WHERE r.body_id = t.body_id AND r.id = t.registration_id),"
    " t.made_on FROM reservations_booking t WHERE t.body_id = %(body)s::int AND t.one_person = p.person"
    " AND t.day >= %(since)s::date AND t.weight > 0"  # 付属室場 counts with its main room
    " AND t.kind = %(kind)s::text AND t.state = ANY(%(states)s::text[]) AND NOT t.id = ANY(%(but)s::bigint[])"
    " OFFSET 0) AS b"
)


def uses_of_person(
    *,
    body: Body,
    one_person: str,
    documents: Iterable[Document | None],
    days: Sequence[date],
    today: date,
    but: Iterable[int] = (),
) -> list[Use]:
    """The bookings (and, where a limit counts them, lottery entries) of one person that bear on uses on `days`.

    `but`: ids of bookings left out, because they are being changed. At most three queries; none where nothing limits.
    """
    found = uses_of_persons(
        body=body, persons=[one_person], documents=documents, days=days, today=today, but=but
    )
    return found.get(one_person, [])


def uses_of_persons(
    *,
    body: Body,
    persons: Collection[str],
    documents: Iterable[Document | None],
    days: Sequence[date],
    today: date,
    but: Iterable[int] = (),
) -> dict[str, list[Use]]:
    """The same of many persons at once, by person; who has nothing is missing. As many queries as for one."""
    known = [document for document in documents if document]
    limits = [limit for document in known for limit in document.get("limits", ())]
    if not limits and not any(document.get("one_place_at_a_time") for document in known):
        return {}
    since = min([*days, *(_since(limit, day, today) for limit in limits for day in days)])
    # By person, whatever the planner thinks: the index of days would read all that the body has from `since` on.
    rows = prepared_rows(
        _OF_PERSONS,
        {
            "body": str(body.pk),
            "persons": list(persons),
            "since": since,
            "kind": Booking.Kind.USE.value,
            "states": [state.value for state in Booking.STANDING],
            "but": [str(one) for one in but],
        },
    )
    hopes = _entries(body, persons, since) if counts_entries(known) else []
    rest = holidays_around([*days, *(row[1] for row in rows), *(_first_day(entry) for entry in hopes)])
    found: dict[str, list[Use]] = {}
    for person, day, starts, ends, weight, room, facility, category, purpose, kind, made_on in rows:
        use = Use(
            day=day,
            starts=starts,
            ends=ends,
            weight=weight,
            room_id=room,
            facility_id=facility,
            category=category,
            purpose=purpose,
            kind=kind,
            holiday=rest.is_rest_day(day),
            asked_on=made_on,
        )
        found.setdefault(person, []).append(use)
    for entry in hopes:
        found.setdefault(entry.one_person, []).append(use_of_entry(entry, rest))
    return found


def counts_entries(documents: Iterable[Document | None]) -> bool:
    """Whether a limit counts lottery entries."""
    limits = [limit for document in documents if document for limit in document.get("limits", ())]
    return any(limit.get("of", "booking") != "booking" for limit in limits)


def _entries(body: Body, persons: Collection[str], since: date) -> list[Entry]:
    """抽選申込 that still hope."""
    rows = Entry.objects.filter(
        body=body,
        one_person__in=persons,
        round__for_until__gte=since,
        state__in=(Entry.State.ENTERED, Entry.State.WAITING, Entry.State.OFFERED),
    )
    return list(rows.select_related("facility").order_by("id"))


def _first_day(entry: Entry) -> date:
    return date.fromisoformat(entry.wishes[0]["day"])


def use_of_entry(entry: Entry, rest: Holidays) -> Use:
    """An entry as a limit counts it: by its first wish."""
    wish, day = entry.wishes[0], _first_day(entry)
    return Use(
        day=day,
        starts=wish["starts"],
        ends=wish["ends"],
        weight=max(1, len(wish.get("frames") or ())),
        room_id=wish["room"],
        facility_id=entry.facility_id,
        category=entry.facility.category,
        purpose=entry.purpose,
        what="entry",
        kind=Registration.Kind.GROUP if entry.group else Registration.Kind.PERSON,
        holiday=rest.is_rest_day(day),
        asked_on=entry.made_on,
    )


def _since(limit: Mapping[str, Any], day: date, today: date) -> date:
    """The first day of use that a limit can count beside a use on `day` asked for today."""
    if limit["span"] == "standing":
        return today
    base = today if limit.get("by") == "asked" else day
    match limit["span"]:
        case "day":
            return base
        case "week":
            return base - timedelta(days=base.weekday())
        case "month":
            return base.replace(day=1)
        case _:
            return date(fiscal_year_of(base), 4, 1)
