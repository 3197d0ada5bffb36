"""Codes that open a page: unguessable, and readable over a telephone."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 signs: no 0 O 1 I
VERIFICATION_LENGTH = 16  # 80 bits
TOKEN_LENGTH = 32  # 160 bits: a link that nobody types


def new_code(length: int = VERIFICATION_LENGTH) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def read_code(typed: str) -> str:
    """What someone typed as a code: any width, any case, hyphens and blanks left out, O I 0 1 not in use."""
    folded = unicodedata.normalize("NFKC", typed).upper()
    return re.sub(r"[\s\-‐‑‒–—―−ー]", "", folded)[:64]


def in_groups(code: str) -> str:
    """A code in groups of four, for paper: ABCD-EFGH-…"""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def drafter_hash(*, body_id: int, account_id: int | None, drafter: str) -> str:
    """To whom an upload is bound: the unguessable key of a draft, else the account that brought it."""
    key = f"draft:{drafter}" if drafter else f"account:{account_id}" if account_id else ""
    if not key:
        raise ValueError("an upload without an account needs the key of its draft")
    return hashlib.sha256(f"{body_id}:{key}".encode()).hexdigest()
