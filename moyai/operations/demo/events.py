"""Events of the demo: past ones with who came, one that takes sign-ups, newsletters and exchanges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from moyai.operations.actions.events import note_attendance, plan_event
from moyai.operations.actions.news import issue_newsletter, note_exchange
from moyai.operations.demo.moments import days_ago
from moyai.tenants.public import Actor, Body, clock

# kind, name, days ago, place, people of each member
EVENTS = [
    ("training", "電子申請の操作研修", 160, "県庁 会議室", 3),
    ("briefing", "電子入札の操作説明会", 120, "オンライン", 2),
    ("seminar", "情報セキュリティ技術セミナー", 80, "文化会館", 4),
    ("tour", "サービスオペレーションセンターの見学会", 40, "運用センター", 1),
]


def hold_events(actor: Actor, now: datetime, bodies: Sequence[Body]) -> None:
    """Four events that are over, one to come, two newsletters, a list and a Web会議."""
    today = clock.today(now)
    for kind, name, days, place, persons in EVENTS:
        event = plan_event(
            actor=actor,
            now=now,
            kind=kind,
            name=name,
            from_on=clock.today(days_ago(now, days)),
            place=place,
            hosts="協議会",
        )
        for turn, body in enumerate(bodies):
            note_attendance(actor=actor, now=now, event=event, body=body, persons=persons + turn)
    plan_event(
        actor=actor,
        now=now,
        kind="seminar",
        name="自治体クラウドの勉強会",
        from_on=today + timedelta(days=30),
        place="県庁 大会議室",
        hosts="協議会",
        text="共同化の事例を学びます。",
        asks_until=days_ago(now, -25, 17),
        most_persons=40,
    )
    for days, title in ((65, "秋の研修のお知らせ"), (5, "冬の研修のお知らせ")):
        issue_newsletter(
            actor=actor,
            now=now,
            name="協議会だより",
            title=title,
            text="研修の日程と、要望の採否をお知らせします。",
            sent_on=today - timedelta(days=days),
            recipients=len(bodies),
        )
    year = today.year if today.month >= 4 else today.year - 1
    for kind, topic, count in (
        ("list", "電子申請", 42),
        ("web", "自治体クラウド", 6),
        ("report", "運用定例会", 8),
    ):
        note_exchange(actor=actor, now=now, kind=kind, topic=topic, fiscal_year=year, count=count)
