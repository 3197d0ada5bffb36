"""枠を設ける — pools of a procedure: made, resized, closed, and the waiting list served by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.applications.actions import pool_steps as steps
from moyai.applications.actions.places import tend_places
from moyai.applications.actions.places_news import charge_later, tell_turned
from moyai.applications.actions.pool_steps import S
from moyai.applications.models import Application, Pool, PoolDraw, Procedure, Taking
from moyai.applications.permits import PERMITS
from moyai.applications.queries.places import amount_in_words, standing_draw
from moyai.audit.public import action
from moyai.tenants.public import Actor, Refusal, body_of

DEFAULT_SOURCE = "締切の後に、職員2名が立ち会って振るさいころの目"


class PoolRefused(Refusal):
    """A pool cannot be made or changed like this; `fields` says where."""

    code = "pool_refused"
    status = 422
    message = lazy("枠の内容に直すところがあります。")  # type: ignore[assignment]


class BelowTaken(PoolRefused):
    code = "below_taken"
    status = 409
    message = lazy("すでに確保された数より少なくはできません。")


class OfferOver(Refusal):
    """The offer was answered before, ran out, or went on to the next."""

    code = "offer_over"
    status = 409
    message = lazy("この案内の期限は過ぎたか、すでにお返事をいただいています。")  # type: ignore[assignment]


class DoesNotFit(Refusal):
    code = "does_not_fit"
    status = 409
    message = lazy("空きが足りないため、繰り上げられません。")  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class PoolFacts:
    """What staff say of a pool. Capacity is in persons, things or yen; hold and offer 0: not used."""

    key: str
    label: str
    capacity: int
    unit: str = Pool.Unit.SEATS
    mode: str = Pool.Mode.FIRST_COME
    waiting_list: bool = False
    hold_minutes: int = 0
    offer_days: int = 3
    draw_at: datetime | None = None
    seed_source: str = ""
    closed: bool = False
    position: int | None = None  # None: stays, or comes last


@action("applications.keep_pools", permits=PERMITS, thing="procedure")
def keep_pools(
    *, actor: Actor, now: datetime, procedure: Procedure, pools: Sequence[PoolFacts]
) -> list[Pool]:
    """枠を登録する — each by its key: made where there is none, changed where there is; all or none.

    A capacity never goes below what is taken; a larger one moves up those who wait. What is drawn by lot, and in
    what unit, stays as it is once somebody has applied; after the draw what is left may go to the first who
    come. Raises PoolRefused (by key in `fields`), BelowTaken.
    """
    body_id = body_of(actor.body).pk
    keys = [facts.key for facts in pools]
    if len(set(keys)) < len(keys):
        raise PoolRefused(_("同じ枠コードが2度あります。"))
    found = {pool.key: pool for pool in Pool.objects.filter(body_id=body_id, procedure=procedure)}
    known = steps.locked(body_id, [pool.pk for key, pool in found.items() if key in set(keys)])
    last = max((pool.position for pool in found.values()), default=0)
    kept: list[Pool] = []
    for facts in pools:
        _check(facts, now)
        pool = found.get(facts.key)
        if pool is None:
            last += 1
            kept.append(_made(procedure, facts, last, now))
        else:
            kept.append(_changed(known[pool.pk], facts, now))
    tend_places(actor=actor, now=now, pools=[pool.pk for pool in kept])
    return kept


@action("applications.keep_pools", permits=PERMITS, thing="pool")
def set_closed(*, actor: Actor, now: datetime, pool: Pool, closed: bool) -> Pool:
    """受付を締め切る・再開する — what is taken stays, and who waits still moves up."""
    Pool.objects.filter(body_id=body_of(actor.body).pk, pk=pool.pk).update(closed=closed)
    pool.closed = closed
    return pool


@action("applications.tend_places", permits=PERMITS)
def tend_pool(*, actor: Actor, now: datetime, pool: Pool) -> Pool:
    """繰上げ — end the holds and offers of a pool that ran out, and move up those who wait."""
    tend_places(actor=actor, now=now, pools=[pool.pk])
    return pool


@action("applications.promote_place", permits=PERMITS, thing="application")
def promote_by_hand(
    *, actor: Actor, now: datetime, application: Application, taking_id: int, reason: str
) -> list[Taking]:
    """順番によらない繰上げ — with a reason that stays on record; never past the capacity. Raises DoesNotFit."""
    taking = _own(application, taking_id, S.WAITING)
    unit = _unit(taking)
    pools = steps.locked(application.body_id, [one.pool_id for one in unit])
    turned = steps.Turned()
    unit = [one for one in _unit(taking) if one.state == S.WAITING]
    if not unit or not steps.give_if_it_fits(unit, pools, now, turned):
        raise DoesNotFit
    tell_turned(actor=actor, now=now, turned=turned)
    return unit


@action("applications.answer_offer", permits=PERMITS, thing="application")
def answer_offer(
    *, actor: Actor, now: datetime, application: Application, taking_id: int, accepts: bool
) -> list[Taking]:
    """繰上げへの返事 — take the offered places, or leave them to the next. Raises OfferOver."""
    taking = _own(application, taking_id, S.OFFERED)
    pools = steps.locked(application.body_id, [one.pool_id for one in _unit(taking)])
    unit = [one for one in _unit(taking) if one.state == S.OFFERED and one.until and now < one.until]
    if not unit:
        raise OfferOver
    if accepts:
        done = steps.step(unit, "take", now)
        charge_later(given=[application.pk])
    else:
        done = steps.let_go(unit, pools, now)
    tell_turned(actor=actor, now=now, turned=steps.tend(pools, now))
    return done


# --- how --------------------------------------------------------------------------------------------


def _own(application: Application, taking_id: int, state: Taking.State) -> Taking:
    taking: Taking | None = Taking.objects.filter(
        body_id=application.body_id, application=application, pk=taking_id, state=state
    ).first()
    if taking is None:
        raise OfferOver if state == S.OFFERED else DoesNotFit
    return taking


def _unit(taking: Taking) -> list[Taking]:
    """What moves together with this taking."""
    rows = Taking.objects.filter(body_id=taking.body_id, application_id=taking.application_id)
    rows = rows.filter(pk=taking.pk) if taking.entry else rows.filter(entry="", state=taking.state)
    return list(rows.select_related("pool").order_by("id"))


def _check(facts: PoolFacts, now: datetime) -> None:
    problem = ""
    if not facts.key or len(facts.key) > 120 or not facts.key.isprintable():
        problem = _("枠コードは1字から120字で入れてください。")
    elif not facts.label or len(facts.label) > 120:
        problem = _("枠の名前は1字から120字で入れてください。")
    elif not 0 <= facts.capacity <= steps.LARGEST:
        problem = _("定員・予算は0以上の数で入れてください。")
    elif facts.mode == Pool.Mode.LOTTERY and facts.draw_at is None:
        problem = _("抽選の枠には、申込みを締め切る日時を入れてください。")
    elif facts.mode == Pool.Mode.LOTTERY and facts.hold_minutes:
        problem = _("抽選の枠では、仮押さえはできません。")
    elif not (0 <= facts.hold_minutes <= 1440 and 0 <= facts.offer_days <= 60):
        problem = _("仮押さえは1440分まで、お返事の期限は60日までです。")
    elif len(facts.seed_source) > 200:
        problem = _("種の決め方は200字までで入れてください。")
    if problem:
        raise PoolRefused(fields={facts.key: problem})


def _columns(facts: PoolFacts) -> dict[str, object]:
    return {name: value for name, value in asdict(facts).items() if name not in ("seed_source", "position")}


def _made(procedure: Procedure, facts: PoolFacts, last: int, now: datetime) -> Pool:
    if facts.mode == Pool.Mode.LOTTERY and facts.draw_at is not None and facts.draw_at <= now:
        raise PoolRefused(fields={facts.key: _("抽選の日時は、これからの日時にしてください。")})
    pool: Pool = Pool.objects.create(
        body_id=procedure.body_id,
        procedure=procedure,
        position=facts.position if facts.position is not None else last,
        **_columns(facts),
    )
    _keep_draw(pool, facts)
    return pool


def _changed(pool: Pool, facts: PoolFacts, now: datetime) -> Pool:
    """A locked pool with other facts."""
    if facts.capacity < pool.taken:
        raise BelowTaken(
            _("「%(pool)s」は%(taken)sが確保されているため、%(capacity)sにはできません。")
            % {
                "pool": pool.label,
                "taken": amount_in_words(pool.unit, pool.taken),
                "capacity": amount_in_words(pool.unit, facts.capacity),
            },
            fields={facts.key: str(BelowTaken.message)},
        )
    draw = standing_draw(pool) if pool.mode == Pool.Mode.LOTTERY else None
    frozen = draw is not None and draw.frozen_at is not None
    drawn = draw is not None and draw.drawn_at is not None
    if (facts.mode, facts.unit) != (pool.mode, pool.unit):
        to_first_come = drawn and facts.mode == Pool.Mode.FIRST_COME and facts.unit == pool.unit
        somebody = Taking.objects.filter(body_id=pool.body_id, pool=pool).exclude(state=S.RELEASED).exists()
        if somebody and not to_first_come:
            raise PoolRefused(
                fields={facts.key: _("申込みがあるため、先着・抽選の別と単位は変えられません。")}
            )
    changed = _columns(facts)
    if frozen:
        if facts.mode == Pool.Mode.LOTTERY and facts.draw_at != pool.draw_at:
            raise PoolRefused(fields={facts.key: _("名簿が確定したため、抽選の日時は変えられません。")})
        if not drawn and facts.capacity != pool.capacity:
            raise PoolRefused(fields={facts.key: _("名簿が確定してから抽選までは、定員を変えられません。")})
        changed["draw_at"] = pool.draw_at
    elif facts.mode == Pool.Mode.LOTTERY and facts.draw_at != pool.draw_at and facts.draw_at <= now:  # type: ignore[operator]
        raise PoolRefused(fields={facts.key: _("抽選の日時は、これからの日時にしてください。")})
    for name, value in changed.items():
        setattr(pool, name, value)
    if facts.position is not None:
        pool.position = facts.position
    pool.save(update_fields=[*changed, "position"])
    if not frozen:
        _keep_draw(pool, facts)
    return pool


def _keep_draw(pool: Pool, facts: PoolFacts) -> None:
    """Where the seed will come from is on record, and shown, before the list freezes."""
    if pool.mode != Pool.Mode.LOTTERY:
        return
    draw = standing_draw(pool)
    source = facts.seed_source.strip()
    if draw is None:
        code = f"{pool.body.code}-{pool.procedure.code}"[:60]
        PoolDraw.objects.create(
            body_id=pool.body_id,
            pool=pool,
            label=f"{code}-{pool.pk}",
            seed_source=source or DEFAULT_SOURCE,
        )
    elif source and source != draw.seed_source:
        draw.seed_source = source
        draw.save(update_fields=["seed_source"])


def facts_of_pool(pool: Pool, source: str = "") -> PoolFacts:
    """A pool as staff said it: what the CSV carries and the edit page begins with."""
    return PoolFacts(
        key=pool.key,
        label=pool.label,
        capacity=pool.capacity,
        unit=pool.unit,
        mode=pool.mode,
        waiting_list=pool.waiting_list,
        hold_minutes=pool.hold_minutes,
        offer_days=pool.offer_days,
        draw_at=pool.draw_at,
        seed_source=source,
        closed=pool.closed,
        position=pool.position,
    )


def facts_from(row: Mapping[str, object], now: datetime) -> PoolFacts:
    """A pool as the catalogue writes it: `draw_in_days` counts from now."""
    from datetime import timedelta

    known = {name: value for name, value in row.items() if name != "draw_in_days"}
    if row.get("draw_in_days") is not None:
        known["draw_at"] = now + timedelta(days=int(str(row["draw_in_days"])))
    return PoolFacts(**known)  # type: ignore[arg-type]
