"""Who is a member, and of what, on a date."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q, QuerySet

from moyai.tenants.models import Body, Population, Service, ServiceUse


def in_force(on: date) -> Q:
    """Rows with `from_on` and `until_on` (included) that hold on a day."""
    return Q(from_on__lte=on) & (Q(until_on__isnull=True) | Q(until_on__gte=on))


def bodies_on(on: date) -> QuerySet[Body]:
    """団体 of the council on a day, by code."""
    return Body.objects.filter(in_force(on)).order_by("code")


def members_of(service: Service, on: date) -> QuerySet[Body]:
    """利用団体 of a service on a day, by code: who uses it, is billed for it and votes on it.

    全団体向け事業: every body of the council. 特定団体事業: those with a use in force.
    """
    bodies = bodies_on(on)
    if service.scope == Service.Scope.ALL:
        return bodies
    using = ServiceUse.objects.filter(in_force(on), service=service).values("body_id")
    return bodies.filter(pk__in=using)


def uses_on(body: Body, on: date) -> QuerySet[Service]:
    """The services a body takes part in on a day."""
    using = ServiceUse.objects.filter(in_force(on), body=body).values("service_id")
    return Service.objects.filter(Q(scope=Service.Scope.ALL) | Q(pk__in=using)).order_by("code")


def population_on(body: Body, on: date) -> int | None:
    """The latest population known for a day, or None when there is none."""
    return (
        Population.objects.filter(body=body, as_of__lte=on)
        .order_by(F("as_of").desc())
        .values_list("persons", flat=True)
        .first()
    )
