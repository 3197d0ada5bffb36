"""The one authentication backend: password of a staff account, and who a session belongs to."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from moyai.people.models import Account
from moyai.people.rules import lower_email


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
        return Account.objects.filter(pk=user_id, is_active=True).first()
