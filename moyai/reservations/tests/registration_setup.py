"""Run inside a live installation: terms, sessions of a resident and of two clerks, applications that wait. Prints JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

import django


def main() -> None:
    django.setup()
    from django.test import Client

    from moyai.people.models import Account
    from moyai.people.testing import sign_in_for_tests
    from moyai.reservations.actions.registrations import register
    from moyai.reservations.tests.people import HANAKO, TERMS, other, settle, signed_in
    from moyai.tenants.public import Body, acting_in

    body = Body.objects.get(slug="chiba-shi")

    def cookie(account: Account) -> str:
        client = Client()
        sign_in_for_tests(client, account)
        morsel = next(iter(client.cookies.values()))
        return f"{morsel.key}={morsel.value}"

    mark = sys.argv[1]
    resident = Account.objects.create_user(f"{mark}@race.example", None, name="競争")
    facts: dict[str, Any] = {}
    with acting_in(body) as now:
        settle(body, now, "eligibility", TERMS)
        for name, told in (
            ("first", HANAKO),
            ("second", other(phone="+81434440000", address="緑区3")),
            ("twin", other(name="髙橋 花", kana=HANAKO.kana, born_on=HANAKO.born_on, phone="+81433330000", address="緑区2")),
        ):
            account = Account.objects.create_user(f"{mark}-{name}@race.example", None, name=name)
            row = register(actor=signed_in(body, account), now=now, facts=told, channel="internet")
            facts[name] = {"number": row.number, "version": row.version}
    clerks = [Account.objects.get(email=f"{name}@chiba-shi.example") for name in ("clerk", "clerk2")]
    print(json.dumps({"resident": cookie(resident), "clerks": [cookie(one) for one in clerks], "rows": facts}))


if __name__ == "__main__":
    main()
