"""会議体・役職・候補の一覧 as of any date, and who uses, pays and sits beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from moyai.council.models import (
    Candidate,
    Committee,
    CommitteeName,
    CostLine,
    Office,
    Payer,
    Seat,
    Term,
    VotingRule,
)
from moyai.council.queries.sitting import Called, Sitter, called_on_each, sitting_in_each
from moyai.council.queries.uses import services_as_of
from moyai.council.rules.rotation import Span, Turn, turns
from moyai.tenants.public import Body, ServiceUse, bodies_on, in_force


@dataclass(frozen=True, slots=True)
class CommitteeRow:
    """A committee on a day: what it is called, who sits in it, how deep it is nested."""

    committee: Committee
    called: Called
    sitters: tuple[Sitter, ...]
    depth: int

    @property
    def members(self) -> int:
        return sum(1 for one in self.sitters if one.capacity == Seat.Capacity.MEMBER)


def committees_on(on: date) -> list[CommitteeRow]:
    """会議体 that live on a day, each under the one it belongs to; six queries however many there are."""
    living = list(
        Committee.objects.filter(in_force(on))
        .select_related("parent", "service")
        .order_by("position", "code")
    )
    sitting, called = sitting_in_each(living, on), called_on_each(living, on)
    ids = {one.pk for one in living}
    under: dict[int | None, list[Committee]] = {}
    for one in living:
        under.setdefault(one.parent_id if one.parent_id in ids else None, []).append(one)
    found: list[CommitteeRow] = []

    def walk(parent: int | None, depth: int) -> None:
        for one in under.get(parent, []):
            found.append(CommitteeRow(one, called[one.pk], tuple(sitting[one.pk]), depth))
            walk(one.pk, depth + 1)

    walk(None, 0)
    return found


def ended_before(on: date) -> list[Committee]:
    """廃止された会議体 — those that had ended by a day, the last first."""
    return list(Committee.objects.filter(until_on__lt=on).order_by("-until_on", "code"))


@dataclass(frozen=True, slots=True)
class Lineage:
    """系譜 — what a committee grew out of, step by step, and what grew out of it; with who left and why."""

    before: tuple[Committee, ...]
    after: tuple[Committee, ...]
    left: tuple[Seat, ...]  # of this committee and those before it


def lineage_of(committee: Committee) -> Lineage:
    """Whole lineage; two queries, and one for who left."""
    known = {one.pk: one for one in Committee.objects.all()}
    before: list[Committee] = []
    here = known.get(committee.follows_id) if committee.follows_id else None
    while here is not None and here not in before:
        before.append(here)
        here = known.get(here.follows_id) if here.follows_id else None
    after = sorted(
        (one for one in known.values() if one.follows_id == committee.pk), key=lambda one: one.from_on
    )
    left = (
        Seat.objects.filter(committee__in=[committee, *before], until_on__isnull=False)
        .exclude(why_left="")
        .select_related("body", "committee")
        .order_by("until_on", "body__code", "name")
    )
    return Lineage(tuple(before), tuple(after), tuple(left))


def names_of(committee: Committee) -> list[CommitteeName]:
    """名称の移り変わり, the first one first."""
    return list(CommitteeName.objects.filter(committee=committee).order_by("from_on"))


def seats_of(committee: Committee) -> list[Seat]:
    """席の記録 — every seat, past ones too."""
    return list(
        Seat.objects.filter(committee=committee)
        .select_related("body")
        .order_by("body__code", "name", "from_on")
    )


def voting_rules_of(committee: Committee) -> list[VotingRule]:
    """表決の要件, the newest first."""
    return list(VotingRule.objects.filter(committee=committee).order_by("name", "-from_on"))


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """役職 on a day: who holds it, how many places are vacant, whose turn comes next."""

    office: Office
    terms: tuple[Term, ...]
    on: date

    @property
    def vacant(self) -> int:
        """欠員."""
        return max(0, self.office.holders - len(self.terms))


def offices_on(on: date, committee: Committee | None = None) -> list[OfficeRow]:
    """役職 that are there on a day with their holders, by committee; two queries."""
    offices = Office.objects.filter(in_force(on), Q(committee__from_on__lte=on)).filter(
        Q(committee__until_on__isnull=True) | Q(committee__until_on__gte=on)
    )
    if committee is not None:
        offices = offices.filter(committee=committee)
    listed = list(
        offices.select_related("committee").order_by(
            "committee__position", "committee__code", "position", "code"
        )
    )
    terms: dict[int, list[Term]] = {}
    held = Term.objects.filter(in_force(on), office__in=listed).select_related("body").order_by("place")
    for term in held:
        terms.setdefault(term.office_id, []).append(term)
    return [OfficeRow(one, tuple(terms.get(one.pk, [])), on) for one in listed]


@dataclass(frozen=True, slots=True)
class TurnRow:
    """輪番の一期: whose turn, in which years, and the term where somebody was appointed in it."""

    turn: Turn
    body: Body | None
    term: Term | None


def rotation_of(office: Office, until_year: int) -> list[TurnRow]:
    """輪番表 — every turn up to its last year, else up to `until_year`; two queries. Proposed where no term is yet."""
    if not office.rotation or office.rotation_from is None:
        return []
    last = office.rotation_until or max(until_year, office.rotation_from)
    bodies = {body.code: body for body in Body.objects.filter(code__in=office.rotation)}
    terms = terms_of(office)
    found = []
    for one in turns(
        office.rotation, first_year=office.rotation_from, term_years=office.term_years, last_year=last
    ):
        in_it = Span(one.from_on, one.until_on)
        term = next((term for term in terms if in_it.overlaps(Span(term.from_on, term.until_on))), None)
        found.append(TurnRow(one, bodies.get(one.body), term))
    return found


def terms_of(office: Office) -> list[Term]:
    """任期の記録, the first one first."""
    return list(Term.objects.filter(office=office).select_related("body").order_by("from_on", "place"))


def candidates_on(on: date, committee: Committee | None = None) -> list[Candidate]:
    """加入の候補 — the newest step of each by a day, by committee and name; one query."""
    gone_on = Candidate.objects.filter(before__isnull=False, noted_on__lte=on).values("before_id")
    newest = Candidate.objects.filter(noted_on__lte=on).exclude(pk__in=gone_on)
    if committee is not None:
        newest = newest.filter(committee=committee)
    return list(
        newest.select_related("committee", "body").order_by("committee__position", "committee__code", "name")
    )


def steps_of(candidate: Candidate) -> list[Candidate]:
    """段階の記録 — every step of the same candidate, the first one first."""
    return list(
        Candidate.objects.filter(committee=candidate.committee_id, name=candidate.name).order_by("pk")
    )


@dataclass(frozen=True, slots=True)
class Circle:
    """範囲 — some bodies by one bond: members of the council, users of a service, payers of a cost line, who sit."""

    key: str
    kind: str  # council, uses, pays, sits
    name: str
    bodies: frozenset[int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """加入・利用・負担・構成の範囲 of one day, body by body."""

    circles: tuple[Circle, ...]
    bodies: tuple[Body, ...]
    on: date


def comparison_on(on: date, service: str = "") -> Comparison:
    """Who takes part, uses, pays and sits on a day; of one service by its code, else of all. Eleven queries at most.

    Committees are those of a service and the groups: the others are open to all or made of representatives.
    """
    bodies = tuple(bodies_on(on))
    circles = [Circle("council", "council", "", frozenset(body.pk for body in bodies))]
    services = services_as_of(on)
    for entry in services:
        if service in ("", entry.service.code):
            using = frozenset(body.pk for body in entry.members)
            circles.append(Circle(f"uses-{entry.service.code}", "uses", entry.service.name, using))
    circles += [*_payers(on, service, bodies), *_sitters(on, service)]
    shown = bodies if not service else tuple(
        body for body in bodies if any(body.pk in one.bodies for one in circles[1:])
    )  # fmt: skip
    return Comparison(tuple(circles), shown, on)


def _payers(on: date, service: str, bodies: Sequence[Body]) -> list[Circle]:
    lines = CostLine.objects.filter(in_force(on)).select_related("account")
    if service:
        lines = lines.filter(
            Q(service__code=service) | Q(service__isnull=True, account__service__code=service)
        )
    listed = list(lines.order_by("account__position", "account__code", "position", "code"))
    living = {body.pk for body in bodies}
    paying: dict[int, set[int]] = {}
    for line, body in Payer.objects.filter(in_force(on), cost_line__in=listed).values_list(
        "cost_line", "body"
    ):
        if body in living:
            paying.setdefault(line, set()).add(body)
    return [
        Circle(f"pays-{one.account.code}-{one.code}", "pays", one.name, frozenset(paying.get(one.pk, ())))
        for one in listed
    ]


def _sitters(on: date, service: str) -> list[Circle]:
    committees = Committee.objects.filter(in_force(on)).order_by("position", "code")
    if service:
        committees = committees.filter(service__code=service)
    else:
        committees = committees.filter(Q(service__isnull=False) | Q(kind=Committee.Kind.GROUP))
    listed = list(committees)
    sitting = sitting_in_each(listed, on)
    return [
        Circle(
            f"sits-{one.code}", "sits", one.name,
            frozenset(sitter.body.pk for sitter in sitting[one.pk] if sitter.body is not None),
        )
        for one in listed
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class BodyBook:
    """団体の記録 — everything a body was and is in the council."""

    uses: tuple[ServiceUse, ...]
    pays: tuple[Payer, ...]
    seats: tuple[Seat, ...]
    terms: tuple[Term, ...]


def book_of(body: Body) -> BodyBook:
    """Four queries."""
    return BodyBook(
        uses=tuple(
            ServiceUse.objects.filter(body=body)
            .select_related("service")
            .order_by("service__code", "from_on")
        ),
        pays=tuple(
            Payer.objects.filter(body=body)
            .select_related("cost_line__account")
            .order_by("cost_line__account__code", "cost_line__position", "from_on")
        ),
        seats=tuple(
            Seat.objects.filter(body=body)
            .select_related("committee")
            .order_by("committee__position", "committee__code", "from_on")
        ),
        terms=tuple(
            Term.objects.filter(body=body).select_related("office__committee").order_by("from_on", "pk")
        ),
    )
