"""議案 — putting items before a sitting, in order, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.council.actions.meetings import EDITABLE, MeetingSettled, check_version, locked
from moyai.council.actions.refusing import RuleRefuses, refusal_of
from moyai.council.models import Ballot, Climb, Item, Meeting
from moyai.council.permits import PERMITS
from moyai.council.queries.climbing import check_around, climbs_to, rung_at, rung_of
from moyai.council.rules import climbing
from moyai.council.rules.cannot import Cannot
from moyai.tenants.public import Actor, Refusal, clock

S = Item.State
OPEN = frozenset({S.DRAFT, S.PUT})
SETTLED = frozenset({S.DECIDED, S.HEARD, S.RETURNED, S.REJECTED, S.WITHDRAWN})
FIELDS = ("title", "text", "kind", "rule", "heading")
# What may become of an item of each kind: a report is heard, the others are decided.
MAY_BECOME = {
    Item.Kind.DECIDE: frozenset({S.DECIDED, S.RETURNED, S.REJECTED, S.WITHDRAWN}),
    Item.Kind.ELECT: frozenset({S.DECIDED, S.RETURNED, S.REJECTED, S.WITHDRAWN}),
    Item.Kind.DISCUSS: frozenset({S.DECIDED, S.HEARD, S.RETURNED, S.REJECTED, S.WITHDRAWN}),
    Item.Kind.REPORT: frozenset({S.HEARD, S.WITHDRAWN}),
}


class ItemSettled(Refusal):
    code = "item_settled"
    message = _("結論の出た議案は変更できません。")  # type: ignore[assignment]


class ItemUnderVote(Refusal):
    code = "item_under_vote"
    message = _("表決の受付中の議案は変更できません。資料を差し替えると、新しい表決になります。")  # type: ignore[assignment]


class WrongOutcome(Refusal):
    code = "item_wrong_outcome"
    status = 422
    message = _("この種類の議案の結論ではありません。")  # type: ignore[assignment]


class DecidedTooEarly(Refusal):
    code = "item_decided_too_early"
    status = 422
    message = _("決定の日は、会議の開催日から今日までの日にしてください。")  # type: ignore[assignment]


class VoteSaysOtherwise(Refusal):
    code = "item_vote_says_otherwise"
    message = _("表決の結果と異なる結論は登録できません。")  # type: ignore[assignment]


class WrongHeading(Refusal):
    code = "item_wrong_heading"
    status = 422
    message = _("見出しは、同じ会議の議案から選んでください。")  # type: ignore[assignment]


class NothingClimbs(Refusal):
    code = "nothing_climbs"
    status = 422
    message = _("上申する議案を1つ以上選んでください。")  # type: ignore[assignment]


class ClimbedBefore(Refusal):
    code = "item_climbed_before"
    message = _("この議案は、すでにその議案に上申されています。")  # type: ignore[assignment]


@action("council.add_item", permits=PERMITS)
def add_item(
    *,
    actor: Actor,
    now: datetime,
    meeting: Meeting,
    title: str,
    kind: str = Item.Kind.DECIDE,
    text: str = "",
    heading: Item | None = None,
    rule: str = "",
    position: int | None = None,
) -> Item:
    """議案を加える — at the end, or at a place (from 1; those after it move down). Raises MeetingSettled, WrongHeading."""
    found = locked(meeting)
    if found.state not in EDITABLE:
        raise MeetingSettled
    return _put(found, position, title=title, kind=kind, text=text, heading=heading, rule=rule)


def _put(meeting: Meeting, position: int | None, **facts: Any) -> Item:
    heading = facts.get("heading")
    if heading is not None and heading.meeting_id != meeting.pk:
        raise WrongHeading(fields={"heading": str(WrongHeading.message)})
    last = Item.objects.filter(meeting=meeting).aggregate(n=Max("position"))["n"] or 0
    place = last + 1 if position is None else min(max(1, position), last + 1)
    if place <= last:
        Item.objects.filter(meeting=meeting, position__gte=place).update(position=F("position") + 1)
    state = facts.pop("state", None) or (S.DRAFT if meeting.state == Meeting.State.PLANNED else S.PUT)
    return Item.objects.create(meeting=meeting, position=place, state=state, **facts)


@action("council.record_item", permits=PERMITS)
def record_item(
    *,
    actor: Actor,
    now: datetime,
    meeting: Meeting,
    title: str,
    kind: str = Item.Kind.DECIDE,
    state: str = "",
    text: str = "",
    heading: Item | None = None,
    rule: str = "",
    position: int | None = None,
    outcome: str = "",
    decided_on: date | None = None,
    origins: Sequence[Item] = (),
) -> Item:
    """過去の議案を記録する — as it stands in the record of its sitting, with what became of it.

    Without `state`: 了承 for a report, 決定 for anything else. `origins`: the items below that it came from.
    Raises WrongHeading, WrongOutcome, DecidedTooEarly, RuleRefuses (a climb that does not hold).
    """
    found = locked(meeting)
    became = S(state) if state else (S.HEARD if kind == Item.Kind.REPORT else S.DECIDED)
    if became in SETTLED and became not in MAY_BECOME[Item.Kind(kind)]:
        raise WrongOutcome(fields={"state": str(WrongOutcome.message)})
    if decided_on is not None:
        _check_day(found, decided_on, now)
    made = _put(
        found, position, title=title, kind=kind, text=text, heading=heading, rule=rule, state=became,
        outcome=outcome, decided_on=decided_on,
    )  # fmt: skip
    _link(made, origins)
    return made


def _check_day(meeting: Meeting, decided_on: date, now: datetime) -> None:
    if not meeting.held_on <= decided_on <= clock.today(now):
        raise DecidedTooEarly(fields={"decided_on": str(DecidedTooEarly.message)})


def _link(item: Item, origins: Sequence[Item]) -> None:
    """Climb rows after the rule has said yes to each."""
    ways = climbs_to()
    for origin in origins:
        lower = Item.objects.select_related("meeting__committee").get(pk=origin.pk)
        try:
            climbing.check_climb(rung_of(lower), rung_at(item.meeting, item), ways)
        except Cannot as cannot:
            raise refusal_of(cannot) from cannot
        Climb.objects.create(item=item, origin=lower)


@action("council.climb", permits=PERMITS, refuses={"item_climbs_once": ClimbedBefore})
def climb(
    *,
    actor: Actor,
    now: datetime,
    origins: Sequence[Item],
    meeting: Meeting,
    title: str = "",
    kind: str = "",
    text: str = "",
    heading: Item | None = None,
    position: int | None = None,
) -> Item:
    """上申する — one or more items decided below become one item of a sitting above. Title, kind and text are the first one's
    unless given.

    Raises NothingClimbs, MeetingSettled, RuleRefuses: not above, not decided below, or before that decision.
    """
    if not origins:
        raise NothingClimbs(fields={"origins": str(NothingClimbs.message)})
    found = locked(meeting)
    if found.state not in EDITABLE:
        raise MeetingSettled
    first = origins[0]
    made = _put(
        found, position, title=title or first.title, kind=kind or first.kind, text=text or first.text, heading=heading,
        rule="",
    )  # fmt: skip
    _link(made, origins)
    return made


@action("council.record_climb", permits=PERMITS, refuses={"item_climbs_once": ClimbedBefore}, thing="item")
def record_climb(*, actor: Actor, now: datetime, item: Item, origin: Item) -> Climb:
    """上申元を記録する — the item came from that one below. Raises ClimbedBefore, RuleRefuses."""
    upper = Item.objects.select_related("meeting__committee").get(pk=item.pk)
    _link(upper, [origin])
    return Climb.objects.get(item=item, origin=origin)


def locked_item(item: Item) -> Item:
    """Meeting, then item: the order in which everybody holds them."""
    locked(item.meeting)
    return Item.objects.select_for_update(of=("self",)).select_related("meeting__committee").get(pk=item.pk)


def under_vote(item: Item) -> bool:
    return Ballot.objects.filter(item=item, state=Ballot.State.OPEN).exists()


@action("council.edit_item", permits=PERMITS)
def edit_item(*, actor: Actor, now: datetime, item: Item, version: int, **facts: Any) -> Item:
    """議案を直す — any of FIELDS while it is 案 or 付議. Raises ItemSettled, ItemUnderVote, ChangedMeanwhile, WrongHeading."""
    unknown = set(facts) - set(FIELDS)
    if unknown:
        raise TypeError(f"no fields of an item: {sorted(unknown)}")
    found = locked_item(item)
    if found.state not in OPEN or found.meeting.state not in EDITABLE:
        raise ItemSettled
    if under_vote(found):
        raise ItemUnderVote
    check_version(found, version, facts)
    heading = facts.get("heading")
    if heading is not None and (heading.meeting_id != found.meeting_id or _is_under(heading, found)):
        raise WrongHeading(fields={"heading": str(WrongHeading.message)})
    for name, value in facts.items():
        setattr(found, name, value)
    found.version += 1
    found.save(update_fields=[*facts, "version"])
    return found


def _is_under(heading: Item, item: Item) -> bool:
    """Whether the heading is the item itself or stands under it: no ring of headings."""
    here: Item | None = heading
    while here is not None:
        if here.pk == item.pk:
            return True
        here = here.heading
    return False


@action("council.move_item", permits=PERMITS)
def move_item(*, actor: Actor, now: datetime, item: Item, position: int) -> Item:
    """順を変える — to a place from 1; the others close up. Numbers of papers follow. Raises MeetingSettled, ItemUnderVote."""
    meeting = locked(item.meeting)
    if meeting.state not in EDITABLE:
        raise MeetingSettled
    if Ballot.objects.filter(item__meeting=meeting, state=Ballot.State.OPEN).exists():
        raise ItemUnderVote  # 議案第n号 and 別紙n stand in what was sent
    rows = list(Item.objects.filter(meeting=meeting).order_by("position"))
    here = next(one for one in rows if one.pk == item.pk)
    rows.remove(here)
    rows.insert(min(max(1, position), len(rows) + 1) - 1, here)
    for place, one in enumerate(rows, 1):
        one.position = place
    Item.objects.bulk_update(rows, ["position"])
    return here


@action("council.decide_item", permits=PERMITS)
def decide_item(
    *, actor: Actor, now: datetime, item: Item, state: str, outcome: str = "", decided_on: date | None = None
) -> Item:
    """結論を登録する — 決定, 了承, 差戻, 否決 or 取下げ, with its words. Without a day: the day of the sitting.

    Raises WrongOutcome, DecidedTooEarly, ItemUnderVote, VoteSaysOtherwise (a tally stands against it), MeetingSettled, and
    RuleRefuses where the item has climbed and would no longer be decided, or not in time, below.
    """
    found = locked_item(item)
    became = S(state)
    if found.meeting.state in (Meeting.State.CANCELLED, Meeting.State.CLOSED):
        raise MeetingSettled
    if became not in MAY_BECOME[Item.Kind(found.kind)]:
        raise WrongOutcome(fields={"state": str(WrongOutcome.message)})
    if under_vote(found):
        raise ItemUnderVote
    voted = Ballot.objects.filter(item=found, state=Ballot.State.CLOSED).order_by("-id").first()
    if voted is not None and voted.carried is not None and voted.carried != (became == S.DECIDED):
        raise VoteSaysOtherwise(fields={"state": str(VoteSaysOtherwise.message)})
    day = decided_on or (found.decided_on if voted else None) or found.meeting.held_on
    if became != S.WITHDRAWN:
        _check_day(found.meeting, day, now)
    settle(found, became, day if became != S.WITHDRAWN else decided_on, outcome)
    return found


def settle(item: Item, state: Item.State, decided_on: date | None, outcome: str) -> None:
    """Write what became of an item that is held; what has climbed from it must still be able to. Raises RuleRefuses."""
    item.state, item.decided_on, item.outcome = state, decided_on, outcome
    item.version += 1
    try:
        check_around(item)
    except Cannot as cannot:
        raise refusal_of(cannot) from cannot
    item.save(update_fields=["state", "decided_on", "outcome", "version"])


__all__ = [
    "FIELDS", "MAY_BECOME", "ClimbedBefore", "DecidedTooEarly", "ItemSettled", "ItemUnderVote", "NothingClimbs", "RuleRefuses",
    "VoteSaysOtherwise", "WrongHeading", "WrongOutcome", "add_item", "climb", "decide_item", "edit_item", "locked_item",
    "move_item", "record_climb", "record_item", "settle", "under_vote",
]  # fmt: skip
