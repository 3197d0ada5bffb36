"""開館の読取り — for rooms and days at once: policies, holidays and special days together, in as many queries as for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from moyai.calendars.public import OfficeCalendar, office_calendar
from moyai.reservations.models import SpecialDay
from moyai.reservations.queries.policies import Policies, policies_of
from moyai.reservations.rules.opening import FARTHEST_MOVE, Opening, Special, opening_on
from moyai.reservations.rules.rooms import RoomPlan
from moyai.tenants.public import body_of, current_body

SpecialKey = tuple[int, int | None, date]  # facility, room (None: all of it), day


class Holidays:
    """国民の祝日 of a span of days, each looked up once: a month of many rooms asks for the same few days."""

    def __init__(self, calendar: OfficeCalendar) -> None:
        self._calendar = calendar
        self._known: dict[date, bool] = {}

    def __call__(self, day: date) -> bool:
        if day not in self._known:
            self._known[day] = bool(self._calendar.holiday_name(day))
        return self._known[day]

    def is_rest_day(self, day: date) -> bool:
        """土日祝 — as limits and fees tell days apart."""
        return day.weekday() >= 5 or self(day)


def holidays_around(days: Sequence[date]) -> Holidays:
    """祝日 of these days and of the fortnight before and after: what decides about a moved closed day. One query."""
    span = timedelta(days=2 * FARTHEST_MOVE)
    return Holidays(office_calendar(None, first=min(days) - span, last=max(days) + span))


def openings(
    plans: Iterable[RoomPlan],
    days: Sequence[date],
    *,
    policies: Policies | None = None,
    holidays: Holidays | None = None,
    special: Mapping[SpecialKey, Special] | None = None,
) -> dict[tuple[int, date], Opening]:
    """開館 of rooms on days, by (id of room, day): at most three queries, behind the wall that is open; none of what
    is given."""
    rooms = list(plans)
    if not rooms or not days:
        return {}
    body = body_of(current_body())
    facilities = sorted({plan.facility_id for plan in rooms})
    known = policies or policies_of(body, facilities=facilities, kinds=["opening"], until=max(days))
    is_holiday = holidays or holidays_around(days)
    if special is None:
        special = special_days(body.pk, facilities, first=min(days), last=max(days))
    found: dict[tuple[int, date], Opening] = {}
    # Rooms of one policy share the working out of a day: a city has many rooms and few calendars.
    made: dict[tuple[int | None, date], Opening] = {}
    for day in days:
        for plan in rooms:
            if not plan.in_use(day):
                found[plan.id, day] = Opening(False, why="not_in_use")
                continue
            policy = known.of("opening", plan, day)
            document = policy.document if policy is not None else None
            said = special.get((plan.facility_id, plan.id, day)) or special.get((plan.facility_id, None, day))
            if said is not None:
                found[plan.id, day] = opening_on(document, day, is_holiday=is_holiday, special=said)
                continue
            key = (policy.pk if policy is not None else None, day)
            if key not in made:
                made[key] = opening_on(document, day, is_holiday=is_holiday)
            found[plan.id, day] = made[key]
    return found


def opening(
    plan: RoomPlan, day: date, *, policies: Policies | None = None, holidays: Holidays | None = None
) -> Opening:
    """開館 of one room on one day."""
    return openings([plan], [day], policies=policies, holidays=holidays)[plan.id, day]


def special_days(
    body_id: int, facilities: Sequence[int], *, first: date | None = None, last: date | None = None
) -> dict[SpecialKey, Special]:
    """臨時の開館・休館 by facility, room (None: all of it) and day. A room's own word goes before its facility's."""
    rows = SpecialDay.objects.filter(body_id=body_id, facility_id__in=facilities)
    if first is not None:
        rows = rows.filter(day__gte=first)
    if last is not None:
        rows = rows.filter(day__lte=last)
    return {
        (row.facility_id, row.room_id, row.day): Special(
            row.kind == SpecialDay.Kind.OPEN, row.opens, row.closes, row.reason
        )
        for row in rows
    }
