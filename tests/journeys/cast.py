"""Run inside a live installation: give staff their second factor, sign people in, name the addresses.

`python -m tests.journeys.cast` prints one JSON object: `cookies` (mail → session cookie) and `pages`. With `year` the council's
year is loaded first, and its pages are named with their rows.
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


# Pages that look different for different values of these: each value is looked at.
LOOKS_DIFFER = {
    "applications_office_act": "verb",
    "applications_portal_begin": "code",
    "applications_office_form_try": "code",
}


def values_of(body: Any, other: Any) -> dict[str, list[str]]:
    """For each name in an address: the values of real rows of the body, of the council, of the rulebook."""
    from django.apps import apps

    from moyai.applications.models import Application, Procedure
    from moyai.people.models import Membership
    from moyai.rulebook.registry import all_rules
    from moyai.tenants.public import acting_in
    from tests.test_doors import rows_of

    found: dict[str, list[str]] = {}
    with acting_in(body):
        found["number"] = list(Application.objects.order_by("pk").values_list("public_number", flat=True))
        found["code"] = list(Procedure.objects.order_by("pk").values_list("code", flat=True))
    members = Membership.objects.filter(body=body) | Membership.objects.filter(body=None)
    found["membership_id"] = [str(pk) for pk in members.order_by("pk").values_list("pk", flat=True)]
    found["use_id"] = [
        str(pk) for pk in apps.get_model("tenants", "ServiceUse").objects.values_list("pk", flat=True)[:3]
    ]
    found["verb"] = [
        "accept", "refuse", "request-correction", "cancel-correction", "propose", "decide", "send-back",
        "complete", "withdraw",
    ]  # fmt: skip
    found["name"] = [rule.name for rule in all_rules()][:3]
    for row in rows_of(body, other):
        for name, value in row.items():
            if value not in found.setdefault(name, []) and len(found[name]) < 12:
                found[name].append(value)
    return found


def pages() -> list[dict[str, str]]:
    """Every address of the house that can be looked at, with the values of real rows of 千葉市 in it."""
    from itertools import islice, product

    from moyai.tenants.models import Body
    from tests.council_year import ROOMS, values_for
    from tests.test_doors import ADDRESSES, filled

    year = "year" in sys.argv

    chiba, matsudo = (Body.objects.get(slug=slug) for slug in BODIES)
    values = values_of(chiba, matsudo)
    found: dict[str, dict[str, str]] = {}
    for address in ADDRESSES:
        names = [name for name, _number in address.parameters if name != "body_slug"]
        if year and address.name.split("_")[0] in ROOMS:
            path = filled(address, "chiba-shi", values_for(address, chiba))
            found[path] = {"shape": address.name, "path": path, "audience": address.audience}
            continue
        choices = [values.get(name, ["absent-x"]) for name in names]
        for chosen in islice(product(*choices), 150):
            named = dict(zip(names, chosen, strict=True))
            path = filled(address, "chiba-shi", named)
            shape = address.name + named.get(LOOKS_DIFFER.get(address.name, ""), "")
            found.setdefault(path, {"shape": shape, "path": path, "audience": address.audience})
    return list(found.values())


def main() -> None:
    django.setup()
    if "year" in sys.argv:
        from tests.council_year import load_year

        load_year()
    told: dict[str, Any] = {"cookies": cookies()}
    if "pages" in sys.argv:
        told["pages"] = pages()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
