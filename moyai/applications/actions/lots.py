"""枠の抽選 — freeze the entries and publish the list, enter the seed by two, draw, tell."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.applications.actions import pool_steps as steps
from moyai.applications.actions.places_news import charge_later, tell_of_places
from moyai.applications.actions.pool_steps import S
from moyai.applications.actions.pools import DEFAULT_SOURCE
from moyai.applications.models import Pool, PoolDraw, Taking
from moyai.applications.permits import PERMITS
from moyai.applications.queries.places import standing_draw
from moyai.applications.wording import moment_in_words
from moyai.audit.public import action
from moyai.draws.public import NOT_WON, WON, AlreadyDrawn, canonical, drawn, id_of, root, seed_by_two
from moyai.tenants.public import Actor, Refusal, body_of


class NotYet(Refusal):
    """Before the instant of the draw, before the freeze, or before both officials have entered the seed."""

    code = "draw_not_yet"
    status = 409
    message = lazy("この抽選は、まだこの段階ではありません。")  # type: ignore[assignment]


@action("applications.freeze_draw", permits=PERMITS)
def freeze_draw(*, actor: Actor, now: datetime, pool: Pool) -> PoolDraw:
    """名簿の確定 — from the instant of the draw on: the entries as a list of pseudonyms, with its root; for ever.

    Once frozen it stays as it is; a second call gives the same list. Raises NotYet.
    """
    locked = steps.locked(body_of(actor.body).pk, [pool.pk])[pool.pk]
    if locked.mode != Pool.Mode.LOTTERY or locked.draw_at is None:
        raise NotYet
    if now < locked.draw_at:
        raise NotYet(_("名簿は%(when)sに確定します。") % {"when": moment_in_words(locked.draw_at)})
    draw = standing_draw(locked) or PoolDraw(
        body_id=locked.body_id,
        pool=locked,
        label=f"{locked.body.code}-{locked.procedure.code}"[:60] + f"-{locked.pk}",
        seed_source=DEFAULT_SOURCE,
    )
    if draw.frozen_at is not None:
        return draw
    entries = Taking.objects.filter(body_id=locked.body_id, pool=locked, state=S.ENTERED)
    draw.entries = canonical(
        f"{entry}|{number}" for entry, number in entries.values_list("entry", "quantity")
    )
    draw.root = root(draw.entries)
    draw.frozen_at = now
    draw.save()
    return draw


@action("applications.enter_seed", permits=PERMITS, thing="draw")
def enter_seed(*, actor: Actor, now: datetime, draw: PoolDraw, typed: str) -> PoolDraw:
    """種の入力 — one official types it, another types it again; they must agree. The first may correct himself.

    Only after the freeze. Raises NotYet, AlreadyDrawn, SeedRefused.
    """
    row = _locked(actor, draw)
    if row.frozen_at is None:
        raise NotYet(_("名簿が確定してから、種を入力してください。"))
    if row.drawn_at is not None:
        raise AlreadyDrawn
    me = {"id": actor.account_id, "name": actor.name}
    row.seed, row.seed_by = seed_by_two(typed, seed=row.seed, seed_by=row.seed_by, official=me)
    row.save(update_fields=["seed", "seed_by"])
    return row


@action("applications.draw_places", permits=PERMITS, thing="draw")
def draw_places(*, actor: Actor, now: datetime, draw: PoolDraw) -> PoolDraw:
    """抽選 — in the order of the tickets whoever still fits whole wins; the others are 補欠 in that order where the
    pool has a waiting list, else they lost. Everybody is told. Published by being stored; it happens once.

    Raises NotYet, AlreadyDrawn.
    """
    pools = steps.locked(body_of(actor.body).pk, [draw.pool_id])
    row = _locked(actor, draw)
    if row.drawn_at is not None:
        raise AlreadyDrawn
    if row.frozen_at is None or len(row.seed_by) < 2:
        raise NotYet(_("種を2名が入力してから、抽選してください。"))
    pool = pools[row.pool_id]
    standing = {
        one.entry: one
        for one in Taking.objects.filter(body_id=pool.body_id, pool=pool, state=S.ENTERED).select_related(
            "pool"
        )
    }
    withdrawn = {id_of(line) for line in row.entries} - standing.keys()
    places = pool.capacity - pool.taken
    result = drawn(row.entries, seed=row.seed, label=row.label, places=places, withdrawn=withdrawn)
    won = [standing[id_of(one.line)] for one in result if one.outcome == WON]
    others = [standing[id_of(one.line)] for one in result if one.outcome == NOT_WON]
    if won and not steps.add(pool, sum(one.quantity for one in won)):
        raise NotYet
    steps.step(won, "win", now)
    charge_later(given={one.application_id for one in won})
    for number, one in enumerate(others, 1):
        one.queue = number
    steps.step(others, "wait" if pool.waiting_list else "lose", now)
    Taking.objects.bulk_update(others, ["queue"], batch_size=500)
    row.places, row.drawn_at = places, now
    row.order = [[one.line, one.ticket, one.outcome] for one in result]
    row.save(update_fields=["places", "drawn_at", "order"])
    for kind, takings in (("draw_won", won), ("draw_waiting" if pool.waiting_list else "draw_lost", others)):
        by_application: dict[int, list[Taking]] = {}
        for one in takings:
            by_application.setdefault(one.application_id, []).append(one)
        tell_of_places(actor=actor, now=now, kind=kind, takings=by_application)
    return row


def _locked(actor: Actor, draw: PoolDraw) -> PoolDraw:
    """The draw as it is now; its pool's lock comes first, as everywhere."""
    steps.locked(body_of(actor.body).pk, [draw.pool_id])
    row: PoolDraw = (
        PoolDraw.objects.filter(body_id=draw.body_id)
        .select_for_update(of=("self",), no_key=True)
        .get(pk=draw.pk)
    )
    return row
