"""The sessions' table asked by statements that are parsed once: each request of somebody signed in begins with one.

Everything else is Django's: keys, signing, expiry, making anew, deleting.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.utils import timezone

from moyai.tenants.public import prepared_row, prepared_run

_READ = (
    "SELECT session_data FROM django_session WHERE session_key = %s::text AND expire_date > %s::timestamptz"
)
_WRITE = (
    "UPDATE django_session SET session_data = %s::text, expire_date = %s::timestamptz"
    " WHERE session_key = %s::text"
)


class SessionStore(db.SessionStore):
    """SESSION_ENGINE. What was written with an act (people.door) is not written again behind it."""

    _written = ""

    def load(self) -> dict[str, Any]:
        key = self.session_key
        # The clock of the library that wrote the expiry: one is compared with the other.
        found = prepared_row(_READ, [key, timezone.now()]) if key and "\x00" not in key else None  # noqa: TID251
        if found is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(found[0])
        return data

    def save(self, must_create: bool = False) -> None:
        if must_create or self.session_key is None:
            super().save(must_create=must_create)
            return
        kept = self._get_session()  # type: ignore[attr-defined]
        if self._written == (written := f"{self.session_key} {kept!r}"):
            return
        text = self.encode(kept)
        if not prepared_run(_WRITE, [text, self.get_expiry_date(), self.session_key]):
            raise UpdateError  # it was ended meanwhile, elsewhere: it is not brought back
        self._written = written
