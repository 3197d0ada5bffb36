"""The one authentication backend: password of a staff account, and who a session belongs to."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest

from moyai.people.models import Account, Membership
from moyai.people.rules import lower_email
from moyai.tenants.public import prepared_row

_COLUMNS = tuple(field.attname for field in Account._meta.concrete_fields)
_NAMES = ", ".join(f'a."{name}"' for name in _COLUMNS)
_WITH_ROLES = (
    "SELECT (SELECT json_agg(json_build_array(m.body_id, m.role, m.section, m.from_on, m.until_on) ORDER BY m.id)"  # noqa: S608
    f" FROM people_membership m WHERE m.account_id = a.id)::text, {_NAMES}"
    " FROM people_account a WHERE a.id = %s::bigint AND a.is_active"
)


class AccountBackend(BaseBackend):
    def authenticate(
        self, request: HttpRequest | None, email: str | None = None, password: str | None = None, **other: Any
    ) -> Account | None:
        """The staff account whose password this is. Takes as long for an address nobody has."""
        if email is None or password is None:
            return None
        account = Account.objects.filter(email=lower_email(email)).first()
        if account is None:
            make_password(password)  # the same work as below, for the clock of who asks
            return None
        right = account.check_password(password)  # does the same work when no password was ever set
        return account if right and account.is_staff_account and account.is_active else None

    def get_user(self, user_id: int) -> Account | None:
        """The account of a session, with what it holds everywhere: one statement for every request."""
        found = prepared_row(_WITH_ROLES, [user_id])
        if found is None:
            return None
        account: Account = Account.from_db(DEFAULT_DB_ALIAS, _COLUMNS, found[1:])
        account.held = [
            Membership(
                account_id=account.pk,
                body_id=body_id,
                role=role,
                section=section,
                from_on=date.fromisoformat(first),
                until_on=date.fromisoformat(last) if last else None,
            )
            for body_id, role, section, first, last in json.loads(found[0] or "[]")
        ]
        return account
