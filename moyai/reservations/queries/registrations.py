"""利用者登録 — found by name, kana, number or phone; who is one with whom; figures of those who are registered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import BooleanField, Count, F, Func, Q, QuerySet, Sum, Value

from moyai.reservations.keys import kana_key, name_key
from moyai.reservations.models import GroupMember, Happening, Penalty, Policy, Registration
from moyai.reservations.rules import registering
from moyai.reservations.rules.registering import Terms, overlaps, terms_of
from moyai.tenants.public import Actor, Body, body_of, prepared_objects

PAGE_ROWS: Final = 50
COUNT_UP_TO: Final = 999
MOST: Final = 50  # of the likely doubles of one registration: more say nothing more
STANDING: Final = ("pending", "active", "suspended")
VIEWS: Final = ("pending", "wanting", "active", "suspended", "ended", "all")


def policy_document(body: Body, kind: str, on: date) -> dict[str, Any] | None:
    """The body's own policy of a kind in force on a day."""
    found: dict[str, Any] | None = (
        Policy.objects.filter(
            body_id=body.pk, kind=kind, facility__isnull=True, room__isnull=True, from_on__lte=on
        )
        .order_by("-from_on")
        .values_list("document", flat=True)
        .first()
    )
    return found


def terms_for(body: Body, on: date) -> Terms | None:
    """What the body says of registrations on a day; None where it has said nothing."""
    document = policy_document(body, Policy.Kind.ELIGIBILITY, on)
    return terms_of(document) if document is not None else None


# --- one's own ---------------------------------------------------------------------------------------
def own_registrations(*, actor: Actor) -> list[Registration]:
    """The registrations of the signed-in account at the acting body, that of the person first."""
    if actor.account_id is None:
        return []
    rows = prepared_objects(
        Registration,
        "WHERE t.body_id = %s::int AND t.account_id = %s::bigint ORDER BY t.id LIMIT 50",
        [str(body_of(actor.body).pk), str(actor.account_id)],
    )
    return sorted(rows, key=lambda one: (one.kind != Registration.Kind.PERSON, one.pk))


def own_registration(*, actor: Actor, number: str) -> Registration | None:
    """A registration of the signed-in account by its number; another's is absent."""
    return next((one for one in own_registrations(actor=actor) if one.number == number), None)


def standing(registration: Registration, *, on: date) -> str:
    """Why it may not be used on a day (pending, refused, struck, expired, suspended); "" where it may."""
    return registering.standing(
        state=registration.state,
        valid_until=registration.valid_until,
        suspended_until=registration.suspended_until,
        on=on,
    )


def class_on(registration: Registration, *, on: date) -> str:
    """The class on a day: 市外 once the proof of 在勤 or 在学 has run out."""
    return registering.class_on(
        resident_class=registration.resident_class, class_until=registration.class_until, on=on
    )


# --- the list of staff -------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Wanted:
    """What staff ask the list for. `words`: number, phone, name or kana from its beginning."""

    view: str = "pending"
    kind: str = ""
    resident_class: str = ""
    words: str = ""
    after: int | None = None  # id of the last row of the page before
    before: int | None = None  # id of the first row of the page after


@dataclass(frozen=True, slots=True)
class Found:
    rows: list[Registration]
    older: int | None
    newer: int | None


def _of_view(body: Body, view: str) -> QuerySet[Registration]:
    rows: QuerySet[Registration] = Registration.objects.filter(body_id=body.pk)
    if view == "wanting":
        return rows.filter(wanted_at__isnull=False)
    if view == "ended":
        return rows.filter(state__in=("refused", "struck"))
    return rows if view == "all" else rows.filter(state=view)


def matching(rows: QuerySet[Registration], words: str) -> QuerySet[Registration]:
    """Narrowed to a number, a phone (from its beginning, with or without its 0) or the beginning of a name or kana."""
    name, kana = name_key(words), kana_key(words)
    digits = "".join(sign for sign in name if sign.isdigit())
    if digits and not name.strip("0123456789-+()"):
        phone = f"+81{digits[1:]}" if digits.startswith("0") else f"+{digits}"
        by_phone = Q(phone__gte=phone, phone__lt=phone + "\x7f")
        return rows.filter(Q(number=digits) | by_phone) if len(digits) >= 4 else rows.none()
    # Byte by byte (COLLATE "C"): a beginning is a range, which the wall lets an index answer.
    beginning = Q(name_key__gte=name, name_key__lt=name + "\U0010ffff")
    if kana:
        beginning |= Q(search_key__gte=kana, search_key__lt=kana + "\U0010ffff")
    return rows.filter(beginning)


def registrations(*, actor: Actor, wanted: Wanted) -> Found:
    """One page by key: what waits oldest first, everything else newest first."""
    rows = _of_view(body_of(actor.body), wanted.view)
    if wanted.kind in Registration.Kind.values:
        rows = rows.filter(kind=wanted.kind)
    if wanted.resident_class in Registration.Class.values:
        rows = rows.filter(resident_class=wanted.resident_class)
    if wanted.words.strip():
        rows = matching(rows, wanted.words)
    up = wanted.view in ("pending", "wanting")
    back = wanted.before is not None
    edge = wanted.before if back else wanted.after
    ascending = up != back
    if edge is not None:
        rows = rows.filter(**{"id__gt" if ascending else "id__lt": edge})
    page = list(rows.order_by("id" if ascending else "-id")[: PAGE_ROWS + 1])
    more, page = len(page) > PAGE_ROWS, page[:PAGE_ROWS]
    if back:
        page.reverse()
    has_older = more if not back else True
    has_newer = (edge is not None) if not back else more
    return Found(
        rows=page,
        older=page[-1].pk if page and has_older else None,
        newer=page[0].pk if page and has_newer else None,
    )


def waiting_counts(*, actor: Actor) -> dict[str, int]:
    """How many wait for approval, and how many for a change or renewal; counting stops at 1,000."""
    body = body_of(actor.body)
    return {
        view: _of_view(body, view).order_by().values("id")[: COUNT_UP_TO + 1].count()
        for view in ("pending", "wanting")
    }


def registration_by_number(*, actor: Actor, number: str) -> Registration | None:
    """A registration of the acting body."""
    found: Registration | None = Registration.objects.filter(
        body_id=body_of(actor.body).pk, number=number
    ).first()
    return found


def members_of(registration: Registration) -> list[GroupMember]:
    return list(
        GroupMember.objects.filter(body_id=registration.body_id, registration=registration).order_by("id")
    )


def history_of(registration: Registration, *, limit: int = 100, staff_only: bool = False) -> list[Happening]:
    """What was done about a registration and with it, newest first."""
    rows = Happening.objects.filter(body_id=registration.body_id, registration=registration)
    if staff_only:
        rows = rows.filter(by_staff=True)
    return list(rows.select_related("booking").order_by("-at", "-id")[:limit])


# --- who is one with whom ----------------------------------------------------------------------------
def one_with(registration: Registration) -> QuerySet[Registration]:
    """Registrations that count as one person with this one, itself not among them."""
    key = registration.one_person
    return (
        Registration.objects.filter(
            Q(joined=key) | Q(joined="", person_key=key), body_id=registration.body_id
        )
        .exclude(pk=registration.pk)
        .order_by("id")
    )


@dataclass(frozen=True, slots=True)
class Likely:
    """Another registration that may be the same person or group, and by what it looks so."""

    registration: Registration
    one: bool  # counts as one person already
    by: tuple[str, ...]  # birthday (with kana), phone, address, members
    shared_members: int = 0


def likely_doubles(registration: Registration, *, terms: Terms | None) -> list[Likely]:
    """重複の候補 — same person key, phone, address or members; those that are refused or struck among them.

    Three statements, whatever is found; at most MOST of each kind.
    """
    body_id = registration.body_id
    others = Registration.objects.filter(body_id=body_id, forgotten_on__isnull=True).exclude(
        pk=registration.pk
    )
    same = Q(person_key=registration.person_key)
    if registration.joined:
        same |= Q(joined=registration.joined)
    if registration.phone:
        same |= Q(phone=registration.phone)
    if registration.address_key:
        same |= Q(address_key=registration.address_key)
    found = {one.pk: one for one in others.filter(same).order_by("-id")[:MOST]}
    shared = _shared_members(registration, terms)
    missing = [pk for pk in shared if pk not in found]
    found |= {one.pk: one for one in others.filter(pk__in=missing)} if missing else {}
    likely = []
    for pk, one in found.items():
        by = [
            name
            for name, is_same in (
                ("birthday", one.person_key == registration.person_key),
                ("phone", bool(one.phone) and one.phone == registration.phone),
                ("address", bool(one.address_key) and one.address_key == registration.address_key),
                ("members", pk in shared),
            )
            if is_same
        ]
        counted = one.one_person == registration.one_person
        likely.append(Likely(one, counted, tuple(by), shared.get(pk, 0)))
    return sorted(likely, key=lambda one: (not one.one, -len(one.by), one.registration.pk))


def _shared_members(registration: Registration, terms: Terms | None) -> dict[int, int]:
    """Standing groups with so many members in common that the policy minds: id → how many."""
    if terms is None or registration.kind != Registration.Kind.GROUP or terms.overlap_act == "none":
        return {}
    body_id = registration.body_id
    mine = GroupMember.objects.filter(body_id=body_id, registration=registration).values("person_key")
    rows = (
        GroupMember.objects.filter(
            body_id=body_id,
            person_key__in=mine,
            registration__body_id=body_id,
            registration__state__in=STANDING,
        )
        .exclude(registration_id=registration.pk)
        .values_list("registration_id", "person_key")
        .distinct()
        .order_by("registration_id")
    )
    others: dict[int, set[str]] = {}
    for pk, key in rows:
        others.setdefault(pk, set()).add(key)
    own = {key for keys in others.values() for key in keys}
    return overlaps(terms, mine=own, others=others)


# --- penalties ---------------------------------------------------------------------------------------
def penalties_of(registrations: Iterable[Registration]) -> list[Penalty]:
    """違反点 of registrations, newest first, also those lapsed or taken back."""
    every = list(registrations)
    if not every:
        return []
    return list(
        Penalty.objects.filter(body_id=every[0].body_id, registration_id__in=[one.pk for one in every])
        .select_related("registration")
        .order_by("-given_on", "-id")[:200]
    )


def tenths_in_force(registrations: Iterable[Registration], *, on: date) -> int:
    """Points in force on a day, in tenths: given, not taken back; from the day they lapse they no longer count."""
    every = list(registrations)
    if not every:
        return 0
    total = Penalty.objects.filter(
        body_id=every[0].body_id,
        registration_id__in=[one.pk for one in every],
        taken_back_at__isnull=True,
        given_on__lte=on,
        lapses_on__gt=on,
    ).aggregate(total=Sum("tenths"))["total"]
    return int(total or 0)


# --- figures (C30) -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class RegisteredUsers:
    """利用者登録の状況 of a body: registrations approved by a day and not ended then, by kind and by class as it is now."""

    person: int
    group: int
    classes: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.person + self.group


REGISTERED: Final = ("active", "suspended")


def registered_users_of_all(*, db: str, on: date) -> dict[int, RegisteredUsers]:
    """C30 over all bodies, by the body's id: one statement on the connection that `reading_across` gives."""
    return _counted(Registration.objects.using(db), on)


def _registered_on(on: date) -> Q:
    """在籍 — within its term (approved by then, not run out, not yet struck), or within an earlier one."""
    stands = Q(state__in=REGISTERED) | Q(ended_on__gt=on)
    earlier = Func(
        F("past"),
        Value("strict $[*] ? (@[0] <= $on && @[1] >= $on)"),  # days as text sort as days
        Value(json.dumps({"on": on.isoformat()})),
        function="jsonb_path_exists",
        output_field=BooleanField(),
    )
    return Q(stands, registered_on__lte=on, valid_until__gte=on) | Q(earlier)


def _counted(rows: QuerySet[Registration], on: date) -> dict[int, RegisteredUsers]:
    counts = (
        rows.filter(_registered_on(on))
        .values("body_id", "kind", "resident_class")
        .order_by("body_id", "kind", "resident_class")
        .annotate(count=Count("id"))
    )
    found: dict[int, tuple[Counter[str], Counter[str]]] = {}
    for row in counts:
        kinds, classes = found.setdefault(row["body_id"], (Counter(), Counter()))
        kinds[row["kind"]] += row["count"]
        classes[row["resident_class"]] += row["count"]
    return {
        body_id: RegisteredUsers(kinds["person"], kinds["group"], dict(sorted(classes.items())))
        for body_id, (kinds, classes) in found.items()
    }
