"""Members and uses as of any date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from moyai.tenants.public import Body, Service, ServiceUse, bodies_on, members_of


@dataclass(frozen=True, slots=True)
class ServiceMembers:
    """A service and its 利用団体 on a day, by code."""

    service: Service
    members: tuple[Body, ...]


def services_as_of(on: date) -> list[ServiceMembers]:
    """Every service with its members on a day; three queries however many services there are."""
    bodies = list(bodies_on(on))
    by_id = {body.pk: body for body in bodies}
    users: dict[int, set[int]] = {}
    for service_id, body_id in (
        ServiceUse.objects.filter(from_on__lte=on)
        .exclude(until_on__lt=on)
        .values_list("service_id", "body_id")
    ):
        users.setdefault(service_id, set()).add(body_id)
    found = []
    for service in Service.objects.order_by("id"):
        if service.scope == Service.Scope.ALL:
            members = tuple(bodies)
        else:
            using = users.get(service.pk, set())
            members = tuple(body for body in bodies if body.pk in using)
        assert all(body.pk in by_id for body in members)
        found.append(ServiceMembers(service, members))
    return found


def uses_of(service: Service) -> list[ServiceUse]:
    """All uses of a service, past ones too, by body and day."""
    return list(
        ServiceUse.objects.filter(service=service).select_related("body").order_by("body__code", "from_on")
    )


__all__ = ["ServiceMembers", "members_of", "services_as_of", "uses_of"]
