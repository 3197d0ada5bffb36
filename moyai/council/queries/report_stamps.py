"""年次報告の刻印 — what tells in one query whether anything a report is made of has changed since it was made.

Tables of the council are small: the version of every row counts (xmin and ctid name it), also what this transaction itself
has written, so what is kept is never stale. Tables of the services hold millions of rows: PostgreSQL's own count of changed
rows stands for them, which a backend reports within seconds of its commit.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

_EXACT = (
    "SELECT '{table}', count(*), coalesce(sum(hashtextextended(t.id::text || ':' || t.xmin || t.ctid::text, 0)::numeric), 0)"
    ' FROM "{table}" t'
)
_COUNTED = (
    "SELECT string_agg(c.relname || ':' || pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid)"
    " + pg_stat_get_tuples_deleted(c.oid), ',' ORDER BY c.relname) || ':' || pg_postmaster_start_time()"
    " FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relname = ANY(%s)"
)
_GROUND = ("tenants_body", "tenants_service", "tenants_serviceuse", "tenants_population")
_COUNCIL = (
    "accountline", "budget", "budgetline", "burden", "burdenshare", "climb", "committee", "committeename", "costline",
    "entry", "givenfigure", "giventable", "item", "meeting", "office", "refund", "reporttext", "seat", "settlement",
    "specialaccount", "term",
)  # fmt: skip
COUNCIL_TABLES = (*(f"council_{name}" for name in _COUNCIL), *_GROUND)


def exact_stamp(tables: Sequence[str]) -> str:
    """The versions of all rows of some small tables. One query."""
    query = " UNION ALL ".join(_EXACT.format(table=table) for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(query)
        return "|".join(f"{name}:{count}:{mark}" for name, count, mark in cursor.fetchall())


def counted_stamp(tables: Sequence[str]) -> str:
    """How often rows of large tables were written since the server started. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [list(tables)])
        return str(cursor.fetchone()[0])
