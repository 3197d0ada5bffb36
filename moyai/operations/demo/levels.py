"""Systems of the demo with a year of stops: one that is met by a hair, one with unknown minutes, one that stands on two lines."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from moyai.operations.actions.stops import announce_stop, note_outage, note_unknown
from moyai.operations.actions.systems import (
    HoursGiven,
    add_system,
    agree_level,
    lean_on,
    report_month,
    set_hours,
)
from moyai.operations.demo.moments import days_ago
from moyai.operations.models import System
from moyai.tenants.public import Actor, Service, clock

SIDES = [("supplier", "受注者側"), ("orderer", "発注者側")]
# code, name, sides, [(days ago, minutes, cause)]
SYSTEMS = [
    ("e-bidding", "電子入札システム", SIDES, [(40, 95, "データベースの故障"), (150, 60, "証明書の更新漏れ")]),
    ("registration", "入札参加資格申請システム", SIDES, [(75, 130, "アクセスの集中")]),
    ("applications", "電子申請システム", [], [(20, 12, "回線の瞬断")]),
    ("reservations", "施設予約システム", [], [(110, 45, "抽選の処理の遅れ")]),
    ("platform", "共通基盤", [], [(60, 25, "仮想基盤の再起動")]),
    ("line-main", "通信回線（主系）", [], [(30, 240, "工事による切断")]),
    ("line-spare", "通信回線（従系）", [], [(200, 30, "装置の交換")]),
]
LEANS = [
    ("e-bidding", "platform", ""),
    ("applications", "platform", ""),
    ("reservations", "platform", ""),
    ("platform", "line-main", "回線"),
    ("platform", "line-spare", "回線"),
]


def run_systems(actor: Actor, now: datetime) -> None:
    """Seven systems, what they stand on, what was agreed, when they stopped, and a stop to come."""
    today = clock.today(now)
    since = date(today.year - 2, 4, 1)
    services = {service.code: service for service in Service.objects.all()}
    made: dict[str, System] = {}
    for position, (code, name, sides, stops) in enumerate(SYSTEMS, 1):
        made[code] = add_system(
            actor=actor,
            now=now,
            code=code,
            name=name,
            from_on=since,
            sides=sides,
            service=services.get(code),
            position=position,
        )
        agree_level(
            actor=actor,
            now=now,
            system=made[code],
            numerator=997,
            denominator=1000,
            source="サービスレベル合意書（見本）",
            from_on=since,
        )
        for days, minutes, cause in stops:
            begins = days_ago(now, days, 14, 7)
            ends = begins + timedelta(minutes=minutes)
            note_outage(actor=actor, now=now, system=made[code], begins=begins, ends=ends, cause=cause)
    hours = [HoursGiven((0, 1, 2, 3, 4), 480, 1320), HoursGiven((5, 6, "holiday"), 540, 1080)]
    set_hours(
        actor=actor, now=now, system=made["reservations"], hours=hours, from_on=date(today.year - 1, 4, 1)
    )
    for code, on, redundant in LEANS:
        lean_on(actor=actor, now=now, system=made[code], on=made[on], from_on=since, redundant=redundant)
    begins = days_ago(now, 90, 22)
    note_unknown(
        actor=actor,
        now=now,
        system=made["registration"],
        begins=begins,
        ends=begins + timedelta(minutes=35),
        cause="監視の機器の入れ替え",
    )
    _planned(actor, now, made)
    _months(actor, now, services)


def _planned(actor: Actor, now: datetime, made: dict[str, System]) -> None:
    """The second Sunday-like night of a quarter, and one to come."""
    for days in (45, 135, 225, 315):
        begins = days_ago(now, days, 1)
        announce_stop(
            actor=actor,
            now=now,
            system=made["platform"],
            begins=begins,
            ends=begins + timedelta(hours=3),
            cause="定期保守",
            announced_on=clock.today(begins) - timedelta(days=14),
        )
    ahead = days_ago(now, -6, 1)
    announce_stop(
        actor=actor,
        now=now,
        system=made["platform"],
        begins=ahead,
        ends=ahead + timedelta(hours=3),
        cause="定期保守",
    )


def _months(actor: Actor, now: datetime, services: dict[str, Service]) -> None:
    """月次報告 of the last year, one month of it without any incident, and the level they are judged by."""
    service = services.get("security-cloud") or next(iter(services.values()), None)
    if service is None:
        return
    today = clock.today(now)
    month = date(today.year - 1, today.month, 1)
    agree_level(
        actor=actor,
        now=now,
        service=service,
        numerator=997,
        denominator=1000,
        source="サービスレベル合意書（見本）",
        from_on=month,
    )
    for place in range(12):
        report_month(
            actor=actor,
            now=now,
            service=service,
            month=month,
            rates={"web": "100" if place % 5 else "99.98", "mail": "100"},
            incidents=0 if place == 3 else 580 + 37 * (place * 7 % 11),
            source="運用業者の月次報告（見本）",
        )
        month = (month + timedelta(days=32)).replace(day=1)
