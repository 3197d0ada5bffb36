"""A signed-in client for tests: as if password and second factor had just been given."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from moyai.people.models import Account
from moyai.people.session import FRESH, SECOND_FACTOR
from moyai.tenants.public import clock


def sign_in_for_tests(client: Client, account: Account, *, second_factor: bool | None = None) -> None:
    """Give `client` a session of `account`; with second factor unless told otherwise or not staff."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    moment = clock.now().isoformat()
    session[FRESH] = moment
    if account.is_staff_account if second_factor is None else second_factor:
        session[SECOND_FACTOR] = moment
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
