"""Changing who uses what: a use begins and ends on a day, and stays in the book."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.council.permits import PERMITS
from moyai.tenants.public import Actor, Body, Refusal, Service, ServiceUse


class AlreadyUsing(Refusal):
    code = "already_using"
    message = _("この団体は、その日にすでに利用しています。")  # type: ignore[assignment]


class NotForSome(Refusal):
    code = "service_for_all"
    message = _("全団体向け事業には、すべての団体が加わっています。")  # type: ignore[assignment]


class EndsBeforeItBegins(Refusal):
    code = "ends_before_it_begins"
    status = 422
    message = _("利用の終わりは、始まりの日以降の日付にしてください。")  # type: ignore[assignment]


@action(
    "council.begin_use",
    permits=PERMITS,
    refuses={"one_open_use_per_service": AlreadyUsing, "use_begins_once_a_day": AlreadyUsing},
)
def begin_use(*, actor: Actor, now: datetime, service: Service, body: Body, from_on: date) -> ServiceUse:
    """利用開始 — a body uses a 特定団体事業 from a day on.

    Raises AlreadyUsing when a use holds on that day, NotForSome for a 全団体向け事業.
    """
    if service.scope == Service.Scope.ALL:
        raise NotForSome
    holding = ServiceUse.objects.filter(service=service, body=body).exclude(until_on__lt=from_on)
    if holding.exists():
        raise AlreadyUsing(fields={"body": str(AlreadyUsing.message)})
    return ServiceUse.objects.create(service=service, body=body, from_on=from_on)


@action("council.end_use", permits=PERMITS)
def end_use(*, actor: Actor, now: datetime, use: ServiceUse, until_on: date) -> ServiceUse:
    """利用終了 — the last day of a use. Raises EndsBeforeItBegins."""
    use = ServiceUse.objects.select_for_update().get(pk=use.pk)
    if until_on < use.from_on:
        raise EndsBeforeItBegins(fields={"until_on": str(EndsBeforeItBegins.message)})
    use.until_on = until_on
    use.save(update_fields=["until_on"])
    return use
