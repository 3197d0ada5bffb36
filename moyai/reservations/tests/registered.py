"""千葉市と松戸市 with their terms of registration, and what people tell when they register: for the tests of those pages."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moyai.reservations.actions.registration_facts import Facts
from moyai.reservations.actions.registrations import register
from moyai.reservations.models import Registration
from moyai.reservations.tests.people import (
    HANAKO,
    PENALTIES,
    TERMS,
    approved,
    settle,
    signed_in,
)
from moyai.tenants.public import Actor, acting_in

PORTAL = "/chiba-shi/reservations/registrations/"
OFFICE = "/chiba-shi/office/reservations/registrations/"
COUNTER = "/chiba-shi/office/reservations/new-registration/"
TOLD = {
    "name": "髙橋　花子",
    "kana": "たかはし はなこ",
    "born_on_era": "S",
    "born_on_year": "55",
    "born_on_month": "4",
    "born_on_day": "2",
    "postal_code": "260-0013",
    "address": "千葉市中央区中央1丁目2番3号",
    "phone": "043-245-5111",
    "email": "hanako@example.jp",
    "resident_class": "resident",
}
LINES = "\n".join(
    f"会員{n}、カイイン{'アイウエオ'[n]}、平成2年1月{n + 1}日、{'市外' if n == 4 else '市内'}"
    for n in range(5)
)


class Town:
    """千葉市 with its terms, and those who come."""

    def __init__(self, world: Any) -> None:
        self.world, self.body = world, world.chiba
        for body in (world.chiba, world.matsudo):
            with acting_in(body) as now:
                settle(body, now, "eligibility", TERMS)
                settle(body, now, "penalties", PENALTIES)

    @property
    def clerk(self) -> Actor:
        found: Actor = self.world.actor(self.world.at_chiba.clerk, self.body)
        return found

    def registered(self, who: Any, facts: Facts = HANAKO) -> Registration:
        with acting_in(self.body) as now:
            return approved(signed_in(self.body, who), now, self.clerk, facts)

    def applied(self, who: Any, facts: Facts = HANAKO) -> Registration:
        with acting_in(self.body) as now:
            return register(actor=signed_in(self.body, who), now=now, facts=facts, channel="internet")

    def row(self, number: str) -> Registration:
        with acting_in(self.body):
            found: Registration = Registration.objects.get(number=number)
        return found

    def count(self) -> int:
        with acting_in(self.body):
            return Registration.objects.count()


def body_of(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def own_queries(client: Client, address: str) -> int:
    """Queries of a page inside its transaction: without session, account and the door's own."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    outside = (
        "django_session", "people_", "SAVEPOINT", "set_config", "tenants_body", "account_", "mfa_", "usersessions",
    )  # fmt: skip
    return sum(1 for query in captured if not any(word in query["sql"] for word in outside))
