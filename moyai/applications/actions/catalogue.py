"""見本から手続きをつくる — a copy of a sample procedure, whole: facts, form and all. The copy is the body's own."""

from __future__ import annotations

from datetime import datetime

from moyai.applications import catalogue
from moyai.applications.actions.procedures import create_procedure, edit_procedure, publish_edition
from moyai.applications.models import Procedure
from moyai.tenants.public import Actor


def install_from_catalogue(
    *, actor: Actor, now: datetime, sample: str, code: str | None = None, publish: bool = True
) -> Procedure:
    """Register a sample as a procedure of the body, with its form as edition 1. Raises KeyError, CodeTaken.

    `code` is the code in addresses, the sample's own when absent. Publishing needs an administrator.
    """
    procedure = create_procedure(
        actor=actor,
        now=now,
        code=code or sample,
        facts=catalogue.facts(sample) | {"catalogue_code": sample},
    )
    publish_edition(actor=actor, now=now, procedure=procedure, document=catalogue.document(sample))
    if not publish:
        return procedure
    return edit_procedure(actor=actor, now=now, procedure=procedure, facts={"published": True})
