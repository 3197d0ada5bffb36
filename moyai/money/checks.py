"""What keeps the house from starting: a payable kind without a model."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import Error, register

from moyai.money import payables


def register_checks() -> None:
    register(payables_exist)


def payables_exist(app_configs: Any, **kwargs: Any) -> list[Error]:
    """money.E001: each registered payable names a model."""
    found = []
    for kind in payables.kinds():
        try:
            apps.get_model(kind)
        except (LookupError, ValueError):
            found.append(Error(f"payable kind {kind!r} names no model", id="money.E001"))
    return found
