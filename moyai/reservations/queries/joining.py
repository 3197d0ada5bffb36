"""新規利用団体の費用負担の基礎 — 館数 and 登録利用者数 of every body on a day, from rows (C13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from moyai.audit.public import reading_across
from moyai.reservations.queries.figures import SERVICE, facilities_of_all
from moyai.reservations.queries.registrations import registered_users_of_all
from moyai.reservations.rules.joining import Basis
from moyai.tenants.public import Actor, Body, Service, bodies_on, members_of


@dataclass(frozen=True, slots=True)
class Bases:
    """Who uses 施設予約 on a day, and what each body's part is counted from; a body without rows has nothing."""

    on: date
    members: tuple[Body, ...]
    of: Mapping[int, Basis]

    def basis(self, body: Body) -> Basis:
        return self.of.get(body.pk, Basis())


def bodies_that_may_join(*, on: date) -> list[Body]:
    """団体 of the council that do not use 施設予約 on a day, by code. Two queries."""
    service = Service.objects.filter(code=SERVICE).first()
    members = members_of(service, on).values_list("pk", flat=True) if service else []
    return list(bodies_on(on).exclude(pk__in=members))


def bases_on(*, actor: Actor, now: datetime, members_on: date, counted_on: date) -> Bases:
    """利用団体 on a day, and what is counted of all bodies. Leaves a deed; refused to who is not of the council."""
    with reading_across(actor, reason=f"施設予約の費用負担の試算 {counted_on.isoformat()}") as alias:
        users = registered_users_of_all(db=alias, on=counted_on)
        facilities = facilities_of_all(db=alias, on=counted_on)
    service = Service.objects.filter(code=SERVICE).first()
    members = tuple(members_of(service, members_on)) if service else ()
    return Bases(
        on=counted_on,
        members=members,
        of={
            pk: Basis(facilities.get(pk, 0), users[pk].total if pk in users else 0)
            for pk in users.keys() | facilities.keys()
        },
    )
