"""Rounds and entries under their locks, and their steps through FLOW.

Order of locks: the person → the round → the entry → the slots. Who enters or withdraws shares the round's row; who freezes
or draws has it alone, and so waits for those who are in the middle of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as lazy

from moyai.reservations.models import Entry, Round
from moyai.tenants.public import Refusal, update_many


class NotNow(Refusal):
    """The round or the entry is not at this stage."""

    code = "lottery_not_now"
    status = 409
    message = lazy("この抽選は、いまこの操作ができる段階ではありません。")  # type: ignore[assignment]


def locked_round(round: Round) -> Round:
    """The round as it is now, for this transaction alone."""
    row: Round = Round.objects.filter(body_id=round.body_id).select_for_update(of=("self",)).get(pk=round.pk)
    return row


def shared_round(round: Round) -> Round:
    """The round as it is now; nobody freezes or draws it until this transaction ends, others may enter beside it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM reservations_round WHERE body_id = %s AND id = %s FOR SHARE",
            [round.body_id, round.pk],
        )
    row: Round = Round.objects.filter(body_id=round.body_id).defer("taken", "units").get(pk=round.pk)
    return row


def locked_entry(entry: Entry) -> Entry:
    row: Entry = (
        Entry.objects.filter(body_id=entry.body_id)
        .select_for_update(of=("self",), no_key=True)
        .select_related("round", "registration", "booking")
        .defer("round__taken", "round__units")
        .get(pk=entry.pk)
    )
    return row


def step_round(row: Round, verb: str) -> None:
    """Move a round along FLOW and keep it. Raises NotNow."""
    found = Round.FLOW.get((Round.State(row.state), verb))
    if found is None:
        raise NotNow
    row.state = found
    row.version += 1
    row.save(update_fields=["state", "version"])


def step_entries(entries: Iterable[Entry], verb: str, now: datetime, *, fields: Iterable[str] = ()) -> None:
    """Move entries along FLOW and keep them, `fields` with them. Raises NotNow."""
    rows = list(entries)
    for row in rows:
        found = Entry.FLOW.get((Entry.State(row.state), verb))
        if found is None:
            raise NotNow
        row.state, row.changed_at = found, now
    update_many(rows, "state", "changed_at", *fields)
