"""枠を取る — the hooks by which an application takes, holds, changes and gives back its places.

All are called inside the act they belong to, in its transaction: a refusal undoes the whole act, so a party
is never seated in part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as lazy

from moyai.applications.actions import pool_steps as steps
from moyai.applications.actions.places_news import tell_turned
from moyai.applications.actions.pool_steps import COUNTED, NoPlace, PoolClosed, PoolFull, S
from moyai.applications.models import Application, Draft, Pool, PoolDraw, Procedure, Taking
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import AnswerResult, Take
from moyai.tenants.public import Actor, body_of

__all__ = [
    "NoPlace",
    "OfferPending",
    "PoolClosed",
    "PoolFull",
    "change_places",
    "hold_places",
    "release_places",
    "take_places",
    "tend_places",
]

Pairs = list[tuple[Pool, Take]]


class OfferPending(NoPlace):
    """A place is being offered: it is taken or left before the wish changes."""

    code = "offer_pending"
    message = lazy("空いた枠をご案内しています。先に、受けるか辞退するかをお返事ください。")


def take_places(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    result: AnswerResult,
    draft: Draft | None = None,
) -> list[Taking]:
    """定員・予算から取る — everything the answers take, or nothing. What the draft holds is used first.

    先着: taken, or (枠 with a waiting list) the application waits whole, as 補欠, holding nothing. 抽選: entered
    until the instant of the draw. Raises NoPlace, PoolClosed, PoolFull with the nearest that has room.
    """
    if not result.takes and not compiled(application.edition).has_takes:
        return []
    body_id = body_of(actor.body).pk
    held = _holds(draft)
    if not result.takes and not held:
        return []
    pairs = steps.wanted(application.procedure, result.takes)
    if not held and not any(_needs_care(pool) for pool, _take in pairs):
        for pool, take in pairs:
            if not steps.add(pool, take.quantity):
                raise steps.full([(pool, take)])
        return _stored(
            [steps.made(pool, take, S.TAKEN, now, application=application) for pool, take in pairs]
        )
    pools = steps.locked(body_id, [*(pool.pk for pool, _take in pairs), *(one.pool_id for one in held)])
    tell_turned(actor=actor, now=now, turned=steps.tend(pools, now))
    pairs = _again(pairs, pools)
    kept = _used(pairs, _holds(draft), pools, now)
    taken = _taken(pairs, kept, pools, now, application)
    tell_turned(actor=actor, now=now, turned=steps.tend(pools, now))  # a hold may have been let go
    return taken


def hold_places(*, actor: Actor, now: datetime, draft: Draft, result: AnswerResult) -> list[Taking]:
    """仮押さえ — while filling in, where a pool holds places (hold_minutes): what is asked for is kept until then.

    An unchanged wish keeps its first time-out; a changed one begins anew. A full pool with a waiting list
    holds nothing. Raises NoPlace, PoolClosed, PoolFull: then what was held before stays held.
    """
    before = _holds(draft)
    if not result.takes and not before:
        return []
    pairs = [
        (pool, take)
        for pool, take in steps.wanted(draft.procedure, result.takes)
        if pool.hold_minutes and pool.mode == Pool.Mode.FIRST_COME
    ]
    if not pairs and not before:
        return []
    pools = steps.locked(
        body_of(actor.body).pk, [*(pool.pk for pool, _take in pairs), *(one.pool_id for one in before)]
    )
    turned = steps.tend(pools, now)
    pairs = _again(pairs, pools)
    kept = _used(pairs, _holds(draft), pools, now)
    new = []
    for pool, take in pairs:
        if take.id in kept:
            continue
        if steps.add(pool, take.quantity):
            until = now + timedelta(minutes=pool.hold_minutes)
            new.append(steps.made(pool, take, S.HELD, now, draft=draft, until=until))
        elif not pool.waiting_list:
            raise steps.full([(pool, take)])
    stored = _stored(new)
    tell_turned(actor=actor, now=now, turned=_merged(turned, steps.tend(pools, now)))
    return [*kept.values(), *stored]


def release_places(*, actor: Actor, now: datetime, application: Application) -> list[Taking]:
    """枠を返す — all that an application takes, waits for or has entered; those who wait move up in order."""
    if not compiled(application.edition).has_takes:
        return []
    standing = _standing(application)
    if not standing:
        return []
    pools = steps.locked(body_of(actor.body).pk, {taking.pool_id for taking in standing})
    gone = steps.let_go(_standing(application), pools, now)
    tell_turned(actor=actor, now=now, turned=steps.tend(pools, now))
    return gone


def change_places(
    *, actor: Actor, now: datetime, application: Application, result: AnswerResult
) -> list[Taking]:
    """枠を変える — from what the application has to what its answers now ask for, in one piece.

    The old place is given up only if the new one is there: who has a place and asks for a full pool is refused
    (PoolFull) and keeps what he has. Who waits may change to another queue; a smaller party keeps its turn. An
    offer is answered first. Raises NoPlace, PoolClosed, PoolFull, OfferPending.
    """
    if not result.takes and not compiled(application.edition).has_takes:
        return []
    standing = _standing(application)
    if not standing and not result.takes:
        return []
    asked = {take.id: take for take in result.takes}
    if len(standing) == len(asked) and all(_same(one, asked.get(one.take_id)) for one in standing):
        return standing
    every = steps.wanted(application.procedure, result.takes)
    pools = steps.locked(
        body_of(actor.body).pk, [*(pool.pk for pool, _take in every), *(one.pool_id for one in standing)]
    )
    turned = steps.tend(pools, now)
    standing = _standing(application)  # as it is now that nobody else can change it
    if any(one.state == S.OFFERED for one in standing):
        raise OfferPending
    # Who waits, waits for all of it: what stays the same is asked for anew together with the rest.
    staying = [
        one
        for one in standing
        if _same(one, asked.get(one.take_id)) and (one.state != S.WAITING or one.entry)
    ]
    going = [one for one in standing if one not in staying]
    kept = {one.take_id for one in staying}
    pairs = [(pool, take) for pool, take in _again(every, pools) if take.id not in kept]
    turn = _turn_kept(going, pairs)
    had = any(one.state in COUNTED for one in standing)
    Taking.objects.filter(
        body_id=application.body_id, pk__in=[one.pk for one in going], state=S.LOST
    ).delete()
    steps.let_go(going, pools, now)
    made = _taken(pairs, {}, pools, now, application, may_wait=not had, turn=turn)
    tell_turned(actor=actor, now=now, turned=_merged(turned, steps.tend(pools, now)))
    return [*staying, *made]


def tend_places(*, actor: Actor, now: datetime, pools: Iterable[int]) -> steps.Turned:
    """繰上げ — end what ran out in these pools and move up those who wait; tells them."""
    turned = steps.tend(steps.locked(body_of(actor.body).pk, pools), now)
    tell_turned(actor=actor, now=now, turned=turned)
    return turned


# --- how --------------------------------------------------------------------------------------------


def _needs_care(pool: Pool) -> bool:
    return pool.waiting_list or pool.hold_minutes > 0 or pool.mode == Pool.Mode.LOTTERY


def _holds(draft: Draft | None) -> list[Taking]:
    if draft is None:
        return []
    return list(Taking.objects.filter(body_id=draft.body_id, draft=draft, application=None, state=S.HELD))


def _standing(application: Application) -> list[Taking]:
    return list(
        Taking.objects.filter(body_id=application.body_id, application=application)
        .exclude(state=S.RELEASED)
        .select_related("pool")
        .order_by("id")
    )


def _same(taking: Taking, take: Take | None) -> bool:
    return take is not None and taking.pool.key == take.pool and taking.quantity == take.quantity


def _turn_kept(going: list[Taking], pairs: Pairs) -> int | None:
    """The turn of who waits, where he still waits for the same pools and for no more of any."""
    before: dict[int, int] = {}
    after: dict[int, int] = {}
    waiting = [one for one in going if one.state == S.WAITING and not one.entry]
    for one in waiting:
        before[one.pool_id] = before.get(one.pool_id, 0) + one.quantity
    for pool, take in pairs:
        if pool.mode == Pool.Mode.FIRST_COME:
            after[pool.pk] = after.get(pool.pk, 0) + take.quantity
    if not waiting or before.keys() != after.keys() or any(after[key] > before[key] for key in after):
        return None
    return waiting[0].queue


def _frozen(pool_id: int, body_id: int) -> bool:
    return PoolDraw.objects.filter(body_id=body_id, pool_id=pool_id, frozen_at__isnull=False).exists()


def _again(pairs: Pairs, pools: Mapping[int, Pool]) -> Pairs:
    """The same pairs with the rows as they are under the lock."""
    if not pairs:
        return []
    procedure: Procedure = pairs[0][0].procedure
    mine = {pool.pk: pools[pool.pk] for pool, _take in pairs}
    return steps.wanted(procedure, [take for _pool, take in pairs], mine)


def _used(pairs: Pairs, held: list[Taking], pools: Mapping[int, Pool], now: datetime) -> dict[str, Taking]:
    """The holds that are just what is asked for, by take; the others are let go."""
    asked = {take.id: (pool.pk, take.quantity) for pool, take in pairs}
    fits = {one.take_id: one for one in held if asked.get(one.take_id) == (one.pool_id, one.quantity)}
    steps.let_go([one for one in held if one.take_id not in fits], pools, now)
    return fits


def _taken(
    pairs: Pairs,
    kept: Mapping[str, Taking],
    pools: Mapping[int, Pool],
    now: datetime,
    application: Application,
    *,
    may_wait: bool = True,
    turn: int | None = None,
) -> list[Taking]:
    """Under the locks: entries into lotteries, places taken, or everything first-come waits together."""
    entered, firsts = [], []
    for pool, take in pairs:
        if pool.mode != Pool.Mode.LOTTERY:
            firsts.append((pool, take))
            continue
        if pool.draw_at is None or now >= pool.draw_at or _frozen(pool.pk, pool.body_id):
            raise steps.over_at(pool)
        entered.append(steps.made(pool, take, S.ENTERED, now, application=application))
    rest = [(pool, take) for pool, take in firsts if take.id not in kept]
    done: Pairs = []
    lacking: Pairs = []
    for pool, take in rest:
        (done if steps.add(pool, take.quantity) else lacking).append((pool, take))
    if not lacking:
        for one in kept.values():
            one.application = application
        used = steps.step(kept.values(), "take", now, application=application)
        new = [steps.made(pool, take, S.TAKEN, now, application=application) for pool, take in rest]
        return [*used, *_stored([*new, *entered])]
    refusing = [(pool, take) for pool, take in lacking if not pool.waiting_list]
    if refusing or not may_wait:
        raise steps.full(refusing or lacking)
    for pool, take in done:
        steps.give_back(pool, take.quantity)
    steps.let_go(kept.values(), pools, now)
    queue = turn or steps.next_in_queue(application.body_id, [pool.pk for pool, _take in firsts])
    waiting = [
        steps.made(pool, take, S.WAITING, now, application=application, queue=queue) for pool, take in firsts
    ]
    return _stored([*waiting, *entered])


def _stored(takings: list[Taking]) -> list[Taking]:
    return list(Taking.objects.bulk_create(takings)) if takings else []


def _merged(first: steps.Turned, second: steps.Turned) -> steps.Turned:
    for name in ("given", "offered", "ended"):
        for key, takings in getattr(second, name).items():
            getattr(first, name).setdefault(key, []).extend(takings)
    return first
