"""見本の予約 — what people and groups booked, some days ago and for the coming weeks, and a lottery that takes entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from moyai.reservations.actions.asked import Asked
from moyai.reservations.actions.attendance import mark_missed, mark_used
from moyai.reservations.actions.blocks import block
from moyai.reservations.actions.bookings import approve, book, cancel
from moyai.reservations.actions.lotteries.entries import Wish, enter_lottery
from moyai.reservations.actions.lotteries.rounds import RoundFacts, plan_round
from moyai.reservations.models import Booking, Combination, Registration, Room, Round
from moyai.tenants.public import Actor, Refusal, Role, body_of, clock

AM, PM, NIGHT = (540, 720), (780, 1020), (1080, 1260)
FARTHEST = 10  # days that a use is put off when its day is closed


@dataclass(frozen=True, slots=True)
class Use:
    """One booking: who (by place in the list of people), where (`room` and `unit` by code), in how many days, when."""

    who: int
    category: str
    room: str
    unit: str
    days: int
    time: tuple[int, int]
    purpose: str
    channel: str = "internet"
    more: Mapping[str, Any] | None = None
    attached: Sequence[str] = ()
    then: str = ""  # cancel, approve; of days gone by: used, missed


USES = (
    Use(0, "体育館", "arena", "half-n", 8, AM, "badminton", "smartphone", {"people": 12, "equipment": {"net": 2}}),
    Use(6, "体育館", "arena", "all", 9, NIGHT, "badminton", "internet", {"people": 24, "equipment": {"net": 6}}),
    Use(8, "体育館", "arena", "half-s", 8, PM, "basketball", "internet", {"people": 16}),
    Use(1, "体育館", "budo", "east", 10, AM, "judo", "mobile", {"people": 8}),
    Use(2, "体育館", "arena", "quarter-4", 12, PM, "table-tennis", "smartphone", {"people": 4, "equipment": {"table": 2}}, then="cancel"),
    Use(1, "公民館", "meeting", "all", 6, PM, "meeting", "staff", {"people": 15, "title": "自治会の役員会"}),
    Use(3, "公民館", "washitsu", "all", 7, AM, "tea", "internet", {"people": 10}),
    Use(0, "テニスコート", "court-1", "all", 7, (600, 720), "tennis", "smartphone", {"people": 4, "equipment": {"racket": 2}}),
    Use(1, "テニスコート", "court-2", "all", 8, (780, 900), "tennis", "internet", {"people": 4}),
    Use(
        7, "ホール・会館", "hall", "all", 60, (540, 1020), "concert", "internet",
        {"people": 600, "admission_yen": 1_000, "title": "第20回定期演奏会"}, ("dressing-1", "dressing-2"), "approve",
    ),
    Use(6, "ホール・会館", "hall", "all", 75, (780, 1260), "lecture", "staff", {"people": 300, "title": "健康講座"}),
    Use(0, "公民館", "meeting", "all", -12, AM, "study", "internet", {"people": 8}, then="used"),
    Use(1, "体育館", "arena", "quarter-1", -8, PM, "table-tennis", "staff", {"people": 4}, then="missed"),
    Use(6, "体育館", "arena", "half-s", -10, NIGHT, "badminton", "smartphone", {"people": 14}, then="used"),
)  # fmt: skip


def book_all(system: Actor, now: datetime, people: Sequence[Registration]) -> list[Booking]:
    """Book what this body has a room for; what has no day in time is left out."""
    clerk = replace(system, roles=frozenset({Role.CLERK}), name="佐藤 一郎", channel="office")
    approver = replace(system, roles=frozenset({Role.APPROVER}), name="高橋 実", channel="office")
    body = body_of(system.body)
    units = {
        (one.room.facility.category, one.room.code, one.code): one
        for one in Combination.objects.filter(body=body).select_related("room__facility").order_by("-id")
    }
    made = []
    for use in USES:
        unit = units.get((use.category, use.room, use.unit))
        if unit is None:
            continue
        moment = now if use.days > 0 else now + timedelta(days=use.days - 10)
        with clock.at(moment):
            booking = _book(system, moment, use, people[use.who], unit, units)
        if booking is None:
            continue
        made.append(booking)
        if use.then == "cancel":
            cancel(actor=system, now=now, booking=booking, why="own", reason="都合が悪くなったため")
        elif use.then == "approve":
            approve(actor=approver, now=now, booking=booking)
        elif use.then == "used":
            mark_used(actor=clerk, now=now, booking=booking)
        elif use.then == "missed":
            mark_missed(actor=clerk, now=now, booking=booking)
    repaired = units.get(("体育館", "budo", "west"))
    if repaired is not None:
        asked = Asked(combination_id=repaired.pk, day=clock.today(now) + timedelta(days=15), starts=540, ends=720)
        block(actor=clerk, now=now, asked=asked, reason="床の補修")
    return made


def _book(
    system: Actor, now: datetime, use: Use, who: Registration, unit: Combination, units: Mapping[Any, Combination]
) -> Booking | None:
    """On the first day that is open to them from the wanted one."""
    first = clock.today(now) + timedelta(days=use.days if use.days > 0 else 10)
    for later in range(FARTHEST):
        day = first + timedelta(days=later)
        asked = _asked(use, unit, day)
        attached = [_asked(use, units[use.category, room, "all"], day, purpose="") for room in use.attached]
        try:
            with transaction.atomic():
                return book(
                    actor=system, now=now, registration=who, asked=asked, channel=use.channel, attached=attached
                )
        except Refusal:  # closed that day, or its time to ask has not come
            continue
    return None


def _asked(use: Use, unit: Combination, day: date, purpose: str | None = None) -> Asked:
    starts, ends = use.time
    if purpose is not None:  # a 楽屋 goes along with its hall
        return Asked(combination_id=unit.pk, day=day, starts=starts, ends=ends)
    return Asked(
        combination_id=unit.pk, day=day, starts=starts, ends=ends, purpose=use.purpose, **(use.more or {})
    )


def open_round(system: Actor, now: datetime, people: Sequence[Registration]) -> Round:
    """抽選 — for the gymnasium's month after next, open for ten days, with entries that want the same Saturday."""
    body = body_of(system.body)
    clerk = replace(system, roles=frozenset({Role.ADMINISTRATOR}), name="田中 恵", channel="office")
    rooms = {room.code: room for room in Room.objects.filter(body=body, facility__category="体育館")}
    today = clock.today(now)
    month = (today.replace(day=1) + timedelta(days=75)).replace(day=1)
    until = datetime.combine(today + timedelta(days=10), time(0), tzinfo=clock.JST)
    facts = RoundFacts(
        title=f"体育館 {month.year}年{month.month}月分",
        for_from=month,
        for_until=(month + timedelta(days=31)).replace(day=1) - timedelta(days=1),
        enter_from=now,
        enter_until=until,
        rooms=[room.pk for room in rooms.values()],
        win_cap=2,
        wishes=3,
        entry_cap=2,
        confirm_until=until + timedelta(days=7),
        seed_source="申込みの終わりより後に抽せんされる最初のロト6の本数字（小さい順、空白で区切る）",
    )
    made = plan_round(actor=clerk, now=now, facts=facts)
    units = {
        one.code: one for one in Combination.objects.filter(body=body, room=rooms["arena"])
    }
    saturday = month + timedelta(days=(5 - month.weekday()) % 7 + 7)  # the second: the year's beginning is closed
    for place, who in enumerate((0, 1, 3, 7)):
        wishes = [
            Wish(units["half-n"].pk, saturday, *AM),
            Wish(units["half-s"].pk, saturday, *PM),
            Wish(units["all"].pk, saturday + timedelta(days=8), *(NIGHT if place % 2 else PM)),
        ]
        enter_lottery(
            actor=system, now=now, round=made, registration=people[who], wishes=wishes, channel="internet",
            purpose="badminton", people=12,
        )  # fmt: skip
    return made
