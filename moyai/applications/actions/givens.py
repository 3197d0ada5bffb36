"""外から渡される値 — what a form is given besides its answers, by the names its edition declares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from moyai.applications.models import Application, CardSignature, Record
from moyai.applications.rules import CompiledEdition
from moyai.people.public import profile_of
from moyai.tenants.public import clock


def given_to(
    form: CompiledEdition,
    *,
    parent: Application | None = None,
    record: Record | None = None,
    account_id: int | None = None,
    card: CardSignature | None = None,
) -> dict[str, Any]:
    """The values an edition asks for that are known, as JSON; a value that does not fit its type is absent.

    From a 先の申請: an answer or calculated value of the same name, or `number`, `fee_yen`, `received_on`,
    `decided_on`, `outcome`, `case_number`. From a 事前登録: its fact. From an account: its 本人情報. From a
    card: name, born_on, address.
    """
    wanted = form.given
    if not wanted:
        return {}
    facts: dict[str, Mapping[str, Any]] = {}
    sources = {one.source for one in wanted.values()}
    if "parent" in sources and parent is not None:
        facts["parent"] = _of_parent(parent)
    if "record" in sources and record is not None:
        facts["record"] = record.facts
    if "account" in sources and account_id is not None:
        facts["account"] = profile_of(account_id) or {}
    if "card" in sources and card is not None:
        facts["card"] = card.signer
    found = {}
    for name, one in wanted.items():
        value = _fitting(facts.get(one.source, {}).get(name), one.type)
        if value is not None:
            found[name] = value
    return found


def _of_parent(parent: Application) -> dict[str, Any]:
    decision = parent.decisions.filter(decided_at__isnull=False).first()
    own: dict[str, Any] = {
        "number": parent.public_number,
        "case_number": parent.case_number,
        "fee_yen": parent.fee_yen,
        "received_on": parent.received_on.isoformat(),
        "outcome": parent.outcome,
    }
    if decision is not None and decision.decided_at is not None:
        own["decided_on"] = clock.today(decision.decided_at).isoformat()
    return {**own, **parent.answers, **parent.calculated}


def _fitting(value: Any, kind: str) -> Any:
    """A value as its type has it in JSON, None where it does not fit."""
    if value is None or value == "":
        return None
    if kind == "bool":
        return value if isinstance(value, bool) else None
    if kind == "int":
        if isinstance(value, bool):
            return None
        if isinstance(value, int):
            return value
        text = str(value).replace(",", "").strip()
        return int(text) if text.lstrip("-").isascii() and text.lstrip("-").isdigit() else None
    if kind == "date":
        try:
            return date.fromisoformat(str(value)).isoformat()
        except ValueError:
            return None
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
