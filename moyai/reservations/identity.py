"""Who is one and the same: keyed hashes, so that nobody can try names and birthdays against the tables."""

from __future__ import annotations

import secrets
from datetime import date

from django.conf import settings
from django.utils.crypto import salted_hmac

from moyai.reservations.keys import kana_key, name_key


def _mac(purpose: str, value: str) -> str:
    return salted_hmac(
        f"moyai.reservations.{purpose}", value, secret=settings.MOYAI_NUMBER_KEY, algorithm="sha256"
    ).hexdigest()


def person_key(*, body_id: int, kana: str, name: str, born_on: date | None, phone: str = "") -> str:
    """The key of a person at one body: kana and birthday, under the secret of the house.

    The name's signs are left out (髙 and 高 are one person's), and where the birthday is not known (rows taken over
    from another system) name and phone stand for it. Bodies have different keys for one person, so that their tables
    cannot be laid side by side.
    """
    if born_on is None:
        return _mac("person", f"{body_id}\n{kana_key(kana)}\n{name_key(name)}\n{phone}")
    return _mac("person", f"{body_id}\n{kana_key(kana)}\n{born_on.isoformat()}")


def new_key() -> str:
    """A key given by staff to all that are one, or to one that is another person after all."""
    return secrets.token_hex(32)
