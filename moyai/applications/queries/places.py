"""枠と予算 as residents and staff see them: what is left, who waits, what one application has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from moyai.applications.models import Application, Draft, Pool, PoolDraw, Procedure, Taking
from moyai.applications.rules import Take
from moyai.draws.public import Drawn, Publication, id_of
from moyai.tenants.public import Actor, Body, body_of, clock

S = Taking.State
BADGES = {
    S.HELD: "progress",
    S.TAKEN: "good",
    S.WAITING: "attention",
    S.OFFERED: "attention",
    S.ENTERED: "progress",
    S.LOST: "neutral",
    S.RELEASED: "neutral",
}


@dataclass(frozen=True, slots=True)
class PoolSeen:
    """One pool with what is left of it now; holds whose time is over count as free."""

    pool: Pool
    left: int
    waiting: int  # who waits, in applications
    entered: int  # entries into the lottery
    over: bool  # closed, or past the instant of the draw

    @property
    def full(self) -> bool:
        return self.pool.mode == Pool.Mode.FIRST_COME and self.left <= 0

    @property
    def may_apply(self) -> bool:
        return not self.over and (not self.full or self.pool.waiting_list)

    @property
    def words(self) -> str:
        """残り3 · 残り1,200円 · 満員（補欠2件） · 抽選（申込み12件） · 受付終了."""
        if self.over:
            return _("受付終了")
        if self.pool.mode == Pool.Mode.LOTTERY:
            return _("抽選（定員%(capacity)s、申込み%(count)s件）") % {
                "capacity": amount_in_words(self.pool.unit, self.pool.capacity),
                "count": f"{self.entered:,}",
            }
        if self.left > 0:
            return _("残り%(left)s") % {"left": amount_in_words(self.pool.unit, self.left)}
        if self.pool.waiting_list:
            return _("満員（補欠%(count)s件、補欠の申込みができます）") % {"count": f"{self.waiting:,}"}
        return _("満員") if self.pool.unit == Pool.Unit.SEATS else _("予算終了")

    @property
    def badge(self) -> dict[str, str]:
        kind = "neutral" if self.over or not self.may_apply else "attention" if self.full else "good"
        word = self.words
        if not self.over and self.pool.mode == Pool.Mode.LOTTERY:
            word = _("抽選")
        elif not self.over and self.full and self.pool.waiting_list:
            word = _("補欠を受付中")
        return {"kind": kind, "word": word}


@dataclass(frozen=True, slots=True)
class TakingSeen:
    """What one application has of one pool, in words."""

    id: int
    pool: Pool
    quantity: str
    state: str
    badge: dict[str, str]
    order: int | None  # 補欠の順番, from 1
    until: datetime | None  # an offer is answered before
    entry: str  # pseudonym in the published list
    draw_id: int | None  # where the list or the result is published

    @property
    def offered(self) -> bool:
        return self.state == S.OFFERED

    @property
    def last_moment(self) -> datetime | None:
        """The last moment at which an offer may still be answered: it ends with a day."""
        return self.until - timedelta(seconds=1) if self.until else None


def amount_in_words(unit: str, amount: int) -> str:
    """1,200円 · 3."""
    return _("%(amount)s円") % {"amount": f"{amount:,}"} if unit == Pool.Unit.YEN else f"{amount:,}"


def first_come_waiting(body_id: int) -> QuerySet[Taking]:
    """補欠 of first-come pools: those of one application move up together."""
    rows: QuerySet[Taking] = Taking.objects.filter(body_id=body_id, state=S.WAITING, entry="")
    return rows


def nearest_with_room(pool: Pool, quantity: int, count: int = 3) -> list[Pool]:
    """Open pools of the same procedure and unit with room for `quantity`, the nearest by position first."""
    rows = Pool.objects.filter(
        body_id=pool.body_id,
        procedure_id=pool.procedure_id,
        unit=pool.unit,
        mode=Pool.Mode.FIRST_COME,
        closed=False,
        taken__lte=F("capacity") - quantity,
    ).exclude(pk=pool.pk)
    return sorted(rows, key=lambda one: (abs(one.position - pool.position), one.position, one.pk))[:count]


def pools_of(*, procedure: Procedure, now: datetime) -> list[PoolSeen]:
    """枠の一覧 of a procedure in its order, with what is left. Three queries, however many pools."""
    pools = list(
        Pool.objects.filter(body_id=procedure.body_id, procedure=procedure).order_by("position", "id")
    )
    return seen(pools, now)


def seen(pools: list[Pool], now: datetime) -> list[PoolSeen]:
    if not pools:
        return []
    rows = (
        Taking.objects.filter(body_id=pools[0].body_id, pool_id__in=[pool.pk for pool in pools])
        .filter(Q(state__in=(S.WAITING, S.ENTERED)) | Q(state=S.HELD, until__lte=now))
        .values("pool_id", "state")
        .annotate(count=Count("application_id", distinct=True), quantity=Sum("quantity"))
        .order_by("pool_id", "state")
    )
    found = {(row["pool_id"], row["state"]): row for row in rows}
    none = {"count": 0, "quantity": 0}
    return [
        PoolSeen(
            pool=pool,
            left=pool.capacity - pool.taken + found.get((pool.pk, S.HELD), none)["quantity"],
            waiting=found.get((pool.pk, S.WAITING), none)["count"],
            entered=found.get((pool.pk, S.ENTERED), none)["count"],
            over=pool.closed
            or (pool.mode == Pool.Mode.LOTTERY and pool.draw_at is not None and now >= pool.draw_at),
        )
        for pool in pools
    ]


def seats_left(
    *, procedure: Procedure, now: datetime, keys: Iterable[str] | None = None
) -> dict[str, PoolSeen]:
    """What is left by key of the pool, for the options of a question with `seats`."""
    pools = Pool.objects.filter(body_id=procedure.body_id, procedure=procedure)
    if keys is not None:
        pools = pools.filter(key__in=set(keys))
    return {one.pool.key: one for one in seen(list(pools.order_by("id")), now)}


def would_wait(*, draft: Draft, takes: Sequence[Take], now: datetime) -> list[tuple[Pool, int]]:
    """満員で補欠になる枠 — if the draft were sent now: the pools without room for it that take 補欠, with how much
    it asks of each. What the draft holds itself is its own.
    """
    asked = Counter[str]()
    for take in takes:
        asked[take.pool] += take.quantity
    if not asked:
        return []
    held = Counter[int]()
    if draft.pk:
        own = Taking.objects.filter(body_id=draft.body_id, draft=draft, state=S.HELD, until__gt=now)
        for pool_id, quantity in own.values_list("pool_id", "quantity"):
            held[pool_id] += quantity
    found = seats_left(procedure=draft.procedure, now=now, keys=asked)
    return [
        (one.pool, asked[key])
        for key, one in found.items()
        if one.pool.mode == Pool.Mode.FIRST_COME
        and one.pool.waiting_list
        and not one.over
        and one.left + held[one.pool.pk] < asked[key] <= one.pool.capacity
    ]


def rooms_in_words(pool: Pool, quantity: int) -> str:
    """空きがある枠：… — the nearest with room; empty where there is none."""
    others = nearest_with_room(pool, quantity)
    if not others:
        return ""
    rest = _("、").join(
        _("%(pool)s（残り%(left)s）")
        % {"pool": one.label, "left": amount_in_words(one.unit, one.capacity - one.taken)}
        for one in others
    )
    return _("空きがある枠：%(others)s") % {"others": rest}


def pool_by_id(*, actor: Actor, procedure: Procedure, number: int) -> Pool | None:
    rows = Pool.objects.filter(body_id=body_of(actor.body).pk, procedure=procedure, pk=number)
    return next(iter(rows), None)


def takings_of(application: Application) -> list[TakingSeen]:
    """枠の状況 of an application: what it has, waits for (補欠 n番目), is offered or has entered."""
    rows = list(
        Taking.objects.filter(body_id=application.body_id, application=application)
        .select_related("pool")
        .order_by("pool__position", "id")
    )
    standing = [row for row in rows if row.state != S.RELEASED]
    rows = standing or rows[-1:]
    waiting = [row for row in rows if row.state == S.WAITING]
    draws = _draws_of([row for row in rows if row.entry])
    orders = _orders(waiting)
    return [
        TakingSeen(
            id=row.pk,
            pool=row.pool,
            quantity=amount_in_words(row.pool.unit, row.quantity),
            state=row.state,
            badge={"kind": BADGES[S(row.state)], "word": _state_in_words(row, orders.get(row.pk))},
            order=orders.get(row.pk),
            until=row.until,
            entry=row.entry,
            draw_id=draws.get(row.pool_id),
        )
        for row in rows
    ]


def _state_in_words(row: Taking, order: int | None) -> str:
    if order is not None:
        return _("補欠 %(order)s番目") % {"order": f"{order:,}"}
    return str(row.get_state_display())


def _draws_of(rows: list[Taking]) -> dict[int, int]:
    if not rows:
        return {}
    draws = PoolDraw.objects.filter(
        body_id=rows[0].body_id, pool_id__in={row.pool_id for row in rows}, frozen_at__isnull=False
    )
    return {pool_id: draw_id for draw_id, pool_id in draws.order_by("id").values_list("id", "pool_id")}


def _orders(waiting: list[Taking]) -> dict[int, int]:
    """The place of each in the queue of its pool, counted in applications."""
    found: dict[int, int] = {}
    for row in waiting:
        before = Taking.objects.filter(
            body_id=row.body_id, pool_id=row.pool_id, state=S.WAITING, queue__lt=row.queue
        )
        found[row.pk] = before.values("application_id").distinct().count() + 1
    return found


def waits_for_places(application: Application) -> bool:
    """Whether it asked for places and does not have them yet: a fee of 申込み is charged once it has."""
    rows = Taking.objects.filter(body_id=application.body_id, application=application)
    states = set(rows.exclude(state=S.RELEASED).values_list("state", flat=True))
    return bool(states) and (S.TAKEN not in states or bool(states & {S.WAITING, S.OFFERED, S.ENTERED}))


def queue_of(pool: Pool, *, start: int = 0, rows: int) -> list[Taking]:
    """補欠の一覧 of a pool in order, with their applications: so many from `start` on."""
    return list(
        Taking.objects.filter(body_id=pool.body_id, pool=pool, state__in=(S.WAITING, S.OFFERED))
        .select_related("application")
        .defer("application__answers", "application__calculated")
        .order_by(F("queue").asc(nulls_last=True), "id")[start : start + rows]
    )


def counts_of(pool: Pool) -> dict[str, int]:
    """How many applications stand in each state."""
    rows: Any = (
        Taking.objects.filter(body_id=pool.body_id, pool=pool)
        .values("state")
        .annotate(count=Count("id"))
        .order_by("state")
    )
    return {row["state"]: row["count"] for row in rows}


def draws_of(*, procedure: Procedure, published: bool) -> list[PoolDraw]:
    """抽選 of a procedure's pools, newest first; residents see them from the freeze on."""
    draws = PoolDraw.objects.filter(body_id=procedure.body_id, pool__procedure_id=procedure.pk)
    if published:
        draws = draws.filter(frozen_at__isnull=False)
    return list(draws.select_related("pool").defer("entries", "order").order_by("-id"))


def draw_by_id(*, procedure: Procedure, number: int) -> PoolDraw | None:
    draws = PoolDraw.objects.filter(body_id=procedure.body_id, pool__procedure_id=procedure.pk, pk=number)
    return next(iter(draws.select_related("pool")), None)


def standing_draw(pool: Pool) -> PoolDraw | None:
    """The latest draw of a pool."""
    return PoolDraw.objects.filter(body_id=pool.body_id, pool=pool).order_by("-id").first()


def publication_of(draw: PoolDraw, *, body: Body) -> Publication:
    """What everybody may see of a draw, as files; before it is drawn, seed and order are not in it."""
    drawn = draw.drawn_at is not None

    def at(moment: datetime | None) -> str:
        return moment.astimezone(clock.JST).isoformat(timespec="seconds") if moment else ""

    return Publication(
        body=body.name,
        title=draw.pool.label,
        label=draw.label,
        seed_source=draw.seed_source,
        frozen_at=at(draw.frozen_at),
        lines=draw.entries,
        places=draw.places,
        seed=draw.seed if drawn else "",
        drawn_at=at(draw.drawn_at),
        order=[Drawn(line, ticket, outcome) for line, ticket, outcome in draw.order],
    )


def entry_in_draw(application: Application, taking_id: int) -> tuple[PoolDraw, int] | None:
    """The frozen draw that an entry of this application stands in, and where in the list."""
    taking = (
        Taking.objects.filter(body_id=application.body_id, application=application, pk=taking_id)
        .exclude(entry="")
        .first()
    )
    if taking is None:
        return None
    draws = PoolDraw.objects.filter(
        body_id=application.body_id, pool_id=taking.pool_id, frozen_at__isnull=False
    )
    for draw in draws.select_related("pool").order_by("-id"):
        for index, line in enumerate(draw.entries):
            if id_of(line) == taking.entry:
                return draw, index
    return None
