"""誓約書 — which payers' pledges are in, which are missing, and what a member has of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from moyai.council.models import Burden, BurdenShare, Pledge
from moyai.tenants.public import Body

PAGE = 50


def pledges_of(burden: Burden, body: Body | None = None) -> list[Pledge]:
    """Every version for a burden, by 団体コード, the newest of each payer first; of one payer alone where it is named."""
    rows = Pledge.objects.filter(burden=burden)
    if body is not None:
        rows = rows.filter(body=body)
    return list(rows.select_related("body").order_by("body__code", "-version"))


def in_force(pledges: Iterable[Pledge]) -> dict[int, Pledge]:
    """The newest version of each payer, by body."""
    found: dict[int, Pledge] = {}
    for one in pledges:
        if one.body_id not in found or one.version > found[one.body_id].version:
            found[one.body_id] = one
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """A burden that takes pledges, as one of its payers sees it: its share, and its pledge in force."""

    share: BurdenShare
    pledge: Pledge | None


def asked_of(body: Body, *, before: int | None = None) -> tuple[list[Asked], bool]:
    """選定日のある負担金 that a body has a share of, newest first, a page of them; two queries."""
    rows = BurdenShare.objects.filter(body=body, burden__selection_on__isnull=False)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.select_related("burden__cost_line__account").order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    own = _of_each(body, shown)
    return [Asked(share, own.get(share.burden_id)) for share in shown], len(found) > len(shown)


def _of_each(body: Body, shares: Sequence[BurdenShare]) -> dict[int, Pledge]:
    rows = Pledge.objects.filter(body=body, burden__in=[share.burden_id for share in shares])
    return {one.burden_id: one for one in rows.order_by("burden_id", "-version").distinct("burden_id")}
