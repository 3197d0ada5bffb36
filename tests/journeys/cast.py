"""Run inside a live installation: give staff their second factor, sign people in, name the addresses.

`python -m tests.journeys.cast` prints one JSON object: `cookies` (mail → session cookie) and `pages`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django

STAFF = ("clerk", "clerk2", "approver", "administrator")
COUNCIL = ("secretary", "auditor", "operator")
BODIES = ("chiba-shi", "matsudo-shi")


def everyone() -> list[str]:
    return [f"{name}@{slug}.example" for slug in BODIES for name in STAFF] + [
        f"{name}@council.example" for name in COUNCIL
    ]


def cookies() -> dict[str, str]:
    """A session of each, second factor done; and the app set up with the secret of the training account."""
    from django.test import Client

    from moyai.people.demo import demo_secret
    from moyai.people.factors import keep_app
    from moyai.people.models import Account
    from moyai.people.testing import sign_in_for_tests

    found = {}
    for mail in everyone():
        account = Account.objects.get(email=mail)
        keep_app(account, demo_secret(mail))
        client = Client()
        sign_in_for_tests(client, account)
        morsel = next(iter(client.cookies.values()))
        found[mail] = f"{morsel.key}={morsel.value}"
    return found


def pages() -> list[dict[str, str]]:
    """Every address of the house that can be looked at, with the values of real rows of 千葉市 in it."""
    from moyai.tenants.models import Body
    from tests.test_doors import ADDRESSES, filled, rows_of

    chiba, matsudo = (Body.objects.get(slug=slug) for slug in BODIES)
    rows = rows_of(chiba, matsudo)
    found: dict[str, dict[str, str]] = {}
    for address in ADDRESSES:
        for values in rows:
            path = filled(address, "chiba-shi", values)
            found.setdefault(path, {"name": address.name, "path": path, "audience": address.audience})
    return list(found.values())


def main() -> None:
    django.setup()
    told: dict[str, Any] = {"cookies": cookies()}
    if "pages" in sys.argv:
        told["pages"] = pages()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
