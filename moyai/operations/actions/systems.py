"""システム — what is promised to run: its hours, what it stands on, the level agreed, the months reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.operations.models import Dependency, MonthlyLevel, ServiceHours, ServiceLevel, System
from moyai.operations.permits import PERMITS
from moyai.tenants.public import Actor, Refusal, Service, in_force

EVERY_DAY: Final[tuple[int | str, ...]] = (0, 1, 2, 3, 4, 5, 6, "holiday")


class SystemKnown(Refusal):
    code = "system_known"
    message = _("この記号のシステムは、すでにあります。")  # type: ignore[assignment]


class EndsBeforeItBegins(Refusal):
    code = "ends_before_it_begins"
    status = 422
    message = _("終わりを始まりより後にしてください。")  # type: ignore[assignment]


class SideUnknown(Refusal):
    code = "side_unknown"
    status = 422
    message = _("このシステムにない区分です。")  # type: ignore[assignment]


class HoursWrong(Refusal):
    code = "hours_wrong"
    status = 422
    message = _("運用時間は、曜日と、0時から24時までの始まりと終わりで決めてください。")  # type: ignore[assignment]


class HoursBackwards(Refusal):
    code = "hours_backwards"
    status = 422
    message = _("運用時間は、今の運用時間が始まる日より後から変えられます。")  # type: ignore[assignment]


class StandsOnItself(Refusal):
    code = "stands_on_itself"
    status = 422
    message = _("自分自身には依存できません。別のシステムを選んでください。")  # type: ignore[assignment]


class StandsAlready(Refusal):
    code = "stands_already"
    message = _("この依存は、すでに登録されています。")  # type: ignore[assignment]


class LevelWrong(Refusal):
    code = "level_wrong"
    status = 422
    message = _("約束する割合は、0より大きく1以下にしてください。")  # type: ignore[assignment]


class MonthKnown(Refusal):
    code = "month_known"
    message = _("この事業のこの月の報告は、すでにあります。")  # type: ignore[assignment]


class RateWrong(Refusal):
    code = "rate_wrong"
    status = 422
    message = _("率は0から100の数で入力してください。")  # type: ignore[assignment]


class NotFirstOfMonth(Refusal):
    code = "not_first_of_month"
    status = 422
    message = _("月は、その月の初日で指定してください。")  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class HoursGiven:
    """運用時間 — minutes of the day (`ends` up to 1440) on weekdays 0 (月) to 6 (日) and "holiday" (祝日)."""

    weekdays: tuple[int | str, ...] = EVERY_DAY
    begins: int = 0
    ends: int = 1440


ALWAYS: Final = (HoursGiven(),)  # 24時間365日


def side_of(system: System, side: str) -> str:
    """A side of the system, or blank for all. Raises SideUnknown."""
    if side and side not in {each["code"] for each in system.sides}:
        raise SideUnknown(fields={"side": str(SideUnknown.message)})
    return side


@action("operations.add_system", permits=PERMITS, refuses={"operations_system_code_key": SystemKnown})
def add_system(
    *,
    actor: Actor,
    now: datetime,
    code: str,
    name: str,
    from_on: date,
    until_on: date | None = None,
    service: Service | None = None,
    sides: Sequence[tuple[str, str]] = (),
    hours: Sequence[HoursGiven] = ALWAYS,
    position: int = 0,
) -> System:
    """システムの登録 — with its hours (24時間365日 unless said otherwise). `sides`: (code, name) of those it is measured for.

    Raises SystemKnown, EndsBeforeItBegins, HoursWrong.
    """
    if until_on is not None and until_on < from_on:
        raise EndsBeforeItBegins(fields={"until_on": str(EndsBeforeItBegins.message)})
    system = System.objects.create(
        code=code,
        name=name,
        service=service,
        sides=[{"code": side, "name": words} for side, words in sides],
        position=position,
        from_on=from_on,
        until_on=until_on,
    )
    _write_hours(system, "", hours, from_on)
    return system


@action("operations.change_system", permits=PERMITS)
def change_system(
    *,
    actor: Actor,
    now: datetime,
    system: System,
    name: str,
    service: Service | None,
    until_on: date | None,
    position: int = 0,
) -> System:
    """システムの変更 — its name, its service, its last day. Raises EndsBeforeItBegins."""
    row = System.objects.select_for_update().get(pk=system.pk)
    if until_on is not None and until_on < row.from_on:
        raise EndsBeforeItBegins(fields={"until_on": str(EndsBeforeItBegins.message)})
    row.name, row.service, row.until_on, row.position = name, service, until_on, position
    row.save(update_fields=["name", "service", "until_on", "position"])
    return row


@action("operations.set_hours", permits=PERMITS, thing="system")
def set_hours(
    *,
    actor: Actor,
    now: datetime,
    system: System,
    hours: Sequence[HoursGiven],
    from_on: date,
    side: str = "",
) -> list[ServiceHours]:
    """予定時間の変更 — hold from a day on; those before end the day before it.

    Raises SideUnknown, HoursWrong, HoursBackwards where the hours of now begin on that day or later.
    """
    side_of(system, side)
    System.objects.select_for_update().get(pk=system.pk)
    rows = ServiceHours.objects.filter(system=system, side=side)
    if rows.filter(from_on__gte=from_on).exists():
        raise HoursBackwards(fields={"from_on": str(HoursBackwards.message)})
    rows.filter(Q(until_on__isnull=True) | Q(until_on__gte=from_on)).update(
        until_on=from_on - timedelta(days=1)
    )
    return _write_hours(system, side, hours, from_on)


def _write_hours(system: System, side: str, hours: Sequence[HoursGiven], from_on: date) -> list[ServiceHours]:
    for each in hours:
        known = set(each.weekdays) <= set(EVERY_DAY)
        if not each.weekdays or not known or not 0 <= each.begins < each.ends <= 1440:
            raise HoursWrong(fields={"hours": str(HoursWrong.message)})
    return ServiceHours.objects.bulk_create(
        ServiceHours(
            system=system,
            side=side,
            weekdays=sorted(each.weekdays, key=str),
            begins=each.begins,
            ends=each.ends,
            from_on=from_on,
        )
        for each in hours
    )


@action(
    "operations.lean_on",
    permits=PERMITS,
    refuses={"dependency_once": StandsAlready, "nothing_stands_on_itself": StandsOnItself},
)
def lean_on(
    *, actor: Actor, now: datetime, system: System, on: System, from_on: date, redundant: str = ""
) -> Dependency:
    """依存の登録 — a stop of `on` is one of `system` from then on; of one `redundant` name one is enough (主系・従系).

    Raises StandsOnItself, StandsAlready.
    """
    if system.pk == on.pk:
        raise StandsOnItself(fields={"on": str(StandsOnItself.message)})
    if Dependency.objects.filter(system=system, on=on).exclude(until_on__lt=from_on).exists():
        raise StandsAlready(fields={"on": str(StandsAlready.message)})
    return Dependency.objects.create(system=system, on=on, redundant=redundant, from_on=from_on)


@action("operations.end_dependency", permits=PERMITS)
def end_dependency(*, actor: Actor, now: datetime, dependency: Dependency, until_on: date) -> Dependency:
    """依存の終わり — its last day. Raises EndsBeforeItBegins."""
    row = Dependency.objects.select_for_update().get(pk=dependency.pk)
    if until_on < row.from_on:
        raise EndsBeforeItBegins(fields={"until_on": str(EndsBeforeItBegins.message)})
    row.until_on = until_on
    row.save(update_fields=["until_on"])
    return row


@action("operations.agree_level", permits=PERMITS)
def agree_level(
    *,
    actor: Actor,
    now: datetime,
    numerator: int,
    denominator: int,
    source: str,
    from_on: date,
    system: System | None = None,
    service: Service | None = None,
) -> ServiceLevel:
    """サービスレベルの合意 — of a system, or of a service for all its systems; the one before ends the day before.

    Raises LevelWrong, HoursBackwards where one begins on that day or later.
    """
    if (system is None) == (service is None):
        raise TypeError("a level is that of a system or of a service")
    if not 0 < numerator <= denominator:
        raise LevelWrong(fields={"percent": str(LevelWrong.message)})
    of = {"system": system} if system is not None else {"service": service}
    rows = ServiceLevel.objects.select_for_update().filter(**of)
    if rows.filter(from_on__gte=from_on).exists():
        raise LevelBackwards(fields={"from_on": str(LevelBackwards.message)})
    for row in rows.filter(in_force(from_on)):
        row.until_on = from_on - timedelta(days=1)
        row.save(update_fields=["until_on"])
    return ServiceLevel.objects.create(
        **of, numerator=numerator, denominator=denominator, source=source, from_on=from_on
    )


class LevelBackwards(Refusal):
    code = "level_backwards"
    status = 422
    message = _("サービスレベルは、今の合意が始まる日より後から変えられます。")  # type: ignore[assignment]


@action("operations.report_month", permits=PERMITS, refuses={"monthly_level_once": MonthKnown})
def report_month(
    *,
    actor: Actor,
    now: datetime,
    service: Service,
    month: date,
    rates: Mapping[str, str],
    incidents: int | None,
    source: str = "",
) -> MonthlyLevel:
    """月次報告 — the rates by measure (per cent, decimal text: {"web": "100", "mail": "99.98"}) and the number of incidents.

    None incidents: not reported; 0 is reported and printed as 0 (ゼロ報告). Raises MonthKnown, NotFirstOfMonth, RateWrong.
    """
    if month.day != 1:
        raise NotFirstOfMonth(fields={"month": str(NotFirstOfMonth.message)})
    kept = {measure: _rate(measure, text) for measure, text in rates.items()}
    return MonthlyLevel.objects.create(
        service=service, month=month, rates=kept, incidents=incidents, source=source
    )


def _rate(measure: str, text: Any) -> str:
    try:
        rate = Decimal(str(text))
    except InvalidOperation:
        rate = Decimal(-1)
    if not (rate.is_finite() and 0 <= rate <= 100):
        raise RateWrong(fields={measure: str(RateWrong.message)})
    return str(text)
