"""整理番号's パスワード and the resume code of a draft: made from the one-time token of the form, never stored.

The token is in the resident's link only; the tables hold keyed hashes. So the completion page can show the
secret again after a reload, and a copy of the database shows none.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import unicodedata
from typing import Final

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 signs that are not taken for one another
SECRET_LENGTH: Final = 10
TOKEN_BYTES: Final = 24


def new_token() -> str:
    """An unguessable token of a form and of the link to its draft: 192 bits, 32 signs."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def agent_token_of(principal_token: str) -> str:
    """The link of an agent, made from the principal's own: the principal's page can show it again."""
    return base64.urlsafe_b64encode(_mac("agent", principal_token)[:TOKEN_BYTES]).decode()


def token_hash(token: str) -> str:
    """What the tables keep of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _mac(purpose: str, value: str) -> bytes:
    return salted_hmac(
        f"moyai.applications.{purpose}", value, secret=settings.MOYAI_NUMBER_KEY, algorithm="sha256"
    ).digest()


def secret_of(token: str) -> str:
    """パスワード — ten signs (50 bits), the same for the same token."""
    mac = _mac("secret", token)
    return "".join(ALPHABET[byte % 32] for byte in mac[:SECRET_LENGTH])


def code_of(token: str) -> str:
    """The resume code of a draft: eight digits, asked for together with the link."""
    return f"{int.from_bytes(_mac('resume', token)[:8]) % 100_000_000:08d}"


def once_hash(key: str) -> str:
    """What is stored of a once-key or of a 事前登録's number and fact: keyed, so that nobody can try guesses."""
    return _mac("once", key).hex()


def as_typed(secret: str) -> str:
    """A secret or code as somebody typed it: width, case, hyphens and blanks do not matter."""
    folded = unicodedata.normalize("NFKC", secret).upper()
    return "".join(sign for sign in folded if sign.isascii() and sign.isalnum())


def secret_hash(*, number: str, secret: str) -> str:
    """What is stored of a secret: a hash keyed with the installation's number key and bound to its number."""
    return _mac("stored", f"{number}:{as_typed(secret)}").hex()


def secret_fits(*, number: str, secret: str, stored: str | None) -> bool:
    """Whether a typed secret is the stored one; takes as long where the number does not exist."""
    made = secret_hash(number=number, secret=secret)
    return constant_time_compare(made, stored or "0" * 64) and stored is not None


def code_fits(*, token: str, code: str) -> bool:
    return constant_time_compare(code_of(token), as_typed(code))


def number_hash(number: str) -> str:
    """What a tombstone keeps of a 整理番号: who still has the number finds it, nobody reads it out of the table."""
    return _mac("tombstone", number).hex()


def kiosk_token(*, procedure_id: int, name: str, made_at: str) -> str:
    """The token of a kiosk's link: made again from what the kiosk is, so that its QR can be printed again."""
    mac = _mac("kiosk", f"{procedure_id}:{made_at}:{name}")
    return "".join(ALPHABET[byte % 32] for byte in mac[:26])  # 130 bits
