"""ENGINE "moyai.tenants.postgresql".

Django groups by the primary key alone where it may, because a key decides the other columns. Behind the
wall the key is (body_id, id) and PostgreSQL rightly refuses a GROUP BY of `id`: group by every column.

A connection that is kept is looked at before each request. A server that went away has hung up, which the
socket knows: only where the socket has something to say is the server asked.

`known_cursor` binds its values in the server, so that a statement asked again and again is parsed once
(OPTIONS prepare_threshold). The ORM's statements are not: their plans depend on the values too much.
"""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base, features, operations


class DatabaseFeatures(features.DatabaseFeatures):
    allows_group_by_selected_pks = False


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        """For tests that count queries: of a statement bound in the server, its text."""
        return super().last_executed_query(cursor, sql, params) or str(sql)


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    _known: Any = None  # the cursor of `known`, of the connection as it is

    def is_usable(self) -> bool:
        """Whether the kept connection still works. A silent open socket does; else ask."""
        connection = self.connection
        if connection is None or connection.closed:
            return False
        if not self.in_atomic_block:
            poll = select.poll()
            poll.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
            if not poll.poll(0):
                return True
        usable: bool = super().is_usable()
        return usable

    def known_cursor(self) -> Any:
        """A cursor for statements of a fixed text, parsed once by a connection."""
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(base.ServerBindingCursor(self.connection))

    def known(self, statement: str, values: Any) -> Any:
        """Run a statement of a fixed text; a cursor to fetch from before the next one of its kind.

        One cursor of the driver for all of them, but where each statement has to be looked at (tests that count).
        """
        if self.queries_logged or self.execute_wrappers:
            cursor = self.known_cursor()
            cursor.execute(statement, values)
            return cursor
        if self.needs_rollback:
            self.validate_no_broken_transaction()
        used = self._known
        if used is None or used.connection is not self.connection or self.connection.closed:
            self.ensure_connection()
            used = self._known = base.ServerBindingCursor(self.connection)
        try:
            return used.execute(statement, values)
        except psycopg.Error:
            with self.wrap_database_errors:
                raise
