"""団体・人口・事業・利用."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from moyai.council.actions.cost_lines import record_population
from moyai.council.actions.uses import admit_body, begin_use, found_service
from moyai.tenants.public import Body, Service, ServiceUse
from moyai.web.loading.reading import SeedFaulty
from moyai.web.loading.task import Loading


def load_members(task: Loading) -> None:
    """A body or service that is there already under the same code and name stays as it is."""
    days: dict[str, list[date]] = defaultdict(list)
    for file, column in (("seats", "from_on"), ("terms", "from_on"), ("uses", "from_on")):
        for row in task.seed[file]:
            days[row["body"]].append(row[column])
    for row in task.seed["bodies"]:
        known = Body.objects.filter(code=row["code"]).first()
        if known is not None and known.name != row["name"]:
            words = f"団体コード{row['code']}は、すでに「{known.name}」の名前で登録されています。"
            raise SeedFaulty([row.fault(words, "code")])
        with task.at(row):
            task.bodies[row["name"]] = known or admit_body(
                **task.acting,
                code=row["code"],
                name=row["name"],
                kana=row["kana"],
                kind=row["kind"],
                slug=row["slug"],
                from_on=task.since(*days[row["name"]]),
            )
    for row in task.seed["populations"]:
        with task.at(row):
            record_population(
                **task.acting,
                body=task.bodies[row["body"]],
                as_of=row["as_of"],
                persons=row["persons"],
                source=task.source(row)[:100],
            )
    for row in task.seed["services"]:
        with task.at(row):
            task.services[row["code"]] = Service.objects.filter(
                code=row["code"], scope=row["scope"]
            ).first() or found_service(**task.acting, code=row["code"], name=row["name"], scope=row["scope"])
    for row in task.seed["uses"]:
        service, body = task.services[row["service"]], task.bodies[row["body"]]
        if ServiceUse.objects.filter(service=service, body=body, from_on=row["from_on"]).exists():
            continue
        with task.at(row):
            begin_use(**task.acting, service=service, body=body, from_on=row["from_on"])
