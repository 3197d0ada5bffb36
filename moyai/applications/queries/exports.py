"""一括出力の中身 — which applications a list is of, and its rows read in one pass."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.http import QueryDict
from django.utils.translation import gettext as _

from moyai.applications import flow
from moyai.applications.models import Application, Correction, Decision, FormEdition, Procedure
from moyai.applications.queries.columns import Cell, Column, columns_of
from moyai.tenants.public import Actor, body_of, clock

CHUNK: Final = 2_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: which applications, in which shape. `rows_of` is the id of a repeating group, or ""."""

    since: datetime.date | None = None
    until: datetime.date | None = None
    status: str = ""
    outcome: str = ""
    rows_of: str = ""
    blind: bool = False

    def as_query(self) -> str:
        query = QueryDict(mutable=True)
        for name in ("since", "until"):
            day = getattr(self, name)
            if day is not None:
                query[name] = day.isoformat()
        for name in ("status", "outcome", "rows_of"):
            if getattr(self, name):
                query[name] = getattr(self, name)
        return query.urlencode()

    @classmethod
    def of(cls, query: str, *, blind: bool = False) -> Wish:
        got = QueryDict(query)
        days = {
            name: datetime.date.fromisoformat(got[name]) if got.get(name) else None
            for name in ("since", "until")
        }
        return cls(
            since=days["since"],
            until=days["until"],
            status=got.get("status", "") or "",
            outcome=got.get("outcome", "") or "",
            rows_of=got.get("rows_of", "") or "",
            blind=blind,
        )


def wanted(*, actor: Actor, procedure: Procedure, wish: Wish) -> QuerySet[Application]:
    """The applications of a procedure that a wish is for, as they arrived."""
    rows: QuerySet[Application] = Application.objects.filter(
        body_id=body_of(actor.body).pk, procedure=procedure
    )
    if wish.since is not None:
        rows = rows.filter(received_on__gte=wish.since)
    if wish.until is not None:
        rows = rows.filter(received_on__lte=wish.until)
    if wish.status in flow.STATUSES:
        rows = rows.filter(status=wish.status)
    if wish.outcome in flow.DECISIONS:
        rows = rows.filter(outcome=wish.outcome)
    return rows


def editions_of(*, actor: Actor, procedure: Procedure) -> list[FormEdition]:
    """Every edition with its document, newest first: the newest gives the order and the words of the columns."""
    return list(
        FormEdition.objects.filter(body_id=body_of(actor.body).pk, procedure=procedure).order_by("-number")
    )


# -- rows --------------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Listing:
    """A list ready to be written: heads, and an iterator of rows that reads as it goes."""

    heads: list[str]
    rows: Iterator[list[Cell]]


_STATE = (
    "public_number",
    "received_at",
    "edition__number",
    "status",
    "outcome",
    "channel",
    "due_on",
    "assignee_name",
    "fee_yen",
    "payment",
    "status_since",
    "decided_at",
    "corrections_asked",
)


def state_heads(*, blind: bool) -> list[str]:
    heads = [
        _("整理番号"),
        _("到達日時"),
        _("様式の版"),
        _("状態"),
        _("決定"),
        _("経路"),
        _("期限"),
        _("担当"),
        _("手数料（円）"),
        _("納付"),
        _("状態になった日時"),
        _("決定日時"),
        _("補正の回数"),
    ]
    return heads if not blind else [heads[0], *heads[2:5]]


def listing(*, actor: Actor, procedure: Procedure, wish: Wish) -> Listing:
    """The list of a wish. The rows are read by a cursor of the open transaction, CHUNK at a time."""
    body = body_of(actor.body)
    editions = editions_of(actor=actor, procedure=procedure)
    chosen = wanted(actor=actor, procedure=procedure, wish=wish)
    columns = columns_of(editions=editions, applications=chosen, blind=wish.blind, rows_of=wish.rows_of)
    decided = Decision.objects.filter(
        body_id=body.pk, application=OuterRef("pk"), decided_at__isnull=False
    ).order_by()
    asked = Correction.objects.filter(body_id=body.pk, application=OuterRef("pk")).order_by()
    found = (
        chosen.annotate(
            decided_at=Subquery(decided.values("application").annotate(at=Max("decided_at")).values("at")),
            corrections_asked=Subquery(asked.values("application").annotate(n=Count("pk")).values("n")),
        )
        .order_by("received_on", "id")
        .values_list("edition_id", "answers", "calculated", *_STATE)
    )
    heads = state_heads(blind=wish.blind)
    if wish.rows_of:
        heads.append(_("行"))
    return Listing(
        heads=[*heads, *(column.head for column in columns)],
        rows=_rows(found, columns, [edition.pk for edition in editions], wish),
    )


def _rows(found: Any, columns: list[Column], editions: list[int], wish: Wish) -> Iterator[list[Cell]]:
    readers = {edition: [column.read.get(edition) for column in columns] for edition in editions}
    channels = {value: str(label) for value, label in Application.Channel.choices}
    payments = {value: str(label) for value, label in Application.Payment.choices}
    statuses = {status: str(_(words.staff)) for status, words in flow.WORDS.items()}
    outcomes = {outcome: str(_(words.staff)) for outcome, words in flow.OUTCOME_WORDS.items()}
    for edition, answers, calculated, *state in found.iterator(chunk_size=CHUNK):
        number, received, version, status, outcome, channel, due, who, fee, paid, since, decided, asked = (
            state
        )
        head: list[Cell] = [number, version, statuses[status], outcomes.get(outcome)]
        if not wish.blind:
            head = [
                number, received, version, statuses[status], outcomes.get(outcome), channels[channel], due,
                who or None, fee, payments[paid], since, decided, asked or 0,
            ]  # fmt: skip
        reading = readers[edition]
        of: dict[str, Any] = {"answers": answers, "calculated": calculated, "row": {}, "at": 0}
        if not wish.rows_of:
            yield head + [None if read is None else read(of) for read in reading]
            continue
        rows = answers.get(wish.rows_of) or [{}]
        for at, row in enumerate(rows):
            of["row"], of["at"] = row, at
            yield [*head, at + 1 if row else None, *(None if read is None else read(of) for read in reading)]


def with_today(wish: Wish, now: datetime.datetime) -> Wish:
    """The wish with an end: what arrives while the list is allowed by another is not in it."""
    return wish if wish.until is not None else replace(wish, until=clock.today(now))
