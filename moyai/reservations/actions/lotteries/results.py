"""順番と当落 of a draw, written in bulk."""

from __future__ import annotations

from array import array
from datetime import datetime
from typing import Final

from django.db import connection

from moyai.draws.public import CAPPED, Outcome
from moyai.reservations.models import Round

ROWS_AT_ONCE: Final = 5_000


def write_results(round: Round, ids: array[int], outcome: Outcome, *, now: datetime) -> None:
    """順番と当落 of every entry: COPY into a table of this transaction, then one UPDATE."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE lottery_drawn (id bigint, rank integer, state varchar(9), won smallint)"
            " ON COMMIT DROP"
        )
        with cursor.copy("COPY lottery_drawn FROM STDIN") as copy:
            kept: list[str] = []
            for rank, (at, waiting) in enumerate(outcome.standing(), 1):
                won = outcome.won[at]
                state = "won" if won else "lost" if waiting == CAPPED else "waiting"
                kept.append(f"{ids[at]}\t{rank}\t{state}\t{won or chr(92) + 'N'}\n")
                if len(kept) == ROWS_AT_ONCE:
                    copy.write("".join(kept))
                    kept.clear()
            copy.write("".join(kept))
        cursor.execute("ANALYZE lottery_drawn")
        cursor.execute(
            "UPDATE reservations_entry e SET rank = d.rank, state = d.state, won_wish = d.won, changed_at = %s"
            " FROM lottery_drawn d WHERE e.body_id = %s AND e.id = d.id",
            [now, round.body_id],
        )
        if cursor.rowcount != len(ids):
            raise AssertionError("not every entry of the list was written")
        cursor.execute("DROP TABLE lottery_drawn")
