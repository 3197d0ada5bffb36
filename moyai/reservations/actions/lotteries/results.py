"""順番と当落 of a draw, written in bulk, and the ZIP that is published of it."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Final

import psycopg
from django.db import connection

from moyai.draws.public import Outcome
from moyai.reservations.models import OrderPage, Round, RoundFiles

ROWS_AT_ONCE: Final = 5_000


def write_results(round: Round, ids: array[int], outcome: Outcome, *, now: datetime) -> None:
    """順番と当落 of every entry: COPY into a table of this transaction, from it one UPDATE and the pages of the order."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '96MB'")
        cursor.execute(
            "CREATE TEMPORARY TABLE lottery_drawn (id bigint, rank integer, won smallint, waiting integer)"
            " ON COMMIT DROP"
        )
        with cursor.copy("COPY lottery_drawn FROM STDIN") as copy:
            rows = _rows(ids, outcome)
            while kept := "".join(islice(rows, ROWS_AT_ONCE)):
                copy.write(kept)
        cursor.execute("ANALYZE lottery_drawn")
        cursor.execute(
            "UPDATE reservations_entry e SET rank = d.rank, won_wish = nullif(d.won, 0), changed_at = %s,"
            " state = CASE WHEN d.won > 0 THEN 'won' WHEN d.waiting < 0 THEN 'lost' ELSE 'waiting' END"
            " FROM lottery_drawn d WHERE e.body_id = %s AND e.round_id = %s AND e.id = d.id",
            [now, round.body_id, round.pk],
        )
        if cursor.rowcount != len(ids):
            raise AssertionError("not every entry of the list was written")
        OrderPage.objects.filter(body_id=round.body_id, round=round).delete()
        cursor.execute(
            "INSERT INTO reservations_orderpage (body_id, round_id, first, entries)"
            " SELECT %(body)s, %(round)s, (rank - 1) / %(rows)s * %(rows)s + 1, jsonb_agg(id ORDER BY rank)"
            " FROM lottery_drawn GROUP BY (rank - 1) / %(rows)s",
            {"body": round.body_id, "round": round.pk, "rows": OrderPage.ROWS},
        )
        cursor.execute("DROP TABLE lottery_drawn")


def kept_files(round: Round, stage: str) -> RoundFiles | None:
    rows = RoundFiles.objects.filter(body_id=round.body_id, round=round, stage=stage)
    found: RoundFiles | None = rows.defer("content").first()
    return found


def keep_files(round: Round, stage: str, content: bytes, *, now: datetime) -> RoundFiles:
    """The ZIP of a stage, kept for ever."""
    made = RoundFiles(
        body_id=round.body_id,
        round=round,
        stage=stage,
        sha256=sha256(content).hexdigest(),
        content=content,
        made_at=now,
    )
    connection.ensure_connection()
    # Sent as it is: Django's cursor would write it in hexadecimal digits into a statement, several times as large.
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(
            "INSERT INTO reservations_roundfiles (body_id, round_id, stage, sha256, content, made_at)"
            " VALUES (%s, %s, %s, %s, %b, %s) RETURNING id",
            [made.body_id, made.round_id, str(stage), made.sha256, content, now],
        )
        (made.pk,) = cursor.fetchone() or (None,)
    made._state.adding, made._state.db = False, connection.alias
    return made


def _rows(ids: array[int], outcome: Outcome) -> Iterator[str]:
    """Lines of COPY: id, rank, the wish it won (0: none), its place among those who wait (below 0: it may not win)."""
    won = outcome.won
    for rank, (at, waiting) in enumerate(outcome.standing(), 1):
        yield f"{ids[at]}\t{rank}\t{won[at]}\t{waiting}\n"
