"""脱退 — a member leaves the council in the middle of a year: its uses, seats, terms and payments end with it."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Model, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.council.actions.spans import check_span
from moyai.council.models import Payer, Seat, Term
from moyai.council.permits import PERMITS
from moyai.tenants.public import Actor, Body, Refusal, ServiceUse


class LeftBefore(Refusal):
    code = "left_before"
    message = lazy("この団体の脱退は、すでに登録されています。")  # type: ignore[assignment]


class BeginsAfterLeaving(Refusal):
    code = "begins_after_leaving"
    message = lazy("この日の後に始まる登録があります。")  # type: ignore[assignment]


@action("council.leave", permits=PERMITS)
def leave_council(*, actor: Actor, now: datetime, body: Body, until_on: date, why: str = "") -> Body:
    """脱退 — `until_on` is the last day of the member. What it owes for the time before stays; nothing is removed.

    From the day after it is neither billed nor asked to vote, and offices it held are vacant. Raises LeftBefore,
    EndsBeforeBegin, BeginsAfterLeaving where a use, seat, term or payment of it is to begin later.
    """
    locked = Body.objects.select_for_update(no_key=True).get(pk=body.pk)
    if locked.until_on is not None:
        raise LeftBefore
    check_span(locked.from_on, until_on)
    kinds: tuple[tuple[type[Model], str], ...] = (
        (ServiceUse, _("利用")),
        (Seat, _("構成員")),
        (Term, _("役員の任期")),
        (Payer, _("負担")),
    )
    for model, label in kinds:
        if model._default_manager.filter(body=locked, from_on__gt=until_on).exists():
            words = _("この日の後に始まる%(what)sの登録があります。先に改めてください。") % {"what": label}
            raise BeginsAfterLeaving(words, fields={"until_on": words})
    open_then = Q(until_on__isnull=True) | Q(until_on__gt=until_on)
    for model, _label in kinds:
        changes: dict[str, object] = {"until_on": until_on}
        if model is Seat:
            changes["why_left"] = why
        model._default_manager.filter(open_then, body=locked).update(**changes)
    locked.until_on = until_on
    locked.save(update_fields=["until_on"])
    return locked
