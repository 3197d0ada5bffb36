"""Loading the demo council: bodies, populations, services and who uses them."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

from moyai.tenants.public import Body, Population, Service, ServiceUse, code_check_digit

HERE = Path(__file__).resolve().parent
CENSUS_ON = date(2015, 10, 1)


def load_council() -> dict[str, Body]:
    """Bodies by name; what is there already stays as it is."""
    plan: dict[str, Any] = json.loads((HERE / "services.json").read_text(encoding="utf-8"))
    since = date.fromisoformat(plan["from"])
    bodies: dict[str, Body] = {}
    with (HERE / "chiba.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            code = row["code5"] + str(code_check_digit(row["code5"]))
            body, _made = Body.objects.get_or_create(
                code=code,
                defaults={
                    "name": row["name"],
                    "kana": row["kana"],
                    "slug": row["slug"],
                    "kind": row["kind"],
                    "from_on": since,
                },
            )
            bodies[body.name] = body
            if row["population_2015"]:
                Population.objects.get_or_create(
                    body=body,
                    as_of=CENSUS_ON,
                    defaults={"persons": int(row["population_2015"]), "source": "平成27年国勢調査"},
                )
    for entry in plan["services"]:
        service, _made = Service.objects.get_or_create(
            code=entry["code"], defaults={"name": entry["name"], "scope": entry["scope"]}
        )
        members = entry.get("members", [])
        names = (
            [name for name in bodies if name not in entry.get("except", [])] if members == "all" else members
        )
        for name in names:
            ServiceUse.objects.get_or_create(
                body=bodies[name],
                service=service,
                from_on=date.fromisoformat(entry.get("from", plan["from"])),
            )
    return bodies
