"""会議を開く — planning, calling (招集), holding, calling off; and recording what was held before the house was there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Required, TypedDict, Unpack

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.calendars.public import fiscal_year
from moyai.council.actions.refusing import refusal_of
from moyai.council.actions.telling import tell_bodies
from moyai.council.models import Ballot, Committee, Item, Meeting
from moyai.council.permits import PERMITS
from moyai.council.queries.climbing import check_place_of
from moyai.council.queries.meeting_words import about_meeting, titled
from moyai.council.queries.sitting import sitting_in
from moyai.council.rules import climbing, series
from moyai.council.rules.cannot import Cannot
from moyai.tenants.public import Actor, Body, Refusal, clock

S = Meeting.State
# What may be done in which state, and where it leads.
FLOW = {
    (S.PLANNED, "call"): S.CALLED,
    (S.PLANNED, "hold"): S.HELD,
    (S.CALLED, "hold"): S.HELD,
    (S.PLANNED, "cancel"): S.CANCELLED,
    (S.CALLED, "cancel"): S.CANCELLED,
    (S.HELD, "close"): S.CLOSED,
}
EDITABLE = frozenset({S.PLANNED, S.CALLED, S.HELD})
FIELDS = (
    "held_on", "until_on", "and_others", "mode", "name", "begins", "deadline", "place", "public",
)  # fmt: skip
UNDECIDED = (Item.State.DRAFT, Item.State.PUT, Item.State.WITHDRAWN)
TOLD_AGAIN = ("held_on", "until_on", "mode", "begins", "place")  # who was called is told when these change


class NumberTaken(Refusal):
    code = "meeting_number_taken"
    message = _("この年度のこの回は、すでに登録されています。")  # type: ignore[assignment]


class DaysBackwards(Refusal):
    code = "meeting_days_backwards"
    status = 422
    message = _("終わりの日は、始まりの日以降にしてください。")  # type: ignore[assignment]


class NotInThisState(Refusal):
    code = "meeting_not_in_this_state"
    message = _("この会議では、今この操作はできません。会議の状態を確かめてください。")  # type: ignore[assignment]


class MeetingSettled(Refusal):
    code = "meeting_settled"
    message = _("議事録が確定した会議と中止した会議は、変更できません。")  # type: ignore[assignment]


class NotYetHeld(Refusal):
    code = "meeting_not_yet_held"
    status = 422
    message = _("開催日がまだ来ていません。")  # type: ignore[assignment]


class DayIsPast(Refusal):
    code = "meeting_day_is_past"
    status = 422
    message = _("開催日を過ぎた会議は招集できません。開催日を直すか、開催済として登録してください。")  # type: ignore[assignment]


class BallotsOpen(Refusal):
    code = "ballots_open"
    message = _("受付中の表決があります。集計するか取りやめてから、もう一度操作してください。")  # type: ignore[assignment]


class DecidedHere(Refusal):
    code = "meeting_has_decided"
    message = _("結論の出た議案があるため、中止できません。")  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that stands otherwise in the database than this person saw or typed."""

    field: str
    stored: Any
    typed: Any


class ChangedMeanwhile(Refusal):
    """Somebody else saved first. `differences` says in what; nothing of either is lost."""

    code = "changed_meanwhile"
    message = _("ほかの人が先に保存しました。違いを確かめて、もう一度保存してください。")  # type: ignore[assignment]

    def __init__(self, differences: Collection[Difference], version: int) -> None:
        super().__init__()
        self.differences = tuple(differences)
        self.version = version


def check_version(row: Meeting | Item, version: int, facts: dict[str, Any]) -> None:
    """Whoever writes has seen what stands there now. Raises ChangedMeanwhile with every field that differs."""
    if row.version != version:
        found = [
            Difference(name, getattr(row, name), value)
            for name, value in facts.items()
            if getattr(row, name) != value
        ]
        raise ChangedMeanwhile(found, row.version)


class SittingFacts(TypedDict, total=False):
    """What a sitting is planned or recorded with; all but its day has a usual value."""

    held_on: Required[date]
    until_on: date | None
    and_others: bool
    begins: time | None
    mode: str
    name: str
    number: int | None  # 第n回; without it the next of the fiscal year
    place: str
    public: bool


@action("council.plan_meeting", permits=PERMITS, refuses={"meeting_number_once": NumberTaken})
def plan_meeting(
    *,
    actor: Actor,
    now: datetime,
    committee: Committee,
    deadline: datetime | None = None,
    **facts: Unpack[SittingFacts],
) -> Meeting:
    """会議を準備する — the next sitting (第n回) of a committee in the fiscal year of its day.

    Raises RuleRefuses before the 設置 and after the 廃止 of the committee, DaysBackwards, NumberTaken.
    """
    return _made(committee, **facts, deadline=deadline)


@action("council.plan_series", permits=PERMITS, thing="committee")
def plan_series(
    *,
    actor: Actor,
    now: datetime,
    committee: Committee,
    first_on: date,
    until_on: date,
    every_months: int = 1,
    mode: str = Meeting.Mode.PERSON,
    place: str = "",
) -> list[Meeting]:
    """月例会議をまとめて準備する — on the same day of each month (工程会議 to the end of a year). All or none.

    Raises RuleRefuses: backwards, too many, outside of the committee's life.
    """
    try:
        days = series.monthly_days(first_on, until_on, every=every_months)
    except Cannot as cannot:
        raise refusal_of(cannot) from cannot
    committee = Committee.objects.select_for_update(of=("self",)).get(pk=committee.pk)
    for day in days:
        check_days(committee, day, None)  # before the first is made
    return [_made(committee, held_on=day, mode=mode, place=place) for day in days]


@action("council.record_meeting", permits=PERMITS, refuses={"meeting_number_once": NumberTaken})
def record_meeting(
    *,
    actor: Actor,
    now: datetime,
    committee: Committee,
    minutes: str = "",
    source: str = "",
    closed: bool = True,
    **facts: Unpack[SittingFacts],
) -> Meeting:
    """過去の会議を記録する — one that has been held: nobody is told. `closed`: its minutes are what they are.

    Raises NotYetHeld for a day to come, and what `plan_meeting` raises.
    """
    if facts["held_on"] > clock.today(now):
        raise NotYetHeld(fields={"held_on": str(NotYetHeld.message)})
    return _made(
        committee,
        **facts,
        state=S.CLOSED if closed else S.HELD,
        minutes=minutes,
        minutes_state=("fixed" if closed else "draft") if minutes else "none",
        minutes_fixed_at=now if closed and minutes else None,
        source=source,
    )


def _made(committee: Committee, *, number: int | None = None, **facts: Any) -> Meeting:
    """A row, with the committee held: two who plan at once get two numbers."""
    committee = Committee.objects.select_for_update(of=("self",)).get(pk=committee.pk)
    check_days(committee, facts["held_on"], facts.get("until_on"))
    year = fiscal_year(facts["held_on"])
    return Meeting.objects.create(
        committee=committee,
        fiscal_year=year,
        number=number if number is not None else next_meeting_number(committee, year),
        **facts,
    )


def next_meeting_number(committee: Committee, year: int) -> int:
    """第n回 — one more than the highest of the fiscal year; a sitting called off keeps its number."""
    highest = Meeting.objects.filter(committee=committee, fiscal_year=year).aggregate(n=Max("number"))["n"]
    return int(highest or 0) + 1


def check_days(committee: Committee, held_on: date, until_on: date | None) -> None:
    """Raises RuleRefuses for a committee that is not yet, or no longer, there on the day; DaysBackwards."""
    if until_on is not None and until_on < held_on:
        raise DaysBackwards(fields={"until_on": str(DaysBackwards.message)})
    for field, day in (("held_on", held_on), ("until_on", until_on)):
        if day is None:
            continue
        try:
            climbing.check_alive(committee.name, day, committee.from_on, committee.until_on)
        except Cannot as cannot:
            raise refusal_of(cannot, field=field) from cannot


def locked(meeting: Meeting) -> Meeting:
    return Meeting.objects.select_for_update(of=("self",)).select_related("committee").get(pk=meeting.pk)


def _go(meeting: Meeting, verb: str) -> None:
    """The next state, or NotInThisState."""
    following = FLOW.get((S(meeting.state), verb))
    if following is None:
        raise NotInThisState
    meeting.state = following
    meeting.version += 1


@action("council.edit_meeting", permits=PERMITS, refuses={"meeting_number_once": NumberTaken})
def edit_meeting(*, actor: Actor, now: datetime, meeting: Meeting, version: int, **facts: Any) -> Meeting:
    """会議を直す — any of FIELDS. `version` is the one this person saw: who comes second gets ChangedMeanwhile.

    A sitting that moves to another fiscal year takes the next number there. Who was called is told of a new day, place or
    mode; the mode stays while a ballot is open (BallotsOpen). Raises MeetingSettled, DaysBackwards, and RuleRefuses when the
    day would fall before a decision below or after one above.
    """
    unknown = set(facts) - set(FIELDS)
    if unknown:
        raise TypeError(f"no fields of a meeting: {sorted(unknown)}")
    Committee.objects.select_for_update(of=("self",)).get(pk=meeting.committee_id)
    found = locked(meeting)
    if found.state not in EDITABLE:
        raise MeetingSettled
    check_version(found, version, facts)
    changed = [name for name, value in facts.items() if getattr(found, name) != value]
    if "mode" in changed and open_ballots(found):
        raise BallotsOpen(
            fields={"mode": str(BallotsOpen.message)}
        )  # how one votes was fixed when it was opened
    for name in changed:
        setattr(found, name, facts[name])
    check_days(found.committee, found.held_on, found.until_on)
    if found.state == S.HELD and found.held_on > clock.today(now):
        raise NotYetHeld(fields={"held_on": str(NotYetHeld.message)})
    move_to_year(found)
    if "held_on" in changed:
        check_ladders(found)
    if changed:
        found.version += 1
        found.save()
    if found.state == S.CALLED and set(changed) & set(TOLD_AGAIN):
        tell_bodies(
            actor=actor,
            now=now,
            bodies=bodies_in(found),
            kind="council.meeting_changed",
            facts=about_meeting(found),
            about=found,
        )
    return found


def move_to_year(meeting: Meeting) -> None:
    """A day of another fiscal year takes the next number there."""
    year = fiscal_year(meeting.held_on)
    if year != meeting.fiscal_year:
        meeting.fiscal_year, meeting.number = year, next_meeting_number(meeting.committee, year)


def check_ladders(meeting: Meeting) -> None:
    """Every item of a sitting whose day moves still stands after what it came from and before what it went to."""
    try:
        check_place_of(meeting)
    except Cannot as cannot:
        raise refusal_of(cannot, field="held_on") from cannot


def bodies_in(meeting: Meeting) -> list[Body]:
    """The bodies that sit in the committee on the day of the sitting, whatever their capacity: all are called."""
    return [
        sitter.body for sitter in sitting_in(meeting.committee, meeting.held_on) if sitter.body is not None
    ]


@action("council.call_meeting", permits=PERMITS)
def call_meeting(*, actor: Actor, now: datetime, meeting: Meeting) -> Meeting:
    """招集 — the items are put, and everybody who sits in the committee on that day is told.

    Raises NotInThisState, DayIsPast, and RuleRefuses for a committee abolished since the plan was made.
    """
    found = locked(meeting)
    _go(found, "call")
    if (found.until_on or found.held_on) < clock.today(now):
        raise DayIsPast(fields={"held_on": str(DayIsPast.message)})
    check_days(found.committee, found.held_on, found.until_on)
    found.called_at = now
    found.save(update_fields=["state", "version", "called_at"])
    Item.objects.filter(meeting=found, state=Item.State.DRAFT).update(state=Item.State.PUT)
    tell_bodies(
        actor=actor,
        now=now,
        bodies=bodies_in(found),
        kind="council.meeting_called",
        facts=about_meeting(found)
        | {"items": "\n".join(f"・{item.title}" for item in found.items.order_by("position"))},
        about=found,
    )
    return found


@action("council.hold_meeting", permits=PERMITS)
def hold_meeting(*, actor: Actor, now: datetime, meeting: Meeting) -> Meeting:
    """開催済にする — the day has come. Raises NotInThisState, NotYetHeld, and BallotsOpen for one in writing."""
    found = locked(meeting)
    _go(found, "hold")
    if found.held_on > clock.today(now):
        raise NotYetHeld
    if found.mode in (Meeting.Mode.WRITTEN, Meeting.Mode.MAIL) and open_ballots(found):
        raise BallotsOpen
    found.save(update_fields=["state", "version"])
    Item.objects.filter(meeting=found, state=Item.State.DRAFT).update(state=Item.State.PUT)
    return found


@action("council.cancel_meeting", permits=PERMITS)
def cancel_meeting(*, actor: Actor, now: datetime, meeting: Meeting, reason: str) -> Meeting:
    """中止する — it keeps its number. Who was called is told.

    A ballot that is open is withdrawn first, each with its own reason: no vote ends by the way. Raises NotInThisState,
    BallotsOpen, and DecidedHere when an item has been decided already (書面): what is decided stands.
    """
    found = locked(meeting)
    was_called = found.state == S.CALLED
    _go(found, "cancel")
    if open_ballots(found):
        raise BallotsOpen
    if Item.objects.filter(meeting=found).exclude(state__in=UNDECIDED).exists():
        raise DecidedHere
    found.save(update_fields=["state", "version"])
    if was_called:
        tell_bodies(
            actor=actor,
            now=now,
            bodies=bodies_in(found),
            kind="council.meeting_cancelled",
            facts=about_meeting(found) | {"reason": reason},
            about=found,
        )
    return found


def open_ballots(meeting: Meeting) -> bool:
    return Ballot.objects.filter(item__meeting=meeting, state=Ballot.State.OPEN).exists()


__all__ = [
    "FIELDS", "FLOW", "BallotsOpen", "ChangedMeanwhile", "DayIsPast", "DaysBackwards", "DecidedHere", "Difference", "MeetingSettled",
    "NotInThisState", "NotYetHeld", "NumberTaken", "bodies_in", "call_meeting", "cancel_meeting", "check_days", "check_ladders",
    "check_version", "edit_meeting", "hold_meeting", "locked", "move_to_year", "next_meeting_number", "open_ballots", "plan_meeting",
    "plan_series", "record_meeting", "titled",
]  # fmt: skip
