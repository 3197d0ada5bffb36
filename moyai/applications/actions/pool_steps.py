"""枠の増減 — the small steps that every act on places is made of.

Whoever changes a Taking holds the row lock of its pool, and several pools are locked in the order of their
ids: so nobody waits for somebody who waits for him. `taken` grows only by `add`, one UPDATE that refuses to
go past the capacity; the constraint in the database says so once more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from django.db.models import F, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.applications.models import Application, Draft, Pool, Procedure, Taking
from moyai.applications.queries.places import amount_in_words, first_come_waiting, rooms_in_words
from moyai.applications.rules import Take
from moyai.applications.wording import moment_in_words
from moyai.tenants.public import Refusal, clock

S = Taking.State
COUNTED = (S.HELD, S.TAKEN, S.OFFERED)  # what is in Pool.taken
LARGEST = 10**15  # more than any pool holds; keeps forged amounts out of the database's arithmetic


class NoPlace(Refusal):
    """There is no place for this application: full, closed, or not there. Nothing of it was taken."""

    code = "no_place"
    status = 409
    message = lazy("この枠は選べません。ほかの枠を選んでください。")  # type: ignore[assignment]


class PoolFull(NoPlace):
    code = "pool_full"
    message = lazy("定員に達したため、申し込めません。")


class PoolClosed(NoPlace):
    code = "pool_closed"
    message = lazy("この枠の受付は終わりました。")


class StepNotPossible(Refusal):
    code = "not_possible_now"
    status = 409
    message = lazy("今の状態では、この操作はできません。")  # type: ignore[assignment]


@dataclass(slots=True)
class Turned:
    """What tending pools came to, by application: whose places were given, offered or given back."""

    given: dict[int, list[Taking]] = field(default_factory=dict)
    offered: dict[int, list[Taking]] = field(default_factory=dict)
    ended: dict[int, list[Taking]] = field(default_factory=dict)  # offers that ran out


def wanted(
    procedure: Procedure, takes: Sequence[Take], pools: Mapping[int, Pool] | None = None
) -> list[tuple[Pool, Take]]:
    """The pools that `takes` name, in the order in which pools are locked. Raises NoPlace, PoolFull."""
    keys = {take.pool for take in takes}
    found = {
        pool.key: pool
        for pool in (
            pools.values()
            if pools is not None
            else Pool.objects.filter(body_id=procedure.body_id, procedure=procedure, key__in=keys)
        )
    }
    if keys - found.keys():
        raise NoPlace
    asked: dict[int, int] = {}
    pairs = [(found[take.pool], take) for take in takes]
    for pool, take in pairs:
        asked[pool.pk] = asked.get(pool.pk, 0) + take.quantity
        if pool.closed:
            raise PoolClosed(_("「%(pool)s」の受付は終わりました。") % {"pool": pool.label})
        if asked[pool.pk] > min(pool.capacity, LARGEST):
            raise full([(pool, take)])
    return sorted(pairs, key=lambda pair: (pair[0].pk, pair[1].id))


def locked(body_id: int, pools: Iterable[int]) -> dict[int, Pool]:
    """The pools with their rows locked, in the order of their ids.

    Who waits in one of them with a wish in another is promoted whole or not at all: those others are locked
    in the same pass.
    """
    ids = set(pools)
    if not ids:
        return {}
    ids |= set(
        first_come_waiting(body_id)
        .filter(
            application_id__in=first_come_waiting(body_id).filter(pool_id__in=ids).values("application_id")
        )
        .values_list("pool_id", flat=True)
    )
    rows = (
        Pool.objects.filter(body_id=body_id, pk__in=ids)
        .order_by("id")
        .select_for_update(of=("self",), no_key=True)
    )
    return {pool.pk: pool for pool in rows}


def add(pool: Pool, quantity: int) -> bool:
    """Take `quantity` of a pool in one UPDATE; False when there is not so much left, and nothing changed."""
    done = Pool.objects.filter(
        body_id=pool.body_id,
        pk=pool.pk,
        mode=pool.mode,
        closed=pool.closed,
        taken__lte=F("capacity") - quantity,
    ).update(taken=F("taken") + quantity)
    if done:
        pool.taken += quantity
    return bool(done)


def give_back(pool: Pool, quantity: int) -> None:
    if quantity:
        Pool.objects.filter(body_id=pool.body_id, pk=pool.pk).update(taken=F("taken") - quantity)
        pool.taken -= quantity


def step(takings: Iterable[Taking], verb: str, now: datetime, **fields: Any) -> list[Taking]:
    """Take takings through one step of Taking.FLOW; `until` ends with the state it belonged to."""
    done = []
    for taking in takings:
        after = Taking.FLOW.get((S(taking.state), verb))
        if after is None:
            raise StepNotPossible
        taking.state = after
        taking.since = now
        taking.until = None
        for name, value in fields.items():
            setattr(taking, name, value)
        done.append(taking)
    Taking.objects.bulk_update(done, ["state", "since", "until", *fields], batch_size=500)
    return done


def let_go(takings: Iterable[Taking], pools: Mapping[int, Pool], now: datetime) -> list[Taking]:
    """Release takings of locked pools and give back what they counted for."""
    gone = [taking for taking in takings if (S(taking.state), "release") in Taking.FLOW]
    counted: dict[int, int] = {}
    for taking in gone:
        if taking.state in COUNTED:
            counted[taking.pool_id] = counted.get(taking.pool_id, 0) + taking.quantity
    step(gone, "release", now)
    for pool_id, quantity in sorted(counted.items()):
        give_back(pools[pool_id], quantity)
    return gone


def made(
    pool: Pool,
    take: Take,
    state: Taking.State,
    now: datetime,
    *,
    application: Application | None = None,
    draft: Draft | None = None,
    **fields: Any,
) -> Taking:
    """A taking, not yet stored. An entry of a lottery gets the pseudonym it is published under."""
    return Taking(
        body_id=pool.body_id,
        pool=pool,
        application=application,
        draft=draft,
        take_id=take.id,
        quantity=take.quantity,
        state=state,
        since=now,
        entry=token_hex(8) if state == S.ENTERED else "",
        **fields,
    )


def next_in_queue(body_id: int, pools: Iterable[int]) -> int:
    """A number behind everybody who waits in any of these locked pools."""
    last = Taking.objects.filter(body_id=body_id, pool_id__in=set(pools)).aggregate(last=Max("queue"))["last"]
    return int(last or 0) + 1


def units(takings: Iterable[Taking]) -> list[list[Taking]]:
    """What goes together, in the order of the queue: the places of one application; an entry of a draw alone."""
    found: dict[tuple[int | None, int], list[Taking]] = {}
    for taking in sorted(takings, key=lambda one: (one.queue or 0, one.pk)):
        key = (taking.application_id, taking.pk if taking.entry else 0)
        found.setdefault(key, []).append(taking)
    return list(found.values())


def tend(pools: Mapping[int, Pool], now: datetime) -> Turned:
    """繰上げ — in locked pools: end the holds and offers whose time is over, then go through those who wait in
    order: who fits whole gets the place or the offer of it; who does not fit stays where he is.
    """
    turned = Turned()
    if not pools:
        return turned
    body_id = next(iter(pools.values())).body_id
    of_these = Taking.objects.filter(body_id=body_id, pool_id__in=pools)
    over = list(of_these.filter(state__in=(S.HELD, S.OFFERED), until__lte=now))
    for taking in over:
        if taking.state == S.OFFERED:
            turned.ended.setdefault(taking.application_id, []).append(taking)
    let_go(over, pools, now)
    if not any(pool.taken < pool.capacity for pool in pools.values()):
        return turned
    waiting = Taking.objects.filter(body_id=body_id, state=S.WAITING).filter(
        Q(pool_id__in=pools)
        | Q(
            entry="",
            application_id__in=first_come_waiting(body_id).filter(pool_id__in=pools).values("application_id"),
        )
    )
    for unit in units(waiting):
        if give_if_it_fits(unit, pools, now, turned) and all(
            pool.taken >= pool.capacity for pool in pools.values()
        ):
            break
    return turned


def give_if_it_fits(unit: list[Taking], pools: Mapping[int, Pool], now: datetime, turned: Turned) -> bool:
    """Give or offer the places of one who waits, if all of them fit into the locked pools."""
    asked: dict[int, int] = {}
    for taking in unit:
        asked[taking.pool_id] = asked.get(taking.pool_id, 0) + taking.quantity
    if not all(
        pool_id in pools and pools[pool_id].taken + quantity <= pools[pool_id].capacity
        for pool_id, quantity in asked.items()
    ):
        return False
    for pool_id, quantity in sorted(asked.items()):
        if not add(pools[pool_id], quantity):  # the lock is ours: the row says what we read
            raise StepNotPossible
    days = max(pools[pool_id].offer_days for pool_id in asked)
    application_id = unit[0].application_id or 0
    if days:
        step(unit, "offer", now)
        ends = end_of_offer(now, days)
        for taking in unit:
            taking.until = ends
        Taking.objects.bulk_update(unit, ["until"])
        turned.offered.setdefault(application_id, []).extend(unit)
    else:
        step(unit, "promote", now)
        turned.given.setdefault(application_id, []).extend(unit)
    return True


def end_of_offer(now: datetime, days: int) -> datetime:
    """The end of the Japanese day `days` days on: 23:59:59 is in time, 0:00 is not."""
    local = now.astimezone(clock.JST)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=days + 1)


def full(pairs: Sequence[tuple[Pool, Take]]) -> PoolFull:
    """The refusal in words: what is left, and where there is room nearby."""
    pool, take = pairs[0]
    fresh = Pool.objects.get(body_id=pool.body_id, pk=pool.pk)
    if fresh.closed:
        return PoolFull(_("「%(pool)s」の受付は終わりました。") % {"pool": fresh.label})
    left = fresh.capacity - fresh.taken
    if left <= 0:
        words = (
            _("「%(pool)s」は満員です。")
            if pool.unit == Pool.Unit.SEATS
            else _("「%(pool)s」の予算は残っていません。")
        )
    else:
        words = _("「%(pool)s」の残りは%(left)sで、%(wanted)sには足りません。")
    words %= {
        "pool": fresh.label,
        "left": amount_in_words(fresh.unit, left),
        "wanted": amount_in_words(fresh.unit, take.quantity),
    }
    return PoolFull(words + rooms_in_words(fresh, take.quantity))


def over_at(pool: Pool) -> PoolClosed:
    """The entries of a lottery are closed, with the instant in words."""
    if pool.draw_at is None:
        return PoolClosed()
    return PoolClosed(
        _("「%(pool)s」の抽選の申込みは%(when)sに締め切りました。")
        % {"pool": pool.label, "when": moment_in_words(pool.draw_at)}
    )
