"""連続の予約 — the same use on several days: all of them, or none; before that, which of them can be had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.calendars.public import day_words
from moyai.reservations.actions import checks
from moyai.reservations.actions.asked import Asked, Scene, scene, scenes
from moyai.reservations.actions.bookings import book_all
from moyai.reservations.actions.judging import InDraw, attached_in, faults_of
from moyai.reservations.actions.quotes import FeeUnknown, Quoted, quote_for
from moyai.reservations.actions.slots import SlotTaken
from moyai.reservations.models import Booking, Registration
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.series import short_of_stock, taken
from moyai.reservations.rules.series import MOST, days_of, terms_for
from moyai.tenants.public import Actor, Refusal, body_of, clock

Group = tuple[Asked, ...]  # a room and what is booked with it on one day


class TooManyDays(Refusal):
    code = "series_too_long"
    status = 422
    message = lazy("一度に申し込めるのは60日分までです。分けて申し込んでください。")  # type: ignore[assignment]


class NotForSeries(Refusal):
    """A series that the policy does not let this user ask for himself."""

    code = "not_for_series"
    status = 422
    message = lazy("この登録では、この室場のくり返しの予約はできません。1件ずつ予約してください。")  # type: ignore[assignment]


class SeriesTaken(Refusal):
    """One day of the series is taken; `taken` says which."""

    code = "series_taken"

    def __init__(self, taken: SlotTaken) -> None:
        assert taken.day is not None
        text = gettext("%(day)sは、すでに予約されています。この日を除くか、別の時間を選んでください。") % {
            "day": day_words(taken.day)
        }
        super().__init__(text, fields={"day": text})
        self.taken = taken


@dataclass(frozen=True, slots=True)
class Pattern:
    """くり返し方 — from which day on, how often (rules.series.EVERY), how many times."""

    first: date
    every: str
    times: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One day of a series: what it costs, or why it cannot be had. `known` is empty where the room is not offered."""

    asked: Group
    known: tuple[Scene, ...]
    quotes: tuple[Quoted, ...]
    faults: tuple[str, ...]

    @property
    def day(self) -> date:
        return self.asked[0].day

    @property
    def fee_yen(self) -> int:
        return sum(one.fee_yen for one in self.quotes)


@action("reservations.book_series", permits=PERMITS)
def book_series(
    *,
    actor: Actor,
    now: datetime,
    registration: Registration,
    asked: Sequence[Asked],
    channel: str,
    pattern: Pattern | None = None,
) -> list[Booking]:
    """連続の予約 — several days as bookings of their own, judged together by the limits.

    A resident's follow a `pattern` that the policy gives him; some of its days may be left out. Raises TooManyDays,
    NotForSeries, SeriesTaken (which day), and what `book` raises.
    """
    if not 1 <= len({one.day for one in asked}) <= MOST:
        raise TooManyDays(fields={"day": str(TooManyDays.message)})
    in_order = sorted(asked, key=lambda one: (one.day, one.starts, one.combination_id))
    if not checks.acts_for_body(actor):
        checks.own(actor=actor, registration=registration)
        _follows(in_order, pattern, registration, actor=actor, now=now)
    try:
        return book_all(actor=actor, now=now, registration=registration, asked=in_order, channel=channel)
    except SlotTaken as refused:
        raise SeriesTaken(refused) from None


def repeated(asked: Group, pattern: Pattern) -> list[Group]:
    """The use of the first day on every day of the pattern."""
    days = days_of(pattern.first, every=pattern.every, times=pattern.times)
    return [tuple(replace(one, day=day) for one in asked) for day in days]


def occurrences(
    *, actor: Actor, now: datetime, registration: Registration, wanted: Sequence[Group]
) -> list[Occurrence]:
    """各回の見込み — each day by the rules that will decide it; what cannot be had does not count in the limits of the rest.

    Reads only. A constant number of queries, twice where limits are reached on the way. Raises FeeUnknown.
    """
    body, today = body_of(actor.body), clock.today(now)
    every = [one for group in wanted for one in group]
    found = scenes(body=body, asked=every, today=today)
    at = 0
    groups: list[tuple[Scene, ...]] = []
    for group in wanted:
        groups.append(tuple(found[at : at + len(group)]))
        at += len(group)
    said: dict[int, list[str]] = {place: [] for place in range(len(groups))}
    gone = taken([one for group in groups for one in group if _times(one)], now=now)
    short = short_of_stock([group[0] for group in groups])
    for place, mine in enumerate(groups):
        if any(one.in_draw for one in mine):
            said[place].append(str(InDraw.message))
        elif any((one.plan.id, one.asked.combination_id, one.asked.day) in gone for one in mine):
            said[place].append(gettext("この日は、すでに予約されています。"))
        elif mine[0].asked.day in short:
            said[place].append(gettext("この日は、備品の数が足りません。"))
    judged = True
    while judged:  # once more without those that cannot be had, until nothing more falls out
        rest = [place for place in said if not said[place]]
        judged = False
        known = [one for place in rest for one in groups[place]]
        of_day = {groups[place][0].asked.day: place for place in rest}
        for one, faults in (
            faults_of(actor=actor, now=now, known=known, registration=registration) if known else ()
        ):
            if faults:
                judged = True
                said[of_day[one.asked.day]] += [str(fault.message) for fault in faults]
    return [
        Occurrence(
            asked=group,
            known=groups[place],
            quotes=_quotes(groups[place], registration) if not said[place] else (),
            faults=tuple(dict.fromkeys(said[place])),
        )
        for place, group in enumerate(wanted)
    ]


# --- how --------------------------------------------------------------------------------------------


def _times(one: Scene) -> bool:
    try:
        checks.possible_times(one)
    except checks.NotATimeOfRoom:
        return False
    return True


def _quotes(group: tuple[Scene, ...], registration: Registration) -> tuple[Quoted, ...]:
    return tuple(
        quote_for(scene=one, registration=registration, with_main=attached_in(one, group)) for one in group
    )


def _follows(
    asked: Sequence[Asked],
    pattern: Pattern | None,
    registration: Registration,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """A resident's series is what the policy in force lets him repeat. Raises NotForSeries."""
    first = scene(body=body_of(actor.body), asked=asked[0], today=clock.today(now))
    terms = terms_for(first.document("limits"), kind=registration.kind)
    if pattern is None or terms is None or pattern.every not in terms.every:
        raise NotForSeries
    one_use = len({(one.combination_id, one.starts, one.ends) for one in asked}) == 1
    days = days_of(pattern.first, every=pattern.every, times=min(pattern.times, terms.most))
    if not one_use or len({one.day for one in asked}) != len(asked):
        raise NotForSeries
    if not {one.day for one in asked} <= set(days):
        raise NotForSeries


__all__ = [
    "FeeUnknown",
    "NotForSeries",
    "Occurrence",
    "Pattern",
    "SeriesTaken",
    "TooManyDays",
    "book_series",
    "occurrences",
    "repeated",
]
