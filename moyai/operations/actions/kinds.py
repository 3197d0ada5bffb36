"""受付の種類 — made and changed by the desk: clocks, decisions, and from which amounts a review must be asked for."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.operations.models import Kind
from moyai.operations.permits import PERMITS
from moyai.operations.rules.reviewing import Procurement
from moyai.tenants.public import Actor, Refusal


class LimitWrong(Refusal):
    code = "limit_wrong"
    status = 422
    message = _("確認の下限は、物品・委託・リースごとに0円以上で決めてください。")  # type: ignore[assignment]


@action("operations.set_kind", permits=PERMITS)
def set_kind(
    *,
    actor: Actor,
    now: datetime,
    code: str,
    name: str,
    ends_in_decision: bool = False,
    answer_minutes: int | None = None,
    solve_minutes: int | None = None,
    around_the_clock: bool = False,
    limits: dict[str, int] | None = None,
    position: int = 0,
) -> Kind:
    """受付の種類 — made, or changed if its code is known; clocks that run and reviews that were decided are not touched.

    `limits`: yen from which a review is due, by goods, services, lease. Raises LimitWrong.
    """
    given = limits or {}
    if not set(given) <= set(Procurement) or any(yen < 0 for yen in given.values()):
        raise LimitWrong
    kind, _made = Kind.objects.update_or_create(
        code=code,
        defaults={
            "name": name,
            "ends_in_decision": ends_in_decision,
            "answer_minutes": answer_minutes,
            "solve_minutes": solve_minutes,
            "around_the_clock": around_the_clock,
            "limits": given,
            "position": position,
        },
    )
    return kind
