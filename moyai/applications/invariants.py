"""What must always hold of applications, for `moyai check`."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import F, Sum

from moyai.applications.models import Pool, PoolDraw, Taking
from moyai.draws.public import in_order, root
from moyai.tenants.public import Body, acting_in

S = Taking.State
COUNTED = (S.HELD, S.TAKEN, S.OFFERED)


def _in_each_body(ask: Callable[[Body], list[str]]) -> Callable[[], list[str]]:
    def asked() -> list[str]:
        faults = []
        for body in Body.objects.order_by("code"):
            with acting_in(body):
                faults += [f"{body.name} {fault}" for fault in ask(body)]
        return faults

    return asked


def sums_of_places(body: Body) -> list[str]:
    """確保した数 of every pool is the sum of what is held, taken and offered, and within its capacity."""
    rows = (
        Taking.objects.filter(body=body, state__in=COUNTED)
        .values("pool_id")
        .annotate(total=Sum("quantity"))
        .order_by("pool_id")
    )
    sums = {row["pool_id"]: row["total"] for row in rows}
    faults = []
    for pool in Pool.objects.filter(body=body).order_by("id").iterator(chunk_size=2_000):
        total = sums.get(pool.pk, 0)
        if pool.taken != total:
            faults.append(f"枠{pool.pk}（{pool.label}）：確保{pool.taken}、内訳の計{total}")
        if pool.taken > pool.capacity:
            faults.append(f"枠{pool.pk}（{pool.label}）：定員{pool.capacity}に対して確保{pool.taken}")
    return faults


def nobody_ended_keeps_a_place(body: Body) -> list[str]:
    """取下げ, 不受理, 期限切れ leave no place behind."""
    kept = (
        Taking.objects.filter(body=body, application__status__in=("withdrawn", "refused", "lapsed"))
        .exclude(state__in=(S.RELEASED, S.LOST))
        .order_by("id")
    )
    return [
        f"枠の利用{number}：終わった申込みに残っています" for number in kept.values_list("id", flat=True)[:20]
    ]


def nobody_waits_beside_room(body: Body) -> list[str]:
    """補欠 whose party would fit has moved up. (Who waits for several pools needs room in all of them.)"""
    waiting = (
        Taking.objects.filter(
            body=body, state=S.WAITING, quantity__lte=F("pool__capacity") - F("pool__taken")
        )
        .select_related("pool")
        .order_by("id")
    )
    faults = []
    for one in waiting[:200]:
        beside = Taking.objects.filter(
            body=body, application_id=one.application_id, state=S.WAITING, entry=""
        )
        if one.entry or beside.count() == 1:
            faults.append(f"枠{one.pool_id}（{one.pool.label}）：空きがあるのに補欠が待っています")
    return faults


def draws_are_as_published(body: Body) -> list[str]:
    """The stored list of a draw has its root, and the order is that of its seed."""
    faults = []
    for draw in PoolDraw.objects.filter(body=body, frozen_at__isnull=False).order_by("id").iterator():
        if root(draw.entries) != draw.root:
            faults.append(f"抽選{draw.label}：名簿の根が公表した値と違います")
        if draw.drawn_at is not None:
            again = in_order(draw.entries, seed=draw.seed, label=draw.label)
            if again != [(line, number) for line, number, _outcome in draw.order]:
                faults.append(f"抽選{draw.label}：順番が種と合いません")
    return faults


INVARIANTS = [
    ("枠の確保数が内訳と合い、定員を超えない", _in_each_body(sums_of_places)),
    ("終わった申込みが枠を持っていない", _in_each_body(nobody_ended_keeps_a_place)),
    ("空きがあるのに待っている補欠がいない", _in_each_body(nobody_waits_beside_room)),
    ("抽選が公表したとおりである", _in_each_body(draws_are_as_published)),
]
