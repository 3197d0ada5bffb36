"""会議体・構成員・役職・規程, then 会議・議題 and what each item climbed from."""

from __future__ import annotations

from moyai.council.actions.bylaws import enact, register_bylaw
from moyai.council.actions.committees import establish_committee, rename_committee
from moyai.council.actions.items import record_item
from moyai.council.actions.meetings import record_meeting
from moyai.council.actions.offices import appoint, create_office
from moyai.council.actions.seats import take_seat
from moyai.web.loading.checks import item_key
from moyai.web.loading.reading import Row, SeedFaulty
from moyai.web.loading.task import Loading


def load_committees(task: Loading) -> None:
    """Committees from the top down: each names only what is there before it."""
    follows = {row["committee"]: row["follows"] for row in task.seed["lineage"]}
    places = {row["code"]: at for at, row in enumerate(task.seed["committees"], 1)}
    waiting = list(task.seed["committees"])
    while waiting:
        ready = [row for row in waiting if _above(row, follows) <= task.committees.keys()]
        if not ready:
            raise SeedFaulty([waiting[0].fault("上の会議体をたどると、もとに戻ります。", "climbs_to")])
        for row in ready:
            _establish(task, row, follows.get(row["code"], ""), places[row["code"]])
            waiting.remove(row)
    for row in task.seed["names"]:
        with task.at(row):
            rename_committee(
                **task.acting,
                committee=task.committees[row["committee"]],
                name=row["name"],
                from_on=row["from_on"],
                form=row["form"],
            )
    for row in task.seed["seats"]:
        with task.at(row):
            take_seat(
                **task.acting,
                committee=task.committees[row["committee"]],
                body=task.bodies[row["body"]],
                capacity=row["capacity"],
                from_on=row["from_on"],
            )
    _offices(task)
    for row in task.seed["bylaws"]:
        with task.at(row):
            bylaw = register_bylaw(**task.acting, code=row["code"], name=row["name"], kind=row["kind"])
            enact(
                **task.acting,
                bylaw=bylaw,
                from_on=row["from_on"],
                text=row["name"],
                label=row["label"],
                source=task.source(row),
            )


def _above(row: Row, follows: dict[str, str]) -> set[str]:
    return {name for name in (row["parent"], row["climbs_to"], follows.get(row["code"], "")) if name}


def _establish(task: Loading, row: Row, follows: str, position: int) -> None:
    with task.at(row):
        task.committees[row["code"]] = establish_committee(
            **task.acting,
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            form=row["form"],
            from_on=row["from_on"],
            until_on=row["until_on"],
            parent=task.committees.get(row["parent"]),
            climbs_to=task.committees.get(row["climbs_to"]),
            follows=task.committees.get(follows),
            open_to_all=row["open_to_all"],
            position=position,
        )


def _offices(task: Loading) -> None:
    for position, row in enumerate(task.seed["offices"], 1):
        committee = task.committees[row["committee"]]
        until = (
            row["rotation_from"] + len(row["rotation"]) * row["term_years"] - 1 if row["rotation"] else None
        )
        with task.at(row):
            task.offices[row["committee"], row["code"]] = create_office(
                **task.acting,
                committee=committee,
                code=row["code"],
                name=row["name"],
                holders=row["holders"],
                term_years=row["term_years"],
                rotation=[task.bodies[name].code for name in row["rotation"]],
                rotation_from=row["rotation_from"],
                rotation_until=until,
                source=task.source(row),
                position=position,
                from_on=committee.from_on,
            )
    for row in task.seed["terms"]:
        office = task.offices.get((row["committee"], row["office"]))
        if office is None:
            raise SeedFaulty([row.fault("この役職はoffices.csvにありません。", "office")])
        with task.at(row):
            appoint(
                **task.acting,
                office=office,
                body=task.bodies[row["body"]],
                holder=row["holder"],
                place=row["position"],
                from_on=row["from_on"],
                until_on=row["until_on"],
            )


def load_meetings(task: Loading) -> None:
    """Sittings, then items in the order of their days: what climbs comes after what it climbed from."""
    for row in task.seed["meetings"]:
        with task.at(row):
            task.meetings[row["committee"], row["number"]] = record_meeting(
                **task.acting,
                committee=task.committees[row["committee"]],
                held_on=row["held_on"],
                mode=row["mode"],
                name=row["name"],
                number=row["number"],
                until_on=row["until_on"],
                and_others=row["and_others"],
                place=row["venue"],
                source=task.source(row),
            )
    days = {key: meeting.held_on for key, meeting in task.meetings.items()}
    rows = sorted(task.seed["items"], key=lambda row: (days[row["committee"], row["meeting"]], row.line))
    waiting = rows
    while waiting:
        ready = [row for row in waiting if all(origin in task.items for origin in row["origins"])]
        if not ready:
            raise SeedFaulty([waiting[0].fault("もとの議題をたどると、もとに戻ります。", "origins")])
        for row in ready:
            _item(task, row)
        waiting = [row for row in waiting if row not in ready]


def _item(task: Loading, row: Row) -> None:
    heading = f"{row['committee']}/{row['meeting']}/{row['under']}" if row["under"] is not None else ""
    with task.at(row):
        task.items[item_key(row)] = record_item(
            **task.acting,
            meeting=task.meetings[row["committee"], row["meeting"]],
            title=row["title"],
            heading=task.items.get(heading),
            position=row["position"],
            origins=[task.items[origin] for origin in row["origins"]],
        )
