"""抽選の読取り — rounds as residents and staff see them, one's own entries, what was published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from moyai.calendars.public import wareki
from moyai.draws.public import MOST_WISHES, id_of, wish_proof
from moyai.reservations.models import Combination, Entry, OrderPage, Registration, Room, Round, RoundFiles
from moyai.reservations.queries.lottery_lists import read_list
from moyai.reservations.queries.policies import policies_of
from moyai.reservations.queries.registrations import own_registrations
from moyai.reservations.rules.lottery import entries_of_month
from moyai.tenants.public import Actor, Body, body_of

S = Round.State
PAGE_ROWS = 100


def _rounds(body: Body) -> QuerySet[Round]:
    return Round.objects.filter(body=body).defer("taken", "units")


def rounds_for_residents(body: Body, *, now: datetime) -> list[Round]:
    """Rounds that take entries or will, then the latest whose list or result is published. Two queries."""
    coming = _rounds(body).filter(state=S.OPEN, enter_until__gt=now).order_by("enter_until", "id")[:50]
    past = (
        _rounds(body)
        .exclude(state=S.CALLED_OFF)
        .filter(enter_until__lte=now)
        .order_by("-enter_until", "-id")[:30]
    )
    return [*coming, *past]


def round_of(body: Body, number: int) -> Round | None:
    """A round of the body, called off or not."""
    found: Round | None = Round.objects.filter(body=body, pk=number).defer("taken").first()
    return found


def rounds_for_staff(body: Body, *, before: int | None = None) -> list[Round]:
    """Rounds newest first, a page and one more."""
    rows = _rounds(body)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-id")[: PAGE_ROWS // 2 + 1])


def rooms_of_round(round: Round) -> list[Room]:
    """Its rooms with their facilities, in the body's order. One query."""
    rows = Room.objects.filter(body_id=round.body_id, rounds__body_id=round.body_id, rounds__round=round)
    return list(
        rows.select_related("facility")
        .order_by("facility__position", "facility_id", "position", "id")
        .distinct()
    )


def rooms_to_draw(body: Body) -> list[Room]:
    """Every room of the body that a round may have, with its facility. One query."""
    rows = Room.objects.filter(body=body, published=True, facility__published=True).select_related("facility")
    return list(rows.order_by("facility__position", "facility_id", "position", "id"))


@dataclass(frozen=True, slots=True)
class Counted:
    """申込みの数 of a round by state, with how many persons they are of."""

    by_state: dict[str, int]
    persons: int

    @property
    def entries(self) -> int:
        return sum(count for state, count in self.by_state.items() if state != Entry.State.WITHDRAWN)


def counted(round: Round) -> Counted:
    """Two queries."""
    rows = Entry.objects.filter(body_id=round.body_id, round=round)
    by_state: dict[str, int] = dict(
        rows.values("state").annotate(count=Count("id")).order_by("state").values_list("state", "count")
    )
    persons = rows.exclude(state=Entry.State.WITHDRAWN).values("one_person").distinct().count()
    return Counted(by_state, persons)


def entries_by_rank(round: Round, *, start: int = 0, with_names: bool = False) -> list[Entry]:
    """A page of the published order from a rank (0: the first) on; before the draw by pseudonym. At most two queries."""
    rows = Entry.objects.filter(body_id=round.body_id, round=round)
    if with_names:
        rows = rows.select_related("registration")
    if round.drawn_at is not None:
        pages = OrderPage.objects.filter(
            body_id=round.body_id, round=round, first__gt=start - OrderPage.ROWS, first__lte=start + PAGE_ROWS
        )
        ids = [pk for page in pages.values_list("entries", flat=True) for pk in page]
        there = rows.filter(pk__in=ids, rank__gt=start, rank__lte=start + PAGE_ROWS)
        return list(there.order_by("rank"))
    frozen = rows.filter(state=Entry.State.ENTERED).order_by("ticket_id")
    return list(frozen[start : start + PAGE_ROWS])


def entries_of(registrations: Iterable[Registration]) -> list[Entry]:
    """抽選申込 of registrations, newest first, with round and booking. One query."""
    every = list(registrations)
    if not every:
        return []
    rows = Entry.objects.filter(
        body_id=every[0].body_id, registration_id__in=[one.pk for one in every]
    ).select_related("round", "registration", "booking")
    return list(rows.defer("round__taken", "round__units").order_by("-id")[:200])


def own_entries(*, actor: Actor) -> list[Entry]:
    """抽選申込 of the signed-in account at the acting body."""
    return entries_of(own_registrations(actor=actor))


def own_entry(*, actor: Actor, number: str) -> Entry | None:
    """An entry of the signed-in account by its number; another's is absent."""
    if actor.account_id is None:
        return None
    rows = Entry.objects.filter(
        body=body_of(actor.body), number=number, registration__account_id=actor.account_id
    ).select_related("round", "registration", "booking")
    found: Entry | None = rows.defer("round__taken", "round__units").first()
    return found


def proof_of(entry: Entry) -> str | None:
    """所在の証明 of an entry in the published list, as JSON; None before the freeze, or where it was taken back."""
    if entry.round.frozen_at is None:
        return None
    _ids, lines = read_list(entry.round)
    index = next((at for at, line in enumerate(lines) if id_of(line) == entry.ticket_id), None)
    return wish_proof(lines, index, label=entry.round.label) if index is not None else None


def files_of(round: Round) -> list[RoundFiles]:
    """What was published of a round, without the content; list first."""
    return list(
        RoundFiles.objects.filter(body_id=round.body_id, round=round).defer("content").order_by("stage")
    )


def file_of(round: Round, stage: str) -> RoundFiles | None:
    found: RoundFiles | None = RoundFiles.objects.filter(
        body_id=round.body_id, round=round, stage=stage
    ).first()
    return found


def unit_words(body: Body, ids: Iterable[int]) -> dict[int, str]:
    """施設 室場 利用単位 by id of the unit. One query."""
    rows = Combination.objects.filter(body=body, pk__in=set(ids)).values_list(
        "pk", "room__facility__name", "room__name", "name"
    )
    return {pk: f"{facility} {room} {unit}" for pk, facility, room, unit in rows}


def wins_of_persons(round: Round, persons: Sequence[str]) -> dict[str, int]:
    """当選数 of persons in a round: won, offered and confirmed."""
    rows: Any = (
        Entry.objects.filter(
            body_id=round.body_id,
            round=round,
            one_person__in=persons,
            state__in=(Entry.State.WON, Entry.State.OFFERED, Entry.State.CONFIRMED),
        )
        .values("one_person")
        .annotate(count=Count("id"))
        .order_by("one_person")
    )
    return {row["one_person"]: row["count"] for row in rows}


def due_rounds(body: Body, *, now: datetime) -> list[Round]:
    """Rounds whose list is to be frozen, or that are drawn and not closed."""
    return list(
        _rounds(body)
        .filter(Q(state=S.OPEN, enter_until__lte=now) | Q(state__in=(S.FROZEN, S.DRAWN)))
        .order_by("id")
    )


def monthly_plan(body: Body, month: date | None, *, rooms: Sequence[Room], today: date) -> dict[str, Any]:
    """抽選回の予定 as the lottery policies give it for the uses of a month, to begin a plan from. Two queries.

    The policy of the body decides, or of the first room that has one; its rooms are those under the same policy. Without
    a month it is the first one whose entries are not over and for which no round is planned.
    """
    policies = policies_of(body, kinds=["lottery"], until=today)
    found = [(room, policies.of("lottery", room, today)) for room in rooms]
    whole = policies.find("lottery", on=today)
    policy = whole or next((one for _room, one in found if one is not None), None)
    document = dict(policy.document) if policy is not None else {}
    planned = set(
        _rounds(body)
        .filter(kind=Round.Kind.MONTHLY)
        .exclude(state=S.CALLED_OFF)
        .values_list("for_from", flat=True)
    )
    first = (month or _next_month(today)).replace(day=1)
    for _each in range(12 if month is None else 0):
        times = entries_of_month(document, first)
        if first not in planned and (times is None or times[1].date() > today):
            break
        first = _next_month(first)
    facts: dict[str, Any] = {
        "title": _("%(month)s分") % {"month": f"{wareki(first).split('月')[0]}月"},
        "for_from": first,
        "for_until": _next_month(first) - timedelta(days=1),
        "mode": document.get("mode", Round.Mode.PERSON),
        "win_cap": document.get("win_cap", 1),
        "wishes": min(document.get("wishes", 3), MOST_WISHES),
        "entry_cap": document.get("entry_cap", 1),
        "groups_first": document.get("groups_first", False),
        "classes_first": document.get("classes_first", []),
        "promote_hours": document.get("promote_hours", 72),
        "seed_kind": document.get("seed", Round.SeedKind.OFFICIALS),
        "rooms": [
            str(room.pk)
            for room, its in found
            if its is not None and policy is not None and its.sha256 == policy.sha256
        ],
    }
    times = entries_of_month(document, first)
    if times is not None:
        facts["enter_from"], facts["enter_until"] = times
        if document.get("confirm_days"):
            facts["confirm_until"] = times[1] + timedelta(days=document["confirm_days"])
    return facts


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
