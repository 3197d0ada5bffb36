"""The cast of the tests: two bodies, their staff, the council. Built once into the template database."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moyai.people.models import Account
    from moyai.tenants.models import Body

PASSWORD = "moyai-no-tame-ni"


class Staff:
    """One body's staff. Mails: clerk@chiba-shi.example …"""

    def __init__(self, domain: str) -> None:
        self.domain = domain

    def _account(self, name: str) -> Account:
        from moyai.people.models import Account

        return Account.objects.get(email=f"{name}@{self.domain}.example")

    @cached_property
    def clerk(self) -> Account:
        return self._account("clerk")

    @cached_property
    def second_clerk(self) -> Account:
        return self._account("clerk2")

    @cached_property
    def approver(self) -> Account:
        return self._account("approver")

    @cached_property
    def administrator(self) -> Account:
        return self._account("administrator")


class World:
    """`world.chiba`, `world.matsudo` are bodies; `world.at_chiba.clerk` is an account there."""

    def __init__(self) -> None:
        self.at_chiba = Staff("chiba-shi")
        self.at_matsudo = Staff("matsudo-shi")

    @cached_property
    def chiba(self) -> Body:
        from moyai.tenants.models import Body

        return Body.objects.get(slug="chiba-shi")

    @cached_property
    def matsudo(self) -> Body:
        from moyai.tenants.models import Body

        return Body.objects.get(slug="matsudo-shi")

    def _council(self, name: str) -> Account:
        from moyai.people.models import Account

        return Account.objects.get(email=f"{name}@council.example")

    @cached_property
    def secretary(self) -> Account:
        return self._council("secretary")

    @cached_property
    def auditor(self) -> Account:
        return self._council("auditor")

    @cached_property
    def operator(self) -> Account:
        return self._council("operator")

    @cached_property
    def resident(self) -> Account:
        from moyai.people.models import Account

        return Account.objects.get(email="hanako@resident.example")

    def actor(self, account: Account | None, body: Body | None) -> object:
        """An Actor as the door would build it today."""
        from moyai.people.models import Membership
        from moyai.tenants.public import Actor, Role

        if account is None:
            return Actor.anyone(body)
        roles = Membership.objects.filter(account=account, body=body).values_list("role", flat=True)
        return Actor(
            account_id=account.pk,
            body=body,
            roles=frozenset(Role(role) for role in roles) or frozenset({Role.RESIDENT}),
            name=account.name,
            channel="office" if roles else "internet",
        )


def build() -> None:
    """Write the cast."""
    from django.db import transaction

    from moyai.applications.demo import load_demo
    from moyai.people.models import Account, Membership
    from moyai.reservations.demo import load_demo as load_reservations
    from moyai.tenants.models import Body
    from moyai.tenants.public import Role

    since = date(2017, 4, 1)
    with transaction.atomic():
        bodies = [
            Body.objects.create(
                code=code, name=name, kana=kana, kind=kind, slug=slug, from_on=since, phone="043-245-5111"
            )
            for code, name, kana, kind, slug in (
                ("121002", "千葉市", "チバシ", Body.Kind.CITY, "chiba-shi"),
                ("122076", "松戸市", "マツドシ", Body.Kind.CITY, "matsudo-shi"),
            )
        ]
        cast = {
            "clerk": ("佐藤 一郎", Role.CLERK),
            "clerk2": ("鈴木 花", Role.CLERK),
            "approver": ("高橋 実", Role.APPROVER),
            "administrator": ("田中 恵", Role.ADMINISTRATOR),
        }
        for body in bodies:
            for login, (name, role) in cast.items():
                account = Account.objects.create_user(
                    f"{login}@{body.slug}.example", PASSWORD, name=name, is_staff_account=True
                )
                Membership.objects.create(account=account, body=body, role=role, from_on=since)
        for login, role in (
            ("secretary", Role.SECRETARIAT),
            ("auditor", Role.AUDITOR),
            ("operator", Role.OPERATOR),
        ):
            account = Account.objects.create_user(
                f"{login}@council.example", PASSWORD, name=f"協議会 {login}", is_staff_account=True
            )
            Membership.objects.create(account=account, body=None, role=role, from_on=since)
        Account.objects.create_user("hanako@resident.example", None, name="千葉 花子")
    load_reservations(bodies)
    load_demo(bodies)  # the streets with life in them: every page has rows to show, in both bodies


if __name__ == "__main__":
    import django

    django.setup()
    build()
