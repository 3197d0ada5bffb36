"""One clerk at one database: reads the end of an address a line, answers with what the page took."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

BASE = "/chiba-shi/office/applications/"


def facts() -> dict[str, Any]:
    """What the addresses need: a key deep in the year, one deep in the open ones, a number, a procedure."""
    from moyai.applications.models import Application
    from moyai.tenants.public import Body, acting_in

    body = Body.objects.get(slug="chiba-shi")
    with acting_in(body):
        rows = Application.objects.filter(body=body)
        closed = rows.filter(open=False).order_by("-received_on", "-id")
        opened = rows.filter(open=True).order_by("due_on", "id")
        far, soon = closed[closed.count() // 2], opened[opened.count() // 2]
        return {
            "far": f"{far.received_on}.{far.pk}",
            "soon": f"{soon.due_on}.{soon.pk}",
            "number": far.public_number,
            "procedure": far.procedure_id,
        }


def main() -> None:
    import django

    django.setup()
    from django.db import connection
    from django.test import Client

    from moyai.people.models import Account
    from moyai.people.testing import sign_in_for_tests

    client = Client()
    sign_in_for_tests(client, Account.objects.get(email="clerk@chiba-shi.example"))
    print(json.dumps(facts()), flush=True)
    count = 0

    def counting(execute: Any, *args: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*args)

    for line in sys.stdin:
        count, cpu, started = 0, time.process_time(), time.perf_counter()
        with connection.execute_wrapper(counting):
            answer = client.get(BASE + line.strip())
        took = {"ms": (time.perf_counter() - started) * 1000, "cpu_ms": (time.process_time() - cpu) * 1000}
        print(json.dumps({"status": answer.status_code, "queries": count, **took}), flush=True)


if __name__ == "__main__":
    main()
