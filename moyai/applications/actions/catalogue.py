"""見本から手続きをつくる — a copy of a sample procedure, whole: facts, form, places. The copy is the body's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from moyai.applications import catalogue
from moyai.applications.actions.pools import PoolFacts, keep_pools
from moyai.applications.actions.procedures import (
    create_procedure,
    edit_procedure,
    keep_edition_draft,
    publish_edition,
)
from moyai.applications.models import Procedure
from moyai.tenants.public import Actor, clock

PLAIN = ("key", "label", "capacity", "unit", "mode", "waiting_list", "hold_minutes", "offer_days")


def install_from_catalogue(
    *,
    actor: Actor,
    now: datetime,
    sample: str,
    code: str | None = None,
    publish: bool = True,
    facts: Mapping[str, Any] | None = None,
) -> Procedure:
    """Register a sample as a procedure of the body, with its form as edition 1 and its places. Raises KeyError, CodeTaken.

    `code` is the code in addresses, the sample's own when absent; `facts` replace those of the sample. Publishing
    needs an administrator.
    """
    procedure = _registered(actor=actor, now=now, sample=sample, code=code or sample, facts=facts)
    publish_edition(actor=actor, now=now, procedure=procedure, document=catalogue.document(sample))
    if not publish:
        return procedure
    return edit_procedure(actor=actor, now=now, procedure=procedure, facts={"published": True})


def draft_from_catalogue(*, actor: Actor, now: datetime, sample: str, code: str) -> Procedure:
    """Register a sample as a procedure whose form is a draft still: staff look it through and publish it themselves."""
    procedure = _registered(actor=actor, now=now, sample=sample, code=code)
    document = catalogue.document(sample) | {"procedure": code}
    keep_edition_draft(actor=actor, now=now, procedure=procedure, document=document)
    return procedure


def _registered(
    *, actor: Actor, now: datetime, sample: str, code: str, facts: Mapping[str, Any] | None = None
) -> Procedure:
    procedure = create_procedure(
        actor=actor,
        now=now,
        code=code,
        facts=catalogue.facts(sample)
        | dict(facts or {})
        | {"catalogue_code": sample, "catalogue_version": catalogue.version(sample)},
    )
    pools = list(spread(catalogue.pools(sample), document=catalogue.document(sample), now=now))
    if pools:
        keep_pools(actor=actor, now=now, procedure=procedure, pools=pools)
    return procedure


def spread(
    rules: Sequence[Mapping[str, Any]], *, document: Mapping[str, Any], now: datetime
) -> Iterator[PoolFacts]:
    """枠の生成 — rules of places as pools: one as it stands, one per row of a list, or one per weekday for some weeks.

    A lottery freezes at the end of the day `draw_in_days` from today.
    """
    today = clock.today(now)
    for rule in rules:
        plain = {name: rule[name] for name in PLAIN if name in rule}
        if "draw_in_days" in rule:
            after = today + timedelta(days=int(rule["draw_in_days"]) + 1)
            plain["draw_at"] = datetime.combine(after, time(0), tzinfo=clock.JST)
        if "list" in rule:
            for row in document["lists"][rule["list"]]["rows"]:
                yield PoolFacts(**plain, key=row["value"], label=row["label"])
        elif "weekly" in rule:
            for day in (today + timedelta(days=n) for n in range(7 * int(rule["weeks"]))):
                for place in rule["weekly"]:
                    if place["weekday"] == day.isoweekday():
                        yield PoolFacts(
                            **plain,
                            key=f"{place['prefix']}-{day.isoformat()}",
                            label=f"{place['label']} {day.month}月{day.day}日",
                        )
        else:
            yield PoolFacts(**plain)
