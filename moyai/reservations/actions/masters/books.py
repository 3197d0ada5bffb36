"""ブックの取込み — brought and compared (dry run), then taken as a whole, or dropped."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.reservations.actions.masters.keeping import (
    MastersMoved,
    MastersRefused,
    all_faults,
    locked,
    settle,
)
from moyai.reservations.models import MasterBook
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.workbook import Stored
from moyai.reservations.workbook.differences import Difference, differences, digest
from moyai.reservations.workbook.merging import merged
from moyai.reservations.workbook.nouns import Masters
from moyai.reservations.workbook.reading import Unreadable
from moyai.reservations.workbook.whole import RowError, placed, read_workbook
from moyai.tenants.public import Actor, Refusal, body_of, clock

MOST_ERRORS = 300  # shown


class WorkbookRefused(Refusal):
    """The workbook cannot be taken; `errors` are its rows, empty when the file as a whole is none."""

    code = "workbook_refused"
    status = 422
    message = lazy("ブックに直すところがあります。登録は何もしていません。")  # type: ignore[assignment]

    def __init__(self, message: str | None = None, errors: list[RowError] | None = None) -> None:
        self.errors = errors or []
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Compared:
    """A workbook beside what is stored: what would differ."""

    after: Masters
    differences: list[Difference]
    counts: dict[str, int]


def compare(stored: Stored, data: bytes, today: date) -> Compared:
    """取込みの試行 — read, check and compare; nothing is written. Raises WorkbookRefused."""
    try:
        loaded = read_workbook(data, code=stored.body.code, name=stored.body.name)
    except Unreadable as error:
        raise WorkbookRefused(error.message) from error
    if loaded.errors:
        raise WorkbookRefused(errors=loaded.errors)
    after = merged(stored.masters, loaded.masters, today, loaded.kinds)
    wrong = all_faults(stored, after, today)
    if wrong:
        raise WorkbookRefused(errors=placed(loaded, wrong))
    found = differences(stored.masters, after)
    return Compared(after, found, dict(Counter(one.what for one in found)))


@action("reservations.take_workbook", permits=PERMITS)
def bring_workbook(*, actor: Actor, now: datetime, data: bytes, name: str) -> MasterBook:
    """ブックを読み込む — compared with the masters as they are, and kept until it is taken or dropped.

    One waits at a time: an earlier one that waits is dropped. Raises WorkbookRefused, with every row that is wrong.
    """
    stored = locked(actor)
    compared = compare(stored, data, clock.today(now))
    _drop_waiting(stored, now=now, by=actor.name)
    book: MasterBook = MasterBook.objects.create(
        body=stored.body,
        name=name[:120],
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        seen=digest(stored.masters),
        counts=compared.counts,
        brought_at=now,
        brought_by=actor.name,
    )
    return book


@action("reservations.take_workbook", permits=PERMITS, thing="book")
def take_workbook(*, actor: Actor, now: datetime, book: MasterBook) -> list[Difference]:
    """ブックを登録する — all of it or nothing. Raises MastersMoved when the masters are not those it was compared with."""
    stored = locked(actor)
    book = MasterBook.objects.select_for_update().get(body=stored.body, pk=book.pk)
    if book.state != MasterBook.State.WAITING or book.seen != digest(stored.masters):
        raise MastersMoved
    compared = compare(stored, bytes(book.data), clock.today(now))
    try:
        found = settle(stored, compared.after, now=now, by=actor.name)
    except MastersRefused as refused:
        loaded = read_workbook(bytes(book.data), code=stored.body.code, name=stored.body.name)
        raise WorkbookRefused(errors=placed(loaded, refused.faults)) from refused
    book.state, book.settled_at, book.settled_by, book.data = MasterBook.State.TAKEN, now, actor.name, b""
    book.counts = compared.counts
    book.save(update_fields=["state", "settled_at", "settled_by", "data", "counts"])
    return found


@action("reservations.take_workbook", permits=PERMITS, thing="book")
def drop_workbook(*, actor: Actor, now: datetime, book: MasterBook) -> None:
    """読み込んだブックを取りやめる — nothing of it was stored."""
    body = body_of(actor.body)
    dropped = MasterBook.objects.filter(body=body, pk=book.pk, state=MasterBook.State.WAITING).update(
        state=MasterBook.State.DROPPED, settled_at=now, settled_by=actor.name, data=b""
    )
    if not dropped:
        raise MastersMoved(_("このブックは、すでに登録したか、取りやめています。"))


def _drop_waiting(stored: Stored, *, now: datetime, by: str) -> None:
    MasterBook.objects.filter(body=stored.body, state=MasterBook.State.WAITING).update(
        state=MasterBook.State.DROPPED, settled_at=now, settled_by=by, data=b""
    )
