"""Changing who uses what: a use begins and ends on a day, and stays in the book."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.council.actions.spans import check_in_council
from moyai.council.permits import PERMITS
from moyai.tenants.public import Actor, Body, Refusal, Service, ServiceUse


class BodyKnown(Refusal):
    code = "body_known"
    message = _("この団体コードの団体は、すでに加入しています。")  # type: ignore[assignment]


class AddressTaken(Refusal):
    code = "address_taken"
    message = _("このアドレスは、ほかの団体が使っています。")  # type: ignore[assignment]


class ServiceKnown(Refusal):
    code = "service_known"
    message = _("この記号の事業は、すでにあります。")  # type: ignore[assignment]


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
    "council.admit_body",
    permits=PERMITS,
    refuses={"tenants_body_code_key": BodyKnown, "tenants_body_slug_key": AddressTaken},
)
def admit_body(
    *, actor: Actor, now: datetime, code: str, name: str, kana: str, kind: str, slug: str, from_on: date
) -> Body:
    """加入 — a body joins the council from a day on; its portal is /<slug>/ from then.

    Raises BodyKnown, AddressTaken. The check digit of the code is the form's to judge.
    """
    return Body.objects.create(code=code, name=name, kana=kana, kind=kind, slug=slug, from_on=from_on)


@action("council.found_service", permits=PERMITS, refuses={"tenants_service_code_key": ServiceKnown})
def found_service(*, actor: Actor, now: datetime, code: str, name: str, scope: str) -> Service:
    """事業を始める — 全団体向け事業 or 特定団体事業. Raises ServiceKnown."""
    return Service.objects.create(code=code, name=name, scope=scope)


@action(
    "council.begin_use",
    permits=PERMITS,
    refuses={"one_open_use_per_service": AlreadyUsing, "use_begins_once_a_day": AlreadyUsing},
)
def begin_use(*, actor: Actor, now: datetime, service: Service, body: Body, from_on: date) -> ServiceUse:
    """利用開始 — a body uses a 特定団体事業 from a day on.

    Raises AlreadyUsing when a use holds on that day, NotForSome for a 全団体向け事業, NotInCouncilThen.
    """
    if service.scope == Service.Scope.ALL:
        raise NotForSome
    check_in_council(body, from_on)
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
