"""What tests of operations share: who acts, systems, and moments in Japan. Not a test itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from moyai.operations.actions.cases import open_case
from moyai.operations.actions.systems import add_system
from moyai.operations.models import Case, Kind, System
from moyai.operations.rules.intervals import JST
from moyai.tenants.public import Actor, Role

OPENED = date(2017, 4, 1)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=JST)


NOW = at(2026, 11, 20, 10)  # a Friday, in office hours


def secretary(name: str = "事務局 一郎") -> Actor:
    return Actor(None, None, frozenset({Role.SECRETARIAT}), name, "council")


def member(body: Any, name: str = "団体 花子", *, sections: frozenset[str] = frozenset()) -> Actor:
    return Actor(1, body, frozenset({Role.CLERK}), name, "office", sections=sections)


def a_system(code: str = "e-bidding", *, now: datetime = NOW, **more: Any) -> System:
    facts = {"name": "電子入札システム", "from_on": OPENED, **more}
    return add_system(actor=secretary(), now=now, code=code, **facts)


def a_case(kind: str = "question", *, now: datetime = NOW, actor: Actor | None = None, **more: Any) -> Case:
    facts = {"title": "入札の画面が開きません", "text": "8時から開きません。", **more}
    return open_case(actor=actor or secretary(), now=now, kind=Kind.objects.get(code=kind), **facts)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)
