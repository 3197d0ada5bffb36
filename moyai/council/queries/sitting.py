"""構成員 — who sits in a committee on a day, who of them votes, who holds its offices, and by what rule it decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from moyai.council.models import Committee, CommitteeName, Seat, Term, VotingRule
from moyai.tenants.public import Body, Service, ServiceUse, bodies_on, in_force, members_of

CHAIR = "chair"
CHAIR_NAMES = ("会長", "議長", "委員長", "運営委員長", "部会長", "座長", "リーダー")


@dataclass(frozen=True, slots=True)
class Sitter:
    """構成員 — a body, or somebody outside by name. `seat` is empty where the committee is of all members."""

    body: Body | None
    name: str
    capacity: str
    block: str = ""
    section: str = ""
    seat: Seat | None = None

    @property
    def votes(self) -> bool:
        """表決権 — of a body that sits as 会員; 準会員, オブザーバー, アドバイザー and outsiders never."""
        return self.capacity == Seat.Capacity.MEMBER and self.body is not None

    @property
    def capacity_label(self) -> str:
        return str(Seat.Capacity(self.capacity).label)


def lives_on(committee: Committee, on: date) -> bool:
    """存続 — from its 設置 to the last day before its 廃止."""
    return committee.from_on <= on and (committee.until_on is None or on <= committee.until_on)


def sitting_in(committee: Committee, on: date) -> list[Sitter]:
    """構成員 of one committee on a day: bodies by code, then outsiders by name. Nobody when it does not live that day."""
    return sitting_in_each([committee], on)[committee.pk]


def sitting_in_each(committees: Iterable[Committee], on: date) -> dict[int, list[Sitter]]:
    """構成員 of many committees on a day, by committee; four queries however many there are."""
    wanted = list(committees)
    bodies = {body.pk: body for body in bodies_on(on)}
    seats: dict[int, list[Seat]] = {}
    held = Seat.objects.filter(in_force(on), committee__in=wanted).order_by("body__code", "name", "id")
    for seat in held.select_related("body"):
        seats.setdefault(seat.committee_id, []).append(seat)
    users = _users_of({one.service_id for one in wanted if one.service_id}, on, set(bodies))
    return {
        one.pk: _sitters(one, seats.get(one.pk, []), bodies, users) if lives_on(one, on) else []
        for one in wanted
    }


def _users_of(services: set[int], on: date, all_bodies: set[int]) -> dict[int, set[int]]:
    """利用団体 by service. 全団体向け事業: every body."""
    if not services:
        return {}
    scopes = dict(Service.objects.filter(pk__in=services).values_list("pk", "scope"))
    found = {pk: set(all_bodies) if scope == Service.Scope.ALL else set() for pk, scope in scopes.items()}
    some = [pk for pk, scope in scopes.items() if scope == Service.Scope.SOME]
    using = ServiceUse.objects.filter(in_force(on), service__in=some).values_list("service_id", "body_id")
    for pk, body in using:
        found[pk].add(body)
    return found


def _sitters(
    committee: Committee, seats: list[Seat], bodies: Mapping[int, Body], users: Mapping[int, set[int]]
) -> list[Sitter]:
    using = users.get(committee.service_id) if committee.service_id else None
    found = [
        Sitter(bodies.get(seat.body_id) if seat.body_id else None, _name(seat), seat.capacity, seat.block,
               seat.section, seat)
        for seat in seats
        if _sits(seat, bodies, using)
    ]  # fmt: skip
    if committee.open_to_all:
        seated = {seat.body_id for seat in seats}
        found += [
            Sitter(body, body.name, Seat.Capacity.MEMBER)
            for pk, body in bodies.items()
            if pk not in seated and (using is None or pk in using)
        ]
    return sorted(found, key=lambda one: (one.body is None, one.body.code if one.body else one.name))


def _sits(seat: Seat, bodies: Mapping[int, Body], using: set[int] | None) -> bool:
    """A body that left the council sits nowhere; in the committee of a 特定団体事業 only its users are members."""
    if seat.body_id is None:
        return True
    if seat.body_id not in bodies:
        return False
    return using is None or seat.capacity != Seat.Capacity.MEMBER or seat.body_id in using


def _name(seat: Seat) -> str:
    return seat.body.name if seat.body else seat.name


def voters_of(committee: Committee, on: date) -> list[Body]:
    """表決権のある会員 on a day, by code."""
    return [one.body for one in sitting_in(committee, on) if one.votes and one.body is not None]


def holders_on(committee: Committee, on: date) -> list[Term]:
    """役員 — the terms that hold on a day, by office and place."""
    return list(
        Term.objects.filter(in_force(on), in_force_office(on), office__committee=committee)
        .select_related("office", "body")
        .order_by("office__position", "office__code", "place")
    )


def in_force_office(on: date) -> Q:
    """Terms whose office is there on a day."""
    return Q(office__from_on__lte=on) & (Q(office__until_on__isnull=True) | Q(office__until_on__gte=on))


def chair_of(committee: Committee, on: date) -> Body | None:
    """議長 — the holder of the office `chair`, else of the first one called 会長, 議長, 委員長, 部会長, リーダー."""
    held = holders_on(committee, on)
    for term in held:
        if term.office.code == CHAIR:
            return term.body
    return next((term.body for term in held if term.office.name in CHAIR_NAMES), None)


def voting_rule_on(committee: Committee, on: date, name: str = "") -> VotingRule | None:
    """表決の要件 in force on a day: the ordinary one, or one by name (特別議決)."""
    return (
        VotingRule.objects.filter(committee=committee, name=name, from_on__lte=on)
        .order_by("-from_on")
        .first()
    )


@dataclass(frozen=True, slots=True)
class Called:
    """名称と性格 of a committee on a day."""

    name: str
    form: str

    @property
    def may_contract(self) -> bool:
        """Whether it can be a party to a contract: not as 調査研究や企画立案を行う組織体."""
        return self.form == Committee.Form.CONTRACTING


def called_on_each(committees: Iterable[Committee], on: date) -> dict[int, Called]:
    """Name and legal form of each on a day; one query. Before its first name: the first one."""
    wanted = list(committees)
    found = {one.pk: Called(one.name, one.form) for one in wanted}
    first: set[int] = set()
    rows = CommitteeName.objects.filter(committee__in=wanted).order_by("committee_id", "from_on")
    for row in rows:
        if row.from_on <= on or row.committee_id not in first:
            found[row.committee_id] = Called(row.name, row.form)
        first.add(row.committee_id)
    return found


def called_on(committee: Committee, on: date) -> Called:
    return called_on_each([committee], on)[committee.pk]


def who_may_sit(committee: Committee, on: date) -> list[Body]:
    """Bodies that may sit as 会員 on a day: of a 特定団体事業 its users, else every body of the council."""
    if committee.service is not None:
        return list(members_of(committee.service, on))
    return list(bodies_on(on))
